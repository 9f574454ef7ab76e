//! Places in a document: byte spans, and lines and columns for people.

use serde::Serialize;

/// A half-open range of bytes in the decoded text of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// Makes a span; an `end` before `start` gives the empty span at `start`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end.max(start)) }
    }

    /// The span as indexes into the text.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Is there nothing in it?
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The same span of a text that has `bytes` more in front.
    #[must_use]
    pub fn shifted(self, bytes: usize) -> Self {
        Self::new(self.start as usize + bytes, self.end as usize + bytes)
    }

    /// Does `other` lie wholly inside?
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// Where something stands: which script of the page, and its bytes in the document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Index into the page's scripts; `None` for markup and text.
    pub script: Option<u32>,
    /// Bytes of the decoded document.
    pub span: Span,
}

/// A line and a column, both from 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// Bytes between two counts of characters: what one question costs at most, however long the line.
const BLOCK_BYTES: usize = 1 << 10;

/// Finds lines by byte offset; one pass over the text to build, binary search to ask.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// Characters before each block of the text: a minified page is one line of megabytes.
    characters: Vec<u32>,
}

impl LineIndex {
    /// Indexes the line starts of `text`. A line ends with `\n`, `\r\n` or a lone `\r`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            let is_half_of_pair = bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
            if !is_half_of_pair {
                starts.push(u32::try_from(at + 1).unwrap_or(u32::MAX));
            }
        }
        let mut characters = vec![0];
        for block in bytes.chunks(BLOCK_BYTES) {
            characters.push(u32::saturating_add(characters[characters.len() - 1], count_characters(block)));
        }
        Self { starts, characters }
    }

    /// The position of a byte offset of the same text; offsets past the end give the end.
    #[must_use]
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let offset = floor_char_boundary(text, offset as usize);
        let line = self.starts.partition_point(|&start| start as usize <= offset) - 1;
        let start = self.starts[line] as usize;
        let column = self.characters_before(text, offset).saturating_sub(self.characters_before(text, start));
        Position { line: u32::try_from(line).unwrap_or(u32::MAX).saturating_add(1), column: column.saturating_add(1) }
    }

    fn characters_before(&self, text: &str, offset: usize) -> u32 {
        let block = offset / BLOCK_BYTES;
        self.characters[block].saturating_add(count_characters(&text.as_bytes()[block * BLOCK_BYTES..offset]))
    }
}

/// Characters that begin in these bytes of UTF-8.
fn count_characters(bytes: &[u8]) -> u32 {
    if bytes.is_ascii() {
        return u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    }
    let starts = bytes.iter().filter(|&&byte| byte & 0b1100_0000 != 0b1000_0000).count();
    u32::try_from(starts).unwrap_or(u32::MAX)
}

/// The nearest character boundary at or before `offset`.
fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_every_kind_of_line_end() {
        let text = "a\nbé\r\nc\rdd";
        let index = LineIndex::new(text);
        let at = |offset| {
            let position = index.position(text, offset);
            (position.line, position.column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(3), (2, 2));
        assert_eq!(at(5), (2, 3), "after the two-byte character");
        assert_eq!(at(7), (3, 1));
        assert_eq!(at(9), (4, 1));
        assert_eq!(at(999), (4, 3));
    }

    #[test]
    fn columns_of_a_long_line_agree_with_counting() {
        let text = format!("x\n{}", "aé€😀".repeat(2_000));
        let index = LineIndex::new(&text);
        for offset in [2, 1_023, 1_024, 1_025, 4_097, 9_999, text.len()] {
            let column = text[2..floor_char_boundary(&text, offset)].chars().count() + 1;
            assert_eq!(index.position(&text, offset as u32).column as usize, column, "at {offset}");
        }
    }
}

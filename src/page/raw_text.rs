//! Where text that holds no markup ends: scripts, raw text elements, comments.
//!
//! An end is sought by an [`EndFinder`], which goes on where it stopped when more of the source has come: the time is
//! linear in the source, however small its pieces are.

use super::tag::ends_tag_name;
use crate::base::Span;
use memchr::{memchr, memchr2, memmem};

/// The part of a source that is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'b> {
    pub(super) bytes: &'b [u8],
    /// Place of its first byte in the source.
    pub(super) base: usize,
    /// The source ends with it.
    pub(super) is_last: bool,
}

impl<'b> Piece<'b> {
    /// A whole source.
    pub(super) fn whole(bytes: &'b [u8]) -> Self {
        Self { bytes, base: 0, is_last: true }
    }

    /// The place after it.
    pub(super) fn end(&self) -> usize {
        self.base + self.bytes.len()
    }
}

/// How far the text of a script is from being plain: `<!--` and then `<script` change what ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ScriptState {
    Plain,
    /// After `<!--`; it ends at `-->`.
    Escaped,
    /// After `<!--` and `<script`: `</script` does not end the element.
    DoubleEscaped,
}

/// What ends a text.
#[derive(Clone, Copy, Debug)]
enum EndKind {
    /// The script data states of the HTML standard. The dashes of `-->` may be those of `<!--`, but no earlier ones.
    Script {
        state: ScriptState,
        dashes_from: usize,
    },
    /// The start of an end tag.
    EndTag(&'static str),
    Comment,
    /// The first `>`.
    Bogus,
    Cdata,
}

/// Looks for the end of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct EndFinder {
    kind: EndKind,
    start: usize,
    /// Up to where it has been read.
    at: usize,
}

/// Where a text ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TextEnd {
    /// After its last byte.
    pub(super) text: usize,
    /// Where reading goes on: at the end tag, or after the end of a comment.
    pub(super) after: usize,
}

impl EndFinder {
    /// Bytes before the place up to which it has read that it may look at again.
    pub(super) const LOOK_BACK: usize = 3;

    fn new(kind: EndKind, start: usize) -> Self {
        Self { kind, start, at: start }
    }

    /// The `</script` that ends a script whose text starts there.
    pub(super) fn script(start: usize) -> Self {
        Self::new(EndKind::Script { state: ScriptState::Plain, dashes_from: start }, start)
    }

    /// An end tag, given by its start: `</title`.
    pub(super) fn end_tag(start: usize, end_tag: &'static str) -> Self {
        Self::new(EndKind::EndTag(end_tag), start)
    }

    /// The end of a comment whose `<!--` stands before `start`.
    pub(super) fn comment(start: usize) -> Self {
        Self::new(EndKind::Comment, start)
    }

    /// The `>` of what is read as a comment.
    pub(super) fn bogus(start: usize) -> Self {
        Self::new(EndKind::Bogus, start)
    }

    /// The `]]>` of a section whose `<![CDATA[` stands before `start`.
    pub(super) fn cdata(start: usize) -> Self {
        Self::new(EndKind::Cdata, start)
    }

    /// Up to where it has read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Reads on in a piece that holds what has not been read, and [`LOOK_BACK`](Self::LOOK_BACK) bytes of the text before
    /// that; `None` where the end is not in it.
    pub(super) fn find(&mut self, piece: Piece<'_>) -> Option<TextEnd> {
        match self.kind {
            EndKind::Script { state, dashes_from } => self.find_script_end(piece, state, dashes_from),
            EndKind::EndTag(end_tag) => self.find_end_tag(piece, end_tag),
            EndKind::Comment => self.find_comment_end(piece),
            EndKind::Bogus => self.next(piece, |rest| memchr(b'>', rest)).map(|at| TextEnd { text: at, after: at + 1 }),
            EndKind::Cdata => self.find_cdata_end(piece),
        }
    }

    /// The next place that may be an end; without one, all of the piece has been read.
    #[inline]
    fn next(&mut self, piece: Piece<'_>, search: impl Fn(&[u8]) -> Option<usize>) -> Option<usize> {
        let found = search(&piece.bytes[self.at - piece.base..]);
        self.at = found.map_or(piece.end(), |found| self.at + found);
        found.map(|_| self.at)
    }

    fn find_script_end(&mut self, piece: Piece<'_>, mut state: ScriptState, mut dashes_from: usize) -> Option<TextEnd> {
        const END: &[u8] = b"</script";
        let bytes = piece.bytes;
        let found = loop {
            let plain = state == ScriptState::Plain;
            let search = |rest: &[u8]| if plain { memchr(b'<', rest) } else { memchr2(b'<', b'>', rest) };
            let Some(found) = self.next(piece, search) else { break None };
            let at = found - piece.base;
            if bytes[at] == b'>' {
                if bytes[dashes_from.saturating_sub(piece.base)..at].ends_with(b"--") {
                    state = ScriptState::Plain;
                }
            } else if !piece.is_last && bytes.len() - at <= END.len() {
                break None;
            } else if is_name_at(bytes, at, END) {
                if state != ScriptState::DoubleEscaped {
                    break Some(TextEnd { text: found, after: found });
                }
                state = ScriptState::Escaped;
            } else if state == ScriptState::Plain && bytes[at..].starts_with(b"<!--") {
                state = ScriptState::Escaped;
                dashes_from = found + 2;
                // The dashes are part of what follows; a `>` may come next.
                self.at += 3;
            } else if state == ScriptState::Escaped && is_name_at(bytes, at, b"<script") {
                state = ScriptState::DoubleEscaped;
            }
            self.at += 1;
        };
        self.kind = EndKind::Script { state, dashes_from };
        found
    }

    fn find_end_tag(&mut self, piece: Piece<'_>, end_tag: &str) -> Option<TextEnd> {
        while let Some(found) = self.next(piece, |rest| memchr(b'<', rest)) {
            let at = found - piece.base;
            if is_name_at(piece.bytes, at, end_tag.as_bytes()) {
                return Some(TextEnd { text: found, after: found });
            }
            if !piece.is_last && piece.bytes.len() - at <= end_tag.len() {
                return None;
            }
            self.at += 1;
        }
        None
    }

    fn find_comment_end(&mut self, piece: Piece<'_>) -> Option<TextEnd> {
        while let Some(found) = self.next(piece, |rest| memchr(b'>', rest)) {
            let text = &piece.bytes[self.start.saturating_sub(piece.base)..found - piece.base];
            let after = found + 1;
            if found == self.start || found == self.start + 1 && text == b"-" {
                return Some(TextEnd { text: self.start, after });
            }
            let dashes = if text.ends_with(b"--") { 2 } else { 3 };
            if dashes == 2 || text.ends_with(b"--!") {
                return Some(TextEnd { text: found - dashes, after });
            }
            self.at += 1;
        }
        None
    }

    fn find_cdata_end(&mut self, piece: Piece<'_>) -> Option<TextEnd> {
        // The brackets may have come with the piece before.
        let from = self.at.saturating_sub(2).max(self.start);
        let found = memmem::find(&piece.bytes[from - piece.base..], b"]]>").map(|found| from + found);
        self.at = found.unwrap_or(piece.end());
        found.map(|at| TextEnd { text: at, after: at + 3 })
    }
}

/// Offset of the `</script` that ends a script whose text starts at `start`; the source's end where there is none.
pub(super) fn script_end(bytes: &[u8], start: usize) -> usize {
    EndFinder::script(start).find(Piece::whole(bytes)).map_or(bytes.len(), |end| end.text)
}

/// Offset of the end tag `</name` after `start`, or the source's end.
pub(super) fn raw_text_end(bytes: &[u8], start: usize, end_tag: &'static str) -> usize {
    EndFinder::end_tag(start, end_tag).find(Piece::whole(bytes)).map_or(bytes.len(), |end| end.text)
}

/// Where the comment ends whose `<!--` stands before `start`: the end of its text, and the offset after the `>`.
pub(super) fn comment_end(bytes: &[u8], start: usize) -> (usize, usize) {
    let end = EndFinder::comment(start).find(Piece::whole(bytes));
    end.map_or((bytes.len(), bytes.len()), |end| (end.text, end.after))
}

/// Does `name` (lower case, with its `<` or `</`) stand at `at`, followed by a byte that ends a name?
fn is_name_at(bytes: &[u8], at: usize, name: &[u8]) -> bool {
    let end = at + name.len();
    bytes.get(end).is_some_and(|&byte| ends_tag_name(byte)) && bytes[at..end].eq_ignore_ascii_case(name)
}

/// Where the end tag of an SVG script stands: comments and CDATA sections are passed over.
pub(super) fn foreign_script_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(found) = memchr(b'<', &bytes[at..]) {
        at += found;
        let rest = &bytes[at..];
        if is_name_at(bytes, at, b"</script") {
            return at;
        }
        if rest.starts_with(b"<![CDATA[") {
            at = memmem::find(rest, b"]]>").map_or(bytes.len(), |found| at + found + 3);
        } else if rest.starts_with(b"<!--") {
            at = comment_end(bytes, at + 4).1;
        } else {
            at += 1;
        }
    }
    bytes.len()
}

/// What stands inside a CDATA section that is all of an SVG script, else the whole.
pub(super) fn cdata_content(source: &str, span: Span) -> Span {
    let text = &source[span.range()];
    let trimmed = text.trim();
    let Some(inner) = trimmed.strip_prefix("<![CDATA[").and_then(|rest| rest.strip_suffix("]]>")) else { return span };
    let start = span.start as usize + (text.len() - text.trim_start().len()) + 9;
    Span::new(start, start + inner.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(html: &str) -> &str {
        &html[..script_end(html.as_bytes(), 0)]
    }

    #[test]
    fn a_script_ends_as_the_standard_says() {
        assert_eq!(script("a</script>b"), "a");
        assert_eq!(script("a</SCRIPT\n>b"), "a");
        assert_eq!(script("'</scripts>'</script/>"), "'</scripts>'");
        assert_eq!(script("<!-- </script> -->"), "<!-- ");
        assert_eq!(script("<!-- <script> </script> --> </script>x"), "<!-- <script> </script> --> ");
        assert_eq!(script("<!--><script></script>"), "<!--><script>", "`<!-->` opens and closes");
        assert_eq!(script("<!---><script></script>"), "<!---><script>");
        assert_eq!(script("<!--<script>--></script>"), "<!--<script>-->", "`-->` ends both escapes");
        assert_eq!(script("--<!-- <script ></script>"), "--<!-- <script ></script>", "unclosed: up to the end");
        assert_eq!(script("a<b</scrip"), "a<b</scrip");
    }

    #[test]
    fn a_comment_ends_as_the_standard_says() {
        let end = |html: &str| comment_end(html.as_bytes(), 4);
        assert_eq!(end("<!-->x"), (4, 5));
        assert_eq!(end("<!--->x"), (4, 6));
        assert_eq!(end("<!-- a > b -->x"), (11, 14));
        assert_eq!(end("<!-- --!>x"), (5, 9));
        assert_eq!(end("<!----!>x"), (4, 8));
        assert_eq!(end("<!---!>x"), (8, 8));
        assert_eq!(end("<!-- <!-->x"), (7, 10));
    }
}

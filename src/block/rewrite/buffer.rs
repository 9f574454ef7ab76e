//! The bytes that came in and have not gone out, and what is to change in them.
//!
//! In: chunks, edits by place in the whole page, a place up to which all is decided. Out: bytes, copied as they came
//! except where an edit stands. Holds no more than what is undecided.

use std::ops::Range;

/// Bytes of the page that give way to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edit {
    pub range: Range<usize>,
    pub replacement: Vec<u8>,
}

/// Undecided bytes.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
    /// Place of the first of them in the page.
    base: usize,
    /// Edits in order; none of them overlap.
    edits: Vec<Edit>,
}

impl Buffer {
    pub fn push(&mut self, chunk: &[u8]) {
        self.bytes.extend_from_slice(chunk);
    }

    /// Where the page ends so far.
    pub fn end(&self) -> usize {
        self.base + self.bytes.len()
    }

    /// All bytes that are held, and the place of the first.
    pub fn held(&self) -> (&[u8], usize) {
        (&self.bytes, self.base)
    }

    /// Bytes by their place in the page; `None` if some have gone.
    pub fn get(&self, range: Range<usize>) -> Option<&[u8]> {
        self.bytes.get(range.start.checked_sub(self.base)?..range.end.checked_sub(self.base)?)
    }

    /// Adds an edit; those inside of it count no more. False where its bytes have gone already.
    pub fn edit(&mut self, range: Range<usize>, replacement: Vec<u8>) -> bool {
        if range.start < self.base || range.end > self.end() {
            return false;
        }
        self.edits.retain(|edit| !(range.start <= edit.range.start && edit.range.end <= range.end));
        let at = self.edits.partition_point(|edit| edit.range.start < range.start);
        let before = at.checked_sub(1).map_or(0, |before| self.edits[before].range.end);
        let overlaps = before > range.start || self.edits.get(at).is_some_and(|next| next.range.start < range.end);
        if !overlaps {
            self.edits.insert(at, Edit { range, replacement });
        }
        !overlaps
    }

    /// Hands out everything before a place.
    pub fn flush(&mut self, until: usize, sink: &mut dyn FnMut(&[u8])) {
        let until = until.clamp(self.base, self.end());
        let mut at = self.base;
        let done = self.edits.partition_point(|edit| edit.range.end <= until);
        for edit in self.edits.drain(..done) {
            emit(&self.bytes[at - self.base..edit.range.start - self.base], sink);
            emit(&edit.replacement, sink);
            at = edit.range.end;
        }
        let until = self.edits.first().map_or(until, |edit| until.min(edit.range.start));
        emit(&self.bytes[at - self.base..until - self.base], sink);
        self.bytes.drain(..until - self.base);
        self.base = until;
        if self.bytes.is_empty() && self.bytes.capacity() > KEPT_CAPACITY {
            self.bytes = Vec::new();
        }
    }
}

/// A buffer that held a large script gives its memory back.
const KEPT_CAPACITY: usize = 128 << 10;

fn emit(bytes: &[u8], sink: &mut dyn FnMut(&[u8])) {
    if !bytes.is_empty() {
        sink(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_out_as_they_came_but_for_the_edits() {
        let (mut buffer, mut out) = (Buffer::default(), Vec::new());
        buffer.push(b"abcdef");
        buffer.flush(2, &mut |bytes| out.extend_from_slice(bytes));
        buffer.push(b"ghij");
        assert!(buffer.edit(4..5, b"E".to_vec()));
        assert!(buffer.edit(3..6, b"-".to_vec()), "the wider edit counts");
        assert!(!buffer.edit(1..4, Vec::new()), "gone already");
        buffer.flush(4, &mut |bytes| out.extend_from_slice(bytes));
        assert_eq!(out, b"abc", "an edit goes out whole");
        buffer.flush(10, &mut |bytes| out.extend_from_slice(bytes));
        assert_eq!(out, b"abc-ghij");
    }
}

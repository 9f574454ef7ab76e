//! Leads from a text made out of a document back to the document's bytes.

use super::Span;

/// Maps offsets of a derived text (unescaped, repaired, joined) to the document it was taken from.
///
/// It is a list of pieces. Inside a verbatim piece offsets run in step; inside a
/// replaced piece every offset maps to the whole original. Pieces are kept in
/// order of the derived text. Looking up costs a binary search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OffsetMap {
    pieces: Vec<Piece>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    /// Where the piece starts in the derived text.
    derived: u32,
    /// What it stands for in the document.
    original: Span,
    is_verbatim: bool,
}

impl OffsetMap {
    /// The map of a text that stands verbatim in the document, from `start` on.
    #[must_use]
    pub fn verbatim(start: usize) -> Self {
        Self::verbatim_at(Span::new(start, u32::MAX as usize))
    }

    /// The map of a text that stands verbatim at `original`; what was added behind its end stands at the end.
    #[must_use]
    pub fn verbatim_at(original: Span) -> Self {
        Self { pieces: vec![Piece { derived: 0, original, is_verbatim: true }] }
    }

    /// An empty map, to be filled by [`push_verbatim`](Self::push_verbatim) and [`push_replaced`](Self::push_replaced).
    #[must_use]
    pub fn empty() -> Self {
        Self { pieces: Vec::new() }
    }

    /// From `derived` on, the text is what stands at `original`, byte for byte.
    pub fn push_verbatim(&mut self, derived: usize, original: Span) {
        self.push(derived, original, true);
    }

    /// From `derived` on, the text replaces what stands at `original`.
    pub fn push_replaced(&mut self, derived: usize, original: Span) {
        self.push(derived, original, false);
    }

    fn push(&mut self, derived: usize, original: Span, is_verbatim: bool) {
        let derived = u32::try_from(derived).unwrap_or(u32::MAX);
        self.pieces.push(Piece { derived, original, is_verbatim });
    }

    /// Where a span of the derived text stands in the document.
    #[must_use]
    pub fn original(&self, derived: Span) -> Span {
        let start = self.lookup(derived.start, false);
        // The end is exclusive: the piece that holds the last byte decides.
        let end = if derived.is_empty() { start } else { self.lookup(derived.end - 1, true) };
        Span { start, end: end.max(start) }
    }

    /// The map of a text of `length` bytes that leads through `outer`: this map's originals are `outer`'s derived text.
    #[must_use]
    pub fn through(&self, length: usize, outer: &Self) -> Self {
        let mut joined = Self { pieces: Vec::with_capacity(self.pieces.len()) };
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        for (at, piece) in self.pieces.iter().enumerate() {
            let end = self.pieces.get(at + 1).map_or(length, |next| next.derived);
            joined.push_through(piece, end.saturating_sub(piece.derived), outer);
        }
        joined
    }

    fn push_through(&mut self, piece: &Piece, length: u32, outer: &Self) {
        if !piece.is_verbatim {
            let original = outer.original(piece.original);
            self.pieces.push(Piece { original, ..*piece });
            return;
        }
        let start = piece.original.start;
        let end = start.saturating_add(length);
        let first = outer.pieces.partition_point(|other| other.derived <= start).saturating_sub(1);
        for other in outer.pieces[first..].iter().take_while(|other| other.derived < end.max(start + 1)) {
            let skipped = start.saturating_sub(other.derived);
            let derived = piece.derived + other.derived.saturating_sub(start);
            let inside =
                if other.is_verbatim { other.original.start.saturating_add(skipped) } else { other.original.start };
            // What is put behind the piece stands at its end, not behind it.
            let left = piece.original.end.saturating_sub(start.max(other.derived));
            let end = if other.is_verbatim { inside.saturating_add(left) } else { other.original.end };
            let end = end.min(other.original.end);
            let original = Span { start: inside.min(end), end };
            self.pieces.push(Piece { derived, original, is_verbatim: other.is_verbatim });
        }
    }

    fn lookup(&self, offset: u32, is_last_byte: bool) -> u32 {
        let after = self.pieces.partition_point(|piece| piece.derived <= offset);
        let Some(piece) = after.checked_sub(1).map(|at| self.pieces[at]) else { return 0 };
        if piece.is_verbatim {
            let inside = piece.original.start.saturating_add(offset - piece.derived);
            return inside.saturating_add(u32::from(is_last_byte)).min(piece.original.end);
        }
        if is_last_byte { piece.original.end } else { piece.original.start }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaced_pieces_map_to_the_whole_original() {
        // document: x&quot;y   derived: x"y
        let mut map = OffsetMap::empty();
        map.push_verbatim(0, Span::new(10, 11));
        map.push_replaced(1, Span::new(11, 17));
        map.push_verbatim(2, Span::new(17, 18));
        assert_eq!(map.original(Span::new(0, 1)), Span::new(10, 11));
        assert_eq!(map.original(Span::new(1, 2)), Span::new(11, 17));
        assert_eq!(map.original(Span::new(0, 3)), Span::new(10, 18));
        assert_eq!(map.original(Span::new(2, 2)), Span::new(17, 17));
    }

    #[test]
    fn a_map_through_another_leads_to_the_document() {
        // document: at 10, a&lt;bc   middle: a<bc   inner: a<bc, then <bc
        let mut outer = OffsetMap::empty();
        outer.push_verbatim(0, Span::new(10, 11));
        outer.push_replaced(1, Span::new(11, 15));
        outer.push_verbatim(2, Span::new(15, 17));
        let whole = OffsetMap::verbatim(0).through(4, &outer);
        assert_eq!(whole, outer);
        let tail = OffsetMap::verbatim(1).through(3, &outer);
        assert_eq!(tail.original(Span::new(0, 1)), Span::new(11, 15));
        assert_eq!(tail.original(Span::new(1, 3)), Span::new(15, 17));
    }

    #[test]
    fn what_is_added_behind_a_piece_stands_at_its_end() {
        // document: at 10, ab…   inner: ab, and a bracket that was missing
        let mut inner = OffsetMap::empty();
        inner.push_verbatim(0, Span::new(0, 2));
        let whole = inner.through(3, &OffsetMap::verbatim_at(Span::new(10, 15)));
        assert_eq!(whole.original(Span::new(0, 3)), Span::new(10, 12));
    }

    #[test]
    fn a_verbatim_map_shifts() {
        let map = OffsetMap::verbatim(100);
        assert_eq!(map.original(Span::new(3, 7)), Span::new(103, 107));
    }
}

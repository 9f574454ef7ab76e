//! Where the start tags of a page stand: four bytes a tag, noted while the page is split.

use super::tag::short_span;

/// Tags that are noted of one page.
const MAX_TAGS: usize = 1 << 20;

/// The start tags of one source, those of markup in it included.
#[derive(Clone, Debug, Default)]
pub struct StartTags {
    /// Offset of each `<`, ascending.
    pub(super) starts: Vec<u32>,
    /// Markup that had to be decoded.
    pub(super) decoded: Vec<Decoded>,
}

/// Markup that was decoded from its source.
#[derive(Clone, Debug)]
pub(super) struct Decoded {
    /// How many tags of the source stand before it.
    pub(super) after: usize,
    pub(super) text: String,
    pub(super) tags: StartTags,
}

impl StartTags {
    pub(super) fn note(&mut self, start: usize) {
        if self.starts.len() < MAX_TAGS {
            self.starts.push(short_span(start, start).start);
        }
    }

    pub(super) fn note_decoded(&mut self, text: String, tags: Self) {
        if !(tags.starts.is_empty() && tags.decoded.is_empty()) {
            self.decoded.push(Decoded { after: self.starts.len(), text, tags });
        }
    }
}

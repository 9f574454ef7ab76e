//! Markup that stands in markup: what `<noscript>` holds, and the page in a frame's `srcdoc`.
//!
//! In: the inner markup, rewritten. Out: an edit of the page that is no wider than what differs.

use super::buffer::Buffer;
use super::log::Rewritten;
use crate::base::{OffsetMap, Span};
use crate::page::decode_mapped;
use encoding_rs::{Encoding, UTF_8};
use std::borrow::Cow;
use std::ops::Range;

/// Inner markup, ready to be rewritten.
pub(super) struct Nested {
    pub bytes: Vec<u8>,
    pub charset: &'static Encoding,
    pub within: Within,
    /// What its relative URLs lean on.
    pub base: Option<String>,
}

/// Where it stands.
pub(super) enum Within {
    /// Between tags, as it is.
    Element(Range<usize>),
    /// In an attribute, with references; where its value begins, its length, and the way back to it.
    Attribute { start: usize, length: usize, offsets: OffsetMap },
}

impl Nested {
    /// The markup that an attribute holds; `range` is where its value stands in the page.
    pub fn of_attribute(value: &str, range: Range<usize>, base: Option<String>) -> Self {
        let (text, offsets) = decode_mapped(value, Span::new(0, value.len()), true);
        let within = Within::Attribute { start: range.start, length: value.len(), offsets };
        Self { bytes: text.into_owned().into_bytes(), charset: UTF_8, within, base }
    }

    /// Puts what it has become into the page.
    pub fn put(self, left: &[u8], inner: Rewritten, buffer: &mut Buffer, log: &mut Rewritten) {
        if left != self.bytes {
            let differs = difference(&self.bytes, left);
            let kept = left.len() - (self.bytes.len() - differs.end);
            let replacement = left.get(differs.start..kept).unwrap_or_default();
            let (range, replacement) = match &self.within {
                Within::Element(inside) => {
                    (inside.start + differs.start..inside.start + differs.end, Cow::Borrowed(replacement))
                }
                Within::Attribute { .. } => (self.place(differs), escaped(replacement)),
            };
            if !buffer.edit(range, replacement.into_owned()) {
                return;
            }
        }
        for mut change in inner.changes {
            let place = self.place(change.at.range());
            change.at = Span::new(place.start, place.end);
            log.changes.push(change);
        }
        log.diagnostics.extend(inner.diagnostics.into_iter().map(|mut diagnostic| {
            diagnostic.at = None;
            diagnostic
        }));
    }

    /// A range of the inner markup in the page.
    fn place(&self, range: Range<usize>) -> Range<usize> {
        match &self.within {
            Within::Element(inside) => inside.start + range.start..inside.start + range.end,
            Within::Attribute { start, length, offsets } => {
                let original = offsets.original(Span::new(range.start, range.end)).range();
                start + original.start.min(*length)..start + original.end.min(*length)
            }
        }
    }
}

/// The part of `before` that is not the beginning or the end of `after`.
fn difference(before: &[u8], after: &[u8]) -> Range<usize> {
    let start = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let longest = before.len().min(after.len()) - start;
    let ends = before.iter().rev().zip(after.iter().rev()).take(longest);
    let end = ends.take_while(|(one, other)| one == other).count();
    start..before.len() - end
}

/// As the value of an attribute, whatever it is quoted with.
fn escaped(text: &[u8]) -> Cow<'_, [u8]> {
    const REFERENCES: [(u8, &[u8]); 8] = [
        (b'&', b"&amp;"),
        (b'"', b"&quot;"),
        (b'\'', b"&#39;"),
        (b'<', b"&lt;"),
        (b'>', b"&gt;"),
        (b' ', b"&#32;"),
        (b'\n', b"&#10;"),
        (b'\t', b"&#9;"),
    ];
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        match REFERENCES.iter().find(|(known, _)| *known == byte) {
            Some((_, reference)) => out.extend_from_slice(reference),
            None => out.push(byte),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_put_anew() {
        assert_eq!(difference(b"abcdef", b"abef"), 2..4);
        assert_eq!(difference(b"aaaa", b"aa"), 2..4);
        assert_eq!(difference(b"abc", b"abc"), 3..3);
        assert_eq!(difference(b"abc", b""), 0..3);
    }
}

//! What was found so far in one source, and what inside it is still to be split.

use super::address::Addresses;
use super::{Page, Part};
use crate::base::{Diagnostic, OffsetMap, Place, Severity, Span};

/// Parts that one page may have.
const MAX_PARTS: usize = 250_000;

/// Markup inside markup.
pub(super) struct Nested {
    pub(super) source: NestedSource,
    /// What keeps its scripts from running, if something does.
    pub(super) held_back: Option<String>,
}

/// Where nested markup stands.
pub(super) enum NestedSource {
    /// Verbatim in the source.
    InPlace(Span),
    /// Decoded from the source.
    Decoded { text: String, offsets: OffsetMap },
}

/// Collects the parts of one source.
pub(super) struct Collected<'s> {
    pub(super) page: Page<'s>,
    pub(super) addresses: Addresses,
    /// Markup that the last start tag holds, to be split next.
    pub(super) nested: Vec<Nested>,
    /// Levels of markup in markup around the current place.
    pub(super) depth: u32,
    /// What keeps scripts at the current place from running.
    pub(super) held_back: Option<String>,
}

impl<'s> Collected<'s> {
    pub(super) fn new(depth: u32) -> Self {
        let (page, addresses) = (Page::default(), Addresses::default());
        Self { page, addresses, nested: Vec::new(), depth, held_back: None }
    }

    pub(super) fn push(&mut self, part: Part<'s>) {
        if self.page.parts.len() < MAX_PARTS {
            self.page.parts.push(part);
        } else {
            self.warn_once("page-parts", "the page holds more scripts, elements and URLs than are looked at", None);
        }
    }

    /// Notes what was lost, the first time that it is.
    pub(super) fn warn_once(&mut self, code: &'static str, message: &str, at: Option<Span>) {
        if self.page.diagnostics.iter().any(|known| known.code == code) {
            return;
        }
        let diagnostic = Diagnostic::new(Severity::Warning, code, message);
        let place = at.map(|span| Place { script: None, span });
        self.page.diagnostics.push(Diagnostic { at: place, ..diagnostic });
    }

    pub(super) fn nest(&mut self, source: NestedSource, held_back: Option<String>) {
        self.nested.push(Nested { source, held_back });
    }
}

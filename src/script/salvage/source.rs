//! A text that is read with an account of the work.
//!
//! Code is looked for from many places of a text, and each look may read far. All of it is
//! counted, so that the whole stays a multiple of the text's length whatever the text is.

use super::glyph::{Glyph, glyph_at};
use std::cell::Cell;
use std::ops::Deref;

/// Bytes and characters looked at so far.
#[derive(Debug, Default)]
pub(super) struct Work(Cell<usize>);

impl Work {
    /// Counts what was looked at.
    pub fn add(&self, amount: usize) {
        self.0.set(self.0.get().saturating_add(amount));
    }

    /// All that was counted.
    pub fn done(&self) -> usize {
        self.0.get()
    }
}

/// A text and the account that reading it is put on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'t> {
    pub text: &'t str,
    /// It is a page's markup: every `<` that is no reference begins a tag.
    pub is_markup: bool,
    work: &'t Work,
}

impl<'t> Source<'t> {
    pub fn new(text: &'t str, work: &'t Work) -> Self {
        Self { text, is_markup: false, work }
    }

    /// The same for text of a page, with its tags.
    pub fn of_page(text: &'t str, work: &'t Work) -> Self {
        Self { text, is_markup: true, work }
    }

    /// Reads the character at `at`; `None` at the end of the text.
    pub fn glyph(&self, at: usize) -> Option<Glyph> {
        self.work.add(1);
        glyph_at(self.text, at)
    }

    /// All that was counted.
    pub fn work_done(&self) -> usize {
        self.work.done()
    }

    /// Counts bytes that are looked at by other means.
    pub fn charge(&self, bytes: usize) {
        self.work.add(bytes);
    }
}

impl Deref for Source<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.text
    }
}

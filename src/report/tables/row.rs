//! A row on its way into a table.

use super::Cells;

/// Takes the values of a row in the order of the columns.
pub(super) struct Row<'t, C: Cells>(pub(super) &'t mut C);

impl<C: Cells> Row<'_, C> {
    /// Sets a text, or null.
    pub(super) fn text<'v>(self, text: impl Into<Option<&'v str>>) -> Self {
        self.0.text(text.into());
        self
    }

    /// Sets a number, or null.
    pub(super) fn number(self, number: impl Into<Option<i64>>) -> Self {
        self.0.number(number.into());
        self
    }

    /// Sets a list.
    pub(super) fn list(self, items: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let items: Vec<_> = items.into_iter().collect();
        self.0.list(&mut items.iter().map(AsRef::as_ref));
        self
    }

    /// Ends the row.
    pub(super) fn end(self) {
        self.0.end_row();
    }
}

//! The report as tables: six of them, joined by the column `page`.
//!
//! In: page reports. Out: rows for whatever holds [`Cells`]: Parquet files here, Arrow arrays in `bindings/python`. Names
//! and texts are columns of their own type, several names a list, values of page scripts JSON text.

mod columns;
mod row;
mod rows;

pub use columns::columns;
pub use rows::fill_tables;

/// The names of the tables.
pub const TABLES: [&str; 6] = ["pages", "networks", "bids", "slots", "requests", "findings"];

/// The type of a column; each value may be null but a list, which may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text in UTF-8.
    Text,
    /// Text that is JSON.
    Json,
    /// A whole number of 64 bits.
    Number,
    /// A list of texts.
    List,
}

/// Takes the values of a table, column by column and row by row.
///
/// A row has as many values as [`columns()`] names, each of its kind; JSON comes as text.
pub trait Cells {
    /// A text, or null.
    fn text(&mut self, text: Option<&str>);

    /// A number, or null.
    fn number(&mut self, number: Option<i64>);

    /// A list of texts.
    fn list(&mut self, items: &mut dyn Iterator<Item = &str>);

    /// The row is complete.
    fn end_row(&mut self);
}

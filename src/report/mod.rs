//! What a scan found, in forms for programs and for people.
//!
//! In: a [`Scan`](crate::Scan) and its [`Source`]. Out: a [`PageReport`], version 1 of
//! the contract, and text in one of the forms behind [`Render`]: [`Table`] for people,
//! [`Html`] for people who want to look around, [`Json`] and [`Ndjson`] for programs. A [`Summary`] adds pages up; it may be merged,
//! so pages can be done in any order. Same pages in, same bytes out.
//!
//! Text from a page is hostile: whatever goes to a terminal passes `text`.

mod account;
#[cfg(feature = "schema")]
mod any_value;
mod compose;
mod csv;
mod diff;
mod disguise;
mod excerpt;
mod explain;
mod flat;
mod html;
mod json;
mod layout;
mod markdown;
#[cfg(feature = "parquet")]
mod parquet;
mod record;
mod rollup;
mod sarif;
#[cfg(feature = "schema")]
mod schema;
mod seller_list;
mod summary;
mod table;
mod tables;
mod text;
mod unseen;

#[cfg(test)]
mod sample;

pub use compose::{Source, failed_report, page_report};
pub use csv::{Csv, CsvTable};
pub use diff::{
    Change, Comparison, DIFF_SCHEMA, DiffTable, Difference, FactChange, OverallChange, PageDifference, Sides, What,
    diff_markdown,
};
pub use explain::{EXPLAIN_SCHEMA, Explained, ExplainedStep, ExplainedValue, Explanation, explain};
pub use html::Html;
pub use json::{Json, Ndjson, REPORT_SCHEMA};
pub use markdown::Markdown;
#[cfg(feature = "parquet")]
pub use parquet::ParquetFolder;
pub use record::{
    AdUnitRecord, AdapterRecord, At, BidRecord, BundleRecord, DiagnosticRecord, ExcerptRecord, FindingRecord, Name,
    NetworkRecord, PAGE_SCHEMA, PageReport, ProblemRecord, RequestRecord, ResourceRecord, ScriptEntry, SellerRecord,
    SellersRecord, SlotRecord, SourceRecord, Standing,
};
pub use rollup::{AccountRow, AccountSite, Rollup, SiteCount};
pub use sarif::Sarif;
#[cfg(feature = "schema")]
pub use schema::page_schema;
pub use seller_list::sellers_report;
pub use summary::{BidderCount, NetworkCount, Summary, Unread};
pub use table::Table;
pub use tables::{Cells, ColumnKind, TABLES, columns, fill_tables};
pub use text::printable;

/// A form of the report, written page by page.
///
/// A whole report is [`begin`](Self::begin), the pages with a [`separator`](Self::separator)
/// between them, and [`end`](Self::end). Pages may be rendered on many threads and joined in order.
pub trait Render: Sync {
    /// What stands before the first page.
    fn begin(&self) -> String {
        String::new()
    }

    /// One page; empty where this form does not show it.
    fn page(&self, page: &PageReport) -> String;

    /// What stands between two pages that are not empty.
    fn separator(&self) -> &'static str {
        ""
    }

    /// What stands after the last page.
    fn end(&self, summary: &Summary) -> String {
        let _ = summary;
        String::new()
    }
}

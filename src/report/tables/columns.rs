//! The columns of each table.

use super::ColumnKind;
use ColumnKind::{Json, List, Number, Text};

const PAGES: &[(&str, ColumnKind)] = &[
    ("page", Number),
    ("path", Text),
    ("entry", Text),
    ("container", Text),
    ("url", Text),
    ("site", Text),
    ("title", Text),
    ("bytes", Number),
    ("sha256", Text),
    ("charset", Text),
    ("networks", Number),
    ("ad_units", Number),
    ("bids", Number),
    ("slots", Number),
    ("requests", Number),
    ("findings", Number),
    ("problems", Number),
    ("scripts", Number),
    ("diagnostics", List),
    ("config", Json),
];

const NETWORKS: &[(&str, ColumnKind)] = &[
    ("page", Number),
    ("network", Text),
    ("name", Text),
    ("roles", List),
    ("gvl_id", Number),
    ("evidence", Text),
    ("bidders", List),
    ("ids", Json),
];

const BIDS: &[(&str, ColumnKind)] = &[
    ("page", Number),
    ("ad_unit", Number),
    ("code", Text),
    ("library", Text),
    ("bidder", Text),
    ("network", Text),
    ("alias_of", Text),
    ("params", Json),
    ("evidence", Text),
    ("when", Text),
    ("problems", List),
    ("line", Number),
    ("column", Number),
    ("start", Number),
    ("end", Number),
];

const SLOTS: &[(&str, ColumnKind)] = &[
    ("page", Number),
    ("library", Text),
    ("path", Text),
    ("sizes", Json),
    ("element", Text),
    ("evidence", Text),
    ("line", Number),
    ("column", Number),
    ("start", Number),
    ("end", Number),
];

const REQUESTS: &[(&str, ColumnKind)] = &[
    ("page", Number),
    ("url", Text),
    ("kind", Text),
    ("network", Text),
    ("filter", Text),
    ("line", Number),
    ("column", Number),
    ("start", Number),
    ("end", Number),
];

const FINDINGS: &[(&str, ColumnKind)] = &[
    ("page", Number),
    ("rule", Text),
    ("network", Text),
    ("product", Text),
    ("captures", Json),
    ("evidence", Text),
    ("when", Text),
    ("line", Number),
    ("column", Number),
    ("start", Number),
    ("end", Number),
];

/// The columns of a table of [`TABLES`](super::TABLES), in order.
#[must_use]
pub fn columns(table: &str) -> &'static [(&'static str, ColumnKind)] {
    match table {
        "pages" => PAGES,
        "networks" => NETWORKS,
        "bids" => BIDS,
        "slots" => SLOTS,
        "requests" => REQUESTS,
        _ => FINDINGS,
    }
}

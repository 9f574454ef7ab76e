//! The columns of each table, and the rows that a page adds.

use super::super::account::site_of;
use super::super::layout::evidence_name;
use super::super::record::{At, PageReport};
use super::super::summary::problems;
use super::super::text::words;
use super::table::{Kind, Row, Table};
use Kind::{Json, List, Number, Text};
use serde::Serialize;
use serde_json::Value;

const PAGES: &[(&str, Kind)] = &[
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

const NETWORKS: &[(&str, Kind)] = &[
    ("page", Number),
    ("network", Text),
    ("name", Text),
    ("roles", List),
    ("gvl_id", Number),
    ("evidence", Text),
    ("bidders", List),
    ("ids", Json),
];

const BIDS: &[(&str, Kind)] = &[
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

const SLOTS: &[(&str, Kind)] = &[
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

const REQUESTS: &[(&str, Kind)] = &[
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

const FINDINGS: &[(&str, Kind)] = &[
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

/// The columns of a table.
pub(super) fn columns(table: &str) -> &'static [(&'static str, Kind)] {
    match table {
        "pages" => PAGES,
        "networks" => NETWORKS,
        "bids" => BIDS,
        "slots" => SLOTS,
        "requests" => REQUESTS,
        _ => FINDINGS,
    }
}

/// Adds the page's rows to the tables, in the order of their names.
pub(super) fn add_page(tables: &mut [Table; 6], number: i64, page: &PageReport) {
    let [pages, networks, bids, slots, requests, findings] = tables;
    add_row_of_page(pages, number, page);
    add_networks(networks, number, page);
    add_bids(bids, number, page);
    add_slots(slots, number, page);
    add_requests(requests, number, page);
    add_findings(findings, number, page);
}

fn add_row_of_page(table: &mut Table, number: i64, page: &PageReport) {
    let bids = page.ad_units.iter().map(|unit| unit.bids.len()).sum();
    table
        .row()
        .number(number)
        .text(&*page.source.path)
        .text(page.source.entry.as_deref())
        .text(&*page.source.container)
        .text(page.url.as_deref())
        .text(site_of(page).as_deref())
        .text(page.title.as_deref())
        .number(i64::try_from(page.source.bytes).ok())
        .text(&*page.source.sha256)
        .text(page.source.charset.as_deref())
        .number(count(page.networks.len()))
        .number(count(page.ad_units.len()))
        .number(count(bids))
        .number(count(page.slots.len()))
        .number(count(page.requests.len()))
        .number(count(page.findings.len()))
        .number(count(problems(page).count()))
        .number(count(page.scripts.len()))
        .list(page.diagnostics.iter().map(|diagnostic| &diagnostic.code))
        .text(&*json(&page.config))
        .end();
}

fn add_networks(table: &mut Table, number: i64, page: &PageReport) {
    for network in &page.networks {
        table
            .row()
            .number(number)
            .text(&*network.id)
            .text(&*network.name)
            .list(&network.roles)
            .number(network.gvl_id.map(i64::from))
            .text(evidence_name(network.evidence))
            .list(&network.bidders)
            .text(&*json(&network.ids))
            .end();
    }
}

fn add_bids(table: &mut Table, number: i64, page: &PageReport) {
    for (index, unit) in page.ad_units.iter().enumerate() {
        for bid in &unit.bids {
            let row = table
                .row()
                .number(number)
                .number(count(index))
                .text(unit.code.as_ref().map(name).as_deref())
                .text(unit.library.as_deref())
                .text(&*name(&bid.bidder))
                .text(bid.network.as_deref())
                .text(bid.alias_of.as_deref())
                .text(&*json(&bid.params))
                .text(evidence_name(unit.evidence))
                .text(bid.when.as_deref().or(unit.when.as_deref()))
                .list(bid.problems.iter().map(|problem| &problem.code));
            place(row, bid.at);
        }
    }
}

fn add_slots(table: &mut Table, number: i64, page: &PageReport) {
    for slot in &page.slots {
        let row = table
            .row()
            .number(number)
            .text(&*slot.library)
            .text(&*name(&slot.path))
            .text(&*json(&slot.sizes))
            .text(&*name(&slot.element))
            .text(evidence_name(slot.evidence));
        place(row, slot.at);
    }
}

fn add_requests(table: &mut Table, number: i64, page: &PageReport) {
    for request in &page.requests {
        let row = table
            .row()
            .number(number)
            .text(&*request.url)
            .text(&*request.kind)
            .text(request.network.as_deref())
            .text(request.filter.as_deref());
        place(row, request.at);
    }
}

fn add_findings(table: &mut Table, number: i64, page: &PageReport) {
    for finding in &page.findings {
        let row = table
            .row()
            .number(number)
            .text(&*finding.rule)
            .text(finding.network.as_deref())
            .text(finding.product.as_deref())
            .text(&*json(&finding.captures))
            .text(evidence_name(finding.evidence))
            .text(finding.when.as_deref());
        place(row, finding.at);
    }
}

/// Ends a row with its place in the page.
fn place(row: Row<'_>, at: At) {
    [at.line, at.column, at.start, at.end].into_iter().fold(row, |row, number| row.number(i64::from(number))).end();
}

/// A name as the page writes it; what is no plain string in few words.
fn name(value: &Value) -> String {
    value.as_str().map_or_else(|| words(value), str::to_owned)
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("records hold only strings as keys, and no writer can fail")
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

//! The rows that a page adds to each table.

use super::super::account::site_of;
use super::super::layout::evidence_name;
use super::super::record::{At, PageReport};
use super::super::summary::problems;
use super::super::text::words;
use super::Cells;
use super::row::Row;
use serde::Serialize;
use serde_json::Value;

/// Adds the page's rows to the tables, which stand in the order of [`TABLES`](super::TABLES).
///
/// `number` is what the column `page` says in each of them.
pub fn fill_tables<C: Cells>(tables: &mut [C; 6], number: i64, page: &PageReport) {
    let [pages, networks, bids, slots, requests, findings] = tables;
    add_row_of_page(pages, number, page);
    add_networks(networks, number, page);
    add_bids(bids, number, page);
    add_slots(slots, number, page);
    add_requests(requests, number, page);
    add_findings(findings, number, page);
}

fn add_row_of_page<C: Cells>(table: &mut C, number: i64, page: &PageReport) {
    let bids = page.ad_units.iter().map(|unit| unit.bids.len()).sum();
    Row(table)
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

fn add_networks<C: Cells>(table: &mut C, number: i64, page: &PageReport) {
    for network in &page.networks {
        Row(table)
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

fn add_bids<C: Cells>(table: &mut C, number: i64, page: &PageReport) {
    for (index, unit) in page.ad_units.iter().enumerate() {
        for bid in &unit.bids {
            let row = Row(table)
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

fn add_slots<C: Cells>(table: &mut C, number: i64, page: &PageReport) {
    for slot in &page.slots {
        let row = Row(table)
            .number(number)
            .text(&*slot.library)
            .text(&*name(&slot.path))
            .text(&*json(&slot.sizes))
            .text(&*name(&slot.element))
            .text(evidence_name(slot.evidence));
        place(row, slot.at);
    }
}

fn add_requests<C: Cells>(table: &mut C, number: i64, page: &PageReport) {
    for request in &page.requests {
        let row = Row(table)
            .number(number)
            .text(&*request.url)
            .text(&*request.kind)
            .text(request.network.as_deref())
            .text(request.filter.as_deref());
        place(row, request.at);
    }
}

fn add_findings<C: Cells>(table: &mut C, number: i64, page: &PageReport) {
    for finding in &page.findings {
        let row = Row(table)
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
fn place<C: Cells>(row: Row<'_, C>, at: At) {
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

//! The report for tickets and notes, in GitHub's Markdown.
//!
//! Every text from a page stands in a code span, so nothing of it can become a link, a
//! mention, an image or a table's edge. Pages without ads are counted in the summary only.

use super::record::{AdUnitRecord, At, NetworkRecord, PageReport, SlotRecord};
use super::summary::problems;
use super::text::{printable, words};
use super::{Render, Summary, layout::evidence_name};
use serde_json::Value as Json;
use std::fmt::Write;

/// Rows of each list of the summary.
const TOP: usize = 20;

/// Headings and tables.
#[derive(Clone, Copy, Debug, Default)]
pub struct Markdown;

impl Render for Markdown {
    fn begin(&self) -> String {
        "# Ad networks\n\n".into()
    }

    fn page(&self, page: &PageReport) -> String {
        if page.networks.is_empty() && page.ad_units.is_empty() && page.slots.is_empty() {
            return String::new();
        }
        let mut text = heading(page);
        text += &table(&["Network", "Roles", "Evidence", "Bidders", "Ids"], page.networks.iter().map(network));
        let bids = page.ad_units.iter().flat_map(ad_unit);
        text += &table(&["Ad unit", "Bidder", "Params", "When", "Line"], bids);
        text += &table(&["Slot", "Sizes", "Element", "Line"], page.slots.iter().map(slot));
        let problems =
            problems(page).map(|problem| vec![code(&problem.code), code(&problem.message), line(problem.at)]);
        text + &table(&["Problem", "What", "Line"], problems)
    }

    fn end(&self, summary: &Summary) -> String {
        let mut text = format!(
            "## Summary\n\n{} pages, {} with ads: {} ad units, {} bids, {} slots, {} problems.\n\n",
            summary.pages,
            summary.pages_with_ads,
            summary.ad_units,
            summary.bids,
            summary.slots,
            summary.problems.values().sum::<u64>(),
        );
        let networks = summary.top_networks().into_iter();
        text += &counts("Network", "Pages", networks.map(|(_, one)| (&*one.name, one.pages)));
        let bidders = summary.top_bidders().into_iter();
        text += &counts("Bidder", "Ad units", bidders.map(|(code, one)| (code, one.ad_units)));
        text += &table(&["Shared account", "Network", "Sites"], shared_accounts(summary));
        let unread = summary.unreadable.iter().map(|one| vec![code(&one.path), code(&one.message)]);
        text + &table(&["Could not be read", "Why"], unread)
    }
}

fn heading(page: &PageReport) -> String {
    let mut text = format!("## {}\n\n", span(&page.source.path));
    let entry = page.source.entry.as_deref();
    for more in [entry, page.url.as_deref(), page.title.as_deref()].into_iter().flatten() {
        if !more.trim().is_empty() {
            let _ = writeln!(text, "{}  ", span(more));
        }
    }
    text.truncate(text.trim_end().len());
    text + "\n\n"
}

fn network(network: &NetworkRecord) -> Vec<String> {
    let ids = network
        .ids
        .iter()
        .flat_map(|(name, values)| values.iter().map(move |value| format!("{name} {}", words(value))));
    vec![
        code(&network.name),
        list(&network.roles),
        evidence_name(network.evidence).into(),
        list(&network.bidders),
        list(&ids.collect::<Vec<_>>()),
    ]
}

/// A row for each bid; one without where there is none.
fn ad_unit(unit: &AdUnitRecord) -> Vec<Vec<String>> {
    let name = unit.code.as_ref().map(|code| self::code(&words(code))).unwrap_or_default();
    let when = |when: Option<&String>| when.or(unit.when.as_ref()).map(|when| code(when)).unwrap_or_default();
    if unit.bids.is_empty() {
        return vec![vec![name, String::new(), String::new(), when(None), line(unit.at)]];
    }
    let bids = unit.bids.iter();
    bids.map(|bid| {
        vec![name.clone(), code(&words(&bid.bidder)), value(&bid.params), when(bid.when.as_ref()), line(bid.at)]
    })
    .collect()
}

fn slot(slot: &SlotRecord) -> Vec<String> {
    vec![code(&words(&slot.path)), value(&slot.sizes), code(&words(&slot.element)), line(slot.at)]
}

fn shared_accounts(summary: &Summary) -> impl Iterator<Item = Vec<String>> {
    let accounts = summary.rollup.accounts().into_iter().filter(|account| account.sites.len() > 1).take(TOP);
    accounts.map(|account| {
        let sites: Vec<String> = account.sites.iter().filter_map(|used| used.site).map(str::to_owned).collect();
        vec![code(account.account), code(account.network), list(&sites)]
    })
}

fn counts<'s>(name: &str, unit: &str, rows: impl Iterator<Item = (&'s str, u64)>) -> String {
    table(&[name, unit], rows.take(TOP).map(|(name, count)| vec![code(name), count.to_string()]))
}

/// A table, or nothing where it has no rows.
pub(super) fn table(names: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let rows: String = rows.map(|cells| format!("| {} |\n", cells.join(" | "))).collect();
    if rows.is_empty() {
        return rows;
    }
    format!("| {} |\n|{}\n{rows}\n", names.join(" | "), " --- |".repeat(names.len()))
}

fn line(at: At) -> String {
    format!("{}:{}", at.line, at.column)
}

fn list(items: &[String]) -> String {
    items.iter().map(|item| code(item)).collect::<Vec<_>>().join(", ")
}

fn value(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => code(text),
        other => code(&other.to_string()),
    }
}

/// The text as code, also in a table: what a table or a code span would stumble over becomes character references.
pub(super) fn code(text: &str) -> String {
    let text = printable(text);
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    if !text.contains(['|', '`', '\\']) {
        return format!("`{text}`");
    }
    let mut html = String::from("<code>");
    for character in text.chars() {
        if character.is_ascii_punctuation() && !",.:;=/-'()\"".contains(character) {
            let _ = write!(html, "&#{};", u32::from(character));
        } else {
            html.push(character);
        }
    }
    html + "</code>"
}

/// As [`code`]; a heading that is empty would be none.
pub(super) fn span(text: &str) -> String {
    let code = code(text);
    if code.is_empty() { "–".into() } else { code }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{hostile_page, sample_page, sample_summary};
    use super::*;

    #[test]
    fn a_page_becomes_tables() {
        let text = Markdown.begin() + &Markdown.page(&sample_page()) + &Markdown.end(&sample_summary());
        insta::assert_snapshot!(text);
    }

    #[test]
    fn a_page_cannot_reach_the_ticket() {
        let page = hostile_page();
        let text = Markdown.page(&page) + &Markdown.end(&Summary::of(&page));
        insta::assert_snapshot!(text);
        // Outside of code nothing is left that the page wrote.
        let code = regex::Regex::new("`[^`\n]*`|<code>[^<\n]*</code>").unwrap();
        let rest = code.replace_all(&text, "");
        assert!(!rest.contains(['<', '`', '@', '[', '\\', '\x1b', '\u{202e}']), "{rest}");
    }

    #[test]
    fn every_row_has_the_cells_of_its_table() {
        let text = Markdown.page(&hostile_page());
        for table in text.split("\n\n").filter(|part| part.starts_with('|')) {
            let counts: Vec<usize> = table.lines().map(|line| line.matches('|').count()).collect();
            assert!(counts.iter().all(|count| *count == counts[0]), "{table}");
        }
    }
}

//! The report for people: a block for each page with ads, then what all pages show together.
//!
//! A page's block names the page, then one network a line (its roles, the best evidence,
//! bidder codes, the publisher's ids), then how many ad units, bids, slots and problems
//! there are. Pages without ads are counted in the summary only.

use super::disguise::revealed;
use super::layout::{Columns, FAILURE, FAINT, PLAIN, Palette, STRONG, WARNING, evidence_name, evidence_style};
use super::record::{NetworkRecord, PageReport, ProblemRecord, SourceRecord};
use super::summary::{Unread, problems};
use super::text::{elide, elide_front, join_fitting, printable, width};
use super::{Render, Summary};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Entries of each list of the summary.
const TOP: usize = 20;

/// The least width that is laid out.
const LEAST_WIDTH: usize = 24;

/// A table for people.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    width: usize,
    columns: Columns,
    palette: Palette,
    shows_problems: bool,
}

impl Table {
    /// A table without colours for a terminal of so many columns.
    #[must_use]
    pub fn new(width: usize) -> Self {
        let width = width.max(LEAST_WIDTH);
        Self { width, columns: Columns::within(width), palette: Palette::default(), shows_problems: false }
    }

    /// With or without colours.
    #[must_use]
    pub fn with_colours(self, has_colours: bool) -> Self {
        Self { palette: Palette { has_colours }, ..self }
    }

    /// With or without a line for each problem of an ad unit or bid.
    #[must_use]
    pub fn with_problems(self, shows_problems: bool) -> Self {
        Self { shows_problems, ..self }
    }

    fn heading(&self, page: &PageReport) -> String {
        let path = elide_front(&printable(&full_path(&page.source)), self.width).into_owned();
        let mut line = self.palette.paint(STRONG, &path);
        let mut used = width(&path);
        for more in [&page.url, &page.title].into_iter().flatten() {
            let room = self.width.saturating_sub(used + 2);
            // A remnant of a few characters says nothing.
            if room < 12 || more.trim().is_empty() {
                continue;
            }
            let more = elide(&printable(more.trim()), room).into_owned();
            used += 2 + width(&more);
            let _ = write!(line, "  {}", self.palette.paint(FAINT, &more));
        }
        line + "\n"
    }

    fn network(&self, network: &NetworkRecord) -> String {
        let Columns { network: name_cells, roles, evidence, bidders, ids } = self.columns;
        let cell = |style, text: &str, cells| self.palette.cell(style, text, cells);
        let mut line = String::from("  ");
        line += &cell(STRONG, &printable(&network.name), name_cells);
        line += &cell(FAINT, &join_fitting(&clean(&network.roles), roles), roles);
        line += &cell(evidence_style(network.evidence), evidence_name(network.evidence), evidence);
        if bidders > 0 {
            line += &cell(PLAIN, &join_fitting(&clean(&network.bidders), bidders), bidders);
            line += &elide(&join_fitting(&id_words(network), ids), ids);
        }
        line.truncate(line.trim_end().len());
        line + "\n"
    }

    fn counts(&self, page: &PageReport) -> String {
        let bids = page.ad_units.iter().map(|unit| unit.bids.len() as u64).sum();
        let figures = [
            (page.ad_units.len() as u64, "ad unit"),
            (bids, "bid"),
            (page.slots.len() as u64, "slot"),
            (problems(page).count() as u64, "problem"),
        ];
        let mut words: Vec<String> =
            figures.iter().filter(|(n, _)| *n > 0).map(|&(n, noun)| counted(n, noun)).collect();
        words.extend(lost_scripts(page));
        if words.is_empty() {
            return String::new();
        }
        format!("  {}\n", self.palette.paint(FAINT, &elide(&words.join(" · "), self.width - 2)))
    }

    fn problem(&self, problem: &ProblemRecord) -> String {
        let text = format!("{}:{} {}: {}", problem.at.line, problem.at.column, problem.code, problem.message);
        format!("    {}\n", self.palette.paint(WARNING, &elide(&printable(&text), self.width - 4)))
    }

    fn total(&self, summary: &Summary) -> String {
        let figures = [
            (summary.ad_units, "ad unit"),
            (summary.bids, "bid"),
            (summary.slots, "slot"),
            (summary.problems.values().sum(), "problem"),
        ];
        let mut words = vec![counted(summary.pages, "page"), format!("{} with ads", summary.pages_with_ads)];
        if summary.pages_without_ads > 0 {
            words.push(format!("{} without", summary.pages_without_ads));
        }
        if summary.pages_unknown > 0 {
            words.push(format!("{} that could not show any", summary.pages_unknown));
        }
        words.extend(figures.iter().filter(|(n, _)| *n > 0).map(|&(n, noun)| counted(n, noun)));
        self.palette.paint(STRONG, &elide(&words.join(" · "), self.width)) + "\n"
    }

    fn list(&self, title: &str, rows: &[(u64, String)]) -> String {
        if rows.is_empty() {
            return String::new();
        }
        let digits = rows.iter().map(|(count, _)| count.to_string().len()).max().unwrap_or(0);
        let mut text = format!("\n{}\n", self.palette.paint(STRONG, title));
        for (count, name) in rows.iter().take(TOP) {
            let _ = writeln!(text, "  {count:>digits$}  {}", elide(name, self.width.saturating_sub(digits + 4)));
        }
        if rows.len() > TOP {
            let more = format!("  and {} more", rows.len() - TOP);
            let _ = writeln!(text, "{}", self.palette.paint(FAINT, &more));
        }
        text
    }

    fn unread(&self, unread: &[Unread]) -> String {
        if unread.is_empty() {
            return String::new();
        }
        let mut text = format!("\n{}\n", self.palette.paint(FAILURE, "could not be read"));
        for one in unread.iter().take(TOP) {
            let line = format!("{}: {}", one.path, one.message);
            let _ = writeln!(text, "  {}", elide_front(&printable(&line), self.width - 2));
        }
        if unread.len() > TOP {
            let _ = writeln!(text, "  and {} more", unread.len() - TOP);
        }
        text
    }
}

impl Render for Table {
    fn page(&self, page: &PageReport) -> String {
        if page.networks.is_empty() && page.ad_units.is_empty() && page.slots.is_empty() {
            return String::new();
        }
        let mut text = self.heading(page);
        text.extend(page.networks.iter().map(|network| self.network(network)));
        text += &self.counts(page);
        if self.shows_problems {
            text.extend(problems(page).map(|problem| self.problem(problem)));
        }
        text + "\n"
    }

    fn end(&self, summary: &Summary) -> String {
        let networks = summary.top_networks().into_iter();
        let networks: Vec<_> = networks.map(|(_, one)| (one.pages, printable(&one.name).into_owned())).collect();
        let bidders = summary.top_bidders().into_iter();
        let bidders: Vec<_> = bidders.map(|(code, one)| (one.ad_units, printable(code).into_owned())).collect();
        let mut text = self.total(summary);
        text += &self.list("networks by pages", &networks);
        text += &self.list("bidders by ad units", &bidders);
        text += &self.list("problems", &by_frequency(&summary.problems));
        text += &self.list("could not be seen, by pages", &by_frequency(&summary.unseen));
        text += &self.list("remarks", &by_frequency(&summary.diagnostics));
        text + &self.unread(&summary.unreadable)
    }
}

fn full_path(source: &SourceRecord) -> String {
    match &source.entry {
        Some(entry) => format!("{}: {entry}", source.path),
        None => source.path.clone(),
    }
}

fn clean(names: &[String]) -> Vec<String> {
    names.iter().map(|name| printable(name).into_owned()).collect()
}

/// The ids of a network as items of a list: the param's name stands before its first value.
fn id_words(network: &NetworkRecord) -> Vec<String> {
    let mut items = Vec::new();
    for (name, values) in &network.ids {
        for (index, value) in values.iter().enumerate() {
            let value = revealed(value);
            items.push(if index == 0 { format!("{} {value}", printable(name)) } else { value });
        }
    }
    items
}

/// Scripts of which something was lost, by what became of them.
fn lost_scripts(page: &PageReport) -> Vec<String> {
    let lost = |outcome: &str| page.scripts.iter().filter(|script| script.outcome == outcome).count() as u64;
    let outcomes = ["recovered", "salvaged", "failed", "cut"];
    let counts = outcomes.map(|outcome| (lost(outcome), outcome));
    let shown = counts.iter().filter(|(count, _)| *count > 0);
    shown.map(|&(count, outcome)| format!("{} {outcome}", counted(count, "script"))).collect()
}

fn by_frequency(counts: &BTreeMap<String, u64>) -> Vec<(u64, String)> {
    let mut rows: Vec<_> = counts.iter().map(|(name, &count)| (count, name.clone())).collect();
    rows.sort_by_key(|&(count, _)| std::cmp::Reverse(count));
    rows
}

fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::super::sample::{sample_page, sample_summary};
    use super::*;

    #[test]
    fn the_table_shows_networks_and_a_summary() {
        let table = Table::new(100).with_problems(true);
        insta::assert_snapshot!(table.page(&sample_page()) + &table.end(&sample_summary()));
    }

    #[test]
    fn a_narrow_table_is_still_a_table() {
        let table = Table::new(50);
        insta::assert_snapshot!(table.page(&sample_page()) + &table.end(&sample_summary()));
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let mut page = sample_page();
        page.title = Some("標題".repeat(80));
        page.networks[0].name = "n".repeat(300);
        page.networks[0].bidders = vec!["b".repeat(90), "c".repeat(90)];
        page.source.path = "p/".repeat(200);
        for cells in [24, 50, 80, 133] {
            let table = Table::new(cells).with_problems(true);
            let text = table.page(&page) + &table.end(&sample_summary());
            assert!(text.lines().all(|line| width(line) <= cells), "{cells}:\n{text}");
        }
    }

    #[test]
    fn a_page_cannot_reach_the_terminal() {
        let mut page = sample_page();
        let hostile = "\x1b]0;owned\x07\u{202e}";
        page.title = Some(hostile.into());
        page.url = Some(hostile.into());
        page.source.path = hostile.into();
        page.networks[0].name = hostile.into();
        page.networks[0].bidders = vec![hostile.into()];
        page.networks[0].ids.insert(hostile.into(), vec![hostile.into()]);
        let mut summary = Summary::of(&page);
        summary.add_unreadable(hostile, hostile);
        let table = Table::new(100).with_problems(true);
        let text = table.page(&page) + &table.end(&summary);
        assert!(!text.contains(['\x1b', '\x07', '\u{202e}']), "{text:?}");
    }

    #[test]
    fn colours_change_nothing_but_the_colour() {
        let plain = Table::new(100).page(&sample_page());
        let coloured = Table::new(100).with_colours(true).page(&sample_page());
        let stripped = without_escapes(&coloured);
        assert_ne!(plain, coloured);
        assert_eq!(plain, stripped);
    }

    fn without_escapes(text: &str) -> String {
        let escape = regex::Regex::new("\x1b\\[[0-9;]*m").unwrap();
        escape.replace_all(text, "").into_owned()
    }
}

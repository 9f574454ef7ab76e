//! A difference for people: a block for each page, then networks and bidders over all.

use super::super::layout::{FAILURE, FAINT, GOOD, PLAIN, Palette, STRONG, WARNING};
use super::super::text::{elide, printable, words};
use super::{Change, Difference, FactChange, PageDifference};
use anstyle::Style;
use serde_json::{Map, Value as Json};
use std::fmt::Write;

/// Cells of the kind of a fact.
const KIND_CELLS: usize = 8;

/// Writes differences for people.
#[derive(Clone, Copy, Debug)]
pub struct DiffTable {
    width: usize,
    palette: Palette,
}

impl DiffTable {
    /// Without colours, for a terminal of so many columns.
    #[must_use]
    pub fn new(width: usize) -> Self {
        Self { width: width.max(24), palette: Palette::default() }
    }

    /// With or without colours.
    #[must_use]
    pub fn with_colours(self, has_colours: bool) -> Self {
        Self { palette: Palette { has_colours }, ..self }
    }

    /// The whole text.
    #[must_use]
    pub fn render(&self, difference: &Difference) -> String {
        let mut text: String = difference.pages.iter().map(|page| self.page(page)).collect();
        if !difference.overall.is_empty() {
            let _ = writeln!(text, "{}", self.palette.paint(STRONG, "overall, by pages"));
            for one in &difference.overall {
                let change = match (one.pages.before, one.pages.after) {
                    (0, _) => Change::Came,
                    (_, 0) => Change::Went,
                    _ => Change::Changed,
                };
                let rest = format!("{}  {} → {}", printable(&one.name), one.pages.before, one.pages.after);
                text += &self.line(change, one.what.name(), &rest);
            }
            text.push('\n');
        }
        text + &self.totals(difference)
    }

    fn page(&self, page: &PageDifference) -> String {
        let note = match page.change {
            Change::Came => "  only in the second",
            Change::Went => "  only in the first",
            Change::Changed => "",
        };
        let name = elide(&printable(&page.page), self.width.saturating_sub(note.len())).into_owned();
        let mut text = format!("{}{}\n", self.palette.paint(STRONG, &name), self.palette.paint(FAINT, note));
        text.extend(page.changes.iter().map(|change| self.line(change.change, change.what.name(), &told(change))));
        text + "\n"
    }

    fn line(&self, change: Change, kind: &str, rest: &str) -> String {
        let (sign, style): (&str, Style) = match change {
            Change::Came => ("+", GOOD),
            Change::Went => ("-", FAILURE),
            Change::Changed => ("~", WARNING),
        };
        let rest = elide(rest, self.width.saturating_sub(KIND_CELLS + 6)).into_owned();
        let kind = self.palette.cell(FAINT, kind, KIND_CELLS);
        format!("  {} {kind}{}\n", self.palette.paint(style, sign), self.palette.paint(PLAIN, &rest))
    }

    fn totals(&self, difference: &Difference) -> String {
        let sides = difference.pages_compared;
        let mut words = vec![format!("{} and {} pages, {} differ", sides.before, sides.after, difference.pages.len())];
        for (what, [came, went, changed]) in difference.totals() {
            words.push(format!("{} +{came} -{went} ~{changed}", what.name()));
        }
        self.palette.paint(STRONG, &elide(&words.join(" · "), self.width)) + "\n"
    }
}

/// A fact in few words: its name, and how it is or what of it changed.
pub(super) fn told(change: &FactChange) -> String {
    let name = printable(&change.name);
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => format!("{name}  {}", changed(before, after)),
        (Some(Json::Object(value)), None) | (None, Some(Json::Object(value))) => format!("{name}  {}", members(value)),
        (Some(value), None) | (None, Some(value)) if !value.is_null() => format!("{name}  {}", words(value)),
        _ => name.into_owned(),
    }
}

fn members(object: &Map<String, Json>) -> String {
    if is_form(object) {
        return words(&Json::Object(object.clone()));
    }
    let members = object.iter().filter(|(_, value)| !is_empty(value));
    members.map(|(key, value)| format!("{} {}", printable(key), words(value))).collect::<Vec<_>>().join(", ")
}

fn is_empty(value: &Json) -> bool {
    value.is_null() || value.as_object().is_some_and(Map::is_empty)
}

/// Levels of members that are compared one by one.
const DEPTH: u32 = 4;

/// The members that differ, by dotted name; else both values.
fn changed(before: &Json, after: &Json) -> String {
    let mut parts = Vec::new();
    compare("", Some(before), Some(after), DEPTH, &mut parts);
    parts.join(", ")
}

fn compare(name: &str, before: Option<&Json>, after: Option<&Json>, depth: u32, parts: &mut Vec<String>) {
    let named = |sign: &str, rest: String| {
        let gap = if name.is_empty() || rest.is_empty() { "" } else { " " };
        format!("{sign}{}{gap}{rest}", printable(name))
    };
    match (before, after) {
        (Some(Json::Object(was)), Some(Json::Object(now))) if depth > 0 && !is_form(was) && !is_form(now) => {
            let gone = was.keys().filter(|key| !now.contains_key(*key));
            for key in now.keys().chain(gone) {
                let dotted = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                compare(&dotted, was.get(key), now.get(key), depth - 1, parts);
            }
        }
        (Some(was), Some(now)) if was == now => {}
        (Some(was), Some(now)) => parts.push(named("", format!("{} → {}", words(was), words(now)))),
        (None, Some(now)) => parts.push(named("+", words(now))),
        (Some(_), None) => parts.push(named("-", String::new())),
        (None, None) => {}
    }
}

/// Is it a form with a meaning, as `$any`?
fn is_form(object: &Map<String, Json>) -> bool {
    object.keys().any(|key| key.starts_with('$'))
}

//! What came, went or changed between two reports.
//!
//! In: the pages of both sides, in any order. Out: a [`Difference`], by page and over all. A page is
//! known again by its path below the folder that all paths of its side share, else by its URL; where each
//! side is one page, these two are compared. Only facts are held of a page, not its report.

mod facts;
mod markdown;
mod pair;
mod table;

use super::PageReport;
use facts::{Facts, facts_of};
use pair::{PageKey, pair};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

pub use facts::What;
pub use markdown::diff_markdown;
pub use table::DiffTable;

/// The version of the report of a difference.
pub const DIFF_SCHEMA: &str = "adsieve.diff/1";

/// Collects the pages of both sides.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    before: BTreeMap<PageKey, Facts>,
    after: BTreeMap<PageKey, Facts>,
}

impl Comparison {
    /// Adds a page of the first side. Of two reports on one page the later counts.
    pub fn add_before(&mut self, page: &PageReport) {
        self.before.insert(PageKey::of(page), facts_of(page));
    }

    /// Adds a page of the second side.
    pub fn add_after(&mut self, page: &PageReport) {
        self.after.insert(PageKey::of(page), facts_of(page));
    }

    /// Compares the sides.
    #[must_use]
    pub fn difference(self) -> Difference {
        let sides = Sides { before: self.before.len() as u64, after: self.after.len() as u64 };
        let overall = overall(&self.before, &self.after);
        let pages = pair(self.before, self.after).into_iter().filter_map(|(name, before, after)| {
            let change = match (&before, &after) {
                (None, _) => Change::Came,
                (_, None) => Change::Went,
                _ => Change::Changed,
            };
            let changes = changes(before.unwrap_or_default(), after.unwrap_or_default());
            let is_same = change == Change::Changed && changes.is_empty();
            (!is_same).then_some(PageDifference { page: name, change, changes })
        });
        Difference { schema: DIFF_SCHEMA, pages_compared: sides, pages: pages.collect(), overall }
    }
}

/// What differs between two reports.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// [`DIFF_SCHEMA`].
    pub schema: &'static str,
    /// How many pages each side has.
    pub pages_compared: Sides,
    /// The pages that differ, by name.
    pub pages: Vec<PageDifference>,
    /// Networks and bidders that stand on more or fewer pages than before.
    pub overall: Vec<OverallChange>,
}

impl Difference {
    /// Is there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// The difference as one JSON object.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("records hold only strings as keys, and no writer can fail") + "\n"
    }

    /// How many facts of each kind came, went and changed.
    fn totals(&self) -> BTreeMap<What, [u64; 3]> {
        let mut totals: BTreeMap<What, [u64; 3]> = BTreeMap::new();
        for change in self.pages.iter().flat_map(|page| &page.changes) {
            totals.entry(change.what).or_default()[change.change as usize] += 1;
        }
        totals
    }
}

/// A number for each side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Sides {
    /// Of the first side.
    pub before: u64,
    /// Of the second side.
    pub after: u64,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Only the second side has it.
    Came,
    /// Only the first side has it.
    Went,
    /// Both have it, and it is not the same.
    Changed,
}

/// What differs on a page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PageDifference {
    /// The page: its path below what all paths share, or its URL.
    pub page: String,
    /// What happened to the page itself.
    pub change: Change,
    /// What happened on it, by kind and name.
    pub changes: Vec<FactChange>,
}

/// Something on a page that came, went or changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FactChange {
    /// What it is.
    pub what: What,
    /// Its name: of a bid the ad unit's code and the bidder.
    pub name: String,
    /// What happened to it.
    pub change: Change,
    /// How it was; null where it was not.
    pub before: Option<Json>,
    /// How it is; null where it is no more.
    pub after: Option<Json>,
}

/// A network or bidder, and how many pages have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OverallChange {
    /// Network or bidder.
    pub what: What,
    /// Its id or code.
    pub name: String,
    /// Pages that have it.
    pub pages: Sides,
}

fn changes(mut before: Facts, after: Facts) -> Vec<FactChange> {
    let mut changes = Vec::new();
    for ((what, name), now) in after {
        let change = match before.remove(&(what, name.clone())) {
            None => FactChange { what, name, change: Change::Came, before: None, after: Some(now) },
            Some(was) if was == now => continue,
            Some(was) => FactChange { what, name, change: Change::Changed, before: Some(was), after: Some(now) },
        };
        changes.push(change);
    }
    let gone = before.into_iter().map(|((what, name), was)| FactChange {
        what,
        name,
        change: Change::Went,
        before: Some(was),
        after: None,
    });
    changes.extend(gone);
    changes.sort_by(|left, right| (left.what, &left.name).cmp(&(right.what, &right.name)));
    changes
}

fn overall(before: &BTreeMap<PageKey, Facts>, after: &BTreeMap<PageKey, Facts>) -> Vec<OverallChange> {
    let mut pages: BTreeMap<(What, &str), Sides> = BTreeMap::new();
    let sides = before.values().map(|facts| (facts, true)).chain(after.values().map(|facts| (facts, false)));
    for (facts, is_before) in sides {
        for (what, name) in facts.keys().filter(|(what, _)| matches!(what, What::Network | What::Bidder)) {
            let sides = pages.entry((*what, name)).or_insert(Sides { before: 0, after: 0 });
            *(if is_before { &mut sides.before } else { &mut sides.after }) += 1;
        }
    }
    let changed = pages.into_iter().filter(|(_, sides)| sides.before != sides.after);
    changed.map(|((what, name), pages)| OverallChange { what, name: name.to_owned(), pages }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample::{hostile_page, sample_page};
    use super::*;
    use serde_json::json;

    fn changed_page() -> PageReport {
        let mut page = sample_page();
        page.networks.remove(1);
        page.ad_units[0].bids[0].params = json!({ "placementId": 9, "member": "4" });
        let mut bid = page.ad_units[0].bids[0].clone();
        bid.bidder = "rubicon".into();
        page.ad_units[0].bids.push(bid);
        page.slots[0].sizes = json!([728, 90]);
        page
    }

    fn difference(before: &[PageReport], after: &[PageReport]) -> Difference {
        let mut comparison = Comparison::default();
        before.iter().for_each(|page| comparison.add_before(page));
        after.iter().for_each(|page| comparison.add_after(page));
        comparison.difference()
    }

    #[test]
    fn a_page_does_not_differ_from_itself() {
        let page = sample_page();
        assert!(difference(std::slice::from_ref(&page), std::slice::from_ref(&page)).is_empty());
    }

    #[test]
    fn what_came_went_and_changed_is_told() {
        let difference = difference(&[sample_page()], &[changed_page()]);
        let told: Vec<_> = difference.pages[0].changes.iter().map(|one| (one.what, &*one.name, one.change)).collect();
        let expected = [
            (What::Network, "google", Change::Went),
            (What::Bidder, "rubicon", Change::Came),
            (What::Bid, "top · appnexus", Change::Changed),
            (What::Bid, "top · rubicon", Change::Came),
            (What::Slot, "/123/top · top", Change::Changed),
        ];
        assert_eq!(told, expected);
        insta::assert_snapshot!("difference_json", difference.to_json());
        insta::assert_snapshot!("difference_table", DiffTable::new(100).render(&difference));
        insta::assert_snapshot!("difference_markdown", diff_markdown(&difference));
    }

    #[test]
    fn a_page_cannot_reach_the_terminal_or_the_ticket() {
        let difference = difference(&[sample_page()], &[hostile_page()]);
        let table = DiffTable::new(100).render(&difference);
        assert!(!table.contains(['\x1b', '\u{202e}']), "{table:?}");
        let markdown = diff_markdown(&difference);
        let code = regex::Regex::new("`[^`\n]*`|<code>[^<\n]*</code>").unwrap();
        assert!(!code.replace_all(&markdown, "").contains(['<', '@', '[', '`']), "{markdown}");
    }
}

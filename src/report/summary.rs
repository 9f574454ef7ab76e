//! What a report says of all its pages together.

use super::PageReport;
use super::flat::strings;
use super::record::{AdUnitRecord, ProblemRecord};
use super::rollup::{Rollup, SiteCount};
use crate::base::Severity;
use serde::{Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};

/// Figures over pages. Merging two summaries gives that of their pages together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Pages in the report.
    pub pages: u64,
    /// Lists of sellers in the report: `ads.txt` and `sellers.json`.
    pub seller_lists: u64,
    /// Pages with at least one ad network, ad unit or slot.
    pub pages_with_ads: u64,
    /// Pages without ads, of which everything could be seen.
    pub pages_without_ads: u64,
    /// Pages that show no ads, but of which something could not be seen.
    pub pages_unknown: u64,
    /// Ad units of all pages.
    pub ad_units: u64,
    /// Bids of all ad units.
    pub bids: u64,
    /// Slots of all pages.
    pub slots: u64,
    /// Networks by the number of pages; written with the most frequent first.
    #[serde(serialize_with = "write_networks")]
    pub networks: BTreeMap<String, NetworkCount>,
    /// Bidder codes by the number of ad units; written with the most frequent first.
    #[serde(serialize_with = "write_bidders")]
    pub bidders: BTreeMap<String, BidderCount>,
    /// Pages by the roles that networks play on them.
    pub roles: BTreeMap<String, u64>,
    /// Findings, by rule.
    pub rules: BTreeMap<String, u64>,
    /// Problems of ad units and bids, by code.
    pub problems: BTreeMap<String, u64>,
    /// Scripts, by what became of them.
    pub scripts: BTreeMap<String, u64>,
    /// Diagnostics, by code.
    pub diagnostics: BTreeMap<String, u64>,
    /// Pages of which something could not be seen, by what that was.
    pub unseen: BTreeMap<String, u64>,
    /// What could not be read, in the order of the input.
    pub unreadable: Vec<Unread>,
    /// Sites and accounts.
    #[serde(flatten)]
    pub rollup: Rollup,
}

/// How often a network was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NetworkCount {
    /// Its name for people.
    pub name: String,
    /// Pages on which it was found.
    pub pages: u64,
}

/// How often a bidder code was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BidderCount {
    /// Ad units that name it.
    pub ad_units: u64,
    /// Bids that name it.
    pub bids: u64,
    /// Pages that name it in an ad unit.
    pub pages: u64,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// Its path.
    pub path: String,
    /// Why, in plain words.
    pub message: String,
}

impl Summary {
    /// The summary of one page.
    #[must_use]
    pub fn of(page: &PageReport) -> Self {
        let has_ads = !(page.networks.is_empty() && page.ad_units.is_empty() && page.slots.is_empty());
        let networks = page.networks.iter();
        let roles: BTreeSet<&String> = page.networks.iter().flat_map(|network| &network.roles).collect();
        let is_page = page.sellers.is_none();
        Self {
            pages: u64::from(is_page),
            seller_lists: u64::from(!is_page),
            pages_with_ads: u64::from(has_ads),
            ad_units: page.ad_units.len() as u64,
            bids: page.ad_units.iter().map(|unit| unit.bids.len() as u64).sum(),
            slots: page.slots.len() as u64,
            networks: networks.map(|one| (one.id.clone(), NetworkCount { name: one.name.clone(), pages: 1 })).collect(),
            bidders: count_bidders(&page.ad_units),
            problems: count(problems(page).map(|problem| &*problem.code)),
            scripts: count(page.scripts.iter().map(|script| &*script.outcome)),
            diagnostics: count(page.diagnostics.iter().map(|diagnostic| &*diagnostic.code)),
            roles: roles.into_iter().map(|role| (role.clone(), 1)).collect(),
            rules: count(page.findings.iter().map(|finding| &*finding.rule)),
            pages_without_ads: u64::from(!has_ads && page.ads == "none"),
            pages_unknown: u64::from(!has_ads && page.ads != "none"),
            unseen: count(page.unseen.keys().map(|kind| &**kind)),
            unreadable: unread(page).into_iter().collect(),
            rollup: Rollup::of(page, site_count(page, has_ads)),
        }
    }

    /// Adds something that could not be read at all and therefore has no page.
    pub fn add_unreadable(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.unreadable.push(Unread { path: path.into(), message: message.into() });
    }

    /// Adds the pages of another summary.
    pub fn merge(&mut self, other: Self) {
        self.pages += other.pages;
        self.pages_with_ads += other.pages_with_ads;
        self.pages_without_ads += other.pages_without_ads;
        self.pages_unknown += other.pages_unknown;
        self.ad_units += other.ad_units;
        self.bids += other.bids;
        self.slots += other.slots;
        for (id, network) in other.networks {
            let mine = self.networks.entry(id).or_default();
            mine.pages += network.pages;
            mine.name = network.name;
        }
        for (code, bidder) in other.bidders {
            self.bidders.entry(code).or_default().add(bidder);
        }
        self.seller_lists += other.seller_lists;
        add_counts(&mut self.roles, other.roles);
        add_counts(&mut self.rules, other.rules);
        add_counts(&mut self.problems, other.problems);
        add_counts(&mut self.scripts, other.scripts);
        add_counts(&mut self.diagnostics, other.diagnostics);
        add_counts(&mut self.unseen, other.unseen);
        self.unreadable.extend(other.unreadable);
        self.rollup.merge(other.rollup);
    }

    /// Networks with their ids, the ones on most pages first, then by id.
    #[must_use]
    pub fn top_networks(&self) -> Vec<(&str, &NetworkCount)> {
        most_frequent(&self.networks, |network| network.pages)
    }

    /// Bidder codes, those in most ad units first, then by code.
    #[must_use]
    pub fn top_bidders(&self) -> Vec<(&str, &BidderCount)> {
        most_frequent(&self.bidders, |bidder| (bidder.ad_units, bidder.bids))
    }
}

impl BidderCount {
    fn add(&mut self, other: Self) {
        self.ad_units += other.ad_units;
        self.bids += other.bids;
        self.pages += other.pages;
    }
}

/// The problems of a page's ad units and their bids, in order.
pub(super) fn problems(page: &PageReport) -> impl Iterator<Item = &ProblemRecord> {
    let units = page.ad_units.iter();
    units.flat_map(|unit| unit.problems.iter().chain(unit.bids.iter().flat_map(|bid| &bid.problems)))
}

fn site_count(page: &PageReport, has_ads: bool) -> SiteCount {
    SiteCount {
        pages: 1,
        pages_with_ads: u64::from(has_ads),
        ad_units: page.ad_units.len() as u64,
        bids: page.ad_units.iter().map(|unit| unit.bids.len() as u64).sum(),
        slots: page.slots.len() as u64,
        problems: problems(page).count() as u64,
        networks: page.networks.iter().map(|network| (network.id.clone(), 1)).collect(),
    }
}

fn count_bidders(units: &[AdUnitRecord]) -> BTreeMap<String, BidderCount> {
    let mut counts: BTreeMap<String, BidderCount> = BTreeMap::new();
    for unit in units {
        let mut of_unit = BTreeSet::new();
        for code in unit.bids.iter().flat_map(|bid| strings(&bid.bidder)) {
            let count = counts.entry(code.to_owned()).or_default();
            count.bids += 1;
            count.ad_units += u64::from(of_unit.insert(code));
            count.pages = 1;
        }
    }
    counts
}

fn count<'n>(names: impl Iterator<Item = &'n str>) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name.to_owned()).or_default() += 1;
    }
    counts
}

fn add_counts(mine: &mut BTreeMap<String, u64>, other: BTreeMap<String, u64>) {
    for (name, count) in other {
        *mine.entry(name).or_default() += count;
    }
}

/// The page as unreadable, if a diagnostic says that it is.
fn unread(page: &PageReport) -> Option<Unread> {
    let worst = page.diagnostics.iter().find(|diagnostic| diagnostic.severity == Severity::Error)?;
    Some(Unread { path: page.source.path.clone(), message: worst.message.clone() })
}

#[derive(Serialize)]
struct NetworkRow<'s> {
    id: &'s str,
    #[serde(flatten)]
    count: &'s NetworkCount,
}

#[derive(Serialize)]
struct BidderRow<'s> {
    bidder: &'s str,
    #[serde(flatten)]
    count: &'s BidderCount,
}

fn write_networks<S: Serializer>(networks: &BTreeMap<String, NetworkCount>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(most_frequent(networks, |network| network.pages).iter().map(|&(id, count)| NetworkRow { id, count }))
}

fn write_bidders<S: Serializer>(bidders: &BTreeMap<String, BidderCount>, to: S) -> Result<S::Ok, S::Error> {
    let rows = most_frequent(bidders, |bidder| (bidder.ad_units, bidder.bids));
    to.collect_seq(rows.iter().map(|&(bidder, count)| BidderRow { bidder, count }))
}

/// The entries with the largest counts first; equal ones by name.
fn most_frequent<C, K: Ord>(counts: &BTreeMap<String, C>, key: impl Fn(&C) -> K) -> Vec<(&str, &C)> {
    let mut rows: Vec<_> = counts.iter().map(|(name, count)| (&**name, count)).collect();
    rows.sort_by_key(|(_, count)| std::cmp::Reverse(key(count)));
    rows
}

#[cfg(test)]
mod tests {
    use super::super::sample::{sample_page, sample_summary};
    use super::*;

    #[test]
    fn merging_does_not_depend_on_the_order() {
        let one = Summary::of(&sample_page());
        let mut quiet = sample_page();
        quiet.networks.clear();
        let two = Summary::of(&quiet);
        let (mut forth, mut back) = (one.clone(), two.clone());
        forth.merge(two);
        back.merge(one);
        assert_eq!(forth, back);
    }

    #[test]
    fn a_bidder_twice_in_an_ad_unit_counts_it_once() {
        let mut page = sample_page();
        let again = page.ad_units[0].bids[0].clone();
        page.ad_units[0].bids.push(again);
        let summary = Summary::of(&page);
        assert_eq!(summary.bidders["appnexus"], BidderCount { ad_units: 1, bids: 2, pages: 1 });
    }

    #[test]
    fn the_json_form_lists_the_most_frequent_first() {
        let mut summary = sample_summary();
        summary.networks.insert("zz".into(), NetworkCount { name: "Zz".into(), pages: 99 });
        let json = serde_json::to_value(&summary).unwrap();
        assert_eq!(json["networks"][0], serde_json::json!({"id": "zz", "name": "Zz", "pages": 99}));
        assert_eq!(json["bidders"][0]["bidder"], "appnexus");
    }
}

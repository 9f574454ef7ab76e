//! What the overview shows beside the summary: roles, what could not be seen, how many networks a page has.
//!
//! Sums over pages, added in any order.

use super::super::record::{BidRecord, PageReport};
use crate::base::Evidence;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// Columns of the histogram: each is for pages with that many networks, up to the next column's.
pub(super) const COLUMNS: [usize; 9] = [0, 1, 2, 3, 4, 5, 10, 20, 50];

/// How deep a value is searched for what is not known.
const DEPTH: usize = 16;

/// Sums over the pages of the report.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Pages on which some network has the role.
    pub(super) roles: BTreeMap<String, u64>,
    /// What is known of each network over all pages, by id.
    pub(super) networks: BTreeMap<String, NetworkTally>,
    /// Pages by how many networks they have, for each of [`COLUMNS`].
    pub(super) networks_on_page: [u64; COLUMNS.len()],
    /// Scripts that the pages load from elsewhere and that were not saved with them.
    pub(super) external_scripts: u64,
    /// Bids of which the bidder or a param is not known from the source alone.
    pub(super) unknown_bids: u64,
    /// Bids that hold under a condition, or whose values depend on one.
    pub(super) conditional_bids: u64,
}

/// What is known of a network over all pages.
#[derive(Debug, Default)]
pub(super) struct NetworkTally {
    pub(super) roles: BTreeSet<String>,
    pub(super) bidders: BTreeSet<String>,
    /// The best evidence on any page.
    pub(super) evidence: Option<Evidence>,
}

impl Tally {
    /// Adds one page.
    pub(super) fn add(&mut self, page: &PageReport) {
        let column = COLUMNS.iter().rposition(|&least| least <= page.networks.len());
        self.networks_on_page[column.unwrap_or(0)] += 1;
        self.external_scripts += page.scripts.iter().filter(|script| script.is_saved == Some(false)).count() as u64;
        let roles: BTreeSet<&String> = page.networks.iter().flat_map(|network| &network.roles).collect();
        for role in roles {
            *self.roles.entry(role.clone()).or_default() += 1;
        }
        for network in &page.networks {
            let known = self.networks.entry(network.id.clone()).or_default();
            known.roles.extend(network.roles.iter().cloned());
            known.bidders.extend(network.bidders.iter().cloned());
            known.evidence = known.evidence.into_iter().chain([network.evidence]).min();
        }
        for bid in page.ad_units.iter().flat_map(|unit| &unit.bids) {
            self.add_bid(bid);
        }
    }

    fn add_bid(&mut self, bid: &BidRecord) {
        let has = |key| holds(&bid.bidder, key, DEPTH) || holds(&bid.params, key, DEPTH);
        self.unknown_bids += u64::from(has("$unknown"));
        self.conditional_bids += u64::from(bid.when.is_some() || has("$any"));
    }
}

/// Is there a value of this kind anywhere in the value?
fn holds(value: &Json, kind: &str, depth: usize) -> bool {
    let Some(deeper) = depth.checked_sub(1) else { return false };
    match value {
        Json::Array(items) => items.iter().any(|item| holds(item, kind, deeper)),
        Json::Object(object) => object.contains_key(kind) || object.values().any(|inner| holds(inner, kind, deeper)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::sample_page;
    use super::*;

    #[test]
    fn a_role_counts_once_a_page() {
        let mut page = sample_page();
        page.networks.push(page.networks[0].clone());
        let mut tally = Tally::default();
        tally.add(&page);
        assert_eq!(tally.roles["ssp"], 1);
        assert_eq!(tally.networks_on_page[3], 1);
    }

    #[test]
    fn bids_that_are_not_wholly_known_are_told_apart() {
        let mut tally = Tally::default();
        tally.add(&sample_page());
        assert_eq!((tally.unknown_bids, tally.conditional_bids), (1, 1));
    }

    #[test]
    fn many_networks_share_a_column() {
        let mut page = sample_page();
        let mut tally = Tally::default();
        for networks in [10, 19, 70] {
            page.networks = vec![page.networks[0].clone(); networks];
            tally.add(&page);
        }
        assert_eq!(tally.networks_on_page, [0, 0, 0, 0, 0, 0, 2, 0, 1]);
    }
}

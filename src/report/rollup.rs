//! What pages say together of the sites they belong to and of the publishers' accounts.
//!
//! A site is a registrable domain; an account is a publisher's id at a network. An account on several
//! sites is a shared seat. Where a list of sellers is part of the input, each account is looked up in it. Grows with
//! the number of sites, accounts and sellers, not with that of pages.

use super::account::{accounts_of, site_of};
use super::record::{PageReport, SellersRecord, Standing};
use crate::sellers::account_key;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Figures of sites and accounts. Merging two gives that of their pages together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollup {
    sites: BTreeMap<String, SiteCount>,
    /// By network and account.
    accounts: BTreeMap<(String, String), AccountUse>,
    /// By the site of an `ads.txt`; the empty one speaks for every site without its own.
    ads_txt: BTreeMap<String, Sellers>,
    /// Of every `sellers.json`.
    sellers_json: Sellers,
}

/// Sellers by network (empty where it is not known) and account as it is compared.
type Sellers = BTreeMap<(String, String), Standing>;

/// Figures of one site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SiteCount {
    /// Its pages.
    pub pages: u64,
    /// Its pages with at least one ad network, ad unit or slot.
    pub pages_with_ads: u64,
    /// Its ad units.
    pub ad_units: u64,
    /// The bids of its ad units.
    pub bids: u64,
    /// Its slots.
    pub slots: u64,
    /// Problems of its ad units and bids.
    pub problems: u64,
    /// Networks by the number of its pages.
    pub networks: BTreeMap<String, u64>,
}

/// Where an account is used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct AccountUse {
    names: BTreeSet<String>,
    pages_by_site: BTreeMap<String, u64>,
}

/// A publisher's id at a network, and where it is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountRow<'r> {
    /// Id of the network.
    pub network: &'r str,
    /// The account as the page writes it.
    pub account: &'r str,
    /// The names under which pages hand it over, as `publisherId`.
    pub names: Vec<&'r str>,
    /// What the network's `sellers.json` says of it; null where that is no part of the input.
    pub sellers_json: Option<Standing>,
    /// The sites that use it; more than one: a shared seat.
    pub sites: Vec<AccountSite<'r>>,
}

/// An account on a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountSite<'r> {
    /// The site; null for pages whose URL is not known.
    pub site: Option<&'r str>,
    /// Pages of the site that use the account.
    pub pages: u64,
    /// What the site's `ads.txt` says of it; null where that is no part of the input.
    pub ads_txt: Option<Standing>,
}

impl Rollup {
    /// The figures of one page. The rest of them stand in the page's own summary.
    #[must_use]
    pub(super) fn of(page: &PageReport, figures: SiteCount) -> Self {
        let mut rollup = Self::default();
        if let Some(sellers) = &page.sellers {
            rollup.add_sellers(sellers);
            return rollup;
        }
        let site = site_of(page).unwrap_or_default();
        for account in accounts_of(page) {
            let entry = rollup.accounts.entry((account.network, account.id)).or_default();
            entry.names.insert(account.name);
            entry.pages_by_site.insert(site.clone(), 1);
        }
        rollup.sites.insert(site, figures);
        rollup
    }

    fn add_sellers(&mut self, list: &SellersRecord) {
        let is_sellers_json = list.kind == "sellers.json";
        let target = if is_sellers_json {
            &mut self.sellers_json
        } else {
            self.ads_txt.entry(list.domain.clone().unwrap_or_default()).or_default()
        };
        let entries = list.sellers.iter().map(|seller| {
            let network = seller.network.clone().unwrap_or_default();
            ((network, account_key(&seller.account).into_owned()), seller.relation)
        });
        add_standings(target, entries);
        // The network itself is noted, so that an account that its list lacks is known to be missing.
        if let Some(network) = list.network.as_ref().filter(|_| is_sellers_json) {
            target.insert((network.clone(), String::new()), Standing::Missing);
        }
    }

    /// Adds the pages of another.
    pub fn merge(&mut self, other: Self) {
        for (site, count) in other.sites {
            self.sites.entry(site).or_default().add(count);
        }
        for (key, more) in other.accounts {
            let mine = self.accounts.entry(key).or_default();
            mine.names.extend(more.names);
            add_counts(&mut mine.pages_by_site, more.pages_by_site);
        }
        for (site, more) in other.ads_txt {
            add_standings(self.ads_txt.entry(site).or_default(), more);
        }
        add_standings(&mut self.sellers_json, other.sellers_json);
    }

    /// The sites by name; none for pages whose URL is not known.
    pub fn sites(&self) -> impl Iterator<Item = (Option<&str>, &SiteCount)> {
        self.sites.iter().map(|(site, count)| (known(site), count))
    }

    /// The accounts, those on most sites first, then by network and account.
    #[must_use]
    pub fn accounts(&self) -> Vec<AccountRow<'_>> {
        let mut rows: Vec<_> = self.accounts.iter().map(|(key, used)| self.row(key, used)).collect();
        rows.sort_by_key(|row| Reverse(row.sites.len()));
        rows
    }

    fn row<'r>(&'r self, (network, account): &'r (String, String), used: &'r AccountUse) -> AccountRow<'r> {
        let sites = used.pages_by_site.iter();
        AccountRow {
            network,
            account,
            names: used.names.iter().map(String::as_str).collect(),
            sellers_json: self.listed(network, account),
            sites: sites
                .map(|(site, &pages)| AccountSite {
                    site: known(site),
                    pages,
                    ads_txt: self.authorised(site, network, account),
                })
                .collect(),
        }
    }

    /// What the site's `ads.txt` says; the one of nobody stands in where the site has none.
    fn authorised(&self, site: &str, network: &str, account: &str) -> Option<Standing> {
        let sellers = self.ads_txt.get(site).or_else(|| self.ads_txt.get(""))?;
        Some(standing(sellers, network, account).unwrap_or(Standing::Missing))
    }

    fn listed(&self, network: &str, account: &str) -> Option<Standing> {
        let missing = self.sellers_json.get(&(network.to_owned(), String::new())).copied();
        standing(&self.sellers_json, network, account).or(missing)
    }
}

/// What a list says of an account; a line of an unknown ad system counts for whoever has that account.
fn standing(sellers: &Sellers, network: &str, account: &str) -> Option<Standing> {
    let key = account_key(account).into_owned();
    let of_network = sellers.get(&(network.to_owned(), key.clone()));
    of_network.or_else(|| sellers.get(&(String::new(), key))).copied()
}

/// Of two lines for one account the one that says more wins: direct before reseller.
fn add_standings(mine: &mut Sellers, more: impl IntoIterator<Item = ((String, String), Standing)>) {
    for (key, standing) in more {
        let best = mine.entry(key).or_insert(standing);
        *best = standing.min(*best);
    }
}

fn add_counts(mine: &mut BTreeMap<String, u64>, other: BTreeMap<String, u64>) {
    for (name, count) in other {
        *mine.entry(name).or_default() += count;
    }
}

fn known(site: &str) -> Option<&str> {
    (!site.is_empty()).then_some(site)
}

impl SiteCount {
    fn add(&mut self, other: Self) {
        self.pages += other.pages;
        self.pages_with_ads += other.pages_with_ads;
        self.ad_units += other.ad_units;
        self.bids += other.bids;
        self.slots += other.slots;
        self.problems += other.problems;
        add_counts(&mut self.networks, other.networks);
    }
}

#[derive(Serialize)]
struct SiteRow<'r> {
    site: Option<&'r str>,
    #[serde(flatten)]
    count: &'r SiteCount,
}

impl Serialize for Rollup {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let sites: Vec<SiteRow<'_>> = self.sites().map(|(site, count)| SiteRow { site, count }).collect();
        let mut fields = to.serialize_struct("Rollup", 2)?;
        fields.serialize_field("sites", &sites)?;
        fields.serialize_field("accounts", &self.accounts())?;
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Summary;
    use super::super::sample::{sample_page, sample_sellers};
    use super::*;
    use serde_json::json;

    fn page_of(url: Option<&str>, publisher: &str) -> PageReport {
        let mut page = sample_page();
        page.url = url.map(Into::into);
        page.networks[0].ids.insert("publisherId".into(), vec![json!(publisher)]);
        page
    }

    fn rollup(pages: &[PageReport]) -> Rollup {
        let mut summary = Summary::default();
        pages.iter().for_each(|page| summary.merge(Summary::of(page)));
        summary.rollup
    }

    #[test]
    fn an_account_on_two_sites_is_a_shared_seat() {
        let pages = [
            page_of(Some("https://a.example.com/"), "P1"),
            page_of(Some("https://b.example.com/"), "P1"),
            page_of(Some("https://example.net/"), "P1"),
            page_of(None, "P2"),
        ];
        let rollup = rollup(&pages);
        let accounts = rollup.accounts();
        let shared = accounts.iter().find(|row| row.account == "P1").unwrap();
        let sites: Vec<_> = shared.sites.iter().map(|one| (one.site, one.pages)).collect();
        assert_eq!(sites, [(Some("example.com"), 2), (Some("example.net"), 1)]);
        assert_eq!(rollup.sites().map(|(site, count)| (site, count.pages)).next(), Some((None, 1)));
    }

    #[test]
    fn accounts_are_looked_up_in_the_lists_of_sellers() {
        let pages = [
            page_of(Some("https://example.com/"), "P1"),
            page_of(Some("https://example.com/2"), "p2 "),
            page_of(Some("https://example.com/3"), "P3"),
            page_of(Some("https://example.net/"), "P1"),
            sample_sellers(
                Some("example.com"),
                &[("appnexus", "P1", Standing::Direct), ("", "P2", Standing::Reseller)],
            ),
        ];
        let rollup = rollup(&pages);
        let standing = |account: &str, site: &str| {
            let accounts = rollup.accounts();
            let row = accounts.iter().find(|row| row.account == account).unwrap();
            row.sites.iter().find(|one| one.site == Some(site)).unwrap().ads_txt
        };
        assert_eq!(standing("P1", "example.com"), Some(Standing::Direct));
        assert_eq!(standing("p2", "example.com"), Some(Standing::Reseller));
        assert_eq!(standing("P3", "example.com"), Some(Standing::Missing));
        assert_eq!(standing("P1", "example.net"), None);
    }

    #[test]
    fn a_list_of_nobody_speaks_for_sites_without_their_own() {
        let pages = [
            page_of(Some("https://example.com/"), "P1"),
            sample_sellers(None, &[("appnexus", "p1", Standing::Direct)]),
        ];
        let rollup = rollup(&pages);
        let accounts = rollup.accounts();
        let standings: Vec<_> = accounts.iter().map(|row| (row.account, row.sites[0].ads_txt)).collect();
        assert_eq!(standings, [("P1", Some(Standing::Direct)), ("123", Some(Standing::Missing))]);
    }
}

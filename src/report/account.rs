//! The publisher's accounts that a page names, and the site that it belongs to.

use super::flat::scalars;
use super::record::PageReport;
use crate::sellers::site_of_url;
use std::collections::BTreeSet;

/// The longest id that counts as an account, in bytes: longer ones are no ids.
const LONGEST: usize = 100;

/// Names of params and captures that hold an account, without case, blanks, `_` and `-`.
const NAMES: [&str; 28] = [
    "account",
    "accountid",
    "cid",
    "client",
    "clientid",
    "customer",
    "customerid",
    "customerno",
    "member",
    "memberid",
    "network",
    "networkcode",
    "networkid",
    "org",
    "orgid",
    "partner",
    "partnerid",
    "pub",
    "pubid",
    "publisher",
    "publisherid",
    "publishername",
    "seat",
    "seatid",
    "seller",
    "sellerid",
    "tenantid",
    "ownerid",
];

/// The network behind Google Publisher Tag, and the name under which the network code of a slot is listed.
const AD_MANAGER: (&str, &str) = ("google", "network code");

/// A publisher's id at a network.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Account {
    pub(super) network: String,
    pub(super) id: String,
    pub(super) name: String,
}

/// The site of a page: the registrable domain of its URL.
pub(super) fn site_of(page: &PageReport) -> Option<String> {
    page.url.as_deref().and_then(site_of_url)
}

/// Every account of the page, once.
pub(super) fn accounts_of(page: &PageReport) -> BTreeSet<Account> {
    let of_network = page.networks.iter().flat_map(|network| {
        let ids = network.ids.iter().filter(|(name, _)| is_account_name(name));
        ids.flat_map(|(name, values)| values.iter().flat_map(scalars).filter_map(|id| account(&network.id, &id, name)))
    });
    let slots = page.slots.iter().filter(|slot| slot.library == "google-publisher-tag");
    let of_slots = slots.flat_map(|slot| scalars(&slot.path)).flat_map(|path| network_codes(&path));
    let of_slots = of_slots.filter_map(|code| account(AD_MANAGER.0, &code, AD_MANAGER.1));
    of_network.chain(of_slots).collect()
}

fn account(network: &str, id: &str, name: &str) -> Option<Account> {
    let id = id.trim();
    let is_id = !id.is_empty() && id.len() <= LONGEST;
    is_id.then(|| Account { network: network.to_owned(), id: id.to_owned(), name: name.to_owned() })
}

fn is_account_name(name: &str) -> bool {
    let letters: String = name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).collect();
    NAMES.contains(&&*letters.to_ascii_lowercase())
}

/// The network codes of an ad unit path: `/123/top` has one, `/123,456/top` names the seller and whom it sells for.
fn network_codes(path: &str) -> Vec<String> {
    let first = path.trim().trim_start_matches('/').split('/').next().unwrap_or_default();
    let codes = first.split(',').filter(|code| !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit()));
    codes.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample::sample_page;
    use super::*;

    #[test]
    fn accounts_are_told_from_placements() {
        for name in ["publisherId", "publisher_id", "PUB-ID", "client", "member", "network code"] {
            assert!(is_account_name(name), "{name}");
        }
        for name in ["placementId", "siteId", "zone", "tagid", "slot"] {
            assert!(!is_account_name(name), "{name}");
        }
    }

    #[test]
    fn slots_name_the_network_code() {
        assert_eq!(network_codes("/123/top/a"), ["123"]);
        assert_eq!(network_codes("/123,456/top"), ["123", "456"]);
        assert_eq!(network_codes("/site/top"), [""; 0]);
        let accounts = accounts_of(&sample_page());
        assert!(accounts.iter().any(|one| one.network == "google" && one.id == "123"), "{accounts:?}");
    }
}

//! Who may sell a site's space: `ads.txt`, `app-ads.txt` and `sellers.json`.
//!
//! In: the path or URL of a file and its bytes. Out: a [`SellerList`], whatever the bytes are: lines
//! that say nothing are passed over and counted. One pass; bounded by the bytes and by [`MOST_SELLERS`].

mod ads_txt;
mod sellers_json;

use crate::network::{Location, Registry, registrable_domain};
use std::borrow::Cow;

/// Sellers that are kept of one list; the largest `sellers.json` have a million or so.
pub const MOST_SELLERS: usize = 2_000_000;

/// The kind of a list of sellers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SellerListKind {
    /// `ads.txt`: a site says who may sell its space.
    AdsTxt,
    /// `app-ads.txt`: the same for an app's developer.
    AppAdsTxt,
    /// `sellers.json`: an ad system says whose space it sells.
    SellersJson,
}

/// How a seller stands to what it sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// The site's owner holds the account.
    Direct,
    /// Somebody else sells for the owner.
    Reseller,
}

/// One seller of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seller {
    /// Domain of the ad system.
    pub system: String,
    /// Id of the network that the domain belongs to.
    pub network: Option<String>,
    /// The seller's account there.
    pub account: String,
    /// How it sells; a `sellers.json` says `PUBLISHER` for direct, `INTERMEDIARY` or `BOTH` for a reseller.
    pub relation: Relation,
}

/// A list of sellers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SellerList {
    /// Which kind of list it is.
    pub kind: SellerListKind,
    /// The site or ad system that speaks, where that could be told.
    pub domain: Option<String>,
    /// The sellers in the order of the list.
    pub sellers: Vec<Seller>,
    /// Lines or entries that say nothing that could be read.
    pub unread: usize,
}

/// The kind of list that a path or URL names by its last part, if any.
#[must_use]
pub fn seller_list_kind(name: &str) -> Option<SellerListKind> {
    let path = name.split(['?', '#']).next().unwrap_or_default();
    match &*path.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase() {
        "ads.txt" => Some(SellerListKind::AdsTxt),
        "app-ads.txt" => Some(SellerListKind::AppAdsTxt),
        "sellers.json" => Some(SellerListKind::SellersJson),
        _ => None,
    }
}

/// Reads a list of sellers.
///
/// `name` is its URL, or a path with the domain in it (`saved/example.com/ads.txt`): who speaks is taken from there,
/// else from what an `ads.txt` says of its owner.
#[must_use]
pub fn read_sellers(kind: SellerListKind, name: &str, bytes: &[u8], registry: &Registry) -> SellerList {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{FEFF}');
    let domain = domain_of(name);
    match kind {
        SellerListKind::AdsTxt | SellerListKind::AppAdsTxt => ads_txt::read(kind, domain, text, registry),
        SellerListKind::SellersJson => sellers_json::read(domain, text, registry),
    }
}

/// The site that a URL belongs to: its registrable domain, or its host where there is none.
#[must_use]
pub fn site_of_url(url: &str) -> Option<String> {
    let host = Location::of_url(url)?.host;
    Some(registrable_domain(&host).unwrap_or(&host).to_owned())
}

fn domain_of(name: &str) -> Option<String> {
    if let Some(site) = site_of_url(name) {
        return Some(site);
    }
    let folders: Vec<&str> = name.split(['/', '\\']).collect();
    let folders = &folders[..folders.len().saturating_sub(1)];
    folders.iter().rev().find_map(|folder| domain_word(folder))
}

/// The text as a domain, if it can be one: `example.com` can, `..` and `v1.2` cannot.
fn domain_word(text: &str) -> Option<String> {
    let lower = text.trim().trim_end_matches('.').to_ascii_lowercase();
    let is_name =
        lower.contains('.') && lower.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    let is_known = || psl::suffix(lower.as_bytes()).is_some_and(|suffix| suffix.is_known());
    if !is_name || !is_known() {
        return None;
    }
    registrable_domain(&lower).map(str::to_owned)
}

fn network_id(system: &str, registry: &Registry) -> Option<String> {
    registry.organisation_of_host(system).map(|network| network.id.clone().into_owned())
}

/// An account as it is compared: `ca-pub-1` and `pub-1` are one, case and outer blanks do not count.
#[must_use]
pub fn account_key(account: &str) -> Cow<'_, str> {
    let account = account.trim();
    let account = account.strip_prefix("ca-").filter(|rest| rest.starts_with("pub-")).unwrap_or(account);
    if account.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Cow::Owned(account.to_ascii_lowercase());
    }
    Cow::Borrowed(account)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_told_by_their_name() {
        assert_eq!(seller_list_kind("saved/example.com/ads.txt"), Some(SellerListKind::AdsTxt));
        assert_eq!(seller_list_kind("https://example.com/sellers.json?v=2"), Some(SellerListKind::SellersJson));
        assert_eq!(seller_list_kind("C:\\saved\\App-Ads.TXT"), Some(SellerListKind::AppAdsTxt));
        assert_eq!(seller_list_kind("saved/loads.txt"), None);
    }

    #[test]
    fn who_speaks_stands_in_the_name() {
        assert_eq!(domain_of("https://www.example.co.uk/ads.txt").as_deref(), Some("example.co.uk"));
        assert_eq!(domain_of("saved/www.example.com/2024/ads.txt").as_deref(), Some("example.com"));
        for nobody in ["ads.txt", "../ads.txt", "v1.2/ads.txt", "saved/pages/ads.txt"] {
            assert_eq!(domain_of(nobody), None, "{nobody}");
        }
    }

    #[test]
    fn accounts_are_compared_without_case_and_prefix() {
        assert_eq!(account_key(" ca-pub-12 "), "pub-12");
        assert_eq!(account_key("8CUab"), "8cuab");
    }
}

//! Hosts and URLs: where a request goes, and to which product the place belongs.
//!
//! The public suffix list (crate `psl`) says how far up the labels of a host one organisation reaches; nothing here
//! ever matches a public suffix. All of it is linear in the URL.

use rustc_hash::FxHashMap;
use std::net::IpAddr;
use std::sync::Arc;

/// Where a URL leads: the host in lower case, and the rest from the first slash on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location<'u> {
    /// The host, without port, user or a final dot.
    pub host: String,
    /// Path and query; `/` where the URL has none.
    pub rest: &'u str,
}

impl<'u> Location<'u> {
    /// Reads an `http`, `https`, `ws`, `wss` or protocol-relative URL; `None` for anything else.
    #[must_use]
    pub fn of_url(url: &'u str) -> Option<Self> {
        let url = url.trim();
        let after_scheme = match url.find(':') {
            Some(colon) if is_web_scheme(&url[..colon]) => &url[colon + 1..],
            _ => url,
        };
        let authority_on = after_scheme.strip_prefix("//")?;
        let end = authority_on.find(['/', '?', '#', '\\']).unwrap_or(authority_on.len());
        let (authority, rest) = authority_on.split_at(end);
        let host_and_port = authority.rsplit('@').next().unwrap_or(authority);
        let host = without_port(host_and_port).trim_end_matches('.').to_ascii_lowercase();
        if host.is_empty() {
            return None;
        }
        Some(Self { host, rest: if rest.starts_with('/') { rest } else { "/" } })
    }
}

fn is_web_scheme(scheme: &str) -> bool {
    ["http", "https", "ws", "wss"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

fn without_port(authority: &str) -> &str {
    match authority.rfind(':') {
        Some(colon) if authority[colon + 1..].bytes().all(|byte| byte.is_ascii_digit()) => &authority[..colon],
        _ => authority,
    }
}

/// The domain that somebody registered: one label more than its public suffix. `None` for addresses and suffixes.
#[must_use]
pub fn registrable_domain(host: &str) -> Option<&str> {
    if host.parse::<IpAddr>().is_ok() || host.starts_with('[') {
        return None;
    }
    psl::domain_str(host)
}

/// Does `host` belong to somebody else than `page_host`?
///
/// Hosts of one registrable domain belong together; those without one only with themselves.
#[must_use]
pub fn is_third_party(host: &str, page_host: &str) -> bool {
    match (registrable_domain(host), registrable_domain(page_host)) {
        (Some(one), Some(other)) => !one.eq_ignore_ascii_case(other),
        _ => !host.eq_ignore_ascii_case(page_host),
    }
}

/// The host, its parent, and so on up to its registrable domain; nothing where there is none.
pub(super) fn host_and_parents(host: &str) -> impl Iterator<Item = &str> {
    let shortest = registrable_domain(host).map_or(usize::MAX, str::len);
    std::iter::successors(Some(host), |host| host.split_once('.').map(|(_, parent)| parent))
        .take_while(move |candidate| candidate.len() >= shortest)
}

/// Which product serves what under a host and path.
#[derive(Clone, Debug, Default)]
pub struct HostIndex {
    by_host: FxHashMap<Box<str>, Vec<HostEntry>>,
}

/// A place on the web and the product behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostEntry {
    /// The beginning of path and query, `/` for all of the host.
    pub path: Box<str>,
    /// Id of the network.
    pub network: Arc<str>,
    /// Id of the product.
    pub product: Arc<str>,
}

impl HostIndex {
    /// Adds `host` or `host/path-prefix`; a host stands for its subdomains too.
    ///
    /// Returns whether the place can ever match: a public suffix without a path cannot.
    pub fn add(&mut self, place: &str, network: &Arc<str>, product: &Arc<str>) -> bool {
        let (host, path) = place.find('/').map_or((place, "/"), |slash| place.split_at(slash));
        if host.is_empty() || (path == "/" && registrable_domain(host).is_none()) {
            return false;
        }
        let entry = HostEntry { path: path.into(), network: network.clone(), product: product.clone() };
        let entries = self.by_host.entry(host.to_ascii_lowercase().into()).or_default();
        let at = entries.partition_point(|other| other.path.len() >= entry.path.len());
        entries.insert(at, entry);
        true
    }

    /// The products behind a URL: those of the most specific host and, there, of the longest path.
    pub fn find(&self, location: &Location<'_>) -> &[HostEntry] {
        let own = Some(location.host.as_str()).filter(|host| registrable_domain(host).is_none());
        let found = host_and_parents(&location.host).chain(own).find_map(|host| self.find_at(host, location.rest));
        found.unwrap_or_default()
    }

    fn find_at(&self, host: &str, rest: &str) -> Option<&[HostEntry]> {
        let entries = self.by_host.get(host)?;
        let start = entries.iter().position(|entry| rest.starts_with(&*entry.path))?;
        let same = entries[start..].iter().take_while(|entry| entry.path == entries[start].path).count();
        entries.get(start..start + same)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_host_and_rest() {
        let of = |url| Location::of_url(url).map(|location| (location.host, location.rest));
        assert_eq!(of("https://CDN.Example.com:8080/a/b?c"), Some(("cdn.example.com".to_owned(), "/a/b?c")));
        assert_eq!(of("//example.com?x"), Some(("example.com".to_owned(), "/")));
        assert_eq!(of(" http://user@example.com./ "), Some(("example.com".to_owned(), "/")));
        for none in ["/path", "data:text/html,x", "javascript://x", "https://", "", "mailto:a@b.c", "a:b"] {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn parties_are_registrable_domains() {
        assert!(!is_third_party("cdn.example.co.uk", "www.example.co.uk"));
        assert!(is_third_party("a.co.uk", "b.co.uk"));
        assert!(is_third_party("x.github.io", "y.github.io"), "each is somebody else's");
        assert!(is_third_party("127.0.0.1", "127.0.0.2"));
        assert!(!is_third_party("localhost", "localhost"));
    }

    #[test]
    fn parents_end_at_the_registrable_domain() {
        let of = |host| host_and_parents(host).collect::<Vec<_>>();
        assert_eq!(of("a.b.example.co.uk"), ["a.b.example.co.uk", "b.example.co.uk", "example.co.uk"]);
        assert_eq!(of("co.uk"), Vec::<&str>::new());
        assert_eq!(of("10.0.0.1"), Vec::<&str>::new());
    }

    #[test]
    fn the_most_specific_place_wins() {
        let (network, other): (Arc<str>, Arc<str>) = ("taboola".into(), "other".into());
        let mut index = HostIndex::default();
        for (place, product) in [
            ("taboola.com", "domain"),
            ("cdn.taboola.com/libtrc/", "widget"),
            ("cdn.taboola.com/libtrc/unip/", "pixel"),
            ("s3.amazonaws.com/acme/", "bucket"),
        ] {
            assert!(index.add(place, &network, &product.into()));
        }
        assert!(index.add("taboola.com", &other, &"twin".into()));
        assert!(!index.add("co.uk", &network, &"suffix".into()));
        let find =
            |url| index.find(&Location::of_url(url).unwrap()).iter().map(|entry| &*entry.product).collect::<Vec<_>>();
        assert_eq!(find("https://cdn.taboola.com/libtrc/unip/1/tfa.js"), ["pixel"]);
        assert_eq!(find("https://cdn.taboola.com/libtrc/acme/loader.js"), ["widget"]);
        assert_eq!(find("//trc.taboola.com/x"), ["domain", "twin"]);
        assert_eq!(find("https://cdn.taboola.com/scripts/x.js"), ["domain", "twin"]);
        assert_eq!(find("https://s3.amazonaws.com/acme/x.js"), ["bucket"]);
        assert_eq!(find("https://x.co.uk/"), Vec::<&str>::new());
        assert_eq!(find("https://example.com/?u=https://cdn.taboola.com/libtrc/"), Vec::<&str>::new());
    }
}

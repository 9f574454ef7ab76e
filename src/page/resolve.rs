//! URLs against the page's base. Most URLs are whole and plain already, and are kept as they are.

use crate::base::byte_set;
use url::Url;

/// What relative URLs are resolved against.
pub(crate) struct Resolver {
    base: Option<Url>,
    /// Scheme and host of the base, as `https://example.com`.
    origin: String,
}

impl Resolver {
    /// `addresses`: what may name the base, the best first, each relative to the first whole one after it.
    pub(crate) fn new(addresses: &[Option<&str>]) -> Self {
        let mut base: Option<Url> = None;
        for address in addresses.iter().rev().flatten() {
            let address = with_scheme(address.trim());
            let parsed = base.as_ref().map_or_else(|| Url::parse(&address), |base| base.join(&address));
            base = parsed.ok().filter(|url| url.has_host()).or(base);
        }
        let origin = base.as_ref().map(|url| url.origin().ascii_serialization()).unwrap_or_default();
        Self { base, origin }
    }

    /// The whole URL, or the one given where nothing is known to resolve it against.
    pub(crate) fn resolve(&self, url: String) -> String {
        if is_plain(&url) {
            return url;
        }
        if url.starts_with("//") {
            let scheme = self.base.as_ref().map_or("https", Url::scheme);
            let whole = format!("{scheme}:{url}");
            return if is_plain(&whole) { whole } else { parsed(&whole).unwrap_or(whole) };
        }
        if url.starts_with('/') && !self.origin.is_empty() {
            let whole = format!("{}{url}", self.origin);
            if is_plain(&whole) {
                return whole;
            }
        }
        let joined = match &self.base {
            Some(base) => base.join(&url).ok().map(String::from),
            None => parsed(&url),
        };
        joined.unwrap_or(url)
    }
}

fn parsed(url: &str) -> Option<String> {
    Url::parse(url).ok().map(String::from)
}

/// The URL as it is, or with `https:` where it starts with `//`.
fn with_scheme(url: &str) -> String {
    if url.starts_with("//") { format!("https:{url}") } else { url.to_string() }
}

/// A whole URL on the web; relative ones and those of other schemes are none.
pub(super) fn whole_url(url: &str) -> Option<String> {
    let url = Url::parse(&with_scheme(url.trim())).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then(|| String::from(url))
}

/// Bytes that the URL standard leaves as they are in a path and query.
const PLAIN: [bool; 256] =
    byte_set(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~!$&()*+,;=:@%/?.");

/// Would parsing and writing the URL change nothing? False where in doubt.
fn is_plain(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")) else { return false };
    let Some(host_end) = rest.find('/') else { return false };
    let (host, path) = rest.as_bytes().split_at(host_end);
    let is_plain_host = host.first().is_some_and(u8::is_ascii_lowercase)
        && host.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'))
        // A last label that starts with a digit may be an address; `xn--` may be no name at all.
        && host.rsplit(|&byte| byte == b'.').next().is_some_and(|label| label.first().is_some_and(u8::is_ascii_lowercase))
        && !rest[..host_end].contains("xn--");
    is_plain_host && is_plain_path(path)
}

fn is_plain_path(path: &[u8]) -> bool {
    let mut previous = 0;
    for &byte in path {
        // `/.` may start a segment that goes away, `/%2e` too.
        let is_dotted = previous == b'/' && matches!(byte, b'.' | b'%');
        if !PLAIN[byte as usize] || is_dotted {
            return false;
        }
        previous = byte;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_resolved_against_the_first_whole_base() {
        let resolver = Resolver::new(&[Some("/static/"), Some("https://example.com/a/b.html?c")]);
        let resolve = |url: &str| resolver.resolve(url.to_string());
        assert_eq!(resolve("x.js"), "https://example.com/static/x.js");
        assert_eq!(resolve("/x.js"), "https://example.com/x.js");
        assert_eq!(resolve("/a/../x y.js"), "https://example.com/x%20y.js");
        assert_eq!(resolve("//Ads.example.NET/x"), "https://ads.example.net/x");
        assert_eq!(resolve("HTTP://ads.example.net"), "http://ads.example.net/");
    }

    #[test]
    fn without_a_base_relative_urls_stay() {
        let resolver = Resolver::new(&[None, Some("not a URL")]);
        assert_eq!(resolver.resolve("/x.js".into()), "/x.js");
        assert_eq!(resolver.resolve("//ads.example.net/x".into()), "https://ads.example.net/x");
        assert_eq!(resolver.resolve("http://[".into()), "http://[");
    }

    #[test]
    fn plain_urls_are_those_that_parsing_does_not_change() {
        for url in ["https://a.example.com/b/c.js?d=e&f=%20:..", "http://a-1.example/x;y@z", "https://example.com/a./b"]
        {
            assert!(is_plain(url), "{url}");
            assert_eq!(parsed(url).as_deref(), Some(url));
        }
        for url in [
            "https://1.2/",
            "https://a.b/../c",
            "https://a.B/",
            "https://a.b:443/",
            "https://a@b/",
            "https://a.b/\"",
            "//a.b/",
        ] {
            assert!(!is_plain(url), "{url}");
        }
    }
}

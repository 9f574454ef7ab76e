//! A request's URLs, taken apart once for everybody who judges them. One pass, and no copy of most.

use super::request::Request;
use crate::network::Location;
use std::borrow::Cow;

/// Labels of a host that are looked at.
pub(super) const MAX_LABELS: usize = 24;

/// A request with its hosts.
#[cfg_attr(not(feature = "filter-lists"), allow(dead_code, reason = "only lists read the URL in lower case"))]
pub(super) struct Addressed<'r> {
    pub request: Request<'r>,
    /// The URL in lower case.
    pub url: Cow<'r, str>,
    /// Its host in lower case; `None` where it leads to no host.
    pub host: Option<Cow<'r, str>>,
    /// From the path on.
    pub rest: &'r str,
    /// The page's host in lower case.
    pub page_host: Option<Cow<'r, str>>,
    /// Do both URLs stand as a browser would write them? Others are repaired by whoever matches them.
    pub is_plain: bool,
}

impl<'r> Addressed<'r> {
    pub fn new(request: &Request<'r>) -> Self {
        let (host, rest, is_url_plain) = host_of(request.url);
        let (page_host, _, is_source_plain) = host_of(request.source_url);
        Self {
            request: *request,
            url: lower_case(request.url),
            host,
            rest,
            page_host,
            is_plain: is_url_plain && (is_source_plain || request.source_url.is_empty()),
        }
    }
}

/// Host and rest; is the URL plain?
fn host_of(url: &str) -> (Option<Cow<'_, str>>, &str, bool) {
    if let Some((host, rest)) = plain_host(url) {
        return (Some(lower_case(host)), if rest.starts_with('/') { rest } else { "/" }, true);
    }
    match Location::of_url(url) {
        Some(location) => (Some(Cow::Owned(location.host)), location.rest, false),
        None => (None, "/", false),
    }
}

/// The host of a URL that needs no repair, and what follows it: printable ASCII throughout, nothing odd before the path.
fn plain_host(url: &str) -> Option<(&str, &str)> {
    let colon = url.bytes().take(6).position(|byte| byte == b':')?;
    let (scheme, rest) = url.split_at(colon);
    let is_web = ["https", "http", "wss", "ws"].iter().any(|known| known.eq_ignore_ascii_case(scheme));
    let rest = rest.strip_prefix("://").filter(|_| is_web)?;
    let is_host_byte = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let end = rest.bytes().position(|byte| !is_host_byte(&byte)).unwrap_or(rest.len());
    let (host, rest) = rest.split_at(end);
    let after_port = rest.strip_prefix(':').map_or(rest, |port| port.trim_start_matches(|c: char| c.is_ascii_digit()));
    let is_whole = after_port.is_empty() || after_port.starts_with(['/', '?', '#']);
    let is_plain = !host.is_empty() && !host.ends_with('.') && is_whole && is_printable(after_port);
    (is_plain && host.bytes().filter(|&byte| byte == b'.').count() < MAX_LABELS).then_some((host, after_port))
}

/// Printable ASCII without spaces and backslashes, in a loop that the compiler makes wide.
fn is_printable(text: &str) -> bool {
    text.bytes().fold(true, |is_printable, byte| is_printable & (byte > b' ') & (byte < 0x7f) & (byte != b'\\'))
}

fn lower_case(text: &str) -> Cow<'_, str> {
    let has_upper = text.bytes().fold(false, |has_upper, byte| has_upper | byte.is_ascii_uppercase());
    if has_upper { Cow::Owned(text.to_ascii_lowercase()) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_and_odd_urls_are_not_plain() {
        let of = |url: &'static str| {
            let addressed = Addressed::new(&Request::new(url));
            (addressed.host.map(Cow::into_owned), addressed.rest, addressed.is_plain)
        };
        assert_eq!(of("HTTPS://Ads.Example:8080/A?b"), (Some("ads.example".into()), "/A?b", true));
        assert_eq!(of("https://ads.example?b"), (Some("ads.example".into()), "/", true));
        assert_eq!(of("https://me@ads.example/"), (Some("ads.example".into()), "/", false));
        assert_eq!(of("https://ads.example/a b"), (Some("ads.example".into()), "/a b", false));
        assert_eq!(of("https://bücher.example/"), (Some("bücher.example".into()), "/", false));
        assert!(!of("data:text/html,x").2);
        assert_eq!(of("").0, None);
    }
}

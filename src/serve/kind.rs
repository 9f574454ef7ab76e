//! What a request asks for, and for which page, by its header fields.

use adsieve::RequestKind;
use hyper::header::{ACCEPT, HeaderMap, HeaderName, ORIGIN, REFERER, UPGRADE};

/// What `Sec-Fetch-Dest` says, as the Fetch standard names destinations.
const DESTINATIONS: [(&str, RequestKind); 23] = [
    ("document", RequestKind::Document),
    ("iframe", RequestKind::Frame),
    ("frame", RequestKind::Frame),
    ("fencedframe", RequestKind::Frame),
    ("script", RequestKind::Script),
    ("worker", RequestKind::Script),
    ("sharedworker", RequestKind::Script),
    ("serviceworker", RequestKind::Script),
    ("audioworklet", RequestKind::Script),
    ("paintworklet", RequestKind::Script),
    ("style", RequestKind::Style),
    ("xslt", RequestKind::Style),
    ("image", RequestKind::Image),
    ("font", RequestKind::Font),
    ("audio", RequestKind::Media),
    ("video", RequestKind::Media),
    ("track", RequestKind::Media),
    ("object", RequestKind::Object),
    ("embed", RequestKind::Object),
    ("json", RequestKind::Fetch),
    ("manifest", RequestKind::Other),
    ("report", RequestKind::Ping),
    ("websocket", RequestKind::WebSocket),
];

/// Endings of paths that tell where nothing else does.
const ENDINGS: [(&str, RequestKind); 12] = [
    ("js", RequestKind::Script),
    ("mjs", RequestKind::Script),
    ("css", RequestKind::Style),
    ("gif", RequestKind::Image),
    ("jpg", RequestKind::Image),
    ("jpeg", RequestKind::Image),
    ("png", RequestKind::Image),
    ("webp", RequestKind::Image),
    ("svg", RequestKind::Image),
    ("woff2", RequestKind::Font),
    ("mp4", RequestKind::Media),
    ("webm", RequestKind::Media),
];

/// What the request asks for.
///
/// Browsers say so in `Sec-Fetch-Dest` (over HTTPS); else `Accept` tells pages, styles and images, and the ending of the path the
/// rest. What is not told stays [`RequestKind::Other`].
pub(crate) fn kind_of(headers: &HeaderMap, path: &str) -> RequestKind {
    let field = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if field(UPGRADE).eq_ignore_ascii_case("websocket") {
        return RequestKind::WebSocket;
    }
    if headers.contains_key("ping-to") {
        return RequestKind::Ping;
    }
    let destination = field(HeaderName::from_static("sec-fetch-dest"));
    if destination == "empty" {
        return RequestKind::Fetch;
    }
    if let Some((_, kind)) = DESTINATIONS.iter().find(|(name, _)| *name == destination) {
        return *kind;
    }
    if field(HeaderName::from_static("x-requested-with")).eq_ignore_ascii_case("xmlhttprequest") {
        return RequestKind::Fetch;
    }
    of_accept(field(ACCEPT)).or_else(|| of_path(path)).unwrap_or_default()
}

fn of_accept(accept: &str) -> Option<RequestKind> {
    match accept.split([',', ';']).next().unwrap_or_default().trim() {
        "text/html" | "application/xhtml+xml" => Some(RequestKind::Document),
        "text/css" => Some(RequestKind::Style),
        "text/event-stream" | "application/json" => Some(RequestKind::Fetch),
        kind if kind.starts_with("image/") => Some(RequestKind::Image),
        kind if kind.starts_with("video/") || kind.starts_with("audio/") => Some(RequestKind::Media),
        kind if kind.starts_with("font/") => Some(RequestKind::Font),
        _ => None,
    }
}

fn of_path(path: &str) -> Option<RequestKind> {
    let (_, ending) = path.rsplit('/').next()?.rsplit_once('.')?;
    ENDINGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(ending)).map(|(_, kind)| *kind)
}

/// The page or frame that asks: by `Referer`, else by `Origin`; empty where neither tells.
pub(crate) fn source_of(headers: &HeaderMap) -> &str {
    let field = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let source = field(REFERER).or_else(|| field(ORIGIN)).unwrap_or_default();
    if source == "null" { "" } else { source }
}

/// May the answer be a page, so that it is asked for and looked at as one?
///
/// A script that fetches HTML puts it where scripts in it do not run; it is let be.
pub(crate) fn may_be_page(kind: RequestKind) -> bool {
    matches!(kind, RequestKind::Document | RequestKind::Frame | RequestKind::Object | RequestKind::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = fields.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        pairs.collect()
    }

    #[track_caller]
    fn check(fields: &[(&'static str, &'static str)], path: &str, kind: RequestKind) {
        assert_eq!(kind_of(&headers(fields), path), kind);
    }

    #[test]
    fn browsers_say_what_they_ask_for() {
        check(&[("sec-fetch-dest", "script"), ("accept", "*/*")], "/x.png", RequestKind::Script);
        check(&[("sec-fetch-dest", "iframe"), ("accept", "text/html")], "/", RequestKind::Frame);
        check(&[("sec-fetch-dest", "empty")], "/x.js", RequestKind::Fetch);
        check(&[("sec-fetch-dest", "video")], "/", RequestKind::Media);
        check(&[("upgrade", "websocket"), ("sec-fetch-dest", "empty")], "/", RequestKind::WebSocket);
        check(&[("ping-to", "https://a.example/"), ("sec-fetch-dest", "empty")], "/", RequestKind::Ping);
    }

    #[test]
    fn what_others_ask_for_is_told_by_what_they_take_and_by_the_path() {
        check(&[("accept", "text/html,application/xhtml+xml,*/*;q=0.8")], "/x.js", RequestKind::Document);
        check(&[("accept", "image/avif,image/webp,*/*")], "/x.js", RequestKind::Image);
        check(&[("accept", "text/css,*/*;q=0.1")], "/", RequestKind::Style);
        check(&[("accept", "*/*"), ("x-requested-with", "XMLHttpRequest")], "/", RequestKind::Fetch);
        check(&[("accept", "*/*")], "/a/prebid.JS", RequestKind::Script);
        check(&[], "/a.js/x", RequestKind::Other);
    }

    #[test]
    fn the_page_is_who_refers_or_the_origin() {
        let both = headers(&[("referer", "https://a.example/x"), ("origin", "https://a.example")]);
        assert_eq!(source_of(&both), "https://a.example/x");
        assert_eq!(source_of(&headers(&[("origin", "https://a.example")])), "https://a.example");
        assert_eq!(source_of(&headers(&[("origin", "null")])), "");
    }
}

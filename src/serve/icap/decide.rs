//! What becomes of a message, by its heads.
//!
//! In: the heads, and the filter of this moment. Out: pass, change, answer, rewrite. The engine's faults are contained: what
//! it cannot judge passes.

use super::answer::{self, HttpAnswer};
use super::wire::{Fields, RequestHead, ResponseHead};
use crate::serve::{Coding, Loaded, PageHead, both_know, contained, kind_of, may_be_page, source_of};
use adsieve::header::{self, HeaderList, PassReason};
use adsieve::{PageContext, Request, RequestKind, RequestVerdict};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};

/// What becomes of a request.
#[derive(Debug)]
pub(super) enum OnRequest {
    /// It goes out as it is.
    Pass,
    /// It goes out with this head.
    Change(Vec<u8>),
    /// It is answered.
    Answer(HttpAnswer),
}

/// A request, as it was judged.
#[derive(Debug)]
pub(super) struct JudgedRequest {
    pub(super) url: String,
    /// URL of the page that asks; empty where that is not known.
    pub(super) source: String,
    pub(super) kind: RequestKind,
    pub(super) verdict: RequestVerdict,
}

/// What becomes of a response.
#[derive(Debug)]
pub(super) enum OnResponse {
    /// It goes on as it is.
    Pass,
    /// It goes on with this head and the body that it has.
    Change(Vec<u8>),
    /// It is a page to be rewritten, and goes on with this head.
    Rewrite(Vec<u8>, Box<PageHead>),
    /// It is a page that cannot be read.
    Unreadable,
}

/// Judges a request. `blocks_tunnels`: `CONNECT` is judged too, for a proxy that does not open TLS.
pub(super) fn on_request(loaded: &Loaded, head: &RequestHead, blocks_tunnels: bool) -> (JudgedRequest, OnRequest) {
    let (url, fields) = (head.url(), to_map(&head.fields));
    let kind = kind_of(&fields, path(&url));
    let source = source_of(&fields).to_owned();
    let is_tunnel = head.method == "CONNECT";
    let request = Request { url: &url, source_url: &source, kind, method: &head.method };
    let is_judged = !is_tunnel || blocks_tunnels;
    let verdict = is_judged.then(|| contained(|| loaded.engine.check_request(&request)).unwrap_or_default());
    let verdict = verdict.unwrap_or_default();
    let decision = if verdict.is_block() {
        // Nobody looks at the body of an answer to CONNECT, and 200 would open the tunnel.
        let mut answered = verdict.clone();
        answered.answer = answered.answer.filter(|_| !is_tunnel);
        OnRequest::Answer(answer::blocked(&answered, kind, head.fields.get("Origin")))
    } else if is_tunnel {
        OnRequest::Pass
    } else {
        changed(loaded, head, kind, verdict.url.as_deref())
    };
    (JudgedRequest { url, source, kind, verdict }, decision)
}

/// The request without the params that lists take away, and asking for what can be rewritten.
fn changed(loaded: &Loaded, head: &RequestHead, kind: RequestKind, url: Option<&str>) -> OnRequest {
    let mut new = head.clone();
    if let Some(url) = url {
        new.target = if head.target.starts_with('/') { path_and_query(url).to_owned() } else { url.to_owned() };
    }
    // Downloads go on where they stopped; a part of a page would not fit the rest that was rewritten.
    let is_part = kind == RequestKind::Other && head.fields.get("Range").is_some();
    if may_be_page(kind) && !is_part && head.method == "GET" {
        let accepts: Vec<&str> = head.fields.all("Accept-Encoding").collect();
        let before = new.fields.0.clone();
        header::mend_request(&mut new.fields.0, &both_know(&accepts.join(",")), &loaded.mark);
        if says_the_same(&before, &new.fields.0) {
            new.fields.0 = before;
        }
    }
    if new == *head { OnRequest::Pass } else { OnRequest::Change(new.to_bytes()) }
}

/// Are two lists the same but for the order of fields, and for codings that are asked for in other words?
fn says_the_same(before: &HeaderList, after: &HeaderList) -> bool {
    let plain = |list: &HeaderList| {
        let of = |(name, value): &(String, String)| {
            let name = name.to_ascii_lowercase();
            let mut words: Vec<String> = value.split(',').map(|word| word.trim().to_ascii_lowercase()).collect();
            if name == "accept-encoding" {
                words.retain(|word| word != "identity");
                words.sort_unstable();
            }
            (name, words)
        };
        let mut plain: Vec<_> =
            list.iter().map(of).filter(|(name, words)| name != "accept-encoding" || !words.is_empty()).collect();
        plain.sort_unstable();
        plain
    };
    plain(before) == plain(after)
}

/// Judges a response to a request, of which nothing may be known.
pub(super) fn on_response(loaded: &Loaded, request: Option<&RequestHead>, head: &ResponseHead) -> OnResponse {
    let url = request.map(RequestHead::url).unwrap_or_default();
    let method = request.map_or("GET", |request| &*request.method);
    let kind = request.map_or(RequestKind::Other, |request| kind_of(&to_map(&request.fields), path(&url)));
    if !may_be_page(kind) || method == "CONNECT" || !header::speaks_of_html(&head.fields.0) {
        return OnResponse::Pass;
    }
    let mut new = head.clone();
    remove_links(loaded, &url, &mut new.fields.0);
    let reason = header::pass_reason(method, head.status, &head.fields.0);
    if reason == Some(PassReason::NoBody) && (method == "HEAD" || head.status == 304) {
        header::mend_response(&mut new.fields.0, &loaded.mark, false);
        return OnResponse::Change(new.to_bytes());
    }
    let codings = Coding::list(&head.fields.all("content-encoding").collect::<Vec<_>>().join(","));
    match (reason, codings) {
        (None, Some(codings)) => rewrite(loaded, url, new, codings),
        (None | Some(PassReason::Coding), _) => OnResponse::Unreadable,
        _ if new == *head => OnResponse::Pass,
        _ => OnResponse::Change(new.to_bytes()),
    }
}

fn rewrite(loaded: &Loaded, url: String, mut head: ResponseHead, codings: Vec<Coding>) -> OnResponse {
    let policies = head.fields.all("content-security-policy").map(str::to_owned).collect();
    // Chunked or not is the client's affair: the length is not known before the page is read.
    head.fields.0.retain(|(name, _)| !name.eq_ignore_ascii_case("transfer-encoding"));
    let send_as = codings.last().copied();
    if let (Some(coding), true) = (send_as, codings.len() > 1) {
        head.fields.0.retain(|(name, _)| !name.eq_ignore_ascii_case("content-encoding"));
        head.fields.0.push(("Content-Encoding".to_owned(), coding.name().to_owned()));
    }
    header::mend_response(&mut head.fields.0, &loaded.mark, false);
    let page = if url.is_empty() { PageContext::unknown() } else { PageContext::new(url) };
    OnResponse::Rewrite(head.to_bytes(), Box::new(PageHead { page, policies, codings, send_as }))
}

fn remove_links(loaded: &Loaded, url: &str, list: &mut HeaderList) {
    header::remove_links(list, url, |link, kind| {
        let request = Request::new(link).with_source(url).with_kind(kind);
        contained(|| loaded.engine.check_request(&request).is_block()).unwrap_or_default()
    });
}

fn to_map(fields: &Fields) -> HeaderMap {
    let pair = |(name, value): &(String, String)| {
        let value = HeaderValue::from_bytes(&super::wire::to_bytes(value)).ok()?;
        Some((name.parse::<HeaderName>().ok()?, value))
    };
    fields.0.iter().filter_map(pair).collect()
}

fn path_and_query(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or("/", |at| &url[host + at..])
}

fn path(url: &str) -> &str {
    path_and_query(url).split(['?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use adsieve::Engine;
    use std::sync::{Arc, LazyLock};

    static LOADED: LazyLock<Loaded> =
        LazyLock::new(|| Loaded { engine: Arc::new(Engine::built_in()), mark: "r7".into() });

    fn request(lines: &str) -> RequestHead {
        RequestHead::parse(format!("{}\r\n\r\n", lines.replace('\n', "\r\n")).as_bytes()).unwrap()
    }

    fn decided(lines: &str) -> OnRequest {
        on_request(&LOADED, &request(lines), false).1
    }

    fn responded(asked: &str, lines: &str) -> OnResponse {
        let head = ResponseHead::parse(format!("{}\r\n\r\n", lines.replace('\n', "\r\n")).as_bytes()).unwrap();
        on_response(&LOADED, Some(&request(asked)), &head)
    }

    const PAGE: &str = "GET http://news.example/ HTTP/1.1\nHost: news.example\nAccept: text/html";

    #[test]
    fn ads_are_answered_and_the_rest_goes_out() {
        let script =
            "GET https://securepubads.g.doubleclick.net/tag/js/gpt.js HTTP/1.1\nReferer: https://news.example/";
        assert!(matches!(decided(script), OnRequest::Answer(_)));
        assert!(matches!(decided("GET http://news.example/app.js HTTP/1.1\nAccept-Encoding: sdch"), OnRequest::Pass));
        assert!(matches!(decided("CONNECT ib.adnxs.com:443 HTTP/1.1"), OnRequest::Pass));
        let (_, decision) = on_request(&LOADED, &request("CONNECT ib.adnxs.com:443 HTTP/1.1"), true);
        assert!(matches!(decision, OnRequest::Answer(answer) if answer.body.is_empty()));
    }

    #[test]
    fn pages_are_asked_for_in_codings_that_can_be_undone() {
        assert!(matches!(decided(&format!("{PAGE}\nAccept-Encoding: gzip, br")), OnRequest::Pass));
        assert!(matches!(decided(PAGE), OnRequest::Pass));
        let OnRequest::Change(head) = decided(&format!("{PAGE}\nAccept-Encoding: gzip, dcz\nRange: bytes=5-")) else {
            panic!("unchanged")
        };
        let head = RequestHead::parse(&head).unwrap();
        assert_eq!((head.fields.get("accept-encoding"), head.fields.get("range")), (Some("gzip"), None));
    }

    #[test]
    fn pages_are_rewritten_and_their_fields_mended() {
        let html = "HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: 5\nETag: \"a\"\nContent-Encoding: gzip, br\n\
                    Content-Security-Policy: script-src 'self'";
        let OnResponse::Rewrite(head, page) = responded(PAGE, html) else { panic!("not rewritten") };
        let head = ResponseHead::parse(&head).unwrap();
        assert_eq!((head.fields.get("etag"), head.fields.get("content-length")), (Some("W/\"a-adsieve-r7\""), None));
        assert_eq!((head.fields.get("content-encoding"), page.codings.len()), (Some("br"), 2));
        assert_eq!(page.policies, ["script-src 'self'"]);
    }

    #[test]
    fn what_is_no_page_passes() {
        let passes = |asked: &str, lines: &str| matches!(responded(asked, lines), OnResponse::Pass);
        assert!(passes(PAGE, "HTTP/1.1 200 OK\nContent-Type: image/png"));
        assert!(passes(PAGE, "HTTP/1.1 206 Partial\nContent-Type: text/html\nContent-Range: bytes 0-1/9"));
        assert!(passes(PAGE, "HTTP/1.1 200 OK\nContent-Type: text/html\nCache-Control: no-transform"));
        let fetch = "GET http://news.example/part HTTP/1.1\nSec-Fetch-Dest: empty";
        assert!(passes(fetch, "HTTP/1.1 200 OK\nContent-Type: text/html"));
        let odd = responded(PAGE, "HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Encoding: dcz");
        assert!(matches!(odd, OnResponse::Unreadable));
        let head =
            responded(&PAGE.replace("GET", "HEAD"), "HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: 5");
        assert!(matches!(head, OnResponse::Change(head) if !String::from_utf8_lossy(&head).contains("Length")));
    }

    #[test]
    fn links_to_ads_go_from_heads_that_stay_otherwise() {
        let html = "HTTP/1.1 200 OK\nContent-Type: text/html\nCache-Control: no-transform\nLink: <https://ib.adnxs.com>; rel=preconnect";
        assert!(matches!(responded(PAGE, html), OnResponse::Change(_)));
    }

    #[test]
    fn targets_keep_their_form() {
        assert_eq!(path_and_query("https://a.example/p?x=1"), "/p?x=1");
        assert_eq!(path_and_query("https://a.example"), "/");
        assert_eq!(path("https://a.example/p.js?x=/y"), "/p.js");
    }
}

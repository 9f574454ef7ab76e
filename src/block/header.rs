//! Header lists: what a proxy must do so that a rewritten page is a true answer.
//!
//! Plain functions on lists of names and values, in any order and case; they know no HTTP library. A response whose bytes
//! change loses what spoke of the old bytes: length, digests, ranges. Its entity tag is marked, so that a
//! cached copy that another filter made is not taken for a fresh one. Content security policies are not
//! touched here.

use super::request::RequestKind;
use url::Url;

/// Names and values, in the order of the message.
pub type HeaderList = Vec<(String, String)>;

/// Fields about the bytes of a body, or about parts of it. All go when the body changes.
const ABOUT_BYTES: [&str; 9] = [
    "content-length",
    "content-md5",
    "content-digest",
    "repr-digest",
    "digest",
    "accept-ranges",
    "content-range",
    "trailer",
    "sourcemap",
];
/// Codings that a rewriter's caller can undo in general.
const CODINGS: [&str; 6] = ["gzip", "x-gzip", "br", "deflate", "zstd", "identity"];
/// Stands between an entity tag and the mark of the filter that made the body.
const MARK: &str = "-adsieve-";

/// Why a response passes as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PassReason {
    /// It has no body of its own: `HEAD`, 1xx, 204, 205, 304.
    NoBody,
    /// A part of a body: 206, or with a content range.
    Partial,
    /// It is no HTML.
    NotHtml,
    /// Its sender forbids changes (`no-transform`).
    NoTransform,
    /// Its coding is not one that can be undone.
    Coding,
    /// It is handed out as a file to be saved.
    Attachment,
}

/// Why the response must pass as it is; `None` if its body may be rewritten.
///
/// A `HEAD` or 304 answer speaks of a body that would be rewritten: its header fields change with
/// [`mend_response`] all the same where [`speaks_of_html`].
#[must_use]
pub fn pass_reason(method: &str, status: u16, headers: &[(String, String)]) -> Option<PassReason> {
    if method.eq_ignore_ascii_case("HEAD") || status < 200 || matches!(status, 204 | 205 | 304) {
        return Some(PassReason::NoBody);
    }
    if status == 206 || value(headers, "content-range").is_some() {
        return Some(PassReason::Partial);
    }
    if has_token(headers, "cache-control", "no-transform") {
        return Some(PassReason::NoTransform);
    }
    if value(headers, "content-disposition").is_some_and(|how| starts_with(how, "attachment")) {
        return Some(PassReason::Attachment);
    }
    if !speaks_of_html(headers) {
        return Some(PassReason::NotHtml);
    }
    let codings = values(headers, "content-encoding").flat_map(|value| value.split(','));
    let is_known = |coding: &str| CODINGS.iter().any(|known| known.eq_ignore_ascii_case(coding.trim()));
    codings.filter(|coding| !coding.trim().is_empty()).any(|coding| !is_known(coding)).then_some(PassReason::Coding)
}

/// Is the body HTML, by its content type?
#[must_use]
pub fn speaks_of_html(headers: &[(String, String)]) -> bool {
    let kind = value(headers, "content-type").and_then(|value| value.split(';').next()).unwrap_or_default();
    ["text/html", "application/xhtml+xml"].iter().any(|html| html.eq_ignore_ascii_case(kind.trim()))
}

/// Changes the fields of a request for a page so that its answer can be rewritten whole.
///
/// Ranges of the rewritten body are not ranges of the old one, so none is asked for; `codings` is what the caller can
/// undo, as `gzip, br`. Entity tags with this filter's `mark` become the server's again; of those
/// that another filter marked the server is not asked, so that it sends the page anew.
pub fn mend_request(headers: &mut HeaderList, codings: &str, mark: &str) {
    remove(
        headers,
        &["range", "if-range", "a-im", "want-digest", "want-content-digest", "want-repr-digest", "accept-encoding"],
    );
    headers.push(("accept-encoding".to_owned(), codings.to_owned()));
    let mut is_stale = false;
    for (_, value) in headers.iter_mut().filter(|(name, _)| is_one_of(name, &["if-none-match", "if-match"])) {
        let tags: Vec<String> = elements(value).filter_map(|tag| unmarked(tag, mark)).collect();
        is_stale |= tags.is_empty();
        *value = tags.join(", ");
    }
    headers.retain(|(name, value)| !(value.is_empty() && is_one_of(name, &["if-none-match", "if-match"])));
    if is_stale {
        // By date alone the server would call the other filter's page fresh.
        remove(headers, &["if-modified-since", "if-unmodified-since"]);
    }
}

/// Changes the fields of a response whose body is rewritten, and of a `HEAD` or 304 answer that speaks of one.
///
/// `mark` names the filter with its rules and version, in letters and digits: another one makes other pages. With
/// `is_decoded` the body is sent on without its coding.
pub fn mend_response(headers: &mut HeaderList, mark: &str, is_decoded: bool) {
    remove(headers, &ABOUT_BYTES);
    if is_decoded {
        remove(headers, &["content-encoding"]);
    }
    for (_, value) in headers.iter_mut().filter(|(name, _)| name.eq_ignore_ascii_case("etag")) {
        *value = marked(value, mark);
    }
}

/// The entity tag of what a filter made of the tagged body: weak, for the bytes differ.
fn marked(tag: &str, mark: &str) -> String {
    let opaque = tag.trim().trim_start_matches("W/").trim_matches('"');
    format!("W/\"{opaque}{MARK}{mark}\"")
}

/// The server's own tag; `None` of a tag with another mark.
fn unmarked(tag: &str, mark: &str) -> Option<String> {
    if tag.is_empty() {
        return None;
    }
    let Some((before, after)) = tag.rsplit_once(MARK) else { return Some(tag.to_owned()) };
    (after.trim_end_matches('"') == mark).then(|| format!("{before}\""))
}

/// Takes the links out of `Link` fields that make the browser ask for something that is blocked: preloads, preconnects.
///
/// `is_blocked` is told each URL, resolved against the page's, and what is asked for. Early hints (103) are cleaned the same
/// way; one without links left is best not sent at all: see the result, which tells whether any link remains.
pub fn remove_links(
    headers: &mut HeaderList,
    page_url: &str,
    mut is_blocked: impl FnMut(&str, RequestKind) -> bool,
) -> bool {
    let page = Url::parse(page_url).ok();
    for (_, value) in headers.iter_mut().filter(|(name, _)| name.eq_ignore_ascii_case("link")) {
        let kept: Vec<&str> =
            elements(value).filter(|link| !is_link_blocked(link, page.as_ref(), &mut is_blocked)).collect();
        let kept = kept.join(", ");
        *value = kept;
    }
    headers.retain(|(name, value)| !(name.eq_ignore_ascii_case("link") && value.is_empty()));
    value(headers, "link").is_some()
}

fn is_link_blocked(link: &str, page: Option<&Url>, is_blocked: &mut impl FnMut(&str, RequestKind) -> bool) -> bool {
    let Some((target, params)) = link.trim().strip_prefix('<').and_then(|rest| rest.split_once('>')) else {
        return false;
    };
    let param = |wanted: &str| {
        let pairs = params.split(';').filter_map(|param| param.split_once('='));
        pairs
            .map(|(name, value)| (name.trim(), value.trim().trim_matches('"')))
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
    };
    let relation = param("rel").map_or("", |(_, relation)| relation);
    let asks = ["preload", "modulepreload", "prefetch", "prerender", "preconnect", "dns-prefetch", "stylesheet"];
    let has = |name: &str| relation.split_ascii_whitespace().any(|known| known.eq_ignore_ascii_case(name));
    if !asks.into_iter().any(has) {
        return false;
    }
    let kind = if has("modulepreload") {
        RequestKind::Script
    } else if has("stylesheet") {
        RequestKind::Style
    } else {
        param("as").and_then(|(_, kind)| RequestKind::of_name(kind)).unwrap_or_default()
    };
    let resolved = page.and_then(|page| page.join(target.trim()).ok()).map(String::from);
    is_blocked(resolved.as_deref().unwrap_or(target.trim()), kind)
}

/// The elements of a list: split at the commas outside of `<…>` and quotes.
fn elements(value: &str) -> impl Iterator<Item = &str> {
    let (mut in_target, mut in_quotes) = (false, false);
    let is_end = move |character: char| {
        match character {
            '"' if !in_target => in_quotes = !in_quotes,
            '<' if !in_quotes => in_target = true,
            '>' if !in_quotes => in_target = false,
            _ => {}
        }
        character == ',' && !in_target && !in_quotes
    };
    value.split(is_end).map(str::trim).filter(|element| !element.is_empty())
}

fn value<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

fn values<'h>(headers: &'h [(String, String)], name: &'static str) -> impl Iterator<Item = &'h str> {
    headers.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
}

fn has_token(headers: &[(String, String)], name: &'static str, token: &str) -> bool {
    values(headers, name).flat_map(|value| value.split(',')).any(|one| one.trim().eq_ignore_ascii_case(token))
}

fn starts_with(text: &str, head: &str) -> bool {
    text.trim_start().get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head))
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn remove(headers: &mut HeaderList, names: &[&str]) {
    headers.retain(|(name, _)| !is_one_of(name, names));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> HeaderList {
        let lines = text.lines().filter_map(|line| line.trim().split_once(": "));
        lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    fn text(headers: &HeaderList) -> String {
        headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect()
    }

    #[test]
    fn only_whole_html_that_may_be_changed_is_rewritten() {
        let html = "Content-Type: text/html; charset=utf-8";
        let reason = |method, status, more: &str| pass_reason(method, status, &list(&format!("{html}\n{more}")));
        assert_eq!(reason("GET", 200, ""), None);
        assert_eq!(reason("GET", 404, "content-encoding: gzip, br"), None);
        assert_eq!(reason("HEAD", 200, ""), Some(PassReason::NoBody));
        assert_eq!(reason("GET", 304, ""), Some(PassReason::NoBody));
        assert_eq!(reason("GET", 103, ""), Some(PassReason::NoBody));
        assert_eq!(reason("GET", 206, ""), Some(PassReason::Partial));
        assert_eq!(reason("GET", 200, "Cache-Control: private, No-Transform"), Some(PassReason::NoTransform));
        assert_eq!(reason("GET", 200, "Content-Encoding: aws-chunked"), Some(PassReason::Coding));
        assert_eq!(reason("GET", 200, "Content-Disposition: Attachment; filename=x"), Some(PassReason::Attachment));
        assert_eq!(pass_reason("GET", 200, &list("content-type: image/png")), Some(PassReason::NotHtml));
    }

    #[test]
    fn a_rewritten_response_says_nothing_of_the_old_bytes() {
        let mut headers = list(
            "Content-Length: 7\nContent-Type: text/html\nETag: \"abc\"\nContent-MD5: x\nRepr-Digest: x\nAccept-Ranges: bytes\n\
             Content-Encoding: br\nLast-Modified: then\nContent-Security-Policy: default-src 'self'",
        );
        mend_response(&mut headers, "r7", true);
        assert_eq!(
            text(&headers),
            "Content-Type: text/html\nETag: W/\"abc-adsieve-r7\"\nLast-Modified: then\n\
             Content-Security-Policy: default-src 'self'\n"
        );
    }

    #[test]
    fn tags_lead_back_to_the_servers_own_and_foreign_marks_ask_anew() {
        let mut headers = list("Range: bytes=0-9\nIf-None-Match: W/\"abc-adsieve-r7\", \"x\"\nAccept-Encoding: zstd");
        mend_request(&mut headers, "gzip, br", "r7");
        assert_eq!(text(&headers), "If-None-Match: W/\"abc\", \"x\"\naccept-encoding: gzip, br\n");
        let mut headers = list("If-None-Match: W/\"abc-adsieve-r6\"\nIf-Modified-Since: then");
        mend_request(&mut headers, "gzip", "r7");
        assert_eq!(text(&headers), "accept-encoding: gzip\n");
    }

    #[test]
    fn links_to_what_is_blocked_go_and_others_stay() {
        let mut headers = list(
            "Link: </a.js>; rel=preload; as=script, <https://ads.example/x,y.js>; rel=\"preload\"; as=script; title=\"a, b\"\n\
             link: <https://ads.example>; rel=preconnect\nLink: <https://ads.example/next>; rel=next",
        );
        let mut asked = Vec::new();
        let remain = remove_links(&mut headers, "https://news.example/", |url, kind| {
            asked.push(format!("{} {url}", kind.name()));
            url.contains("ads.example")
        });
        assert!(remain);
        assert_eq!(
            text(&headers),
            "Link: </a.js>; rel=preload; as=script\nLink: <https://ads.example/next>; rel=next\n"
        );
        assert_eq!(
            asked,
            ["script https://news.example/a.js", "script https://ads.example/x,y.js", "other https://ads.example/"]
        );
        let mut hints = list("link: <https://ads.example>; rel=preconnect");
        assert!(!remove_links(&mut hints, "https://news.example/", |_, _| true) && hints.is_empty());
    }

    #[test]
    fn every_coding_must_be_one_that_can_be_undone() {
        let reason = |coding: &str| {
            pass_reason("GET", 200, &list(&format!("content-type: TEXT/HTML\ncontent-encoding: {coding}")))
        };
        for known in ["gzip", "X-GZIP", "br, gzip", "identity", "zstd , deflate"] {
            assert_eq!(reason(known), None, "{known}");
        }
        for unknown in ["compress", "gzip, dcb", "exi"] {
            assert_eq!(reason(unknown), Some(PassReason::Coding), "{unknown}");
        }
        let twice = list("content-type: text/html\ncontent-encoding: gzip\nContent-Encoding: compress");
        assert_eq!(pass_reason("GET", 200, &twice), Some(PassReason::Coding), "the field may stand twice");
    }

    #[test]
    fn odd_responses_pass() {
        let reason = |status, text: &str| pass_reason("GET", status, &list(text));
        assert_eq!(reason(200, ""), Some(PassReason::NotHtml), "without a type browsers would guess");
        assert_eq!(reason(200, "content-type: text/htmlx"), Some(PassReason::NotHtml));
        assert_eq!(reason(200, "content-type: application/xhtml+xml"), None);
        assert_eq!(reason(205, "content-type: text/html"), Some(PassReason::NoBody));
        let part = "content-type: text/html\ncontent-range: bytes 0-9/20";
        assert_eq!(reason(200, part), Some(PassReason::Partial), "whatever the status says");
        let kept = "content-type: text/html\ncache-control: max-age=1\ncache-control: no-transform";
        assert_eq!(reason(200, kept), Some(PassReason::NoTransform), "the field may stand twice");
        assert_eq!(reason(200, "content-type: text/html\ncache-control: x-no-transform"), None);
        assert_eq!(reason(200, "content-type: text/html\ncontent-disposition: inline; filename=attachment"), None);
        assert_eq!(pass_reason("head", 200, &list("content-type: text/html")), Some(PassReason::NoBody));
    }

    #[test]
    fn a_body_that_keeps_its_coding_keeps_its_field() {
        let mut headers =
            list("content-encoding: gzip\ncontent-length: 7\netag: W/\"x\"\nTrailer: Digest\nvary: cookie");
        mend_response(&mut headers, "r7", false);
        assert_eq!(text(&headers), "content-encoding: gzip\netag: W/\"x-adsieve-r7\"\nvary: cookie\n");
        mend_response(&mut headers, "r8", false);
        let (_, tag) = headers.iter().find(|(name, _)| name == "etag").unwrap();
        assert_eq!(unmarked(tag, "r8").as_deref(), Some("W/\"x-adsieve-r7\""), "each filter takes off its own mark");
    }

    #[test]
    fn a_mark_and_its_way_back_are_each_other_s_opposite() {
        for tag in ["\"abc\"", "W/\"abc\"", "\"\"", "\"a-adsieve-\"", "\"a,b\""] {
            let back = unmarked(&marked(tag, "r7"), "r7").unwrap();
            assert_eq!(back.trim_start_matches("W/"), tag.trim_start_matches("W/"), "{tag}");
        }
        assert_eq!(unmarked("*", "r7").as_deref(), Some("*"), "any version");
    }

    #[test]
    fn a_request_asks_for_a_whole_page_in_known_codings() {
        let mut headers = list(
            "Accept-Encoding: dcb\naccept-encoding: zstd\nIf-Range: \"x\"\nRange: bytes=1-\nWant-Digest: sha-256\n\
             A-IM: feed\nIf-Match: *\nIf-Modified-Since: then\nCookie: a=b",
        );
        mend_request(&mut headers, "gzip", "r7");
        assert_eq!(text(&headers), "If-Match: *\nIf-Modified-Since: then\nCookie: a=b\naccept-encoding: gzip\n");
    }

    #[test]
    fn a_comma_in_a_tag_ends_no_tag() {
        let mut headers = list("If-None-Match: W/\"a,b-adsieve-r7\",\"c,d\"");
        mend_request(&mut headers, "gzip", "r7");
        assert_eq!(text(&headers), "If-None-Match: W/\"a,b\", \"c,d\"\naccept-encoding: gzip\n");
    }

    #[test]
    fn links_are_read_as_browsers_read_them() {
        let kept = |link: &str| {
            let mut headers = list(&format!("link: {link}"));
            remove_links(&mut headers, "https://news.example/a/", |url, _| url.contains("ads.example"));
            text(&headers)
        };
        assert_eq!(kept("<//ads.example/x.js>; rel=PreLoad; as=script"), "");
        assert_eq!(kept("<https://ads.example/>; rel=\"canonical preconnect\""), "");
        assert_eq!(kept("<https://ads.example/x>; as=image"), "link: <https://ads.example/x>; as=image\n");
        assert_eq!(
            kept("</x>; rel=preload; title=\"<https://ads.example>\""),
            "link: </x>; rel=preload; title=\"<https://ads.example>\"\n"
        );
        for broken in
            ["<https://ads.example/x; rel=preload", "https://ads.example/x; rel=preload", "<>", "\"", "<a>;rel"]
        {
            assert_eq!(kept(broken), format!("link: {broken}\n"), "what is broken asks for nothing, and stays");
        }
    }
}

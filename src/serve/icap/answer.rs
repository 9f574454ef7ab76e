//! HTTP responses in the place of requests that are blocked, and of pages that may not pass unread.

use adsieve::report::printable;
use adsieve::{RequestKind, RequestVerdict};

/// A response: its head with the empty line, and its body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct HttpAnswer {
    pub(super) head: Vec<u8>,
    pub(super) body: Vec<u8>,
}

/// In the place of a blocked request: an inert library or an empty file with 200, so that the page goes on; else a refusal.
///
/// `origin` is the request's `Origin` field: a stand-in may be asked for with CORS, and from pages that are isolated.
pub(super) fn blocked(verdict: &RequestVerdict, kind: RequestKind, origin: Option<&str>) -> HttpAnswer {
    match &verdict.answer {
        Some(stand_in) => {
            let fields = format!(
                "Access-Control-Allow-Origin: {}\r\nCross-Origin-Resource-Policy: cross-origin\r\n",
                origin.unwrap_or("*")
            );
            answer("200 OK", &stand_in.content_type, &fields, stand_in.body.to_vec())
        }
        None if kind == RequestKind::Document => {
            let reason = verdict.reason.as_ref().map(ToString::to_string).unwrap_or_default();
            message("403 Forbidden", "This page is blocked", &format!("By {reason}."))
        }
        None => answer("403 Forbidden", "text/plain", "", Vec::new()),
    }
}

/// In the place of a page that could not be filtered, where nothing may pass unfiltered.
pub(super) fn unfiltered() -> HttpAnswer {
    message("502 Bad Gateway", "This page could not be filtered", "The filter is set up to let no such page pass.")
}

fn message(status: &str, title: &str, text: &str) -> HttpAnswer {
    let page = maud::html! {
        (maud::DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { (title) } }
            body { h1 { (title) } p { (printable(text)) } }
        }
    };
    let policy = "Content-Security-Policy: default-src 'none'\r\n";
    answer(status, "text/html; charset=utf-8", policy, page.into_string().into_bytes())
}

fn answer(status: &str, content_type: &str, fields: &str, body: Vec<u8>) -> HttpAnswer {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         X-Content-Type-Options: nosniff\r\nX-Adsieve: blocked\r\n{fields}\r\n",
        body.len()
    );
    HttpAnswer { head: super::wire::to_bytes(&head), body }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::icap::wire::ResponseHead;
    use adsieve::{Engine, Request};

    #[test]
    fn blocked_scripts_are_answered_with_stubs_and_fetches_refused() {
        let engine = Engine::built_in();
        let ask = |url, kind| {
            let request = Request::new(url).with_source("https://news.example/").with_kind(kind);
            blocked(&engine.check_request(&request), kind, None)
        };
        let stub = ask("https://securepubads.g.doubleclick.net/tag/js/gpt.js", RequestKind::Script);
        let head = ResponseHead::parse(&stub.head).unwrap();
        assert_eq!((head.status, head.fields.get("content-type")), (200, Some("application/javascript")));
        assert!(head.fields.get("content-length").is_some_and(|length| length == stub.body.len().to_string()));
        let fetch = ask("https://ib.adnxs.com/ut/v3/prebid", RequestKind::Fetch);
        assert_eq!((ResponseHead::parse(&fetch.head).unwrap().status, fetch.body.len()), (403, 0));
    }

    #[test]
    fn what_a_message_quotes_is_text() {
        let message = message("403 Forbidden", "Blocked", "<script>");
        assert!(String::from_utf8(message.body).unwrap().contains("&lt;script&gt;"));
    }
}

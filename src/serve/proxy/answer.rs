//! Answers that the proxy gives itself: in place of what is blocked, and where something went wrong.

use super::body::{AnyBody, full};
use adsieve::{RequestKind, RequestVerdict};
use hyper::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue,
    LOCATION, ORIGIN, PROXY_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{HeaderMap, Response, StatusCode};
use maud::{DOCTYPE, html};

/// Tells whoever looks that the answer is ours.
const OURS: HeaderName = HeaderName::from_static("x-adsieve");
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const HTML: &str = "text/html; charset=utf-8";
/// Pages of ours run nothing and ask for nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// An answer of ours, that nobody keeps.
pub(crate) fn answer(
    status: StatusCode,
    content_type: &'static str,
    bytes: impl Into<hyper::body::Bytes>,
) -> Response<AnyBody> {
    let mut response = Response::new(full(bytes));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(OURS, HeaderValue::from_static("answer"));
    response
}

/// In place of a blocked request: an inert library or an empty file with 200, so that the page goes on; else a refusal.
pub(crate) fn blocked(verdict: &RequestVerdict, kind: RequestKind, asked: &HeaderMap) -> Response<AnyBody> {
    let mut response = match &verdict.answer {
        Some(stand_in) => {
            let mut response = answer(StatusCode::OK, "", stand_in.body.to_vec());
            if let Ok(kind) = HeaderValue::from_str(&stand_in.content_type) {
                response.headers_mut().insert(CONTENT_TYPE, kind);
            }
            // A stand-in may be asked for with CORS, and from pages that are isolated.
            let origin = asked.get(ORIGIN).cloned().unwrap_or(HeaderValue::from_static("*"));
            response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            response.headers_mut().insert(CORP, HeaderValue::from_static("cross-origin"));
            response
        }
        None if kind == RequestKind::Document => {
            let reason = verdict.reason.as_ref().map(ToString::to_string).unwrap_or_default();
            message(StatusCode::FORBIDDEN, "This page is blocked", &format!("By {reason}."))
        }
        None => answer(StatusCode::FORBIDDEN, "text/plain", ""),
    };
    response.headers_mut().insert(OURS, HeaderValue::from_static("blocked"));
    response
}

/// A page that says what went wrong.
pub(crate) fn message(status: StatusCode, title: &str, text: &str) -> Response<AnyBody> {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (title) }
                style { "body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;color-scheme:light dark}" }
            }
            body {
                h1 { (title) }
                p { (text) }
                p { small { "adsieve proxy" } }
            }
        }
    };
    let mut response = answer(status, HTML, page.into_string());
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

/// Asks for name and password.
pub(crate) fn wants_login() -> Response<AnyBody> {
    let text = "This proxy wants a name and a password.";
    let mut response = message(StatusCode::PROXY_AUTHENTICATION_REQUIRED, "Who are you?", text);
    response
        .headers_mut()
        .insert(PROXY_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"adsieve\", charset=\"UTF-8\""));
    response
}

/// Sends the browser to another URL.
pub(crate) fn redirect(url: &str) -> Option<Response<AnyBody>> {
    let mut response = answer(StatusCode::TEMPORARY_REDIRECT, "text/plain", "");
    response.headers_mut().insert(LOCATION, HeaderValue::from_str(url).ok()?);
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use adsieve::{Engine, Request};

    #[test]
    fn blocked_scripts_are_answered_with_stubs_and_fetches_refused() {
        let engine = Engine::built_in();
        let ask = |url, kind| {
            let request = Request::new(url).with_source("https://news.example/").with_kind(kind);
            blocked(&engine.check_request(&request), kind, &HeaderMap::new())
        };
        let stub = ask("https://securepubads.g.doubleclick.net/tag/js/gpt.js", RequestKind::Script);
        assert_eq!(stub.status(), StatusCode::OK);
        assert_eq!(stub.headers()[CONTENT_TYPE], "application/javascript");
        assert_eq!(stub.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        let fetch = ask("https://ib.adnxs.com/ut/v3/prebid", RequestKind::Fetch);
        assert_eq!(fetch.status(), StatusCode::FORBIDDEN);
        assert_eq!(fetch.headers()[OURS], "blocked");
    }

    #[test]
    fn what_a_message_quotes_is_text() {
        let response = message(StatusCode::BAD_GATEWAY, "No answer", "<script>");
        assert!(response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'none'"));
    }
}

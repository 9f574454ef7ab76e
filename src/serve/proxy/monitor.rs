//! What the filter does, to look at: the last pages, the counts, the certificate to trust.
//!
//! The same pages stand on the metrics port, for this machine, and at `http://adsieve.local/` through the proxy. What was visited
//! is shown on this machine alone; to others only the certificate.

use super::answer::{self, answer};
use super::body::AnyBody;
use super::shared::{OWN_NAME, Shared};
use crate::serve::{SeenPage, inspect};
use hyper::body::Incoming;
use hyper::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::net::IpAddr;
use std::time::SystemTime;

const STYLE: &str = include_str!("monitor.css");
const SCRIPT: &str = include_str!("monitor.js");
/// What the page may do: its own style and script, and asking for its newest state.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; \
                      frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/// What the port of the monitor answers.
pub(crate) fn answer_on_port(shared: &Shared, client: IpAddr, request: &Request<Incoming>) -> Response<AnyBody> {
    if !inspect::is_own_name(request, OWN_NAME) {
        return answer::message(StatusCode::MISDIRECTED_REQUEST, "Not here", "This port has another name.");
    }
    own_page(shared, client, request.method(), request.uri().path())
}

/// A page of the proxy's own.
pub(crate) fn own_page(shared: &Shared, client: IpAddr, method: &Method, path: &str) -> Response<AnyBody> {
    if *method != Method::GET && *method != Method::HEAD {
        return answer::message(StatusCode::METHOD_NOT_ALLOWED, "Not allowed", "These pages can only be read.");
    }
    let is_here = client.to_canonical().is_loopback();
    match path {
        "/ca.pem" => certificate(shared),
        "/metrics" if is_here => answer(StatusCode::OK, inspect::METRICS_TYPE, metrics(shared)),
        "/pages" if is_here => answer(StatusCode::OK, "text/html; charset=utf-8", state(shared).into_string()),
        "/monitor.js" => answer(StatusCode::OK, "text/javascript", SCRIPT),
        "/" => {
            let body = if is_here {
                state(shared)
            } else {
                html! { p { "What was visited is shown on the proxy's own machine only." } }
            };
            let mut response = answer(StatusCode::OK, "text/html; charset=utf-8", whole(shared, body).into_string());
            response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
            response
        }
        _ => {
            answer::message(StatusCode::NOT_FOUND, "Not here", "There is / and /ca.pem; on this machine /metrics too.")
        }
    }
}

fn certificate(shared: &Shared) -> Response<AnyBody> {
    let Some(leaves) = &shared.leaves else {
        return answer::message(StatusCode::NOT_FOUND, "Not here", "This proxy does not open HTTPS up.");
    };
    let mut response = answer(StatusCode::OK, "application/x-x509-ca-cert", leaves.ca().pem.clone());
    let name = HeaderValue::from_static("attachment; filename=\"adsieve-ca.pem\"");
    response.headers_mut().insert(CONTENT_DISPOSITION, name);
    response
}

fn metrics(shared: &Shared) -> String {
    let (now, before) = (shared.passthrough.learned().len() as u64, shared.metrics.passed_hosts.get());
    // A gauge of something that changes by time alone is set when it is read.
    shared.metrics.passed_hosts.add(now);
    shared.metrics.passed_hosts.take(before);
    shared.metrics.text()
}

fn whole(shared: &Shared, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { "adsieve proxy" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { "adsieve proxy" }
                    nav {
                        @if shared.leaves.is_some() { a href="/ca.pem" { "certificate" } }
                        a href="/metrics" { "metrics" }
                    }
                }
                main id="state" { (body) }
                script src="/monitor.js" {}
            }
        }
    }
}

/// The counts, the hosts that are passed, the last pages.
fn state(shared: &Shared) -> Markup {
    let metrics = &shared.metrics;
    let counts = [
        ("requests", metrics.requests.get()),
        ("blocked", metrics.blocked.get()),
        ("pages", metrics.pages.get()),
        ("changed", metrics.pages_changed.get()),
        ("connections open", metrics.connections.get()),
        ("tunnels open", metrics.tunnels.get()),
    ];
    let (pages, learned) = (shared.pages.newest(), shared.passthrough.learned());
    html! {
        dl.counts { @for (name, value) in counts { div { dt { (name) } dd { (value) } } } }
        @if !learned.is_empty() {
            details open {
                summary { "Passed through for now: " (learned.len()) " hosts that could not be opened up" }
                table {
                    tr { th { "host" } th { "why" } th { "minutes left" } }
                    @for one in &learned {
                        tr { td { (one.host) } td { (one.why.words()) } td { (one.left.as_secs().div_ceil(60)) } }
                    }
                }
            }
        }
        @if pages.is_empty() { p { "No page yet. Pages show here as they are visited." } }
        @for page in &pages { (page_entry(page)) }
    }
}

fn page_entry(page: &SeenPage) -> Markup {
    let blocked: u64 = page.blocked.values().sum();
    let removed: u64 = page.changes.values().sum();
    let key = format!("{}{:?}", page.url, page.at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default());
    html! {
        details.page data-key=(key) {
            summary {
                span.url { (page.url) }
                span.facts { (ago(page.at)) " · " (blocked) " blocked · " (removed) " removed · " (page.allowed) " let go" }
                @for (network, seen) in &page.networks {
                    span.network.allowed[seen.blocked == 0] title=(format!("{} of {} stopped", seen.blocked, seen.count)) { (network) }
                }
            }
            (lines("Blocked requests", &page.blocked))
            (lines("Removed from the page", &page.changes))
        }
    }
}

fn lines(title: &str, rows: &std::collections::BTreeMap<(String, String), u64>) -> Markup {
    html! {
        @if !rows.is_empty() {
            table {
                caption { (title) }
                @for ((what, why), count) in rows { tr { td { (what) } td { (why) } td.count { (count) } } }
            }
        }
    }
}

fn ago(at: SystemTime) -> String {
    let seconds = at.elapsed().unwrap_or_default().as_secs();
    match seconds {
        0..60 => format!("{seconds} s ago"),
        60..3_600 => format!("{} min ago", seconds / 60),
        _ => format!("{} h ago", seconds / 3_600),
    }
}

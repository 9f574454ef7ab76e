//! A port for whoever looks after a server: HTTP/1.1 on this machine, to read and nothing else.
//!
//! Requests under a foreign name are refused, so that no page reads the port by a name of its own that leads here.

use super::Metrics;
use http_body_util::Full;
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HOST, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

/// What the counts are, for Prometheus.
pub(crate) const METRICS_TYPE: &str = "text/plain; version=0.0.4";
/// Connections at a time.
const CONNECTIONS: usize = 64;
/// From the first byte of a request's head to its last, and from one request to the next.
const HEAD_TIME: Duration = Duration::from_secs(60);
/// After a connection that could not be taken.
const PAUSE: Duration = Duration::from_millis(10);

/// Answers on the port until the server ends.
pub(crate) async fn listen<F, B>(listener: TcpListener, is_ending: watch::Receiver<bool>, answer: F)
where
    F: Fn(IpAddr, &Request<Incoming>) -> Response<B> + Send + Sync + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let (answer, places) = (Arc::new(answer), Arc::new(Semaphore::new(CONNECTIONS)));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = ended(is_ending.clone()) => return,
        };
        let (Ok((stream, client)), Ok(place)) = (accepted, places.clone().try_acquire_owned()) else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let (answer, is_ending) = (answer.clone(), is_ending.clone());
        tokio::spawn(async move {
            let _place = place;
            let service = service_fn(|request: Request<Incoming>| {
                let response = answer(client.ip(), &request);
                async move { Ok::<_, Infallible>(response) }
            });
            let mut settings = http1::Builder::new();
            settings.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME);
            tokio::select! {
                // A reader that goes away is no event.
                _ = settings.serve_connection(TokioIo::new(stream), service) => {}
                () = ended(is_ending) => {}
            }
        });
    }
}

async fn ended(mut is_ending: watch::Receiver<bool>) {
    // Where the sender is gone, the server has ended.
    let _ = is_ending.wait_for(|is_ending| *is_ending).await;
}

/// Does the request name this machine, and not a name that someone else has pointed here? `own` is one more name.
pub(crate) fn is_own_name(request: &Request<Incoming>, own: &str) -> bool {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    is_name_of_here(host, own)
}

fn is_name_of_here(host: &str, own: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, port)| if port.ends_with(']') { host } else { name });
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name == own || bare.parse::<IpAddr>().is_ok()
}

/// The counts at `/metrics`, and nothing else.
pub(crate) fn counts_only(metrics: &Metrics, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let (status, text) = if !is_own_name(request, "localhost") {
        (StatusCode::MISDIRECTED_REQUEST, "This port has another name.\n".to_owned())
    } else if *request.method() != Method::GET && *request.method() != Method::HEAD {
        (StatusCode::METHOD_NOT_ALLOWED, "This can only be read.\n".to_owned())
    } else if request.uri().path() == "/metrics" {
        (StatusCode::OK, metrics.text())
    } else {
        (StatusCode::NOT_FOUND, "There is /metrics.\n".to_owned())
    };
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(METRICS_TYPE));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_others_that_lead_here_are_told() {
        for host in ["localhost:8081", "127.0.0.1:8081", "[::1]:8081", "[::1]", "adsieve.local", "adsieve.local:80"] {
            assert!(is_name_of_here(host, "adsieve.local"), "{host}");
        }
        for host in ["", "evil.example", "evil.example:8081", "localhost.evil.example", "adsieve.local.evil.example"] {
            assert!(!is_name_of_here(host, "adsieve.local"), "{host}");
        }
    }
}

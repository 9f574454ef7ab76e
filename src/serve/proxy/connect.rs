//! `CONNECT`: a tunnel that is passed through, or opened up with a certificate of our own.

use super::answer;
use super::body::{AnyBody, full};
use super::limits;
use super::passthrough::FailureKind;
use super::shared::{Served, Shared, Way};
use super::stream::{self, Prefixed};
use super::upstream::UpstreamError;
use crate::serve::{Held, contained};
use adsieve::Request as JudgedRequest;
use hyper::body::Incoming;
use hyper::upgrade::Upgraded;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::io::AsyncReadExt;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{AlertDescription, Error as TlsError};

/// The first byte of a TLS handshake.
const HANDSHAKE_RECORD: u8 = 0x16;

/// Alerts of clients that do not take a certificate.
const REFUSALS: [AlertDescription; 7] = [
    AlertDescription::BadCertificate,
    AlertDescription::UnsupportedCertificate,
    AlertDescription::CertificateRevoked,
    AlertDescription::CertificateExpired,
    AlertDescription::CertificateUnknown,
    AlertDescription::UnknownCA,
    AlertDescription::AccessDenied,
];

/// Opens a tunnel.
pub(crate) async fn open(shared: &Arc<Shared>, client: IpAddr, mut request: Request<Incoming>) -> Response<AnyBody> {
    let authority = request.uri().authority().cloned();
    let Some((host, port)) = authority.and_then(|name| Some((name.host().to_ascii_lowercase(), name.port_u16()?)))
    else {
        return answer::message(StatusCode::BAD_REQUEST, "Bad request", "CONNECT wants a host and a port.");
    };
    if !shared.connect_ports.iter().any(|(first, last)| (*first..=*last).contains(&port)) {
        let text = format!("Tunnels to port {port} are not allowed; `--connect-port` allows more.");
        return answer::message(StatusCode::FORBIDDEN, "Not allowed", &text);
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let upgrade = hyper::upgrade::on(&mut request);
    if shared.leaves.is_none() || shared.passthrough.passes(bare) {
        // Here the client can still be told that there is no way.
        let server = match shared.connector.connect(&host, port).await {
            Ok(server) => server,
            Err(error) => return refused(&error),
        };
        tracing::debug!(host, port, %client, "passed through");
        spawn_tunnel(shared, async move { upgrade.await.ok().map(TokioIo::new) }, server);
    } else {
        let (shared, host) = (shared.clone(), Arc::from(bare));
        tokio::spawn(async move {
            let Ok(upgraded) = upgrade.await else { return };
            open_up(&shared, client, host, port, TokioIo::new(upgraded)).await;
        });
    }
    Response::new(full(""))
}

fn refused(error: &UpstreamError) -> Response<AnyBody> {
    let status = match error {
        UpstreamError::Refused(..) => StatusCode::FORBIDDEN,
        UpstreamError::TimedOut(_) => StatusCode::GATEWAY_TIMEOUT,
        _ => StatusCode::BAD_GATEWAY,
    };
    answer::message(status, "No answer", &format!("{error}."))
}

fn spawn_tunnel<C>(
    shared: &Arc<Shared>,
    client: impl Future<Output = Option<C>> + Send + 'static,
    server: tokio::net::TcpStream,
) where
    C: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let shared = shared.clone();
    tokio::spawn(async move {
        let _held = Held::new(&shared.metrics, |metrics| &metrics.tunnels);
        let Some(client) = client.await else { return };
        tokio::select! {
            // How a tunnel ends is its two ends' business.
            _ = stream::join(client, server, limits::TUNNEL_IDLE) => {}
            () = shared.ending() => {}
        }
    });
}

/// Reads what a tunnel holds: TLS, plain HTTP, or something that is passed on after all.
async fn open_up(shared: &Arc<Shared>, client: IpAddr, host: Arc<str>, port: u16, mut tunnel: TokioIo<Upgraded>) {
    let mut first = [0; 1];
    let read = timeout(limits::HANDSHAKE, tunnel.read(&mut first)).await;
    let prefix = match read {
        Ok(Ok(1)) => first.to_vec(),
        // Nobody speaks: a server that speaks first, perhaps.
        Err(_) => Vec::new(),
        Ok(_) => return,
    };
    let stream = Prefixed::new(prefix.clone(), tunnel);
    match prefix.first() {
        Some(&HANDSHAKE_RECORD) => secure(shared, client, host, port, stream).await,
        // A method: web sockets without TLS come this way.
        Some(letter) if letter.is_ascii_uppercase() => {
            let way = Way::Inside { host, port, is_secure: false };
            hand_over(shared, Served { client, way, stream: Box::new(stream), is_http2: false }).await;
        }
        _ => match shared.connector.connect(&host, port).await {
            Ok(server) => spawn_tunnel(shared, std::future::ready(Some(stream)), server),
            Err(error) => tracing::debug!(%host, %error, "no tunnel"),
        },
    }
}

async fn hand_over(shared: &Shared, served: Served) {
    // Nobody takes it only where the proxy has ended.
    let _ = shared.opened.send(served).await;
}

async fn secure(shared: &Arc<Shared>, client: IpAddr, host: Arc<str>, port: u16, stream: Prefixed<TokioIo<Upgraded>>) {
    let Some(leaves) = &shared.leaves else { return };
    let config = match leaves.server_config(&host) {
        Ok(config) => config,
        Err(error) => return tracing::warn!(%host, %error, "no certificate can be made"),
    };
    let accepted = timeout(limits::HANDSHAKE, TlsAcceptor::from(config).accept(stream)).await;
    match accepted {
        Ok(Ok(stream)) => {
            let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            let way = Way::Inside { host, port, is_secure: true };
            hand_over(shared, Served { client, way, stream: Box::new(stream), is_http2 }).await;
        }
        Ok(Err(error)) if is_refusal(&error) => learn(shared, &host, FailureKind::ClientRefuses),
        Ok(Err(error)) => tracing::debug!(%host, %error, %client, "the client's handshake broke off"),
        Err(_) => tracing::debug!(%host, %client, "the client's handshake took too long"),
    }
}

fn is_refusal(error: &io::Error) -> bool {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<TlsError>());
    matches!(cause, Some(TlsError::AlertReceived(alert)) if REFUSALS.contains(alert))
}

/// A client took the certificate and left at once, without a word. After some of these in a row the host passes, unless
/// it serves ads: a page could else open such connections by itself.
pub(crate) fn left_silently(shared: &Shared, host: &str) {
    if !shared.passthrough.doubts(host) {
        return;
    }
    let loaded = shared.filter.current();
    let url = format!("https://{host}/");
    if contained(|| loaded.engine.check_request(&JudgedRequest::new(&url)).is_block()) != Ok(true) {
        learn(shared, host, FailureKind::ClientLeaves);
    }
}

/// The host passes from now on.
pub(crate) fn learn(shared: &Shared, host: &str, why: FailureKind) {
    if shared.passthrough.passes(host) {
        return;
    }
    let lasts = shared.passthrough.learn(host, why);
    tracing::warn!(
        host,
        why = why.words(),
        seconds = lasts.as_secs(),
        "interception failed; the host is passed through"
    );
}

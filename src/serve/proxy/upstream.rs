//! Connections to servers: names resolved, addresses judged, TLS with the system's roots.
//!
//! The address that was judged is the one that is connected to, so a name that changes its address in between gains nothing.

use super::address::AddressGuard;
use super::limits;
use super::stream::Duplex;
use hyper::Uri;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use std::cell::Cell;
use std::collections::HashSet;
use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use thiserror::Error;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::ResolvesClientCert;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore, SignatureScheme};
use tower_service::Service;

/// Hosts that are remembered for asking for client certificates.
const ASKING: usize = 1_000;

/// Why there is no connection to a server.
#[derive(Debug, Error)]
#[non_exhaustive]
pub(crate) enum UpstreamError {
    /// The name has no address.
    #[error("the name `{0}` cannot be resolved")]
    Name(String),
    /// Its addresses may not be asked.
    #[error("`{0}` is at {1}, which is no public address; `--allow-upstream` lets it pass")]
    Refused(String, std::net::IpAddr),
    /// It is this proxy.
    #[error("`{0}` is this proxy itself")]
    Loop(String),
    /// Nobody answers there.
    #[error("no connection to `{0}`: {1}")]
    Connect(String, io::Error),
    /// It took too long.
    #[error("`{0}` does not answer in time")]
    TimedOut(String),
    /// TLS fails, as with a certificate that is not valid.
    #[error("no secure connection to `{0}`: {1}")]
    Tls(String, io::Error),
    /// The URL names no host, or a scheme other than http and https.
    #[error("`{0}` is no address that can be asked")]
    Address(String),
}

/// Where a host is found in place of what its name says: `news.example:443=127.0.0.1:8443`, any host with `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Detour {
    host: String,
    port: u16,
    to: SocketAddr,
}

impl Detour {
    fn leads(&self, host: &str, port: u16) -> bool {
        self.port == port && (self.host == "*" || self.host.eq_ignore_ascii_case(host))
    }
}

impl FromStr for Detour {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no way, as `news.example:443=127.0.0.1:8443`");
        let (from, to) = text.split_once('=').ok_or_else(wrong)?;
        let (host, port) = from.rsplit_once(':').ok_or_else(wrong)?;
        let (port, to) = (port.parse().map_err(|_| wrong())?, to.parse().map_err(|_| wrong())?);
        Ok(Self { host: host.to_owned(), port, to })
    }
}

/// Makes connections.
#[derive(Clone)]
pub(crate) struct Connector {
    guard: Arc<AddressGuard>,
    tls: Arc<ClientConfig>,
    /// Where this proxy listens.
    own: Arc<Vec<SocketAddr>>,
    detours: Arc<Vec<Detour>>,
    asking: Arc<Mutex<HashSet<String>>>,
}

impl Connector {
    /// With these roots, for HTTP/2 and HTTP/1.1.
    ///
    /// # Errors
    ///
    /// If TLS cannot be set up.
    pub(crate) fn new(guard: AddressGuard, roots: RootCertStore, own: Vec<SocketAddr>) -> Result<Self, rustls::Error> {
        let mut tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_client_cert_resolver(Arc::new(NoCertificate));
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self {
            guard: Arc::new(guard),
            tls: Arc::new(tls),
            own: Arc::new(own),
            detours: Arc::default(),
            asking: Arc::default(),
        })
    }

    /// The same with these detours.
    pub(crate) fn with_detours(self, detours: Vec<Detour>) -> Self {
        Self { detours: Arc::new(detours), ..self }
    }

    /// The same, for HTTP/1.1 alone: connections that are to be upgraded.
    pub(crate) fn for_upgrades(&self) -> Self {
        let mut tls = (*self.tls).clone();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        Self { tls: Arc::new(tls), ..self.clone() }
    }

    /// Has the host asked for a certificate of the client?
    pub(crate) fn asks_for_certificate(&self, host: &str) -> bool {
        self.asking.lock().unwrap_or_else(PoisonError::into_inner).contains(host)
    }

    /// A bare connection, for tunnels.
    pub(crate) async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, UpstreamError> {
        let addresses = self.resolve(host, port).await?;
        let mut last = UpstreamError::Name(host.to_owned());
        for (at, address) in addresses.iter().enumerate() {
            let patience = if at + 1 == addresses.len() { limits::LAST_CONNECT } else { limits::CONNECT };
            match timeout(patience, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    // Where it cannot be set, bytes are merely a little later.
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Ok(Err(error)) => last = UpstreamError::Connect(host.to_owned(), error),
                Err(_) => last = UpstreamError::TimedOut(host.to_owned()),
            }
        }
        Err(last)
    }

    /// The addresses that may be asked.
    async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, UpstreamError> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let found: Vec<SocketAddr> = match self.detours.iter().find(|detour| detour.leads(bare, port)) {
            Some(detour) => vec![detour.to],
            None => {
                let found = timeout(limits::RESOLVE, lookup_host((bare, port))).await;
                let found = found.map_err(|_| UpstreamError::TimedOut(host.to_owned()))?;
                found.map_err(|_| UpstreamError::Name(host.to_owned()))?.collect()
            }
        };
        let allowed = found.iter().copied().filter(|address| self.guard.may_ask(address.ip()));
        let allowed: Vec<SocketAddr> = allowed.take(limits::ADDRESSES).collect();
        if allowed.iter().any(|address| self.own.contains(address)) {
            return Err(UpstreamError::Loop(host.to_owned()));
        }
        match (allowed.is_empty(), found.first()) {
            (false, _) => Ok(allowed),
            (true, Some(address)) => Err(UpstreamError::Refused(host.to_owned(), address.ip())),
            (true, None) => Err(UpstreamError::Name(host.to_owned())),
        }
    }

    async fn secure(&self, host: &str, stream: TcpStream) -> Result<TlsStream<TcpStream>, UpstreamError> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(bare.to_owned()).map_err(|_| UpstreamError::Address(host.to_owned()))?;
        let handshake = TlsConnector::from(self.tls.clone()).connect(name, stream);
        let (done, is_asked) = timeout(limits::HANDSHAKE, noting_questions(handshake))
            .await
            .map_err(|_| UpstreamError::TimedOut(host.to_owned()))?;
        let mut asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        if is_asked && asking.len() < ASKING {
            asking.insert(host.to_owned());
        }
        done.map_err(|error| UpstreamError::Tls(host.to_owned(), error))
    }

    async fn reach(self, uri: Uri) -> Result<UpstreamStream, UpstreamError> {
        let is_secure = uri.scheme_str() == Some("https");
        let host = uri.host().ok_or_else(|| UpstreamError::Address(uri.to_string()))?;
        let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
        let stream = self.connect(host, port).await?;
        if !is_secure {
            return Ok(UpstreamStream { stream: TokioIo::new(Box::new(stream)), is_http2: false });
        }
        let stream = self.secure(host, stream).await?;
        let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        Ok(UpstreamStream { stream: TokioIo::new(Box::new(stream)), is_http2 })
    }
}

impl std::fmt::Debug for Connector {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Connector").field("guard", &self.guard).finish_non_exhaustive()
    }
}

impl Service<Uri> for Connector {
    type Response = UpstreamStream;
    type Error = UpstreamError;
    type Future = Pin<Box<dyn Future<Output = Result<UpstreamStream, UpstreamError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), UpstreamError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(self.clone().reach(uri))
    }
}

thread_local! {
    static IS_ASKED: Cell<bool> = const { Cell::new(false) };
}

/// Has no certificate to give, and notes that one was asked for.
#[derive(Debug)]
struct NoCertificate;

impl ResolvesClientCert for NoCertificate {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        IS_ASKED.set(true);
        None
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// The handshake, and whether the server asked for a certificate: it asks while its messages are read, that is in one of the polls.
async fn noting_questions<F: Future>(handshake: F) -> (F::Output, bool) {
    let (mut handshake, mut is_asked) = (pin!(handshake), false);
    poll_fn(|context| {
        IS_ASKED.set(false);
        let polled = handshake.as_mut().poll(context);
        is_asked |= IS_ASKED.get();
        polled.map(|done| (done, is_asked))
    })
    .await
}

/// A connection to a server.
pub(crate) struct UpstreamStream {
    stream: TokioIo<Box<dyn Duplex>>,
    is_http2: bool,
}

impl Connection for UpstreamStream {
    fn connected(&self) -> Connected {
        if self.is_http2 { Connected::new().negotiated_h2() } else { Connected::new() }
    }
}

impl hyper::rt::Read for UpstreamStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: hyper::rt::ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl hyper::rt::Write for UpstreamStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    fn connector(guard: AddressGuard, own: Vec<SocketAddr>) -> Connector {
        Connector::new(guard, RootCertStore::empty(), own).unwrap()
    }

    #[test]
    fn detours_are_read_strictly() {
        let detour: Detour = "*:443=127.0.0.1:8443".parse().unwrap();
        assert!(detour.leads("news.example", 443) && !detour.leads("news.example", 80));
        for wrong in ["", "a=b", "a:1", "a:1=127.0.0.1", "a:x=127.0.0.1:1"] {
            assert!(wrong.parse::<Detour>().is_err(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn addresses_are_judged_after_the_name_is_resolved() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let closed = connector(AddressGuard::default(), vec![]);
        for host in ["localhost", "127.0.0.1", "[::1]", "2130706433", "0x7f.1"] {
            let error = closed.connect(host, port).await.unwrap_err();
            assert!(matches!(error, UpstreamError::Refused(..) | UpstreamError::Name(_)), "{host}: {error}");
        }
        let open = connector(AddressGuard::new(vec!["127.0.0.0/8".parse().unwrap()]), vec![]);
        open.connect("127.0.0.1", port).await.unwrap();
        let own =
            connector(AddressGuard::new(vec!["127.0.0.0/8".parse().unwrap()]), vec![listener.local_addr().unwrap()]);
        assert!(matches!(own.connect("127.0.0.1", port).await, Err(UpstreamError::Loop(_))));
    }
}

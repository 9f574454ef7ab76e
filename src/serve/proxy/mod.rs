//! The proxy: HTTP and HTTPS through the filter, one command in front of a browser.
//!
//! Built on hyper and rustls themselves. `hudsucker`, which wraps them for this purpose, tells nobody that a client
//! refused a certificate, so no host could be learned to pass; connects tunnels to whatever address a name has; and takes web
//! sockets apart message by message.
//!
//! In: connections of clients. Out: their requests, judged; their pages, rewritten while they stream; everything else byte for
//! byte. Bounded by [`limits`].

mod access;
mod address;
mod answer;
mod body;
mod ca_file;
mod connect;
mod fields;
mod handle;
mod leaf;
pub(crate) mod limits;
mod listen;
mod monitor;
mod passthrough;
mod shared;
mod stream;
mod upstream;

pub(crate) use access::Access;
pub(crate) use address::{AddressGuard, Block};
pub(crate) use ca_file::{Ca, CaError, CaFolder};
pub(crate) use passthrough::Passthrough;
pub(crate) use upstream::Detour;

use crate::serve::{Filter, LogOptions, Metrics, RecentPages, Workers, inspect, reload_on_signal};
use leaf::Leaves;
use shared::{Shared, pooled};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep};
use tokio_rustls::rustls::RootCertStore;

/// What a proxy is made of.
#[derive(Debug)]
pub(crate) struct ProxyOptions {
    /// Where it listens.
    pub(crate) listen: SocketAddr,
    /// Where metrics and the last pages are shown; `None`: through the proxy only.
    pub(crate) metrics: Option<SocketAddr>,
    /// Who may use it.
    pub(crate) access: Access,
    /// Which addresses it may ask.
    pub(crate) guard: AddressGuard,
    /// Hosts that are found elsewhere than their names say.
    pub(crate) detours: Vec<Detour>,
    /// First and last ports that tunnels may lead to.
    pub(crate) connect_ports: Vec<(u16, u16)>,
    /// Hosts that are passed through.
    pub(crate) passthrough: Passthrough,
    /// Signs for sites; `None`: HTTPS is passed through.
    pub(crate) ca: Option<Ca>,
    /// Whom servers are trusted by.
    pub(crate) roots: RootCertStore,
    /// Connections at a time.
    pub(crate) connections: usize,
    /// How things are told.
    pub(crate) log: LogOptions,
}

/// Why a proxy cannot run.
#[derive(Debug, Error)]
#[non_exhaustive]
pub(crate) enum ProxyError {
    /// The address cannot be listened on.
    #[error("{0}: {1}")]
    Listen(SocketAddr, io::Error),
    /// The system refuses threads.
    #[error("no threads: {0}")]
    Threads(String),
    /// TLS cannot be set up.
    #[error("TLS: {0}")]
    Tls(String),
}

/// Runs the proxy until it is asked to end: by an interrupt or SIGTERM. Open connections then have a few seconds.
///
/// # Errors
///
/// If it cannot begin.
pub(crate) fn run(
    options: ProxyOptions,
    filter: Filter,
    ready: impl FnOnce(SocketAddr, Option<SocketAddr>),
) -> Result<(), ProxyError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("proxy").build();
    let runtime = runtime.map_err(|error| ProxyError::Threads(error.to_string()))?;
    let done = runtime.block_on(serve(options, filter, ready));
    // Reloading may hold a thread; nobody waits for it.
    runtime.shutdown_background();
    done
}

async fn serve(
    options: ProxyOptions,
    filter: Filter,
    ready: impl FnOnce(SocketAddr, Option<SocketAddr>),
) -> Result<(), ProxyError> {
    let (listener, listens) = bind(options.listen).await?;
    let monitor = match options.metrics {
        Some(address) => Some(bind(address).await?),
        None => None,
    };
    let shows = monitor.as_ref().map(|(_, address)| *address);
    let own = [Some(listens), shows].into_iter().flatten().collect();
    let tls = |error: &dyn std::fmt::Display| ProxyError::Tls(error.to_string());
    let connector = upstream::Connector::new(options.guard, options.roots, own).map_err(|error| tls(&error))?;
    let connector = connector.with_detours(options.detours);
    let leaves = options.ca.map(Leaves::new).transpose().map_err(|error| tls(&error))?;
    let (end, is_ending) = watch::channel(false);
    let (opened, to_serve) = mpsc::channel(limits::OPENED);
    let shared = Arc::new(Shared {
        filter: Arc::new(filter),
        workers: Workers::new().map_err(|error| ProxyError::Threads(error.to_string()))?,
        metrics: Arc::new(Metrics::default()),
        pages: Arc::new(RecentPages::default()),
        log: options.log,
        access: options.access,
        connect_ports: options.connect_ports,
        passthrough: options.passthrough,
        leaves,
        client: pooled(connector.clone()),
        upgrade_client: pooled(connector.for_upgrades()),
        connector,
        opened,
        is_ending,
    });
    tokio::spawn(reload_on_signal(shared.filter.clone(), shared.metrics.clone()));
    if let Some((listener, _)) = monitor {
        let (seen, is_ending) = (shared.clone(), shared.is_ending.clone());
        let answer = move |client, request: &_| monitor::answer_on_port(&seen, client, request);
        tokio::spawn(inspect::listen(listener, is_ending, answer));
    }
    tokio::spawn(listen::accept(shared.clone(), listener, to_serve, options.connections));
    ready(listens, shows);
    asked_to_end().await;
    tracing::info!("ending; open connections have {} seconds", limits::FAREWELL.as_secs());
    // Nobody listens only where all has ended.
    let _ = end.send(true);
    farewell(&shared.metrics).await;
    Ok(())
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ProxyError> {
    let failed = |error| ProxyError::Listen(address, error);
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// Waits until all connections are closed, or their time is over. A second request to end ends at once.
async fn farewell(metrics: &Metrics) {
    let until = Instant::now() + limits::FAREWELL;
    let closed = async {
        while metrics.connections.get() + metrics.tunnels.get() > 0 && Instant::now() < until {
            sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        () = closed => {}
        () = asked_to_end() => {}
    }
}

#[cfg(unix)]
async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminated.recv() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

#[cfg(not(unix))]
async fn asked_to_end() {
    drop(tokio::signal::ctrl_c().await);
}

//! What all connections of a proxy share.

use super::access::Access;
use super::body::AnyBody;
use super::leaf::Leaves;
use super::limits;
use super::passthrough::Passthrough;
use super::stream::Duplex;
use super::upstream::Connector;
use crate::serve::{Filter, LogOptions, Metrics, RecentPages, Workers};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

/// The name under which the proxy itself is asked.
pub(crate) const OWN_NAME: &str = "adsieve.local";

/// The way a request came.
#[derive(Clone, Debug)]
pub(crate) enum Way {
    /// To the proxy itself.
    Direct,
    /// Through a tunnel to that host, which was opened up.
    Inside {
        /// Of the tunnel.
        host: Arc<str>,
        /// Of the tunnel.
        port: u16,
        /// By TLS?
        is_secure: bool,
    },
}

/// A connection to serve.
pub(crate) struct Served {
    /// Whose it is.
    pub(crate) client: IpAddr,
    /// The way its requests come.
    pub(crate) way: Way,
    /// Its bytes.
    pub(crate) stream: Box<dyn Duplex>,
    /// HTTP/2, or else HTTP/1.1.
    pub(crate) is_http2: bool,
}

/// What all connections share.
pub(crate) struct Shared {
    pub(crate) filter: Arc<Filter>,
    pub(crate) workers: Workers,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) pages: Arc<RecentPages>,
    pub(crate) log: LogOptions,
    pub(crate) access: Access,
    /// Ports that tunnels may lead to.
    pub(crate) connect_ports: Vec<(u16, u16)>,
    pub(crate) passthrough: Passthrough,
    /// Signs for sites; `None`: HTTPS is never intercepted.
    pub(crate) leaves: Option<Leaves>,
    pub(crate) connector: Connector,
    pub(crate) client: Client<Connector, AnyBody>,
    /// For connections that change their protocol, which HTTP/2 cannot.
    pub(crate) upgrade_client: Client<Connector, AnyBody>,
    /// Takes tunnels that were opened up, to be served as all connections are.
    pub(crate) opened: mpsc::Sender<Served>,
    /// Becomes true when the proxy ends.
    pub(crate) is_ending: watch::Receiver<bool>,
}

impl Shared {
    /// Waits until the proxy ends.
    pub(crate) async fn ending(&self) {
        let mut is_ending = self.is_ending.clone();
        // Where the sender is gone, the proxy has ended.
        let _ = is_ending.wait_for(|is_ending| *is_ending).await;
    }
}

/// A client that keeps connections for later requests.
pub(crate) fn pooled(connector: Connector) -> Client<Connector, AnyBody> {
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .timer(TokioTimer::new())
        .pool_idle_timeout(limits::POOL_IDLE)
        .pool_max_idle_per_host(limits::POOLED)
        .http1_max_buf_size(limits::HEAD_BYTES * 4)
        .http1_max_headers(limits::HEADERS)
        .http2_initial_stream_window_size(limits::STREAM_WINDOW)
        .http2_initial_connection_window_size(limits::CONNECTION_WINDOW)
        .http2_max_header_list_size(u32::try_from(limits::HEAD_BYTES).unwrap_or(u32::MAX))
        .http2_keep_alive_interval(limits::PING)
        .build(connector)
}

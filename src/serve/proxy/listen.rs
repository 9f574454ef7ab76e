//! Connections of clients: taken in as long as there is room, served, and ended in order.

use super::connect;
use super::handle::handle;
use super::limits;
use super::shared::{Served, Shared, Way};
use super::stream::Unstalled;
use crate::serve::Held;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// After an `accept` that failed, as where files run out: trying again at once would spin.
const PAUSE: Duration = Duration::from_millis(100);

/// Takes connections, and tunnels that were opened up, until the proxy ends.
pub(crate) async fn accept(
    shared: Arc<Shared>,
    listener: TcpListener,
    mut opened: mpsc::Receiver<Served>,
    most: usize,
) {
    let mut ending = pin!(shared.ending());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(served) = opened.recv() => {
                // Its client was let in when it asked for the tunnel.
                spawn(&shared, served);
                continue;
            }
            () = &mut ending => return,
        };
        match accepted {
            Ok((stream, client)) => take(&shared, stream, client.ip(), most),
            Err(error) => {
                tracing::warn!(%error, "no connection can be taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

fn take(shared: &Arc<Shared>, stream: TcpStream, client: IpAddr, most: usize) {
    shared.metrics.accepted.add(1);
    let open = usize::try_from(shared.metrics.connections.get()).unwrap_or(usize::MAX);
    if open >= most || !shared.access.may_connect(client) {
        shared.metrics.refused.add(1);
        tracing::debug!(%client, open, "connection turned away");
        return;
    }
    // Where it cannot be set, bytes are merely a little later.
    let _ = stream.set_nodelay(true);
    spawn(shared, Served { client, way: Way::Direct, stream: Box::new(stream), is_http2: false });
}

fn spawn(shared: &Arc<Shared>, served: Served) {
    let (shared, held) = (shared.clone(), Held::new(&shared.metrics, |metrics| &metrics.connections));
    tokio::spawn(async move {
        let _held = held;
        serve(&shared, served).await;
    });
}

/// Serves one connection to its end.
async fn serve(shared: &Arc<Shared>, served: Served) {
    let Served { client, way, stream, is_http2 } = served;
    let stream = TokioIo::new(Unstalled::new(stream, limits::STALLED));
    let talk = Arc::new(Talk::new(&way));
    let service = {
        let (shared, talk) = (shared.clone(), talk.clone());
        service_fn(move |request| {
            talk.begins(&shared);
            let (shared, way) = (shared.clone(), way.clone());
            // Boxed: the future of an exchange is large, and a connection is made of many.
            Box::pin(async move { Ok::<_, Infallible>(handle(shared, client, way, request).await) })
        })
    };
    // Every way for a connection to break is told by the same word.
    let done = if is_http2 {
        let mut connection = pin!(http2_settings().serve_connection(stream, service));
        tokio::select! {
            done = &mut connection => done,
            () = shared.ending() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        }
    } else {
        let mut connection = pin!(http1_settings().serve_connection(stream, service).with_upgrades());
        tokio::select! {
            done = &mut connection => done,
            () = shared.ending() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        }
    };
    talk.ends(shared);
    if let Err(error) = done {
        tracing::debug!(%client, %error, "connection broke off");
    }
}

/// Whether anything was asked for on a connection: what tells a host that can be intercepted from one that cannot.
struct Talk {
    /// The host of a tunnel that was opened up.
    host: Option<Arc<str>>,
    since: Instant,
    has_begun: AtomicBool,
}

impl Talk {
    fn new(way: &Way) -> Self {
        let host = match way {
            Way::Inside { host, is_secure: true, .. } => Some(host.clone()),
            Way::Direct | Way::Inside { .. } => None,
        };
        Self { host, since: Instant::now(), has_begun: AtomicBool::new(false) }
    }

    fn begins(&self, shared: &Shared) {
        if let Some(host) = &self.host
            && !self.has_begun.swap(true, Ordering::Relaxed)
        {
            shared.passthrough.forget(host);
        }
    }

    fn ends(&self, shared: &Shared) {
        if let Some(host) = &self.host
            && !self.has_begun.load(Ordering::Relaxed)
            && self.since.elapsed() < limits::AT_ONCE
        {
            connect::left_silently(shared, host);
        }
    }
}

fn http1_settings() -> http1::Builder {
    let mut settings = http1::Builder::new();
    settings
        .timer(TokioTimer::new())
        .header_read_timeout(limits::HEAD_TIME)
        .max_headers(limits::HEADERS)
        .max_buf_size(limits::HEAD_BYTES)
        .half_close(false);
    settings
}

fn http2_settings() -> http2::Builder<TokioExecutor> {
    let mut settings = http2::Builder::new(TokioExecutor::new());
    settings
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits::STREAMS)
        .max_header_list_size(u32::try_from(limits::HEAD_BYTES).unwrap_or(u32::MAX))
        .initial_stream_window_size(limits::STREAM_WINDOW)
        .initial_connection_window_size(limits::CONNECTION_WINDOW)
        .max_send_buf_size(limits::SEND_BUFFER)
        .keep_alive_interval(limits::PING);
    settings
}

//! The listener: takes connections in, and sees them off when the server ends.

use super::limits;
use super::reply::Common;
use super::session::converse;
use super::shared::Shared;
use crate::serve::Held;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

/// A pause after an error of the system that may go away, as too many open files.
const PAUSE: Duration = Duration::from_millis(100);
/// Connections beyond the limit that are told so at a time; more are closed without a word.
const TURNED_AWAY: usize = 64;

/// Serves until the server ends, and then until the messages under way are answered, or the grace is over.
/// `may_connect` says which clients may ask.
pub(crate) async fn serve(
    listener: TcpListener,
    shared: Arc<Shared>,
    may_connect: impl Fn(IpAddr) -> bool + Send + Sync + 'static,
) {
    let most = shared.options.connections.clamp(1, Semaphore::MAX_PERMITS >> 1);
    let (places, turned_away) = (Arc::new(Semaphore::new(most)), Arc::new(Semaphore::new(TURNED_AWAY)));
    loop {
        let accepted = tokio::select! {
            biased;
            () = shared.ending() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, client) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "no connection taken in");
                sleep(PAUSE).await;
                continue;
            }
        };
        if !may_connect(client.ip()) {
            shared.metrics.refused.add(1);
            tracing::warn!(icap_client = %client.ip(), "client refused: `--allow-net` lets it in");
            continue;
        }
        match places.clone().try_acquire_owned() {
            Ok(place) => drop(tokio::spawn(attend(stream, client, shared.clone(), place))),
            Err(_) => {
                shared.metrics.refused.add(1);
                if let Ok(place) = turned_away.clone().try_acquire_owned() {
                    tokio::spawn(turn_away(stream, shared.clone(), place));
                }
            }
        }
    }
    drop(listener);
    let all = u32::try_from(most).unwrap_or(u32::MAX);
    // Whoever is not done by then is cut off.
    let _ = timeout(limits::GRACE, places.acquire_many(all)).await;
}

async fn attend(stream: TcpStream, client: SocketAddr, shared: Arc<Shared>, _place: OwnedSemaphorePermit) {
    shared.metrics.accepted.add(1);
    let _held = Held::new(&shared.metrics, |metrics| &metrics.connections);
    // Where it cannot be set, answers come later, but they come.
    let _ = stream.set_nodelay(true);
    converse(stream, shared.clone(), client.ip()).await;
}

/// Tells a client that there are too many.
async fn turn_away(mut stream: TcpStream, shared: Arc<Shared>, _place: OwnedSemaphorePermit) {
    let (common, mut out) = (Common { mark: shared.filter.current().mark.clone(), is_last: true }, Vec::new());
    common.write_bare(503, &mut out);
    let _ = timeout(limits::FAREWELL, async {
        stream.write_all(&out).await?;
        stream.shutdown().await
    })
    .await;
}

//! What all connections of a server share.

use crate::serve::{Filter, LogOptions, Metrics, Workers};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// What the user chooses.
#[derive(Clone, Debug)]
pub(crate) struct IcapOptions {
    /// Connections at a time.
    pub(crate) connections: usize,
    /// Bytes of a preview that clients are asked for.
    pub(crate) preview: usize,
    /// A page that cannot be filtered is answered with an error, not passed.
    pub(crate) is_closed: bool,
    /// `CONNECT` to ad hosts is refused.
    pub(crate) blocks_tunnels: bool,
    /// The longest wait for the next piece of a body.
    pub(crate) body_idle: Duration,
}

/// What all connections share.
pub(crate) struct Shared {
    pub(crate) filter: Arc<Filter>,
    pub(crate) workers: Workers,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) log: LogOptions,
    pub(crate) options: IcapOptions,
    /// Becomes true when the server ends.
    pub(crate) is_ending: watch::Receiver<bool>,
}

impl Shared {
    /// Waits until the server ends.
    pub(super) async fn ending(&self) {
        let mut is_ending = self.is_ending.clone();
        // Where the sender is gone, the server has ended.
        let _ = is_ending.wait_for(|is_ending| *is_ending).await;
    }
}

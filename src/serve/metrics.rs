//! What is counted, in Prometheus' text format.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

/// A number that grows, or goes up and down.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    /// Adds to it.
    pub(crate) fn add(&self, number: u64) {
        self.0.fetch_add(number, Ordering::Relaxed);
    }

    /// Takes from it.
    pub(crate) fn take(&self, number: u64) {
        self.0.fetch_sub(number, Ordering::Relaxed);
    }

    /// What it is now.
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// One more while it lives.
#[derive(Debug)]
pub(crate) struct Held<F: Fn(&Metrics) -> &Count> {
    metrics: std::sync::Arc<Metrics>,
    which: F,
}

impl<F: Fn(&Metrics) -> &Count> Held<F> {
    /// Counts one more, until it is dropped.
    pub(crate) fn new(metrics: &std::sync::Arc<Metrics>, which: F) -> Self {
        which(metrics).add(1);
        Self { metrics: metrics.clone(), which }
    }
}

impl<F: Fn(&Metrics) -> &Count> Drop for Held<F> {
    fn drop(&mut self) {
        (self.which)(&self.metrics).take(1);
    }
}

macro_rules! metrics {
    ($($(#[doc = $about:literal])* $name:ident: $kind:ident $shown:literal,)*) => {
        /// All counts of a server. Their names are part of what users rely on.
        #[derive(Debug, Default)]
        pub(crate) struct Metrics { $($(#[doc = $about])* pub(crate) $name: Count,)* }

        impl Metrics {
            /// All counts, with what each means.
            fn rows(&self) -> Vec<(&'static str, &'static str, &'static str, u64)> {
                vec![$(($shown, stringify!($kind), concat!($($about),*).trim_ascii(), self.$name.get()),)*]
            }
        }
    };
}

metrics! {
    /// Connections of clients that are open.
    connections: gauge "connections_open",
    /// Connections of clients since the start.
    accepted: counter "connections_total",
    /// Connections turned away because too many were open, or their client may not use the proxy.
    refused: counter "connections_refused_total",
    /// Requests that were judged.
    requests: counter "requests_total",
    /// Requests that were blocked.
    blocked: counter "requests_blocked_total",
    /// Requests that the upstream did not answer in order.
    upstream_errors: counter "upstream_errors_total",
    /// Pages that are being rewritten.
    pages_open: gauge "pages_open",
    /// Pages that went through the rewriter.
    pages: counter "pages_total",
    /// Pages that came out changed.
    pages_changed: counter "pages_changed_total",
    /// Pieces of pages that were removed or emptied.
    changes: counter "changes_total",
    /// Pages that passed from some point on as they were, because rewriting them went wrong.
    pages_given_up: counter "pages_given_up_total",
    /// Bodies that broke off because they did not fit their coding, or expanded without end.
    bad_bodies: counter "bad_bodies_total",
    /// ICAP messages that broke off: malformed, too slow, or their client went away.
    bad_messages: counter "icap_messages_broken_total",
    /// Bytes of pages that went into the rewriter, as they came.
    page_bytes: counter "page_bytes_total",
    /// Tunnels that are open: hosts passed through, and upgraded connections.
    tunnels: gauge "tunnels_open",
    /// Hosts that are passed through because intercepting them failed.
    passed_hosts: gauge "passthrough_hosts",
    /// Reloads of rules and lists.
    reloads: counter "reloads_total",
    /// Reloads that failed.
    failed_reloads: counter "reloads_failed_total",
}

impl Metrics {
    /// The counts in Prometheus' text format, version 0.0.4.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for (name, kind, about, value) in self.rows() {
            let _ =
                write!(text, "# HELP adsieve_{name} {about}\n# TYPE adsieve_{name} {kind}\nadsieve_{name} {value}\n");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn counts_are_shown_with_their_meaning() {
        let metrics = Arc::new(Metrics::default());
        metrics.requests.add(3);
        let held = Held::new(&metrics, |metrics| &metrics.pages_open);
        let text = metrics.text();
        assert!(text.contains(
            "# HELP adsieve_requests_total Requests that were judged.\n# TYPE adsieve_requests_total counter\nadsieve_requests_total 3\n"
        ));
        assert!(text.contains("\nadsieve_pages_open 1\n"));
        drop(held);
        assert!(metrics.text().contains("\nadsieve_pages_open 0\n"));
    }
}

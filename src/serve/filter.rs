//! What is served: the engine with its policy and lists, made anew on a signal and swapped as a whole.

use adsieve::Engine;
use arc_swap::ArcSwap;
use std::fmt;
use std::sync::Arc;

/// An engine, and the name of what it is made of.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    /// Judges and rewrites.
    pub(crate) engine: Arc<Engine>,
    /// Another one for other rules, policies, lists and versions: marks entity tags, and is ICAP's `ISTag`. Letters and digits.
    pub(crate) mark: String,
}

type Load = Box<dyn Fn() -> Result<Loaded, String> + Send + Sync>;

/// The filter of this moment.
pub(crate) struct Filter {
    loaded: ArcSwap<Loaded>,
    load: Load,
}

impl Filter {
    /// Loads it for the first time; `load` is asked again on each reload.
    ///
    /// # Errors
    ///
    /// What `load` says.
    pub(crate) fn new(load: impl Fn() -> Result<Loaded, String> + Send + Sync + 'static) -> Result<Self, String> {
        Ok(Self { loaded: ArcSwap::from_pointee(load()?), load: Box::new(load) })
    }

    /// The filter of this moment. Whoever holds it goes on with it, whatever comes later.
    pub(crate) fn current(&self) -> Arc<Loaded> {
        self.loaded.load_full()
    }

    /// Loads it again and puts it in the place of the one before, which stays where that fails. Takes as long as a start:
    /// call it where that holds nobody up.
    ///
    /// # Errors
    ///
    /// What `load` says.
    pub(crate) fn reload(&self) -> Result<Arc<Loaded>, String> {
        let loaded = Arc::new((self.load)()?);
        self.loaded.store(loaded.clone());
        Ok(loaded)
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Filter").field("mark", &self.current().mark).finish_non_exhaustive()
    }
}

/// Reloads the filter on every SIGHUP, for as long as the future is polled. Connections go on.
#[cfg(unix)]
pub(crate) async fn reload_on_signal(filter: Arc<Filter>, metrics: Arc<super::metrics::Metrics>) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut hang_ups) = signal(SignalKind::hangup()) else { return };
    while hang_ups.recv().await.is_some() {
        let filter = filter.clone();
        let done = tokio::task::spawn_blocking(move || filter.reload()).await;
        match done.unwrap_or_else(|_| Err("loading broke off".to_owned())) {
            Ok(loaded) => {
                metrics.reloads.add(1);
                tracing::info!(mark = loaded.mark, "rules and lists reloaded");
            }
            Err(error) => {
                metrics.failed_reloads.add(1);
                tracing::error!(error, "reload failed; the rules and lists from before stay in use");
            }
        }
    }
}

/// Where there is no such signal, there is no reload.
#[cfg(not(unix))]
pub(crate) async fn reload_on_signal(_: Arc<Filter>, _: Arc<super::metrics::Metrics>) {
    std::future::pending().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU8, Ordering};

    #[test]
    fn a_reload_that_fails_leaves_what_was() {
        let turn = AtomicU8::new(0);
        let load = move || match turn.fetch_add(1, Ordering::Relaxed) {
            1 => Err("no such file".to_owned()),
            number => Ok(Loaded { engine: Arc::new(Engine::built_in()), mark: number.to_string() }),
        };
        let filter = Filter::new(load).unwrap();
        let before = filter.current();
        assert_eq!(filter.reload().unwrap_err(), "no such file");
        assert_eq!(filter.current().mark, "0");
        filter.reload().unwrap();
        assert_eq!((&*before.mark, &*filter.current().mark), ("0", "2"));
    }
}

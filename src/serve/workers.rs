//! Threads that judge and rewrite: with the stack that scripts of strangers need, as many as processors.
//!
//! A page is no thread: each of its pieces is a job of its own, so that slow servers and slow readers hold none up.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::available_parallelism;
use tokio::sync::oneshot;

/// Scripts and values are walked by recursion.
const STACK_BYTES: usize = 64 << 20;

/// The threads; clones share them.
#[derive(Clone)]
pub(crate) struct Workers {
    pool: Arc<rayon::ThreadPool>,
}

impl Workers {
    /// As many as there are processors, and two at least, so that one heavy page does not hold all others up.
    ///
    /// # Errors
    ///
    /// If the system gives no threads.
    pub(crate) fn new() -> Result<Self, rayon::ThreadPoolBuildError> {
        let count = available_parallelism().map_or(2, usize::from).max(2);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(count)
            .stack_size(STACK_BYTES)
            .thread_name(|number| format!("rewrite-{number}"))
            .build()?;
        Ok(Self { pool: Arc::new(pool) })
    }

    /// Runs the work on one of the threads; `None` if it panicked.
    pub(crate) async fn run<R: Send + 'static>(&self, work: impl FnOnce() -> R + Send + 'static) -> Option<R> {
        let (tell, told) = oneshot::channel();
        self.pool.spawn(move || {
            // Whoever asked may be gone: then nobody wants the result.
            let _ = tell.send(contained(work).ok());
        });
        told.await.ok().flatten()
    }
}

impl fmt::Debug for Workers {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Workers({})", self.pool.current_num_threads())
    }
}

/// Runs the work; a panic becomes its message. What the work had in its hands may be half done.
///
/// # Errors
///
/// The message of the panic.
pub(crate) fn contained<R>(work: impl FnOnce() -> R) -> Result<R, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|fault| message(&*fault))
}

fn message(fault: &(dyn Any + Send)) -> String {
    let text = fault.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| fault.downcast_ref::<String>().cloned()).unwrap_or_else(|| "unknown fault".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_its_own_work_only() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let workers = Workers::new().unwrap();
        assert_eq!(runtime.block_on(workers.run(|| 7)), Some(7));
        assert_eq!(runtime.block_on(workers.run(|| -> u8 { panic!("broken page") })), None);
        assert_eq!(runtime.block_on(workers.run(|| 8)), Some(8));
        assert_eq!(contained(|| -> u8 { panic!("broken {}", "page") }), Err("broken page".into()));
    }
}

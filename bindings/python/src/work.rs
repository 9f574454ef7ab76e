//! Scans documents on threads with a large stack.

use adsieve::report::{PageReport, Source, failed_report, page_report, sellers_report};
use adsieve::{Diagnostic, Engine, Registry, SavedDocument, ScanOptions, Severity, read_sellers, seller_list_kind};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

/// Trees of scripts and values are walked by recursion; only what is used costs memory.
pub(crate) const STACK_BYTES: usize = 64 << 20;

/// An engine and the threads that it works on.
pub(crate) struct Worker {
    pub(crate) engine: Arc<Engine>,
    pub(crate) registry: &'static Registry,
    threads: usize,
    pool: Mutex<Option<(u32, Arc<ThreadPool>)>>,
}

impl Worker {
    pub(crate) fn new(engine: Engine, registry: &'static Registry, threads: Option<usize>) -> Self {
        let all = || std::thread::available_parallelism().map_or(1, usize::from);
        Self { engine: Arc::new(engine), registry, threads: threads.unwrap_or_else(all).max(1), pool: Mutex::new(None) }
    }

    pub(crate) fn threads(&self) -> usize {
        self.threads
    }

    /// The threads, begun when they are first asked for. A process that was forked off has none of its parent's.
    pub(crate) fn pool(&self) -> PyResult<Arc<ThreadPool>> {
        let mut kept = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        let process = std::process::id();
        if let Some((owner, pool)) = &*kept
            && *owner == process
        {
            return Ok(Arc::clone(pool));
        }
        let name = |number| format!("adsieve-{number}");
        let pool = ThreadPoolBuilder::new().num_threads(self.threads).stack_size(STACK_BYTES).thread_name(name);
        let pool = pool.build().map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        let pool = Arc::new(pool);
        // The parent's pool waits for threads that are not here: it is let go without an end.
        std::mem::forget(kept.replace((process, Arc::clone(&pool))));
        Ok(pool)
    }

    /// Does work on one of the threads, without the interpreter.
    pub(crate) fn run<R: Send>(&self, py: Python<'_>, work: impl FnOnce(&Self) -> R + Send) -> PyResult<R> {
        let pool = self.pool()?;
        Ok(py.detach(|| pool.install(|| work(self))))
    }

    /// The report of a document: as the program's, byte for byte. `path` is what it is called there.
    pub(crate) fn report(&self, path: &str, document: &SavedDocument) -> PageReport {
        let source = Source::new(path, &document.bytes);
        let source = match &document.entry {
            Some(entry) => source.with_entry(entry),
            None => source,
        };
        // What the work had in its hands is dropped with it, and engines are immutable.
        let report = catch_unwind(AssertUnwindSafe(|| self.scanned(path, document, &source)));
        report.unwrap_or_else(|_| {
            let why = "internal error, please report it";
            failed_report(&source, &Diagnostic::new(Severity::Error, "internal-error", why))
        })
    }

    fn scanned(&self, path: &str, document: &SavedDocument, source: &Source) -> PageReport {
        // Of a file the name tells, of what stands in a container its URL.
        let name = document.url.as_deref().or(document.entry.as_deref()).unwrap_or(path);
        if let Some(kind) = seller_list_kind(name) {
            let list = read_sellers(kind, name, &document.bytes, self.registry);
            return sellers_report(&list, source, self.registry);
        }
        let name = (path != "-").then(|| path.to_owned());
        let options = ScanOptions { name, ..ScanOptions::default() };
        page_report(&self.engine.scan_document(document, &options), source)
    }

    /// The same as one line of JSON.
    pub(crate) fn json(&self, path: &str, document: &SavedDocument) -> String {
        to_json(&self.report(path, document))
    }
}

/// One line of JSON.
pub(crate) fn to_json(record: &impl serde::Serialize) -> String {
    serde_json::to_string(record).expect("records hold only strings as keys, and no writer can fail")
}

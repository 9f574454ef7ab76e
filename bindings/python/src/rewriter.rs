//! A page rewritten while it streams, and the header fields around it.

use crate::engine::Engine;
use crate::verdict::Change;
use crate::work::Worker;
use adsieve::header::{self, HeaderList};
use adsieve::{PageContext, PageJudge, RewriteOptions};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::mem::take;
use std::sync::{Arc, Mutex, PoisonError};

/// Takes bytes of the rewritten page.
type Sink = Box<dyn FnMut(&[u8]) + Send>;

/// A rewriter, and the threads that it works on.
struct Running {
    rewriter: adsieve::Rewriter<PageJudge<Arc<adsieve::Engine>>, Sink>,
    worker: Arc<Worker>,
}

/// The rewriter of one page: bytes in, bytes out.
#[pyclass(frozen, module = "adsieve")]
pub(crate) struct Rewriter {
    running: Mutex<Option<Running>>,
    out: Arc<Mutex<Vec<u8>>>,
    log: Mutex<(Vec<Change>, Vec<String>)>,
}

#[pymethods]
impl Rewriter {
    #[new]
    #[pyo3(signature = (engine, url=None, *, policy=None, handlers=false, leaked_text=false))]
    fn new(engine: &Engine, url: Option<String>, policy: Option<&str>, handlers: bool, leaked_text: bool) -> Self {
        let worker = Arc::clone(&engine.worker);
        let out = Arc::new(Mutex::new(Vec::new()));
        let held = Arc::clone(&out);
        let sink: Sink = Box::new(move |bytes| lock(&held).extend_from_slice(bytes));
        let mut options = RewriteOptions::default();
        options.handlers = handlers;
        options.leaked_text = leaked_text;
        let page = url.map_or_else(PageContext::unknown, PageContext::new);
        let mut rewriter = Arc::clone(&worker.engine).owned_rewriter(page, sink, options);
        if let Some(policy) = policy {
            rewriter = rewriter.with_policy(policy);
        }
        let running = Mutex::new(Some(Running { rewriter, worker }));
        Self { running, out, log: Mutex::default() }
    }

    /// Takes the next bytes of the page and gives what is decided.
    fn push<'py>(&self, py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let pushed = py.detach(|| {
            let mut slot = lock(&self.running);
            // After a panic nothing is left to go on with.
            let mut running = slot.take().ok_or_else(ended)?;
            let pool = running.worker.pool()?;
            *slot = Some(pool.install(|| {
                running.rewriter.write(bytes);
                running
            }));
            Ok::<_, PyErr>(take(&mut *lock(&self.out)))
        })?;
        Ok(PyBytes::new(py, &pushed))
    }

    /// Ends the page and gives what is left of it.
    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let left = py.detach(|| {
            let Running { rewriter, worker } = lock(&self.running).take().ok_or_else(ended)?;
            let pool = worker.pool()?;
            let log = pool.install(|| rewriter.end());
            let changes = log.changes.iter().map(|change| Change {
                kind: change.kind.name(),
                start: change.at.start,
                end: change.at.end,
                why: change.why.to_string(),
            });
            let problems = log.diagnostics.iter().map(|diagnostic| diagnostic.message.clone());
            *lock(&self.log) = (changes.collect(), problems.collect());
            Ok::<_, PyErr>(take(&mut *lock(&self.out)))
        })?;
        Ok(PyBytes::new(py, &left))
    }

    /// What was changed; complete after `finish`.
    #[getter]
    fn changes(&self) -> Vec<Change> {
        lock(&self.log).0.clone()
    }

    /// Where bytes passed unchanged though they might have been judged otherwise; complete after `finish`.
    #[getter]
    fn problems(&self) -> Vec<String> {
        lock(&self.log).1.clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn ended() -> PyErr {
    PyRuntimeError::new_err("the rewriter has ended: make one for each page")
}

/// Why a response must pass as it is; `None` if its body may be rewritten.
#[pyfunction]
pub(crate) fn pass_reason(method: &str, status: u16, headers: HeaderList) -> PyResult<Option<&'static str>> {
    use header::PassReason;
    match header::pass_reason(method, status, &headers) {
        None => Ok(None),
        Some(PassReason::NoBody) => Ok(Some("no-body")),
        Some(PassReason::Partial) => Ok(Some("partial")),
        Some(PassReason::NotHtml) => Ok(Some("not-html")),
        Some(PassReason::NoTransform) => Ok(Some("no-transform")),
        Some(PassReason::Coding) => Ok(Some("coding")),
        Some(PassReason::Attachment) => Ok(Some("attachment")),
        Some(other) => Err(PyValueError::new_err(format!("{other:?}"))),
    }
}

/// The header fields of a request for a page, changed so that its answer can be rewritten whole.
#[pyfunction]
#[pyo3(signature = (headers, codings, mark="adsieve"))]
pub(crate) fn mend_request(mut headers: HeaderList, codings: &str, mark: &str) -> HeaderList {
    header::mend_request(&mut headers, codings, mark);
    headers
}

/// The header fields of a response whose body is rewritten; `is_decoded` says that its content coding is undone.
#[pyfunction]
#[pyo3(signature = (headers, mark="adsieve", is_decoded=true))]
pub(crate) fn mend_response(mut headers: HeaderList, mark: &str, is_decoded: bool) -> HeaderList {
    header::mend_response(&mut headers, mark, is_decoded);
    headers
}

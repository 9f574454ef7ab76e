//! Scans many documents at a time and hands out the reports in their order.
//!
//! Some documents are taken ahead of what was asked for, so that all threads are busy and memory stays bounded.

use crate::content::Content;
use crate::document::Document;
use crate::work::Worker;
use adsieve::SavedDocument;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyTuple};
use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

/// Documents in work for each thread.
const AHEAD: usize = 4;

/// Bytes in work at most, or one document.
const AHEAD_BYTES: usize = 64 << 20;

/// Reports of many documents.
#[pyclass(frozen, module = "adsieve._native")]
pub(crate) struct Reports {
    worker: Arc<Worker>,
    state: Mutex<State>,
}

struct State {
    documents: Option<Py<PyIterator>>,
    waiting: VecDeque<(usize, Receiver<String>)>,
    bytes: usize,
    /// What the caller's iterator ended with; told when all that came before is handed out.
    fault: Option<PyErr>,
}

impl Reports {
    pub(crate) fn new(worker: Arc<Worker>, documents: &Bound<'_, PyAny>) -> PyResult<Self> {
        let documents = Some(documents.try_iter()?.unbind());
        let state = State { documents, waiting: VecDeque::new(), bytes: 0, fault: None };
        Ok(Self { worker, state: Mutex::new(state) })
    }
}

#[pymethods]
impl Reports {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<String>> {
        // Threads that share the iterator wait for one another without the interpreter.
        let mut state = py.detach(|| self.state.lock().unwrap_or_else(PoisonError::into_inner).take());
        let next = state.next(py, &self.worker);
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
        next
    }
}

impl State {
    /// Leaves an exhausted state behind.
    fn take(&mut self) -> Self {
        std::mem::replace(self, Self { documents: None, waiting: VecDeque::new(), bytes: 0, fault: None })
    }

    fn next(&mut self, py: Python<'_>, worker: &Arc<Worker>) -> PyResult<Option<String>> {
        self.take_ahead(py, worker)?;
        if let Some((bytes, report)) = self.waiting.pop_front() {
            self.bytes -= bytes;
            let report = py.detach(move || report.recv());
            return Ok(Some(report.expect("a report is sent whatever happens to the page")));
        }
        self.fault.take().map_or(Ok(None), Err)
    }

    fn take_ahead(&mut self, py: Python<'_>, worker: &Arc<Worker>) -> PyResult<()> {
        let pool = worker.pool()?;
        while self.waiting.len() < AHEAD * worker.threads() && self.bytes < AHEAD_BYTES {
            let Some(documents) = &self.documents else { break };
            let item = documents.bind(py).clone().next();
            let (path, saved) = match item.map(|item| item.and_then(|item| document_of(&item))) {
                Some(Ok(document)) => document,
                Some(Err(fault)) => {
                    (self.documents, self.fault) = (None, Some(fault));
                    break;
                }
                None => {
                    self.documents = None;
                    break;
                }
            };
            let bytes = saved.size();
            let (sender, receiver) = sync_channel(1);
            let worker = Arc::clone(worker);
            pool.spawn(move || {
                // Who waits no more has no use for it.
                let _ = sender.send(worker.json(&path, &saved));
            });
            self.bytes += bytes;
            self.waiting.push_back((bytes, receiver));
        }
        Ok(())
    }
}

/// A document, a page, or a page with its URL.
fn document_of(item: &Bound<'_, PyAny>) -> PyResult<(String, Arc<SavedDocument>)> {
    if let Ok(document) = item.cast::<Document>() {
        let document = document.get();
        return Ok((document.path.clone(), Arc::clone(&document.saved)));
    }
    let (content, url) = match item.cast::<PyTuple>() {
        Ok(pair) if pair.len() == 2 => (pair.get_item(0)?.extract()?, pair.get_item(1)?.extract()?),
        Ok(_) => return Err(PyTypeError::new_err("a tuple of a page holds the page and its URL")),
        Err(_) => (item.extract::<Content>()?, None),
    };
    let mut saved = SavedDocument::new(content.bytes);
    saved.url = url;
    saved.content_type = content.is_text.then(|| "utf-8".to_owned());
    Ok(("-".to_owned(), Arc::new(saved)))
}

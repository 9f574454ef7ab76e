//! Opens files and streams, and hands out the documents in them one by one.
//!
//! A thread of its own reads ahead by a few documents and then waits: memory stays bounded, and decompression goes on
//! beside the scanning.

use crate::document::Document;
use crate::settings::cannot_read;
use adsieve::{
    Diagnostic, ReadOptions, SavedDocument, is_container, is_page_name, is_saved_folder, read_documents,
    read_seekable_documents, seller_list_kind,
};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

/// Documents that are read ahead.
const READ_AHEAD: usize = 4;

/// Bytes that tell a container.
const HEAD_BYTES: u64 = 4 << 10;

/// Bytes that a Python stream is asked for at a time.
const STREAM_BYTES: usize = 1 << 20;

/// A document, or why there is none.
pub(crate) type Item = Result<SavedDocument, String>;

/// The documents of a file or stream.
#[pyclass(frozen, module = "adsieve._native")]
pub(crate) struct Documents {
    #[pyo3(get)]
    path: String,
    items: Mutex<Receiver<Item>>,
    problems: Mutex<Vec<String>>,
}

impl Documents {
    /// The next document; what could not be read is noted. Called without the interpreter.
    pub(crate) fn next_saved(&self) -> Option<SavedDocument> {
        let items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match items.recv().ok()? {
                Ok(document) => return Some(document),
                Err(problem) => self.problems.lock().unwrap_or_else(PoisonError::into_inner).push(problem),
            }
        }
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }
}

#[pymethods]
impl Documents {
    /// Opens a path, or a stream with a method `read(size)`.
    #[new]
    #[pyo3(signature = (source, name=None, *, html_field=None, text_field=None))]
    fn new(
        source: &Bound<'_, PyAny>,
        name: Option<String>,
        html_field: Option<String>,
        text_field: Option<String>,
    ) -> PyResult<Self> {
        let options = ReadOptions::default().with_html_field(html_field).with_text_field(text_field);
        let (sender, receiver) = sync_channel(READ_AHEAD);
        let path = if source.hasattr("read")? {
            let path = name.unwrap_or_else(|| "-".to_owned());
            let reader = BufReader::with_capacity(STREAM_BYTES, Stream(source.clone().unbind()));
            let name = path.clone();
            start(move || {
                let _ = read_documents(reader, &name, &options, &mut |item| send(&sender, item));
            });
            path
        } else {
            let file: PathBuf = source.extract()?;
            let path = name.unwrap_or_else(|| file.to_string_lossy().into_owned());
            let opened = File::open(&file).and_then(|open| open.metadata().map(|metadata| (open, metadata.len())));
            let (open, length) = opened.map_err(|error| cannot_read(&file, &error))?;
            start(move || feed_file(open, length, &file, &options, &sender));
            path
        };
        Ok(Self { path, items: Mutex::new(receiver), problems: Mutex::default() })
    }

    /// What could not be read so far.
    #[getter]
    fn problems(&self) -> Vec<String> {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__(&self, py: Python<'_>) -> Option<Document> {
        let saved = py.detach(|| self.next_saved())?;
        Some(Document { path: self.path.clone(), saved: Arc::new(saved) })
    }
}

/// Readers of containers go by recursion, too.
fn start(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().name("adsieve-read".into()).stack_size(crate::work::STACK_BYTES);
    // Without the thread the channel is closed at once: there are no documents.
    let _ = thread.spawn(work);
}

fn send(sender: &SyncSender<Item>, item: Result<SavedDocument, Diagnostic>) -> ControlFlow<()> {
    // Who takes no more has ended the reading.
    match sender.send(item.map_err(|fault| fault.message)) {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    }
}

/// As the program reads a file that is named: a container as a stream, a page with what was saved beside it.
fn feed_file(mut open: File, length: u64, path: &Path, options: &ReadOptions, sender: &SyncSender<Item>) {
    let name = path.to_string_lossy();
    let mut head = Vec::new();
    let read = open.by_ref().take(HEAD_BYTES).read_to_end(&mut head).and_then(|_| open.rewind());
    let is_list = seller_list_kind(&name).is_some();
    let is_stream = is_container(&head, &name, options) || length > options.document_bytes as u64;
    if read.is_ok() && is_stream && !is_list {
        let _ = read_seekable_documents(open, &name, options, &mut |item| send(sender, item));
        return;
    }
    let mut bytes = Vec::new();
    let document = match read.and_then(|()| open.read_to_end(&mut bytes)) {
        Ok(_) => Ok(SavedDocument::new(bytes).with_saved_folder(path, options)),
        Err(error) => Err(format!("{}: {error}", path.display())),
    };
    let _ = sender.send(document);
}

/// A Python object with a method `read(size)` that gives bytes.
struct Stream(Py<PyAny>);

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = |py: Python<'_>| -> PyResult<usize> {
            let bytes = self.0.bind(py).call_method1("read", (into.len(),))?;
            let bytes = bytes.cast::<PyBytes>()?.as_bytes();
            let length = bytes.len().min(into.len());
            into[..length].copy_from_slice(&bytes[..length]);
            Ok(length)
        };
        // An interpreter that is ending reads nothing more.
        match Python::try_attach(read) {
            Some(read) => read.map_err(|error| io::Error::other(error.to_string())),
            None => Ok(0),
        }
    }
}

/// Does a file of that name hold pages, or a list of sellers?
#[pyfunction]
pub(crate) fn is_wanted_name(name: &str) -> bool {
    is_page_name(name) || seller_list_kind(name).is_some()
}

/// The names of a folder, sorted, without those that belong to a page beside them.
#[pyfunction]
pub(crate) fn names_of_folder(mut names: Vec<String>) -> Vec<String> {
    names.sort_unstable();
    let is_beside = |name: &str| names.binary_search_by(|known| known.as_str().cmp(name)).is_ok();
    let is_kept: Vec<bool> = names.iter().map(|name| !is_saved_folder(name, is_beside)).collect();
    names.into_iter().zip(is_kept).filter_map(|(name, is_kept)| is_kept.then_some(name)).collect()
}

//! One page, script or text, alone or out of a container.

use crate::content::Content;
use adsieve::SavedDocument;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::sync::Arc;

/// One page, script or text with its bytes as they were saved, and what was saved with it.
#[pyclass(frozen, module = "adsieve")]
pub(crate) struct Document {
    /// The path of the file that it comes from, `-` where there is none.
    #[pyo3(get)]
    pub(crate) path: String,
    pub(crate) saved: Arc<SavedDocument>,
}

#[pymethods]
impl Document {
    #[new]
    #[pyo3(signature = (content, url=None, *, path="-".to_owned(), content_type=None))]
    fn new(content: Content, url: Option<String>, path: String, content_type: Option<String>) -> Self {
        let mut saved = SavedDocument::new(content.bytes);
        saved.url = url;
        saved.content_type = if content.is_text { Some("utf-8".into()) } else { content_type };
        Self { path, saved: Arc::new(saved) }
    }

    /// Its name or URL inside the container.
    #[getter]
    fn entry(&self) -> Option<&str> {
        self.saved.entry.as_deref()
    }

    /// Its own URL, where that is known.
    #[getter]
    fn url(&self) -> Option<&str> {
        self.saved.url.as_deref()
    }

    /// The `Content-Type` that was saved with it.
    #[getter]
    fn content_type(&self) -> Option<&str> {
        self.saved.content_type.as_deref()
    }

    /// The container: `warc`, `har`, …; `None` for a plain file.
    #[getter]
    fn container(&self) -> Option<&'static str> {
        self.saved.archive.map(adsieve::Archive::name)
    }

    /// Its own bytes, after any decompression.
    #[getter]
    fn content<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.saved.bytes)
    }

    /// What could not be read of it.
    #[getter]
    fn problems(&self) -> Vec<String> {
        self.saved.diagnostics.iter().map(|diagnostic| diagnostic.message.clone()).collect()
    }

    fn __len__(&self) -> usize {
        self.saved.bytes.len()
    }

    fn __repr__(&self) -> String {
        let name = self.saved.url.as_deref().or(self.saved.entry.as_deref()).unwrap_or(&self.path);
        format!("<Document {name:?}, {} bytes>", self.saved.bytes.len())
    }
}

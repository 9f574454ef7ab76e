//! The engine as Python sees it.

use crate::columns::{TextColumn, Texts};
use crate::content::Content;
use crate::document::Document;
use crate::fill::{Batches, Filled};
use crate::many::Reports;
use crate::open::Documents;
use crate::settings::Settings;
use crate::verdict::{Cleaned, RequestVerdict, ScriptVerdict};
use crate::work::Worker;
use adsieve::report::{PageReport, Render, Table};
use adsieve::{CleanOptions, PageContext, Request, RequestKind, SavedDocument, What};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rayon::prelude::*;
use std::path::PathBuf;
use std::sync::Arc;

/// Rules, filter lists and policy, compiled. May be used by many threads at a time.
#[pyclass(frozen, subclass, module = "adsieve._native")]
pub(crate) struct Engine {
    pub(crate) worker: Arc<Worker>,
}

#[pymethods]
impl Engine {
    #[new]
    #[pyo3(signature = (rules=vec![], filter_lists=vec![], *, trusted_lists=vec![], policy=vec![], cache=None, threads=None))]
    fn new(
        py: Python<'_>,
        rules: Vec<PathBuf>,
        filter_lists: Vec<PathBuf>,
        trusted_lists: Vec<PathBuf>,
        policy: Vec<PathBuf>,
        cache: Option<PathBuf>,
        threads: Option<usize>,
    ) -> PyResult<Self> {
        let settings = Settings { rules, filter_lists, trusted_lists, policy, cache };
        let (engine, registry) = py.detach(|| settings.engine())?;
        Ok(Self { worker: Arc::new(Worker::new(engine, registry, threads)) })
    }

    /// Threads that work at a time.
    #[getter]
    fn threads(&self) -> usize {
        self.worker.threads()
    }

    /// Lines of the filter lists that are not used, and why.
    #[getter]
    fn list_mistakes(&self) -> Vec<String> {
        let lists = self.worker.engine.lists();
        let mistakes = lists.iter().flat_map(|lists| lists.mistakes());
        mistakes.map(|one| format!("{}:{}: {}: {}", one.list, one.line, one.message, one.text)).collect()
    }

    /// The report of a document, as JSON.
    fn report(&self, py: Python<'_>, document: &Document) -> PyResult<String> {
        let (path, saved) = (document.path.as_str(), &*document.saved);
        self.worker.run(py, |worker| worker.json(path, saved))
    }

    /// Reports of many documents, in their order.
    fn reports(&self, documents: &Bound<'_, PyAny>) -> PyResult<Reports> {
        Reports::new(Arc::clone(&self.worker), documents)
    }

    /// Columns of the pages in a source, batch by batch.
    fn batches(&self, documents: Py<Documents>, first_page: i64, rows: usize) -> Batches {
        Batches::new(Arc::clone(&self.worker), documents, first_page, rows)
    }

    /// Columns of the pages in a column; a null page gives a row of nulls.
    fn scan_column(
        &self,
        py: Python<'_>,
        pages: TextColumn,
        urls: Option<TextColumn>,
        first_page: i64,
    ) -> PyResult<Filled> {
        let filled = self.worker.run(py, |worker| {
            let pages = pages.texts()?;
            let urls = urls.as_ref().map(TextColumn::texts).transpose()?;
            let reports: Vec<Option<PageReport>> = (0..pages.len())
                .into_par_iter()
                .map(|row| {
                    let mut document = SavedDocument::new(pages.get(row)?.to_vec());
                    let url = urls.as_ref().and_then(|urls| urls.get(row));
                    document.url = url.map(|url| String::from_utf8_lossy(url).into_owned());
                    document.content_type = pages.is_text.then(|| "utf-8".to_owned());
                    Some(worker.report("-", &document))
                })
                .collect();
            Filled::of(&reports, first_page)
        })?;
        filled.map_err(PyValueError::new_err)
    }

    /// A column of texts without leaked ad code, and how many cuts each took.
    fn clean_column<'py>(&self, py: Python<'py>, column: TextColumn) -> PyResult<CleanedColumn<'py>> {
        let cleaned = self.worker.run(py, |worker| Ok(clean_texts(&worker.engine, &column.texts()?)))?;
        let (offsets, data, cuts) = cleaned.map_err(|error: String| PyValueError::new_err(error))?;
        Ok((PyBytes::new(py, &offsets), PyBytes::new(py, &data), cuts))
    }

    /// A text without the ad code that has leaked into it.
    #[pyo3(signature = (text, *, what="ad", force=false))]
    fn clean(&self, py: Python<'_>, text: Content, what: &str, force: bool) -> PyResult<Cleaned> {
        let options = clean_options(what, force)?;
        let Ok(text) = String::from_utf8(text.bytes) else {
            return Err(PyValueError::new_err("the text is not in UTF-8; decode it first"));
        };
        self.worker.run(py, |worker| Cleaned::new(&worker.engine.clean_text_with(&text, options)))
    }

    /// A page without ad scripts, ad markup and leaked ad code.
    #[pyo3(signature = (page, url=None, *, what="ad", force=false))]
    fn clean_page<'py>(
        &self,
        py: Python<'py>,
        page: Content,
        url: Option<String>,
        what: &str,
        force: bool,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let options = clean_options(what, force)?;
        let left = self.worker.run(py, |worker| worker.engine.clean_page(&page.bytes, url.as_deref(), options).0)?;
        Ok(PyBytes::new(py, &left))
    }

    /// May a request go out?
    #[pyo3(signature = (url, source_url="", kind="other", method=""))]
    fn check_request(&self, url: &str, source_url: &str, kind: &str, method: &str) -> PyResult<RequestVerdict> {
        let Some(kind) = RequestKind::of_name(kind) else {
            let known = RequestKind::all_names().collect::<Vec<_>>().join(", ");
            return Err(PyValueError::new_err(format!("unknown kind `{kind}`; the kinds are {known}")));
        };
        // A verdict takes microseconds: letting go of the interpreter would take longer.
        Ok(self.worker.engine.check_request(&Request { url, source_url, kind, method }).into())
    }

    /// What of an inline script serves ads?
    #[pyo3(signature = (code, page_url=None))]
    fn check_script(&self, py: Python<'_>, code: String, page_url: Option<String>) -> PyResult<ScriptVerdict> {
        let page = page_url.map_or_else(PageContext::unknown, PageContext::new);
        self.worker.run(py, |worker| ScriptVerdict::new(&code, &worker.engine.check_script(&code, &page)))
    }
}

/// Offsets of 64 bits, texts, and the number of cuts where there is a text.
type CleanedColumn<'py> = (Bound<'py, PyBytes>, Bound<'py, PyBytes>, Vec<Option<u32>>);

/// Cleans the texts on all threads and lays them out as a column.
fn clean_texts(engine: &adsieve::Engine, texts: &Texts<'_>) -> (Vec<u8>, Vec<u8>, Vec<Option<u32>>) {
    let clean = |row| {
        let text = String::from_utf8_lossy(texts.get(row)?);
        let cleaned = engine.clean_text(&text);
        Some((cleaned.text.into_owned(), u32::try_from(cleaned.cuts.len()).unwrap_or(u32::MAX)))
    };
    let cleaned: Vec<Option<(String, u32)>> = (0..texts.len()).into_par_iter().map(clean).collect();
    let (mut offsets, mut data) = (0_i64.to_le_bytes().to_vec(), Vec::new());
    for text in &cleaned {
        data.extend_from_slice(text.as_ref().map_or(&[][..], |(text, _)| text.as_bytes()));
        offsets.extend_from_slice(&i64::try_from(data.len()).unwrap_or(i64::MAX).to_le_bytes());
    }
    (offsets, data, cleaned.iter().map(|text| text.as_ref().map(|(_, cuts)| *cuts)).collect())
}

fn clean_options(what: &str, force: bool) -> PyResult<CleanOptions> {
    let what = match what {
        "ad" => What::Ad,
        "code" => What::Code,
        other => return Err(PyValueError::new_err(format!("`what` is \"ad\" or \"code\", not {other:?}"))),
    };
    Ok(CleanOptions::default().with_what(what).with_force(force))
}

/// A page report, which came as JSON, as the table of the program.
#[pyfunction]
#[pyo3(signature = (report, width=120, problems=false))]
pub(crate) fn table_of(report: &str, width: usize, problems: bool) -> PyResult<String> {
    let page: PageReport = serde_json::from_str(report).map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(Table::new(width).with_problems(problems).page(&page))
}

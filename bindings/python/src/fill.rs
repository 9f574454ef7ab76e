//! Fills columns with the reports of pages, for pyarrow to take.

use crate::columns::{Column, Columns, Offsets};
use crate::open::Documents;
use crate::work::Worker;
use adsieve::report::{ColumnKind, PageReport, TABLES, columns, fill_tables};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Bytes of text in a batch, after which the next one begins.
const BATCH_BYTES: usize = 16 << 20;

/// Tables of some pages.
pub(crate) struct Filled {
    tables: [Columns; 6],
    /// How far each table reaches after each page.
    ends: [Offsets; 6],
    pages: usize,
}

impl Filled {
    fn new() -> Self {
        Self { tables: TABLES.map(Columns::new), ends: TABLES.map(|_| Offsets::new()), pages: 0 }
    }

    /// The rows of these pages.
    pub(crate) fn of(reports: &[Option<PageReport>], first_page: i64) -> Result<Self, String> {
        let mut filled = Self::new();
        for (number, report) in (first_page..).zip(reports) {
            filled.add(number, report.as_ref());
        }
        let is_over = filled.tables.iter().any(Columns::is_over);
        if is_over {
            Err("the result is larger than a batch can be; scan fewer rows at a time".into())
        } else {
            Ok(filled)
        }
    }

    fn add(&mut self, number: i64, report: Option<&PageReport>) {
        match report {
            Some(report) => fill_tables(&mut self.tables, number, report),
            None => self.tables[0].null_row(),
        }
        for (ends, table) in self.ends.iter_mut().zip(&self.tables) {
            ends.push(table.rows);
        }
        self.pages += 1;
    }

    fn bytes(&self) -> usize {
        self.tables.iter().map(|table| table.bytes).sum()
    }
}

impl<'py> IntoPyObject<'py> for Filled {
    type Target = PyDict;
    type Output = Bound<'py, PyDict>;
    type Error = PyErr;

    /// `{table: (rows, ends, [(nulls, buffers of the column)])}`.
    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let all = PyDict::new(py);
        for ((name, table), ends) in TABLES.iter().zip(self.tables).zip(self.ends) {
            let columns = PyList::empty(py);
            for column in table.columns {
                columns.append(buffers(py, column)?)?;
            }
            all.set_item(name, (table.rows, PyBytes::new(py, &ends.bytes), columns))?;
        }
        Ok(all)
    }
}

fn buffers<'py>(py: Python<'py>, column: Column) -> PyResult<Bound<'py, PyAny>> {
    let bytes = |bytes: Vec<u8>| PyBytes::new(py, &bytes);
    let buffers = match column {
        Column::Text { valid, offsets, data } => {
            (valid.nulls, bytes(valid.bytes), bytes(offsets.bytes), bytes(data)).into_pyobject(py)?.into_any()
        }
        Column::Number { valid, values } => {
            (valid.nulls, bytes(valid.bytes), bytes(values)).into_pyobject(py)?.into_any()
        }
        Column::List { offsets, count, items, data } => {
            (count, bytes(offsets.bytes), bytes(items.bytes), bytes(data)).into_pyobject(py)?.into_any()
        }
    };
    Ok(buffers)
}

/// The columns of each table: `{table: [(name, "text" | "json" | "number" | "list")]}`.
#[pyfunction]
pub(crate) fn table_columns(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let all = PyDict::new(py);
    for table in TABLES {
        let named: Vec<_> = columns(table).iter().map(|(name, kind)| (*name, kind_name(*kind))).collect();
        all.set_item(table, named)?;
    }
    Ok(all)
}

fn kind_name(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text => "text",
        ColumnKind::Json => "json",
        ColumnKind::Number => "number",
        ColumnKind::List => "list",
    }
}

/// Columns of the pages in a source, batch by batch: one thread scans, for those who bring their own parallelism.
#[pyclass(frozen, module = "adsieve._native")]
pub(crate) struct Batches {
    worker: Arc<Worker>,
    documents: Py<Documents>,
    next_page: AtomicI64,
    rows: usize,
}

impl Batches {
    pub(crate) fn new(worker: Arc<Worker>, documents: Py<Documents>, first_page: i64, rows: usize) -> Self {
        Self { worker, documents, next_page: AtomicI64::new(first_page), rows: rows.max(1) }
    }
}

#[pymethods]
impl Batches {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Filled>> {
        let documents = self.documents.get();
        let filled = self.worker.run(py, |worker| {
            let mut filled = Filled::new();
            while filled.pages < self.rows && filled.bytes() < BATCH_BYTES {
                let Some(saved) = documents.next_saved() else { break };
                let number = self.next_page.fetch_add(1, Ordering::Relaxed);
                filled.add(number, Some(&worker.report(documents.path(), &saved)));
            }
            filled
        })?;
        if filled.tables.iter().any(Columns::is_over) {
            return Err(PyValueError::new_err("a page's report is larger than a batch can be"));
        }
        Ok((filled.pages > 0).then_some(filled))
    }
}

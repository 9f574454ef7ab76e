//! Where readers of containers put what they read, and what they are allowed.

use super::saved::short;
use super::{Archive, SavedDocument};
use crate::base::{Diagnostic, Severity};
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// What a caller may say about reading containers.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReadOptions {
    /// The field or column that holds pages, in JSONL and CSV; without it some usual names are tried.
    pub html_field: Option<String>,
    /// Bytes of one page or script; what is longer is cut.
    pub document_bytes: usize,
    /// Bytes of the scripts and frames that were saved with one page; more are left out.
    pub resource_bytes: usize,
    /// How many bytes one compressed byte may stand for, beyond the first 64 MiB.
    pub expansion: u64,
    /// Levels of containers and compressions inside one another.
    pub nesting: u32,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { html_field: None, document_bytes: 64 << 20, resource_bytes: 64 << 20, expansion: 250, nesting: 6 }
    }
}

impl ReadOptions {
    /// The same options with the name of the field that holds pages.
    #[must_use]
    pub fn with_html_field(self, name: Option<String>) -> Self {
        Self { html_field: name, ..self }
    }
}

/// What a caller does with a document, or with the news that something could not be read.
pub(super) type Take<'t> = dyn FnMut(Result<SavedDocument, Diagnostic>) -> ControlFlow<()> + 't;

/// Takes what is read.
pub(super) struct Sink<'t> {
    take: &'t mut Take<'t>,
    pub(super) options: &'t ReadOptions,
    /// The names of the containers' entries around the current place, the outermost first.
    path: Vec<String>,
    /// Documents and diagnostics taken so far.
    pub(super) taken: u64,
    faults: u32,
    level: u32,
    /// Pages that a container's own list promises and that have not come yet.
    expected: BTreeSet<String>,
}

/// Faults of one input that are told one by one: every line of a file may be broken.
const MAX_FAULTS: u32 = 1000;

impl<'t> Sink<'t> {
    pub(super) fn new(take: &'t mut Take<'t>, options: &'t ReadOptions) -> Self {
        Self { take, options, path: Vec::new(), taken: 0, faults: 0, level: 0, expected: BTreeSet::new() }
    }

    /// Enters a container or compression; `false` if that is one too many.
    pub(super) fn go_in(&mut self) -> bool {
        self.level += 1;
        self.level <= self.options.nesting
    }

    /// Leaves it.
    pub(super) fn go_out(&mut self) {
        self.level -= 1;
    }

    /// Enters an entry of a container.
    pub(super) fn enter(&mut self, name: &str) {
        self.path.push(name.to_owned());
    }

    /// Leaves it.
    pub(super) fn leave(&mut self) {
        self.path.pop();
    }

    /// Says which pages a container promises to hold.
    pub(super) fn expect(&mut self, urls: BTreeSet<String>) {
        self.expected = urls;
    }

    /// Says of each promised page that did not come that it is missing.
    pub(super) fn miss_expected(&mut self) -> ControlFlow<()> {
        for url in std::mem::take(&mut self.expected) {
            self.lost("page-missing", format!("{} is listed as a page, but no record holds it", short(&url)))?;
        }
        ControlFlow::Continue(())
    }

    /// Hands a document on.
    pub(super) fn document(&mut self, document: SavedDocument) -> ControlFlow<()> {
        self.taken += 1;
        if let Some(url) = document.url.as_deref().filter(|_| !self.expected.is_empty()) {
            self.expected.remove(url);
        }
        let entry = self.entry(document.entry.as_deref());
        (self.take)(Ok(SavedDocument { entry, ..document }))
    }

    /// Says that something could not be read at all.
    pub(super) fn fault(&mut self, fault: Diagnostic) -> ControlFlow<()> {
        self.taken += 1;
        self.faults += 1;
        if self.faults > MAX_FAULTS {
            return ControlFlow::Continue(());
        }
        let is_last = self.faults == MAX_FAULTS;
        let fault = if is_last { Diagnostic { message: "more could not be read".into(), ..fault } } else { fault };
        let message = match self.entry(None) {
            Some(entry) => format!("{entry}: {}", fault.message),
            None => fault.message,
        };
        (self.take)(Err(Diagnostic { message, ..fault }))
    }

    /// As [`fault`](Self::fault), from a code and words.
    pub(super) fn lost(&mut self, code: &'static str, message: impl Into<String>) -> ControlFlow<()> {
        self.fault(Diagnostic::new(Severity::Error, code, message))
    }

    /// Says that a container holds nothing that could be read.
    pub(super) fn nothing_in(&mut self, archive: Archive) -> ControlFlow<()> {
        self.lost("container-empty", format!("no page or script in this {} could be read", archive.name()))
    }

    fn entry(&self, last: Option<&str>) -> Option<String> {
        let names: Vec<&str> = self.path.iter().map(String::as_str).chain(last).collect();
        (!names.is_empty()).then(|| names.join(": "))
    }
}

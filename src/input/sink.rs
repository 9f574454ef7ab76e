//! Where readers of containers put what they read.

use super::crawl::{Crawl, Record};
use super::media::Media;
use super::read_options::ReadOptions;
use super::revisits::Revisits;
use super::saved::short;
use super::{Archive, SavedDocument};
use crate::base::{Diagnostic, Severity};
use std::collections::BTreeSet;
use std::ops::ControlFlow;

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
    /// Records of a crawl, which are joined to pages.
    crawl: Crawl,
    /// Are several files one crawl?
    is_one_crawl: bool,
    revisits: Revisits,
}

/// Faults of one input that are told one by one: every line of a file may be broken.
const MAX_FAULTS: u32 = 1000;

impl<'t> Sink<'t> {
    pub(super) fn new(take: &'t mut Take<'t>, options: &'t ReadOptions) -> Self {
        Self {
            take,
            options,
            path: Vec::new(),
            taken: 0,
            faults: 0,
            level: 0,
            expected: BTreeSet::new(),
            crawl: Crawl::default(),
            is_one_crawl: false,
            revisits: Revisits::default(),
        }
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

    /// Begins a crawl of several files.
    pub(super) fn begin_crawl(&mut self) {
        self.is_one_crawl = true;
    }

    /// Says which pages a container promises to hold.
    pub(super) fn expect(&mut self, urls: BTreeSet<String>) {
        self.crawl.list(&urls);
        self.expected = urls;
    }

    /// What the records of the crawl tell of one another.
    pub(super) fn crawl(&mut self) -> &mut Crawl {
        &mut self.crawl
    }

    /// Takes a record of a crawl: it is handed on with what belongs to it, or as part of its page.
    pub(super) fn record(&mut self, mut record: Record) -> ControlFlow<()> {
        let digest = record.digest.as_deref();
        if self.revisits.is_second {
            let found = digest.filter(|_| record.has_body).map(|digest| self.revisits.found(digest, &record.document));
            return self.hand_on(found.unwrap_or_default());
        }
        self.taken += u64::from(record.media != Media::Other);
        record.document.entry = self.entry(record.document.entry.as_deref());
        match digest {
            Some(digest) if record.media == Media::Page && record.has_body => self.revisits.know(digest),
            Some(digest) if record.media == Media::Page => {
                let url = record.document.url.clone().unwrap_or_default();
                match self.revisits.want(digest, record.document) {
                    Some(document) => record.document = document,
                    None => {
                        self.expected.remove(&url);
                        return ControlFlow::Continue(());
                    }
                }
            }
            _ => {}
        }
        self.crawl.add(record, self.options);
        let ready = self.crawl.take_ready();
        self.hand_on(ready)
    }

    /// Ends the records of one file.
    pub(super) fn end_records(&mut self) -> ControlFlow<()> {
        if self.is_one_crawl { ControlFlow::Continue(()) } else { self.end_crawl() }
    }

    /// Ends a crawl: what waits is handed on.
    pub(super) fn end_crawl(&mut self) -> ControlFlow<()> {
        self.is_one_crawl = false;
        self.crawl.end(self.options);
        let ready = self.crawl.take_ready();
        self.hand_on(ready)
    }

    /// Does a page wait for a body that only a second reading can bring?
    pub(super) fn wants_second_reading(&self) -> bool {
        self.revisits.is_wanted()
    }

    /// From now on the same input comes again.
    pub(super) fn begin_second_reading(&mut self) {
        self.revisits.is_second = true;
    }

    /// Ends the reading: pages whose body did not come say so.
    pub(super) fn end(&mut self) -> ControlFlow<()> {
        let mut left = self.revisits.take_left();
        for page in &mut left {
            let url = page.url.clone().unwrap_or_default();
            page.miss_body(&url);
        }
        self.hand_on(left)
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
        if self.revisits.is_second {
            return ControlFlow::Continue(());
        }
        self.taken += 1;
        let entry = self.entry(document.entry.as_deref());
        self.hand_on(vec![SavedDocument { entry, ..document }])
    }

    fn hand_on(&mut self, documents: Vec<SavedDocument>) -> ControlFlow<()> {
        for document in documents {
            if let Some(url) = document.url.as_deref().filter(|_| !self.expected.is_empty()) {
                self.expected.remove(url);
            }
            (self.take)(Ok(document))?;
        }
        ControlFlow::Continue(())
    }

    /// Says that something could not be read at all.
    pub(super) fn fault(&mut self, fault: Diagnostic) -> ControlFlow<()> {
        if self.revisits.is_second {
            return ControlFlow::Continue(());
        }
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

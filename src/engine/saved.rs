//! The scripts and frames that were saved with a page take their places in it.
//!
//! In: the parts of the page, and the texts that its container held. Out: external scripts with their code,
//! run in page order (deferred ones after it), frames as parts of the page, and what the browser loaded though
//! no markup names it. Each resource is taken once, so frames in circles end.

use super::page_run::PageRun;
use super::scan::ScriptRecord;
use crate::base::{Diagnostic, Evidence, OffsetMap, Severity, Span};
use crate::input::{Document, ResourceKind, SavedRequestKind};
use crate::page::{Part, Request, RequestKind, Script, ScriptKind};
use std::borrow::Cow;

impl<'s> PageRun<'s> {
    /// Gives external scripts the code that was saved for them.
    pub(super) fn fill_in(&mut self, parts: &mut [Part<'s>]) {
        for part in parts {
            let Part::Script(script) = part else { continue };
            let Some(src) = script.src.as_deref().filter(|_| script.kind == ScriptKind::External) else { continue };
            if let Some(index) = self.document.resources.find(src) {
                self.taken.insert(index);
                self.give_code(script, index);
            }
        }
    }

    fn give_code(&self, script: &mut Script<'s>, index: usize) {
        let range = self.document.resources.all()[index].range.clone();
        script.offsets = OffsetMap::verbatim(range.start);
        script.text = Cow::Borrowed(&self.document.text[range]);
        script.is_saved = true;
    }

    /// Takes in the frame that a request names, if it was saved.
    pub(super) fn take_frame(&mut self, request: &Request) {
        if request.kind != RequestKind::Frame || self.document.resources.all().is_empty() {
            return;
        }
        if let Some(index) = self.document.resources.find(&request.url) {
            self.take_markup_of(index);
        }
    }

    fn take_markup_of(&mut self, index: usize) {
        if self.depth >= self.engine.limits.nesting || !self.taken.insert(index) {
            return;
        }
        self.depth += 1;
        let frame = &self.document.resources.all()[index];
        let url = frame.url.contains("://").then_some(&*frame.url);
        // One level down: its scripts run in the frame, not in the page.
        let mut page = self.engine.splitter.split_range(&self.document.text, frame.range.clone(), url, 1);
        self.fill_in(&mut page.parts);
        let reached = self.reached(&page.parts);
        self.reached.extend(reached);
        self.take_parts(page.parts, None);
        self.depth -= 1;
    }

    /// Runs the saved scripts that wait until the page was read.
    pub(super) fn run_deferred(&mut self) {
        for (script, index) in std::mem::take(&mut self.deferred) {
            self.evaluate(script, index, Evidence::Evaluated);
        }
    }

    /// Takes in what the browser loaded for the page though its markup does not name it: other scripts did.
    pub(super) fn take_unnamed(&mut self) {
        for (index, resource) in self.document.resources.all().iter().enumerate() {
            if !resource.is_loaded || self.taken.contains(&index) {
                continue;
            }
            if resource.kind == ResourceKind::Frame {
                self.take_markup_of(index);
                continue;
            }
            self.taken.insert(index);
            let mut script = loaded_script(&resource.url);
            self.give_code(&mut script, index);
            let matters = self.matters(&script);
            self.take_script(self.kept.scripts.alloc(script), matters);
        }
    }

    /// Adds the requests that a recording of the visit saw; what the markup names too has its place there.
    pub(super) fn note_requests(&mut self) {
        let seen = self.document.requests.iter().map(|request| Request {
            url: request.url.clone(),
            kind: request_kind(request.kind),
            span: Span::default(),
        });
        self.seen.requests.extend(seen);
    }
}

/// SingleFile leaves scripts out unless it is told otherwise, and leaves a comment of its own.
pub(super) fn scripts_removed(document: &Document<'_>, scripts: &[ScriptRecord]) -> Option<Diagnostic> {
    const LOOKED_AT: usize = 4 << 10;
    let head = &document.text[..document.text.floor_char_boundary(LOOKED_AT)];
    let has_code = || scripts.iter().any(|script| matches!(script.kind, ScriptKind::Inline | ScriptKind::External));
    let message = "SingleFile has left the scripts out: what they would do cannot be seen";
    let is_removed = head.contains("Page saved with SingleFile") && !has_code();
    is_removed.then(|| Diagnostic::new(Severity::Warning, "scripts-removed", message))
}

/// A script that stands nowhere in the page.
fn loaded_script<'s>(url: &str) -> Script<'s> {
    Script {
        kind: ScriptKind::External,
        span: Span::default(),
        text: Cow::Borrowed(""),
        offsets: OffsetMap::empty(),
        src: Some(url.to_owned()),
        is_saved: true,
        is_module: false,
        is_async: true,
        is_deferred: false,
        held_back: None,
        id: None,
        depth: 0,
    }
}

fn request_kind(kind: SavedRequestKind) -> RequestKind {
    match kind {
        SavedRequestKind::Script => RequestKind::Script,
        SavedRequestKind::Image => RequestKind::Image,
        SavedRequestKind::Frame => RequestKind::Frame,
        SavedRequestKind::Style => RequestKind::Style,
        SavedRequestKind::Media => RequestKind::Media,
        SavedRequestKind::Fetch => RequestKind::Fetch,
        SavedRequestKind::Font => RequestKind::Font,
    }
}

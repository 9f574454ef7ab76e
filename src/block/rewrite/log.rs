//! What the rewriter has done, and what it has left undone.

use crate::base::{Diagnostic, Place, Severity, Span};
use crate::block::Why;
use std::sync::Arc;

/// What became of a page.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Rewritten {
    /// What was changed, in order of the places.
    pub changes: Vec<Change>,
    /// Where bytes passed unchanged though they might have been judged otherwise: a bound, an error, a charset.
    pub diagnostics: Vec<Diagnostic>,
    /// Hashes of edited inline scripts, before and after, as policies write them: `sha256-…`.
    pub hashes: Vec<(String, String)>,
}

/// One change.
#[derive(Clone, Debug)]
pub struct Change {
    /// The bytes of the page that it concerns, as they came in.
    pub at: Span,
    /// What was done.
    pub kind: ChangeKind,
    /// Why.
    pub why: Arc<Why>,
}

/// What was done to a part of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChangeKind {
    /// An inline script was removed with its tags.
    ScriptRemoved,
    /// Only its inert names were left.
    ScriptEmptied,
    /// Parts of it were cut.
    ScriptEdited,
    /// What asks for ads was removed: an external script, a frame, an image, a link, the URL of a picture in a style or of
    /// a script in JSON.
    RequestRemoved,
    /// An ad container was removed.
    ElementRemoved,
    /// The code of an attribute was emptied.
    HandlerEmptied,
    /// Code that had leaked into visible text was cut.
    TextRemoved,
}

impl ChangeKind {
    /// The name used in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ScriptRemoved => "script-removed",
            Self::ScriptEmptied => "script-emptied",
            Self::ScriptEdited => "script-edited",
            Self::RequestRemoved => "request-removed",
            Self::ElementRemoved => "element-removed",
            Self::HandlerEmptied => "handler-emptied",
            Self::TextRemoved => "text-removed",
        }
    }
}

impl Rewritten {
    pub(super) fn warn(&mut self, code: &'static str, message: impl Into<String>, span: Option<Span>) {
        /// One page need not say it more often.
        const DIAGNOSTICS: usize = 100;
        if self.diagnostics.len() < DIAGNOSTICS {
            let mut diagnostic = Diagnostic::new(Severity::Info, code, message);
            diagnostic.at = span.map(|span| Place { script: None, span });
            self.diagnostics.push(diagnostic);
        }
    }
}

//! What is wrong with a rule file: what, where, and how to mend it.

use crate::base::{LineIndex, Position, Severity, Span};
use std::fmt;
use std::sync::Arc;

/// One mistake in a rule file, or a note about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Errors keep the file from being used; warnings and notes do not.
    pub severity: Severity,
    /// Plain words: lower case, no full stop, the file's own words in backticks.
    pub message: String,
    /// The file.
    pub file: Arc<str>,
    /// Bytes of the file.
    pub span: Span,
    /// Line and column of the beginning.
    pub at: Position,
    /// The whole first line, for a code frame.
    pub line: String,
    /// How to mend it.
    pub hint: Option<String>,
}

impl fmt::Display for Mistake {
    /// One line, as editors read it: `file:line:column: error: message (hint)`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "note",
        };
        write!(out, "{}:{}:{}: {severity}: {}", self.file, self.at.line, self.at.column, self.message)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(out, " ({hint})"))
    }
}

/// Rule files that cannot be used, with everything that is wrong with them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// A file or folder could not be read.
    #[error("cannot read `{path}`")]
    Read {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Files have mistakes; at least one is an error.
    #[error("{}", lines(.0))]
    Mistakes(Vec<Mistake>),
}

fn lines(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(Mistake::to_string).collect::<Vec<_>>().join("\n")
}

/// Collects the mistakes of one file; lines are counted only if there are some.
pub(crate) struct Mistakes<'t> {
    pub file: Arc<str>,
    pub text: &'t str,
    index: Option<LineIndex>,
    pub all: Vec<Mistake>,
}

impl<'t> Mistakes<'t> {
    pub fn new(file: &str, text: &'t str) -> Self {
        Self { file: file.into(), text, index: None, all: Vec::new() }
    }

    pub fn error(&mut self, span: Span, message: impl Into<String>, hint: Option<String>) {
        self.add(Severity::Error, span, message.into(), hint);
    }

    pub fn warning(&mut self, span: Span, message: impl Into<String>, hint: Option<String>) {
        self.add(Severity::Warning, span, message.into(), hint);
    }

    pub fn note(&mut self, span: Span, message: impl Into<String>) {
        self.add(Severity::Info, span, message.into(), None);
    }

    fn add(&mut self, severity: Severity, span: Span, message: String, hint: Option<String>) {
        let text = self.text;
        let at = self.index.get_or_insert_with(|| LineIndex::new(text)).position(text, span.start);
        let line = text.lines().nth(at.line as usize - 1).unwrap_or_default().to_owned();
        self.all.push(Mistake { severity, message, file: self.file.clone(), span, at, line, hint });
    }
}

//! What becomes of one script, and why.

use crate::base::{Evidence, Span};
use crate::block::{Action, Reason};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// What becomes of one script.
///
/// Spans count bytes of the script. The edits leave every byte outside of them as it is, and what is left runs as
/// before; the globals that other scripts may know stay, with nothing in them that serves ads.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ScriptVerdict {
    /// Allow: nothing is to be cut. Neutralise: some of it serves ads. Block: all of it does, and what the edits
    /// leave are names for others to hold on to, if anything.
    pub action: Action,
    /// What is cut, in order; none of them overlap.
    pub cuts: Vec<ScriptCut>,
    /// Why all passes that could have been cut, where that is so: a budget that ran out, an `eval`.
    pub remark: Option<&'static str>,
    /// Inert libraries that answer for what is cut: what is left of the page may wait for these.
    pub stubs: Vec<Arc<str>>,
}

/// A statement or part of one that goes.
#[derive(Clone, Debug, PartialEq)]
pub struct ScriptCut {
    /// The bytes that go.
    pub span: Span,
    /// What takes their place: `;`, `[]`, `void 0`, a question whether a queue is there, or nothing.
    pub replacement: Cow<'static, str>,
    /// What it was found by.
    pub why: Arc<Why>,
}

/// What says that a piece of code serves ads.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Why {
    /// Id of the rule, or of the product's sign (`google-publisher-tag.global`).
    pub rule: Option<Arc<str>>,
    /// Id of the product.
    pub product: Option<Arc<str>>,
    /// Id of the network.
    pub network: Option<Arc<str>>,
    /// How sure it is.
    pub evidence: Evidence,
    /// The word of the policy, or the filter rule.
    pub reason: Option<Reason>,
    /// The inert library that answers for what is blocked, if there is one: `googletag`.
    pub stub: Option<Arc<str>>,
}

impl Why {
    /// A sign of a rule or product.
    #[must_use]
    pub fn new(rule: Option<Arc<str>>, network: Option<Arc<str>>, evidence: Evidence) -> Self {
        Self { rule, product: None, network, evidence, reason: None, stub: None }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self.rule.as_deref().or(self.network.as_deref()).unwrap_or("request");
        write!(out, "{what}")?;
        match &self.reason {
            Some(reason) => write!(out, ": {reason}"),
            None => Ok(()),
        }
    }
}

impl ScriptVerdict {
    /// Is anything cut?
    #[must_use]
    pub fn is_allow(&self) -> bool {
        self.action == Action::Allow
    }

    /// The script without what is cut.
    ///
    /// `code` must be the text that was judged; of another text the cuts that do not fit are left out.
    #[must_use]
    pub fn apply<'c>(&self, code: &'c str) -> Cow<'c, str> {
        if self.cuts.is_empty() {
            return Cow::Borrowed(code);
        }
        let (mut left, mut at) = (String::with_capacity(code.len()), 0);
        for cut in &self.cuts {
            let range = cut.span.range();
            let (Some(before), true) = (code.get(at..range.start), code.is_char_boundary(range.end)) else { continue };
            left.push_str(before);
            left.push_str(&cut.replacement);
            at = range.end;
        }
        left.push_str(code.get(at..).unwrap_or_default());
        Cow::Owned(left)
    }

    /// The first reason, for a report's one line.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        self.cuts.first().map(|cut| cut.why.to_string())
    }
}

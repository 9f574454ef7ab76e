//! What becomes of a request or script, and why.

use super::policy_word::{Action, PolicyWord};
use std::fmt;
use std::sync::Arc;

/// What becomes of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestVerdict {
    /// Allow or block; a request is never neutralised.
    pub action: Action,
    /// The network that the request goes to, if the registry or a rule knows it: also of an allowed one.
    pub network: Option<Arc<str>>,
    /// Why: of an allowed request, the word or exception that saved it.
    pub reason: Option<Reason>,
    /// What to answer a blocked request with so that the page goes on: an inert library, an empty image.
    /// `None`: any empty answer or refusal does.
    pub answer: Option<Arc<Answer>>,
    /// The URL to ask for in place of the request's own, where a list takes params away (`$removeparam`).
    pub url: Option<String>,
}

impl RequestVerdict {
    /// May the request not go out?
    #[must_use]
    pub fn is_block(&self) -> bool {
        self.action == Action::Block
    }
}

/// A body that stands in for a blocked one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its name, as `googletag`.
    pub name: Arc<str>,
    /// Its media type.
    pub content_type: Arc<str>,
    /// The bytes.
    pub body: Arc<[u8]>,
}

/// Why a verdict is what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// A word of the policy decides about the party behind it.
    Policy(Arc<PolicyWord>),
    /// A rule of a filter list decides; an exception allows.
    Filter(Arc<FilterRule>),
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy(word) => word.fmt(out),
            Self::Filter(rule) => rule.fmt(out),
        }
    }
}

/// A rule of a filter list, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterRule {
    /// The rule as the list writes it.
    pub text: Arc<str>,
    /// Name of the list.
    pub list: Arc<str>,
    /// Its line, from 1.
    pub line: u32,
    /// Does it make an exception?
    pub is_exception: bool,
}

impl fmt::Display for FilterRule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({}:{})", self.text, self.list, self.line)
    }
}

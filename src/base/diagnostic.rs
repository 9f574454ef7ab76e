//! What went less than well, as data.

use super::Place;
use serde::{Deserialize, Serialize};

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing was lost.
    Info,
    /// Part of the page could not be seen.
    Warning,
    /// The page could not be read.
    Error,
}

/// A remark about a page or its container: what, where, and how bad.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// A stable name for programs, as `budget-steps`.
    pub code: &'static str,
    /// Plain words for people: lower case, no full stop.
    pub message: String,
    /// Where, if it has a place.
    pub at: Option<Place>,
}

impl Diagnostic {
    /// Makes a diagnostic without a place.
    #[must_use]
    pub fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Self { severity, code, message: message.into(), at: None }
    }

    /// The same diagnostic with a place.
    #[must_use]
    pub fn with_place(self, place: Place) -> Self {
        Self { at: Some(place), ..self }
    }
}

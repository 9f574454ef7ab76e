//! Examples in rules: code that a rule must find, or must not.

use crate::base::Span;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where the text of an example would stand on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExampleKind {
    /// The body of an inline script.
    Script,
    /// Markup.
    Html,
    /// The URL of a script that the page loads.
    Url,
    /// A style sheet.
    Style,
}

impl ExampleKind {
    /// All of them with the names that rule files use.
    pub const ALL: [(&'static str, Self); 4] =
        [("script", Self::Script), ("html", Self::Html), ("url", Self::Url), ("style", Self::Style)];
}

/// One example or counterexample.
#[derive(Clone, Debug)]
pub struct Example {
    /// Where it would stand.
    pub kind: ExampleKind,
    /// The code.
    pub text: Arc<str>,
    /// Captures that it must give, all in one finding; values in the report's form.
    pub captures: BTreeMap<String, Json>,
    /// Where it stands in the rule file.
    pub span: Span,
}

//! A region of a text that is code.

use crate::base::{OffsetMap, Span};
use std::sync::Arc;

/// What a region is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// JavaScript.
    Script,
    /// Rules of a style sheet.
    Css,
    /// HTML tags.
    Markup,
}

impl Language {
    /// The name used in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Css => "css",
            Self::Markup => "markup",
        }
    }
}

/// Code found in a text.
#[derive(Clone, Debug)]
pub struct Region {
    /// The bytes of the text that are code.
    pub span: Span,
    /// The code as it was meant; empty where it stands in a comment.
    pub code: String,
    /// Leads from `code` to the text.
    pub offsets: OffsetMap,
    /// What had to be mended, by stable names, as `typographic-quotes`; none for code that is intact.
    pub repairs: Vec<&'static str>,
    /// What it is written in.
    pub language: Language,
    /// The code parses as it is given here.
    pub parses: bool,
    /// Code uses an anchor where it uses names, or markup and style sheets hold one.
    pub is_ad: bool,
    /// The network of the anchor.
    pub network: Option<Arc<str>>,
    /// It ends as code ends, with a semicolon or a bracket.
    pub is_ended: bool,
}

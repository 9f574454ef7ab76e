//! Whom the rewriter asks: it knows markup, and somebody above knows ads.

use crate::block::{ScriptVerdict, Why};
use std::sync::Arc;

/// Knows what becomes of the parts of a page. The engine is one.
pub trait Judge {
    /// What becomes of an inline script; `before` are scripts of the page that ran before it, the last one last.
    fn script(&self, code: &str, is_module: bool, before: &[Arc<str>]) -> ScriptVerdict;

    /// Why a request of the page may not go out, if it may not: a URL resolved as far as that goes, and a name of
    /// [`RequestKind`](crate::block::RequestKind).
    fn request(&self, url: &str, kind: &str) -> Option<Arc<Why>>;

    /// Why an element holds nothing but ads, if that is so; attributes come with lower-case names and decoded.
    fn element(&self, name: &str, attributes: &[(String, String)]) -> Option<Arc<Why>>;

    /// Names of the elements for which [`Judge::element`] may have an answer.
    fn element_names(&self) -> Vec<String>;
}

//! Whom the rewriter asks: it knows markup, and somebody above knows ads.

use crate::base::Span;
use crate::block::{Inserts, ScriptVerdict, Why};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;
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
    fn element_names(&self) -> Arc<FxHashSet<String>>;

    /// What the page may be given in place of what goes.
    fn inserts(&self) -> Inserts;

    /// The code of an inert library, fit to stand in a page.
    fn stub(&self, name: &str) -> Option<&str>;

    /// The name of the inert library that this script is: then it was put there.
    fn name_of_stub(&self, code: &str) -> Option<Arc<str>>;

    /// Selectors of what is hidden on this page, whatever it holds.
    fn hidden_on_page(&self) -> Vec<String>;

    /// Selectors of what is hidden because the page has these classes and ids.
    fn hidden_by_names(&self, classes: &BTreeSet<String>, ids: &BTreeSet<String>) -> Vec<String>;

    /// Ad code that has leaked into visible text, the white space that takes its place, and why it is taken for that.
    fn leaked(&self, text: &str) -> Vec<(Span, String, Arc<Why>)>;
}

/// Whoever lends its judge lends its judgement.
impl<J: Judge + ?Sized> Judge for &J {
    fn script(&self, code: &str, is_module: bool, before: &[Arc<str>]) -> ScriptVerdict {
        (**self).script(code, is_module, before)
    }

    fn request(&self, url: &str, kind: &str) -> Option<Arc<Why>> {
        (**self).request(url, kind)
    }

    fn element(&self, name: &str, attributes: &[(String, String)]) -> Option<Arc<Why>> {
        (**self).element(name, attributes)
    }

    fn element_names(&self) -> Arc<FxHashSet<String>> {
        (**self).element_names()
    }

    fn inserts(&self) -> Inserts {
        (**self).inserts()
    }

    fn stub(&self, name: &str) -> Option<&str> {
        (**self).stub(name)
    }

    fn name_of_stub(&self, code: &str) -> Option<Arc<str>> {
        (**self).name_of_stub(code)
    }

    fn hidden_on_page(&self) -> Vec<String> {
        (**self).hidden_on_page()
    }

    fn hidden_by_names(&self, classes: &BTreeSet<String>, ids: &BTreeSet<String>) -> Vec<String> {
        (**self).hidden_by_names(classes, ids)
    }

    fn leaked(&self, text: &str) -> Vec<(Span, String, Arc<Why>)> {
        (**self).leaked(text)
    }
}

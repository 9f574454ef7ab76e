//! Texts that code was parsed from, and the trees that were made of them.

use crate::base::{OffsetMap, Span};
use crate::script::{Outline, Tree};
use std::rc::Rc;
use typed_arena::Arena;

/// Trees and texts that live as long as the evaluation of a page.
#[derive(Default)]
pub struct Sources {
    trees: Arena<Tree>,
    texts: Arena<String>,
}

impl Sources {
    /// Keeps a tree.
    pub fn keep_tree(&self, tree: Tree) -> &Tree {
        self.trees.alloc(tree)
    }

    /// Keeps a text.
    pub fn keep_text(&self, text: String) -> &str {
        self.texts.alloc(text)
    }
}

/// A text that code was parsed from, and where it stands in the document.
#[derive(Clone, Debug)]
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    pub(super) script: Option<u32>,
    pub(super) offsets: Offsets<'a>,
    /// Places at which the text names a bidder: only code around them is worth harvesting.
    pub(super) anchors: Rc<[u32]>,
    /// Bodies of functions that are parsed when they are called.
    pub(super) outline: Option<&'a Outline>,
    /// Is it a library? Calls of some of its functions are not followed then.
    pub(super) is_library: bool,
}

/// How places in a source become places in the document.
#[derive(Clone, Debug)]
pub(super) enum Offsets<'a> {
    Map(&'a OffsetMap),
    /// Everything stands at one place, as for code made by `eval`.
    Fixed(Span),
}

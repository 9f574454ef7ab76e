//! Polyfills: what libraries bring along for browsers that lack it.
//!
//! Every browser that is asked about here has the classes of the language, and evaluation knows them better than a
//! library could tell. What a script would put in their place is left out, and need not run.

use super::abstract_value::{Abstract, ObjectId};
use super::builtin;
use super::heap::Kind;
use super::machine::Machine;
use swc_atoms::Atom;

/// Classes that a script may not replace.
const KEPT: &[&str] = &["Map", "Promise", "Reflect", "Set", "Symbol", "WeakMap", "WeakSet"];

impl Machine<'_> {
    /// Is it a class of the language that a library brings along for browsers that lack it?
    pub(super) fn is_polyfill(&self, name: &str, value: &Abstract) -> bool {
        KEPT.contains(&name) && value.as_object().is_some_and(|id| self.object(id).is_callable())
    }

    /// Is it a member that every browser has? What a polyfill would put in its place is worse, and need not run.
    pub(super) fn is_built_in(&self, id: ObjectId, key: &Atom) -> bool {
        match self.object(id).kind {
            Kind::Native(name) => builtin::static_member(name, key).is_some(),
            Kind::Plain => {
                let is_native = |value: &Abstract| {
                    value.as_object().is_some_and(|id| matches!(self.object(id).kind, Kind::Native(_)))
                };
                self.prototypes.values().any(|prototype| *prototype == id)
                    && self.object(id).own(key).is_some_and(is_native)
            }
            _ => false,
        }
    }
}

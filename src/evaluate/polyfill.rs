//! Polyfills: what libraries bring along for browsers that lack it.
//!
//! Every browser that is asked about here has the classes of the language, and evaluation knows them better than a
//! library could tell. What a script would put in their place is left out, and need not run.

use super::abstract_value::{Abstract, ObjectId};
use super::builtin;
use super::heap::{Closure, Kind};
use super::machine::Machine;
use swc_atoms::Atom;

/// Classes that a script may not replace.
const KEPT: &[&str] = &["Map", "Promise", "Reflect", "Set", "Symbol", "WeakMap", "WeakSet"];

/// Classes and objects of the language that libraries fill up for old browsers.
const FILLED: &[&str] = &[
    "Array",
    "ArrayBuffer",
    "DataView",
    "Date",
    "Float32Array",
    "Float64Array",
    "Function",
    "Int16Array",
    "Int32Array",
    "Int8Array",
    "JSON",
    "Map",
    "Math",
    "Number",
    "Object",
    "Promise",
    "Reflect",
    "RegExp",
    "Set",
    "String",
    "Symbol",
    "Uint16Array",
    "Uint32Array",
    "Uint8Array",
    "Uint8ClampedArray",
    "WeakMap",
    "WeakSet",
];

/// What stands in the function by which core-js puts a polyfill in its place, and what in that of builds which leave the
/// browser's own classes alone: by version.
const INSTALLERS: [(&[&str], &[&str]); 2] =
    [(&[".F", ".G", ".P", ".B", ".U"], &[".W"]), (&[".target", ".global", ".stat", ".forced"], &[".wrap", ".real"])];

impl Machine<'_> {
    /// Does the call put polyfills in their place? `$export(type, "Array", { … })` in core-js 2, `$({ target: "Array" }, { … })`
    /// in core-js 3. Nothing is gained by following hundreds of these.
    pub(super) fn installs_polyfills(&self, function: &Closure<'_>, arguments: &[Abstract]) -> bool {
        let is_filled = |name: &Abstract| matches!(name, Abstract::String(name) if FILLED.contains(&name.as_str()));
        let ((holds, lacks), is_filled) = match arguments {
            [_, name, Abstract::Object(_), ..] => (INSTALLERS[0], is_filled(name)),
            [Abstract::Object(options), Abstract::Object(_), ..] => {
                (INSTALLERS[1], self.object(*options).own("target").is_some_and(is_filled))
            }
            _ => return false,
        };
        let text = if is_filled { self.source_text(function.source, function.span) } else { return false };
        holds.iter().all(|one| text.contains(one)) && !lacks.iter().any(|one| text.contains(one))
    }

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

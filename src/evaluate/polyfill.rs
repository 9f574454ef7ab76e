//! Polyfills: what libraries bring along for browsers that lack it.
//!
//! Every browser that is asked about here has the classes of the language, and evaluation knows them better than a
//! library could tell. What a script would put in their place is left out, and need not run.

use super::abstract_value::{Abstract, ObjectId};
use super::builtin;
use super::heap::{Closure, Kind};
use super::machine::{GLOBAL, Machine};
use swc_atoms::Atom;

/// Classes that a script may not replace.
const KEPT: &[&str] = &[
    "AggregateError",
    "ArrayBuffer",
    "DataView",
    "Error",
    "EvalError",
    "Float32Array",
    "Float64Array",
    "Int16Array",
    "Int32Array",
    "Int8Array",
    "Map",
    "Promise",
    "RangeError",
    "ReferenceError",
    "Reflect",
    "Set",
    "Symbol",
    "SyntaxError",
    "TypeError",
    "URIError",
    "Uint16Array",
    "Uint32Array",
    "Uint8Array",
    "Uint8ClampedArray",
    "WeakMap",
    "WeakSet",
];

/// Others that libraries fill up for old browsers.
const FILLED: &[&str] = &["Array", "Date", "Function", "JSON", "Math", "Number", "Object", "RegExp", "String"];

fn is_filled(name: &str) -> bool {
    FILLED.contains(&name) || KEPT.contains(&name)
}

/// Kinds of typed arrays, as core-js 2 calls them, and what stands in the function that makes one of each.
const TYPED: &[&str] = &["Float32", "Float64", "Int16", "Int32", "Int8", "Uint16", "Uint32", "Uint8"];
const TYPED_INSTALLER: (&[&str], &[&str]) = (&["BYTES_PER_ELEMENT"], &[]);

/// What stands in the function by which core-js puts a polyfill in its place, and what in that of builds which leave the
/// browser's own classes alone: by version.
const INSTALLERS: [(&[&str], &[&str]); 2] =
    [(&[".F", ".G", ".P", ".B", ".U"], &[".W"]), (&[".target", ".global", ".stat", ".forced"], &[".wrap", ".real"])];

/// What stands in the function by which core-js replaces a member, and gives the new one the old one's source text.
const REDEFINES: [&str; 3] = [".join(", "delete ", "typeof "];
const REDEFINER_BYTES: usize = 1_200;

impl Machine<'_> {
    /// Does the call only replace a member, in core-js's way? Then that is done.
    pub(super) fn redefines(&mut self, function: &Closure<'_>, arguments: &[Abstract]) -> bool {
        let [Abstract::Object(id), Abstract::String(key), value @ Abstract::Object(_), ..] = arguments else {
            return false;
        };
        let code = (function.source, function.span);
        let is_redefiner = match self.redefiners.get(&code) {
            Some(known) => *known,
            None => {
                let text = self.source_text(code.0, code.1);
                let is_one = text.len() <= REDEFINER_BYTES && REDEFINES.iter().all(|one| text.contains(one));
                self.redefiners.insert(code, is_one);
                is_one
            }
        };
        if is_redefiner && *id != GLOBAL {
            self.define(*id, key, value.clone());
        }
        is_redefiner && *id != GLOBAL
    }

    /// Does the call put polyfills in their place? `$export(type, "Array", { … })` and `$export(type, { Map: … })` in core-js 2,
    /// `$({ target: "Array" }, { … })` in core-js 3. Nothing is gained by following hundreds of these.
    pub(super) fn installs_polyfills(&self, function: &Closure<'_>, arguments: &[Abstract]) -> bool {
        let names_one = |name: &Abstract| matches!(name, Abstract::String(name) if is_filled(name));
        let ((holds, lacks), is_known) = match arguments {
            [Abstract::String(kind), Abstract::Number(_), Abstract::Object(_), ..] => {
                (TYPED_INSTALLER, TYPED.contains(&kind.as_str()))
            }
            [_, name, Abstract::Object(_), ..] => (INSTALLERS[0], names_one(name)),
            [Abstract::Object(options), Abstract::Object(_), ..] => {
                (INSTALLERS[1], self.object(*options).own("target").is_some_and(names_one))
            }
            [_, Abstract::Object(classes)] => {
                let mut names = self.object(*classes).properties.keys().peekable();
                (INSTALLERS[0], names.peek().is_some() && names.all(|name| is_filled(name)))
            }
            _ => return false,
        };
        let text = if is_known { self.source_text(function.source, function.span) } else { return false };
        holds.iter().all(|one| text.contains(one)) && !lacks.iter().any(|one| text.contains(one))
    }

    /// Is it a class of the language that a library brings along for browsers that lack it?
    pub(super) fn is_polyfill(&self, name: &str, value: &Abstract) -> bool {
        KEPT.contains(&name) && self.is_function(value)
    }

    /// Is it a member that every browser has? What a polyfill would put in its place is worse, and need not run.
    pub(super) fn is_built_in(&self, id: ObjectId, key: &Atom) -> bool {
        match self.object(id).kind {
            Kind::Native(name) => builtin::static_member(name, key).is_some(),
            Kind::Plain => {
                self.prototypes.values().any(|prototype| *prototype == id)
                    && self.object(id).own(key).is_some_and(|value| self.is_native(value))
            }
            _ => false,
        }
    }
}

//! Names of built-in objects, functions and methods, and how they are found.

use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// Built-in objects and functions by name.
pub(super) const NAMES: &[&str] = &[
    "Array",
    "Array.from",
    "Array.isArray",
    "Array.of",
    "Boolean",
    "Date",
    "Date.UTC",
    "Date.now",
    "Date.parse",
    "Error",
    "Function",
    "Image",
    "JSON",
    "JSON.parse",
    "JSON.stringify",
    "Map",
    "Math",
    "Math.abs",
    "Math.acos",
    "Math.acosh",
    "Math.asin",
    "Math.asinh",
    "Math.atan",
    "Math.atan2",
    "Math.atanh",
    "Math.cbrt",
    "Math.ceil",
    "Math.clz32",
    "Math.cos",
    "Math.cosh",
    "Math.exp",
    "Math.expm1",
    "Math.floor",
    "Math.fround",
    "Math.hypot",
    "Math.imul",
    "Math.log",
    "Math.log10",
    "Math.log1p",
    "Math.log2",
    "Math.max",
    "Math.min",
    "Math.pow",
    "Math.random",
    "Math.round",
    "Math.sign",
    "Math.sin",
    "Math.sinh",
    "Math.sqrt",
    "Math.tan",
    "Math.tanh",
    "Math.trunc",
    "Number",
    "Number.isFinite",
    "Number.isInteger",
    "Number.isNaN",
    "Number.isSafeInteger",
    "Number.parseFloat",
    "Number.parseInt",
    "Object",
    "Object.assign",
    "Object.create",
    "Object.defineProperties",
    "Object.defineProperty",
    "Object.entries",
    "Object.freeze",
    "Object.fromEntries",
    "Object.getOwnPropertyDescriptor",
    "Object.getOwnPropertyDescriptors",
    "Object.getOwnPropertyNames",
    "Object.getOwnPropertySymbols",
    "Object.getPrototypeOf",
    "Object.hasOwn",
    "Object.is",
    "Object.isExtensible",
    "Object.isFrozen",
    "Object.isSealed",
    "Object.keys",
    "Object.preventExtensions",
    "Object.seal",
    "Object.setPrototypeOf",
    "Object.values",
    "Promise",
    "Promise.all",
    "Promise.allSettled",
    "Promise.any",
    "Promise.race",
    "Promise.reject",
    "Promise.resolve",
    "Reflect",
    "Reflect.apply",
    "Reflect.construct",
    "Reflect.defineProperty",
    "Reflect.deleteProperty",
    "Reflect.get",
    "Reflect.getOwnPropertyDescriptor",
    "Reflect.getPrototypeOf",
    "Reflect.has",
    "Reflect.isExtensible",
    "Reflect.ownKeys",
    "Reflect.preventExtensions",
    "Reflect.set",
    "Reflect.setPrototypeOf",
    "RegExp",
    "Set",
    "String",
    "String.fromCharCode",
    "String.fromCodePoint",
    "String.raw",
    "Symbol",
    "Symbol.for",
    "Symbol.keyFor",
    "TypeError",
    "WeakMap",
    "WeakSet",
    "atob",
    "btoa",
    "decodeURI",
    "decodeURIComponent",
    "encodeURI",
    "encodeURIComponent",
    "escape",
    "isFinite",
    "isNaN",
    "parseFloat",
    "parseInt",
    "structuredClone",
    "unescape",
];

/// Methods by the type that has them.
pub(super) const METHODS: &[(&str, &[&str])] = &[
    ("Array", super::array::METHODS),
    ("String", super::string::METHODS),
    ("Number", super::number::METHODS),
    ("Function", &["call", "apply", "bind", "toString"]),
    ("RegExp", super::regex::METHODS),
    ("Map", super::collection::METHODS),
    ("Iterator", crate::evaluate::iterator::METHODS),
    ("Promise", &["then", "catch", "finally"]),
    ("Object", super::object::METHODS),
];

/// Full names by the last part of the name, with their owners.
type Members = FxHashMap<&'static str, Vec<(&'static str, &'static str)>>;

static STATIC_MEMBERS: LazyLock<Members> = LazyLock::new(|| {
    let mut members = Members::default();
    for name in NAMES {
        if let Some((owner, member)) = name.split_once('.') {
            members.entry(member).or_default().push((owner, name));
        }
    }
    members
});

/// `Type.prototype.method`, as names that live for ever.
static METHOD_MEMBERS: LazyLock<Members> = LazyLock::new(|| {
    let mut members = Members::default();
    for (owner, methods) in METHODS {
        for method in *methods {
            let name: &'static str = Box::leak(format!("{owner}.prototype.{method}").into_boxed_str());
            members.entry(method).or_default().push((owner, name));
        }
    }
    members
});

/// The full name of the member that the owner has.
fn of_owner(members: &[(&'static str, &'static str)], owner: &str) -> Option<&'static str> {
    members.iter().find(|(one, _)| *one == owner).map(|(_, name)| *name)
}

/// `Array.prototype.slice` of `Array` and `slice`.
pub(super) fn method_name(owner: &str, method: &str) -> Option<&'static str> {
    of_owner(METHOD_MEMBERS.get(method)?, owner)
}

/// The same, of what every object has where the type has none of its own.
pub(super) fn inherited_name(owner: &str, method: &str) -> Option<&'static str> {
    let members = METHOD_MEMBERS.get(method)?;
    of_owner(members, owner).or_else(|| of_owner(members, "Object"))
}

/// `Object.keys` of `Object` and `keys`.
pub(in crate::evaluate) fn static_member(owner: &str, key: &str) -> Option<&'static str> {
    of_owner(STATIC_MEMBERS.get(key)?, owner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_for_the_search() {
        assert!(NAMES.is_sorted());
        assert_eq!(static_member("Object", "keys"), Some("Object.keys"));
        assert_eq!(static_member("Object", "nothing"), None);
        assert_eq!(method_name("Array", "slice"), Some("Array.prototype.slice"));
        assert_eq!(inherited_name("Array", "hasOwnProperty"), Some("Object.prototype.hasOwnProperty"));
    }
}

//! What the browser's own functions do, as far as a cut must know.
//!
//! In: an expanded chain, as `document.getElementById`. Out: [`Native`]. What is not known here may do anything.

use super::chain::{Chain, Root};
use swc_atoms::Atom;

/// What a call of the browser does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Native {
    /// It only tells something.
    Pure,
    /// It does what the functions do that it is handed, sooner or later.
    Carrier,
    /// It changes the object that it is called on.
    Mutator,
    /// It puts its first argument into the page.
    Insertion,
    /// It loads what its argument names.
    Loader,
}

/// What the call of a chain does; `None` if that is not known.
pub(super) fn native(chain: &Chain, is_new: bool) -> Option<Native> {
    let last = chain.last().map(|name| &**name);
    match (&chain.root, last) {
        (Root::Global(name), None) => function(name, is_new),
        (Root::Global(name), Some(last)) => of_global(name, &chain.path, last).or_else(|| method(last, is_open(chain))),
        (_, Some(last)) => method(last, true),
        (_, None) => None,
    }
}

fn function(name: &str, is_new: bool) -> Option<Native> {
    const PURE: [&str; 31] = [
        "parseInt",
        "parseFloat",
        "isNaN",
        "isFinite",
        "String",
        "Number",
        "Boolean",
        "Array",
        "Object",
        "Date",
        "RegExp",
        "Symbol",
        "BigInt",
        "encodeURIComponent",
        "decodeURIComponent",
        "encodeURI",
        "decodeURI",
        "escape",
        "unescape",
        "atob",
        "btoa",
        "matchMedia",
        "getComputedStyle",
        "clearTimeout",
        "clearInterval",
        "cancelAnimationFrame",
        "Error",
        "Map",
        "Set",
        "URL",
        "URLSearchParams",
    ];
    const CARRIERS: [&str; 16] = [
        "setTimeout",
        "setInterval",
        "requestAnimationFrame",
        "requestIdleCallback",
        "queueMicrotask",
        "setImmediate",
        "addEventListener",
        "removeEventListener",
        "Promise",
        "IntersectionObserver",
        "MutationObserver",
        "ResizeObserver",
        "$",
        "jQuery",
        "WeakMap",
        "WeakSet",
    ];
    const MADE: [&str; 4] = ["Image", "XMLHttpRequest", "CustomEvent", "AbortController"];
    match name {
        _ if PURE.contains(&name) => Some(Native::Pure),
        _ if is_new && MADE.contains(&name) => Some(Native::Pure),
        _ if CARRIERS.contains(&name) => Some(Native::Carrier),
        "fetch" | "importScripts" | "loadScript" | "loadJS" | "import" => Some(Native::Loader),
        _ => None,
    }
}

/// Methods of the browser's own objects.
fn of_global(name: &str, path: &[Atom], last: &str) -> Option<Native> {
    let is_direct = path.len() == 1;
    match name {
        "Math" | "JSON" | "console" | "Number" | "String" | "Date" | "CSS" | "Symbol" => Some(Native::Pure),
        "Object" | "Array" => Some(if last == "assign" { return None } else { Native::Pure }),
        "performance" if matches!(last, "now" | "getEntriesByType" | "mark") => Some(Native::Pure),
        "Promise" if matches!(last, "resolve" | "all" | "race" | "reject") => Some(Native::Carrier),
        "localStorage" | "sessionStorage" if last == "getItem" => Some(Native::Pure),
        "document" if is_direct && is_document_question(last) => Some(Native::Pure),
        // `location.replace` and `history.replaceState` lead away.
        "location" | "history" if is_direct => Some(Native::Pure).filter(|_| last == "toString"),
        "navigator" if matches!(last, "sendBeacon") => Some(Native::Loader),
        _ => None,
    }
}

fn is_document_question(name: &str) -> bool {
    matches!(
        name,
        "createElement"
            | "createAttribute"
            | "createTextNode"
            | "createDocumentFragment"
            | "createComment"
            | "hasFocus"
    ) || name.starts_with("getElement")
        || name.starts_with("querySelector")
}

/// Parts of a date, and how it is written.
fn is_date_question(name: &str) -> bool {
    let part = name.strip_prefix("get").map(|part| part.strip_prefix("UTC").unwrap_or(part));
    let written = name.strip_prefix("to").and_then(|form| form.strip_suffix("String"));
    let is_part = |part| {
        matches!(
            part,
            "Date" | "Day" | "FullYear" | "Hours" | "Milliseconds" | "Minutes" | "Month" | "Seconds" | "Time" | "Year"
        )
    };
    part.is_some_and(|part| is_part(part) || part == "TimezoneOffset")
        || written.is_some_and(|form| {
            matches!(form, "Date" | "GMT" | "ISO" | "Locale" | "LocaleDate" | "LocaleTime" | "Time" | "UTC")
        })
}

/// Methods that are what they are called on anything that is not a stranger's.
fn method(last: &str, is_ours: bool) -> Option<Native> {
    const TEXT: [&str; 22] = [
        "indexOf",
        "lastIndexOf",
        "includes",
        "match",
        "test",
        "split",
        "substring",
        "substr",
        "slice",
        "toLowerCase",
        "toUpperCase",
        "trim",
        "startsWith",
        "endsWith",
        "charAt",
        "charCodeAt",
        "hasOwnProperty",
        "toString",
        "join",
        "getAttribute",
        "toFixed",
        "exec",
    ];
    const OURS: [&str; 32] = [
        "concat",
        "map",
        "filter",
        "forEach",
        "some",
        "every",
        "find",
        "findIndex",
        "reduce",
        "keys",
        "values",
        "entries",
        "flat",
        "flatMap",
        "contains",
        "closest",
        "matches",
        "hasAttribute",
        "getElementsByTagName",
        "getElementsByClassName",
        "querySelector",
        "querySelectorAll",
        "getBoundingClientRect",
        "has",
        "get",
        "replace",
        "replaceAll",
        "valueOf",
        "padStart",
        "repeat",
        "at",
        "getItem",
    ];
    match last {
        _ if TEXT.contains(&last) => Some(Native::Pure),
        "addEventListener" | "then" | "catch" | "finally" | "ready" => Some(Native::Carrier),
        "appendChild"
        | "insertBefore"
        | "append"
        | "prepend"
        | "before"
        | "after"
        | "replaceChild"
        | "insertAdjacentElement"
        | "removeChild" => Some(Native::Insertion),
        "getScript" | "loadScript" | "loadJS" | "sendBeacon" => Some(Native::Loader),
        _ if is_ours && (OURS.contains(&last) || is_date_question(last)) => Some(Native::Pure),
        "push" | "pop" | "shift" | "unshift" | "splice" | "sort" | "reverse" | "set" | "setAttribute"
        | "setAttributeNode"
            if is_ours =>
        {
            Some(Native::Mutator)
        }
        _ => None,
    }
}

/// Is the chain's root the browser's own rather than a stranger's?
fn is_open(chain: &Chain) -> bool {
    let Root::Global(name) = &chain.root else { return true };
    matches!(&**name, "document" | "navigator" | "screen" | "performance")
        || &**name == "location" && chain.path.len() > 1
        || matches!(&**name, "Object" | "Array" | "Date" | "String" | "Number" | "URL" | "URLSearchParams" | "Math")
}

//! Prebid.js bundles: what is built into a script that is the library itself.
//!
//! In: a script's text. Out: version, global, modules and bid adapters. An adapter that is built in says
//! nothing about the page: only what the page configures is a network of the page. Cost: one pass
//! over scripts that hold a literal of the library, nothing for the others.

use crate::network::Registry;
use memchr::memmem;
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The ending of modules that are bid adapters.
const ADAPTER: &str = "BidAdapter";

/// Modules of one bundle that are listed.
const MAX_MODULES: usize = 2000;

/// A library that a script of the page is, with what was built into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// The product, as `prebid`.
    pub library: &'static str,
    /// Index of the script.
    pub script: u32,
    /// Its version, as `9.46.0`.
    pub version: Option<String>,
    /// The global that it makes.
    pub global: Option<String>,
    /// Modules other than bid adapters, by name.
    pub modules: Vec<String>,
    /// Bid adapters, by module name.
    pub adapters: Vec<Adapter>,
}

/// A bid adapter in a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    /// The module, as `rubiconBidAdapter`.
    pub module: String,
    /// The bidder code, where the registry knows the adapter.
    pub bidder: Option<String>,
    /// The network behind it.
    pub network: Option<String>,
}

/// The bundle that the script is, if it is one.
#[must_use]
pub fn bundle_of(text: &str, script: u32, registry: &Registry) -> Option<Bundle> {
    if !is_library(text) {
        return None;
    }
    let modules = modules(text);
    let (adapters, modules): (Vec<_>, Vec<_>) = modules.into_iter().partition(|module| module.ends_with(ADAPTER));
    let first = |pattern: &Regex| pattern.captures(text).map(|found| found[1].to_owned());
    Some(Bundle {
        library: "prebid",
        script,
        version: first(&VERSION),
        global: first(&GLOBAL).or_else(|| first(&CHUNK)),
        modules,
        adapters: adapters.into_iter().map(|module| adapter(module, registry)).collect(),
    })
}

/// `Prebid.js v9.46.0 loaded`, in the code or in the comment at its head.
static VERSION: LazyLock<Regex> = LazyLock::new(|| compiled(r"(?i:prebid\.js) v(\d+\.[0-9A-Za-z.\-]+)"));

/// `_pbjsGlobals.push("pbjs")`
static GLOBAL: LazyLock<Regex> = LazyLock::new(|| compiled(r#"_pbjsGlobals\.push\(["']([A-Za-z_$][\w$]*)["']\)"#));

/// `self.pbjsChunk=self.pbjsChunk||[]`
static CHUNK: LazyLock<Regex> = LazyLock::new(|| compiled(r"self\.([A-Za-z_$][\w$]*?)Chunk\s*="));

/// `Modules: appnexusBidAdapter, consentManagementTcf` in the comment at its head.
static LISTED: LazyLock<Regex> = LazyLock::new(|| compiled(r"\bModules: ([\w, \t]+)"));

/// `installedModules=["appnexusBidAdapter","userId"]`
static INSTALLED: LazyLock<Regex> = LazyLock::new(|| compiled(r#"installedModules\s*=\s*\[([\w"', \t\r\n]+)\]"#));

/// `installedModules.push("userId")`
static PUSHED: LazyLock<Regex> = LazyLock::new(|| compiled(r#"installedModules\.push\(["'](\w+)["']\)"#));

/// `(0,i.E)("userId")`: how a minified module says its name.
static REGISTERED: LazyLock<Regex> = LazyLock::new(|| compiled(r#"\(0,\s*[\w$]+\.([\w$]+)\)\("(\w+)"\)"#));

fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is fixed, and correct")
}

/// Is the script Prebid.js itself? Names that only the library's own code holds, not the code that uses it.
#[must_use]
pub fn is_library(text: &str) -> bool {
    let holds = |literal: &str| memmem::find(text.as_bytes(), literal.as_bytes()).is_some();
    if !holds("processQueue") || !holds("requestBids") {
        return false;
    }
    // Old ones list no modules, minified ones may say no version.
    let signs = [holds("installedModules"), holds("isBidRequestValid"), VERSION.is_match(text)];
    signs.into_iter().filter(|is_there| *is_there).count() >= 2
}

/// The names of all modules, in order of their names.
fn modules(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for list in LISTED.captures_iter(text).chain(INSTALLED.captures_iter(text)) {
        let names = list[1].split(',').map(|name| name.trim().trim_matches(['"', '\'']));
        found.extend(names.filter(|name| !name.is_empty()).map(ToOwned::to_owned));
    }
    found.extend(PUSHED.captures_iter(text).map(|name| name[1].to_owned()));
    found.extend(registered(text));
    found.into_iter().take(MAX_MODULES).collect()
}

/// The modules that register themselves: by the function to which the names of bid adapters are given.
fn registered(text: &str) -> Vec<String> {
    let mut by_function: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for call in REGISTERED.captures_iter(text) {
        let (Some(function), Some(name)) = (call.get(1), call.get(2)) else { continue };
        by_function.entry(function.as_str()).or_default().push(name.as_str());
    }
    let adapters = |names: &[&str]| names.iter().filter(|name| name.ends_with(ADAPTER)).count();
    let best = by_function.into_values().max_by_key(|names| adapters(names));
    let names = best.filter(|names| adapters(names) > 0).unwrap_or_default();
    names.into_iter().map(ToOwned::to_owned).collect()
}

fn adapter(module: String, registry: &Registry) -> Adapter {
    let name = module.trim_end_matches(ADAPTER);
    let lower = name.to_ascii_lowercase();
    let bidder = registry.bidder(name).or_else(|| registry.bidder(&lower));
    let network = bidder.map(|bidder| bidder.network.to_string());
    Adapter { bidder: bidder.map(|bidder| bidder.code.to_string()), network, module }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(text: &str) -> Option<Bundle> {
        bundle_of(text, 3, Registry::built_in())
    }

    const CORE: &str = r#"r._pbjsGlobals.push("pbjs");W.version="v9.1.0",(0,i.logInfo)("Prebid.js v9.1.0 loaded"),
        W.installedModules=W.installedModules||[];W.requestBids=q;W.processQueue=p;"#;

    #[test]
    fn modules_that_register_themselves_are_listed() {
        let text = CORE.to_owned()
            + r#"(0,a.getParameterByName)("apn_test");(0,i.E)("appnexusBidAdapter");(0,r.E)("ixBidAdapter");(0,o.E)("userId")"#;
        let bundle = bundle(&text).unwrap();
        assert_eq!((bundle.version.as_deref(), bundle.global.as_deref()), (Some("9.1.0"), Some("pbjs")));
        assert_eq!(bundle.modules, ["userId"]);
        let adapters: Vec<_> = bundle.adapters.iter().map(|one| (&*one.module, one.bidder.as_deref())).collect();
        assert_eq!(adapters, [("appnexusBidAdapter", Some("appnexus")), ("ixBidAdapter", Some("ix"))]);
    }

    #[test]
    fn older_bundles_say_their_modules_in_a_list() {
        let text = "/* prebid.js v4.43.0\nModules: rubiconBidAdapter, currency */ installedModules=[\"ixBidAdapter\",'rtdModule'];
            pbjs.processQueue();pbjs.requestBids";
        let bundle = bundle(text).unwrap();
        assert_eq!(bundle.version.as_deref(), Some("4.43.0"));
        assert_eq!(bundle.modules, ["currency", "rtdModule"]);
        assert_eq!(bundle.adapters.len(), 2);
    }

    #[test]
    fn the_oldest_bundles_list_no_modules() {
        let text = "log('Prebid.js v2.26.0 loaded');T.requestBids=q;T.processQueue=p;if(a.isBidRequestValid(b))c()";
        assert_eq!(bundle(text).unwrap().version.as_deref(), Some("2.26.0"));
        assert_eq!(bundle(&text.replace("isBidRequestValid", "x")), None);
    }

    #[test]
    fn code_that_uses_the_library_is_no_bundle() {
        let text = "pbjs.que.push(function(){ pbjs.requestBids({}); if (pbjs.installedModules.includes('x')) {} })";
        assert_eq!(bundle(text), None);
    }
}

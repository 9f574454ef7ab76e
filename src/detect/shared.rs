//! Names that other libraries have too: believed only where something else says whose they are.
//!
//! `$PBJS.setConfig($CONFIG)` fits a map as well as a wrapper. A rule with `shared = true` counts where its object is
//! a global of the product, or the object of another match of it; an object with a name as minifiers give it counts
//! where the product is on the page at all.

use super::matcher::{Hit, Sign};
use crate::base::Evidence;
use crate::evaluate::Value;
use crate::pattern::first_name;
use crate::rule::{Finds, Product, RuleSet};
use std::collections::HashSet;

/// Names up to this length are those of local variables.
const LOCAL_NAME: usize = 2;

/// Drops hits of shared names that nothing else confirms, and those on an object that is another product's.
pub(crate) fn drop_unconfirmed(hits: &mut Vec<Hit<'_>>, rules: &RuleSet) {
    hits.retain(|hit| !is_of_another(hit, rules));
    if !hits.iter().any(is_shared) {
        return;
    }
    let mut products: HashSet<String> = HashSet::new();
    let mut objects: HashSet<(String, String)> = HashSet::new();
    for hit in hits.iter().filter(|hit| !is_shared(hit) && hit.evidence != Evidence::Markup) {
        let Some(product) = hit.product() else { continue };
        products.insert(product.id.to_string());
        objects.extend(object(hit).map(|object| (product.id.to_string(), object)));
    }
    hits.retain(|hit| {
        let Some(product) = hit.product().filter(|_| is_shared(hit)) else { return true };
        let is_on_page = || products.contains(&*product.id);
        match object(hit) {
            Some(name) if is_global_of(&name, product) => true,
            Some(name) if name.len() <= LOCAL_NAME => is_on_page(),
            Some(name) => objects.contains(&(product.id.to_string(), name)),
            None => is_on_page(),
        }
    });
}

fn is_global_of(name: &str, product: &Product) -> bool {
    product.globals.iter().chain(&product.weak_globals).any(|global| **global == *name)
}

/// `amznads.setTargetingForGPTAsync()` is no Prebid.js, though the method has its name. Ad units and slots tell enough
/// by themselves.
fn is_of_another(hit: &Hit<'_>, rules: &RuleSet) -> bool {
    let is_plain = matches!(hit.finds(), Some(Finds::Product | Finds::Config));
    let (true, Some(own), Some(path)) = (is_plain, hit.product(), object_path(hit)) else { return false };
    let mut others = rules.products().iter().filter(|product| product.id != own.id);
    !is_global_of(path, own) && others.any(|product| product.globals.iter().any(|global| **global == *path))
}

fn is_shared(hit: &Hit<'_>) -> bool {
    matches!(hit.sign, Sign::Rule(rule, _) if rule.is_shared)
}

/// The root of the library's object: `googletag` of `googletag.pubads()`.
fn object(hit: &Hit<'_>) -> Option<String> {
    object_path(hit).map(|path| first_name(path).to_owned())
}

fn object_path<'h>(hit: &'h Hit<'_>) -> Option<&'h str> {
    let Sign::Rule(_, Some(hole)) = hit.sign else { return None };
    hit.tree.capture(hole).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use crate::detect::Detector;
    use crate::detect::test_page::detect;
    use crate::network::Registry;
    use crate::rule::{ExampleKind, RuleSet};
    use std::sync::Arc;

    fn settings(script: &str) -> Vec<String> {
        let detector = Detector::new(Arc::new(RuleSet::built_in()), Registry::built_in());
        detect(&detector, ExampleKind::Script, script).config.into_iter().map(|entry| entry.name).collect()
    }

    #[test]
    fn a_shared_name_needs_another_sign_of_its_object() {
        assert!(settings("map.setConfig({ zoom: 3 })").is_empty());
        assert_eq!(settings("pbjs.setConfig({ zoom: 3 })"), ["zoom"]);
        let renamed = "acmeHb.addAdUnits([{ code: 'a', bids: [{ bidder: 'ix' }] }]); acmeHb.setConfig({ zoom: 3 });";
        assert_eq!(settings(renamed), ["zoom"]);
        let beside = renamed.replace("acmeHb.setConfig", "map.setConfig");
        assert!(settings(&beside).is_empty());
    }
}

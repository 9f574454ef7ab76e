//! Names that other libraries have too: believed only where something else says whose they are.
//!
//! `$PBJS.setConfig($CONFIG)` fits a map as well as a wrapper. A rule with `shared = true` counts where its object is
//! a global of the product, or the object of another match of it; an object with a name as minifiers give it counts
//! where the product is on the page at all.

use super::detector::Detector;
use super::matcher::{Hit, Sign};
use crate::base::Evidence;
use crate::evaluate::Value;
use crate::pattern::first_name;
use crate::rule::{Finds, Product};
use rustc_hash::FxHashSet;

/// Names up to this length are those of local variables.
const LOCAL_NAME: usize = 2;

/// Drops hits of shared names that nothing else confirms, and those on an object that is another product's.
pub(crate) fn drop_unconfirmed(hits: &mut Vec<Hit<'_>>, detector: &Detector) {
    hits.retain(|hit| !is_of_another(hit, detector));
    let confirmed = Confirmed::by(hits.iter());
    hits.retain(|hit| confirmed.admits(hit));
}

/// The hits that [`drop_unconfirmed`] would leave.
pub(crate) fn confirmed<'h, 'r>(hits: &'h [Hit<'r>], detector: &Detector) -> Vec<&'h Hit<'r>> {
    let mut left: Vec<&Hit<'_>> = hits.iter().filter(|hit| !is_of_another(hit, detector)).collect();
    let confirmed = Confirmed::by(left.iter().copied());
    left.retain(|hit| confirmed.admits(hit));
    left
}

/// What other hits say about shared names.
#[derive(Default)]
struct Confirmed<'r> {
    products: FxHashSet<&'r str>,
    /// Products and the roots of their objects.
    objects: FxHashSet<(&'r str, String)>,
}

impl<'r> Confirmed<'r> {
    fn by<'h>(hits: impl Iterator<Item = &'h Hit<'r>> + Clone) -> Self
    where
        'r: 'h,
    {
        let mut confirmed = Self::default();
        if !hits.clone().any(is_shared) {
            return confirmed;
        }
        for hit in hits.filter(|hit| !is_shared(hit) && hit.evidence != Evidence::Markup) {
            let Some(product) = hit.product() else { continue };
            confirmed.products.insert(&*product.id);
            confirmed.objects.extend(object(hit).map(|object| (&*product.id, object.to_owned())));
        }
        confirmed
    }

    fn admits(&self, hit: &Hit<'_>) -> bool {
        let Some(product) = hit.product().filter(|_| is_shared(hit)) else { return true };
        let is_on_page = || self.products.contains(&*product.id);
        match object(hit) {
            Some(name) if is_global_of(name, product) => true,
            Some(name) if name.len() <= LOCAL_NAME => is_on_page(),
            Some(name) => self.objects.contains(&(&*product.id, name.to_owned())),
            None => is_on_page(),
        }
    }
}

fn is_global_of(name: &str, product: &Product) -> bool {
    product.globals.iter().chain(&product.weak_globals).any(|global| **global == *name)
}

/// `amznads.setTargetingForGPTAsync()` is no Prebid.js, though the method has its name. Ad units and slots tell enough
/// by themselves.
fn is_of_another(hit: &Hit<'_>, detector: &Detector) -> bool {
    let is_plain = matches!(hit.finds(), Some(Finds::Product | Finds::Config));
    let (true, Some(own), Some(path)) = (is_plain, hit.product(), object_path(hit)) else { return false };
    !is_global_of(path, own) && detector.products_of_global(path).any(|product| product.id != own.id)
}

fn is_shared(hit: &Hit<'_>) -> bool {
    matches!(hit.sign, Sign::Rule(rule, _) if rule.is_shared)
}

/// The root of the library's object: `googletag` of `googletag.pubads()`.
fn object<'h>(hit: &'h Hit<'_>) -> Option<&'h str> {
    object_path(hit).map(first_name)
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

//! Names that other libraries have too: believed only where something else says whose they are.
//!
//! `$PBJS.setConfig($CONFIG)` fits a map as well as a wrapper. A rule with `shared = true` counts where its object is
//! a global of the product, or the object of another match of it; an object with a name as minifiers give it counts
//! where the product is on the page at all.

use super::matcher::{Hit, Sign};
use crate::base::Evidence;
use crate::evaluate::Value;
use crate::pattern::first_name;
use crate::rule::RuleSet;
use std::collections::HashSet;

/// Names up to this length are those of local variables.
const LOCAL_NAME: usize = 2;

/// Drops hits of shared names that nothing else confirms.
///
/// Wrappers are built from one another: a global of any product of the same role will do.
pub(crate) fn drop_unconfirmed(hits: &mut Vec<Hit<'_>>, rules: &RuleSet) {
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
            Some(name) if is_global(&name, &product.role, rules) => true,
            Some(name) if name.len() <= LOCAL_NAME => is_on_page(),
            Some(name) => objects.contains(&(product.id.to_string(), name)),
            None => is_on_page(),
        }
    });
}

fn is_global(name: &str, role: &str, rules: &RuleSet) -> bool {
    let mut kin = rules.products().iter().filter(|product| *product.role == *role);
    kin.any(|product| product.globals.iter().any(|global| **global == *name))
}

fn is_shared(hit: &Hit<'_>) -> bool {
    matches!(hit.sign, Sign::Rule(rule, _) if rule.is_shared)
}

/// The root of the library's object: `googletag` of `googletag.pubads()`.
fn object(hit: &Hit<'_>) -> Option<String> {
    let Sign::Rule(_, Some(hole)) = hit.sign else { return None };
    let path = hit.tree.capture(hole).and_then(Value::as_str)?;
    Some(first_name(path).to_owned())
}

//! Which acts of a script a rule knows, each with its place: what verdicts on scripts rest on.

use super::ad_unit;
use super::detector::Detector;
use super::matcher::{Hit, Matcher, Sign};
use super::shared::drop_unconfirmed;
use crate::base::{Evidence, Place};
use crate::evaluate::Event;
use crate::rule::{Finds, Product};
use std::sync::Arc;

/// A call or assignment that a rule knows.
///
/// Unlike findings, which count the same captures once, every act has its own.
#[derive(Clone, Debug)]
pub struct Act {
    /// Where it stands.
    pub at: Place,
    /// Id of the rule.
    pub rule: Arc<str>,
    /// The product that the rule's file describes.
    pub product: Option<Arc<Product>>,
    /// Does it hand over ad units?
    pub is_ad_unit: bool,
    /// How sure it is.
    pub evidence: Evidence,
}

impl Detector {
    /// The acts among the events, in their order. Rules that only give a weak sign are left out.
    #[must_use]
    pub fn acts(&self, events: &[Event]) -> Vec<Act> {
        let mut matcher = Matcher::new(self);
        events.iter().for_each(|event| matcher.event(event));
        let mut hits = matcher.hits;
        drop_unconfirmed(&mut hits, &self.rules);
        let aliases = Default::default();
        hits.retain(|hit| ad_unit::is_credible(hit, self.registry, &aliases));
        hits.iter().filter_map(act).collect()
    }

    /// The product whose host serves a URL.
    #[must_use]
    pub fn product_of_url(&self, url: &str) -> Option<&Arc<Product>> {
        self.hosts.find(url).iter().find_map(|entry| self.rules.product(&entry.product))
    }

    /// The products that a global names surely, as `googletag`, `Criteo.events`.
    pub fn products_of_global<'d>(&'d self, path: &'d str) -> impl Iterator<Item = &'d Arc<Product>> {
        let known = self.index.globals.get(crate::pattern::first_name(path)).into_iter().flatten();
        let named = known.filter(move |global| !global.is_weak && *global.path == *path);
        named.map(|global| &self.rules.products()[global.product])
    }
}

fn act(hit: &Hit<'_>) -> Option<Act> {
    let Sign::Rule(rule, _) = hit.sign else { return None };
    (!rule.is_weak).then(|| Act {
        at: hit.at,
        rule: rule.id.clone(),
        product: rule.product.clone(),
        is_ad_unit: rule.finds == Finds::AdUnit,
        evidence: hit.evidence,
    })
}

//! Which acts of a script a rule knows, each with its place: what verdicts on scripts rest on.

use super::ad_unit;
use super::detector::Detector;
use super::index::Owner;
use super::matcher::{Hit, Matcher, Sign};
use super::shared::confirmed;
use crate::base::{Evidence, Place};
use crate::evaluate::Event;
use crate::rule::{Finds, Product, Rule};
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
        self.acts_of(&matcher.hits)
    }

    /// The acts among the hits of events.
    pub(super) fn acts_of(&self, hits: &[Hit<'_>]) -> Vec<Act> {
        let aliases = Default::default();
        let confirmed = confirmed(hits, self).into_iter();
        confirmed.filter(|hit| ad_unit::is_credible(hit, self.registry, &aliases)).filter_map(act).collect()
    }

    /// The rule that knows an element, by its lower-case name and attributes. Weak signs are left out.
    #[must_use]
    pub fn rule_of_element(&self, name: &str, attributes: &[(String, String)]) -> Option<&Rule> {
        let value = |key: &str| attributes.iter().find(|(known, _)| known == key).map(|(_, value)| &**value);
        let named = attributes.iter().map(|(name, value)| (&**name, &**value));
        let known = self.index.element_patterns(name, named).into_iter();
        let known = known.map(|(rule, number)| (&self.rules.rules()[rule], number));
        let mut strong = known.filter(|(rule, _)| !rule.is_weak && rule.product.is_some());
        strong.find(|(rule, number)| rule.elements[*number].unify(name, value).is_some()).map(|(rule, _)| rule)
    }

    /// The product whose elements bear this class.
    #[must_use]
    pub fn product_of_class<'d>(&'d self, name: &'d str) -> Option<&'d Arc<Product>> {
        self.products_of_style_name(name, false).next()
    }

    /// The products whose elements bear this class or id.
    pub fn products_of_style_name<'d>(
        &'d self,
        name: &'d str,
        is_id: bool,
    ) -> impl Iterator<Item = &'d Arc<Product>> + 'd {
        self.index.owners(is_id, name).filter_map(|owner| match owner {
            Owner::Product(product) => Some(&self.rules.products()[product]),
            Owner::Rule(_) => None,
        })
    }

    /// The names of elements that rules speak of: `ins`, `amp-ad`.
    #[must_use]
    pub fn element_names(&self) -> Vec<String> {
        let known = self.rules.rules().iter().flat_map(|rule| &rule.elements);
        let mut names: Vec<String> = known.filter_map(|selector| selector.element()).map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        names
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

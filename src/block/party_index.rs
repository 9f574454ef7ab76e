//! Who is behind a request: the products' places and names of files, the registry's domains, the rules' URL patterns.
//!
//! Built once from rules and registry. One look-up for each label of the host; patterns are met only where one ends in
//! the host's last two labels; names of files are few.

use super::address::Addressed;
use super::policy::{AD_NETWORK, BIDDER, Party};
use crate::detect::Detector;
use crate::evaluate::Value;
use crate::network::{Network, PathEnds, Registry, is_third_party};
use crate::pattern::{UrlPattern, host_tail};
use crate::rule::{Product, RuleSet};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Who may be behind requests.
#[derive(Debug, Default)]
pub(super) struct PartyIndex {
    by_host: FxHashMap<Box<str>, AtHost>,
    /// Rules and their products by the last two labels of the hosts of their URL patterns.
    by_tail: FxHashMap<Box<str>, Vec<Pattern>>,
    /// Products that publishers put on hosts of their own: few.
    by_path: PathEnds<Arc<KnownParty>>,
}

#[derive(Debug, Default)]
struct AtHost {
    /// The longest path first.
    places: Vec<(Box<str>, Arc<KnownParty>)>,
    owner: Option<Arc<KnownParty>>,
}

#[derive(Debug)]
struct Pattern {
    rule: Arc<str>,
    url: UrlPattern,
    party: Arc<KnownParty>,
}

/// A party that requests may go to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct KnownParty {
    pub network: Arc<str>,
    pub product: Option<Arc<str>>,
    /// The product's role; of a network all that are known; none for a domain that is no sign of ads.
    pub roles: Box<[Arc<str>]>,
    /// The inert library that stands in for its scripts.
    pub stub: Option<Arc<str>>,
}

/// Who is behind one request, and by which rule that was told.
pub(super) struct FoundParty<'i> {
    pub known: &'i KnownParty,
    pub rule: Option<&'i str>,
}

impl FoundParty<'_> {
    pub fn party(&self) -> Party<'_> {
        Party {
            rule: self.rule,
            product: self.known.product.as_deref(),
            network: Some(&self.known.network),
            roles: &self.known.roles,
        }
    }
}

impl PartyIndex {
    pub fn new(detector: &Detector) -> Self {
        let (rules, registry) = (detector.rules(), detector.registry());
        let mut index = Self::default();
        let products: BTreeMap<&str, Arc<KnownParty>> =
            rules.products().iter().map(|product| (&*product.id, Arc::new(of_product(product)))).collect();
        for product in rules.products() {
            for place in &product.hosts {
                index.add_place(place, &products[&*product.id]);
            }
        }
        index.by_path = detector.paths.map(|at| products[&*rules.products()[*at].id].clone());
        index.add_owners(rules, registry);
        index.add_patterns(rules, &products);
        index
    }

    fn add_place(&mut self, place: &str, party: &Arc<KnownParty>) {
        let (host, path) = place.find('/').map_or((place, "/"), |slash| place.split_at(slash));
        let places = &mut self.by_host.entry(host.to_ascii_lowercase().into()).or_default().places;
        let at = places.partition_point(|(other, _)| other.len() >= path.len());
        places.insert(at, (path.into(), party.clone()));
    }

    fn add_owners(&mut self, rules: &RuleSet, registry: &Registry) {
        let roles = roles_of_networks(rules, registry);
        let mut parties: FxHashMap<(&str, bool), Arc<KnownParty>> = FxHashMap::default();
        for (domain, network, serves_ads) in registry.owners() {
            let party = parties.entry((&network.id, serves_ads)).or_insert_with(|| {
                let known = roles.get(&*network.id).filter(|_| serves_ads).into_iter().flatten();
                let mut roles: Vec<Arc<str>> = known.copied().map(Arc::from).collect();
                if serves_ads && roles.is_empty() {
                    roles.push(AD_NETWORK.into());
                }
                Arc::new(of_network(network, roles))
            });
            self.by_host.entry(domain.into()).or_default().owner = Some(party.clone());
        }
    }

    fn add_patterns(&mut self, rules: &RuleSet, products: &BTreeMap<&str, Arc<KnownParty>>) {
        for rule in rules.rules().iter().filter(|rule| !rule.urls.is_empty()) {
            let Some(party) = rule.product.as_ref().and_then(|product| products.get(&*product.id)) else { continue };
            for url in &rule.urls {
                // A pattern without a fixed domain would be met by every request.
                let Some(tail) = url.host_tail() else { continue };
                let pattern = Pattern { rule: rule.id.clone(), url: url.clone(), party: party.clone() };
                self.by_tail.entry(tail.into()).or_default().push(pattern);
            }
        }
    }

    /// Who is behind a request. First parties are told by rules alone: a site may serve an ad library itself.
    pub fn find(&self, addressed: &Addressed<'_>) -> Option<FoundParty<'_>> {
        let host = addressed.host.as_deref()?;
        let by_pattern = self.find_pattern(host, addressed);
        if by_pattern.is_some() {
            return by_pattern;
        }
        let is_foreign = addressed.page_host.as_deref().is_none_or(|page| is_third_party(host, page));
        let at_host = if is_foreign { self.find_place(host, addressed.rest) } else { Place::default() };
        let by_path = || self.by_path.find(addressed.rest).map(|known| &**known);
        let known = at_host.product.or_else(by_path).or(at_host.owner)?;
        Some(FoundParty { known, rule: None })
    }

    fn find_pattern(&self, host: &str, addressed: &Addressed<'_>) -> Option<FoundParty<'_>> {
        let patterns = self.by_tail.get(host_tail(host))?;
        let url = Value::string(addressed.request.url);
        let found = patterns.iter().find(|pattern| pattern.url.unify(&url).is_some())?;
        Some(FoundParty { known: &found.party, rule: Some(&found.rule) })
    }

    /// The product of the most specific host, and there of the longest path; the owner of the most specific domain.
    fn find_place(&self, host: &str, rest: &str) -> Place<'_> {
        let mut found = Place::default();
        for name in std::iter::successors(Some(host), |host| host.split_once('.').map(|(_, parent)| parent)) {
            let Some(at) = self.by_host.get(name) else { continue };
            if let Some((_, party)) = at.places.iter().find(|(path, _)| rest.starts_with(&**path)) {
                return Place { product: Some(party), ..found };
            }
            found.owner = found.owner.or(at.owner.as_deref());
        }
        found
    }
}

/// Who is at a host.
#[derive(Default)]
struct Place<'i> {
    product: Option<&'i KnownParty>,
    owner: Option<&'i KnownParty>,
}

fn of_product(product: &Product) -> KnownParty {
    KnownParty {
        network: product.network.clone(),
        product: Some(product.id.clone()),
        roles: Box::new([product.role.clone()]),
        stub: product.stub.clone(),
    }
}

fn of_network(network: &Network, roles: Vec<Arc<str>>) -> KnownParty {
    KnownParty { network: (&*network.id).into(), product: None, roles: roles.into(), stub: None }
}

/// The roles of each network's products; `bidder` where a bidder code leads to it.
fn roles_of_networks<'r>(rules: &'r RuleSet, registry: &'r Registry) -> FxHashMap<&'r str, BTreeSet<&'r str>> {
    let mut roles: FxHashMap<&str, BTreeSet<&str>> = FxHashMap::default();
    for product in rules.products() {
        roles.entry(&product.network).or_default().insert(&product.role);
    }
    for bidder in registry.bidders() {
        roles.entry(&bidder.network).or_default().insert(BIDDER);
    }
    roles
}

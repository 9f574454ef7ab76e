//! URLs that markup and scripts name: to whom do they belong, and what do they tell?

use super::detector::{Detector, Observed, markup_place};
use super::finding::FoundRequest;
use super::matcher::{Matcher, Sign};
use crate::base::{Evidence, Place};
use crate::evaluate::{Condition, EventKind, Value};
use crate::network::{Location, Network, is_third_party};
use crate::page::RequestKind;
use crate::pattern::Match;
use crate::rule::Product;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// A URL with its circumstances.
struct Named<'p> {
    url: &'p Value,
    kind: &'static str,
    at: Place,
    when: Condition,
}

/// Third-party requests, in order of their place; what they tell about products goes to the matcher.
pub(crate) fn requests<'d>(
    detector: &'d Detector,
    observed: &Observed<'_>,
    matcher: &mut Matcher<'d>,
) -> Vec<FoundRequest> {
    let page_host = observed.url.and_then(Location::of_url).map(|location| location.host);
    let mut meeting = Meeting { detector, matcher, page_host, hosts: FxHashMap::default(), seen: FxHashSet::default() };
    let mut found = Vec::new();
    for request in observed.requests.iter().filter(|request| request.kind != RequestKind::Link) {
        let url = Value::string(&request.url);
        let named = Named { url: &url, kind: request.kind.name(), at: markup_place(request.span), when: None };
        found.extend(meeting.meet(&named));
    }
    for event in observed.events {
        let EventKind::Request { url, kind } = &event.kind else { continue };
        for (when, one) in url.alternatives() {
            let when = crate::pattern::join_conditions(&event.when, &when.cloned());
            found.extend(meeting.meet(&Named { url: one, kind, at: event.at, when }));
        }
    }
    found.sort_by(|left, right| (left.at, &left.url).cmp(&(right.at, &right.url)));
    found
}

/// The requests of one page meet what is known of hosts and paths.
struct Meeting<'d, 'm> {
    detector: &'d Detector,
    matcher: &'m mut Matcher<'d>,
    page_host: Option<String>,
    /// Pages name few hosts, and each many times.
    hosts: FxHashMap<String, AtHost<'d>>,
    seen: FxHashSet<(String, &'static str)>,
}

/// What a host tells of the requests to it.
#[derive(Clone, Copy)]
struct AtHost<'d> {
    is_foreign: bool,
    /// Whose it is, ads or not.
    organisation: Option<&'d Network>,
    /// A domain that serves much besides ads tells whose the request is, and is no sign of an ad network.
    serves_ads: bool,
}

impl<'d> Meeting<'d, '_> {
    /// A request to a third party or for a product, the first time that it is met.
    fn meet(&mut self, named: &Named<'_>) -> Option<FoundRequest> {
        let known = known_beginning(named.url)?;
        let location = Location::of_url(known)?;
        let at_host = self.at_host(&location.host);
        let by_rule = self.meet_rules(named, &location.host);
        let by_host = if at_host.is_foreign { self.meet_hosts(named, known, &location) } else { None };
        let product = by_rule.or(by_host).or_else(|| self.meet_paths(named, known, location.rest));
        if !at_host.is_foreign && product.is_none() {
            return None;
        }
        let url = shown(named.url);
        if !self.seen.insert((url.clone(), named.kind)) {
            return None;
        }
        let is_ad = product.is_some() || at_host.serves_ads;
        let network = product.or_else(|| at_host.organisation.map(|network| Arc::from(&*network.id)));
        Some(FoundRequest { url, kind: named.kind, network, filter: None, is_ad, at: named.at })
    }

    fn at_host(&mut self, host: &str) -> AtHost<'d> {
        if let Some(known) = self.hosts.get(host) {
            return *known;
        }
        let registry = self.detector.registry;
        let at_host = AtHost {
            is_foreign: self.page_host.as_deref().is_none_or(|page| is_third_party(host, page)),
            organisation: registry.organisation_of_host(host),
            serves_ads: registry.network_of_host(host).is_some(),
        };
        self.hosts.insert(host.to_owned(), at_host);
        at_host
    }

    /// Rules with a `url`; the network of the first that matches.
    fn meet_rules(&mut self, named: &Named<'_>, host: &str) -> Option<Arc<str>> {
        let detector = self.detector;
        let mut network = None;
        for (rule, number) in detector.index.url_patterns(host) {
            let rule = &detector.rules.rules()[rule];
            if let Some(tree) = rule.urls[number].unify(named.url) {
                network = network.or_else(|| rule.product.as_ref().map(|product| product.network.clone()));
                self.matcher.add(Sign::Rule(rule, None), tree, Evidence::Request, named.at, named.when.clone());
            }
        }
        network
    }

    /// Products whose host it is; the network of the first.
    fn meet_hosts(&mut self, named: &Named<'_>, known: &str, location: &Location<'_>) -> Option<Arc<str>> {
        let detector = self.detector;
        let entries = detector.hosts.find(location);
        for entry in entries {
            let Some(product) = detector.rules.product(&entry.product) else { continue };
            self.add_product(product, "host", named, known);
        }
        entries.first().map(|entry| entry.network.clone())
    }

    /// The product whose path it is, on a host that no product is known by.
    fn meet_paths(&mut self, named: &Named<'_>, known: &str, path: &str) -> Option<Arc<str>> {
        let detector = self.detector;
        let product = &detector.rules.products()[*detector.paths.find(path)?];
        self.add_product(product, "path", named, known);
        Some(product.network.clone())
    }

    fn add_product(&mut self, product: &'d Arc<Product>, what: &'static str, named: &Named<'_>, known: &str) {
        let tree = Match { captures: ids_in(product, known), ..Match::default() };
        self.matcher.add(Sign::Product(product, what), tree, Evidence::Request, named.at, named.when.clone());
    }
}

/// The known text up to the first unknown part.
fn known_beginning(url: &Value) -> Option<&str> {
    match url {
        Value::String(text) => Some(text),
        Value::Text(pieces) => match pieces.first() {
            Some(Value::String(text)) => {
                // A host that is cut off is no host.
                let after = text.find("//").map(|at| &text[at + 2..])?;
                after.contains(['/', '?']).then_some(&**text)
            }
            _ => None,
        },
        _ => None,
    }
}

fn shown(url: &Value) -> String {
    url.as_str().map_or_else(|| url.source_text(), str::to_owned)
}

/// Ids of the formats that the product's file names.
fn ids_in(product: &Product, url: &str) -> Vec<(Arc<str>, Value)> {
    let mut ids: Vec<(Arc<str>, Value)> = Vec::new();
    for (name, regex) in &product.ids {
        let Some(found) = regex.get().and_then(|regex| regex.captures(url)) else { continue };
        let id = found.get(1).or_else(|| found.get(0)).map_or("", |part| part.as_str());
        if !id.is_empty() && !ids.iter().any(|(known, _)| known == name) {
            ids.push((name.clone(), Value::string(id)));
        }
    }
    ids
}

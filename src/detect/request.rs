//! URLs that markup and scripts name: to whom do they belong, and what do they tell?

use super::detector::{Detector, Observed, markup_place};
use super::finding::FoundRequest;
use super::matcher::{Matcher, Sign};
use crate::base::{Evidence, Place};
use crate::evaluate::{Condition, EventKind, Value};
use crate::network::{Location, is_third_party};
use crate::page::RequestKind;
use crate::pattern::Match;
use crate::rule::Product;
use std::collections::HashSet;
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
    let mut found = Vec::new();
    let mut seen: HashSet<(String, &'static str)> = HashSet::new();
    let mut meet = |named: &Named<'_>| {
        let request = meet_request(detector, named, page_host.as_deref(), matcher);
        found.extend(request.filter(|request| seen.insert((request.url.clone(), request.kind))));
    };
    for request in observed.requests.iter().filter(|request| request.kind != RequestKind::Link) {
        let url = Value::string(&request.url);
        meet(&Named { url: &url, kind: request.kind.name(), at: markup_place(request.span), when: None });
    }
    for event in observed.events {
        let EventKind::Request { url, kind } = &event.kind else { continue };
        for (when, one) in url.alternatives() {
            let when = crate::pattern::join_conditions(&event.when, &when.cloned());
            meet(&Named { url: one, kind, at: event.at, when });
        }
    }
    found.sort_by(|left, right| (left.at, &left.url).cmp(&(right.at, &right.url)));
    found
}

fn meet_request<'d>(
    detector: &'d Detector,
    named: &Named<'_>,
    page_host: Option<&str>,
    matcher: &mut Matcher<'d>,
) -> Option<FoundRequest> {
    let known = known_beginning(named.url)?;
    let location = Location::of_url(&known)?;
    let is_foreign = page_host.is_none_or(|page| is_third_party(&location.host, page));
    let by_rule = meet_rules(detector, named, &location.host, matcher);
    let by_host = if is_foreign { meet_hosts(detector, named, &known, matcher) } else { None };
    let product = by_rule.or(by_host).or_else(|| meet_paths(detector, named, &known, location.rest, matcher));
    if !is_foreign && product.is_none() {
        return None;
    }
    let registry = detector.registry;
    let by_domain = || registry.organisation_of_host(&location.host).map(|network| Arc::from(&*network.id));
    // A domain that serves much besides ads tells whose the request is, and is no sign of an ad network.
    let is_ad = product.is_some() || registry.network_of_host(&location.host).is_some();
    let network = product.or_else(by_domain);
    Some(FoundRequest { url: shown(named.url), kind: named.kind, network, filter: None, is_ad, at: named.at })
}

/// The known text up to the first unknown part.
fn known_beginning(url: &Value) -> Option<String> {
    match url {
        Value::String(text) => Some(text.to_string()),
        Value::Text(pieces) => match pieces.first() {
            Some(Value::String(text)) => {
                // A host that is cut off is no host.
                let after = text.find("//").map(|at| &text[at + 2..])?;
                after.contains(['/', '?']).then(|| text.to_string())
            }
            _ => None,
        },
        _ => None,
    }
}

fn shown(url: &Value) -> String {
    url.as_str().map_or_else(|| url.source_text(), str::to_owned)
}

/// Rules with a `url`; the network of the first that matches.
fn meet_rules<'d>(
    detector: &'d Detector,
    named: &Named<'_>,
    host: &str,
    matcher: &mut Matcher<'d>,
) -> Option<Arc<str>> {
    let mut network = None;
    for (rule, number) in detector.index.url_patterns(host) {
        let rule = &detector.rules.rules()[rule];
        if let Some(tree) = rule.urls[number].unify(named.url) {
            network = network.or_else(|| rule.product.as_ref().map(|product| product.network.clone()));
            matcher.add(Sign::Rule(rule, None), tree, Evidence::Request, named.at, named.when.clone());
        }
    }
    network
}

/// The product whose path it is, on a host that no product is known by.
fn meet_paths<'d>(
    detector: &'d Detector,
    named: &Named<'_>,
    known: &str,
    path: &str,
    matcher: &mut Matcher<'d>,
) -> Option<Arc<str>> {
    let (_, at) = detector.paths.iter().find(|(end, _)| end.is_end_of(path))?;
    let product = &detector.rules.products()[*at];
    add_product(product, "path", named, known, matcher);
    Some(product.network.clone())
}

/// Products whose host it is; the network of the first.
fn meet_hosts<'d>(
    detector: &'d Detector,
    named: &Named<'_>,
    known: &str,
    matcher: &mut Matcher<'d>,
) -> Option<Arc<str>> {
    let entries = detector.hosts.find(known);
    for entry in entries {
        let Some(product) = detector.rules.product(&entry.product) else { continue };
        add_product(product, "host", named, known, matcher);
    }
    entries.first().map(|entry| entry.network.clone())
}

fn add_product<'d>(
    product: &'d Arc<Product>,
    what: &'static str,
    named: &Named<'_>,
    known: &str,
    matcher: &mut Matcher<'d>,
) {
    let tree = Match { captures: ids_in(product, known), ..Match::default() };
    matcher.add(Sign::Product(product, what), tree, Evidence::Request, named.at, named.when.clone());
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

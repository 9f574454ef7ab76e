//! From what a page does and holds to what was found on it.

use super::ad_unit;
use super::config;
use super::finding::{AdUnit, Aliases, ConfigEntry, Finding, FoundNetwork, FoundRequest, Slot};
use super::index::Index;
use super::matcher::{Hit, Matcher, Sign};
use super::merge;
use super::network::Networks;
use super::problem::check_units;
use super::request;
use super::shared::drop_unconfirmed;
use super::sign::Act;
use crate::base::Place;
use crate::evaluate::{Event, Value};
use crate::network::{HostIndex, PathEnds, Registry};
use crate::page::{Element, Request, Style, Wanted};
use crate::rule::{Finds, RuleSet};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What a page does and holds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Observed<'p> {
    /// What its scripts do, in order.
    pub events: &'p [Event],
    /// Start tags that [`Detector::wanted`] asked for, those in markup that scripts write included.
    pub elements: &'p [Element<'p>],
    /// Its style sheets and style attributes.
    pub styles: &'p [Style<'p>],
    /// URLs that its markup names.
    pub requests: &'p [Request],
    /// The page's own URL.
    pub url: Option<&'p str>,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Detected {
    /// Rules that matched, in order of their place; one entry for each set of captures.
    pub findings: Vec<Finding>,
    /// Ad units, in order of their place.
    pub ad_units: Vec<AdUnit>,
    /// Slots, in order of their place.
    pub slots: Vec<Slot>,
    /// Third-party requests, in order of their place.
    pub requests: Vec<FoundRequest>,
    /// Networks, surest first, then by name.
    pub networks: Vec<FoundNetwork>,
    /// Settings, by name, then place.
    pub config: Vec<ConfigEntry>,
    /// Calls and assignments that rules know, for verdicts on scripts.
    pub acts: Vec<Act>,
}

/// Rules, ready to meet pages. Build it once; it is immutable.
#[derive(Clone, Debug)]
pub struct Detector {
    pub(crate) rules: Arc<RuleSet>,
    pub(crate) registry: &'static Registry,
    pub(crate) index: Index,
    pub(crate) hosts: HostIndex,
    /// Ends of paths, each with the product that it names on any host.
    pub(crate) paths: PathEnds<usize>,
}

impl Detector {
    /// Compiles the look-up tables of a rule set.
    #[must_use]
    pub fn new(rules: Arc<RuleSet>, registry: &'static Registry) -> Self {
        let (mut hosts, mut paths) = (HostIndex::default(), PathEnds::default());
        for (at, product) in rules.products().iter().enumerate() {
            for place in &product.hosts {
                hosts.add(place, &product.network, &product.id);
            }
            product.paths.iter().for_each(|path| paths.add(path, at));
        }
        Self { index: Index::new(&rules), rules, registry, hosts, paths }
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// The registry.
    #[must_use]
    pub fn registry(&self) -> &'static Registry {
        self.registry
    }

    /// What a page must hand over for the rules to see it.
    #[must_use]
    pub fn wanted(&self) -> Wanted {
        self.index.wanted(&self.rules)
    }

    /// Meets a page.
    #[must_use]
    pub fn detect(&self, observed: &Observed<'_>) -> Detected {
        let mut matcher = Matcher::new(self);
        observed.events.iter().for_each(|event| matcher.event(event));
        let acts = self.acts_of(&matcher.hits);
        observed.elements.iter().for_each(|element| matcher.element(element));
        observed.styles.iter().for_each(|style| matcher.style(style));
        let requests = request::requests(self, observed, &mut matcher);
        let mut hits = matcher.hits;
        drop_unconfirmed(&mut hits, self);
        let aliases = aliases(&hits);
        hits.retain(|hit| ad_unit::is_credible(hit, self.registry, &aliases));
        let findings = findings(&hits);
        let mut ad_units = merge::merge(ad_unit::ad_units(&hits, self.registry, &aliases));
        check_units(&mut ad_units, self.registry, &aliases);
        let mut networks = Networks::new(self.registry);
        findings
            .iter()
            .enumerate()
            .for_each(|(index, (finding, sign))| networks.add_finding(index, finding, *sign, &self.rules));
        hits.iter().for_each(|hit| networks.add_named_bidders(hit, &aliases));
        ad_units.iter().for_each(|unit| networks.add_ad_unit(unit));
        requests.iter().for_each(|request| networks.add_request(request));
        Detected {
            networks: networks.sorted(),
            findings: findings.into_iter().map(|(finding, _)| finding).collect(),
            slots: slots(&hits),
            config: config::entries(&hits),
            ad_units,
            requests,
            acts,
        }
    }
}

fn aliases(hits: &[Hit<'_>]) -> Aliases {
    let mut aliases = Aliases::new();
    for hit in hits.iter().filter(|hit| hit.finds() == Some(Finds::Alias)) {
        for flat in hit.tree.flatten() {
            let texts = |name: &str| {
                let alternatives = flat.captures.get(name).into_iter().flat_map(Value::alternatives);
                alternatives.filter_map(|(_, one)| one.as_str().map(Arc::<str>::from)).collect::<Vec<_>>()
            };
            let bidder = texts("BIDDER").into_iter().next();
            for alias in texts("ALIAS") {
                let known = aliases.entry(alias).or_default();
                *known = bidder.clone().or(known.take());
            }
        }
    }
    aliases
}

/// One finding for each leaf of a match; the same captures of one rule count once, the surest, then the first.
fn findings<'r>(hits: &[Hit<'r>]) -> Vec<(Finding, Sign<'r>)> {
    let mut all: Vec<(Finding, Sign<'r>)> = Vec::new();
    let mut known: HashMap<(Arc<str>, String), usize> = HashMap::new();
    for hit in hits {
        for flat in hit.tree.flatten() {
            let finding = Finding {
                rule: hit.rule_id(),
                network: hit.product().map(|product| product.network.clone()),
                product: hit.product().map(|product| product.id.clone()),
                captures: flat.captures,
                evidence: hit.evidence,
                at: flat.at.unwrap_or(hit.at),
                when: crate::pattern::join_conditions(&hit.when, &flat.when),
            };
            let key = (finding.rule.clone(), captures_text(&finding.captures));
            match known.get(&key) {
                Some(&at) if all[at].0.evidence <= finding.evidence => {}
                Some(&at) => all[at] = (finding, hit.sign),
                None => {
                    known.insert(key, all.len());
                    all.push((finding, hit.sign));
                }
            }
        }
    }
    all.sort_by(|(left, _), (right, _)| (left.at, &left.rule).cmp(&(right.at, &right.rule)));
    all
}

fn captures_text(captures: &BTreeMap<Arc<str>, Value>) -> String {
    captures.iter().map(|(name, value)| format!("{name}={}\n", value.json_text())).collect()
}

fn slots(hits: &[Hit<'_>]) -> Vec<Slot> {
    let mut slots: Vec<Slot> = Vec::new();
    for hit in hits.iter().filter(|hit| hit.finds() == Some(Finds::Slot)) {
        let library = hit.product().map_or_else(|| hit.rule_id(), |product| product.id.clone());
        for flat in hit.tree.flatten() {
            let value = |name: &str| flat.captures.get(name).cloned().unwrap_or(Value::Null);
            let slot = Slot {
                library: library.clone(),
                path: value("PATH"),
                sizes: value("SIZES"),
                element: value("ELEMENT"),
                evidence: hit.evidence,
                at: flat.at.unwrap_or(hit.at),
            };
            let is_same = |other: &Slot| {
                (&other.library, &other.path, &other.sizes, &other.element)
                    == (&slot.library, &slot.path, &slot.sizes, &slot.element)
            };
            match slots.iter_mut().find(|other| is_same(other)) {
                Some(known) => known.evidence = known.evidence.min(slot.evidence),
                None => slots.push(slot),
            }
        }
    }
    slots.sort_by_key(|slot| slot.at);
    slots
}

/// The place of something in markup.
pub(crate) fn markup_place(span: crate::base::Span) -> Place {
    Place { script: None, span }
}

//! What everything amounts to: the ad networks of the page.

use super::finding::{AdUnit, Aliases, Finding, FoundNetwork, FoundRequest};
use super::matcher::{Hit, Sign};
use crate::base::Evidence;
use crate::evaluate::Value;
use crate::network::Registry;
use crate::rule::{Finds, RuleSet};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Words of param names that hold a publisher's id.
const ID_WORDS: [&str; 18] = [
    "zone",
    "placement",
    "publisher",
    "site",
    "account",
    "tag",
    "unit",
    "network",
    "member",
    "invcode",
    "pub",
    "partner",
    "channel",
    "customer",
    "supply",
    "seat",
    "token",
    "apikey",
];
/// Names that only look like it.
const NO_IDS: [&str; 6] = ["publishersubid", "tagtype", "unittype", "sitecategory", "pagetype", "placementtype"];

/// Collects networks.
pub(crate) struct Networks<'r> {
    registry: &'r Registry,
    by_id: BTreeMap<Arc<str>, Entry>,
}

struct Entry {
    evidence: Evidence,
    roles: BTreeSet<Arc<str>>,
    bidders: BTreeSet<Arc<str>>,
    ids: BTreeMap<Arc<str>, BTreeMap<String, Value>>,
    findings: Vec<usize>,
}

impl<'r> Networks<'r> {
    pub fn new(registry: &'r Registry) -> Self {
        Self { registry, by_id: BTreeMap::new() }
    }

    fn entry(&mut self, id: &str, evidence: Evidence) -> &mut Entry {
        let entry = self.by_id.entry(id.into()).or_insert_with(|| Entry {
            evidence,
            roles: BTreeSet::new(),
            bidders: BTreeSet::new(),
            ids: BTreeMap::new(),
            findings: Vec::new(),
        });
        entry.evidence = entry.evidence.min(evidence);
        entry
    }

    /// The product behind a finding; captures of product rules are the publisher's ids.
    pub fn add_finding(&mut self, index: usize, finding: &Finding, sign: Sign<'_>, rules: &RuleSet) {
        let Some(network) = &finding.network else { return };
        let role = finding.product.as_deref().and_then(|id| rules.product(id)).map(|product| product.role.clone());
        let entry = self.entry(network, finding.evidence);
        entry.findings.push(index);
        entry.roles.extend(role);
        let object_hole = match sign {
            Sign::Rule(rule, _) if rule.finds != Finds::Product => return,
            Sign::Rule(_, hole) => hole,
            Sign::Product(..) => None,
        };
        for (name, value) in finding.captures.iter().filter(|(name, _)| Some(&***name) != object_hole) {
            entry.add_id(&name.to_ascii_lowercase(), value);
        }
    }

    /// Bidders that rules name without an ad unit.
    pub fn add_named_bidders(&mut self, hit: &Hit<'_>, aliases: &Aliases) {
        if !matches!(hit.finds(), Some(Finds::Bidders | Finds::Alias)) {
            return;
        }
        for flat in hit.tree.flatten() {
            let mut codes = Vec::new();
            flat.captures.get("BIDDER").into_iter().for_each(|value| add_codes(value, &mut codes));
            for code in codes {
                self.add_bidder(&code, aliases.get(&code).and_then(Option::as_ref), hit.evidence);
            }
        }
    }

    fn add_bidder(&mut self, code: &Arc<str>, parent: Option<&Arc<str>>, evidence: Evidence) {
        let Some(bidder) = self.registry.bidder(parent.unwrap_or(code)) else { return };
        let entry = self.entry(&bidder.network, evidence);
        entry.roles.insert("bidder".into());
        entry.bidders.insert(code.clone());
    }

    /// The networks behind its bids; scalar bid params that are ids.
    pub fn add_ad_unit(&mut self, unit: &AdUnit) {
        for bid in &unit.bids {
            let Some(network) = &bid.network else { continue };
            let mut codes = Vec::new();
            add_codes(&bid.bidder, &mut codes);
            let entry = self.entry(network, unit.evidence);
            entry.roles.insert("bidder".into());
            entry.bidders.extend(codes);
            for (_, params) in bid.params.alternatives() {
                let Value::Object(params) = params else { continue };
                params
                    .entries
                    .iter()
                    .filter(|(name, _)| is_id_name(name))
                    .for_each(|(name, value)| entry.add_id(name, value));
            }
        }
    }

    pub fn add_request(&mut self, request: &FoundRequest) {
        if let Some(network) = request.network.as_ref().filter(|_| request.is_ad) {
            self.entry(network, Evidence::Request);
        }
    }

    /// Surest first, then by name.
    pub fn sorted(self) -> Vec<FoundNetwork> {
        let registry = self.registry;
        let mut all: Vec<FoundNetwork> = self.by_id.into_iter().map(|(id, entry)| entry.finish(id, registry)).collect();
        all.sort_by(|left, right| (left.evidence, &left.name, &left.id).cmp(&(right.evidence, &right.name, &right.id)));
        all
    }
}

impl Entry {
    fn add_id(&mut self, name: &str, value: &Value) {
        for (_, one) in value.alternatives() {
            if matches!(one, Value::String(_) | Value::Number(_)) {
                self.ids.entry(name.into()).or_default().insert(one.json_text(), one.clone());
            }
        }
    }

    fn finish(self, id: Arc<str>, registry: &Registry) -> FoundNetwork {
        let known = registry.network(&id);
        FoundNetwork {
            name: known.map_or_else(|| id.clone(), |network| Arc::from(&*network.name)),
            gvl_id: known.and_then(|network| network.gvl_ids.first().copied()),
            roles: self.roles.into_iter().collect(),
            bidders: self.bidders.into_iter().collect(),
            ids: self.ids.into_iter().map(|(name, values)| (name, values.into_values().collect())).collect(),
            evidence: self.evidence,
            findings: self.findings,
            id,
        }
    }
}

/// Every string that a value may be, lists and alternatives opened.
fn add_codes(value: &Value, codes: &mut Vec<Arc<str>>) {
    for (_, one) in value.alternatives() {
        match one {
            Value::String(code) => codes.push(code.clone()),
            Value::Array(items) => items.iter().for_each(|item| add_codes(item, codes)),
            _ => {}
        }
    }
}

/// Does a bid param of this name hold an id?
fn is_id_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_id = lower == "id"
        || name.ends_with("Id")
        || name.ends_with("ID")
        || name.ends_with("_id")
        || lower.ends_with("pid")
        || lower.ends_with("cid");
    (is_id || ID_WORDS.iter().any(|word| lower.contains(word))) && !NO_IDS.contains(&&*lower)
}

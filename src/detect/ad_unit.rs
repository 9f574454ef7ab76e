//! Matches of ad-unit rules → ad units with bids.

use super::finding::{AdUnit, Aliases, Bid};
use super::matcher::{Hit, Sign};
use super::problem::{no_bids, note_duplicate_bids};
use crate::base::Place;
use crate::evaluate::{Condition, Object, Value};
use crate::network::Registry;
use crate::pattern::{Match, join_conditions};
use crate::rule::Finds;
use std::sync::Arc;

/// An ad unit with what tells it from others.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub unit: AdUnit,
    /// The object of the page's heap; 0 where it is none.
    pub identity: u32,
}

/// Captures that make a match an ad unit.
const UNIT_HOLES: [&str; 3] = ["CODE", "MEDIA_TYPES", "SIZES"];

/// Every ad unit of every hit, in order; the same one may come several times.
pub(crate) fn ad_units(hits: &[Hit<'_>], registry: &Registry, aliases: &Aliases) -> Vec<Draft> {
    let mut builder = Builder { registry, aliases, drafts: Vec::new() };
    for hit in hits.iter().filter(|hit| hit.finds() == Some(Finds::AdUnit)) {
        let Sign::Rule(_, object_hole) = hit.sign else { continue };
        let global = object_hole.and_then(|hole| hit.tree.capture(hole)).and_then(Value::as_str).map(Arc::from);
        let around = Around { hit, global, at: hit.at, when: hit.when.clone() };
        builder.walk(&hit.tree, &around);
    }
    builder.drafts
}

/// May it be an ad unit? What no wrapper took must name a bidder that is known, or pass params to one.
pub(crate) fn is_credible(hit: &Hit<'_>, registry: &Registry, aliases: &Aliases) -> bool {
    let is_judged = hit.finds() == Some(Finds::AdUnit) && hit.product().is_none();
    !is_judged || has_known_bidder(&hit.tree, registry, aliases) || is_whole(&hit.tree)
}

fn has_known_bidder(node: &Match, registry: &Registry, aliases: &Aliases) -> bool {
    let is_known = |code: &str| registry.bidder(code).is_some() || aliases.contains_key(code);
    let mut codes = node.capture("BIDDER").into_iter().flat_map(Value::alternatives);
    // A code that evaluation could not tell speaks neither for nor against it.
    codes.any(|(_, code)| code.as_str().map_or(matches!(code, Value::Unknown(_) | Value::Text(_)), is_known))
        || node.groups.iter().flatten().any(|child| has_known_bidder(child, registry, aliases))
}

/// Is there a unit with a code or media types, and a bid with params in it?
fn is_whole(node: &Match) -> bool {
    let is_object = |value: &Value| value.alternatives().any(|(_, one)| matches!(one, Value::Object(_)));
    let has = |node: &Match, name| node.capture(name).is_some_and(|value| *value != Value::Null);
    let mut children = node.groups.iter().flatten();
    UNIT_HOLES.iter().any(|hole| has(node, hole))
        && children.any(|child| child.capture("PARAMS").is_some_and(is_object))
}

/// What holds for everything inside a match.
struct Around<'h, 'r> {
    hit: &'h Hit<'r>,
    global: Option<Arc<str>>,
    at: Place,
    when: Condition,
}

struct Builder<'b> {
    registry: &'b Registry,
    aliases: &'b Aliases,
    drafts: Vec<Draft>,
}

impl Builder<'_> {
    fn walk(&mut self, node: &Match, around: &Around<'_, '_>) {
        let at = node.at.unwrap_or(around.at);
        let when = join_conditions(&around.when, &node.when);
        let inner = Around { hit: around.hit, global: around.global.clone(), at, when };
        let children = || node.groups.iter().flatten();
        let has_bids = children().any(|child| child.capture("BIDDER").is_some());
        let is_unit = has_bids || UNIT_HOLES.iter().any(|hole| node.capture(hole).is_some());
        if is_unit || node.capture("BIDDER").is_some() {
            self.add(node, &inner);
        } else {
            children().for_each(|child| self.walk(child, &inner));
        }
    }

    fn add(&mut self, node: &Match, around: &Around<'_, '_>) {
        // A bid that stands alone is its own unit.
        let own = node.capture("BIDDER").is_some().then_some(node);
        let bids: Vec<&Match> = own
            .into_iter()
            .chain(node.groups.iter().flatten().filter(|child| child.capture("BIDDER").is_some()))
            .collect();
        let code = node.capture("CODE").filter(|code| **code != Value::Null).cloned();
        if bids.is_empty() && code.is_none() {
            return;
        }
        let mut unit = AdUnit {
            code,
            library: around.hit.product().map(|product| product.id.clone()),
            global: around.global.clone(),
            media_types: media_types(node),
            evidence: around.hit.evidence,
            when: around.when.clone(),
            at: around.at,
            bids: bids.into_iter().map(|bid| self.bid(bid, around.at)).collect(),
            problems: Vec::new(),
        };
        note_duplicate_bids(&mut unit);
        // Only a list that is there, known and empty makes a group without children.
        if unit.bids.is_empty() && unit.library.is_some() && node.groups.iter().any(Vec::is_empty) {
            unit.problems.push(no_bids(&unit));
        }
        self.drafts.push(Draft { unit, identity: node.identity });
    }

    fn bid(&self, node: &Match, at: Place) -> Bid {
        let bidder = node.capture("BIDDER").cloned().unwrap_or(Value::Undefined);
        let (network, alias_of) = self.behind(&bidder);
        Bid {
            bidder,
            network,
            alias_of,
            params: node.capture("PARAMS").cloned().unwrap_or(Value::Null),
            when: node.when.clone(),
            problems: Vec::new(),
            at: node.at.unwrap_or(at),
        }
    }

    /// The network and parent of the first bidder code that is known.
    fn behind(&self, bidder: &Value) -> (Option<Arc<str>>, Option<Arc<str>>) {
        let codes = bidder.alternatives().filter_map(|(_, one)| one.as_str());
        for code in codes {
            let by_page = self.aliases.get(code).and_then(Option::as_ref);
            let known = self.registry.bidder(by_page.map_or(code, |parent| parent));
            let network = known.map(|bidder| Arc::from(&*bidder.network));
            let by_registry = || known.and_then(|bidder| bidder.alias_of.as_deref()).map(Arc::from);
            let alias_of = by_page.cloned().or_else(by_registry);
            if network.is_some() || alias_of.is_some() {
                return (network, alias_of);
            }
        }
        (None, None)
    }
}

/// `mediaTypes`, or the `sizes` of older pages as a banner's.
fn media_types(node: &Match) -> Value {
    if let Some(types) = node.capture("MEDIA_TYPES") {
        return types.clone();
    }
    let Some(sizes) = node.capture("SIZES") else { return Value::Null };
    let object = |name: &str, value: Value| {
        Value::Object(Arc::new(Object { entries: vec![(name.into(), value)], ..Object::default() }))
    };
    object("banner", object("sizes", sizes.clone()))
}

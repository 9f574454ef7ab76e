//! One ad unit is seen by many events: pushed to a list, handed to the wrapper, harvested. It is reported once.

use super::ad_unit::Draft;
use super::finding::{AdUnit, Bid, Problem};
use super::problem::NO_BIDS;
use crate::evaluate::{Condition, Value};
use std::collections::{HashMap, HashSet};

/// Merges what is the same ad unit; in order of place.
pub(crate) fn merge(drafts: Vec<Draft>) -> Vec<AdUnit> {
    let mut units = merge_same(drafts);
    units.iter_mut().for_each(settle_problems);
    drop_poorer(&mut units);
    units.sort_by_key(|unit| (unit.at, unit.evidence));
    units
}

/// Merges drafts of one object with one code, and drafts that say the same.
fn merge_same(drafts: Vec<Draft>) -> Vec<AdUnit> {
    let mut units: Vec<AdUnit> = Vec::new();
    let mut by_object: HashMap<(u32, String), usize> = HashMap::new();
    let mut by_content: HashMap<String, usize> = HashMap::new();
    for Draft { unit, identity } in drafts {
        let object = (identity, code_text(&unit));
        let content = content_text(&unit);
        let known =
            (identity != 0).then(|| by_object.get(&object)).flatten().or_else(|| by_content.get(&content)).copied();
        let at = known.unwrap_or(units.len());
        match units.get_mut(at) {
            Some(merged) => merge_into(merged, unit),
            None => units.push(without_repeats(unit)),
        }
        by_object.insert(object, at);
        by_content.entry(content).or_insert(at);
    }
    units
}

fn code_text(unit: &AdUnit) -> String {
    unit.code.as_ref().map(|code| code.json_text()).unwrap_or_default()
}

fn bid_text(bid: &Bid) -> String {
    format!("{} {}", bid.bidder.json_text(), bid.params.json_text())
}

fn content_text(unit: &AdUnit) -> String {
    let bids: Vec<String> = unit.bids.iter().map(bid_text).collect();
    format!("{}\n{}\n{}", code_text(unit), unit.media_types.json_text(), bids.join("\n"))
}

/// Is it handed to a library, and how sure is it? The smaller the better.
fn rank(unit: &AdUnit) -> (crate::base::Evidence, bool) {
    (unit.evidence, unit.library.is_none())
}

/// The better of both leads; each different bid stays once.
fn merge_into(merged: &mut AdUnit, mut other: AdUnit) {
    if rank(&other) < rank(merged) {
        std::mem::swap(merged, &mut other);
    }
    join_conditions_of(merged, &mut other);
    if merged.library.is_none() {
        (merged.library, merged.global) = (other.library, other.global);
    }
    if merged.media_types == Value::Null {
        merged.media_types = other.media_types;
    }
    merged.bids.append(&mut other.bids);
    merged.problems.append(&mut other.problems);
    keep_each_bid_once(merged);
}

/// Once all sights of a unit are merged: each problem stays once, and what was empty at one time was filled at another.
fn settle_problems(unit: &mut AdUnit) {
    if !unit.bids.is_empty() {
        unit.problems.retain(|problem| problem.code != NO_BIDS);
    }
    keep_each_problem_once(&mut unit.problems);
    unit.bids.iter_mut().for_each(|bid| keep_each_problem_once(&mut bid.problems));
}

/// What a wrapper was handed says when: a sight of the same object elsewhere only says that it is there.
fn join_conditions_of(merged: &mut AdUnit, other: &mut AdUnit) {
    match (merged.library.is_some(), other.library.is_some()) {
        (true, false) => copy_conditions(merged, other),
        (false, true) => copy_conditions(other, merged),
        _ => merged.when = either(&merged.when, &other.when),
    }
}

/// Equal bids take the condition too.
fn copy_conditions(from: &AdUnit, to: &mut AdUnit) {
    to.when = from.when.clone();
    for bid in &mut to.bids {
        if let Some(known) = from.bids.iter().find(|known| (&known.bidder, &known.params) == (&bid.bidder, &bid.params))
        {
            bid.when = known.when.clone();
        }
    }
}

fn without_repeats(mut unit: AdUnit) -> AdUnit {
    keep_each_bid_once(&mut unit);
    unit
}

fn keep_each_bid_once(unit: &mut AdUnit) {
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut bids: Vec<Bid> = Vec::with_capacity(unit.bids.len());
    for bid in unit.bids.drain(..) {
        match known.get(&bid_text(&bid)) {
            Some(&at) => {
                bids[at].when = either(&bids[at].when, &bid.when);
                bids[at].problems.extend(bid.problems);
            }
            None => {
                known.insert(bid_text(&bid), bids.len());
                bids.push(bid);
            }
        }
    }
    unit.bids = bids;
}

fn keep_each_problem_once(problems: &mut Vec<Problem>) {
    problems.sort_by(|left, right| (left.at, left.code, &left.message).cmp(&(right.at, right.code, &right.message)));
    problems.dedup();
}

/// One of two conditions holds; `None`: always.
fn either(left: &Condition, right: &Condition) -> Condition {
    let (Some(one), Some(other)) = (left, right) else { return None };
    let mut parts: Vec<String> = Vec::new();
    for part in split_whole(one, " || ").into_iter().chain(split_whole(other, " || ")) {
        add_part(&mut parts, part.to_owned())?;
    }
    Some(parts.join(" || ").into())
}

/// The parts of `a || b`, or of `a && b`; one whose operator stands in brackets is a part by itself.
fn split_whole<'c>(condition: &'c str, operator: &str) -> Vec<&'c str> {
    let is_whole = |part: &&str| part.matches('(').count() == part.matches(')').count();
    let parts: Vec<&str> = condition.split(operator).collect();
    if parts.iter().all(is_whole) { parts } else { vec![condition] }
}

/// Says nothing twice; `None`: one of the parts holds always.
fn add_part(parts: &mut Vec<String>, mut part: String) -> Option<()> {
    // Every turn takes a part away.
    while let Some((at, joined)) = parts.iter().enumerate().find_map(|(at, known)| Some((at, fold(known, &part)?))) {
        parts.remove(at);
        part = joined?;
    }
    if !parts.contains(&part) {
        parts.push(part);
    }
    Some(())
}

/// `a && b` or `!(a) && b` is `b`, and `a` or `!(a)` holds always; `None` where two parts stay two.
fn fold(one: &str, other: &str) -> Option<Option<String>> {
    if are_opposite(one, other) {
        return Some(None);
    }
    let (left, right) = (split_whole(one, " && "), split_whole(other, " && "));
    let mut differing = left.iter().zip(&right).filter(|(a, b)| a != b);
    let (a, b) = differing.next().filter(|_| left.len() == right.len())?;
    let is_only_one = differing.next().is_none() && are_opposite(a, b);
    is_only_one.then(|| Some(left.iter().filter(|part| *part != a).copied().collect::<Vec<_>>().join(" && ")))
}

fn are_opposite(one: &str, other: &str) -> bool {
    let denies = |a: &str, b: &str| a.strip_prefix("!(").and_then(|rest| rest.strip_suffix(')')) == Some(b);
    denies(one, other) || denies(other, one)
}

/// Drops units that say less than another: no library, and the same place or only bids that a better unit holds.
fn drop_poorer(units: &mut Vec<AdUnit>) {
    let better: Vec<&AdUnit> = units.iter().collect();
    let mut holders: HashMap<String, Vec<usize>> = HashMap::new();
    let mut places: HashMap<_, Vec<usize>> = HashMap::new();
    for (index, unit) in better.iter().enumerate() {
        places.entry(unit.at).or_default().push(index);
        for bid in &unit.bids {
            holders.entry(bid_text(bid)).or_default().push(index);
        }
    }
    let is_poorer = |index: usize, unit: &AdUnit| {
        let is_better = |other: &usize| *other != index && (rank(better[*other]), *other) < (rank(unit), index);
        let same_place =
            || places[&unit.at].iter().any(|other| is_better(other) && better[*other].evidence < unit.evidence);
        unit.library.is_none()
            && (same_place() || is_covered(unit, &holders, |other| is_better(other) && may_be(unit, better[*other])))
    };
    let poorer: HashSet<usize> =
        units.iter().enumerate().filter(|(index, unit)| is_poorer(*index, unit)).map(|(index, _)| index).collect();
    let mut index = 0;
    units.retain(|_| {
        index += 1;
        !poorer.contains(&(index - 1))
    });
}

/// A unit without a code may be any; else the codes agree.
fn may_be(unit: &AdUnit, other: &AdUnit) -> bool {
    unit.code.is_none() || unit.code == other.code
}

/// Does one better unit hold all its bids?
fn is_covered(unit: &AdUnit, holders: &HashMap<String, Vec<usize>>, is_candidate: impl Fn(&usize) -> bool) -> bool {
    let Some(first) = unit.bids.first() else { return false };
    let rest = &unit.bids[1..];
    let candidates = holders.get(&bid_text(first)).into_iter().flatten().filter(|other| is_candidate(other));
    candidates
        .into_iter()
        .any(|other| rest.iter().all(|bid| holders.get(&bid_text(bid)).is_some_and(|all| all.contains(other))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_of_two_conditions_says_each_thing_once() {
        let joined = |one: &str, other: &str| either(&Some(one.into()), &Some(other.into()));
        assert_eq!(joined("a", "b").as_deref(), Some("a || b"));
        assert_eq!(joined("a || b", "b").as_deref(), Some("a || b"));
        assert_eq!(joined("a || b", "a || b").as_deref(), Some("a || b"));
        assert_eq!(joined("a", "!(a)"), None);
        assert_eq!(joined("a && b && c", "a && !(b) && c").as_deref(), Some("a && c"));
        assert_eq!(joined("!(a) && b", "a && b").as_deref(), Some("b"));
        assert_eq!(joined("a && c || b && !(a) && c", "!(b) && !(a) && c").as_deref(), Some("c"));
        assert_eq!(joined("f(a || b)", "b)").as_deref(), Some("f(a || b) || b)"));
        assert_eq!(either(&None, &Some("a".into())), None);
    }

    #[test]
    fn what_was_handed_over_says_when() {
        let harvested = unit(None, None);
        let handed_over = unit(Some("prebid"), Some("isWide"));
        for (mut merged, other) in [(harvested.clone(), handed_over.clone()), (handed_over, harvested)] {
            merge_into(&mut merged, other);
            assert_eq!(merged.when.as_deref(), Some("isWide"));
            assert_eq!(merged.bids.len(), 1);
            assert_eq!(merged.bids[0].when.as_deref(), Some("isWide"));
            assert_eq!(merged.library.as_deref(), Some("prebid"));
        }
    }

    fn unit(library: Option<&str>, when: Option<&str>) -> AdUnit {
        let bid = Bid {
            bidder: Value::string("ix"),
            network: None,
            alias_of: None,
            params: Value::Null,
            when: when.map(Into::into),
            problems: Vec::new(),
            at: crate::base::Place::default(),
        };
        AdUnit {
            code: Some(Value::string("top")),
            library: library.map(Into::into),
            global: None,
            media_types: Value::Null,
            evidence: crate::base::Evidence::Evaluated,
            when: when.map(Into::into),
            at: crate::base::Place::default(),
            bids: vec![bid],
            problems: Vec::new(),
        }
    }
}

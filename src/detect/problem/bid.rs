//! One bid: its bidder code and its params.

use super::param::{Around, absence, check_value};
use super::problem;
use super::words::{name_value, quote};
use crate::detect::finding::{Aliases, Bid, Problem};
use crate::evaluate::{Condition, Object, Value};
use crate::network::{Bidder, Param, Registry, Required, Status};

/// What is wrong with a bid, each thing once. `aliases` are those the page makes.
#[must_use]
pub fn check_bid(bid: &Bid, registry: &Registry, aliases: &Aliases) -> Vec<Problem> {
    let mut found = Vec::new();
    for (when, code) in bid.bidder.alternatives() {
        let when = when.cloned();
        match code {
            // The page's own `aliasBidder` outweighs what the registry knows of the code.
            Value::String(code) => match aliases.get(code) {
                Some(Some(parent)) => check_alias(bid, parent, &when, registry, &mut found),
                Some(None) => {}
                None => check_code(bid, code, &when, registry, &mut found),
            },
            Value::Number(_) | Value::Bool(_) | Value::Null | Value::Array(_) | Value::Object(_) => {
                let words = format!("the bidder is {}, and should be its code", name_value(code));
                found.push(problem("unknown-bidder", words, &when, bid.at));
            }
            _ => {}
        }
    }
    let mut seen = Vec::new();
    found.retain(|problem: &Problem| {
        let is_new = !seen.contains(problem);
        seen.push(problem.clone());
        is_new
    });
    found
}

/// An alias wants what its parent wants; whether its name is known elsewhere is no matter.
fn check_alias(bid: &Bid, parent: &str, when: &Condition, registry: &Registry, found: &mut Vec<Problem>) {
    if let Some(bidder) = registry.bidder(parent) {
        check_params(bidder, bid, when, found);
    }
}

fn check_code(bid: &Bid, code: &str, when: &Condition, registry: &Registry, found: &mut Vec<Problem>) {
    match registry.bidder(code) {
        Some(bidder) => {
            found.extend(check_status(bidder, when, bid));
            check_params(bidder, bid, when, found);
        }
        None => found.push(unknown_bidder(code, when, registry, bid)),
    }
}

fn unknown_bidder(code: &str, when: &Condition, registry: &Registry, bid: &Bid) -> Problem {
    let near = registry.nearest_bidder(code).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    problem("unknown-bidder", format!("no bidder has the code {}{near}", quote(code)), when, bid.at)
}

fn check_status(bidder: &Bidder, when: &Condition, bid: &Bid) -> Option<Problem> {
    let code = &bidder.code;
    match &bidder.status {
        Status::Current | Status::PageAlias => None,
        Status::Renamed(now) => {
            let words = format!("Prebid.js knows `{code}` as `{now}` now");
            Some(problem("renamed-bidder", words, when, bid.at))
        }
        Status::Removed => {
            let words = format!("Prebid.js has no `{code}` any more: only an old copy of it would call this bidder");
            Some(problem("removed-bidder", words, when, bid.at))
        }
    }
}

fn check_params(bidder: &Bidder, bid: &Bid, when: &Condition, found: &mut Vec<Problem>) {
    let around = Around { code: &bidder.code, at: bid.at };
    for (inner, params) in bid.params.alternatives() {
        let when = &both(when, inner.cloned());
        match params {
            Value::Object(object) => check_object(bidder, object, when, &around, found),
            Value::Array(items) if !items.is_empty() => {
                let words = format!("the params of `{}` are a list, and should be an object", bidder.code);
                found.push(problem("wrong-type", words, when, bid.at));
            }
            Value::Null | Value::Undefined | Value::Array(_) => {
                check_object(bidder, &Object::default(), when, &around, found);
            }
            Value::String(_) | Value::Number(_) | Value::Bool(_) => {
                let words =
                    format!("the params of `{}` are {}, and should be an object", bidder.code, name_value(params));
                found.push(problem("wrong-type", words, when, bid.at));
            }
            _ => {}
        }
    }
}

/// Two conditions at once, as far as one sentence carries them: the inner one says more.
fn both(outer: &Condition, inner: Condition) -> Condition {
    inner.or_else(|| outer.clone())
}

fn check_object(bidder: &Bidder, object: &Object, when: &Condition, around: &Around<'_>, found: &mut Vec<Problem>) {
    for param in bidder.params.iter() {
        let Some(value) = object.get(&param.name) else { continue };
        for (inner, one) in value.alternatives() {
            found.extend(check_value(param, one, &both(when, inner.cloned()), around));
        }
    }
    // The parent of a page's own alias was inferred from what pages hand it: no word on what it requires.
    if !may_have_more(object) && bidder.status != Status::PageAlias {
        find_missing(bidder, object, when, around, found);
    }
}

/// Was something unknown spread into the object? It then shows a member named `...`.
fn may_have_more(object: &Object) -> bool {
    object.get("...").is_some()
}

fn find_missing(bidder: &Bidder, object: &Object, when: &Condition, around: &Around<'_>, found: &mut Vec<Problem>) {
    for param in bidder.params.iter().filter(|param| param.required == Required::Yes) {
        found.extend(missing(param, object, when, around));
    }
    let wanted: Vec<&str> = bidder
        .params
        .iter()
        .filter(|param| param.required == Required::Conditional)
        .map(|param| &*param.name)
        .collect();
    let has_known = bidder.params.iter().any(|param| object.get(&param.name).is_some());
    let has_required = bidder.params.iter().any(|param| param.required == Required::Yes);
    if !wanted.is_empty() && !has_known && !has_required {
        let names: Vec<String> = wanted.iter().take(4).map(|name| format!("`{name}`")).collect();
        let words = format!("`{}` wants one of {}, and has none of its params", around.code, names.join(", "));
        found.push(problem("missing-param", words, when, around.at));
    }
}

/// A required param that is not there, in one branch at least.
fn missing(param: &Param, object: &Object, when: &Condition, around: &Around<'_>) -> Vec<Problem> {
    let report = |words: String, when: &Condition| {
        let namesake =
            object.entries.iter().find(|(key, _)| **key != *param.name && key.trim().eq_ignore_ascii_case(&param.name));
        let near = namesake.map(|(key, _)| format!("; {} is there", quote(key))).unwrap_or_default();
        problem("missing-param", format!("{words}: `{}` requires it{near}", around.code), when, around.at)
    };
    let Some(value) = object.get(&param.name) else {
        return absence(&param.name, None).map(|words| report(words, when)).into_iter().collect();
    };
    value
        .alternatives()
        .filter_map(|(inner, one)| {
            absence(&param.name, Some(one)).map(|words| report(words, &both(when, inner.cloned())))
        })
        .collect()
}

//! One ad unit: its code, its sizes, and bids that stand twice.

use super::problem;
use super::size::bad_sizes;
use crate::detect::finding::{AdUnit, Bid, Problem};
use crate::evaluate::Value;

/// What is wrong with an ad unit, its bids apart. `before` are the units of the page that come earlier.
#[must_use]
pub fn check_unit(unit: &AdUnit, before: &[AdUnit]) -> Vec<Problem> {
    let sizes = bad_sizes(&unit.media_types).into_iter();
    let mut found: Vec<Problem> = sizes.map(|(words, when)| problem("bad-size", words, &when, unit.at)).collect();
    found.dedup();
    if let Some(code) = unit.code.as_ref().and_then(Value::as_str)
        && before.iter().any(|other| is_same_offer(other, unit))
    {
        let words = format!("an earlier ad unit has the code `{code}` too: each is auctioned for itself");
        found.push(problem("duplicate-code", words, &None, unit.at));
    }
    found
}

/// Are both handed to one wrapper under one code and one condition?
fn is_same_offer(one: &AdUnit, other: &AdUnit) -> bool {
    let is_handed_over = one.library.is_some() && one.global.is_some();
    is_handed_over
        && (&one.code, &one.library, &one.global, &one.when)
            == (&other.code, &other.library, &other.global, &other.when)
}

/// Code of the problem that a unit has no bids.
pub(in crate::detect) const NO_BIDS: &str = "no-bids";

/// The problem of a unit whose list of bids is known and empty.
///
/// Whoever builds the unit must judge that: an [`AdUnit`] does not tell an empty list from an unknown one.
#[must_use]
pub fn no_bids(unit: &AdUnit) -> Problem {
    let words = match unit.code.as_ref().and_then(Value::as_str) {
        Some(code) => format!("the ad unit `{code}` has no bids"),
        None => "the ad unit has no bids".to_owned(),
    };
    problem(NO_BIDS, words, &unit.when, unit.at)
}

/// Notes every bid that stands in the unit already, with the same params and under the same condition.
///
/// Asked before equal units are merged: that leaves one of equal bids.
pub(in crate::detect) fn note_duplicate_bids(unit: &mut AdUnit) {
    for at in 1..unit.bids.len() {
        let (earlier, rest) = unit.bids.split_at_mut(at);
        let bid = &mut rest[0];
        if let Some(code) = bid.bidder.as_str()
            && is_known(&bid.params)
            && earlier.iter().any(|other| is_same_bid(other, bid))
        {
            let words = format!("`{code}` stands in this ad unit already, with the same params");
            let duplicate = problem("duplicate-bid", words, &bid.when, bid.at);
            bid.problems.push(duplicate);
        }
    }
}

fn is_same_bid(one: &Bid, other: &Bid) -> bool {
    (&one.bidder, &one.params, &one.when) == (&other.bidder, &other.params, &other.when)
}

/// Is there no unknown part in it?
fn is_known(value: &Value) -> bool {
    match value {
        Value::Unknown(_) | Value::Text(_) => false,
        Value::Array(items) => items.iter().all(is_known),
        Value::Object(object) => object.entries.iter().all(|(_, value)| is_known(value)),
        Value::Any(all) => all.iter().all(|one| is_known(&one.value)),
        _ => true,
    }
}

//! One ad unit: its code, its sizes, and bids that stand twice.

use super::problem;
use super::size::bad_sizes;
use crate::detect::finding::{AdUnit, Problem};
use crate::evaluate::Value;
use rustc_hash::FxHashSet;

/// What was handed to wrappers: code, library, its global name, and when.
pub(super) type Offers<'u> = FxHashSet<(&'u str, &'u str, &'u str, Option<&'u str>)>;

/// What is wrong with an ad unit, its bids apart. `offers` are those of the page's units that come earlier.
#[must_use]
pub(super) fn check_unit<'u>(unit: &'u AdUnit, offers: &mut Offers<'u>) -> Vec<Problem> {
    let sizes = bad_sizes(&unit.media_types).into_iter();
    let mut found: Vec<Problem> = sizes.map(|(words, when)| problem("bad-size", words, &when, unit.at)).collect();
    found.dedup();
    if let Some(code) = unit.code.as_ref().and_then(Value::as_str)
        && let (Some(library), Some(global)) = (&unit.library, &unit.global)
        && !offers.insert((code, library, global, unit.when.as_deref()))
    {
        let words = format!("an earlier ad unit has the code `{code}` too: each is auctioned for itself");
        found.push(problem("duplicate-code", words, &None, unit.at));
    }
    found
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
    let mut earlier: FxHashSet<String> = FxHashSet::default();
    for bid in &mut unit.bids {
        let Some(code) = bid.bidder.as_str().filter(|_| is_known(&bid.params)) else { continue };
        let offer = format!("{code}\n{:?}\n{}", bid.when, bid.params.json_text());
        if !earlier.insert(offer) {
            let words = format!("`{code}` stands in this ad unit already, with the same params");
            let duplicate = problem("duplicate-bid", words, &bid.when, bid.at);
            bid.problems.push(duplicate);
        }
    }
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

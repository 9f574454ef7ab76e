//! What is wrong with ad units and bids: found by looking at values, never by guessing.
//!
//! In: [`AdUnit`]s and the [`Registry`]. Out: [`Problem`]s, each with a code, plain words and a place. Values that may
//! be several things are checked branch by branch; what is not known never gives a problem. Codes:
//!
//! | code | what |
//! |---|---|
//! | `unknown-bidder` | no adapter and no alias of the page has this code |
//! | `removed-bidder`, `renamed-bidder` | today's Prebid.js knows the code no longer |
//! | `missing-param` | a param that every source calls required is not there |
//! | `wrong-type` | a param of a type that cannot be read as the wanted one |
//! | `string-for-number`, `number-for-string` | notes: most adapters convert |
//! | `padded-id` | white space around an id |
//! | `sample-id` | an id of Prebid's own examples |
//! | `duplicate-bid` | one bidder twice in a unit with the same params |
//! | `no-bids`, `duplicate-code`, `bad-size` | about the unit |

mod bid;
mod param;
mod size;
mod unit;
mod words;

pub use bid::check_bid;
pub use unit::no_bids;
pub(in crate::detect) use unit::{NO_BIDS, note_duplicate_bids};
use unit::{Offers, check_unit};

use super::finding::{AdUnit, Aliases, Problem};
use crate::base::Place;
use crate::evaluate::Condition;
use crate::network::Registry;

/// Checks every ad unit of a page with its bids and adds what is wrong to them. `aliases` are those the page makes.
pub fn check_units(units: &mut [AdUnit], registry: &Registry, aliases: &Aliases) {
    let mut offers = Offers::default();
    let found: Vec<Vec<Problem>> = units.iter().map(|unit| check_unit(unit, &mut offers)).collect();
    for (unit, problems) in units.iter_mut().zip(found) {
        unit.problems.extend(problems);
        for bid in &mut unit.bids {
            let problems = check_bid(bid, registry, aliases);
            bid.problems.extend(problems);
        }
    }
    units.iter_mut().for_each(unit::note_duplicate_bids);
}

/// A problem; the words say under which condition, if under one.
fn problem(code: &'static str, words: String, when: &Condition, at: Place) -> Problem {
    let message = match when {
        Some(condition) => format!("{words}, where `{condition}`"),
        None => words,
    };
    Problem { code, message, at }
}

#[cfg(test)]
mod tests;

//! Events, elements, requests and styles against rules: what was found on the page.

mod finding;
mod problem;

pub use finding::{AdUnit, Bid, ConfigEntry, Finding, FoundNetwork, FoundRequest, Problem, Slot};
pub use problem::{check_bid, check_unit, check_units, no_bids};

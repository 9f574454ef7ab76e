//! Events, elements, requests and styles against rules: what was found on the page.

mod finding;

pub use finding::{AdUnit, Bid, ConfigEntry, Finding, FoundNetwork, FoundRequest, Problem, Slot};

//! Events, elements, requests and styles against rules: what was found on the page.

mod decoded;
mod finding;

pub use decoded::decode_readable;
pub use finding::{AdUnit, Bid, ConfigEntry, Finding, FoundNetwork, FoundRequest, Problem, Slot};

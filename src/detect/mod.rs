//! Events, elements, requests and styles against rules: what was found on the page.
//!
//! In: what a page does and holds ([`Observed`]). Out: [`Detected`]: findings, and what they amount to: ad units,
//! slots, settings, requests and, above all, networks. A [`Detector`] is compiled once from a
//! [`RuleSet`](crate::rule::RuleSet) and looks rules up by the names in events, so its cost follows the page and
//! not the number of rules. [`Prefilter`] tells beforehand which scripts can matter at all.

mod ad_unit;
mod bundle;
mod config;
mod decoded;
mod detector;
mod finding;
mod index;
mod matcher;
mod merge;
mod network;
mod prefilter;
mod problem;
mod request;
mod shared;
mod sign;
#[cfg(test)]
mod test_page;
#[cfg(test)]
mod tests;
mod word_table;

pub use bundle::{Adapter, Bundle, bundle_of, is_library};
pub use decoded::decode_readable;
pub use detector::{Detected, Detector, Observed};
pub use finding::{AdUnit, Bid, ConfigEntry, Finding, FoundNetwork, FoundRequest, Problem, Slot};
pub use prefilter::Prefilter;
pub use sign::Act;

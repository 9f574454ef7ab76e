//! Finds the ad networks of a web page in its source, without running it.

mod base;
mod clean;
mod detect;
mod engine;
mod evaluate;
mod input;
mod network;
mod page;
mod pattern;
mod rule;
mod script;

pub mod report;

pub use base::{Diagnostic, Evidence, Limits, Place, Position, Severity, Span};
pub use clean::{CleanOptions, Cleaned, Cut, Kept, What, clean_text};
pub use detect::{AdUnit, Bid, ConfigEntry, Finding, FoundNetwork, FoundRequest, Problem, Slot};
#[doc(hidden)]
pub use engine::stages;
pub use engine::{Container, Engine, Outcome, Scan, ScanOptions, ScriptKind, ScriptRecord};
pub use evaluate::{Alternative, Condition, Object, Value};
pub use network::{Bidder, MediaType, Network, Param, ParamType, Registry, Required, Status, nearest as nearest_name};
pub use rule::{Finds, Mistake, Product, Rule, RuleError, RuleSet, read_rules, schema as rule_schema};
pub use script::{Anchors, Language, Region, find_regions};

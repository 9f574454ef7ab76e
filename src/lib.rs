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

pub use base::{Diagnostic, Evidence, Limits, Place, Severity, Span};
pub use clean::{CleanOptions, Cleaned, Cut, Kept, What, clean_text};
pub use detect::{AdUnit, Bid, ConfigEntry, Finding, FoundNetwork, FoundRequest, Problem, Slot};
pub use engine::{Container, Engine, Outcome, Scan, ScanOptions, ScriptKind, ScriptRecord};
pub use evaluate::{Alternative, Condition, Object, Value};
pub use script::{Anchors, Language, Region, find_regions};

//! Finds the ad networks of a web page in its source, without running it.

mod base;
mod detect;
mod engine;
mod evaluate;
mod input;
mod page;
mod script;

pub mod report;

pub use base::{Diagnostic, Evidence, Limits, Place, Severity, Span};
pub use detect::{AdUnit, Bid, ConfigEntry, Finding, FoundNetwork, FoundRequest, Problem, Slot};
pub use engine::{Container, Engine, Outcome, Scan, ScanOptions, ScriptKind, ScriptRecord};
pub use evaluate::{Alternative, Condition, Object, Value};

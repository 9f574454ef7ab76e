//! What was found in one document.

use crate::base::{Diagnostic, Place};
use crate::block::ScriptVerdict;
use crate::detect::{AdUnit, Bundle, ConfigEntry, Finding, FoundNetwork, FoundRequest, Slot};
use crate::evaluate::Trace;
use crate::input::{Archive, Container, ResourceText};
use crate::page::ScriptKind;

/// What was found in one document.
#[derive(Clone, Debug)]
pub struct Scan {
    /// What kind of document it was.
    pub container: Container,
    /// The container that it was taken from.
    pub archive: Option<Archive>,
    /// The saved scripts and frames whose texts follow the page's own in [`text`](Self::text), in order.
    pub resources: Vec<ResourceText>,
    /// The decoded text: every span of the scan counts its bytes.
    pub text: String,
    /// WHATWG name of the charset.
    pub charset: &'static str,
    /// The page's own URL.
    pub url: Option<String>,
    /// The page's title.
    pub title: Option<String>,
    /// The ad networks, surest first, then by name.
    pub networks: Vec<FoundNetwork>,
    /// Ad units, in order of their place.
    pub ad_units: Vec<AdUnit>,
    /// Slots, in order of their place.
    pub slots: Vec<Slot>,
    /// Findings, in order of their place.
    pub findings: Vec<Finding>,
    /// Third-party requests, in order of their place.
    pub requests: Vec<FoundRequest>,
    /// Every script of the page, in order.
    pub scripts: Vec<ScriptRecord>,
    /// Scripts that are a library, with what was built into them.
    pub bundles: Vec<Bundle>,
    /// Library settings, by name, then place.
    pub config: Vec<ConfigEntry>,
    /// What went less than well.
    pub diagnostics: Vec<Diagnostic>,
    /// How values came to be, if [`ScanOptions::trace`] asked for it.
    pub trace: Option<Trace>,
}

/// What became of one script.
#[derive(Clone, Debug)]
pub struct ScriptRecord {
    /// What kind of script.
    pub kind: ScriptKind,
    /// Its code as it was read (attribute values decoded), for its size and hash.
    pub code: String,
    /// Where it stands.
    pub at: Place,
    /// What became of it.
    pub outcome: Outcome,
    /// The URL of an external script.
    pub url: Option<String>,
    /// Was the file of an external script saved with the page?
    pub is_saved: bool,
    /// The type that holds it back, if something does.
    pub held_back: Option<String>,
    /// What was repaired, for salvaged code.
    pub repairs: Vec<&'static str>,
    /// `type="module"`.
    pub is_module: bool,
    /// What becomes of it; only of inline scripts that were evaluated.
    pub verdict: ScriptVerdict,
}

/// What became of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It is JavaScript (or JSON) as it stands.
    Parsed,
    /// Some statements were lost to syntax errors.
    Recovered,
    /// It had to be repaired.
    Salvaged,
    /// Nothing could be read.
    Failed,
    /// It holds no literal of any rule, or is empty or external.
    Skipped,
    /// A budget ran out.
    Cut,
}

/// What the caller knows of a page beside its bytes.
#[derive(Clone, Debug, Default)]
pub struct ScanOptions {
    /// The page's own URL.
    pub url: Option<String>,
    /// A file name, as a hint to what it is.
    pub name: Option<String>,
    /// The `Content-Type` that came with the page, or the name of a charset.
    pub content_type: Option<String>,
    /// Record how values come to be; costs time and memory.
    pub trace: bool,
}

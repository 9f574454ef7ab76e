//! Makes the page report out of a scan.
//!
//! In: a [`Scan`] and where its bytes were read ([`Source`]). Out: a [`PageReport`],
//! which owns all it needs. Spans become lines and columns here, and values become
//! JSON; both in time linear to the page and the findings.

use super::disguise::decoded_params;
use super::record::{
    AdUnitRecord, AdapterRecord, At, BidRecord, BundleRecord, DiagnosticRecord, FindingRecord, NetworkRecord,
    PAGE_SCHEMA, PageReport, ProblemRecord, RequestRecord, ResourceRecord, ScriptEntry, SlotRecord, SourceRecord,
};
use super::unseen::{ads, unseen};
use crate::base::{Diagnostic, LineIndex, Place, Position};
use crate::detect::{AdUnit, Bid, Bundle, Finding, FoundNetwork, FoundRequest, Problem, Slot};
use crate::engine::{Container, Outcome, ResourceKind, ResourceText, Scan, ScriptKind, ScriptRecord};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Where the bytes of a page were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    path: String,
    entry: Option<String>,
    bytes: u64,
    sha256: String,
}

impl Source {
    /// The source of a page: its path as the caller names it, and its raw bytes.
    #[must_use]
    pub fn new(path: impl Into<String>, bytes: &[u8]) -> Self {
        Self { path: path.into(), entry: None, bytes: bytes.len() as u64, sha256: sha256(bytes) }
    }

    /// The path as the caller names it.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The same source as an entry of a container: its name or URL there.
    #[must_use]
    pub fn with_entry(self, entry: impl Into<String>) -> Self {
        Self { entry: Some(entry.into()), ..self }
    }

    pub(super) fn record(&self, container: &'static str, charset: Option<&'static str>) -> SourceRecord {
        SourceRecord {
            path: self.path.clone(),
            container: container.into(),
            entry: self.entry.clone(),
            bytes: self.bytes,
            sha256: self.sha256.clone(),
            charset: charset.map(Into::into),
        }
    }
}

/// Makes the report of one page.
///
/// Lists keep the order of the scan. Of several settings with one name the last counts.
#[must_use]
pub fn page_report(scan: &Scan, source: &Source) -> PageReport {
    let places = Places::of(scan);
    let unseen = unseen(scan);
    let scripts = scan.scripts.iter().enumerate();
    PageReport {
        source: source.record(container_name(scan), Some(scan.charset)),
        url: scan.url.clone(),
        title: scan.title.clone(),
        networks: scan.networks.iter().map(network_record).collect(),
        ad_units: scan.ad_units.iter().map(|unit| places.ad_unit(unit)).collect(),
        slots: scan.slots.iter().map(|slot| places.slot(slot)).collect(),
        findings: scan.findings.iter().map(|finding| places.finding(finding)).collect(),
        requests: scan.requests.iter().map(|request| places.request(request)).collect(),
        scripts: scripts.map(|(index, script)| places.script(index, script)).collect(),
        bundles: scan.bundles.iter().map(|bundle| bundle_record(scan, bundle)).collect(),
        config: scan.config.iter().map(|entry| (entry.name.clone(), entry.value.to_json())).collect(),
        resources: scan.resources.iter().map(|resource| resource_record(scan, resource)).collect(),
        ads: ads(scan, &unseen),
        unseen,
        diagnostics: scan.diagnostics.iter().map(|diagnostic| places.diagnostic(diagnostic)).collect(),
        ..empty_report(source)
    }
}

/// The report of a page that could not be scanned, and why.
#[must_use]
pub fn failed_report(source: &Source, why: &Diagnostic) -> PageReport {
    let places = Places::nowhere();
    PageReport { diagnostics: vec![places.diagnostic(why)], ..empty_report(source) }
}

pub(super) fn empty_report(source: &Source) -> PageReport {
    PageReport {
        schema: PAGE_SCHEMA.into(),
        source: source.record("unknown", None),
        url: None,
        title: None,
        networks: Vec::new(),
        ad_units: Vec::new(),
        slots: Vec::new(),
        findings: Vec::new(),
        requests: Vec::new(),
        scripts: Vec::new(),
        bundles: Vec::new(),
        config: Map::new(),
        resources: Vec::new(),
        ads: "unknown".into(),
        unseen: BTreeMap::new(),
        diagnostics: Vec::new(),
        excerpts: Vec::new(),
        sellers: None,
    }
}

/// The page's text and those of its resources, to turn spans into lines and columns.
pub(super) struct Places<'s> {
    text: &'s str,
    page: LineIndex,
    /// Where each resource stands in the text, and its lines once they were asked for.
    resources: Vec<(Range<usize>, OnceCell<LineIndex>)>,
}

impl<'s> Places<'s> {
    /// Of a scan.
    pub(super) fn of(scan: &'s Scan) -> Self {
        let resources = scan.resources.iter().map(|resource| (resource.range.clone(), OnceCell::new()));
        let end = scan.resources.first().map_or(scan.text.len(), |first| first.range.start);
        Self { text: &scan.text, page: LineIndex::new(&scan.text[..end]), resources: resources.collect() }
    }

    /// Of something that has no text.
    pub(super) fn nowhere() -> Self {
        Self { text: "", page: LineIndex::new(""), resources: Vec::new() }
    }

    /// The place for people.
    pub(super) fn at(&self, place: Place) -> At {
        let Place { script, span } = place;
        let after = self.resources.partition_point(|(range, _)| range.start <= span.start as usize);
        let Some(index) = after.checked_sub(1) else {
            let end = self.resources.first().map_or(self.text.len(), |(first, _)| first.start);
            let position = self.page.position(&self.text[..end], span.start);
            let Position { line, column } = position;
            return At { script, resource: None, line, column, start: span.start, end: span.end };
        };
        let (range, lines) = &self.resources[index];
        let text = &self.text[range.clone()];
        let first = u32::try_from(range.start).unwrap_or(u32::MAX);
        let (start, end) = (span.start.saturating_sub(first), span.end.saturating_sub(first));
        let Position { line, column } = lines.get_or_init(|| LineIndex::new(text)).position(text, start);
        At { script, resource: u32::try_from(index).ok(), line, column, start, end }
    }

    fn ad_unit(&self, unit: &AdUnit) -> AdUnitRecord {
        AdUnitRecord {
            code: unit.code.as_ref().and_then(|code| present(code.to_json())),
            library: owned(unit.library.as_ref()),
            global: owned(unit.global.as_ref()),
            media_types: present(unit.media_types.to_json()),
            evidence: unit.evidence,
            when: owned(unit.when.as_ref()),
            bids: unit.bids.iter().map(|bid| self.bid(bid)).collect(),
            problems: self.problems(&unit.problems),
            at: self.at(unit.at),
        }
    }

    fn bid(&self, bid: &Bid) -> BidRecord {
        let params = bid.params.to_json();
        BidRecord {
            bidder: bid.bidder.to_json(),
            network: owned(bid.network.as_ref()),
            alias_of: owned(bid.alias_of.as_ref()),
            decoded: decoded_params(&params),
            params,
            when: owned(bid.when.as_ref()),
            problems: self.problems(&bid.problems),
            at: self.at(bid.at),
        }
    }

    fn problems(&self, problems: &[Problem]) -> Vec<ProblemRecord> {
        let record = |problem: &Problem| ProblemRecord {
            code: problem.code.into(),
            message: problem.message.clone(),
            at: self.at(problem.at),
        };
        problems.iter().map(record).collect()
    }

    fn slot(&self, slot: &Slot) -> SlotRecord {
        SlotRecord {
            library: slot.library.to_string(),
            path: slot.path.to_json(),
            sizes: slot.sizes.to_json(),
            element: slot.element.to_json(),
            evidence: slot.evidence,
            at: self.at(slot.at),
        }
    }

    fn finding(&self, finding: &Finding) -> FindingRecord {
        FindingRecord {
            rule: finding.rule.to_string(),
            network: owned(finding.network.as_ref()),
            product: owned(finding.product.as_ref()),
            captures: finding.captures.iter().map(|(name, value)| (name.to_string(), value.to_json())).collect(),
            evidence: finding.evidence,
            when: owned(finding.when.as_ref()),
            at: self.at(finding.at),
        }
    }

    fn request(&self, request: &FoundRequest) -> RequestRecord {
        RequestRecord {
            url: request.url.clone(),
            kind: request.kind.into(),
            network: owned(request.network.as_ref()),
            filter: owned(request.filter.as_ref()),
            at: self.at(request.at),
        }
    }

    fn script(&self, index: usize, script: &ScriptRecord) -> ScriptEntry {
        ScriptEntry {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            kind: kind_name(script.kind).into(),
            url: script.url.clone(),
            is_saved: (script.kind == ScriptKind::External).then_some(script.is_saved),
            bytes: script.code.len() as u64,
            sha256: sha256(script.code.as_bytes()),
            outcome: outcome_name(script.outcome).into(),
            verdict: script.verdict.action.name().into(),
            reason: script.verdict.reason(),
            held_back: script.held_back.clone(),
            repairs: script.repairs.iter().map(|&repair| repair.into()).collect(),
            at: self.at(script.at),
        }
    }

    pub(super) fn diagnostic(&self, diagnostic: &Diagnostic) -> DiagnosticRecord {
        DiagnosticRecord {
            severity: diagnostic.severity,
            code: diagnostic.code.into(),
            message: diagnostic.message.clone(),
            at: diagnostic.at.map(|place| self.at(place)),
        }
    }
}

fn network_record(network: &FoundNetwork) -> NetworkRecord {
    let ids = network.ids.iter();
    NetworkRecord {
        id: network.id.to_string(),
        name: network.name.to_string(),
        roles: network.roles.iter().map(ToString::to_string).collect(),
        gvl_id: network.gvl_id,
        bidders: network.bidders.iter().map(ToString::to_string).collect(),
        ids: ids.map(|(name, values)| (name.to_string(), values.iter().map(|id| id.to_json()).collect())).collect(),
        evidence: network.evidence,
        findings: network.findings.clone(),
    }
}

fn owned(text: Option<&Arc<str>>) -> Option<String> {
    text.map(ToString::to_string)
}

/// The value, unless it is `undefined`: what the page does not say is null in these fields.
fn present(value: Json) -> Option<Json> {
    let is_absent = value.is_null() || value == json!({ "$undefined": true });
    (!is_absent).then_some(value)
}

fn bundle_record(scan: &Scan, bundle: &Bundle) -> BundleRecord {
    let bids = || scan.ad_units.iter().flat_map(|unit| &unit.bids);
    let is_named =
        |code: &str| bids().any(|bid| bid.bidder.as_str() == Some(code) || bid.alias_of.as_deref() == Some(code));
    let adapters = bundle.adapters.iter().map(|adapter| AdapterRecord {
        module: adapter.module.clone(),
        bidder: adapter.bidder.clone(),
        network: adapter.network.clone(),
        is_configured: adapter.bidder.as_deref().is_some_and(is_named),
    });
    BundleRecord {
        library: bundle.library.into(),
        script: bundle.script,
        version: bundle.version.clone(),
        global: bundle.global.clone(),
        modules: bundle.modules.clone(),
        adapters: adapters.collect(),
    }
}

fn resource_record(scan: &Scan, resource: &ResourceText) -> ResourceRecord {
    let text = &scan.text[resource.range.clone()];
    let kind = match resource.kind {
        ResourceKind::Script => "script",
        ResourceKind::Frame => "frame",
    };
    let (url, bytes) = (resource.url.clone(), text.len() as u64);
    ResourceRecord { url, kind: kind.into(), bytes, sha256: sha256(text.as_bytes()) }
}

fn container_name(scan: &Scan) -> &'static str {
    if let Some(archive) = scan.archive {
        return archive.name();
    }
    match scan.container {
        Container::Html => "html",
        Container::Js => "js",
        Container::Text => "text",
    }
}

fn kind_name(kind: ScriptKind) -> &'static str {
    match kind {
        ScriptKind::Inline => "inline",
        ScriptKind::External => "external",
        ScriptKind::Json => "json",
        ScriptKind::Handler => "handler",
        ScriptKind::Text => "text",
    }
}

fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Parsed => "parsed",
        Outcome::Recovered => "recovered",
        Outcome::Salvaged => "salvaged",
        Outcome::Failed => "failed",
        Outcome::Skipped => "skipped",
        Outcome::Cut => "cut",
    }
}

/// SHA-256 in lower-case hexadecimal.
fn sha256(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value & 15)]);
    Sha256::digest(bytes).iter().flat_map(|&byte| [digit(byte >> 4), digit(byte)]).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample::{sample_scan, sample_source};
    use super::*;
    use crate::base::Severity;

    #[test]
    fn the_report_keeps_the_contract() {
        let report = page_report(&sample_scan(), &sample_source());
        insta::assert_snapshot!(serde_json::to_string_pretty(&report).unwrap());
    }

    #[test]
    fn what_the_page_does_not_say_is_null() {
        let mut scan = sample_scan();
        scan.ad_units[0].code = None;
        scan.ad_units[0].media_types = crate::evaluate::Value::Undefined;
        let report = serde_json::to_value(page_report(&scan, &sample_source())).unwrap();
        assert_eq!(report["ad_units"][0]["code"], Json::Null);
        assert_eq!(report["ad_units"][0]["media_types"], Json::Null);
    }

    #[test]
    fn a_report_reads_back_as_it_was_written() {
        let report = page_report(&sample_scan(), &sample_source());
        let text = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<PageReport>(&text).unwrap(), report);
    }

    #[test]
    fn text_in_disguise_stands_beside_the_params() {
        let mut scan = sample_scan();
        let plain = serde_json::to_value(page_report(&scan, &sample_source())).unwrap();
        assert_eq!(plain["ad_units"][0]["bids"][0].get("decoded"), None);
        let entries = vec![("tagid".into(), crate::evaluate::Value::string("MTUybWVkaWEuY29t"))];
        let object = crate::evaluate::Object { entries, ..Default::default() };
        scan.ad_units[0].bids[0].params = crate::evaluate::Value::Object(object.into());
        let report = serde_json::to_value(page_report(&scan, &sample_source())).unwrap();
        assert_eq!(report["ad_units"][0]["bids"][0]["decoded"], json!({ "tagid": "152media.com" }));
    }

    #[test]
    fn a_failed_page_still_has_a_report() {
        let why = Diagnostic::new(Severity::Error, "internal-error", "index out of bounds");
        let report = failed_report(&sample_source(), &why);
        assert_eq!(report.source.container, "unknown");
        assert_eq!(report.diagnostics[0].code, "internal-error");
    }
}

//! A scan made by hand, for the tests of this folder.

use super::{PageReport, SellerRecord, SellersRecord, Source, Standing, Summary, page_report};
use crate::base::{Diagnostic, Evidence, Place, Severity, Span};
use crate::detect::{AdUnit, Bid, ConfigEntry, Finding, FoundNetwork, FoundRequest, Problem, Slot};
use crate::engine::{Container, Outcome, Scan, ScriptKind, ScriptRecord};
use crate::evaluate::{Alternative, Object, Value};
use std::collections::BTreeMap;

const PAGE: &str = "<title>Front</title>\n<script>\n  pbjs.addAdUnits([{ code: 'top', bids: [] }]);\n</script>\n";

pub(super) fn sample_source() -> Source {
    Source::new("news/front.html", PAGE.as_bytes())
}

pub(super) fn sample_page() -> PageReport {
    page_report(&sample_scan(), &sample_source())
}

pub(super) fn sample_summary() -> Summary {
    let mut summary = Summary::of(&sample_page());
    summary.merge(Summary { pages: 1, ..Summary::default() });
    summary.add_unreadable("news/lost.html", "permission denied");
    summary
}

/// An `ads.txt` with these sellers: network, account, standing.
pub(super) fn sample_sellers(domain: Option<&str>, sellers: &[(&str, &str, Standing)]) -> PageReport {
    let record = |&(network, account, relation): &(&str, &str, Standing)| SellerRecord {
        system: "ads.example".into(),
        network: (!network.is_empty()).then(|| network.into()),
        account: account.into(),
        relation,
    };
    let list = SellersRecord {
        kind: "ads.txt".into(),
        domain: domain.map(Into::into),
        network: None,
        sellers: sellers.iter().map(record).collect(),
    };
    PageReport { networks: Vec::new(), ad_units: Vec::new(), slots: Vec::new(), sellers: Some(list), ..sample_page() }
}

/// A page whose every text tries to break out of a form.
pub(super) fn hostile_page() -> PageReport {
    let hostile = "=HYPERLINK(\"x\")\u{202e}|`</script><img src=x onerror=a>\n# @all [a](b) \\| *x* \x1b[31m";
    let mut page = sample_page();
    page.source.path = format!("-a b/{hostile}.html");
    page.title = Some(hostile.into());
    page.url = Some(format!("https://example.com/{hostile}"));
    page.networks[0].ids.insert(hostile.into(), vec![hostile.into()]);
    page.networks[0].bidders = vec![hostile.into()];
    let unit = &mut page.ad_units[0];
    unit.code = Some(hostile.into());
    unit.problems = vec![super::ProblemRecord { code: "bad".into(), message: hostile.into(), at: unit.at }];
    unit.bids[0].bidder = "+cmd|' /C calc'!A0".into();
    unit.bids[0].params = serde_json::json!({ hostile: hostile });
    page.slots[0].path = hostile.into();
    page.requests[0].url = format!("https://ads.example/{hostile}");
    page.findings[0].captures.insert("CODE".into(), hostile.into());
    page
}

pub(super) fn sample_scan() -> Scan {
    Scan {
        container: Container::Html,
        archive: None,
        resources: Vec::new(),
        text: PAGE.into(),
        charset: "UTF-8",
        url: Some("https://example.com/".into()),
        title: Some("Front".into()),
        networks: vec![network("appnexus", "Xandr", &["bidder", "ssp"]), ad_server()],
        ad_units: vec![ad_unit()],
        slots: vec![slot()],
        findings: vec![finding()],
        requests: vec![request()],
        scripts: vec![script()],
        bundles: Vec::new(),
        config: vec![setting(1000.0), setting(1500.0)],
        trace: None,
        diagnostics: vec![
            Diagnostic::new(Severity::Info, "html-comment", "an old comment was skipped").with_place(at(1)),
        ],
    }
}

fn at(start: usize) -> Place {
    Place { script: Some(0), span: Span::new(start, start + 4) }
}

fn object(entries: &[(&str, Value)]) -> Value {
    let entries = entries.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
    Value::Object(Object { entries, at: None, identity: 0 }.into())
}

fn network(id: &str, name: &str, roles: &[&str]) -> FoundNetwork {
    FoundNetwork {
        id: id.into(),
        name: name.into(),
        roles: roles.iter().map(|&role| role.into()).collect(),
        gvl_id: Some(32),
        bidders: vec![id.into()],
        ids: BTreeMap::from([("placementId".into(), vec![Value::Number(7.0), Value::Number(8.0)])]),
        evidence: Evidence::Evaluated,
        findings: vec![0],
    }
}

fn ad_server() -> FoundNetwork {
    let ids = BTreeMap::from([("network code".into(), vec![Value::string("123")])]);
    let google = network("google", "Google", &["ad-server"]);
    FoundNetwork { gvl_id: Some(755), bidders: Vec::new(), ids, evidence: Evidence::Request, ..google }
}

fn ad_unit() -> AdUnit {
    AdUnit {
        code: Some(Value::string("top")),
        library: Some("prebid".into()),
        global: Some("pbjs".into()),
        media_types: object(&[("banner", object(&[("sizes", Value::Array([].into()))]))]),
        evidence: Evidence::Evaluated,
        when: None,
        at: at(45),
        bids: vec![bid()],
        problems: Vec::new(),
    }
}

fn bid() -> Bid {
    let phone = Alternative { when: Some("isPhone".into()), value: Value::Number(7.0) };
    let other = Alternative { when: Some("!(isPhone)".into()), value: Value::Unknown("location.hash".into()) };
    Bid {
        bidder: Value::string("appnexus"),
        network: Some("appnexus".into()),
        alias_of: None,
        params: object(&[("placementId", Value::Any([phone, other].into()))]),
        when: Some("isPhone".into()),
        problems: vec![Problem { code: "missing-param", message: "`member` is missing".into(), at: at(50) }],
        at: at(50),
    }
}

fn slot() -> Slot {
    Slot {
        library: "google-publisher-tag".into(),
        path: Value::string("/123/top"),
        sizes: Value::Array([Value::Number(300.0), Value::Number(250.0)].into()),
        element: Value::string("top"),
        evidence: Evidence::Evaluated,
        at: at(60),
    }
}

fn finding() -> Finding {
    Finding {
        rule: "prebid-ad-unit".into(),
        network: None,
        product: Some("prebid".into()),
        captures: BTreeMap::from([("CODE".into(), Value::string("top"))]),
        evidence: Evidence::Evaluated,
        at: at(33),
        when: None,
    }
}

fn request() -> FoundRequest {
    FoundRequest {
        url: "https://ads.example/tag.js".into(),
        kind: "script",
        network: None,
        filter: None,
        is_ad: true,
        at: Place { script: None, span: Span::new(0, 7) },
    }
}

fn script() -> ScriptRecord {
    ScriptRecord {
        kind: ScriptKind::Inline,
        code: "pbjs.addAdUnits([{ code: 'top', bids: [] }]);".into(),
        at: at(29),
        outcome: Outcome::Recovered,
        url: None,
        is_saved: false,
        held_back: Some("text/plain".into()),
        repairs: Vec::new(),
        is_module: false,
        verdict: crate::block::ScriptVerdict::default(),
    }
}

fn setting(milliseconds: f64) -> ConfigEntry {
    ConfigEntry { name: "bidderTimeout".into(), value: Value::Number(milliseconds), at: at(33) }
}

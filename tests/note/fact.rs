//! Report → facts, the form that notes have.

use super::{Fact, Kind};
use adsieve::report::{AdUnitRecord, At, FindingRecord, PageReport};
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// All that the report says and a page must note.
///
/// Left out are findings that stand on the line of an ad unit, bid or slot (their notes say the
/// same), requests to nobody we know, remarks without loss, and scripts that were read whole.
pub fn facts(page: &PageReport) -> Vec<Fact> {
    let mut facts: Vec<Fact> = networks(page).chain(config(page)).collect();
    facts.extend(page.ad_units.iter().flat_map(ad_unit));
    facts.extend(slots(page));
    let covered: BTreeSet<u32> = facts.iter().map(|fact| fact.line).collect();
    let uncovered = page.findings.iter().filter(|finding| !covered.contains(&finding.at.line));
    facts.extend(uncovered.map(finding));
    facts.extend(requests(page));
    facts.extend(scripts(page));
    facts.extend(diagnostics(page));
    facts.sort_by_key(|fact| fact.line);
    facts
}

/// The findings that need no note but may have one.
pub fn optional_facts(page: &PageReport) -> Vec<Fact> {
    page.findings.iter().map(finding).collect()
}

fn fact(kind: Kind, at: Option<&At>, values: Vec<Json>, options: Vec<(&'static str, Json)>) -> Fact {
    let line = at.map_or(0, |at| at.line);
    let options = options.into_iter().filter(|(_, value)| !value.is_null()).collect();
    Fact { kind, line, values, options, captures: BTreeMap::new() }
}

/// A field of the report as its JSON.
fn field(value: impl Serialize) -> Json {
    serde_json::to_value(value).expect("a field of a report is JSON")
}

fn networks(page: &PageReport) -> impl Iterator<Item = Fact> {
    page.networks.iter().map(|network| {
        let options = vec![("roles", json!(network.roles.join(","))), ("evidence", field(network.evidence))];
        fact(Kind::Network, None, vec![json!(network.id)], options)
    })
}

fn config(page: &PageReport) -> impl Iterator<Item = Fact> {
    page.config.iter().map(|(name, value)| fact(Kind::Config, None, vec![json!(name), value.clone()], Vec::new()))
}

fn ad_unit(unit: &AdUnitRecord) -> Vec<Fact> {
    let options = vec![
        ("library", field(&unit.library)),
        ("global", field(&unit.global)),
        ("media", field(&unit.media_types)),
        ("evidence", field(unit.evidence)),
        ("when", field(&unit.when)),
    ];
    let mut facts = vec![fact(Kind::Unit, Some(&unit.at), vec![field(&unit.code)], options)];
    for bid in &unit.bids {
        let options =
            vec![("network", field(&bid.network)), ("alias", field(&bid.alias_of)), ("when", field(&bid.when))];
        facts.push(fact(Kind::Bid, Some(&bid.at), vec![bid.bidder.clone(), bid.params.clone()], options));
    }
    let problems = unit.problems.iter().chain(unit.bids.iter().flat_map(|bid| &bid.problems));
    facts.extend(problems.map(|problem| fact(Kind::Problem, Some(&problem.at), vec![json!(problem.code)], Vec::new())));
    facts
}

fn slots(page: &PageReport) -> impl Iterator<Item = Fact> {
    page.slots.iter().map(|slot| {
        let options = vec![("library", json!(slot.library)), ("evidence", field(slot.evidence))];
        fact(Kind::Slot, Some(&slot.at), vec![slot.path.clone(), slot.sizes.clone(), slot.element.clone()], options)
    })
}

fn finding(finding: &FindingRecord) -> Fact {
    let options = vec![
        ("network", field(&finding.network)),
        ("product", field(&finding.product)),
        ("evidence", field(finding.evidence)),
        ("when", field(&finding.when)),
    ];
    let captures = finding.captures.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    Fact { captures, ..fact(Kind::Finds, Some(&finding.at), vec![json!(finding.rule)], options) }
}

fn requests(page: &PageReport) -> impl Iterator<Item = Fact> {
    let known = page.requests.iter().filter(|request| request.network.is_some());
    known.map(|request| {
        let options = vec![("network", field(&request.network))];
        fact(Kind::Request, Some(&request.at), vec![json!(request.kind), json!(request.url)], options)
    })
}

fn scripts(page: &PageReport) -> impl Iterator<Item = Fact> {
    let lost = page.scripts.iter().filter(|script| !matches!(&*script.outcome, "parsed" | "skipped"));
    lost.map(|script| fact(Kind::Script, Some(&script.at), vec![json!(script.outcome)], Vec::new()))
}

fn diagnostics(page: &PageReport) -> impl Iterator<Item = Fact> {
    let grave = page.diagnostics.iter().filter(|diagnostic| field(diagnostic.severity) != "info");
    grave.map(|diagnostic| fact(Kind::Diagnostic, diagnostic.at.as_ref(), vec![json!(diagnostic.code)], Vec::new()))
}

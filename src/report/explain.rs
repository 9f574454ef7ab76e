//! Findings with the way that led to them, for those who want the exact line as evidence.
//!
//! In: a [`Scan`] made with `ScanOptions::trace`. Out: an [`Explanation`]: each finding and bid in order of its place,
//! with what was caught and the chain of assignments and conditions from the literal to the call.

use super::compose::Places;
use super::record::At;
use super::text::words;
use crate::base::{Evidence, Place, Span};
use crate::detect::{AdUnit, Bid, Finding};
use crate::engine::Scan;
use crate::evaluate::{Step, Value};
use serde::Serialize;
use serde_json::{Map, Value as Json};

/// The version of the explanation.
pub const EXPLAIN_SCHEMA: &str = "adsieve.explain/1";

/// Characters of code that a step quotes.
const QUOTED: usize = 200;

/// Why a page's findings are findings.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// [`EXPLAIN_SCHEMA`].
    pub schema: &'static str,
    /// The page's path.
    pub path: String,
    /// What was found, in order of its place.
    pub items: Vec<Explained>,
}

/// Something that was found, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explained {
    /// `finding` or `bid`.
    pub what: &'static str,
    /// Id of the rule; the bidder code of a bid.
    pub name: String,
    /// Id of the network.
    pub network: Option<String>,
    /// What the rule caught; the params of a bid.
    pub captures: Map<String, Json>,
    /// How sure it is.
    pub evidence: Evidence,
    /// The condition under which it happens.
    pub when: Option<String>,
    /// Where it stands.
    pub at: At,
    /// How the whole came to the call.
    pub way: Vec<ExplainedStep>,
    /// How each value came to be, by its name among the captures.
    pub values: Vec<ExplainedValue>,
}

/// How a value came to be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExplainedValue {
    /// Its name among the captures.
    pub name: String,
    /// The steps, from the literal on.
    pub steps: Vec<ExplainedStep>,
}

/// A step on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExplainedStep {
    /// What it gave a value: a variable `unit`, a member `.placementId`, a call `pbjs.addAdUnits(…)`.
    pub target: String,
    /// The condition under which it happens.
    pub when: Option<String>,
    /// Its code, cut at 200 characters.
    pub code: String,
    /// Where it stands.
    pub at: At,
}

/// Explains what was found on the page; with `line`, only what stands on that line.
#[must_use]
pub fn explain(scan: &Scan, path: &str, line: Option<u32>) -> Explanation {
    let explainer = Explainer { scan, places: Places::of(scan) };
    let findings = scan.findings.iter().map(|finding| explainer.finding(finding));
    let bids = scan.ad_units.iter().flat_map(|unit| unit.bids.iter().map(move |bid| (unit, bid)));
    let bids = bids.map(|(unit, bid)| explainer.bid(unit, bid));
    let mut items: Vec<Explained> = findings.chain(bids).collect();
    items.retain(|item| line.is_none_or(|line| explainer.covers(item.at, line)));
    items.sort_by_key(|item| (item.at.start, item.what == "bid"));
    Explanation { schema: EXPLAIN_SCHEMA, path: path.to_owned(), items }
}

struct Explainer<'s> {
    scan: &'s Scan,
    places: Places<'s>,
}

impl Explainer<'_> {
    fn finding(&self, finding: &Finding) -> Explained {
        let captures = finding.captures.iter().map(|(name, value)| (name.to_string(), value.to_json()));
        Explained {
            what: "finding",
            name: finding.rule.to_string(),
            network: finding.network.as_ref().map(ToString::to_string),
            captures: captures.collect(),
            evidence: finding.evidence,
            when: finding.when.as_ref().map(ToString::to_string),
            at: self.places.at(finding.at),
            way: self.way(finding.at),
            values: Vec::new(),
        }
    }

    fn bid(&self, unit: &AdUnit, bid: &Bid) -> Explained {
        let when = bid.when.as_ref().or(unit.when.as_ref());
        let captures = match bid.params.to_json() {
            Json::Object(params) => params,
            other => Map::from_iter([("params".to_owned(), other)]),
        };
        Explained {
            what: "bid",
            name: words(&bid.bidder.to_json()),
            network: bid.network.as_ref().map(ToString::to_string),
            captures,
            evidence: unit.evidence,
            when: when.map(ToString::to_string),
            at: self.places.at(bid.at),
            way: self.way(unit.at),
            values: self.values(&bid.params),
        }
    }

    /// How each param came to be; one that is written down where it stands needs no telling.
    fn values(&self, params: &Value) -> Vec<ExplainedValue> {
        let Some(trace) = &self.scan.trace else { return Vec::new() };
        let mut values = Vec::new();
        for (_, one) in params.alternatives() {
            let Value::Object(object) = one else { continue };
            for (name, _) in &object.entries {
                let steps: Vec<_> =
                    trace.of_member(object.identity, name).into_iter().map(|step| self.step(step)).collect();
                if steps.len() > 1 {
                    values.push(ExplainedValue { name: name.to_string(), steps });
                }
            }
        }
        values
    }

    fn way(&self, place: Place) -> Vec<ExplainedStep> {
        let trace = self.scan.trace.iter();
        let steps: Vec<_> = trace.flat_map(|trace| trace.at(place)).map(|step| self.step(step)).collect();
        // The call alone says no more than the finding itself.
        if steps.len() > 1 { steps } else { Vec::new() }
    }

    fn step(&self, step: &Step) -> ExplainedStep {
        let code = self.scan.text.get(step.at.span.range()).unwrap_or_default();
        ExplainedStep {
            target: step.target.to_string(),
            when: step.when.as_ref().map(ToString::to_string),
            code: code.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(QUOTED).collect(),
            at: self.places.at(step.at),
        }
    }

    /// Does the line lie between the first and the last of the place?
    fn covers(&self, at: At, line: u32) -> bool {
        let end = Span::new(at.end as usize, at.end as usize);
        at.resource.is_none() && (at.line..=self.places.at(Place { script: None, span: end }).line).contains(&line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Engine, ScanOptions};

    const PAGE: &str = "<script>\n\
        var id = 1234;\n\
        var isPhone = /iPhone/.test(navigator.userAgent);\n\
        function unit(code, placement) {\n\
          return { code: code, bids: [{ bidder: 'appnexus', params: { placementId: placement } }] };\n\
        }\n\
        if (isPhone) { id = 5678; }\n\
        var units = [unit('top', id)];\n\
        pbjs.que.push(function () { pbjs.addAdUnits(units); });\n\
        </script>";

    fn explanation(line: Option<u32>) -> Explanation {
        let options = ScanOptions { trace: true, ..ScanOptions::default() };
        explain(&Engine::built_in().scan_bytes(PAGE.as_bytes(), &options), "page.html", line)
    }

    #[test]
    fn a_value_is_followed_from_the_literal_to_the_call() {
        insta::assert_snapshot!(serde_json::to_string_pretty(&explanation(None)).unwrap());
        let items = explanation(None).items;
        let bid = items.iter().find(|item| item.what == "bid").unwrap();
        let steps: Vec<_> = bid.values[0].steps.iter().map(|step| (&*step.target, step.at.line)).collect();
        assert_eq!(steps, [("id", 2), ("id", 7), ("placement", 4), (".placementId", 5)]);
        assert!(bid.values[0].steps[1].when.is_some());
        let way: Vec<_> = bid.way.iter().map(|step| (&*step.target, step.at.line)).collect();
        assert_eq!(way.last(), Some(&("pbjs.addAdUnits(…)", 9)), "{way:?}");
    }

    #[test]
    fn a_line_picks_what_stands_on_it() {
        let on_line: Vec<_> = explanation(Some(9)).items.into_iter().map(|item| (item.what, item.name)).collect();
        assert_eq!(on_line, [("finding", "prebid.global".to_owned())]);
        assert!(explanation(Some(1)).items.is_empty());
    }

    #[test]
    fn nothing_is_recorded_unless_asked_for() {
        assert!(Engine::built_in().scan_bytes(PAGE.as_bytes(), &ScanOptions::default()).trace.is_none());
    }
}

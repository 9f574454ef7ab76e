//! The report for code hosts: SARIF 2.1.0.
//!
//! One run; a result for each finding (note), problem (warning) and diagnostic. Results are written page by page;
//! the rules that they name follow at the end. Lines and columns count characters of the decoded page.

use super::record::{At, DiagnosticRecord, FindingRecord, PageReport, ProblemRecord, SourceRecord};
use super::summary::problems;
use super::text::printable;
use super::{Render, Summary};
use crate::base::Severity;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use std::fmt::Write;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// A log of one run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sarif;

impl Render for Sarif {
    fn begin(&self) -> String {
        let head = r#""version":"2.1.0","runs":[{"columnKind":"unicodeCodePoints","results":["#;
        format!("{{\"$schema\":\"{SCHEMA}\",{head}\n")
    }

    fn page(&self, page: &PageReport) -> String {
        let findings = page.findings.iter().map(|finding| of_finding(page, finding));
        let problems = problems(page).map(|problem| of_problem(page, problem));
        let diagnostics = page.diagnostics.iter().map(|diagnostic| of_diagnostic(page, diagnostic));
        let results = findings.chain(problems).chain(diagnostics);
        results.map(|result| result.to_string()).collect::<Vec<_>>().join(",\n")
    }

    fn separator(&self) -> &'static str {
        ",\n"
    }

    fn end(&self, summary: &Summary) -> String {
        let rules = summary.rules.keys().map(|id| descriptor("finding", id));
        let problems = summary.problems.keys().map(|id| descriptor("problem", id));
        let diagnostics = summary.diagnostics.keys().map(|id| descriptor("diagnostic", id));
        let driver = json!({
            "name": "adsieve",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules.chain(problems).chain(diagnostics).collect::<Vec<_>>(),
        });
        let notes = summary.unreadable.iter().map(|unread| {
            let message = json!({ "text": message_text(&unread.message) });
            json!({ "level": "error", "message": message, "locations": [{ "physicalLocation": artifact(&unread.path) }] })
        });
        let invocation = json!({
            "executionSuccessful": summary.unreadable.is_empty(),
            "toolExecutionNotifications": notes.collect::<Vec<_>>(),
        });
        format!("\n],\"tool\":{},\"invocations\":[{invocation}]}}]}}\n", json!({ "driver": driver }))
    }
}

/// Ids of findings, problems and diagnostics share one space of names.
fn rule_id(kind: &str, id: &str) -> String {
    format!("{kind}/{id}")
}

fn descriptor(kind: &str, id: &str) -> Json {
    let about = match kind {
        "finding" => format!("The rule `{id}` matched"),
        "problem" => format!("An ad unit or bid has the problem `{id}`"),
        _ => format!("A remark on what was read: `{id}`"),
    };
    json!({ "id": rule_id(kind, id), "name": id, "shortDescription": { "text": about } })
}

fn of_finding(page: &PageReport, finding: &FindingRecord) -> Json {
    let whose = finding.network.as_ref().or(finding.product.as_ref());
    let whose = whose.map_or_else(String::new, |whose| format!(" ({whose})"));
    let message = format!("{}{whose}", finding.rule);
    let mut result = result(page, &rule_id("finding", &finding.rule), "note", &message, Some(finding.at));
    result["properties"] = json!({
        "network": finding.network,
        "product": finding.product,
        "captures": finding.captures,
        "evidence": finding.evidence,
        "when": finding.when,
    });
    result
}

fn of_problem(page: &PageReport, problem: &ProblemRecord) -> Json {
    result(page, &rule_id("problem", &problem.code), "warning", &problem.message, Some(problem.at))
}

fn of_diagnostic(page: &PageReport, diagnostic: &DiagnosticRecord) -> Json {
    let level = match diagnostic.severity {
        Severity::Info => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    result(page, &rule_id("diagnostic", &diagnostic.code), level, &diagnostic.message, diagnostic.at)
}

fn result(page: &PageReport, rule: &str, level: &str, message: &str, at: Option<At>) -> Json {
    let mut place = Map::new();
    place.insert("physicalLocation".into(), physical(&page.source, at));
    if let Some(entry) = &page.source.entry {
        place.insert("logicalLocations".into(), json!([{ "fullyQualifiedName": entry, "kind": "resource" }]));
    }
    json!({
        "ruleId": rule,
        "level": level,
        "message": { "text": message_text(message) },
        "locations": [place],
        "partialFingerprints": { "adsieve/1": fingerprint(page, rule, message, at) },
    })
}

fn physical(source: &SourceRecord, at: Option<At>) -> Json {
    let mut place = artifact(&source.path);
    if let Some(at) = at {
        place["region"] = json!({ "startLine": at.line.max(1), "startColumn": at.column.max(1) });
    }
    place
}

fn artifact(path: &str) -> Json {
    json!({ "artifactLocation": { "uri": uri(path) } })
}

/// The path as a URI reference; a code host takes relative ones to begin at the repository's root.
fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// Brackets would be a link, braces a placeholder.
fn message_text(text: &str) -> String {
    let text = printable(text);
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '[' | ']' | '\\' => escaped.extend(['\\', character]),
            '{' | '}' => escaped.extend([character, character]),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Tells the same result again in a later run: what and in which script's code, not on which line.
fn fingerprint(page: &PageReport, rule: &str, message: &str, at: Option<At>) -> String {
    let script = at.and_then(|at| at.script).and_then(|index| page.scripts.get(index as usize));
    let script = script.map_or("", |script| &*script.sha256);
    let entry = page.source.entry.as_deref().unwrap_or_default();
    let mut digest = Sha256::new();
    for part in [rule, &page.source.path, entry, message, script] {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    let digest = digest.finalize();
    digest[..16].iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample::{hostile_page, sample_page, sample_summary};
    use super::*;

    fn log(page: &PageReport, summary: &Summary) -> Json {
        let text = [Sarif.begin(), Sarif.page(page), Sarif.separator().into(), Sarif.page(page), Sarif.end(summary)];
        serde_json::from_str(&text.concat()).unwrap()
    }

    #[test]
    fn a_log_has_results_and_their_rules() {
        insta::assert_snapshot!(serde_json::to_string_pretty(&log(&sample_page(), &sample_summary())).unwrap());
    }

    #[test]
    fn a_page_cannot_reach_the_code_host() {
        let page = hostile_page();
        let log = log(&page, &Summary::of(&page));
        let result = &log["runs"][0]["results"][1];
        insta::assert_snapshot!(serde_json::to_string_pretty(result).unwrap());
    }

    #[test]
    fn every_result_names_a_rule_of_the_log() {
        let log = log(&sample_page(), &sample_summary());
        let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
        for result in log["runs"][0]["results"].as_array().unwrap() {
            assert!(rules.iter().any(|rule| rule["id"] == result["ruleId"]), "{result}");
        }
    }

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("./a b/ü.html"), "a%20b/%C3%BC.html");
        assert_eq!(uri("/tmp/x"), "file:///tmp/x");
        assert_eq!(uri("C:\\x"), "C%3A/x");
    }
}

//! Expressions of the language and what they come to: `tests/language/*.js`, a line each, `EXPRESSION //= JSON`.
//!
//! Each is handed to Prebid.js as a bid param, so what is checked is what a scan reports. Where Node is at hand, it
//! confirms that the lines are right.

use adsieve::{Engine, ScanOptions};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn expressions_come_to_what_they_come_to_in_a_browser() {
    let engine = Engine::built_in();
    let mut wrong = Vec::new();
    for (file, line, expression, expected) in lines() {
        let code =
            format!("pbjs.addAdUnits({{code: 'x', bids: [{{bidder: 'appnexus', params: {{v: {expression}}}}}]}});");
        let page = format!("<!doctype html><meta charset=utf-8><script>{code}</script>");
        let scan = engine.scan_bytes(page.as_bytes(), &ScanOptions::default());
        let bids = scan.ad_units.first().map(|unit| &unit.bids[..]).unwrap_or_default();
        let found = bids.first().map(|bid| bid.params.to_json()["v"].clone());
        if found.as_ref() != Some(&expected) {
            wrong.push(format!("{file}:{line}: {expression}\n  is {expected}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_real_engine_agrees() {
    let Ok(output) = Command::new("node").arg(folder().join("check.mjs")).output() else {
        eprintln!("SKIPPED: no `node` to confirm the lines");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language")
}

/// File, line, expression, and what it comes to.
fn lines() -> Vec<(String, usize, String, Value)> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder()).expect("the folder").map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "js"));
    files.sort();
    let mut all = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a text");
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let (expression, json) = line.rsplit_once(" //= ").unwrap_or_else(|| panic!("{name}:{}: no //=", at + 1));
            let value = serde_json::from_str(json).unwrap_or_else(|error| panic!("{name}:{}: {error}", at + 1));
            all.push((name.clone(), at + 1, expression.to_owned(), value));
        }
    }
    all
}

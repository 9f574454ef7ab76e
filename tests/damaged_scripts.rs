//! Scripts of the corpus, damaged in every way at once: the same bidders and params come out.
//!
//! docs/cleaning.md says which combinations are beyond repair, and why; `beyond_repair` is that list.

mod damage;

use adsieve::report::{Source, page_report};
use adsieve::{Engine, ScanOptions};
use damage::{GROUPS, damaged};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// As the program gives its threads: trees are walked by recursion.
const STACK_BYTES: usize = 64 << 20;

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::built_in);
static SCRIPTS: LazyLock<Vec<(String, String)>> = LazyLock::new(scripts);

const BEFORE: &str = "The mayor opened the bridge on Monday. “It was about time,” she said, and the crowd agreed.";
const AFTER: &str = "Traffic on the quay will start at noon; the ferry keeps running until the end of the year.";

/// Inline scripts of the corpus that hand bids to a library, without the notes of the corpus, with their page's name.
fn scripts() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for folder in ["prebid", "gpt", "values", "callback", "aps", "script", "wrapper", "problem"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(folder);
        let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == "html")) {
            let page = fs::read_to_string(path).unwrap();
            let pieces = page.split("<script>").skip(1).filter_map(|rest| rest.split_once("</script>"));
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            // In `srcdoc` a script is text of an attribute.
            let scripts = pieces.filter(|(code, _)| !code.contains("&quot;"));
            all.extend(scripts.map(|(code, _)| (name.clone(), without_comments(code))));
        }
    }
    all.retain(|(_, code)| code.contains("bidder") && !bids(&in_article(code)).is_empty());
    all
}

fn without_comments(code: &str) -> String {
    let lines =
        code.lines().filter(|line| !line.trim_start().starts_with("//") && !line.trim_start().starts_with("/*"));
    lines.filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

fn in_article(code: &str) -> String {
    format!("{BEFORE}\n\n{code}\n\n{AFTER}\n")
}

/// Bidders with their params, as the report gives them.
fn bids(text: &str) -> BTreeSet<(String, String)> {
    let options = ScanOptions { name: Some("article.txt".into()), ..ScanOptions::default() };
    let report =
        page_report(&ENGINE.scan_bytes(text.as_bytes(), &options), &Source::new("article.txt", text.as_bytes()));
    let report = serde_json::to_value(&report).unwrap();
    let units = report["ad_units"].as_array().cloned().unwrap_or_default();
    let bids = units.iter().flat_map(|unit| unit["bids"].as_array().cloned().unwrap_or_default());
    bids.map(|bid| (spoken(&bid["bidder"]), spoken(&bid["params"]))).collect()
}

/// A value without the source text of what is not known: damage changes its spaces.
fn spoken(value: &serde_json::Value) -> String {
    let mut value = value.clone();
    blank_sources(&mut value);
    value.to_string()
}

fn blank_sources(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if matches!(name.as_str(), "$unknown" | "when") {
                    *member = serde_json::Value::Null;
                } else {
                    blank_sources(member);
                }
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(blank_sources),
        _ => {}
    }
}

/// Why damages together are beyond repair, if they are.
fn beyond_repair(script: &str, names: &[&str]) -> Option<&'static str> {
    const LINES: [&str; 9] = [
        "lines joined",
        "blank lines",
        "indentation lost",
        "br tags",
        "p tags",
        "span tags",
        "string escapes",
        "Markdown quote",
        "Markdown indent",
    ];
    const QUOTES: [&str; 4] = ["mismatched quotes", "guillemets", "low quotes", "primes"];
    let has = |name: &str| names.contains(&name);
    if script.contains('\\') && has("string escapes") {
        return Some("a backslash in a string of code that stands in a string");
    }
    if ["(/", "= /", "return /"].iter().any(|before| script.contains(before)) && has("string escapes") {
        return Some("a regular expression in code that stands in a string");
    }
    let has_own_quotes = names.iter().any(|name| QUOTES.contains(name));
    if has_own_quotes && (has("entities") || has("entities twice")) && has_quotes_in_strings(script) {
        return Some("references in a string whose own marks are none: they may be the string's");
    }
    if script.contains("\\\n") && LINES.iter().any(|name| has(name)) {
        return Some("the line end was part of a string");
    }
    None
}

/// Does a string hold marks of another kind, as code in strings does?
fn has_quotes_in_strings(script: &str) -> bool {
    let mut open = None;
    script.chars().any(|c| match (c, open) {
        ('\'' | '"', None) => {
            open = Some(c);
            false
        }
        ('\'' | '"', Some(mark)) if c == mark => {
            open = None;
            false
        }
        ('\'' | '"', Some(_)) => true,
        _ => false,
    })
}

/// What is wrong with what is read of a damaged script; `None` if nothing is.
fn complaint(script: usize, choices: &[usize], seed: u64) -> Option<String> {
    let (name, code) = &SCRIPTS[script];
    let (text, names) = damaged(code, choices, seed);
    if beyond_repair(code, &names).is_some() {
        return None;
    }
    let (wanted, found) = (bids(&in_article(code)), bids(&in_article(&text)));
    (wanted != found).then(|| {
        let lost: Vec<_> = wanted.difference(&found).collect();
        let made_up: Vec<_> = found.difference(&wanted).collect();
        format!("{name} with {names:?} (seed {seed}): lost {lost:?}, made up {made_up:?}\n{text}\n")
    })
}

fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work).unwrap();
        thread.join().expect("no text panics")
    })
}

#[test]
fn every_single_damage_is_repaired() {
    let complaints = on_large_stack(|| {
        let mut complaints = Vec::new();
        for script in 0..SCRIPTS.len() {
            for (at, group) in GROUPS.iter().enumerate() {
                for damage in 1..=group.len() {
                    let mut choices = [0; GROUPS.len()];
                    choices[at] = damage;
                    complaints.extend(complaint(script, &choices, 7));
                }
            }
        }
        complaints
    });
    assert!(SCRIPTS.len() > 30, "only {} scripts", SCRIPTS.len());
    assert!(complaints.is_empty(), "{} complaints\n{}", complaints.len(), complaints.join("\n"));
}

fn choices() -> impl Strategy<Value = Vec<usize>> {
    GROUPS.iter().map(|group| prop_oneof![2 => Just(0), 3 => 1..=group.len()]).collect::<Vec<_>>()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damages_together_are_repaired(script in any::<prop::sample::Index>(), choices in choices(), seed in any::<u64>()) {
        let complaint = on_large_stack(|| complaint(script.index(SCRIPTS.len()), &choices, seed));
        prop_assert!(complaint.is_none(), "{}", complaint.unwrap_or_default());
    }
}

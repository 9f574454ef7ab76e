//! Scans every page of `tests/corpus` and holds it to its notes; see `tests/README.md`.
//!
//! `BLESS=1` rewrites the notes; `CASE=text` takes only paths that contain the text.

mod note;

use adsieve::report::{PageReport, Source, page_report};
use adsieve::{Engine, ScanOptions};
use note::{Comparison, Notes, compare, facts, optional_facts};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// Where every page is said to stand, unless it says itself.
const PAGE_URL: &str = "https://example.com/";

/// Texts that `clean.rs` holds: some show code on purpose, and nobody asks what would be found in them.
const TEXTS: [&str; 1] = ["text/honest"];

/// Files that say what is wanted of the page beside them.
const WANTED: [&str; 2] = ["expect", "clean"];

/// As the program gives its threads: trees are walked by recursion.
const STACK_BYTES: usize = 64 << 20;

#[test]
fn pages_show_what_their_notes_say() {
    let work = || {
        let engine = Engine::built_in();
        pages().iter().filter_map(|path| check(&engine, path)).collect::<String>()
    };
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work).unwrap();
    let complaints = thread.join().expect("no page panics");
    assert!(complaints.is_empty(), "\n{complaints}\nBLESS=1 rewrites the notes; read the diff");
}

#[test]
fn the_prefilter_loses_nothing() {
    let work = || {
        let (with, without) = (Engine::built_in(), Engine::built_in().without_prefilter());
        let loses = |path: &PathBuf| found(&with, path) != found(&without, path);
        pages().into_iter().filter(loses).collect::<Vec<_>>()
    };
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work).unwrap();
    let losing = thread.join().expect("no page panics");
    assert!(losing.is_empty(), "the prefilter changes what is found on {losing:#?}");
}

/// What a page is found to hold, but for what became of its scripts: the prefilter skips some.
fn found(engine: &Engine, path: &Path) -> String {
    let page = fs::read(path).unwrap();
    let report = scan(engine, path, &Notes { blanked: page, ..Notes::default() });
    format!("{:#?}", (report.networks, report.ad_units, report.slots, report.findings, report.requests, report.config))
}

/// The pages, sorted by path.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let case = std::env::var("CASE").unwrap_or_default();
    let mut found = Vec::new();
    collect(&root, &mut found);
    found.retain(|path| path.extension().is_none_or(|ending| WANTED.iter().all(|wanted| ending != *wanted)));
    found.retain(|path| path.to_string_lossy().contains(&case));
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            found.push(path);
        } else if !TEXTS.iter().any(|texts| path.ends_with(texts)) {
            collect(&path, found);
        }
    }
}

/// What does not agree on this page, if anything; blesses it if that is asked.
fn check(engine: &Engine, path: &Path) -> Option<String> {
    let bytes = fs::read(path).unwrap();
    let expect = path.with_added_extension("expect");
    let expectations = fs::read_to_string(&expect).ok();
    let notes = match &expectations {
        Some(text) => note::parse_expectations(text, &bytes),
        None => note::parse_page(&bytes),
    };
    let report = scan(engine, path, &notes);
    let (facts, optional) = (facts(&report), optional_facts(&report));
    let comparison = compare(&notes.notes, &facts, &optional);
    if comparison.agrees() && notes.errors.is_empty() {
        return None;
    }
    if std::env::var_os("BLESS").is_some() && notes.errors.is_empty() {
        match (expectations, String::from_utf8(bytes)) {
            (None, Ok(page)) => fs::write(path, note::blessed_page(&page, &comparison, &facts)).unwrap(),
            (text, _) => {
                let text = note::blessed_expectations(&text.unwrap_or_default(), &comparison, &facts);
                fs::write(expect, text).unwrap();
            }
        }
        return None;
    }
    Some(complaint(path, &notes, &comparison))
}

fn scan(engine: &Engine, path: &Path, notes: &Notes) -> PageReport {
    let name = path.to_string_lossy().into_owned();
    let options = ScanOptions { url: Some(PAGE_URL.into()), name: Some(name.clone()), ..ScanOptions::default() };
    page_report(&engine.scan_bytes(&notes.blanked, &options), &Source::new(name, &notes.blanked))
}

fn complaint(path: &Path, notes: &Notes, comparison: &Comparison<'_>) -> String {
    let path = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(path);
    let mut text = format!("{}\n", path.display());
    for error in &notes.errors {
        let _ = writeln!(text, "  {error}");
    }
    for note in &comparison.missing {
        let _ = writeln!(text, "  {}: noted, not found: {}", note.written, note.text);
    }
    for fact in &comparison.surprising {
        let _ = writeln!(text, "  {}: found, not noted: {fact}", fact.line);
    }
    for note in &comparison.solved {
        let _ = writeln!(text, "  {}: found now, so `later:` can go: {}", note.written, note.text);
    }
    text
}

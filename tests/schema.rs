//! The schema of the page report: the file in docs, and what the program writes of every page of the corpus.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn schema_file() -> PathBuf {
    root().join("docs/schema/adsieve.page-1.json")
}

fn adsieve(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_adsieve")).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn files(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path.to_str().unwrap().to_owned());
        }
    }
}

/// `BLESS=1` writes the file anew.
#[test]
fn the_file_in_docs_is_the_schema_of_the_types() {
    let derived = String::from_utf8(adsieve(&["schema"])).unwrap();
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(schema_file().parent().unwrap()).unwrap();
        fs::write(schema_file(), &derived).unwrap();
    }
    let kept = fs::read_to_string(schema_file()).unwrap_or_default();
    assert!(kept == derived, "docs/schema is old: BLESS=1 cargo test --test schema, and read the diff");
}

#[test]
fn the_report_of_every_page_keeps_to_the_schema() {
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema_file()).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut paths = Vec::new();
    files(&root().join("tests/corpus"), &mut paths);
    // A table has one page a row; these have none.
    paths.retain(|path| !path.ends_with(".ndjson") && !path.ends_with(".csv"));
    let arguments: Vec<&str> =
        ["scan", "--quiet", "--format", "ndjson"].into_iter().chain(paths.iter().map(String::as_str)).collect();
    let reports = adsieve(&arguments);
    let mut pages = 0;
    for line in reports.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let page: Value = serde_json::from_slice(line).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&page).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", page["source"]["path"]);
        pages += 1;
    }
    assert!(pages >= paths.len(), "{pages} reports of {} files", paths.len());
}

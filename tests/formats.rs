//! Forms of the report, stored results, conditions, completions and manual pages, as users meet them.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder of our own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("adsieve-formats-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(&root).unwrap();
        Self(root)
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn adsieve(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_adsieve"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    command.args(arguments).current_dir(root).env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE").stdin(Stdio::null());
    command.output().unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("not ended by a signal")
}

const PAGE: &str = r#"<link rel=canonical href="https://www.example.com/a"><script>
pbjs.que.push(function () { pbjs.addAdUnits([{ code: "top", mediaTypes: { banner: { sizes: [[300, 250]] } },
  bids: [{ bidder: "rubicon", params: { accountId: 4417, siteId: 5, zoneId: 6 } }, { bidder: "pubmatic", params: {} }] }]); });
googletag.cmd.push(function () { googletag.defineSlot("/123456/top", [300, 250], "top"); });
</script>"#;

#[test]
fn every_form_comes_out_of_stored_results_as_out_of_a_scan() {
    let folder = Folder::new("stored");
    let stored = folder.path("scan.ndjson");
    assert_eq!(code(&adsieve(&["scan", "tests/corpus", "--format", "ndjson", "-o", &stored])), 0);
    let as_one = folder.path("scan.json");
    assert_eq!(code(&adsieve(&["scan", "tests/corpus", "--format", "json", "-o", &as_one])), 0);
    let mut forms: Vec<Vec<&str>> =
        ["table", "json", "ndjson", "markdown", "sarif"].iter().map(|form| vec!["--format", form]).collect();
    let tables = ["networks", "ad-units", "bids", "slots", "requests", "problems", "findings", "sites", "accounts"];
    forms.extend(tables.iter().map(|table| vec!["--csv", table]));
    for form in forms {
        let scanned = adsieve(&[&["scan", "tests/corpus"], &form[..]].concat());
        for results in [&stored, &as_one] {
            let again = adsieve(&[&["report", results], &form[..]].concat());
            assert_eq!((code(&again), stderr(&again)), (0, ""), "{form:?}");
            assert!(again.stdout == scanned.stdout, "{form:?} of {results}");
        }
        assert!(stdout(&scanned).lines().count() > 1, "{form:?}");
    }
}

#[test]
fn bad_lines_are_named_and_the_rest_is_reported() {
    let folder = Folder::new("bad-lines");
    let page = folder.write("page.html", PAGE);
    let line = adsieve(&["scan", &page, "--format", "ndjson"]).stdout;
    let line = String::from_utf8(line).unwrap();
    let other = line.replacen("adsieve.page/1", "adsieve.page/9", 1);
    let results = folder.write("a.ndjson", &format!("{line}not json\n\n{other}{}\n{line}", &line[..200]));
    let output = adsieve(&["report", &results, "--format", "ndjson"]);
    assert_eq!(code(&output), 3);
    assert_eq!(stdout(&output), line.repeat(2));
    let told: Vec<String> = stderr(&output).lines().map(|told| told.replace(&results, "a.ndjson")).collect();
    assert_eq!(
        told,
        [
            "error: not a page report: expected ident at line 1 column 2: a.ndjson:2",
            "error: a page report of version `adsieve.page/9`; this program reads `adsieve.page/1`: a.ndjson:4",
            "error: the line ends too early to be a page report: a.ndjson:5",
        ]
    );
}

#[test]
fn several_inputs_are_merged() {
    let folder = Folder::new("merged");
    let page = folder.write("page.html", PAGE);
    let results = folder.path("a.ndjson");
    adsieve(&["scan", &page, "--format", "ndjson", "-o", &results]);
    let output = adsieve(&["report", &results, &results, "--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["summary"]["pages"], &report["summary"]["bids"]), (&2.into(), &4.into()));
}

#[test]
fn conditions_end_with_1() {
    let folder = Folder::new("fail-on");
    let page = folder.write("page.html", PAGE);
    let quiet = folder.write("quiet.html", "<p>quiet");
    let holding = ["any", "network:magnite", "role:bidder", "problem", "problem:missing-param"];
    for condition in holding {
        assert_eq!(code(&adsieve(&["scan", &page, "--fail-on", condition])), 1, "{condition}");
        assert_eq!(code(&adsieve(&["scan", &quiet, "--fail-on", condition])), 0, "{condition}");
    }
    let other = adsieve(&["scan", &page, "--fail-on", "network:taboola", "--fail-on", "problem:unknown-bidder"]);
    assert_eq!(code(&other), 0);
    let missing = adsieve(&["scan", &page, "/no/such/page.html", "--fail-on", "error"]);
    assert_eq!(code(&missing), 1);
    let misspelt = adsieve(&["scan", &page, "--fail-on", "network:magnit"]);
    assert_eq!(code(&misspelt), 2);
    assert!(stderr(&misspelt).contains("did you mean `magnite`?"), "{}", stderr(&misspelt));
    assert_eq!(code(&adsieve(&["scan", &page, "--fail-on", "google"])), 2);
}

#[test]
fn a_table_of_csv_needs_csv() {
    let folder = Folder::new("csv-usage");
    let page = folder.write("page.html", PAGE);
    assert_eq!(code(&adsieve(&["scan", &page, "--csv", "bids", "--format", "csv"])), 0);
    assert_eq!(code(&adsieve(&["scan", &page, "--csv", "bids", "--format", "json"])), 2);
}

#[test]
fn accounts_are_checked_against_the_lists_of_sellers() {
    let folder = Folder::new("sellers");
    folder.write("site/page.html", PAGE);
    folder.write("site/other.html", &PAGE.replace("www.example.com", "example.net").replace("4417", "9"));
    let list = "rubiconproject.com, 4417, DIRECT\ngoogle.com, 123456, RESELLER\n";
    folder.write("site/example.com/ads.txt", list);
    let output = adsieve(&["scan", &folder.path("site"), "--csv", "accounts"]);
    assert_eq!(
        stdout(&output),
        "network,account,names,site,pages,sites,ads_txt,sellers_json\n\
         google,123456,network code,example.com,1,2,reseller,\n\
         google,123456,network code,example.net,1,2,,\n\
         magnite,4417,accountId,example.com,1,1,direct,\n\
         magnite,9,accountId,example.net,1,1,,\n"
    );
    let sites = adsieve(&["scan", &folder.path("site"), "--csv", "sites"]);
    let pages: Vec<&str> = stdout(&sites).lines().map(|line| line.split(',').nth(1).unwrap()).collect();
    assert_eq!(pages, ["pages", "1", "1"]);
}

#[test]
fn completions_know_every_subcommand() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = adsieve(&["completions", shell]);
        assert_eq!(code(&output), 0);
        for word in ["scan", "report", "completions", "fail-on"] {
            assert!(stdout(&output).contains(word), "{shell}: {word}");
        }
    }
    assert_eq!(code(&adsieve(&["completions", "csh"])), 2);
}

#[test]
fn manual_pages_come_from_the_definition_of_the_arguments() {
    let page = adsieve(&["man", "report"]);
    insta::assert_snapshot!(stdout(&page).replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    assert_eq!(code(&adsieve(&["man", "frob"])), 2);
    let folder = Folder::new("man");
    assert_eq!(code(&adsieve(&["man", "-o", &folder.path("man")])), 0);
    for name in ["adsieve.1", "adsieve-scan.1", "adsieve-rules-list.1"] {
        assert!(folder.0.join("man").join(name).exists(), "{name}");
    }
}

#[test]
fn a_difference_is_code_1() {
    let folder = Folder::new("diff");
    let (before, after) =
        (folder.write("before/page.html", PAGE), folder.write("after/page.html", &PAGE.replace("4417", "9")));
    folder.write("before/quiet.html", "<p>quiet");
    folder.write("after/quiet.html", "<p>quiet");
    let (old, new) = (folder.path("before"), folder.path("after"));
    let table = adsieve(&["diff", &old, &new, "--width", "100"]);
    assert_eq!((code(&table), stderr(&table)), (1, ""));
    insta::assert_snapshot!("difference_of_folders", stdout(&table));
    let stored = folder.path("before.ndjson");
    adsieve(&["scan", &old, "--format", "ndjson", "-o", &stored]);
    let of_stored = adsieve(&["diff", &stored, &new, "--width", "100"]);
    assert_eq!(stdout(&of_stored), stdout(&table));
    for same in [[&old, &stored], [&before, &before]] {
        assert_eq!(code(&adsieve(&["diff", same[0], same[1]])), 0);
    }
    let json = adsieve(&["diff", &before, &after, "--format", "json"]);
    let difference: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(difference["pages"][0]["changes"][0]["after"]["ids"]["accountId"], serde_json::json!([9]));
    assert!(stdout(&adsieve(&["diff", &before, &after, "--format", "markdown"])).contains("`top · rubicon"));
    assert_eq!(code(&adsieve(&["diff", &before, "/no/such/page.html"])), 3);
}

/// The schema is OASIS's own: tests/schema/README.md says where it comes from.
#[test]
fn the_log_for_code_hosts_keeps_to_the_published_schema() {
    let schema = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schema/sarif-2.1.0.json")).unwrap();
    let mut schema: Value = serde_json::from_slice(&schema).unwrap();
    // Its pattern for languages is no regular expression; we write no language.
    for definition in ["run", "toolComponent"] {
        schema["definitions"][definition]["properties"]["language"].as_object_mut().unwrap().remove("pattern");
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    let log = adsieve(&["scan", "tests/corpus", "/no/such/page.html", "--quiet", "--format", "sarif"]);
    let log: Value = serde_json::from_slice(&log.stdout).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&log).take(5).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert!(log["runs"][0]["results"].as_array().unwrap().len() > 100);
}

const WOVEN: &str = r#"<title>Front</title>
<script>
var placement = 1234;
if (/iPhone/.test(navigator.userAgent)) { placement = 5678; }
function unit(code, id) {
  return { code: code, bids: [{ bidder: "appnexus", params: { placementId: id, keywords: "\u001b[31m=x" } }] };
}
var units = [unit("top", placement)];
pbjs.que.push(function () { pbjs.addAdUnits(units); });
</script>
"#;

#[test]
fn explain_shows_the_code_and_the_way_of_each_value() {
    let folder = Folder::new("explain");
    let page = folder.write("page.html", WOVEN);
    let frames = adsieve(&["explain", &page, "--width", "100"]);
    assert_eq!((code(&frames), stderr(&frames)), (0, ""));
    insta::assert_snapshot!("frames", stdout(&frames).replace(&page, "page.html"));
    assert!(!stdout(&frames).contains('\x1b'));
    let of_line = adsieve(&["explain", &format!("{page}:9"), "--format", "json"]);
    let explanation: Value = serde_json::from_slice(&of_line.stdout).unwrap();
    let whats: Vec<&Value> = explanation["items"].as_array().unwrap().iter().map(|item| &item["what"]).collect();
    assert!(!whats.is_empty() && whats.iter().all(|what| *what == "finding"), "{whats:?}");
    let nothing = adsieve(&["explain", &format!("{page}:1")]);
    assert_eq!((code(&nothing), stdout(&nothing)), (0, ""));
    assert!(stderr(&nothing).starts_with("warning: nothing was found on that line"), "{}", stderr(&nothing));
    assert_eq!(code(&adsieve(&["explain", "/no/such/page.html"])), 3);
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_needs_a_folder_and_fills_it() {
    let folder = Folder::new("parquet");
    let page = folder.write("page.html", PAGE);
    let output = adsieve(&["scan", &page, "--format", "parquet"]);
    assert_eq!((code(&output), stdout(&output)), (2, ""));
    assert!(stderr(&output).contains("name their folder with `-o`"), "{}", stderr(&output));
    let tables = folder.path("tables");
    assert_eq!(code(&adsieve(&["scan", &page, "--format", "parquet", "-o", &tables])), 0);
    let mut names: Vec<_> =
        fs::read_dir(&tables).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let expected = ["bids", "findings", "networks", "pages", "requests", "slots"].map(|name| format!("{name}.parquet"));
    assert_eq!(names, expected);
    assert_eq!(code(&adsieve(&["scan", &page, "--format", "parquet", "-o", &page])), 3);
}

//! The program as its users meet it: exit codes, streams, forms, help.

use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder of our own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("adsieve-cli-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(&root).unwrap();
        Self(root)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn command(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_adsieve"));
    command
        .args(arguments)
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .env_remove("COLUMNS")
        .stdin(Stdio::null());
    command
}

fn adsieve(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("not ended by a signal")
}

#[test]
fn help_is_what_it_was() {
    // All commands are there by default; without the feature `serve` two of them are not.
    #[cfg(feature = "serve")]
    insta::assert_snapshot!("help", stdout(&adsieve(&["--help"])));
    insta::assert_snapshot!("scan_short_help", stdout(&adsieve(&["scan", "-h"])));
    insta::assert_snapshot!("scan_help", stdout(&adsieve(&["scan", "--help"])));
    insta::assert_snapshot!("clean_help", stdout(&adsieve(&["clean", "--help"])));
    insta::assert_snapshot!("report_help", stdout(&adsieve(&["report", "--help"])));
    insta::assert_snapshot!("diff_help", stdout(&adsieve(&["diff", "--help"])));
    insta::assert_snapshot!("explain_help", stdout(&adsieve(&["explain", "--help"])));
}

#[test]
fn the_version_is_the_crates() {
    assert_eq!(stdout(&adsieve(&["--version"])).trim(), format!("adsieve {}", env!("CARGO_PKG_VERSION")));
}

#[test]
fn wrong_usage_is_code_2_and_prints_no_result() {
    for arguments in
        [&["scan"][..], &["scan", "--format", "xml", "."], &["scan", "--url", "nowhere", "."], &["frob"], &[]]
    {
        let output = adsieve(arguments);
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert_eq!(stdout(&output), "", "{arguments:?}");
        assert_ne!(stderr(&output), "", "{arguments:?}");
    }
}

#[test]
fn what_cannot_be_read_is_code_3_and_the_rest_is_reported() {
    let folder = Folder::new("unread");
    let page = folder.write("page.html", "<p>quiet</p>");
    let missing = folder.0.join("missing.html");
    let output = adsieve(&["scan", "--format", "ndjson", text(&missing), text(&page)]);
    assert_eq!(code(&output), 3);
    assert_eq!(stdout(&output).lines().count(), 1);
    assert_eq!(stderr(&output), format!("error: no such file or folder: {}\n", text(&missing)));
    let quiet = adsieve(&["scan", "--quiet", text(&missing)]);
    assert_eq!((code(&quiet), stderr(&quiet)), (3, ""));
}

#[test]
fn the_summary_lists_what_could_not_be_read() {
    let output = adsieve(&["scan", "--format", "json", "/no/such/page.html"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let unreadable = serde_json::json!([{ "path": "/no/such/page.html", "message": "no such file or folder" }]);
    assert_eq!(report["summary"]["unreadable"], unreadable);
}

#[test]
fn standard_input_is_a_page() {
    let mut child = command(["scan", "-", "--format", "ndjson", "--url", "https://example.com/a"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"<title>x</title>").unwrap();
    let output = child.wait_with_output().unwrap();
    let page: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&page["schema"], &page["source"]["path"]), (&"adsieve.page/1".into(), &"-".into()));
    assert_eq!((&page["source"]["bytes"], &page["url"]), (&16.into(), &"https://example.com/a".into()));
}

#[test]
fn a_closed_pipe_is_a_quiet_success() {
    let folder = Folder::new("pipe");
    for index in 0..400 {
        folder.write(&format!("{index:03}.html"), "<p>quiet</p>");
    }
    let mut child = command(["scan", "--format", "ndjson", text(&folder.0)])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut beginning = [0; 10];
    let mut pipe = child.stdout.take().unwrap();
    pipe.read_exact(&mut beginning).unwrap();
    drop(pipe);
    let output = child.wait_with_output().unwrap();
    assert_eq!((code(&output), stderr(&output)), (0, ""));
}

#[test]
fn output_is_the_same_whatever_the_number_of_threads() {
    let folder = Folder::new("threads");
    for index in 0..120 {
        let script = "var a = 1;".repeat(index % 17);
        folder
            .write(&format!("{}/{index}.html", index % 7), &format!("<title>{index}</title><script>{script}</script>"));
    }
    for format in ["table", "json", "ndjson", "html"] {
        let scan = |threads| adsieve(&["scan", "--format", format, "--threads", threads, text(&folder.0)]).stdout;
        let one = scan("1");
        assert!(!one.is_empty());
        assert!(scan("2") == one && scan("7") == one, "{format}");
    }
}

#[test]
fn the_report_can_go_to_a_file() {
    let folder = Folder::new("output");
    let page = folder.write("page.html", "<p>quiet</p>");
    let report = folder.0.join("report.json");
    let output = adsieve(&["scan", text(&page), "--format", "json", "-o", text(&report)]);
    assert_eq!((code(&output), stdout(&output)), (0, ""));
    let report: serde_json::Value = serde_json::from_str(&fs::read_to_string(report).unwrap()).unwrap();
    assert_eq!(report["schema"], "adsieve.report/1");
    assert_eq!(report["pages"][0]["source"]["path"], text(&page));
    let refused = adsieve(&["scan", text(&page), "-o", "/no/such/folder/report"]);
    assert_eq!(code(&refused), 3);
}

#[test]
fn the_html_report_is_one_file_with_its_own_policy() {
    let folder = Folder::new("html");
    let page = folder.write("page.html", "<script>pbjs.addAdUnits({ code: '</script>', bids: [] })</script>");
    let report = folder.0.join("report.html");
    let output = adsieve(&["scan", text(&page), "--format", "html", "-o", text(&report)]);
    assert_eq!((code(&output), stdout(&output)), (0, ""));
    let report = fs::read_to_string(report).unwrap();
    assert!(report.starts_with("<!DOCTYPE html>") && report.ends_with("</html>\n"));
    assert!(report.contains("default-src 'none'"));
    assert_eq!(report.matches("class=\"page\"").count(), 1);
    for outside in ["http://", "https://"] {
        let named = report.matches(outside).count();
        assert_eq!(named, report.matches("http://www.w3.org/2000/svg").count() * usize::from(outside == "http://"));
    }
}

#[test]
fn excerpts_are_added_where_they_are_asked_for() {
    let folder = Folder::new("excerpts");
    let page = folder.write("page.html", "<script>\npbjs.addAdUnits({ code: 'top', bids: [] })\n</script>");
    let plain = adsieve(&["scan", text(&page), "--format", "ndjson"]);
    assert!(!stdout(&plain).contains("\"excerpts\""));
    let with = adsieve(&["scan", text(&page), "--format", "ndjson", "--excerpts"]);
    let report: serde_json::Value = serde_json::from_str(stdout(&with)).unwrap();
    assert!(report["excerpts"][0]["text"].as_str().unwrap().contains("pbjs.addAdUnits"));
}

#[test]
fn a_pipe_gets_the_table_without_colours() {
    let folder = Folder::new("table");
    let page = folder.write("page.html", "<p>quiet</p>");
    let output = adsieve(&["scan", text(&page)]);
    assert_eq!(stdout(&output), "1 page · 0 with ads · 1 without\n");
    let coloured = adsieve(&["scan", text(&page), "--color", "always"]);
    assert!(stdout(&coloured).contains("\x1b["));
}

#[test]
fn a_folder_without_pages_is_remarked() {
    let folder = Folder::new("empty");
    folder.write("notes.txt", "pbjs");
    let output = adsieve(&["scan", "--format", "json", text(&folder.0)]);
    assert_eq!(code(&output), 0);
    assert!(stderr(&output).starts_with("warning: no pages found"), "{}", stderr(&output));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["summary"]["pages"], 0);
}

const LEAKED: &str = "It rained.\n\n(adsbygoogle = window.adsbygoogle || []).push({});\n\nIt stopped.\n";
const CLEANED: &str = "It rained.\n\nIt stopped.\n";

#[test]
fn clean_writes_the_text_without_its_ad_code() {
    let folder = Folder::new("clean");
    let page = folder.write("a.txt", LEAKED);
    let output = adsieve(&["clean", "--report", text(&page)]);
    assert_eq!((code(&output), stdout(&output)), (0, CLEANED));
    assert!(
        stderr(&output).contains(":3:1: cut ad-script google-adsense, bytes 10..64: (adsbygoogle"),
        "{}",
        stderr(&output)
    );
    let target = folder.0.join("out.txt");
    assert_eq!(code(&adsieve(&["clean", "-o", text(&target), text(&page)])), 0);
    assert_eq!(fs::read_to_string(target).unwrap(), CLEANED);
}

#[test]
fn clean_in_place_leaves_a_copy() {
    let folder = Folder::new("clean-in-place");
    let (dirty, honest) = (folder.write("a.txt", LEAKED), folder.write("b.txt", CLEANED));
    let output = adsieve(&["clean", "--in-place", text(&dirty), text(&honest)]);
    assert_eq!((code(&output), stdout(&output)), (0, ""));
    assert_eq!(fs::read_to_string(&dirty).unwrap(), CLEANED);
    assert_eq!(fs::read_to_string(folder.0.join("a.txt.orig")).unwrap(), LEAKED);
    assert!(!folder.0.join("b.txt.orig").exists());
}

#[test]
fn clean_check_is_code_1_if_anything_would_be_cut() {
    let folder = Folder::new("clean-check");
    let (dirty, honest) = (folder.write("a.txt", LEAKED), folder.write("b.txt", CLEANED));
    let output = adsieve(&["clean", "--check", text(&honest), text(&dirty)]);
    assert_eq!((code(&output), stdout(&output)), (1, ""));
    assert_eq!(code(&adsieve(&["clean", "--check", text(&honest)])), 0);
}

#[test]
fn clean_keeps_the_other_fields_of_ndjson() {
    let folder = Folder::new("clean-ndjson");
    let line = r#"{"n": 1.0,  "body": "It rained.\n\ngoogletag.display('x');\n\nIt stopped.", "code": "googletag.display('x');"}"#;
    let page = folder.write("a.ndjson", &format!("{line}\n{{\"n\": 2}}\n"));
    let output = adsieve(&["clean", "--text-field", "body", text(&page)]);
    let wanted = line.replacen(r"googletag.display('x');\n\n", "", 1);
    assert_eq!((code(&output), stdout(&output)), (0, &*format!("{wanted}\n{{\"n\": 2}}\n")));
}

#[test]
fn clean_takes_pages_and_folders_of_them() {
    let folder = Folder::new("clean-html");
    let ads = "<script>pbjs.que.push(function () { pbjs.requestBids({}) })</script>";
    let page = folder.write("a.html", &format!("<!DOCTYPE html><p>x{ads}</p>"));
    let output = adsieve(&["clean", text(&page)]);
    assert_eq!((code(&output), stdout(&output)), (0, "<!DOCTYPE html><p>x</p>"));
    assert_eq!(code(&adsieve(&["clean", "--check", text(&page)])), 1);
    assert_eq!(code(&adsieve(&["clean", text(&folder.0)])), 2, "where to?");
    let target = folder.0.join("out");
    assert_eq!(code(&adsieve(&["clean", text(&folder.0), "-o", text(&target)])), 0);
    assert_eq!(fs::read_to_string(target.join("a.html")).unwrap(), "<!DOCTYPE html><p>x</p>");
}

#[test]
fn clean_writes_several_texts_and_folders_below_one() {
    let folder = Folder::new("clean-several");
    let one = folder.write("one.txt", LEAKED);
    folder.write("in/two.md", LEAKED);
    folder.write("in/deep/three.txt", LEAKED);
    folder.write("in/picture.png", "");
    let (inside, target) = (folder.0.join("in"), folder.0.join("out"));
    let output = adsieve(&["clean", text(&one), text(&inside), "-o", text(&target)]);
    assert_eq!((code(&output), stdout(&output)), (0, ""), "{}", stderr(&output));
    for name in ["one.txt", "two.md", "deep/three.txt"] {
        assert_eq!(fs::read_to_string(target.join(name)).unwrap(), CLEANED, "{name}");
    }
    assert!(!target.join("picture.png").exists());
    let again = adsieve(&["clean", text(&one), text(&one), "-o", text(&target)]);
    assert_eq!(code(&again), 3, "one name for two results");
}

#[test]
fn clean_never_writes_over_a_copy() {
    let folder = Folder::new("clean-copies");
    let page = folder.write("a.txt", LEAKED);
    folder.write("a.txt.orig", "mine");
    assert_eq!(code(&adsieve(&["clean", "--in-place", text(&page)])), 0);
    assert_eq!(fs::read_to_string(folder.0.join("a.txt.orig")).unwrap(), "mine");
    assert_eq!(fs::read_to_string(folder.0.join("a.txt.orig.2")).unwrap(), LEAKED);
}

#[test]
fn clean_knows_the_libraries_of_own_rules() {
    let folder = Folder::new("clean-rules");
    let page = folder.write("a.txt", "It rained.\n\nacmeAds.show({ zone: 7 });\n\nIt stopped.\n");
    let rules = "product = \"acme\"\nname = \"Acme\"\nnetwork = \"acme\"\nrole = \"native\"\nglobals = [\"acmeAds\"]\n";
    let networks = "[acme]\nname = \"Acme\"\n";
    folder.write("rules/acme.toml", rules);
    folder.write("rules/networks.toml", networks);
    assert_eq!(code(&adsieve(&["clean", "--check", text(&page)])), 0, "not an ad's without them");
    let output = adsieve(&["clean", "--rules", text(&folder.0.join("rules")), text(&page)]);
    assert_eq!((code(&output), stdout(&output)), (0, CLEANED), "{}", stderr(&output));
}

#[test]
fn scan_reads_code_that_leaked_into_a_field_of_texts() {
    let folder = Folder::new("scan-text-field");
    let leaked =
        "It rained.\\n\\nadUnits.push({ code: ‘top’, bids: [{ bidder: ‘appnexus’, params: { placementId: ‘7’ } }] });";
    let page = folder.write("a.ndjson", &format!("{{\"body\": \"{leaked}\"}}\n"));
    let output = adsieve(&["scan", "-q", "--format", "ndjson", "--text-field", "body", text(&page)]);
    let report: serde_json::Value = serde_json::from_str(stdout(&output).lines().next().unwrap()).unwrap();
    assert_eq!(report["ad_units"][0]["bids"][0]["params"]["placementId"], "7", "{report}");
    assert_eq!(report["scripts"][0]["repairs"][0], "typographic-quotes", "{report}");
}

#[test]
fn clean_refuses_what_is_no_text() {
    let folder = Folder::new("clean-binary");
    let file = folder.write("a.txt", "");
    assert_eq!(code(&adsieve(&["clean", "nowhere.txt"])), 3);
    fs::write(&file, b"\xff\xfe\xfd").unwrap();
    assert_eq!(code(&adsieve(&["clean", text(&file)])), 3);
}

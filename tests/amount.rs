//! Large runs as their users meet them: order, limits, choice, interruption, going on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder of our own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    /// With so many pages, and a WARC of as many.
    fn new(name: &str, pages: usize) -> Self {
        let root = std::env::temp_dir().join(format!("adsieve-amount-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join("in")).unwrap();
        let mut warc = String::new();
        for number in 0..pages {
            let page = format!(
                "<!doctype html><script>pbjs.addAdUnits([{{code: 'u{number}', bids: [{{bidder: 'appnexus', params: {{placementId: {number}}}}}]}}])</script>"
            );
            fs::write(root.join(format!("in/page-{number:04}.html")), &page).unwrap();
            warc += &format!(
                "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: https://example.com/{number}\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{page}\r\n\r\n",
                page.len()
            );
        }
        fs::write(root.join("in/crawl.warc"), warc).unwrap();
        Self(root)
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

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_adsieve"));
    command.arg("scan").args(arguments).stdin(Stdio::null());
    command
}

fn scan(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8(bytes.to_vec()).unwrap().lines().map(ToOwned::to_owned).collect()
}

fn read(path: &str) -> Vec<String> {
    lines(&fs::read(Path::new(path)).unwrap())
}

#[test]
fn pages_of_files_and_archives_come_in_order_or_as_they_are_done() {
    let folder = Folder::new("order", 40);
    let input = folder.path("in");
    let ordered = lines(&scan(&["--format", "ndjson", &input]).stdout);
    assert_eq!(ordered.len(), 80);
    assert!(ordered[0].contains("https://example.com/0") && ordered[79].contains("page-0039.html"));
    let mut unordered = lines(&scan(&["--format", "ndjson", "--unordered", &input]).stdout);
    unordered.sort();
    let mut sorted = ordered;
    sorted.sort();
    assert_eq!(unordered, sorted);
}

#[test]
fn a_limit_and_globs_choose() {
    let folder = Folder::new("choice", 10);
    let input = folder.path("in");
    assert_eq!(lines(&scan(&["--format", "ndjson", "--limit", "7", &input]).stdout).len(), 7);
    let chosen = lines(&scan(&["--format", "ndjson", "--include", "page-*", "--exclude", "*3.html", &input]).stdout);
    assert_eq!(chosen.len(), 9);
    assert_eq!(scan(&["--include", "[a", &input]).status.code(), Some(2));
}

#[test]
fn a_run_goes_on_where_it_ended() {
    let folder = Folder::new("resume", 30);
    let (input, state, report) = (folder.path("in"), folder.path("state.json"), folder.path("report.ndjson"));
    let whole = lines(&scan(&["--format", "ndjson", &input]).stdout);
    for order in [&[][..], &["--unordered"]] {
        let go = |more: &[&str]| {
            let arguments =
                [&["--format", "ndjson", "-o", &report, "--resume", &state][..], more, order, &[&input]].concat();
            let output = scan(&arguments);
            assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        };
        go(&["--limit", "11"]);
        // What a run that was killed had written since its last note is written again.
        fs::write(&report, [fs::read(&report).unwrap(), b"{\"half\":".to_vec()].concat()).unwrap();
        go(&["--limit", "25"]);
        go(&[]);
        let mut found = read(&report);
        if !order.is_empty() {
            found.sort();
        }
        let mut expected = whole.clone();
        if !order.is_empty() {
            expected.sort();
        }
        assert_eq!(found, expected);
        go(&[]);
        assert_eq!(read(&report).len(), whole.len(), "a run that is done has nothing left to do");
        fs::remove_file(&state).unwrap();
    }
}

#[test]
fn a_state_of_another_input_is_refused() {
    let folder = Folder::new("other", 3);
    let (input, state) = (folder.path("in"), folder.path("state.json"));
    assert_eq!(scan(&["--format", "ndjson", "--resume", &state, &input]).status.code(), Some(0));
    assert_eq!(scan(&["--format", "ndjson", "--resume", &state, "--include", "*.html", &input]).status.code(), Some(2));
    assert_eq!(scan(&["--format", "json", "--resume", &state, &input]).status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_ends_its_report() {
    let folder = Folder::new("interrupt", 5);
    // Standard input never ends: the run waits for more.
    let mut run = command(&["--format", "json", &folder.path("in"), "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_secs(2));
    Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap();
    let input = run.stdin.take();
    let output = run.wait_with_output().unwrap();
    drop(input);
    assert_eq!(output.status.code(), Some(3));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["summary"]["pages"], 10);
    assert!(String::from_utf8_lossy(&output.stderr).contains("interrupted after 10 pages"));
}

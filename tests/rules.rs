//! `adsieve rules` and `scan --rules` as their users meet them, and what the built-in rules cover.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder of our own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let root = std::env::temp_dir().join(format!("adsieve-rules-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        for (file, text) in files {
            let path = root.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self(root)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }

    /// The text without the folder's own path.
    fn without(&self, text: &[u8]) -> String {
        String::from_utf8_lossy(text).replace(self.path(), "DIR")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn adsieve(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_adsieve"));
    command.args(arguments).env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE").stdin(Stdio::null());
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

const BROKEN: &[(&str, &str)] = &[
    (
        "acme.toml",
        "product = \"acme\"\nname = \"Acme\"\nnetwork = \"gogle\"\nrole = \"nativ\"\nhots = [\"cdn.acme.example\"]\n\n\
         [acme-site]\nscript = 'acme.define({ site: $SITE })'\nwhere.SIDE = '^\\d+$'\n\n\
         [acme-code]\nscript = 'acme.define({ site: '\n\n[acme-word]\nscript = '$X.push($Y)'\n\n\
         [acme-place]\nelement = 'div > p'\n\n[acme-regex]\nscript = 'acme.open($ID)'\nwhere.ID = '('\n\n\
         [[acme-regex.example]]\nscript = 'acme.open(1)'\ncaptures = { IDD = 1 }\n",
    ),
    ("more/twin.toml", "[acme-site]\nscript = 'acme.other($SITE)'\n"),
    ("more/not.toml", "[x\nscript = 1\n"),
];

const OWN: &str = "[acme-site]\nabout = \"Acme's site\"\nscript = 'acme.define({ site: $SITE })'\n\
    [[acme-site.example]]\nscript = 'acme.define({ site: \"a\" })'\ncaptures = { SITE = \"a\" }\n";

#[test]
fn the_examples_of_all_built_in_rules_hold() {
    let output = adsieve(&["rules", "test"]);
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    assert!(stdout(&output).ends_with("0 do not\n"), "{}", stdout(&output));
}

#[test]
fn the_built_in_rules_cover_what_was_promised() {
    let output = adsieve(&["rules", "list", "--format", "json"]);
    let listed: Value = serde_json::from_slice(&output.stdout).unwrap();
    let count = |key: &str| listed[key].as_array().unwrap().len();
    assert!(count("products") >= 310, "{} products", count("products"));
    assert!(count("bidders") >= 1_000, "{} bidder codes", count("bidders"));
}

#[test]
fn the_page_of_networks_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/networks.md");
    let output = adsieve(&["rules", "list", "--format", "markdown"]);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, stdout(&output)).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == stdout(&output), "docs/networks.md is stale: BLESS=1 cargo test --test rules rewrites it");
}

#[test]
fn every_mistake_is_told_at_once() {
    let folder = Folder::new("broken", BROKEN);
    let output = adsieve(&["rules", "check", folder.path()]);
    assert_eq!(code(&output), 1);
    insta::assert_snapshot!("check_long", folder.without(&output.stdout));
    let output = adsieve(&["rules", "check", "--format", "short", folder.path()]);
    insta::assert_snapshot!("check_short", folder.without(&output.stdout));
}

#[test]
fn broken_rules_stop_a_scan_before_it_begins() {
    let folder = Folder::new("stop", BROKEN);
    let report = folder.0.join("report.json");
    let output = adsieve(&["scan", "--rules", folder.path(), "-o", report.to_str().unwrap(), "/no/such/page.html"]);
    assert_eq!((code(&output), stdout(&output)), (2, ""));
    assert!(stderr(&output).matches("error:").count() >= 8, "{}", stderr(&output));
    assert!(!stderr(&output).contains("page.html") && !report.exists());
}

#[test]
fn rules_of_the_users_own_find_and_replace() {
    let page = "<script>acme.define({ site: 'news' }); pbjs.aliasBidder('appnexus', 'x')</script>";
    let replacing = "[prebid-alias]\nscript = 'pbjs.aliasBidder($_, $NAME)'\n\
        [[prebid-alias.example]]\nscript = 'pbjs.aliasBidder(\"a\", \"b\")'\ncaptures = { NAME = \"b\" }\n";
    let folder = Folder::new("own", &[("one/own.toml", OWN), ("two/own.toml", replacing), ("page.html", page)]);
    let [one, two, page] = ["one", "two", "page.html"].map(|name| folder.0.join(name).to_str().unwrap().to_owned());
    let output = adsieve(&["scan", "--format", "ndjson", "--rules", &one, "--rules", &two, &page]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let told = folder.without(&output.stderr);
    assert_eq!(
        told,
        "DIR/two/own.toml:1:2: note: rule `prebid-alias` takes the place of the one in rules/wrapper/prebid.toml\n"
    );
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings: Vec<(&str, &Value)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (finding["rule"].as_str().unwrap(), &finding["captures"]))
        .collect();
    assert!(findings.contains(&("acme-site", &serde_json::json!({ "SITE": "news" }))), "{findings:?}");
    assert!(findings.contains(&("prebid-alias", &serde_json::json!({ "NAME": "x" }))), "{findings:?}");
}

#[test]
fn organisations_of_the_users_own_are_known_to_their_rules() {
    let networks = "[acme]\nname = \"Acme\"\ndomains = [\"acme-ads.example\"]\n";
    let product = "product = \"acme\"\nname = \"Acme\"\nnetwork = \"acme\"\nrole = \"native\"\n";
    let page = "<script src=\"https://cdn.acme-ads.example/a.js\"></script>";
    let files = [("networks.toml", networks), ("native/acme.toml", product), ("page.html", page)];
    let folder = Folder::new("networks", &files);
    let page = folder.0.join("page.html");
    let arguments = ["scan", "--format", "ndjson", "--url", "https://example.com/", "--rules", folder.path()];
    let output = adsieve(&[&arguments[..], &[page.to_str().unwrap()]].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    assert_eq!(report["networks"][0]["name"], "Acme");
}

#[test]
fn an_example_that_does_not_hold_fails_the_test() {
    let wrong = OWN.replace("SITE = \"a\"", "SITE = \"b\"");
    let folder = Folder::new("wrong", &[("own.toml", &wrong)]);
    let output = adsieve(&["rules", "test", folder.path()]);
    assert_eq!(code(&output), 1);
    insta::assert_snapshot!(folder.without(&output.stderr), @r#"
    error: the example is found by `acme-site`, but with other captures
      DIR/own.toml:5:10
    5 | script = 'acme.define({ site: "a" })'
      |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ hint: it gives SITE = "a"
    "#);
    assert!(stdout(&output).ends_with("1 do not\n"));
}

#[test]
fn what_is_known_is_shown() {
    for (id, words) in [
        ("taboola", ["product taboola", "organisation taboola", "bidder taboola"]),
        ("rubicon", ["bidder rubicon", "accountId: integer or string, required", "Magnite"]),
        ("prebid-alias", ["rule prebid-alias", "argument 2: anything, kept as ALIAS", "rules/wrapper/prebid.toml:"]),
    ] {
        let output = adsieve(&["rules", "show", id]);
        words.iter().for_each(|word| assert!(stdout(&output).contains(word), "{id}: {word}\n{}", stdout(&output)));
    }
    let output = adsieve(&["rules", "show", "tabola"]);
    assert_eq!(code(&output), 2);
    assert_eq!(stderr(&output), "error: nothing is known as `tabola`: did you mean `taboola`?\n");
}

#[test]
fn lists_are_filtered() {
    let lines = |arguments: &[&str]| {
        let output = adsieve(&[&["rules", "list"], arguments].concat());
        stdout(&output).lines().filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let cmps = lines(&["--role", "cmp"]);
    assert!(cmps[..cmps.len() - 1].iter().all(|line| line.starts_with("cmp ")) && cmps.len() > 15, "{cmps:?}");
    assert!(lines(&["--network", "magnite"]).iter().any(|line| line.starts_with("bidder") && line.contains("rubicon")));
    assert_eq!(lines(&["--role", "cmp", "--text", "didomi"]).len(), 2);
    assert_eq!(lines(&["--role", "bidder", "--text", "no such code"]), ["0 products · 0 bidder codes"]);
}

#[test]
fn every_built_in_file_fits_the_schema() {
    let schema: Value = serde_json::from_slice(&adsieve(&["rules", "schema"]).stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut count = 0;
    for path in rule_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")) {
        let table: toml::Table = fs::read_to_string(&path).unwrap().parse().unwrap();
        let mistakes: Vec<String> =
            validator.iter_errors(&serde_json::to_value(&table).unwrap()).map(|error| error.to_string()).collect();
        assert!(mistakes.is_empty(), "{}: {mistakes:?}", path.display());
        count += 1;
    }
    assert!(count >= 310);
    let wrong = serde_json::json!({ "product": "x", "role": "nativ", "r": { "scrip": "f($X)" } });
    assert!(!validator.is_valid(&wrong));
}

/// The files in the folders of roles.
fn rule_files(root: &Path) -> Vec<PathBuf> {
    let folders = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let roles = folders.filter(|path| path.is_dir() && !path.ends_with("bidders"));
    let files = roles.flat_map(|folder| fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|ending| ending == "toml")).collect();
    files.sort();
    files
}

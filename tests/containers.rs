//! The same page through every container: the same ad units, or what the container can show of them.
//!
//! The files under `containers/made` were written by the tools that people use; `containers/make.py` says how.

use adsieve::report::{PageReport, Source, page_report};
use adsieve::{Diagnostic, Engine, ReadOptions, SavedDocument, ScanOptions, read_seekable_documents};
use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::built_in);

/// Inline script; external; deferred; added by a script; in a frame.
const ALL: &str = "appnexus ix openx pubmatic rubicon";

/// Only the page itself.
const PAGE: &str = "appnexus";

/// What each container shows of the page: the bidders of all its documents together.
const SHOWN: [(&str, &str); 22] = [
    ("dom.html", PAGE),
    ("page.html.gz", PAGE),
    ("page.html.xz", PAGE),
    ("page.html.zst", PAGE),
    ("page.html.br", PAGE),
    ("pages.zip", PAGE),
    ("pages.tar.gz", PAGE),
    ("pages.jsonl", PAGE),
    ("pages.csv", PAGE),
    ("crawl.wet.gz", PAGE),
    // Scripts and frames have records of their own.
    ("wget.warc", ALL),
    ("wget.warc.gz", ALL),
    ("warcio.warc.gz", ALL),
    ("dictionary.warc.zst", ALL),
    ("crawl.wacz", ALL),
    // Scripts and frames belong to the page.
    ("folder/Harbour News.html", ALL),
    ("visit.har", ALL),
    ("page.webarchive", ALL),
    // What SingleFile keeps if it is told to: the page as it was once its scripts had run.
    ("singlefile-scripts.html", ALL),
    // Savers that leave scripts out.
    ("singlefile.html", ""),
    ("page.mhtml", ""),
    ("../site/index.html", PAGE),
];

fn made(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/containers/made").join(name)
}

/// What a reader hands out.
type Items = Vec<Result<SavedDocument, Diagnostic>>;

fn read(bytes: &[u8], name: &str) -> Items {
    let mut items = Vec::new();
    let _ = read_seekable_documents(Cursor::new(bytes), name, &ReadOptions::default(), &mut |item| {
        items.push(item);
        ControlFlow::Continue(())
    });
    items
}

fn reports(name: &str) -> Vec<PageReport> {
    let path = made(name);
    let scanned = |document: Result<SavedDocument, Diagnostic>| {
        let document = document.unwrap().with_saved_folder(&path, &ReadOptions::default());
        let scan = ENGINE.scan_document(&document, &ScanOptions::default());
        page_report(&scan, &Source::new(name, &document.bytes))
    };
    read(&fs::read(&path).unwrap(), name).into_iter().map(scanned).collect()
}

fn bidders(reports: &[PageReport]) -> String {
    let units = reports.iter().flat_map(|report| &report.ad_units);
    let codes: BTreeSet<&str> = units.flat_map(|unit| &unit.bids).filter_map(|bid| bid.bidder.as_str()).collect();
    codes.into_iter().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_container_shows_what_it_can() {
    let mut wrong = Vec::new();
    for (name, expected) in SHOWN {
        let found = bidders(&reports(name));
        if found != expected {
            wrong.push(format!("{name}: `{found}` and not `{expected}`"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn saved_scripts_run_in_their_place() {
    for name in ["folder/Harbour News.html", "visit.har", "page.webarchive"] {
        let reports = reports(name);
        let [page] = &reports[..] else { panic!("{name}: one page") };
        let unit = page.ad_units.iter().find(|unit| unit.bids[0].bidder == "rubicon").unwrap();
        // A global of the page is known to the script that comes after it.
        assert_eq!(unit.code, Some("external-harbour".into()), "{name}");
        let resource = &page.resources[unit.at.resource.unwrap() as usize];
        assert!(resource.url.contains("units.js"), "{name}: {}", resource.url);
        assert_eq!((unit.at.line, resource.kind.as_ref()), (3, "script"), "{name}");
        let script = &page.scripts[unit.at.script.unwrap() as usize];
        assert_eq!((script.kind.as_ref(), script.is_saved), ("external", Some(true)), "{name}");
        assert_eq!(page.url.as_deref(), Some("http://news.example.com/"), "{name}");
        assert_eq!(page.unseen.get("external-scripts"), None, "{name}");
    }
}

#[test]
fn what_a_saver_left_out_is_said() {
    for name in ["page.mhtml", "singlefile.html"] {
        let page = &reports(name)[0];
        assert_eq!(page.unseen.get("scripts-removed"), Some(&1), "{name}");
        assert_ne!(page.ads, "none", "{name}");
        assert_eq!(page.url.as_deref(), Some("http://news.example.com/"), "{name}");
    }
    assert_eq!(reports("../site/index.html")[0].unseen["external-scripts"], 2);
}

#[test]
fn a_page_without_ads_and_one_that_could_not_show_any_differ() {
    let ads = |html: &str| {
        let scan = ENGINE.scan_bytes(html.as_bytes(), &ScanOptions::default());
        page_report(&scan, &Source::new("a.html", html.as_bytes())).ads
    };
    assert_eq!(ads("<!doctype html><p>quiet<script>var a = 1</script>"), "none");
    assert_eq!(ads("<!doctype html><p>quiet<script src='https://cdn.example.org/a.js'></script>"), "unknown");
    assert_eq!(ads("<!doctype html><script>pbjs.aliasBidder('appnexus', 'acme')</script>"), "found");
}

/// Numbers that look random and are the same in every run.
fn numbers(seed: u64) -> impl Iterator<Item = usize> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    })
}

fn has_remark(items: &Items) -> bool {
    items.iter().any(|item| item.as_ref().map_or(true, |document| !document.diagnostics.is_empty()))
}

fn texts(items: &Items) -> Vec<&[u8]> {
    items.iter().flatten().map(|document| document.bytes.as_slice()).collect()
}

#[test]
fn a_container_that_is_cut_gives_what_it_holds_and_says_so() {
    for (name, _) in SHOWN.iter().filter(|(name, _)| !name.ends_with(".html")) {
        let bytes = fs::read(made(name)).unwrap();
        let whole = read(&bytes, name);
        for cut in numbers(7).map(|number| number % bytes.len()).take(200) {
            let began = Instant::now();
            let items = read(&bytes[..cut], name);
            assert!(began.elapsed() < Duration::from_secs(5), "{name} cut at {cut} takes long");
            assert!(!items.is_empty(), "{name} cut at {cut}: an empty success");
            // Between two records nothing tells that there were more; a table's last row may be short, and brotli has no mark.
            let is_prefix = texts(&whole).starts_with(&texts(&items));
            let cannot_tell = name.ends_with(".csv") || cut < 8;
            assert!(has_remark(&items) || is_prefix || cannot_tell, "{name} cut at {cut}: nothing is said");
        }
    }
}

#[test]
fn bytes_that_are_flipped_cost_no_more_than_themselves() {
    for (name, _) in SHOWN {
        let bytes = fs::read(made(name)).unwrap();
        let mut places = numbers(11);
        for round in 0..100 {
            let mut broken = bytes.clone();
            for _ in 0..=round % 4 {
                let (at, bit) = (places.next().unwrap() % bytes.len(), places.next().unwrap() % 8);
                broken[at] ^= 1 << bit;
            }
            let began = Instant::now();
            let items = read(&broken, name);
            assert!(!items.is_empty(), "{name}, round {round}: an empty success");
            if round % 50 == 0 {
                for document in items.iter().flatten() {
                    let _ = ENGINE.scan_document(document, &ScanOptions::default());
                }
            }
            assert!(began.elapsed() < Duration::from_secs(20), "{name}, round {round} takes long");
        }
    }
}

#[test]
fn a_broken_record_costs_no_other() {
    let mut bytes = fs::read(made("wget.warc.gz")).unwrap();
    let whole = read(&bytes, "a.warc.gz").len();
    let members: Vec<usize> =
        bytes.windows(4).enumerate().filter(|(_, four)| four.starts_with(&[0x1f, 0x8b, 8])).map(|(at, _)| at).collect();
    // The second response: its member's compressed bytes are spoiled.
    let middle = members[4] + 40;
    for byte in &mut bytes[middle..middle + 8] {
        *byte ^= 0x5A;
    }
    let items = read(&bytes, "a.warc.gz");
    assert!(items.iter().any(Result::is_err));
    assert!(items.iter().flatten().count() + 1 >= whole - 1, "{} of {whole}", items.len());
}

#[test]
fn containers_inside_one_another_end() {
    let mut bytes = fs::read(made("page.html.gz")).unwrap();
    for _ in 0..20 {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut packed, &bytes).unwrap();
        bytes = packed.finish().unwrap();
    }
    let items = read(&bytes, "a.gz");
    assert_eq!(items.into_iter().map(|item| item.unwrap_err().code).collect::<Vec<_>>(), ["container-nesting"]);
}

//! The same page through every container: the same ad units, or what the container can show of them.
//!
//! The files under `containers/made` were written by the tools that people use; `containers/make.py` says how.

use adsieve::report::{AdUnitRecord, PageReport, Source, page_report};
use adsieve::{Diagnostic, Engine, ReadOptions, SavedDocument, ScanOptions, read_seekable_documents};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::built_in);

/// Ad units of the page: code, bidder and params.
const INLINE: &str = r#"inline-top appnexus {"placementId":4711001}"#;
/// Its code leans on a global of the page.
const EXTERNAL: &str = r#"external-harbour rubicon {"accountId":14001,"siteId":27001,"zoneId":91001}"#;
const DEFERRED: &str = r#"deferred-footer ix {"siteId":"551001","size":[320,50]}"#;
/// Another script adds the one that it stands in.
const DYNAMIC: &str = r#"dynamic-side openx {"unit":"540001001","delDomain":"harbour-d.openx.net"}"#;
const FRAME: &str = r#"frame-unit pubmatic {"publisherId":"156001","adSlot":"frame"}"#;

/// All of the page.
const ALL: &[&str] = &[INLINE, EXTERNAL, DEFERRED, DYNAMIC, FRAME];

/// Only the page itself.
const PAGE: &[&str] = &[INLINE];

/// Savers that leave scripts out.
const NOTHING: &[&str] = &[];

/// What stands in text.
const TEXT: &[&str] = &[r#"leaked appnexus {"placementId":4711001}"#];

/// What each container shows of the page: so many documents, and the ad units of each that has some.
const SHOWN: [(&str, usize, &[&[&str]]); 25] = [
    ("dom.html", 1, &[PAGE]),
    ("page.html.gz", 1, &[PAGE]),
    ("page.html.xz", 1, &[PAGE]),
    ("page.html.zst", 1, &[PAGE]),
    ("page.html.br", 1, &[PAGE]),
    ("pages.zip", 1, &[PAGE]),
    ("pages.tar.gz", 1, &[PAGE]),
    ("pages.jsonl", 2, &[PAGE]),
    ("pages.csv", 2, &[PAGE]),
    ("crawl.wet.gz", 1, &[TEXT]),
    ("../site/index.html", 1, &[PAGE]),
    // Scripts and frames belong to the page.
    ("folder/Harbour News.html", 1, &[ALL]),
    ("visit.har", 1, &[ALL]),
    ("page.webarchive", 1, &[ALL]),
    ("wget.warc", 1, &[ALL]),
    ("wget.warc.gz", 1, &[ALL]),
    ("warcio.warc.gz", 1, &[ALL]),
    ("dictionary.warc.zst", 1, &[ALL]),
    ("crawl.wacz", 1, &[ALL]),
    // Two page loads; of the second only the page was recorded again.
    ("visits.warc.gz", 2, &[ALL, ALL]),
    // What SingleFile keeps if it is told to: the page as it was once its scripts had run.
    ("singlefile-scripts.html", 1, &[ALL]),
    ("singlefile.html", 1, &[NOTHING]),
    ("page.mhtml", 1, &[NOTHING]),
    ("explorer.mht", 1, &[ALL]),
    // Word keeps text: code that was pasted into it.
    ("word.mht", 1, &[TEXT]),
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

/// The ad units of a page, in any order.
fn units(report: &PageReport) -> BTreeSet<String> {
    let words = |unit: &AdUnitRecord| {
        let code = unit.code.as_ref().and_then(Json::as_str).unwrap_or("?").to_owned();
        let bids =
            unit.bids.iter().map(move |bid| format!("{code} {} {}", bid.bidder.as_str().unwrap_or("?"), bid.params));
        bids.collect::<Vec<_>>()
    };
    report.ad_units.iter().flat_map(words).collect()
}

#[test]
fn every_container_shows_what_it_can() {
    let mut wrong = Vec::new();
    for (name, documents, expected) in SHOWN {
        let reports = reports(name);
        let found: Vec<_> = reports.iter().map(units).filter(|units| !units.is_empty()).collect();
        let expected: Vec<BTreeSet<String>> = expected
            .iter()
            .filter(|units| !units.is_empty())
            .map(|units| units.iter().map(ToString::to_string).collect())
            .collect();
        if found != expected || reports.len() != documents {
            wrong.push(format!("{name}: {} documents with {found:#?}", reports.len()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn saved_scripts_run_in_their_place() {
    for name in
        ["folder/Harbour News.html", "visit.har", "page.webarchive", "wget.warc.gz", "crawl.wacz", "visits.warc.gz"]
    {
        let page = &reports(name)[0];
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

/// Places where a file could have ended, as far as anybody can tell: behind a record, a member, a row.
fn boundaries(bytes: &[u8], name: &str) -> Vec<usize> {
    let marks: &[&[u8]] = match name {
        _ if name.ends_with(".gz") => &[&[0x1f, 0x8b, 8]],
        _ if name.ends_with(".zst") => &[&[0x28, 0xb5, 0x2f, 0xfd]],
        _ if name.ends_with(".warc") => &[b"\nWARC/1."],
        _ if name.ends_with(".jsonl") => &[b"\n{"],
        _ if name.ends_with(".csv") => &[b"\nhttp"],
        _ => &[],
    };
    let of_mark = |mark: &&[u8]| memchr::memmem::find_iter(bytes, *mark).collect::<Vec<_>>();
    // Half of the last line end is missing, and nothing else.
    marks.iter().flat_map(of_mark).chain([0, bytes.len() - 2]).collect()
}

fn has_remark(items: &Items) -> bool {
    items.iter().any(|item| item.as_ref().map_or(true, |document| !document.diagnostics.is_empty()))
}

#[test]
fn a_container_that_is_cut_gives_what_it_holds_and_says_so() {
    for (name, ..) in SHOWN.iter().filter(|(name, ..)| !name.ends_with(".html")) {
        let bytes = fs::read(made(name)).unwrap();
        let ends = boundaries(&bytes, name);
        for cut in numbers(7).map(|number| number % bytes.len()).take(200) {
            let began = Instant::now();
            let items = read(&bytes[..cut], name);
            assert!(began.elapsed() < Duration::from_secs(5), "{name} cut at {cut} takes long");
            assert!(!items.is_empty(), "{name} cut at {cut}: an empty success");
            // Between two members or records nothing tells that there were more, and a few bytes are no container yet.
            let is_boundary = ends.iter().any(|&end| (end..=end + 1).contains(&cut));
            assert!(has_remark(&items) || is_boundary || cut < 8, "{name} cut at {cut}: nothing is said");
        }
    }
}

#[test]
fn bytes_that_are_flipped_cost_no_more_than_themselves() {
    for (name, ..) in SHOWN {
        let bytes = fs::read(made(name)).unwrap();
        let mut places = numbers(11);
        for round in 0..200 {
            let mut broken = bytes.clone();
            for _ in 0..=round % 4 {
                let (at, bit) = (places.next().unwrap() % bytes.len(), places.next().unwrap() % 8);
                broken[at] ^= 1 << bit;
            }
            let began = Instant::now();
            let items = read(&broken, name);
            assert!(!items.is_empty(), "{name}, round {round}: an empty success");
            if round % 40 == 0 {
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

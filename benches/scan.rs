//! Bytes a second for whole scans, for their stages, and for the report.
//!
//! Fixture pages of the repository are small and odd: they show the cost of a page.
//! Real pages, where `ADSIEVE_PAGES` names a folder of them (or `../shared/corpus/pages` is there),
//! show the cost of a byte. One thread: figures are per core.

use adsieve::report::{Json, PageReport, Render, Source, Summary, page_report};
use adsieve::{Engine, Scan, ScanOptions, stages};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Trees of scripts are walked by recursion.
const STACK_BYTES: usize = 64 << 20;

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::built_in);

/// A folder of pages in memory.
struct Pages {
    pages: Vec<(String, Vec<u8>)>,
    bytes: usize,
}

static FIXTURES: LazyLock<Pages> = LazyLock::new(|| Pages::read(&root().join("tests/corpus")));

static REAL: LazyLock<Pages> = LazyLock::new(|| {
    let named = std::env::var_os("ADSIEVE_PAGES").map(PathBuf::from);
    Pages::read(&named.unwrap_or_else(|| root().join("../shared/corpus/pages")))
});

fn main() {
    let bench = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(divan::main);
    bench.expect("a thread can be started").join().expect("no bench panics");
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Pages {
    /// All files below the folder; none where it is not there.
    fn read(folder: &Path) -> Self {
        let mut pages = Vec::new();
        collect(folder, &mut pages);
        pages.sort();
        let bytes = pages.iter().map(|(_, page)| page.len()).sum();
        Self { pages, bytes }
    }

    fn scans(&self) -> impl Iterator<Item = (&[u8], Scan)> {
        self.pages.iter().map(|(name, page)| (&page[..], scan(name, page)))
    }
}

fn collect(folder: &Path, pages: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, pages);
        } else if let Ok(page) = fs::read(&path) {
            pages.push((path.to_string_lossy().into_owned(), page));
        }
    }
}

fn scan(name: &str, page: &[u8]) -> Scan {
    ENGINE.scan_bytes(page, &ScanOptions { name: Some(name.to_owned()), ..ScanOptions::default() })
}

fn report(scan: &Scan, page: &[u8]) -> PageReport {
    page_report(scan, &Source::new("page.html", page))
}

#[divan::bench]
fn engine_built_in() -> Engine {
    Engine::built_in()
}

mod whole_scan {
    use super::*;

    fn bench(bencher: Bencher<'_, '_>, pages: &Pages) {
        bencher.counter(BytesCount::new(pages.bytes)).bench(|| pages.scans().for_each(|scan| drop(black_box(scan))));
    }

    #[divan::bench]
    fn fixtures(bencher: Bencher<'_, '_>) {
        bench(bencher, &FIXTURES);
    }

    #[divan::bench(sample_count = 5, sample_size = 1)]
    fn real_pages(bencher: Bencher<'_, '_>) {
        bench(bencher, &REAL);
    }
}

/// Each stage with all before it: the difference is what it costs.
mod stage {
    use super::*;

    type Stage = fn(&Engine, &[u8]) -> usize;
    const STAGES: [(&str, Stage); 4] = [
        ("1 split", stages::split),
        ("2 prefilter", stages::prefilter),
        ("3 parse", stages::parse),
        ("4 evaluate", stages::evaluate),
    ];

    fn bench(bencher: Bencher<'_, '_>, name: &str, pages: &Pages) {
        let (_, stage) = STAGES.iter().find(|(known, _)| *known == name).expect("the names are those of the stages");
        let work = || pages.pages.iter().map(|(_, page)| stage(&ENGINE, page)).sum::<usize>();
        bencher.counter(BytesCount::new(pages.bytes)).bench(work);
    }

    #[divan::bench(args = STAGES.map(|(name, _)| name))]
    fn fixtures(bencher: Bencher<'_, '_>, name: &str) {
        bench(bencher, name, &FIXTURES);
    }

    #[divan::bench(args = STAGES.map(|(name, _)| name), sample_count = 5, sample_size = 1)]
    fn real_pages(bencher: Bencher<'_, '_>, name: &str) {
        bench(bencher, name, &REAL);
    }
}

/// Scan → page report → JSON and summary, hashes included.
mod write_report {
    use super::*;

    fn bench(bencher: Bencher<'_, '_>, pages: &Pages) {
        let scans: Vec<_> = pages.scans().collect();
        bencher.counter(BytesCount::new(pages.bytes)).bench(|| {
            let mut summary = Summary::default();
            let mut written = 0;
            for (page, scan) in &scans {
                let report = report(scan, page);
                written += Json.page(&report).len();
                summary.merge(Summary::of(&report));
            }
            (written, summary)
        });
    }

    #[divan::bench]
    fn fixtures(bencher: Bencher<'_, '_>) {
        bench(bencher, &FIXTURES);
    }

    #[divan::bench(sample_count = 5, sample_size = 1)]
    fn real_pages(bencher: Bencher<'_, '_>) {
        bench(bencher, &REAL);
    }
}

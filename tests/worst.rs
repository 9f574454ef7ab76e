//! Pages that want to be slow or deep (`worst/case.rs`), small: each ends, and none takes the process with it.
//!
//! Nothing is timed here. `WORST_PAGES=FOLDER cargo test --test worst` writes the pages in full size, and
//! `tests/worst/run PROGRAM` measures them.

#[path = "worst/case.rs"]
mod case;

use adsieve::{Engine, ScanOptions};
use case::{CASES, Case};
use std::fs;
use std::path::Path;

/// As the program gives its threads: trees are walked by recursion.
const STACK_BYTES: usize = 64 << 20;
/// The tests take this part of the full size: they run without optimisation.
const PART: usize = 200;
/// Pages by their size in KiB: cost must grow as they do.
const PAGES: [usize; 6] = [10, 100, 1_000, 5_000, 20_000, 50_000];

#[test]
fn every_case_ends() {
    if let Some(folder) = std::env::var_os("WORST_PAGES") {
        return write_pages(Path::new(&folder));
    }
    let only = std::env::var("CASE").unwrap_or_default();
    let engine = &Engine::built_in();
    for case in CASES.iter().filter(|case| case.name.contains(&only)) {
        // Cases of a few steps double with each: they stay as they are.
        let size = if case.size > 1_000 { case.size / PART } else { case.size };
        std::thread::scope(|scope| {
            let scan = move || {
                let options = ScanOptions { name: Some(file_name(case)), ..ScanOptions::default() };
                drop(engine.scan_bytes((case.make)(size).as_bytes(), &options));
            };
            let thread = std::thread::Builder::new().name(case.name.into()).stack_size(STACK_BYTES);
            thread.spawn_scoped(scope, scan).unwrap().join().unwrap();
        });
    }
}

fn file_name(case: &Case) -> String {
    format!("{}.{}", case.name, case.ending)
}

fn write_pages(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for case in CASES {
        fs::write(folder.join(file_name(case)), (case.make)(case.size)).unwrap();
    }
    for kilobytes in PAGES {
        fs::write(folder.join(format!("page-{kilobytes:05}-KiB.html")), case::ordinary_page(kilobytes << 10)).unwrap();
    }
}

//! What rewriting costs: throughput beside `lol_html` passing the same pages through, verdicts on scripts, memory.
//!
//! `cargo bench --bench rewrite` prints the ratios and latencies; pages of ours, and those of a corpus beside the
//! repository where it is there. Not `divan`: the figures are ratios and percentiles over pages, not times of one.

use adsieve::{Engine, PageContext, ScanOptions, ScriptKind};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// As in the program.
#[cfg(feature = "cli")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rounds over all pages; the best one counts.
const ROUNDS: usize = 3;

fn main() {
    let engine = Engine::built_in();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in [root.join("tests/corpus"), root.join("../shared/corpus/pages")] {
        let pages = pages(&folder);
        if pages.is_empty() {
            println!("{}: not there, left out", folder.display());
            continue;
        }
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let (with, without): (Vec<_>, Vec<_>) = pages.iter().partition(|page| has_scripts(page));
        throughput(&engine, &format!("{name}, pages with scripts"), &with);
        throughput(&engine, &format!("{name}, pages without"), &without);
        let stripped: Vec<Vec<u8>> = pages.iter().map(|page| without_scripts(page)).collect();
        throughput(&engine, &format!("{name}, their scripts taken out"), &stripped.iter().collect::<Vec<_>>());
        verdicts(&engine, &name, &pages);
        memory(&engine, &name, &pages);
    }
}

fn pages(folder: &Path) -> Vec<Vec<u8>> {
    let mut folders = vec![folder.to_owned()];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "html") {
                files.push(path);
            }
        }
    }
    files.sort();
    files.iter().filter_map(|path| fs::read(path).ok()).collect()
}

fn has_scripts(page: &[u8]) -> bool {
    page.windows(7).any(|window| window.eq_ignore_ascii_case(b"<script"))
}

fn without_scripts(page: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let settings = lol_html::Settings::new().with_strict(false).append_element_content_handler(lol_html::element!(
        "script",
        |element| {
            element.remove();
            Ok(())
        }
    ));
    let mut rewriter = lol_html::HtmlRewriter::new(settings, |bytes: &[u8]| out.extend_from_slice(bytes));
    if rewriter.write(page).is_ok() {
        let _ = rewriter.end();
    }
    out
}

fn throughput(engine: &Engine, name: &str, pages: &[&Vec<u8>]) {
    let bytes: usize = pages.iter().map(|page| page.len()).sum();
    if bytes == 0 {
        return;
    }
    let round = |run: &dyn Fn(&[u8])| {
        let start = Instant::now();
        pages.iter().for_each(|page| run(page));
        start.elapsed()
    };
    let rewrite = |engine: &Engine, page: &[u8]| {
        let mut length = 0;
        let mut rewriter = engine.rewriter(PageContext::unknown(), |bytes: &[u8]| length += bytes.len());
        page.chunks(16 << 10).for_each(|chunk| rewriter.write(chunk));
        rewriter.end();
    };
    let best = |round: &dyn Fn() -> Duration| (0..ROUNDS).map(|_| round()).min().unwrap_or_default();
    let passed = best(&|| round(&pass_through));
    // An engine remembers verdicts: a new one meets every page for the first time.
    let first = best(&|| {
        let engine = Engine::built_in();
        round(&|page| rewrite(&engine, page))
    });
    round(&|page| rewrite(engine, page));
    let again = best(&|| round(&|page| rewrite(engine, page)));
    let rate = |time: Duration| bytes as f64 / time.as_secs_f64() / 1e6;
    let ratio = |time: Duration| passed.as_secs_f64() / time.as_secs_f64();
    println!(
        "{name}: {} pages, {bytes} bytes: lol_html {:.0} MB/s, rewriter {:.0} MB/s, ratio {:.2}; seen before {:.0} MB/s, {:.2}",
        pages.len(),
        rate(passed),
        rate(first),
        ratio(first),
        rate(again),
        ratio(again)
    );
}

/// What any rewriter on `lol_html` does at least: it sees every element and passes it on.
fn pass_through(page: &[u8]) {
    let mut length = 0;
    let settings = lol_html::Settings::new()
        .with_strict(false)
        .append_element_content_handler(lol_html::element!("*", |_| Ok(())));
    let mut rewriter = lol_html::HtmlRewriter::new(settings, |bytes: &[u8]| length += bytes.len());
    if page.chunks(16 << 10).all(|chunk| rewriter.write(chunk).is_ok()) {
        let _ = rewriter.end();
    }
}

fn verdicts(engine: &Engine, name: &str, pages: &[Vec<u8>]) {
    let (mut first, mut again) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    for page in pages {
        let scan = engine.scan_bytes(page, &ScanOptions::default());
        // Rewriting has judged them all; under another host they are new.
        let site = PageContext::new("https://first.example/");
        for script in scan.scripts.iter().filter(|script| script.kind == ScriptKind::Inline) {
            if !engine.may_hold_ads(&script.code) {
                continue;
            }
            let start = Instant::now();
            std::hint::black_box(engine.check_script(&script.code, &site));
            let is_first = seen.insert(script.code.clone());
            if is_first { &mut first } else { &mut again }.push(start.elapsed());
        }
    }
    for (what, mut times) in [("", first), (" seen before", again)] {
        times.sort_unstable();
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        if !times.is_empty() {
            println!(
                "{name}: verdicts on {} scripts{what}: median {:?}, p90 {:?}, p99 {:?}, worst {:?}",
                times.len(),
                at(0.5),
                at(0.9),
                at(0.99),
                at(1.0)
            );
        }
    }
}

/// Rewriters that are open at once; each has read half of a page.
const OPEN: usize = 500;

/// What an open rewriter holds, by the process's resident memory.
fn memory(engine: &Engine, name: &str, pages: &[Vec<u8>]) {
    let Some(before) = resident() else { return println!("{name}: memory is told on Linux only") };
    let open: Vec<_> = (0..OPEN)
        .map(|at| {
            let page = &pages[at % pages.len()];
            let mut rewriter = engine.rewriter(PageContext::unknown(), |bytes: &[u8]| {
                std::hint::black_box(bytes);
            });
            page[..page.len() / 2].chunks(16 << 10).for_each(|chunk| rewriter.write(chunk));
            rewriter
        })
        .collect();
    let after = resident().unwrap_or_default();
    println!(
        "{name}: memory of {} open rewriters: {} KiB each",
        open.len(),
        after.saturating_sub(before) / OPEN / 1024
    );
}

/// Bytes of memory that the process uses.
fn resident() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().split(' ').next()?.parse::<usize>().ok().map(|kib| kib * 1024)
}

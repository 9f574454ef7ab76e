//! adsieve and its Rust peers on the same pages, in alternating rounds; see `run`.
//!
//! In: a folder of pages; requests (NDJSON with `url`, `source_url`, `kind`) and filter lists, if there are any.
//! Out: lines `what<TAB>bytes or requests<TAB>seconds of processor time`, the median of the rounds, one thread.

mod naive;
mod pages;
mod requests;

use adsieve::{Engine, ScanOptions};
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Duration;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Trees of scripts are walked by recursion.
const STACK_BYTES: usize = 64 << 20;
const ROUNDS: usize = 5;

/// Something that is measured: its name, and a pass over everything.
type Contender<'p> = (&'static str, Box<dyn Fn() + 'p>);

fn main() {
    let work = || {
        let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
        let folder = arguments.next().expect("the first argument is a folder of pages");
        compare_scans(&pages::read(&folder));
        if let Some(file) = arguments.next() {
            requests::compare(&file, &arguments.collect::<Vec<_>>());
        }
    };
    std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work).expect("a thread").join().expect("no panic");
}

fn compare_scans(pages: &[Vec<u8>]) {
    let bytes: usize = pages.iter().map(Vec::len).sum();
    let engine = Engine::built_in();
    let naive = naive::Naive::new();
    let scan = |page: &Vec<u8>| drop(black_box(engine.scan_bytes(page, &ScanOptions::default())));
    let contenders: Vec<Contender<'_>> = vec![
        ("adsieve", Box::new(|| pages.iter().for_each(scan))),
        (
            "scraper + regexes + swc on every script",
            Box::new(|| pages.iter().for_each(|page| drop(black_box(naive.read(page))))),
        ),
        (
            "lol_html, text of scripts",
            Box::new(|| pages.iter().for_each(|page| drop(black_box(pages::script_text(page))))),
        ),
    ];
    measure(contenders, bytes);
}

/// Runs all contenders in turn, several times over, and prints their medians.
fn measure(contenders: Vec<Contender<'_>>, amount: usize) {
    let mut times = vec![Vec::new(); contenders.len()];
    for _ in 0..ROUNDS {
        for ((_, run), times) in contenders.iter().zip(&mut times) {
            let began = processor_time();
            run();
            times.push(processor_time() - began);
        }
    }
    for ((name, _), mut times) in contenders.iter().zip(times) {
        times.sort();
        println!("{name}\t{amount}\t{:.6}", times[times.len() / 2].as_secs_f64());
    }
}

/// Time that this thread had a processor. A busy machine takes turns away, which count for nothing here.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells a thread's time");
    let nanoseconds = text.split(' ').next().and_then(|first| first.parse().ok());
    Duration::from_nanos(nanoseconds.expect("the first number is nanoseconds"))
}

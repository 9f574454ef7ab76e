//! `adsieve diff`: what came, went or changed between two scans, stored or made now.

use super::Outcome;
use super::args::{DiffArguments, DiffFormat};
use super::contain::silence_contained_panics;
use super::feed::{Feed, Job};
use super::message::{self, plain_words};
use super::ordered::{Order, run_jobs};
use super::output::{wants_colours, width_of};
use super::run::thread_pool;
use super::scan::Scanner;
use super::select::Selection;
use super::stored::{holds_results, lines};
use super::walk::walk;
use adsieve::report::{Comparison, DiffTable, Difference, PageReport, diff_markdown};
use rayon::ThreadPool;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Compares what the arguments name.
pub(super) fn diff(arguments: &DiffArguments) -> Outcome {
    silence_contained_panics();
    let pool = match thread_pool(arguments.threads) {
        Ok(pool) => pool,
        Err(outcome) => return outcome,
    };
    let mut sides = Sides { pool, scanner: None, is_complete: true };
    let mut comparison = Comparison::default();
    sides.read(&arguments.before, &mut |page| comparison.add_before(page));
    sides.read(&arguments.after, &mut |page| comparison.add_after(page));
    let difference = comparison.difference();
    match write(arguments, &difference) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let place = arguments.output.as_deref().unwrap_or(Path::new("standard output"));
            message::error(&format!("cannot be written: {}", plain_words(&error)), &place.to_string_lossy());
            Outcome::Incomplete
        }
        // What could not be read may be what differs: then neither 0 nor 1 would be true.
        _ if !sides.is_complete => Outcome::Incomplete,
        _ if difference.is_empty() => Outcome::Done,
        _ => Outcome::Holds,
    }
}

/// Reads one side after the other.
struct Sides {
    pool: ThreadPool,
    /// Made when there is something to scan.
    scanner: Option<Scanner<'static>>,
    is_complete: bool,
}

impl Sides {
    fn read(&mut self, path: &PathBuf, add: &mut dyn FnMut(&PageReport)) {
        let paths = std::slice::from_ref(path);
        let mut is_complete = true;
        let mut take = |read: Result<Option<PageReport>, (String, String)>| {
            match read {
                Ok(Some(page)) if page.sellers.is_none() => add(&page),
                Ok(_) => {}
                Err((what, place)) => {
                    message::error(&what, &place);
                    is_complete = false;
                }
            }
            ControlFlow::Continue(())
        };
        if path.is_file() && holds_results(path) {
            let work = |line: super::stored::Line| line.page().map_err(|why| (why, line.place.clone()));
            run_jobs(&self.pool, Order::Input, lines(paths), |_| 0, work, &mut take);
        } else {
            let scanner = &*self.scanner.get_or_insert_with(Scanner::built_in);
            let jobs = Feed::of_all(scanner.options.clone()).begin(walk(paths.to_vec(), Selection::default()));
            let work = |job: Job| scanner.scanned(job).map(Some);
            run_jobs(&self.pool, Order::Input, jobs, |_| 0, work, &mut take);
        }
        self.is_complete &= is_complete;
    }
}

fn write(arguments: &DiffArguments, difference: &Difference) -> io::Result<()> {
    let file = arguments.output.as_deref().filter(|path| path.as_os_str() != "-");
    let text = match arguments.format {
        DiffFormat::Json => difference.to_json(),
        DiffFormat::Markdown => diff_markdown(difference),
        DiffFormat::Table => {
            let width = width_of(arguments.width, file.is_some());
            DiffTable::new(width).with_colours(wants_colours(arguments.color, file.is_some())).render(difference)
        }
    };
    match file {
        Some(file) => std::fs::write(file, text),
        None => {
            let mut out = io::stdout().lock();
            out.write_all(text.as_bytes()).and_then(|()| out.flush())
        }
    }
}

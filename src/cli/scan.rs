//! `adsieve scan`: the ad networks of saved pages.
//!
//! Files are read, scanned and rendered on many threads; this thread finds them and
//! writes what comes back, in the order of the input. A page that cannot be read, or on
//! which the program itself fails, costs a message and the exit code, never the run.

use super::Outcome;
use super::args::ScanArguments;
use super::contain::{contain, silence_contained_panics};
use super::filter_args::read_lists;
use super::message::{self, plain_words};
use super::ordered::in_order;
use super::output::{Output, form, shares_terminal};
use super::progress::Progress;
use super::rules;
use super::walk::{Input, Unreachable, walk};
use adsieve::report::{Render, Source, Summary, failed_report, page_report};
use adsieve::{Diagnostic, Engine, RuleSet, ScanOptions, Severity};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::Path;

/// Trees of scripts and values are walked by recursion; only what is used costs memory.
const STACK_BYTES: usize = 64 << 20;

/// What became of one input.
struct Done {
    text: String,
    summary: Summary,
    is_page: bool,
}

/// Scans what the arguments name.
pub(super) fn scan(arguments: &ScanArguments) -> Outcome {
    silence_contained_panics();
    let engine = match engine(arguments) {
        Ok(engine) => engine,
        Err(outcome) => return outcome,
    };
    let form = form(arguments);
    let output = match Output::open(arguments.output.as_deref(), &*form) {
        Ok(output) => output,
        Err(error) => return cannot_write(arguments, &error),
    };
    let pool = match thread_pool(arguments.threads) {
        Ok(pool) => pool,
        Err(error) => {
            message::error(&error.to_string(), "use a smaller `--threads`");
            return Outcome::Usage;
        }
    };
    let scanner = Scanner { engine: &engine, form: &*form, url: arguments.url.as_deref() };
    run(&scanner, arguments, &pool, output)
}

/// The engine with the user's own rules; those are judged before a page is read or an output opened.
fn engine(arguments: &ScanArguments) -> Result<Engine, Outcome> {
    let engine = if arguments.rules.is_empty() {
        Engine::built_in()
    } else {
        let (rules, registry) = rules::read_onto(RuleSet::built_in(), &arguments.rules, arguments.quiet)?;
        Engine::with_registry(rules, registry)
    };
    engine.set_lists(read_lists(&arguments.list, &[], None, arguments.quiet)?);
    Ok(if arguments.no_prefilter { engine.without_prefilter() } else { engine })
}

fn thread_pool(threads: Option<u16>) -> Result<ThreadPool, rayon::ThreadPoolBuildError> {
    let threads = threads.map_or(0, usize::from);
    ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK_BYTES).build()
}

fn run(scanner: &Scanner<'_>, arguments: &ScanArguments, pool: &ThreadPool, mut output: Output<'_>) -> Outcome {
    let progress = Progress::new(!arguments.quiet);
    let is_shared = shares_terminal(arguments);
    let mut summary = Summary::default();
    let mut written = Ok(());
    let take = |done: Done| {
        if !arguments.quiet && !done.summary.unreadable.is_empty() {
            progress.pause(|| report_unread(&done));
        }
        // Drawing the progress line again costs more than a quiet page.
        let is_seen = is_shared && !done.text.is_empty();
        written = if is_seen { progress.pause(|| output.page_now(&done.text)) } else { output.page(&done.text) };
        summary.merge(done.summary);
        progress.advance();
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    in_order(pool, walk(&arguments.paths), |step| scanner.done(step), take);
    progress.finish();
    match written.and_then(|()| output.end(&summary)) {
        Err(error) => cannot_write(arguments, &error),
        Ok(()) => outcome(&summary, arguments),
    }
}

fn outcome(summary: &Summary, arguments: &ScanArguments) -> Outcome {
    if !summary.unreadable.is_empty() {
        return Outcome::Incomplete;
    }
    if summary.pages == 0 && !arguments.quiet {
        message::warning("no pages found", "name a file to read it whatever it is called");
    }
    Outcome::Done
}

/// A reader that went away wants no more: that is no failure.
fn cannot_write(arguments: &ScanArguments, error: &io::Error) -> Outcome {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Outcome::Done;
    }
    let place = arguments.output.as_deref().unwrap_or(Path::new("standard output"));
    message::error(&format!("the report cannot be written: {}", plain_words(error)), &place.to_string_lossy());
    Outcome::Incomplete
}

fn report_unread(done: &Done) {
    for unread in &done.summary.unreadable {
        let what = if done.is_page { "the page could not be scanned" } else { &unread.message };
        let place = if done.is_page { format!("{}: {}", unread.path, unread.message) } else { unread.path.clone() };
        message::error(what, &place);
    }
}

/// What every thread shares.
struct Scanner<'s> {
    engine: &'s Engine,
    form: &'s dyn Render,
    url: Option<&'s str>,
}

impl Scanner<'_> {
    fn done(&self, step: Result<Input, Unreachable>) -> Done {
        let read = step.and_then(|input| {
            let (path, bytes) = read(&input);
            bytes.map(|bytes| (path.to_owned(), bytes)).map_err(|error| Unreachable { path: path.to_owned(), error })
        });
        match read {
            Ok((path, bytes)) => self.page(&path.to_string_lossy(), &bytes),
            Err(unreachable) => not_read(&unreachable),
        }
    }

    fn page(&self, path: &str, bytes: &[u8]) -> Done {
        let source = Source::new(path, bytes);
        let name = (path != "-").then(|| path.to_owned());
        let options = ScanOptions { url: self.url.map(ToOwned::to_owned), name, ..ScanOptions::default() };
        let report = contain(|| page_report(&self.engine.scan_bytes(bytes, &options), &source));
        let report = report.unwrap_or_else(|fault| {
            let why = format!("internal error, please report it: {fault}");
            failed_report(&source, &Diagnostic::new(Severity::Error, "internal-error", why))
        });
        Done { text: self.form.page(&report), summary: Summary::of(&report), is_page: true }
    }
}

fn read(input: &Input) -> (&Path, io::Result<Vec<u8>>) {
    match input {
        Input::File(path) => (path, std::fs::read(path)),
        Input::Stdin => {
            let mut bytes = Vec::new();
            let read = io::stdin().lock().read_to_end(&mut bytes);
            (Path::new("-"), read.map(|_| bytes))
        }
    }
}

fn not_read(unreachable: &Unreachable) -> Done {
    let mut summary = Summary::default();
    summary.add_unreadable(unreachable.path.to_string_lossy(), plain_words(&unreachable.error));
    Done { text: String::new(), summary, is_page: false }
}

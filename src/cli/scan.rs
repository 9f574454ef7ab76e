//! `adsieve scan`: the ad networks of saved pages.
//!
//! One thread finds and opens the input, many scan and render, and this one writes what comes back: in the
//! order of the input, or as it comes. A page that cannot be read, or on which the program itself fails,
//! costs a message and the exit code, never the run.

use super::Outcome;
use super::args::{Format, ScanArguments};
use super::contain::{contain, silence_contained_panics};
use super::feed::{Feed, Job, Jobs, What};
use super::interrupt;
use super::message::{self, plain_words};
use super::ordered::{Order, run_jobs};
use super::output::{Output, form, shares_terminal};
use super::progress::{Counter, Progress};
use super::resume::Resume;
use super::rules;
use super::select::Selection;
use super::walk::{total_bytes, walk};
use adsieve::report::{Render, Source, Summary, failed_report, page_report};
use adsieve::{Diagnostic, Engine, ReadOptions, RuleSet, SavedDocument, ScanOptions, Severity};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Trees of scripts and values are walked by recursion; only what is used costs memory.
const STACK_BYTES: usize = 64 << 20;

/// What became of one input.
struct Done {
    number: u64,
    path: String,
    text: String,
    summary: Summary,
    is_page: bool,
}

/// Scans what the arguments name.
pub(super) fn scan(arguments: &ScanArguments) -> Outcome {
    silence_contained_panics();
    if arguments.format == Format::Html && shares_terminal(arguments) {
        message::error("an HTML report is for a browser, not for a terminal", "name a file with `-o report.html`");
        return Outcome::Usage;
    }
    let engine = match engine(arguments) {
        Ok(engine) => engine,
        Err(outcome) => return outcome,
    };
    let form = form(arguments);
    let (selection, resume) = match (selection(arguments), resume(arguments)) {
        (Ok(selection), Ok(resume)) => (selection, resume),
        (Err(outcome), _) | (_, Err(outcome)) => return outcome,
    };
    let output = match open_output(arguments, &*form, resume.as_ref()) {
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
    interrupt::listen();
    let options = ReadOptions::default().with_html_field(arguments.html_field.clone());
    let has_excerpts = arguments.excerpts || form.shows_excerpts();
    let scanner = Scanner { engine: &engine, form: &*form, url: arguments.url.as_deref(), options, has_excerpts };
    let counter = Counter::default();
    let run = Run { arguments, progress: Progress::new(!arguments.quiet, counter.clone()), resume, output };
    let jobs = run.jobs(selection, counter, &scanner.options);
    run.run(&scanner, &pool, jobs)
}

/// What `--include` and `--exclude` ask for.
fn selection(arguments: &ScanArguments) -> Result<Selection, Outcome> {
    Selection::new(&arguments.include, &arguments.exclude).map_err(|mistake| {
        message::error("a glob cannot be read", &mistake);
        Outcome::Usage
    })
}

/// The state that `--resume` names.
fn resume(arguments: &ScanArguments) -> Result<Option<Resume>, Outcome> {
    let Some(path) = &arguments.resume else { return Ok(None) };
    if arguments.format != Format::Ndjson {
        message::error("only a report of lines can go on where it ended", "use `--format ndjson` with `--resume`");
        return Err(Outcome::Usage);
    }
    let paths = arguments.paths.iter().map(|path| path.to_string_lossy().into_owned());
    let options = [&arguments.include, &arguments.exclude].into_iter().flatten().chain(&arguments.html_field);
    let input = paths.chain(options.cloned()).collect();
    Resume::open(path, input).map(Some).map_err(|mistake| {
        message::error(&mistake, &path.to_string_lossy());
        Outcome::Usage
    })
}

fn open_output<'r>(arguments: &ScanArguments, form: &'r dyn Render, resume: Option<&Resume>) -> io::Result<Output<'r>> {
    match resume {
        Some(resume) => Output::go_on(arguments.output.as_deref(), form, resume.state().output_bytes),
        None => Output::open(arguments.output.as_deref(), form),
    }
}

/// The engine with the user's own rules; those are judged before a page is read or an output opened.
fn engine(arguments: &ScanArguments) -> Result<Engine, Outcome> {
    let engine = if arguments.rules.is_empty() {
        Engine::built_in()
    } else {
        let (rules, registry) = rules::read_onto(RuleSet::built_in(), &arguments.rules, arguments.quiet)?;
        Engine::with_registry(rules, registry)
    };
    Ok(if arguments.no_prefilter { engine.without_prefilter() } else { engine })
}

fn thread_pool(threads: Option<u16>) -> Result<ThreadPool, rayon::ThreadPoolBuildError> {
    let threads = threads.map_or(0, usize::from);
    ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK_BYTES).build()
}

/// A run over the whole input.
struct Run<'r> {
    arguments: &'r ScanArguments,
    progress: Progress,
    resume: Option<Resume>,
    output: Output<'r>,
}

impl Run<'_> {
    /// Begins to read the input.
    fn jobs(&self, selection: Selection, counter: Counter, options: &ReadOptions) -> Jobs {
        let paths: Vec<PathBuf> = self.arguments.paths.clone();
        if self.progress.is_shown() {
            let (paths, selection, counter) = (paths.clone(), selection.clone(), counter.clone());
            std::thread::spawn(move || counter.set_total(total_bytes(paths, selection)));
        }
        let done = self.resume.as_ref().map(|resume| resume.state().clone()).unwrap_or_default();
        let feed = Feed { options: options.clone(), limit: self.arguments.limit, done, counter };
        feed.begin(walk(paths, selection))
    }

    fn run(mut self, scanner: &Scanner<'_>, pool: &ThreadPool, jobs: Jobs) -> Outcome {
        let order = if self.arguments.unordered { Order::Any } else { Order::Input };
        let mut summary = Summary::default();
        let mut written = Ok(());
        let take = |done: Done| {
            written = self.take(done, &mut summary);
            if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        run_jobs(pool, order, jobs, size, |job| scanner.done(job), take);
        self.progress.finish();
        match written.and_then(|()| self.end(&summary)) {
            Err(error) => cannot_write(self.arguments, &error),
            Ok(()) => outcome(&summary, self.arguments),
        }
    }

    /// Writes what became of one document.
    fn take(&mut self, done: Done, summary: &mut Summary) -> io::Result<()> {
        if !self.arguments.quiet && !done.summary.unreadable.is_empty() {
            self.progress.pause(|| report_unread(&done));
        }
        // Drawing the progress line again costs more than a quiet page.
        let is_seen = shares_terminal(self.arguments) && !done.text.is_empty();
        let output = &mut self.output;
        if is_seen {
            self.progress.pause(|| output.page_now(&done.text))?;
        } else {
            output.page(&done.text)?;
        }
        self.progress.advance(done.summary.networks.keys());
        summary.merge(done.summary);
        let Some(resume) = &mut self.resume else { return Ok(()) };
        let is_due = resume.note(done.number, &done.path);
        if is_due { resume.write(self.output.flush()?, false) } else { Ok(()) }
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        self.output.end(summary)?;
        let is_complete = !interrupt::is_asked() && self.arguments.limit.is_none();
        match &mut self.resume {
            Some(resume) => resume.write(self.output.flush()?, is_complete),
            None => Ok(()),
        }
    }
}

/// Bytes that a job holds in memory.
fn size(job: &Job) -> usize {
    match &job.what {
        What::Document(document) => document.size(),
        What::File(_) | What::Nothing(_) => 0,
    }
}

fn outcome(summary: &Summary, arguments: &ScanArguments) -> Outcome {
    if interrupt::is_asked() {
        if !arguments.quiet {
            let hint = "what was finished is in the report; with `--resume` the next run goes on from there";
            message::warning(&format!("interrupted after {} pages", summary.pages), hint);
        }
        return Outcome::Incomplete;
    }
    if !summary.unreadable.is_empty() {
        return Outcome::Incomplete;
    }
    if summary.pages == 0 && !arguments.quiet && arguments.resume.is_none() {
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
    options: ReadOptions,
    has_excerpts: bool,
}

impl Scanner<'_> {
    fn done(&self, job: Job) -> Done {
        let Job { number, path, what } = job;
        let read = match what {
            What::Document(document) => Ok(*document),
            What::File(file) => self.read(&file),
            What::Nothing(why) => Err(why),
        };
        match read {
            Ok(document) => self.page(number, path, &document),
            Err(why) => {
                let mut summary = Summary::default();
                summary.add_unreadable(&path, why);
                Done { number, path, text: String::new(), summary, is_page: false }
            }
        }
    }

    /// Reads a plain file, and what was saved beside it.
    fn read(&self, path: &Path) -> Result<SavedDocument, String> {
        let bytes = std::fs::read(path).map_err(|error| plain_words(&error))?;
        Ok(SavedDocument::new(bytes).with_saved_folder(path, &self.options))
    }

    fn page(&self, number: u64, path: String, document: &SavedDocument) -> Done {
        let source = Source::new(&path, &document.bytes);
        let source = match &document.entry {
            Some(entry) => source.with_entry(entry),
            None => source,
        };
        let name = (path != "-").then(|| path.clone());
        let options = ScanOptions { url: self.url.map(ToOwned::to_owned), name, ..ScanOptions::default() };
        let report = contain(|| {
            let scan = self.engine.scan_document(document, &options);
            let report = page_report(&scan, &source);
            if self.has_excerpts { report.with_excerpts(&scan) } else { report }
        });
        let report = report.unwrap_or_else(|fault| {
            let why = format!("internal error, please report it: {fault}");
            failed_report(&source, &Diagnostic::new(Severity::Error, "internal-error", why))
        });
        Done { number, path, text: self.form.page(&report), summary: Summary::of(&report), is_page: true }
    }
}

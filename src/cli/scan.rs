//! `adsieve scan`: the ad networks of saved pages.
//!
//! One thread finds and opens the input, many scan and render, and this one writes what comes back: in the
//! order of the input, or as it comes. A page that cannot be read, or on which the program itself fails,
//! costs a message and the exit code, never the run.

use super::Outcome;
use super::args::ScanArguments;
use super::contain::{contain, silence_contained_panics};
use super::feed::{Feed, Job, Jobs, What};
use super::filter_args::read_lists;
use super::form_args::Format;
use super::interrupt;
use super::message::{self, plain_words};
use super::ordered::{Order, run_jobs};
use super::output::{Form, Output, shares_terminal};
use super::progress::{Counter, Progress};
use super::resume::Resume;
use super::rules;
use super::run::{Done, cannot_write, is_usable, outcome, thread_pool};
use super::select::Selection;
use super::walk::{total_bytes, walk};
use adsieve::report::{PageReport, Source, Summary, failed_report, page_report, sellers_report};
use adsieve::{
    Diagnostic, Engine, ReadOptions, Registry, RuleSet, SavedDocument, ScanOptions, SellerListKind, Severity,
};
use adsieve::{read_sellers, seller_list_kind};
use rayon::ThreadPool;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// What became of one document of the input.
struct Numbered {
    number: u64,
    path: String,
    done: Done,
}

/// Scans what the arguments name.
pub(super) fn scan(arguments: &ScanArguments) -> Outcome {
    silence_contained_panics();
    if !is_usable(&arguments.form) {
        return Outcome::Usage;
    }
    let scanner = match Scanner::new(arguments) {
        Ok(scanner) => scanner,
        Err(outcome) => return outcome,
    };
    let form = Form::new(&arguments.form);
    let (selection, resume) = match (selection(arguments), resume(arguments)) {
        (Ok(selection), Ok(resume)) => (selection, resume),
        (Err(outcome), _) | (_, Err(outcome)) => return outcome,
    };
    let output = match open_output(arguments, &form, resume.as_ref()) {
        Ok(output) => output,
        Err(error) => return cannot_write(&arguments.form, &error),
    };
    let pool = match thread_pool(arguments.threads) {
        Ok(pool) => pool,
        Err(outcome) => return outcome,
    };
    interrupt::listen();
    let counter = Counter::default();
    let run = Run { arguments, progress: Progress::new(!arguments.quiet, counter.clone()), resume, output };
    let jobs = run.jobs(selection, counter, &scanner.options);
    run.run(&scanner, &form, &pool, jobs)
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
    if arguments.form.format() != Format::Ndjson {
        message::error("only a report of lines can go on where it ended", "use `--format ndjson` with `--resume`");
        return Err(Outcome::Usage);
    }
    let paths = arguments.paths.iter().map(|path| path.to_string_lossy().into_owned());
    let options = [&arguments.include, &arguments.exclude].into_iter().flatten();
    let options = options.chain(&arguments.html_field).chain(&arguments.text_field);
    let input = paths.chain(options.cloned()).collect();
    Resume::open(path, input).map(Some).map_err(|mistake| {
        message::error(&mistake, &path.to_string_lossy());
        Outcome::Usage
    })
}

fn open_output<'r>(arguments: &ScanArguments, form: &'r Form, resume: Option<&Resume>) -> io::Result<Output<'r>> {
    let path = arguments.form.output.as_deref();
    match resume {
        Some(resume) => Output::go_on(path, form, resume.state().output_bytes),
        None => Output::open(path, form),
    }
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

    fn run(mut self, scanner: &Scanner<'_>, form: &Form, pool: &ThreadPool, jobs: Jobs) -> Outcome {
        let order = if self.arguments.unordered { Order::Any } else { Order::Input };
        let mut summary = Summary::default();
        let mut written = Ok(());
        let take = |numbered: Numbered| {
            written = self.take(numbered, &mut summary);
            if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        run_jobs(pool, order, jobs, size, |job| scanner.done(job, form), take);
        self.progress.finish();
        match written.and_then(|()| self.end(&summary)) {
            Err(error) => cannot_write(&self.arguments.form, &error),
            Ok(()) => scanned(&summary, self.arguments),
        }
    }

    /// Writes what became of one document.
    fn take(&mut self, numbered: Numbered, summary: &mut Summary) -> io::Result<()> {
        let Numbered { number, path, done } = numbered;
        if !self.arguments.quiet {
            done.tell_unread(|tell| self.progress.pause(tell));
        }
        // Drawing the progress line again costs more than a quiet page.
        let is_seen = shares_terminal(&self.arguments.form) && !done.rendered.is_unseen();
        let output = &mut self.output;
        if is_seen {
            self.progress.pause(|| output.page_now(done.rendered))?;
        } else {
            output.page(done.rendered)?;
        }
        self.progress.advance(done.summary.networks.keys());
        summary.merge(done.summary);
        let Some(resume) = &mut self.resume else { return Ok(()) };
        let is_due = resume.note(number, &path);
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

fn scanned(summary: &Summary, arguments: &ScanArguments) -> Outcome {
    if interrupt::is_asked() {
        if !arguments.quiet {
            let hint = "what was finished is in the report; with `--resume` the next run goes on from there";
            message::warning(&format!("interrupted after {} pages", summary.pages), hint);
        }
        return Outcome::Incomplete;
    }
    outcome(summary, &arguments.form, arguments.quiet || arguments.resume.is_some())
}

/// Reads and scans documents; every thread shares it.
pub(super) struct Scanner<'s> {
    engine: Engine,
    registry: &'static Registry,
    url: Option<&'s str>,
    pub(super) options: ReadOptions,
    has_excerpts: bool,
}

impl<'s> Scanner<'s> {
    /// With the user's own rules; those are judged before a page is read or an output opened.
    fn new(arguments: &'s ScanArguments) -> Result<Self, Outcome> {
        let (rules, registry) = if arguments.rules.is_empty() {
            (RuleSet::built_in(), Registry::built_in())
        } else {
            rules::read_onto(RuleSet::built_in(), &arguments.rules, arguments.quiet)?
        };
        if let Some(mistake) = arguments.form.fail_on.iter().find_map(|condition| condition.mistake(registry)) {
            message::error(&mistake, "--fail-on");
            return Err(Outcome::Usage);
        }
        let engine = Engine::with_registry(rules, registry);
        engine.set_lists(read_lists(&arguments.list, &[], None, arguments.quiet)?);
        let engine = if arguments.no_prefilter { engine.without_prefilter() } else { engine };
        let options = ReadOptions::default()
            .with_html_field(arguments.html_field.clone())
            .with_text_field(arguments.text_field.clone());
        let has_excerpts = arguments.excerpts || arguments.form.format().shows_source();
        Ok(Self { engine, registry, url: arguments.url.as_deref(), options, has_excerpts })
    }

    /// With the built-in rules.
    pub(super) fn built_in() -> Self {
        let options = ReadOptions::default();
        Self { engine: Engine::built_in(), registry: Registry::built_in(), url: None, options, has_excerpts: false }
    }

    fn done(&self, job: Job, form: &Form) -> Numbered {
        let (number, path) = (job.number, job.path.clone());
        let done = match self.scanned(job) {
            Ok(page) => Done::page(page, form),
            Err((why, place)) => Done::unread(place, why),
        };
        Numbered { number, path, done }
    }

    /// The report of a document, or what is wrong and where.
    pub(super) fn scanned(&self, job: Job) -> Result<PageReport, (String, String)> {
        let Job { path, what, .. } = job;
        let read = match what {
            What::Document(document) => Ok(*document),
            What::File(file) => self.read(&file),
            What::Nothing(why) => Err(why),
        };
        read.map(|document| self.report(&path, &document)).map_err(|why| (why, path))
    }

    /// Reads a plain file, and what was saved beside it.
    fn read(&self, path: &Path) -> Result<SavedDocument, String> {
        let bytes = std::fs::read(path).map_err(|error| plain_words(&error))?;
        Ok(SavedDocument::new(bytes).with_saved_folder(path, &self.options))
    }

    fn report(&self, path: &str, document: &SavedDocument) -> PageReport {
        let source = Source::new(path, &document.bytes);
        let source = match &document.entry {
            Some(entry) => source.with_entry(entry),
            None => source,
        };
        // Of a file the name tells, of what stands in a container its URL.
        let name = document.url.as_deref().or(document.entry.as_deref()).unwrap_or(path);
        let report = contain(|| match seller_list_kind(name) {
            Some(kind) => self.sellers(kind, name, &source, &document.bytes),
            None => self.page(&source, document),
        });
        report.unwrap_or_else(|fault| {
            let why = format!("internal error, please report it: {fault}");
            failed_report(&source, &Diagnostic::new(Severity::Error, "internal-error", why))
        })
    }

    fn page(&self, source: &Source, document: &SavedDocument) -> PageReport {
        let name = (source.path() != "-").then(|| source.path().to_owned());
        let options = ScanOptions { url: self.url.map(ToOwned::to_owned), name, ..ScanOptions::default() };
        let scan = self.engine.scan_document(document, &options);
        let report = page_report(&scan, source);
        if self.has_excerpts { report.with_excerpts(&scan) } else { report }
    }

    fn sellers(&self, kind: SellerListKind, name: &str, source: &Source, bytes: &[u8]) -> PageReport {
        let name = self.url.unwrap_or(name);
        sellers_report(&read_sellers(kind, name, bytes, self.registry), source, self.registry)
    }
}

//! `adsieve scan`: the ad networks of saved pages.
//!
//! Files are read, scanned and rendered on many threads; this thread finds them and
//! writes what comes back, in the order of the input. A page that cannot be read, or on
//! which the program itself fails, costs a message and the exit code, never the run.

use super::Outcome;
use super::args::ScanArguments;
use super::contain::{contain, silence_contained_panics};
use super::message::{self, plain_words};
use super::output::Form;
use super::rules;
use super::run::{Done, Run};
use super::walk::{Input, Unreachable, walk};
use adsieve::report::{PageReport, Source, failed_report, page_report, sellers_report};
use adsieve::{Diagnostic, Engine, Registry, RuleSet, ScanOptions, SellerListKind, Severity};
use adsieve::{read_sellers, seller_list_kind};
use std::io::{self, Read};
use std::path::Path;

/// Scans what the arguments name.
pub(super) fn scan(arguments: &ScanArguments) -> Outcome {
    silence_contained_panics();
    let scanner = match Scanner::new(arguments) {
        Ok(scanner) => scanner,
        Err(outcome) => return outcome,
    };
    let run = Run { form: &arguments.form, threads: arguments.threads, is_quiet: arguments.quiet };
    run.reports(walk(&arguments.paths), |step, form| scanner.done(step, form))
}

/// Reads and scans inputs; every thread shares it.
pub(super) struct Scanner<'s> {
    engine: Engine,
    registry: &'static Registry,
    url: Option<&'s str>,
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
        let engine = if arguments.no_prefilter { engine.without_prefilter() } else { engine };
        Ok(Self { engine, registry, url: arguments.url.as_deref() })
    }

    /// With the built-in rules.
    pub(super) fn built_in() -> Self {
        Self { engine: Engine::built_in(), registry: Registry::built_in(), url: None }
    }

    /// The report of an input, or what is wrong and where.
    pub(super) fn scanned(&self, step: Result<Input, Unreachable>) -> Result<PageReport, (String, String)> {
        let read = step.and_then(|input| {
            let (path, bytes) = read(&input);
            bytes.map(|bytes| (path.to_owned(), bytes)).map_err(|error| Unreachable { path: path.to_owned(), error })
        });
        match read {
            Ok((path, bytes)) => Ok(self.report(&path.to_string_lossy(), &bytes)),
            Err(lost) => Err((plain_words(&lost.error), lost.path.to_string_lossy().into_owned())),
        }
    }

    fn done(&self, step: Result<Input, Unreachable>, form: &Form) -> Done {
        match self.scanned(step) {
            Ok(page) => Done::page(page, form),
            Err((why, path)) => Done::unread(path, why),
        }
    }

    fn report(&self, path: &str, bytes: &[u8]) -> PageReport {
        let source = Source::new(path, bytes);
        let report = contain(|| match seller_list_kind(path) {
            Some(kind) => self.sellers(kind, &source, bytes),
            None => self.page(&source, bytes),
        });
        report.unwrap_or_else(|fault| {
            let why = format!("internal error, please report it: {fault}");
            failed_report(&source, &Diagnostic::new(Severity::Error, "internal-error", why))
        })
    }

    fn page(&self, source: &Source, bytes: &[u8]) -> PageReport {
        let path = source.path();
        let name = (path != "-").then(|| path.to_owned());
        let options = ScanOptions { url: self.url.map(ToOwned::to_owned), name, ..ScanOptions::default() };
        page_report(&self.engine.scan_bytes(bytes, &options), source)
    }

    fn sellers(&self, kind: SellerListKind, source: &Source, bytes: &[u8]) -> PageReport {
        let name = self.url.unwrap_or(source.path());
        sellers_report(&read_sellers(kind, name, bytes, self.registry), source, self.registry)
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

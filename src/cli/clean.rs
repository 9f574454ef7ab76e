//! `adsieve clean`: texts and pages without the ad code that has leaked into them.
//!
//! In: text files, HTML pages, folders of them, standard input or NDJSON. Out: the same bytes without what was cut.
//! One text is held in memory at a time.

use super::Outcome;
use super::args::{CleanArguments, WhatToCut};
use super::clean_report::{say_page, say_text};
use super::clean_target::{Target, TargetError, Written};
use super::json_field::string_field;
use super::message::{self, plain_words};
use super::select::Selection;
use super::walk::{Input, walk};
use adsieve::{Anchors, CleanOptions, Cleaned, Engine, Limits, What, clean_text};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::fs;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::Path;

/// Scripts and values are walked by recursion.
const STACK_BYTES: usize = 64 << 20;

/// What is cleaned of a folder where the user does not say.
const NAMES: [&str; 8] = ["*.html", "*.htm", "*.xhtml", "*.shtml", "*.txt", "*.text", "*.md", "*.markdown"];

/// The same with `--text-field`.
const TABLE_NAMES: [&str; 3] = ["*.jsonl", "*.ndjson", "*.json"];

/// Cleans what the arguments name.
pub(super) fn clean(arguments: &CleanArguments) -> Outcome {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        let started = thread.spawn_scoped(scope, || clean_all(arguments).unwrap_or_else(|outcome| outcome));
        started.expect("the system can start one thread").join().expect("cleaning does not panic")
    })
}

fn clean_all(arguments: &CleanArguments) -> Result<Outcome, Outcome> {
    let selection = selection(arguments).map_err(|mistake| usage(&mistake, "--include, --exclude"))?;
    let engine = own_engine(arguments)?;
    let target = Target::new(arguments).map_err(|error| match error {
        TargetError::Usage(what) => usage(what, "clean"),
        TargetError::Io(error) => {
            message::error(&plain_words(&error), &name(arguments.output.as_deref().unwrap_or(Path::new("-"))));
            Outcome::Incomplete
        }
    })?;
    let what = if arguments.what == WhatToCut::Code { What::Code } else { What::Ad };
    let options = CleanOptions::default().with_what(what).with_force(arguments.force);
    let mut cleaner = Cleaner {
        arguments,
        engine,
        anchors: Anchors::default(),
        options,
        selection,
        target,
        cuts: 0,
        outcome: Outcome::Done,
    };
    for path in &arguments.paths {
        if cleaner.path(path).is_break() {
            break;
        }
    }
    Ok(cleaner.finish())
}

fn usage(what: &str, place: &str) -> Outcome {
    message::error(what, place);
    Outcome::Usage
}

fn selection(arguments: &CleanArguments) -> Result<Selection, String> {
    if !arguments.include.is_empty() {
        return Selection::new(&arguments.include, &arguments.exclude);
    }
    let names: &[&str] = if arguments.text_field.is_empty() { &NAMES } else { &TABLE_NAMES };
    Selection::new(&names.iter().map(ToString::to_string).collect::<Vec<_>>(), &arguments.exclude)
}

/// The engine that the arguments ask for; without them one is made when a page asks for it.
fn own_engine(arguments: &CleanArguments) -> Result<OnceCell<Engine>, Outcome> {
    let is_usual = arguments.filter.is_empty();
    if is_usual { Ok(OnceCell::new()) } else { arguments.filter.engine(false).map(|engine| patient(engine).into()) }
}

/// Nobody waits for a saved page: verdicts may take as long as in a scan.
fn patient(engine: Engine) -> Engine {
    let mut limits = Limits::default();
    limits.verdict_steps = limits.steps;
    engine.with_limits(limits)
}

struct Cleaner<'a> {
    arguments: &'a CleanArguments,
    engine: OnceCell<Engine>,
    /// What marks code where there are no rules of the user's.
    anchors: Anchors,
    options: CleanOptions,
    selection: Selection,
    target: Target,
    cuts: usize,
    outcome: Outcome,
}

impl Cleaner<'_> {
    /// Whatever a path names: of a folder every text and page in it.
    fn path(&mut self, path: &Path) -> ControlFlow<()> {
        if !path.is_dir() {
            return self.file(path, path.file_name().map_or(path, Path::new));
        }
        for step in walk(vec![path.to_owned()], self.selection.clone()) {
            match step {
                Ok(Input::File(found)) if self.target.is_result(&found) => {}
                Ok(Input::File(found)) => self.file(&found, found.strip_prefix(path).unwrap_or(&found))?,
                Ok(Input::Stdin) => {}
                Err(unreachable) => self.fail(&plain_words(&unreachable.error), &unreachable.path)?,
            }
        }
        ControlFlow::Continue(())
    }

    fn file(&mut self, path: &Path, below: &Path) -> ControlFlow<()> {
        let before = match read(path) {
            Ok(before) => before,
            Err(error) => return self.fail(&plain_words(&error), path),
        };
        let place = name(path);
        let is_table = !self.arguments.text_field.is_empty();
        let is_page =
            !is_table && (is_page_name(path) || is_html(&String::from_utf8_lossy(&before[..before.len().min(PEEK)])));
        let page = is_page.then(|| self.page(&before, &place));
        let text = if is_page { "" } else { std::str::from_utf8(&before).unwrap_or_default() };
        if !is_page && text.is_empty() && !before.is_empty() {
            return self.fail("the text is not in UTF-8; convert it first", path);
        }
        let after = match &page {
            Some(page) => Cow::Borrowed(&**page),
            None => match self.cleaned(text, &place) {
                Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                Cow::Owned(text) => Cow::Owned(text.into_bytes()),
            },
        };
        match self.target.put(&Written { path, below, before: &before, after: &after }) {
            Ok(()) => ControlFlow::Continue(()),
            // A reader that went away wants no more: that is no failure.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ControlFlow::Break(()),
            Err(error) => self.fail(&plain_words(&error), path),
        }
    }

    /// An HTML page: ad scripts, ad markup and leaked code go.
    fn page(&mut self, bytes: &[u8], place: &str) -> Vec<u8> {
        let engine = self.engine.get_or_init(|| patient(Engine::built_in()));
        let (left, log) = engine.clean_page(bytes, None, self.options);
        self.cuts += log.changes.len();
        if self.arguments.report {
            say_page(&String::from_utf8_lossy(bytes), &log.changes, place);
            for diagnostic in &log.diagnostics {
                message::warning(&diagnostic.message, place);
            }
        }
        left
    }

    fn cleaned<'t>(&mut self, text: &'t str, place: &str) -> Cow<'t, str> {
        if !self.arguments.text_field.is_empty() {
            return self.lines(text, place);
        }
        let cleaned = self.clean_text(text);
        self.note(text, &cleaned, place);
        cleaned.text
    }

    fn clean_text<'t>(&self, text: &'t str) -> Cleaned<'t> {
        match self.engine.get() {
            Some(engine) => engine.clean_text_with(text, self.options),
            None => clean_text(text, &self.anchors, self.options, &|_| None),
        }
    }

    /// NDJSON: the fields that were asked for, line by line.
    fn lines<'t>(&mut self, text: &'t str, place: &str) -> Cow<'t, str> {
        let mut cleaned = String::with_capacity(text.len());
        for (number, line) in text.split_inclusive('\n').enumerate() {
            cleaned.push_str(&self.line(line, &format!("{place}:{}", number + 1)));
        }
        if cleaned == text { Cow::Borrowed(text) } else { Cow::Owned(cleaned) }
    }

    fn line<'t>(&mut self, line: &'t str, place: &str) -> Cow<'t, str> {
        if !line.trim().is_empty() && serde_json::from_str::<serde::de::IgnoredAny>(line).is_err() {
            message::error("not a line of JSON", place);
            self.outcome = Outcome::Incomplete;
            return Cow::Borrowed(line);
        }
        let mut line = Cow::Borrowed(line);
        for field in &self.arguments.text_field {
            let Some(range) = string_field(&line, field) else { continue };
            let Ok(value) = serde_json::from_str::<String>(&line[range.clone()]) else { continue };
            let cleaned = self.clean_text(&value);
            self.note(&value, &cleaned, &format!("{place} field {field}"));
            if !cleaned.cuts.is_empty() {
                let json = serde_json::Value::from(cleaned.text.into_owned()).to_string();
                line.to_mut().replace_range(range, &json);
            }
        }
        line
    }

    /// Counts the cuts, and says what they were if that was asked for.
    fn note(&mut self, text: &str, cleaned: &Cleaned<'_>, place: &str) {
        self.cuts += cleaned.cuts.len();
        if self.arguments.report {
            say_text(text, cleaned, place);
        }
    }

    fn fail(&mut self, what: &str, path: &Path) -> ControlFlow<()> {
        message::error(what, &name(path));
        self.outcome = Outcome::Incomplete;
        ControlFlow::Continue(())
    }

    fn finish(mut self) -> Outcome {
        match self.target.flush() {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                message::error(&plain_words(&error), "standard output");
                Outcome::Incomplete
            }
            _ if self.outcome == Outcome::Done && self.arguments.check && self.cuts > 0 => Outcome::Holds,
            _ => self.outcome,
        }
    }
}

/// Bytes that tell whether it is a page.
const PEEK: usize = 4 << 10;

fn read(path: &Path) -> io::Result<Vec<u8>> {
    if path != Path::new("-") {
        return fs::read(path);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn name(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Does the name say that it is a page?
fn is_page_name(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ["html", "htm", "xhtml", "shtml"].iter().any(|page| ending.eq_ignore_ascii_case(page))
}

/// Does the text begin as a page does?
fn is_html(text: &str) -> bool {
    let start: String =
        text.trim_start_matches('\u{feff}').trim_start().chars().take(15).collect::<String>().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

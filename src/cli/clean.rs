//! `adsieve clean`: texts without the ad code that has leaked into them.
//!
//! In: text files, HTML pages, folders of them, standard input or NDJSON. Out: the same bytes without what was cut.
//! One text is held in memory at a time.

use super::Outcome;
use super::args::{CleanArguments, WhatToCut};
use super::json_field::string_field;
use super::message::{self, plain_words};
use super::select::Selection;
use super::walk::{Input, walk};
use adsieve::report::printable;
use adsieve::{Anchors, Change, CleanOptions, Cleaned, Engine, Span, What, clean_text};
use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Scripts and values are walked by recursion.
const STACK_BYTES: usize = 64 << 20;

/// Cleans what the arguments name.
pub(super) fn clean(arguments: &CleanArguments) -> Outcome {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        let started = thread.spawn_scoped(scope, || clean_all(arguments));
        started.expect("the system can start one thread").join().expect("cleaning does not panic")
    })
}

fn clean_all(arguments: &CleanArguments) -> Outcome {
    if let Some(usage) = wrong_use(arguments) {
        message::error(usage, "clean");
        return Outcome::Usage;
    }
    let folder = arguments.output.clone().filter(|_| arguments.paths.iter().any(|path| path.is_dir()));
    let output = match open_output(arguments.output.as_deref().filter(|_| folder.is_none())) {
        Ok(output) => output,
        Err(error) => {
            message::error(&plain_words(&error), &name(arguments.output.as_deref().unwrap_or(Path::new("-"))));
            return Outcome::Incomplete;
        }
    };
    // Pages want an engine; the usual one is made when the first of them comes.
    let engine = match (!arguments.filter.is_empty()).then(|| arguments.filter.engine(false)).transpose() {
        Ok(engine) => engine,
        Err(outcome) => return outcome,
    };
    let what = if arguments.what == WhatToCut::Code { What::Code } else { What::Ad };
    let options = CleanOptions::default().with_what(what).with_force(arguments.force);
    let mut cleaner = Cleaner {
        arguments,
        engine,
        anchors: Anchors::default(),
        options,
        output,
        folder,
        target: None,
        cuts: 0,
        outcome: Outcome::Done,
    };
    for path in &arguments.paths {
        if cleaner.path(path).is_break() {
            break;
        }
    }
    cleaner.finish()
}

/// Pages of a folder cannot be told apart when they are written one behind the other.
fn wrong_use(arguments: &CleanArguments) -> Option<&'static str> {
    let has_place = arguments.output.is_some() || arguments.in_place.is_some() || arguments.check;
    let has_folder = arguments.paths.iter().any(|path| path.is_dir());
    (has_folder && !has_place).then_some("a folder needs `-o DIR`, `--in-place` or `--check`")
}

fn open_output(path: Option<&Path>) -> io::Result<Box<dyn Write>> {
    Ok(match path {
        Some(path) => Box::new(io::BufWriter::new(File::create(path)?)),
        None => Box::new(io::stdout().lock()),
    })
}

struct Cleaner<'a> {
    arguments: &'a CleanArguments,
    /// The engine that the arguments ask for, if they ask for one.
    engine: Option<Engine>,
    anchors: Anchors,
    options: CleanOptions,
    output: Box<dyn Write>,
    /// Where the cleaned pages of a folder go.
    folder: Option<PathBuf>,
    /// Where the page at hand goes, if it is one of a folder.
    target: Option<PathBuf>,
    cuts: usize,
    outcome: Outcome,
}

impl Cleaner<'_> {
    fn file(&mut self, path: &Path) -> ControlFlow<()> {
        let bytes = match read(path) {
            Ok(bytes) => bytes,
            Err(error) => return self.fail(&plain_words(&error), path, Outcome::Incomplete),
        };
        if is_page_name(path) || is_html(&String::from_utf8_lossy(&bytes[..bytes.len().min(PEEK)])) {
            return self.page(path, &bytes);
        }
        let Ok(text) = String::from_utf8(bytes) else {
            return self.fail("the text is not in UTF-8; convert it first", path, Outcome::Incomplete);
        };
        let cleaned = self.cleaned(&text, &name(path));
        let put = self.put(path, text.as_bytes(), cleaned.as_bytes());
        self.done(put, path)
    }

    /// Whatever a path names: of a folder every page in it.
    fn path(&mut self, path: &Path) -> ControlFlow<()> {
        if !path.is_dir() {
            return self.file(path);
        }
        let root = [path.to_owned()];
        for step in walk(root.to_vec(), Selection::default()) {
            let found = match step {
                Ok(Input::File(found)) => found,
                Ok(Input::Stdin) => continue,
                Err(unreachable) => {
                    self.fail(&plain_words(&unreachable.error), &unreachable.path, Outcome::Incomplete)?;
                    continue;
                }
            };
            let below = found.strip_prefix(path).unwrap_or(&found);
            self.target = self.folder.as_ref().map(|folder| folder.join(below));
            self.file(&found)?;
        }
        self.target = None;
        ControlFlow::Continue(())
    }

    /// An HTML page: ad scripts, ad markup and leaked code go.
    fn page(&mut self, path: &Path, bytes: &[u8]) -> ControlFlow<()> {
        static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::built_in);
        let engine = self.engine.as_ref().unwrap_or_else(|| &ENGINE);
        let (left, log) = engine.clean_page(bytes, None, self.options);
        self.cuts += log.changes.len();
        if self.arguments.report {
            let place = name(path);
            for change in &log.changes {
                say_change(&place, change);
            }
            for diagnostic in &log.diagnostics {
                message::warning(&diagnostic.message, &place);
            }
        }
        let put = self.put(path, bytes, &left);
        self.done(put, path)
    }

    fn done(&mut self, put: io::Result<()>, path: &Path) -> ControlFlow<()> {
        match put {
            Ok(()) => ControlFlow::Continue(()),
            // A reader that went away wants no more: that is no failure.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ControlFlow::Break(()),
            Err(error) => self.fail(&plain_words(&error), path, Outcome::Incomplete),
        }
    }

    fn fail(&mut self, what: &str, path: &Path, outcome: Outcome) -> ControlFlow<()> {
        message::error(what, &name(path));
        if self.outcome != Outcome::Usage {
            self.outcome = outcome;
        }
        ControlFlow::Continue(())
    }

    fn cleaned<'t>(&mut self, text: &'t str, place: &str) -> Cow<'t, str> {
        if !self.arguments.text_field.is_empty() {
            return self.lines(text, place);
        }
        let cleaned = clean_text(text, &self.anchors, self.options, &|_| None);
        self.note(text, &cleaned, place);
        cleaned.text
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
            let cleaned = clean_text(&value, &self.anchors, self.options, &|_| None);
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
        if !self.arguments.report {
            return;
        }
        for cut in &cleaned.cuts {
            let network = cut.network.as_deref().map_or_else(String::new, |network| format!(" {network}"));
            let repairs = if cut.repairs.is_empty() { String::new() } else { format!(" ({})", cut.repairs.join(", ")) };
            say(text, place, cut.span, &format!("cut {}{network}{repairs}", cut.reason));
        }
        for kept in &cleaned.kept {
            say(text, place, kept.span, &format!("kept {}", kept.reason));
        }
    }

    fn put(&mut self, path: &Path, text: &[u8], cleaned: &[u8]) -> io::Result<()> {
        if self.arguments.check {
            return Ok(());
        }
        if let Some(target) = &self.target {
            target.parent().map_or(Ok(()), fs::create_dir_all)?;
            return fs::write(target, cleaned);
        }
        let Some(suffix) = self.arguments.in_place.as_deref().filter(|_| path != Path::new("-")) else {
            return self.output.write_all(cleaned);
        };
        if text == cleaned {
            return Ok(());
        }
        let mut copy = path.as_os_str().to_owned();
        copy.push(suffix);
        fs::copy(path, PathBuf::from(copy))?;
        fs::write(path, cleaned)
    }

    fn finish(mut self) -> Outcome {
        match self.output.flush() {
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

/// `page.html: script-edited prebid-request: block role header-bidding (…), bytes 312..1013`
fn say_change(place: &str, change: &Change) {
    let said = format!("{place}: {} {}, bytes {}..{}", change.kind.name(), change.why, change.at.start, change.at.end);
    let _ = writeln!(io::stderr(), "{}", printable(&said));
}

/// `article.txt:7:1: cut ad-script prebid, bytes 312..1013: adUnits.push({ code: …`
fn say(text: &str, place: &str, span: Span, what: &str) {
    const QUOTED: usize = 60;
    let (start, end) = (span.start as usize, span.end as usize);
    let code = &text[start..end];
    let head = start + code.len() - code.trim_start().len();
    let line = text[..head].matches('\n').count() + 1;
    let column = text[..head].rsplit('\n').next().map_or(0, |before| before.chars().count()) + 1;
    let quoted: String = code.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(QUOTED).collect();
    let said = format!("{place}:{line}:{column}: {what}, bytes {start}..{end}: {quoted}");
    // A closed stderr is no reason to stop cleaning.
    let _ = writeln!(io::stderr(), "{}", printable(&said));
}

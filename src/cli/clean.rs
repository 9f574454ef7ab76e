//! `adsieve clean`: texts without the ad code that has leaked into them.
//!
//! In: text files, standard input or NDJSON. Out: the same bytes without what was cut.
//! One text is held in memory at a time. Only text is cleaned so far: an HTML page is
//! refused with a message.

use super::Outcome;
use super::args::{CleanArguments, WhatToCut};
use super::json_field::string_field;
use super::message::{self, plain_words};
use adsieve::report::printable;
use adsieve::{Anchors, CleanOptions, Cleaned, Span, What, clean_text};
use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Cleans what the arguments name.
pub(super) fn clean(arguments: &CleanArguments) -> Outcome {
    let output = match open_output(arguments.output.as_deref()) {
        Ok(output) => output,
        Err(error) => {
            message::error(&plain_words(&error), &name(arguments.output.as_deref().unwrap_or(Path::new("-"))));
            return Outcome::Incomplete;
        }
    };
    let what = if arguments.what == WhatToCut::Code { What::Code } else { What::Ad };
    let options = CleanOptions::default().with_what(what).with_force(arguments.force);
    let mut cleaner =
        Cleaner { arguments, anchors: Anchors::default(), options, output, cuts: 0, outcome: Outcome::Done };
    for path in &arguments.paths {
        if cleaner.file(path).is_break() {
            break;
        }
    }
    cleaner.finish()
}

fn open_output(path: Option<&Path>) -> io::Result<Box<dyn Write>> {
    Ok(match path {
        Some(path) => Box::new(io::BufWriter::new(File::create(path)?)),
        None => Box::new(io::stdout().lock()),
    })
}

struct Cleaner<'a> {
    arguments: &'a CleanArguments,
    anchors: Anchors,
    options: CleanOptions,
    output: Box<dyn Write>,
    cuts: usize,
    outcome: Outcome,
}

impl Cleaner<'_> {
    fn file(&mut self, path: &Path) -> ControlFlow<()> {
        let bytes = match read(path) {
            Ok(bytes) => bytes,
            Err(error) => return self.fail(&plain_words(&error), path, Outcome::Incomplete),
        };
        let Ok(text) = String::from_utf8(bytes) else {
            return self.fail("the text is not in UTF-8; convert it first", path, Outcome::Incomplete);
        };
        if is_html(&text) {
            return self.fail("`clean` reads text only so far, and this is an HTML page", path, Outcome::Usage);
        }
        let cleaned = self.cleaned(&text, &name(path));
        match self.put(path, &text, &cleaned) {
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

    fn put(&mut self, path: &Path, text: &str, cleaned: &str) -> io::Result<()> {
        if self.arguments.check {
            return Ok(());
        }
        let Some(suffix) = self.arguments.in_place.as_deref().filter(|_| path != Path::new("-")) else {
            return self.output.write_all(cleaned.as_bytes());
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

/// Does the text begin as a page does?
fn is_html(text: &str) -> bool {
    let start: String =
        text.trim_start_matches('\u{feff}').trim_start().chars().take(15).collect::<String>().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
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

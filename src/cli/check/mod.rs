//! `adsieve check`: would this request be blocked, and why?
//!
//! In: URLs, or NDJSON with a request a line. Out: a verdict each, in the same order. One line is held at a time.

mod args;
mod record;

pub(super) use args::CheckArguments;

use super::Outcome;
use super::message::{self, plain_words};
use adsieve::report::printable;
use adsieve::{Engine, Request, RequestVerdict};
use anstyle::{AnsiColor, Style};
use args::CheckFormat;
use record::{Asked, VerdictRecord};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};

const BLOCK: Style = AnsiColor::Red.on_default().bold();
const ALLOW: Style = AnsiColor::Green.on_default().bold();

/// Bytes of the longest line that is read.
const MAX_LINE: u64 = 4 << 20;

/// Judges what the arguments name.
pub(super) fn check(arguments: &CheckArguments) -> Outcome {
    let engine = match arguments.filter.engine(arguments.quiet) {
        Ok(engine) => engine,
        Err(outcome) => return outcome,
    };
    let mut out = BufWriter::new(anstream::stdout().lock());
    let mut outcome = Outcome::Done;
    let written = arguments.urls.iter().try_for_each(|url| {
        if url == "-" {
            return lines(&engine, arguments, &mut out, &mut outcome);
        }
        let request = Request { url, source_url: &arguments.source, kind: arguments.kind, method: &arguments.method };
        one(&engine, &request, arguments.format, &mut out)
    });
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            message::error(&plain_words(&error), "standard output");
            Outcome::Incomplete
        }
        _ => outcome,
    }
}

fn one(engine: &Engine, request: &Request<'_>, format: CheckFormat, out: &mut impl Write) -> io::Result<()> {
    let verdict = engine.check_request(request);
    match format {
        CheckFormat::Json => write_json(request, &verdict, out),
        CheckFormat::Text => out.write_all(text(request, &verdict).as_bytes()),
    }
}

fn write_json(request: &Request<'_>, verdict: &RequestVerdict, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &VerdictRecord::new(request, verdict))?;
    out.write_all(b"\n")
}

fn text(request: &Request<'_>, verdict: &RequestVerdict) -> String {
    let style = if verdict.is_block() { BLOCK } else { ALLOW };
    let mut text = format!("{style}{:<6}{style:#} {}\n", verdict.action, printable(request.url));
    let mut field = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            text += &format!("       {name:<8} {}\n", printable(&value));
        }
    };
    field("network", verdict.network.as_ref().map(ToString::to_string));
    field("reason", verdict.reason.as_ref().map(ToString::to_string));
    field("answer", verdict.answer.as_ref().map(|answer| answer.name.to_string()));
    field("instead", verdict.url.clone());
    text
}

/// NDJSON on standard input. A line that cannot be read is answered with its error, so that lines stay in step.
fn lines(engine: &Engine, arguments: &CheckArguments, out: &mut impl Write, outcome: &mut Outcome) -> io::Result<()> {
    let mut input = BufReader::new(io::stdin().lock());
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        // Whoever waits for an answer before it asks again gets one.
        if input.buffer().is_empty() {
            out.flush()?;
        }
        match input.by_ref().take(MAX_LINE).read_until(b'\n', &mut line) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => {
                message::error(&plain_words(&error), "standard input");
                *outcome = Outcome::Incomplete;
                break;
            }
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice::<Asked>(&line) {
            Ok(asked) => {
                let request = asked.request(arguments);
                write_json(&request, &engine.check_request(&request), out)?;
            }
            Err(error) => {
                *outcome = Outcome::Incomplete;
                if !arguments.quiet {
                    message::error(&error.to_string(), &format!("standard input, line {number}"));
                }
                writeln!(out, "{}", serde_json::json!({ "error": error.to_string() }))?;
            }
        }
    }
    Ok(())
}

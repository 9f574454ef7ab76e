//! From a stretch of tokens to code that parses, by the smallest repair.
//!
//! Tried in turn: the text as it stands, the tokens as they were meant, the same with
//! open brackets closed, the same without the last few tokens. At most [`TRIES`] parses, fewer of long code.

use super::anchor::Anchors;
use super::repair::{Repaired, write};
use super::run::Run;
use super::source::Source;
use crate::base::{Limits, OffsetMap};
use crate::script::parse;

/// What may be missing between code that was cut off and its closing brackets.
const FILLERS: [&str; 8] = ["", "_", "{}", ":_", "){}", "(){}", "=>{}", " _(){}"];

/// Tokens that are given up at the end of code that was cut off.
const GIVEN_UP: usize = 24;

/// The most parses that one region may cost.
pub(super) const TRIES: usize = 40;

/// The most bytes that are parsed for one region, but for its first two parses.
const PARSED: usize = 1 << 19;

/// How dear parsing a byte is, in bytes looked at.
pub(super) const PARSE_COST: usize = 4;

/// Code longer than this, in bytes, is not parsed again and again.
const LONGEST: usize = 64 << 10;

/// Code longer than this, in bytes, may nest so deep that its tree needs a stack of its own.
const SHALLOW: usize = 4 << 10;

/// Stack for the tree of code of [`LONGEST`] bytes, which is parsed and dropped by recursion.
const STACK_BYTES: usize = 64 << 20;

/// Code, and whether it parses.
pub(super) struct Mended {
    pub repaired: Repaired,
    pub parses: bool,
}

/// Mends the tokens `first..=last` of a run.
pub(super) fn mend(source: Source<'_>, run: &Run, first: usize, last: usize, anchors: &Anchors) -> Mended {
    let limits = Limits::default();
    let (start, end) = (run.tokens[first].start, run.tokens[last].end);
    let raw = &source.text[start..end];
    let mut repaired = write(source, run, first, last, anchors);
    let is_whole = repaired.closers.is_empty() && (first > 0 || run.missing.is_empty());
    if is_whole
        && raw.len() <= LONGEST
        && is_code(source, raw, &limits)
        && repaired.repairs.iter().all(|repair| *repair == "spaces")
    {
        let offsets = OffsetMap::verbatim(start);
        return Mended {
            repaired: Repaired { code: raw.to_owned(), offsets, repairs: Vec::new(), ..repaired },
            parses: true,
        };
    }
    let most = (PARSED / raw.len().max(1)).clamp(2, TRIES);
    let mut tries = if raw.len() > LONGEST { most } else { 1 };
    for given_up in 0..GIVEN_UP {
        let Some(last) = last.checked_sub(given_up).filter(|&last| last > first) else { break };
        if tries >= most {
            break;
        }
        let attempt = if given_up == 0 { repaired.clone() } else { write(source, run, first, last, anchors) };
        for filler in FILLERS {
            if tries >= most {
                break;
            }
            tries += 1;
            if let Some(code) = closed(source, &attempt, filler, &limits) {
                return Mended { repaired: with_ending(attempt, code, filler, given_up), parses: true };
            }
        }
    }
    let closers = std::mem::take(&mut repaired.closers);
    repaired.code.push_str(&closers);
    Mended { repaired, parses: false }
}

/// The code with a filler and its closing brackets, if that parses.
fn closed(source: Source<'_>, attempt: &Repaired, filler: &str, limits: &Limits) -> Option<String> {
    // Some fillers close a bracket themselves.
    let closers = if filler.starts_with(')') { attempt.closers.strip_prefix(')')? } else { &attempt.closers };
    let code = format!("{}{filler}{closers}", attempt.code);
    is_code(source, &code, limits).then_some(code)
}

fn with_ending(mut attempt: Repaired, code: String, filler: &str, given_up: usize) -> Repaired {
    let is_cut = !filler.is_empty() || !attempt.closers.is_empty() || given_up > 0;
    attempt.code = code;
    if is_cut && !attempt.repairs.contains(&"cut-off-end") {
        attempt.repairs.push("cut-off-end");
    }
    attempt
}

fn is_code(source: Source<'_>, text: &str, limits: &Limits) -> bool {
    source.charge(text.len() * PARSE_COST);
    if text.len() <= SHALLOW {
        return parse::is_code(text, limits);
    }
    stacker::grow(STACK_BYTES, || parse::is_code(text, limits))
}

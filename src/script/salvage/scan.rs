//! Reads a text from start to end for regions of code.

use super::anchor::{Anchor, Anchors};
use super::glyph::is_invisible;
use super::grammar::Recogniser;
use super::group::{Group, groups};
use super::lexer::{Lexer, line_end};
use super::markup::markup_at;
use super::mend::mend;
use super::region::{Language, Region};
use super::run::Run;
use super::style::{Sheet, sheet_at};
use super::token::{Kind, Token};
use crate::base::{OffsetMap, Span};
use std::collections::HashSet;

/// Bytes that may be read again, as a multiple of the text's length.
const EFFORT: usize = 24;

/// Bytes before an anchor in which its code may have begun.
const REACH: usize = 32 << 10;

/// Finds the regions of code in a text, in order.
///
/// Code that uses no anchor is found as well; [`Region::is_ad`] tells them apart. A text
/// without any anchor gives nothing, after one fast pass.
#[must_use]
pub fn find_regions(text: &str, anchors: &Anchors) -> Vec<Region> {
    if !anchors.are_in(text) || u32::try_from(text.len()).is_err() {
        return Vec::new();
    }
    scanned(text, anchors, !Anchors::may_be_split_in(text))
}

/// The same for a text that may hold no anchor.
#[must_use]
pub(crate) fn find_all_regions(text: &str, anchors: &Anchors) -> Vec<Region> {
    scanned(text, anchors, false)
}

fn scanned(text: &str, anchors: &Anchors, near_anchors: bool) -> Vec<Region> {
    let effort = text.len().saturating_mul(EFFORT).saturating_add(1 << 16);
    let mut scanner =
        Scanner { text, anchors, regions: Vec::new(), effort, ad_selectors: HashSet::new(), sheets: Vec::new() };
    scanner.scan(near_anchors);
    scanner.judge_sheets();
    scanner.regions
}

struct Scanner<'t> {
    text: &'t str,
    anchors: &'t Anchors,
    regions: Vec<Region>,
    /// Bytes that may still be read.
    effort: usize,
    /// Classes and ids that stand in one sheet with an anchor.
    ad_selectors: HashSet<String>,
    /// Sheets found, by index of their region.
    sheets: Vec<(usize, Sheet)>,
}

impl<'t> Scanner<'t> {
    fn scan(&mut self, near_anchors: bool) {
        let (mut at, mut anchor) = (0, 0);
        while at < self.text.len() && self.effort > 0 {
            if near_anchors && at > anchor {
                let Some(next) = self.anchors.next_in(self.text, at) else { return };
                anchor = next;
                at = self.near(at, anchor);
            }
            at = self.scan_line(at);
        }
    }

    /// The start of a line not too far before an anchor, or `at` if that is later.
    fn near(&self, at: usize, anchor: usize) -> usize {
        let far = anchor.saturating_sub(REACH);
        if far <= at {
            return at;
        }
        memchr::memrchr(b'\n', &self.text.as_bytes()[at..far]).map_or(at, |line| at + line + 1)
    }

    /// Tries every candidate on one line; gives the place to go on from.
    fn scan_line(&mut self, start: usize) -> usize {
        let end = line_end(self.text, start, self.text.len());
        let has_anchor = self.anchors.are_in(&self.text[start..end]);
        let is_line_start = start == 0 || self.text.as_bytes()[start - 1] == b'\n';
        let (mut is_first, mut before, mut sentence) = (true, ' ', true);
        for (offset, character) in self.text[start..end].char_indices() {
            let at = start + offset;
            let is_boundary =
                is_first || !(before.is_alphanumeric() || matches!(before, '_' | '$' | '.' | '-' | '/' | '#' | '@'));
            let is_space = character.is_whitespace();
            if !is_space && is_boundary {
                let is_sheet = matches!(character, '.' | '#' | '@');
                let is_candidate =
                    is_first || has_anchor || is_sheet || character == '<' || (sentence && before.is_whitespace());
                if is_candidate && let Some(next) = self.candidate(at, is_first && is_line_start) {
                    return next;
                }
            }
            if !is_space {
                is_first = false;
                sentence = matches!(character, '.' | '!' | '?' | ':' | '…' | '”' | '"' | '»' | ')');
            }
            before = character;
        }
        end + 1
    }

    /// Looks for code that starts exactly here; gives its end.
    fn candidate(&mut self, at: usize, is_line_start: bool) -> Option<usize> {
        if self.effort == 0 || is_prose_start(&self.text[at..]) {
            return None;
        }
        let before = self.regions.len();
        self.effort = self.effort.saturating_sub(8);
        if let Some((end, anchor)) = markup_at(self.text, at, self.anchors) {
            self.push_plain(at, end, Language::Markup, Some(anchor));
            return Some(end);
        }
        if let Some(sheet) = sheet_at(self.text, at) {
            let end = sheet.end;
            let anchor = self.anchors.of_markup(&self.text[at..end]);
            if anchor.is_some() {
                self.ad_selectors.extend(sheet.selectors.iter().cloned());
            }
            self.push_plain(at, end, Language::Css, anchor);
            self.sheets.push((self.regions.len() - 1, sheet));
            return Some(end);
        }
        self.script(at, is_line_start);
        let last = self.regions.last().filter(|_| self.regions.len() > before)?;
        Some(last.span.end as usize)
    }

    fn push_plain(&mut self, start: usize, end: usize, language: Language, anchor: Option<&Anchor>) {
        let raw = &self.text[start..end];
        let code = if language == Language::Css { raw.to_ascii_lowercase() } else { raw.to_owned() };
        let repairs = if code == raw { Vec::new() } else { vec!["capitalised-css"] };
        self.regions.push(Region {
            span: Span::new(start, end),
            code,
            offsets: OffsetMap::verbatim(start),
            repairs,
            language,
            parses: true,
            is_ad: anchor.is_some(),
            network: anchor.and_then(Anchor::network).cloned(),
            is_ended: true,
        });
    }

    /// Looks for JavaScript.
    fn script(&mut self, at: usize, is_line_start: bool) {
        let plain = self.run(at, false, is_line_start, false);
        let mut best = plain;
        if needs_joining(&best, self.text) {
            let joined = self.run(at, false, is_line_start, true);
            if is_better(&joined, &best, self.text, self.anchors) {
                best = joined;
            }
        }
        if !has_strong(&best, self.text) && is_line_start && starts_with_key(self.text, at) {
            best = self.run(at, true, true, false);
        }
        self.push_run(&best);
    }

    fn run(&mut self, at: usize, is_inside_object: bool, takes_orphans: bool, joins_lines: bool) -> Run {
        let lexer = Lexer { text: self.text, at, end: self.text.len(), joins_lines };
        let run = Recogniser::read(lexer, is_inside_object, takes_orphans);
        let read = run.tokens.last().map_or(at, |token| token.end).max(run.end).saturating_sub(at);
        self.effort = self.effort.saturating_sub(read);
        run
    }

    fn push_run(&mut self, run: &Run) {
        let groups = groups(self.text, run, self.anchors);
        if groups.is_empty() {
            self.push_comments(run);
        }
        for group in groups {
            self.push_group(run, &group);
        }
    }

    fn push_group(&mut self, run: &Run, group: &Group<'_>) {
        let (first, last) = (run.statements[group.first].first, run.statements[group.last].last);
        let mended = mend(self.text, run, first, last, self.anchors);
        let start = run.tokens[leading(&run.tokens, first)].start;
        let last_token = &run.tokens[last];
        let end = with_stump(self.text, run.tokens[trailing(&run.tokens, last)].end);
        self.regions.push(Region {
            span: Span::new(start, end),
            code: mended.repaired.code,
            offsets: mended.repaired.offsets,
            repairs: mended.repaired.repairs,
            language: Language::Script,
            parses: mended.parses,
            is_ad: group.anchor.is_some(),
            network: group.anchor.and_then(Anchor::network).cloned(),
            is_ended: last_token.is(";")
                || last_token.is("}")
                || run.tokens[first..=last].iter().any(|token| token.is("{")),
        });
    }

    /// Code in comments does not run, but it is code all the same.
    fn push_comments(&mut self, run: &Run) {
        for token in run
            .tokens
            .iter()
            .take_while(|token| token.is_trivia())
            .filter(|token| matches!(token.kind, Kind::Comment { .. }))
        {
            let comment = &self.text[token.start..token.end];
            let is_code = comment.contains('(') && comment.contains([';', '{']);
            let Some(anchor) = self.anchors.of_markup(comment).filter(|_| is_code) else { continue };
            self.push_plain(token.start, token.end, Language::Script, Some(anchor));
            if let Some(region) = self.regions.last_mut() {
                region.code.clear();
                region.repairs.clear();
            }
        }
    }

    /// A rule without an anchor is an ad's if another one with the same class is.
    fn judge_sheets(&mut self) {
        for (index, sheet) in &self.sheets {
            let region = &mut self.regions[*index];
            region.is_ad |= sheet.selectors.iter().any(|name| self.ad_selectors.contains(name));
            if sheet.open > 0 {
                region.code.push_str(&"}".repeat(sheet.open));
                region.repairs.push("cut-off-end");
            }
        }
    }
}

/// Two words in a row, of which the first is no word of the language: the quick way past most prose.
fn is_prose_start(text: &str) -> bool {
    const WORDS: [&str; 18] = [
        "var", "let", "const", "function", "return", "if", "for", "while", "typeof", "new", "async", "defer", "try",
        "do", "void", "throw", "delete", "switch",
    ];
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let is_followed = text[end..].strip_prefix(' ').is_some_and(|rest| rest.starts_with(char::is_alphabetic));
    end > 0
        && is_followed
        && !matches!(&text[end + 1..], rest if rest.starts_with("in ") || rest.starts_with("instanceof "))
        && !WORDS.iter().any(|word| text[..end].eq_ignore_ascii_case(word))
}

/// Were lines joined, so that a line comment hides code?
fn needs_joining(run: &Run, text: &str) -> bool {
    let Some(comment) = run.tokens.iter().rev().find(|token| token.kind == Kind::Comment { is_line: true }) else {
        return false;
    };
    let is_last = run.tokens.last().is_some_and(|last| last.start == comment.start);
    let is_cut = run.statements.last().is_none_or(|statement| statement.is_cut);
    let hides_code = text[comment.start..comment.end].contains([';', '{']);
    !has_strong(run, text) || (is_last && (is_cut || hides_code))
}

fn has_strong(run: &Run, text: &str) -> bool {
    run.statements.iter().any(|statement| run.is_strong(statement, text))
}

fn is_better(joined: &Run, plain: &Run, text: &str, anchors: &Anchors) -> bool {
    let is_ad = |run: &Run| {
        run.statements
            .iter()
            .any(|statement| run.is_strong(statement, text) && run.anchor(statement, text, anchors).is_some())
    };
    let is_cut = |run: &Run| run.statements.last().is_none_or(|statement| statement.is_cut);
    is_ad(joined) && (!is_ad(plain) || !is_cut(joined))
}

/// `bidder: …` at the start: code that was cut off inside an object.
fn starts_with_key(text: &str, at: usize) -> bool {
    let line = &text.as_bytes()[at..(at + 60).min(text.len())];
    let name =
        line.iter().position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'"' | b'\'')));
    name.is_some_and(|name| name > 0 && line[name] == b':')
}

/// Comments and wrappers right before a token belong to its code.
fn leading(tokens: &[Token], first: usize) -> usize {
    first - tokens[..first].iter().rev().take_while(|token| token.is_trivia()).count()
}

/// The length of what is left of a word before an ellipsis at the end of its line, where it follows code directly.
fn ellipsis(rest: &str) -> Option<usize> {
    let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
    let stump = line.trim_end().strip_suffix('…').or_else(|| line.trim_end().strip_suffix("..."))?;
    let is_stump = stump.len() < 40 && (stump.trim().is_empty() || !stump.contains(char::is_whitespace));
    is_stump.then_some(line.trim_end().len())
}

/// A comment mark that was cut in two, at the end of a line.
fn with_stump(text: &str, end: usize) -> usize {
    let end = text.len() - text[end..].trim_start_matches(is_invisible).len();
    let rest = &text[end..];
    if let Some(length) = ellipsis(rest) {
        return end + length;
    }
    let is_stump = rest.starts_with('/') && rest[1..].chars().next().is_none_or(|next| next == '\n');
    end + usize::from(is_stump)
}

/// So do those right behind it.
fn trailing(tokens: &[Token], last: usize) -> usize {
    let behind = tokens[last + 1..]
        .iter()
        .take_while(|token| token.is_trivia() && (token.kind == Kind::Wrapper || !token.is_after_blank_line()));
    last + behind.count()
}

//! Writes the tokens of damaged code as the code that was meant, with the way back to the text.
//!
//! In: a [`Run`], a range of its statements. Out: [`Repaired`]: code, map and the names of the
//! repairs. What stands as it should is taken over byte for byte.

use super::anchor::Anchors;
use super::glyph::{Quote, glyph_at, is_invisible, is_typographic, letters_of, quote_family};
use super::quoted::wrap_length;
use super::run::{Missing, Run};
use super::source::{Source, Work};
use super::tag::tag_in_string;
use super::token::{Kind, Quoted, Token, uncapitalised_key, uncapitalised_keyword};
use crate::base::{OffsetMap, Span};
use std::borrow::Cow;

/// Code made out of tokens.
#[derive(Clone, Debug)]
pub(super) struct Repaired {
    pub code: String,
    pub offsets: OffsetMap,
    pub repairs: Vec<&'static str>,
    /// Closing brackets that the code lacks, in the order in which they must come.
    pub closers: String,
}

/// Writes the tokens `first..=last` of a run.
pub(super) fn write(source: Source<'_>, run: &Run, first: usize, last: usize, anchors: &Anchors) -> Repaired {
    let text = source.text;
    let layers = layers_of(text, &run.tokens[first..=last]);
    let mut writer =
        Writer { text, is_markup: source.is_markup, anchors, out: Repaired::new(), open: Vec::new(), layers };
    let is_start = first == 0;
    if is_start && !run.missing.is_empty() {
        writer.open_missing(&run.missing);
    }
    for repair in &run.repairs {
        writer.repaired(repair);
    }
    for index in first..=last {
        let token = &run.tokens[index];
        writer.gap(run, index, index == first);
        let is_key = run.tokens.get(index + 1).is_some_and(|next| next.is(":"));
        writer.token(token, run.keywords.binary_search(&index).is_ok(), is_key);
    }
    // Nobody knows how a string went on that was cut off.
    if matches!(run.tokens[last].kind, Kind::Text(quoted) if !quoted.is_closed && quoted.body.0 < quoted.body.1) {
        writer.out.code.push_str("+_");
    }
    writer.out.closers = writer.open.iter().rev().collect();
    writer.out
}

struct Writer<'t> {
    text: &'t str,
    /// The text is that of a page.
    is_markup: bool,
    anchors: &'t Anchors,
    out: Repaired,
    /// Brackets to be closed.
    open: Vec<char>,
    /// Layers of entities around all of the code.
    layers: u8,
}

impl Repaired {
    fn new() -> Self {
        Self { code: String::new(), offsets: OffsetMap::empty(), repairs: Vec::new(), closers: String::new() }
    }
}

impl Writer<'_> {
    fn repaired(&mut self, repair: &'static str) {
        if !self.out.repairs.contains(&repair) {
            self.out.repairs.push(repair);
        }
    }

    /// Opens the brackets that were cut off, the outermost first.
    fn open_missing(&mut self, missing: &[Missing]) {
        self.out.offsets.push_replaced(0, Span::new(0, 0));
        self.out.code.push_str("_=");
        for bracket in missing.iter().rev() {
            let (written, closer) = match bracket {
                Missing::Paren => ("_(", ')'),
                Missing::Square => ("[", ']'),
                Missing::Object => ("{", '}'),
                Missing::Member => ("{_:", '}'),
                Missing::Owner => ("_", ' '),
                Missing::Block => ("function(){", '}'),
            };
            self.out.code.push_str(written);
            self.open.extend((closer != ' ').then_some(closer));
        }
        self.repaired("cut-off-start");
    }

    /// White space before a token, and the semicolon that a joined line lost.
    fn gap(&mut self, run: &Run, index: usize, is_first: bool) {
        let token = &run.tokens[index];
        if run.joints.binary_search(&index).is_ok() {
            self.replaced(";", token.start, token.start);
        }
        let before = index.checked_sub(1).map_or(token.start, |before| run.tokens[before].end);
        if is_first || before >= token.start {
            return;
        }
        let raw = &self.text[before..token.start];
        self.note_gap(raw);
        if !raw.is_empty() && run.halves.binary_search(&index).is_err() {
            self.replaced(if token.lines_before > 0 || raw.contains('\n') { "\n" } else { " " }, before, token.start);
        }
    }

    fn note_gap(&mut self, raw: &str) {
        if raw.contains('<') || raw.matches('&').count() > raw.matches("&gt;").count() {
            self.repaired("line-break-tags");
        } else if raw.contains(|c: char| matches!(c, '>' | '•' | '*' | '&') || c.is_ascii_digit()) {
            self.repaired("markdown");
        }
        if raw.contains('\\') {
            self.repaired("backslashes");
        }
        if raw.contains(|c: char| !c.is_ascii() && c != '•') {
            self.repaired("spaces");
        }
    }

    fn replaced(&mut self, written: &str, start: usize, end: usize) {
        self.out.offsets.push_replaced(self.out.code.len(), Span::new(start, end));
        self.out.code.push_str(written);
    }

    fn written(&mut self, written: &str, token: &Token) {
        if &self.text[token.start..token.end] == written {
            self.out.offsets.push_verbatim(self.out.code.len(), Span::new(token.start, token.end));
            self.out.code.push_str(written);
        } else {
            self.replaced(written, token.start, token.end);
        }
    }

    fn token(&mut self, token: &Token, is_keyword: bool, is_key: bool) {
        match token.kind {
            Kind::Word => self.word(token, is_keyword, is_key),
            Kind::Text(quoted) => self.string(token, quoted),
            Kind::Punct(punct) => self.punct(token, punct),
            Kind::Comment { is_line } => self.replaced(if is_line { "\n" } else { " " }, token.start, token.end),
            Kind::Wrapper => {
                self.repaired("wrappers");
                self.replaced("\n", token.start, token.end);
            }
            Kind::Number | Kind::Regex | Kind::Foreign => {
                let meant = token.word(self.text);
                if meant != self.text[token.start..token.end] {
                    self.repaired("invisible-characters");
                }
                self.written(&meant, token);
            }
        }
    }

    fn word(&mut self, token: &Token, is_keyword: bool, is_key: bool) {
        let word = token.word(self.text);
        if matches!(word, std::borrow::Cow::Owned(_)) && word != self.text[token.start..token.end] {
            self.repaired("invisible-characters");
        }
        let keyword = if is_keyword { uncapitalised_keyword(&word) } else { None };
        let keyword = keyword.or_else(|| if is_key { uncapitalised_key(&word) } else { None });
        match keyword.or_else(|| self.anchors.canonical(&word)) {
            Some(meant) => {
                let meant = meant.to_owned();
                self.repaired("capitalised-keywords");
                self.written(&meant, token);
            }
            None => self.written(&word, token),
        }
    }

    fn punct(&mut self, token: &Token, punct: &'static str) {
        match punct {
            "(" => self.open.push(')'),
            "[" => self.open.push(']'),
            "{" => self.open.push('}'),
            ")" | "]" | "}" => {
                self.open.pop();
            }
            _ => {}
        }
        let raw = &self.text[token.start..token.end];
        if raw.contains('&') && !punct.contains('&') || raw.contains("&amp;") {
            self.repaired("entities");
        } else if raw.contains(is_invisible) {
            self.repaired("invisible-characters");
        } else if !raw.is_ascii() {
            self.repaired("dashes");
        }
        self.written(punct, token);
    }

    fn string(&mut self, token: &Token, quoted: Quoted) {
        if quoted.is_typographic {
            self.repaired("typographic-quotes");
        }
        if quoted.layers > 0 {
            self.repaired("entities");
        }
        if quoted.is_escaped {
            self.repaired("backslashes");
        }
        if !quoted.is_closed {
            self.repaired("cut-off-end");
        }
        if self.text[token.start..token.end].contains(is_invisible) {
            self.repaired("invisible-characters");
        }
        let mark = quoted.quote.plain();
        let layers = quoted.layers.max(self.layers);
        let raw = quoted.body_in(self.text);
        let untagged = if self.is_markup { without_tags(raw) } else { raw.into() };
        if untagged.len() < raw.len() {
            self.repaired("line-break-tags");
        }
        let body = string_body(&untagged, Quoted { layers, ..quoted });
        let mut written = String::with_capacity(body.len() + 2);
        written.push(mark);
        written.push_str(&body);
        written.push(mark);
        if written != self.text[token.start..token.end] && self.out.repairs.is_empty() {
            self.repaired("spaces");
        }
        self.written(&written, token);
    }
}

/// Layers of entities around code: as many as around any of its operators and white space.
///
/// Typographic marks are no reason for an encoder to write references, so those of strings do not tell.
fn layers_of(text: &str, tokens: &[Token]) -> u8 {
    let outside = |pair: &[Token]| deepest(&text[pair[0].end..pair[1].start]);
    let operators = tokens.iter().filter(|token| matches!(token.kind, Kind::Punct(_)));
    let of_operators = operators.map(|token| deepest(&text[token.start..token.end]));
    of_operators.chain(tokens.windows(2).map(outside)).max().unwrap_or(0)
}

/// The most layers of entities around a character of a text.
fn deepest(text: &str) -> u8 {
    memchr::memchr_iter(b'&', text.as_bytes())
        .filter_map(|at| glyph_at(text, at))
        .map(|glyph| glyph.layers)
        .max()
        .unwrap_or(0)
}

/// A string of a page's text without the tags in it.
fn without_tags(raw: &str) -> Cow<'_, str> {
    let work = Work::default();
    let source = Source::of_page(raw, &work);
    let (mut untagged, mut from) = (String::new(), 0);
    for at in memchr::memchr_iter(b'<', raw.as_bytes()) {
        let Some(end) = tag_in_string(source, at).filter(|_| at >= from) else { continue };
        untagged.push_str(&raw[from..at]);
        from = end;
    }
    if from == 0 { raw.into() } else { (untagged + &raw[from..]).into() }
}

/// The body of a string as it was meant.
fn string_body(raw: &str, quoted: Quoted) -> String {
    let mark = quoted.quote.plain();
    let mut body = String::with_capacity(raw.len());
    let mut at = 0;
    // Braces that are open in the code that a template holds.
    let mut braces = 0_usize;
    while let Some(glyph) = glyph_at(raw, at) {
        // Entities that were in the string before the text was encoded stay.
        let is_layer = glyph.layers > 0 && glyph.layers <= quoted.layers;
        let character = if is_layer || glyph.layers == 0 { glyph.character } else { '\0' };
        match character {
            '\0' => body.push_str(&raw[at..glyph.end]),
            // A line end that a mail program put there.
            '\n' if quoted.quote != Quote::Back && !quoted.is_escaped => {
                at = glyph.end + wrap_length(&raw[glyph.end..]);
                continue;
            }
            '\\' if quoted.is_escaped => {
                let Some(next) = glyph_at(raw, glyph.end) else { break };
                if matches!(next.character, 'n' | 'r' | 't') {
                    body.push('\\');
                }
                push_meant(&mut body, next.character, mark, quoted);
                at = next.end;
                continue;
            }
            '\\' => {
                let Some(next) = glyph_at(raw, glyph.end) else { break };
                body.push('\\');
                body.push(next.character);
                at = next.end;
                continue;
            }
            _ if braces > 0 && is_typographic(character) => {
                body.push(quote_family(character).map_or(character, Quote::plain));
            }
            character => {
                let is_code = braces > 0 || quoted.quote == Quote::Back && body.ends_with('$');
                match character {
                    '{' if is_code => braces += 1,
                    '}' => braces = braces.saturating_sub(1),
                    _ => {}
                }
                push_meant(&mut body, character, mark, quoted);
            }
        }
        at = glyph.end;
    }
    body
}

fn push_meant(body: &mut String, character: char, mark: char, quoted: Quoted) {
    let meant = match quote_family(character) {
        Some(family) if quoted.is_typographic => family.plain(),
        _ if character == '\u{a0}' => ' ',
        _ if matches!(character, '‐' | '‑') => '-',
        _ if character == '×' && body.ends_with(|c: char| c.is_ascii_digit()) => 'x',
        _ => character,
    };
    if let Some(letters) = letters_of(meant) {
        return body.push_str(letters);
    }
    if is_invisible(meant) {
        return;
    }
    if meant == mark && !body.ends_with('\\') {
        body.push('\\');
    }
    body.push(meant);
}

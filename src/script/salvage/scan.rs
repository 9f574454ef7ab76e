//! Reads a text from start to end for regions of code.

use super::ahead::ahead;
use super::anchor::{Anchor, Anchors};
use super::class::is_head_of_class;
use super::glyph::is_invisible;
use super::grammar::Recogniser;
use super::group::{Group, groups};
use super::joined::is_code_start;
use super::lexer::{Lexer, line_end};
use super::line_marks::{LONGEST_MARKS, LineMarks};
use super::markup::{inner_tag, markup_at, meant_markup, opened_element, with_style_tags};
use super::mend::mend;
use super::region::{Language, Region};
use super::run::Run;
use super::source::{Source, Work};
use super::style::{Sheet, sheet_at};
use super::token::{Kind, Token};
use crate::base::{OffsetMap, Span};
use std::collections::HashSet;
use std::sync::Arc;

/// Bytes and characters that may be looked at for each byte of the text that lies behind.
///
/// Where a text is so contrived that reading it costs more, candidates are passed over until the account is even.
const EFFORT: usize = 24;

/// What any text may cost.
const BASE_EFFORT: usize = 1 << 20;

/// Bytes before an anchor in which its code may have begun.
const REACH: usize = 32 << 10;

/// Finds the regions of code in a text, in order.
///
/// Code that uses no anchor is found as well; [`Region::is_ad`] tells them apart. A text
/// without any anchor gives nothing, after one fast pass.
#[must_use]
pub fn find_regions(text: &str, anchors: &Anchors) -> Vec<Region> {
    found(Source::new(text, &Work::default()), anchors)
}

/// The same for text of a page, with the tags in it.
#[must_use]
pub(crate) fn find_regions_of_page(text: &str, anchors: &Anchors) -> Vec<Region> {
    found(Source::of_page(text, &Work::default()), anchors)
}

fn found(source: Source<'_>, anchors: &Anchors) -> Vec<Region> {
    if !anchors.are_in(source.text) || u32::try_from(source.len()).is_err() {
        return Vec::new();
    }
    scanned(source, anchors, !Anchors::may_be_split_in(source.text), BASE_EFFORT)
}

/// The same for a text that may hold no anchor.
#[must_use]
pub(crate) fn find_all_regions(text: &str, anchors: &Anchors) -> Vec<Region> {
    if u32::try_from(text.len()).is_err() {
        return Vec::new();
    }
    scanned(Source::new(text, &Work::default()), anchors, false, BASE_EFFORT)
}

fn scanned(source: Source<'_>, anchors: &Anchors, near_anchors: bool, base_effort: usize) -> Vec<Region> {
    let text = source.text;
    let mut scanner = Scanner {
        text,
        source,
        base_effort,
        anchors,
        regions: Vec::new(),
        next_anchor: Ahead::default(),
        next_splitter: Ahead::default(),
        line_end: 0,
        line_marks: LineMarks::None,
        comments_end: memchr::memmem::rfind(text.as_bytes(), b"*/").map_or(0, |at| at + 2),
        ad_selectors: HashSet::new(),
        sheets: Vec::new(),
        open_elements: Vec::new(),
    };
    scanner.scan(near_anchors);
    scanner.judge_sheets();
    scanner.regions
}

/// Where something stands next, found once and known until it lies behind.
#[derive(Clone, Copy, Debug, Default)]
struct Ahead {
    /// It was looked for from here.
    from: usize,
    /// `None` before the first look.
    found: Option<Option<usize>>,
}

impl Ahead {
    /// The first place at or after `at`, by `find` where it is not known.
    fn at_or_after(&mut self, at: usize, find: impl FnOnce() -> Option<usize>) -> Option<usize> {
        let is_known = at >= self.from && self.found.is_some_and(|found| found.is_none_or(|found| found >= at));
        if !is_known {
            *self = Self { from: at, found: Some(find()) };
        }
        self.found.flatten()
    }
}

struct Scanner<'t> {
    text: &'t str,
    source: Source<'t>,
    /// What the text may cost whatever its length.
    base_effort: usize,
    anchors: &'t Anchors,
    regions: Vec<Region>,
    next_anchor: Ahead,
    next_splitter: Ahead,
    /// The end of the line at hand.
    line_end: usize,
    /// What stands in front of it.
    line_marks: LineMarks,
    /// The end of the last block comment.
    comments_end: usize,
    /// Classes and ids that stand in one sheet with an anchor.
    ad_selectors: HashSet<String>,
    /// Sheets found, by index of their region.
    sheets: Vec<(usize, Sheet)>,
    /// Ad elements whose end was not seen yet, the innermost last, with their networks.
    open_elements: Vec<(&'t str, Option<Arc<str>>)>,
}

impl<'t> Scanner<'t> {
    fn scan(&mut self, near_anchors: bool) {
        let (mut at, mut anchor) = (0, 0);
        while at < self.text.len() {
            if near_anchors && at > anchor && !self.awaits_tag(at) {
                let Some(next) = self.anchor_from(at) else { return };
                anchor = next;
                at = self.near(at, anchor);
            }
            at = self.scan_line(at);
        }
    }

    /// May a tag that belongs to an ad's element come next?
    fn awaits_tag(&self, at: usize) -> bool {
        let Some(last) = self.regions.last().filter(|_| !self.open_elements.is_empty()) else { return false };
        let between = self.text.get(last.span.end as usize..at).unwrap_or_default();
        between.trim().is_empty() && self.text[at..].trim_start().starts_with(['<', '&'])
    }

    /// The start of a line not too far before an anchor, or `at` if that is later.
    fn near(&self, at: usize, anchor: usize) -> usize {
        let far = anchor.saturating_sub(REACH);
        if far <= at {
            return at;
        }
        memchr::memrchr(b'\n', &self.text.as_bytes()[at..far]).map_or(at, |line| at + line + 1)
    }

    fn anchor_from(&mut self, at: usize) -> Option<usize> {
        self.next_anchor.at_or_after(at, || self.anchors.next_in(self.text, at))
    }

    /// Might an anchor stand on the rest of the line?
    fn has_anchor(&mut self, start: usize, end: usize) -> bool {
        let splitter = |this: &mut Self| {
            this.next_splitter
                .at_or_after(start, || Anchors::next_splitter(this.text, start))
                .is_some_and(|at| at < end)
        };
        self.anchor_from(start).is_some_and(|at| at < end) || splitter(self)
    }

    /// May a candidate at this place be read?
    fn has_credit(&self, at: usize) -> bool {
        self.source.work_done() < at.saturating_mul(EFFORT).saturating_add(self.base_effort)
    }

    /// Tries every candidate on one line; gives the place to go on from.
    fn scan_line(&mut self, start: usize) -> usize {
        if start >= self.line_end {
            self.line_end = line_end(self.text, start, self.text.len());
        }
        let end = self.line_end;
        let has_anchor = self.has_anchor(start, end);
        let is_line_start = start == 0 || self.text.as_bytes()[start - 1] == b'\n';
        if is_line_start && self.line_marks.end(self.text, start) == start {
            self.line_marks = LineMarks::of(self.text, start);
        }
        let start = if is_line_start { self.line_marks.end(self.text, start) } else { start };
        let (mut is_first, mut before, mut sentence) = (true, ' ', true);
        for (offset, character) in self.text[start..end].char_indices() {
            let at = start + offset;
            let is_boundary =
                is_first || !(before.is_alphanumeric() || matches!(before, '_' | '$' | '.' | '-' | '/' | '#' | '@'));
            let is_space = character.is_whitespace();
            let is_glued = before == '.' && has_anchor && is_glued_to_prose(self.text, at);
            // `https://`.
            let is_address = character == '/' && before == ':';
            if !is_space && !is_address && (is_boundary || is_glued) {
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
        if is_prose_start(self.source, at) || !self.has_credit(at) {
            return None;
        }
        let before = self.regions.len();
        self.source.charge(8);
        if let Some((end, anchor)) = markup_at(self.source, at, self.anchors) {
            self.push_plain(at, end, Language::Markup, Some(anchor));
            let opened = opened_element(self.source, at, end);
            self.open_elements.extend(opened.map(|element| (element, anchor.network().cloned())));
            return Some(end);
        }
        if let Some(end) = self.inner_tag(at) {
            return Some(end);
        }
        if let Some(sheet) = sheet_at(self.source, at) {
            let end = sheet.end;
            let anchor = self.anchors.of_markup(&self.text[at..end]);
            if anchor.is_some() {
                self.ad_selectors.extend(sheet.selectors.iter().cloned());
            }
            self.push_plain(at, end, Language::Css, anchor);
            let (start, end) = with_style_tags(self.source, at, end);
            let floor = before.checked_sub(1).map_or(0, |last| self.regions[last].span.end as usize);
            self.regions[before].span = Span::new(start.max(floor), end);
            self.sheets.push((before, sheet));
            return Some(end);
        }
        self.script(at, is_line_start);
        let last = self.regions.last().filter(|_| self.regions.len() > before)?;
        Some(last.span.end as usize)
    }

    /// A tag of an ad's element, where nothing but code stands before it.
    fn inner_tag(&mut self, at: usize) -> Option<usize> {
        let (element, network) = self.open_elements.last()?.clone();
        let last = self.regions.last()?.span.end as usize;
        let (end, is_end) = inner_tag(self.source, at, element).filter(|_| self.text[last..at].trim().is_empty())?;
        if is_end {
            self.open_elements.pop();
        }
        self.push_plain(at, end, Language::Markup, None);
        let region = self.regions.last_mut()?;
        (region.is_ad, region.network) = (true, network);
        Some(end)
    }

    fn push_plain(&mut self, start: usize, end: usize, language: Language, anchor: Option<&Anchor>) {
        let raw = &self.text[start..end];
        let (code, repairs) = match language {
            Language::Css if raw.contains(|c: char| c.is_ascii_uppercase()) => {
                (raw.to_ascii_lowercase(), vec!["capitalised-css"])
            }
            Language::Markup => meant_markup(raw),
            _ => (raw.to_owned(), Vec::new()),
        };
        let mut offsets = OffsetMap::verbatim(start);
        if code.len() != raw.len() {
            offsets = OffsetMap::empty();
            offsets.push_replaced(0, Span::new(start, end));
        }
        self.regions.push(Region {
            span: Span::new(start, end),
            code,
            offsets,
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
        let (text, end, comments_end) = (self.source, self.text.len(), self.comments_end);
        let line_marks = self.line_marks;
        let lexer = Lexer { text, at, end, joins_lines, line_marks, has_private_names: false, comments_end };
        Recogniser::read(lexer, is_inside_object, takes_orphans)
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
        let mended = mend(self.source, run, first, last, self.anchors);
        // A comment between two groups belongs to the first.
        let taken = self.regions.last().map_or(0, |region| region.span.end as usize);
        let lead = (leading(&run.tokens, first)..first).find(|&at| run.tokens[at].start >= taken).unwrap_or(first);
        let start = self.with_line_marks(run.tokens[lead].start).max(taken);
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

    /// The start of a marked line whose first word is code.
    fn with_line_marks(&self, start: usize) -> usize {
        let near = start.saturating_sub(LONGEST_MARKS);
        let line = match memchr::memrchr(b'\n', &self.text.as_bytes()[near..start]) {
            Some(end) => near + end + 1,
            None if near == 0 => 0,
            None => return start,
        };
        let end = self.line_marks.end(self.text, line);
        if end > line && end <= start && self.text[end..start].trim().is_empty() { line } else { start }
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
fn is_prose_start(source: Source<'_>, at: usize) -> bool {
    const WORDS: [&str; 18] = [
        "var", "let", "const", "function", "return", "if", "for", "while", "typeof", "new", "async", "defer", "try",
        "do", "void", "throw", "delete", "switch",
    ];
    let text = &source.text[at..];
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    if text[end..].strip_prefix('.').is_some() && is_glued_to_prose(source.text, at + end + 1) {
        return true;
    }
    let is_class = || &text[..end] == "class" && is_head_of_class(&ahead(source, at + end, source.len()));
    let is_followed = text[end..].strip_prefix(' ').is_some_and(|rest| rest.starts_with(char::is_alphabetic));
    end > 0
        && is_followed
        && !matches!(&text[end + 1..], rest if rest.starts_with("in ") || rest.starts_with("instanceof "))
        && !is_class()
        && !WORDS.iter().any(|word| text[..end].eq_ignore_ascii_case(word))
}

/// `left the room.googletag.cmd.push(…`: code right behind the full stop of a sentence.
fn is_glued_to_prose(text: &str, at: usize) -> bool {
    const NEAR: usize = 80;
    let before = &text[text.ceil_char_boundary(at.saturating_sub(NEAR))..at];
    let Some(sentence) = before.strip_suffix('.') else { return false };
    let is_letter = |c: char| c.is_alphabetic();
    let word = sentence.trim_end_matches(is_letter);
    let is_prose = word.len() + 1 < sentence.len()
        && word.strip_suffix(' ').is_some_and(|rest| rest.ends_with(char::is_alphanumeric));
    is_prose && is_code_start(&text[at..])
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
    const STUMP: usize = 40;
    const NEAR: usize = 64;
    let near = &rest[..rest.floor_char_boundary(NEAR)];
    let line = match near.find('\n') {
        Some(end) => &near[..end],
        None if near.len() == rest.len() => near,
        None => return None,
    };
    let stump = ["[...]", "[…]", "…", "..."].iter().find_map(|mark| line.trim_end().strip_suffix(mark))?;
    let is_stump = stump.len() < STUMP && (stump.trim().is_empty() || !stump.contains(char::is_whitespace));
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

#[cfg(test)]
mod tests {
    use super::super::mend::{PARSE_COST, TRIES};
    use super::*;

    /// Texts made to be read again and again, each as a piece that is repeated.
    const HOSTILE: [&str; 34] = [
        "He said. pbjs.que = 1; ",
        "pbjs.que.push(1); ",
        "pbjs ",
        "pbjs(",
        "pbjs([{",
        "a(b, ",
        "{ pbjs: {",
        "pbjs = [1, 2, 3, ",
        "pbjs, 'a",
        "pbjs “a ",
        "return’a pbjs ",
        "l’homme pbjs d’état ",
        "(‘a’b ",
        "\\\"pbjs ",
        "&quot;pbjs&amp;quot; ",
        "&amp;amp;amp;lt;pbjs ",
        "<ins class=adsbygoogle ",
        "<ins class='adsbygoogle' ",
        "<!-- adsbygoogle ",
        "<p <p '<p pbjs ",
        "&lt;p &lt;br pbjs ",
        "/* pbjs\n\n",
        "/* pbjs ",
        "// pbjs a = ",
        "pbjs /a/ /",
        "([......",
        "pbjs...",
        ".adsbygoogle {a: b} ",
        "@media x {.adsbygoogle {a: b} ",
        ".adsbygoogle {a: b; c ",
        "pbjs = 'MTUybWVkaWEuY29tMTUybWVkaWEuY29tMTUybWVkaWEuY29t' + ",
        "Var pbjs If ( ",
        "pbjs.a\n.b\n",
        "a; b; c; pbjs; ",
    ];

    /// So little for any text that short ones show how the work grows.
    const LITTLE: usize = 1 << 13;

    fn work_of(text: &str, near_anchors: bool) -> usize {
        let work = Work::default();
        let _ = scanned(Source::new(text, &work), &Anchors::default(), near_anchors, LITTLE);
        work.done()
    }

    #[test]
    fn work_is_a_multiple_of_the_length_whatever_the_text() {
        const LENGTHS: [usize; 2] = [1_500, 6_000];
        // Each region is parsed, again and again where it was cut off.
        const MOST: usize = EFFORT + TRIES * PARSE_COST;
        for piece in HOSTILE {
            for near_anchors in [true, false] {
                let texts = LENGTHS.map(|length| piece.repeat(length / piece.len()));
                let [less, more] = texts.each_ref().map(|text| work_of(text, near_anchors));
                let most = texts[1].len() * MOST + LITTLE;
                assert!(more <= most, "`{piece}`: {more} where {most} are allowed");
                let grown = 6 * less + LITTLE;
                assert!(more <= grown, "`{piece}`: {less} grows to {more} in a text four times as long");
            }
        }
    }
}

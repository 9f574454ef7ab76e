//! Strings between quotation marks of any look.
//!
//! A string ends at the first mark of its own family that stands where a string may
//! end, or with its line: a string that was cut off never reaches into the next one.

use super::glyph::{Glyph, Quote, is_invisible, is_typographic, quote_family};
use super::source::Source;
use super::tag::tag_in_string;
use super::token::Quoted;

/// Reads the string that starts at `at`, with its end; only its mark where no operand is due, as in `l’homme`.
pub(super) fn quoted_at(text: Source<'_>, at: usize, end: usize, is_operand: bool) -> Option<(Quoted, usize)> {
    let first = text.glyph(at)?;
    let is_escaped = first.character == '\\';
    let mark = if is_escaped { text.glyph(first.end)? } else { first };
    let family = quote_family(mark.character)?;
    if mark.end > end {
        return None;
    }
    let is_double = is_operand && !is_escaped && is_doubled(text, mark);
    let body_start = if is_double { text.glyph(mark.end)?.end } else { mark.end };
    let tex_end = if family == Quote::Back { tex_end(&text, body_start) } else { None };
    let quote = if tex_end.is_some() { Quote::Single } else { family };
    let opening = Opening { quote, mark, is_escaped, is_double };
    let is_mark = !is_operand && quote != Quote::Back;
    let (body_end, after, is_closed) =
        if is_mark { (mark.end, mark.end, false) } else { opening.close(text, body_start, end) };
    let is_typographic = is_typographic(mark.character) || tex_end.is_some();
    let closing = text.glyph(body_end).filter(|_| is_closed).map_or(0, |closing| closing.layers);
    let layers = mark.layers.max(closing);
    let body = (body_start.min(body_end), body_end);
    let body = if matches!(mark.character, '«' | '‹' | '»' | '›') { without_spaces(text, body) } else { body };
    let quoted = Quoted { quote, is_typographic, layers, is_escaped, is_closed, body };
    Some((quoted, after))
}

/// The most bytes that a string may have; what is longer was not closed.
const LONGEST_STRING: usize = 1 << 16;

struct Opening {
    quote: Quote,
    mark: Glyph,
    is_escaped: bool,
    /// It was written twice, as in `""a""`.
    is_double: bool,
}

impl Opening {
    /// Where the body ends, where the string ends, and whether it has a closing mark.
    fn close(&self, text: Source<'_>, start: usize, end: usize) -> (usize, usize, bool) {
        let (mut at, mut fallback) = (start, None);
        let end = end.min(start.saturating_add(LONGEST_STRING));
        while let Some(glyph) = text.glyph(at).filter(|_| at < end) {
            if let Some(after) = tag_in_string(text, at) {
                at = after;
                continue;
            }
            if glyph.character == '\n'
                && self.quote != Quote::Back
                && let Some(next) = self.wrapped(text, start, at)
            {
                at = next;
                continue;
            }
            if glyph.character == '\n'
                && !(self.quote == Quote::Back && is_more_of_a_template(&text[start..at], &text[at..end]))
            {
                break;
            }
            if glyph.character == '\\' {
                let Some(next) = text.glyph(glyph.end) else { break };
                if self.is_escaped && self.is_same(next) {
                    return (at, next.end, true);
                }
                at = next.end;
                continue;
            }
            if !self.is_escaped && self.is_same(glyph) && !is_apostrophe(&text, at, glyph) {
                if self.is_double {
                    let second = text
                        .glyph(glyph.end)
                        .filter(|&second| quote_family(second.character) == quote_family(glyph.character));
                    return (at, second.map_or(glyph.end, |second| second.end), true);
                }
                // What this mark opens, an odd one has closed before.
                let odd = fallback.filter(|_| is_opening(&text[..at]));
                let swallowed = || swallowed(&text[start..at]).map(|length| (start + length, start + length, false));
                return odd.or_else(swallowed).unwrap_or((at, glyph.end, true));
            }
            // A mark of the other family closes only what nothing else closes.
            let is_odd = is_typographic(glyph.character)
                || quote_family(glyph.character).is_some_and(|_| is_typographic(self.mark.character));
            if fallback.is_none() && is_odd && is_before_punct(&text, glyph.end) {
                fallback = Some((at, glyph.end, true));
            }
            at = glyph.end;
        }
        let unclosed = || {
            let line = text[start..at].find('\n').map_or(at, |length| start + length);
            let cut = lost_mark(&text, start, line);
            (cut, cut, false)
        };
        fallback.filter(|_| self.quote != Quote::Back).unwrap_or_else(unclosed)
    }

    /// Where a string goes on that a mail program broke in two, if its next line ends it with its first word.
    fn wrapped(&self, text: Source<'_>, start: usize, line_end: usize) -> Option<usize> {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.' | ':' | '#' | '@' | '=' | '?');
        let next = line_end + 1 + wrap_length(&text[line_end + 1..]);
        let below = &text[next..text.text.floor_char_boundary(next + LONGEST_WORD)];
        let length = below.find(|c| !is_part(c)).filter(|&length| length > 0)?;
        let mark = text.glyph(next + length).filter(|&mark| self.is_same(mark))?;
        let is_body = line_end > start && text[start..line_end].chars().all(is_part);
        (is_body && is_before_punct(&text, mark.end)).then_some(next)
    }

    /// May this mark close the string?
    fn is_same(&self, glyph: Glyph) -> bool {
        let is_family = quote_family(glyph.character) == Some(self.quote);
        // A plain mark of code that is otherwise intact is not closed by an apostrophe of typography.
        let is_look = is_typographic(self.mark.character) || !is_typographic(glyph.character);
        // Some encoders write references for closing marks and leave opening ones.
        let is_layer = glyph.layers == self.mark.layers
            || (is_typographic(self.mark.character) && is_typographic(glyph.character));
        is_family && is_look && is_layer
    }
}

/// The most bytes of a word that a mail program broke in two.
const LONGEST_WORD: usize = 200;

/// The length of what stands between two halves of a string: blanks, and marks of quotes.
pub(super) fn wrap_length(below: &str) -> usize {
    below.len() - below.trim_start_matches([' ', '\t', '>']).len()
}

/// Where a string ends whose closing mark is lost: before the bracket that closes its call, else with its first
/// word where more follows than code that was cut off would have.
fn lost_mark(text: &str, start: usize, end: usize) -> usize {
    const STUMP: usize = 60;
    let body = &text[start..end];
    // What a teaser puts in place of the rest is no part of it.
    let body = [" [...]", " […]", "[...]", "[…]", "...", "…"]
        .iter()
        .filter_map(|mark| body.find(mark))
        .min()
        .map_or(body, |at| &body[..at]);
    let call =
        body.match_indices(')').map(|(at, _)| at).find(|&at| body[at + 1..].trim_start().starts_with([';', ')', '}']));
    let word = || body.find(char::is_whitespace).filter(|_| body.len() > STUMP);
    start + call.or_else(word).unwrap_or(body.len())
}

/// `""a`, `''a`: a mark that was written twice, for no string is empty and followed by a word.
fn is_doubled(text: Source<'_>, mark: Glyph) -> bool {
    let Some(second) =
        text.glyph(mark.end).filter(|second| quote_family(second.character) == quote_family(mark.character))
    else {
        return false;
    };
    let is_body = |c: char| c.is_alphanumeric() || matches!(c, '/' | '_' | '#');
    second.layers == mark.layers && text[second.end..].starts_with(is_body)
}

/// `` `a' ``: where a word ends that is quoted as TeX does; no template holds just that.
fn tex_end(text: &str, start: usize) -> Option<usize> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.' | ':' | '#' | '@');
    let rest = &text[start..];
    let length = rest.find(|c| !is_word(c)).filter(|&length| length > 0)?;
    let mark = rest[length..].chars().next().filter(|&c| quote_family(c) == Some(Quote::Single))?;
    Some(start + length + mark.len_utf8())
}

/// May a template go on behind this line end? Prose is behind a blank line, unless it is one of markup.
fn is_more_of_a_template(body: &str, rest: &str) -> bool {
    let below = rest[1..].trim_start_matches([' ', '\t', '\r']);
    !below.starts_with('\n') || body.contains('<') || below.trim_start().starts_with('<')
}

/// Where a string ended that has lost its closing mark, if it holds entries of the object behind it: `a, bids: [{`.
fn swallowed(body: &str) -> Option<usize> {
    let is_code = |c: char| matches!(c, '{' | '[' | '(' | '<' | ';' | '"' | '\'');
    let end = body.find([',', '}'])?;
    let (value, rest) = body.split_at(end);
    let entry = rest.trim_start_matches(|c: char| matches!(c, ',' | '}' | ']') || c.is_whitespace());
    let key = entry.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|&length| length > 0)?;
    let is_object = entry[key..].strip_prefix(':').is_some_and(|rest| rest.trim_start().starts_with(['{', '[']));
    (is_object && !value.is_empty() && !value.contains(is_code)).then_some(end)
}

/// Is a mark that stands behind this text the first of a string?
fn is_opening(before: &str) -> bool {
    before.trim_end_matches([' ', '\u{a0}']).ends_with([':', ',', '(', '[', '=', '{', '+'])
}

/// French editors put spaces inside the marks, which are part of them.
fn without_spaces(text: Source<'_>, (start, end): (usize, usize)) -> (usize, usize) {
    const SPACES: [&str; 7] = [" ", "\u{a0}", "\u{202f}", "\u{2009}", "&nbsp;", "&#160;", "&thinsp;"];
    let body = &text[start..end];
    let head = SPACES.iter().find_map(|space| body.strip_prefix(space));
    let inner = head.and_then(|head| Some((head, SPACES.iter().find_map(|space| head.strip_suffix(space))?)));
    inner.map_or((start, end), |(head, inner)| (end - head.len(), end - head.len() + inner.len()))
}

/// `It’s`: between two letters a mark of a typographic string is part of the text.
fn is_apostrophe(text: &str, at: usize, glyph: Glyph) -> bool {
    let is_letter = |character: Option<char>| character.is_some_and(char::is_alphabetic);
    matches!(glyph.character, '’' | 'ʼ' | '\u{92}' | '\u{fffd}')
        && is_letter(text[..at].chars().next_back())
        && is_letter(text[glyph.end..].chars().next())
}

/// Does an operator, bracket or line end follow?
fn is_before_punct(text: &str, at: usize) -> bool {
    let rest = text[at..].trim_start_matches(|c: char| (c.is_whitespace() && c != '\n') || is_invisible(c));
    rest.is_empty() || rest.starts_with([',', ')', ']', '}', ';', ':', '+', '\n'])
}

#[cfg(test)]
mod tests {
    use super::super::source::Work;
    use super::*;

    fn read(text: &str) -> &str {
        let work = Work::default();
        let source = Source::new(text, &work);
        quoted_at(source, 0, text.len(), true).map_or("", |(_, end)| &text[..end])
    }

    #[test]
    fn a_string_ends_with_a_mark_of_its_family() {
        assert_eq!(read("‘a“b’, c"), "‘a“b’");
        assert_eq!(read("’a’) ’"), "’a’");
        assert_eq!(read("‘It’s’;"), "‘It’s’");
        assert_eq!(read("&quot;a'b&quot;x"), "&quot;a'b&quot;");
        assert_eq!(read("\\\"a\\\" b"), "\\\"a\\\"");
    }

    #[test]
    fn a_string_ends_with_an_odd_mark_where_another_begins_behind_it() {
        assert_eq!(read("'a’, b: 'c'"), "'a’");
        assert_eq!(read("'the boys’, and' "), "'the boys’, and'");
        assert_eq!(read("\"\"a\"\", b"), "\"\"a\"\"");
        assert_eq!(read("\"\", b"), "\"\"");
        assert_eq!(read("`a-1', `b'"), "`a-1'");
    }

    #[test]
    fn a_string_without_its_mark_ends_before_the_next_entry() {
        assert_eq!(read("'u1, bids: [{ bidder: 'ix'"), "'u1");
        assert_eq!(read("'u1, bids: 2'"), "'u1, bids: 2'");
        assert_eq!(read("'{a: 1, b: [2]}'"), "'{a: 1, b: [2]}'");
    }

    #[test]
    fn a_template_does_not_swallow_prose() {
        assert_eq!(read("`slot-\n\nHe said `a`"), "`slot-");
        assert_eq!(read("`<p>\n\n</p>` b"), "`<p>\n\n</p>`");
    }

    #[test]
    fn a_string_that_lost_its_end_does_not_swallow_prose() {
        assert_eq!(read("'div-1); }); He said"), "'div-1");
        assert_eq!(read("'abc\nHe said"), "'abc");
    }
}

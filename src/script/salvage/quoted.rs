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
    let quote = quote_family(mark.character)?;
    if mark.end > end {
        return None;
    }
    let body_start = mark.end;
    let opening = Opening { quote, mark, is_escaped };
    let is_mark = !is_operand && quote != Quote::Back;
    let (body_end, after, is_closed) =
        if is_mark { (body_start, body_start, false) } else { opening.close(text, body_start, end) };
    let is_typographic = is_typographic(mark.character);
    let closing = text.glyph(body_end).filter(|_| is_closed).map_or(0, |closing| closing.layers);
    let layers = mark.layers.max(closing);
    let quoted = Quoted { quote, is_typographic, layers, is_escaped, is_closed, body: (body_start, body_end) };
    Some((quoted, after))
}

/// The most bytes that a string may have; what is longer was not closed.
const LONGEST_STRING: usize = 1 << 16;

struct Opening {
    quote: Quote,
    mark: Glyph,
    is_escaped: bool,
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
            if glyph.character == '\n' && self.quote != Quote::Back {
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
                return (at, glyph.end, true);
            }
            // A mark of the other family closes only what nothing else closes.
            if fallback.is_none() && is_typographic(glyph.character) && is_before_punct(&text, glyph.end) {
                fallback = Some((at, glyph.end, true));
            }
            at = glyph.end;
        }
        let cut = if self.quote == Quote::Back { start } else { lost_mark(&text, start, at) };
        let unclosed = (cut, cut, false);
        fallback.unwrap_or(unclosed)
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

/// Where a string ends whose closing mark is lost: before the bracket that closes its call, else with its first
/// word where more follows than code that was cut off would have.
fn lost_mark(text: &str, start: usize, end: usize) -> usize {
    const STUMP: usize = 60;
    let body = &text[start..end];
    let call =
        body.match_indices(')').map(|(at, _)| at).find(|&at| body[at + 1..].trim_start().starts_with([';', ')', '}']));
    let word = || body.find(char::is_whitespace).filter(|_| body.len() > STUMP);
    start + call.or_else(word).unwrap_or(body.len())
}

/// `It’s`: between two letters a mark of a typographic string is part of the text.
fn is_apostrophe(text: &str, at: usize, glyph: Glyph) -> bool {
    let is_letter = |character: Option<char>| character.is_some_and(char::is_alphabetic);
    glyph.character == '’' && is_letter(text[..at].chars().next_back()) && is_letter(text[glyph.end..].chars().next())
}

/// Does an operator, bracket or line end follow?
fn is_before_punct(text: &str, at: usize) -> bool {
    let rest = text[at..].trim_start_matches(|c| matches!(c, ' ' | '\u{a0}') || is_invisible(c));
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
    fn a_string_that_lost_its_end_does_not_swallow_prose() {
        assert_eq!(read("'div-1); }); He said"), "'div-1");
        assert_eq!(read("'abc\nHe said"), "'abc");
    }
}

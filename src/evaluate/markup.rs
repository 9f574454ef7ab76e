//! Markup that scripts write, in one piece or in many: `document.write("<script src='")`, then the URL, then the rest.
//!
//! What one call leaves open, a tag or a script element, the next call goes on with, as it does in a browser. Writes that
//! happen under a condition add something unknown to it. The first event has all of the markup; the events of the other
//! calls get the same, for a verdict to cut all calls or none.

use super::abstract_value::{Abstract, Piece};
use super::event::EventKind;
use super::machine::Machine;
use super::value::Value;
use memchr::memchr;
use swc_common::Span;

/// Bytes of markup that calls are joined to.
const JOINED: usize = 16 << 10;

/// What document.write has not ended yet.
#[derive(Debug, Default)]
pub(super) struct OpenMarkup {
    /// Alternatives of one piece of markup, by place among what was written.
    written: Vec<usize>,
    /// How many facts were taken to hold where it began.
    facts: usize,
    /// The events of calls that went on with markup, each with the event of the call that began it.
    continued: Vec<(usize, usize)>,
}

impl Machine<'_> {
    /// Notes HTML that a script puts into the page by an element or method of it, whole.
    pub(super) fn add_markup(&mut self, arguments: &[Abstract], span: Span) {
        let html = self.joined(arguments, span);
        self.begin_markup(&html, span);
    }

    /// `document.write(…)`: what the calls before left open goes on.
    pub(super) fn write_markup(&mut self, arguments: &[Abstract], span: Span) {
        let html = self.joined(arguments, span);
        if !self.open_markup.written.is_empty() && !begins_tag(&html) {
            self.continue_markup(&html, span);
            return;
        }
        let first = self.written.len();
        self.begin_markup(&html, span);
        let open = (first..self.written.len()).filter(|&at| is_open(&self.written[at].arguments[0]));
        let open: Vec<usize> = open.collect();
        if self.open_markup.written.is_empty() {
            self.open_markup.facts = self.conditions.facts().len();
        }
        self.open_markup.written.extend(open);
        self.open_markup.written.truncate(self.limits.alternatives);
    }

    /// Nothing is left open: another script begins, or the page has read what was written.
    pub(super) fn end_markup(&mut self) -> Vec<(usize, usize)> {
        self.open_markup.written.clear();
        std::mem::take(&mut self.open_markup.continued)
    }

    fn joined(&mut self, arguments: &[Abstract], span: Span) -> Abstract {
        let mut html = Abstract::text("");
        for argument in arguments {
            html = self.concat(&html, argument, span);
        }
        html
    }

    fn begin_markup(&mut self, html: &Abstract, span: Span) {
        let all: Vec<Abstract> = match html {
            Abstract::Any(choices) => choices.iter().map(|choice| choice.value.clone()).collect(),
            one => vec![one.clone()],
        };
        for html in all.into_iter().filter(|html| known(html).any(|text| text.contains('<'))) {
            self.note_made_markup(&html);
            self.record(EventKind::Markup { html: Value::Undefined }, vec![html], span);
        }
    }

    fn continue_markup(&mut self, html: &Abstract, span: Span) {
        let mut open = std::mem::take(&mut self.open_markup.written);
        let first = self.written[open[0]].event;
        let is_sure =
            self.conditions.facts().len() <= self.open_markup.facts || known(html).any(|text| text.contains('>'));
        let more = if is_sure && !matches!(html, Abstract::Any(_)) { html.clone() } else { self.unknown(span) };
        open.retain(|&at| {
            let before = self.written[at].arguments[0].clone();
            let html = self.concat(&before, &more, span);
            let is_open = known(&html).map(str::len).sum::<usize>() <= JOINED && is_open(&html);
            self.written[at].arguments[0] = html;
            is_open
        });
        self.open_markup.written = open;
        if self.events.len() < self.limits.events {
            self.open_markup.continued.push((self.events.len(), first));
            self.add_event(EventKind::Markup { html: Value::Undefined }, span);
        }
    }
}

/// What is known of a text.
fn known(html: &Abstract) -> impl Iterator<Item = &str> {
    let (whole, pieces) = match html {
        Abstract::String(text) => (Some(text.as_str()), &[][..]),
        Abstract::Text(pieces) => (None, &pieces[..]),
        _ => (None, &[][..]),
    };
    let pieces = pieces.iter().filter_map(|piece| match piece {
        Piece::Known(text) => Some(text.as_str()),
        Piece::Unknown(_) => None,
    });
    whole.into_iter().chain(pieces)
}

/// Does the other branch of a condition begin the same markup in its own way?
fn begins_tag(html: &Abstract) -> bool {
    let start = known(html).next().map(|text| text.trim_start().as_bytes());
    matches!(start, Some([b'<', next, ..]) if next.is_ascii_alphabetic())
}

fn is_open(html: &Abstract) -> bool {
    let html: String = known(html).collect();
    ends_inside(html.as_bytes())
}

/// Does the markup end in a tag or in a script?
fn ends_inside(html: &[u8]) -> bool {
    let mut at = 0;
    while let Some(start) = memchr(b'<', &html[at..]).map(|found| at + found) {
        let name = &html[start + 1..];
        if !name.first().is_none_or(u8::is_ascii_alphabetic) {
            at = start + 1;
            continue;
        }
        let Some(end) = end_of_tag(&html[start..]) else { return true };
        at = start + end;
        if name.get(..6).is_some_and(|name| name.eq_ignore_ascii_case(b"script")) {
            let is_end = |window: &[u8]| window.eq_ignore_ascii_case(b"</script");
            let Some(close) = html[at..].windows(8).position(is_end) else { return true };
            at += close;
        }
    }
    false
}

/// Where a tag ends; a `>` in quotes does not end it.
fn end_of_tag(tag: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (at, &byte) in tag.iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if byte == open => quote = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::ends_inside;

    #[test]
    fn tags_and_scripts_are_left_open_by_what_does_not_end_them() {
        for open in
            ["<", "<scr", "<script src='a", "<img alt='a>b", "<p>a</p><script>", "<script>a</scr", "<a b=\"'\" "]
        {
            assert!(ends_inside(open.as_bytes()), "{open}");
        }
        for closed in
            ["", "a < b", "<p>", "</p", "<script src='a'></script>", "<img alt='a>b'> \"", "<script></SCRIPT>"]
        {
            assert!(!ends_inside(closed.as_bytes()), "{closed}");
        }
    }
}

//! Text of a page into which code may have leaked: its stretches, and what kind of page it is.
//!
//! Editors put `<br>` and `<p>` between the lines of code, so a stretch of text goes on over such tags. In: the page
//! and a place in its text. Out: the stretch around it, each once. All of a page's stretches cost one pass over it.

use crate::base::Span;
use crate::clean::{Context, Marks};
use crate::script::{Anchors, line_tag_end};
use std::cell::OnceCell;
use std::ops::Range;

/// The text of one page, asked about in order.
pub(super) struct LeakedText<'p> {
    html: &'p str,
    marks: OnceCell<Marks>,
    context: OnceCell<Context>,
    /// Where the page itself ends; behind it stand texts that were saved with it.
    page_length: usize,
    /// The stretch that was given last.
    last: Range<usize>,
}

impl<'p> LeakedText<'p> {
    pub(super) fn new(html: &'p str, page_length: usize) -> Self {
        Self { html, marks: OnceCell::new(), context: OnceCell::new(), page_length, last: 0..0 }
    }

    /// The stretch of text around a piece of it; `None` if it was part of an earlier one.
    pub(super) fn stretch(&mut self, piece: Span) -> Option<Range<usize>> {
        let piece = piece.range();
        if self.last.contains(&piece.start) {
            return None;
        }
        // Frames are read in between, so the last stretch may stand behind.
        let floor = if self.last.end <= piece.start { self.last.end } else { 0 };
        self.last = self.start_of(piece.start, floor)..self.end_of(piece.end);
        Some(self.last.clone())
    }

    fn start_of(&self, at: usize, floor: usize) -> usize {
        let mut start = at;
        while start > floor && self.html.as_bytes()[start - 1] == b'>' {
            let before = &self.html[self.html.ceil_char_boundary(start.saturating_sub(TAG).max(floor))..start];
            let Some(tag) = before.rfind('<').map(|at| start - before.len() + at) else { break };
            if line_tag_end(self.html, tag) != Some(start) {
                break;
            }
            let text = memchr::memrchr(b'>', &self.html.as_bytes()[floor..tag]);
            start = text.map_or(floor, |at| floor + at + 1);
        }
        start
    }

    fn end_of(&self, at: usize) -> usize {
        let mut end = at;
        while let Some(tag) = line_tag_end(self.html, end) {
            end = memchr::memchr(b'<', &self.html.as_bytes()[tag..]).map_or(self.html.len(), |at| tag + at);
        }
        end
    }

    /// Does the page show code here, as in a `<pre>`?
    pub(super) fn is_sample(&self, at: usize) -> bool {
        self.marks().is_in_element(at)
    }

    /// Is it a page on which code is shown for its own sake?
    pub(super) fn is_near_code(&self, anchors: &Anchors) -> bool {
        self.context(anchors).is_near_code
    }

    /// What the page is about, and whether it shows code here.
    pub(super) fn context_at(&self, at: usize, anchors: &Anchors) -> Context {
        Context { is_sample: self.is_sample(at), ..self.context(anchors).clone() }
    }

    fn marks(&self) -> &Marks {
        self.marks.get_or_init(|| Marks::of_html(self.page()))
    }

    fn context(&self, anchors: &Anchors) -> &Context {
        self.context.get_or_init(|| {
            let prose = prose(self.page());
            let context = Context::of_prose(&prose, anchors);
            // A page of nothing but samples shows them.
            let has_prose = prose.split_whitespace().nth(PROSE).is_some();
            Context { is_near_code: context.is_near_code || !has_prose, ..context }
        })
    }

    fn page(&self) -> &'p str {
        &self.html[..self.page_length]
    }
}

/// Words without which a page has nothing to say.
const PROSE: usize = 12;

/// The longest tag between two lines, in bytes.
const TAG: usize = 400;

/// What people read on a page, roughly: no scripts, style sheets or tags, and no lines that look like code.
fn prose(html: &str) -> String {
    let (mut prose, mut at) = (String::with_capacity(html.len() / 4), 0);
    while let Some(tag) = memchr::memchr(b'<', &html.as_bytes()[at..]).map(|found| at + found) {
        push_prose(&html[at..tag], &mut prose);
        prose.push(if is_inline(&html[tag + 1..]) { ' ' } else { '\n' });
        at = tag_end(html, tag);
    }
    push_prose(&html[at..], &mut prose);
    prose
}

fn push_prose(text: &str, prose: &mut String) {
    let is_code = |line: &str| line.contains(['{', '}', '=', ';']);
    for line in text.split_inclusive('\n').filter(|line| !is_code(line)) {
        prose.push_str(line);
    }
}

/// Behind a tag; behind the whole of an element that nobody reads.
fn tag_end(html: &str, tag: usize) -> usize {
    let name = |name: &str| {
        html.as_bytes().get(tag + 1..tag + 1 + name.len()).is_some_and(|got| got.eq_ignore_ascii_case(name.as_bytes()))
    };
    let hidden = ["script", "style", "template", "svg"].into_iter().find(|hidden| name(hidden));
    let close = match hidden {
        Some(hidden) => format!("</{hidden}"),
        None if name("!--") => "-->".to_owned(),
        None => ">".to_owned(),
    };
    let find = |from: usize, what: &str| {
        memchr::memmem::find(&html.as_bytes()[from..], what.as_bytes()).map_or(html.len(), |at| from + at + what.len())
    };
    let end = find(tag, &close);
    if hidden.is_some() { find(end, ">") } else { end }
}

/// Is it a tag inside a sentence?
fn is_inline(tag: &str) -> bool {
    const INLINE: [&str; 12] = ["a", "b", "i", "u", "em", "strong", "code", "span", "tt", "kbd", "small", "mark"];
    let name = tag.trim_start_matches('/');
    let length = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    INLINE.iter().any(|inline| name[..length].eq_ignore_ascii_case(inline))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch<'h>(html: &'h str, word: &str) -> &'h str {
        let at = html.find(word).unwrap();
        &html[LeakedText::new(html, html.len()).stretch(Span::new(at, at + word.len())).unwrap()]
    }

    #[test]
    fn a_stretch_goes_on_over_tags_of_lines() {
        let html = "<h1>T</h1><div><p>one<br />two</p>\n<p>three</p><em>four</em>";
        assert_eq!(stretch(html, "two"), "<div><p>one<br />two</p>\n<p>three</p>");
        assert_eq!(stretch("<b>one</b>two<br>three", "two"), "two<br>three");
        assert_eq!(stretch("one", "one"), "one");
    }

    #[test]
    fn what_nobody_reads_is_no_prose() {
        let read =
            prose("<p>Read <b>this</b></p><script>var javascript = 1</script><!-- css --><style>html{}</style>on");
        assert_eq!(read.split_whitespace().collect::<Vec<_>>(), ["Read", "this", "on"]);
    }
}

//! SVG and MathML: inside them scripts, styles and titles are read as markup, and CDATA sections exist.
//!
//! Only while such an element is open its open descendants are kept, so that end tags
//! and elements that break out of it are understood as the HTML standard says.

use super::tag::{RawAttribute, Tag, key};

/// Open elements that are kept; deeper ones are taken for closed.
const MAX_OPEN: usize = 512;
/// How far up an end tag looks for its element.
const MAX_LOOK: usize = 64;

pub(super) const SVG: u64 = key(b"svg");
pub(super) const MATH: u64 = key(b"math");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Space {
    Foreign,
    /// A foreign element whose content is HTML.
    Integration,
    Html,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    key: u64,
    space: Space,
}

/// The open elements from the outermost `<svg>` or `<math>` on.
#[derive(Debug, Default)]
pub(super) struct Foreign {
    open: Vec<Open>,
}

impl Foreign {
    /// May a CDATA section stand here?
    pub(super) fn allows_cdata(&self) -> bool {
        self.open.last().is_some_and(|open| open.space != Space::Html)
    }

    /// Takes a start tag in; is its element foreign?
    #[inline]
    pub(super) fn start(&mut self, tag: &Tag, source: &[u8], attributes: &[RawAttribute]) -> bool {
        if self.open.is_empty() && tag.key != SVG && tag.key != MATH {
            return false;
        }
        self.start_slowly(tag, source, attributes)
    }

    fn start_slowly(&mut self, tag: &Tag, source: &[u8], attributes: &[RawAttribute]) -> bool {
        if self.is_inside_foreign() && breaks_out(tag.key, source, attributes) {
            while self.open.last().is_some_and(|open| open.space == Space::Foreign) {
                self.open.pop();
            }
        }
        let is_foreign = self.is_inside_foreign() || tag.key == SVG || tag.key == MATH;
        let is_empty = if is_foreign { tag.is_self_closing } else { has_no_end_tag(tag.key) };
        if !is_empty && (is_foreign || !self.open.is_empty()) && self.open.len() < MAX_OPEN {
            let space = if is_foreign { space_of(tag.key, source, attributes) } else { Space::Html };
            self.open.push(Open { key: tag.key, space });
        }
        is_foreign
    }

    fn is_inside_foreign(&self) -> bool {
        self.open.last().is_some_and(|open| open.space == Space::Foreign)
    }

    /// Takes an end tag in.
    #[inline]
    pub(super) fn end(&mut self, tag_key: u64) {
        if !self.open.is_empty() {
            self.end_slowly(tag_key);
        }
    }

    fn end_slowly(&mut self, tag_key: u64) {
        let is_html = self.open.last().is_some_and(|open| open.space == Space::Html);
        for at in (0..self.open.len()).rev().take(MAX_LOOK) {
            let open = self.open[at];
            // An HTML end tag does not look beyond the HTML part it stands in.
            if is_html && open.space != Space::Html {
                return;
            }
            if open.key == tag_key {
                self.open.truncate(at);
                return;
            }
        }
        if !is_html && !self.open.iter().any(|open| open.space != Space::Foreign) && closes_html(tag_key) {
            self.open.clear();
        }
    }
}

/// Foreign elements whose content is HTML.
fn space_of(tag_key: u64, source: &[u8], attributes: &[RawAttribute]) -> Space {
    const FOREIGN_OBJECT: u64 = key(b"foreignobject");
    const ANNOTATION: u64 = key(b"annotation-xml");
    const ALWAYS: [u64; 8] =
        [FOREIGN_OBJECT, key(b"desc"), key(b"title"), key(b"mi"), key(b"mo"), key(b"mn"), key(b"ms"), key(b"mtext")];
    let holds_html = || {
        attributes.iter().any(|attribute| {
            let value = &source[attribute.value.range()];
            let name = &source[attribute.name.range()];
            name.eq_ignore_ascii_case(b"encoding")
                && (value.eq_ignore_ascii_case(b"text/html") || value.eq_ignore_ascii_case(b"application/xhtml+xml"))
        })
    };
    if ALWAYS.contains(&tag_key) || (tag_key == ANNOTATION && holds_html()) {
        Space::Integration
    } else {
        Space::Foreign
    }
}

/// HTML elements that end SVG and MathML when they start inside it.
fn breaks_out(tag_key: u64, source: &[u8], attributes: &[RawAttribute]) -> bool {
    const NAMES: [&str; 44] = [
        "b",
        "big",
        "blockquote",
        "body",
        "br",
        "center",
        "code",
        "dd",
        "div",
        "dl",
        "dt",
        "em",
        "embed",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "hr",
        "i",
        "img",
        "li",
        "listing",
        "menu",
        "meta",
        "nobr",
        "ol",
        "p",
        "pre",
        "ruby",
        "s",
        "small",
        "span",
        "strong",
        "strike",
        "sub",
        "sup",
        "table",
        "tt",
        "u",
        "ul",
        "var",
    ];
    const KEYS: [u64; NAMES.len()] = keys(NAMES);
    const FONT: u64 = key(b"font");
    let is_styled = || {
        attributes.iter().any(|attribute| {
            let name = &source[attribute.name.range()];
            [&b"color"[..], b"face", b"size"].iter().any(|known| name.eq_ignore_ascii_case(known))
        })
    };
    KEYS.contains(&tag_key) || (tag_key == FONT && is_styled())
}

/// HTML elements that have no content, or whose content is skipped together with their end tag.
fn has_no_end_tag(tag_key: u64) -> bool {
    const NAMES: [&str; 23] = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
        "script", "style", "title", "textarea", "iframe", "xmp", "noembed", "noframes", "noscript",
    ];
    const KEYS: [u64; NAMES.len()] = keys(NAMES);
    KEYS.contains(&tag_key)
}

/// HTML elements whose end tag, standing in an unclosed `<svg>`, closes that too.
fn closes_html(tag_key: u64) -> bool {
    const NAMES: [&str; 36] = [
        "a", "article", "aside", "b", "body", "button", "center", "dd", "div", "dl", "em", "figure", "footer", "form",
        "h1", "h2", "h3", "h4", "header", "html", "i", "label", "li", "main", "nav", "ol", "p", "section", "span",
        "strong", "table", "td", "th", "tr", "ul", "br",
    ];
    const KEYS: [u64; NAMES.len()] = keys(NAMES);
    KEYS.contains(&tag_key)
}

const fn keys<const N: usize>(names: [&str; N]) -> [u64; N] {
    let mut keys = [0; N];
    let mut at = 0;
    while at < N {
        keys[at] = key(names[at].as_bytes());
        at += 1;
    }
    keys
}

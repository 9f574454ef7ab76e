//! Ad markup in text: tags that hold an anchor, escaped or not, and the attributes of a tag whose name was lost.
//!
//! In: a text and a place. Out: how far the markup reaches. Cost: the length of the tag.

use super::anchor::{Anchor, Anchors};
use super::glyph::{glyph_at, is_typographic, quote_family};
use super::quoted::quoted_at;
use super::source::Source;
use super::tag::{tag_end, tag_start};

/// The end of ad markup that starts at `at`, and its anchor.
pub(super) fn markup_at<'a>(text: Source<'_>, at: usize, anchors: &'a Anchors) -> Option<(usize, &'a Anchor)> {
    if let Some(name) = tag_start(text, at) {
        return if text[name..].starts_with("!--") {
            comment(text, at, name, anchors)
        } else {
            tag(text, at, name, anchors)
        };
    }
    attributes(text, at, anchors)
}

fn tag<'a>(text: Source<'_>, at: usize, name: usize, anchors: &'a Anchors) -> Option<(usize, &'a Anchor)> {
    if !text[name..].starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let end = tag_end(text, name)?;
    text.charge(end - at);
    let element = name_at(text, name);
    let anchor = anchors.of_markup(&text[at..end]).or_else(|| anchors.of_element(element))?;
    Some((closing_tag(text, end, element).unwrap_or(end), anchor))
}

/// The name of the element whose tag has it at `at`.
fn name_at(text: Source<'_>, at: usize) -> &str {
    let rest = &text.text[at..];
    &rest[..rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(rest.len())]
}

/// The element that a start tag leaves open, if a tag without its end stands there and nothing else.
pub(super) fn opened_element(text: Source<'_>, at: usize, end: usize) -> Option<&str> {
    let name = tag_start(text, at)?;
    let is_start = text[name..].starts_with(|c: char| c.is_ascii_alphabetic());
    (is_start && tag_end(text, name) == Some(end)).then(|| name_at(text, name))
}

/// What of an ad's element may follow on its start tag: the tag that ends it, or an empty element inside.
pub(super) fn inner_tag(text: Source<'_>, at: usize, element: &str) -> Option<(usize, bool)> {
    let name = tag_start(text, at)?;
    if let Some(after) = text[name..].strip_prefix('/') {
        let is_same = after.get(..element.len()).is_some_and(|got| got.eq_ignore_ascii_case(element));
        return if is_same { Some((tag_end(text, name + 1)?, true)) } else { None };
    }
    let end = tag_end(text, name).filter(|_| text[name..].starts_with(|c: char| c.is_ascii_alphabetic()))?;
    Some((closing_tag(text, end, name_at(text, name))?, false))
}

/// Tags as they were meant, and what was mended: references, backslashes and typographic marks are what they stand for.
pub(super) fn meant_markup(raw: &str) -> (String, Vec<&'static str>) {
    let (mut meant, mut repairs, mut at) = (String::with_capacity(raw.len()), Vec::new(), 0);
    let is_encoded = glyph_at(raw, 0).is_some_and(|first| first.layers > 0);
    let mut repaired = |repair| {
        if !repairs.contains(&repair) {
            repairs.push(repair);
        }
    };
    while let Some(glyph) = glyph_at(raw, at) {
        let family = quote_family(glyph.character).filter(|_| is_typographic(glyph.character));
        if let Some(family) = family {
            repaired("typographic-quotes");
            meant.push(family.plain());
        } else if glyph.character == '\\' && raw[glyph.end..].starts_with(['"', '\'', '/']) {
            repaired("backslashes");
        } else if glyph.layers > 0 && (is_encoded || raw[at..].starts_with('\\')) {
            repaired("entities");
            meant.push(glyph.character);
        } else {
            meant.push_str(&raw[at..glyph.end]);
        }
        at = glyph.end;
    }
    (meant, repairs)
}

/// A sheet with the tags of its `<style>` element.
pub(super) fn with_style_tags(text: Source<'_>, start: usize, end: usize) -> (usize, usize) {
    const LONGEST: usize = 160;
    let head = text[..start].trim_end();
    let near = text.text.ceil_char_boundary(head.len().saturating_sub(LONGEST));
    let is_tag =
        |&at: &usize| opened_element(text, at, head.len()).is_some_and(|name| name.eq_ignore_ascii_case("style"));
    let marks = memchr::memchr2_iter(b'<', b'&', &head.as_bytes()[near..]).map(|at| near + at);
    let start = marks.into_iter().find(is_tag).unwrap_or(start);
    (start, closing_tag(text, end, "style").unwrap_or(end))
}

/// The end of the closing tag that directly follows a tag.
fn closing_tag(text: Source<'_>, at: usize, name: &str) -> Option<usize> {
    let at = text.len() - text[at..].trim_start().len();
    let slash = tag_start(text, at)?;
    let after = text[slash..].strip_prefix('/')?;
    let is_same = after.get(..name.len()).is_some_and(|got| got.eq_ignore_ascii_case(name));
    if is_same { tag_end(text, slash + 1) } else { None }
}

fn comment<'a>(text: Source<'_>, at: usize, name: usize, anchors: &'a Anchors) -> Option<(usize, &'a Anchor)> {
    const LONGEST: usize = 400;
    let mut end = (name + LONGEST).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let body = &text[name..end];
    let ends = ["-->", "--&gt;"].iter().filter_map(|mark| Some((body.find(mark)?, mark.len())));
    let (inner, mark) = ends.min()?;
    let length = inner + mark;
    let is_code = body[..inner].contains(['{', ';', '=']);
    if is_code {
        return None;
    }
    anchors.of_markup(&text[at..name + length]).map(|anchor| (name + length, anchor))
}

/// `async src="…" crossorigin="anonymous"`: what was between `<script` and `>`.
fn attributes<'a>(text: Source<'_>, at: usize, anchors: &'a Anchors) -> Option<(usize, &'a Anchor)> {
    const ALONE: [&str; 3] = ["async", "defer", "crossorigin"];
    const MOST: usize = 16;
    let (mut at, mut end, mut anchor) = (at, at, None);
    for _ in 0..MOST {
        let rest = &text[at..];
        let length = rest.find(|c: char| !(c.is_ascii_alphabetic() || c == '-')).unwrap_or(rest.len());
        let name = &rest[..length];
        if let Some((quoted, after)) = value(text, at + length).filter(|_| length > 0) {
            anchor = anchor.or_else(|| anchors.of_markup(&text[quoted.0..quoted.1]));
            end = after;
        } else if ALONE.contains(&name) {
            end = at + length;
        } else {
            break;
        }
        at = text.len() - text[end..].trim_start().len();
    }
    anchor.map(|anchor| (end, anchor))
}

/// The body of `="…"` and its end.
fn value(text: Source<'_>, at: usize) -> Option<((usize, usize), usize)> {
    let mark = text[at..].starts_with('=').then_some(at + 1)?;
    let (quoted, end) = quoted_at(text, mark, text.len(), true)?;
    quoted.is_closed.then_some((quoted.body, end))
}

//! Walks over the markup of one source, token by token, as the HTML standard's tokenizer would.
//!
//! No tree is built. What the standard lets the tree decide (raw text, scripts, SVG) is
//! decided here from the element's name and [`Foreign`]. Time is linear in the source, times
//! the levels of markup in markup, which are bounded.

use super::adopt::adopt;
use super::attribute_code::{collect_attribute, may_hold_code, nest_value};
use super::collected::{Collected, Nested, NestedSource};
use super::element::{ElementKind, StartTag, kind_of};
use super::filter::Filter;
use super::foreign::Foreign;
use super::raw_text::{cdata_content, comment_end, foreign_script_end, raw_text_end, script_end};
use super::reference::{decode_mapped, decode_text};
use super::request_element::collect_requests;
use super::script_element::{Body, collect_script};
use super::tag::{RawAttribute, Tag, key, scan_tag, short_span};
use super::wanted_element::collect_element;
use super::{Page, Part, Style, Text};
use crate::base::{OffsetMap, Span};
use memchr::{memchr, memmem};
use std::borrow::Cow;
use std::ops::Range;

/// Walks over one source.
pub(super) struct Walker<'s, 'f> {
    source: &'s str,
    filter: &'f Filter,
    pub(super) collected: Collected<'s>,
    foreign: Foreign,
    /// Levels of markup in markup.
    level: u32,
    /// `<template>`s open around the current place.
    templates: u32,
    /// The last start tag's attributes; kept to be used again.
    attributes: Vec<RawAttribute>,
}

impl<'s, 'f> Walker<'s, 'f> {
    /// Is about to walk over a source that stands `level` levels of markup (and as many `<template>`s) deep.
    pub(super) fn new(source: &'s str, filter: &'f Filter, level: u32) -> Self {
        let collected = Collected::new(level);
        Self { level, source, filter, collected, foreign: Foreign::default(), templates: 0, attributes: Vec::new() }
    }

    /// Walks over the markup in `range`, which ends as if the document did.
    pub(super) fn walk(&mut self, range: Range<usize>) {
        let bytes = &self.source.as_bytes()[..range.end];
        let mut text_start = range.start;
        let mut at = range.start;
        while let Some(found) = memchr(b'<', &bytes[at..]) {
            let start = at + found;
            at = start + 1;
            if is_markup(bytes, start) {
                self.text(text_start..start);
                at = self.markup(bytes, start);
                text_start = at;
            }
        }
        self.text(text_start..bytes.len());
    }

    /// Adds text that could hold code.
    #[inline]
    fn text(&mut self, range: Range<usize>) {
        let text = &self.source[range.clone()];
        if self.filter.wants_text(text) {
            self.collected.push(Part::Text(Text { text, span: Span::new(range.start, range.end) }));
        }
    }

    /// Reads the tag, comment or declaration at `start`; gives the offset after it.
    #[inline]
    fn markup(&mut self, bytes: &[u8], start: usize) -> usize {
        match bytes[start + 1] {
            b'/' if bytes[start + 2].is_ascii_alphabetic() => self.end_tag(bytes, start),
            b'/' | b'?' => skip_past(bytes, start, b'>'),
            b'!' => self.declaration(bytes, start),
            _ => self.start_tag(bytes, start),
        }
    }

    fn end_tag(&mut self, bytes: &[u8], start: usize) -> usize {
        let Some(tag) = scan_tag(bytes, start + 2, &mut self.attributes) else { return bytes.len() };
        self.foreign.end(tag.key);
        if self.templates > 0 && tag.key == const { key(b"template") } {
            self.templates -= 1;
            self.collected.depth -= 1;
        }
        tag.end
    }

    fn declaration(&mut self, bytes: &[u8], start: usize) -> usize {
        let rest = &bytes[start..];
        if rest.starts_with(b"<!--") {
            let (end, after) = comment_end(bytes, start + 4);
            self.comment(start + 4..end);
            return after;
        }
        if rest.starts_with(b"<![CDATA[") && self.foreign.allows_cdata() {
            let end = memmem::find(rest, b"]]>").map_or(bytes.len(), |found| start + found);
            self.text(start + 9..end.max(start + 9).min(bytes.len()));
            return (end + 3).min(bytes.len());
        }
        skip_past(bytes, start, b'>')
    }

    /// A comment may hold markup for old browsers, or say where the page was saved from.
    fn comment(&mut self, range: Range<usize>) {
        let text = &self.source[range.clone()];
        if text.starts_with("[if") {
            let Some(condition) = text.find("]>") else { return };
            let end = text.rfind("<![").unwrap_or(text.len()).max(condition + 2);
            let span = Span::new(range.start + condition + 2, range.start + end);
            let source = NestedSource::InPlace(span);
            self.collected.nest(source, Some("conditional comment".into()));
            self.nested();
        } else if self.level == 0 {
            self.collected.addresses.note_comment(text);
        }
    }

    #[inline]
    fn start_tag(&mut self, bytes: &[u8], start: usize) -> usize {
        let mut attributes = std::mem::take(&mut self.attributes);
        let after = match scan_tag(bytes, start + 1, &mut attributes) {
            Some(tag) => self.element(bytes, start, &tag, &attributes),
            None => bytes.len(),
        };
        self.attributes = attributes;
        after
    }

    #[inline]
    fn element(&mut self, bytes: &[u8], start: usize, tag: &Tag, attributes: &[RawAttribute]) -> usize {
        self.collected.page.tags.note(start);
        let is_foreign = self.foreign.start(tag, bytes, attributes);
        let kind = kind_of(tag, bytes);
        let is_wanted = kind == ElementKind::AmpAd || self.filter.wants(self.source, tag, attributes);
        let holds_code = attributes.iter().any(|&attribute| may_hold_code(bytes, attribute));
        if kind == ElementKind::Plain && !is_wanted && !holds_code {
            return tag.end;
        }
        let span = short_span(start, tag.end);
        let element = StartTag { source: self.source, kind, name: tag.name, span, attributes };
        if is_wanted {
            collect_element(&mut self.collected, &element);
        }
        if holds_code {
            for &attribute in attributes {
                if may_hold_code(bytes, attribute) {
                    collect_attribute(&mut self.collected, &element, attribute, self.filter);
                }
            }
            self.nested();
        }
        if is_foreign { self.foreign_content(bytes, tag, &element) } else { self.content(bytes, tag, &element) }
    }

    /// Reads content that the standard's tokenizer reads in a way of its own; gives the offset to go on from.
    fn content(&mut self, bytes: &[u8], tag: &Tag, element: &StartTag<'_, 's>) -> usize {
        if let Some(end_tag) = element.kind.end_tag() {
            let is_script = element.kind == ElementKind::Script;
            let end = if is_script { script_end(bytes, tag.end) } else { raw_text_end(bytes, tag.end, end_tag) };
            self.raw_content(element, tag.end..end);
            self.nested();
            return self.after_end_tag(bytes, end);
        }
        match element.kind {
            ElementKind::Plaintext => {
                self.text(tag.end..bytes.len());
                return bytes.len();
            }
            ElementKind::Template => {
                self.templates += 1;
                self.collected.depth += 1;
            }
            _ => {
                if self.level == 0 {
                    self.collected.addresses.note(element);
                }
                collect_requests(&mut self.collected, element);
            }
        }
        tag.end
    }

    /// Adds what an element holds whose content is no markup.
    fn raw_content(&mut self, element: &StartTag<'_, 's>, range: Range<usize>) {
        match element.kind {
            ElementKind::Script => self.script(element, range),
            ElementKind::Style => self.style(range),
            ElementKind::Title => self.title(range),
            ElementKind::Textarea => self.textarea(range),
            ElementKind::Xmp => self.text(range),
            ElementKind::Iframe => {
                collect_requests(&mut self.collected, element);
                if let Some(markup) = element.attribute("srcdoc") {
                    nest_value(&mut self.collected, self.source, markup.value, true, None);
                }
            }
            ElementKind::Noscript => {
                let source = NestedSource::InPlace(short_span(range.start, range.end));
                self.collected.nest(source, None);
            }
            _ => {}
        }
    }

    fn script(&mut self, element: &StartTag<'_, 's>, range: Range<usize>) {
        let span = Span::new(range.start, range.end);
        let text = Cow::Borrowed(&self.source[range]);
        let offsets = OffsetMap::verbatim(span.start as usize);
        collect_script(&mut self.collected, element, Body { span, text, offsets });
    }

    fn style(&mut self, range: Range<usize>) {
        let text = &self.source[range.clone()];
        if !text.trim_ascii().is_empty() {
            self.collected.push(Part::Style(Style { text, span: Span::new(range.start, range.end) }));
        }
    }

    fn title(&mut self, range: Range<usize>) {
        if self.level == 0 && self.collected.page.title.is_none() {
            let title = decode_text(&self.source[range]);
            self.collected.page.title = Some(title.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }

    /// Text areas show text, but loaders keep ad code in hidden ones.
    fn textarea(&mut self, range: Range<usize>) {
        self.text(range.clone());
        let bytes = &self.source.as_bytes()[range.clone()];
        if ["<script", "&lt;script"].iter().any(|start| memmem::find(bytes, start.as_bytes()).is_some()) {
            let span = Span::new(range.start, range.end);
            nest_value(&mut self.collected, self.source, span, false, Some("textarea".into()));
        }
    }

    /// Inside SVG and MathML, tags are tags whatever their names are.
    fn foreign_content(&mut self, bytes: &[u8], tag: &Tag, element: &StartTag<'_, 's>) -> usize {
        if element.kind != ElementKind::Script {
            return tag.end;
        }
        let end = if tag.is_self_closing { tag.end } else { foreign_script_end(bytes, tag.end) };
        let span = short_span(tag.end, end);
        let (text, offsets) = decode_mapped(self.source, cdata_content(self.source, span), false);
        collect_script(&mut self.collected, element, Body { span, text, offsets });
        if tag.is_self_closing {
            return tag.end;
        }
        self.foreign.end(tag.key);
        self.after_end_tag(bytes, end)
    }

    /// The offset after the end tag at `end`.
    fn after_end_tag(&mut self, bytes: &[u8], end: usize) -> usize {
        if end == bytes.len() {
            return end;
        }
        // The start tag's attributes are no longer needed, but they are out on loan: this vector is a spare one.
        scan_tag(bytes, end + 2, &mut self.attributes).map_or(bytes.len(), |tag| tag.end)
    }

    /// Splits the markup that the last start tag held.
    #[inline]
    fn nested(&mut self) {
        if !self.collected.nested.is_empty() {
            for nested in std::mem::take(&mut self.collected.nested) {
                self.split_nested(nested);
            }
        }
    }

    fn split_nested(&mut self, nested: Nested) {
        if self.level >= self.filter.nesting() {
            return self.collected.warn_once("page-nesting", "markup in markup is nested too deep to be read", None);
        }
        match nested.source {
            NestedSource::InPlace(span) => self.walk_in_place(span, nested.held_back),
            NestedSource::Decoded { text, offsets } => self.walk_decoded(text, &offsets, nested.held_back),
        }
    }

    fn walk_in_place(&mut self, span: Span, held_back: Option<String>) {
        let foreign = std::mem::take(&mut self.foreign);
        let templates = self.templates;
        let depth = self.collected.depth;
        let outer = self.collected.held_back.clone();
        self.collected.held_back = outer.clone().or(held_back);
        self.collected.depth += 1;
        self.level += 1;
        self.walk(span.range());
        self.level -= 1;
        self.collected.held_back = outer;
        self.collected.depth = depth;
        self.templates = templates;
        self.foreign = foreign;
    }

    fn walk_decoded(&mut self, text: String, offsets: &OffsetMap, held_back: Option<String>) {
        let mut inner = Walker::new(&text, self.filter, self.level + 1);
        inner.collected.depth = self.collected.depth + 1;
        inner.collected.held_back = self.collected.held_back.clone().or(held_back);
        inner.walk(0..text.len());
        let Page { parts, tags, diagnostics, .. } = inner.collected.page;
        for part in parts {
            if let Some(part) = adopt(part, offsets, self.source) {
                self.collected.push(part);
            }
        }
        for diagnostic in diagnostics {
            self.collected.warn_once(diagnostic.code, &diagnostic.message, None);
        }
        self.collected.page.tags.note_decoded(text, tags);
    }
}

/// Does markup start at the `<` at `start`, or is it text?
#[inline]
pub(super) fn is_markup(bytes: &[u8], start: usize) -> bool {
    match bytes.get(start + 1) {
        Some(b'/') => bytes.get(start + 2).is_some(),
        Some(b'!' | b'?') => true,
        Some(byte) => byte.is_ascii_alphabetic(),
        None => false,
    }
}

fn skip_past(bytes: &[u8], start: usize, byte: u8) -> usize {
    memchr(byte, &bytes[start..]).map_or(bytes.len(), |found| start + found + 1)
}

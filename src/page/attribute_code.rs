//! Code, data and markup in attributes: handlers, `javascript:` URLs, JSON, escaped HTML.

use super::collected::{Collected, NestedSource};
use super::data_url::{decode_base64, decode_percent, replaced, strip_scheme};
use super::element::{ElementKind, StartTag};
use super::filter::Filter;
use super::reference::{decode_mapped, decode_value};
use super::script_element::nest_data_url;
use super::tag::RawAttribute;
use super::{Part, Script, ScriptKind};
use crate::base::{OffsetMap, Span, byte_set};
use memchr::memmem;
use std::borrow::Cow;

/// Bytes with which a value starts that may hold more than a name or a URL.
const TELLING: [bool; 256] = {
    let mut telling = byte_set(b"{[<&%jJdDP");
    let mut control = 0;
    while control <= b' ' {
        telling[control as usize] = true;
        control += 1;
    }
    telling
};

/// Could the attribute hold code? A look at three bytes.
#[inline]
pub(super) fn may_hold_code(bytes: &[u8], attribute: RawAttribute) -> bool {
    let value = attribute.value;
    !value.is_empty() && (TELLING[bytes[value.start as usize] as usize] || is_handler(&bytes[attribute.name.range()]))
}

#[inline]
fn is_handler(name: &[u8]) -> bool {
    matches!(name, [b'o' | b'O', b'n' | b'N', b'a'..=b'z' | b'A'..=b'Z', _, ..])
}

/// Adds what an attribute holds beyond a plain value.
pub(super) fn collect_attribute<'s>(
    collected: &mut Collected<'s>,
    element: &StartTag<'_, 's>,
    attribute: RawAttribute,
    filter: &Filter,
) {
    let name = element.name_of(attribute);
    if is_handler(name.as_bytes()) {
        let (code, offsets) = element.mapped_value(attribute);
        return push_code(collected, ScriptKind::Handler, attribute.value, code, offsets);
    }
    let raw = element.raw_value(attribute);
    match first_character(raw) {
        '{' | '[' if element.kind == ElementKind::AmpAd || filter.wants_json(raw) => {
            let (data, offsets) = element.mapped_value(attribute);
            push_code(collected, ScriptKind::Json, attribute.value, data, offsets);
        }
        '%' => push_escaped_json(collected, element, attribute, filter),
        'j' | 'J' if is_url_name(name) => push_javascript_url(collected, element, attribute),
        'd' | 'D' if is_frame_source(element, attribute) => nest_data_url(collected, element, attribute),
        '<' if !element.is_named(attribute, "srcdoc") => nest_markup(collected, element, attribute),
        'P' => nest_base64(collected, element, attribute),
        _ => {}
    }
}

/// The first character of a value that is neither white space nor a reference to it.
fn first_character(raw: &str) -> char {
    let start = raw.trim_start_matches(|c: char| c <= ' ');
    // No reference is longer than 40 bytes.
    let end = (0..=start.len().min(40)).rev().find(|&end| start.is_char_boundary(end)).unwrap_or(0);
    decode_value(&start[..end]).trim_start().chars().next().unwrap_or(' ')
}

fn push_code<'s>(collected: &mut Collected<'s>, kind: ScriptKind, span: Span, text: Cow<'s, str>, offsets: OffsetMap) {
    if text.trim().is_empty() {
        return;
    }
    collected.push(Part::Script(Script {
        kind,
        span,
        text,
        offsets,
        src: None,
        is_saved: false,
        is_module: false,
        is_async: false,
        is_deferred: false,
        held_back: collected.held_back.clone(),
        id: None,
        depth: collected.depth,
    }));
}

/// JSON written as part of a URL is: `%7B%22bidder%22…`.
fn push_escaped_json(
    collected: &mut Collected<'_>,
    element: &StartTag<'_, '_>,
    attribute: RawAttribute,
    filter: &Filter,
) {
    let (value, to_document) = element.mapped_value(attribute);
    let (data, offsets) = decode_percent(&value, 0);
    if data.starts_with(['{', '[']) && filter.wants_json(&data) {
        let offsets = offsets.through(data.len(), &to_document);
        push_code(collected, ScriptKind::Json, attribute.value, Cow::Owned(data), offsets);
    }
}

fn is_url_name(name: &str) -> bool {
    ["href", "src", "action", "formaction", "xlink:href", "data"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// The code of a `javascript:` URL, unless it is a mere placeholder.
fn push_javascript_url<'s>(collected: &mut Collected<'s>, element: &StartTag<'_, 's>, attribute: RawAttribute) {
    const PLACEHOLDERS: [&str; 8] = ["", "void(0)", "void 0", "false", "true", "''", "\"\"", "//"];
    let (url, to_document) = element.mapped_value(attribute);
    let Some(code) = strip_scheme(&url, "javascript:") else { return };
    if PLACEHOLDERS.contains(&code.trim().trim_end_matches(';')) {
        return;
    }
    let start = url.len() - code.len();
    let (text, offsets) = decode_percent(code, start);
    let offsets = offsets.through(text.len(), &to_document);
    push_code(collected, ScriptKind::Handler, attribute.value, Cow::Owned(text), offsets);
}

fn is_frame_source(element: &StartTag<'_, '_>, attribute: RawAttribute) -> bool {
    use ElementKind as Kind;
    matches!(element.kind, Kind::Iframe | Kind::Frame | Kind::Embed | Kind::Object)
        && ["src", "data"].iter().any(|name| element.is_named(attribute, name))
}

/// Markup that a loader keeps in an attribute, as consent tools do.
fn nest_markup(collected: &mut Collected<'_>, element: &StartTag<'_, '_>, attribute: RawAttribute) {
    let raw = element.raw_value(attribute).as_bytes();
    let has_script = |start: &str| memmem::find(raw, start.as_bytes()).is_some();
    if ["<script", "&lt;script", "&#60;script", "<ins", "&lt;ins"].into_iter().any(has_script) {
        let held_back = Some(element.name_of(attribute).to_ascii_lowercase());
        nest_value(collected, element.source, attribute.value, true, held_back);
    }
}

/// Nests the markup that stands, references and all, at `span`.
pub(super) fn nest_value(
    collected: &mut Collected<'_>,
    source: &str,
    span: Span,
    is_attribute: bool,
    held_back: Option<String>,
) {
    let nested = match decode_mapped(source, span, is_attribute) {
        (Cow::Borrowed(_), _) => NestedSource::InPlace(span),
        (Cow::Owned(text), offsets) => NestedSource::Decoded { text, offsets },
    };
    collected.nest(nested, held_back);
}

/// Ad inserters keep markup as base64 in `data-…` attributes.
fn nest_base64(collected: &mut Collected<'_>, element: &StartTag<'_, '_>, attribute: RawAttribute) {
    /// `<div`, `<script`, `<ins`, `<!--`, `<iframe`, as far as base64 tells.
    const STARTS: [&str; 5] = ["PGRpd", "PHNjcmlwd", "PGlucy", "PCEtL", "PGlmcmFtZ"];
    let name = element.name_of(attribute);
    let value = element.raw_value(attribute).trim_ascii();
    let is_data = name.get(..5).is_some_and(|head| head.eq_ignore_ascii_case("data-"));
    if !is_data || !STARTS.iter().any(|start| value.starts_with(start)) {
        return;
    }
    let Some(text) = decode_base64(value) else { return };
    let offsets = replaced(attribute.value);
    collected.nest(NestedSource::Decoded { text, offsets }, Some(name.to_ascii_lowercase()));
}

//! `<script>`: inline, external, held back, or data.

use super::collected::{Collected, NestedSource};
use super::data_url::parse_data_url;
use super::element::StartTag;
use super::request_element::{is_lazy_source, push_request, usable_url};
use super::script_type::{ScriptType, classify};
use super::tag::RawAttribute;
use super::{Part, RequestKind, Script, ScriptKind};
use crate::base::{OffsetMap, Span};
use std::borrow::Cow;

/// The text of a script element, with the way back.
pub(super) struct Body<'s> {
    pub(super) span: Span,
    pub(super) text: Cow<'s, str>,
    pub(super) offsets: OffsetMap,
}

/// Adds what a script element holds and asks for.
pub(super) fn collect_script<'s>(collected: &mut Collected<'s>, element: &StartTag<'_, 's>, body: Body<'s>) {
    let kind = element.value("type");
    let script_type = classify(kind.as_deref(), element.value("language").as_deref(), &body.text);
    if script_type == ScriptType::Other {
        return;
    }
    let is_data = script_type == ScriptType::Json;
    let source = if is_data { None } else { source_of(element, &body) };
    let mut held_back = collected.held_back.clone();
    if script_type == ScriptType::HeldBack {
        held_back = kind.map(Cow::into_owned);
    } else if let Some(lazy) = source.filter(|attribute| is_lazy_source(element.name_of(*attribute))) {
        held_back = held_back.or(Some(element.name_of(lazy).to_ascii_lowercase()));
    }
    let mut script = Script {
        kind: if is_data { ScriptKind::Json } else { ScriptKind::Inline },
        span: body.span,
        text: body.text,
        offsets: body.offsets,
        src: None,
        is_saved: false,
        is_module: script_type == ScriptType::Module,
        is_async: element.attribute("async").is_some(),
        is_deferred: element.attribute("defer").is_some(),
        held_back,
        id: element.value("id").map(Cow::into_owned),
        depth: collected.depth,
    };
    let Some(source) = source else { return collected.push(Part::Script(script)) };
    if read_data_source(&mut script, collected, element, source) {
        return;
    }
    script.kind = ScriptKind::External;
    script.span = element.span;
    script.src = element_url(element, source);
    collected.push(Part::Script(script));
    push_request(collected, element, source, RequestKind::Script);
}

/// The attribute that names the file: `src`, that of SVG, or where there is no code, that of a lazy loader.
fn source_of(element: &StartTag<'_, '_>, body: &Body<'_>) -> Option<RawAttribute> {
    let names = ["src", "href", "xlink:href"];
    let is_blank = body.text.trim_ascii().is_empty();
    let names = if is_blank { &names[..] } else { &names[..1] };
    let named = names.iter().find_map(|name| element.attribute(name));
    named.or_else(|| {
        let mut attributes = element.attributes.iter().copied();
        attributes.find(|&attribute| is_blank && is_lazy_source(element.name_of(attribute)))
    })
}

fn element_url(element: &StartTag<'_, '_>, source: RawAttribute) -> Option<String> {
    let (url, _) = element.mapped_value(source);
    usable_url(&url).map(ToString::to_string)
}

/// A script whose file stands in its URL is an inline script, or (as `data:text/html`) nothing.
fn read_data_source<'s>(
    script: &mut Script<'s>,
    collected: &mut Collected<'s>,
    element: &StartTag<'_, 's>,
    source: RawAttribute,
) -> bool {
    let (url, to_document) = element.mapped_value(source);
    let Some(data) = parse_data_url(&url) else { return false };
    script.offsets = data.offsets.through(data.text.len(), &to_document);
    script.text = Cow::Owned(data.text);
    script.span = source.value;
    collected.push(Part::Script(script.clone()));
    true
}

/// Adds the markup of a `data:text/html` URL.
pub(super) fn nest_data_url(collected: &mut Collected<'_>, element: &StartTag<'_, '_>, source: RawAttribute) {
    let (url, to_document) = element.mapped_value(source);
    let Some(data) = parse_data_url(&url) else { return };
    if data.media_type.contains("html") || data.media_type.contains("svg") {
        let offsets = data.offsets.through(data.text.len(), &to_document);
        collected.nest(NestedSource::Decoded { text: data.text, offsets }, None);
    }
}

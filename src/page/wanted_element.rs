//! Elements that rules ask for.

use super::collected::Collected;
use super::element::StartTag;
use super::reference::decode_value;
use super::{Attribute, Element, Part, Style};
use std::borrow::Cow;

/// Attributes of such an element that are kept.
const MAX_ATTRIBUTES: usize = 64;

/// Adds an element that a rule asks for, and its style.
pub(super) fn collect_element<'s>(collected: &mut Collected<'s>, element: &StartTag<'_, 's>) {
    collected.push(Part::Element(element_of(element)));
    if let Some(style) = element.attribute("style") {
        collected.push(Part::Style(Style { text: element.raw_value(style), span: style.value }));
    }
}

/// The element with its attributes read.
pub(super) fn element_of<'s>(element: &StartTag<'_, 's>) -> Element<'s> {
    let mut attributes: Vec<Attribute<'s>> = Vec::with_capacity(element.attributes.len().min(MAX_ATTRIBUTES));
    for &attribute in element.attributes.iter().take(MAX_ATTRIBUTES) {
        let name = lower_case(element.name_of(attribute));
        if attributes.iter().all(|known| known.name != name) {
            let value = decode_value(element.raw_value(attribute));
            let span = if attribute.value.is_empty() { attribute.name } else { attribute.value };
            attributes.push(Attribute { name, value, span });
        }
    }
    let name = lower_case(&element.source[element.name.range()]);
    Element { name, attributes, span: element.span }
}

fn lower_case(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) { name.to_ascii_lowercase().into() } else { name.into() }
}

//! Parts of decoded markup become parts of the document it was decoded from.

use super::{Attribute, Element, Part, Request, Script, Style, Text};
use crate::base::OffsetMap;
use std::borrow::Cow;

/// The part as one of `source`, in which `offsets` leads back to the part's own text.
pub(super) fn adopt<'s>(part: Part<'_>, offsets: &OffsetMap, source: &'s str) -> Option<Part<'s>> {
    Some(match part {
        Part::Script(script) => Part::Script(adopt_script(script, offsets)),
        Part::Request(request) => Part::Request(Request { span: offsets.original(request.span), ..request }),
        Part::Element(element) => Part::Element(adopt_element(element, offsets)),
        Part::Style(style) => {
            let span = offsets.original(style.span);
            Part::Style(Style { text: source.get(span.range())?, span })
        }
        Part::Text(text) => {
            let span = offsets.original(text.span);
            Part::Text(Text { text: source.get(span.range())?, span })
        }
    })
}

fn adopt_script<'s>(script: Script<'_>, offsets: &OffsetMap) -> Script<'s> {
    Script {
        is_saved: false,
        kind: script.kind,
        span: offsets.original(script.span),
        offsets: script.offsets.through(script.text.len(), offsets),
        text: Cow::Owned(script.text.into_owned()),
        src: script.src,
        is_module: script.is_module,
        is_async: script.is_async,
        is_deferred: script.is_deferred,
        held_back: script.held_back,
        id: script.id,
        depth: script.depth,
    }
}

fn adopt_element<'s>(element: Element<'_>, offsets: &OffsetMap) -> Element<'s> {
    let attributes = element.attributes.into_iter().map(|attribute| Attribute {
        name: Cow::Owned(attribute.name.into_owned()),
        value: Cow::Owned(attribute.value.into_owned()),
        span: offsets.original(attribute.span),
    });
    Element {
        name: Cow::Owned(element.name.into_owned()),
        attributes: attributes.collect(),
        span: offsets.original(element.span),
    }
}

//! The URLs that elements name. They are resolved when the whole page was seen: a `<base>` may follow.

use super::collected::Collected;
use super::element::{ElementKind, StartTag};
use super::reference::decode_value;
use super::tag::RawAttribute;
use super::{Part, Request, RequestKind};

/// Bytes of the longest URL that is kept.
const MAX_URL: usize = 16 << 10;

/// Adds the requests of an element that is no script.
pub(super) fn collect_requests(collected: &mut Collected<'_>, element: &StartTag<'_, '_>) {
    use ElementKind as Kind;
    match element.kind {
        Kind::Iframe | Kind::Frame | Kind::AmpFrame => {
            push_sources(collected, element, RequestKind::Frame);
        }
        Kind::Image | Kind::AmpImage => push_image(collected, element),
        Kind::Input if is_image_input(element) => push_image(collected, element),
        Kind::Link => push_link(collected, element),
        Kind::Media => {
            push_sources(collected, element, RequestKind::Media);
            push_named(collected, element, "poster", RequestKind::Image);
        }
        Kind::Source => {
            push_sources(collected, element, RequestKind::Media);
            push_first_candidate(collected, element);
        }
        Kind::Embed => {
            push_sources(collected, element, RequestKind::Object);
        }
        Kind::Object => push_named(collected, element, "data", RequestKind::Object),
        _ => {}
    }
}

fn is_image_input(element: &StartTag<'_, '_>) -> bool {
    element.value("type").is_some_and(|kind| kind.eq_ignore_ascii_case("image"))
}

/// `data-src` and its kin: where lazy loaders keep the URL.
pub(super) fn is_lazy_source(name: &str) -> bool {
    let bytes = name.as_bytes();
    let ends = |length: usize| bytes.len() >= length + 3;
    ends(5) && bytes[..5].eq_ignore_ascii_case(b"data-") && bytes[bytes.len() - 3..].eq_ignore_ascii_case(b"src")
}

/// `src` and the first lazy variant that names another file. Is there any?
fn push_sources(collected: &mut Collected<'_>, element: &StartTag<'_, '_>, kind: RequestKind) -> bool {
    let source = element.attribute("src");
    let lazy = element.attributes.iter().copied().find(|&attribute| is_lazy_source(element.name_of(attribute)));
    let is_same =
        |lazy: RawAttribute| source.is_some_and(|source| element.raw_value(source) == element.raw_value(lazy));
    let has_source = source.is_some_and(|source| push_request(collected, element, source, kind));
    let has_lazy = lazy.is_some_and(|lazy| !is_same(lazy) && push_request(collected, element, lazy, kind));
    has_source || has_lazy
}

fn push_image(collected: &mut Collected<'_>, element: &StartTag<'_, '_>) {
    if !push_sources(collected, element, RequestKind::Image) {
        push_first_candidate(collected, element);
    }
}

fn push_named(collected: &mut Collected<'_>, element: &StartTag<'_, '_>, name: &str, kind: RequestKind) {
    if let Some(attribute) = element.attribute(name) {
        push_request(collected, element, attribute, kind);
    }
}

/// The first of the images that `srcset` offers.
fn push_first_candidate(collected: &mut Collected<'_>, element: &StartTag<'_, '_>) {
    let Some(attribute) = element.attribute("srcset").or_else(|| element.attribute("data-srcset")) else { return };
    let candidates = decode_value(element.raw_value(attribute));
    let first = candidates.split_ascii_whitespace().next().map(|url| url.trim_end_matches(','));
    if let Some(url) = first.and_then(usable_url) {
        let request = Request { url: url.to_string(), kind: RequestKind::Image, span: attribute.value };
        collected.push(Part::Request(request));
    }
}

fn push_link(collected: &mut Collected<'_>, element: &StartTag<'_, '_>) {
    let Some(relation) = element.value("rel") else { return };
    let has = |name: &str| relation.split_ascii_whitespace().any(|token| token.eq_ignore_ascii_case(name));
    let kind = if has("stylesheet") {
        RequestKind::Style
    } else if ["preload", "modulepreload", "prefetch", "prerender"].into_iter().any(has) {
        RequestKind::Preload
    } else if has("preconnect") || has("dns-prefetch") {
        RequestKind::Connect
    } else {
        return;
    };
    push_named(collected, element, "href", kind);
}

/// Adds a request for the URL in an attribute; false where that is none.
pub(super) fn push_request(
    collected: &mut Collected<'_>,
    element: &StartTag<'_, '_>,
    attribute: RawAttribute,
    kind: RequestKind,
) -> bool {
    let value = decode_value(element.raw_value(attribute));
    let Some(url) = usable_url(&value) else { return false };
    collected.push(Part::Request(Request { url: url.to_string(), kind, span: attribute.value }));
    true
}

/// The URL without white space around it; `None` where it asks nobody for anything.
pub(super) fn usable_url(value: &str) -> Option<&str> {
    let url = value.trim_matches(|c: char| c <= ' ');
    let is_other_scheme = || {
        const SCHEMES: [&str; 8] = ["data:", "blob:", "about:", "javascript:", "mailto:", "tel:", "cid:", "file:"];
        SCHEMES.iter().any(|scheme| url.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme)))
    };
    let is_usable = !url.is_empty() && url.len() <= MAX_URL && !url.starts_with(['#', '{']) && !is_other_scheme();
    is_usable.then_some(url)
}

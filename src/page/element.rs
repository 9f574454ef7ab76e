//! A start tag with its attributes, and what its name means to us.

use super::reference::{decode_mapped, decode_value};
use super::tag::{RawAttribute, Tag, key};
use crate::base::{OffsetMap, Span};
use std::borrow::Cow;

/// What an element is, as far as its content or its attributes matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ElementKind {
    /// Matters only if a rule asks for it, or for what its attributes hold.
    Plain,
    Script,
    Style,
    Title,
    Textarea,
    Iframe,
    Noembed,
    Noframes,
    Xmp,
    Noscript,
    Plaintext,
    Template,
    Frame,
    Image,
    Input,
    Link,
    Base,
    Meta,
    Media,
    Source,
    Embed,
    Object,
    AmpAd,
    AmpFrame,
    AmpImage,
}

impl ElementKind {
    /// Start of the end tag up to which the content is text, for elements that hold no markup.
    #[inline]
    pub(super) fn end_tag(self) -> Option<&'static str> {
        Some(match self {
            Self::Script => "</script",
            Self::Style => "</style",
            Self::Title => "</title",
            Self::Textarea => "</textarea",
            Self::Iframe => "</iframe",
            Self::Noembed => "</noembed",
            Self::Noframes => "</noframes",
            Self::Xmp => "</xmp",
            Self::Noscript => "</noscript",
            _ => return None,
        })
    }
}

/// What the name stands for.
#[inline]
pub(super) fn kind_of(tag: &Tag, source: &[u8]) -> ElementKind {
    use ElementKind as Kind;
    const KINDS: [(&str, ElementKind); 26] = [
        ("script", Kind::Script),
        ("style", Kind::Style),
        ("title", Kind::Title),
        ("textarea", Kind::Textarea),
        ("iframe", Kind::Iframe),
        ("noembed", Kind::Noembed),
        ("noframes", Kind::Noframes),
        ("xmp", Kind::Xmp),
        ("noscript", Kind::Noscript),
        ("plaintext", Kind::Plaintext),
        ("template", Kind::Template),
        ("frame", Kind::Frame),
        ("img", Kind::Image),
        ("image", Kind::Image),
        ("input", Kind::Input),
        ("link", Kind::Link),
        ("base", Kind::Base),
        ("meta", Kind::Meta),
        ("video", Kind::Media),
        ("audio", Kind::Media),
        ("track", Kind::Media),
        ("source", Kind::Source),
        ("embed", Kind::Embed),
        ("object", Kind::Object),
        ("amp-img", Kind::AmpImage),
        ("amp-ad", Kind::AmpAd),
    ];
    /// Kinds by a hash of the key that happens to tell all of them apart.
    const TABLE: [(u64, ElementKind); 256] = {
        let mut table = [(0, Kind::Plain); 256];
        let mut at = 0;
        while at < KINDS.len() {
            let key = key(KINDS[at].0.as_bytes());
            let slot = slot_of(key);
            assert!(table[slot].0 == 0, "two names share a slot: change the multiplier");
            table[slot] = (key, KINDS[at].1);
            at += 1;
        }
        table
    };
    let (key, kind) = TABLE[slot_of(tag.key)];
    if key == tag.key && (tag.name.len() <= 8 || tag.key == const { self::key(b"plaintext") }) {
        return kind;
    }
    let name = &source[tag.name.range()];
    if name.len() > 4 && name[..4].eq_ignore_ascii_case(b"amp-") { amp_kind(name) } else { Kind::Plain }
}

const fn slot_of(key: u64) -> usize {
    (key.wrapping_mul(0x1818_E811_892F_902B) >> 56) as usize
}

fn amp_kind(name: &[u8]) -> ElementKind {
    match name.to_ascii_lowercase().as_slice() {
        b"amp-ad" | b"amp-embed" | b"amp-sticky-ad" | b"amp-auto-ads" => ElementKind::AmpAd,
        b"amp-iframe" => ElementKind::AmpFrame,
        b"amp-pixel" | b"amp-anim" => ElementKind::AmpImage,
        b"amp-video" | b"amp-audio" => ElementKind::Media,
        _ => ElementKind::Plain,
    }
}

/// A start tag.
pub(super) struct StartTag<'t, 's> {
    pub(super) source: &'s str,
    pub(super) kind: ElementKind,
    pub(super) name: Span,
    /// From the `<` to after the `>`.
    pub(super) span: Span,
    pub(super) attributes: &'t [RawAttribute],
}

impl<'s> StartTag<'_, 's> {
    /// The attribute of a lower-case name, the first of several.
    pub(super) fn attribute(&self, name: &str) -> Option<RawAttribute> {
        self.attributes.iter().copied().find(|attribute| self.is_named(*attribute, name))
    }

    pub(super) fn is_named(&self, attribute: RawAttribute, name: &str) -> bool {
        attribute.name.len() == name.len() && self.name_of(attribute).eq_ignore_ascii_case(name)
    }

    /// The name as it is written.
    pub(super) fn name_of(&self, attribute: RawAttribute) -> &'s str {
        &self.source[attribute.name.range()]
    }

    /// The value as it is written.
    pub(super) fn raw_value(&self, attribute: RawAttribute) -> &'s str {
        &self.source[attribute.value.range()]
    }

    /// The value of an attribute, references resolved.
    pub(super) fn value(&self, name: &str) -> Option<Cow<'s, str>> {
        self.attribute(name).map(|attribute| decode_value(self.raw_value(attribute)))
    }

    /// The value, references resolved, with the way back.
    pub(super) fn mapped_value(&self, attribute: RawAttribute) -> (Cow<'s, str>, OffsetMap) {
        decode_mapped(self.source, attribute.value, true)
    }
}

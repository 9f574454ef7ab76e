//! The parts of a page.

use super::StartTags;
use crate::base::{Diagnostic, OffsetMap, Span};
use std::borrow::Cow;
use std::collections::HashSet;

/// A document, split.
#[derive(Clone, Debug, Default)]
pub struct Page<'d> {
    /// Text of the first `<title>`, entities decoded, white space folded.
    pub title: Option<String>,
    /// The page's own URL: given by the container or caller, else `<link rel=canonical>`, `og:url`, `<base>`,
    /// or the comment that browsers leave in saved pages.
    pub url: Option<String>,
    /// The parts, in document order.
    pub parts: Vec<Part<'d>>,
    /// Where its start tags stand.
    pub tags: StartTags,
    /// What was cut or could not be told.
    pub diagnostics: Vec<Diagnostic>,
}

/// One part of a page.
#[derive(Clone, Debug)]
pub enum Part<'d> {
    /// Something to run, or held back from running, or JSON data.
    Script(Script<'d>),
    /// A URL that the markup names.
    Request(Request),
    /// An element that a rule asks for.
    Element(Element<'d>),
    /// A style sheet or style attribute.
    Style(Style<'d>),
    /// Visible text (between tags), as far as it could hold code: see [`Wanted::text_anchors`].
    Text(Text<'d>),
}

/// What kind of script it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScriptKind {
    /// `<script>` with a body of JavaScript.
    Inline,
    /// `<script src>`; the body, if any, does not run.
    External,
    /// A JSON or JSON-LD island, or an attribute that holds JSON.
    Json,
    /// An `on…` attribute or a `javascript:` URL.
    Handler,
    /// Code in text.
    Text,
}

/// A piece of code or JSON data, with the way back to its bytes.
#[derive(Clone, Debug)]
pub struct Script<'d> {
    /// What kind it is.
    pub kind: ScriptKind,
    /// Where the code (or attribute value) stands in the document; for an external script, its start tag.
    pub span: Span,
    /// The code. Borrowed where it stands verbatim in the document.
    pub text: Cow<'d, str>,
    /// Leads from `text` to the document.
    pub offsets: OffsetMap,
    /// The resolved `src` of an external script.
    pub src: Option<String>,
    /// Was the file of an external script saved? Then `text` is its code.
    pub is_saved: bool,
    /// `type="module"`.
    pub is_module: bool,
    /// `async`: it runs whenever it arrives.
    pub is_async: bool,
    /// `defer`: it runs after the document was read.
    pub is_deferred: bool,
    /// The `type` with which a consent tool or loader holds the script back, as `text/plain`.
    pub held_back: Option<String>,
    /// The `id` of the element, by which other scripts may find its text.
    pub id: Option<String>,
    /// Levels of `srcdoc`, `<noscript>` and `<template>` around it.
    pub depth: u32,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RequestKind {
    /// `<script src>`, `import()`.
    Script,
    /// `<img>`, `new Image`.
    Image,
    /// `<iframe>`, `<frame>`, `<amp-iframe>`.
    Frame,
    /// `<link rel=stylesheet>`.
    Style,
    /// `<link rel=preload|modulepreload|prefetch>`.
    Preload,
    /// `<link rel=preconnect|dns-prefetch>`.
    Connect,
    /// `<video>`, `<audio>`, `<source>`, `<track>`.
    Media,
    /// `<object>`, `<embed>`.
    Object,
    /// Data: `fetch`, `XMLHttpRequest`, `sendBeacon`, as a recording of the visit saw it.
    Fetch,
    /// A font, as a recording of the visit saw it.
    Font,
    /// `<a href>`, `<form action>`, only where a rule asks for it.
    Link,
}

impl RequestKind {
    /// The name used in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Image => "image",
            Self::Frame => "frame",
            Self::Style => "style",
            Self::Preload => "preload",
            Self::Connect => "connect",
            Self::Media => "media",
            Self::Object => "object",
            Self::Fetch => "fetch",
            Self::Font => "font",
            Self::Link => "link",
        }
    }
}

/// A URL that the markup names, resolved against the base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The URL; relative ones are resolved where the page's URL is known, and left as they stand where not.
    pub url: String,
    /// What it asks for.
    pub kind: RequestKind,
    /// The attribute value in the document.
    pub span: Span,
}

/// An attribute, its value decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute<'d> {
    /// Lower-case name.
    pub name: Cow<'d, str>,
    /// Value with character references resolved; empty where there was none.
    pub value: Cow<'d, str>,
    /// Bytes of the raw value (or of the name, if there is no value).
    pub span: Span,
}

/// A start tag that a rule asks for.
#[derive(Clone, Debug)]
pub struct Element<'d> {
    /// Lower-case name.
    pub name: Cow<'d, str>,
    /// All attributes, first of a name only, in order.
    pub attributes: Vec<Attribute<'d>>,
    /// The start tag.
    pub span: Span,
}

impl Element<'_> {
    /// The value of an attribute by its lower-case name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|attribute| attribute.name == name).map(|attribute| &*attribute.value)
    }
}

/// A `<style>` body or a `style` attribute.
#[derive(Clone, Debug)]
pub struct Style<'d> {
    /// The CSS, verbatim.
    pub text: &'d str,
    /// Where it stands.
    pub span: Span,
}

/// A run of text between tags, verbatim (character references as they stand).
#[derive(Clone, Debug)]
pub struct Text<'d> {
    /// The text.
    pub text: &'d str,
    /// Where it stands.
    pub span: Span,
}

/// What the rules ask of a page's markup; all names are compared case-sensitively but for element and attribute names.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Lower-case element names, as `ins`, `amp-ad`.
    pub elements: HashSet<String>,
    /// Whole class names, as `adsbygoogle`.
    pub classes: HashSet<String>,
    /// Whole ids.
    pub ids: HashSet<String>,
    /// Beginnings of class names (each at least 3 bytes), as `OUTBRAIN`.
    pub class_prefixes: Vec<String>,
    /// Beginnings of ids, as `div-gpt-ad`.
    pub id_prefixes: Vec<String>,
    /// Lower-case attribute names, as `data-ad-client`.
    pub attributes: HashSet<String>,
    /// Literals that mark text worth looking into for leaked code; no text parts where this is empty.
    pub text_anchors: Vec<String>,
    /// Literals that mark a JSON attribute worth reading, as `"bidder"` (also matched with `&quot;`).
    pub json_anchors: Vec<String>,
}

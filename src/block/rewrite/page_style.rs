//! Pictures and fonts that styles ask ad hosts for: in `style` attributes and in style sheets of the page.
//!
//! The URL gives way to `data:,`, which asks nobody; the rest of the style stays byte for byte.

use super::buffer::Buffer;
use super::code::Code;
use super::judge::Judge;
use super::log::{Change, ChangeKind};
use super::markup::{StartTag, span};
use super::page_state::PageState;
use memchr::memmem;
use std::ops::Range;

impl PageState {
    /// What a `style` attribute asks for.
    pub(super) fn pictures(&mut self, tag: &StartTag, buffer: &mut Buffer, judge: &dyn Judge) {
        let Some(style) = tag.attributes.iter().find(|attribute| attribute.name == "style") else { return };
        let Some(range) = style.range.clone() else { return };
        if buffer.get(range.clone()).is_some_and(|bytes| bytes == style.value.as_bytes()) {
            self.inert_urls(&style.value, range.start, buffer, judge);
        }
    }

    /// What a style sheet asks for.
    pub(super) fn sheet(
        &mut self,
        inside: Range<usize>,
        charset: &'static encoding_rs::Encoding,
        buffer: &mut Buffer,
        judge: &dyn Judge,
    ) {
        if let Some(text) = text_with(b"url(", inside.clone(), charset, buffer) {
            self.inert_urls(&text, inside.start, buffer, judge);
        }
    }

    /// Takes the URLs of ads out of a style that stands at `start` in the page.
    fn inert_urls(&mut self, style: &str, start: usize, buffer: &mut Buffer, judge: &dyn Judge) {
        for url in css_urls(style) {
            let text = &style[url.clone()];
            let at = start + url.start..start + url.end;
            self.inert(at, (text, kind_of(text)), b"data:,", buffer, judge);
        }
    }

    /// A URL that may not be asked for, as an address and what it is asked for as, gives way to one that asks nobody.
    pub(super) fn inert(
        &mut self,
        at: Range<usize>,
        (address, kind): (&str, &str),
        instead: &[u8],
        buffer: &mut Buffer,
        judge: &dyn Judge,
    ) {
        if let Some(why) = self.blocked(address, kind, judge)
            && buffer.edit(at.clone(), instead.to_vec())
        {
            self.log.changes.push(Change { at: span(&at), kind: ChangeKind::RequestRemoved, why });
        }
    }
}

/// The text of what stands there, if it holds these bytes, and places in it are places in the page.
pub(super) fn text_with(
    sought: &[u8],
    inside: Range<usize>,
    charset: &'static encoding_rs::Encoding,
    buffer: &Buffer,
) -> Option<String> {
    let bytes = buffer.get(inside)?;
    memmem::find(bytes, sought)?;
    Code::of(bytes, charset).verbatim()
}

/// What a style asks for there, by the ending.
fn kind_of(url: &str) -> &'static str {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let is_font = [".woff2", ".woff", ".ttf", ".otf", ".eot"].iter().any(|ending| path.ends_with(ending));
    if is_font { "font" } else { "image" }
}

/// Where the URLs of a style stand in it: `url(…)`, quotes and references left out.
fn css_urls(style: &str) -> Vec<Range<usize>> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(open) = memmem::find(&style.as_bytes()[at..], b"url(").map(|open| at + open + 4) {
        let Some(close) = style[open..].find(')').map(|close| open + close) else { break };
        let mut inner = open..close;
        for quote in ["\"", "'", "&quot;", "&#39;", "&#34;", "&apos;"] {
            let text = style[inner.clone()].trim();
            if let Some(bare) = text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote)) {
                let start = bare.as_ptr() as usize - style.as_ptr() as usize;
                inner = start..start + bare.len();
                break;
            }
        }
        found.push(inner);
        at = close;
    }
    found
}

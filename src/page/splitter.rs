//! Splits documents for one set of rules.

use super::collected::{Addresses, Collected};
use super::filter::Filter;
use super::resolve::{Resolver, whole_url};
use super::walk::Walker;
use super::{Page, Part, Script, ScriptKind, Text, Wanted};
use crate::base::{Diagnostic, Limits, OffsetMap, Severity, Span};
use crate::input::{Container, Document};
use std::borrow::Cow;

/// Splits documents into parts; made once for a set of rules and shared by all pages.
#[derive(Debug)]
pub struct Splitter {
    filter: Filter,
}

impl Splitter {
    /// Compiles what rules ask for. Of the limits only [`Limits::nesting`] matters here.
    #[must_use]
    pub fn new(wanted: &Wanted, limits: &Limits) -> Self {
        Self { filter: Filter::new(wanted, limits.nesting) }
    }

    /// Splits a document: a page into its parts, a bare script into one script, text into one text.
    #[must_use]
    pub fn split<'d>(&self, document: &'d Document<'_>) -> Page<'d> {
        let text = &*document.text;
        let url = document.url.as_deref();
        match document.container {
            Container::Html => self.split_html(text, url, 0),
            Container::Js => whole(Part::Script(bare_script(text)), url),
            Container::Text => whole(Part::Text(Text { text, span: Span::new(0, text.len()) }), url),
        }
    }

    /// Splits markup, also such as a script writes: `depth` is the number of levels it already stands inside.
    #[must_use]
    pub fn split_html<'d>(&self, html: &'d str, url: Option<&str>, depth: u32) -> Page<'d> {
        let readable = readable_length(html);
        let mut walker = Walker::new(html, &self.filter, depth);
        walker.walk(0..readable);
        let mut page = finish(walker.collected, url);
        if readable < html.len() {
            let message = "the page is larger than 4 GB; the rest was not read";
            page.diagnostics.push(Diagnostic::new(Severity::Warning, "page-size", message));
        }
        page
    }
}

/// How much of the text spans can count.
fn readable_length(text: &str) -> usize {
    let mut length = text.len().min(u32::MAX as usize - 1);
    while !text.is_char_boundary(length) {
        length -= 1;
    }
    length
}

fn whole<'d>(part: Part<'d>, url: Option<&str>) -> Page<'d> {
    Page { url: url.map(ToString::to_string), parts: vec![part], ..Page::default() }
}

fn bare_script(text: &str) -> Script<'_> {
    Script {
        kind: ScriptKind::Inline,
        span: Span::new(0, text.len()),
        text: Cow::Borrowed(text),
        offsets: OffsetMap::verbatim(0),
        src: None,
        is_module: false,
        is_async: false,
        is_deferred: false,
        held_back: None,
        id: None,
        depth: 0,
    }
}

/// Says which page it is and resolves its URLs.
fn finish<'d>(collected: Collected<'d>, url: Option<&str>) -> Page<'d> {
    let (mut page, addresses) = (collected.page, collected.addresses);
    let Addresses { canonical, og_url, base, saved_from } = &addresses;
    let own = url.or(saved_from.as_deref());
    let known = [base.as_deref(), own, canonical.as_deref(), og_url.as_deref()];
    let resolver = Resolver::new(&known);
    let named = [canonical, og_url, base, saved_from];
    let found = || named.into_iter().flatten().find_map(|address| whole_url(address));
    page.url = url.map(ToString::to_string).or_else(found);
    for part in &mut page.parts {
        match part {
            Part::Request(request) => request.url = resolver.resolve(std::mem::take(&mut request.url)),
            Part::Script(Script { src: Some(src), .. }) => *src = resolver.resolve(std::mem::take(src)),
            _ => {}
        }
    }
    page
}

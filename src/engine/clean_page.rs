//! A saved page without its ads: text into which code has leaked goes first, then the rewriter goes over what is left.

use super::Engine;
use super::leaked_text::LeakedText;
use crate::base::Evidence;
use crate::block::{Change, ChangeKind, PageContext, RewriteOptions, Rewritten, Why};
use crate::clean::{self, CleanOptions, Cleaned, Cut, Originals, clean_in_context};
use crate::input::{self, Container};
use crate::page::Part;
use std::sync::Arc;

/// Passes until nothing is left to cut: what goes may bring together what stood apart.
const PASSES: usize = 4;

impl Engine {
    /// A text without the ad code that has leaked into it.
    ///
    /// Code is told by the rules of the engine, the caller's own among them; everything outside the cuts stays byte
    /// for byte, and cleaning twice equals cleaning once. docs/cleaning.md says how cleaning decides.
    ///
    /// ```
    /// let engine = adsieve::Engine::built_in();
    /// let cleaned = engine.clean_text("It rained.\n\npbjs.que.push(function () { pbjs.requestBids({}) });\n\nIt stopped.");
    /// assert_eq!(cleaned.text, "It rained.\n\nIt stopped.");
    /// assert_eq!(cleaned.cuts[0].network.as_deref(), Some("prebid"));
    /// ```
    #[must_use]
    pub fn clean_text<'t>(&self, text: &'t str) -> Cleaned<'t> {
        self.clean_text_with(text, CleanOptions::default())
    }

    /// The same with a choice of what to cut.
    #[must_use]
    pub fn clean_text_with<'t>(&self, text: &'t str, options: CleanOptions) -> Cleaned<'t> {
        clean::clean_text(text, &self.anchors, options, &|_| None)
    }

    /// A saved page without ad scripts, ad markup and leaked ad code in its text; every other byte stays.
    ///
    /// Without a `url` the page's own markup is asked whose page it is. Spans of the log count bytes of the page as it
    /// came. Cleaning twice equals cleaning once.
    ///
    /// ```
    /// let engine = adsieve::Engine::built_in();
    /// let page = b"<!DOCTYPE html><p>News</p><script>pbjs.que.push(function () { pbjs.requestBids({}) })</script>";
    /// let (left, log) = engine.clean_page(page, None, adsieve::CleanOptions::default());
    /// assert_eq!(left, b"<!DOCTYPE html><p>News</p>");
    /// assert_eq!(log.changes.len(), 1);
    /// ```
    #[must_use]
    pub fn clean_page(&self, bytes: &[u8], url: Option<&str>, options: CleanOptions) -> (Vec<u8>, Rewritten) {
        let (mut left, mut log) = self.clean_page_once(bytes, url, options);
        for _ in 1..PASSES {
            let (less, more) = self.clean_page_once(&left, url, options);
            if more.changes.is_empty() {
                break;
            }
            left = less;
            log.changes.extend(more.changes);
        }
        log.changes.sort_by_key(|change| change.at);
        (left, log)
    }

    fn clean_page_once(&self, bytes: &[u8], url: Option<&str>, options: CleanOptions) -> (Vec<u8>, Rewritten) {
        let document = input::open(bytes, input::Origin { url, ..input::Origin::default() });
        let page_url = self.splitter.split(&document).url;
        let page = page_url.map_or_else(PageContext::unknown, PageContext::new);
        let (text, cuts) = match std::str::from_utf8(bytes) {
            Ok(html) => self.without_leaked_text(html, options),
            Err(_) => (None, Vec::new()),
        };
        let rest = text.as_deref().map_or(bytes, str::as_bytes);
        let (left, mut log) = self.rewrite_page(rest, page, RewriteOptions::default().with_handlers());
        log.changes.sort_by_key(|change| change.at);
        let mut originals = Originals::new(&cuts);
        for change in &mut log.changes {
            change.at = originals.span(change.at);
        }
        log.changes.extend(cuts.into_iter().map(text_removed));
        (left, log)
    }

    /// The page without code in its visible text, `None` where there is none, and what was cut.
    fn without_leaked_text(&self, html: &str, options: CleanOptions) -> (Option<String>, Vec<Cut>) {
        let document = input::open(html.as_bytes(), input::Origin::default());
        if document.container != Container::Html || *document.text != *html {
            return (None, Vec::new());
        }
        let (mut left, mut at, mut cuts) = (String::with_capacity(html.len()), 0, Vec::new());
        let mut leaked = LeakedText::new(html, html.len());
        for part in self.splitter.split(&document).parts {
            let Part::Text(text) = part else { continue };
            if html.get(text.span.range()) != Some(text.text) {
                continue;
            }
            let Some(stretch) = leaked.stretch(text.span) else { continue };
            let context = || leaked.context_at(stretch.start, &self.anchors);
            let cleaned = clean_in_context(&html[stretch.clone()], &self.anchors, options, &|_| None, Some(&context));
            left.push_str(&html[at..stretch.start]);
            left.push_str(&cleaned.text);
            at = stretch.end;
            cuts.extend(cleaned.cuts.into_iter().map(|cut| Cut { span: cut.span.shifted(stretch.start), ..cut }));
        }
        left.push_str(&html[at..]);
        let is_changed = !cuts.is_empty();
        (is_changed.then_some(left), cuts)
    }
}

fn text_removed(cut: Cut) -> Change {
    let why = Why::new(Some(cut.reason.into()), cut.network, Evidence::Salvaged);
    Change { at: cut.span, kind: ChangeKind::TextRemoved, why: Arc::new(why) }
}

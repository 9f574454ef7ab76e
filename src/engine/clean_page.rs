//! A saved page without its ads: the rewriter over the whole page, and text into which code has leaked.

use super::Engine;
use super::page_run::is_sample;
use crate::base::{Evidence, Span};
use crate::block::{Change, ChangeKind, PageContext, RewriteOptions, Rewritten, Why};
use crate::clean::{CleanOptions, clean_text};
use crate::input::{self, Container};
use crate::page::Part;
use std::sync::Arc;

impl Engine {
    /// A saved page without ad scripts, ad markup and leaked ad code in its text; every other byte stays.
    ///
    /// Without a `url` the page's own markup is asked whose page it is. Spans of the log count bytes of the page as it
    /// came; those of leaked text count bytes of the page without its ad scripts and markup.
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
        let document = input::open(bytes, input::Origin { url, ..input::Origin::default() });
        let page_url = self.splitter.split(&document).url;
        let page = page_url.map_or_else(PageContext::unknown, PageContext::new);
        let (mut left, mut log) = self.rewrite_page(bytes, page, RewriteOptions::default().with_handlers());
        if let Ok(text) = std::str::from_utf8(&left)
            && let Some(cleaned) = self.without_leaked_text(text, options, &mut log)
        {
            left = cleaned.into_bytes();
        }
        (left, log)
    }

    /// The page without code in its visible text; `None` where there is none.
    fn without_leaked_text(&self, html: &str, options: CleanOptions, log: &mut Rewritten) -> Option<String> {
        let document = input::open(html.as_bytes(), input::Origin::default());
        if document.container != Container::Html || *document.text != *html {
            return None;
        }
        let (mut left, mut at, mut is_changed) = (String::with_capacity(html.len()), 0, false);
        for part in self.splitter.split(&document).parts {
            let Part::Text(text) = part else { continue };
            let range = text.span.range();
            if range.start < at || is_sample(html, range.start) && !options.cuts_samples() {
                continue;
            }
            let cleaned = clean_text(text.text, &self.anchors, options, &|_| None);
            for cut in &cleaned.cuts {
                let why = Why::new(Some(cut.reason.into()), cut.network.clone(), Evidence::Salvaged);
                let at = Span::new(range.start + cut.span.start as usize, range.start + cut.span.end as usize);
                log.changes.push(Change { at, kind: ChangeKind::TextRemoved, why: Arc::new(why) });
                is_changed = true;
            }
            left.push_str(&html[at..range.start]);
            left.push_str(&cleaned.text);
            at = range.end;
        }
        left.push_str(&html[at..]);
        is_changed.then_some(left)
    }
}

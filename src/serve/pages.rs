//! The last pages: what was done to each, and which of its requests were blocked. For whoever wants to see the filter at work.
//!
//! Bounded in every direction; in memory only. Browsers tell other sites only the origin of the page that asks, so a
//! request counts for the last page of that origin where its page is not known.

use super::log::without_query;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// Pages that are kept.
const PAGES: usize = 200;
/// Lines of one page that are kept.
const LINES: usize = 100;
/// Bytes of a text that are kept.
const TEXT: usize = 300;

/// One page.
#[derive(Clone, Debug)]
pub(crate) struct SeenPage {
    /// Without its query.
    pub(crate) url: String,
    /// When its header came.
    pub(crate) at: SystemTime,
    /// Networks of its requests and removed code; how often, and whether any of it was blocked.
    pub(crate) networks: BTreeMap<String, SeenNetwork>,
    /// What was removed from it: kind and reason, the same ones counted.
    pub(crate) changes: BTreeMap<(String, String), u64>,
    /// Requests that were blocked: URL and reason, the same ones counted.
    pub(crate) blocked: BTreeMap<(String, String), u64>,
    /// Requests for it that were let go.
    pub(crate) allowed: u64,
}

/// A network on a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SeenNetwork {
    /// Requests and pieces of code.
    pub(crate) count: u64,
    /// Those of them that were blocked or removed.
    pub(crate) blocked: u64,
}

/// The last pages, the newest last.
#[derive(Debug, Default)]
pub(crate) struct RecentPages {
    pages: Mutex<VecDeque<SeenPage>>,
}

impl RecentPages {
    /// A page begins.
    pub(crate) fn begin(&self, url: &str) {
        let page = SeenPage {
            url: cut(&without_query(url)),
            at: SystemTime::now(),
            networks: BTreeMap::new(),
            changes: BTreeMap::new(),
            blocked: BTreeMap::new(),
            allowed: 0,
        };
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.len() >= PAGES {
            pages.pop_front();
        }
        pages.push_back(page);
    }

    /// Something was removed from the page.
    pub(crate) fn note_change(&self, page_url: &str, kind: &str, why: &str, network: Option<&str>) {
        self.with_page(page_url, |page| {
            count(&mut page.changes, (kind.to_owned(), cut(why)));
            page.note_network(network, true);
        });
    }

    /// A request of the page was judged.
    pub(crate) fn note_request(&self, page_url: &str, url: &str, blocked_by: Option<&str>, network: Option<&str>) {
        self.with_page(page_url, |page| {
            match blocked_by {
                Some(why) => count(&mut page.blocked, (cut(&without_query(url)), cut(why))),
                None => page.allowed += 1,
            }
            page.note_network(network, blocked_by.is_some());
        });
    }

    /// The newest first.
    pub(crate) fn newest(&self) -> Vec<SeenPage> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).iter().rev().cloned().collect()
    }

    fn with_page(&self, page_url: &str, work: impl FnOnce(&mut SeenPage)) {
        let wanted = cut(&without_query(page_url));
        if wanted.is_empty() {
            return;
        }
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let position = pages.iter().rposition(|page| page.url == wanted);
        let position = position.or_else(|| pages.iter().rposition(|page| origin(&page.url) == origin(&wanted)));
        if let Some(page) = position.and_then(|position| pages.get_mut(position)) {
            work(page);
        }
    }
}

impl SeenPage {
    fn note_network(&mut self, network: Option<&str>, is_blocked: bool) {
        let Some(name) = network else { return };
        if self.networks.len() < LINES || self.networks.contains_key(name) {
            let seen = self.networks.entry(name.to_owned()).or_default();
            seen.count += 1;
            seen.blocked += u64::from(is_blocked);
        }
    }
}

fn count(lines: &mut BTreeMap<(String, String), u64>, line: (String, String)) {
    if lines.len() < LINES || lines.contains_key(&line) {
        *lines.entry(line).or_default() += 1;
    }
}

fn cut(text: &str) -> String {
    text.char_indices().take_while(|(at, _)| *at < TEXT).map(|(_, character)| character).collect()
}

fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    &url[..url[host..].find('/').map_or(url.len(), |at| host + at)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_count_for_the_last_page_of_their_origin() {
        let pages = RecentPages::default();
        pages.begin("https://news.example/old");
        pages.begin("https://news.example/new?session=1");
        pages.begin("https://other.example/");
        pages.note_request("https://news.example/", "https://ads.example/x?u=1", Some("rule"), Some("acme"));
        pages.note_request("https://news.example/new?session=1", "https://img.example/", None, Some("acme"));
        pages.note_request("", "https://nobody.example/", Some("rule"), None);
        let newest = pages.newest();
        assert_eq!(newest[1].url, "https://news.example/new?…");
        assert_eq!(newest[1].blocked.keys().next().unwrap().0, "https://ads.example/x?…");
        assert_eq!((newest[1].allowed, newest[1].networks["acme"]), (1, SeenNetwork { count: 2, blocked: 1 }));
        assert!(newest[0].blocked.is_empty() && newest[2].blocked.is_empty());
    }

    #[test]
    fn nothing_grows_without_end() {
        let pages = RecentPages::default();
        for number in 0..PAGES * 2 {
            pages.begin(&format!("https://news.example/{number}"));
        }
        for number in 0..LINES * 2 {
            let (url, network) = (format!("https://ads.example/{number}"), number.to_string());
            pages.note_request("https://news.example/399", &url, Some("rule"), Some(&network));
        }
        let newest = pages.newest();
        assert_eq!((newest.len(), newest[0].blocked.len(), newest[0].networks.len()), (PAGES, LINES, LINES));
    }
}

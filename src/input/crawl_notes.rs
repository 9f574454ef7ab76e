//! What a crawl tells about its records: which were seen, who asked for them, where URLs lead.
//!
//! Requests stand before their response (wget) or behind it (warcio). Bounds: how many of each are remembered.

use super::SavedRequestKind;
use super::media::Media;
use super::named::resolved_url;
use std::collections::{HashMap, VecDeque};

/// Responses and redirects that are remembered.
const MAX_SEEN: usize = 4096;
const MAX_REDIRECTS: usize = 4096;

/// Requests whose response may still come, and responses whose request may.
const NEIGHBOURS: usize = 64;

/// Redirects that are followed one after the other.
const MAX_HOPS: u32 = 8;

/// A response that was seen.
pub(super) struct Seen {
    pub(super) number: u64,
    pub(super) url: String,
    pub(super) media: Media,
    pub(super) kind: SavedRequestKind,
    /// The page load that it belongs to, by the crawler's name for it.
    pub(super) load: Option<String>,
    /// Number of the page or frame that asked for it.
    pub(super) owner: Option<u64>,
    /// Was it asked for as a frame?
    pub(super) is_frame: bool,
}

/// A request whose response may still come.
struct Asked {
    url: String,
    owner: Option<u64>,
    is_frame: bool,
}

/// What is remembered.
#[derive(Default)]
pub(super) struct Notes {
    seen: VecDeque<Seen>,
    asked: VecDeque<Asked>,
    redirects: HashMap<String, String>,
}

impl Notes {
    /// Notes a request: of a response that was just seen, or one that comes.
    pub(super) fn ask(&mut self, url: String, owner: Option<u64>, is_frame: bool) {
        let answered = self.seen.iter_mut().rev().take(NEIGHBOURS).find(|seen| seen.url == url && seen.owner.is_none());
        if let Some(seen) = answered {
            (seen.owner, seen.is_frame) = (owner, is_frame);
            return;
        }
        if self.asked.len() == NEIGHBOURS {
            self.asked.pop_front();
        }
        self.asked.push_back(Asked { url, owner, is_frame });
    }

    /// Notes a response; who asked for it is added, if that is known.
    pub(super) fn see(&mut self, seen: Seen) {
        let asked = self.asked.iter().rposition(|asked| asked.url == seen.url).and_then(|at| self.asked.remove(at));
        if self.seen.len() == MAX_SEEN {
            self.seen.pop_front();
        }
        self.seen.push_back(match asked {
            Some(Asked { owner, is_frame, .. }) => Seen { owner, is_frame, ..seen },
            None => seen,
        });
    }

    /// Notes where a URL leads.
    pub(super) fn redirect(&mut self, url: String, to: &str) {
        if self.redirects.len() == MAX_REDIRECTS {
            self.redirects.clear();
        }
        if let Some(to) = resolved_url(&url, to) {
            self.redirects.insert(url, to);
        }
    }

    /// Where the URL leads in the end.
    pub(super) fn target_of(&self, url: &str) -> String {
        let mut url = url;
        for _ in 0..MAX_HOPS {
            match self.redirects.get(url) {
                Some(to) => url = to,
                None => break,
            }
        }
        url.to_owned()
    }

    /// All responses that are remembered, in their order; they are wanted back.
    pub(super) fn take_seen(&mut self) -> VecDeque<Seen> {
        std::mem::take(&mut self.seen)
    }

    /// Takes them back.
    pub(super) fn put_back(&mut self, seen: VecDeque<Seen>) {
        self.seen = seen;
    }

    /// Forgets what came before the oldest page that waits.
    pub(super) fn forget_before(&mut self, number: Option<u64>) {
        while self.seen.front().is_some_and(|seen| number.is_none_or(|number| seen.number < number)) {
            self.seen.pop_front();
        }
    }
}

//! What is known of a script from outside its syntax: the evidence that evaluation gives.

use super::fact::{Fact, FactKind};
use super::verdict::Why;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Signs of ads in one script; spans count its bytes.
#[derive(Clone, Debug, Default)]
pub struct Signs {
    /// Calls and assignments that a rule knows, by their bytes.
    pub acts: FxHashMap<(u32, u32), Arc<Why>>,
    /// Calls and assignments that ask for a URL or write markup, by their bytes: `None` where some of it serves no ads.
    pub requests: FxHashMap<(u32, u32), Option<Arc<Why>>>,
    /// Objects that are ad units or bids, by where they start.
    pub data: Vec<(u32, Arc<Why>)>,
    /// URLs that may not be asked for and that it asks for, as far as they are known.
    pub urls: Vec<Box<str>>,
}

impl Signs {
    /// Is there anything to cut for?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.acts.is_empty() && self.data.is_empty() && self.requests.values().all(Option::is_none)
    }

    /// What is known of the requests of an assignment or call: evaluation may blame what is written to alone.
    pub(super) fn request(&self, fact: &Fact) -> Option<&Option<Arc<Why>>> {
        let target_end = match fact.kind {
            FactKind::Assign { target_end, .. } => target_end,
            _ => fact.end,
        };
        self.requests.get(&(fact.start, fact.end)).or_else(|| self.requests.get(&(fact.start, target_end)))
    }

    /// A request, or one of the many that the same code asks for.
    pub fn add_request(&mut self, span: (u32, u32), why: Option<Arc<Why>>) {
        let known = self.requests.entry(span).or_insert_with(|| why.clone());
        if why.is_none() {
            *known = None;
        }
    }
}

/// Knows ads by name; asked while a script is judged.
pub trait Witness {
    /// Is this global (`googletag`, `Criteo.events`) the interface of an ad library?
    fn global(&self, path: &str) -> Option<Arc<Why>>;
    /// Does this URL lead to ads?
    fn url(&self, url: &str) -> Option<Arc<Why>>;
}

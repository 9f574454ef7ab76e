//! `revisit` records: pages whose body stands in an earlier record, found again in a second reading of the file.
//!
//! In: digests of the bodies that come by, and pages that only name theirs. Out: these pages with their body, where the
//! same file holds it. Bounds: a few bytes for each page of the file, up to a number of pages.

use super::SavedDocument;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashSet};
use std::hash::{Hash, Hasher};

/// Bodies that are known by their digest; eight bytes each.
const MAX_KNOWN: usize = 1 << 20;

/// Pages that wait for their body.
const MAX_WANTED: usize = 10_000;

/// Bodies that came by, and pages that want one of them.
#[derive(Default)]
pub(super) struct Revisits {
    known: HashSet<u64>,
    wanted: BTreeMap<String, Vec<SavedDocument>>,
    count: usize,
    /// Is the file read for the second time, for these pages alone?
    pub(super) is_second: bool,
}

impl Revisits {
    /// A body of this digest comes by.
    pub(super) fn know(&mut self, digest: &str) {
        if self.known.len() < MAX_KNOWN {
            self.known.insert(hash(digest));
        }
    }

    /// Lets the page wait for a body of that digest; gives it back if none came by.
    pub(super) fn want(&mut self, digest: &str, page: SavedDocument) -> Option<SavedDocument> {
        if self.count == MAX_WANTED || !self.known.contains(&hash(digest)) {
            return Some(page);
        }
        self.count += 1;
        self.wanted.entry(digest.to_owned()).or_default().push(page);
        None
    }

    /// Does a page wait?
    pub(super) fn is_wanted(&self) -> bool {
        !self.wanted.is_empty()
    }

    /// The pages that wait for this body, with it.
    pub(super) fn found(&mut self, digest: &str, body: &SavedDocument) -> Vec<SavedDocument> {
        let pages = self.wanted.remove(digest).unwrap_or_default();
        let filled = |page| SavedDocument {
            bytes: body.bytes.clone(),
            content_type: body.content_type.clone(),
            diagnostics: body.diagnostics.clone(),
            ..page
        };
        pages.into_iter().map(filled).collect()
    }

    /// The pages that still wait: nothing more comes.
    pub(super) fn take_left(&mut self) -> Vec<SavedDocument> {
        std::mem::take(&mut self.wanted).into_values().flatten().collect()
    }
}

fn hash(digest: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    digest.hash(&mut hasher);
    hasher.finish()
}

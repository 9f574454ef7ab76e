//! What reaches the outside of a script.

use super::stand_in::StandIn;
use super::value::{Condition, Value};
use crate::base::{Evidence, Place};
use aho_corasick::AhoCorasick;
use rustc_hash::FxHashMap;
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

/// Something that a script does, or data that it holds.
#[derive(Clone, Debug)]
pub struct Event {
    /// What happens.
    pub kind: EventKind,
    /// Where in the source.
    pub at: Place,
    /// How sure it is.
    pub evidence: Evidence,
    /// The condition under which it happens; `None` where it always does.
    pub when: Condition,
}

/// The kinds of events.
///
/// Paths name things from the global object on, without a leading `window.`, `self.`
/// or the like: `pbjs.que.push`, `googletag.pubads().setTargeting`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum EventKind {
    /// A call or `new` of something that the page does not define itself, or of a method that rules ask for.
    Call {
        /// What is called, as `pbjs.addAdUnits`.
        callee: Arc<str>,
        /// The arguments; a spread of an unknown list is one unknown.
        arguments: Vec<Value>,
        /// `new X(…)`.
        is_new: bool,
    },
    /// A value stored under a global name or in a member of a library's object.
    Assign {
        /// Where it is stored, as `pbjs.adUnits` or `adUnits`.
        target: Arc<str>,
        /// What is stored.
        value: Value,
    },
    /// A URL that a script would ask for.
    Request {
        /// The URL, unresolved; may be [`Value::Text`] where its beginning is known.
        url: Value,
        /// What it asks for: a name of `RequestKind`, as `script`.
        kind: &'static str,
    },
    /// Markup that a script would write into the page.
    Markup {
        /// The HTML; may be [`Value::Text`].
        html: Value,
    },
    /// An object with the shape of an ad unit, however it came about.
    AdUnit {
        /// `{code, mediaTypes, bids: [{bidder, params}]}`, or a made-up one around bids that stand alone.
        value: Value,
    },
}

/// What the rules ask for: other calls and assignments are not recorded.
#[derive(Clone, Debug, Default)]
pub struct Interests {
    /// Callees by last name.
    calls: Names,
    /// Assigned members and globals by last name.
    assignments: Names,
    /// Command queues whose functions are run, as `pbjs.que`; `*.que` stands for any global's.
    pub queues: Vec<String>,
    /// Functions of the page that libraries call, by path; `config.events.*` stands for all in that object.
    pub(super) callbacks: Vec<String>,
    /// Functions that are not followed into a library that is there.
    inner: HashSet<String>,
    /// Code that stands in for libraries.
    pub(super) stand_ins: Vec<Arc<StandIn>>,
    /// Finds the names in code that make it worth looking into though nothing runs it.
    finder: Option<AhoCorasick>,
}

/// Last names of paths, each with the names that may stand before it; none means that any may.
type Names = FxHashMap<String, Vec<String>>;

/// Sorts `push` and `_taboola.push` by their last names.
fn by_last_name(names: HashSet<String>) -> Names {
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort_unstable();
    let (owned, free): (Vec<String>, Vec<String>) = names.into_iter().partition(|name| name.contains('.'));
    let mut sorted = Names::default();
    for (owner, last) in owned.iter().filter_map(|name| name.rsplit_once('.')) {
        sorted.entry(last.to_owned()).or_default().push(owner.to_owned());
    }
    // A name that may stand alone needs no owner.
    sorted.extend(free.into_iter().map(|name| (name, Vec::new())));
    sorted
}

/// Does one of the names stand at the end of the path?
fn names_path(names: &Names, path: &str) -> bool {
    let (rest, last) = match memchr::memrchr(b'.', path.as_bytes()) {
        Some(dot) => (&path[..dot], &path[dot + 1..]),
        None => ("", path),
    };
    names.get(last).is_some_and(|owners| {
        let owner = rest.rsplit('.').next().unwrap_or(rest);
        owners.is_empty() || owners.iter().any(|one| one == owner)
    })
}

impl Interests {
    /// Interests in calls and assignments by last name (`addAdUnits`) or last two names (`_taboola.push`), and in
    /// queues; code that holds one of `anchors` is looked into even where nothing runs it.
    #[must_use]
    pub fn new(calls: HashSet<String>, assignments: HashSet<String>, queues: Vec<String>, anchors: &[String]) -> Self {
        let finder = AhoCorasick::new(anchors).ok().filter(|_| !anchors.is_empty());
        Self {
            calls: by_last_name(calls),
            assignments: by_last_name(assignments),
            queues,
            callbacks: Vec::new(),
            stand_ins: Vec::new(),
            inner: HashSet::new(),
            finder,
        }
    }

    /// The same interests, with functions of the page that libraries call.
    #[must_use]
    pub fn with_callbacks(self, callbacks: Vec<String>) -> Self {
        Self { callbacks, ..self }
    }

    /// The same interests, with names of functions that are not followed into a library that is there.
    #[must_use]
    pub fn with_inner(self, inner: HashSet<String>) -> Self {
        Self { inner, ..self }
    }

    /// Is it the name of a function that is not followed into a library?
    pub(super) fn is_inner(&self, name: &str) -> bool {
        self.inner.contains(name)
    }

    /// The same interests, with code that stands in for libraries.
    #[must_use]
    pub fn with_stand_ins(self, stand_ins: Vec<Arc<StandIn>>) -> Self {
        Self { stand_ins, ..self }
    }

    /// May a rule ask for calls with this last name?
    pub(super) fn may_call(&self, name: &str) -> bool {
        self.calls.contains_key(name)
    }

    /// Does a rule ask for calls of this path?
    pub(super) fn has_call(&self, path: &str) -> bool {
        names_path(&self.calls, path)
    }

    /// Does a rule ask for assignments to a member of this name?
    pub(super) fn may_assign(&self, name: &str) -> bool {
        let last = name.rsplit_once('.').map_or(name, |(_, last)| last);
        self.assignments.contains_key(last)
    }

    /// Does a rule ask for assignments to this path?
    pub(super) fn has_assignment(&self, path: &str) -> bool {
        names_path(&self.assignments, path)
    }

    /// Where the anchors stand in a text, in order.
    #[must_use]
    pub fn anchors(&self, text: &str) -> Rc<[u32]> {
        let finder = self.finder.iter();
        finder
            .flat_map(|finder| finder.find_iter(text))
            .map(|found| u32::try_from(found.start()).unwrap_or(u32::MAX))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_asked_for_with_or_without_an_owner() {
        let names = by_last_name(["addAdUnits", "_taboola.push", "adUnits.push"].map(str::to_owned).into());
        assert!(names_path(&names, "my.pbjs.addAdUnits") && names_path(&names, "addAdUnits"));
        assert!(names_path(&names, "_taboola.push") && names_path(&names, "pbjs.adUnits.push"));
        assert!(!names_path(&names, "dataLayer.push"));
    }
}

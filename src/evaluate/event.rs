//! What reaches the outside of a script.

use super::value::{Condition, Value};
use crate::base::{Evidence, Place};
use aho_corasick::AhoCorasick;
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

/// Names of the calls and assignments that some rule asks for: others are not recorded.
#[derive(Clone, Debug, Default)]
pub struct Interests {
    /// Last names of callees, as `addAdUnits`.
    pub calls: HashSet<String>,
    /// Last names of assigned members or globals, as `adUnits`.
    pub assignments: HashSet<String>,
    /// Command queues whose functions are run, as `pbjs.que`; `*.que` stands for any global's.
    pub queues: Vec<String>,
    /// Finds the names in code that make it worth looking into though nothing runs it.
    finder: Option<AhoCorasick>,
}

impl Interests {
    /// Interests in the given calls, assignments and queues; code that holds one of `anchors` is looked into
    /// even where nothing runs it.
    #[must_use]
    pub fn new(calls: HashSet<String>, assignments: HashSet<String>, queues: Vec<String>, anchors: &[String]) -> Self {
        let finder = AhoCorasick::new(anchors).ok().filter(|_| !anchors.is_empty());
        Self { calls, assignments, queues, finder }
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

//! What is found on a page.

use crate::base::{Evidence, Place};
use crate::evaluate::{Condition, Value};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A rule that matched.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Id of the rule.
    pub rule: Arc<str>,
    /// Id of the network (organisation) that the rule speaks of, if it speaks of one.
    pub network: Option<Arc<str>>,
    /// Id of the product that the rule's file describes.
    pub product: Option<Arc<str>>,
    /// What the pattern's holes caught, in alphabetical order of their names (without `$`).
    pub captures: BTreeMap<Arc<str>, Value>,
    /// How sure it is.
    pub evidence: Evidence,
    /// Where it stands.
    pub at: Place,
    /// The condition under which it happens.
    pub when: Condition,
}

impl Finding {
    /// The text that a hole caught, if it caught a text.
    #[must_use]
    pub fn capture(&self, name: &str) -> Option<&str> {
        self.captures.get(name)?.as_str()
    }
}

/// An ad unit handed to a header bidding wrapper, or declared for one.
#[derive(Clone, Debug)]
pub struct AdUnit {
    /// The ad unit's code.
    pub code: Option<Value>,
    /// The wrapper it was handed to, as `prebid`; `None` where that could not be told.
    pub library: Option<Arc<str>>,
    /// The wrapper's global, as `pbjs`.
    pub global: Option<Arc<str>>,
    /// `mediaTypes`, or what older pages say instead.
    pub media_types: Value,
    /// How sure it is.
    pub evidence: Evidence,
    /// The condition under which it is handed over.
    pub when: Condition,
    /// Where it stands.
    pub at: Place,
    /// Its bids.
    pub bids: Vec<Bid>,
    /// What is wrong with it, as codes with words.
    pub problems: Vec<Problem>,
}

/// One bidder of an ad unit with its params.
#[derive(Clone, Debug)]
pub struct Bid {
    /// The bidder code as the page writes it.
    pub bidder: Value,
    /// The network behind it, if known.
    pub network: Option<Arc<str>>,
    /// The code of which the bidder is an alias, by the registry or by the page itself.
    pub alias_of: Option<Arc<str>>,
    /// The bid params.
    pub params: Value,
    /// The condition under which this bid is part of the unit.
    pub when: Condition,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// Where it stands.
    pub at: Place,
}

/// Something wrong with an ad unit or a bid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// A stable name, as `missing-param`.
    pub code: &'static str,
    /// Plain words for people.
    pub message: String,
    /// Where.
    pub at: Place,
}

/// A place at the ad server.
#[derive(Clone, Debug)]
pub struct Slot {
    /// The product, as `google-publisher-tag`.
    pub library: Arc<str>,
    /// The ad unit path at the ad server.
    pub path: Value,
    /// Sizes, as the page hands them over.
    pub sizes: Value,
    /// Id of the element.
    pub element: Value,
    /// How sure it is.
    pub evidence: Evidence,
    /// Where it stands.
    pub at: Place,
}

/// An ad network of the page: the headline.
#[derive(Clone, Debug)]
pub struct FoundNetwork {
    /// Id in the registry.
    pub id: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// What it does on this page: `bidder` and the roles of its products, sorted.
    pub roles: Vec<Arc<str>>,
    /// Its id in the IAB's global vendor list.
    pub gvl_id: Option<u32>,
    /// Bidder codes seen, sorted.
    pub bidders: Vec<Arc<str>>,
    /// Publisher's ids by param name; values sorted, each once.
    pub ids: BTreeMap<Arc<str>, Vec<Value>>,
    /// The best evidence.
    pub evidence: Evidence,
    /// Indexes into the findings.
    pub findings: Vec<usize>,
}

/// A third-party URL that the page names.
#[derive(Clone, Debug)]
pub struct FoundRequest {
    /// The URL (as far as it is known).
    pub url: String,
    /// What it asks for.
    pub kind: &'static str,
    /// The organisation it belongs to.
    pub network: Option<Arc<str>>,
    /// The rule of a filter list that would block it, and where it stands.
    pub filter: Option<Arc<str>>,
    /// Is it a sign of that organisation's ads? Not if the host serves much else besides.
    pub is_ad: bool,
    /// Where it is named.
    pub at: Place,
}

/// A library setting worth knowing.
#[derive(Clone, Debug)]
pub struct ConfigEntry {
    /// Dotted name, as `consentManagement.gdpr.timeout`.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// Where it is set.
    pub at: Place,
}

/// Codes that the page itself makes aliases, with the bidder they stand for, where that is known.
pub(crate) type Aliases = HashMap<Arc<str>, Option<Arc<str>>>;

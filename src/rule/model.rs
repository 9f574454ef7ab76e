//! Products and rules, compiled.

use super::constraint::{Constraint, LazyRegex};
use super::example::Example;
use crate::base::Span;
use crate::evaluate::StandIn;
use crate::pattern::{Pattern, Selector, StyleName, UrlPattern};
use std::sync::Arc;

/// A technology: what one rule file describes.
#[derive(Clone, Debug)]
pub struct Product {
    /// Its id.
    pub id: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Id of the network behind it.
    pub network: Arc<str>,
    /// What it is: `ad-server`, `ssp`, `native`, …
    pub role: Arc<str>,
    /// Where its scripts and beacons live: `host` (its subdomains too) or `host/path-prefix`.
    pub hosts: Vec<Arc<str>>,
    /// Ends of paths that name it on any host, a site's own too: `/*prebid*.js`.
    pub paths: Vec<Arc<str>>,
    /// Globals that name it.
    pub globals: Vec<Arc<str>>,
    /// Globals that others use too: a weak sign.
    pub weak_globals: Vec<Arc<str>>,
    /// Queues whose functions are run, as `googletag.cmd`, `*.que`.
    pub queues: Vec<Arc<str>>,
    /// Functions of the page that it calls, by path: `OptanonWrapper`; `config.events.*` stands for all functions in that object.
    pub callbacks: Vec<Arc<str>>,
    /// Functions that are not followed into the library where it is part of a page's own script.
    pub inner: Vec<Arc<str>>,
    /// Parts of the URL of the script that runs the queues.
    pub loaders: Vec<Arc<str>>,
    /// The inert library that stands in for its blocked scripts, as `googletag`.
    pub stub: Option<Arc<str>>,
    /// Formats of the publisher's ids, by name.
    pub ids: Vec<(Arc<str>, LazyRegex)>,
    /// Class names and ids of its elements.
    pub css: Vec<StyleName>,
    /// What some of its functions give back, where the library itself is not there.
    pub stand_in: Option<Arc<StandIn>>,
    /// The rule file.
    pub file: Arc<str>,
}

/// What a rule's matches mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Finds {
    /// The product is on the page; captures are the publisher's ids.
    #[default]
    Product,
    /// Ad units: `CODE`, `MEDIA_TYPES`, `BIDDER`, `PARAMS`.
    AdUnit,
    /// Slots at the ad server: `PATH`, `SIZES`, `ELEMENT`.
    Slot,
    /// Settings: `CONFIG`, or `NAME` and `VALUE`.
    Config,
    /// A second code of a bidder: `BIDDER`, `ALIAS`.
    Alias,
    /// Bidders without an ad unit: `BIDDER`.
    Bidders,
    /// Targeting keys: `KEY`, `VALUE`.
    Targeting,
}

impl Finds {
    /// All of them with the names that rule files use.
    pub const ALL: [(&'static str, Self); 7] = [
        ("product", Self::Product),
        ("ad-unit", Self::AdUnit),
        ("slot", Self::Slot),
        ("config", Self::Config),
        ("alias", Self::Alias),
        ("bidders", Self::Bidders),
        ("targeting", Self::Targeting),
    ];

    /// The name that rule files use.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, finds)| *finds == self).map_or("product", |(name, _)| name)
    }

    /// Holes of which at least one must stand in the rule's patterns.
    #[must_use]
    pub fn holes(self) -> &'static [&'static str] {
        match self {
            Self::Product => &[],
            Self::AdUnit => &["BIDDER", "CODE"],
            Self::Slot => &["PATH"],
            Self::Config => &["CONFIG", "VALUE"],
            Self::Alias => &["ALIAS"],
            Self::Bidders => &["BIDDER"],
            Self::Targeting => &["KEY"],
        }
    }
}

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its id, unique in a set.
    pub id: Arc<str>,
    /// What it recognises, in a line.
    pub about: Arc<str>,
    /// The product of its file; rules of a file without one name no product.
    pub product: Option<Arc<Product>>,
    /// What its matches mean.
    pub finds: Finds,
    /// Is it reported as `markup`, whatever matched?
    pub is_weak: bool,
    /// Do other libraries have a method or member of that name? Then another sign of the product must confirm it.
    pub is_shared: bool,
    /// The name under which `CONFIG` and `VALUE` are reported.
    pub setting: Option<Arc<str>>,
    /// Patterns of code: any of them.
    pub scripts: Vec<Pattern>,
    /// Patterns of elements: any of them.
    pub elements: Vec<Selector>,
    /// Patterns of requests: any of them.
    pub urls: Vec<UrlPattern>,
    /// Names in style sheets: any of them.
    pub styles: Vec<StyleName>,
    /// What captures must look like.
    pub constraints: Vec<(Arc<str>, Constraint)>,
    /// Code that it must find.
    pub examples: Vec<Example>,
    /// Code that it must not find.
    pub counterexamples: Vec<Example>,
    /// The rule file.
    pub file: Arc<str>,
    /// Where its table begins in the file.
    pub span: Span,
}

impl Rule {
    /// The names of all holes of all patterns, sorted.
    #[must_use]
    pub fn holes(&self) -> Vec<Arc<str>> {
        let mut holes: Vec<Arc<str>> = self.scripts.iter().flat_map(Pattern::holes).collect();
        holes.extend(self.elements.iter().flat_map(Selector::holes).cloned());
        holes.extend(self.urls.iter().flat_map(UrlPattern::holes).cloned());
        holes.sort();
        holes.dedup();
        holes
    }
}

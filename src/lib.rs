//! Finds the ad networks of a web page in its source, without running it.
//!
//! An [`Engine`] is compiled once from a [`RuleSet`] and takes pages one by one:
//!
//! 0. containers, compressions and folders are opened, and hand out documents ([`read_documents`], [`SavedDocument`]);
//! 1. the bytes are decoded as a browser would, and told to be a page, a script or text ([`Container`]);
//! 2. the page is split into scripts, requests, elements, styles and text;
//! 3. a prefilter over the literals of all rules picks the scripts that can matter;
//! 4. these are parsed, and repaired where text has damaged them ([`find_regions`]);
//! 5. they are evaluated abstractly, in page order: both ways of a condition that only the visit decides,
//!    values with the condition that selects them ([`Value`]);
//! 6. rules meet what the scripts would do, and the markup: [`Finding`]s, [`AdUnit`]s, [`Slot`]s, networks;
//! 7. the [`Scan`] becomes a report ([`report`]).
//!
//! ```
//! use adsieve::{Engine, ScanOptions};
//!
//! let page = br#"<script>
//!     var isPhone = /iPhone/.test(navigator.userAgent);
//!     pbjs.que.push(function () {
//!         pbjs.addAdUnits([{ code: "top", bids: [{ bidder: "appnexus", params: { placementId: isPhone ? 7 : 8 } }] }]);
//!     });
//! </script>"#;
//! let scan = Engine::built_in().scan_bytes(page, &ScanOptions::default());
//! let bid = &scan.ad_units[0].bids[0];
//! assert_eq!(bid.bidder.as_str(), Some("appnexus"));
//! let params = bid.params.to_json();
//! assert_eq!(params["placementId"]["$any"][0]["value"], 7);
//! assert_eq!(params["placementId"]["$any"][1]["value"], 8);
//! ```
//!
//! What it will not do: run code of a page, fetch anything, or fail. Everything read from a page is taken
//! as hostile; [`Limits`] bound the work, and what a bound cut off stands in [`Scan::diagnostics`].

#![forbid(unsafe_code)]

mod base;
mod block;
mod clean;
mod detect;
mod engine;
mod evaluate;
mod input;
mod network;
mod page;
mod pattern;
mod rule;
mod script;
mod sellers;

pub mod report;

pub use base::{Diagnostic, Evidence, Limits, LineIndex, Place, Position, Severity, Span};
pub use block::header;
pub use block::{
    Action, Answer, Answers, Change, ChangeKind, Decision, FilterRule, Inserts, PageContext, Party, Policy, PolicyWord,
    Reason, Request, RequestKind, RequestVerdict, RewriteOptions, Rewriter, Rewritten, ScriptCut, ScriptVerdict,
    Subject, Why, with_new_hashes,
};
#[cfg(feature = "filter-lists")]
pub use block::{FilterList, FilterLists, HiddenOnPage, ListMistake, ListVerdict, Trust};
pub use clean::{CleanOptions, Cleaned, Cut, IsAd, Kept, What, clean_text};
pub use detect::{AdUnit, Adapter, Bid, Bundle, ConfigEntry, Finding, FoundNetwork, FoundRequest, Problem, Slot};
#[doc(hidden)]
pub use engine::stages;
pub use engine::{Container, Engine, Outcome, PageJudge, Scan, ScanOptions, ScriptKind, ScriptRecord};
pub use evaluate::{Alternative, Condition, Object, Step, Trace, Value};
pub use input::{
    Archive, ReadOptions, Resource, ResourceKind, ResourceText, SavedDocument, SavedRequest, SavedRequestKind,
    is_container, is_page_name, is_saved_folder, read_documents, read_seekable_documents,
};
pub use network::{Bidder, MediaType, Network, Param, ParamType, Registry, Required, Status, nearest as nearest_name};
pub use rule::{Finds, Mistake, Product, Rule, RuleError, RuleSet, read_rules, schema as rule_schema};
pub use script::{Anchors, Language, Region, find_regions};
pub use sellers::{Relation, Seller, SellerList, SellerListKind, read_sellers, seller_list_kind};

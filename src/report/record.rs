//! The page report as programs read it: the contract `adsieve.page/1`.
//!
//! One [`PageReport`] a page. Field names never change; fields may be added.
//! Values of page scripts are JSON in the report's value form: what is concrete is
//! plain JSON, the rest is `{"$any": […]}`, `{"$unknown": "source"}`, `{"$fn": true}`,
//! `{"$regex": "/a/i"}` or `{"$undefined": true}`.

#[cfg(feature = "schema")]
use super::any_value::AnyValue;
use crate::base::{Evidence, Severity};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The version of the page report that this library writes.
pub const PAGE_SCHEMA: &str = "adsieve.page/1";

/// A name out of a small set, as `evaluated` or `inline`.
pub type Name = Cow<'static, str>;

/// Everything that one page says, found without running it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PageReport {
    /// [`PAGE_SCHEMA`].
    pub schema: Name,
    /// Where the page was read.
    pub source: SourceRecord,
    /// The page's own URL.
    pub url: Option<String>,
    /// The page's title.
    pub title: Option<String>,
    /// The ad networks, surest first.
    pub networks: Vec<NetworkRecord>,
    /// The ad units, in order of their place.
    pub ad_units: Vec<AdUnitRecord>,
    /// The ad slots, in order of their place.
    pub slots: Vec<SlotRecord>,
    /// The findings, in order of their place.
    pub findings: Vec<FindingRecord>,
    /// The third-party URLs that the page names.
    pub requests: Vec<RequestRecord>,
    /// Every script of the page.
    pub scripts: Vec<ScriptEntry>,
    /// Scripts that are a library, with what was built into them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bundles: Vec<BundleRecord>,
    /// Library settings by dotted name; the last one of a name counts.
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, AnyValue>"))]
    pub config: Map<String, Json>,
    /// The scripts and frames that were saved with the page; places name them by index.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<ResourceRecord>,
    /// `found`, `none`, or `unknown`: the page shows none, but something was missing that could have brought some.
    pub ads: Name,
    /// What could not be seen, with counts: `external-scripts`, `scripts-removed`, `bodies-missing`, `truncated`,
    /// `budget`, `charset-guessed`.
    pub unseen: BTreeMap<Name, u64>,
    /// What went less than well.
    pub diagnostics: Vec<DiagnosticRecord>,
    /// Who may sell, where the document is a list of sellers and no page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sellers: Option<SellersRecord>,
    /// The source around what was found, in order, where it was asked for; see [`PageReport::with_excerpts`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excerpts: Vec<ExcerptRecord>,
}

/// A piece of the page's source. A place lies in it if its `start` does, in the same resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExcerptRecord {
    /// Index into the resources, where it is of one of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<u32>,
    /// Line of its first byte, from 1.
    pub line: u32,
    /// Column of its first byte in characters, from 1; more than 1 where the line begins before it.
    pub column: u32,
    /// Its first byte in the decoded document.
    pub start: u32,
    /// The source.
    pub text: String,
}

/// A script that is a library, as Prebid.js.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BundleRecord {
    /// The product, as `prebid`.
    pub library: Name,
    /// Index into the scripts.
    pub script: u32,
    /// Its version.
    pub version: Option<String>,
    /// The global that it makes.
    pub global: Option<String>,
    /// Modules other than bid adapters.
    pub modules: Vec<String>,
    /// The bid adapters in the bundle; those that the page does not configure are no networks of it.
    pub adapters: Vec<AdapterRecord>,
}

/// A bid adapter in a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AdapterRecord {
    /// The module, as `rubiconBidAdapter`.
    pub module: String,
    /// The bidder code, where it is known.
    pub bidder: Option<String>,
    /// The network behind it.
    pub network: Option<String>,
    /// Does an ad unit of the page name it?
    pub is_configured: bool,
}

/// A script or frame that was saved with the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResourceRecord {
    /// Its URL, or its path from the page.
    pub url: String,
    /// `script` or `frame`.
    pub kind: Name,
    /// Size of its decoded text.
    pub bytes: u64,
    /// SHA-256 of its decoded text, in hexadecimal.
    pub sha256: String,
}

/// Where a page was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SourceRecord {
    /// The path as it was given, `-` for standard input.
    pub path: String,
    /// The container it was taken from: `mhtml`, `har`, `warc`, `folder`, …; for a plain file what it was: `html`, `js`,
    /// `text`; `unknown` where that could not be told.
    pub container: Name,
    /// Name or URL inside the container.
    pub entry: Option<String>,
    /// Size of the page's own raw bytes.
    pub bytes: u64,
    /// SHA-256 of the page's own raw bytes, in hexadecimal.
    pub sha256: String,
    /// WHATWG name of the charset it was decoded from.
    pub charset: Option<Name>,
}

/// A place in the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct At {
    /// Index into the scripts; null for markup and text.
    pub script: Option<u32>,
    /// Index into the resources, where it stands in one of them: line, column and bytes are that one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<u32>,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// First byte in the decoded document.
    pub start: u32,
    /// Byte after the last one.
    pub end: u32,
}

/// An ad network of the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NetworkRecord {
    /// Id in the registry.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// What it does on this page: `bidder`, `ad-server`, `ssp`, …
    pub roles: Vec<String>,
    /// Its id in the IAB's global vendor list.
    pub gvl_id: Option<u32>,
    /// The bidder codes seen.
    pub bidders: Vec<String>,
    /// The publisher's ids, by param name.
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, Vec<AnyValue>>"))]
    pub ids: BTreeMap<String, Vec<Json>>,
    /// The best evidence.
    pub evidence: Evidence,
    /// Indexes into the findings.
    pub findings: Vec<usize>,
}

/// An ad unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AdUnitRecord {
    /// Its code; null where it has none.
    #[cfg_attr(feature = "schema", schemars(with = "Option<AnyValue>"))]
    pub code: Option<Json>,
    /// The wrapper it was handed to; null where that could not be told.
    pub library: Option<String>,
    /// The wrapper's global.
    pub global: Option<String>,
    /// Its media types; null where it has none.
    #[cfg_attr(feature = "schema", schemars(with = "Option<AnyValue>"))]
    pub media_types: Option<Json>,
    /// How sure it is.
    pub evidence: Evidence,
    /// The condition under which it is handed over.
    pub when: Option<String>,
    /// Its bids.
    pub bids: Vec<BidRecord>,
    /// What is wrong with it.
    pub problems: Vec<ProblemRecord>,
    /// Where it stands.
    pub at: At,
}

/// One bidder of an ad unit with its params.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BidRecord {
    /// The bidder code as the page writes it.
    #[cfg_attr(feature = "schema", schemars(with = "AnyValue"))]
    pub bidder: Json,
    /// The network behind it.
    pub network: Option<String>,
    /// The code of which the bidder is an alias.
    pub alias_of: Option<String>,
    /// The bid params.
    #[cfg_attr(feature = "schema", schemars(with = "AnyValue"))]
    pub params: Json,
    /// Params that are text in base64 or percent encoding, by dotted name: the text behind them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub decoded: BTreeMap<String, String>,
    /// The condition under which the bid is part of the ad unit.
    pub when: Option<String>,
    /// What is wrong with it.
    pub problems: Vec<ProblemRecord>,
    /// Where it stands.
    pub at: At,
}

/// Something wrong with an ad unit or a bid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProblemRecord {
    /// A stable name, as `missing-param`.
    pub code: Name,
    /// Plain words.
    pub message: String,
    /// Where.
    pub at: At,
}

/// An ad slot: a place at the ad server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SlotRecord {
    /// The product, as `google-publisher-tag`.
    pub library: String,
    /// The ad unit path at the ad server.
    #[cfg_attr(feature = "schema", schemars(with = "AnyValue"))]
    pub path: Json,
    /// The sizes as the page hands them over.
    #[cfg_attr(feature = "schema", schemars(with = "AnyValue"))]
    pub sizes: Json,
    /// Id of the element.
    #[cfg_attr(feature = "schema", schemars(with = "AnyValue"))]
    pub element: Json,
    /// How sure it is.
    pub evidence: Evidence,
    /// Where it stands.
    pub at: At,
}

/// A rule that matched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FindingRecord {
    /// Id of the rule.
    pub rule: String,
    /// Id of the network that the rule speaks of.
    pub network: Option<String>,
    /// Id of the product that the rule describes.
    pub product: Option<String>,
    /// What the pattern's holes caught.
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, AnyValue>"))]
    pub captures: Map<String, Json>,
    /// How sure it is.
    pub evidence: Evidence,
    /// The condition under which it happens.
    pub when: Option<String>,
    /// Where it stands.
    pub at: At,
}

/// A third-party URL that the page names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RequestRecord {
    /// The URL.
    pub url: String,
    /// What it asks for: `script`, `image`, `frame`, …
    pub kind: Name,
    /// The network it belongs to.
    pub network: Option<String>,
    /// The list rule that would block it.
    pub filter: Option<String>,
    /// Where it is named.
    pub at: At,
}

/// One script of the page and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScriptEntry {
    /// Its index: places name it by this.
    pub index: u32,
    /// `inline`, `external`, `json`, `handler` or `text`.
    pub kind: Name,
    /// The URL of an external script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Was an external script's file saved with the page?
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_saved: Option<bool>,
    /// Size of its code.
    pub bytes: u64,
    /// SHA-256 of its code, in hexadecimal.
    pub sha256: String,
    /// `parsed`, `recovered`, `salvaged`, `failed`, `skipped` or `cut`.
    pub outcome: Name,
    /// `allow`, `neutralise` or `block`.
    pub verdict: Name,
    /// Why, where the verdict is not `allow`.
    pub reason: Option<String>,
    /// The `type` that holds it back, as `text/plain`.
    pub held_back: Option<String>,
    /// What was repaired in damaged code.
    pub repairs: Vec<Name>,
    /// Where it stands.
    pub at: At,
}

/// What went less than well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DiagnosticRecord {
    /// How much it matters.
    pub severity: Severity,
    /// A stable name, as `budget-steps`.
    pub code: Name,
    /// Plain words.
    pub message: String,
    /// Where, if it has a place.
    pub at: Option<At>,
}

/// A list of sellers: `ads.txt`, `app-ads.txt` or `sellers.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SellersRecord {
    /// `ads.txt`, `app-ads.txt` or `sellers.json`.
    pub kind: Name,
    /// The site or ad system that speaks; null where that could not be told.
    pub domain: Option<String>,
    /// The network that the domain belongs to.
    pub network: Option<String>,
    /// The sellers in the order of the list.
    pub sellers: Vec<SellerRecord>,
}

/// One seller of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SellerRecord {
    /// Domain of the ad system.
    pub system: String,
    /// The network that the domain belongs to.
    pub network: Option<String>,
    /// The account there.
    pub account: String,
    /// `direct` or `reseller`.
    pub relation: Standing,
}

/// What a list of sellers says of an account; the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Authorised as the owner's own.
    Direct,
    /// Authorised as somebody who sells for the owner.
    Reseller,
    /// Not in the list.
    Missing,
}

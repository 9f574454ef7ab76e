//! What of a page is compared.

use super::super::flat::strings;
use super::super::record::PageReport;
use super::super::text::words;
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// A kind of fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// An ad network: its roles, the publisher's ids, evidence.
    Network,
    /// A bidder code: the network behind it.
    Bidder,
    /// An ad unit: wrapper and media types.
    AdUnit,
    /// A bidder of an ad unit: its params, and the condition that it has.
    Bid,
    /// A slot: its sizes.
    Slot,
}

impl What {
    /// Its name for people and programs.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Bidder => "bidder",
            Self::AdUnit => "ad-unit",
            Self::Bid => "bid",
            Self::Slot => "slot",
        }
    }
}

/// The facts of a page by kind and name. What stands several times under a name is a list.
pub(super) type Facts = BTreeMap<(What, String), Json>;

/// Collects the facts of a page.
pub(super) fn facts_of(page: &PageReport) -> Facts {
    let mut all: BTreeMap<(What, String), Vec<Json>> = BTreeMap::new();
    let mut add = |what, name: String, value| all.entry((what, name)).or_default().push(value);
    for network in &page.networks {
        let value = json!({ "roles": network.roles, "ids": network.ids, "evidence": network.evidence });
        add(What::Network, network.id.clone(), value);
    }
    for unit in &page.ad_units {
        let code = unit.code.as_ref().map_or_else(|| "–".into(), words);
        add(What::AdUnit, code.clone(), json!({ "library": unit.library, "media_types": unit.media_types }));
        for bid in &unit.bids {
            let params = match bid.when.as_deref().or(unit.when.as_deref()) {
                Some(when) => json!({ "params": bid.params, "when": when }),
                None => json!({ "params": bid.params }),
            };
            add(What::Bid, format!("{code} · {}", words(&bid.bidder)), params);
            for code in strings(&bid.bidder) {
                add(What::Bidder, code.to_owned(), json!(bid.network));
            }
        }
    }
    for slot in &page.slots {
        add(What::Slot, format!("{} · {}", words(&slot.path), words(&slot.element)), slot.sizes.clone());
    }
    all.into_iter().map(|(name, values)| (name, together(values))).collect()
}

/// One value as it is, several different ones as a list, in an order of their own.
fn together(mut values: Vec<Json>) -> Json {
    values.sort_by_cached_key(Json::to_string);
    values.dedup();
    if values.len() == 1 { values.remove(0) } else { Json::Array(values) }
}

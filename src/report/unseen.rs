//! What a page could not show: how sure is a page without ads of having none?
//!
//! In: a scan. Out: the kinds of what was missing, each with a count, and what that means for the page. A page
//! without ads and one that could not show any are never the same.

use super::record::Name;
use crate::engine::{Scan, ScriptKind};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The charset was guessed: words may be wrong, ads are seen all the same.
const HARMLESS: &str = "charset-guessed";

/// What a diagnostic says that the page could not show.
fn kind_of(code: &str) -> Option<&'static str> {
    Some(match code {
        "scripts-removed" => "scripts-removed",
        "body-missing" => "bodies-missing",
        "record-truncated" | "document-cut" | "body-cut" | "compression-cut" | "compression-broken"
        | "expansion-cap" | "input-broken" | "mhtml-cut" | "resources-cut" => "truncated",
        "page-nesting" | "page-parts" | "page-size" | "script-depth" | "script-length" => "budget",
        "charset-guessed" | "charset-errors" => HARMLESS,
        _ if code.starts_with("budget-") => "budget",
        _ => return None,
    })
}

/// The kinds of what could not be seen, with their counts.
pub(super) fn unseen(scan: &Scan) -> BTreeMap<Name, u64> {
    let mut unseen = BTreeMap::new();
    for diagnostic in &scan.diagnostics {
        if let Some(kind) = kind_of(diagnostic.code) {
            *unseen.entry(Cow::Borrowed(kind)).or_default() += 1;
        }
    }
    let missing = scan.scripts.iter().filter(|script| script.kind == ScriptKind::External && !script.is_saved).count();
    if missing > 0 {
        unseen.insert("external-scripts".into(), missing as u64);
    }
    unseen
}

/// `found`, `none`, or `unknown` where something was missing that could have brought ads.
pub(super) fn ads(scan: &Scan, unseen: &BTreeMap<Name, u64>) -> Name {
    let has_ads = !(scan.networks.is_empty() && scan.ad_units.is_empty() && scan.slots.is_empty());
    let is_blind = unseen.keys().any(|kind| kind != HARMLESS);
    Cow::Borrowed(match (has_ads, is_blind) {
        (true, _) => "found",
        (false, true) => "unknown",
        (false, false) => "none",
    })
}

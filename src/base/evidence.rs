//! How sure a finding is.

use serde::{Deserialize, Serialize};

/// What a finding rests on, the surest first (so that `min` picks the best).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// A script that runs on this page does it.
    Evaluated,
    /// The page holds it, in code or data that no run reached.
    Declared,
    /// It stands in damaged code that had to be repaired.
    Salvaged,
    /// A URL that the page names belongs to it.
    Request,
    /// An element, class, id or style names it: a weak sign.
    Markup,
}

//! The tables that `build.rs` made of `rules/networks.toml` and `rules/bidders/`.

use super::entry::{Bidder, MediaType, Network, Param, ParamType, Required, Status};
use super::registry::{DomainOwner, Registry};
use std::borrow::Cow;

include!(concat!(env!("OUT_DIR"), "/registry.rs"));

static REGISTRY: Registry =
    Registry::from_tables(Cow::Borrowed(&NETWORKS), Cow::Borrowed(&BIDDERS), Cow::Borrowed(&DOMAINS));

impl Registry {
    /// What the crate knows. Costs nothing: the tables are compiled in.
    #[must_use]
    pub fn built_in() -> &'static Self {
        &REGISTRY
    }
}

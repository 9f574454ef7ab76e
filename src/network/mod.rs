//! The registry: ad networks, bidder codes with their params, and which hosts belong to whom.
//!
//! The facts stand in `rules/networks.toml` and `rules/bidders/`; `build.rs` checks them and turns them into static
//! tables, so that [`Registry::built_in`] costs nothing. Files of the same format can be added at run time
//! ([`Registry::with_files`]); what is wrong in them comes back as [`FileError`]s, all at once.
//!
//! In: bidder codes, hosts, URLs. Out: [`Network`]s and [`Bidder`]s. Everything here is immutable.

mod built_in;
mod complete;
mod entry;
mod file;
mod host;
mod nearest;
mod path_end;
mod registry;

pub use entry::{Bidder, MediaType, Network, Param, ParamType, Required, Status};
pub use file::{FileError, FileKind};
pub use host::{HostIndex, Location, is_third_party, registrable_domain};
pub use nearest::nearest;
pub(crate) use path_end::PathEnds;
pub use registry::{Registry, RegistryFile, Replaced};

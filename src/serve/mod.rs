//! The network side: the filter in front of a browser, or beside another proxy.
//!
//! What both servers share stands here: the [`Filter`] that is swapped on reload, bodies that are rewritten while they
//! stream ([`Rewriting`]), their codings, the threads that do the work ([`Workers`]), counts, the log, the last pages.
//! Everything here sees the library's public API only.

mod body;
mod coding;
mod filter;
pub(crate) mod icap;
pub(crate) mod inspect;
mod kind;
mod log;
mod metrics;
mod pages;
pub(crate) mod proxy;
mod workers;

pub(crate) use body::{PageHead, Rewriting};
pub(crate) use coding::{Coding, CodingError, both_know};
pub(crate) use filter::{Filter, Loaded, reload_on_signal};
pub(crate) use kind::{kind_of, may_be_page, source_of};
pub(crate) use log::LogOptions;
pub(crate) use metrics::{Held, Metrics};
pub(crate) use pages::{RecentPages, SeenPage};
pub(crate) use workers::{Workers, contained};

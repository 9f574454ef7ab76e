//! `adsieve icap`: an ICAP/1.0 server (RFC 3507) beside a proxy that an organisation already runs.
//!
//! Two services: `reqmod` judges requests, `respmod` rewrites pages. A connection is a [`Link`](link::Link) of bytes; each
//! message on it an [`Exchange`](exchange::Exchange), which [`service`] reads by [`wire`], hands to [`decide`], and
//! answers. Answers begin before the body has come to its end: a client that keeps no copy of a large body would else
//! wait for us while we wait for it.
//!
//! It fails open: what cannot be judged or read is handed back as it came, unless the user wants otherwise. What is no ICAP
//! is answered with a status, and the connection ends.

mod answer;
mod body;
mod decide;
mod exchange;
pub(crate) mod limits;
mod link;
mod reply;
mod rewrite;
mod server;
mod service;
mod session;
mod shared;
#[cfg(test)]
mod tests;
mod visitor;
mod wire;

pub(crate) use server::serve;
pub(crate) use shared::{IcapOptions, Shared};

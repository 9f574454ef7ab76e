//! ICAP/1.0 as bytes (RFC 3507), and the HTTP heads that it carries: plain functions, no sockets.
//!
//! It is our own because the crates for it are dead, and lenient where two readers of one message must not disagree. Here
//! everything that could end a message early or late is refused: folded lines, bare line feeds, space before a
//! colon, lengths and codings that stand twice or against one another, offsets that do not fit, chunk
//! sizes that overflow. Heads, fields and lines are bounded, so that a flood costs little memory.
//!
//! In: bytes as they came. Out: heads ([`IcapHead`], [`RequestHead`], [`ResponseHead`]) and pieces of bodies
//! ([`ChunkReader`]). Header bytes are kept as ISO 8859-1, so that what is no UTF-8 goes out as it came in.
//! Nothing here imports anything but the standard library, so that it can be fuzzed alone: a target takes
//! it in by `#[path]`.

mod chunk;
mod encapsulated;
mod error;
mod field;
mod head;
mod http;
mod method;

pub(crate) use chunk::{ChunkReader, Piece, end_chunks, write_chunk};
pub(crate) use error::WireError;
pub(crate) use field::{Fields, to_bytes};
pub(crate) use head::{IcapHead, head_length};
pub(crate) use http::{RequestHead, ResponseHead};
pub(crate) use method::Method;

/// Bytes of an ICAP head.
pub(crate) const MAX_ICAP_HEAD: usize = 16 << 10;
/// Bytes of the HTTP heads that one message carries.
pub(crate) const MAX_HTTP_HEADS: usize = 256 << 10;

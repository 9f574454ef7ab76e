//! What every floor needs: places, limits, diagnostics. Imports nothing of ours.

pub(crate) mod base64;
mod byte_set;
mod diagnostic;
mod evidence;
mod limits;
mod name_sieve;
mod offset_map;
mod span;

pub(crate) use byte_set::byte_set;
pub use diagnostic::{Diagnostic, Severity};
pub use evidence::Evidence;
pub use limits::Limits;
pub(crate) use name_sieve::NameSieve;
pub use offset_map::OffsetMap;
pub use span::{LineIndex, Place, Position, Span};

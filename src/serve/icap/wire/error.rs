//! What is wrong with a message, and the status that says so.

use std::fmt;

/// A message that cannot be read. The connection it came on cannot be read on either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WireError {
    /// It breaks the grammar; the words say where.
    Malformed(&'static str),
    /// A head, a field list or a line is larger than anybody needs.
    TooLarge(&'static str),
    /// No method of ICAP.
    UnknownMethod,
    /// Another version than 1.0.
    Version,
}

impl WireError {
    /// The ICAP status to answer with.
    pub(crate) fn status(self) -> u16 {
        match self {
            Self::Malformed(_) | Self::TooLarge(_) => 400,
            Self::UnknownMethod => 501,
            Self::Version => 505,
        }
    }
}

impl fmt::Display for WireError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(what) => write!(out, "malformed: {what}"),
            Self::TooLarge(what) => write!(out, "too large: {what}"),
            Self::UnknownMethod => out.write_str("no method of ICAP"),
            Self::Version => out.write_str("not ICAP/1.0"),
        }
    }
}

impl std::error::Error for WireError {}

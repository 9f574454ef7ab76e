//! Source text to syntax tree: the one caller of `swc_ecma_parser`.
//!
//! In: the text of a script. Out: a [`Tree`] of what could be parsed, which is all of
//! it for good code and the statements around the errors for bad code. Parsing never
//! fails as a whole; its cost is bounded by a small multiple of the text's length.

mod depth;
mod outline;
mod parse;
mod pattern_source;
mod salvage;

pub(crate) use outline::{Outline, Part, push_blanks};
pub use parse::{Goal, Tree, parse, parse_lazily};
pub(crate) use parse::{parse_body, parse_data, parse_sound, text_span};
pub use pattern_source::{SyntaxError, parse_pattern_source};
pub use salvage::{Anchors, Language, Region, find_regions};
pub(crate) use salvage::{find_all_regions, find_regions_of_page, line_tag_end};

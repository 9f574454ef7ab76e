//! Source text to syntax tree: the one caller of `swc_ecma_parser`.

mod pattern_source;

pub use pattern_source::{SyntaxError, parse_pattern_source};

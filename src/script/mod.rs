//! Source text to syntax tree: the one caller of `swc_ecma_parser`.

//! What does a document hold? Splits it into parts: scripts, requests, elements, styles, text.
//!
//! In: a [`Document`](crate::input::Document) and the names that rules ask for
//! ([`Wanted`]). Out: a [`Page`], its parts in document order, every part with its
//! bytes in the document. The tokenizer follows the HTML standard where that decides
//! where a script begins and ends; it builds no tree.

mod part;

pub use part::{Attribute, Element, Page, Part, Request, RequestKind, Script, ScriptKind, Style, Text, Wanted};

//! What does a document hold? Splits it into parts: scripts, requests, elements, styles, text.
//!
//! In: a [`Document`](crate::input::Document) and the names that rules ask for
//! ([`Wanted`]). Out: a [`Page`], its parts in document order, every part with its
//! bytes in the document. The tokenizer follows the HTML standard where that decides
//! where a script begins and ends; how elements lie inside of one another is found out only
//! for scripts that ask ([`Tree`]).

mod address;
mod adopt;
mod attribute_code;
mod collected;
mod data_url;
#[cfg(test)]
mod differential;
mod element;
mod filter;
mod foreign;
mod part;
mod raw_text;
mod reference;
mod request_element;
mod resolve;
mod script_element;
mod script_type;
mod splitter;
mod start_tags;
mod stream;
mod tag;
mod tag_search;
mod tree;
mod walk;
mod wanted_element;

pub use part::{Attribute, Element, Page, Part, Request, RequestKind, Script, ScriptKind, Style, Text, Wanted};
pub(crate) use reference::{decode_mapped, decode_value};
pub(crate) use resolve::Resolver;
pub(crate) use script_type::{ScriptType, classify};
pub use splitter::Splitter;
pub use start_tags::StartTags;
pub(crate) use stream::{MarkupReader, StartToken, Token};
pub(crate) use tag::key;
pub use tag_search::Asked;
pub use tree::Tree;

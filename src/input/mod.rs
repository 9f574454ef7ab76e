//! Bytes in, documents out: which container is it, and what text does it hold?
//!
//! In: the bytes of one file or stream. Out: one [`Document`] (containers such as
//! HAR or WARC give several). Nothing is fetched and nothing fails: what could not
//! be read stands in [`Document::diagnostics`].

mod charset;
mod container;
mod prescan;

use crate::base::Diagnostic;
use std::borrow::Cow;

pub use charset::decode;

/// What kind of thing was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Container {
    /// A saved page.
    Html,
    /// A bare script.
    Js,
    /// Text into which code may have leaked.
    Text,
}

/// One page, script or text, decoded.
#[derive(Clone, Debug)]
pub struct Document<'b> {
    /// What it was taken from.
    pub container: Container,
    /// The decoded text; borrowed where the bytes are UTF-8 already.
    pub text: Cow<'b, str>,
    /// The WHATWG name of the charset it was decoded from, as `UTF-8`.
    pub charset: &'static str,
    /// The page's own URL, where the container or the caller knows it.
    pub url: Option<String>,
    /// What could not be read, or had to be guessed.
    pub diagnostics: Vec<Diagnostic>,
}

/// What the caller knows about the bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Origin<'o> {
    /// A file name: its extension decides where the content leaves it open.
    pub name: Option<&'o str>,
    /// The page's own URL.
    pub url: Option<&'o str>,
    /// The value of a `Content-Type` header, or a charset's label.
    pub content_type: Option<&'o str>,
}

/// Opens one page, script or text.
#[must_use]
pub fn open<'b>(bytes: &'b [u8], origin: Origin<'_>) -> Document<'b> {
    let (text, charset, diagnostics) = decode(bytes, origin.content_type);
    let container = container::container_of(&text, origin.name);
    Document { container, text, charset, url: origin.url.map(ToString::to_string), diagnostics }
}

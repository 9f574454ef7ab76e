//! Bytes in, documents out: which container is it, and what text does it hold?
//!
//! In: the bytes of one file or stream. Out: one [`Document`] (containers such as
//! HAR or WARC give several). Nothing is fetched and nothing fails: what could not
//! be read stands in [`Document::diagnostics`].

use crate::base::Diagnostic;
use std::borrow::Cow;

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

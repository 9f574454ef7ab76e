//! Bytes in, documents out: which container is it, and what text does it hold?
//!
//! In: the bytes of one file or stream. Out: [`SavedDocument`]s, as many as the container holds
//! ([`read_documents`]), and of each the decoded [`Document`]. Nothing is fetched and nothing fails: what could
//! not be read stands in diagnostics.

mod archive;
mod charset;
mod compression;
mod container;
mod crawl;
mod crawl_notes;
mod documents;
mod har;
mod har_entry;
mod http;
mod long_strings;
mod media;
mod mhtml;
mod named;
mod packed;
mod prescan;
mod read_options;
mod resources;
mod revisits;
mod saved;
mod saved_folder;
mod sink;
mod stream;
mod table;
mod tag;
mod warc;
mod web_archive;

use crate::base::Diagnostic;
use std::borrow::Cow;

pub use archive::{Archive, is_page_name};
pub use charset::{decode, encoding_of_meta_tag};
pub use documents::{is_container, read_documents, read_seekable_documents};
pub use read_options::ReadOptions;
pub use resources::{ResourceText, Resources};
pub use saved::{Resource, ResourceKind, SavedDocument, SavedRequest, SavedRequestKind};
pub use saved_folder::is_saved_folder;

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
    /// The decoded text; borrowed where the bytes are UTF-8 already. The texts of saved resources follow the page's own.
    pub text: Cow<'b, str>,
    /// Length of the page's own text.
    pub page_length: usize,
    /// The scripts and frames that were saved with it.
    pub resources: Resources,
    /// Requests that the saver saw.
    pub requests: &'b [SavedRequest],
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
    Document {
        container,
        page_length: text.len(),
        text,
        resources: Resources::default(),
        requests: &[],
        charset,
        url: origin.url.map(ToString::to_string),
        diagnostics,
    }
}

/// Opens a page out of a container, with what was saved with it.
#[must_use]
pub fn open_saved<'b>(saved: &'b SavedDocument, origin: Origin<'_>) -> Document<'b> {
    let url = saved.url.as_deref().or(origin.url);
    let (name, content_type) = (saved.name.as_deref().or(origin.name), saved.content_type.as_deref());
    let mut document = open(&saved.bytes, Origin { name, url, content_type: content_type.or(origin.content_type) });
    document.requests = &saved.requests;
    document.diagnostics.splice(0..0, saved.diagnostics.iter().cloned());
    if !saved.resources.is_empty() {
        let mut text = std::mem::take(&mut document.text).into_owned();
        document.resources = Resources::append(&saved.resources, document.charset, &mut text);
        document.text = Cow::Owned(text);
    }
    document
}

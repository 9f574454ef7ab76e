//! What a container hands out: one page with its bytes as they were saved, and what was saved with it.

use super::Archive;
use crate::base::{Diagnostic, Severity};

/// One page, script or text out of a file or container, not yet decoded.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SavedDocument {
    /// The container; `None` for a plain file.
    pub archive: Option<Archive>,
    /// Its name or URL inside the container.
    pub entry: Option<String>,
    /// A file name: its extension decides where the content leaves open what it is.
    pub name: Option<String>,
    /// Its own bytes, after any decompression.
    pub bytes: Vec<u8>,
    /// The page's own URL, where the container knows it.
    pub url: Option<String>,
    /// The `Content-Type` that was saved with it.
    pub content_type: Option<String>,
    /// Scripts and frames that were saved with the page, in the order in which they were saved.
    pub resources: Vec<Resource>,
    /// Requests that the saver saw, in order.
    pub requests: Vec<SavedRequest>,
    /// What could not be read of it.
    pub diagnostics: Vec<Diagnostic>,
}

/// A script or frame that was saved with a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Its URL; in a saved folder the path from the page, with the folder's name.
    pub url: String,
    /// Another URL of it: the `cid:` by which an MHTML page may name it.
    pub id: Option<String>,
    /// What it is to the page.
    pub kind: ResourceKind,
    /// Its bytes, decompressed.
    pub bytes: Vec<u8>,
    /// The `Content-Type` that was saved with it.
    pub content_type: Option<String>,
    /// Did the browser load it for this page? Then it ran, whether the markup names it or not.
    pub is_loaded: bool,
}

/// What a saved resource is to its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceKind {
    /// Code.
    Script,
    /// A page inside the page.
    Frame,
}

/// A request that the saver saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedRequest {
    /// The URL.
    pub url: String,
    /// What it asked for.
    pub kind: SavedRequestKind,
}

/// What a request of a saved page asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SavedRequestKind {
    /// Code.
    Script,
    /// A picture or a pixel.
    Image,
    /// A page inside the page.
    Frame,
    /// A style sheet.
    Style,
    /// Sound or video.
    Media,
    /// Data, by `fetch`, `XMLHttpRequest`, `sendBeacon` or a socket; and whatever else there is.
    Fetch,
    /// A font.
    Font,
}

impl SavedDocument {
    /// A document of these bytes.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, ..Self::default() }
    }

    /// Notes that part of the document could not be read.
    pub(super) fn warn(&mut self, code: &'static str, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(Severity::Warning, code, message));
    }

    /// Notes a script or frame whose body the container does not hold.
    pub(super) fn miss_body(&mut self, url: &str) {
        self.warn("body-missing", format!("the body of {} was not saved", short(url)));
    }

    /// Bytes that it holds in memory, roughly.
    #[must_use]
    pub fn size(&self) -> usize {
        self.bytes.len()
            + self.resources.iter().map(|resource| resource.bytes.len() + resource.url.len()).sum::<usize>()
    }
}

/// A URL fit for a message.
pub(super) fn short(url: &str) -> String {
    const MOST: usize = 200;
    match url.char_indices().nth(MOST) {
        Some((end, _)) => format!("`{}…`", &url[..end]),
        None => format!("`{url}`"),
    }
}

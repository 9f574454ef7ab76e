//! What readers of containers are allowed.

/// What a caller may say about reading containers.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReadOptions {
    /// The field or column that holds pages, in JSONL and CSV; without it some usual names are tried.
    pub html_field: Option<String>,
    /// The field or column that holds texts, not pages.
    pub text_field: Option<String>,
    /// Bytes of one page or script; what is longer is cut.
    pub document_bytes: usize,
    /// Bytes of the scripts and frames that were saved with one page; more are left out.
    pub resource_bytes: usize,
    /// Bytes of a crawl that are held to join pages with their scripts and frames.
    pub window_bytes: usize,
    /// How many bytes one compressed byte may stand for, beyond the first 64 MiB.
    pub expansion: u64,
    /// Levels of containers and compressions inside one another.
    pub nesting: u32,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            html_field: None,
            text_field: None,
            document_bytes: 64 << 20,
            resource_bytes: 64 << 20,
            window_bytes: 32 << 20,
            expansion: 250,
            nesting: 6,
        }
    }
}

impl ReadOptions {
    /// The same options with the name of the field that holds pages.
    #[must_use]
    pub fn with_html_field(self, name: Option<String>) -> Self {
        Self { html_field: name, ..self }
    }

    /// The same options with the name of the field that holds texts.
    #[must_use]
    pub fn with_text_field(self, name: Option<String>) -> Self {
        Self { text_field: name, ..self }
    }

    /// The field that is asked for.
    pub(super) fn field(&self) -> Option<&str> {
        self.text_field.as_deref().or(self.html_field.as_deref())
    }
}

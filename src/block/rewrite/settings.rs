//! Bounds and choices of the rewriter.

/// What a rewriter does beside the verdicts, and how much it may hold.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RewriteOptions {
    /// Bytes of the largest script that is judged; larger ones pass unchanged.
    pub script_bytes: usize,
    /// Bytes of the largest ad container that is removed with what it holds; larger ones stay.
    pub element_bytes: usize,
    /// Bytes that the reader of the markup may hold, for a tag that goes on and on.
    pub markup_bytes: usize,
    /// Bytes of scripts that are kept because later ones may use their names.
    pub context_bytes: usize,
    /// Look at every element for `on…` handlers and `javascript:` URLs: that costs half the throughput.
    pub handlers: bool,
    /// Edit scripts though a policy allows them by hash: whoever sets it adds [`Rewritten::hashes`](super::Rewritten)
    /// to the policies.
    pub new_hashes: bool,
    /// Cut ad code that has leaked into visible text; a text of up to `element_bytes` is held for that.
    pub leaked_text: bool,
    /// How deep the markup stands in other markup.
    pub(super) level: u32,
}

impl Default for RewriteOptions {
    fn default() -> Self {
        Self {
            script_bytes: 2 << 20,
            element_bytes: 64 << 10,
            markup_bytes: 512 << 10,
            context_bytes: 32 << 10,
            handlers: false,
            new_hashes: false,
            leaked_text: false,
            level: 0,
        }
    }
}

impl RewriteOptions {
    /// The same with a look at every handler.
    #[must_use]
    pub fn with_handlers(self) -> Self {
        Self { handlers: true, ..self }
    }

    /// The same with a look at visible text, into which ad code may have leaked.
    #[must_use]
    pub fn with_leaked_text(self) -> Self {
        Self { leaked_text: true, ..self }
    }

    /// The same for markup that stands in other markup.
    pub(super) fn nested(self) -> Self {
        Self { level: self.level + 1, ..self }
    }

    /// The same with another bound for scripts.
    #[must_use]
    pub fn with_script_bytes(self, script_bytes: usize) -> Self {
        Self { script_bytes, ..self }
    }
}

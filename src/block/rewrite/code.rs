//! The text of a script in the page's charset, and the way back from its edits to the page's bytes.

use crate::block::ScriptVerdict;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// A script's bytes, decoded.
pub(super) struct Code<'b> {
    bytes: &'b [u8],
    charset: &'static Encoding,
    pub text: Cow<'b, str>,
}

impl<'b> Code<'b> {
    /// Decodes; a page that is not in the charset that it names is read as browsers' last resort reads it.
    pub fn of(bytes: &'b [u8], charset: &'static Encoding) -> Self {
        if let Ok(text) = std::str::from_utf8(bytes)
            && (charset == UTF_8 || bytes.is_ascii())
        {
            return Self { bytes, charset: UTF_8, text: Cow::Borrowed(text) };
        }
        let charset = if charset == UTF_8 { WINDOWS_1252 } else { charset };
        let (text, _) = charset.decode_without_bom_handling(bytes);
        Self { bytes, charset, text }
    }

    /// The text, where it is the page's own bytes: then a place in it is one in the page.
    pub fn verbatim(self) -> Option<String> {
        (self.text.as_bytes() == self.bytes).then(|| self.text.into_owned())
    }

    /// The bytes without what the verdict cuts; `None` if the way back is not sure.
    pub fn edited(&self, verdict: &ScriptVerdict) -> Option<Vec<u8>> {
        if self.charset == UTF_8 {
            return Some(verdict.apply(&self.text).into_owned().into_bytes());
        }
        let (again, _, has_lost) = self.charset.encode(&self.text);
        if has_lost || *again != *self.bytes {
            return None;
        }
        // The cuts put in nothing but ASCII.
        let left = verdict.apply(&self.text);
        let (bytes, _, has_lost) = self.charset.encode(&left);
        (!has_lost).then(|| bytes.into_owned())
    }
}

//! Visible text, into which ad code may have leaked.

use super::buffer::Buffer;
use super::code::Code;
use super::judge::Judge;
use super::log::{Change, ChangeKind};
use super::markup::span;
use super::page_state::PageState;
use std::ops::Range;

impl PageState {
    /// Takes a piece of text; the whole of it is judged when its last piece has come.
    pub(super) fn text(
        &mut self,
        range: Range<usize>,
        is_last: bool,
        charset: &'static encoding_rs::Encoding,
        buffer: &mut Buffer,
        judge: &dyn Judge,
    ) {
        let Some(whole) = self.whole_text(range, is_last).filter(|_| self.samples.is_empty()) else { return };
        let Some(bytes) = buffer.get(whole.clone()) else { return };
        let code = Code::of(bytes, charset);
        // Cuts are told by their place in the text: it must be the page's own bytes.
        if code.text.as_bytes() != bytes {
            return;
        }
        for (cut, replacement, why) in judge.leaked(&code.text) {
            let at = whole.start + cut.start as usize..whole.start + cut.end as usize;
            if buffer.edit(at.clone(), replacement.into_bytes()) {
                self.log.changes.push(Change { at: span(&at), kind: ChangeKind::TextRemoved, why });
            }
        }
    }
}

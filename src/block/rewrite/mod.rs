//! A page rewritten while it streams: bytes in, bytes out, without its ads.
//!
//! In: chunks of a page, and a [`Judge`]. Out: the same bytes but for what is removed, and a log ([`Rewritten`]). The
//! markup is read as scans read it; the bytes are copied, never printed again, so what is not touched stays as it was,
//! whatever its charset or damage. Held back is only what is undecided: a script until its end tag, an ad container
//! until its own. Past a bound, or after an error, everything passes as it came, and the log says so.

mod buffer;
mod code;
mod inline_policy;
mod insert;
mod judge;
mod log;
mod markup;
mod nested;
mod open_elements;
mod page_code;
mod page_data;
mod page_state;
mod page_style;
mod page_text;
mod policy_hash;
mod settings;

pub use judge::Judge;
pub use log::{Change, ChangeKind, Rewritten};
pub use policy_hash::with_new_hashes;
pub use settings::RewriteOptions;

use buffer::Buffer;
use markup::{Markup, Watched};
use nested::Nested;
use page_state::PageState;
use std::fmt;

/// Bytes that are read before what they hold is decided: bounds what one large chunk costs.
const STEP: usize = 32 << 10;

/// Rewrites one page.
///
/// Bytes go in by [`write`](Self::write), and come out by the sink, at the latest at [`end`](Self::end).
pub struct Rewriter<J, S> {
    judge: J,
    sink: S,
    markup: Markup,
    buffer: Buffer,
    state: PageState,
    /// The first bytes, until they tell whether the page can be read at all.
    is_begun: bool,
    /// Everything passes as it comes.
    is_passing: bool,
}

impl<J: Judge, S: FnMut(&[u8])> Rewriter<J, S> {
    /// A rewriter for one page, that asks `judge` and hands bytes to `sink`.
    pub fn new(judge: J, page_url: Option<&str>, sink: S, options: RewriteOptions) -> Self {
        Self::in_charset(judge, page_url, sink, options, encoding_rs::UTF_8)
    }

    /// The same for a page that is in this charset, unless it says otherwise.
    fn in_charset(
        judge: J,
        page_url: Option<&str>,
        sink: S,
        options: RewriteOptions,
        charset: &'static encoding_rs::Encoding,
    ) -> Self {
        // Any element may bear a name that is hidden, or a handler.
        let every = options.handlers || judge.inserts().hiding && options.level == 0;
        let watched = Watched { containers: judge.element_names(), every, text: options.leaked_text, charset };
        let markup = Markup::new(watched, options.markup_bytes);
        let state = PageState::new(page_url, options);
        Self { judge, sink, markup, buffer: Buffer::default(), state, is_begun: false, is_passing: false }
    }

    /// The page came with a policy that allows inline scripts by hash: such scripts are removed whole or left alone,
    /// unless whoever holds the header adds the hashes of [`Rewritten::hashes`] to it.
    #[must_use]
    pub fn with_policy(mut self, content_security_policy: &str) -> Self {
        self.state.note_policy(content_security_policy);
        self
    }

    /// Takes the next bytes of the page.
    pub fn write(&mut self, chunk: &[u8]) {
        for piece in chunk.chunks(STEP) {
            if self.is_passing {
                (self.sink)(piece);
            } else {
                self.step(piece);
            }
        }
    }

    fn step(&mut self, piece: &[u8]) {
        self.buffer.push(piece);
        if !self.is_begun {
            // Two bytes tell whether it is UTF-16, in which no tag looks like one.
            match self.buffer.held().0 {
                [] | [_] => return,
                [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
                    return self.pass("rewrite-charset", "the page is in UTF-16 and passes as it is");
                }
                _ => self.is_begun = true,
            }
        }
        self.read(false);
        if self.markup.is_over() {
            return self.pass("rewrite-markup", "a tag is larger than the rewriter may hold; the rest passes as it is");
        }
        let until = self.state.held_from().map_or(self.markup.passed(), |held| held.min(self.markup.passed()));
        self.buffer.flush(until, &mut self.sink);
    }

    /// Reads what is held and has not been read, and decides about it.
    fn read(&mut self, is_last: bool) {
        let (bytes, base) = self.buffer.held();
        self.markup.read(bytes, base, is_last);
        for seen in self.markup.take_seen() {
            let nested = self.state.take(seen, self.markup.charset(), &mut self.buffer, &self.judge);
            if let Some(nested) = nested {
                let (left, inner) = rewrite_nested(&nested, &self.judge, self.state.options.nested());
                nested.put(&left, inner, &mut self.buffer, &mut self.state.log);
            }
        }
        self.state.let_go(self.buffer.end());
    }

    /// From here on everything passes, what is held first.
    fn pass(&mut self, code: &'static str, message: &str) {
        self.is_passing = true;
        self.state.log.warn(code, message, None);
        let end = self.buffer.end();
        self.buffer.flush(end, &mut self.sink);
    }

    /// Gives the page up: what is held comes out as it was, and so does all that follows. For whoever finds that
    /// rewriting went wrong; `why` stands in the log.
    pub fn give_up(&mut self, why: &str) {
        if !self.is_passing {
            self.pass("rewrite-given-up", why);
        }
    }

    /// Ends the page: hands out what is left, and the log.
    pub fn end(mut self) -> Rewritten {
        if !self.is_passing {
            self.read(true);
            let end = self.buffer.end();
            self.buffer.flush(end, &mut self.sink);
            let style = self.state.closing_style(&self.judge);
            if !style.is_empty() {
                (self.sink)(&style);
            }
        }
        self.state.log
    }
}

/// Markup that stands in markup: what is left of it.
fn rewrite_nested(nested: &Nested, judge: &dyn Judge, options: RewriteOptions) -> (Vec<u8>, Rewritten) {
    let mut left = Vec::with_capacity(nested.bytes.len());
    let sink: &mut dyn FnMut(&[u8]) = &mut |bytes: &[u8]| left.extend_from_slice(bytes);
    let mut rewriter = Rewriter::in_charset(judge, nested.base.as_deref(), sink, options, nested.charset);
    rewriter.write(&nested.bytes);
    let log = rewriter.end();
    (left, log)
}

impl<J, S> fmt::Debug for Rewriter<J, S> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Rewriter").field("log", &self.state.log).finish_non_exhaustive()
    }
}

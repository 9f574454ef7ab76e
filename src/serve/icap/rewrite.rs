//! A page rewritten between its request and its answer.
//!
//! The first of it is held back, for a moment and some bytes only: a page that ends before that and was not changed is handed back as it
//! came, byte for byte in its coding too. Past that the answer begins, and every piece goes out before the next
//! is asked for.

use super::answer;
use super::exchange::{Carried, Exchange};
use super::limits;
use super::link::LinkError;
use super::visitor::Visitor;
use super::wire::{end_chunks, write_chunk};
use crate::serve::{CodingError, PageHead, Rewriting};
use adsieve::Rewritten;
use std::collections::BTreeMap;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout_at};

/// What is held back.
struct Held {
    /// The body as it came.
    raw: Vec<u8>,
    /// What was made of it.
    out: Vec<u8>,
    until: Instant,
}

/// The page on its way.
struct Page<'e, 'l, S> {
    exchange: &'e mut Exchange<'l, S>,
    carried: Carried,
    /// The head that a changed page goes on with.
    new_head: Vec<u8>,
    rewriting: Rewriting,
    /// `None`: the answer is begun.
    held: Option<Held>,
    url: &'e str,
    visitor: &'e Visitor,
}

/// Rewrites the page; `new_head` is that of a changed one.
pub(super) async fn page<S: AsyncRead + AsyncWrite + Unpin>(
    exchange: &mut Exchange<'_, S>,
    mut carried: Carried,
    new_head: Vec<u8>,
    page: PageHead,
    url: &str,
    visitor: &Visitor,
) -> Result<bool, LinkError> {
    let shared = exchange.shared;
    let is_closed = shared.options.is_closed;
    let rewriting = match Rewriting::new(&exchange.loaded, page, &shared.workers, &shared.metrics) {
        Ok(rewriting) => rewriting,
        Err(_) if is_closed => return exchange.say(&answer::unfiltered(), carried.body).await,
        Err(_) => return exchange.pass(carried).await,
    };
    // A page that came whole as its preview may still be answered with 204; from the next line on only by leave.
    carried.may_be_204 = carried.allows_204 || carried.may_be_204 && carried.body.is_whole();
    carried.body.open(exchange.link);
    let held = Some(Held { raw: Vec::new(), out: Vec::new(), until: Instant::now() + limits::HOLD });
    Page { exchange, carried, new_head, rewriting, held, url, visitor }.run().await
}

impl<S: AsyncRead + AsyncWrite + Unpin> Page<'_, '_, S> {
    async fn run(mut self) -> Result<bool, LinkError> {
        loop {
            match self.next().await? {
                Some(bytes) => {
                    if let Some(held) = &mut self.held {
                        held.raw.extend_from_slice(&bytes);
                    }
                    let (out, result) = self.rewriting.write(bytes).await;
                    self.take(&out);
                    if let Err(error) = result {
                        return self.broken(&error).await;
                    }
                }
                None => return self.end().await,
            }
        }
    }

    /// The next piece of the body. While something is held back, the wait for it ends the holding.
    async fn next(&mut self) -> Result<Option<Vec<u8>>, LinkError> {
        if let Some(held) = &self.held {
            let next = self.carried.body.next(self.exchange.link);
            if let Ok(next) = timeout_at(held.until, next).await {
                return next;
            }
            self.begin();
        }
        self.carried.body.next(self.exchange.link).await
    }

    /// Takes what was made of a piece.
    fn take(&mut self, bytes: &[u8]) {
        let Some(held) = &mut self.held else { return write_chunk(self.exchange.link.out(), bytes) };
        held.out.extend_from_slice(bytes);
        if held.raw.len() > limits::HELD || held.out.len() > limits::HELD_OUT {
            self.begin();
        }
    }

    /// Begins the answer with what is held.
    fn begin(&mut self) {
        if let Some(held) = self.held.take() {
            let common = self.exchange.answer();
            common.write_message(self.carried.name, &self.new_head, true, self.exchange.link.out());
            write_chunk(self.exchange.link.out(), &held.out);
        }
    }

    async fn end(mut self) -> Result<bool, LinkError> {
        let (out, result, log) = self.rewriting.end().await;
        self.tell(result.as_ref().err(), &log);
        if let Err(error) = result {
            self.take(&out);
            return self.broken(&error).await;
        }
        let is_given_up = log.diagnostics.iter().any(|diagnostic| diagnostic.code == "rewrite-given-up");
        if is_given_up && self.exchange.shared.options.is_closed {
            return self.refuse().await;
        }
        if log.changes.is_empty()
            && let Some(held) = self.held.take()
        {
            return self.hand_back(held).await;
        }
        self.begin();
        write_chunk(self.exchange.link.out(), &out);
        end_chunks(self.exchange.link.out());
        Ok(true)
    }

    /// The body does not fit its coding. What has not gone out yet goes as it came, the rest with it; else the answer breaks
    /// off, so that it does not look whole.
    async fn broken(mut self, error: &CodingError) -> Result<bool, LinkError> {
        tracing::warn!(url = self.exchange.shared.log.url(self.url), %error, client = self.visitor.address, "page not readable");
        if self.exchange.shared.options.is_closed {
            return self.refuse().await;
        }
        match self.held.take() {
            Some(held) => self.hand_back(held).await,
            None => Ok(false),
        }
    }

    /// Answers with an error page, if the answer is not begun; else breaks it off.
    async fn refuse(self) -> Result<bool, LinkError> {
        if self.held.is_none() {
            return Ok(false);
        }
        self.exchange.say(&answer::unfiltered(), self.carried.body).await
    }

    /// The page as it came: what is held, and what may still come.
    async fn hand_back(self, held: Held) -> Result<bool, LinkError> {
        if self.carried.may_be_204 {
            return self.exchange.pass(self.carried).await;
        }
        let common = self.exchange.answer();
        common.write_message(self.carried.name, &self.carried.head, true, self.exchange.link.out());
        write_chunk(self.exchange.link.out(), &held.raw);
        self.exchange.pass_body(self.carried.body).await
    }

    /// One event for each page: what was done, and why.
    fn tell(&self, error: Option<&CodingError>, log: &Rewritten) {
        if error.is_some() {
            return;
        }
        let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
        for change in &log.changes {
            *reasons.entry(format!("{} {}", change.kind.name(), change.why)).or_default() += 1;
        }
        let reasons: Vec<String> = reasons.iter().map(|(reason, count)| format!("{count}x {reason}")).collect();
        let left: Vec<&str> = log.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        tracing::info!(
            url = self.exchange.shared.log.url(self.url),
            changes = log.changes.len(),
            why = reasons.join("; "),
            left = left.join(" "),
            client = self.visitor.address,
            user = self.visitor.name,
            "page rewritten"
        );
    }
}

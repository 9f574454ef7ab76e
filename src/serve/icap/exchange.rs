//! One message on a connection, and the ways to answer it.

use super::answer::HttpAnswer;
use super::body::Body;
use super::link::{Link, LinkError};
use super::reply::Common;
use super::shared::Shared;
use super::wire::{IcapHead, end_chunks, write_chunk};
use crate::serve::Loaded;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};

/// One message on a connection. Answers say whether the next message can be read behind it.
pub(super) struct Exchange<'l, S> {
    pub(super) link: &'l mut Link<S>,
    pub(super) shared: &'l Arc<Shared>,
    /// The rules of this message, whatever is reloaded meanwhile.
    pub(super) loaded: Arc<Loaded>,
    /// The address of the ICAP client.
    pub(super) client: IpAddr,
    /// The connection ends after this message.
    pub(super) is_last: bool,
    has_answered: bool,
}

/// What a message carries, as it came.
pub(super) struct Carried {
    /// `req` or `res`: the head that goes back.
    pub(super) name: &'static str,
    /// That head.
    pub(super) head: Vec<u8>,
    pub(super) body: Body,
    /// The answer may be 204, for the client keeps what it sent.
    pub(super) may_be_204: bool,
    /// May it be 204 also after the rest of the body was asked for?
    pub(super) allows_204: bool,
    pub(super) has_body: bool,
}

impl Carried {
    /// By the head of the message that carries it.
    pub(super) fn new(name: &'static str, head: Vec<u8>, body: Body, icap: &IcapHead) -> Self {
        let (allows_204, has_body) = (icap.allows_204, icap.encapsulated.has_body);
        Self { name, head, body, may_be_204: allows_204 || icap.preview.is_some(), allows_204, has_body }
    }
}

impl<'l, S: AsyncRead + AsyncWrite + Unpin> Exchange<'l, S> {
    /// The next message on the connection.
    pub(super) fn new(link: &'l mut Link<S>, shared: &'l Arc<Shared>, client: IpAddr) -> Self {
        let loaded = shared.filter.current();
        Self { link, shared, loaded, client, is_last: false, has_answered: false }
    }

    /// Was something said that cannot be taken back?
    pub(super) fn is_answered(&self) -> bool {
        self.has_answered
    }

    /// What every answer says; from here on the answer is begun.
    pub(super) fn answer(&mut self) -> Common {
        self.has_answered = true;
        Common { mark: self.loaded.mark.clone(), is_last: self.is_last }
    }

    /// Hands the message back as it was.
    pub(super) async fn pass(&mut self, mut carried: Carried) -> Result<bool, LinkError> {
        if carried.may_be_204 {
            self.answer().write_bare(204, self.link.out());
            return carried.body.skip(self.link).await;
        }
        let head = std::mem::take(&mut carried.head);
        self.pass_with(&head, carried).await
    }

    /// Hands the message back with another head.
    pub(super) async fn pass_with(&mut self, head: &[u8], mut carried: Carried) -> Result<bool, LinkError> {
        carried.body.open(self.link);
        let common = self.answer();
        common.write_message(carried.name, head, carried.has_body, self.link.out());
        if carried.has_body { self.pass_body(carried.body).await } else { Ok(true) }
    }

    /// Hands back the rest of a body whose answer is begun.
    pub(super) async fn pass_body(&mut self, mut body: Body) -> Result<bool, LinkError> {
        while let Some(bytes) = body.next(self.link).await? {
            write_chunk(self.link.out(), &bytes);
        }
        end_chunks(self.link.out());
        Ok(true)
    }

    /// Answers with a response of our own.
    pub(super) async fn say(&mut self, answer: &HttpAnswer, body: Body) -> Result<bool, LinkError> {
        let common = self.answer();
        common.write_response(&answer.head, &answer.body, self.link.out());
        body.skip(self.link).await
    }
}

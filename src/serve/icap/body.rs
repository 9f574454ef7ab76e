//! The body of a message: what came as its preview, then the rest, once it is asked for.

use super::limits;
use super::link::{BodyPiece, Link, LinkError};
use super::reply::write_continue;
use super::wire::{IcapHead, WireError};
use tokio::io::{AsyncRead, AsyncWrite};

/// A body on its way.
#[derive(Debug)]
pub(super) struct Body {
    /// The preview, until it is handed out.
    start: Vec<u8>,
    rest: Rest,
}

/// What follows the preview.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    /// Nothing.
    Nothing,
    /// More, after `100 Continue`.
    Waiting,
    /// It is coming.
    Coming,
}

impl Body {
    /// Reads the preview, if there is one.
    pub(super) async fn of<S: AsyncRead + AsyncWrite + Unpin>(
        head: &IcapHead,
        link: &mut Link<S>,
    ) -> Result<Self, LinkError> {
        let rest = if head.encapsulated.has_body { Rest::Coming } else { Rest::Nothing };
        let mut body = Self { start: Vec::new(), rest };
        let Some(size) = head.preview else { return Ok(body) };
        loop {
            match link.piece().await? {
                BodyPiece::Data(bytes) => body.start.extend(bytes),
                BodyPiece::End { is_whole } => {
                    body.rest = if is_whole { Rest::Nothing } else { Rest::Waiting };
                    return Ok(body);
                }
            }
            // A preview is held whole, so nobody may send more than was said, or than we would ask for.
            if body.start.len() as u64 > size || body.start.len() > limits::PREVIEW {
                return Err(WireError::TooLarge("the preview").into());
            }
        }
    }

    /// Has all of it come as its preview?
    pub(super) fn is_whole(&self) -> bool {
        self.rest == Rest::Nothing
    }

    /// Asks for the rest, if the client waits for that. From here on 204 needs the client's leave.
    pub(super) fn open<S: AsyncRead + AsyncWrite + Unpin>(&mut self, link: &mut Link<S>) {
        if self.rest == Rest::Waiting {
            write_continue(link.out());
            self.rest = Rest::Coming;
        }
    }

    /// The next piece; `None` at its end. It must be open. May be dropped: nothing is lost.
    pub(super) async fn next<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        link: &mut Link<S>,
    ) -> Result<Option<Vec<u8>>, LinkError> {
        if !self.start.is_empty() {
            return Ok(Some(std::mem::take(&mut self.start)));
        }
        if self.rest == Rest::Nothing {
            return Ok(None);
        }
        match link.piece().await? {
            BodyPiece::Data(bytes) => Ok(Some(bytes)),
            BodyPiece::End { .. } => {
                self.rest = Rest::Nothing;
                Ok(None)
            }
        }
    }

    /// Reads past what is still coming, so that the next message can be read; false if that is too much.
    pub(super) async fn skip<S: AsyncRead + AsyncWrite + Unpin>(
        mut self,
        link: &mut Link<S>,
    ) -> Result<bool, LinkError> {
        // After a final answer the client sends no more than the preview.
        if self.rest != Rest::Coming {
            return Ok(true);
        }
        self.start.clear();
        let mut skipped = 0;
        while let Some(bytes) = self.next(link).await? {
            skipped += bytes.len();
            if skipped > limits::DRAINED {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

//! A connection as heads and pieces of bodies.
//!
//! Writes never wait for reads, nor reads for writes: whatever the session queues goes out while it asks for the next piece,
//! so that a client which sends all before it reads any does not stop both. Both buffers are bounded, and
//! every wait has its end.

use super::limits;
use super::wire::{ChunkReader, IcapHead, Piece, WireError, head_length};
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, timeout, timeout_at};

/// Why a connection cannot go on.
#[derive(Debug, Error)]
pub(super) enum LinkError {
    /// The system says so.
    #[error("the connection broke: {0}")]
    Io(#[from] io::Error),
    /// The client went away in the middle of a message.
    #[error("the client went away in the middle of a message")]
    Ended,
    /// Nothing came, or went, for too long.
    #[error("{0} took too long")]
    TimedOut(&'static str),
    /// What came is no ICAP.
    #[error("{0}")]
    Wire(#[from] WireError),
}

/// A piece of a body, or its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BodyPiece {
    /// Bytes, at least one.
    Data(Vec<u8>),
    /// Its end, or that of its preview.
    End {
        /// Nothing follows the preview.
        is_whole: bool,
    },
}

/// A connection.
pub(super) struct Link<S> {
    stream: S,
    input: Vec<u8>,
    /// Bytes of `input` that are done with.
    used: usize,
    output: Vec<u8>,
    /// Bytes of `output` that went out.
    sent: usize,
    chunks: ChunkReader,
    is_over: bool,
    body_idle: Duration,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Link<S> {
    /// Waits as long as `body_idle` for the next piece of a body.
    pub(super) fn new(stream: S, body_idle: Duration) -> Self {
        let chunks = ChunkReader::default();
        Self { stream, input: Vec::new(), used: 0, output: Vec::new(), sent: 0, chunks, is_over: false, body_idle }
    }

    /// Waits for the first byte of the next message; false if the client ends the connection instead. May be dropped.
    pub(super) async fn begins(&mut self) -> Result<bool, LinkError> {
        self.flush().await?;
        let deadline = Instant::now() + limits::IDLE;
        while self.unread().is_empty() && !self.is_over {
            let turn = timeout_at(deadline, self.turn()).await;
            turn.map_err(|_| LinkError::TimedOut("the next request"))??;
        }
        Ok(!self.unread().is_empty())
    }

    /// Reads the head of a message. Empty lines before it are passed over.
    pub(super) async fn head(&mut self, deadline: Instant) -> Result<IcapHead, LinkError> {
        loop {
            while self.unread().starts_with(b"\r\n") {
                self.used += 2;
            }
            if self.unread() == b"\r" {
                self.more(deadline).await?;
                continue;
            }
            if let Some(length) = head_length(self.unread())? {
                let head = IcapHead::parse(&self.unread()[..length]);
                self.used += length;
                return Ok(head?);
            }
            self.more(deadline).await?;
        }
    }

    /// Reads so many bytes.
    pub(super) async fn exact(&mut self, length: usize, deadline: Instant) -> Result<Vec<u8>, LinkError> {
        while self.unread().len() < length {
            self.more(deadline).await?;
        }
        let bytes = self.unread()[..length].to_vec();
        self.used += length;
        Ok(bytes)
    }

    async fn more(&mut self, deadline: Instant) -> Result<(), LinkError> {
        if self.is_over {
            return Err(LinkError::Ended);
        }
        timeout_at(deadline, self.turn()).await.map_err(|_| LinkError::TimedOut("a head"))?
    }

    /// Reads the next piece of a body. May be dropped: nothing is lost.
    pub(super) async fn piece(&mut self) -> Result<BodyPiece, LinkError> {
        while self.queued() > limits::OUTPUT {
            self.turn_in_time(limits::STALLED, "the client that reads an answer").await?;
        }
        loop {
            let (used, piece) = self.chunks.next(&self.input[self.used..])?;
            self.used += used;
            match piece {
                Some(Piece::Data(bytes)) => return Ok(BodyPiece::Data(bytes.to_vec())),
                Some(Piece::End { is_whole }) => return Ok(BodyPiece::End { is_whole }),
                None if self.is_over => return Err(LinkError::Ended),
                None => self.turn_in_time(self.body_idle, "the next piece of a body").await?,
            }
        }
    }

    /// The queue of what goes out, to append to.
    pub(super) fn out(&mut self) -> &mut Vec<u8> {
        &mut self.output
    }

    /// Sends all that is queued.
    pub(super) async fn flush(&mut self) -> Result<(), LinkError> {
        while self.queued() > 0 {
            self.turn_in_time(limits::STALLED, "the client that reads an answer").await?;
        }
        Ok(())
    }

    /// Sends what is queued and ends the connection, so that the client can read the last answer: what it
    /// still sends is read for a moment and thrown away, for unread bytes would make the system reset the connection.
    pub(super) async fn farewell(&mut self) {
        let goodbye = async {
            self.flush().await?;
            self.stream.shutdown().await?;
            let mut thrown = 0;
            while !self.is_over && thrown < limits::THROWN {
                thrown += self.unread().len();
                self.used = self.input.len();
                self.turn().await?;
            }
            Ok::<(), LinkError>(())
        };
        // Whether the client takes the farewell is its own business.
        let _ = timeout(limits::FAREWELL, goodbye).await;
    }

    fn unread(&self) -> &[u8] {
        &self.input[self.used..]
    }

    fn queued(&self) -> usize {
        self.output.len() - self.sent
    }

    async fn turn_in_time(&mut self, patience: Duration, what: &'static str) -> Result<(), LinkError> {
        timeout(patience, self.turn()).await.map_err(|_| LinkError::TimedOut(what))?
    }

    /// Reads or writes something, whatever can be done first.
    async fn turn(&mut self) -> Result<(), LinkError> {
        if self.used > 0 {
            self.input.drain(..self.used);
            self.used = 0;
        }
        poll_fn(|context| self.poll_turn(context)).await
    }

    fn poll_turn(&mut self, context: &mut Context<'_>) -> Poll<Result<(), LinkError>> {
        let (has_written, has_read) = (self.poll_write(context)?, self.poll_read(context)?);
        if has_written || has_read { Poll::Ready(Ok(())) } else { Poll::Pending }
    }

    fn poll_write(&mut self, context: &mut Context<'_>) -> io::Result<bool> {
        if self.queued() == 0 {
            return Ok(false);
        }
        match Pin::new(&mut self.stream).poll_write(context, &self.output[self.sent..]) {
            Poll::Ready(Ok(0)) => Err(io::ErrorKind::WriteZero.into()),
            Poll::Ready(Ok(length)) => {
                self.sent += length;
                if self.queued() == 0 {
                    self.output.clear();
                    self.sent = 0;
                    // One large answer is no reason to keep its room.
                    self.output.shrink_to(limits::STEP);
                } else if self.sent > limits::OUTPUT / 2 {
                    self.output.drain(..self.sent);
                    self.sent = 0;
                }
                Ok(true)
            }
            Poll::Ready(Err(error)) => Err(error),
            Poll::Pending => Ok(false),
        }
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> io::Result<bool> {
        let length = self.input.len();
        if self.is_over || length >= limits::INPUT {
            return Ok(false);
        }
        self.input.resize(length + limits::STEP, 0);
        let mut free = ReadBuf::new(&mut self.input[length..]);
        let polled = Pin::new(&mut self.stream).poll_read(context, &mut free);
        let filled = free.filled().len();
        self.input.truncate(length + filled);
        match polled {
            Poll::Ready(Ok(())) => {
                self.is_over = filled == 0;
                Ok(true)
            }
            Poll::Ready(Err(error)) => Err(error),
            Poll::Pending => Ok(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, duplex};

    const WAIT: Duration = Duration::from_secs(5);

    fn run<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(work)
    }

    #[test]
    fn heads_and_pieces_come_one_by_one() {
        run(async {
            let (mut client, server) = duplex(7);
            let sent = b"\r\nOPTIONS icap://h/x ICAP/1.0\r\n\r\nabc3\r\nxyz\r\n0; ieof\r\n\r\n";
            tokio::join!(async { client.write_all(sent).await.unwrap() }, async {
                let mut link = Link::new(server, WAIT);
                let deadline = Instant::now() + WAIT;
                assert!(link.begins().await.unwrap());
                assert_eq!(link.head(deadline).await.unwrap().service, "x");
                assert_eq!(link.exact(3, deadline).await.unwrap(), b"abc");
                let mut body = Vec::new();
                loop {
                    match link.piece().await.unwrap() {
                        BodyPiece::Data(bytes) => body.extend(bytes),
                        BodyPiece::End { is_whole } => break assert!(is_whole),
                    }
                }
                assert_eq!(body, b"xyz");
            });
        });
    }

    #[test]
    fn answers_go_out_while_a_body_comes_in() {
        run(async {
            let (mut client, server) = duplex(64);
            let mut link = Link::new(server, WAIT);
            link.out().extend_from_slice(b"early");
            let reader = async {
                let mut read = [0; 5];
                client.read_exact(&mut read).await.unwrap();
                assert_eq!(&read, b"early");
                client.write_all(b"0\r\n\r\n").await.unwrap();
            };
            let (piece, ()) = tokio::join!(link.piece(), reader);
            assert_eq!(piece.unwrap(), BodyPiece::End { is_whole: false });
        });
    }

    #[test]
    fn waits_end() {
        run(async {
            let (_client, server) = duplex(64);
            let mut link = Link::new(server, Duration::from_millis(20));
            assert!(matches!(link.piece().await, Err(LinkError::TimedOut(_))));
            let soon = Instant::now() + Duration::from_millis(20);
            assert!(matches!(link.head(soon).await, Err(LinkError::TimedOut(_))));
        });
    }

    #[test]
    fn a_client_that_goes_away_is_told_from_one_that_is_done() {
        run(async {
            let (client, server) = duplex(64);
            drop(client);
            let mut link = Link::new(server, WAIT);
            assert!(!link.begins().await.unwrap());
            assert!(matches!(link.piece().await, Err(LinkError::Ended)));
        });
    }
}

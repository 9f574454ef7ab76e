//! Bodies on their way through: as they are, or rewritten.

use super::limits;
use crate::serve::{CodingError, Rewriting};
use adsieve::Rewritten;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::time::{Instant, Sleep, sleep};

/// What ends a body early.
pub(crate) type BodyError = Box<dyn std::error::Error + Send + Sync>;
/// Any body.
pub(crate) type AnyBody = UnsyncBoxBody<Bytes, BodyError>;

/// A body of these bytes.
pub(crate) fn full(bytes: impl Into<Bytes>) -> AnyBody {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// A body that ends with an error if nothing comes for a while.
pub(crate) struct TimedBody {
    body: Incoming,
    /// Made by the first wait, moved by each later one.
    deadline: Option<Pin<Box<Sleep>>>,
    is_waiting: bool,
}

impl TimedBody {
    /// The body as it comes.
    pub(crate) fn new(body: Incoming) -> Self {
        Self { body, deadline: None, is_waiting: false }
    }

    fn wait(&mut self, context: &mut Context<'_>) -> Poll<BodyError> {
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(sleep(limits::BODY_IDLE)));
        if !self.is_waiting {
            deadline.as_mut().reset(Instant::now() + limits::BODY_IDLE);
            self.is_waiting = true;
        }
        deadline.as_mut().poll(context).map(|()| io::Error::from(io::ErrorKind::TimedOut).into())
    }
}

impl Body for TimedBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(frame) => {
                self.is_waiting = false;
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
            Poll::Pending => self.wait(context).map(|error| Some(Err(error))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// What a piece of work gives: the page, bytes, and whether it can go on.
type Step = (Box<Rewriting>, Vec<u8>, Result<(), CodingError>, Option<Rewritten>);

enum State {
    /// Waits for the next piece.
    Reading(Box<Rewriting>),
    /// A piece is being worked on.
    Working(Pin<Box<dyn Future<Output = Step> + Send>>),
    /// Breaks off.
    Failing(BodyError),
    Done,
}

/// A page on its way through the rewriter.
pub(crate) struct PageStream<F> {
    body: TimedBody,
    state: State,
    /// Is told how the page went.
    report: Option<F>,
}

impl<F: FnOnce(Option<&CodingError>, Rewritten)> PageStream<F> {
    /// The page; `report` is called once, when it has ended.
    pub(crate) fn new(body: TimedBody, page: Rewriting, report: F) -> Self {
        Self { body, state: State::Reading(Box::new(page)), report: Some(report) }
    }

    fn take_step(&mut self, step: Step) -> Option<Bytes> {
        let (page, bytes, result, log) = step;
        if let Some(report) = self.report.take_if(|_| log.is_some() || result.is_err()) {
            report(result.as_ref().err(), log.clone().unwrap_or_default());
        }
        self.state = match result {
            Err(error) => State::Failing(error.into()),
            Ok(()) if log.is_some() => State::Done,
            Ok(()) => State::Reading(page),
        };
        (!bytes.is_empty()).then(|| bytes.into())
    }
}

async fn step(mut page: Box<Rewriting>, piece: Option<Bytes>) -> Step {
    match piece {
        Some(piece) => {
            let (bytes, result) = page.write(piece).await;
            (page, bytes, result, None)
        }
        None => {
            let (bytes, result, log) = page.end().await;
            (page, bytes, result, Some(log))
        }
    }
}

impl<F: FnOnce(Option<&CodingError>, Rewritten) + Unpin> Body for PageStream<F> {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        loop {
            match std::mem::replace(&mut self.state, State::Done) {
                State::Done => return Poll::Ready(None),
                State::Failing(error) => return Poll::Ready(Some(Err(error))),
                State::Working(mut work) => match work.as_mut().poll(context) {
                    Poll::Pending => {
                        self.state = State::Working(work);
                        return Poll::Pending;
                    }
                    Poll::Ready(step) => {
                        if let Some(bytes) = self.take_step(step) {
                            return Poll::Ready(Some(Ok(Frame::data(bytes))));
                        }
                    }
                },
                State::Reading(page) => {
                    let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) else {
                        self.state = State::Reading(page);
                        return Poll::Pending;
                    };
                    let piece = match frame {
                        Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                        Some(Ok(frame)) => match frame.into_data() {
                            Ok(piece) => Some(piece),
                            // Trailers speak of the bytes as they were.
                            Err(_) => {
                                self.state = State::Reading(page);
                                continue;
                            }
                        },
                        None => None,
                    };
                    self.state = State::Working(Box::pin(step(page, piece)));
                }
            }
        }
    }
}

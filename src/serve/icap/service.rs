//! What becomes of one message: read, judged, answered.

use super::answer;
use super::body::Body;
use super::decide::{JudgedRequest, OnRequest, OnResponse, on_request, on_response};
use super::exchange::{Carried, Exchange};
use super::limits;
use super::link::LinkError;
use super::reply::{REQMOD, RESPMOD};
use super::rewrite;
use super::visitor::Visitor;
use super::wire::{Fields, IcapHead, Method, RequestHead, ResponseHead, WireError};
use crate::serve::contained;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

/// What follows an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The next message.
    Message,
    /// The end of the connection.
    Close,
}

/// Reads one message and answers it.
pub(super) async fn attend<S: AsyncRead + AsyncWrite + Unpin>(
    exchange: &mut Exchange<'_, S>,
) -> Result<Next, LinkError> {
    let deadline = Instant::now() + limits::HEAD_TIME;
    let head = exchange.link.head(deadline).await?;
    exchange.is_last = head.is_last || *exchange.shared.is_ending.borrow();
    let goes_on = match (head.method, &*head.service) {
        (Method::Options, service @ (REQMOD | RESPMOD)) => options(exchange, &head, service).await?,
        (Method::Reqmod, REQMOD) => request(exchange, &head, deadline).await?,
        (Method::Respmod, RESPMOD) => response(exchange, &head, deadline).await?,
        (_, service) => {
            let status = if matches!(service, REQMOD | RESPMOD) { 405 } else { 404 };
            exchange.is_last = true;
            exchange.answer().write_bare(status, exchange.link.out());
            false
        }
    };
    Ok(if goes_on && !exchange.is_last { Next::Message } else { Next::Close })
}

async fn options<S: AsyncRead + AsyncWrite + Unpin>(
    exchange: &mut Exchange<'_, S>,
    head: &IcapHead,
    service: &str,
) -> Result<bool, LinkError> {
    let options = &exchange.shared.options;
    let common = exchange.answer();
    common.write_options(service, options.connections, options.preview, exchange.link.out());
    Body::of(head, exchange.link).await?.skip(exchange.link).await
}

async fn request<S: AsyncRead + AsyncWrite + Unpin>(
    exchange: &mut Exchange<'_, S>,
    head: &IcapHead,
    deadline: Instant,
) -> Result<bool, LinkError> {
    let raw = exchange.link.exact(head.encapsulated.request_head, deadline).await?;
    let request = RequestHead::parse(&raw)?;
    let body = Body::of(head, exchange.link).await?;
    let (judged, decision) = on_request(&exchange.loaded, &request, exchange.shared.options.blocks_tunnels);
    tell_request(exchange, &judged, &head.fields);
    let carried = Carried::new("req", raw, body, head);
    match decision {
        OnRequest::Pass => exchange.pass(carried).await,
        OnRequest::Change(new) => exchange.pass_with(&new, carried).await,
        OnRequest::Answer(answer) => exchange.say(&answer, carried.body).await,
    }
}

async fn response<S: AsyncRead + AsyncWrite + Unpin>(
    exchange: &mut Exchange<'_, S>,
    head: &IcapHead,
    deadline: Instant,
) -> Result<bool, LinkError> {
    let parts = head.encapsulated;
    let request = match parts.request_head {
        0 => None,
        length => Some(RequestHead::parse(&exchange.link.exact(length, deadline).await?)?),
    };
    if parts.response_head == 0 {
        return Err(WireError::Malformed("a response without a head").into());
    }
    let raw = exchange.link.exact(parts.response_head, deadline).await?;
    let response = ResponseHead::parse(&raw)?;
    let body = Body::of(head, exchange.link).await?;
    let carried = Carried::new("res", raw, body, head);
    let decision = contained(|| on_response(&exchange.loaded, request.as_ref(), &response));
    match decision.unwrap_or(OnResponse::Unreadable) {
        OnResponse::Unreadable if exchange.shared.options.is_closed => {
            exchange.say(&answer::unfiltered(), carried.body).await
        }
        OnResponse::Pass | OnResponse::Unreadable => exchange.pass(carried).await,
        OnResponse::Change(new) => exchange.pass_with(&new, carried).await,
        OnResponse::Rewrite(..) if !carried.has_body => exchange.pass(carried).await,
        OnResponse::Rewrite(new, page) => {
            let url = request.as_ref().map(RequestHead::url).unwrap_or_default();
            let visitor = Visitor::of(&head.fields, exchange.client);
            rewrite::page(exchange, carried, new, *page, &url, &visitor).await
        }
    }
}

fn tell_request<S>(exchange: &Exchange<'_, S>, judged: &JudgedRequest, fields: &Fields) {
    let shared = exchange.shared;
    shared.metrics.requests.add(1);
    if !judged.verdict.is_block() {
        return;
    }
    shared.metrics.blocked.add(1);
    let visitor = Visitor::of(fields, exchange.client);
    tracing::info!(
        url = shared.log.url(&judged.url),
        page = shared.log.url(&judged.source),
        kind = judged.kind.name(),
        network = judged.verdict.network.as_deref(),
        reason = judged.verdict.reason.as_ref().map(ToString::to_string),
        client = visitor.address,
        user = visitor.name,
        "request blocked"
    );
}

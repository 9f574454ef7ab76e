//! A connection from its first message to its last: one after the other, also where several were sent at once.

use super::exchange::Exchange;
use super::link::{Link, LinkError};
use super::reply::Common;
use super::service::{Next, attend};
use super::shared::Shared;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};

/// Answers the messages of a connection until one of both ends has enough.
pub(super) async fn converse<S: AsyncRead + AsyncWrite + Unpin>(stream: S, shared: Arc<Shared>, client: IpAddr) {
    let mut link = Link::new(stream, shared.options.body_idle);
    loop {
        let has_begun = tokio::select! {
            biased;
            () = shared.ending() => break,
            begun = link.begins() => begun.unwrap_or_default(),
        };
        if !has_begun {
            break;
        }
        let mut exchange = Exchange::new(&mut link, &shared, client);
        match attend(&mut exchange).await {
            Ok(Next::Message) => {}
            Ok(Next::Close) => break,
            Err(error) => {
                let is_answered = exchange.is_answered();
                shared.metrics.bad_messages.add(1);
                tracing::warn!(%error, icap_client = %client, "message broken off");
                if !is_answered && let Some(status) = status(&error) {
                    let common = Common { mark: shared.filter.current().mark.clone(), is_last: true };
                    common.write_bare(status, link.out());
                }
                break;
            }
        }
    }
    link.farewell().await;
}

/// What a client is told that can still be told something.
fn status(error: &LinkError) -> Option<u16> {
    match error {
        LinkError::Wire(error) => Some(error.status()),
        LinkError::TimedOut(_) => Some(408),
        LinkError::Ended | LinkError::Io(_) => None,
    }
}

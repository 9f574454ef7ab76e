//! What bounds a connection and its waits. Sizes of heads and fields stand in [`wire`](super::wire).

use std::time::Duration;

/// Connections at a time, unless the user says another number.
pub(crate) const CONNECTIONS: usize = 1_000;
/// Bytes that one read asks for.
pub(super) const STEP: usize = 16 << 10;
/// Bytes that are read ahead of the session: more than all heads of a message.
pub(super) const INPUT: usize = 512 << 10;
/// Bytes of an answer that wait for the client, before no more of the body is asked for.
pub(super) const OUTPUT: usize = 1 << 20;
/// Bytes of a preview.
pub(crate) const PREVIEW: usize = 64 << 10;
/// Bytes of a body that are read past once its answer is out, so that the connection can go on.
pub(super) const DRAINED: usize = 1 << 20;
/// Bytes that are thrown away after the last answer of a connection.
pub(super) const THROWN: usize = 1 << 20;
/// From one request to the next.
pub(super) const IDLE: Duration = Duration::from_secs(600);
/// From the first byte of a message to the last of its heads.
pub(super) const HEAD_TIME: Duration = Duration::from_secs(30);
/// Between two pieces of a body, unless the user says another time: slow servers make slow bodies.
pub(crate) const BODY_IDLE: Duration = Duration::from_secs(900);
/// For a client that takes no bytes.
pub(super) const STALLED: Duration = Duration::from_secs(120);
/// For the client to take the last answer.
pub(super) const FAREWELL: Duration = Duration::from_secs(2);
/// For requests under way when the server ends.
pub(crate) const GRACE: Duration = Duration::from_secs(20);

/// Bytes of a page that are held back, as they came, in case that nothing is changed: then the page is handed back as it was.
pub(super) const HELD: usize = 64 << 10;
/// Bytes of what was made of them.
pub(super) const HELD_OUT: usize = 512 << 10;
/// How long they are held: a slow page begins to go out before it is whole.
pub(super) const HOLD: Duration = Duration::from_millis(150);

//! What bounds a connection, a request, a wait.

use std::time::Duration;

/// Connections of clients at a time, unless the user says another number.
pub(crate) const CONNECTIONS: usize = 4_096;
/// Opened tunnels that wait to be served.
pub(crate) const OPENED: usize = 64;
/// Bytes of a request's head.
pub(crate) const HEAD_BYTES: usize = 64 << 10;
/// Header fields of a message.
pub(crate) const HEADERS: usize = 200;
/// Requests at a time on one HTTP/2 connection.
pub(crate) const STREAMS: u32 = 200;
/// Bytes that one HTTP/2 stream, and a whole connection, may have under way.
pub(crate) const STREAM_WINDOW: u32 = 1 << 20;
/// The same for a connection.
pub(crate) const CONNECTION_WINDOW: u32 = 4 << 20;
/// Bytes that wait to be sent on one HTTP/2 stream.
pub(crate) const SEND_BUFFER: usize = 256 << 10;
/// From the first byte of a request's head to its last, and from one request to the next.
pub(crate) const HEAD_TIME: Duration = Duration::from_secs(60);
/// For a client's TLS handshake, and for its first byte in a tunnel.
pub(crate) const HANDSHAKE: Duration = Duration::from_secs(15);
/// To resolve a name.
pub(crate) const RESOLVE: Duration = Duration::from_secs(10);
/// To connect to one of several addresses.
pub(crate) const CONNECT: Duration = Duration::from_secs(4);
/// To connect to the last address.
pub(crate) const LAST_CONNECT: Duration = Duration::from_secs(10);
/// Addresses of a name that are tried.
pub(crate) const ADDRESSES: usize = 4;
/// For the head of a response. Long polls take their time.
pub(crate) const RESPONSE: Duration = Duration::from_secs(300);
/// Between two pieces of a body.
pub(crate) const BODY_IDLE: Duration = Duration::from_secs(300);
/// For a peer that takes no bytes.
pub(crate) const STALLED: Duration = Duration::from_secs(120);
/// In a tunnel or upgraded connection in which nothing moves.
pub(crate) const TUNNEL_IDLE: Duration = Duration::from_secs(3_600);
/// A connection to a server that waits for the next request.
pub(crate) const POOL_IDLE: Duration = Duration::from_secs(60);
/// Waiting connections to one server.
pub(crate) const POOLED: usize = 32;
/// Between signs of life on a quiet HTTP/2 connection.
pub(crate) const PING: Duration = Duration::from_secs(60);
/// For open connections when the proxy ends.
pub(crate) const FAREWELL: Duration = Duration::from_secs(10);
/// A client that leaves within this time did not like the certificate that it saw; unused connections of browsers stay longer.
pub(crate) const AT_ONCE: Duration = Duration::from_secs(2);

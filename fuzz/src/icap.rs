//! Targets of the parsers that face the network: ICAP messages, and the HTTP heads that they carry.
//!
//! The program's servers are no part of the library, so their parser, which needs nothing but the standard library, is
//! taken in here as it stands.

use super::target::Dice;
use wire::{ChunkReader, IcapHead, MAX_ICAP_HEAD, Piece, RequestHead, ResponseHead, head_length};

#[path = "../../src/serve/icap/wire/mod.rs"]
#[allow(dead_code, unused_imports)]
mod wire;

/// A message: its head, the HTTP heads behind it, its body in chunks that come in pieces of any size.
pub fn message(input: &[u8]) {
    let Ok(Some(length)) = head_length(input) else { return body(input) };
    assert!(length <= MAX_ICAP_HEAD + 4 && length <= input.len(), "a head of {length} bytes");
    let (head, rest) = input.split_at(length);
    assert_eq!(head_length(head).ok(), Some(Some(length)), "what follows does not change where a head ends");
    let Ok(head) = IcapHead::parse(head) else { return body(rest) };
    let carried = &head.encapsulated;
    let Some((request, rest)) = rest.split_at_checked(carried.request_head) else { return };
    let Some((response, rest)) = rest.split_at_checked(carried.response_head) else { return };
    request_head(request);
    response_head(response);
    if carried.has_body {
        body(rest);
    }
}

/// HTTP heads.
pub fn http_head(input: &[u8]) {
    request_head(input);
    response_head(input);
}

/// What was read can be written, and is read from that as the same: two readers see one message.
fn request_head(bytes: &[u8]) {
    if let Ok(head) = RequestHead::parse(bytes) {
        assert_eq!(RequestHead::parse(&head.to_bytes()).as_ref(), Ok(&head), "a request head is read as it is written");
        assert!(!head.url().contains(['\r', '\n']), "a URL is one line");
    }
}

fn response_head(bytes: &[u8]) {
    if let Ok(head) = ResponseHead::parse(bytes) {
        assert_eq!(
            ResponseHead::parse(&head.to_bytes()).as_ref(),
            Ok(&head),
            "a response head is read as it is written"
        );
    }
}

/// However the bytes come, they are the same body, or none.
fn body(bytes: &[u8]) {
    let mut dice = Dice::of(bytes);
    let whole = chunks(bytes, &mut || usize::MAX);
    assert_eq!(chunks(bytes, &mut || 1 + dice.below(7)), whole, "cuts change nothing");
}

/// The body, whether its end came and bears `ieof`, or that the bytes are none.
fn chunks(bytes: &[u8], step: &mut dyn FnMut() -> usize) -> Result<(Vec<u8>, Option<bool>), ()> {
    let (mut reader, mut read, mut start, mut end) = (ChunkReader::default(), Vec::new(), 0, 0);
    while end < bytes.len() {
        end = end.saturating_add(step()).min(bytes.len());
        loop {
            let (used, piece) = reader.next(&bytes[start..end]).map_err(|_| ())?;
            start += used;
            match piece {
                Some(Piece::Data(data)) => read.extend_from_slice(data),
                Some(Piece::End { is_whole }) => return Ok((read, Some(is_whole))),
                None => break,
            }
        }
    }
    Ok((read, None))
}

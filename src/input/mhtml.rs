//! MHTML: a page and its parts as one mail message, as Chromium, Edge, IE and Word write it.
//!
//! In: the message. Out: one document with its scripts and frames. Chromium leaves scripts out; that
//! is said. Memory: the message, which is no larger than a document with its resources may be.

use super::media::{Media, media_of};
use super::sink::Sink;
use super::stream::Stream;
use super::{Archive, Resource, ResourceKind, SavedDocument};
use crate::base::base64;
use mailparse::{MailHeader, MailHeaderMap, parse_content_type, parse_headers};
use std::ops::ControlFlow;

/// Messages inside one another.
const MAX_DEPTH: u32 = 4;

/// Parts of one message.
const MAX_PARTS: usize = 10_000;

/// One part, decoded.
struct Part {
    content_type: String,
    location: Option<String>,
    id: Option<String>,
    bytes: Vec<u8>,
}

/// Reads the one page of a message.
pub(super) fn read_mhtml(stream: &mut Stream<'_>, sink: &mut Sink<'_>) -> ControlFlow<()> {
    let most = sink.options.document_bytes.saturating_add(sink.options.resource_bytes);
    let (message, is_cut) = stream.read_up_to(most);
    let start = message.len() - message.trim_ascii_start().len();
    let Ok((headers, _)) = parse_headers(&message[start..]) else {
        return sink.lost("mhtml-broken", "the head of the message cannot be read");
    };
    let mut parts = Vec::new();
    let is_whole = collect(&message[start..], 0, &mut parts);
    let first = headers.get_first_value("content-type").unwrap_or_default();
    let root = parse_content_type(&first).params.remove("start");
    let Some(mut document) = document(parts, root.as_deref(), &headers) else { return ControlFlow::Continue(()) };
    if is_cut || !is_whole {
        document.warn("mhtml-cut", "the message ends before its last part does");
    }
    if headers.get_first_value("from").is_some_and(|from| from.contains("Saved by Blink")) {
        let message =
            "Chromium leaves scripts, event handlers and `noscript` out of MHTML: what they would do cannot be seen";
        document.warn("scripts-removed", message);
    }
    sink.document(document)
}

/// The page among the parts, with the others as its resources.
fn document(parts: Vec<Part>, root: Option<&str>, headers: &[MailHeader<'_>]) -> Option<SavedDocument> {
    let is_page = |part: &Part| media(part) == Media::Page;
    let named = root.and_then(|root| parts.iter().position(|part| part.id.as_deref() == Some(bare_id(root))));
    let at = named.or_else(|| parts.iter().position(is_page))?;
    let (mut document, mut resources) = (None, Vec::new());
    for (index, part) in parts.into_iter().enumerate() {
        if index == at {
            let location = headers.get_first_value("snapshot-content-location").or(part.location);
            document = Some(SavedDocument {
                archive: Some(Archive::Mhtml),
                url: location.filter(|location| location.contains("://")),
                content_type: Some(part.content_type),
                name: Some("page.html".into()),
                ..SavedDocument::new(part.bytes)
            });
        } else if let Some(kind) = kind(&part) {
            let id = part.id.map(|id| format!("cid:{id}"));
            let url = part.location.or(id.clone()).unwrap_or_default();
            let content_type = Some(part.content_type);
            // A script that no markup names was loaded by another one.
            let is_loaded = kind == ResourceKind::Script;
            resources.push(Resource { url, id, kind, bytes: part.bytes, content_type, is_loaded });
        }
    }
    document.map(|document| SavedDocument { resources, ..document })
}

fn media(part: &Part) -> Media {
    media_of(Some(&part.content_type), part.location.as_deref(), &part.bytes)
}

fn kind(part: &Part) -> Option<ResourceKind> {
    match media(part) {
        Media::Page => Some(ResourceKind::Frame),
        Media::Script => Some(ResourceKind::Script),
        Media::Text | Media::Other => None,
    }
}

/// Adds the parts of a message or of one of its parts; `false` if it ends early.
fn collect(message: &[u8], depth: u32, parts: &mut Vec<Part>) -> bool {
    let Ok((headers, body_at)) = parse_headers(message) else { return false };
    let body = &message[body_at.min(message.len())..];
    let content_type = headers.get_first_value("content-type").unwrap_or_default();
    let parsed = parse_content_type(&content_type);
    match parsed.params.get("boundary").filter(|_| parsed.mimetype.starts_with("multipart/")) {
        Some(boundary) if depth < MAX_DEPTH => {
            let (pieces, mut is_whole) = split(body, boundary);
            for piece in pieces {
                is_whole &= collect(piece, depth + 1, parts);
            }
            is_whole
        }
        _ if parts.len() < MAX_PARTS && is_worth_decoding(&parsed.mimetype) => {
            let encoding = headers.get_first_value("content-transfer-encoding").unwrap_or_default();
            let location = headers.get_first_value("content-location").map(|location| location.trim().to_owned());
            let id = headers.get_first_value("content-id").map(|id| bare_id(&id).to_owned());
            parts.push(Part { content_type, location, id, bytes: decode(body, &encoding) });
            true
        }
        _ => true,
    }
}

fn is_worth_decoding(mime: &str) -> bool {
    !["image/", "font/", "video/", "audio/", "text/css"].iter().any(|kind| mime.starts_with(kind))
}

fn bare_id(id: &str) -> &str {
    id.trim().trim_start_matches('<').trim_end_matches('>')
}

/// What stands between the boundaries, and whether the last one is there.
fn split<'m>(body: &'m [u8], boundary: &str) -> (Vec<&'m [u8]>, bool) {
    let mark = format!("--{boundary}");
    let (mut pieces, mut start) = (Vec::new(), None);
    for at in memchr::memmem::find_iter(body, &mark) {
        if at > 0 && body[at - 1] != b'\n' {
            continue;
        }
        let after = &body[at + mark.len()..];
        if let Some(start) = start {
            pieces.push(without_line_end(&body[start..at.max(start)]));
        }
        if after.starts_with(b"--") {
            return (pieces, true);
        }
        let line = memchr::memchr(b'\n', after).map_or(after.len(), |end| end + 1);
        start = Some(at + mark.len() + line);
    }
    pieces.extend(start.map(|start| &body[start..]));
    (pieces, false)
}

/// The line end before a boundary belongs to the boundary.
fn without_line_end(piece: &[u8]) -> &[u8] {
    let piece = piece.strip_suffix(b"\n").unwrap_or(piece);
    piece.strip_suffix(b"\r").unwrap_or(piece)
}

fn decode(body: &[u8], encoding: &str) -> Vec<u8> {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "quoted-printable" => decode_quoted_printable(body),
        "base64" => base64::read_leniently(body),
        _ => body.to_vec(),
    }
}

/// `=3D` is a byte, `=` at the end of a line joins it with the next; whatever else stays.
fn decode_quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = memchr::memchr(b'=', rest) {
        bytes.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let (byte, length) = match rest {
            [b'=', b'\r', b'\n', ..] => (None, 3),
            [b'=', b'\n', ..] => (None, 2),
            [b'=', high, low, ..] => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => (Some(high << 4 | low), 3),
                _ => (Some(b'='), 1),
            },
            _ => (Some(b'='), 1),
        };
        bytes.extend(byte);
        rest = &rest[length..];
    }
    bytes.extend_from_slice(rest);
    bytes
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::super::read_documents;
    use super::*;

    const MESSAGE: &str = "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.com/a\r\n\
        MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\tboundary=\"b-1\"\r\n\r\n\
        --b-1\r\nContent-Type: text/html\r\nContent-ID: <frame-0@mhtml.blink>\r\n\
        Content-Transfer-Encoding: quoted-printable\r\nContent-Location: https://example.com/a\r\n\r\n\
        <p class=3D\"x\">so=\r\nft =E2=98=83\r\n\
        --b-1\r\nContent-Type: text/html\r\nContent-ID: <frame-1@mhtml.blink>\r\n\
        Content-Transfer-Encoding: base64\r\nContent-Location: https://ads.example.net/f\r\n\r\nPGI+\r\nSGk8L2I+\r\n--b-1--\r\n";

    fn read(message: &str) -> SavedDocument {
        let mut found = None;
        let _ = read_documents(message.as_bytes(), "a.mhtml", &Default::default(), &mut |document| {
            found = document.ok();
            ControlFlow::Continue(())
        });
        found.expect("a document")
    }

    #[test]
    fn the_page_and_its_frames_are_decoded() {
        let document = read(MESSAGE);
        assert_eq!(String::from_utf8_lossy(&document.bytes), "<p class=\"x\">soft ☃");
        assert_eq!(document.url.as_deref(), Some("https://example.com/a"));
        let frame = &document.resources[0];
        assert_eq!((&*frame.bytes, frame.id.as_deref()), (&b"<b>Hi</b>"[..], Some("cid:frame-1@mhtml.blink")));
        assert_eq!(document.diagnostics.iter().map(|one| one.code).collect::<Vec<_>>(), ["scripts-removed"]);
    }

    #[test]
    fn a_message_that_ends_early_says_so() {
        let document = read(&MESSAGE[..MESSAGE.len() - 60]);
        assert_eq!(document.diagnostics[0].code, "mhtml-cut");
    }
}

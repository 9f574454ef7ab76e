//! WARC: the records of a crawl, one behind the other.
//!
//! In: the decompressed stream. Out: each response, resource or conversion that is a page, script or text, for
//! [`Crawl`](super::crawl::Crawl) to join, with what requests and redirects tell. Memory: one record, and of that
//! no more than a document may have. A record that is broken costs itself: the next one is found by its first line.

use super::crawl::Record;
use super::http::{Headers, decode_body, headers_of};
use super::media::{Media, loaded_media, media_of, request_kind};
use super::saved::short;
use super::sink::Sink;
use super::stream::Stream;
use super::{Archive, SavedDocument};
use crate::base::{Diagnostic, Severity};
use std::ops::ControlFlow;

/// The longest line of a record's head, and the longest head.
const MAX_LINE: usize = 64 << 10;
const MAX_HEAD: usize = 1 << 20;

/// Bytes of a record that are looked at to learn whether it is wanted.
const PEEKED: usize = 16 << 10;

/// Bytes of the line ends behind a record.
const LINE_ENDS: usize = 4;

/// Reads all records.
pub(super) fn read_warc(stream: &mut Stream<'_>, sink: &mut Sink<'_>) -> ControlFlow<()> {
    loop {
        let mut is_lost = false;
        while let Some((line, _)) = stream.line(MAX_LINE) {
            if line.starts_with(b"WARC/") {
                is_lost = false;
                read_record(stream, sink)?;
            } else if !is_lost && !line.trim_ascii().is_empty() {
                is_lost = true;
                sink.lost("record-broken", "a record does not begin where it should; the next one was looked for")?;
            }
        }
        // A member that is broken ends the stream before its time; there may be more behind it.
        match stream.fault() {
            Some(fault) => sink.fault(fault)?,
            None => return sink.end_records(),
        }
        if !stream.resume() {
            return sink.end_records();
        }
    }
}

/// What the head of a record says.
struct Head {
    headers: Headers,
    url: Option<String>,
    /// Bytes of the block that follows.
    length: u64,
}

/// Reads what follows the first line of a record.
fn read_record(stream: &mut Stream<'_>, sink: &mut Sink<'_>) -> ControlFlow<()> {
    let mut head = Vec::new();
    while let Some((line, _)) = stream.line(MAX_LINE) {
        if line.trim_ascii().is_empty() || head.len() > MAX_HEAD {
            break;
        }
        head.extend(line);
    }
    let (headers, _) = headers_of(&head);
    let url = headers.get("warc-target-uri").map(|url| url.trim_matches(['<', '>']).to_owned());
    let Some(length) = headers.get("content-length").and_then(|length| length.parse().ok()) else {
        let of = url.as_deref().map_or_else(String::new, |url| format!(" of {}", short(url)));
        return sink.lost("record-broken", format!("the record{of} does not say how long it is"));
    };
    let head = Head { headers, url, length };
    match head.headers.get("warc-type").unwrap_or_default() {
        "response" | "resource" | "conversion" => read_block(stream, &head, sink),
        "revisit" => read_revisit(stream, &head, sink),
        "request" => {
            note_request(stream, &head, sink);
            skip(stream, &head, sink)
        }
        _ => skip(stream, &head, sink),
    }
}

/// Passes over a block, which may be the one in which the file ends.
fn skip(stream: &mut Stream<'_>, head: &Head, sink: &mut Sink<'_>) -> ControlFlow<()> {
    let skipped = stream.skip(head.length);
    if skipped == head.length || stream.is_broken() {
        return ControlFlow::Continue(());
    }
    sink.lost("record-truncated", format!("the file ends after {skipped} of {} bytes of a record", head.length))
}

/// The beginning of a record's block.
fn peek<'s>(stream: &'s mut Stream<'_>, head: &Head) -> &'s [u8] {
    stream.peek(usize::try_from(head.length).unwrap_or(PEEKED).min(PEEKED))
}

/// A request says on whose behalf it was made.
fn note_request(stream: &mut Stream<'_>, head: &Head, sink: &mut Sink<'_>) {
    let Some(url) = head.url.as_deref() else { return };
    let (asked, _) = headers_of(peek(stream, head));
    sink.crawl().ask(url, asked.get("referer"), asked.get("sec-fetch-dest").unwrap_or_default());
}

/// Reads a record's block.
fn read_block(stream: &mut Stream<'_>, head: &Head, sink: &mut Sink<'_>) -> ControlFlow<()> {
    let Head { headers, length, .. } = head;
    let is_http = headers.get("content-type").is_some_and(|kind| kind.starts_with("application/http"));
    let peeked = peek(stream, head);
    let (http, body_at) = if is_http { headers_of(peeked) } else { (Headers::default(), 0) };
    let mut record = record(head, &http, &peeked[body_at..], is_http);
    if record.media == Media::Other {
        let redirect = http.get("location").filter(|_| http.status().is_some_and(is_redirect));
        if let (Some(to), Some(url)) = (redirect, head.url.as_deref()) {
            sink.crawl().redirect(url, to);
        }
        skip(stream, head, sink)?;
        return sink.record(record);
    }
    let (block, read) = take_block(stream, *length, sink.options.document_bytes + PEEKED);
    let body = block.get(body_at..).unwrap_or_default().to_vec();
    let short_by = missing_bytes(&http, body.len());
    let (body, faults) = decode_body(body, &http, record.media, sink.options);
    let document = &mut record.document;
    document.bytes = body;
    if read < *length {
        document.warn("record-truncated", format!("the record ends after {read} of {length} bytes"));
    } else if (block.len() as u64) < *length {
        document.warn("document-cut", format!("it is longer than {} MiB; the rest was not read", block.len() >> 20));
    } else if let (Some(missing), true) = (short_by, faults.is_none()) {
        document.warn("body-cut", format!("the response lacks {missing} of the bytes that its header promises"));
    } else if stream.peek(LINE_ENDS).is_empty() && !stream.is_broken() {
        let message =
            "the file ends right behind this record, without the line ends that belong there; it may have been cut";
        document.diagnostics.push(Diagnostic::new(Severity::Info, "file-unclosed", message));
    }
    if let Some(reason) = headers.get("warc-truncated") {
        document.warn("record-truncated", format!("the crawler cut the record: {}", short(reason)));
    }
    document.diagnostics.extend(faults);
    sink.record(record)
}

/// The record without its body.
fn record(head: &Head, http: &Headers, body: &[u8], is_http: bool) -> Record {
    let Head { headers, url, .. } = head;
    let content_type = if is_http { http.get("content-type") } else { headers.get("content-type") };
    let named = headers.get("warc-identified-payload-type").or(content_type);
    let resource_type = headers.get("warc-resource-type").unwrap_or_default();
    let media = match resource_type {
        _ if http.status().is_some_and(is_redirect) || url.as_deref().is_some_and(is_robots) => Media::Other,
        "" => media_of(named, url.as_deref(), body),
        of => loaded_media(of, named, url.as_deref().unwrap_or_default(), body),
    };
    Record {
        document: SavedDocument {
            archive: Some(Archive::Warc),
            entry: url.clone(),
            name: media.file_name().map(ToOwned::to_owned),
            url: url.clone(),
            content_type: content_type.map(ToOwned::to_owned),
            ..SavedDocument::default()
        },
        media,
        kind: request_kind(resource_type, "", media, content_type),
        load: headers.get("warc-page-id").filter(|id| !id.is_empty()).map(ToOwned::to_owned),
        digest: headers.get("warc-payload-digest").map(ToOwned::to_owned),
        has_body: true,
    }
}

fn is_redirect(status: u16) -> bool {
    (300..400).contains(&status)
}

/// Crawlers ask every site for it, and it never holds code.
fn is_robots(url: &str) -> bool {
    url.ends_with("/robots.txt")
}

/// How many bytes a body has less than its header promises; that of one in chunks or in a coding promises nothing.
fn missing_bytes(http: &Headers, length: usize) -> Option<usize> {
    if http.get("transfer-encoding").is_some() || http.get("content-encoding").is_some() {
        return None;
    }
    let promised: usize = http.get("content-length")?.parse().ok()?;
    promised.checked_sub(length).filter(|&missing| missing > 0)
}

/// Reads a record whose body was recorded before, under the same digest.
fn read_revisit(stream: &mut Stream<'_>, head: &Head, sink: &mut Sink<'_>) -> ControlFlow<()> {
    let (http, _) = headers_of(peek(stream, head));
    skip(stream, head, sink)?;
    let mut record = record(head, &http, b"", true);
    let original = head.headers.get("warc-refers-to-target-uri").map(|url| url.trim_matches(['<', '>']));
    let of = original.or(head.url.as_deref());
    match sink.crawl().body_of(record.digest.as_deref(), of) {
        Some((body, media)) => {
            let SavedDocument { bytes, content_type, name, diagnostics, .. } = body.clone();
            record.document = SavedDocument { bytes, content_type, name, diagnostics, ..record.document };
            record.media = media;
        }
        None => record.has_body = false,
    }
    sink.record(record)
}

/// Takes a block of so many bytes, but keeps no more than `most` of it; what was kept, and how many bytes there were.
fn take_block(stream: &mut Stream<'_>, length: u64, most: usize) -> (Vec<u8>, u64) {
    let mut block = Vec::new();
    let kept = stream.take_into(&mut block, length.min(most as u64));
    let skipped = stream.skip(length - kept);
    (block, kept + skipped)
}

//! WARC: the records of a crawl, one behind the other.
//!
//! In: the decompressed stream. Out: a document for each response, resource or conversion that is a
//! page, script or text. Memory: one record, and of that no more than a document may have. A record
//! that is broken costs itself: the next one is found by its first line.

use super::http::{Headers, decode_body, headers_of};
use super::media::{Media, media_of};
use super::saved::short;
use super::sink::Sink;
use super::stream::Stream;
use super::{Archive, SavedDocument};
use std::ops::ControlFlow;

/// The longest line of a record's head, and the longest head.
const MAX_LINE: usize = 64 << 10;
const MAX_HEAD: usize = 1 << 20;

/// Bytes of a record that are looked at to learn whether it is wanted.
const PEEKED: usize = 16 << 10;

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
            None => return ControlFlow::Continue(()),
        }
        if !stream.resume() {
            return ControlFlow::Continue(());
        }
    }
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
    match headers.get("warc-type").unwrap_or_default() {
        "response" | "resource" | "conversion" => read_block(stream, length, &headers, url, sink),
        _ => {
            stream.skip(length);
            ControlFlow::Continue(())
        }
    }
}

/// Reads a record's block of so many bytes.
fn read_block(
    stream: &mut Stream<'_>,
    length: u64,
    headers: &Headers,
    url: Option<String>,
    sink: &mut Sink<'_>,
) -> ControlFlow<()> {
    let is_http = headers.get("content-type").is_some_and(|kind| kind.starts_with("application/http"));
    let peeked = stream.peek(usize::try_from(length).unwrap_or(PEEKED).min(PEEKED));
    let (http, body_at) = if is_http { headers_of(peeked) } else { (Headers::default(), 0) };
    let content_type = if is_http { http.get("content-type") } else { headers.get("content-type") };
    let content_type = content_type.map(ToOwned::to_owned);
    let named = headers.get("warc-identified-payload-type").or(content_type.as_deref());
    let media = media_of(named, url.as_deref(), &peeked[body_at..]);
    if media == Media::Other || http.status().is_some_and(|status| (300..400).contains(&status)) {
        stream.skip(length);
        return ControlFlow::Continue(());
    }
    let (block, read) = take_block(stream, length, sink.options.document_bytes + PEEKED);
    let body = block.get(body_at..).unwrap_or_default().to_vec();
    let (body, faults) = decode_body(body, &http, media, sink.options);
    let mut document = SavedDocument {
        archive: Some(Archive::Warc),
        entry: url.clone(),
        name: media.file_name().map(ToOwned::to_owned),
        url,
        content_type,
        ..SavedDocument::new(body)
    };
    if read < length {
        document.warn("record-truncated", format!("the record ends after {read} of {length} bytes"));
    } else if (block.len() as u64) < length {
        document.warn("document-cut", format!("it is longer than {} MiB; the rest was not read", block.len() >> 20));
    }
    if let Some(reason) = headers.get("warc-truncated") {
        document.warn("record-truncated", format!("the crawler cut the record: {}", short(reason)));
    }
    document.diagnostics.extend(faults);
    sink.document(document)
}

/// Takes a block of so many bytes, but keeps no more than `most` of it; what was kept, and how many bytes there were.
fn take_block(stream: &mut Stream<'_>, length: u64, most: usize) -> (Vec<u8>, u64) {
    let mut block = Vec::new();
    let kept = stream.take_into(&mut block, length.min(most as u64));
    let skipped = stream.skip(length - kept);
    (block, kept + skipped)
}

//! Opens whatever it is, and hands out the documents in it one by one.
//!
//! In: a reader and a name. Out: [`SavedDocument`]s, in the order of the container, and diagnostics for
//! what could not be read. Compressions and containers may stand inside one another, up to
//! [`ReadOptions::nesting`] levels. Memory: what one document takes, whatever the container's size.

use super::archive::{HEAD_BYTES, archive_of, file_name, split_ending};
use super::compression::{Coding, expand};
use super::har::read_har;
use super::mhtml::read_mhtml;
use super::packed::{read_tar, read_zip, read_zip_stream};
use super::read_options::ReadOptions;
use super::sink::Sink;
use super::stream::Stream;
use super::table::{read_csv, read_jsonl, table_of};
use super::warc::read_warc;
use super::web_archive::read_web_archive;
use super::{Archive, SavedDocument};
use crate::base::{Diagnostic, Severity};
use std::io::{Read, Seek};
use std::ops::ControlFlow;

/// Reads the documents of a page, a container or a compressed one from a stream.
///
/// Content decides what it is; `name` where content cannot (`-` says nothing). Each document is
/// handed to `take` as soon as it is read; `Break` ends the reading. What could not be read at all comes
/// as a diagnostic between the documents, what could not be read of a document stands in it.
///
/// ```
/// use adsieve::{ReadOptions, read_documents};
/// use std::ops::ControlFlow;
///
/// let warc = b"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: https://example.com/\r\n\
///     Content-Type: text/html\r\nContent-Length: 5\r\n\r\n<p>Hi\r\n\r\n";
/// let mut urls = Vec::new();
/// let end = read_documents(&warc[..], "crawl.warc", &ReadOptions::default(), &mut |document| {
///     urls.push(document.expect("the record is whole").url);
///     ControlFlow::Continue(())
/// });
/// assert_eq!((urls, end), (vec![Some("https://example.com/".into())], ControlFlow::Continue(())));
/// ```
pub fn read_documents(
    reader: impl Read,
    name: &str,
    options: &ReadOptions,
    take: &mut dyn FnMut(Result<SavedDocument, Diagnostic>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut stream = Stream::new(reader);
    let sink = &mut Sink::new(take, options);
    open(&mut stream, name, None, sink)?;
    sink.end()
}

/// As [`read_documents`], from a file: a zip's own list of its entries is asked, and a crawl is read for a second time
/// where pages of it share a body with one that was recorded far before them.
pub fn read_seekable_documents(
    mut reader: impl Read + Seek,
    name: &str,
    options: &ReadOptions,
    take: &mut dyn FnMut(Result<SavedDocument, Diagnostic>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let sink = &mut Sink::new(take, options);
    read_once(&mut reader, name, sink)?;
    if sink.wants_second_reading() && reader.rewind().is_ok() {
        sink.begin_second_reading();
        read_once(&mut reader, name, sink)?;
    }
    sink.end()
}

fn read_once(reader: &mut (impl Read + Seek), name: &str, sink: &mut Sink<'_>) -> ControlFlow<()> {
    let mut head = Vec::new();
    let peeked = reader.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head);
    let archive = archive_of(&head, name).filter(|archive| matches!(archive, Archive::Zip | Archive::Wacz));
    if let (Ok(_), Some(archive), Ok(())) = (peeked, archive, reader.rewind()) {
        if let Some(end) = read_zip(reader, archive, sink, &mut open) {
            end?;
            return if sink.taken == 0 { sink.nothing_in(archive) } else { ControlFlow::Continue(()) };
        }
        // Its list is lost: what stands in front of each entry may still tell.
        if reader.rewind().is_ok() {
            open(&mut Stream::new(reader), name, None, sink)?;
        }
        return sink.lost("zip-cut", "the list at the end of the zip is cut or missing; it was read from the front");
    }
    // A pipe cannot go back: what was looked at is read again from memory.
    match reader.rewind() {
        Ok(()) => open(&mut Stream::new(reader), name, None, sink),
        Err(_) => open(&mut Stream::new(std::io::Cursor::new(head).chain(reader)), name, None, sink),
    }
}

/// Does a file that begins so and has this name hold something other than one plain page, script or text?
#[must_use]
pub fn is_container(head: &[u8], name: &str, options: &ReadOptions) -> bool {
    let archive = || archive_of(head, name).or_else(|| table_of(head, options));
    Coding::of(head, name).is_some() || archive().is_some()
}

/// Opens what the stream holds, which stands in a container of the kind `outer`.
fn open(stream: &mut Stream<'_>, name: &str, outer: Option<Archive>, sink: &mut Sink<'_>) -> ControlFlow<()> {
    if !sink.go_in() {
        sink.go_out();
        return sink.lost("container-nesting", "too many containers inside one another; this one was not opened");
    }
    let taken = sink.taken;
    let head = stream.peek(HEAD_BYTES);
    if let Some(coding) = Coding::of(head, name) {
        let mut inner = Stream::new(expand(stream, coding, sink.options.expansion));
        open(&mut inner, &expanded_name(name), outer, sink)?;
    } else if let Some(archive) = archive_of(head, name).or_else(|| table_of(head, sink.options)) {
        open_archive(stream, archive, name, sink)?;
        if let Some(fault) = stream.fault() {
            sink.fault(fault)?;
        } else if sink.taken == taken {
            sink.nothing_in(archive)?;
        }
    } else {
        read_plain(stream, name, outer, sink)?;
    }
    sink.go_out();
    ControlFlow::Continue(())
}

fn open_archive(stream: &mut Stream<'_>, archive: Archive, name: &str, sink: &mut Sink<'_>) -> ControlFlow<()> {
    match archive {
        Archive::Warc => read_warc(stream, sink),
        Archive::Har => read_har(stream, sink),
        Archive::Mhtml => read_mhtml(stream, sink),
        Archive::WebArchive => read_web_archive(stream, sink),
        Archive::Jsonl => read_jsonl(stream, sink),
        Archive::Csv => read_csv(stream, name, sink),
        Archive::Tar => read_tar(stream, sink, &mut open),
        Archive::Zip | Archive::Wacz => read_zip_stream(stream, archive, sink, &mut open),
        // A folder is no stream.
        Archive::Folder => ControlFlow::Continue(()),
    }
}

/// The name without the ending that the compression added.
fn expanded_name(name: &str) -> String {
    let (stem, ending) = split_ending(name);
    match &*ending {
        "tgz" | "txz" => format!("{stem}.tar"),
        "gz" | "zst" | "br" | "xz" | "gzip" | "zstd" => stem.to_owned(),
        _ => name.to_owned(),
    }
}

/// One page, script or text.
fn read_plain(stream: &mut Stream<'_>, name: &str, outer: Option<Archive>, sink: &mut Sink<'_>) -> ControlFlow<()> {
    let (bytes, is_cut) = stream.read_up_to(sink.options.document_bytes);
    let fault = stream.fault();
    if let (true, Some(fault)) = (bytes.is_empty(), &fault) {
        return sink.fault(fault.clone());
    }
    let name = (name != "-").then(|| file_name(name).to_owned());
    let mut document = SavedDocument { archive: outer, name, ..SavedDocument::new(bytes) };
    if is_cut {
        let message = format!("it is longer than {} MiB; the rest was not read", sink.options.document_bytes >> 20);
        document.warn("document-cut", message);
    }
    document.diagnostics.extend(fault.map(|fault| Diagnostic { severity: Severity::Warning, ..fault }));
    sink.document(document)
}

//! Packed folders: zip and tar, and WACZ, which is a zip of WARC files and a list of their pages.
//!
//! In: the archive. Out: its entries that may hold pages, each opened by whoever reads any container.
//! A zip is read by its own list where its end can be reached, else entry by entry.

use super::Archive;
use super::archive::{HEAD_BYTES, file_name, is_page_name};
use super::sink::Sink;
use super::stream::{Fault, Stream};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::io::{self, Read, Seek};
use std::ops::ControlFlow;
use zip::ZipArchive;
use zip::read::read_zipfile_from_stream;

/// Pages that a WACZ may promise; more are not checked.
const MAX_PAGES: usize = 200_000;

/// The longest line of a list of pages.
const MAX_LINE: usize = 1 << 20;

/// Opens the content of an entry, which stands in a container of that kind.
pub(super) type Open<'o> = dyn FnMut(&mut Stream<'_>, &str, Option<Archive>, &mut Sink<'_>) -> ControlFlow<()> + 'o;

/// Reads a zip by its list of entries; `None` if the list cannot be read.
pub(super) fn read_zip(
    reader: &mut (impl Read + Seek),
    archive: Archive,
    sink: &mut Sink<'_>,
    open: &mut Open<'_>,
) -> Option<ControlFlow<()>> {
    let mut zip = ZipArchive::new(reader).ok()?;
    if archive == Archive::Wacz {
        sink.begin_crawl();
        sink.expect(listed_pages(&mut zip));
    }
    let mut end = read_listed(&mut zip, archive, sink, open);
    if end.is_continue() {
        end = sink.end_crawl();
    }
    Some(if end.is_continue() { sink.miss_expected() } else { end })
}

fn read_listed(
    zip: &mut ZipArchive<impl Read + Seek>,
    archive: Archive,
    sink: &mut Sink<'_>,
    open: &mut Open<'_>,
) -> ControlFlow<()> {
    for index in 0..zip.len() {
        match zip.by_index(index) {
            Ok(entry) if entry.is_file() => {
                let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
                let ratio = sink.options.expansion;
                let most = (64 << 20) + entry.compressed_size().saturating_mul(ratio);
                read_entry(Capped { entry, left: most }, &name, archive, sink, open)?;
            }
            Ok(_) => {}
            Err(error) => sink.lost("entry-broken", format!("entry {index} of the zip cannot be read: {error}"))?,
        }
    }
    ControlFlow::Continue(())
}

/// The URLs of the pages that a WACZ lists.
fn listed_pages(zip: &mut ZipArchive<impl Read + Seek>) -> BTreeSet<String> {
    let mut pages = BTreeSet::new();
    for name in ["pages/pages.jsonl", "pages/extraPages.jsonl"] {
        let Ok(entry) = zip.by_name(name) else { continue };
        let mut stream = Stream::new(entry);
        while let Some((line, _)) = stream.line(MAX_LINE).filter(|_| pages.len() < MAX_PAGES) {
            let record: Json = serde_json::from_slice(&line).unwrap_or_default();
            pages.extend(record["url"].as_str().map(ToOwned::to_owned));
        }
    }
    pages
}

/// Reads a zip without its list, from the front.
pub(super) fn read_zip_stream(
    stream: &mut Stream<'_>,
    archive: Archive,
    sink: &mut Sink<'_>,
    open: &mut Open<'_>,
) -> ControlFlow<()> {
    if archive == Archive::Wacz {
        sink.begin_crawl();
    }
    loop {
        match read_zipfile_from_stream(stream) {
            Ok(Some(entry)) if entry.is_file() => {
                let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
                let most = (64 << 20) + entry.compressed_size().saturating_mul(sink.options.expansion);
                read_entry(Capped { entry, left: most }, &name, archive, sink, open)?;
            }
            Ok(Some(_)) => {}
            // The list of entries begins.
            Ok(None) => return sink.end_crawl(),
            Err(error) => {
                sink.end_crawl()?;
                return sink.lost("zip-broken", format!("the zip is broken: {error}; what came before was read"));
            }
        }
    }
}

/// Reads the files of a tar.
pub(super) fn read_tar(stream: &mut Stream<'_>, sink: &mut Sink<'_>, open: &mut Open<'_>) -> ControlFlow<()> {
    let mut tar = tar::Archive::new(stream);
    let entries = match tar.entries() {
        Ok(entries) => entries,
        Err(error) => return sink.lost("tar-broken", format!("the tar cannot be read: {error}")),
    };
    read_files(entries, sink, open)?;
    // A compression around it may be cut behind the last file: only who reads on learns that.
    tar.into_inner().skip(u64::MAX);
    ControlFlow::Continue(())
}

fn read_files(entries: tar::Entries<'_, &mut Stream<'_>>, sink: &mut Sink<'_>, open: &mut Open<'_>) -> ControlFlow<()> {
    for entry in entries {
        match entry {
            Ok(entry) if entry.header().entry_type().is_file() => {
                let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
                read_entry(entry, &name, Archive::Tar, sink, open)?;
            }
            Ok(_) => {}
            Err(error) => {
                return sink.lost("tar-broken", format!("the tar is broken: {error}; what came before was read"));
            }
        }
    }
    ControlFlow::Continue(())
}

/// Opens an entry that may hold a page: by its name, or without one by how it begins.
fn read_entry(
    entry: impl Read,
    name: &str,
    archive: Archive,
    sink: &mut Sink<'_>,
    open: &mut Open<'_>,
) -> ControlFlow<()> {
    let mut stream = Stream::new(entry);
    if !is_wanted(&mut stream, name, archive) {
        return ControlFlow::Continue(());
    }
    sink.enter(name);
    let outer = if archive == Archive::Wacz { None } else { Some(archive) };
    open(&mut stream, name, outer, sink)?;
    sink.leave();
    ControlFlow::Continue(())
}

fn is_wanted(stream: &mut Stream<'_>, name: &str, archive: Archive) -> bool {
    if archive == Archive::Wacz {
        // Its lists and indexes are JSON lines too.
        return name.starts_with("archive/") && is_page_name(name);
    }
    let has_ending = file_name(name).trim_start_matches('.').contains('.');
    is_page_name(name) || !has_ending && begins_as_page(stream.peek(HEAD_BYTES))
}

/// Does it begin as a page does?
pub(super) fn begins_as_page(head: &[u8]) -> bool {
    const BEGINNINGS: [&str; 4] = ["<!doctype html", "<html", "<head", "<?xml"];
    let text = String::from_utf8_lossy(&head[..head.len().min(512)]).to_ascii_lowercase();
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    BEGINNINGS.iter().any(|known| text.starts_with(known)) && (!text.starts_with("<?xml") || text.contains("<html"))
}

/// An entry that may not expand without end.
struct Capped<R> {
    entry: R,
    left: u64,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(Fault::error("expansion-cap", "it expands to far more than its size; the rest was not read"));
        }
        let most = usize::try_from(self.left).map_or(into.len(), |left| left.min(into.len()));
        let read = self.entry.read(&mut into[..most])?;
        self.left -= read as u64;
        Ok(read)
    }
}

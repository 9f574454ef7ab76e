//! Joins the records of a crawl: a page with the scripts and frames that were loaded for it.
//!
//! In: records, one behind the other, and what is told about who asked for them. Out: documents. A crawl may be larger
//! than memory, so pages wait in a window for what follows them, and scripts stay in it for as long as pages use them.
//! A page takes the scripts and frames that its markup names, and those that were asked for on its behalf
//! (`WARC-Page-ID`, `Referer`); where the whole file fits into the window and holds one page, that takes all. What no
//! page takes stands alone. Memory: [`ReadOptions::window_bytes`] and bounded notes.

use super::crawl_notes::{Notes, Seen};
use super::media::Media;
use super::named::{Named, named_resources, plain_url};
use super::read_options::ReadOptions;
use super::saved::short;
use super::{Resource, ResourceKind, SavedDocument, SavedRequest, SavedRequestKind};
use crate::base::Diagnostic;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

/// Pages that wait at most, and scripts and frames that are kept.
const MAX_PAGES: usize = 64;
const MAX_PARTS: usize = 4096;

/// Frames inside one another.
const MAX_DEPTH: u32 = 4;

/// A response, as its record tells it.
pub(super) struct Record {
    /// As it would stand alone.
    pub(super) document: SavedDocument,
    pub(super) media: Media,
    pub(super) kind: SavedRequestKind,
    /// The page load that it belongs to, by the crawler's name for it.
    pub(super) load: Option<String>,
    /// Digest of the body.
    pub(super) digest: Option<String>,
    /// A record may only refer to a body.
    pub(super) has_body: bool,
}

/// A record that is kept.
struct Held {
    number: u64,
    url: String,
    record: Record,
    /// What the markup of a page names.
    named: Vec<Named>,
    /// Has a page taken it?
    is_claimed: bool,
}

impl Held {
    fn size(&self) -> usize {
        self.record.document.size() + self.url.len()
    }

    fn into_document(self) -> SavedDocument {
        let Record { mut document, has_body, .. } = self.record;
        if !has_body {
            document.miss_body(&self.url);
        }
        document
    }
}

/// The records of a crawl on their way to documents.
#[derive(Default)]
pub(super) struct Crawl {
    /// Counts records and uses.
    now: u64,
    /// Pages that wait for what belongs to them.
    pages: VecDeque<Held>,
    /// Scripts and frames, by their last use.
    parts: BTreeMap<u64, Held>,
    by_url: HashMap<String, u64>,
    notes: Notes,
    /// Pages by the container's own word: no frames, whoever names them.
    listed: BTreeSet<String>,
    page_bytes: usize,
    part_bytes: usize,
    /// Was anything handed out before the end was known?
    is_cut: bool,
    ready: Vec<SavedDocument>,
}

impl Crawl {
    /// Says which URLs are pages in their own right.
    pub(super) fn list(&mut self, urls: &BTreeSet<String>) {
        self.listed = urls.iter().map(|url| plain_url(url)).collect();
    }

    /// Notes who asked for a URL, and what for, as the `Sec-Fetch-Dest` header has it.
    pub(super) fn ask(&mut self, url: &str, referrer: Option<&str>, destination: &str) {
        let owner = referrer.and_then(|referrer| self.owner(&plain_url(referrer)));
        self.notes.ask(plain_url(url), owner, destination.contains("frame"));
    }

    /// Notes where a URL leads.
    pub(super) fn redirect(&mut self, url: &str, to: &str) {
        self.notes.redirect(plain_url(url), to);
    }

    /// Takes in a record; what is ready by then waits to be handed out.
    pub(super) fn add(&mut self, record: Record, options: &ReadOptions) {
        self.now += 1;
        let url = plain_url(record.document.url.as_deref().unwrap_or_default());
        let Record { media, kind, .. } = record;
        let load = record.load.clone();
        self.notes.see(Seen { number: self.now, url: url.clone(), media, kind, load, owner: None, is_frame: false });
        let mut held = Held { number: self.now, url, record, named: Vec::new(), is_claimed: false };
        match media {
            Media::Page | Media::Text => {
                self.page_bytes += held.size();
                if media == Media::Page {
                    let document = &held.record.document;
                    held.named = named_resources(&document.bytes, document.url.as_deref());
                    self.use_named(&held.named);
                }
                self.pages.push_back(held);
            }
            Media::Script => self.keep(held),
            Media::Other => {}
        }
        self.shrink(options);
    }

    /// The body that a record of this digest, or of this URL, brought; where it is still held.
    pub(super) fn body_of(&self, digest: Option<&str>, url: Option<&str>) -> Option<(&SavedDocument, Media)> {
        let url = url.map(plain_url);
        let is_it = |held: &&Held| match (digest, &held.record.digest) {
            (Some(digest), Some(known)) => digest == known,
            _ => url.as_ref() == Some(&held.url),
        };
        let mut held = self.pages.iter().rev().chain(self.parts.values()).filter(|held| held.record.has_body);
        held.find(is_it).map(|held| (&held.record.document, held.record.media))
    }

    /// Documents that wait for nothing more.
    pub(super) fn take_ready(&mut self) -> Vec<SavedDocument> {
        std::mem::take(&mut self.ready)
    }

    /// Makes everything ready: no more records come.
    pub(super) fn end(&mut self, options: &ReadOptions) {
        while !self.pages.is_empty() {
            self.release(options, true);
        }
        let mut left: Vec<Held> =
            std::mem::take(&mut self.parts).into_values().filter(|held| !held.is_claimed).collect();
        left.sort_by_key(|held| held.number);
        self.ready.extend(left.into_iter().map(Held::into_document));
        *self = Self { ready: std::mem::take(&mut self.ready), ..Self::default() };
    }

    /// The number of the page, or frame, whose URL or origin this is; of many the last one.
    fn owner(&self, referrer: &str) -> Option<u64> {
        let is_page = |held: &&Held| held.record.media == Media::Page;
        let page = self.pages.iter().rev().filter(is_page).find(|page| page.url == referrer).map(|page| page.number);
        let frame = || self.by_url.get(referrer).and_then(|key| self.parts.get(key)).map(|frame| frame.number);
        // Browsers tell other sites no more than the origin.
        let is_origin = referrer.ends_with('/') && referrer.bytes().filter(|&byte| byte == b'/').count() == 3;
        let of_origin = || self.pages.iter().rev().filter(is_page).find(|page| page.url.starts_with(referrer));
        page.or_else(frame).or_else(|| of_origin().filter(|_| is_origin).map(|page| page.number))
    }

    /// Keeps a script or frame; another capture of the same URL makes room for it.
    fn keep(&mut self, held: Held) {
        if let Some(key) = self.by_url.get(&held.url).copied() {
            let is_same = self.parts.get(&key).is_some_and(|known| {
                known.record.document.bytes == held.record.document.bytes
                    || known.record.has_body && !held.record.has_body
            });
            if is_same {
                self.touch(key);
                return;
            }
            self.evict(key);
        }
        self.now += 1;
        self.part_bytes += held.size();
        self.by_url.insert(held.url.clone(), self.now);
        self.parts.insert(self.now, held);
    }

    /// Notes that it is used; its new key.
    fn touch(&mut self, key: u64) -> u64 {
        self.now += 1;
        if let Some(held) = self.parts.remove(&key) {
            self.by_url.insert(held.url.clone(), self.now);
            self.parts.insert(self.now, held);
        }
        self.now
    }

    /// What a page that waits names is used from now on.
    fn use_named(&mut self, named: &[Named]) {
        for one in named {
            if let Some(key) = self.by_url.get(&self.notes.target_of(&one.url)).copied() {
                self.touch(key);
            }
        }
    }

    fn evict(&mut self, key: u64) {
        let Some(held) = self.parts.remove(&key) else { return };
        self.part_bytes -= held.size();
        self.by_url.remove(&held.url);
        if !held.is_claimed {
            self.ready.push(held.into_document());
        }
    }

    /// Lets go of what the window has no room for: the oldest pages, and of the scripts those that were not used for longest.
    fn shrink(&mut self, options: &ReadOptions) {
        let most_of_pages = options.window_bytes / 4;
        let most_of_parts = options.window_bytes - most_of_pages;
        loop {
            let is_page_over = self.pages.len() > MAX_PAGES || self.page_bytes > most_of_pages && self.pages.len() > 1;
            let is_part_over = self.part_bytes > most_of_parts || self.parts.len() > MAX_PARTS;
            let unused = self.parts.first_key_value().map(|(&key, _)| key).filter(|_| is_part_over);
            // A page that came before a script may want it.
            let is_wanted = |key: u64| self.pages.front().is_some_and(|page| page.number < key);
            match unused {
                _ if is_page_over => self.release(options, false),
                Some(key) if is_wanted(key) => self.release(options, false),
                Some(key) => self.evict(key),
                None => return,
            }
            self.is_cut = true;
        }
    }

    /// Makes the oldest page ready, with what belongs to it.
    fn release(&mut self, options: &ReadOptions, is_end: bool) {
        let Some(page) = self.pages.pop_front() else { return };
        self.page_bytes -= page.size();
        let is_page = page.record.media == Media::Page && page.record.has_body;
        let document = if is_page { self.joined(page, options, is_end) } else { page.into_document() };
        self.ready.push(document);
        self.notes.forget_before(self.pages.front().map(|page| page.number));
    }

    /// The page with what its markup names and what was loaded for it.
    fn joined(&mut self, page: Held, options: &ReadOptions, is_end: bool) -> SavedDocument {
        let mut joining = Joining::new(&page, options.resource_bytes);
        let Held { number, url, record, named, .. } = page;
        for one in named {
            self.take(one, false, 0, &mut joining);
        }
        // The only page of a file is the one that all of it was loaded for.
        let is_only = is_end && !self.is_cut && self.pages.iter().all(|other| other.record.media != Media::Page);
        self.is_cut = true;
        let seen = self.notes.take_seen();
        let mut requests = Vec::new();
        for one in seen.iter().filter(|one| one.number != number) {
            let is_of_load = one.load.is_some() && one.load == record.load;
            // The crawler knows better than the referrer, which may have been loaded many times.
            let is_told = one.load.is_some() && record.load.is_some();
            let is_asked = !is_told && one.owner.is_some_and(|owner| joining.owners.contains(&owner));
            // Whoever follows a link names the page that it stands on.
            let is_link =
                one.media == Media::Page && !(is_of_load || one.is_frame || joining.taken.contains_key(&one.url));
            if !(is_only || is_of_load || is_asked) || is_link {
                continue;
            }
            let kind = if one.media == Media::Page { ResourceKind::Frame } else { ResourceKind::Script };
            self.take(Named { kind, url: one.url.clone() }, true, 0, &mut joining);
            requests.push(SavedRequest { url: one.url.clone(), kind: one.kind });
        }
        self.notes.put_back(seen);
        let mut document = record.document;
        requests.retain(|request| request.url != url);
        (document.resources, document.requests) = (joining.resources, requests);
        document.diagnostics.extend(joining.diagnostics);
        if joining.is_cut {
            document.warn("resources-cut", format!("{} has more scripts and frames than were read", short(&url)));
        }
        for url in joining.missing {
            document.miss_body(&url);
        }
        document
    }

    /// Gives a script or frame to a page, and what a frame names in turn.
    fn take(&mut self, named: Named, is_loaded: bool, depth: u32, joining: &mut Joining) {
        let Named { kind, url } = named;
        let target = self.notes.target_of(&url);
        if let Some(&taken) = joining.taken.get(&target) {
            if let Some(resource) = taken.and_then(|index| joining.resources.get_mut(index)) {
                resource.is_loaded |= is_loaded;
            }
            return;
        }
        if kind == ResourceKind::Frame {
            self.claim_page(&target);
        }
        let Some(key) = self.by_url.get(&target).copied() else { return };
        let key = self.touch(key);
        let Some(held) = self.parts.get_mut(&key) else { return };
        if (held.record.media == Media::Page) != (kind == ResourceKind::Frame) {
            return;
        }
        held.is_claimed = true;
        let Some(resource) = joining.resource(held, url, kind, is_loaded) else { return };
        if kind == ResourceKind::Frame && depth < MAX_DEPTH {
            for named in named_resources(&resource.bytes, Some(&target)) {
                self.take(named, false, depth + 1, joining);
            }
        }
    }

    /// A page of that URL which still waits is a frame, unless the container lists it as a page.
    fn claim_page(&mut self, url: &str) {
        let is_it = |page: &Held| page.record.media == Media::Page && page.url == url;
        let Some(at) = self.pages.iter().position(is_it).filter(|_| !self.listed.contains(url)) else { return };
        if let Some(page) = self.pages.remove(at) {
            self.page_bytes -= page.size();
            self.keep(page);
        }
    }
}

/// What a page has been given so far.
struct Joining {
    /// URLs, with the index of the resource.
    taken: HashMap<String, Option<usize>>,
    /// Numbers of the page and its frames.
    owners: Vec<u64>,
    resources: Vec<Resource>,
    diagnostics: Vec<Diagnostic>,
    missing: Vec<String>,
    /// Bytes that may still be given.
    left: usize,
    is_cut: bool,
}

impl Joining {
    fn new(page: &Held, left: usize) -> Self {
        Self {
            taken: HashMap::from([(page.url.clone(), None)]),
            owners: vec![page.number],
            resources: Vec::new(),
            diagnostics: Vec::new(),
            missing: Vec::new(),
            left,
            is_cut: false,
        }
    }

    /// Adds what is held as a resource that the page calls `url`; `None` where there is nothing to add.
    fn resource(&mut self, held: &Held, url: String, kind: ResourceKind, is_loaded: bool) -> Option<&Resource> {
        let SavedDocument { bytes, content_type, diagnostics, .. } = &held.record.document;
        let is_given = held.record.has_body && bytes.len() <= self.left;
        self.taken.insert(held.url.clone(), is_given.then_some(self.resources.len()));
        if !held.record.has_body {
            self.missing.push(url);
            return None;
        }
        if !is_given {
            self.is_cut = true;
            return None;
        }
        self.left -= bytes.len();
        self.owners.push(held.number);
        self.diagnostics.extend(diagnostics.iter().cloned());
        let id = (url != held.url).then_some(url);
        let (bytes, content_type) = (bytes.clone(), content_type.clone());
        self.resources.push(Resource { url: held.url.clone(), id, kind, bytes, content_type, is_loaded });
        self.resources.last()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{read_documents, read_seekable_documents};
    use super::*;
    use std::io::Cursor;
    use std::ops::ControlFlow;

    /// A record of a page or, by its name, a script; `more` are lines of its head.
    fn record(kind: &str, url: &str, more: &str, body: &str) -> String {
        let mime = if url.ends_with(".js") { "text/javascript" } else { "text/html" };
        let block = format!("HTTP/1.1 200 OK\r\nContent-Type: {mime}\r\n\r\n{body}");
        let head = format!("WARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nContent-Type: application/http\r\n{more}");
        format!("WARC/1.1\r\n{head}Content-Length: {}\r\n\r\n{block}\r\n\r\n", block.len())
    }

    fn response(url: &str, body: &str) -> String {
        record("response", url, "", body)
    }

    fn request(url: &str, headers: &str) -> String {
        let block = format!("GET / HTTP/1.1\r\n{headers}\r\n\r\n");
        let length = block.len();
        format!(
            "WARC/1.1\r\nWARC-Type: request\r\nWARC-Target-URI: {url}\r\nContent-Length: {length}\r\n\r\n{block}\r\n\r\n"
        )
    }

    /// URLs of the documents, each with those of its resources.
    fn read(warc: &str, window_bytes: usize, can_seek: bool) -> Vec<String> {
        let mut found = Vec::new();
        let options = ReadOptions { window_bytes, ..ReadOptions::default() };
        let mut take = |item: Result<SavedDocument, Diagnostic>| {
            let document = item.unwrap();
            let name = |url: &str| url.rsplit('/').next().unwrap_or_default().to_owned();
            let parts = document.resources.iter().map(|part| name(&part.url));
            let words = std::iter::once(name(document.url.as_deref().unwrap_or_default())).chain(parts);
            let missing = document.diagnostics.iter().map(|one| one.code.to_owned());
            found.push(words.chain(missing).collect::<Vec<_>>().join(" "));
            ControlFlow::Continue(())
        };
        let _ = match can_seek {
            true => read_seekable_documents(Cursor::new(warc), "a.warc", &options, &mut take),
            false => read_documents(warc.as_bytes(), "a.warc", &options, &mut take),
        };
        found
    }

    #[test]
    fn pages_take_what_they_name_and_what_was_asked_for_them() {
        let warc = [
            response("https://a.example/one", "<script src=named.js></script><iframe src=frame></iframe>"),
            response("https://a.example/named.js", "1"),
            response("https://b.example/asked.js", "2"),
            request("https://b.example/asked.js", "Referer: https://a.example/one"),
            response("https://a.example/frame", "<script src=inner.js></script>"),
            response("https://a.example/inner.js", "3"),
            response("https://c.example/two", "<script src='https://a.example/named.js'></script>"),
            response("https://c.example/alone.js", "4"),
        ];
        let expected = ["one named.js frame inner.js asked.js", "two named.js", "alone.js"];
        assert_eq!(read(&warc.concat(), 1 << 20, false), expected);
    }

    #[test]
    fn what_lies_outside_the_window_stands_alone() {
        let page = |name: &str| response(&format!("https://a.example/{name}"), "<script src=x.js></script>");
        let filler = "x".repeat(2000);
        let mut warc = page("one");
        for number in 0..4 {
            warc += &response(&format!("https://b.example/{number}"), &filler);
        }
        warc += &response("https://a.example/x.js", "1");
        assert_eq!(read(&warc, 4000, false)[0], "one");
        assert!(read(&warc, 4000, false).contains(&"x.js".to_owned()));
        assert_eq!(read(&warc, 1 << 20, false)[0], "one x.js");
    }

    #[test]
    fn a_script_stays_for_as_long_as_pages_use_it() {
        let mut warc = response("https://a.example/lib.js", "lib");
        for number in 0..20 {
            warc += &response(&format!("https://a.example/p{number}"), "<script src=lib.js></script>");
            warc += &response(&format!("https://b.example/{number}.js"), &"y".repeat(700));
        }
        let found = read(&warc, 4000, false);
        assert_eq!(found.iter().filter(|words| words.ends_with(" lib.js")).count(), 20, "{found:?}");
    }

    #[test]
    fn revisits_are_read_with_the_body_of_the_same_file() {
        let digest = "WARC-Payload-Digest: sha1:AAAA\r\n";
        let mut warc = record("response", "https://a.example/first", digest, "<p>body");
        for number in 0..4 {
            warc += &response(&format!("https://b.example/{number}"), &"x".repeat(2000));
        }
        warc += &record("revisit", "https://a.example/again", digest, "");
        assert!(read(&warc, 4000, true).contains(&"again".to_owned()), "by a second reading");
        assert!(read(&warc, 1 << 20, false).contains(&"again".to_owned()), "from the window");
        assert!(read(&warc, 4000, false).contains(&"again body-missing".to_owned()), "a stream is read once");
        let elsewhere = record("revisit", "https://a.example/again", "WARC-Payload-Digest: sha1:BBBB\r\n", "");
        assert_eq!(read(&elsewhere, 1 << 20, true), ["again body-missing"]);
    }
}

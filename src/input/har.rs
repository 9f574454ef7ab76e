//! HAR: what a browser or proxy recorded of a visit, streamed.
//!
//! In: JSON. Out: one document for each page of the recording, with the scripts and frames that were loaded
//! for it and the URLs that were asked for. Entries may come in any order and pages may be unnamed. Memory:
//! one entry, and the bodies of pages, scripts and frames; where those are more than a page's resources may
//! be, what was gathered is handed out early.

use super::har_entry::{Entry, read_entry};
use super::long_strings::LongStrings;
use super::media::Media;
use super::named::{named_resources, resolved_url};
use super::sink::Sink;
use super::stream::Stream;
use super::{Archive, Resource, ResourceKind, SavedDocument, SavedRequest};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::io::BufReader;
use std::ops::ControlFlow;

/// Requests of one page that are kept.
const MAX_REQUESTS: usize = 20_000;

/// Redirects that follow one another.
const MAX_HOPS: u32 = 8;

/// Reads the whole recording.
pub(super) fn read_har(stream: &mut Stream<'_>, sink: &mut Sink<'_>) -> ControlFlow<()> {
    if stream.peek(3) == b"\xEF\xBB\xBF" {
        stream.skip(3);
    }
    let most = sink.options.document_bytes;
    let mut gathering = Gathering { sink, visits: Vec::new(), titles: BTreeMap::new(), held: 0, is_over: false };
    let reader = BufReader::with_capacity(64 << 10, LongStrings::new(&mut *stream, most));
    let mut json = serde_json::Deserializer::from_reader(reader);
    let read = Member { path: &["log"], gathering: &mut gathering }.deserialize(&mut json);
    gathering.hand_out()?;
    if gathering.is_over {
        return ControlFlow::Break(());
    }
    match read {
        Err(error) if !stream.is_broken() => {
            sink.lost("har-broken", format!("the HAR is broken: {error}; what came before was read"))
        }
        _ => ControlFlow::Continue(()),
    }
}

/// What was recorded of one page.
struct Visit {
    /// Its id in the recording; without ids, the URL of the page.
    id: Option<String>,
    /// Frames that the markup of its page names; recordings without ids do not tell them from pages.
    frames: HashSet<String>,
    entries: Vec<Entry>,
    requests: Vec<SavedRequest>,
}

/// Entries on their way to documents.
struct Gathering<'g, 't> {
    sink: &'g mut Sink<'t>,
    visits: Vec<Visit>,
    /// What the recording calls its pages: browsers give their URLs.
    titles: BTreeMap<String, String>,
    /// Bytes of bodies that are held.
    held: usize,
    is_over: bool,
}

impl Gathering<'_, '_> {
    fn entry(&mut self, json: Json) -> ControlFlow<()> {
        let Some(entry) = read_entry(json, self.sink.options) else { return ControlFlow::Continue(()) };
        self.held += entry.body.as_ref().map_or(0, Vec::len);
        let visit = self.visit_of(&entry);
        if visit.requests.len() < MAX_REQUESTS {
            visit.requests.push(SavedRequest { url: entry.url.clone(), kind: entry.kind });
        }
        if entry.media != Media::Other || entry.is_redirect && visit.entries.len() < MAX_REQUESTS {
            visit.entries.push(entry);
        }
        if self.held > self.sink.options.resource_bytes { self.hand_out() } else { ControlFlow::Continue(()) }
    }

    /// The visit that the entry belongs to: by its id, else a page of its own or the one that it names as its referrer.
    fn visit_of(&mut self, entry: &Entry) -> &mut Visit {
        let is_same = |visit: &Visit| match (&entry.page, &visit.id) {
            (Some(page), id) => id.as_ref() == Some(page),
            (None, Some(id)) => entry.referrer.as_ref() == Some(id),
            (None, None) => true,
        };
        let is_nameless_page = entry.page.is_none() && entry.media == Media::Page && !entry.is_frame;
        let framed = |visit: &Visit| visit.frames.contains(&entry.url);
        let frame = if is_nameless_page { self.visits.iter().rposition(framed) } else { None };
        let is_page = is_nameless_page && frame.is_none();
        let found = if is_page { None } else { frame.or_else(|| self.visits.iter().rposition(is_same)) };
        // What names nobody belongs to what was loaded last.
        let last = if entry.page.is_none() && !is_page { self.visits.len().checked_sub(1) } else { None };
        let at = found.or(last).unwrap_or_else(|| {
            let id = entry.page.clone().or(is_page.then(|| entry.url.clone()));
            let frames = if is_page { frames_of(entry) } else { HashSet::new() };
            self.visits.push(Visit { id, frames, entries: Vec::new(), requests: Vec::new() });
            self.visits.len() - 1
        });
        &mut self.visits[at]
    }

    /// Hands out what was gathered.
    fn hand_out(&mut self) -> ControlFlow<()> {
        self.held = 0;
        for visit in std::mem::take(&mut self.visits) {
            let title = visit.id.as_ref().and_then(|id| self.titles.get(id)).cloned();
            for document in documents(visit, title.as_deref()) {
                if self.sink.document(document).is_break() {
                    self.is_over = true;
                    return ControlFlow::Break(());
                }
            }
        }
        ControlFlow::Continue(())
    }
}

/// The frames that the markup of a page names.
fn frames_of(page: &Entry) -> HashSet<String> {
    let named = named_resources(page.body.as_deref().unwrap_or_default(), Some(&page.url));
    named.into_iter().filter(|one| one.kind == ResourceKind::Frame).map(|one| one.url).collect()
}

/// The page of a visit with what was loaded for it; where the page itself is missing, each script alone.
fn documents(visit: Visit, title: Option<&str>) -> Vec<SavedDocument> {
    let Visit { id, mut entries, requests, .. } = visit;
    entries.sort_by(|one, other| one.started.cmp(&other.started));
    let is_page = |entry: &Entry| entry.media == Media::Page && !entry.is_redirect;
    let main = entries.iter().position(|entry| is_page(entry) && Some(&*entry.url) == title);
    let main =
        main.or_else(|| entries.iter().position(|entry| is_page(entry) && !entry.is_frame && entry.body.is_some()));
    let main = main.or_else(|| entries.iter().position(is_page));
    let Some(main) = main else { return without_page(id, entries, requests) };
    let page = entries.remove(main);
    let mut document = document(page, Media::Page);
    document.requests = requests.into_iter().filter(|request| Some(&request.url) != document.url.as_ref()).collect();
    let redirects: HashMap<String, String> = entries.iter().filter_map(redirect).collect();
    for entry in entries.into_iter().filter(|entry| !entry.is_redirect) {
        let kind = if entry.media == Media::Page { ResourceKind::Frame } else { ResourceKind::Script };
        document.diagnostics.extend(entry.fault);
        match entry.body {
            Some(bytes) => {
                let Entry { url, content_type, .. } = entry;
                let id = asked_for(&url, &redirects);
                document.resources.push(Resource { url, id, kind, bytes, content_type, is_loaded: true });
            }
            None => document.miss_body(&entry.url),
        }
    }
    vec![document]
}

/// Where a redirect leads, and its own URL.
fn redirect(entry: &Entry) -> Option<(String, String)> {
    let to = entry.leads_to.as_deref().filter(|_| entry.is_redirect)?;
    Some((resolved_url(&entry.url, to)?, entry.url.clone()))
}

/// The URL that the page named, where redirects led from it to this one.
fn asked_for(url: &str, redirects: &HashMap<String, String>) -> Option<String> {
    let mut first = redirects.get(url)?;
    for _ in 1..MAX_HOPS {
        first = redirects.get(first).unwrap_or(first);
    }
    Some(first.clone())
}

fn document(entry: Entry, media: Media) -> SavedDocument {
    let mut document = SavedDocument {
        archive: Some(Archive::Har),
        entry: Some(entry.url.clone()),
        name: media.file_name().map(ToOwned::to_owned),
        content_type: entry.content_type,
        ..SavedDocument::new(entry.body.clone().unwrap_or_default())
    };
    document.diagnostics.extend(entry.fault);
    if entry.body.is_none() {
        document.miss_body(&entry.url);
    }
    document.url = Some(entry.url);
    document
}

/// A visit whose page was not recorded, or handed out before.
fn without_page(id: Option<String>, entries: Vec<Entry>, requests: Vec<SavedRequest>) -> Vec<SavedDocument> {
    let scripts = entries.into_iter().filter(|entry| entry.body.is_some() && !entry.is_redirect);
    let mut documents: Vec<SavedDocument> = scripts.map(|entry| document(entry, Media::Script)).collect();
    if let Some(first) = documents.first_mut() {
        first.requests = requests;
    } else if !requests.is_empty() {
        let mut empty = SavedDocument { archive: Some(Archive::Har), entry: id, requests, ..SavedDocument::default() };
        empty.warn("body-missing", "the page itself was not recorded");
        documents.push(empty);
    }
    documents
}

/// Reads an object for one of its members; what else it holds is passed over.
struct Member<'m, 'g, 't> {
    path: &'m [&'m str],
    gathering: &'m mut Gathering<'g, 't>,
}

impl<'de> DeserializeSeed<'de> for Member<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Member<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(name) = map.next_key::<String>()? {
            match (self.path, &*name) {
                ([first, rest @ ..], name) if *first == name => {
                    map.next_value_seed(Member { path: rest, gathering: self.gathering })?;
                }
                ([], "entries") => map.next_value_seed(Entries(self.gathering))?,
                ([], "pages") => map.next_value_seed(Pages(self.gathering))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// The list of entries, one after the other.
struct Entries<'m, 'g, 't>(&'m mut Gathering<'g, 't>);

/// The list of pages.
struct Pages<'m, 'g, 't>(&'m mut Gathering<'g, 't>);

impl<'de> DeserializeSeed<'de> for Entries<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a list of entries")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<(), S::Error> {
        while let Some(entry) = list.next_element::<Json>()? {
            if self.0.entry(entry).is_break() {
                self.0.is_over = true;
                return Err(S::Error::custom("nobody wants more"));
            }
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Pages<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Pages<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a list of pages")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<(), S::Error> {
        while let Some(page) = list.next_element::<Json>()? {
            if let (Some(id), Some(title)) = (page["id"].as_str(), page["title"].as_str()) {
                self.0.titles.insert(id.to_owned(), title.to_owned());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::read_documents;
    use super::*;
    use serde_json::json;

    fn entry(page: Option<&str>, started: &str, url: &str, mime: &str, content: Json) -> Json {
        let mut content = content;
        content["mimeType"] = mime.into();
        let mut entry = json!({"startedDateTime": started, "request": {"url": url, "headers": []},
            "response": {"status": 200, "headers": [], "content": content}});
        if let Some(page) = page {
            entry["pageref"] = page.into();
        }
        entry
    }

    fn read(har: &str) -> (Vec<SavedDocument>, Vec<&'static str>) {
        let (mut documents, mut codes) = (Vec::new(), Vec::new());
        let _ = read_documents(har.as_bytes(), "a.har", &Default::default(), &mut |item| {
            match item {
                Ok(document) => documents.push(document),
                Err(fault) => codes.push(fault.code),
            }
            ControlFlow::Continue(())
        });
        (documents, codes)
    }

    fn recording() -> String {
        let js = |page, started, url: &str, content| entry(page, started, url, "application/javascript", content);
        let entries = [
            js(Some("p1"), "2", "https://example.com/late.js", json!({"text": "bGF0ZSgp", "encoding": "base64"})),
            js(Some("p1"), "1", "https://example.com/early.js", json!({"text": "early()", "encoding": "base64"})),
            entry(Some("p1"), "0", "https://example.com/", "text/html", json!({"text": "<p>page"})),
            js(Some("p1"), "3", "https://example.com/lost.js", json!({"size": 12})),
            entry(Some("p1"), "4", "https://ads.example.net/p.gif", "image/gif", json!({})),
        ];
        json!({"log": {"version": "1.2", "entries": entries, "pages": [{"id": "p1", "title": "https://example.com/"}]}})
            .to_string()
    }

    #[test]
    fn entries_out_of_order_make_one_page() {
        let (documents, codes) = read(&recording());
        let [page] = &documents[..] else { panic!("one page") };
        assert_eq!((&*page.bytes, page.url.as_deref()), (&b"<p>page"[..], Some("https://example.com/")));
        let scripts: Vec<_> = page.resources.iter().map(|one| String::from_utf8_lossy(&one.bytes)).collect();
        assert_eq!(scripts, ["early()", "late()"]);
        assert_eq!(page.requests.len(), 4);
        assert_eq!(page.diagnostics.iter().map(|one| one.code).collect::<Vec<_>>(), ["body-missing"]);
        assert!(codes.is_empty());
    }

    #[test]
    fn a_recording_that_is_cut_gives_what_it_holds() {
        let har = recording();
        let (documents, codes) = read(&har[..har.find("lost.js").unwrap()]);
        assert_eq!((documents.len(), documents[0].resources.len(), &codes[..]), (1, 2, &["har-broken"][..]));
    }

    #[test]
    fn a_script_behind_a_redirect_is_the_one_that_the_page_names() {
        let mut redirect = entry(None, "1", "https://cdn.example.net/latest.js", "", json!({}));
        redirect["response"]["status"] = 302.into();
        redirect["response"]["redirectURL"] = "/v7.js".into();
        let entries = [
            entry(None, "0", "https://example.com/", "text/html", json!({"text": "<p>"})),
            redirect,
            entry(None, "2", "https://cdn.example.net/v7.js", "text/javascript", json!({"text": "x()"})),
        ];
        let (documents, _) = read(&json!({"log": {"entries": entries}}).to_string());
        let script = &documents[0].resources[0];
        assert_eq!(
            (&*script.url, script.id.as_deref()),
            ("https://cdn.example.net/v7.js", Some("https://cdn.example.net/latest.js"))
        );
        assert!(documents[0].diagnostics.is_empty());
    }

    #[test]
    fn without_pages_the_referrer_tells() {
        let mut entries = vec![
            entry(None, "0", "https://example.com/a", "text/html", json!({"text": "<p>a<iframe src=f></iframe>"})),
            entry(None, "1", "https://example.com/b", "text/html", json!({"text": "<p>b"})),
            entry(None, "2", "https://example.com/x.js", "text/javascript", json!({"text": "x()"})),
            entry(None, "3", "https://example.com/f", "text/html", json!({"text": "<p>framed"})),
        ];
        entries[2]["request"]["headers"] = json!([{"name": "Referer", "value": "https://example.com/a"}]);
        let (documents, _) = read(&json!({"log": {"entries": entries}}).to_string());
        let counts: Vec<_> = documents.iter().map(|one| (one.url.as_deref().unwrap(), one.resources.len())).collect();
        assert_eq!(counts, [("https://example.com/a", 2), ("https://example.com/b", 0)]);
    }
}

//! Which container is it? Content decides, the name only where content cannot.

/// A container of pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Archive {
    /// A page and the folder that a browser saved beside it.
    Folder,
    /// MHTML: a page and its parts as one mail message.
    Mhtml,
    /// HAR: what a browser or proxy recorded of a visit.
    Har,
    /// WARC: the records of a crawl.
    Warc,
    /// WACZ: a zip of WARC files with an index.
    Wacz,
    /// Safari's web archive.
    WebArchive,
    /// A JSON object a line, one field of it a page.
    Jsonl,
    /// A table with a column of pages.
    Csv,
    /// A zip of any of these.
    Zip,
    /// A tar of any of these.
    Tar,
}

impl Archive {
    /// The name used in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::Mhtml => "mhtml",
            Self::Har => "har",
            Self::Warc => "warc",
            Self::Wacz => "wacz",
            Self::WebArchive => "webarchive",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Zip => "zip",
            Self::Tar => "tar",
        }
    }
}

/// Bytes that are looked at.
pub(super) const HEAD_BYTES: usize = 4 << 10;

/// Endings of names that hold pages, scripts or containers of them; a compression may follow.
const ENDINGS: [&str; 14] =
    ["html", "htm", "xhtml", "xht", "shtml", "js", "mjs", "mht", "mhtml", "har", "warc", "wet", "wacz", "webarchive"];

/// Endings that a compression adds.
const COMPRESSIONS: [&str; 6] = ["gz", "zst", "br", "xz", "gzip", "zstd"];

/// Does the name end as that of a page, a script or a container of them?
///
/// Mirrors leave the query in a name: `index.html?page=2`. A zip or tar may hold anything, so it must be named.
///
/// ```
/// assert!(adsieve::is_page_name("saved/crawl-00001.warc.gz"));
/// assert!(!adsieve::is_page_name("saved/logo.png"));
/// ```
#[must_use]
pub fn is_page_name(name: &str) -> bool {
    let (stem, ending) = split_ending(file_name(name));
    if COMPRESSIONS.contains(&&*ending) {
        let inner = split_ending(stem).1;
        return ENDINGS.contains(&&*inner);
    }
    ENDINGS.contains(&&*ending)
}

/// The name without folders and without what mirrors add.
pub(super) fn file_name(name: &str) -> &str {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    name.split(['?', '@']).next().unwrap_or_default()
}

/// The name without its last ending, and that ending in lower case.
pub(super) fn split_ending(name: &str) -> (&str, String) {
    name.rsplit_once('.').map_or((name, String::new()), |(stem, ending)| (stem, ending.to_ascii_lowercase()))
}

/// The container that begins so, if it is one; of the names only the ending matters.
pub(super) fn archive_of(head: &[u8], name: &str) -> Option<Archive> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        let is_wacz = split_ending(file_name(name)).1 == "wacz";
        return Some(if is_wacz { Archive::Wacz } else { Archive::Zip });
    }
    if head.starts_with(b"WARC/") {
        return Some(Archive::Warc);
    }
    if head.starts_with(b"bplist00") || is_xml_web_archive(head) {
        return Some(Archive::WebArchive);
    }
    if head.get(257..262) == Some(b"ustar") {
        return Some(Archive::Tar);
    }
    let start = head.trim_ascii_start();
    if start.first() == Some(&b'{') {
        return json_archive(start, name);
    }
    let ending = split_ending(file_name(name)).1;
    if is_mhtml(start, matches!(&*ending, "mht" | "mhtml")) {
        return Some(Archive::Mhtml);
    }
    matches!(&*ending, "csv" | "tsv").then_some(Archive::Csv)
}

/// HAR begins with its one member `log`; lines of JSON are told by their name.
fn json_archive(start: &[u8], name: &str) -> Option<Archive> {
    let inside = start[1..].trim_ascii_start();
    let after = inside.strip_prefix(b"\"log\"").map(<[u8]>::trim_ascii_start);
    let ending = split_ending(file_name(name)).1;
    if after.is_some_and(|rest| rest.first() == Some(&b':')) || ending == "har" {
        return Some(Archive::Har);
    }
    matches!(&*ending, "jsonl" | "ndjson").then_some(Archive::Jsonl)
}

fn is_xml_web_archive(head: &[u8]) -> bool {
    head.starts_with(b"<?xml") && memchr::memmem::find(head, b"<key>WebMainResource</key>").is_some()
}

/// Is this the head of a mail message that holds a page? One that is cut needs its name.
fn is_mhtml(start: &[u8], is_named: bool) -> bool {
    const FIRST: [&str; 8] = [
        "from:",
        "mime-version:",
        "content-type:",
        "subject:",
        "date:",
        "snapshot-content-location:",
        "x-",
        "message-id:",
    ];
    let line = start.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(&line[..line.len().min(40)]).to_ascii_lowercase();
    if !FIRST.iter().any(|header| line.starts_with(header)) {
        return false;
    }
    let head = String::from_utf8_lossy(start).to_ascii_lowercase();
    is_named || head.contains("mime-version:") || head.contains("content-type: multipart/related")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_tells_the_container() {
        let of = |head: &str| archive_of(head.as_bytes(), "-");
        assert_eq!(of("WARC/1.0\r\nWARC-Type: warcinfo"), Some(Archive::Warc));
        assert_eq!(of("\u{FEFF}{ \"log\" : {"), Some(Archive::Har));
        assert_eq!(of("From: <Saved by Blink>\r\nMIME-Version: 1.0\r\n"), Some(Archive::Mhtml));
        assert_eq!(of("<!doctype html>"), None);
        assert_eq!(of("From: a friend\n\nHe wrote"), None);
        assert_eq!(of("{ \"logs\": 1 }"), None);
        assert_eq!(archive_of(b"{\"url\":1}\n", "a.jsonl"), Some(Archive::Jsonl));
        assert_eq!(archive_of(b"PK\x03\x04", "a.wacz"), Some(Archive::Wacz));
    }

    #[test]
    fn names_of_pages_and_containers_are_known() {
        for name in ["a.HTML", "index.html?page=2", "b.warc.gz", "f.wet.gz", "g.htm@x"] {
            assert!(is_page_name(name), "{name}");
        }
        for name in ["a.png", "b.css.gz", "c.json", "e.jsonl.zst", "d.js.map", "e", "f.txt", "g.zip"] {
            assert!(!is_page_name(name), "{name}");
        }
    }
}

//! What HTTP wraps a body in, undone: chunks and codings.
//!
//! Headers that were saved with a body lie: the saver may have undone what they still name. So each
//! is tried, and where the body does not bear it, the bytes are taken as they are.

use super::compression::{Coding, expand};
use super::media::{Media, begins_as_markup};
use super::read_options::ReadOptions;
use super::stream::Stream;
use crate::base::{Diagnostic, Severity};

/// Codings inside one another.
const MAX_LAYERS: usize = 3;

/// Names in lower case with their values, and the status of a response.
#[derive(Clone, Debug, Default)]
pub(super) struct Headers {
    status: Option<u16>,
    entries: Vec<(String, String)>,
}

impl Headers {
    pub(super) fn new(entries: Vec<(String, String)>) -> Self {
        Self { status: None, entries }
    }

    /// The value of the first header of that lower-case name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.entries.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The status of the response.
    pub(super) fn status(&self) -> Option<u16> {
        self.status
    }
}

/// The headers that bytes begin with, and where what follows them begins.
pub(super) fn headers_of(bytes: &[u8]) -> (Headers, usize) {
    let mut headers = Headers::default();
    let mut at = 0;
    while at < bytes.len() {
        let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |found| at + found + 1);
        let line = String::from_utf8_lossy(&bytes[at..end]);
        let text = line.trim_end();
        at = end;
        if text.is_empty() {
            break;
        }
        if text.starts_with("HTTP/") {
            headers.status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
        } else if let (true, Some((_, value))) = (text.starts_with([' ', '\t']), headers.entries.last_mut()) {
            value.push(' ');
            value.push_str(text.trim());
        } else if let Some((name, value)) = text.split_once(':') {
            headers.entries.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    (headers, at)
}

/// The body as the server meant it, and what could not be undone.
pub(super) fn decode_body(
    body: Vec<u8>,
    headers: &Headers,
    media: Media,
    options: &ReadOptions,
) -> (Vec<u8>, Option<Diagnostic>) {
    let mut body = body;
    let says_chunked =
        headers.get("transfer-encoding").is_some_and(|coding| coding.to_ascii_lowercase().contains("chunked"));
    let (mut fault, mut is_cut) = (None, false);
    // Where the header does not name it, whole chunks must follow one another to be believed.
    if let Some((joined, is_whole)) = unchunk(&body).filter(|(_, is_whole)| says_chunked || *is_whole) {
        body = joined;
        is_cut = !is_whole;
    }
    let named = headers.get("content-encoding").unwrap_or_default().to_ascii_lowercase();
    for _ in 0..MAX_LAYERS {
        let Some(coding) = coding_of(&body, &named) else { break };
        let Some((undone, broken)) = undo(&body, coding, media, options) else { break };
        body = undone;
        fault = fault.or(broken);
    }
    let cut = || Diagnostic::new(Severity::Warning, "body-cut", "the chunks of the response end early");
    (body, fault.or(is_cut.then(cut)))
}

/// The coding of a body: by its first bytes, or as the header names it where the body is no text yet.
fn coding_of(body: &[u8], named: &str) -> Option<Coding> {
    if let Some(coding) = Coding::of(body, "") {
        return Some(coding);
    }
    if begins_as_markup(body) {
        return None;
    }
    let last = named.rsplit(',').next().unwrap_or_default().trim();
    match last {
        "br" => Some(Coding::Brotli),
        "deflate" => Some(Coding::Deflate),
        _ => None,
    }
}

/// Undoes a coding; `None` where the body does not bear it.
fn undo(body: &[u8], coding: Coding, media: Media, options: &ReadOptions) -> Option<(Vec<u8>, Option<Diagnostic>)> {
    let mut input = Stream::new(body);
    let mut stream = Stream::new(expand(&mut input, coding, options.expansion));
    let (undone, is_more) = stream.read_up_to(options.document_bytes);
    let fault = stream.fault();
    // Plain text may pass for a few bytes of brotli.
    let is_believed = fault.is_none() || !undone.is_empty() && (media == Media::Other || looks_like_text(&undone));
    if !is_believed || undone.is_empty() {
        return None;
    }
    let more = || Diagnostic::new(Severity::Warning, "document-cut", "the response is too long; the rest was not read");
    let fault = fault.map(|fault| Diagnostic { severity: Severity::Warning, code: "body-cut", ..fault });
    Some((undone, fault.or_else(|| is_more.then(more))))
}

fn looks_like_text(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(512)];
    let odd = start.iter().filter(|&&byte| byte < 9 || (14..32).contains(&byte)).count();
    odd * 20 <= start.len()
}

/// The chunks of a body joined, and whether the last one is there; `None` if it does not begin with a chunk.
fn unchunk(body: &[u8]) -> Option<(Vec<u8>, bool)> {
    let mut joined = Vec::new();
    let mut rest = body;
    loop {
        let Some((length, line)) = chunk_line(rest) else {
            return (!joined.is_empty()).then_some((joined, false));
        };
        rest = &rest[line..];
        if length == 0 {
            return Some((joined, true));
        }
        joined.extend_from_slice(&rest[..rest.len().min(length)]);
        rest = rest.get(length..).unwrap_or_default();
        rest = rest.strip_prefix(b"\r\n").or(rest.strip_prefix(b"\n")).unwrap_or(rest);
    }
}

/// The length of a chunk, and of the line that tells it.
fn chunk_line(bytes: &[u8]) -> Option<(usize, usize)> {
    let end = memchr::memchr(b'\n', &bytes[..bytes.len().min(256)])?;
    let line = std::str::from_utf8(&bytes[..end]).ok()?;
    let digits = line.split(';').next()?.trim();
    let is_number = !digits.is_empty() && digits.len() <= 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some((usize::from_str_radix(digits, 16).ok().filter(|_| is_number)?, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn headers(lines: &str) -> Headers {
        headers_of(lines.as_bytes()).0
    }

    fn decoded(body: &[u8], lines: &str) -> (String, Option<&'static str>) {
        let (body, fault) = decode_body(body.to_vec(), &headers(lines), Media::Page, &ReadOptions::default());
        (String::from_utf8_lossy(&body).into_owned(), fault.map(|fault| fault.code))
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn headers_are_read_with_folded_lines() {
        let (headers, end) =
            headers_of(b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html;\r\n charset=x\r\n\r\nbody");
        assert_eq!((headers.status(), headers.get("content-type")), (Some(404), Some("text/html; charset=x")));
        assert_eq!(end, 64);
    }

    #[test]
    fn chunks_are_joined_whether_named_or_not() {
        let chunked = b"3;x=y\r\n<p>\r\n2\r\nHi\r\n0\r\n\r\n";
        assert_eq!(decoded(chunked, "Transfer-Encoding: chunked"), ("<p>Hi".into(), None));
        assert_eq!(decoded(chunked, ""), ("<p>Hi".into(), None));
        assert_eq!(decoded(&chunked[..14], "Transfer-Encoding: chunked"), ("<p>".into(), Some("body-cut")));
    }

    #[test]
    fn headers_that_lie_change_nothing() {
        for lie in [
            "Transfer-Encoding: chunked",
            "Content-Encoding: gzip",
            "Content-Encoding: br",
            "Content-Encoding: deflate",
        ] {
            assert_eq!(decoded(b"<p>plain", lie), ("<p>plain".into(), None), "{lie}");
        }
        assert_eq!(decoded(b"plain words, no markup", "Content-Encoding: br").0, "plain words, no markup");
    }

    #[test]
    fn codings_are_undone_whether_named_or_not() {
        assert_eq!(decoded(&gzip(b"<p>Hi"), ""), ("<p>Hi".into(), None));
        assert_eq!(decoded(&gzip(&gzip(b"<p>Hi")), "Content-Encoding: gzip"), ("<p>Hi".into(), None));
        // `<p>Hi` in brotli.
        let brotli = [0x0b, 0x02, 0x80, b'<', b'p', b'>', b'H', b'i', 0x03];
        assert_eq!(decoded(&brotli, "Content-Encoding: br"), ("<p>Hi".into(), None));
    }
}

//! URLs of ad scripts in JSON that stands in the page for its scripts to read.
//!
//! Sites keep the addresses of what they load in such data, and a script from elsewhere reads them. A string that is the
//! URL of an ad script gives way to one that asks nobody; the rest of the data stays byte for byte. Keys, and strings that
//! only speak of an ad host, stay.

use super::buffer::Buffer;
use super::judge::Judge;
use super::page_state::PageState;
use super::page_style::text_with;
use std::ops::Range;

/// An empty script.
const EMPTY: &[u8] = b"data:text/javascript,";

/// Bytes of the longest URL.
const LONGEST: usize = 2_000;

impl PageState {
    /// What data would have loaded.
    pub(super) fn data(
        &mut self,
        inside: Range<usize>,
        charset: &'static encoding_rs::Encoding,
        buffer: &mut Buffer,
        judge: &dyn Judge,
    ) {
        let Some(text) = text_with(b".js", inside.clone(), charset, buffer) else { return };
        for url in script_urls(&text) {
            let address = text[url.clone()].replace("\\/", "/");
            let at = inside.start + url.start..inside.start + url.end;
            self.inert(at, (&address, "script"), EMPTY, buffer, judge);
        }
    }
}

/// Where the strings of JSON stand that are the URL of a script with its host, quotes left out. Linear in the text.
fn script_urls(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let (mut found, mut done): (Vec<Range<usize>>, usize) = (Vec::new(), 0);
    for hit in memchr::memmem::find_iter(bytes, b".js") {
        if hit < done {
            continue;
        }
        let from = hit.saturating_sub(LONGEST).max(done);
        let Some(start) = memchr::memrchr(b'"', &bytes[from..hit]).map(|quote| from + quote + 1) else { continue };
        let near = &bytes[hit..bytes.len().min(hit + LONGEST)];
        let Some(end) = memchr::memchr(b'"', near).map(|quote| hit + quote) else { continue };
        done = end + 1;
        let is_key = bytes[end + 1..].trim_ascii_start().starts_with(b":");
        if !is_key && is_script_url(&text[start..end]) {
            found.push(start..end);
        }
    }
    found
}

/// `https://host/x.js?id=1`, `\/\/host\/x.js`: with a host, and without escapes but those of slashes.
fn is_script_url(text: &str) -> bool {
    let after_scheme = text.strip_prefix("https:").or_else(|| text.strip_prefix("http:")).unwrap_or(text);
    let has_host = after_scheme.starts_with("//") || after_scheme.starts_with("\\/\\/");
    let path = text.split(['?', '#']).next().unwrap_or_default();
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic()) && !text.replace("\\/", "/").contains('\\');
    has_host && path.ends_with(".js") && is_plain
}

#[cfg(test)]
mod tests {
    use super::script_urls;

    #[test]
    fn strings_that_are_urls_of_scripts_are_found() {
        let text = r#"{"a":"//x.example/a.js","b":["https:\/\/x.example\/b.js?c=1","see //x.example/c.js"],
            "//x.example/d.js":1,"e":"/own.js","f":"https://x.example/f.json","g":"http://x.example/g.js#\u0061"}"#;
        let found: Vec<&str> = script_urls(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["//x.example/a.js", r"https:\/\/x.example\/b.js?c=1"]);
    }
}

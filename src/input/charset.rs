//! Bytes to text, in the charset that a browser would take.

use super::prescan::{charset_of_content_type, charset_of_meta_tag, named_charset};
use crate::base::{Diagnostic, Severity};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};
use std::borrow::Cow;

/// Bytes that a guess rests on.
const MAX_GUESS: usize = 1 << 20;

/// Decodes a document: by its byte order mark, else `content_type` (a header's value or a label), else what
/// the page names, else UTF-8 if it is that, else a guess.
///
/// Gives the text without the mark, the WHATWG name of the charset, and what did not fit. UTF-8 is borrowed.
pub fn decode<'b>(bytes: &'b [u8], content_type: Option<&str>) -> (Cow<'b, str>, &'static str, Vec<Diagnostic>) {
    let (encoding, mark, reason) = encoding_of(bytes, content_type);
    let (text, had_errors) = encoding.decode_without_bom_handling(&bytes[mark..]);
    let mut diagnostics = Vec::new();
    if reason == Reason::Guessed {
        let message = format!("the page names no charset; {} was guessed", encoding.name());
        diagnostics.push(Diagnostic::new(Severity::Info, "charset-guessed", message));
    }
    if had_errors {
        let message = format!("some bytes are not {}; they were replaced", encoding.name());
        diagnostics.push(Diagnostic::new(Severity::Warning, "charset-errors", message));
    }
    (text, encoding.name(), diagnostics)
}

/// Why an encoding was taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reason {
    Known,
    Guessed,
}

/// The encoding, the length of the byte order mark, and why.
fn encoding_of(bytes: &[u8], content_type: Option<&str>) -> (&'static Encoding, usize, Reason) {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return (encoding, mark, Reason::Known);
    }
    if let Some(encoding) = utf_16_without_mark(bytes) {
        return (encoding, 0, Reason::Known);
    }
    let given = content_type.and_then(|value| for_label(&charset_of_content_type(value).unwrap_or(value.into())));
    if let Some(encoding) = given.or_else(|| named_charset(bytes).and_then(|label| for_label(&label))) {
        return (encoding, 0, Reason::Known);
    }
    match std::str::from_utf8(bytes) {
        Ok(_) => (UTF_8, 0, Reason::Known),
        // Only the last character is broken: the page was cut.
        Err(error) if error.error_len().is_none() => (UTF_8, 0, Reason::Known),
        Err(_) => (guess(bytes), 0, Reason::Guessed),
    }
}

/// The encoding that a `<meta …>` tag names.
pub fn encoding_of_meta_tag(tag: &[u8]) -> Option<&'static Encoding> {
    charset_of_meta_tag(tag).and_then(|label| for_label(&label))
}

/// The encoding of a label that bytes of ASCII spelled: it cannot be UTF-16.
fn for_label(label: &str) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label(label.trim().as_bytes())?;
    if encoding == UTF_16LE || encoding == UTF_16BE {
        return Some(UTF_8);
    }
    if encoding == X_USER_DEFINED {
        return Some(WINDOWS_1252);
    }
    (encoding != REPLACEMENT).then_some(encoding)
}

/// Markup is mostly ASCII: in UTF-16 every other byte of it is zero.
fn utf_16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = &bytes[..bytes.len().min(256) & !1];
    if start.len() < 4 || (start[0] != 0) == (start[1] != 0) {
        return None;
    }
    let zeros = |half: usize| start.iter().skip(half).step_by(2).filter(|&&byte| byte == 0).count();
    let (high_first, low_first) = (zeros(0), zeros(1));
    let most = start.len() / 2 * 3 / 4;
    match (high_first, low_first) {
        (0, zeros) if zeros >= most => Some(UTF_16LE),
        (zeros, 0) if zeros >= most => Some(UTF_16BE),
        _ => None,
    }
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    let start = &bytes[..bytes.len().min(MAX_GUESS)];
    detector.feed(start, start.len() == bytes.len());
    detector.guess(None, Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(diagnostics: &[Diagnostic]) -> Vec<&str> {
        diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
    }

    #[test]
    fn utf_8_is_borrowed_with_or_without_a_mark() {
        for page in ["<p>é", "\u{FEFF}<p>é", "", "plain"] {
            let (text, charset, diagnostics) = decode(page.as_bytes(), None);
            assert!(matches!(text, Cow::Borrowed(_)) && diagnostics.is_empty());
            assert_eq!((&*text, charset), (page.trim_start_matches('\u{FEFF}'), "UTF-8"));
        }
    }

    #[test]
    fn utf_16_is_read_with_and_without_a_mark() {
        let page = "<html><body>é ☃ some text that is mostly plain";
        let little: Vec<u8> = page.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = page.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (bytes, name) in [(little.clone(), "UTF-16LE"), (big.clone(), "UTF-16BE")] {
            let (text, charset, _) = decode(&bytes, Some("text/html; charset=utf-8"));
            assert_eq!((&*text, charset), (page, name));
        }
        let marked = [&[0xFF, 0xFE][..], &little].concat();
        assert_eq!(decode(&marked, None).0, page);
    }

    #[test]
    fn the_page_names_its_charset() {
        let page = b"<meta charset=windows-1251><p>\xEF\xF0\xE8";
        assert_eq!(decode(page, None).0, "<meta charset=windows-1251><p>при");
        assert_eq!(decode(page, Some("text/html; charset=iso-8859-1")).1, "windows-1252", "the header wins");
        let (text, charset, _) = decode("<meta charset=utf-16><p>é".as_bytes(), None);
        assert_eq!((text.ends_with('é'), charset), (true, "UTF-8"));
    }

    #[test]
    fn bytes_that_do_not_fit_are_replaced_and_told() {
        let (text, charset, diagnostics) = decode(b"<meta charset=utf-8><p>a\xFFb", None);
        assert!(text.ends_with("a\u{FFFD}b"));
        assert_eq!((charset, codes(&diagnostics)), ("UTF-8", vec!["charset-errors"]));
        let (_, charset, diagnostics) = decode(b"<p>cut\xC3", None);
        assert_eq!((charset, codes(&diagnostics)), ("UTF-8", vec!["charset-errors"]));
    }

    #[test]
    fn a_page_without_a_name_for_its_charset_is_guessed() {
        let (text, charset, diagnostics) = decode(b"<p>\xE9t\xE9 \xE0 la plage", None);
        assert_eq!((&*text, charset), ("<p>été à la plage", "windows-1252"));
        assert_eq!(codes(&diagnostics), ["charset-guessed"]);
    }
}

//! `data:` URLs and other encodings that hide code in an attribute.

use crate::base::{OffsetMap, Span, base64};
use memchr::memchr;

/// The content of a `data:` URL.
pub(super) struct DataUrl {
    /// Lower case, without parameters.
    pub(super) media_type: String,
    pub(super) text: String,
    /// Leads to the URL.
    pub(super) offsets: OffsetMap,
}

/// Reads a `data:` URL; `None` where it is none, or its base64 is broken.
pub(super) fn parse_data_url(url: &str) -> Option<DataUrl> {
    let content = strip_scheme(url, "data:")?;
    let (head, data) = content.split_once(',')?;
    let media_type = head.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let start = url.len() - data.len();
    let is_base64 = head.rsplit(';').next().is_some_and(|last| last.trim().eq_ignore_ascii_case("base64"));
    let (text, offsets) = if is_base64 {
        let (unescaped, _) = decode_percent(data, 0);
        (decode_base64(&unescaped)?, replaced(Span::new(start, url.len())))
    } else {
        decode_percent(data, start)
    };
    Some(DataUrl { media_type, text, offsets })
}

/// The map of a text that stands for `original` as a whole.
pub(super) fn replaced(original: Span) -> OffsetMap {
    let mut offsets = OffsetMap::empty();
    offsets.push_replaced(0, original);
    offsets
}

/// What follows a scheme (with its `:`), case and leading white space aside.
pub(super) fn strip_scheme<'u>(url: &'u str, scheme: &str) -> Option<&'u str> {
    let url = url.trim_start_matches(|c: char| c <= ' ');
    let head = url.get(..scheme.len())?;
    head.eq_ignore_ascii_case(scheme).then(|| &url[scheme.len()..])
}

/// Resolves `%XX`; bytes that are no UTF-8 become U+FFFD. The map leads to `text` placed at `start`.
pub(super) fn decode_percent(text: &str, start: usize) -> (String, OffsetMap) {
    let mut offsets = OffsetMap::empty();
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let at = text.len() - rest.len();
        let escapes = leading_escapes(rest);
        if escapes.is_empty() {
            let plain = memchr(b'%', &rest.as_bytes()[1..]).map_or(rest.len(), |found| found + 1);
            offsets.push_verbatim(decoded.len(), Span::new(start + at, start + at + plain));
            decoded.push_str(&rest[..plain]);
            rest = &rest[plain..];
        } else {
            let length = escapes.len() * 3;
            offsets.push_replaced(decoded.len(), Span::new(start + at, start + at + length));
            decoded.push_str(&String::from_utf8_lossy(&escapes));
            rest = &rest[length..];
        }
    }
    (decoded, offsets)
}

/// The bytes of one character's `%XX%XX` at the start of `text`.
fn leading_escapes(text: &str) -> Vec<u8> {
    let escape = |at: usize| {
        let digits = text.get(at * 3..at * 3 + 3)?.strip_prefix('%')?;
        digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u8::from_str_radix(digits, 16).ok())?
    };
    let Some(first) = escape(0) else { return Vec::new() };
    let length = match first {
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0.. => 4,
        _ => 1,
    };
    (0..length).map_while(escape).collect()
}

/// Decodes base64 of either alphabet, padded or not; `None` where something else stands in it or it is no text.
pub(super) fn decode_base64(text: &str) -> Option<String> {
    let digits = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).take_while(|byte| *byte != b'=');
    let (bytes, _) = base64::unpack(digits)?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_urls_are_decoded() {
        let url = parse_data_url(" DATA:text/javascript;charset=utf-8;base64,Zigp%4Byk=").expect("a data URL");
        assert_eq!((url.media_type.as_str(), url.text.as_str()), ("text/javascript", "f()+)"));
        let url = parse_data_url("data:text/html,<b>%C3%A9%zz%").expect("a data URL");
        assert_eq!(url.text, "<b>é%zz%");
        assert_eq!(url.offsets.original(Span::new(3, 5)), Span::new(18, 24));
        assert!(parse_data_url("data:text/html;base64,<b>").is_none());
        assert!(parse_data_url("https://example.com/").is_none());
    }
}

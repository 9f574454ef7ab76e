//! One tag: where its name and its attributes stand, as the HTML standard reads them.

use crate::base::Span;
use memchr::memchr;

/// Attributes of one tag that are looked at; no real page needs more.
const MAX_ATTRIBUTES: usize = 256;

/// An attribute's places in the source.
#[derive(Clone, Copy, Debug)]
pub(super) struct RawAttribute {
    pub(super) name: Span,
    /// The value without its quotes; empty at the name's end where there is none.
    pub(super) value: Span,
}

/// A tag, from its name on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag {
    pub(super) name: Span,
    /// The name as a number: see [`key`].
    pub(super) key: u64,
    /// After the `>`.
    pub(super) end: usize,
    pub(super) is_self_closing: bool,
}

/// A name of up to 8 bytes as a number, without regard to case. Longer names give a hash of all their bytes.
pub(crate) const fn key(name: &[u8]) -> u64 {
    let mut key = 0_u64;
    let mut at = 0;
    while at < name.len() {
        key = key.rotate_left(8) ^ name[at].to_ascii_lowercase() as u64;
        at += 1;
    }
    key
}

pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | 0x0C)
}

/// Does `byte` end a tag name, also that of a `</script` end tag?
pub(super) const fn ends_tag_name(byte: u8) -> bool {
    is_space(byte) || matches!(byte, b'/' | b'>')
}

/// By byte: ends a tag name (1), ends an attribute name (2).
const ENDS: [u8; 256] = {
    let mut ends = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let is_name_end = ends_tag_name(byte as u8);
        ends[byte] = is_name_end as u8 | (((is_name_end || byte as u8 == b'=') as u8) << 1);
        byte += 1;
    }
    ends
};

/// Reads the tag whose name starts at `start`; its attributes replace those in `attributes`.
///
/// `None` where the source ends inside the tag: the standard drops it.
#[inline]
pub(super) fn scan_tag(bytes: &[u8], start: usize, attributes: &mut Vec<RawAttribute>) -> Option<Tag> {
    attributes.clear();
    let mut at = start;
    let mut key = 0_u64;
    loop {
        let byte = *bytes.get(at)?;
        if ENDS[byte as usize] & 1 != 0 {
            break;
        }
        key = key.rotate_left(8) ^ u64::from(byte.to_ascii_lowercase());
        at += 1;
    }
    let name = short_span(start, at);
    let (end, is_self_closing) = scan_attributes(bytes, at, attributes)?;
    Some(Tag { name, key, end, is_self_closing })
}

/// A span of offsets that were checked to fit when the source was taken in.
#[inline]
pub(super) fn short_span(start: usize, end: usize) -> Span {
    Span { start: start as u32, end: end as u32 }
}

/// Reads attributes up to and with the `>`; gives the offset after it, and whether `/` stood before it.
#[inline]
fn scan_attributes(bytes: &[u8], mut at: usize, attributes: &mut Vec<RawAttribute>) -> Option<(usize, bool)> {
    loop {
        at = skip_space(bytes, at)?;
        match bytes[at] {
            b'>' => return Some((at + 1, false)),
            b'/' if *bytes.get(at + 1)? == b'>' => return Some((at + 2, true)),
            b'/' => at += 1,
            _ => {
                let (attribute, next) = scan_attribute(bytes, at)?;
                if attributes.len() < MAX_ATTRIBUTES {
                    attributes.push(attribute);
                }
                at = next;
            }
        }
    }
}

#[inline]
fn scan_attribute(bytes: &[u8], start: usize) -> Option<(RawAttribute, usize)> {
    // The first byte belongs to the name even if it is `=`.
    let mut at = start + 1;
    while ENDS[*bytes.get(at)? as usize] & 2 == 0 {
        at += 1;
    }
    let name = short_span(start, at);
    let after = skip_space(bytes, at)?;
    if bytes[after] != b'=' {
        return Some((RawAttribute { name, value: short_span(at, at) }, after));
    }
    at = skip_space(bytes, after + 1)?;
    let quote = bytes[at];
    let (value, next) = match quote {
        b'"' | b'\'' => {
            let end = at + 1 + memchr(quote, &bytes[at + 1..])?;
            (short_span(at + 1, end), end + 1)
        }
        _ => {
            let length = bytes[at..].iter().position(|&byte| byte == b'>' || is_space(byte))?;
            (short_span(at, at + length), at + length)
        }
    };
    Some((RawAttribute { name, value }, next))
}

#[inline]
fn skip_space(bytes: &[u8], mut at: usize) -> Option<usize> {
    while is_space(*bytes.get(at)?) {
        at += 1;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes_of(html: &str) -> (Vec<(&str, &str)>, bool) {
        let mut attributes = Vec::new();
        let tag = scan_tag(html.as_bytes(), 1, &mut attributes).expect("a whole tag");
        assert_eq!(tag.end, html.len());
        let read = attributes.iter().map(|a| (&html[a.name.range()], &html[a.value.range()]));
        (read.collect(), tag.is_self_closing)
    }

    #[test]
    fn attributes_are_read_as_the_standard_says() {
        let (read, _) = attributes_of(r#"<a b=c="d e = 'f>g' h/i="j"k =l/m>"#);
        assert_eq!(read, [("b", "c=\"d"), ("e", "f>g"), ("h", ""), ("i", "j"), ("k", "l/m")]);
        assert_eq!(attributes_of("<a =b=c>").0, [("=b", "c")]);
        assert_eq!(attributes_of("<a b=>").0, [("b", "")]);
        assert_eq!(attributes_of("<a b=/>"), (vec![("b", "/")], false));
        assert_eq!(attributes_of("<a b />"), (vec![("b", "")], true));
    }

    #[test]
    fn an_unfinished_tag_is_none() {
        for html in ["<a", "<a b", "<a b=", "<a b='c", "<a b=c", "<a /", "<a b "] {
            assert!(scan_tag(html.as_bytes(), 1, &mut Vec::new()).is_none(), "{html}");
        }
    }

    #[test]
    fn keys_of_short_names_are_the_names() {
        assert_eq!(key(b"SCRIPT"), key(b"script"));
        assert_ne!(key(b"script"), key(b"scripts"));
    }
}

//! Character references (`&quot;`, `&#34;`) resolved, with the way back to their places.

use crate::base::{OffsetMap, Span};
use memchr::memchr;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The named references of the HTML standard: `name; HEX [HEX]`. One without `;` may stand without it on a page.
static NAMES: &str = include_str!("named-references.txt");

/// Longest name, and longest name that may stand without `;`.
const MAX_NAME: usize = 33;
const MAX_BARE_NAME: usize = 6;

static NAMED: LazyLock<HashMap<&'static str, String>> = LazyLock::new(|| {
    let parse = |hex: &str| u32::from_str_radix(hex, 16).ok().and_then(char::from_u32);
    let entry = |line: &'static str| {
        let (name, codes) = line.split_once(' ')?;
        Some((name, codes.split(' ').filter_map(parse).collect()))
    };
    NAMES.lines().filter_map(entry).collect()
});

/// Resolves the references of an attribute value.
pub(crate) fn decode_value(raw: &str) -> Cow<'_, str> {
    decode(raw, true, |_, _, _| {})
}

/// Resolves the references of text between tags.
pub(super) fn decode_text(raw: &str) -> Cow<'_, str> {
    decode(raw, false, |_, _, _| {})
}

/// Resolves the references of what stands at `span`, and keeps the way back.
pub(crate) fn decode_mapped(source: &str, span: Span, is_attribute: bool) -> (Cow<'_, str>, OffsetMap) {
    let mut offsets = OffsetMap::verbatim(span.start as usize);
    let mut is_first = true;
    let text = decode(&source[span.range()], is_attribute, |derived, original, is_verbatim| {
        if std::mem::take(&mut is_first) {
            offsets = OffsetMap::empty();
        }
        let start = span.start as usize;
        let place = Span::new(start + original.start, start + original.end);
        if is_verbatim {
            offsets.push_verbatim(derived, place);
        } else {
            offsets.push_replaced(derived, place);
        }
    });
    (text, offsets)
}

/// Resolves references. Tells `piece` of every piece of the result, unless all of it is verbatim.
fn decode(raw: &str, is_attribute: bool, mut piece: impl FnMut(usize, std::ops::Range<usize>, bool)) -> Cow<'_, str> {
    let mut text = String::new();
    // Up to here `raw` was copied; from `at` on references are looked for.
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = memchr(b'&', &raw.as_bytes()[at..]) {
        let start = at + found;
        at = start + 1;
        let Some((length, character)) = reference(&raw[start..], is_attribute) else { continue };
        if start > copied {
            piece(text.len(), copied..start, true);
            text.push_str(&raw[copied..start]);
        }
        piece(text.len(), start..start + length, false);
        character.push_to(&mut text);
        at = start + length;
        copied = at;
    }
    if copied == 0 {
        return Cow::Borrowed(raw);
    }
    if copied < raw.len() {
        piece(text.len(), copied..raw.len(), true);
        text.push_str(&raw[copied..]);
    }
    Cow::Owned(text)
}

/// What a reference stands for.
enum Resolved {
    Char(char),
    Named(&'static str),
}

impl Resolved {
    fn push_to(&self, text: &mut String) {
        match self {
            Self::Char(character) => text.push(*character),
            Self::Named(characters) => text.push_str(characters),
        }
    }
}

/// The reference at the start of `raw` (which starts with `&`): its length and what it stands for.
fn reference(raw: &str, is_attribute: bool) -> Option<(usize, Resolved)> {
    if raw.as_bytes().get(1) == Some(&b'#') {
        let (length, character) = numeric(raw)?;
        return Some((length, Resolved::Char(character)));
    }
    named(raw, is_attribute)
}

fn numeric(raw: &str) -> Option<(usize, char)> {
    let bytes = raw.as_bytes();
    let is_hex = matches!(bytes.get(2), Some(b'x' | b'X'));
    let (start, radix) = if is_hex { (3, 16) } else { (2, 10) };
    let mut code = 0_u32;
    let mut end = start;
    while let Some(digit) = bytes.get(end).and_then(|&byte| char::from(byte).to_digit(radix)) {
        code = code.saturating_mul(radix).saturating_add(digit);
        end += 1;
    }
    if end == start {
        return None;
    }
    let length = end + usize::from(bytes.get(end) == Some(&b';'));
    Some((length, numeric_character(code)))
}

/// Codes 0x80 to 0x9F mean windows-1252, as browsers read them.
fn numeric_character(code: u32) -> char {
    const WINDOWS_1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ";
    match code {
        0 => char::REPLACEMENT_CHARACTER,
        0x80..=0x9F => WINDOWS_1252.chars().nth((code - 0x80) as usize).unwrap_or(char::REPLACEMENT_CHARACTER),
        _ => char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

fn named(raw: &str, is_attribute: bool) -> Option<(usize, Resolved)> {
    let bytes = raw.as_bytes();
    let letters = bytes[1..].iter().take(MAX_NAME).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    if bytes.get(1 + letters) == Some(&b';') {
        let name = &raw[1..1 + letters];
        let found = NAMED.get(name).or_else(|| NAMED.get(&raw[1..letters + 2]));
        if let Some(characters) = found {
            return Some((letters + 2, Resolved::Named(characters)));
        }
    }
    let (length, characters) =
        (2..=letters.min(MAX_BARE_NAME)).rev().find_map(|n| Some((n, NAMED.get(&raw[1..=n])?)))?;
    let next = bytes.get(1 + length).copied().unwrap_or(b' ');
    // `?a=1&copy=2` is a URL, not a copyright sign.
    let is_part_of_value = is_attribute && (next == b'=' || next.is_ascii_alphanumeric());
    (!is_part_of_value).then_some((length + 1, Resolved::Named(characters)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_as_the_standard_says() {
        assert_eq!(decode_value("a&quot;b&#34;c&#x22;d&#X22e"), "a\"b\"c\"d\u{22e}");
        assert_eq!(decode_value("?a=1&copy=2&lt=3&amp;b"), "?a=1&copy=2&lt=3&b");
        assert_eq!(decode_text("&copy=2 &notit; &notin; &lpar;&ngE;"), "©=2 ¬it; ∉ (≧\u{338}");
        assert_eq!(decode_value("&#150;&#0;&#x110000;&#xD800;"), "–\u{FFFD}\u{FFFD}\u{FFFD}");
        assert_eq!(decode_value("& &; &# &#x; &nothing; &é;"), "& &; &# &#x; &nothing; &é;");
    }

    #[test]
    fn text_without_references_is_borrowed() {
        assert!(matches!(decode_value("a & b &nothing;"), Cow::Borrowed(_)));
    }

    #[test]
    fn decoded_text_leads_back_to_its_bytes() {
        let source = "<a b='x&quot;yz&amp;'>";
        let (text, offsets) = decode_mapped(source, Span::new(6, 20), true);
        assert_eq!(text, "x\"yz&");
        assert_eq!(offsets.original(Span::new(1, 2)), Span::new(7, 13));
        assert_eq!(offsets.original(Span::new(2, 4)), Span::new(13, 15));
        assert_eq!(offsets.original(Span::new(0, 5)), Span::new(6, 20));
    }

    #[test]
    fn every_name_of_the_standard_is_known() {
        assert_eq!(NAMED.len(), 2125);
        assert!(NAMED.values().all(|characters| !characters.is_empty()));
    }
}

//! Where tags begin and end in damaged code, and which of them editors put into text.

use super::glyph::quote_family;
use super::source::{Source, Work};

/// The most bytes that one tag may have.
const LONGEST_TAG: usize = 400;

/// Behind a tag that editors put into text where a line ended, if one stands at `at`.
#[must_use]
pub(crate) fn line_tag_end(text: &str, at: usize) -> Option<usize> {
    if text.as_bytes().get(at) == Some(&b'<') { break_tag(Source::new(text, &Work::default()), at) } else { None }
}

/// Behind a tag that editors put around words of a string, in the text of a page: marks of spelling, bold type.
pub(super) fn tag_in_string(text: Source<'_>, at: usize) -> Option<usize> {
    const NAMES: [&str; 12] = ["span", "o:p", "b", "i", "u", "em", "strong", "font", "small", "mark", "wbr", "br"];
    if !text.is_markup || text.as_bytes().get(at) != Some(&b'<') {
        return None;
    }
    let name = slash_end(text.as_bytes(), at + 1);
    let length = text[name..].find(|c: char| !(c.is_ascii_alphanumeric() || c == ':'))?;
    let is_known = NAMES.iter().any(|known| text[name..name + length].eq_ignore_ascii_case(known));
    if is_known { tag_end(text, name) } else { None }
}

/// Tags that editors put into text where a line ended.
pub(super) fn break_tag(text: Source<'_>, at: usize) -> Option<usize> {
    let name_start = tag_start(text, at)?;
    let bytes = text.as_bytes();
    let rest_start = slash_end(bytes, name_start);
    let is_break = ["br", "p", "div", "span", "li", "td", "tr", "o:p"].iter().any(|name| {
        let after = rest_start + name.len();
        text.get(rest_start..after).is_some_and(|got| got.eq_ignore_ascii_case(name))
            && bytes.get(after).is_some_and(|&byte| matches!(byte, b'>' | b'/' | b' ' | b'&' | b'\\'))
            && !text[after..].starts_with(" =")
    });
    if is_break { tag_end(text, rest_start).filter(|&end| !text[rest_start..end].contains("gpt-ad")) } else { None }
}

/// Behind the slash of a closing tag, which a backslash may stand before.
pub(super) fn slash_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let marks = [&b"/"[..], b"\\/"];
    at + marks.iter().find(|mark| rest.starts_with(mark)).map_or(0, |mark| mark.len())
}

/// After the `<` (or `&lt;`) of a tag.
pub(super) fn tag_start(text: Source<'_>, at: usize) -> Option<usize> {
    text.glyph(at).filter(|glyph| glyph.character == '<').map(|glyph| glyph.end)
}

/// After the `>` of a tag whose name starts at `at`; marks of quotation hide a `>`.
pub(super) fn tag_end(text: Source<'_>, at: usize) -> Option<usize> {
    let (start, mut at, mut open) = (at, at, None);
    while let Some(glyph) = text.glyph(at).filter(|_| at < start + LONGEST_TAG) {
        at = glyph.end;
        match (open, quote_family(glyph.character)) {
            (None, None) if glyph.character == '>' => return Some(at),
            (None, None) if glyph.character == '<' => return None,
            (None, family) => open = family,
            (Some(family), Some(this)) if family == this => open = None,
            _ => {}
        }
    }
    None
}

//! What comes next in damaged code, as it was meant: for those who must look ahead to tell code from prose.

use super::glyph::is_invisible;
use super::source::Source;
use super::tag::break_tag;
use std::borrow::Cow;

/// The most bytes that are looked at to tell code from prose.
pub(super) const NEAR: usize = 160;

/// The text from `at` on, no further than `end` and [`NEAR`]: without what nobody sees, without entities and
/// backslashes, its white space plain.
pub(super) fn ahead(text: Source<'_>, at: usize, end: usize) -> Cow<'_, str> {
    let end = text.text.floor_char_boundary(end.min(at + NEAR)).max(at);
    let raw = &text.text[at..end];
    let is_plain = raw.is_ascii() && memchr::memchr3(b'&', b'\\', b'<', raw.as_bytes()).is_none();
    if is_plain { Cow::Borrowed(raw) } else { Cow::Owned(meant(text, at, end)) }
}

fn meant(text: Source<'_>, at: usize, end: usize) -> String {
    let (mut meant, mut at) = (String::with_capacity(end - at), at);
    while let Some(glyph) = text.glyph(at).filter(|_| at < end) {
        at = glyph.end;
        match glyph.character {
            '\\' => {
                let is_space = matches!(text.as_bytes().get(at), Some(b'n' | b'r' | b't'));
                if is_space {
                    meant.push(if text.as_bytes()[at] == b'n' { '\n' } else { ' ' });
                    at += 1;
                }
            }
            '<' => match break_tag(text, at - 1).filter(|_| text.as_bytes()[at - 1] == b'<') {
                Some(after) => {
                    meant.push('\n');
                    at = after;
                }
                None => meant.push('<'),
            },
            '\n' => meant.push('\n'),
            character if is_invisible(character) => {}
            character if character.is_whitespace() => meant.push(' '),
            character => meant.push(character),
        }
    }
    meant
}

#[cfg(test)]
mod tests {
    use super::super::source::Work;
    use super::*;

    #[test]
    fn what_comes_next_is_read_as_it_was_meant() {
        let read = |text: &str| ahead(Source::new(text, &Work::default()), 0, text.len()).into_owned();
        assert_eq!(read("(a) {"), "(a) {");
        assert_eq!(read("\u{200b} (\u{ad}a)&nbsp;{"), " (a) {");
        assert_eq!(read("\\n(\\\"a<br>b"), "\n(\"a\nb");
        assert_eq!(read(&"é".repeat(200)).len(), NEAR);
    }
}

//! Where text that holds no markup ends: scripts, raw text elements, comments.

use super::tag::ends_tag_name;
use crate::base::Span;
use memchr::{memchr, memchr_iter, memchr2, memmem};

/// How far the text of a script is from being plain: `<!--` and then `<script` change what ends it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ScriptState {
    Plain,
    /// After `<!--`; it ends at `-->`.
    Escaped,
    /// After `<!--` and `<script`: `</script` does not end the element.
    DoubleEscaped,
}

/// Offset of the `</script` that ends a script whose text starts at `start`; the source's end where there is none.
///
/// These are the script data states of the HTML standard.
pub(super) fn script_end(bytes: &[u8], start: usize) -> usize {
    let mut state = ScriptState::Plain;
    // The dashes of `-->` may be those of `<!--`, but no earlier ones.
    let mut dashes_from = start;
    let mut at = start;
    loop {
        let rest = &bytes[at..];
        let found = if state == ScriptState::Plain { memchr(b'<', rest) } else { memchr2(b'<', b'>', rest) };
        let Some(found) = found else { return bytes.len() };
        at += found;
        if bytes[at] == b'>' {
            if bytes[dashes_from..at].ends_with(b"--") {
                state = ScriptState::Plain;
            }
        } else if is_name_at(bytes, at, b"</script") {
            if state != ScriptState::DoubleEscaped {
                return at;
            }
            state = ScriptState::Escaped;
        } else if state == ScriptState::Plain && bytes[at..].starts_with(b"<!--") {
            state = ScriptState::Escaped;
            dashes_from = at + 2;
            // The dashes are part of what follows; a `>` may come next.
            at += 3;
        } else if state == ScriptState::Escaped && is_name_at(bytes, at, b"<script") {
            state = ScriptState::DoubleEscaped;
        }
        at += 1;
    }
}

/// Offset of the end tag `</name` after `start`, or the source's end.
pub(super) fn raw_text_end(bytes: &[u8], start: usize, end_tag: &str) -> usize {
    memchr_iter(b'<', &bytes[start..])
        .map(|found| start + found)
        .find(|&at| is_name_at(bytes, at, end_tag.as_bytes()))
        .unwrap_or(bytes.len())
}

/// Does `name` (lower case, with its `<` or `</`) stand at `at`, followed by a byte that ends a name?
fn is_name_at(bytes: &[u8], at: usize, name: &[u8]) -> bool {
    let end = at + name.len();
    bytes.get(end).is_some_and(|&byte| ends_tag_name(byte)) && bytes[at..end].eq_ignore_ascii_case(name)
}

/// Where the comment ends whose `<!--` stands before `start`: the end of its text, and the offset after the `>`.
pub(super) fn comment_end(bytes: &[u8], start: usize) -> (usize, usize) {
    for found in memchr_iter(b'>', &bytes[start..]) {
        let text = &bytes[start..start + found];
        let after = start + found + 1;
        if text.is_empty() || text == b"-" {
            return (start, after);
        }
        let dashes = if text.ends_with(b"--") { 2 } else { 3 };
        if dashes == 2 || text.ends_with(b"--!") {
            return (start + found - dashes, after);
        }
    }
    (bytes.len(), bytes.len())
}

/// Where the end tag of an SVG script stands: comments and CDATA sections are passed over.
pub(super) fn foreign_script_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(found) = memchr(b'<', &bytes[at..]) {
        at += found;
        let rest = &bytes[at..];
        if is_name_at(bytes, at, b"</script") {
            return at;
        }
        if rest.starts_with(b"<![CDATA[") {
            at = memmem::find(rest, b"]]>").map_or(bytes.len(), |found| at + found + 3);
        } else if rest.starts_with(b"<!--") {
            at = comment_end(bytes, at + 4).1;
        } else {
            at += 1;
        }
    }
    bytes.len()
}

/// What stands inside a CDATA section that is all of an SVG script, else the whole.
pub(super) fn cdata_content(source: &str, span: Span) -> Span {
    let text = &source[span.range()];
    let trimmed = text.trim();
    let Some(inner) = trimmed.strip_prefix("<![CDATA[").and_then(|rest| rest.strip_suffix("]]>")) else { return span };
    let start = span.start as usize + (text.len() - text.trim_start().len()) + 9;
    Span::new(start, start + inner.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(html: &str) -> &str {
        &html[..script_end(html.as_bytes(), 0)]
    }

    #[test]
    fn a_script_ends_as_the_standard_says() {
        assert_eq!(script("a</script>b"), "a");
        assert_eq!(script("a</SCRIPT\n>b"), "a");
        assert_eq!(script("'</scripts>'</script/>"), "'</scripts>'");
        assert_eq!(script("<!-- </script> -->"), "<!-- ");
        assert_eq!(script("<!-- <script> </script> --> </script>x"), "<!-- <script> </script> --> ");
        assert_eq!(script("<!--><script></script>"), "<!--><script>", "`<!-->` opens and closes");
        assert_eq!(script("<!---><script></script>"), "<!---><script>");
        assert_eq!(script("<!--<script>--></script>"), "<!--<script>-->", "`-->` ends both escapes");
        assert_eq!(script("--<!-- <script ></script>"), "--<!-- <script ></script>", "unclosed: up to the end");
        assert_eq!(script("a<b</scrip"), "a<b</scrip");
    }

    #[test]
    fn a_comment_ends_as_the_standard_says() {
        let end = |html: &str| comment_end(html.as_bytes(), 4);
        assert_eq!(end("<!-->x"), (4, 5));
        assert_eq!(end("<!--->x"), (4, 6));
        assert_eq!(end("<!-- a > b -->x"), (11, 14));
        assert_eq!(end("<!-- --!>x"), (5, 9));
        assert_eq!(end("<!----!>x"), (4, 8));
        assert_eq!(end("<!---!>x"), (8, 8));
        assert_eq!(end("<!-- <!-->x"), (7, 10));
    }
}

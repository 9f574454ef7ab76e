//! White space around a cut, so that prose reads on.

use crate::base::Span;

/// Widens a cut over the white space around it; gives what is to stand there instead.
///
/// Between paragraphs the wider gap of the two stays, inside a sentence one space; at
/// either end of the text nothing stays but its last line end.
pub(super) fn widen(text: &str, span: Span) -> (Span, String) {
    let (mut start, mut end) = (span.start as usize, span.end as usize);
    (start, end) = without_empty_tags(text, start, end);
    // Of two blank lines of a quote one is left.
    let is_after_blank = text[..start].trim_end_matches([' ', '\n']).ends_with("\n>");
    end += if is_after_blank && text[end..].starts_with("\n>\n") { "\n>".len() } else { 0 };
    start = text[..start].trim_end_matches(['\u{feff}', '\u{200b}']).len();
    let before = &text[text[..start].trim_end().len()..start];
    let after = &text[end..text.len() - text[end..].trim_start().len()];
    let replacement = between(text, start - before.len(), before, after, end + after.len());
    (Span::new(start - before.len(), end + after.len()), replacement.to_owned())
}

fn between<'t>(text: &str, start: usize, before: &'t str, after: &'t str, end: usize) -> &'t str {
    let lines = |space: &str| space.matches('\n').count();
    if end == text.len() {
        return if after.ends_with("\r\n") {
            "\r\n"
        } else if after.ends_with('\n') {
            "\n"
        } else {
            ""
        };
    }
    if start == 0 {
        return "";
    }
    if lines(before) == 0 && lines(after) == 0 && text[end..].starts_with([',', '.', ';', ':', '!', '?', ')']) {
        return "";
    }
    let is_after_wider = lines(after) > lines(before) || before.is_empty();
    if is_after_wider { after } else { before }
}

/// Takes in line break tags behind a cut, and a paragraph's tags around one.
fn without_empty_tags(text: &str, start: usize, end: usize) -> (usize, usize) {
    let (mut start, mut end) = (start, end);
    while let Some(length) = prefix_tag(&text[end..], &["<br />", "<br/>", "<br>"]) {
        end += length;
    }
    (start, end) = without_empty_fence(text, start, end);
    for name in ["p", "div", "span", "pre", "code"] {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let head = text[..start].trim_end();
        if head.ends_with(&open)
            && let Some(length) = prefix_tag(&text[end..], &[&close])
        {
            start = head.len() - open.len();
            end += length;
        }
    }
    (start, end)
}

/// Takes in the fence of Markdown around a cut that leaves nothing in it.
fn without_empty_fence(text: &str, start: usize, end: usize) -> (usize, usize) {
    const FENCES: [&str; 2] = ["```", "~~~"];
    const LONGEST: usize = 40;
    let head = text[..start].trim_end();
    let near = &head[head.ceil_char_boundary(head.len().saturating_sub(LONGEST))..];
    let line = &near[near.rfind('\n').map_or(0, |at| at + 1)..];
    let rest = text[end..].trim_start();
    let is_fence =
        |fence: &&&str| line.strip_prefix(**fence).is_some_and(|name| !name.contains('`')) && rest.starts_with(**fence);
    match FENCES.iter().find(is_fence) {
        Some(fence) if head.len() < start => (head.len() - line.len(), text.len() - rest.len() + fence.len()),
        _ => (start, end),
    }
}

/// The length of white space and one of the tags, if the text starts so.
fn prefix_tag(text: &str, tags: &[&str]) -> Option<usize> {
    let rest = text.trim_start();
    let tag = tags.iter().find(|tag| rest.get(..tag.len()).is_some_and(|got| got.eq_ignore_ascii_case(tag)))?;
    Some(text.len() - rest.len() + tag.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, code: &str) -> String {
        let at = text.find(code).unwrap();
        let (span, replacement) = widen(text, Span::new(at, at + code.len()));
        format!("{}{replacement}{}", &text[..span.start as usize], &text[span.end as usize..])
    }

    #[test]
    fn prose_reads_on_over_a_cut() {
        assert_eq!(cut("A.\n\nX\n\nB.", "X"), "A.\n\nB.");
        assert_eq!(cut("A. X B.", "X"), "A. B.");
        assert_eq!(cut("A.\nX\n\nB.", "X"), "A.\n\nB.");
        assert_eq!(cut("X\n\nB.", "X"), "B.");
        assert_eq!(cut("A.\n\nX\n", "X"), "A.\n");
        assert_eq!(cut("A.\n\nX", "X"), "A.");
        assert_eq!(cut("A.\n<p>X</p>\nB.", "X"), "A.\nB.");
        assert_eq!(cut("A X, B", "X"), "A, B");
        assert_eq!(cut("> A.\n>\nX\n>\n> B.", "X"), "> A.\n>\n> B.");
        assert_eq!(cut("A.\n\n```js\nX\n```\n\nB.", "X"), "A.\n\nB.");
        assert_eq!(cut("A.\n\n```js\nX\ny\n```\n\nB.", "X"), "A.\n\n```js\ny\n```\n\nB.");
    }
}

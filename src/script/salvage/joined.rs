//! Line comments in code whose lines were joined: where does the code go on?

use super::ahead::NEAR;
use super::glyph::is_word_start;
use super::token::is_control_word;

/// The end of a comment that starts at `at` on a line that holds code behind it.
///
/// The comment ends before the first thing on its line that only code looks like; one
/// that holds nothing of the kind is as long as its line.
pub(super) fn comment_end(text: &str, at: usize, line_end: usize) -> usize {
    let line = &text[at..line_end];
    let mut previous = ' ';
    for (offset, character) in line.char_indices() {
        let is_boundary = !(is_word_start(previous) || previous.is_numeric() || previous == '.' || previous == '/');
        if is_boundary && is_code_start(&line[offset..]) {
            return at + offset;
        }
        previous = character;
    }
    line_end
}

/// The most bytes of a comment behind which code is looked for.
pub(super) const LONGEST_COMMENT: usize = 4000;

/// The first `bytes` of a text, or a little less.
fn beginning(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Does the text begin as only code does?
pub(super) fn is_code_start(text: &str) -> bool {
    let text = beginning(text, NEAR);
    let Some(first) = text.chars().next() else { return false };
    if first == '}' || (first == ')' && text[1..].trim_start().starts_with([';', '}', ')'])) {
        return true;
    }
    if text.starts_with("<![CDATA[")
        || text.starts_with("<!--")
        || text.starts_with("(function")
        || text.starts_with("!function")
    {
        return true;
    }
    if let Some(member) = text.strip_prefix('.') {
        return path_end(member).is_some_and(|(_, rest)| rest.starts_with('('));
    }
    if !is_word_start(first) {
        return text.starts_with('(')
            && text[1..].contains('=')
            && path_end(&text[1..]).is_some_and(|(_, rest)| is_assignment(rest));
    }
    path_end(text).is_some_and(|(path, rest)| is_code_path(path, rest))
}

/// Splits a path such as `googletag.cmd.push` from what follows.
fn path_end(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !(is_word_start(c) || c.is_numeric() || c == '.')).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn is_code_path(path: &str, rest: &str) -> bool {
    let is_spaced = rest.starts_with(' ');
    let tail = rest.trim_start();
    match path {
        "var" | "let" | "const" => {
            is_spaced && path_end(tail).is_some_and(|(_, rest)| rest.trim_start().starts_with(['=', ';', ',']))
        }
        word if is_control_word(word) => tail.starts_with('('),
        "function" => is_spaced || tail.starts_with('('),
        "try" | "else" => tail.starts_with('{'),
        path if path.contains('.') && !path.ends_with('.') => rest.starts_with(['(', '[']) || is_assignment(tail),
        _ => rest.starts_with('(') && rest.contains(");") || is_assignment(tail) || rest.starts_with('['),
    }
}

fn is_assignment(text: &str) -> bool {
    text.trim_start().starts_with('=') && !text.trim_start().starts_with("==")
}

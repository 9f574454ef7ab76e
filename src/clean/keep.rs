//! Reasons to leave code where it is.

use super::context::Context;
use crate::base::Span;
use crate::script::{Language, Region};

/// Why a region is to stay; `None` if it has leaked.
pub(super) fn reason_to_keep(text: &str, region: &Region, context: &Context) -> Option<&'static str> {
    if context.is_data {
        return Some("data");
    }
    if context.is_about_code {
        return Some("text-about-code");
    }
    if context.is_near_code && is_set_apart(text, region.span, context) {
        return Some("code-sample");
    }
    if is_in_other_language(text, region.span) {
        return Some("other-language");
    }
    if is_between_backticks(text, region.span) {
        return Some("code-sample");
    }
    let is_sure = region.is_ended && region.parses;
    let is_mention = region.language == Language::Script && !is_sure && is_inside_sentence(text, region.span);
    is_mention.then_some("mention")
}

/// Does prose stand on the same line, before or after?
fn is_inside_sentence(text: &str, span: Span) -> bool {
    let is_prose = |side: &str| side.contains(char::is_alphanumeric);
    is_prose(line_before(text, span)) || is_prose(line_after(text, span))
}

/// How far around a region is looked, in bytes.
const NEAR: usize = 4000;

/// The text right before a region.
fn nearest_before(text: &str, span: Span) -> &str {
    let end = span.start as usize;
    let mut start = end.saturating_sub(NEAR);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..end]
}

/// The first bytes of a text.
fn beginning(text: &str) -> &str {
    let mut end = text.len().min(NEAR);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Inline code of Markdown.
fn is_between_backticks(text: &str, span: Span) -> bool {
    line_before(text, span).ends_with('`') && line_after(text, span).starts_with('`')
}

fn line_before(text: &str, span: Span) -> &str {
    let before = nearest_before(text, span);
    &before[before.rfind('\n').map_or(0, |at| at + 1)..]
}

fn line_after(text: &str, span: Span) -> &str {
    let after = beginning(&text[span.end as usize..]);
    &after[..after.find('\n').unwrap_or(after.len())]
}

/// Is it in a fence, a `<pre>` or `<code>`, between backticks, or in an indented block?
fn is_set_apart(text: &str, span: Span, context: &Context) -> bool {
    let fences = context.fences.partition_point(|&fence| fence < span.start as usize);
    let before = nearest_before(text, span);
    let is_in =
        |name: &str| before.rfind(&format!("<{name}")).is_some_and(|at| !before[at..].contains(&format!("</{name}")));
    let backticks = line_before(text, span).matches('`').count();
    fences % 2 == 1
        || is_in("pre")
        || is_in("code")
        || backticks % 2 == 1
        || (context.has_terms && is_indented(text, span))
}

fn is_indented(text: &str, span: Span) -> bool {
    let start = span.start as usize - line_before(text, span).len();
    let mut lines = text[start..span.end as usize].lines().filter(|line| !line.trim().is_empty());
    lines.all(|line| line.starts_with("    ") || line.starts_with('\t'))
}

/// Do the lines around it, up to a blank one, belong to a program in another language?
fn is_in_other_language(text: &str, span: Span) -> bool {
    const MARKS: [&str; 18] = [
        "def ",
        "import ",
        "from ",
        "package ",
        "public ",
        "private ",
        "protected ",
        "func ",
        "fn ",
        "#include",
        "<?php",
        "using ",
        "val ",
        "fun ",
        "@Override",
        "elif ",
        "namespace ",
        "(define",
    ];
    let before = nearest_before(text, span);
    let after = beginning(&text[span.end as usize..]);
    let block_before = &before[before.rfind("\n\n").map_or(0, |at| at + 2)..];
    let block_after = &after[..after.find("\n\n").unwrap_or(after.len())];
    let is_code = |line: &str| {
        line.ends_with([';', '{', '}', ':', '>', ')', '"', '\'', '*'])
            || line.starts_with("import ")
            || line.starts_with("<?php")
    };
    let is_marked = |line: &str| is_code(line) && MARKS.iter().any(|mark| line.starts_with(mark));
    let block = &text[span.start as usize - block_before.len()..span.end as usize + block_after.len()];
    text.trim_start().starts_with("<?php")
        || is_configuration(block)
        || block_before.lines().chain(block_after.lines()).any(|line| is_marked(line.trim()))
}

/// TOML and INI have `[sections]`, YAML has `keys:` whose lines end without punctuation.
fn is_configuration(block: &str) -> bool {
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'));
    let is_section = |line: &str| line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).is_some_and(is_name);
    let is_key = |line: &str| {
        let line = line.strip_prefix("- ").unwrap_or(line);
        let (name, value) = line.split_once(':').unwrap_or_default();
        is_name(name) && (value.is_empty() || value.starts_with(' '))
    };
    let lines = || block.lines().map(str::trim);
    // Lines of code end as no line of YAML does.
    let is_code = |line: &str| line.ends_with([',', '{', '[', ';']) || line.starts_with(['}', ')']);
    lines().any(is_section) || (lines().filter(|line| is_key(line)).count() > 2 && !lines().any(is_code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configuration_is_told_from_objects_that_were_cut_off() {
        assert!(is_configuration("[pbjs]\nbidder = \"a\""));
        assert!(is_configuration("adUnits:\n  - code: top\n    bids:\n      - bidder: a"));
        assert!(!is_configuration("bidder: 'a',\nparams: {\nid: 1\n}"));
    }
}

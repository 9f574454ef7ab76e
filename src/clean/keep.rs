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
    let is_mention = region.language == Language::Script && !region.is_ended && is_inside_sentence(text, region.span);
    is_mention.then_some("mention")
}

/// Does prose go on, on the same line, before and after?
fn is_inside_sentence(text: &str, span: Span) -> bool {
    let before = line_before(text, span).trim();
    let after = line_after(text, span).trim();
    before.ends_with(char::is_alphabetic) && after.starts_with(char::is_alphabetic)
}

fn line_before(text: &str, span: Span) -> &str {
    let before = &text[..span.start as usize];
    &before[before.rfind('\n').map_or(0, |at| at + 1)..]
}

fn line_after(text: &str, span: Span) -> &str {
    let after = &text[span.end as usize..];
    &after[..after.find('\n').unwrap_or(after.len())]
}

/// Is it in a fence, a `<pre>` or `<code>`, between backticks, or in an indented block?
fn is_set_apart(text: &str, span: Span, context: &Context) -> bool {
    let before = &text[..span.start as usize];
    let fences = before.lines().filter(|line| line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~")).count();
    let is_in = |name: &str| before.rfind(&format!("<{name}")).is_some_and(|at| !before[at..].contains(&format!("</{name}")));
    let backticks = line_before(text, span).matches('`').count();
    fences % 2 == 1 || is_in("pre") || is_in("code") || backticks % 2 == 1 || (context.has_terms && is_indented(text, span))
}

fn is_indented(text: &str, span: Span) -> bool {
    let start = span.start as usize - line_before(text, span).len();
    let mut lines = text[start..span.end as usize].lines().filter(|line| !line.trim().is_empty());
    lines.all(|line| line.starts_with("    ") || line.starts_with('\t'))
}

/// Do the lines around it, up to a blank one, belong to a program in another language?
fn is_in_other_language(text: &str, span: Span) -> bool {
    const MARKS: [&str; 18] = [
        "def ", "import ", "from ", "package ", "public ", "private ", "protected ", "func ", "fn ", "#include", "<?php", "using ", "val ",
        "fun ", "@Override", "elif ", "namespace ", "(define",
    ];
    let before = &text[..span.start as usize];
    let after = &text[span.end as usize..];
    let block_before = &before[before.rfind("\n\n").map_or(0, |at| at + 2)..];
    let block_after = &after[..after.find("\n\n").unwrap_or(after.len())];
    let is_code = |line: &str| line.ends_with([';', '{', '}', ':', '>', ')', '"', '\'', '*']) || line.starts_with("import ") || line.starts_with("<?php");
    let is_marked = |line: &str| is_code(line) && MARKS.iter().any(|mark| line.starts_with(mark));
    text.trim_start().starts_with("<?php") || block_before.lines().chain(block_after.lines()).any(|line| is_marked(line.trim()))
}

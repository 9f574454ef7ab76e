//! Reasons to leave code where it is.
//!
//! In: the regions of a text in order. Out: for each the reason to keep it, if there is one. What lies around
//! regions is looked at once for all of them.

use super::context::Context;
use super::marks::Marks;
use super::sentence::speaks_of;
use crate::base::Span;
use crate::script::{Language, Region};
use std::ops::Range;

/// A text around its regions.
pub(super) struct Surroundings<'t> {
    text: &'t str,
    regions: &'t [Region],
    context: &'t Context,
    marks: Marks,
    is_php: bool,
    /// The paragraph that was looked at last, and whether it belongs to a program in another language.
    block: (Range<usize>, bool),
}

impl<'t> Surroundings<'t> {
    pub fn new(text: &'t str, regions: &'t [Region], context: &'t Context) -> Self {
        let marks = Marks::of(text);
        let is_php = text.trim_start().starts_with("<?php");
        Self { text, regions, context, marks, is_php, block: (0..0, false) }
    }

    /// Why a region is to stay; `None` if it has leaked. Regions are asked about in order.
    pub fn reason_to_keep(&mut self, region: &Region) -> Option<&'static str> {
        if self.context.is_data {
            return Some("data");
        }
        if self.context.is_about_code {
            return Some("text-about-code");
        }
        if self.context.is_near_code && self.is_set_apart(region.span) {
            return Some("code-sample");
        }
        if self.is_in_other_language(region.span) {
            return Some("other-language");
        }
        if self.is_between_backticks(region.span) || has_placeholder(&self.text[region.span.range()]) {
            return Some("code-sample");
        }
        if self.is_part_of_data(region.span) {
            return Some("data");
        }
        if self.is_shell_command(region.span) {
            return Some("other-language");
        }
        let is_sure = region.is_ended && region.parses;
        let is_mention = region.language == Language::Script && !is_sure && self.is_inside_sentence(region.span);
        (is_mention || speaks_of(self.text, region).is_some()).then_some("mention")
    }

    /// Does prose stand on the same line, before or after?
    fn is_inside_sentence(&self, span: Span) -> bool {
        let is_prose = |side: &str| side.contains(char::is_alphanumeric);
        is_prose(self.line_before(span)) || is_prose(self.line_after(span))
    }

    /// The value of a member of JSON, of which more stands around it.
    fn is_part_of_data(&self, span: Span) -> bool {
        let is_value = self.text[span.start as usize..].starts_with(['[', '{']);
        let before = self.line_before(span).trim_end();
        is_value && before.strip_suffix(':').is_some_and(|key| key.trim_end().ends_with('"'))
    }

    /// `$ grep …`.
    fn is_shell_command(&self, span: Span) -> bool {
        self.line_before(span).starts_with("$ ")
    }

    /// Inline code of Markdown.
    fn is_between_backticks(&self, span: Span) -> bool {
        self.text[..span.start as usize].ends_with('`') && self.text[span.end as usize..].starts_with('`')
    }

    /// What stands before a region on its line, as far as one looks.
    fn line_before(&self, span: Span) -> &'t str {
        let end = span.start as usize;
        let near = &self.text[self.text.ceil_char_boundary(end.saturating_sub(LINE))..end];
        &near[near.rfind('\n').map_or(0, |at| at + 1)..]
    }

    fn line_after(&self, span: Span) -> &'t str {
        let after = &self.text[span.end as usize..];
        let near = &after[..after.floor_char_boundary(LINE)];
        &near[..near.find('\n').unwrap_or(near.len())]
    }

    /// Is it in a fence, a `<pre>` or `<code>`, between backticks, or in an indented block?
    fn is_set_apart(&self, span: Span) -> bool {
        let start = span.start as usize;
        self.context.is_sample
            || self.marks.is_fenced(start)
            || self.marks.is_in_element(start)
            || self.marks.is_after_odd_backtick(start - self.line_before(span).len(), start)
            || (self.context.has_terms && self.is_indented(span))
    }

    fn is_indented(&self, span: Span) -> bool {
        let start = span.start as usize - self.line_before(span).len();
        let mut lines = self.text[start..span.end as usize].lines().filter(|line| !line.trim().is_empty());
        lines.all(|line| line.starts_with("    ") || line.starts_with('\t'))
    }

    /// Do the lines around it, up to a blank one, belong to a program in another language?
    fn is_in_other_language(&mut self, span: Span) -> bool {
        let (start, end) = (span.start as usize, span.end as usize);
        if self.is_php {
            return true;
        }
        if !(self.block.0.contains(&start) && end <= self.block.0.end) {
            let block = self.block_around(start, end);
            let is_other = is_configuration(&self.text[block.clone()]) || self.is_program(block.clone());
            self.block = (block, is_other);
        }
        self.block.1
    }

    /// From the blank line before a place, not before the last block, to the one behind.
    fn block_around(&self, start: usize, end: usize) -> Range<usize> {
        const BLANK: [&str; 2] = ["\n\n", "\n\r\n"];
        let floor = self.block.0.end.min(start);
        let before = BLANK.iter().filter_map(|blank| Some(floor + self.text[floor..start].rfind(blank)? + blank.len()));
        let after = BLANK.iter().filter_map(|blank| Some(end + self.text[end..].find(blank)?));
        before.max().unwrap_or(floor)..after.min().unwrap_or(self.text.len())
    }

    /// Are there lines of a program in the block, beside what was recognised as an ad's?
    fn is_program(&self, block: Range<usize>) -> bool {
        let first = self.regions.partition_point(|region| (region.span.end as usize) <= block.start);
        let inside = self.regions[first..].iter().take_while(|region| (region.span.start as usize) < block.end);
        let mut at = block.start;
        for region in inside.filter(|region| region.is_ad) {
            let start = (region.span.start as usize).max(at);
            if has_program_line(&self.text[at..start]) {
                return true;
            }
            at = (region.span.end as usize).max(at);
        }
        has_program_line(&self.text[at.min(block.end)..block.end])
    }
}

/// `ca-pub-XXXX`, `YOUR_ID`: what the reader is to fill in.
fn has_placeholder(code: &str) -> bool {
    code.contains("XXXX") || code.contains("YOUR_")
}

/// Bytes of a line that are looked at, before and behind a region.
const LINE: usize = 400;

fn has_program_line(text: &str) -> bool {
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
    let is_code = |line: &str| {
        line.ends_with([';', '{', '}', ':', '>', ')', '"', '\'', '*'])
            || line.starts_with("import ")
            || line.starts_with("<?php")
    };
    let is_marked = |line: &str| is_code(line) && MARKS.iter().any(|mark| line.starts_with(mark));
    text.lines().any(|line| is_marked(line.trim()))
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

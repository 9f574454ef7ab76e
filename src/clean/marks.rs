//! Where a text sets code apart: fences, elements that show code, backticks. One pass over the text.

use std::ops::Range;

/// Elements whose content is shown as it is written.
const ELEMENTS: [&str; 6] = ["pre", "code", "samp", "kbd", "textarea", "xmp"];

/// The marks of a text.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// Lines that open or close a Markdown fence.
    fences: Vec<usize>,
    backticks: Vec<usize>,
    /// The content of [`ELEMENTS`], in order.
    elements: Vec<Range<usize>>,
}

impl Marks {
    /// Finds them.
    pub fn of(text: &str) -> Self {
        let backticks: Vec<usize> = memchr::memchr_iter(b'`', text.as_bytes()).collect();
        Self { fences: fences(text), backticks, elements: elements(text) }
    }

    /// Finds only elements: for markup.
    pub fn of_html(html: &str) -> Self {
        Self { elements: elements(html), ..Self::default() }
    }

    /// Does the place lie between two fences?
    pub fn is_fenced(&self, at: usize) -> bool {
        self.fences.partition_point(|&fence| fence < at) % 2 == 1
    }

    /// Does it lie in an element that shows code?
    pub fn is_in_element(&self, at: usize) -> bool {
        let next = self.elements.partition_point(|element| element.start <= at);
        next > 0 && at < self.elements[next - 1].end
    }

    /// Is there an odd number of backticks between the two places?
    pub fn is_after_odd_backtick(&self, start: usize, at: usize) -> bool {
        let before = |place: usize| self.backticks.partition_point(|&backtick| backtick < place);
        (before(at) - before(start)) % 2 == 1
    }
}

fn fences(text: &str) -> Vec<usize> {
    let is_fence = |line: &str| line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
    let mut at = 0;
    let starts = text.split_inclusive('\n').map(|line| {
        at += line.len();
        (at - line.len(), line)
    });
    starts.filter(|(_, line)| is_fence(line)).map(|(start, _)| start).collect()
}

/// From the first start tag to the last end tag of elements in elements.
fn elements(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut open, mut start) = (Vec::new(), [0_u32; ELEMENTS.len()], 0);
    for at in memchr::memchr_iter(b'<', text.as_bytes()) {
        let is_end = text.as_bytes().get(at + 1) == Some(&b'/');
        let Some(element) = element_at(text, at + 1 + usize::from(is_end)) else { continue };
        let was_open = open.iter().any(|&count| count > 0);
        open[element] = if is_end { 0 } else { open[element].saturating_add(1) };
        let is_open = open.iter().any(|&count| count > 0);
        match (was_open, is_open) {
            (false, true) => start = at,
            (true, false) => found.push(start..at),
            _ => {}
        }
    }
    if open.iter().any(|&count| count > 0) {
        found.push(start..text.len());
    }
    found
}

/// Which of [`ELEMENTS`] has its name here?
fn element_at(text: &str, at: usize) -> Option<usize> {
    ELEMENTS.iter().position(|name| {
        let rest = &text.as_bytes()[at..];
        rest.get(..name.len()).is_some_and(|got| got.eq_ignore_ascii_case(name.as_bytes()))
            && rest.get(name.len()).is_some_and(|&next| matches!(next, b'>' | b'/') || next.is_ascii_whitespace())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_that_show_code_are_known_from_tag_to_tag() {
        let text = "one <pre class=x><code>two</code> three</pre> four <PREFIX> five <code>six";
        let marks = Marks::of_html(text);
        let is_in = |word: &str| marks.is_in_element(text.find(word).unwrap());
        assert!(is_in("two") && is_in("three") && is_in("six"));
        assert!(!is_in("one") && !is_in("four") && !is_in("five"));
    }
}

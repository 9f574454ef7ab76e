//! The lines of a page that a frame shows: cut around what is marked, and harmless on a terminal.

use adsieve::report::{At, printable};
use std::collections::BTreeMap;
use std::ops::Range;

/// Characters of a line before and after what is marked: lines of minified pages are megabytes long.
const AROUND: usize = 60;

/// Characters of a line that are shown at most.
const SHOWN: usize = 300;

/// Lines of a page, with places marked. Lines between, that nothing marks, are empty.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Number of the first line.
    pub(super) line: usize,
    pub(super) text: String,
    /// What each place marks of its first line, in bytes of the text.
    pub(super) marked: Vec<Range<usize>>,
}

impl Window {
    /// The window on these places, in their order.
    pub(super) fn over(page: &str, places: &[At]) -> Self {
        let mut by_line: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (index, at) in places.iter().enumerate() {
            by_line.entry(at.line).or_default().push(index);
        }
        let first = by_line.keys().next().copied().unwrap_or(1);
        let mut window = Self { line: first as usize, text: String::new(), marked: vec![0..0; places.len()] };
        let mut line = first;
        for (number, indexes) in by_line {
            window.text.extend(std::iter::repeat_n('\n', (number - line) as usize));
            line = number;
            let marks: Vec<(usize, Range<usize>)> =
                indexes.into_iter().map(|index| (index, first_line(page, places[index]))).collect();
            window.add_line(page, &marks);
        }
        window
    }

    fn add_line(&mut self, page: &str, marks: &[(usize, Range<usize>)]) {
        let first = marks.iter().map(|(_, mark)| mark.start).min().unwrap_or_default();
        let last = marks.iter().map(|(_, mark)| mark.end).max().unwrap_or_default();
        let (line_start, line_end) = line_around(page, first);
        let from = back(page, first, AROUND).max(line_start);
        let to = forward(page, last, AROUND).min(forward(page, from, SHOWN)).min(line_end);
        if from > line_start {
            self.text.push('…');
        }
        let base = self.text.len();
        let mut places: Vec<(usize, usize)> = Vec::new();
        for (offset, character) in page[from..to].char_indices() {
            places.push((from + offset, self.text.len()));
            self.text.push_str(&printable(character.encode_utf8(&mut [0; 4])));
        }
        places.push((to, self.text.len()));
        let shown = |offset: usize| {
            let index = places.partition_point(|&(place, _)| place < offset);
            places.get(index).map_or(self.text.len(), |&(_, shown)| shown)
        };
        for (index, mark) in marks {
            self.marked[*index] = shown(mark.start).max(base)..shown(mark.end).max(base);
        }
        if to < line_end {
            self.text.push('…');
        }
    }
}

/// The part of the place that stands on its first line.
fn first_line(page: &str, at: At) -> Range<usize> {
    let start = floor(page, at.start as usize);
    let (_, line_end) = line_around(page, start);
    start..floor(page, at.end as usize).clamp(start, line_end)
}

/// Where the line of a byte begins and ends.
fn line_around(page: &str, offset: usize) -> (usize, usize) {
    let start = page[..offset].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let end = page[offset..].find(['\n', '\r']).map_or(page.len(), |at| offset + at);
    (start, end)
}

fn back(page: &str, offset: usize, characters: usize) -> usize {
    page[..offset].char_indices().rev().nth(characters - 1).map_or(0, |(at, _)| at)
}

fn forward(page: &str, offset: usize, characters: usize) -> usize {
    page[offset..].char_indices().nth(characters).map_or(page.len(), |(at, _)| offset + at)
}

fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(page: &str, start: usize, end: usize) -> At {
        let number = |offset: usize| u32::try_from(offset).unwrap();
        let line = 1 + page.as_bytes()[..start.min(page.len())].iter().filter(|&&byte| byte == b'\n').count();
        At { script: None, resource: None, line: number(line), column: 1, start: number(start), end: number(end) }
    }

    fn marked(page: &str, places: &[(usize, usize)]) -> (String, Vec<String>) {
        let places: Vec<At> = places.iter().map(|&(start, end)| at(page, start, end)).collect();
        let window = Window::over(page, &places);
        let marked = window.marked.into_iter().map(|range| window.text[range].to_owned()).collect();
        (window.text, marked)
    }

    #[test]
    fn a_window_shows_lines_and_marks_places() {
        let page = "a\nvar x = 7;\nb\nf(x);";
        let (text, marks) = marked(page, &[(15, 19), (6, 11)]);
        assert_eq!(text, "var x = 7;\n\nf(x);");
        assert_eq!(marks, ["f(x)", "x = 7"]);
    }

    #[test]
    fn long_lines_and_long_places_are_cut() {
        let page = format!("{}MARK{}", "é".repeat(9_000), "z".repeat(9_000));
        let (text, marks) = marked(&page, &[(18_000, 18_004)]);
        assert_eq!(marks, ["MARK"]);
        assert!(text.chars().count() < 200, "{text}");
        let (text, marks) = marked(&page, &[(18_000, 27_000)]);
        assert!(text.chars().count() <= SHOWN + 2 && marks[0].starts_with("MARKz"), "{text}");
        assert_eq!(marked("a(\n1,\n2)", &[(0, 8)]), ("a(".into(), vec!["a(".into()]));
    }

    #[test]
    fn a_page_cannot_reach_the_terminal() {
        let (text, _) = marked("x\x1b[2J\u{202e}y", &[(0, 99)]);
        assert!(!text.contains(['\x1b', '\u{202e}']), "{text:?}");
    }

    #[test]
    fn any_place_has_a_window() {
        let page = "é\r\nü😀";
        for (start, end) in (0..12).flat_map(|start| (0..12).map(move |end| (start, end))) {
            marked(page, &[(start, end), (0, 3)]);
        }
        assert_eq!(marked("", &[(0, 0)]).0, "");
    }
}

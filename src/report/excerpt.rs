//! Pieces of a page's source around what was found: the lines that a reader wants as evidence.
//!
//! In: a [`PageReport`] and the scan it was made of. Out: the same report with
//! [`excerpts`](PageReport::excerpts), in order, none overlapping another: ad units, bids and
//! findings that stand together share one. Bounded by the constants below, however long the page.

use super::record::{At, ExcerptRecord, PageReport};
use crate::base::LineIndex;
use crate::engine::Scan;
use std::ops::Range;

/// Bytes kept of one place; an ad unit may be longer, but its bids have places of their own.
const PLACE_BYTES: usize = 1200;

/// Bytes kept before a place and after it, at most: a minified page is one line.
const CONTEXT_BYTES: usize = 160;

/// Whole lines kept before a place and after it, at most.
const CONTEXT_LINES: usize = 1;

/// Bytes of all excerpts of a page, and of each of its resources: the places that come first are served first.
const PAGE_BYTES: usize = 48 << 10;

impl PageReport {
    /// The report with excerpts of the source of `scan`, of which it was made.
    #[must_use]
    pub fn with_excerpts(self, scan: &Scan) -> Self {
        let page_end = scan.resources.first().map_or(scan.text.len(), |first| first.range.start);
        let mut all = excerpts(&self, None, &scan.text[..page_end]);
        for (resource, index) in scan.resources.iter().zip(0..) {
            all.extend(excerpts(&self, Some(index), &scan.text[resource.range.clone()]));
        }
        Self { excerpts: all, ..self }
    }
}

/// The excerpts of the page's own text, or of one of its resources, around the places in it.
fn excerpts(page: &PageReport, resource: Option<u32>, text: &str) -> Vec<ExcerptRecord> {
    let inside = places(page).into_iter().filter(|at| at.resource == resource);
    let windows = joined(inside.map(|at| window(text, at)).collect());
    if windows.is_empty() {
        return Vec::new();
    }
    let lines = LineIndex::new(text);
    let excerpts = bounded(text, windows).map(|window| excerpt(text, &lines, window));
    excerpts.map(|excerpt| ExcerptRecord { resource, ..excerpt }).collect()
}

/// Every place that a reader may want to see, in any order.
fn places(page: &PageReport) -> Vec<At> {
    let mut places: Vec<At> = page.findings.iter().map(|finding| finding.at).collect();
    places.extend(page.slots.iter().map(|slot| slot.at));
    places.extend(page.diagnostics.iter().filter_map(|diagnostic| diagnostic.at));
    for unit in &page.ad_units {
        places.push(unit.at);
        places.extend(unit.problems.iter().map(|problem| problem.at));
        for bid in &unit.bids {
            places.push(bid.at);
            places.extend(bid.problems.iter().map(|problem| problem.at));
        }
    }
    places
}

/// The bytes to show for a place: itself, and the lines around it as far as they are short.
fn window(text: &str, at: At) -> Range<usize> {
    let start = text.floor_char_boundary(at.start as usize);
    let end = text.floor_char_boundary((at.end as usize).clamp(start, start.saturating_add(PLACE_BYTES)));
    context_before(text, start)..context_after(text, end)
}

fn context_before(text: &str, start: usize) -> usize {
    let earliest = text.ceil_char_boundary(start.saturating_sub(CONTEXT_BYTES)).min(start);
    let breaks: Vec<usize> =
        memchr::memrchr_iter(b'\n', &text.as_bytes()[earliest..start]).take(CONTEXT_LINES + 1).collect();
    match breaks.last() {
        // The text begins before so many lines.
        _ if breaks.len() <= CONTEXT_LINES && earliest == 0 => 0,
        Some(line_break) => earliest + line_break + 1,
        None => earliest,
    }
}

fn context_after(text: &str, end: usize) -> usize {
    let latest = text.floor_char_boundary(end.saturating_add(CONTEXT_BYTES));
    let breaks: Vec<usize> =
        memchr::memchr_iter(b'\n', &text.as_bytes()[end..latest]).take(CONTEXT_LINES + 1).collect();
    match breaks.last() {
        _ if breaks.len() <= CONTEXT_LINES && latest == text.len() => latest,
        Some(line_break) => end + line_break,
        None => latest,
    }
}

/// The windows in order; those that touch become one.
fn joined(mut windows: Vec<Range<usize>>) -> Vec<Range<usize>> {
    windows.sort_by_key(|window| (window.start, window.end));
    let mut joined: Vec<Range<usize>> = Vec::new();
    for window in windows {
        match joined.last_mut() {
            Some(last) if window.start <= last.end + 1 => last.end = last.end.max(window.end),
            _ => joined.push(window),
        }
    }
    joined
}

/// As many of the windows as a page may have; the last one may be cut.
fn bounded(text: &str, windows: Vec<Range<usize>>) -> impl Iterator<Item = Range<usize>> {
    let mut left = PAGE_BYTES;
    let cut = move |window: Range<usize>| {
        let end = text.floor_char_boundary(window.end.min(window.start + left));
        left -= end - window.start;
        window.start..end
    };
    windows.into_iter().map(cut).take_while(|window| !window.is_empty())
}

fn excerpt(text: &str, lines: &LineIndex, window: Range<usize>) -> ExcerptRecord {
    let start = u32::try_from(window.start).unwrap_or(u32::MAX);
    let position = lines.position(text, start);
    ExcerptRecord { resource: None, line: position.line, column: position.column, start, text: text[window].to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{sample_page, sample_scan};
    use super::*;

    fn at(start: usize, end: usize) -> At {
        At { script: None, resource: None, line: 1, column: 1, start: start as u32, end: end as u32 }
    }

    #[test]
    fn findings_that_stand_together_share_an_excerpt() {
        let scan = sample_scan();
        let page = sample_page().with_excerpts(&scan);
        assert_eq!(page.excerpts.len(), 1, "{:?}", page.excerpts);
        assert_eq!((page.excerpts[0].line, page.excerpts[0].start), (1, 0));
        assert_eq!(page.excerpts[0].text, scan.text.trim_end());
    }

    #[test]
    fn an_excerpt_keeps_a_line_around_its_place() {
        let text = "one\ntwo\nthree\nfour\nfive\n";
        assert_eq!(&text[window(text, at(8, 13))], "two\nthree\nfour");
        assert_eq!(&text[window(text, at(0, 3))], "one\ntwo");
        assert_eq!(&text[window(text, at(20, 99))], "four\nfive\n");
    }

    #[test]
    fn a_minified_page_costs_no_more_than_the_bounds() {
        let text = "é€".repeat(100_000);
        let long = window(&text, at(50_001, 450_003));
        assert!(long.len() <= PLACE_BYTES + 2 * CONTEXT_BYTES, "{long:?}");
        let mut page = sample_page();
        page.slots = (0..2_000)
            .map(|n| super::super::SlotRecord { at: at(n * 200, n * 200 + 150), ..page.slots[0].clone() })
            .collect();
        let kept: usize = excerpts(&page, None, &text).iter().map(|excerpt| excerpt.text.len()).sum();
        assert!(kept <= PAGE_BYTES);
    }

    #[test]
    fn a_place_in_a_saved_script_is_shown_from_that_script() {
        let mut page = sample_page();
        page.findings[0].at = At { resource: Some(0), ..at(4, 7) };
        let excerpts = excerpts(&page, Some(0), "one\ntwo\nthree\nfour");
        assert_eq!(excerpts.len(), 1);
        assert_eq!((excerpts[0].resource, &*excerpts[0].text), (Some(0), "one\ntwo\nthree"));
    }

    #[test]
    fn places_outside_the_text_are_no_harm() {
        let page = sample_page();
        assert!(excerpts(&page, None, "é").iter().all(|excerpt| excerpt.text.len() <= 2));
        assert!(excerpts(&page, None, "").is_empty());
    }
}

//! Charts of the overview: rows of HTML whose bars are inline SVG.
//!
//! Words stay text, so that they wrap, can be found, and are read out; only the bars are drawn, and they
//! stretch with the page. Every label passes [`printable`], then the template's escapes.

use super::super::printable;
use super::words::grouped;
use maud::{Markup, html};

/// One row of a bar chart.
pub(super) struct Bar {
    /// What is counted.
    pub(super) label: String,
    /// Where the label leads in the report.
    pub(super) link: Option<String>,
    pub(super) count: u64,
}

/// A bar chart: the rows in their order, the longest bar as wide as there is room.
pub(super) fn bars(rows: &[Bar], tone: &str) -> Markup {
    let most = rows.iter().map(|row| row.count).max().unwrap_or(0);
    html! {
        ol class={ "bars " (tone) } {
            @for row in rows {
                li {
                    span.label { (label(row)) }
                    (bar(row.count, most))
                    span.value { (grouped(row.count)) }
                }
            }
        }
    }
}

fn label(row: &Bar) -> Markup {
    let words = printable(&row.label);
    html! {
        @match &row.link {
            Some(link) => a href=(link) { bdi { (words) } },
            None => bdi { (words) },
        }
    }
}

fn bar(count: u64, most: u64) -> Markup {
    html! {
        svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect.track width="100" height="1" {}
            rect.fill width=(share(count, most)) height="1" {}
        }
    }
}

/// One column of a histogram.
pub(super) struct Column {
    pub(super) label: String,
    pub(super) count: u64,
}

/// A histogram: columns side by side, each with its count above and its label below.
pub(super) fn histogram(columns: &[Column]) -> Markup {
    let most = columns.iter().map(|column| column.count).max().unwrap_or(0);
    html! {
        ol.histogram {
            @for column in columns {
                li.zero[column.count == 0] {
                    span.value { (grouped(column.count)) }
                    (upright(column.count, most))
                    span.label { (column.label) }
                }
            }
        }
    }
}

fn upright(count: u64, most: u64) -> Markup {
    let height = share(count, most);
    html! {
        svg viewBox="0 0 1 100" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect.fill y=(100.0 - height) width="1" height=(height) {}
        }
    }
}

/// Per cent of the most, to a tenth; what is there at all can be seen.
fn share(count: u64, most: u64) -> f64 {
    if count == 0 || most == 0 {
        return 0.0;
    }
    let share = count as f64 / most as f64;
    ((share * 1000.0).round() / 10.0).max(0.8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_is_full_and_a_short_one_is_seen() {
        assert_eq!([share(0, 7), share(7, 7), share(1, 3), share(1, 100_000)], [0.0, 100.0, 33.3, 0.8]);
        assert_eq!(share(0, 0), 0.0);
    }

    #[test]
    fn labels_are_escaped_and_printable() {
        let hostile = Bar { label: "<b>\u{202e}\u{1b}[1m".into(), link: Some("#\"><script>".into()), count: 1 };
        let chart = bars(&[hostile], "plain").into_string();
        assert!(chart.contains("&lt;b&gt;\u{FFFD}\u{FFFD}[1m"), "{chart}");
        assert!(chart.contains("href=\"#&quot;&gt;&lt;script&gt;\""), "{chart}");
    }
}

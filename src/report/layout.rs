//! Columns of the table, and its colours.
//!
//! Widths follow from the terminal's width alone, not from the pages: so every page's
//! lines stand under one another while the report is still being written.

use super::text::{elide, width};
use crate::base::Evidence;
use anstyle::{AnsiColor, Style};

/// Blanks between two columns, and before the first.
const GAP: usize = 2;

/// Cells of the longest name of an evidence.
const EVIDENCE_CELLS: usize = 9;

/// Below this width ids and bidder codes are left out.
const NARROW: usize = 64;

/// Cells of each column of a network's line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) network: usize,
    pub(super) roles: usize,
    pub(super) evidence: usize,
    /// Zero where the terminal is too narrow.
    pub(super) bidders: usize,
    /// Zero where the terminal is too narrow.
    pub(super) ids: usize,
}

impl Columns {
    /// Shares out the width of the terminal.
    pub(super) fn within(cells: usize) -> Self {
        if cells < NARROW {
            let room = cells.saturating_sub(3 * GAP + EVIDENCE_CELLS);
            let network = room.div_ceil(2);
            return Self { network, roles: room - network, evidence: EVIDENCE_CELLS, bidders: 0, ids: 0 };
        }
        let room = cells - 5 * GAP - EVIDENCE_CELLS;
        let share = |percent: usize, most: usize| (room * percent / 100).min(most);
        let (network, roles, bidders) = (share(24, 28), share(22, 26), share(24, 36));
        Self { network, roles, evidence: EVIDENCE_CELLS, bidders, ids: room - network - roles - bidders }
    }
}

/// The table's colours: none, or those of a terminal.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Palette {
    pub(super) has_colours: bool,
}

impl Palette {
    /// The text in a style.
    pub(super) fn paint(self, style: Style, text: &str) -> String {
        if self.has_colours && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// The text in a style, cut or filled to a column's width.
    pub(super) fn cell(self, style: Style, text: &str, cells: usize) -> String {
        let text = elide(text, cells);
        let padding = " ".repeat(cells.saturating_sub(width(&text)) + GAP);
        self.paint(style, &text) + &padding
    }
}

pub(super) const PLAIN: Style = Style::new();
pub(super) const STRONG: Style = Style::new().bold();
pub(super) const FAINT: Style = Style::new().dimmed();
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default();
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
pub(super) const FAILURE: Style = AnsiColor::Red.on_default();

/// The surer, the brighter.
pub(super) fn evidence_style(evidence: Evidence) -> Style {
    match evidence {
        Evidence::Evaluated => AnsiColor::Green.on_default(),
        Evidence::Declared => AnsiColor::Cyan.on_default(),
        Evidence::Salvaged => AnsiColor::Yellow.on_default(),
        Evidence::Request => AnsiColor::Blue.on_default(),
        Evidence::Markup => FAINT,
    }
}

/// The name that the report uses.
pub(super) fn evidence_name(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Evaluated => "evaluated",
        Evidence::Declared => "declared",
        Evidence::Salvaged => "salvaged",
        Evidence::Request => "request",
        Evidence::Markup => "markup",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fill_the_width_and_no_more() {
        for cells in [NARROW, 80, 100, 120, 200, 400] {
            let columns = Columns::within(cells);
            let sum = columns.network + columns.roles + columns.evidence + columns.bidders + columns.ids + 5 * GAP;
            assert_eq!(sum, cells);
            assert!(columns.network >= 10 && columns.ids >= 10, "{columns:?}");
        }
    }

    #[test]
    fn a_narrow_terminal_keeps_the_names() {
        let columns = Columns::within(40);
        assert_eq!((columns.bidders, columns.ids), (0, 0));
        assert!(columns.network >= 12);
        assert_eq!(Columns::within(0).network, 0);
    }
}

//! The report for spreadsheets: one kind of row, with a line of names before.
//!
//! Text is shown as on a terminal, on one line; what a spreadsheet would take for a formula
//! gets an apostrophe. Rows are written page by page; those of sites and accounts at the end.

mod cell;
mod rows;

use super::{PageReport, Render, Summary};

/// What a row stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CsvTable {
    /// A network on a page.
    #[default]
    Networks,
    /// An ad unit.
    AdUnits,
    /// A bidder of an ad unit.
    Bids,
    /// An ad slot.
    Slots,
    /// A third-party URL that a page names.
    Requests,
    /// Something wrong with an ad unit or bid.
    Problems,
    /// A rule that matched.
    Findings,
    /// A site.
    Sites,
    /// A publisher's account on a site.
    Accounts,
}

/// One table as comma-separated values.
#[derive(Clone, Copy, Debug, Default)]
pub struct Csv {
    table: CsvTable,
}

impl Csv {
    /// The table of these rows.
    #[must_use]
    pub fn new(table: CsvTable) -> Self {
        Self { table }
    }
}

impl Render for Csv {
    fn begin(&self) -> String {
        format!("{}\n", rows::names(self.table))
    }

    fn page(&self, page: &PageReport) -> String {
        match self.table {
            CsvTable::Networks => rows::networks(page),
            CsvTable::AdUnits => rows::ad_units(page),
            CsvTable::Bids => rows::bids(page),
            CsvTable::Slots => rows::slots(page),
            CsvTable::Requests => rows::requests(page),
            CsvTable::Problems => rows::problems(page),
            CsvTable::Findings => rows::findings(page),
            CsvTable::Sites | CsvTable::Accounts => String::new(),
        }
    }

    fn end(&self, summary: &Summary) -> String {
        match self.table {
            CsvTable::Sites => rows::sites(summary),
            CsvTable::Accounts => rows::accounts(summary),
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{hostile_page, sample_page};
    use super::*;

    const ALL: [CsvTable; 9] = [
        CsvTable::Networks,
        CsvTable::AdUnits,
        CsvTable::Bids,
        CsvTable::Slots,
        CsvTable::Requests,
        CsvTable::Problems,
        CsvTable::Findings,
        CsvTable::Sites,
        CsvTable::Accounts,
    ];

    fn rendered(table: CsvTable, page: &PageReport) -> String {
        let csv = Csv::new(table);
        csv.begin() + &csv.page(page) + &csv.end(&Summary::of(page))
    }

    #[test]
    fn every_table_has_its_rows() {
        let tables = ALL.map(|table| format!("{table:?}\n{}", rendered(table, &sample_page())));
        insta::assert_snapshot!(tables.join("\n"));
    }

    #[test]
    fn every_row_has_as_many_cells_as_there_are_names() {
        for (table, page) in ALL.into_iter().flat_map(|table| [(table, sample_page()), (table, hostile_page())]) {
            let text = rendered(table, &page);
            let counts: Vec<usize> = text.lines().map(cells).collect();
            assert!(
                counts.len() > 1 && counts.iter().all(|&count| count == counts[0]),
                "{table:?}: {counts:?}\n{text}"
            );
        }
    }

    #[test]
    fn a_page_cannot_reach_the_spreadsheet() {
        let tables = ALL.map(|table| format!("{table:?}\n{}", rendered(table, &hostile_page())));
        let text = tables.join("\n");
        assert!(!text.contains(['\x1b', '\r', '\u{202e}']));
        assert!(!text.contains(",=") && !text.contains(",\"=") && !text.contains("\n="), "{text}");
        insta::assert_snapshot!(text);
    }

    /// Commas outside of quotes, and one.
    fn cells(line: &str) -> usize {
        let mut is_quoted = false;
        let commas = line.chars().filter(|&c| {
            is_quoted ^= c == '"';
            c == ',' && !is_quoted
        });
        commas.count() + 1
    }
}

//! A difference for tickets.

use super::super::markdown::{code, span, table};
use super::table::told;
use super::{Change, Difference};
use std::fmt::Write;

/// The difference as headings and tables; every text of a page stands in code.
#[must_use]
pub fn diff_markdown(difference: &Difference) -> String {
    let sides = difference.pages_compared;
    let mut text = format!(
        "# Difference\n\n{} and {} pages compared, {} differ.\n\n",
        sides.before,
        sides.after,
        difference.pages.len()
    );
    let overall = difference.overall.iter().map(|one| {
        vec![one.what.name().into(), code(&one.name), one.pages.before.to_string(), one.pages.after.to_string()]
    });
    text += &table(&["What", "Name", "Pages before", "Pages after"], overall);
    for page in &difference.pages {
        let note = match page.change {
            Change::Came => " (only in the second)",
            Change::Went => " (only in the first)",
            Change::Changed => "",
        };
        let _ = write!(text, "## {}{note}\n\n", span(&page.page));
        let rows = page.changes.iter();
        let rows = rows.map(|one| vec![sign(one.change).into(), one.what.name().into(), code(&told(one))]);
        text += &table(&["", "What", "Which"], rows);
    }
    text
}

fn sign(change: Change) -> &'static str {
    match change {
        Change::Came => "came",
        Change::Went => "went",
        Change::Changed => "changed",
    }
}

//! The report as a page of its own: one file that a browser opens without a network.
//!
//! In: the pages as they come, then the [`Summary`]. Out: HTML with its style and script inside. The
//! overview is drawn here; each page's findings are packed ([`data`]) and unpacked by the script when a
//! reader opens that page, so ten thousand pages stay usable.
//!
//! What a page says is hostile. Here it stands in escaped markup or packed; in the browser the script
//! writes text nodes only, and the policy in the file forbids every other script, style and request.
//! Memory: nothing of a page is kept but its share of the [`Tally`].

mod chart;
mod data;
mod document;
mod tally;
mod words;

use super::{PageReport, Render, Summary};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tally::Tally;

/// One self-contained HTML file for people.
#[derive(Debug, Default)]
pub struct Html {
    /// Sums, so that the order in which threads add their pages does not matter.
    tally: Mutex<Tally>,
}

impl Html {
    /// A report without pages yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        // Sums of a thread that panicked are whole: they are added page by page.
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Render for Html {
    fn begin(&self) -> String {
        document::head()
    }

    fn page(&self, page: &PageReport) -> String {
        // A list of sellers is no page: it speaks through the accounts.
        if page.sellers.is_some() {
            return String::new();
        }
        self.tally().add(page);
        data::page_block(page)
    }

    fn end(&self, summary: &Summary) -> String {
        document::body(summary, &self.tally())
    }
}

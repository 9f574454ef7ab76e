//! How far the scan is, on stderr and only on a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// A line that counts pages, or nothing.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Shows progress if `is_shown` and stderr is a terminal.
    pub(super) fn new(is_shown: bool) -> Self {
        if !is_shown {
            return Self { bar: ProgressBar::hidden() };
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{spinner} {human_pos} pages, {per_sec}");
        bar.set_style(style.expect("the template is fixed, and correct"));
        // A drawing thread only where there is something to draw on.
        if !bar.is_hidden() {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Self { bar }
    }

    /// One page more is done.
    pub(super) fn advance(&self) {
        self.bar.inc(1);
    }

    /// Runs `print` while the line is out of the way.
    pub(super) fn pause<R>(&self, print: impl FnOnce() -> R) -> R {
        self.bar.suspend(print)
    }

    /// Takes the line away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

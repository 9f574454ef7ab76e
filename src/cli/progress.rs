//! How far the scan is, on stderr and only on a terminal.

use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeSet;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Bytes of the input: how many were read, and how many there are once that is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Counter {
    read: Arc<AtomicU64>,
    total: Arc<AtomicU64>,
}

impl Counter {
    /// Counts bytes that were read.
    pub(super) fn add(&self, bytes: u64) {
        self.read.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Says how many bytes there are.
    pub(super) fn set_total(&self, bytes: u64) {
        self.total.store(bytes, Ordering::Relaxed);
    }

    /// The reader, counted.
    pub(super) fn counting<R>(&self, reader: R) -> Counting<R> {
        Counting { reader, counter: self.clone() }
    }
}

/// A reader whose bytes are counted.
pub(super) struct Counting<R> {
    reader: R,
    counter: Counter,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(into)?;
        self.counter.add(read as u64);
        Ok(read)
    }
}

impl<R: Seek> Seek for Counting<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.reader.seek(to)
    }
}

/// A line that counts pages and networks and says how long it will take, or nothing.
pub(super) struct Progress {
    bar: ProgressBar,
    counter: Counter,
    began: Instant,
    pages: u64,
    networks: BTreeSet<String>,
}

impl Progress {
    /// Shows progress if `is_shown` and stderr is a terminal.
    pub(super) fn new(is_shown: bool, counter: Counter) -> Self {
        let bar = if is_shown {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{spinner} {msg}");
            bar.set_style(style.expect("the template is fixed, and correct"));
            bar
        } else {
            ProgressBar::hidden()
        };
        // A drawing thread only where there is something to draw on.
        if !bar.is_hidden() {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Self { bar, counter, began: Instant::now(), pages: 0, networks: BTreeSet::new() }
    }

    /// Is there a line to look at?
    pub(super) fn is_shown(&self) -> bool {
        !self.bar.is_hidden()
    }

    /// One page more is done, on which these networks were found.
    pub(super) fn advance<'n>(&mut self, networks: impl Iterator<Item = &'n String>) {
        if self.bar.is_hidden() {
            return;
        }
        self.pages += 1;
        for id in networks {
            if !self.networks.contains(id) {
                self.networks.insert(id.clone());
            }
        }
        self.bar.set_message(self.words(self.began.elapsed()));
    }

    fn words(&self, elapsed: Duration) -> String {
        let seconds = elapsed.as_secs_f64().max(0.001);
        let (read, total) = (self.counter.read.load(Ordering::Relaxed), self.counter.total.load(Ordering::Relaxed));
        let rate = self.pages as f64 / seconds;
        let pages = HumanCount(self.pages);
        let mut words = format!("{pages} pages, {rate:.0}/s, {} networks", self.networks.len());
        if total > 0 && read > 0 {
            let share = (read as f64 / total as f64).min(1.0);
            let left = Duration::from_secs_f64(seconds * (1.0 - share) / share.max(1e-6));
            words += &format!(", {:.0} %, {} left", share * 100.0, HumanDuration(left));
        }
        words
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_rate_networks_and_time_left() {
        let counter = Counter::default();
        let mut progress = Progress::new(false, counter.clone());
        (progress.pages, progress.networks) = (1500, BTreeSet::from(["google".to_owned()]));
        let elapsed = Duration::from_secs(10);
        assert_eq!(progress.words(elapsed), "1,500 pages, 150/s, 1 networks");
        counter.add(25);
        counter.set_total(100);
        assert_eq!(progress.words(elapsed), "1,500 pages, 150/s, 1 networks, 25 %, 30 seconds left");
    }
}

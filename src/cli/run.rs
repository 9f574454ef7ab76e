//! Runs jobs on many threads and writes their reports, in the order of the jobs.
//!
//! What cannot be read costs a message and the exit code, never the run.

use super::Outcome;
use super::form_args::FormArguments;
use super::message::{self, plain_words};
use super::ordered::in_order;
use super::output::{Form, Output, Rendered, shares_terminal};
use super::progress::Progress;
use adsieve::report::{PageReport, Summary};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::io;
use std::ops::ControlFlow;
use std::path::Path;

/// Trees of scripts and values are walked by recursion; only what is used costs memory.
const STACK_BYTES: usize = 64 << 20;

/// What became of one job.
pub(super) struct Done {
    rendered: Rendered,
    summary: Summary,
    is_page: bool,
}

impl Done {
    /// A page's report.
    pub(super) fn page(report: PageReport, form: &Form) -> Self {
        let summary = Summary::of(&report);
        Self { rendered: form.page(report), summary, is_page: true }
    }

    /// What stands around the pages.
    pub(super) fn nothing() -> Self {
        Self { rendered: Rendered::nothing(), summary: Summary::default(), is_page: false }
    }

    /// Something that has no page.
    pub(super) fn unread(path: impl Into<String>, why: impl Into<String>) -> Self {
        let mut summary = Summary::default();
        summary.add_unreadable(path, why);
        Self { rendered: Rendered::nothing(), summary, is_page: false }
    }
}

/// How a run is done.
pub(super) struct Run<'a> {
    pub(super) form: &'a FormArguments,
    pub(super) threads: Option<u16>,
    pub(super) is_quiet: bool,
}

impl Run<'_> {
    /// Opens the output, does `work` on each job, and writes what comes back.
    pub(super) fn reports<J: Send>(
        &self,
        jobs: impl Iterator<Item = J>,
        work: impl Fn(J, &Form) -> Done + Sync,
    ) -> Outcome {
        if let Some(mistake) = self.form.mistake() {
            message::error(mistake, "see `--help`");
            return Outcome::Usage;
        }
        let form = Form::new(self.form);
        let output = match Output::open(self.form.output.as_deref(), &form) {
            Ok(output) => output,
            Err(error) => return self.cannot_write(&error),
        };
        match thread_pool(self.threads) {
            Ok(pool) => self.write(&pool, output, jobs, |job| work(job, &form)),
            Err(error) => {
                message::error(&error.to_string(), "use a smaller `--threads`");
                Outcome::Usage
            }
        }
    }

    fn write<J: Send>(
        &self,
        pool: &ThreadPool,
        mut output: Output<'_>,
        jobs: impl Iterator<Item = J>,
        work: impl Fn(J) -> Done + Sync,
    ) -> Outcome {
        let progress = Progress::new(!self.is_quiet);
        let is_shared = shares_terminal(self.form);
        let mut summary = Summary::default();
        let mut written = Ok(());
        let take = |done: Done| {
            if !self.is_quiet && !done.summary.unreadable.is_empty() {
                progress.pause(|| report_unread(&done));
            }
            // Drawing the progress line again costs more than a quiet page.
            let is_seen = is_shared && !done.rendered.is_unseen();
            written =
                if is_seen { progress.pause(|| output.page_now(done.rendered)) } else { output.page(done.rendered) };
            summary.merge(done.summary);
            progress.advance();
            if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        in_order(pool, jobs, work, take);
        progress.finish();
        match written.and_then(|()| output.end(&summary)) {
            Err(error) => self.cannot_write(&error),
            Ok(()) => self.outcome(&summary),
        }
    }

    /// A condition that was asked about holds whatever could not be read.
    fn outcome(&self, summary: &Summary) -> Outcome {
        if self.form.fail_on.iter().any(|condition| condition.holds(summary)) {
            return Outcome::Holds;
        }
        if !summary.unreadable.is_empty() {
            return Outcome::Incomplete;
        }
        if summary.pages + summary.seller_lists == 0 && !self.is_quiet {
            message::warning("no pages found", "name a file to read it whatever it is called");
        }
        Outcome::Done
    }

    /// A reader that went away wants no more: that is no failure.
    fn cannot_write(&self, error: &io::Error) -> Outcome {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Outcome::Done;
        }
        let place = self.form.output.as_deref().unwrap_or(Path::new("standard output"));
        message::error(&format!("the report cannot be written: {}", plain_words(error)), &place.to_string_lossy());
        Outcome::Incomplete
    }
}

/// Threads that can scan and render pages of strangers.
pub(super) fn thread_pool(threads: Option<u16>) -> Result<ThreadPool, rayon::ThreadPoolBuildError> {
    let threads = threads.map_or(0, usize::from);
    ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK_BYTES).build()
}

fn report_unread(done: &Done) {
    for unread in &done.summary.unreadable {
        let what = if done.is_page { "the page could not be scanned" } else { &unread.message };
        let place = if done.is_page { format!("{}: {}", unread.path, unread.message) } else { unread.path.clone() };
        message::error(what, &place);
    }
}

//! Runs jobs on many threads and writes their reports, in the order of the jobs.
//!
//! What cannot be read costs a message and the exit code, never the run.

use super::Outcome;
use super::form_args::FormArguments;
use super::message::{self, plain_words};
use super::ordered::{Order, run_jobs};
use super::output::{Form, Output, Rendered, shares_terminal};
use super::progress::{Counter, Progress};
use adsieve::report::{PageReport, Summary, Unread};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::io;
use std::ops::ControlFlow;
use std::path::Path;

/// Trees of scripts and values are walked by recursion; only what is used costs memory.
const STACK_BYTES: usize = 64 << 20;

/// What became of one job.
pub(super) struct Done {
    pub(super) rendered: Rendered,
    pub(super) summary: Summary,
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

    /// Says what could not be read, if anything; `pause` keeps the progress line out of it.
    pub(super) fn tell_unread(&self, pause: impl FnOnce(&mut dyn FnMut())) {
        if self.summary.unreadable.is_empty() {
            return;
        }
        pause(&mut || {
            for Unread { path, message } in &self.summary.unreadable {
                let of_page = format!("{path}: {message}");
                let (what, place) =
                    if self.is_page { ("the page could not be scanned", &of_page) } else { (&**message, path) };
                message::error(what, place);
            }
        });
    }
}

/// Does `work` on each job and writes what comes back.
pub(super) fn write_reports<J: Send>(
    arguments: &FormArguments,
    threads: Option<u16>,
    is_quiet: bool,
    jobs: impl Iterator<Item = J>,
    work: impl Fn(J, &Form) -> Done + Sync,
) -> Outcome {
    if !is_usable(arguments) {
        return Outcome::Usage;
    }
    let form = Form::new(arguments);
    let pool = match thread_pool(threads) {
        Ok(pool) => pool,
        Err(outcome) => return outcome,
    };
    let mut output = match Output::open(arguments.output.as_deref(), &form) {
        Ok(output) => output,
        Err(error) => return cannot_write(arguments, &error),
    };
    let mut progress = Progress::new(!is_quiet, Counter::default());
    let is_shared = shares_terminal(arguments);
    let mut summary = Summary::default();
    let mut written = Ok(());
    let take = |done: Done| {
        if !is_quiet {
            done.tell_unread(|tell| progress.pause(tell));
        }
        let is_seen = is_shared && !done.rendered.is_unseen();
        written = if is_seen { progress.pause(|| output.page_now(done.rendered)) } else { output.page(done.rendered) };
        progress.advance(done.summary.networks.keys());
        summary.merge(done.summary);
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    run_jobs(&pool, Order::Input, jobs, |_| 0, |job| work(job, &form), take);
    progress.finish();
    match written.and_then(|()| output.end(&summary)) {
        Err(error) => cannot_write(arguments, &error),
        Ok(()) => outcome(&summary, arguments, is_quiet),
    }
}

/// Can the form be written as it was asked for? Says what cannot.
pub(super) fn is_usable(arguments: &FormArguments) -> bool {
    let mistake = arguments.mistake();
    if let Some(mistake) = mistake {
        message::error(mistake, "see `--help`");
    }
    mistake.is_none()
}

/// How it ended. A condition that was asked about holds whatever could not be read.
pub(super) fn outcome(summary: &Summary, arguments: &FormArguments, is_quiet: bool) -> Outcome {
    if arguments.fail_on.iter().any(|condition| condition.holds(summary)) {
        return Outcome::Holds;
    }
    if !summary.unreadable.is_empty() {
        return Outcome::Incomplete;
    }
    if summary.pages + summary.seller_lists == 0 && !is_quiet {
        message::warning("no pages found", "name a file to read it whatever it is called");
    }
    Outcome::Done
}

/// A reader that went away wants no more: that is no failure.
pub(super) fn cannot_write(arguments: &FormArguments, error: &io::Error) -> Outcome {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Outcome::Done;
    }
    let place = arguments.output.as_deref().unwrap_or(Path::new("standard output"));
    message::error(&format!("the report cannot be written: {}", plain_words(error)), &place.to_string_lossy());
    Outcome::Incomplete
}

/// Threads that can scan and render pages of strangers; says why there are none.
pub(super) fn thread_pool(threads: Option<u16>) -> Result<ThreadPool, Outcome> {
    let threads = threads.map_or(0, usize::from);
    ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK_BYTES).build().map_err(|error| {
        message::error(&error.to_string(), "use a smaller `--threads`");
        Outcome::Usage
    })
}

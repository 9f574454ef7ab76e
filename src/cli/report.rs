//! `adsieve report`: any form of the report again, from stored results.

use super::Outcome;
use super::args::ReportArguments;
use super::run::{Done, Run};
use super::stored::{Line, lines};

/// Writes the stored reports in the form that was asked for.
pub(super) fn report(arguments: &ReportArguments) -> Outcome {
    let run = Run { form: &arguments.form, threads: arguments.threads, is_quiet: arguments.quiet };
    let jobs = lines(&arguments.paths);
    run.reports(jobs, |line: Line, form| match line.page() {
        Ok(Some(page)) => Done::page(page, form),
        Ok(None) => Done::nothing(),
        Err(why) => Done::unread(line.place, why),
    })
}

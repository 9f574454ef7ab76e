//! `adsieve report`: any form of the report again, from stored results.

use super::Outcome;
use super::args::ReportArguments;
use super::message;
use super::run::{Done, write_reports};
use super::stored::{Line, lines};
use adsieve::Registry;

/// Writes the stored reports in the form that was asked for.
pub(super) fn report(arguments: &ReportArguments) -> Outcome {
    // Stored results may name networks that only their makers' rules know.
    for mistake in arguments.form.fail_on.iter().filter_map(|condition| condition.mistake(Registry::built_in())) {
        if !arguments.quiet {
            message::warning(&mistake, "--fail-on");
        }
    }
    let jobs = lines(&arguments.paths);
    write_reports(&arguments.form, arguments.threads, arguments.quiet, jobs, |line: Line, form| match line.page() {
        Ok(Some(page)) => Done::page(page, form),
        Ok(None) => Done::nothing(),
        Err(why) => Done::unread(line.place, why),
    })
}

//! The command line: one file for each subcommand, over the library's public API.
//!
//! Stdout gets the result and nothing else; messages and progress go to stderr.

mod args;
mod check;
mod clean;
mod clean_report;
mod clean_target;
mod contain;
mod diff;
mod explain;
mod fail_on;
mod feed;
mod filter_args;
mod form_args;
#[cfg(feature = "serve")]
mod icap;
mod interrupt;
mod json_field;
mod manual;
mod message;
mod ordered;
mod output;
mod print;
mod progress;
#[cfg(feature = "serve")]
mod proxy;
mod report;
mod resume;
mod rules;
mod run;
mod scan;
mod select;
#[cfg(feature = "serve")]
mod serve_args;
mod stored;
mod walk;

use args::{Arguments, Command};
use clap::Parser;

/// How a run ended; main.rs turns it into the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All was done.
    Done,
    /// All was done, and a condition that was asked about holds.
    Holds,
    /// The command line asks for something that cannot be.
    Usage,
    /// Some input could not be read, or the result not be written; the rest was done.
    Incomplete,
}

/// Runs the program with the arguments of the process.
pub(crate) fn run() -> Outcome {
    match Arguments::try_parse() {
        Ok(arguments) => match arguments.command {
            Command::Scan(arguments) => scan::scan(&arguments),
            Command::Report(arguments) => report::report(&arguments),
            Command::Explain(arguments) => explain::explain_page(&arguments),
            Command::Diff(arguments) => diff::diff(&arguments),
            Command::Rules(arguments) => rules::rules(&arguments),
            Command::Clean(arguments) => clean::clean(&arguments),
            Command::Check(arguments) => check::check(&arguments),
            #[cfg(feature = "serve")]
            Command::Proxy(arguments) => proxy::proxy(*arguments),
            #[cfg(feature = "serve")]
            Command::Icap(arguments) => icap::icap(*arguments),
            Command::Schema => schema(),
            Command::Completions(arguments) => manual::completions(&arguments),
            Command::Man(arguments) => manual::man(&arguments),
        },
        Err(error) => {
            // Where help cannot be printed nobody reads it: a closed pipe is no failure.
            let _ = error.print();
            if error.use_stderr() { Outcome::Usage } else { Outcome::Done }
        }
    }
}

fn schema() -> Outcome {
    let schema = serde_json::to_string_pretty(&adsieve::report::page_schema()).expect("a JSON value can be written");
    print::print(&(schema + "\n"))
}

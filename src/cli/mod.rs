//! The command line: one file for each subcommand, over the library's public API.
//!
//! Stdout gets the result and nothing else; messages and progress go to stderr.

mod args;
mod check;
mod clean;
mod contain;
mod filter_args;
mod json_field;
mod message;
mod ordered;
mod output;
mod progress;
mod rules;
mod scan;
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
            Command::Rules(arguments) => rules::rules(&arguments),
            Command::Clean(arguments) => clean::clean(&arguments),
            Command::Check(arguments) => check::check(&arguments),
        },
        Err(error) => {
            // Where help cannot be printed nobody reads it: a closed pipe is no failure.
            let _ = error.print();
            if error.use_stderr() { Outcome::Usage } else { Outcome::Done }
        }
    }
}

//! The `adsieve` program: turns the outcome of the command line into an exit code.

mod cli;

use cli::Outcome;
use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Outcome::Done => ExitCode::SUCCESS,
        Outcome::Usage => ExitCode::from(2),
        Outcome::Incomplete => ExitCode::from(3),
    }
}

//! The `adsieve` program: turns the outcome of the command line into an exit code.

mod cli;
#[cfg(feature = "serve")]
mod serve;

/// Evaluation makes many small objects.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use cli::Outcome;
use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Outcome::Done => ExitCode::SUCCESS,
        Outcome::Holds => ExitCode::from(1),
        Outcome::Usage => ExitCode::from(2),
        Outcome::Incomplete => ExitCode::from(3),
    }
}

//! `adsieve rules`: what adsieve knows, and checks for those who teach it more.

mod args;
mod check;
mod frame;
mod list;
mod listed;
mod markdown;
mod read;
mod run_examples;
mod show;

pub(super) use args::RulesArguments;
use read::read;
pub(super) use read::{read_onto, tell_error};

use super::Outcome;
use args::RulesCommand;

/// Does what the subcommand says.
pub(super) fn rules(arguments: &RulesArguments) -> Outcome {
    match &arguments.command {
        RulesCommand::List(arguments) => list::list(arguments),
        RulesCommand::Show(arguments) => show::show(arguments),
        RulesCommand::Check(arguments) => check::check(arguments),
        RulesCommand::Test(arguments) => run_examples::run_examples(arguments),
        RulesCommand::Schema => {
            let schema = serde_json::to_string_pretty(&adsieve::rule_schema()).expect("a JSON value can be written");
            print(&(schema + "\n"))
        }
    }
}

/// Writes the result; a reader that went away wants no more.
fn print(text: &str) -> Outcome {
    use std::io::Write as _;
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            super::message::error(&super::message::plain_words(&error), "standard output");
            Outcome::Incomplete
        }
        _ => Outcome::Done,
    }
}

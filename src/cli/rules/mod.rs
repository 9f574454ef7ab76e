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
pub(super) use read::read_onto;

use super::Outcome;
use super::print::print;
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

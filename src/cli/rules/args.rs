//! The arguments of `adsieve rules`.

use clap::{Args, Subcommand, ValueEnum, ValueHint};
use std::path::PathBuf;

/// Shows, checks and tests what adsieve knows
///
/// Ad products, bidder codes, organisations, and the rules that recognise them:
/// the built-in ones and your own. docs/rules.md says how to write a rule.
#[derive(Args, Debug)]
#[command(disable_help_subcommand = true)]
pub(in crate::cli) struct RulesArguments {
    #[command(subcommand)]
    pub(super) command: RulesCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    List(ListArguments),
    Show(ShowArguments),
    Check(CheckArguments),
    Test(TestArguments),
    /// Prints the JSON Schema of a rule file, for editors
    Schema,
}

/// Lists ad products and bidder codes
///
/// Products, with the role they play and the organisation behind them; bidder
/// codes where `--role bidder` or another filter asks for them.
#[derive(Args, Debug)]
pub(super) struct ListArguments {
    /// Only this role: ad-server, ssp, header-bidding, native, …, or bidder
    #[arg(long)]
    pub(super) role: Option<String>,

    /// Only what belongs to this organisation: its id or name
    #[arg(long, value_name = "ID")]
    pub(super) network: Option<String>,

    /// Only what has TEXT in an id, name, host or global
    #[arg(long)]
    pub(super) text: Option<String>,

    /// Form of the list
    #[arg(short, long, value_enum, default_value_t = ListFormat::Table)]
    pub(super) format: ListFormat,

    #[command(flatten)]
    pub(super) own: OwnRules,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// One line each
    Table,
    /// One object
    Json,
    /// What is covered, by role, with counts
    Markdown,
}

/// Shows what is known under an id
///
/// The id of a product, rule, organisation or bidder code: what it says, and how
/// each pattern was understood.
#[derive(Args, Debug)]
pub(super) struct ShowArguments {
    /// Id of a product, rule or organisation, or a bidder code
    pub(super) id: String,

    #[command(flatten)]
    pub(super) own: OwnRules,
}

/// Checks rule files
///
/// Tells every mistake at once, with its place and a way to mend it. Ends with 1
/// where there is an error.
#[derive(Args, Debug)]
pub(super) struct CheckArguments {
    /// Folders or files [default: the built-in rules]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(super) paths: Vec<PathBuf>,

    /// Form of the mistakes
    #[arg(short, long, value_enum, default_value_t = CheckFormat::Long)]
    pub(super) format: CheckFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CheckFormat {
    /// With the line of the file
    Long,
    /// One line each, for editors: `file:line:column: error: …`
    Short,
}

/// Runs the examples and counterexamples in rule files
///
/// All of the built-in rules and of your own, through the same stages as a page.
/// Ends with 1 where one does not hold.
#[derive(Args, Debug)]
pub(super) struct TestArguments {
    /// Folders or files with rules of your own
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(super) paths: Vec<PathBuf>,
}

/// Rules of the user's own, as in `adsieve scan`.
#[derive(Args, Debug)]
pub(super) struct OwnRules {
    /// Add the rules in DIR; may be given more than once
    #[arg(long = "rules", value_name = "DIR", value_hint = ValueHint::AnyPath)]
    pub(super) paths: Vec<PathBuf>,
}

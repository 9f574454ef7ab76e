//! The arguments: one definition for the parser, `-h` and `--help`.

use super::check::CheckArguments;
use super::rules::RulesArguments;
use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use std::path::PathBuf;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  done, and a condition that was asked about holds
  2  the command line is wrong
  3  some input could not be read; the rest was done and reported";

const SCAN_EXAMPLES: &str = "\
Examples:
  adsieve scan page.html
      The ad networks of one page, as a table
  adsieve scan saved/ --format ndjson > report.ndjson
      A folder with all below it, one JSON object a page
  curl -s https://example.com/ | adsieve scan - --url https://example.com/
      A page from standard input
  adsieve scan saved/ --format json | jq '.summary.networks[:5]'
      The five networks on most pages

Exit codes:
  0  done
  2  the command line is wrong
  3  some input could not be read; the rest was done and reported";

const CLEAN_EXAMPLES: &str = "\
Examples:
  adsieve clean article.txt > cleaned.txt
      A text without its ad code
  adsieve clean --in-place --report articles/*.txt
      Files cleaned where they are (copies end in .orig), with what was cut on stderr
  adsieve clean --check corpus.txt
      Exit code 1 if anything would be cut
  adsieve clean --text-field body < pages.ndjson - > cleaned.ndjson
      One field of each line of NDJSON

Exit codes:
  0  done
  1  done, and with `--check` something would be cut
  2  the command line is wrong
  3  some input could not be read or written; the rest was done";

/// Finds ad code in saved web pages
///
/// Names the ad networks, ad units, bidders and bid params that a page's scripts
/// would hand to header bidding libraries and ad servers. Scripts are evaluated
/// abstractly: no code of a page runs, and nothing is fetched.
#[derive(Debug, Parser)]
#[command(name = "adsieve", version, styles = STYLES, after_long_help = EXIT_CODES, disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Scan(ScanArguments),
    Rules(RulesArguments),
    Clean(CleanArguments),
    Check(CheckArguments),
}

/// Lists the ad networks of saved pages
///
/// Reads HTML pages, scripts and texts, and lists the ad networks, ad units,
/// bidders, bid params and ad slots of each.
#[derive(Args, Debug)]
#[command(after_long_help = SCAN_EXAMPLES)]
pub(super) struct ScanArguments {
    /// Files, folders, or `-` for standard input
    ///
    /// A named file is read whatever it is called. Folders are searched with all
    /// below them, hidden and git-ignored files too, for names that end in .html,
    /// .htm, .xhtml, .shtml or .js, and for files without an ending that begin as
    /// a page does.
    #[arg(required = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(super) paths: Vec<PathBuf>,

    /// Form of the report
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    pub(super) format: Format,

    /// The page's own URL
    ///
    /// Relative URLs are resolved against it, and it tells third parties from the
    /// first. Without it the page's own markup is asked.
    #[arg(long, value_parser = parse_url, value_hint = ValueHint::Url)]
    pub(super) url: Option<String>,

    /// Write the report to FILE
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) output: Option<PathBuf>,

    /// Show each problem of an ad unit or bid in the table
    #[arg(long)]
    pub(super) problems: bool,

    /// Add the rules in DIR; may be given more than once
    ///
    /// A rule with the id of a built-in one takes its place, which is said. Rules
    /// with a mistake stop the run before any page is read.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath)]
    pub(super) rules: Vec<PathBuf>,

    /// Tell which rule of the filter list in FILE would block each request; may be given more than once
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) list: Vec<PathBuf>,

    /// Evaluate every script, whether a rule could match or not
    #[arg(long, hide = true)]
    pub(super) no_prefilter: bool,

    /// Width of the table in columns [default: the terminal's, or 120]
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(24..))]
    pub(super) width: Option<u16>,

    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub(super) color: Color,

    /// Threads to scan with [default: one for each processor]
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,

    /// No messages and no progress on stderr
    #[arg(short, long)]
    pub(super) quiet: bool,
}

/// Cuts leaked ad code out of text
///
/// Ad scripts, ad styles and ad markup that have leaked into text are cut, also
/// where editors, translators or teasers have damaged them. White space around a cut
/// is mended; nothing else changes by a byte. Samples of code in a text about code
/// stay. Cleaning twice equals cleaning once.
#[derive(Args, Debug)]
#[command(after_long_help = CLEAN_EXAMPLES)]
pub(super) struct CleanArguments {
    /// HTML pages, text files in UTF-8, folders of pages, or `-` for standard input
    ///
    /// A page loses its ad scripts, ad markup and leaked ad code; all other bytes
    /// stay. What is cleaned is written to standard output one behind the other; a
    /// folder needs `-o DIR`, `--in-place` or `--check`.
    #[arg(required = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(super) paths: Vec<PathBuf>,

    /// Write the cleaned text to FILE; of a folder, each page under the same name below DIR
    #[arg(short, long, value_name = "FILE|DIR", value_hint = ValueHint::AnyPath, conflicts_with_all = ["in_place", "check"])]
    pub(super) output: Option<PathBuf>,

    /// Clean the files where they are; each that changes leaves a copy with SUFFIX behind its name
    #[arg(short, long, value_name = "SUFFIX", num_args = 0..=1, require_equals = true, default_missing_value = ".orig", value_parser = parse_suffix, conflicts_with = "check")]
    pub(super) in_place: Option<String>,

    /// What to cut
    #[arg(long, value_enum, default_value_t = WhatToCut::Ad)]
    pub(super) what: WhatToCut,

    /// Cut also what looks like an honest sample of code
    #[arg(long)]
    pub(super) force: bool,

    /// Say on stderr what was cut or kept: where, why and whose it was
    #[arg(long)]
    pub(super) report: bool,

    /// Write no text; exit with 1 if anything would be cut
    #[arg(long)]
    pub(super) check: bool,

    /// Clean this field of each line of NDJSON (may be repeated); all else of a line stays
    #[arg(long, value_name = "NAME")]
    pub(super) text_field: Vec<String>,
}

/// What `clean` cuts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum WhatToCut {
    /// Ad code
    Ad,
    /// All code that has leaked
    Code,
}

/// The forms of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people; programs should ask for another form
    Table,
    /// One object: all pages, then a summary
    Json,
    /// One object a line for each page
    Ndjson,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

fn parse_suffix(text: &str) -> Result<String, String> {
    let is_suffix = !text.is_empty() && !text.contains(['/', '\\']);
    if is_suffix { Ok(text.to_owned()) } else { Err("a suffix is not empty and has no slash in it".into()) }
}

fn parse_url(text: &str) -> Result<String, String> {
    match url::Url::parse(text) {
        Ok(url) if url.has_host() => Ok(text.to_owned()),
        Ok(_) => Err("no host in it; a page's URL looks like `https://example.com/page`".into()),
        Err(error) => Err(format!("{error}; a page's URL looks like `https://example.com/page`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definitions_agree_with_one_another() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn only_whole_urls_are_taken() {
        assert!(parse_url("https://example.com/a").is_ok());
        assert!(parse_url("example.com").is_err());
        assert!(parse_url("mailto:a@example.com").is_err());
    }
}

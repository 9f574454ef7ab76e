//! The arguments: one definition for the parser, `-h` and `--help`.

use super::check::CheckArguments;
use super::filter_args::FilterArguments;
use super::form_args::{Color, FormArguments};
#[cfg(feature = "serve")]
use super::icap::IcapArguments;
#[cfg(feature = "serve")]
use super::proxy::ProxyArguments;
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
  adsieve scan saved/ --format html -o report.html
      A folder, to look around in with a browser
  curl -s https://example.com/ | adsieve scan - --url https://example.com/
      A page from standard input
  adsieve scan crawl.warc.gz --format ndjson -o report.ndjson --resume state.json
      A crawl, so that the run can be interrupted and go on
  adsieve scan saved/ --format json | jq '.summary.networks[:5]'
      The five networks on most pages
  adsieve scan build/ --fail-on role:header-bidding --format sarif -o ads.sarif
      Exit code 1 if a page has a header bidding wrapper

Exit codes:
  0  done
  1  done, and a condition of `--fail-on` holds
  2  the command line is wrong
  3  some input could not be read; the rest was done and reported";

const REPORT_EXAMPLES: &str = "\
Examples:
  adsieve report monday.ndjson tuesday.ndjson
      One table of two scans
  adsieve report scan.ndjson --csv bids > bids.csv
      A row for each bidder of each ad unit
  adsieve report scan.ndjson --csv accounts
      Which publisher ids stand on which sites
  adsieve report scan.ndjson --fail-on problem:missing-param
      Exit code 1 if a bid lacks a param

Exit codes:
  0  done
  1  done, and a condition of `--fail-on` holds
  2  the command line is wrong
  3  some input could not be read; the rest was done and reported";

const DIFF_EXAMPLES: &str = "\
Examples:
  adsieve diff monday.ndjson tuesday.ndjson
      What came, went or changed between two scans
  adsieve diff before/ after/ --format markdown
      Two folders of pages, for a ticket
  adsieve diff old.html new.html
      Two pages, whatever their names

Exit codes:
  0  there is no difference
  1  there is one
  2  the command line is wrong
  3  some input could not be read; the rest was compared";

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
  adsieve clean articles/ saved/*.html -o cleaned/
      Texts and pages, each under its name below cleaned/

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
    Report(ReportArguments),
    Diff(DiffArguments),
    Explain(ExplainArguments),
    Rules(RulesArguments),
    Clean(CleanArguments),
    Check(CheckArguments),
    #[cfg(feature = "serve")]
    Proxy(Box<ProxyArguments>),
    #[cfg(feature = "serve")]
    Icap(Box<IcapArguments>),
    /// Prints the JSON Schema of the page report
    Schema,
    Completions(CompletionsArguments),
    Man(ManArguments),
}

/// Lists the ad networks of saved pages
///
/// Reads saved pages, archives and crawls, and lists the ad networks, ad units,
/// bidders, bid params and ad slots of each.
#[derive(Args, Debug)]
#[command(after_long_help = SCAN_EXAMPLES)]
pub(super) struct ScanArguments {
    /// Files, folders, or `-` for standard input
    ///
    /// A named file is read whatever it is called; content tells pages, MHTML, HAR,
    /// WARC, WACZ, web archives, tables, zip and tar, and gzip, zstd and xz around
    /// any of them. Folders are searched with all below them, hidden and git-ignored
    /// files too, for names of pages, scripts and their containers, and for files
    /// without an ending that begin as a page does. The folder that a browser saved
    /// beside a page belongs to that page.
    #[arg(required = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(super) paths: Vec<PathBuf>,

    /// The page's own URL
    ///
    /// Relative URLs are resolved against it, and it tells third parties from the
    /// first. Without it the page's own markup is asked.
    #[arg(long, value_parser = parse_url, value_hint = ValueHint::Url)]
    pub(super) url: Option<String>,

    /// Add the source around what was found, so that a report made of this one later can show it
    ///
    /// The HTML report always has it.
    #[arg(long)]
    pub(super) excerpts: bool,

    /// Field or column that holds the pages, in JSON lines and CSV
    ///
    /// `response.body` means a field in a field. Without it some usual names are
    /// tried: html, raw_html, content, body, …
    #[arg(long, value_name = "NAME")]
    pub(super) html_field: Option<String>,

    /// Field or column that holds texts, in JSON lines and CSV: code that leaked into them is found
    #[arg(long, value_name = "NAME", conflicts_with = "html_field")]
    pub(super) text_field: Option<String>,

    /// In folders, read only files that match GLOB, whatever they are; may be given more than once
    ///
    /// Without a slash it means a name at any depth, as in .gitignore.
    #[arg(long, value_name = "GLOB")]
    pub(super) include: Vec<String>,

    /// In folders, leave out files and folders that match GLOB; may be given more than once
    #[arg(long, value_name = "GLOB")]
    pub(super) exclude: Vec<String>,

    /// Stop after N pages
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<u64>,

    /// Write pages as they are done, not in the order of the input
    #[arg(long)]
    pub(super) unordered: bool,

    /// Note in STATE what is done; where it says so already, go on from there
    ///
    /// For `--format ndjson`. With `--output` the report goes on where it was cut off,
    /// without it only what is new is written.
    #[arg(long, value_name = "STATE", value_hint = ValueHint::FilePath)]
    pub(super) resume: Option<PathBuf>,

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

    #[command(flatten)]
    pub(super) form: FormArguments,

    /// Threads to scan with [default: one for each processor]
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,

    /// No messages and no progress on stderr
    #[arg(short, long)]
    pub(super) quiet: bool,
}

/// Writes stored results again, in any form
///
/// Reads what `scan --format ndjson` (or `json`) wrote, and reports on it without
/// scanning anything again. Several inputs become one report; a page that stands in
/// two of them counts twice. Lines that are no page report are named and passed over.
#[derive(Args, Debug)]
#[command(after_long_help = REPORT_EXAMPLES)]
pub(super) struct ReportArguments {
    /// Stored results, or `-` for standard input
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) form: FormArguments,

    /// Threads to read with [default: one for each processor]
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,

    /// No messages and no progress on stderr
    #[arg(short, long)]
    pub(super) quiet: bool,
}

/// Shows findings in the source, with what led to them
///
/// For each finding and bid: the code, the rule that matched, what it caught, and
/// how each value came to be: the assignments and conditions from the literal to the
/// call.
#[derive(Args, Debug)]
pub(super) struct ExplainArguments {
    /// A page, or `-` for standard input; `PATH:LINE` for what stands on that line only
    #[arg(value_name = "PATH[:LINE]", value_hint = ValueHint::FilePath)]
    pub(super) path: PathBuf,

    /// Which page of a container: its name or URL in there, or a part of it
    #[arg(long, value_name = "NAME")]
    pub(super) entry: Option<String>,

    /// Form of the explanation
    #[arg(short, long, value_enum, default_value_t = ExplainFormat::Frames)]
    pub(super) format: ExplainFormat,

    /// The page's own URL
    #[arg(long, value_parser = parse_url, value_hint = ValueHint::Url)]
    pub(super) url: Option<String>,

    /// Width of the frames in columns [default: the terminal's, or 120]
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(24..))]
    pub(super) width: Option<u16>,

    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub(super) color: Color,
}

/// The forms of an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ExplainFormat {
    /// The code, for people
    Frames,
    /// One object
    Json,
}

/// Compares two scans
///
/// Tells which networks, bidders, ad units, bid params and slots came, went or
/// changed, by page and over all. Pages are known again by their path below what all
/// paths of a side share, else by their URL.
#[derive(Args, Debug)]
#[command(after_long_help = DIFF_EXAMPLES)]
pub(super) struct DiffArguments {
    /// Stored results, a folder, or a page
    #[arg(value_name = "BEFORE", value_hint = ValueHint::AnyPath)]
    pub(super) before: PathBuf,

    /// What it is compared with
    #[arg(value_name = "AFTER", value_hint = ValueHint::AnyPath)]
    pub(super) after: PathBuf,

    /// Form of the difference
    #[arg(short, long, value_enum, default_value_t = DiffFormat::Table)]
    pub(super) format: DiffFormat,

    /// Write the difference to FILE
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) output: Option<PathBuf>,

    /// Width of the table in columns [default: the terminal's, or 120]
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(24..))]
    pub(super) width: Option<u16>,

    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub(super) color: Color,

    /// Threads to scan with [default: one for each processor]
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
}

/// The forms of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// For people
    Table,
    /// One object
    Json,
    /// For tickets
    Markdown,
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
    /// HTML pages, text files in UTF-8, folders of both, or `-` for standard input
    ///
    /// A page loses its ad scripts, ad markup and leaked ad code; all other bytes
    /// stay. What is cleaned is written to standard output one behind the other; a
    /// folder needs `-o DIR`, `--in-place` or `--check`. In folders files are taken
    /// by their names: .html, .htm, .xhtml, .shtml, .txt, .text, .md, .markdown; with
    /// `--text-field` .jsonl, .ndjson, .json.
    #[arg(required = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(super) paths: Vec<PathBuf>,

    /// Write the cleaned text to FILE, or each text under its name below DIR
    ///
    /// DIR is a folder that is there, a name that ends in a slash, or any name where
    /// a folder is cleaned.
    #[arg(short, long, value_name = "FILE|DIR", value_hint = ValueHint::AnyPath, conflicts_with_all = ["in_place", "check"])]
    pub(super) output: Option<PathBuf>,

    /// Clean the files where they are; each that changes leaves a copy with SUFFIX behind its name
    ///
    /// A copy that is there already is not written over: the next one ends in SUFFIX.2.
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

    #[command(flatten)]
    pub(super) filter: FilterArguments,

    /// In folders, clean only files that match GLOB; may be given more than once
    ///
    /// Without a slash it means a name at any depth, as in .gitignore.
    #[arg(long, value_name = "GLOB")]
    pub(super) include: Vec<String>,

    /// In folders, leave out files and folders that match GLOB; may be given more than once
    #[arg(long, value_name = "GLOB")]
    pub(super) exclude: Vec<String>,
}

/// What `clean` cuts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum WhatToCut {
    /// Ad code
    Ad,
    /// All code that has leaked
    Code,
}

/// Prints the completions of a shell
///
/// `adsieve completions bash > ~/.local/share/bash-completion/completions/adsieve`,
/// and alike for other shells.
#[derive(Args, Debug)]
pub(super) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
}

/// Prints a manual page
///
/// `adsieve man | man -l -` shows it; `-o` writes the pages of all subcommands.
#[derive(Args, Debug)]
pub(super) struct ManArguments {
    /// The subcommand [default: the program itself]
    pub(super) command: Option<String>,

    /// Write all pages into DIR
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath, conflicts_with = "command")]
    pub(super) output: Option<PathBuf>,
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

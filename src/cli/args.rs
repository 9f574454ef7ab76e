//! The arguments: one definition for the parser, `-h` and `--help`.

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

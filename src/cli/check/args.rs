//! The arguments of `adsieve check`.

use crate::cli::filter_args::FilterArguments;
use clap::{Args, ValueEnum, ValueHint};

const EXAMPLES: &str = "\
Examples:
  adsieve check https://securepubads.g.doubleclick.net/tag/js/gpt.js --kind script
      Would the built-in policy let this script be loaded, and why not?
  adsieve check https://cdn.example/ad.js --source https://news.example/ --list easylist.txt
      The same with a filter list: the reason names the rule with its line
  adsieve check - < requests.ndjson > verdicts.ndjson
      One request a line: {\"url\": …, \"source_url\": …, \"kind\": …, \"method\": …}

Exit codes:
  0  done, whatever the verdicts
  2  the command line, a policy or a rule file is wrong
  3  some input could not be read; the rest was done and reported";

/// Says whether requests would be blocked, and why
///
/// Judges by the policy (built in, yours on top) and, where lists are given, by filter lists in Adblock Plus,
/// uBlock or hosts syntax. Nothing is fetched.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(in crate::cli) struct CheckArguments {
    /// URLs of requests, or `-` for NDJSON on standard input
    #[arg(required = true, value_name = "URL", value_hint = ValueHint::Url)]
    pub(in crate::cli) urls: Vec<String>,

    /// URL of the page that asks
    #[arg(long, value_name = "URL", default_value = "", hide_default_value = true, value_hint = ValueHint::Url)]
    pub(in crate::cli) source: String,

    /// What is asked for: document, frame, script, style, image, font, media, object, fetch, ping, websocket, other
    ///
    /// The names that browsers and filter lists use are known too.
    #[arg(long, value_name = "KIND", default_value = "other", value_parser = parse_kind)]
    pub(in crate::cli) kind: adsieve::RequestKind,

    /// Method of the request
    #[arg(long, value_name = "METHOD", default_value = "GET")]
    pub(in crate::cli) method: String,

    #[command(flatten)]
    pub(in crate::cli) filter: FilterArguments,

    /// Form of the result; NDJSON on standard input is always answered in NDJSON
    #[arg(short, long, value_enum, default_value_t = CheckFormat::Text)]
    pub(in crate::cli) format: CheckFormat,

    /// No messages on stderr
    #[arg(short, long)]
    pub(in crate::cli) quiet: bool,
}

/// The forms of a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum CheckFormat {
    /// For people
    Text,
    /// One object a line for each URL
    Json,
}

fn parse_kind(name: &str) -> Result<adsieve::RequestKind, String> {
    adsieve::RequestKind::of_name(name)
        .ok_or_else(|| format!("one of {}", adsieve::RequestKind::all_names().collect::<Vec<_>>().join(", ")))
}

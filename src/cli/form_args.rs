//! The arguments that say what the report looks like, where it goes, and when it counts as a failure.
//!
//! Every subcommand that writes reports takes these.

use super::fail_on::Condition;
use clap::{Args, ValueEnum, ValueHint};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

/// What the report looks like and where it goes.
#[derive(Args, Debug)]
pub(super) struct FormArguments {
    /// Form of the report [default: table]
    #[arg(short, long, value_enum)]
    format: Option<Format>,

    /// Write this table as CSV [default: networks]
    #[arg(long, value_enum, value_name = "TABLE")]
    csv: Option<CsvTable>,

    /// Write the report to FILE; the folder, where a form has several files
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) output: Option<PathBuf>,

    /// Show each problem of an ad unit or bid in the table
    #[arg(long)]
    pub(super) problems: bool,

    /// End with 1 if CONDITION holds; may be given more than once
    ///
    /// `network:ID` and `role:ROLE`: some page has that network, or one in that
    /// role; `any`: some page has an ad network, ad unit or slot; `problem:CODE`
    /// and `problem`: an ad unit or bid has that problem, or any; `error`: some
    /// input could not be read.
    #[arg(long, value_name = "CONDITION")]
    pub(super) fail_on: Vec<Condition>,

    /// Width of the table in columns [default: the terminal's, or 120]
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(24..))]
    pub(super) width: Option<u16>,

    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub(super) color: Color,
}

impl FormArguments {
    /// The form that was asked for; `--csv` alone asks for CSV.
    pub(super) fn format(&self) -> Format {
        let unsaid = if self.csv.is_some() { Format::Csv } else { Format::Table };
        self.format.unwrap_or(unsaid)
    }

    /// The table to write as CSV.
    pub(super) fn csv_table(&self) -> CsvTable {
        self.csv.unwrap_or(CsvTable::Networks)
    }

    /// What the arguments ask for that cannot be, in plain words.
    pub(super) fn mistake(&self) -> Option<&'static str> {
        if self.csv.is_some() && self.format() != Format::Csv {
            return Some("`--csv` names a table of `--format csv` only");
        }
        if self.format() == Format::Html && self.file().is_none() && io::stdout().is_terminal() {
            return Some("an HTML report is for a browser, not for a terminal: name a file with `-o report.html`");
        }
        let is_folder = self.format().is_folder();
        (is_folder && self.file().is_none())
            .then_some("`--format parquet` writes several files: name their folder with `-o`")
    }

    /// The file to write; none for standard output.
    pub(super) fn file(&self) -> Option<&Path> {
        self.output.as_deref().filter(|path| path.as_os_str() != "-")
    }
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
    /// One file for a browser, to look around in; needs no network
    Html,
    /// Rows for spreadsheets; `--csv` says of what
    Csv,
    /// For tickets and notes
    Markdown,
    /// SARIF 2.1.0: findings and problems for code hosts
    Sarif,
    /// Parquet: a folder (`-o`) of tables for DuckDB, pandas and Spark
    #[cfg(feature = "parquet")]
    Parquet,
}

impl Format {
    /// Does it show the source around what was found?
    pub(super) fn shows_source(self) -> bool {
        self == Self::Html
    }

    /// Does it have several files?
    fn is_folder(self) -> bool {
        #[cfg(feature = "parquet")]
        if self == Self::Parquet {
            return true;
        }
        false
    }
}

/// What a row of CSV stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CsvTable {
    /// A network on a page
    Networks,
    /// An ad unit
    AdUnits,
    /// A bidder of an ad unit
    Bids,
    /// An ad slot
    Slots,
    /// A third-party URL that a page names
    Requests,
    /// Something wrong with an ad unit or bid
    Problems,
    /// A rule that matched
    Findings,
    /// A site: all pages of a registrable domain
    Sites,
    /// A publisher's id at a network, on a site
    Accounts,
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

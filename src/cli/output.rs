//! Where the report goes, and in which form.

use super::form_args::{Color, CsvTable, FormArguments, Format};
#[cfg(feature = "parquet")]
use adsieve::report::ParquetFolder;
use adsieve::report::{self, Csv, Json, Markdown, Ndjson, PageReport, Render, Sarif, Summary, Table};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Seek, SeekFrom, Write};
use std::path::Path;

/// Width of the table where there is no terminal.
const WIDTH_WITHOUT_TERMINAL: usize = 120;

/// A form of the report.
pub(super) enum Form {
    /// One text.
    Text(Box<dyn Render>),
    /// A folder of tables.
    #[cfg(feature = "parquet")]
    Parquet,
}

/// A page in a form.
pub(super) enum Rendered {
    /// Its part of the text.
    Text(String),
    /// The page itself, for tables that are written in order.
    #[cfg(feature = "parquet")]
    Page(Box<PageReport>),
}

impl Rendered {
    /// What stands for no page.
    pub(super) fn nothing() -> Self {
        Self::Text(String::new())
    }

    /// Would a reader of the output see nothing of it?
    pub(super) fn is_unseen(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            #[cfg(feature = "parquet")]
            Self::Page(_) => true,
        }
    }
}

impl Form {
    /// The form that the arguments ask for.
    pub(super) fn new(arguments: &FormArguments) -> Self {
        let text: Box<dyn Render> = match arguments.format() {
            Format::Json => Box::new(Json),
            Format::Ndjson => Box::new(Ndjson),
            Format::Csv => Box::new(Csv::new(csv_table(arguments.csv_table()))),
            Format::Markdown => Box::new(Markdown),
            Format::Sarif => Box::new(Sarif),
            #[cfg(feature = "parquet")]
            Format::Parquet => return Self::Parquet,
            Format::Table => {
                let table = Table::new(width(arguments)).with_colours(has_colours(arguments));
                Box::new(table.with_problems(arguments.problems))
            }
        };
        Self::Text(text)
    }

    /// Renders a page; on any thread.
    pub(super) fn page(&self, page: PageReport) -> Rendered {
        match self {
            Self::Text(text) => Rendered::Text(text.page(&page)),
            #[cfg(feature = "parquet")]
            Self::Parquet => Rendered::Page(Box::new(page)),
        }
    }
}

/// A report on its way out.
pub(super) enum Output<'r> {
    /// Joins rendered pages.
    Text(TextOutput<'r>),
    /// Fills tables.
    #[cfg(feature = "parquet")]
    Parquet(Option<Box<ParquetFolder>>),
}

impl<'r> Output<'r> {
    /// Opens the output and writes what stands before the first page.
    pub(super) fn open(path: Option<&Path>, form: &'r Form) -> io::Result<Self> {
        match form {
            Form::Text(form) => TextOutput::open(path, &**form).map(Self::Text),
            #[cfg(feature = "parquet")]
            Form::Parquet => {
                let folder = path.expect("the arguments were judged before");
                ParquetFolder::create(folder).map(|folder| Self::Parquet(Some(Box::new(folder))))
            }
        }
    }

    /// Opens the output of an interrupted run and goes on behind what was surely written: pages stand one a line.
    pub(super) fn go_on(path: Option<&Path>, form: &'r Form, written: u64) -> io::Result<Self> {
        match form {
            Form::Text(form) => TextOutput::go_on(path, &**form, written).map(Self::Text),
            #[cfg(feature = "parquet")]
            Form::Parquet => Err(io::Error::other("tables cannot go on where they ended")),
        }
    }

    /// Sends on all that was written, and says how much that is.
    pub(super) fn flush(&mut self) -> io::Result<u64> {
        match self {
            Self::Text(output) => output.writer.flush().map(|()| output.written),
            #[cfg(feature = "parquet")]
            Self::Parquet(_) => Ok(0),
        }
    }

    /// Writes one page.
    pub(super) fn page(&mut self, page: Rendered) -> io::Result<()> {
        match (self, page) {
            (Self::Text(output), Rendered::Text(text)) => output.page(&text),
            #[cfg(feature = "parquet")]
            (Self::Parquet(Some(folder)), Rendered::Page(page)) => folder.page(&page),
            #[cfg(feature = "parquet")]
            _ => Ok(()),
        }
    }

    /// Writes one page for somebody who is watching.
    pub(super) fn page_now(&mut self, page: Rendered) -> io::Result<()> {
        self.page(page)?;
        self.flush().map(|_| ())
    }

    /// Writes what stands after the last page. Nothing may be written after it.
    pub(super) fn end(&mut self, summary: &Summary) -> io::Result<()> {
        match self {
            Self::Text(output) => output.end(summary),
            #[cfg(feature = "parquet")]
            Self::Parquet(folder) => folder.take().map_or(Ok(()), |folder| folder.end()),
        }
    }
}

/// A text on its way out: joins rendered pages.
pub(super) struct TextOutput<'r> {
    form: &'r dyn Render,
    writer: Box<dyn Write>,
    is_first: bool,
    written: u64,
}

impl<'r> TextOutput<'r> {
    fn open(path: Option<&Path>, form: &'r dyn Render) -> io::Result<Self> {
        let mut writer: Box<dyn Write> = match path {
            Some(path) if path.as_os_str() != "-" => Box::new(BufWriter::new(File::create(path)?)),
            _ => Box::new(BufWriter::new(io::stdout())),
        };
        let begin = form.begin();
        writer.write_all(begin.as_bytes())?;
        Ok(Self { form, writer, is_first: true, written: begin.len() as u64 })
    }

    fn go_on(path: Option<&Path>, form: &'r dyn Render, written: u64) -> io::Result<Self> {
        let writer: Box<dyn Write> = match path {
            Some(path) if path.as_os_str() != "-" => {
                let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
                if file.metadata()?.len() < written {
                    return Err(io::Error::other("it is shorter than the state says"));
                }
                file.set_len(written)?;
                file.seek(SeekFrom::End(0))?;
                Box::new(BufWriter::new(file))
            }
            _ => Box::new(BufWriter::new(io::stdout())),
        };
        Ok(Self { form, writer, is_first: written == 0, written })
    }

    fn page(&mut self, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        if !self.is_first {
            self.writer.write_all(self.form.separator().as_bytes())?;
            self.written += self.form.separator().len() as u64;
        }
        self.is_first = false;
        self.written += text.len() as u64;
        self.writer.write_all(text.as_bytes())
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        self.writer.write_all(self.form.end(summary).as_bytes())?;
        self.writer.flush()
    }
}

fn csv_table(table: CsvTable) -> report::CsvTable {
    match table {
        CsvTable::Networks => report::CsvTable::Networks,
        CsvTable::AdUnits => report::CsvTable::AdUnits,
        CsvTable::Bids => report::CsvTable::Bids,
        CsvTable::Slots => report::CsvTable::Slots,
        CsvTable::Requests => report::CsvTable::Requests,
        CsvTable::Problems => report::CsvTable::Problems,
        CsvTable::Findings => report::CsvTable::Findings,
        CsvTable::Sites => report::CsvTable::Sites,
        CsvTable::Accounts => report::CsvTable::Accounts,
    }
}

fn width(arguments: &FormArguments) -> usize {
    width_of(arguments.width, arguments.file().is_some())
}

/// Columns of a table: those that were asked for, else the terminal's.
pub(super) fn width_of(asked: Option<u16>, goes_to_file: bool) -> usize {
    let terminal = || terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| width.0);
    let terminal = if goes_to_file { None } else { terminal() };
    asked.or(terminal).map_or(WIDTH_WITHOUT_TERMINAL, usize::from)
}

fn has_colours(arguments: &FormArguments) -> bool {
    wants_colours(arguments.color, arguments.file().is_some())
}

/// Are colours wanted on standard output, or in a file?
pub(super) fn wants_colours(color: Color, goes_to_file: bool) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if goes_to_file => false,
        // Knows NO_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb.
        Color::Auto => anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
    }
}

/// Would the report be written between the lines of the progress display?
pub(super) fn shares_terminal(arguments: &FormArguments) -> bool {
    arguments.file().is_none() && io::stdout().is_terminal()
}

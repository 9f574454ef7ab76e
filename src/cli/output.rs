//! Where the report goes, and in which form.

use super::args::{Color, Format, ScanArguments};
use adsieve::report::{Html, Json, Ndjson, Render, Summary, Table};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Seek, SeekFrom, Write};
use std::path::Path;

/// Width of the table where there is no terminal.
const WIDTH_WITHOUT_TERMINAL: usize = 120;

/// A report on its way out: joins rendered pages.
pub(super) struct Output<'r> {
    form: &'r dyn Render,
    writer: Box<dyn Write>,
    is_first: bool,
    written: u64,
}

impl<'r> Output<'r> {
    /// Opens the output and writes what stands before the first page.
    pub(super) fn open(path: Option<&Path>, form: &'r dyn Render) -> io::Result<Self> {
        let mut writer: Box<dyn Write> = match path {
            Some(path) if path.as_os_str() != "-" => Box::new(BufWriter::new(File::create(path)?)),
            _ => Box::new(BufWriter::new(io::stdout())),
        };
        let begin = form.begin();
        writer.write_all(begin.as_bytes())?;
        Ok(Self { form, writer, is_first: true, written: begin.len() as u64 })
    }

    /// Opens the output of an interrupted run and goes on behind what was surely written: pages stand one a line.
    pub(super) fn go_on(path: Option<&Path>, form: &'r dyn Render, written: u64) -> io::Result<Self> {
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

    /// Sends on all that was written, and says how much that is.
    pub(super) fn flush(&mut self) -> io::Result<u64> {
        self.writer.flush().map(|()| self.written)
    }

    /// Writes one rendered page.
    pub(super) fn page(&mut self, text: &str) -> io::Result<()> {
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

    /// Writes one rendered page for somebody who is watching.
    pub(super) fn page_now(&mut self, text: &str) -> io::Result<()> {
        self.page(text)?;
        self.writer.flush()
    }

    /// Writes what stands after the last page.
    pub(super) fn end(&mut self, summary: &Summary) -> io::Result<()> {
        self.writer.write_all(self.form.end(summary).as_bytes())?;
        self.writer.flush()
    }
}

/// The form that the arguments ask for.
pub(super) fn form(arguments: &ScanArguments) -> Box<dyn Render> {
    match arguments.format {
        Format::Json => Box::new(Json),
        Format::Ndjson => Box::new(Ndjson),
        Format::Html => Box::new(Html::new()),
        Format::Table => {
            let table = Table::new(width(arguments)).with_colours(has_colours(arguments));
            Box::new(table.with_problems(arguments.problems))
        }
    }
}

fn width(arguments: &ScanArguments) -> usize {
    let terminal = || terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| width.0);
    let terminal = if goes_to_file(arguments) { None } else { terminal() };
    arguments.width.or(terminal).map_or(WIDTH_WITHOUT_TERMINAL, usize::from)
}

fn has_colours(arguments: &ScanArguments) -> bool {
    match arguments.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if goes_to_file(arguments) => false,
        // Knows NO_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb.
        Color::Auto => anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
    }
}

fn goes_to_file(arguments: &ScanArguments) -> bool {
    arguments.output.as_deref().is_some_and(|path| path.as_os_str() != "-")
}

/// Would the report be written between the lines of the progress display?
pub(super) fn shares_terminal(arguments: &ScanArguments) -> bool {
    !goes_to_file(arguments) && io::stdout().is_terminal()
}

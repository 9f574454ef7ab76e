//! Reads stored results: NDJSON, or the one object of `--format json`, whose pages stand on lines too.
//!
//! In: files, or `-` for standard input. Out: lines with their place, lazily; one is held at a time.

use super::message::plain_words;
use adsieve::report::{PAGE_SCHEMA, PageReport};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// The longest line that is read. A page's report is far shorter; a list of sellers may be long.
const LONGEST_LINE: u64 = 1 << 30;

/// A line that may hold a page, or why there is none.
pub(super) struct Line {
    /// The file, and the line in it: `report.ndjson:7`.
    pub(super) place: String,
    text: Result<Vec<u8>, String>,
}

impl Line {
    /// The page that the line holds; none where it holds something around the pages.
    pub(super) fn page(&self) -> Result<Option<PageReport>, String> {
        let text = self.text.as_ref().map_err(Clone::clone)?.trim_ascii();
        let text = text.strip_suffix(b",").unwrap_or(text);
        if text.is_empty() || text.starts_with(b"],") || is_head(text) {
            return Ok(None);
        }
        match serde_json::from_slice::<PageReport>(text) {
            Ok(page) if page.schema == PAGE_SCHEMA => Ok(Some(page)),
            Ok(page) => Err(format!("a page report of version `{}`; this program reads `{PAGE_SCHEMA}`", page.schema)),
            Err(error) if error.is_eof() => Err("the line ends too early to be a page report".into()),
            Err(error) => Err(format!("not a page report: {error}")),
        }
    }
}

/// Does the line begin the one object of `--format json`?
fn is_head(text: &[u8]) -> bool {
    text.starts_with(br#"{"schema":"adsieve.report/1","pages":["#)
}

/// Does the file hold stored results, rather than a page? Told by how it begins.
pub(super) fn holds_results(path: &Path) -> bool {
    let mut beginning = Vec::new();
    let read = File::open(path).and_then(|file| file.take(64).read_to_end(&mut beginning));
    read.is_ok() && beginning.trim_ascii_start().starts_with(br#"{"schema":"adsieve."#)
}

/// All lines of these files.
pub(super) fn lines(paths: &[PathBuf]) -> impl Iterator<Item = Line> {
    paths.iter().flat_map(|path| Lines::open(path))
}

struct Lines {
    name: String,
    reader: Result<Box<dyn BufRead>, Option<String>>,
    number: u64,
}

impl Lines {
    fn open(path: &Path) -> Self {
        let reader: io::Result<Box<dyn BufRead>> = if path.as_os_str() == "-" {
            Ok(Box::new(io::stdin().lock()))
        } else {
            File::open(path).map(|file| Box::new(BufReader::new(file)) as Box<dyn BufRead>)
        };
        let reader = reader.map_err(|error| Some(plain_words(&error)));
        Self { name: path.to_string_lossy().into_owned(), reader, number: 0 }
    }
}

impl Iterator for Lines {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let reader = match &mut self.reader {
            Ok(reader) => reader,
            Err(why) => return why.take().map(|why| Line { place: self.name.clone(), text: Err(why) }),
        };
        let mut text = Vec::new();
        let read = reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut text);
        self.number += 1;
        let place = format!("{}:{}", self.name, self.number);
        match read {
            Ok(0) => None,
            Ok(_) => Some(Line { place, text: Ok(text) }),
            Err(error) => {
                self.reader = Err(None);
                Some(Line { place, text: Err(plain_words(&error)) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Result<Option<PageReport>, String> {
        Line { place: "a:1".into(), text: Ok(text.into()) }.page()
    }

    #[test]
    fn what_stands_around_the_pages_is_no_page() {
        for text in ["", " \r\n", "{\"schema\":\"adsieve.report/1\",\"pages\":[\n", "],\"summary\":{}}"] {
            assert_eq!(page(text), Ok(None), "{text}");
        }
    }

    #[test]
    fn a_bad_line_says_what_is_wrong() {
        assert_eq!(page("{\"schema\":").unwrap_err(), "the line ends too early to be a page report");
        assert!(page("<html>").unwrap_err().starts_with("not a page report"));
        assert!(page("{}").unwrap_err().contains("missing field"));
    }
}

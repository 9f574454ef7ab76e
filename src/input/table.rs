//! Tables with a column of pages: JSON lines and CSV.
//!
//! In: the table. Out: a document for each row that holds one. The field is the caller's, or one of
//! the usual names. Memory: one row.

use super::SavedDocument;
use super::archive::{Archive, file_name, split_ending};
use super::packed::begins_as_page;
use super::read_options::ReadOptions;
use super::sink::Sink;
use super::stream::{Fault, Stream};
use crate::base::{Diagnostic, Severity};
use serde_json::Value as Json;
use std::cell::Cell;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::rc::Rc;

/// Names of fields that usually hold pages, and their URLs.
const HTML_FIELDS: [&str; 8] = ["html", "raw_html", "page_html", "content", "body", "page", "source", "text"];
const URL_FIELDS: [&str; 6] = ["url", "uri", "page_url", "link", "final_url", "canonical_url"];

/// A row may be as long as this many documents: JSON writes a character in up to six bytes.
const ROW_FACTOR: usize = 2;

/// The table that begins so, if the caller has named a field: without its name only the file's can tell.
pub(super) fn table_of(head: &[u8], options: &ReadOptions) -> Option<Archive> {
    let field = options.field()?;
    let start = head.trim_ascii_start();
    if start.first() == Some(&b'{') {
        return Some(Archive::Jsonl);
    }
    let first_line = String::from_utf8_lossy(start.split(|&byte| byte == b'\n').next().unwrap_or_default());
    let mut columns = first_line.trim().split([',', '\t', ';']).map(|column| column.trim_matches('"'));
    columns.any(|column| column == field).then_some(Archive::Csv)
}

/// Reads JSON lines.
pub(super) fn read_jsonl(stream: &mut Stream<'_>, sink: &mut Sink<'_>) -> ControlFlow<()> {
    let most = sink.options.document_bytes.saturating_mul(ROW_FACTOR);
    let mut number = 0_u64;
    while let Some((line, is_cut)) = stream.line(most) {
        number += 1;
        let text = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line).trim_ascii();
        if text.is_empty() {
            continue;
        }
        let remark = (!is_cut && line.last() != Some(&b'\n')).then(unclosed);
        match serde_json::from_slice::<Json>(text) {
            Ok(row) => jsonl_row(row, number, remark, sink)?,
            Err(_) if is_cut => sink.lost("row-broken", format!("line {number} is too long"))?,
            Err(error) => sink.lost("row-broken", format!("line {number} is not JSON: {error}"))?,
        }
    }
    ControlFlow::Continue(())
}

/// Rows end with a line end; where the last one does not, nothing else tells whether there were more.
fn unclosed() -> Diagnostic {
    let message = "the file ends without a line end; rows behind this one may have been cut off";
    Diagnostic::new(Severity::Info, "file-unclosed", message)
}

fn jsonl_row(mut row: Json, number: u64, remark: Option<Diagnostic>, sink: &mut Sink<'_>) -> ControlFlow<()> {
    let url = URL_FIELDS.iter().find_map(|name| row[*name].as_str()).map(ToOwned::to_owned);
    let html = match sink.options.field() {
        Some(name) => member(&mut row, name),
        None => HTML_FIELDS.iter().find_map(|name| member(&mut row, name).filter(|html| is_page(html))),
    };
    match html {
        Some(html) => {
            let entry = format!("line {number}");
            let document = row_document(Archive::Jsonl, html.into_bytes(), url, entry, remark);
            sink.document(if sink.options.text_field.is_some() { as_text(document) } else { document })
        }
        None => no_page(&format!("line {number}"), sink),
    }
}

/// A member of an object, or one further in: `response.body`.
fn member(row: &mut Json, name: &str) -> Option<String> {
    let direct = row.get_mut(name).filter(|value| value.is_string()).map(Json::take);
    let value = direct.or_else(|| {
        let mut steps = name.split('.');
        steps.try_fold(row, |value, step| value.get_mut(step)).map(Json::take)
    });
    match value {
        Some(Json::String(text)) => Some(text),
        _ => None,
    }
}

/// Does the text look like a page, not like words about one?
fn is_page(text: &str) -> bool {
    begins_as_page(text.as_bytes()) || text.contains("<script") || text.contains("</")
}

fn no_page(row: &str, sink: &mut Sink<'_>) -> ControlFlow<()> {
    let why = match sink.options.field() {
        Some(name) => format!("{row} has no text in `{name}`"),
        None => format!("{row} has no page in a usual field; name it with `--html-field`"),
    };
    sink.lost("row-without-page", why)
}

fn row_document(
    archive: Archive,
    html: Vec<u8>,
    url: Option<String>,
    entry: String,
    remark: Option<Diagnostic>,
) -> SavedDocument {
    SavedDocument {
        diagnostics: remark.into_iter().collect(),
        archive: Some(archive),
        entry: Some(entry),
        name: Some("page.html".into()),
        url: url.filter(|url| url.contains("://")),
        ..SavedDocument::new(html)
    }
}

/// Content of a field of texts: no markup, whatever it begins with.
fn as_text(document: SavedDocument) -> SavedDocument {
    SavedDocument { name: Some("text.txt".into()), content_type: Some("text/plain; charset=utf-8".into()), ..document }
}

/// Reads a table of separated values with a head line.
pub(super) fn read_csv(stream: &mut Stream<'_>, name: &str, sink: &mut Sink<'_>) -> ControlFlow<()> {
    let most = sink.options.document_bytes.saturating_mul(ROW_FACTOR);
    if stream.peek(3) == b"\xEF\xBB\xBF" {
        stream.skip(3);
    }
    let delimiter = delimiter(stream.peek(8 << 10), name);
    let progress = Rc::new(Progress::default());
    let bounded = Bounded { input: stream, progress: Rc::clone(&progress), most: most as u64, delimiter };
    let mut rows = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(bounded);
    let columns: Vec<String> = match rows.byte_headers() {
        Ok(head) => head.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect(),
        Err(error) => return sink.lost("csv-broken", format!("the table cannot be read: {error}")),
    };
    let Some(html) = html_column(&columns, sink.options) else {
        let words = sink.options.field().unwrap_or("html");
        return sink
            .lost("row-without-page", format!("no column `{words}`; name the one with pages by `--html-field`"));
    };
    let url = columns.iter().position(|column| URL_FIELDS.contains(&&*column.to_ascii_lowercase()));
    let mut row = csv::ByteRecord::new();
    for number in 2_u64.. {
        progress.row_bytes.set(0);
        match rows.read_byte_record(&mut row) {
            Ok(true) => csv_row(&row, html, url, number, progress.remark(row.len(), columns.len()), sink)?,
            Ok(false) => break,
            Err(error) => {
                return sink.lost("csv-broken", format!("the table is broken: {error}; what came before was read"));
            }
        }
    }
    ControlFlow::Continue(())
}

fn csv_row(
    row: &csv::ByteRecord,
    html: usize,
    url: Option<usize>,
    number: u64,
    remark: Option<Diagnostic>,
    sink: &mut Sink<'_>,
) -> ControlFlow<()> {
    let url = url.and_then(|url| row.get(url)).map(|url| String::from_utf8_lossy(url).into_owned());
    match row.get(html).filter(|html| !html.is_empty()) {
        Some(html) => {
            let entry = format!("row {number}");
            let document = row_document(Archive::Csv, html.to_vec(), url, entry, remark);
            sink.document(if sink.options.text_field.is_some() { as_text(document) } else { document })
        }
        None => no_page(&format!("row {number}"), sink),
    }
}

fn html_column(columns: &[String], options: &ReadOptions) -> Option<usize> {
    let find = |name: &str| columns.iter().position(|column| column.eq_ignore_ascii_case(name));
    match options.field() {
        Some(name) => find(name),
        None => HTML_FIELDS.iter().find_map(|name| find(name)),
    }
}

/// The separator: by the name, else the one that the head line has most of.
fn delimiter(head: &[u8], name: &str) -> u8 {
    if split_ending(file_name(name)).1 == "tsv" {
        return b'\t';
    }
    let line = head.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| line.iter().filter(|&&byte| byte == delimiter).count();
    [b';', b'\t', b','].into_iter().max_by_key(|&delimiter| count(delimiter)).unwrap_or(b',')
}

/// How far the reader of a table has come.
#[derive(Default)]
struct Progress {
    /// Bytes that were read since the row began.
    row_bytes: Cell<u64>,
    place: Cell<Place>,
    is_over: Cell<bool>,
}

/// Where in a row a byte stands.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    FieldStart,
    Plain,
    Quoted,
    /// Behind a quote inside quotes: the first of two, or the last.
    Quote,
}

impl Progress {
    fn step(&self, byte: u8, delimiter: u8) {
        let is_end = byte == delimiter || matches!(byte, b'\r' | b'\n');
        self.place.set(match (self.place.get(), byte) {
            (Place::FieldStart | Place::Quote, b'"') => Place::Quoted,
            (Place::Quoted, b'"') => Place::Quote,
            (Place::Quoted, _) => Place::Quoted,
            _ if is_end => Place::FieldStart,
            _ => Place::Plain,
        });
    }

    /// What there is to say of a row that was just read: only of the last one the end is known by then.
    fn remark(&self, fields: usize, columns: usize) -> Option<Diagnostic> {
        let cut = |message| Some(Diagnostic::new(Severity::Warning, "record-truncated", message));
        match self.place.get() {
            _ if !self.is_over.get() => None,
            Place::Quoted => cut("the table ends inside a quoted value".to_owned()),
            _ if fields < columns => cut(format!("the table ends in a row with {fields} of {columns} values")),
            _ => Some(unclosed()),
        }
    }
}

/// Notes how far a table was read, and fails where one row takes too many bytes: a quote that is never closed would take all.
struct Bounded<R> {
    input: R,
    progress: Rc<Progress>,
    most: u64,
    delimiter: u8,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Self { progress, .. } = self;
        if progress.row_bytes.get() > self.most {
            return Err(Fault::error("row-broken", "one row is too long; is a quote not closed?"));
        }
        let read = self.input.read(into)?;
        progress.row_bytes.set(progress.row_bytes.get() + read as u64);
        progress.is_over.set(read == 0);
        into[..read].iter().for_each(|&byte| progress.step(byte, self.delimiter));
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::super::read_documents;
    use super::*;

    fn read(text: &str, name: &str, field: Option<&str>) -> Vec<Result<(String, Option<String>), &'static str>> {
        let mut found = Vec::new();
        let options = ReadOptions::default().with_html_field(field.map(ToOwned::to_owned));
        let _ = read_documents(text.as_bytes(), name, &options, &mut |item| {
            let told = item.map(|one| (String::from_utf8(one.bytes).unwrap(), one.url)).map_err(|fault| fault.code);
            found.push(told);
            ControlFlow::Continue(())
        });
        found
    }

    #[test]
    fn lines_of_json_give_their_pages() {
        let text = "{\"url\":\"https://example.com/\",\"html\":\"<html>a\"}\n\n{\"html\":3}\n{\"html\":";
        let page = Ok(("<html>a".to_owned(), Some("https://example.com/".to_owned())));
        assert_eq!(read(text, "a.jsonl", None), [page, Err("row-without-page"), Err("row-broken")]);
        let nested = "{\"response\":{\"data\":\"plain\"}}";
        assert_eq!(read(nested, "-", Some("response.data")), [Ok(("plain".to_owned(), None))]);
    }

    #[test]
    fn tables_give_their_pages_with_quotes_and_line_ends() {
        let text = "id;url;html\n1;https://example.com/;\"<html>\n\"\"a\"\";\"\n2\n";
        let page = Ok(("<html>\n\"a\";".to_owned(), Some("https://example.com/".to_owned())));
        assert_eq!(read(text, "a.csv", None), [page, Err("row-without-page")]);
        assert_eq!(read("a,b\n1,2\n", "a.csv", None), [Err("row-without-page")]);
        assert_eq!(read("x\tmarkup\n1\t<p>\n", "-", Some("markup")), [Ok(("<p>".to_owned(), None))]);
    }

    fn remarks(text: &str, name: &str) -> Vec<Vec<&'static str>> {
        let mut found = Vec::new();
        let _ = read_documents(text.as_bytes(), name, &ReadOptions::default(), &mut |item| {
            let codes = item.map(|one| one.diagnostics.iter().map(|one| one.code).collect());
            found.push(codes.unwrap_or_default());
            ControlFlow::Continue(())
        });
        found
    }

    #[test]
    fn a_last_row_that_is_cut_says_so() {
        let table = "html,url\n\"<p>a\",x\n\"<p>b \"\"c\"\"\",y\n";
        assert_eq!(remarks(table, "a.csv"), [vec![], vec![]] as [Vec<&str>; 2]);
        let cut = |length: usize| remarks(&table[..table.len() - length], "a.csv").pop().unwrap();
        assert_eq!(cut(1), ["file-unclosed"]);
        assert_eq!(cut(3), ["record-truncated"], "a value is missing");
        assert_eq!(cut(5), ["record-truncated"], "a quote is not closed");
        let lines = "{\"html\":\"<html>a\"}\n";
        assert_eq!(remarks(lines, "a.jsonl"), [vec![]] as [Vec<&str>; 1]);
        assert_eq!(remarks(lines.trim_end(), "a.jsonl"), [["file-unclosed"]]);
    }
}

//! One cell of CSV, safe to open in a spreadsheet.

use super::super::text::printable;
use serde_json::Value as Json;

/// A row of cells.
#[derive(Default)]
pub(super) struct Row {
    text: String,
    is_begun: bool,
}

impl Row {
    /// Adds text.
    pub(super) fn text(self, text: &str) -> Self {
        self.raw(&cell(text))
    }

    /// Adds text, or nothing.
    pub(super) fn optional(self, text: Option<&str>) -> Self {
        self.text(text.unwrap_or_default())
    }

    /// Adds a number.
    pub(super) fn number(self, number: impl Into<u64>) -> Self {
        let number: u64 = number.into();
        self.raw(&number.to_string())
    }

    /// Adds a value: a string as it is, nothing for null, the rest as JSON.
    pub(super) fn value(self, value: &Json) -> Self {
        match value {
            Json::Null => self.raw(""),
            Json::String(text) => self.text(text),
            other => self.text(&other.to_string()),
        }
    }

    /// Adds several texts in one cell.
    pub(super) fn list(self, items: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let items: Vec<String> = items.into_iter().map(|item| item.as_ref().to_owned()).collect();
        self.text(&items.join("; "))
    }

    /// Ends the row.
    pub(super) fn end(mut self) -> String {
        self.text.push('\n');
        self.text
    }

    fn raw(mut self, cell: &str) -> Self {
        if self.is_begun {
            self.text.push(',');
        }
        self.is_begun = true;
        self.text.push_str(cell);
        self
    }
}

/// The text as a cell: on one line, quoted where it must be, and never a formula.
fn cell(text: &str) -> String {
    let text = printable(text);
    let apostrophe = if is_formula(&text) { "'" } else { "" };
    let is_plain = |c: char| c.is_alphanumeric() || " ._-:/?&#%@+()[]<>".contains(c);
    if apostrophe.is_empty() && text.chars().all(is_plain) && text.trim() == text {
        return text.into_owned();
    }
    format!("\"{apostrophe}{}\"", text.replace('"', "\"\""))
}

/// Would a spreadsheet compute it? Plain numbers are harmless.
fn is_formula(text: &str) -> bool {
    let begins = text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    begins && !is_number(text)
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_told_as_text() {
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell(" @SUM(A1)"), "\"' @SUM(A1)\"");
        assert_eq!(cell("＝1"), "\"'＝1\"");
        assert_eq!(cell("\t=1"), "\"' =1\"");
        assert_eq!(cell("-cmd|x"), "\"'-cmd|x\"");
    }

    #[test]
    fn numbers_and_plain_words_stay_as_they_are() {
        for plain in ["-5", "+1.5", "top-banner", "https://example.com/a?b#c", ""] {
            assert_eq!(cell(plain), plain);
        }
    }

    #[test]
    fn what_separates_is_quoted() {
        assert_eq!(cell("a,b"), "\"a,b\"");
        assert_eq!(cell("a;=b"), "\"a;=b\"");
        assert_eq!(cell("say \"x\"\r\n"), "\"say \"\"x\"\"  \"");
        assert_eq!(cell(" a"), "\" a\"");
    }
}

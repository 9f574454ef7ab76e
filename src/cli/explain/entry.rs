//! The one page to explain: a file of its own, or one out of a container.

use crate::cli::message::plain_words;
use adsieve::{Diagnostic, ReadOptions, SavedDocument, read_documents, read_seekable_documents};
use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;

/// Names of pages that are told to choose from.
const MAX_TOLD: usize = 12;

/// Why there is no page to explain.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) why: String,
    /// Pages to choose from.
    pub(super) choices: Vec<String>,
}

impl Refusal {
    fn new(why: impl Into<String>) -> Self {
        Self { why: why.into(), choices: Vec::new() }
    }
}

/// The page of this file, of several the one whose name or URL in the container is, or contains, `wanted`.
///
/// # Errors
///
/// Says why there is no such page, or what there is to choose from.
pub(super) fn read_page(path: &Path, wanted: Option<&str>) -> Result<SavedDocument, Refusal> {
    let name = path.to_string_lossy();
    let mut choice = Choice { wanted, ..Choice::default() };
    let options = ReadOptions::default();
    // What the reader returns only repeats what `take` decided.
    if name == "-" {
        let _ = read_documents(io::stdin().lock(), "-", &options, &mut |item| choice.take(item));
    } else {
        let file = File::open(path).map_err(|error| Refusal::new(plain_words(&error)))?;
        if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
            return Err(Refusal::new("is a folder; name a page"));
        }
        let _ = read_seekable_documents(file, &name, &options, &mut |item| choice.take(item));
    }
    choice.made().map(|document| document.with_saved_folder(path, &options))
}

/// Looks at the pages as they come.
#[derive(Default)]
struct Choice<'w> {
    wanted: Option<&'w str>,
    found: Option<SavedDocument>,
    is_exact: bool,
    /// Pages that might be meant.
    names: Vec<String>,
    faults: Vec<String>,
}

impl Choice<'_> {
    fn take(&mut self, item: Result<SavedDocument, Diagnostic>) -> ControlFlow<()> {
        let document = match item {
            Ok(document) => document,
            Err(fault) => {
                self.faults.push(fault.message);
                return ControlFlow::Continue(());
            }
        };
        let names = [document.entry.as_deref(), document.url.as_deref()];
        let is = |test: &dyn Fn(&str) -> bool| names.iter().flatten().any(|name| test(name));
        if self.wanted.is_some_and(|wanted| is(&|name| name == wanted)) {
            (self.found, self.is_exact) = (Some(document), true);
            return ControlFlow::Break(());
        }
        if self.wanted.is_none_or(|wanted| is(&|name| name.contains(wanted))) {
            if self.names.len() <= MAX_TOLD {
                self.names.push(names.into_iter().flatten().next().unwrap_or("-").to_owned());
            }
            self.found.get_or_insert(document);
        }
        // An exact name may still come; without a wish, two are one too many.
        if self.wanted.is_none() && self.names.len() > MAX_TOLD {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn made(mut self) -> Result<SavedDocument, Refusal> {
        let is_clear = self.is_exact || self.names.len() == 1;
        match (self.found, self.wanted) {
            (Some(document), _) if is_clear => Ok(document),
            (Some(_), _) => {
                if self.names.len() > MAX_TOLD {
                    self.names.truncate(MAX_TOLD);
                    self.names.push("…".into());
                }
                Err(Refusal { why: "holds several pages; choose one with `--entry`".into(), choices: self.names })
            }
            (None, Some(wanted)) => Err(Refusal::new(format!("no page in it is called `{wanted}`"))),
            (None, None) => Err(Refusal::new(self.faults.pop().unwrap_or_else(|| "holds no page".into()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(wanted: Option<&str>, entries: &[&str]) -> Result<String, Refusal> {
        let mut choice = Choice { wanted, ..Choice::default() };
        for entry in entries {
            let mut document = SavedDocument::new(Vec::new());
            document.entry = Some((*entry).to_owned());
            if choice.take(Ok(document)).is_break() {
                break;
            }
        }
        choice.made().map(|document| document.entry.unwrap_or_default())
    }

    #[test]
    fn one_page_needs_no_choice_and_a_whole_name_decides() {
        assert_eq!(chosen(None, &["a"]).unwrap(), "a");
        assert_eq!(chosen(None, &["a", "b"]).unwrap_err().choices, ["a", "b"]);
        assert_eq!(chosen(Some("b"), &["ab", "b", "bc"]).unwrap(), "b");
        assert_eq!(chosen(Some("bc"), &["ab", "xbc"]).unwrap(), "xbc");
        assert!(chosen(Some("b"), &["ab", "bc"]).is_err());
        assert!(chosen(Some("z"), &["ab"]).unwrap_err().why.contains("`z`"));
    }
}

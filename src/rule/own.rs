//! The user's own knowledge: folders with rule files, networks and bidders.

use super::mistake::{Mistake, Mistakes, RuleError};
use super::set::{RuleSet, read_texts};
use crate::base::{Severity, Span};
use crate::network::{FileError, FileKind, Registry, RegistryFile, Replaced};
use std::path::{Path, PathBuf};

/// Built-in rules with those of folders (or single files) added; [`RuleSet::notes`] says what was replaced.
///
/// Rule files may stand anywhere in a folder; `networks.toml`, `bidders.toml` and `bidders/*.toml` right in it add to
/// the registry. The registry lives until the program ends.
///
/// # Errors
///
/// If something cannot be read, or with every mistake in every file.
pub fn read_rules(built_in: RuleSet, paths: &[PathBuf]) -> Result<(RuleSet, &'static Registry), RuleError> {
    let mut texts = Vec::new();
    let mut tables = Vec::new();
    for path in paths {
        texts.extend(read_texts(path)?);
        tables.extend(read_tables(path)?);
    }
    let mut all = Vec::new();
    let registry = own_registry(&tables, &mut all);
    let rules = built_in.with_texts(&texts, registry);
    match rules {
        Err(RuleError::Mistakes(more)) => all.extend(more),
        Ok(rules) if !has_errors(&all) => return Ok((rules.with_notes(all), registry)),
        Ok(_) => {}
        Err(other) => return Err(other),
    }
    Err(RuleError::Mistakes(all))
}

fn has_errors(all: &[Mistake]) -> bool {
    all.iter().any(|mistake| mistake.severity == Severity::Error)
}

/// A file of the registry's.
struct TableFile {
    name: String,
    kind: FileKind,
    text: String,
}

/// `networks.toml`, `bidders.toml` and `bidders/*.toml` of a folder, sorted.
fn read_tables(folder: &Path) -> Result<Vec<TableFile>, RuleError> {
    let mut files = Vec::new();
    for (place, kind) in [("networks.toml", FileKind::Networks), ("bidders.toml", FileKind::Bidders)] {
        files.extend(Some((folder.join(place), kind)).filter(|(path, _)| path.is_file()));
    }
    let more = std::fs::read_dir(folder.join("bidders")).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut more: Vec<PathBuf> = more.filter(|path| path.extension().is_some_and(|ending| ending == "toml")).collect();
    more.sort();
    files.extend(more.into_iter().map(|path| (path, FileKind::Bidders)));
    let read = |(path, kind): (PathBuf, FileKind)| {
        let name = path.display().to_string();
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(TableFile { name, kind, text }),
            Err(source) => Err(RuleError::Read { path: name, source }),
        }
    };
    files.into_iter().map(read).collect()
}

fn own_registry(tables: &[TableFile], all: &mut Vec<Mistake>) -> &'static Registry {
    if tables.is_empty() {
        return Registry::built_in();
    }
    let file = |table: &TableFile| (table.name.clone(), table.text.clone());
    let named: Vec<_> = tables.iter().map(file).collect();
    let files: Vec<RegistryFile<'_>> =
        tables.iter().map(|table| RegistryFile { name: &table.name, kind: table.kind, text: &table.text }).collect();
    match Registry::built_in().with_files(&files) {
        Ok((registry, replaced)) => {
            all.extend(replaced.iter().map(note));
            // Engines refer to it, and there is one for each run of a program.
            Box::leak(Box::new(registry))
        }
        Err(errors) => {
            all.extend(errors.iter().map(|error| mistake(error, &named)));
            Registry::built_in()
        }
    }
}

fn mistake(error: &FileError, files: &[(String, String)]) -> Mistake {
    let text = files.iter().find(|(name, _)| *name == error.file).map_or("", |(_, text)| text);
    let mut mistakes = Mistakes::new(&error.file, text);
    mistakes.error(Span::new(error.span.start, error.span.end), error.message.clone(), error.hint.clone());
    mistakes.all.remove(0)
}

fn note(replaced: &Replaced) -> Mistake {
    let what = match replaced.kind {
        FileKind::Networks => "network",
        FileKind::Bidders => "bidder",
    };
    let mut mistakes = Mistakes::new(&replaced.file, "");
    mistakes.note(Span::default(), format!("{what} `{}` takes the place of the built-in one", replaced.id));
    mistakes.all.remove(0)
}

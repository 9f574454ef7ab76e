//! Finds the files to scan: what was named, and the pages and lists of sellers below a folder.
//!
//! In: the paths of the command line. Out: [`Input`]s, lazily, in an order that
//! depends on names alone. Every folder is entered once for each path that was named,
//! so links that lead in circles end; only one folder's names are held for each level.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Endings of files in folders that hold pages or scripts.
const ENDINGS: [&str; 5] = ["html", "htm", "xhtml", "shtml", "js"];

/// How a page begins, in lower case.
const BEGINNINGS: [&str; 4] = ["<!doctype html", "<html", "<head", "<?xml"];

/// Bytes that are looked at where the name does not tell.
const PEEKED_BYTES: u64 = 512;

/// Something to read.
#[derive(Debug)]
pub(super) enum Input {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
}

/// A path that leads nowhere, and why.
#[derive(Debug)]
pub(super) struct Unreachable {
    pub(super) path: PathBuf,
    pub(super) error: io::Error,
}

type Step = Result<Input, Unreachable>;

/// All files of these paths.
pub(super) fn walk(paths: &[PathBuf]) -> impl Iterator<Item = Step> {
    paths.iter().flat_map(|path| Walk::new(path))
}

/// The files below one path.
struct Walk {
    /// What is left to do, the next one last.
    stack: Vec<Entry>,
    /// The real paths of the folders that were entered.
    entered: HashSet<PathBuf>,
}

struct Entry {
    path: PathBuf,
    is_named: bool,
}

impl Walk {
    fn new(path: &Path) -> Self {
        Self { stack: vec![Entry { path: path.to_owned(), is_named: true }], entered: HashSet::new() }
    }

    /// What the entry gives, if it gives anything; a folder's files go onto the stack.
    fn step(&mut self, entry: Entry) -> Option<Step> {
        if entry.is_named && entry.path.as_os_str() == "-" {
            return Some(Ok(Input::Stdin));
        }
        let is_wanted = entry.is_named || is_page_name(&entry.path) || is_seller_list(&entry.path);
        match fs::metadata(&entry.path) {
            Ok(metadata) if metadata.is_dir() => {
                self.enter(&entry.path).err().map(|error| Err(Unreachable { path: entry.path, error }))
            }
            // A named pipe is read where the user names it; in a folder it would block for ever.
            Ok(metadata) if entry.is_named || metadata.is_file() => {
                let is_wanted = is_wanted || (has_no_ending(&entry.path) && begins_as_page(&entry.path));
                is_wanted.then_some(Ok(Input::File(entry.path)))
            }
            Ok(_) => None,
            // Broken links and the like matter only where a page was expected.
            Err(error) => is_wanted.then_some(Err(Unreachable { path: entry.path, error })),
        }
    }

    fn enter(&mut self, folder: &Path) -> io::Result<()> {
        if !self.entered.insert(fs::canonicalize(folder)?) {
            return Ok(());
        }
        let mut names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
        names.sort_unstable();
        let entries = names.iter().rev().map(|name| Entry { path: folder.join(name), is_named: false });
        self.stack.extend(entries);
        Ok(())
    }
}

impl Iterator for Walk {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        while let Some(entry) = self.stack.pop() {
            if let Some(step) = self.step(entry) {
                return Some(step);
            }
        }
        None
    }
}

/// Does the name end as a page's or script's does? Mirrors leave the query in it: `index.html?page=2`.
fn is_page_name(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.split(['?', '@']).next().unwrap_or_default();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// `ads.txt` and its kin.
fn is_seller_list(path: &Path) -> bool {
    path.file_name().is_some_and(|name| adsieve::seller_list_kind(&name.to_string_lossy()).is_some())
}

fn has_no_ending(path: &Path) -> bool {
    path.extension().is_none()
}

/// Does the file begin as a page does? What cannot be opened does not.
fn begins_as_page(path: &Path) -> bool {
    let mut beginning = Vec::new();
    let peeked = File::open(path).and_then(|file| file.take(PEEKED_BYTES).read_to_end(&mut beginning));
    let text = String::from_utf8_lossy(&beginning).to_ascii_lowercase();
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    peeked.is_ok()
        && BEGINNINGS.iter().any(|known| text.starts_with(known))
        && (!text.starts_with("<?xml") || text.contains("<html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str, files: &[(&str, &str)]) -> Self {
            let root = std::env::temp_dir().join(format!("adsieve-walk-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&root);
            for (path, text) in files {
                let path = root.join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            Self(root)
        }

        fn found(&self) -> Vec<String> {
            let inputs = walk(std::slice::from_ref(&self.0)).filter_map(Result::ok);
            let name = |input| match input {
                Input::File(path) => path.strip_prefix(&self.0).unwrap().to_str().unwrap().replace('\\', "/"),
                Input::Stdin => "-".into(),
            };
            inputs.map(name).collect()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn pages_are_found_by_ending_and_by_content_in_order() {
        let files = [
            ("b.HTML", ""),
            ("a/z.js", ""),
            ("a/.hidden/x.htm", ""),
            ("c.txt", "<html>"),
            ("index.html?page=2", ""),
            ("saved", " <!DOCTYPE html>"),
            ("blob", "PK"),
            (".gitignore", "*"),
        ];
        let folder = Folder::new("names", &files);
        assert_eq!(folder.found(), ["a/.hidden/x.htm", "a/z.js", "b.HTML", "index.html?page=2", "saved"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_in_circles_end() {
        let folder = Folder::new("circle", &[("a/x.html", ""), ("b/y.html", "")]);
        for link in ["a/up", "a/b", "b/a"] {
            std::os::unix::fs::symlink(
                if link == "a/up" { "..".into() } else { folder.0.join(&link[2..]) },
                folder.0.join(link),
            )
            .unwrap();
        }
        assert_eq!(folder.found(), ["a/b/y.html", "a/x.html"]);
    }

    #[test]
    fn a_path_that_is_not_there_is_reported() {
        let missing = [PathBuf::from("/no/such/page.html")];
        assert!(matches!(&walk(&missing).collect::<Vec<_>>()[..], [Err(_)]));
    }
}

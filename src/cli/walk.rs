//! Finds the files to scan: what was named, and the pages and lists of sellers below a folder.
//!
//! In: the paths of the command line. Out: [`Input`]s, lazily, in an order that
//! depends on names alone. Every folder is entered once for each path that was named,
//! so links that lead in circles end; only one folder's names are held for each level.

use super::select::Selection;
use adsieve::{is_page_name, is_saved_folder, seller_list_kind};
use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

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
///
/// What a browser saved beside a page in a folder of its own belongs to that page.
pub(super) fn walk(paths: Vec<PathBuf>, selection: Selection) -> impl Iterator<Item = Step> + Send {
    paths.into_iter().flat_map(move |path| Walk::new(&path, selection.clone()))
}

/// Bytes of all files of these paths, as their names tell them.
pub(super) fn total_bytes(paths: Vec<PathBuf>, selection: Selection) -> u64 {
    let files =
        walk(paths, selection).filter_map(|step| if let Ok(Input::File(path)) = step { Some(path) } else { None });
    files.filter_map(|path| fs::metadata(path).ok()).map(|metadata| metadata.len()).sum()
}

/// The files below one path.
struct Walk {
    /// What is left to do, the next one last.
    stack: Vec<Entry>,
    /// The real paths of the folders that were entered.
    entered: HashSet<PathBuf>,
    root: PathBuf,
    selection: Selection,
}

struct Entry {
    path: PathBuf,
    is_named: bool,
}

impl Walk {
    fn new(path: &Path, selection: Selection) -> Self {
        let stack = vec![Entry { path: path.to_owned(), is_named: true }];
        Self { stack, entered: HashSet::new(), root: path.to_owned(), selection }
    }

    /// What the entry gives, if it gives anything; a folder's files go onto the stack.
    fn step(&mut self, entry: Entry) -> Option<Step> {
        if entry.is_named && entry.path.as_os_str() == "-" {
            return Some(Ok(Input::Stdin));
        }
        let inside = entry.path.strip_prefix(&self.root).unwrap_or(&entry.path);
        if !entry.is_named && self.selection.is_excluded(inside) {
            return None;
        }
        let included = self.selection.is_included(inside);
        let is_wanted = entry.is_named || included.unwrap_or_else(|| is_wanted_name(&entry.path.to_string_lossy()));
        match fs::metadata(&entry.path) {
            Ok(metadata) if metadata.is_dir() => {
                self.enter(&entry.path).err().map(|error| Err(Unreachable { path: entry.path, error }))
            }
            // A named pipe is read where the user names it; in a folder it would block for ever.
            Ok(metadata) if entry.is_named || metadata.is_file() => {
                let is_wanted =
                    is_wanted || included.is_none() && has_no_ending(&entry.path) && begins_as_page(&entry.path);
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
        let is_beside = |name: &str| names.binary_search_by(|known| known.as_os_str().cmp(name.as_ref())).is_ok();
        let belongs_to_page = |name: &OsString| is_saved_folder(&name.to_string_lossy(), is_beside);
        let kept: Vec<bool> = names.iter().map(|name| !belongs_to_page(name)).collect();
        let names = names.iter().zip(kept).filter_map(|(name, is_kept)| is_kept.then_some(name));
        let names: Vec<&OsString> = names.collect();
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

/// The name of a page or container, or `ads.txt` and its kin.
fn is_wanted_name(name: &str) -> bool {
    is_page_name(name) || seller_list_kind(name).is_some()
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
            self.selected(&[], &[])
        }

        fn selected(&self, include: &[&str], exclude: &[&str]) -> Vec<String> {
            let globs = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
            let selection = Selection::new(&globs(include), &globs(exclude)).unwrap();
            let inputs = walk(vec![self.0.clone()], selection).filter_map(Result::ok);
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

    #[test]
    fn what_was_saved_beside_a_page_belongs_to_it() {
        let files =
            [("a.html", ""), ("a_files/x.js", ""), ("a_files/f.html", ""), ("b_files/y.js", ""), ("c.warc.gz", "")];
        let folder = Folder::new("saved", &files);
        assert_eq!(folder.found(), ["a.html", "b_files/y.js", "c.warc.gz"]);
    }

    #[test]
    fn globs_choose_and_leave_out() {
        let folder = Folder::new("globs", &[("a.html", ""), ("b/c.html", ""), ("b/d.txt", ""), ("e/f.html", "")]);
        assert_eq!(folder.selected(&["*.txt", "b/*"], &[]), ["b/c.html", "b/d.txt"]);
        assert_eq!(folder.selected(&[], &["b"]), ["a.html", "e/f.html"]);
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
        assert!(matches!(&walk(missing.into(), Selection::default()).collect::<Vec<_>>()[..], [Err(_)]));
    }
}

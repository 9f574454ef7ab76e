//! A page that a browser saved complete: `page.html` with the folder `page_files` beside it.
//!
//! In: the page's path. Out: the scripts and frames of the folder, as resources of the page. Names of such folders
//! differ between browsers and languages. Bounds: files, levels and bytes that are read.

use super::archive::split_ending;
use super::read_options::ReadOptions;
use super::{Archive, Resource, ResourceKind, SavedDocument};
use std::fs;
use std::path::{Path, PathBuf};

/// What browsers put behind the page's name, in the languages of Windows.
const SUFFIXES: [&str; 24] = [
    "_files",
    ".files",
    "_file",
    "-Dateien",
    "_Dateien",
    "-filer",
    "_archivos",
    "_arquivos",
    "_bestanden",
    "_bylos",
    "_datoteke",
    "_dosyalar",
    "_elemei",
    "_failid",
    "_fails",
    "_fajlovi",
    "_ficheiros",
    "_fichiers",
    "_fitxers",
    "_fitxategiak",
    "_pliki",
    "_soubory",
    "_tiedostot",
    "_файлы",
];

/// Endings of pages that have such folders.
const PAGES: [&str; 6] = ["html", "htm", "xhtml", "xht", "shtml", "php"];

/// Endings of files that hold neither code nor frames.
const OTHERS: [&str; 26] = [
    "png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "ico", "bmp", "css", "woff", "woff2", "ttf", "otf", "eot",
    "mp4", "webm", "mp3", "ogg", "m4a", "wav", "pdf", "zip", "gz", "map", "swf",
];

/// Files of one folder that are looked at, and levels of folders in it.
const MAX_FILES: usize = 4000;
const MAX_DEPTH: u32 = 4;

/// Is this the name of a folder that a browser saved beside a page? `has_page` knows the names beside it.
///
/// ```
/// assert!(adsieve::is_saved_folder("News_files", |name| name == "News.htm"));
/// assert!(!adsieve::is_saved_folder("News_files", |_| false));
/// ```
#[must_use]
pub fn is_saved_folder(name: &str, has_page: impl Fn(&str) -> bool) -> bool {
    let stems = SUFFIXES.iter().filter_map(|suffix| name.strip_suffix(suffix)).filter(|stem| !stem.is_empty());
    stems.into_iter().any(|stem| has_page(stem) || PAGES.iter().any(|ending| has_page(&format!("{stem}.{ending}"))))
}

impl SavedDocument {
    /// The same page with the scripts and frames of the folder that a browser saved beside it, if there is one.
    #[must_use]
    pub fn with_saved_folder(mut self, page: &Path, options: &ReadOptions) -> Self {
        let Some(folder) = folder_of(page) else { return self };
        let Some(name) = folder.file_name().map(|name| name.to_string_lossy().into_owned()) else { return self };
        self.archive = self.archive.or(Some(Archive::Folder));
        let mut reading = Reading { left: options.resource_bytes, files: 0, is_cut: false, resources: Vec::new() };
        reading.folder(&folder, &name, 0);
        self.resources.append(&mut reading.resources);
        if reading.is_cut {
            self.warn("resources-cut", format!("`{name}` holds more than was read of it"));
        }
        self
    }
}

/// The folder beside the page.
fn folder_of(page: &Path) -> Option<PathBuf> {
    let ending = page.extension()?.to_str()?.to_ascii_lowercase();
    if !PAGES.contains(&&*ending) {
        return None;
    }
    let stem = page.file_stem()?.to_str()?;
    let named = SUFFIXES.iter().map(|suffix| page.with_file_name(format!("{stem}{suffix}")));
    named.into_iter().find(|folder| folder.is_dir())
}

/// Files on their way to resources.
struct Reading {
    /// Bytes that may still be read.
    left: usize,
    files: usize,
    is_cut: bool,
    resources: Vec<Resource>,
}

impl Reading {
    fn folder(&mut self, folder: &Path, url: &str, depth: u32) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        let mut names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).take(MAX_FILES + 1).collect();
        names.sort_unstable();
        for name in names {
            let path = folder.join(&name);
            let url = format!("{url}/{}", name.to_string_lossy());
            // A link could lead anywhere.
            let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
            if metadata.is_dir() && depth < MAX_DEPTH {
                self.folder(&path, &url, depth + 1);
            } else if metadata.is_file() {
                self.file(&path, url, metadata.len());
            }
        }
    }

    fn file(&mut self, path: &Path, url: String, length: u64) {
        let Some(kind) = kind_of(&url) else { return };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if self.files == MAX_FILES || length > self.left {
            self.is_cut = true;
            return;
        }
        let Ok(bytes) = fs::read(path) else { return };
        self.files += 1;
        self.left = self.left.saturating_sub(bytes.len());
        self.resources.push(Resource { url, id: None, kind, bytes, content_type: None, is_loaded: false });
    }
}

/// What a file of the folder may be to the page; Chromium adds `.download` to what it would not open.
fn kind_of(name: &str) -> Option<ResourceKind> {
    let name = name.strip_suffix(".download").unwrap_or(name);
    let ending = split_ending(name).1;
    match &*ending {
        "html" | "htm" | "xhtml" => Some(ResourceKind::Frame),
        other if OTHERS.contains(&other) => None,
        _ => Some(ResourceKind::Script),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_known_in_other_languages() {
        for (folder, page) in [("a_files", "a.html"), ("a-Dateien", "a.htm"), ("b c_fichiers", "b c.HTM")] {
            assert!(is_saved_folder(folder, |name| name.eq_ignore_ascii_case(page)), "{folder}");
        }
        assert!(!is_saved_folder("_files", |_| true));
        assert!(!is_saved_folder("a_images", |_| true));
    }

    #[test]
    fn scripts_keep_their_kind_under_a_second_ending() {
        assert_eq!(kind_of("a_files/x.js.download"), Some(ResourceKind::Script));
        assert_eq!(kind_of("a_files/f.html"), Some(ResourceKind::Frame));
        assert_eq!(kind_of("a_files/gpt"), Some(ResourceKind::Script));
        assert_eq!(kind_of("a_files/l.png"), None);
    }
}

//! Pages of a folder, and the text of their scripts by `lol_html`.

use lol_html::{HtmlRewriter, Settings, text};
use std::fs;
use std::path::Path;

/// All HTML files below the folder, in order.
pub fn read(folder: &Path) -> Vec<Vec<u8>> {
    let mut paths = Vec::new();
    collect(folder, &mut paths);
    paths.sort();
    paths.iter().filter_map(|path| fs::read(path).ok()).collect()
}

fn collect(folder: &Path, paths: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "html") {
            paths.push(path);
        }
    }
}

/// The scripts of a page as text.
pub fn script_text(page: &[u8]) -> String {
    let mut all = String::new();
    let handler = text!("script", |chunk| {
        all.push_str(chunk.as_str());
        Ok(())
    });
    let mut rewriter = HtmlRewriter::new(Settings::new().append_element_content_handler(handler), |_: &[u8]| {});
    // Pages that it cannot read count with what it could.
    let _ = rewriter.write(page).and_then(|()| rewriter.end());
    all
}

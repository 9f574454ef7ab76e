//! `adsieve explain`: findings shown in the source, with what led to them.

mod entry;
mod frame;
mod window;

use super::Outcome;
use super::args::{ExplainArguments, ExplainFormat};
use super::message;
use super::output::{wants_colours, width_of};
use super::print::print;
use super::run::thread_pool;
use adsieve::report::explain;
use adsieve::{Engine, ScanOptions};
use entry::{Refusal, read_page};
use frame::Frames;
use std::path::{Path, PathBuf};

/// Explains what the argument names.
pub(super) fn explain_page(arguments: &ExplainArguments) -> Outcome {
    let (path, line) = path_and_line(&arguments.path);
    let name = path.to_string_lossy();
    let document = match read_page(&path, arguments.entry.as_deref()) {
        Ok(document) => document,
        Err(Refusal { why, choices }) => {
            message::error(&why, &name);
            message::list(&choices);
            return if choices.is_empty() { Outcome::Incomplete } else { Outcome::Usage };
        }
    };
    // Scripts and values are walked by recursion: the program's own stack is too small for hostile ones.
    let pool = match thread_pool(Some(1)) {
        Ok(pool) => pool,
        Err(outcome) => return outcome,
    };
    let file_name = (name != "-").then(|| name.clone().into_owned());
    let options = ScanOptions { url: arguments.url.clone(), name: file_name, trace: true, ..ScanOptions::default() };
    let engine = Engine::built_in();
    let (scan, explanation) = pool.install(|| {
        let scan = engine.scan_document(&document, &options);
        let explanation = explain(&scan, &name, line);
        (scan, explanation)
    });
    if explanation.items.is_empty() {
        let what = if line.is_some() { "nothing was found on that line" } else { "nothing was found" };
        message::warning(what, &arguments.path.to_string_lossy());
    }
    match arguments.format {
        ExplainFormat::Json => {
            let json = serde_json::to_string_pretty(&explanation).expect("records hold only strings as keys");
            print(&(json + "\n"))
        }
        ExplainFormat::Frames => {
            let width = width_of(arguments.width, false);
            let frames = Frames::new(&scan, &name, width, wants_colours(arguments.color, false));
            print(&frames.render(&explanation, engine.rules()))
        }
    }
}

/// `page.html:7` is line 7 of the page, unless a file bears that name.
fn path_and_line(path: &Path) -> (PathBuf, Option<u32>) {
    let text = path.to_string_lossy();
    if !path.exists()
        && let Some((before, line)) = text.rsplit_once(':')
        && let Ok(line) = line.parse()
    {
        return (before.into(), Some(line));
    }
    (path.to_owned(), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_may_follow_the_path() {
        assert_eq!(path_and_line(Path::new("no/page.html:7")), ("no/page.html".into(), Some(7)));
        assert_eq!(path_and_line(Path::new("no/page.html")), ("no/page.html".into(), None));
        assert_eq!(path_and_line(Path::new("no/C:page")), ("no/C:page".into(), None));
    }
}

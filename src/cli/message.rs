//! Messages for people on stderr: what, where, how to mend.

use adsieve::report::printable;
use anstyle::{AnsiColor, Style};
use std::io;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// Says that something went wrong: `error: no such file or folder: page.html`.
pub(super) fn error(what: &str, place: &str) {
    anstream::eprintln!("{ERROR}error:{ERROR:#} {}: {}", printable(what), printable(place));
}

/// Says that something may not be as the user thinks.
pub(super) fn warning(what: &str, place: &str) {
    anstream::eprintln!("{WARNING}warning:{WARNING:#} {}: {}", printable(what), printable(place));
}

/// Lists what there is to choose from.
pub(super) fn list(choices: &[String]) {
    for choice in choices {
        anstream::eprintln!("  {}", printable(choice));
    }
}

/// An I/O error in plain words.
pub(super) fn plain_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        io::ErrorKind::IsADirectory => "is a folder".into(),
        io::ErrorKind::StorageFull => "no space left on the device".into(),
        _ => error.to_string(),
    }
}

//! A mistake in a rule file, with the line where it stands.
//!
//! ```text
//! error: `where` names `$BIDER`, which no pattern captures
//!   rules/wrapper/own.toml:14:7
//! 14 | where.BIDER = "bidder-code"
//!    |       ^^^^^ hint: did you mean `BIDDER`?
//! ```

use adsieve::report::printable;
use adsieve::{Mistake, Severity};
use anstyle::{AnsiColor, Style};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const NOTE: Style = AnsiColor::Cyan.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// Characters of a line that a frame shows.
const SHOWN: usize = 100;

/// Are mistakes shown with the line of the file?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Frames {
    /// With it.
    With,
    /// On one line, as editors read it.
    Without,
}

/// Says it on stderr.
pub(in crate::cli) fn tell(mistake: &Mistake, frames: Frames) {
    anstream::eprint!("{}", rendered(mistake, frames));
}

/// The text of a mistake.
pub(super) fn rendered(mistake: &Mistake, frames: Frames) -> String {
    match frames {
        Frames::Without => format!("{}\n", printable(&mistake.to_string())),
        Frames::With => framed(mistake),
    }
}

fn framed(mistake: &Mistake) -> String {
    let (word, style) = match mistake.severity {
        Severity::Error => ("error", ERROR),
        Severity::Warning => ("warning", WARNING),
        Severity::Info => ("note", NOTE),
    };
    let (line, column) = (mistake.at.line, mistake.at.column);
    let place = format!("{}:{line}:{column}", printable(&mistake.file));
    let head = format!("{style}{word}:{style:#} {}\n  {place}\n", printable(&mistake.message));
    let hint = mistake.hint.as_ref().map(|hint| format!("hint: {}", printable(hint)));
    if mistake.line.is_empty() {
        return head + &hint.map(|hint| format!("  {hint}\n")).unwrap_or_default();
    }
    let number = line.to_string();
    let blank = " ".repeat(number.len());
    let (shown, before, carets) = window(mistake);
    let hint = hint.map(|hint| format!(" {hint}")).unwrap_or_default();
    format!(
        "{head}{DIM}{number} |{DIM:#} {}\n{DIM}{blank} |{DIM:#} {}{style}{}{style:#}{hint}\n",
        printable(&shown),
        " ".repeat(before),
        "^".repeat(carets)
    )
}

/// The part of the line around the mistake, the characters before it, and how many it spans.
fn window(mistake: &Mistake) -> (String, usize, usize) {
    let line: Vec<char> = mistake.line.chars().collect();
    let column = (mistake.at.column as usize).saturating_sub(1).min(line.len());
    let from = column.saturating_sub(SHOWN * 2 / 3);
    let shown: String = line[from..].iter().take(SHOWN).collect();
    let bytes = mistake.span.end.saturating_sub(mistake.span.start) as usize;
    let rest = shown.chars().count().saturating_sub(column - from);
    (shown, column - from, bytes.min(rest).max(1))
}

//! `clean --report`: what was cut, where, and whose it was, a line each on stderr.
//!
//! `article.txt:7:1: cut ad-script prebid, bytes 312..1013: adUnits.push({ code: …`; lines, columns and
//! bytes are those of the text as it came.

use adsieve::report::printable;
use adsieve::{Change, Cleaned, LineIndex, Span};
use std::io::{self, Write};

/// Says what became of the code in a text.
pub(super) fn say_text(text: &str, cleaned: &Cleaned<'_>, place: &str) {
    let lines = LineIndex::new(text);
    for cut in &cleaned.cuts {
        let network = cut.network.as_deref().map_or_else(String::new, |network| format!(" {network}"));
        let repairs = if cut.repairs.is_empty() { String::new() } else { format!(" ({})", cut.repairs.join(", ")) };
        say(text, &lines, place, cut.span, &format!("cut {}{network}{repairs}", cut.reason));
    }
    for kept in &cleaned.kept {
        say(text, &lines, place, kept.span, &format!("kept {}", kept.reason));
    }
}

/// Says what became of the code in a page.
pub(super) fn say_page(html: &str, changes: &[Change], place: &str) {
    let lines = LineIndex::new(html);
    for change in changes {
        say(html, &lines, place, change.at, &format!("{} {}", change.kind.name(), change.why));
    }
}

fn say(text: &str, lines: &LineIndex, place: &str, span: Span, what: &str) {
    const QUOTED: usize = 60;
    let (start, end) = (span.start as usize, span.end as usize);
    let code = text.get(start..end).unwrap_or_default();
    let head = start + code.len() - code.trim_start().len();
    let at = lines.position(text, u32::try_from(head).unwrap_or(u32::MAX));
    let near = &code[code.len() - code.trim_start().len()..];
    let near = &near[..near.floor_char_boundary(QUOTED * 8)];
    let quoted: String = near.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(QUOTED).collect();
    let said = format!("{place}:{}:{}: {what}, bytes {start}..{end}: {quoted}", at.line, at.column);
    // A closed stderr is no reason to stop cleaning.
    let _ = writeln!(io::stderr(), "{}", printable(&said));
}

//! Rewrites the notes of a page so that they say what was found.
//!
//! Notes that agree stay as they are, known misses too; what was not found goes, and
//! what was not noted is added above its line.

use super::parse::note_in_comment;
use super::{Comparison, Fact, Kind};
use std::collections::BTreeSet;
use std::fmt::Write;

/// The page with its notes mended.
pub fn blessed_page(page: &str, comparison: &Comparison<'_>, facts: &[Fact]) -> String {
    let stale = stale_lines(comparison, page.lines().count() as u32, |line| page_note_kind(page, line));
    let renewed = |kind: Kind| stale_kinds(comparison).contains(&kind);
    let head = if page.lines().next().is_some_and(is_whole_comment) { 1 } else { 0 };
    let mut text = String::new();
    let mut is_in_script = page_is_script(page);
    for (index, line) in page.split_inclusive('\n').enumerate() {
        if index == head {
            text += &page_notes(facts, renewed, is_in_script);
            for fact in comparison.surprising.iter().filter(|fact| is_placeless(fact)) {
                let _ = writeln!(text, "{}", comment(&fact.to_string(), is_in_script));
            }
        }
        let number = index as u32 + 1;
        if stale.contains(&number) {
            continue;
        }
        let indent = &line[..line.len() - line.trim_start().len()];
        for fact in comparison.surprising.iter().filter(|fact| fact.line == number) {
            let _ = writeln!(text, "{indent}{}", comment(&fact.to_string(), is_in_script));
        }
        text += line;
        is_in_script = is_in_script_after(line, is_in_script);
    }
    text
}

/// The `.expect` file with its notes mended.
pub fn blessed_expectations(text: &str, comparison: &Comparison<'_>, facts: &[Fact]) -> String {
    let stale = stale_lines(comparison, text.lines().count() as u32, |line| {
        let words = text.lines().nth(line as usize - 1)?;
        words.split_once(':').and_then(|(word, _)| Kind::named(word.trim()))
    });
    let kept = (1..).zip(text.lines()).filter(|(number, _)| !stale.contains(number));
    let mut blessed: String = kept.map(|(_, line)| format!("{line}\n")).collect();
    let renewed = stale_kinds(comparison);
    for fact in facts.iter().filter(|fact| renewed.contains(&fact.kind)) {
        let _ = writeln!(blessed, "{fact}");
    }
    for fact in comparison.surprising.iter().filter(|fact| !fact.kind.is_of_page()) {
        let _ = writeln!(blessed, "{}: {fact}", fact.line);
    }
    blessed
}

/// Kinds of page notes that do not agree: they are written anew as a whole.
fn stale_kinds(comparison: &Comparison<'_>) -> BTreeSet<Kind> {
    let missing = comparison.missing.iter().map(|note| note.kind);
    let kinds = missing.chain(comparison.surprising.iter().map(|fact| fact.kind));
    kinds.filter(|kind| kind.is_of_page()).collect()
}

/// Lines of notes to take out: what was not found, what is solved, and page notes that are written anew.
fn stale_lines(comparison: &Comparison<'_>, lines: u32, kind: impl Fn(u32) -> Option<Kind>) -> BTreeSet<u32> {
    let renewed = stale_kinds(comparison);
    let notes = comparison.missing.iter().chain(&comparison.solved).map(|note| note.written);
    let of_page = (1..=lines).filter(|&line| kind(line).is_some_and(|kind| renewed.contains(&kind)));
    notes.chain(of_page).collect()
}

/// The kind of the note on a line, unless it is a known miss.
fn page_note_kind(page: &str, line: u32) -> Option<Kind> {
    let note = note_in_comment(page.lines().nth(line as usize - 1)?)?;
    note.split_once(':').and_then(|(word, _)| Kind::named(word))
}

/// A remark about the whole page.
fn is_placeless(fact: &Fact) -> bool {
    fact.line == 0 && !fact.kind.is_of_page()
}

fn page_notes(facts: &[Fact], renewed: impl Fn(Kind) -> bool, is_in_script: bool) -> String {
    let mut text = String::new();
    let networks: Vec<String> = words_of(facts, Kind::Network);
    if renewed(Kind::Network) && !networks.is_empty() {
        let _ = writeln!(text, "{}", comment(&format!("networks: {}", networks.join(" ")), is_in_script));
    }
    if renewed(Kind::Config) {
        for setting in words_of(facts, Kind::Config) {
            let _ = writeln!(text, "{}", comment(&format!("config: {setting}"), is_in_script));
        }
    }
    text
}

/// Facts of one kind, each without the word and colon before it.
fn words_of(facts: &[Fact], kind: Kind) -> Vec<String> {
    let word = format!("{}: ", kind.name());
    let facts = facts.iter().filter(|fact| fact.kind == kind);
    facts.map(|fact| fact.to_string().trim_start_matches(&word).to_owned()).collect()
}

/// The note as a comment that no value inside can end.
fn comment(note: &str, is_in_script: bool) -> String {
    if is_in_script {
        return format!("// {}", note.replace("</", "<\\/"));
    }
    format!("<!-- {} -->", note.replace("-->", "--\\u003e"))
}

fn is_whole_comment(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("//") || (line.starts_with("<!--") && line.ends_with("-->"))
}

/// A bare script has no markup to leave.
fn page_is_script(page: &str) -> bool {
    !page.contains("<script") && page.trim_start().starts_with("//")
}

/// Whether a script is open after this line; good enough for pages that we write ourselves.
fn is_in_script_after(line: &str, was_in_script: bool) -> bool {
    let (opened, closed) = (line.rfind("<script"), line.rfind("</script"));
    match (opened, closed) {
        (None, None) => was_in_script,
        (opened, closed) => opened > closed,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{compare, parse_page};
    use super::*;
    use serde_json::{Value as Json, json};
    use std::collections::BTreeMap;

    fn fact(kind: Kind, line: u32, values: Vec<Json>) -> Fact {
        Fact { kind, line, values, options: BTreeMap::new(), captures: BTreeMap::new() }
    }

    /// What scanning finds after blessing moved the lines: the same facts, on their new lines.
    fn moved(facts: &[Fact], page: &str, code: &str) -> Vec<Fact> {
        let line = page.lines().position(|line| line.contains(code)).unwrap() as u32 + 1;
        facts.iter().cloned().map(|fact| Fact { line: if fact.line == 0 { 0 } else { line }, ..fact }).collect()
    }

    #[test]
    fn a_blessed_page_agrees() {
        let page = "<!-- About. -->\n<!-- networks: old(bidder) -->\n<script>\n  // bid: gone 1\n  // bid: here 2\n  code();\n</script>\n";
        let network = Fact {
            options: BTreeMap::from([("roles", json!("bidder")), ("evidence", json!("request"))]),
            ..fact(Kind::Network, 0, vec![json!("new")])
        };
        let facts = [
            network,
            fact(Kind::Bid, 6, vec![json!("here"), json!(2)]),
            fact(Kind::Bid, 6, vec![json!("</script>"), json!(3)]),
        ];
        let notes = parse_page(page.as_bytes()).notes;
        let blessed = blessed_page(page, &compare(&notes, &facts, &[]), &facts);
        assert_eq!(
            blessed,
            "<!-- About. -->\n<!-- networks: new(bidder)@request -->\n<script>\n  // bid: here 2\n  // bid: \"<\\/script>\" 3\n  code();\n</script>\n"
        );
        let notes = parse_page(blessed.as_bytes()).notes;
        assert!(compare(&notes, &moved(&facts, &blessed, "code()"), &[]).agrees());
    }

    #[test]
    fn a_page_that_agrees_is_left_alone() {
        let page = "<p>quiet</p>\n";
        assert_eq!(blessed_page(page, &compare(&[], &[], &[]), &[]), page);
    }

    #[test]
    fn expectations_are_mended_too() {
        let text = "# about\n2: bid: gone 1\nnetworks: old(bidder)\n";
        let notes = super::super::parse_expectations(text, b"").notes;
        let facts = [fact(Kind::Bid, 3, vec![json!("new"), json!(1)])];
        let blessed = blessed_expectations(text, &compare(&notes, &facts, &[]), &facts);
        assert_eq!(blessed, "# about\n3: bid: new 1\n");
    }
}

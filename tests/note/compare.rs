//! Notes against facts, strict both ways.

use super::{Fact, Kind, Note, Term, USUAL_EVIDENCE, is_absent};
use serde_json::Value as Json;

/// What does not agree.
#[derive(Debug, Default)]
pub struct Comparison<'c> {
    /// Noted, not found.
    pub missing: Vec<&'c Note>,
    /// Found, not noted.
    pub surprising: Vec<&'c Fact>,
    /// Noted as a known miss, yet found.
    pub solved: Vec<&'c Note>,
}

impl Comparison<'_> {
    pub fn agrees(&self) -> bool {
        self.missing.is_empty() && self.surprising.is_empty() && self.solved.is_empty()
    }
}

/// Pairs each note with one fact. A note may also speak of an optional fact, which needs none.
pub fn compare<'c>(notes: &'c [Note], facts: &'c [Fact], optional: &[Fact]) -> Comparison<'c> {
    let mut is_noted = vec![false; facts.len()];
    let mut comparison = Comparison::default();
    // Notes that say more choose first; known misses choose last.
    let mut order: Vec<&Note> = notes.iter().collect();
    order.sort_by_key(|note| (note.is_later, std::cmp::Reverse(note.options.len() + note.values.len())));
    for note in order {
        let found = (0..facts.len()).find(|&index| !is_noted[index] && says(note, &facts[index]));
        // What was a known miss and is found now still lacks its own note.
        if let Some(index) = found.filter(|_| !note.is_later) {
            is_noted[index] = true;
        }
        let is_found = found.is_some() || optional.iter().any(|fact| says(note, fact));
        match (note.is_later, is_found) {
            (false, false) => comparison.missing.push(note),
            (true, true) => comparison.solved.push(note),
            _ => {}
        }
    }
    comparison.missing.sort_by_key(|note| note.written);
    comparison.surprising = facts.iter().zip(is_noted).filter(|(_, noted)| !noted).map(|(fact, _)| fact).collect();
    comparison
}

/// Does the note speak of this fact?
fn says(note: &Note, fact: &Fact) -> bool {
    note.kind == fact.kind
        && (note.line == fact.line || has_no_place(fact))
        && note.values.len() <= fact.values.len()
        && note.values.iter().zip(&fact.values).all(|(term, value)| term_says(term, value))
        && fact.values[note.values.len()..].iter().all(is_absent)
        && note
            .options
            .iter()
            .all(|(name, term)| fact.option(name).is_some_and(|value| option_says(note.kind, name, term, value)))
        && (note.options.contains_key("evidence")
            || fact.option("evidence").is_none_or(|value| value == USUAL_EVIDENCE))
}

/// A remark about the whole page may be noted anywhere.
fn has_no_place(fact: &Fact) -> bool {
    fact.kind == Kind::Diagnostic && fact.line == 0
}

fn term_says(term: &Term, value: &Json) -> bool {
    match term {
        Term::Anything => true,
        Term::Json(expected) => expected == value,
    }
}

fn option_says(kind: Kind, name: &str, term: &Term, value: &Json) -> bool {
    match (kind, name, term, value) {
        // Roles are a set.
        (Kind::Network, "roles", Term::Json(Json::String(expected)), Json::String(found)) => {
            sorted(expected) == sorted(found)
        }
        _ => term_says(term, value),
    }
}

fn sorted(roles: &str) -> Vec<&str> {
    let mut roles: Vec<&str> = roles.split(',').map(str::trim).collect();
    roles.sort_unstable();
    roles
}

#[cfg(test)]
mod tests {
    use super::super::{facts, parse_page};
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn bid(line: u32, bidder: &str, params: Json) -> Fact {
        Fact {
            kind: Kind::Bid,
            line,
            values: vec![json!(bidder), params],
            options: BTreeMap::new(),
            captures: BTreeMap::new(),
        }
    }

    #[test]
    fn what_is_found_is_noted_once() {
        let notes = parse_page(b"// bid: a {\"x\": 1}\ncode").notes;
        let once = [bid(2, "a", json!({"x": 1}))];
        assert!(compare(&notes, &once, &[]).agrees());
        let twice = [once[0].clone(), once[0].clone()];
        assert_eq!(compare(&notes, &twice, &[]).surprising.len(), 1);
        assert_eq!(compare(&notes, &[], &[]).missing.len(), 1);
    }

    #[test]
    fn line_and_values_must_agree() {
        let notes = parse_page("// bid: a …\n// bid: b\ncode".as_bytes()).notes;
        let facts = [bid(3, "a", json!({"x": 1})), bid(3, "b", json!({"$undefined": true}))];
        assert!(compare(&notes, &facts, &[]).agrees());
        let elsewhere = [bid(4, "a", json!(null)), bid(3, "b", json!({"x": 1}))];
        let comparison = compare(&notes, &elsewhere, &[]);
        assert_eq!((comparison.missing.len(), comparison.surprising.len()), (2, 2));
    }

    #[test]
    fn weaker_evidence_must_be_noted() {
        let declared = Fact {
            options: BTreeMap::from([("evidence", json!("declared"))]),
            kind: Kind::Unit,
            ..bid(2, "a", Json::Null)
        };
        let plain = parse_page(b"// unit: a\ncode").notes;
        let told = parse_page(b"// unit: a evidence=declared\ncode").notes;
        assert!(!compare(&plain, std::slice::from_ref(&declared), &[]).agrees());
        assert!(compare(&told, &[declared], &[]).agrees());
    }

    #[test]
    fn a_known_miss_complains_once_it_is_found() {
        let notes = parse_page(b"// later: bid: a {\"x\": 1}\ncode").notes;
        assert!(compare(&notes, &[], &[]).agrees());
        assert_eq!(compare(&notes, &[bid(2, "a", json!({"x": 1}))], &[]).solved.len(), 1);
    }

    #[test]
    fn a_page_without_findings_needs_no_notes() {
        let source = adsieve::report::Source::new("a.html", b"");
        let why = adsieve::Diagnostic::new(adsieve::Severity::Info, "quiet", "nothing");
        assert!(facts(&adsieve::report::failed_report(&source, &why)).is_empty());
    }
}

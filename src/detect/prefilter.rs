//! Which scripts can matter at all? One pass over a script's words, for the literals of all rules.

use super::word_table::WordTable;
use crate::pattern::{Pattern, is_telling, last_name};
use crate::rule::RuleSet;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Tells whether a script holds a literal of any rule; case counts.
#[derive(Clone, Debug)]
pub struct Prefilter {
    table: Arc<WordTable>,
    /// What it looks for, sorted.
    pub(super) literals: Vec<String>,
}

impl Prefilter {
    /// Compiles the literals of the rules, the hosts and globals of the products, and some more.
    #[must_use]
    pub fn new(rules: &RuleSet, extra_literals: &[&str]) -> Self {
        let mut all: BTreeSet<String> = extra_literals.iter().map(|literal| (*literal).to_owned()).collect();
        all.extend(rules.rules().iter().flat_map(|rule| &rule.scripts).flat_map(Pattern::anchors));
        for product in rules.products() {
            let globals = product.globals.iter().chain(&product.weak_globals).map(|global| last_name(global));
            all.extend(globals.filter(|name| is_telling(name)).map(str::to_owned));
            all.extend(product.hosts.iter().map(|place| place_text(place)));
            all.extend(product.paths.iter().filter(|path| !path.contains('*')).map(ToString::to_string));
        }
        all.remove("");
        let literals: Vec<String> = all.into_iter().collect();
        Self { table: Arc::new(WordTable::new(&literals)), literals }
    }

    /// Does the script hold one of the literals? Names count only as whole words. Without a literal everything passes.
    #[must_use]
    pub fn is_match(&self, script: &str) -> bool {
        self.literals.is_empty() || self.table.find(script.as_bytes(), |_, _| ControlFlow::Break(())).is_break()
    }

    /// Where the literals stand in the script, in order.
    #[must_use]
    pub fn places(&self, script: &str) -> Vec<u32> {
        let mut places = Vec::new();
        // Nothing breaks it off.
        let _ = self.table.find(script.as_bytes(), |start, _| {
            places.push(u32::try_from(start).unwrap_or(u32::MAX));
            ControlFlow::Continue(())
        });
        places.sort_unstable();
        places
    }
}

/// A host and the beginning of its path, without the `www.` that is often left out; a short host may
/// be the end of another.
fn place_text(place: &str) -> String {
    let place = place.strip_prefix("www.").unwrap_or(place);
    if place.len() < 9 && !place.contains('/') { format!("//{place}/") } else { place.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_without_a_literal_stop_here() {
        let prefilter = Prefilter::new(&RuleSet::built_in(), &["hb_pb"]);
        for script in
            ["x.addAdUnits(y)", "s.src='//pagead2.googlesyndication.com/pagead/js/x'", "var a=[{bidder:'x'}]", "hb_pb"]
        {
            assert!(prefilter.is_match(script), "{script}");
        }
        assert!(!prefilter.is_match("document.getElementById('x').push({code: 1, params: []})"));
    }

    #[test]
    fn names_count_as_whole_words() {
        let prefilter = Prefilter::new(&RuleSet::default(), &["dable", "t.co/x", "ga("]);
        for script in [
            "dable",
            "a.dable=1",
            "'\\ndable",
            "\\u0022dable",
            "%22dable%22",
            "//t.co/x",
            "ga('create')",
            "readable;dable()",
        ] {
            assert!(prefilter.is_match(script), "{script}");
        }
        for script in ["readable", "dables", "$dable", "mega(1)", "undable"] {
            assert!(!prefilter.is_match(script), "{script}");
        }
    }

    /// What the table is to find, said plainly.
    fn holds(literals: &[String], text: &str) -> bool {
        let is_name = |character: Option<char>| {
            character.is_some_and(|one| one.is_ascii_alphanumeric() || matches!(one, '_' | '$'))
        };
        let escape = regex::Regex::new(r"(\\[ntrbfv]|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|%[0-9A-Fa-f]{2})$").unwrap();
        literals.iter().any(|literal| {
            (0..text.len()).filter(|&at| text.is_char_boundary(at) && text[at..].starts_with(&**literal)).any(|at| {
                let (before, after) = (&text[..at], &text[at + literal.len()..]);
                let is_cut = |left: Option<char>, right: Option<char>| is_name(left) && is_name(right);
                let is_cut_at_start = is_cut(before.chars().last(), literal.chars().next()) && !escape.is_match(before);
                !is_cut_at_start && !is_cut(literal.chars().last(), after.chars().next())
            })
        })
    }

    const PIECES: [&str; 24] = [
        "dable",
        "ads.example",
        "//t.co/",
        "ga(",
        "pre_bid$",
        "abcdefghijk",
        "\\n",
        "\\u0022",
        "\\x2f",
        "%2F",
        "\\",
        "%",
        "u00",
        "n",
        "22",
        "x",
        " ",
        ".",
        "/",
        "(",
        "é",
        "$",
        "-",
        "abcdefghijkl",
    ];

    proptest::proptest! {
        #[test]
        fn the_table_finds_what_plain_search_finds(at in proptest::collection::vec(0..PIECES.len(), 0..12)) {
            let literals = ["dable", "ads.example", "//t.co/x", "ga(", "pre_bid$", "abcdefghijk", "-%"].map(str::to_owned);
            let prefilter = Prefilter::new(&RuleSet::default(), &literals.each_ref().map(|literal| &**literal));
            let text: String = at.into_iter().map(|at| PIECES[at]).collect();
            proptest::prop_assert_eq!(prefilter.is_match(&text), holds(&literals, &text), "{}", text);
            proptest::prop_assert_eq!(prefilter.is_match(&text), !prefilter.places(&text).is_empty());
        }
    }
}

//! Which scripts can matter at all? One pass of an automaton over all literals of the rules.

use crate::pattern::{Pattern, is_telling, last_name};
use crate::rule::RuleSet;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// Tells whether a script holds a literal of any rule; case counts.
#[derive(Clone, Debug)]
pub struct Prefilter {
    small: Option<AhoCorasick>,
    large: Arc<Large>,
    /// What it looks for, sorted.
    pub(super) literals: Vec<String>,
}

/// Bytes after which the larger automaton pays.
const WARM_UP: usize = 64 << 20;

/// A DFA takes two to three times as many bytes a second as an NFA and eight times as long to build (12 ms):
/// it is built when a run turns out to be long.
#[derive(Debug, Default)]
struct Large {
    bytes_seen: AtomicUsize,
    automaton: OnceLock<Option<AhoCorasick>>,
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
        }
        all.remove("");
        let literals: Vec<String> = all.into_iter().collect();
        let small = compile(&literals, AhoCorasickKind::ContiguousNFA).filter(|_| !literals.is_empty());
        Self { small, large: Arc::default(), literals }
    }

    /// Does the script hold one of the literals? Names count only as whole words. Without an automaton everything passes.
    #[must_use]
    pub fn is_match(&self, script: &str) -> bool {
        let Some(automaton) = self.automaton(script.len()) else { return true };
        let bytes = script.as_bytes();
        automaton.find_overlapping_iter(bytes).any(|found| is_whole(bytes, found.start(), found.end()))
    }

    /// Both automata find the same.
    fn automaton(&self, length: usize) -> Option<&AhoCorasick> {
        let small = self.small.as_ref()?;
        let large = match self.large.automaton.get() {
            Some(large) => large.as_ref(),
            None if self.large.bytes_seen.fetch_add(length, Ordering::Relaxed) < WARM_UP => None,
            None => self.large.automaton.get_or_init(|| compile(&self.literals, AhoCorasickKind::DFA)).as_ref(),
        };
        Some(large.unwrap_or(small))
    }
}

fn compile(literals: &[String], kind: AhoCorasickKind) -> Option<AhoCorasick> {
    AhoCorasick::builder().kind(Some(kind)).build(literals).ok()
}

/// A host and the beginning of its path, without the `www.` that is often left out; a short host may
/// be the end of another.
fn place_text(place: &str) -> String {
    let place = place.strip_prefix("www.").unwrap_or(place);
    if place.len() < 9 && !place.contains('/') { format!("//{place}/") } else { place.to_owned() }
}

/// Do the found bytes begin and end where names do? Bytes that are no part of names do so anywhere.
fn is_whole(text: &[u8], start: usize, end: usize) -> bool {
    let joins =
        |at: usize, next: usize| text.get(at).is_some_and(is_name_byte) && text.get(next).is_some_and(is_name_byte);
    let is_cut_at_end = end > start && joins(end - 1, end);
    let is_cut_at_start = start > 0 && joins(start - 1, start) && !ends_in_escape(&text[..start]);
    !is_cut_at_end && !is_cut_at_start
}

fn is_name_byte(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}

/// In a string, `\n`, `\u0022` and `%22` end where a name may begin.
fn ends_in_escape(before: &[u8]) -> bool {
    let ends = |length: usize, mark: &[u8]| {
        before.len() >= length + mark.len()
            && before[before.len() - length..].iter().all(u8::is_ascii_hexdigit)
            && before[..before.len() - length].ends_with(mark)
    };
    let is_letter = matches!(before, [.., b'\\', b'n' | b't' | b'r' | b'b' | b'f' | b'v']);
    is_letter || ends(4, b"\\u") || ends(2, b"\\x") || ends(2, b"%")
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
        let large = prefilter.clone();
        large.large.bytes_seen.store(WARM_UP, Ordering::Relaxed);
        assert!(large.is_match("a.dable=1") && !large.is_match("readable"));
        for script in ["readable", "dables", "$dable", "mega(1)", "undable"] {
            assert!(!prefilter.is_match(script), "{script}");
        }
    }
}

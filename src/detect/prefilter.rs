//! Which scripts can matter at all? One pass of an automaton over all literals of the rules.

use crate::pattern::{is_telling, last_name};
use crate::rule::RuleSet;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::collections::BTreeSet;

/// Tells whether a script holds a literal of any rule; case counts.
#[derive(Clone, Debug)]
pub struct Prefilter {
    automaton: Option<AhoCorasick>,
    literals: usize,
}

impl Prefilter {
    /// Compiles the literals of the rules, the hosts and globals of the products, and some more.
    #[must_use]
    pub fn new(rules: &RuleSet, extra_literals: &[&str]) -> Self {
        let mut all: BTreeSet<&str> = extra_literals.iter().copied().filter(|literal| !literal.is_empty()).collect();
        let patterns: Vec<_> =
            rules.rules().iter().flat_map(|rule| &rule.scripts).map(crate::pattern::Pattern::literals).collect();
        all.extend(patterns.iter().filter_map(|literals| literals.first()).map(|literal| &**literal));
        for product in rules.products() {
            all.extend(product.hosts.iter().map(|place| host_of(place)));
            all.extend(
                product
                    .globals
                    .iter()
                    .chain(&product.weak_globals)
                    .map(|global| last_name(global))
                    .filter(|name| is_telling(name)),
            );
        }
        let literals = without_longer(&all);
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&literals)
            .ok()
            .filter(|_| !literals.is_empty());
        Self { automaton, literals: literals.len() }
    }

    /// Does the script hold one of the literals? Without an automaton everything passes.
    #[must_use]
    pub fn is_match(&self, script: &str) -> bool {
        self.automaton.as_ref().is_none_or(|automaton| automaton.is_match(script))
    }

    /// How many literals it looks for.
    #[must_use]
    pub fn len(&self) -> usize {
        self.literals
    }

    /// Is there nothing to look for?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.literals == 0
    }
}

/// `www.` is often left out, and a path may be put together from parts.
fn host_of(place: &str) -> &str {
    let host = place.split('/').next().unwrap_or(place);
    host.strip_prefix("www.").unwrap_or(host)
}

/// A text that holds another literal needs no literal of its own.
fn without_longer<'l>(all: &BTreeSet<&'l str>) -> Vec<&'l str> {
    let Ok(every) = AhoCorasick::new(all) else { return all.iter().copied().collect() };
    let holds_other = |literal: &str| every.find_overlapping_iter(literal).any(|found| found.len() < literal.len());
    // With overlapping search a literal's own match counts as the whole.
    all.iter().copied().filter(|literal| !holds_other(literal)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_without_a_literal_stop_here() {
        let prefilter = Prefilter::new(&RuleSet::built_in(), &["hb_pb"]);
        for script in ["x.addAdUnits(y)", "s.src='//pagead2.googlesyndication.com/x'", "var a=[{bidder:'x'}]", "hb_pb"]
        {
            assert!(prefilter.is_match(script), "{script}");
        }
        assert!(!prefilter.is_match("document.getElementById('x').push({code: 1, params: []})"));
    }

    #[test]
    fn literals_inside_others_make_them_superfluous() {
        let all: BTreeSet<&str> = ["bidder", "bidderSettings", "bid", "x"].into();
        assert_eq!(without_longer(&all), ["bid", "x"]);
    }
}

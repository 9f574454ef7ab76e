//! Which scripts can matter at all? One pass of an automaton over all literals of the rules.

use crate::pattern::{Pattern, is_telling, last_name};
use crate::rule::RuleSet;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::collections::BTreeSet;

/// Tells whether a script holds a literal of any rule; case counts.
#[derive(Clone, Debug)]
pub struct Prefilter {
    automaton: Option<AhoCorasick>,
    literals: Vec<String>,
}

impl Prefilter {
    /// Compiles the literals of the rules, the hosts and globals of the products, and some more.
    ///
    /// A DFA: it is twice as quick as an NFA over this many literals, and costs some milliseconds to build.
    #[must_use]
    pub fn new(rules: &RuleSet, extra_literals: &[&str]) -> Self {
        let mut all: BTreeSet<String> = extra_literals.iter().map(|literal| (*literal).to_owned()).collect();
        all.extend(rules.rules().iter().flat_map(|rule| &rule.scripts).flat_map(Pattern::anchors));
        for product in rules.products() {
            let globals = product.globals.iter().chain(&product.weak_globals).map(|global| last_name(global));
            all.extend(globals.filter(|name| is_telling(name)).map(str::to_owned));
            all.extend(product.hosts.iter().map(|place| host_of(place).to_owned()));
        }
        all.remove("");
        let literals = without_longer(&all);
        let automaton = AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(&literals).ok();
        Self { automaton: automaton.filter(|_| !literals.is_empty()), literals }
    }

    /// Does the script hold one of the literals? Without an automaton everything passes.
    #[must_use]
    pub fn is_match(&self, script: &str) -> bool {
        self.automaton.as_ref().is_none_or(|automaton| automaton.is_match(script))
    }

    /// What it looks for, sorted.
    #[must_use]
    pub fn literals(&self) -> &[String] {
        &self.literals
    }
}

/// `www.` is often left out, and a path may be put together from parts.
fn host_of(place: &str) -> &str {
    let host = place.split('/').next().unwrap_or(place);
    host.strip_prefix("www.").unwrap_or(host)
}

/// A text that holds another literal needs no literal of its own.
fn without_longer(all: &BTreeSet<String>) -> Vec<String> {
    let Ok(every) = AhoCorasick::new(all) else { return all.iter().cloned().collect() };
    let holds_other = |literal: &String| every.find_overlapping_iter(literal).any(|found| found.len() < literal.len());
    all.iter().filter(|literal| !holds_other(literal)).cloned().collect()
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
        let all: BTreeSet<String> = ["bidder", "bidderSettings", "bid", "x"].map(str::to_owned).into();
        assert_eq!(without_longer(&all), ["bid", "x"]);
    }
}

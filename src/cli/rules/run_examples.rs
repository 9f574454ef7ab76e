//! `adsieve rules test`: runs all examples and counterexamples.

use super::super::Outcome;
use super::args::TestArguments;
use super::frame::{Frames, tell};
use super::{print, read};
use adsieve::{Engine, Registry, Rule, RuleSet};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Runs them; what does not hold goes to stderr, the counts to stdout.
pub(super) fn run_examples(arguments: &TestArguments) -> Outcome {
    let (rules, registry) = match read(&arguments.paths) {
        Ok(read) => read,
        Err(outcome) => return outcome,
    };
    let engine = Engine::with_registry(rules, registry);
    let failed = engine.check_examples();
    failed.iter().for_each(|mistake| tell(mistake, Frames::With));
    match print(&counts(engine.rules(), registry, failed.len())) {
        Outcome::Done if !failed.is_empty() => Outcome::Holds,
        outcome => outcome,
    }
}

/// Counts of one role.
#[derive(Default)]
struct Count {
    products: usize,
    rules: usize,
    examples: usize,
    counterexamples: usize,
}

impl Count {
    fn add(&mut self, rule: &Rule) {
        self.rules += 1;
        self.examples += rule.examples.len();
        self.counterexamples += rule.counterexamples.len();
    }

    fn line(&self, role: &str) -> String {
        let Self { products, rules, examples, counterexamples } = self;
        format!("{role:<16} {products:>8} {rules:>6} {examples:>9} {counterexamples:>15}\n")
    }
}

fn counts(rules: &RuleSet, registry: &Registry, failed: usize) -> String {
    let mut by_role: BTreeMap<&str, Count> = BTreeMap::new();
    let mut all = Count { products: rules.products().len(), ..Count::default() };
    rules.products().iter().for_each(|product| by_role.entry(&product.role).or_default().products += 1);
    for rule in rules.rules() {
        let role = rule.product.as_ref().map_or("(no product)", |product| &product.role);
        by_role.entry(role).or_default().add(rule);
        all.add(rule);
    }
    let mut text =
        format!("{:<16} {:>8} {:>6} {:>9} {:>15}\n", "role", "products", "rules", "examples", "counterexamples");
    by_role.iter().for_each(|(role, count)| text += &count.line(role));
    text += &all.line("all");
    let (bidders, networks) = (registry.bidders().len(), registry.networks().len());
    let held = all.examples + all.counterexamples - failed;
    let _ =
        writeln!(text, "\n{bidders} bidder codes · {networks} organisations · {held} examples hold · {failed} do not");
    text
}

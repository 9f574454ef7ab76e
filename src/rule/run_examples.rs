//! Running the examples of rules.
//!
//! An example is run through the whole pipeline, which stands above this floor: whoever owns the
//! pipeline implements [`Runner`].

use super::example::ExampleKind;
use super::mistake::{Mistake, Mistakes};
use super::model::Rule;
use super::set::RuleSet;
use crate::evaluate::Value;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A finding, as far as examples care.
#[derive(Clone, Debug)]
pub struct Found {
    /// Id of the rule.
    pub rule: Arc<str>,
    /// Its captures.
    pub captures: BTreeMap<Arc<str>, Value>,
}

/// Runs the text of an example as if a page held it.
pub trait Runner {
    /// All findings, of any rule.
    fn run(&self, kind: ExampleKind, text: &str) -> Vec<Found>;
}

/// Runs all examples and counterexamples of a set; the mistakes, sorted by file and place.
///
/// `text_of` gives the text of a rule file by its name, for places; an empty text gives line 1.
#[must_use]
pub fn check_examples(rules: &RuleSet, runner: &dyn Runner, text_of: &dyn Fn(&str) -> String) -> Vec<Mistake> {
    let mut all = Vec::new();
    for rule in rules.rules() {
        let text = text_of(&rule.file);
        let mut mistakes = Mistakes::new(&rule.file, &text);
        check_rule(rule, runner, &mut mistakes);
        all.extend(mistakes.all);
    }
    all.sort_by(|left, right| (&left.file, left.span).cmp(&(&right.file, right.span)));
    all
}

fn check_rule(rule: &Rule, runner: &dyn Runner, mistakes: &mut Mistakes<'_>) {
    for example in &rule.examples {
        let found: Vec<Found> =
            runner.run(example.kind, &example.text).into_iter().filter(|found| found.rule == rule.id).collect();
        if found.is_empty() {
            mistakes.error(example.span, format!("the example is not found by `{}`", rule.id), None);
        } else if !found.iter().any(|found| has_captures(found, &example.captures)) {
            let seen: Vec<String> = found.iter().map(shown_captures).collect();
            mistakes.error(
                example.span,
                format!("the example is found by `{}`, but with other captures", rule.id),
                Some(format!("it gives {}", seen.join(" and "))),
            );
        }
    }
    for example in &rule.counterexamples {
        if let Some(found) = runner.run(example.kind, &example.text).iter().find(|found| found.rule == rule.id) {
            let hint = (!found.captures.is_empty()).then(|| format!("it gives {}", shown_captures(found)));
            mistakes.error(example.span, format!("the counterexample is found by `{}`", rule.id), hint);
        }
    }
}

fn has_captures(found: &Found, wanted: &BTreeMap<String, Json>) -> bool {
    wanted.iter().all(|(name, value)| found.captures.get(name.as_str()).is_some_and(|own| own.to_json() == *value))
}

fn shown_captures(found: &Found) -> String {
    let words: Vec<String> =
        found.captures.iter().map(|(name, value)| format!("{name} = {}", value.to_json())).collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

//! Runs the examples in rule files through the whole pipeline.

use super::{Engine, ScanOptions};
use crate::rule::{ExampleKind, Found, Mistake, Runner, check_examples};

/// The page on which examples stand.
const PAGE: &str = "https://page.example/";

impl Engine {
    /// Runs every example and counterexample of the engine's rules; what does not hold, by file and place.
    #[must_use]
    pub fn check_examples(&self) -> Vec<Mistake> {
        let rules = self.detector.rules();
        check_examples(rules, self, &|file| rules.text(file).unwrap_or_default())
    }
}

impl Runner for Engine {
    fn run(&self, kind: ExampleKind, text: &str) -> Vec<Found> {
        let (name, page) = match kind {
            ExampleKind::Script => ("example.js", text.to_owned()),
            ExampleKind::Html => ("example.html", format!("<!DOCTYPE html><body>{text}")),
            ExampleKind::Url => ("example.html", format!("<!DOCTYPE html><script src=\"{}\"></script>", escaped(text))),
            ExampleKind::Style => ("example.html", format!("<!DOCTYPE html><style>{text}</style>")),
        };
        let options = ScanOptions { url: Some(PAGE.into()), name: Some(name.into()), ..ScanOptions::default() };
        let findings = self.scan_bytes(page.as_bytes(), &options).findings;
        findings.into_iter().map(|finding| Found { rule: finding.rule, captures: finding.captures }).collect()
    }
}

/// The text as an attribute's value.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Registry;
    use crate::rule::RuleSet;

    #[test]
    fn an_example_that_does_not_hold_is_told_with_its_place() {
        let text = "[r]\nscript = 'acme.define($X)'\n[[r.example]]\nscript = 'acme.define(1)'\ncaptures = { X = 2 }\n[[r.counterexample]]\nscript = 'acme.define(3)'\n";
        let texts = [("own.toml".to_owned(), text.to_owned())];
        let rules = RuleSet::default().with_texts(&texts, Registry::built_in()).unwrap();
        let told: Vec<String> = Engine::new(rules).check_examples().iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "own.toml:4:10: error: the example is found by `r`, but with other captures (it gives X = 1)",
                "own.toml:7:10: error: the counterexample is found by `r` (it gives X = 3)"
            ]
        );
    }
}

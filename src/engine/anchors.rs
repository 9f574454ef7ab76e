//! What marks ad code in text, as the rules know it.

use crate::pattern::{is_telling, last_name};
use crate::rule::RuleSet;
use crate::script::Anchors;

/// The usual anchors, and the names and hosts of the caller's own rules.
pub(super) fn of_rules(rules: &RuleSet) -> Anchors {
    let mut words: Vec<(&str, Option<&str>)> = Vec::new();
    for product in rules.products().iter().filter(|product| rules.is_own(&product.file)) {
        let network = Some(&*product.network).filter(|network| !network.is_empty());
        let globals = product.globals.iter().chain(&product.queues).map(|name| last_telling(name));
        words.extend(globals.flatten().chain(product.hosts.iter().map(|host| &**host)).map(|word| (word, network)));
        words.extend(product.css.iter().map(|style| (style.name(), network)));
    }
    let literals: Vec<(_, Option<&str>)> = rules
        .rules()
        .iter()
        .filter(|rule| rules.is_own(&rule.file))
        .flat_map(|rule| rule.scripts.iter().map(|pattern| (pattern.literals(), rule.product.as_deref())))
        .filter_map(|(literals, product)| {
            let telling = literals.into_iter().find(|literal| is_telling(literal))?;
            Some((telling, product.map(|product| &*product.network)))
        })
        .collect();
    words.extend(literals.iter().map(|(literal, network)| (&**literal, *network)));
    if words.is_empty() { Anchors::default() } else { Anchors::default().with_words(words) }
}

/// The part of a path of names that tells whose it is: `acmeAds` of `window.acmeAds.que`.
fn last_telling(path: &str) -> Option<&str> {
    let name = last_name(path);
    if is_telling(name) { Some(name) } else { path.rsplit('.').find(|name| is_telling(name)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Registry;

    const RULES: &str = "product = \"acme\"\nname = \"Acme\"\nnetwork = \"taboola\"\nrole = \"native\"\n\
        hosts = [\"cdn.acme-ads.example\"]\nglobals = [\"acmeAds\"]\n";

    #[test]
    fn own_rules_mark_code_in_text() {
        let texts = [("own/acme.toml".to_owned(), RULES.to_owned())];
        let rules = RuleSet::built_in().with_texts(&texts, Registry::built_in()).unwrap();
        let anchors = of_rules(&rules);
        assert!(anchors.are_in("acmeAds.show(1);") && anchors.are_in("//cdn.acme-ads.example/a.js"));
        assert!(!of_rules(&RuleSet::built_in()).are_in("acmeAds.show(1);"));
    }
}

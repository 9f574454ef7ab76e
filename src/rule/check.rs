//! What reading a rule file does not judge: names of networks, regular expressions, ids, missing examples.

use super::constraint::{Constraint, LazyRegex};
use super::file::{ROLES, RuleFile};
use super::mistake::Mistakes;
use super::nearest;
use crate::base::Span;
use crate::network::Registry;
use std::collections::HashMap;
use std::sync::Arc;

/// The checks of one file.
pub(crate) fn check_file(file: &RuleFile, registry: &Registry, mistakes: &mut Mistakes<'_>) {
    let place = |key: &str| file.places.get(key).copied().unwrap_or_default();
    if let Some(product) = &file.product {
        if !product.network.is_empty() && registry.network(&product.network).is_none() {
            mistakes.error(
                place("network"),
                format!("unknown network `{}`", product.network),
                Some("networks stand in networks.toml".into()),
            );
        }
        if !product.role.is_empty() && !ROLES.contains(&&*product.role) {
            mistakes.error(
                place("role"),
                format!("unknown role `{}`", product.role),
                nearest::hint(&product.role, ROLES),
            );
        }
        for path in product.paths.iter().filter(|path| !is_telling(path)) {
            let message = format!("the path `{path}` would be met by anything");
            let hint =
                "it begins with `/`, and its last part holds three letters or more beside its ending: `/*acme*.js`";
            mistakes.error(place("paths"), message, Some(hint.into()));
        }
        for (name, regex) in &product.ids {
            check_regex(regex, place("product"), &format!("`ids.{name}`: "), mistakes);
        }
    }
    for rule in &file.rules {
        for (name, constraint) in &rule.constraints {
            if let Constraint::Matches(regex) = constraint {
                check_regex(regex, place(&format!("{}.where.{name}", rule.id)), "", mistakes);
            }
        }
        if rule.examples.is_empty() {
            mistakes.warning(rule.span, format!("rule `{}` has no example", rule.id), None);
        }
    }
}

/// Does the last part of a path tell a product's files from others, whatever the ending?
fn is_telling(path: &str) -> bool {
    let Some((_, file)) = path.rsplit_once('/').filter(|_| path.starts_with('/')) else { return false };
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    stem.split('*').any(|part| part.len() >= 3)
}

fn check_regex(regex: &LazyRegex, span: Span, context: &str, mistakes: &mut Mistakes<'_>) {
    if let Err(error) = regex::Regex::new(regex.source()) {
        let text = error.to_string();
        let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        mistakes.error(span, format!("{context}the regular expression does not compile: {reason}"), None);
    }
}

/// No two files of one set may hold the same rule or product; `false` if they do.
pub(crate) fn check_ids(
    file: &RuleFile,
    seen: &mut HashMap<(bool, Arc<str>), Arc<str>>,
    mistakes: &mut Mistakes<'_>,
) -> bool {
    let before = mistakes.all.len();
    if let Some(product) = &file.product
        && let Some(other) = seen.insert((true, product.id.clone()), mistakes.file.clone())
    {
        let place = file.places.get("product").copied().unwrap_or_default();
        mistakes.error(place, format!("product `{}` stands in {other} too", product.id), None);
    }
    for rule in &file.rules {
        if let Some(other) = seen.insert((false, rule.id.clone()), mistakes.file.clone()) {
            mistakes.error(rule.span, format!("rule `{}` stands in {other} too", rule.id), None);
        }
    }
    mistakes.all.len() == before
}

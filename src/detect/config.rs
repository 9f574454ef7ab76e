//! Matches of config rules → settings with dotted names.

use super::finding::ConfigEntry;
use super::matcher::{Hit, Sign};
use crate::base::Place;
use crate::evaluate::Value;
use crate::rule::Finds;

/// How deep settings are taken apart; deeper objects are values.
const DEPTH: usize = 6;
/// How many settings one object gives.
const ENTRIES: usize = 400;

/// All settings, by name, then place; the same value of one name counts once.
pub(crate) fn entries(hits: &[Hit<'_>]) -> Vec<ConfigEntry> {
    let mut all: Vec<ConfigEntry> = Vec::new();
    for hit in hits {
        let Sign::Rule(rule, _) = hit.sign else { continue };
        if rule.finds != Finds::Config {
            continue;
        }
        for flat in hit.tree.flatten() {
            let at = flat.at.unwrap_or(hit.at);
            let mut own = Vec::new();
            let prefix = rule.setting.as_deref().unwrap_or_default();
            if let Some(config) = flat.captures.get("CONFIG") {
                flatten(prefix, config, at, DEPTH, &mut own);
            }
            if let Some(value) = flat.captures.get("VALUE") {
                let name = flat.captures.get("NAME").and_then(Value::as_str).unwrap_or_default();
                flatten(&joined(prefix, name), value, at, DEPTH, &mut own);
            }
            all.extend(own);
        }
    }
    all.sort_by(|left, right| (&left.name, left.at).cmp(&(&right.name, right.at)));
    all.dedup_by(|later, first| later.name == first.name && later.value == first.value);
    all
}

fn joined(prefix: &str, name: &str) -> String {
    match (prefix.is_empty(), name.is_empty()) {
        (true, _) => name.to_owned(),
        (_, true) => prefix.to_owned(),
        _ => format!("{prefix}.{name}"),
    }
}

/// Objects are taken apart, and so is each alternative that is one.
fn flatten(name: &str, value: &Value, at: Place, depth: usize, out: &mut Vec<ConfigEntry>) {
    let is_object = |value: &Value| matches!(value, Value::Object(object) if !object.entries.is_empty());
    let opens = depth > 0 && out.len() < ENTRIES && value.alternatives().any(|(_, one)| is_object(one));
    if !opens {
        if !name.is_empty() && out.len() < ENTRIES && *value != Value::Undefined {
            out.push(ConfigEntry { name: name.to_owned(), value: value.clone(), at });
        }
        return;
    }
    for (_, one) in value.alternatives() {
        match one {
            Value::Object(object) if is_object(one) => {
                let at = object.at.unwrap_or(at);
                object.entries.iter().for_each(|(key, inner)| flatten(&joined(name, key), inner, at, depth - 1, out));
            }
            other => flatten(name, other, at, 0, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Object;
    use std::sync::Arc;

    #[test]
    fn settings_get_dotted_names() {
        let object = |entries: &[(&str, Value)]| {
            let entries = entries.iter().map(|(key, value)| ((*key).into(), value.clone())).collect();
            Value::Object(Arc::new(Object { entries, ..Object::default() }))
        };
        let config = object(&[
            ("a", Value::Null),
            ("b", object(&[("c", object(&[("d", Value::Number(1.0))])), ("e", object(&[]))])),
        ]);
        let mut out = Vec::new();
        flatten("", &config, Place::default(), DEPTH, &mut out);
        let names: Vec<&str> = out.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["a", "b.c.d", "b.e"]);
    }
}

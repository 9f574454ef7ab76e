//! What a value of the report may be, flattened.

use serde_json::Value as Json;

/// Every string that a value of the report may be: itself, or each of its alternatives.
pub(super) fn strings(value: &Json) -> Vec<&str> {
    alternatives(value).into_iter().filter_map(Json::as_str).collect()
}

/// Every string and number that it may be, as text.
pub(super) fn scalars(value: &Json) -> Vec<String> {
    let text = |one: &Json| match one {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    };
    alternatives(value).into_iter().filter_map(text).collect()
}

fn alternatives(value: &Json) -> Vec<&Json> {
    match value.get("$any").and_then(Json::as_array) {
        Some(all) => all.iter().filter_map(|one| one.get("value")).collect(),
        None => vec![value],
    }
}

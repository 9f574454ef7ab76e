//! Sizes of an ad unit: pairs of numbers, or a list of such pairs.

use super::words::name_value;
use crate::evaluate::{Condition, Value};

/// Sizes of `mediaTypes.banner` and `.video` that are none, in words, each with its condition.
pub(super) fn bad_sizes(media_types: &Value) -> Vec<(String, Condition)> {
    let mut found = Vec::new();
    for (when, types) in media_types.alternatives() {
        let Value::Object(types) = types else { continue };
        for (media_type, key) in [("banner", "sizes"), ("video", "playerSize")] {
            let Some(Value::Object(one)) = types.get(media_type) else { continue };
            for (inner, sizes) in one.get(key).into_iter().flat_map(Value::alternatives) {
                let when = inner.or(when).cloned();
                found.extend(
                    bad_size(sizes).map(|shown| (format!("{shown} is no size: width and height as numbers"), when)),
                );
            }
        }
    }
    found
}

/// The first of some sizes that is none.
fn bad_size(sizes: &Value) -> Option<String> {
    match sizes {
        Value::Array(items) if items.is_empty() => None,
        Value::Array(items) if items.iter().any(is_list) => {
            items.iter().find(|item| !is_pair_or_unknown(item)).map(shown)
        }
        Value::Array(items) if items.iter().all(is_written_size) => None,
        Value::Array(_) => (!is_pair_or_unknown(sizes)).then(|| shown(sizes)),
        Value::String(_) => (!is_written_size(sizes)).then(|| shown(sizes)),
        Value::Number(_) | Value::Bool(_) | Value::Object(_) => Some(shown(sizes)),
        _ => None,
    }
}

fn is_list(value: &Value) -> bool {
    matches!(value, Value::Array(_))
}

fn is_pair_or_unknown(value: &Value) -> bool {
    let is_side = |side: &Value| match side {
        Value::Number(side) => *side >= 0.0,
        Value::Any(all) => all.iter().all(|one| !matches!(one.value, Value::String(_) | Value::Array(_))),
        Value::Unknown(_) => true,
        _ => false,
    };
    match value {
        Value::Array(sides) => sides.len() == 2 && sides.iter().all(is_side) || sides.iter().any(is_spread),
        Value::Unknown(_) | Value::Any(_) | Value::Text(_) => true,
        _ => false,
    }
}

/// A list with one unknown member may have been spread from something of any length.
fn is_spread(value: &Value) -> bool {
    matches!(value, Value::Unknown(_))
}

/// `300x250`, as old pages write it; also several with commas.
fn is_written_size(value: &Value) -> bool {
    let is_side = |side: &str| !side.is_empty() && side.bytes().all(|byte| byte.is_ascii_digit());
    let is_size =
        |size: &str| size.trim().split_once('x').is_some_and(|(width, height)| is_side(width) && is_side(height));
    value.as_str().is_some_and(|text| text.split(',').all(is_size))
}

fn shown(value: &Value) -> String {
    match value {
        Value::Array(_) => format!("`{}`", value.json_text().chars().take(60).collect::<String>()),
        other => name_value(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(items: &[Value]) -> Value {
        Value::Array(items.into())
    }

    fn pair(width: f64, height: f64) -> Value {
        list(&[Value::Number(width), Value::Number(height)])
    }

    #[test]
    fn pairs_lists_of_pairs_and_written_sizes_are_sizes() {
        let written = list(&[Value::string("300x250"), Value::string("728x90")]);
        for good in [pair(300.0, 250.0), list(&[pair(1.0, 1.0), pair(970.0, 250.0)]), list(&[]), written] {
            assert_eq!(bad_size(&good), None, "{good:?}");
        }
        assert_eq!(bad_size(&Value::string("300x250,1x1")), None);
        assert_eq!(bad_size(&list(&[pair(1.0, 1.0), Value::Unknown("size".into())])), None);
        assert_eq!(bad_size(&Value::Unknown("sizes".into())), None);
    }

    #[test]
    fn texts_and_halves_are_no_sizes() {
        let text = list(&[Value::string("300"), Value::string("250")]);
        assert_eq!(bad_size(&list(&[text])).as_deref(), Some(r#"`["300","250"]`"#));
        assert_eq!(bad_size(&list(&[Value::Number(300.0)])).as_deref(), Some("`[300]`"));
        assert_eq!(bad_size(&Value::string("fluid")).as_deref(), Some(r#"the text "fluid""#));
        assert_eq!(bad_size(&list(&[pair(1.0, 1.0), list(&[])])).as_deref(), Some("`[]`"));
    }
}

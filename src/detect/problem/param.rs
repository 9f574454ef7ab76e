//! One bid param against what the adapter wants.

use super::problem;
use super::words::{name_value, quote};
use crate::base::Place;
use crate::detect::finding::Problem;
use crate::evaluate::{Condition, Value};
use crate::network::{Param, ParamType, Required};

/// The bid around a param, for messages.
pub(super) struct Around<'b> {
    /// The bidder's code.
    pub code: &'b str,
    /// Where the bid stands.
    pub at: Place,
}

/// What is wrong with one value of a param; the value is no alternative of several.
pub(super) fn check_value(param: &Param, value: &Value, when: &Condition, around: &Around<'_>) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut add = |code, words| found.push(problem(code, words, when, around.at));
    if let Some(words) = padding(param, value) {
        add("padded-id", words);
    }
    if let Some((code, words)) = type_mistake(param, value, around.code) {
        add(code, words);
    }
    if is_sample(param, value) {
        let shown = name_value(value);
        add("sample-id", format!("`{}` is {shown}, an example of the documentation of `{}`", param.name, around.code));
    }
    found
}

fn padding(param: &Param, value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let is_padded = text.trim() != text && !text.trim().is_empty();
    let words = || format!("`{}` is {} with white space around it", param.name, name_value(value));
    (is_padded && is_id(param)).then(words)
}

/// Does the param name something at the bidder's? Free texts may begin or end with a space.
fn is_id(param: &Param) -> bool {
    const PARTS: [&str; 8] = ["id", "tag", "zone", "placement", "unit", "code", "key", "slot"];
    let name = param.name.to_lowercase();
    param.required != Required::No || PARTS.iter().any(|part| name.ends_with(part))
}

fn is_sample(param: &Param, value: &Value) -> bool {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(_) => value.json_text(),
        _ => return false,
    };
    param.samples.iter().any(|sample| **sample == *text)
}

/// Adapters convert much, and tables of params are often stricter than adapters: only what cannot be meant is wrong.
fn type_mistake(param: &Param, value: &Value, code: &str) -> Option<(&'static str, String)> {
    let has = |wanted: &[ParamType]| wanted.iter().any(|one| param.types.contains(one));
    if has(&[ParamType::Any]) {
        return None;
    }
    let wants_number = has(&[ParamType::Integer, ParamType::Number]);
    let wants_text = has(&[ParamType::String]);
    let wants_scalar = wants_number || wants_text || has(&[ParamType::Boolean]);
    let words = || format!("`{}` is {}, `{code}` wants {}", param.name, name_value(value), wanted(param));
    let mistake = match value {
        Value::String(_) if wants_text => return None,
        Value::String(text) if text.trim().is_empty() => return None,
        Value::String(text) if wants_number && is_numeric(text) => "string-for-number",
        Value::String(_) if wants_number && !has(&[ParamType::Boolean, ParamType::Array]) => "wrong-type",
        Value::String(text) if !wants_scalar && !has(&[ParamType::Array]) && !is_json(text) => "wrong-type",
        Value::Number(_) if wants_number || has(&[ParamType::Boolean]) => return None,
        Value::Number(_) if wants_text => "number-for-string",
        Value::Number(_) => "wrong-type",
        Value::Bool(true) if !has(&[ParamType::Boolean]) => "wrong-type",
        Value::Array(items) if items.len() > 1 && !has(&[ParamType::Array, ParamType::Object]) => "wrong-type",
        Value::Object(object) if !object.entries.is_empty() && !has(&[ParamType::Object, ParamType::Array]) => {
            "wrong-type"
        }
        Value::Function if wants_scalar => "wrong-type",
        _ => return None,
    };
    Some((mistake, words()))
}

fn is_numeric(text: &str) -> bool {
    text.trim().parse::<f64>().is_ok_and(f64::is_finite)
}

/// Objects often come as JSON text.
fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

/// The wanted types in words: `a number`, `text or an object`.
fn wanted(param: &Param) -> String {
    let words: Vec<&str> = param
        .types
        .iter()
        .map(|one| match one {
            ParamType::String => "text",
            ParamType::Integer => "a whole number",
            ParamType::Number => "a number",
            ParamType::Boolean => "true or false",
            ParamType::Object => "an object",
            ParamType::Array => "a list",
            ParamType::Any => "anything",
        })
        .collect();
    words.join(" or ")
}

/// Is the value one that a required param must not have? In words, why.
pub(super) fn absence(name: &str, value: Option<&Value>) -> Option<String> {
    match value {
        None | Some(Value::Undefined) => Some(format!("`{name}` is missing")),
        Some(Value::Null) => Some(format!("`{name}` is null")),
        Some(Value::String(text)) if text.trim().is_empty() => Some(format!("`{name}` is the text {}", quote(text))),
        _ => None,
    }
}

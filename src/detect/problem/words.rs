//! Values in plain words.

use crate::evaluate::Value;

/// The longest text that a message quotes, in characters.
const QUOTED: usize = 60;

/// A value as a message names it: `the text "123"`, `the number 7`, `a list`.
pub(super) fn name_value(value: &Value) -> String {
    match value {
        Value::String(text) => format!("the text {}", quote(text)),
        Value::Number(_) | Value::Bool(_) => format!("{} {}", kind(value), value.json_text()),
        _ => kind(value).to_owned(),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Number(_) => "the number",
        Value::Bool(_) => "the value",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
        Value::Function => "a function",
        Value::Regex(_) => "a regular expression",
        Value::Null => "null",
        Value::Undefined => "undefined",
        _ => "something unknown",
    }
}

/// A text in quotes, cut where it is long.
pub(super) fn quote(text: &str) -> String {
    let short: String = text.chars().take(QUOTED).collect();
    let dots = if short.len() < text.len() { "…" } else { "" };
    format!("{short:?}{dots}")
}

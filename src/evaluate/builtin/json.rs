//! `JSON.parse` and `JSON.stringify`.

use crate::evaluate::abstract_value::Abstract;
use crate::evaluate::heap::{Kind, Object};
use crate::evaluate::machine::{GLOBAL, Machine};
use crate::evaluate::value::Value;
use serde_json::Value as Json;
use swc_atoms::Atom;
use swc_common::{DUMMY_SP, Span};

impl<'a> Machine<'a> {
    pub(super) fn json_function(&mut self, name: &str, arguments: &[Abstract], _span: Span) -> Option<Abstract> {
        let first = arguments.first()?;
        match (name, first) {
            ("JSON.parse", Abstract::String(text)) => self.json_value(text),
            // What an island or attribute holds is an unknown text to us; parsing keeps it unknown.
            ("JSON.stringify", value) => {
                let exported = self.export(value);
                let json = plain_json(&exported)?;
                let indent = arguments.get(2).is_some_and(|indent| !indent.is_nullish());
                let text = if indent { serde_json::to_string_pretty(&json) } else { serde_json::to_string(&json) };
                text.ok().map(|text| Abstract::text(&text))
            }
            _ => None,
        }
    }

    /// The value that a JSON text holds, as objects of the page.
    pub(in crate::evaluate) fn json_value(&mut self, text: &str) -> Option<Abstract> {
        // serde_json bounds the depth at 128.
        let json: Json = serde_json::from_str(text.trim_start_matches('\u{feff}').trim()).ok()?;
        Some(self.from_json(&json))
    }

    fn from_json(&mut self, json: &Json) -> Abstract {
        if !self.step(DUMMY_SP) {
            return Abstract::Undefined;
        }
        match json {
            Json::Null => Abstract::Null,
            Json::Bool(value) => Abstract::Bool(*value),
            Json::Number(number) => Abstract::Number(number.as_f64().unwrap_or(f64::NAN)),
            Json::String(text) => {
                let text = Atom::new(text.as_str());
                self.note_text(&text, DUMMY_SP);
                Abstract::String(text)
            }
            Json::Array(items) => {
                let elements = items.iter().map(|item| self.from_json(item)).collect();
                self.new_array(elements, DUMMY_SP)
            }
            Json::Object(members) => {
                let at = Some((self.source, DUMMY_SP));
                let id = self.add_object(Object { at, ..Object::new(Kind::Plain) });
                debug_assert!(id != GLOBAL);
                for (name, value) in members {
                    let value = self.from_json(value);
                    self.define(id, &Atom::new(name.as_str()), value);
                }
                Abstract::Object(id)
            }
        }
    }
}

/// The JSON of a value that is known in all its parts.
fn plain_json(value: &Value) -> Option<Json> {
    Some(match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) if !number.is_finite() => Json::Null,
        Value::Number(_) => value.to_json(),
        Value::String(text) => Json::String(text.to_string()),
        Value::Array(items) => {
            let item = |item: &Value| if is_skipped(item) { Some(Json::Null) } else { plain_json(item) };
            Json::Array(items.iter().map(item).collect::<Option<_>>()?)
        }
        Value::Object(object) => {
            let members = object.entries.iter().filter(|(_, value)| !is_skipped(value));
            Json::Object(
                members.map(|(name, value)| Some((name.to_string(), plain_json(value)?))).collect::<Option<_>>()?,
            )
        }
        _ => return None,
    })
}

/// Is it left out, as `JSON.stringify` leaves out functions and undefined?
fn is_skipped(value: &Value) -> bool {
    matches!(value, Value::Undefined | Value::Function)
}

//! `JSON.parse` and `JSON.stringify`.

use crate::evaluate::abstract_value::{Abstract, ObjectId};
use crate::evaluate::heap::{Kind, Object, Property};
use crate::evaluate::machine::{GLOBAL, Machine};
use crate::evaluate::value::Value;
use serde_json::{Map, Value as Json};
use swc_atoms::Atom;
use swc_common::{DUMMY_SP, Span};

/// Levels and nodes that `JSON.stringify` follows.
const DEPTH: u32 = 64;
const NODES: usize = 50_000;
/// Bytes of a string in it that count as a node.
const NODE_BYTES: usize = 64;

impl<'a> Machine<'a> {
    pub(super) fn json_function(&mut self, name: &str, arguments: &[Abstract], span: Span) -> Option<Abstract> {
        let first = arguments.first()?;
        match (name, first) {
            ("JSON.parse", Abstract::String(text)) => {
                self.charge_text(text.len());
                self.parsed_texts.insert(text.clone());
                let before = std::mem::replace(&mut self.json_span, span);
                let value = self.json_value(text);
                self.json_span = before;
                if value.is_none() {
                    self.may_throw();
                }
                value
            }
            // What an island or attribute holds is an unknown text to us; parsing keeps it unknown.
            ("JSON.stringify", value) => {
                let mut nodes = NODES;
                let json = self.plain_json(value, 0, &mut nodes);
                self.charge((NODES - nodes) / 2);
                let json = json?;
                let indent = arguments.get(2).is_some_and(|indent| !indent.is_nullish());
                let text = if indent { serde_json::to_string_pretty(&json) } else { serde_json::to_string(&json) };
                self.charge_made(text.ok().map(|text| Abstract::text(&text)))
            }
            _ => None,
        }
    }

    /// The value that a JSON text holds, as objects of the page.
    pub(in crate::evaluate) fn json_value(&mut self, text: &str) -> Option<Abstract> {
        // serde_json bounds the depth at 128.
        let json: Json = serde_json::from_str(text.trim_start_matches('\u{feff}').trim()).ok()?;
        Some(self.json_object(&json))
    }

    fn json_object(&mut self, json: &Json) -> Abstract {
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
                let elements = items.iter().map(|item| self.json_object(item)).collect();
                self.new_array(elements, DUMMY_SP)
            }
            Json::Object(members) => {
                let at = Some((self.source, self.json_span));
                let id = self.add_object(Object { at, ..Object::new(Kind::Plain) });
                debug_assert!(id != GLOBAL);
                for (name, value) in members {
                    let value = self.json_object(value);
                    self.define(id, &Atom::new(name.as_str()), value);
                }
                Abstract::Object(id)
            }
        }
    }

    /// The JSON of a value that is known in all its parts; `None` as soon as one is not.
    fn plain_json(&mut self, value: &Abstract, depth: u32, nodes: &mut usize) -> Option<Json> {
        *nodes = nodes.checked_sub(1)?;
        Some(match value {
            Abstract::Null => Json::Null,
            Abstract::Bool(value) => Json::Bool(*value),
            Abstract::Number(number) => {
                Value::Number(*number).to_json().as_number().cloned().map_or(Json::Null, Json::Number)
            }
            Abstract::String(text) => {
                *nodes = nodes.checked_sub(text.len() / NODE_BYTES)?;
                Json::String(text.to_string())
            }
            Abstract::Object(id) if depth < DEPTH => self.plain_object(*id, depth, nodes)?,
            _ => return None,
        })
    }

    fn plain_object(&mut self, id: ObjectId, depth: u32, nodes: &mut usize) -> Option<Json> {
        self.make_ready(id);
        let object = self.objects.share(id.0);
        match object.kind {
            Kind::Array => {
                let item = |one: &Abstract| match one {
                    Abstract::Undefined => Some(Json::Null),
                    one if self.is_skipped(one) => Some(Json::Null),
                    one => self.plain_json(one, depth + 1, nodes),
                };
                object.elements.iter().map(item).collect::<Option<_>>().map(Json::Array)
            }
            Kind::Plain => {
                let mut members = Map::new();
                for (name, property) in object.properties.iter() {
                    let Property::Value(value) = property else { return None };
                    if !self.is_skipped(value) {
                        members.insert(name.to_string(), self.plain_json(value, depth + 1, nodes)?);
                    }
                }
                Some(Json::Object(members))
            }
            _ => None,
        }
    }

    /// Is it left out, as `JSON.stringify` leaves out functions and undefined?
    fn is_skipped(&self, value: &Abstract) -> bool {
        match value {
            Abstract::Undefined => true,
            Abstract::Object(id) => self.object(*id).is_callable(),
            _ => false,
        }
    }
}

//! The helpers of jQuery and Lodash that build ad config: plain functions over lists and objects.

use crate::evaluate::abstract_value::{Abstract, ObjectId};
use crate::evaluate::heap::{Kind, Object};
use crate::evaluate::machine::Machine;
use swc_atoms::{Atom, atom};
use swc_common::Span;

/// Calls `$.extend` and the like; `None` for anything else.
pub(super) fn call(m: &mut Machine<'_>, path: &str, arguments: &[Abstract], span: Span) -> Option<Abstract> {
    let (owner, name) = path.split_once('.')?;
    let is_jquery = matches!(owner, "$" | "jQuery");
    if !is_jquery && !matches!(owner, "_" | "lodash") {
        return None;
    }
    match name {
        "extend" | "fn.extend" if is_jquery && arguments.len() == 1 => {
            m.extend_jquery(path.strip_suffix(".extend")?, &arguments[0])
        }
        "merge" if is_jquery => {
            let [list, more] = arguments else { return None };
            let more = m.array(more)?.to_vec();
            m.call_builtin_method(list, &atom!("push"), &more, span)?;
            Some(list.clone())
        }
        "merge" | "defaultsDeep" => m.extend(&[&[Abstract::Bool(true)], arguments].concat()),
        "extend" | "assign" => m.extend(arguments),
        "each" | "forEach" => m.each(arguments, is_jquery, span),
        "map" | "filter" | "grep" | "find" | "some" | "every" | "reduce" | "includes" | "indexOf" => {
            let name = if name == "grep" { "filter" } else { name };
            m.list_function(name, arguments, is_jquery, span)
        }
        "cloneDeep" | "clone" => arguments.first().map(|value| m.deep_copy(value, 0)),
        "isArray" => m.array_function("Array.isArray", arguments, span),
        "inArray" => {
            let list = m.array(arguments.get(1)?).map(|_| arguments[1].clone())?;
            m.call_builtin_method(&list, &atom!("indexOf"), &arguments[..1], span)
        }
        "trim" => {
            let Abstract::String(text) = arguments.first()? else { return None };
            Some(Abstract::text(text.trim()))
        }
        "isFunction" => match arguments.first()? {
            Abstract::Unknown(_) | Abstract::Any(_) => None,
            value => Some(Abstract::Bool(m.is_function(value))),
        },
        "isEmptyObject" | "isEmpty" => {
            let id = arguments.first()?.as_object().filter(|id| m.is_closed(*id))?;
            let object = m.object(id);
            Some(Abstract::Bool(object.properties.is_empty() && object.elements.is_empty()))
        }
        "proxy" | "bind" => {
            let (function, bound) = arguments.split_first()?;
            m.call_builtin_method(function, &atom!("bind"), bound, span)
        }
        "parseJSON" => match arguments.first()? {
            Abstract::String(text) => m.json_value(&text.clone()),
            _ => None,
        },
        "getScript" => {
            m.note_request(arguments.first()?, "script", span);
            None
        }
        "get" | "getJSON" | "post" | "ajax" => {
            let url = match arguments.first()? {
                Abstract::Object(id) => m.object(*id).own("url")?.clone(),
                url => url.clone(),
            };
            m.note_request(&url, "fetch", span);
            None
        }
        _ => None,
    }
}

impl<'a> Machine<'a> {
    /// `$.extend([deep,] target, …)`.
    fn extend(&mut self, arguments: &[Abstract]) -> Option<Abstract> {
        let (is_deep, arguments) = match arguments {
            [Abstract::Bool(is_deep), rest @ ..] => (*is_deep, rest),
            all => (false, all),
        };
        let (target, sources) = arguments.split_first()?;
        let sources: Vec<Abstract> =
            if is_deep { sources.iter().map(|source| self.deep_copy(source, 0)).collect() } else { sources.to_vec() };
        let target = match target {
            Abstract::Object(_) | Abstract::Any(_) => target.clone(),
            _ => Abstract::Object(self.add_object(Object::new(Kind::Plain))),
        };
        if is_deep && let Abstract::Object(id) = target {
            sources.iter().for_each(|source| self.merge_deep(id, source, 0));
            return Some(target);
        }
        self.assign_all(&target, &sources)
    }

    /// Copies members; objects on both sides are merged.
    fn merge_deep(&mut self, id: ObjectId, from: &Abstract, depth: u32) {
        let Some(from) = from.as_object().filter(|_| depth < 16 && !self.cut) else { return };
        for (name, property) in self.objects.share(from.0).properties.iter() {
            let crate::evaluate::heap::Property::Value(value) = property else { continue };
            let is_plain = |m: &mut Self, value: &Abstract| {
                let id = value.as_object()?;
                m.make_ready(id);
                Some(id).filter(|id| matches!(m.object(*id).kind, Kind::Plain))
            };
            let old = self.object(id).own(name).cloned().and_then(|old| is_plain(self, &old));
            match (old, is_plain(self, value)) {
                (Some(old), Some(_)) => self.merge_deep(old, value, depth + 1),
                _ => self.define(id, name, value.clone()),
            }
        }
    }

    /// `$.each(list, (index, value) => …)`, `_.each(list, (value, index) => …)`.
    pub(super) fn each(&mut self, arguments: &[Abstract], is_jquery: bool, span: Span) -> Option<Abstract> {
        let [list, callback, ..] = arguments else { return None };
        for (key, value) in self.pairs(list, span)? {
            if self.cut {
                break;
            }
            let given = if is_jquery { vec![key, value.clone()] } else { vec![value.clone(), key] };
            let went_on = self.call_value(callback, &value, given, span);
            // Both end where the function says so.
            if matches!(went_on, Abstract::Bool(false)) {
                break;
            }
        }
        Some(list.clone())
    }

    /// Names and values of a known list or object.
    pub(super) fn pairs(&mut self, list: &Abstract, span: Span) -> Option<Vec<(Abstract, Abstract)>> {
        if let Some(elements) = self.array(list) {
            let elements = elements.to_vec();
            return Some(
                elements.into_iter().enumerate().map(|(at, one)| (Abstract::Number(at as f64), one)).collect(),
            );
        }
        let id = list.as_object().filter(|id| matches!(self.object(*id).kind, Kind::Plain))?;
        let keys: Vec<Atom> = self.keys(id);
        Some(
            keys.into_iter()
                .map(|key| (Abstract::String(key.clone()), self.read_member(list, &key, span, None)))
                .collect(),
        )
    }

    /// `_.map(list, f)` as `list.map(f)`.
    fn list_function(&mut self, name: &str, arguments: &[Abstract], is_jquery: bool, span: Span) -> Option<Abstract> {
        let (list, rest) = arguments.split_first()?;
        // `_.map(list, "name")`: shorthands are Lodash's own.
        let is_by_value = matches!(name, "includes" | "indexOf");
        if !is_by_value && !self.is_function(rest.first()?) {
            return None;
        }
        let mapped = match self.array(list) {
            Some(_) => self.array_method(list.as_object()?, name, rest, span)?,
            // Callbacks are handed the names of an object's members. Lodash's other functions over objects are its stand-in's.
            None if name == "map" => {
                let mut mapped = Vec::new();
                for (key, value) in self.pairs(list, span)? {
                    mapped.push(self.call_value(&rest[0], &Abstract::Undefined, vec![value, key], span));
                }
                self.add_array(mapped)
            }
            None => return None,
        };
        // jQuery's map drops what is null, and takes lists apart.
        if is_jquery && name == "map" {
            let kept: Vec<Abstract> = self.array(&mapped)?.iter().filter(|one| !one.is_nullish()).cloned().collect();
            let mut flat = Vec::with_capacity(kept.len());
            kept.into_iter().for_each(|one| self.flatten_into(&mut flat, one, 1));
            return Some(self.add_array(flat));
        }
        Some(mapped)
    }
}

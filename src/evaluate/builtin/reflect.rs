//! What objects are and have: class tags, `instanceof`, symbols, property descriptors, `Reflect`.
//!
//! Pages rarely ask; the libraries and transpiled code in them do so all the time, and each question that
//! stays open is a condition that forks their whole evaluation.

use crate::evaluate::abstract_value::{Abstract, ObjectId};
use crate::evaluate::heap::{Kind, Object, Property};
use crate::evaluate::machine::{GLOBAL, Machine};
use swc_atoms::{Atom, atom};
use swc_common::Span;

/// Symbols are strings that begin like this; so do the names of members under symbols.
pub(in crate::evaluate) const SYMBOL: &str = "@@";

/// Symbols that the language itself asks for, as members of `Symbol`.
const WELL_KNOWN: &[&str] = &[
    "asyncIterator",
    "hasInstance",
    "isConcatSpreadable",
    "iterator",
    "match",
    "matchAll",
    "replace",
    "search",
    "species",
    "split",
    "toPrimitive",
    "toStringTag",
    "unscopables",
];

/// `Symbol.iterator` and its kin.
pub(in crate::evaluate) fn well_known_symbol(key: &str) -> Option<Abstract> {
    WELL_KNOWN.contains(&key).then(|| Abstract::text(&format!("{SYMBOL}{key}")))
}

impl<'a> Machine<'a> {
    /// What `Object.prototype.toString.call(value)` gives.
    pub(super) fn class_tag(&self, value: &Abstract) -> Option<Abstract> {
        let tag = match value {
            Abstract::Undefined | Abstract::Absent => "Undefined",
            Abstract::Null => "Null",
            Abstract::Bool(_) => "Boolean",
            Abstract::Number(_) => "Number",
            Abstract::String(_) | Abstract::Text(_) => "String",
            Abstract::Object(GLOBAL) => "Window",
            Abstract::Object(id) => match &self.object(*id).kind {
                Kind::Plain if self.object(*id).is_open => return None,
                Kind::Plain => "Object",
                Kind::Array => "Array",
                Kind::Function(_) | Kind::Native(_) | Kind::Bound { .. } | Kind::Settle(_) => "Function",
                Kind::Regex { .. } => "RegExp",
                Kind::Promise(_) => "Promise",
                Kind::Collection { is_map: true } => "Map",
                Kind::Collection { is_map: false } => "Set",
                Kind::Date => "Date",
                Kind::Element(_) | Kind::Iterator { .. } | Kind::Later => return None,
            },
            Abstract::Unknown(_) | Abstract::Any(_) => return None,
        };
        Some(Abstract::text(&format!("[object {tag}]")))
    }

    /// `value instanceof class`.
    pub(in crate::evaluate) fn is_instance(&self, value: &Abstract, class: &Abstract) -> Option<bool> {
        let id = match value {
            Abstract::Object(id) => *id,
            Abstract::Unknown(_) | Abstract::Any(_) => return None,
            _ => return Some(false),
        };
        let class = class.as_object()?;
        match &self.object(class).kind {
            Kind::Native(name) => self.is_native_instance(id, name),
            Kind::Function(_) => match self.object(class).properties.get(&atom!("prototype")) {
                Some(Property::Value(Abstract::Object(prototype))) => self.inherits(id, *prototype),
                // Nobody has asked for its prototype, so nothing can have it.
                None => Some(false),
                Some(_) => None,
            },
            Kind::Bound { target, .. } => self.is_instance(value, &target.clone()),
            _ => None,
        }
    }

    fn inherits(&self, id: ObjectId, prototype: ObjectId) -> Option<bool> {
        let mut next = self.object(id).prototype;
        for _ in 0..crate::evaluate::property::CHAIN {
            match next {
                Some(at) if at == prototype => return Some(true),
                Some(at) => next = self.object(at).prototype,
                // `if (!(this instanceof Slot)) return new Slot()`: called as a function.
                None => return (id == GLOBAL || !self.object(id).is_open).then_some(false),
            }
        }
        None
    }

    fn is_native_instance(&self, id: ObjectId, class: &str) -> Option<bool> {
        let object = self.object(id);
        let is_open = object.is_open && matches!(object.kind, Kind::Plain);
        Some(match class {
            "Object" => true,
            _ if is_open => return None,
            "Array" => object.is_array(),
            "Function" => object.is_callable(),
            "RegExp" => matches!(object.kind, Kind::Regex { .. }),
            "Date" => matches!(object.kind, Kind::Date),
            "Promise" => matches!(object.kind, Kind::Promise(_)),
            "Map" | "WeakMap" => matches!(object.kind, Kind::Collection { is_map: true }),
            "Set" | "WeakSet" => matches!(object.kind, Kind::Collection { is_map: false }),
            _ if object.is_array() => false,
            _ => return None,
        })
    }

    /// `Symbol(…)` and `Symbol.for(…)`.
    pub(super) fn symbol(&mut self, name: &str, arguments: &[Abstract]) -> Option<Abstract> {
        let text = arguments.first().and_then(|text| self.to_text_shallow(text)).unwrap_or_default();
        match name {
            "Symbol.for" => Some(Abstract::text(&format!("{SYMBOL}for {text}"))),
            _ => {
                self.symbols += 1;
                Some(Abstract::text(&format!("{SYMBOL}{} {text}", self.symbols)))
            }
        }
    }

    /// `Object.getOwnPropertyDescriptor(id, key)`.
    pub(super) fn descriptor(&mut self, id: ObjectId, key: &Atom) -> Option<Abstract> {
        let object = self.object(id);
        let element = key.parse::<usize>().ok().and_then(|at| object.elements.get(at)).filter(|_| object.is_array());
        let property = object.properties.get(key).cloned().or_else(|| Some(Property::Value(element?.clone())));
        let Some(property) = property else {
            return self.is_closed(id).then_some(Abstract::Undefined);
        };
        let descriptor = self.add_object(Object::new(Kind::Plain));
        match property {
            Property::Value(value) => {
                self.define(descriptor, &atom!("value"), value);
                self.define(descriptor, &atom!("writable"), Abstract::Bool(true));
            }
            Property::Accessor { get, set } => {
                let function = |id: Option<ObjectId>| id.map_or(Abstract::Undefined, Abstract::Object);
                self.define(descriptor, &atom!("get"), function(get));
                self.define(descriptor, &atom!("set"), function(set));
            }
        }
        self.define(descriptor, &atom!("enumerable"), Abstract::Bool(true));
        self.define(descriptor, &atom!("configurable"), Abstract::Bool(true));
        Some(Abstract::Object(descriptor))
    }

    /// `Object.getOwnPropertyDescriptors(id)`.
    pub(super) fn descriptors(&mut self, id: ObjectId) -> Option<Abstract> {
        let all = self.add_object(Object::new(Kind::Plain));
        for key in self.keys(id) {
            let descriptor = self.descriptor(id, &key)?;
            self.define(all, &key, descriptor);
        }
        Some(Abstract::Object(all))
    }

    /// `Reflect.…`; most of it is `Object.…` by another name.
    pub(super) fn reflect(&mut self, name: &str, arguments: &[Abstract], span: Span) -> Option<Abstract> {
        let first = arguments.first()?;
        match name {
            "Reflect.apply" => {
                let mut list = Vec::new();
                self.spread_into(&mut list, arguments.get(2)?.clone());
                Some(self.call_noted(first, arguments.get(1)?, list, span))
            }
            "Reflect.construct" => {
                let mut list = Vec::new();
                self.spread_into(&mut list, arguments.get(1)?.clone());
                Some(self.construct_as(first, arguments.get(2), list, span))
            }
            "Reflect.ownKeys" => self.object_function("Object.keys", arguments, span),
            "Reflect.get" => {
                let key = self.property_key(arguments.get(1)?)?;
                Some(self.read_member(first, &key, span, None))
            }
            "Reflect.set" => {
                self.write_members(first, arguments.get(1)?, arguments.get(2)?.clone(), span);
                Some(Abstract::Bool(true))
            }
            "Reflect.has" => self.is_member(arguments.get(1)?, first).map(Abstract::Bool),
            "Reflect.defineProperty" => self.object_function("Object.defineProperty", arguments, span),
            "Reflect.getPrototypeOf" => self.object_function("Object.getPrototypeOf", arguments, span),
            "Reflect.setPrototypeOf" => self.object_function("Object.setPrototypeOf", arguments, span),
            _ => None,
        }
    }
}

//! `Object` functions, and methods that every object has.

use crate::evaluate::abstract_value::{Abstract, ObjectId};
use crate::evaluate::heap::{Kind, Object, Property};
use crate::evaluate::machine::{GLOBAL, Machine};
use swc_atoms::Atom;
use swc_common::Span;

pub(super) const METHODS: &[&str] = &["hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toString", "valueOf"];

/// Levels that a deep copy follows.
const COPY_DEPTH: u32 = 32;

impl<'a> Machine<'a> {
    pub(super) fn object_method(
        &mut self,
        this: &Abstract,
        key: &str,
        arguments: &[Abstract],
        span: Span,
    ) -> Option<Abstract> {
        match key {
            "hasOwnProperty" | "propertyIsEnumerable" => {
                let key = self.property_key(arguments.first()?)?;
                self.has_own(this, &key)
            }
            "valueOf" => Some(this.clone()),
            "toString" => match this {
                Abstract::Object(id) if matches!(self.object(*id).kind, Kind::Array) => {
                    Some(Abstract::text("[object Array]"))
                }
                other => self.to_text_shallow(other).map(Abstract::String),
            },
            "isPrototypeOf" => Some(self.unknown(span)),
            _ => None,
        }
    }

    fn has_own(&mut self, this: &Abstract, key: &Atom) -> Option<Abstract> {
        let id = this.as_object()?;
        let object = self.object(id);
        let is_element = object.is_array() && key.parse::<usize>().is_ok_and(|at| at < object.elements.len());
        if object.properties.contains_key(key) || is_element {
            return Some(Abstract::Bool(true));
        }
        (id != GLOBAL && !object.may_have_more()).then_some(Abstract::Bool(false))
    }

    pub(super) fn object_function(&mut self, name: &str, arguments: &[Abstract], span: Span) -> Option<Abstract> {
        let first = arguments.first().cloned().unwrap_or(Abstract::Undefined);
        match name {
            "Object.keys" | "Object.getOwnPropertyNames" | "Object.values" | "Object.entries" => {
                self.listing(name, first.as_object()?, span)
            }
            "Object.assign" => self.assign_all(&first, arguments.get(1..)?),
            "Object.freeze" | "Object.seal" | "Object.preventExtensions" => Some(first),
            "Object.create" => {
                let id = self.add_object(Object { prototype: first.as_object(), ..Object::new(Kind::Plain) });
                if let Some(Abstract::Object(members)) = arguments.get(1) {
                    self.define_all(id, *members);
                }
                Some(Abstract::Object(id))
            }
            "Object.defineProperty" => {
                let key = self.property_key(arguments.get(1)?)?;
                if let (Abstract::Object(id), Some(Abstract::Object(descriptor))) = (&first, arguments.get(2)) {
                    self.define_by(*id, &key, *descriptor);
                }
                Some(first)
            }
            "Object.defineProperties" => {
                if let (Abstract::Object(id), Some(Abstract::Object(members))) = (&first, arguments.get(1)) {
                    self.define_all(*id, *members);
                }
                Some(first)
            }
            "Object.fromEntries" => {
                let id = self.add_object(Object::new(Kind::Plain));
                for pair in self.iterate(&first)? {
                    let pair = self.iterate(&pair)?;
                    let key = self.property_key(pair.first()?)?;
                    self.define(id, &key, pair.get(1).cloned().unwrap_or(Abstract::Undefined));
                }
                Some(Abstract::Object(id))
            }
            "Object.getPrototypeOf" => {
                Some(self.object(first.as_object()?).prototype.map_or(Abstract::Null, Abstract::Object))
            }
            "Object.setPrototypeOf" => {
                if let Abstract::Object(id) = first {
                    self.object_mut(id).prototype = arguments.get(1).and_then(Abstract::as_object);
                }
                Some(first)
            }
            "Object.getOwnPropertyDescriptor" => {
                let key = self.property_key(arguments.get(1)?)?;
                self.descriptor(first.as_object()?, &key)
            }
            "Object.getOwnPropertyDescriptors" => self.descriptors(first.as_object().filter(|id| *id != GLOBAL)?),
            "Object.getOwnPropertySymbols" => Some(self.new_array(Vec::new(), span)),
            "Object.is" => self.is_strictly_equal(&first, arguments.get(1)?).map(Abstract::Bool),
            "Object.hasOwn" => {
                let key = self.property_key(arguments.get(1)?)?;
                self.has_own(&first, &key)
            }
            "Object" => match first {
                Abstract::Undefined | Abstract::Null => {
                    Some(Abstract::Object(self.add_object(Object::new(Kind::Plain))))
                }
                other => Some(other),
            },
            _ => None,
        }
    }

    fn listing(&mut self, name: &str, id: ObjectId, span: Span) -> Option<Abstract> {
        if id == GLOBAL {
            return None;
        }
        let mut list = Vec::new();
        for key in self.keys(id) {
            let value = self.read_member(&Abstract::Object(id), &key, span, None);
            list.push(match name {
                "Object.values" => value,
                "Object.entries" => self.add_array(vec![Abstract::String(key), value]),
                _ => Abstract::String(key),
            });
        }
        Some(self.new_array(list, span))
    }

    /// `Object.assign`; into one of several targets, into each.
    pub(super) fn assign_all(&mut self, target: &Abstract, sources: &[Abstract]) -> Option<Abstract> {
        let targets: Vec<ObjectId> = match target {
            Abstract::Object(id) => vec![*id],
            Abstract::Any(choices) => choices.iter().filter_map(|choice| choice.value.as_object()).collect(),
            _ => return None,
        };
        for id in targets {
            for source in sources {
                self.copy_members(id, source);
            }
        }
        Some(target.clone())
    }

    fn define_all(&mut self, id: ObjectId, members: ObjectId) {
        let members = self.objects.share(members.0);
        for (key, property) in members.properties.iter() {
            if let Property::Value(Abstract::Object(descriptor)) = property {
                self.define_by(id, key, *descriptor);
            }
        }
    }

    fn define_by(&mut self, id: ObjectId, key: &Atom, descriptor: ObjectId) {
        let descriptor = self.objects.share(descriptor.0);
        let getter = descriptor.own("get").and_then(Abstract::as_object);
        let setter = descriptor.own("set").and_then(Abstract::as_object);
        if getter.is_some() || setter.is_some() {
            return self.define_accessor(id, &Abstract::String(key.clone()), getter, setter);
        }
        // `defineProperty(Class, "prototype", { writable: false })` leaves the value alone.
        let Some(value) = descriptor.own("value").cloned() else {
            if self.is_closed(id) && !self.object(id).properties.contains_key(key) {
                self.define(id, key, Abstract::Undefined);
            }
            return;
        };
        match id {
            GLOBAL if self.is_polyfill(key, &value) => {}
            GLOBAL => self.write_global(key, value),
            _ => self.define(id, key, value),
        }
    }

    /// A copy of everything below a value; functions and exotic objects are shared.
    pub(super) fn deep_copy(&mut self, value: &Abstract, depth: u32) -> Abstract {
        let Abstract::Object(id) = value else { return value.clone() };
        self.make_ready(*id);
        let object = self.objects.share(id.0);
        if depth > COPY_DEPTH || self.cut || *id == GLOBAL || !matches!(object.kind, Kind::Plain | Kind::Array) {
            return value.clone();
        }
        self.steps += 1 + (object.elements.len() + object.properties.len()) as u64;
        let copy = self.add_object(Object {
            at: object.at,
            is_open: object.is_open,
            has_unnamed: object.has_unnamed,
            ..Object::new(object.kind.clone())
        });
        let elements: Vec<Abstract> = object.elements.iter().map(|element| self.copy_any(element, depth)).collect();
        self.object_mut(copy).elements = elements;
        for (name, property) in object.properties.iter() {
            if let Property::Value(member) = property {
                let member = self.copy_any(member, depth);
                self.define(copy, name, member);
            }
        }
        Abstract::Object(copy)
    }

    fn copy_any(&mut self, value: &Abstract, depth: u32) -> Abstract {
        self.map(value, |m, one| m.deep_copy(one, depth + 1))
    }
}

//! Members of values: reading, writing, copying.

use super::abstract_value::{Abstract, ObjectId};
use super::builtin;
use super::condition::ConditionId;
use super::expression::join_path;
use super::heap::{Code, Kind, Object, Property};
use super::machine::{GLOBAL, Machine};
use super::operator::number_text;
use swc_atoms::{Atom, atom};
use swc_common::Span;
use swc_ecma_ast::Pat;

/// Prototypes that are followed; hostile chains may be long.
pub(super) const CHAIN: usize = 32;

/// The longest array that an assignment to an index or `length` may make.
pub(super) const ARRAY_LENGTH: usize = 100_000;

impl<'a> Machine<'a> {
    /// The name of a member, if it is known.
    pub(super) fn property_key(&self, key: &Abstract) -> Option<Atom> {
        match key {
            Abstract::String(name) => Some(name.clone()),
            Abstract::Number(number) => Some(Atom::new(number_text(*number))),
            Abstract::Unknown(_) | Abstract::Text(_) | Abstract::Any(_) => None,
            other => self.to_text_shallow(other),
        }
    }

    /// Reads `value.key`; `owner` is what the value is called where it has no name of its own.
    pub(super) fn read_member(&mut self, value: &Abstract, key: &Atom, span: Span, owner: Option<&Atom>) -> Abstract {
        match value {
            Abstract::Any(_) => self.map(value, |machine, value| machine.read_member(value, key, span, owner)),
            Abstract::Object(id) => self.read_object(*id, key, span, value),
            Abstract::Unknown(origin) => match &origin.path {
                Some(path) => match self.library_object(path) {
                    Some(object @ Abstract::Object(_)) => self.read_member(&object, key, span, None),
                    _ => {
                        let told = path.starts_with("document").then(|| self.page_member(path, key, span)).flatten();
                        told.unwrap_or_else(|| {
                            let path = self.member_path(path, key);
                            self.unknown_path(path, span)
                        })
                    }
                },
                None => self.unknown(span),
            },
            Abstract::String(text) => self.read_text(text, key, span),
            Abstract::Number(_) | Abstract::Bool(_) => self.builtin_member(value, key).unwrap_or(Abstract::Undefined),
            Abstract::Text(_) => self.builtin_member(value, key).unwrap_or_else(|| self.unknown(span)),
            Abstract::Undefined | Abstract::Null | Abstract::Absent => match owner {
                Some(owner) => self.unknown_path(join_path(super::expression::global_name(owner), key), span),
                None => self.unknown(span),
            },
        }
    }

    /// Reads `value[at]`, where that is an element of a list or a character: no name needs to be made of the number.
    pub(super) fn read_at(&mut self, value: &Abstract, at: f64) -> Option<Abstract> {
        let at = index_of(at)?;
        match value {
            Abstract::Object(id) => {
                self.make_ready(*id);
                let object = self.object(*id);
                match object.elements.get(at).filter(|_| object.is_array())? {
                    Abstract::Absent => Some(Abstract::Undefined),
                    element => Some(element.clone()),
                }
            }
            Abstract::String(text) => {
                self.charge_text(text.len());
                Some(character(text, at))
            }
            _ => None,
        }
    }

    fn read_text(&mut self, text: &Atom, key: &Atom, span: Span) -> Abstract {
        self.charge_text(text.len());
        if *key == "length" {
            return Abstract::Number(text.encode_utf16().count() as f64);
        }
        if let Ok(at) = key.parse::<usize>() {
            return character(text, at);
        }
        let value = Abstract::String(text.clone());
        self.builtin_member(&value, key)
            .unwrap_or_else(|| if key.is_empty() { self.unknown(span) } else { Abstract::Undefined })
    }

    /// Reads a member of an object on behalf of `this`, which getters get to see.
    pub(super) fn read_object(&mut self, id: ObjectId, key: &Atom, span: Span, this: &Abstract) -> Abstract {
        if id == GLOBAL {
            return self.read_global(key, span);
        }
        self.make_ready(id);
        match self.find_member(id, key) {
            Some(Property::Value(value)) => return self.ready(value),
            Some(Property::Accessor { get: Some(get), .. }) => return self.call_getter(get, this),
            Some(Property::Accessor { get: None, .. }) => return Abstract::Undefined,
            None => {}
        }
        if let Some(value) = self.own_builtin(id, key) {
            return value;
        }
        if let Some(value) = self.builtin_member(this, key) {
            return value;
        }
        self.missing_member(id, key, span)
    }

    /// A member of the object or of one of its prototypes.
    pub(super) fn find_member(&self, id: ObjectId, key: &Atom) -> Option<Property> {
        let mut next = Some(id);
        for _ in 0..CHAIN {
            let object = self.object(next?);
            if let Some(property) = object.properties.get(key) {
                return Some(property.clone());
            }
            next = object.prototype;
        }
        None
    }

    pub(super) fn is_function(&self, value: &Abstract) -> bool {
        value.as_object().is_some_and(|id| self.object(id).is_callable())
    }

    /// Is it a function of the language?
    pub(super) fn is_native(&self, value: &Abstract) -> bool {
        value.as_object().is_some_and(|id| matches!(self.object(id).kind, Kind::Native(_)))
    }

    /// A member that is a function.
    pub(super) fn member_function(&self, id: ObjectId, key: &Atom) -> Option<Abstract> {
        match self.find_member(id, key)? {
            Property::Value(value) => Some(value).filter(|value| self.is_function(value)),
            Property::Accessor { .. } => None,
        }
    }

    /// Members that exotic objects have by nature.
    fn own_builtin(&mut self, id: ObjectId, key: &Atom) -> Option<Abstract> {
        let object = self.object(id);
        match &object.kind {
            Kind::Array if *key == "length" => Some(Abstract::Number(object.elements.len() as f64)),
            Kind::Array => {
                let at = key.parse::<usize>().ok()?;
                let element = object.elements.get(at)?;
                Some(if matches!(element, Abstract::Absent) { Abstract::Undefined } else { element.clone() })
            }
            Kind::Collection { is_map } if *key == "size" => {
                let per_entry = if *is_map { 2 } else { 1 };
                Some(Abstract::Number((object.elements.len() / per_entry) as f64))
            }
            Kind::Element(name) => {
                let name = name.clone();
                self.element_member(id, &name, key)
            }
            Kind::Function(_) if *key == "prototype" => Some(Abstract::Object(self.prototype_of(id))),
            Kind::Function(closure) if *key == "length" => Some(Abstract::Number(expected_arguments(closure) as f64)),
            Kind::Function(_) | Kind::Bound { .. } if matches!(key.as_str(), "length" | "name") => {
                Some(self.unknown(swc_common::DUMMY_SP))
            }
            Kind::Native("Number") if let Some(number) = builtin::number_constant(key) => {
                Some(Abstract::Number(number))
            }
            Kind::Native("Symbol") if *key != "for" => builtin::well_known_symbol(key),
            Kind::Native(name) => builtin::static_member(name, key).map(|name| self.native(name)),
            _ => None,
        }
    }

    /// The `prototype` object of a function, made when it is first asked for.
    pub(super) fn prototype_of(&mut self, function: ObjectId) -> ObjectId {
        let key = atom!("prototype");
        if let Some(Property::Value(Abstract::Object(id))) = self.object(function).properties.get(&key) {
            return *id;
        }
        let mut prototype = Object::new(Kind::Plain);
        prototype.properties.insert(&atom!("constructor"), Property::Value(Abstract::Object(function)));
        let id = self.add_object(prototype);
        self.object_mut(function).properties.insert(&key, Property::Value(Abstract::Object(id)));
        id
    }

    fn missing_member(&mut self, id: ObjectId, key: &Atom, span: Span) -> Abstract {
        let object = self.object(id);
        let is_open = object.is_open || matches!(object.kind, Kind::Element(_) | Kind::Date);
        match &object.path {
            Some(path) if is_open => {
                let path = path.clone();
                let path = self.member_path(&path, key);
                self.unknown_path(path, span)
            }
            _ if is_open => self.unknown(span),
            // The elements of a list have numbers, which are known.
            _ if object.has_unnamed && (!object.is_array() || key.parse::<usize>().is_err()) => {
                self.unnamed_member(id, span)
            }
            _ => Abstract::Undefined,
        }
    }

    /// Has the object no members but those that are known?
    pub(super) fn is_closed(&self, id: ObjectId) -> bool {
        let object = self.object(id);
        id != GLOBAL && !object.may_have_more() && matches!(object.kind, Kind::Plain | Kind::Array)
    }

    /// Reads a member whose name is not known: any of them.
    pub(super) fn read_any_member(&mut self, value: &Abstract, span: Span) -> Abstract {
        let Some(id) = value.as_object().filter(|id| *id != GLOBAL) else { return self.unknown(span) };
        self.make_ready(id);
        let object = self.objects.share(id.0);
        let members = object.properties.values().filter_map(|property| match property {
            Property::Value(value) => Some(value),
            Property::Accessor { .. } => None,
        });
        let all: Vec<&Abstract> =
            members.chain(&object.elements).filter(|value| !matches!(value, Abstract::Absent)).collect();
        let is_closed =
            !object.is_open && object.prototype.is_none() && matches!(object.kind, Kind::Plain | Kind::Array);
        if all.is_empty() && is_closed && object.properties.is_empty() {
            return Abstract::Undefined;
        }
        // More than a few say nothing.
        if all.is_empty() || all.len() > self.limits.alternatives / 2 {
            return self.unknown(span);
        }
        let mut choices: Vec<super::abstract_value::Choice> = Vec::new();
        for value in all {
            let when = ConditionId::MAYBE;
            match value {
                Abstract::Any(inner) => choices.extend(inner.iter().cloned()),
                one if choices.iter().any(|choice| choice.value.is_same(one)) => {}
                one => choices.push(super::abstract_value::Choice { when, value: one.clone() }),
            }
        }
        choices.truncate(self.limits.alternatives);
        let value = self.any(choices);
        self.ready(value)
    }

    /// Stores a member, through setters; on several objects at once where it is not known which.
    pub(super) fn write_member(&mut self, target: &Abstract, key: &Atom, value: Abstract, span: Span) {
        match target {
            Abstract::Object(id) => self.write_object(*id, key, value, target, span),
            Abstract::Any(choices) => {
                for choice in choices.clone().iter() {
                    self.write_member(&choice.value, key, value.clone(), span);
                }
            }
            Abstract::Unknown(origin) => {
                self.note_handler(key, &value, target);
                if let Some(root) = origin.path.as_deref().and_then(|path| self.written_root(path, key, span)) {
                    return self.write_object(root, key, value, target, span);
                }
                if let Some(id) = origin.path.clone().and_then(|path| self.make_library(&path)) {
                    self.write_object(id, key, value, &Abstract::Object(id), span);
                }
            }
            _ => self.note_handler(key, &value, target),
        }
    }

    fn write_object(&mut self, id: ObjectId, key: &Atom, value: Abstract, this: &Abstract, span: Span) {
        if id == GLOBAL {
            self.note_handler(key, &value, this);
            if self.is_polyfill(key, &value) {
                return;
            }
            return self.write_variable(super::machine::GLOBAL_SCOPE, key, value);
        }
        self.make_ready(id);
        if let Some(Property::Accessor { set: Some(set), .. }) = self.find_member(id, key) {
            self.call_value(&Abstract::Object(set), this, vec![value], span);
            return;
        }
        if let Some(path) = self.object(id).path.clone().filter(|_| matches!(value, Abstract::Object(_))) {
            let path = self.member_path(&path, key);
            self.name_value(&value, &path);
        }
        if matches!(self.object(id).kind, Kind::Element(_)) {
            self.note_element_member(id, key, &value, span);
            self.note_renamed(id, key);
        }
        if self.object(id).is_open || matches!(self.object(id).kind, Kind::Element(_)) {
            self.note_handler(key, &value, this);
        }
        self.define(id, key, value);
    }

    /// Stores a member whose name may be one of several.
    pub(super) fn write_members(&mut self, target: &Abstract, key: &Abstract, value: Abstract, span: Span) {
        match key {
            Abstract::Any(choices) => {
                for choice in choices.clone().iter() {
                    self.write_members(target, &choice.value, value.clone(), span);
                }
            }
            Abstract::Number(at) if self.write_at(target, *at, &value) => {}
            key => match self.property_key(key) {
                Some(key) => self.write_member(target, &key, value, span),
                None => {
                    if let Some(id) = target.as_object().filter(|id| *id != GLOBAL) {
                        self.write_unnamed(id, value, span);
                    }
                }
            },
        }
    }

    /// Makes an own member.
    pub(super) fn define(&mut self, id: ObjectId, key: &Atom, value: Abstract) {
        if self.object(id).is_array() && self.write_element(id, key, &value) || self.is_built_in(id, key) {
            return;
        }
        let is_new = self.object_mut(id).properties.insert(key, Property::Value(value)).is_none();
        self.memory += 48;
        if is_new {
            self.note_member(id, key);
        }
    }

    pub(super) fn define_members(&mut self, id: ObjectId, key: &Abstract, value: Abstract) {
        match self.property_key(key) {
            Some(key) => self.define(id, &key, value),
            None => self.write_members(&Abstract::Object(id), key, value, swc_common::DUMMY_SP),
        }
    }

    fn write_element(&mut self, id: ObjectId, key: &Atom, value: &Abstract) -> bool {
        if *key == "length" {
            if let Abstract::Number(length) = value
                && *length >= 0.0
                && *length <= ARRAY_LENGTH as f64
            {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "just checked")]
                self.object_mut(id).elements.resize(*length as usize, Abstract::Absent);
            }
            return true;
        }
        key.parse::<usize>().is_ok_and(|at| self.write_index(id, at, value))
    }

    /// Writes `list[at]`; false where the target is no list, or one that others may look into.
    fn write_at(&mut self, target: &Abstract, at: f64, value: &Abstract) -> bool {
        let (Abstract::Object(id), Some(at)) = (target, index_of(at)) else { return false };
        self.make_ready(*id);
        let object = self.object(*id);
        let is_plain = object.is_array() && object.path.is_none() && !object.is_open;
        is_plain && self.write_index(*id, at, value)
    }

    fn write_index(&mut self, id: ObjectId, at: usize, value: &Abstract) -> bool {
        if at >= ARRAY_LENGTH {
            return false;
        }
        self.memory += (at + 1).saturating_sub(self.object(id).elements.len()) * 24;
        let elements = &mut self.object_mut(id).elements;
        if at >= elements.len() {
            elements.resize(at + 1, Abstract::Absent);
        }
        elements[at] = value.clone();
        true
    }

    /// The text of a value; asks an object's own `toString`.
    pub(super) fn text_of(&mut self, value: &Abstract) -> Option<Atom> {
        if let Abstract::Object(id) = value
            && let Some(Property::Value(method)) = self.find_member(*id, &atom!("toString"))
        {
            let text = self.call_value(&method, value, Vec::new(), swc_common::DUMMY_SP);
            return if let Abstract::String(text) = text { Some(text) } else { None };
        }
        self.to_text_shallow(value)
    }
}

/// The parameters of a function before the first that may be missing.
fn expected_arguments(closure: &super::heap::Closure<'_>) -> usize {
    let is_expected = |pattern: &Pat| !matches!(pattern, Pat::Assign(_) | Pat::Rest(_));
    match closure.code {
        Code::Function(function) => function.params.iter().take_while(|one| is_expected(&one.pat)).count(),
        Code::Arrow(arrow) => arrow.params.iter().take_while(|one| is_expected(one)).count(),
        Code::Constructor(constructor) => constructor.params.len(),
        Code::DefaultConstructor | Code::Field(_) => 0,
    }
}

/// The number as that of an element.
pub(super) fn index_of(number: f64) -> Option<usize> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "compared with what it was")]
    let at = number as u32;
    (f64::from(at) == number).then_some(at as usize)
}

/// A character of a string by its number.
fn character(text: &str, at: usize) -> Abstract {
    let found = if text.is_ascii() { text.as_bytes().get(at).map(|&byte| byte.into()) } else { text.chars().nth(at) };
    found.map_or(Abstract::Undefined, |one| Abstract::text(one.encode_utf8(&mut [0; 4])))
}

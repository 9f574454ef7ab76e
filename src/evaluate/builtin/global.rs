//! Global names and functions, and the methods that values have by their type.

use super::array::changes;
use super::names::{METHODS, NAMES, inherited_name, method_name, static_member};
use crate::evaluate::abstract_value::{Abstract, ObjectId};
use crate::evaluate::heap::{Kind, Object, Property};
use crate::evaluate::machine::{GLOBAL, Machine};
use swc_atoms::{Atom, atom};
use swc_common::Span;

/// What other places than browsers have under a global name: here it is undefined. So is `define` as far as code asks
/// for it: what a module loader would run, runs without one, too.
const ELSEWHERE: &[&str] =
    &["Buffer", "Deno", "Iterator", "WorkerGlobalScope", "define", "exports", "global", "module", "process"];

/// A hole in a list is read as `undefined`.
fn present(element: Abstract) -> Abstract {
    if matches!(element, Abstract::Absent) { Abstract::Undefined } else { element }
}

impl<'a> Machine<'a> {
    /// A global name: the page's own, the browser's, or a library's that is not here.
    pub(in crate::evaluate) fn read_global(&mut self, name: &Atom, span: Span) -> Abstract {
        match self.object(GLOBAL).properties.get(name) {
            Some(Property::Value(value)) => {
                let value = value.clone();
                let value = self.narrow(value);
                return self.ready(value);
            }
            Some(Property::Accessor { get: Some(get), .. }) => {
                let get = *get;
                return self.call_getter(get, &Abstract::Object(GLOBAL));
            }
            _ => {}
        }
        match name.as_str() {
            "window" | "self" | "globalThis" | "top" | "parent" | "frames" => Abstract::Object(GLOBAL),
            _ => match NAMES.binary_search(&name.as_str()) {
                Ok(at) => self.native(NAMES[at]),
                Err(_) if ELSEWHERE.contains(&name.as_str()) => Abstract::Undefined,
                Err(_) => self.unknown_path(name.clone(), span),
            },
        }
    }

    pub(in crate::evaluate) fn native(&mut self, name: &'static str) -> Abstract {
        if let Some(&id) = self.natives.get(name) {
            return Abstract::Object(id);
        }
        let mut object = Object::new(Kind::Native(name));
        // Classes may have members that are not known here; functions have none.
        object.is_open = !name.contains('.');
        let id = self.add_object(object);
        self.natives.insert(name, id);
        if let Some(prototype) = METHODS.iter().map(|(owner, _)| *owner).find(|owner| *owner == name) {
            let prototype = self.prototype_object(prototype);
            self.object_mut(id).properties.insert(&atom!("prototype"), Property::Value(Abstract::Object(prototype)));
        }
        Abstract::Object(id)
    }

    /// The prototype that a page may have extended; `None` as long as nobody asked for it.
    pub(in crate::evaluate) fn prototype(&self, name: &'static str) -> Option<ObjectId> {
        self.prototypes.get(name).copied()
    }

    fn prototype_object(&mut self, name: &'static str) -> ObjectId {
        if let Some(&id) = self.prototypes.get(name) {
            return id;
        }
        let id = self.add_object(Object::new(Kind::Plain));
        self.prototypes.insert(name, id);
        for method in METHODS.iter().find(|(owner, _)| *owner == name).map_or(&[][..], |(_, methods)| methods) {
            if let Some(name) = method_name(name, method) {
                let native = self.native(name);
                self.object_mut(id).properties.insert(&Atom::new(*method), Property::Value(native));
            }
        }
        id
    }

    /// The built-in type of a value.
    fn builtin_type(&self, value: &Abstract) -> Option<&'static str> {
        Some(match value {
            Abstract::String(_) | Abstract::Text(_) => "String",
            Abstract::Number(_) => "Number",
            Abstract::Object(id) => match &self.object(*id).kind {
                Kind::Array => "Array",
                Kind::Function(_) | Kind::Native(_) | Kind::Bound { .. } | Kind::Settle(_) => "Function",
                Kind::Regex { .. } => "RegExp",
                Kind::Promise(_) => "Promise",
                Kind::Collection { .. } => "Map",
                Kind::Iterator { .. } => "Iterator",
                Kind::Plain => "Object",
                Kind::Element(_) | Kind::Date | Kind::Later => return None,
            },
            _ => return None,
        })
    }

    /// A built-in method as a value, as in `[].slice`.
    pub(in crate::evaluate) fn builtin_member(&mut self, value: &Abstract, key: &Atom) -> Option<Abstract> {
        let owner = self.builtin_type(value)?;
        if *key == "constructor" {
            return self.constructor_of(value, owner);
        }
        if let Some(prototype) = self.prototype(owner)
            && let Some(Property::Value(member)) = self.object(prototype).properties.get(key)
        {
            return Some(member.clone());
        }
        let name = inherited_name(owner, key)?;
        Some(self.native(name))
    }

    /// The built-in class of a value; what is open may be an instance of something else.
    fn constructor_of(&mut self, value: &Abstract, owner: &'static str) -> Option<Abstract> {
        let is_open = value.as_object().is_some_and(|id| self.object(id).is_open);
        (owner != "Map" && !is_open).then(|| self.native(owner))
    }

    /// Calls a method that a value has by its type; `None` if there is none.
    pub(in crate::evaluate) fn call_builtin_method(
        &mut self,
        this: &Abstract,
        key: &Atom,
        arguments: &[Abstract],
        span: Span,
    ) -> Option<Abstract> {
        if let Abstract::Object(id) = this
            && matches!(self.object(*id).kind, Kind::Element(_))
        {
            return self.element_method(*id, key, arguments, span);
        }
        if let Abstract::Object(id) = this
            && self.is_wrapped(*id)
        {
            return self.wrapped_method(*id, key, arguments, span);
        }
        if self.may_be_function(this) && self.is_function_call(key, arguments) {
            return self.function_method(this, key, arguments, span);
        }
        let owner = self.builtin_type(this)?;
        if let Some(prototype) = self.prototype(owner)
            && let Some(Property::Value(member)) = self.object(prototype).properties.get(key).cloned()
        {
            let is_own = member.as_object().is_some_and(|id| matches!(self.object(id).kind, Kind::Function(_)));
            if is_own {
                return Some(self.call_value(&member, this, arguments.to_vec(), span));
            }
        }
        if let Kind::Native(name) = this.as_object().map_or(&Kind::Plain, |id| &self.object(id).kind)
            && let Some(name) = static_member(name, key)
        {
            return Some(self.call_native(name, this, arguments, span));
        }
        self.typed_method(owner, this, key, arguments, span)
    }

    fn typed_method(
        &mut self,
        owner: &str,
        this: &Abstract,
        key: &str,
        arguments: &[Abstract],
        span: Span,
    ) -> Option<Abstract> {
        // A method handed one of several values does its work for each of them.
        if !matches!(owner, "Array" | "Map" | "Function" | "Promise")
            && let Some(at) = arguments.iter().position(|argument| matches!(argument, Abstract::Any(_)))
        {
            let mut found = true;
            let value = self.map(&arguments[at].clone(), |m, one| {
                let mut arguments = arguments.to_vec();
                arguments[at] = one.clone();
                m.typed_method(owner, this, key, &arguments, span).unwrap_or_else(|| {
                    found = false;
                    Abstract::Undefined
                })
            });
            return found.then_some(value);
        }
        let found = match (owner, this) {
            ("Array", list) if !self.is_list(list) => self.generic_method(list, key, arguments, span),
            ("Array", Abstract::Object(id)) => self.array_method(*id, key, arguments, span),
            ("Iterator", Abstract::Object(id)) => self.iterator_method(*id, key, arguments, span),
            ("Array" | "Iterator", _) => None,
            ("String", Abstract::String(text)) => self.string_method(text, key, arguments, span),
            ("String", Abstract::Text(_)) => return self.text_method(this, key),
            ("String", other) => {
                let text = self.text_of(other)?;
                self.string_method(&text, key, arguments, span)
            }
            ("Number", Abstract::Number(number)) => self.number_method(*number, key, arguments, span),
            ("Function", Abstract::Object(_)) => self.function_method(this, key, arguments, span),
            ("RegExp", Abstract::Object(id)) => self.regex_method(*id, key, arguments, span),
            ("Map", Abstract::Object(id)) => self.collection_method(*id, key, arguments, span),
            ("Promise", Abstract::Object(id)) => self.promise_method(*id, key, arguments),
            _ => None,
        };
        found.or_else(|| self.object_method(this, key, arguments, span))
    }

    /// `call`, `apply` and `bind` of a function: one of the page's own, or one that is known by its path.
    fn function_method(&mut self, this: &Abstract, key: &str, arguments: &[Abstract], span: Span) -> Option<Abstract> {
        let receiver = arguments.first().cloned().unwrap_or(Abstract::Undefined);
        match key {
            "call" => Some(self.call_noted(this, &receiver, arguments.get(1..).unwrap_or_default().to_vec(), span)),
            "apply" => {
                let mut list = Vec::new();
                if let Some(value) = arguments.get(1).filter(|value| !value.is_nullish()) {
                    match self.list_of(value) {
                        Some(all) => list.extend(all.into_iter().map(present)),
                        None => self.spread_into(&mut list, value.clone()),
                    }
                }
                Some(self.call_noted(this, &receiver, list, span))
            }
            "bind" => {
                let arguments = arguments.get(1..).unwrap_or_default().to_vec();
                let kind = Kind::Bound { target: this.clone(), this: receiver, arguments };
                Some(Abstract::Object(self.add_object(Object { at: Some((self.source, span)), ..Object::new(kind) })))
            }
            _ => None,
        }
    }

    /// May something of which only the path is known be a function? What a call gave seldom is.
    fn may_be_function(&self, value: &Abstract) -> bool {
        matches!(value, Abstract::Unknown(origin) if origin.path.as_ref().is_some_and(|path| !path.ends_with(')')))
    }

    /// Are these arguments of `call`, `apply` or `bind`? A library's own method may bear such a name.
    fn is_function_call(&self, key: &str, arguments: &[Abstract]) -> bool {
        let is_receiver = |value: &Abstract| {
            !matches!(value, Abstract::String(_) | Abstract::Number(_) | Abstract::Bool(_)) && !self.is_function(value)
        };
        match (key, arguments) {
            ("call" | "bind", [receiver, ..]) => is_receiver(receiver),
            ("apply", [receiver, list]) => is_receiver(receiver) && self.is_list(list),
            _ => false,
        }
    }

    fn is_list(&self, value: &Abstract) -> bool {
        value.as_object().is_some_and(|id| self.object(id).is_array())
    }

    /// `Array.prototype.map.call(arguments, …)`: methods of arrays read whatever has a length.
    fn generic_method(&mut self, this: &Abstract, key: &str, arguments: &[Abstract], span: Span) -> Option<Abstract> {
        if changes(key) {
            return None;
        }
        let all = self.list_of(this)?;
        let list = self.add_array(all).as_object()?;
        self.array_method(list, key, arguments, span)
    }

    /// Calls a built-in function.
    pub(in crate::evaluate) fn call_native(
        &mut self,
        name: &'static str,
        this: &Abstract,
        arguments: &[Abstract],
        span: Span,
    ) -> Abstract {
        if let Some((owner, method)) = name.split_once(".prototype.") {
            let found = self.map(this, |m, this| {
                if name == "Object.prototype.toString" {
                    return m.class_tag(this).unwrap_or_else(|| m.unknown(span));
                }
                let found = m.typed_method(owner, this, method, arguments, span);
                found.unwrap_or_else(|| m.unknown(span))
            });
            return found;
        }
        // A pure function of one of several values is one of several results.
        if !matches!(
            name,
            "Object.assign"
                | "Object.defineProperty"
                | "Array.from"
                | "Promise.resolve"
                | "Promise.all"
                | "Promise.allSettled"
        ) && !name.starts_with("Reflect.")
            && let Some(at) = arguments.iter().position(|argument| matches!(argument, Abstract::Any(_)))
        {
            return self.map(&arguments[at].clone(), |m, one| {
                let mut arguments = arguments.to_vec();
                arguments[at] = one.clone();
                m.call_native(name, this, &arguments, span)
            });
        }
        let owner = name.split('.').next().unwrap_or(name);
        let found = match owner {
            "Object" => self.object_function(name, arguments, span),
            "Reflect" => self.reflect(name, arguments, span),
            "Symbol" => self.symbol(name, arguments),
            "Array" => self.array_function(name, arguments, span),
            "JSON" => self.json_function(name, arguments, span),
            "Math" | "Number" | "parseInt" | "parseFloat" | "isNaN" | "isFinite" => {
                self.number_function(name, arguments)
            }
            "String" | "atob" | "btoa" | "escape" | "unescape" | "encodeURI" | "encodeURIComponent" | "decodeURI"
            | "decodeURIComponent" => self.text_function(name, arguments, span),
            "Promise" => self.promise_function(name, arguments, span),
            "Boolean" => {
                let value = arguments.first().unwrap_or(&Abstract::Undefined);
                crate::evaluate::operator::is_truthy(value).map(Abstract::Bool)
            }
            "RegExp" | "Function" | "Error" | "TypeError" | "Date" => {
                Some(self.construct_native(name, arguments, span))
            }
            "structuredClone" => arguments.first().map(|value| self.deep_copy(value, 0)),
            _ => None,
        };
        found.unwrap_or_else(|| self.unknown(span))
    }

    /// `new` of something built in.
    pub(in crate::evaluate) fn construct_native(
        &mut self,
        name: &'static str,
        arguments: &[Abstract],
        span: Span,
    ) -> Abstract {
        let at = Some((self.source, span));
        let first = arguments.first().cloned().unwrap_or(Abstract::Undefined);
        let kind = match name {
            "Array" | "Object" => return self.call_native(name, &Abstract::Undefined, arguments, span),
            "Map" | "WeakMap" | "Set" | "WeakSet" => return self.new_collection(name.ends_with("Map"), &first),
            "Image" => Kind::Element(atom!("img")),
            "Date" => Kind::Date,
            "RegExp" => match self.new_regex(&first, arguments.get(1)) {
                Some(kind) => kind,
                None => return self.unknown(span),
            },
            "Promise" => {
                let promise = self.promise(None);
                if let Abstract::Object(id) = promise {
                    let settle = Abstract::Object(self.add_object(Object::new(Kind::Settle(id))));
                    self.call_value(&first, &Abstract::Undefined, vec![settle.clone(), settle], span);
                }
                return promise;
            }
            "Function" => return self.new_function(arguments, span),
            "Error" | "TypeError" => {
                let id = self.add_object(Object { at, ..Object::new(Kind::Plain) });
                self.define(id, &atom!("message"), first);
                return Abstract::Object(id);
            }
            "String" | "Number" | "Boolean" => return self.call_native(name, &Abstract::Undefined, arguments, span),
            _ => return self.unknown(span),
        };
        Abstract::Object(self.add_object(Object { at, ..Object::new(kind) }))
    }
}

//! The members of an object as a whole: their names in order, and copies of them.

use super::abstract_value::{Abstract, Choice, ObjectId};
use super::builtin::SYMBOL;
use super::heap::{Kind, Property};
use super::machine::{GLOBAL, Machine};
use super::property::CHAIN;
use swc_atoms::Atom;

impl Machine<'_> {
    /// Copies the own members of a value, as spread and `Object.assign` do.
    pub(super) fn copy_members(&mut self, id: ObjectId, from: &Abstract) {
        match from {
            Abstract::Object(from) if *from != GLOBAL => {
                self.make_ready(*from);
                if self.object(*from).own("bidder").is_some() {
                    self.copied.insert(*from);
                }
                let from = self.objects.share(from.0);
                for (at, element) in from.elements.iter().enumerate() {
                    self.define(id, &Atom::new(at.to_string()), element.clone());
                }
                for (name, property) in from.properties.iter() {
                    if let Property::Value(value) = property {
                        self.define(id, name, value.clone());
                    }
                }
                if from.may_have_more() {
                    let to = self.object_mut(id);
                    to.is_open |= from.is_open;
                    to.has_unnamed |= from.has_unnamed;
                }
            }
            Abstract::Any(choices) => {
                for choice in choices.clone().iter() {
                    self.copy_choice(id, choice);
                }
            }
            // What an unknown value adds, nobody can tell.
            Abstract::Unknown(_) => self.object_mut(id).is_open = true,
            _ => {}
        }
    }

    /// Copies one of several values: its members are there under its condition.
    fn copy_choice(&mut self, id: ObjectId, choice: &Choice) {
        let Some(from) = choice.value.as_object().filter(|from| *from != GLOBAL) else { return };
        self.make_ready(from);
        for (name, property) in self.objects.share(from.0).properties.iter() {
            let Property::Value(value) = property else { continue };
            let old = self.object(id).own(name).cloned().unwrap_or(Abstract::Undefined);
            let value = self.join(choice.when, value, &old);
            self.define(id, name, value);
        }
    }

    /// The own names of an object, integer names first, as `Object.keys` lists them.
    pub(super) fn keys(&self, id: ObjectId) -> Vec<Atom> {
        let object = self.object(id);
        let mut keys: Vec<Atom> = (0..object.elements.len())
            .filter(|at| object.is_array() && !matches!(object.elements[*at], Abstract::Absent))
            .map(|at| Atom::new(at.to_string()))
            .collect();
        let (mut whole, names): (Vec<&Atom>, Vec<&Atom>) = object.properties.keys().partition(|name| is_index(name));
        whole.sort_by_key(|name| name.parse::<u32>().unwrap_or(u32::MAX));
        keys.extend(whole.into_iter().chain(names).filter(|name| !is_hidden(name)).cloned());
        keys
    }

    /// The names that `for … in` goes through: those of the object, then those of its prototypes.
    pub(super) fn inherited_keys(&self, id: ObjectId) -> Vec<Atom> {
        let mut all = self.keys(id);
        let mut next = self.object(id).prototype;
        for _ in 0..CHAIN {
            let Some(at) = next else { break };
            for key in self.keys(at) {
                if self.is_shown(at, &key) && !all.contains(&key) {
                    all.push(key);
                }
            }
            next = self.object(at).prototype;
        }
        all
    }

    /// Is a member of a prototype one that loops come by? Those of the language and of classes are not.
    fn is_shown(&self, prototype: ObjectId, key: &Atom) -> bool {
        let object = self.object(prototype);
        let is_class = |value: &Abstract| {
            let kind = value.as_object().map(|id| &self.object(id).kind);
            matches!(kind, Some(Kind::Function(closure)) if closure.class.is_some())
        };
        *key != "constructor"
            && !object.own(key).is_some_and(|value| self.is_native(value))
            && !object.own("constructor").is_some_and(is_class)
    }
}

/// Members that no listing shows: private ones, and those under symbols.
fn is_hidden(name: &str) -> bool {
    name.starts_with('#') || name.starts_with(SYMBOL)
}

/// Is it the name of an array element?
fn is_index(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_digit())
        && !name.is_empty()
        && name.len() < 10
        && (name == "0" || !name.starts_with('0'))
}

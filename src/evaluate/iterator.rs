//! What goes through values one by one: `for … of`, spread, and iterators that code asks itself.
//!
//! Libraries that were compiled for old browsers go through everything by hand (`(step = it.next()).done`), so an
//! iterator has to give what it holds one after the other. A generator has run to its end before anybody asks.

use super::abstract_value::{Abstract, ObjectId};
use super::builtin::whole;
use super::heap::{Kind, Object, Property};
use super::machine::Machine;
use super::operator::is_truthy;
use super::property::ARRAY_LENGTH;
use swc_atoms::{Atom, atom};
use swc_common::Span;

pub(super) const METHODS: &[&str] = &[
    "@@iterator",
    "every",
    "filter",
    "find",
    "flatMap",
    "forEach",
    "map",
    "next",
    "reduce",
    "return",
    "some",
    "throw",
    "toArray",
];

/// Times that an iterator of the page's own is asked for more.
const ASKED: usize = 10_000;

impl Machine<'_> {
    /// An iterator over these values; in the end it gives `result`.
    pub(super) fn new_iterator(&mut self, mut values: Vec<Abstract>, result: Abstract) -> Abstract {
        // The next one stands last.
        values.reverse();
        Abstract::Object(self.add_object(Object { elements: values, ..Object::new(Kind::Iterator { result }) }))
    }

    pub(super) fn iterator_method(
        &mut self,
        id: ObjectId,
        key: &str,
        arguments: &[Abstract],
        span: Span,
    ) -> Option<Abstract> {
        match key {
            "@@iterator" => Some(Abstract::Object(id)),
            "next" => {
                let next = self.object_mut(id).elements.pop();
                let is_done = next.is_none();
                let value = next.unwrap_or_else(|| self.take_result(id));
                Some(self.step_of(value, is_done))
            }
            "return" | "throw" => {
                self.object_mut(id).elements.clear();
                Some(self.step_of(arguments.first().cloned().unwrap_or(Abstract::Undefined), true))
            }
            _ => {
                let all = self.iterate(&Abstract::Object(id))?;
                match self.add_array(all) {
                    list if key == "toArray" => Some(list),
                    list => self.call_builtin_method(&list, &Atom::new(key), arguments, span),
                }
            }
        }
    }

    /// What a generator returned; it says so once.
    fn take_result(&mut self, id: ObjectId) -> Abstract {
        match &mut self.object_mut(id).kind {
            Kind::Iterator { result } => std::mem::replace(result, Abstract::Undefined),
            _ => Abstract::Undefined,
        }
    }

    /// `{ value, done }`.
    fn step_of(&mut self, value: Abstract, is_done: bool) -> Abstract {
        let id = self.add_object(Object::new(Kind::Plain));
        self.define(id, &atom!("value"), value);
        self.define(id, &atom!("done"), Abstract::Bool(is_done));
        Abstract::Object(id)
    }

    /// All that an iterable value gives, if that can be told; an iterator has nothing left then.
    pub(super) fn iterate(&mut self, value: &Abstract) -> Option<Vec<Abstract>> {
        match value {
            Abstract::String(text) => {
                self.memory += text.len() * size_of::<Abstract>();
                Some(text.chars().map(|one| Abstract::text(one.encode_utf8(&mut [0; 4]))).collect())
            }
            Abstract::Object(id) => {
                let object = self.objects.share(id.0);
                match object.kind {
                    Kind::Array | Kind::Collection { is_map: false } => Some(object.elements.clone()),
                    Kind::Collection { is_map: true } => {
                        Some(object.elements.chunks(2).map(|pair| self.add_array(pair.to_vec())).collect())
                    }
                    Kind::Iterator { .. } => {
                        let mut left = std::mem::take(&mut self.object_mut(*id).elements);
                        left.reverse();
                        Some(left)
                    }
                    _ => {
                        // A list's own way goes through what has a length.
                        let own = self.member_function(*id, &atom!("@@iterator")).filter(|own| !self.is_native(own))?;
                        let iterator = self.call_value(&own, value, Vec::new(), swc_common::DUMMY_SP);
                        self.all_of(&iterator)
                    }
                }
            }
            _ => None,
        }
    }

    /// All that an iterator gives; one of the page's own is asked until it is done.
    fn all_of(&mut self, iterator: &Abstract) -> Option<Vec<Abstract>> {
        let id = iterator.as_object()?;
        if matches!(self.object(id).kind, Kind::Array | Kind::Iterator { .. }) {
            return self.iterate(iterator);
        }
        let Property::Value(next) = self.find_member(id, &atom!("next"))? else { return None };
        let mut all = Vec::new();
        while all.len() < ASKED && !self.cut {
            let step = self.call_value(&next, iterator, Vec::new(), swc_common::DUMMY_SP);
            let step = step.as_object()?;
            if is_truthy(self.object(step).own("done").unwrap_or(&Abstract::Undefined))? {
                return Some(all);
            }
            all.push(self.object(step).own("value").cloned().unwrap_or(Abstract::Undefined));
        }
        None
    }

    /// The elements of an iterable or array-like value.
    pub(super) fn list_of(&mut self, value: &Abstract) -> Option<Vec<Abstract>> {
        if let Some(all) = self.iterate(value) {
            return Some(all);
        }
        let id = value.as_object()?;
        let length = self.object(id).own("length").cloned()?;
        let length = self.to_number(&length).filter(|length| *length >= 0.0)?;
        let length = whole(length).min(ARRAY_LENGTH);
        let element = |at: usize| self.object(id).own(&at.to_string()).cloned().unwrap_or(Abstract::Undefined);
        Some((0..length).map(element).collect())
    }
}

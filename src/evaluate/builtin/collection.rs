//! `Map` and `Set`.

use crate::evaluate::abstract_value::{Abstract, ObjectId};
use crate::evaluate::heap::{Kind, Object};
use crate::evaluate::machine::Machine;
use swc_common::Span;

pub(super) const METHODS: &[&str] =
    &["@@iterator", "add", "clear", "delete", "entries", "forEach", "get", "has", "keys", "set", "values"];

impl<'a> Machine<'a> {
    pub(super) fn new_collection(&mut self, is_map: bool, from: &Abstract) -> Abstract {
        let id = self.add_object(Object::new(Kind::Collection { is_map }));
        for one in self.iterate(from).unwrap_or_default() {
            let pair = if is_map { self.iterate(&one).unwrap_or_default() } else { vec![one] };
            self.insert(id, is_map, pair);
        }
        Abstract::Object(id)
    }

    fn insert(&mut self, id: ObjectId, is_map: bool, pair: Vec<Abstract>) {
        let mut pair = pair.into_iter();
        let key = pair.next().unwrap_or(Abstract::Undefined);
        let value = pair.next().unwrap_or(Abstract::Undefined);
        self.memory += 48;
        let found = self.position(id, is_map, &key);
        let elements = &mut self.object_mut(id).elements;
        match (found, is_map) {
            (Some(at), true) => elements[at + 1] = value,
            (Some(_), false) => {}
            (None, true) => elements.extend([key, value]),
            (None, false) => elements.push(key),
        }
    }

    fn position(&self, id: ObjectId, is_map: bool, key: &Abstract) -> Option<usize> {
        let step = if is_map { 2 } else { 1 };
        self.object(id).elements.iter().step_by(step).position(|one| one.is_same(key)).map(|at| at * step)
    }

    pub(super) fn collection_method(
        &mut self,
        id: ObjectId,
        key: &str,
        arguments: &[Abstract],
        span: Span,
    ) -> Option<Abstract> {
        let Kind::Collection { is_map } = self.object(id).kind else { return None };
        let first = arguments.first().cloned().unwrap_or(Abstract::Undefined);
        let found = self.position(id, is_map, &first);
        match key {
            "set" | "add" => {
                self.insert(id, is_map, arguments.to_vec());
                Some(Abstract::Object(id))
            }
            "get" if found.is_none() && !first.is_known() => None,
            "get" => Some(found.map_or(Abstract::Undefined, |at| self.object(id).elements[at + 1].clone())),
            "has" if found.is_none() && !first.is_known() => None,
            "has" => Some(Abstract::Bool(found.is_some())),
            "delete" => {
                if let Some(at) = found {
                    let end = if is_map { at + 2 } else { at + 1 };
                    self.object_mut(id).elements.drain(at..end);
                }
                Some(Abstract::Bool(found.is_some()))
            }
            "clear" => {
                self.object_mut(id).elements.clear();
                Some(Abstract::Undefined)
            }
            "keys" | "values" if is_map => {
                let skip = usize::from(key == "values");
                let half = self.object(id).elements.iter().skip(skip).step_by(2).cloned().collect();
                Some(self.new_iterator(half, Abstract::Undefined))
            }
            "keys" | "values" | "entries" | "@@iterator" => {
                let all = self.iterate(&Abstract::Object(id))?;
                Some(self.new_iterator(all, Abstract::Undefined))
            }
            "forEach" => {
                let elements = self.object(id).elements.clone();
                let step = if is_map { 2 } else { 1 };
                for pair in elements.chunks(step) {
                    let given = vec![pair[step - 1].clone(), pair[0].clone(), Abstract::Object(id)];
                    self.call_value(&first, &Abstract::Undefined, given, span);
                }
                Some(Abstract::Undefined)
            }
            _ => None,
        }
    }
}

//! Members whose names are not known: `query[pair[0]] = pair[1]`, with whatever the URL says.
//!
//! The object holds them under the place of the code that stored them, and a member that is not there may be any of them.

use super::abstract_value::{Abstract, ObjectId};
use super::condition::ConditionId;
use super::export::cut;
use super::heap::{Kind, Property};
use super::machine::Machine;
use swc_atoms::Atom;
use swc_common::Span;

/// Begins what stands for the name of a member whose name is not known; few of a page's own names do.
const UNNAMED: &str = "[";

impl Machine<'_> {
    /// Stores a member whose name is not known: the object holds it under the place of the code that stored it.
    pub(super) fn write_unnamed(&mut self, id: ObjectId, value: Abstract, span: Span) {
        let name = Atom::new(format!("{UNNAMED}{}]", cut(self.source_text(self.source, span), 60)));
        let value = match self.object(id).own(&name).cloned() {
            Some(other) => self.join(ConditionId::MAYBE, &value, &other),
            None => value,
        };
        self.define(id, &name, value.clone());
        // Counts and marks of one unknown thing say nothing of the others.
        if !is_count_or_mark(&value) && matches!(self.object(id).kind, Kind::Plain | Kind::Array) {
            self.object_mut(id).has_unnamed = true;
        }
    }

    /// A member that is not there, or one of those whose names are not known; anything, where one of these may be.
    pub(super) fn unnamed_member(&mut self, id: ObjectId, span: Span) -> Abstract {
        let object = self.objects.share(id.0);
        self.charge(object.properties.len() / 8);
        let unnamed = object.properties.iter().filter(|(name, _)| name.starts_with(UNNAMED));
        let values = unnamed.filter_map(|(_, property)| match property {
            Property::Value(value) => Some(value),
            Property::Accessor { .. } => None,
        });
        let mut member = Abstract::Undefined;
        for value in values.take(self.limits.alternatives) {
            let value = self.ready(value.clone());
            if may_be_anything(&value) {
                return self.unknown(span);
            }
            member = self.join(ConditionId::MAYBE, &value, &member);
        }
        member
    }
}

/// A number, `true` or `false`: `seen[id] = true`, `counts[id] = 1`.
fn is_count_or_mark(value: &Abstract) -> bool {
    match value {
        Abstract::Number(_) | Abstract::Bool(_) => true,
        Abstract::Any(choices) => choices.iter().all(|choice| is_count_or_mark(&choice.value)),
        _ => false,
    }
}

fn may_be_anything(value: &Abstract) -> bool {
    match value {
        Abstract::Unknown(_) => true,
        Abstract::Any(choices) => choices.iter().any(|choice| matches!(choice.value, Abstract::Unknown(_))),
        _ => false,
    }
}

//! Both sides of a condition that is not known: each runs from the same state, then the two are joined.

use super::abstract_value::{Abstract, Choice, ObjectId};
use super::condition::ConditionId;
use super::heap::{Delta, Kind, Object, Property, Scope};
use super::machine::{Change, Exit, Flow, Frame, GLOBAL, Machine};
use std::rc::Rc;
use swc_atoms::Atom;

/// Alternatives that are followed each from the same state.
const APART: usize = 4;

impl<'a> Machine<'a> {
    /// Runs `body` as if `when` held, and takes back what it did.
    pub(super) fn in_branch<R>(&mut self, when: ConditionId, body: impl FnOnce(&mut Self) -> R) -> (R, Change<'a>) {
        self.forks += 1;
        self.objects.open_branch();
        self.scopes.open_branch();
        let facts = self.conditions.facts().len();
        if when != ConditionId::MAYBE {
            self.conditions.assume(when);
        }
        let result = body(self);
        self.end_of_way();
        self.conditions.forget(facts);
        let change = Change { objects: self.objects.take_branch(), scopes: self.scopes.take_branch() };
        // Each of them was copied when it was first written to.
        let copied = change.objects.iter().map(|(_, object)| object.elements.len() + object.properties.len());
        self.charge(copied.sum::<usize>() / 4 + change.objects.len() + change.scopes.len());
        (result, change)
    }

    /// Runs both sides of a condition and joins their values and effects.
    pub(super) fn either(
        &mut self,
        when: ConditionId,
        yes: impl FnOnce(&mut Self) -> Abstract,
        no: impl FnOnce(&mut Self) -> Abstract,
    ) -> Abstract {
        let not = self.conditions.not(when);
        let (one, one_change) = self.in_branch(when, yes);
        let (two, two_change) = self.in_branch(not, no);
        self.join_changes(when, one_change, two_change);
        self.join(when, &one, &two)
    }

    /// Does the same to each alternative, in a branch of its own, and joins what comes out and what was done. Where there are
    /// many, what was done counts as done for all of them.
    pub(super) fn map_apart(
        &mut self,
        value: &Abstract,
        mut change: impl FnMut(&mut Self, &Abstract) -> Abstract,
    ) -> Abstract {
        match value {
            Abstract::Any(all) if all.len() <= APART => {
                let is_possible = |choice: &&Choice| !self.conditions.is_ruled_out(choice.when);
                let possible: Vec<Choice> = all.iter().filter(is_possible).cloned().collect();
                self.each_apart(&possible, &mut change)
            }
            value => self.map(value, change),
        }
    }

    fn each_apart(
        &mut self,
        choices: &[Choice],
        change: &mut impl FnMut(&mut Self, &Abstract) -> Abstract,
    ) -> Abstract {
        match choices {
            [] => Abstract::Undefined,
            [only] => self.while_holds(only.when, |m| change(m, &only.value)),
            [first, others @ ..] => {
                let not = self.conditions.not(first.when);
                let (one, one_change) = self.in_branch(first.when, |m| change(m, &first.value));
                let (two, two_change) = self.in_branch(not, |m| m.each_apart(others, change));
                self.join_changes(first.when, one_change, two_change);
                self.join(first.when, &one, &two)
            }
        }
    }

    /// Runs both sides of a statement's condition. A side that leaves (return, break, throw) takes its
    /// effects to where it goes; what follows runs as the other side.
    pub(super) fn either_flow(
        &mut self,
        when: ConditionId,
        yes: impl FnOnce(&mut Self) -> Flow,
        no: impl FnOnce(&mut Self) -> Flow,
    ) -> Flow {
        let not = self.conditions.not(when);
        let (one, one_change) = self.in_branch(when, yes);
        let (two, two_change) = self.in_branch(not, no);
        match (one, two) {
            (Flow::Normal, Flow::Normal) => {
                self.join_changes(when, one_change, two_change);
                Flow::Normal
            }
            (Flow::Return(a), Flow::Return(b)) => {
                self.join_changes(when, one_change, two_change);
                Flow::Return(self.join(when, &a, &b))
            }
            (Flow::Throw(a), Flow::Throw(_)) => {
                self.join_changes(when, one_change, two_change);
                Flow::Throw(a)
            }
            (Flow::Throw(_), stays) if !matches!(stays, Flow::Normal) => {
                self.may_throw();
                self.apply(two_change);
                stays
            }
            (left, Flow::Normal) => {
                self.leave(when, left, one_change);
                self.apply(two_change);
                self.assume(not);
                Flow::Normal
            }
            (stays, left) => {
                self.leave(not, left, two_change);
                self.apply(one_change);
                if matches!(stays, Flow::Normal) {
                    self.assume(when);
                }
                stays
            }
        }
    }

    /// Runs `body` for what it shows, and undoes its effects.
    pub(super) fn on_trial<R>(&mut self, body: impl FnOnce(&mut Self) -> R) -> R {
        self.in_branch(ConditionId::MAYBE, body).0
    }

    fn leave(&mut self, when: ConditionId, flow: Flow, change: Change<'a>) {
        if matches!(flow, Flow::Throw(_)) {
            // What an error leaves behind is not worth following.
            return self.may_throw();
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.exits.push(Exit { when, flow, change });
        }
    }

    /// From here to the end of the frame the condition holds.
    fn assume(&mut self, when: ConditionId) {
        if when != ConditionId::MAYBE {
            self.conditions.assume(when);
        }
    }

    fn apply(&mut self, change: Change<'a>) {
        for (index, object) in change.objects {
            self.objects.set(index, object);
        }
        for (index, scope) in change.scopes {
            self.scopes.set(index, scope);
        }
    }

    /// Opens a place that branches may leave to.
    pub(super) fn open_frame(&mut self) -> usize {
        self.frames.push(Frame::default());
        self.conditions.facts().len()
    }

    /// Closes it: joins in what the branches that left had done; returns what they returned.
    pub(super) fn close_frame(
        &mut self,
        facts: usize,
        is_for_here: impl Fn(&Flow) -> bool,
    ) -> Vec<(ConditionId, Flow)> {
        self.conditions.forget(facts);
        let Some(frame) = self.frames.pop() else { return Vec::new() };
        let mut left = Vec::new();
        for exit in frame.exits.into_iter().rev() {
            if is_for_here(&exit.flow) {
                let nothing = Change { objects: Vec::new(), scopes: Vec::new() };
                let when = exit.when;
                self.join_changes(when, exit.change, nothing);
                left.push((when, exit.flow));
            } else if let Some(outer) = self.frames.last_mut() {
                outer.exits.push(exit);
            }
        }
        left
    }

    fn join_changes(&mut self, when: ConditionId, yes: Change<'a>, no: Change<'a>) {
        for (index, one, two) in pairs(yes.objects, no.objects) {
            let old = self.objects.share(index);
            let one = one.unwrap_or_else(|| Rc::clone(&old));
            let two = two.unwrap_or(old);
            let joined = self.join_objects(ObjectId(index), when, &one, &two);
            self.objects.set(index, Rc::new(joined));
        }
        for (index, one, two) in pairs(yes.scopes, no.scopes) {
            let old = self.scopes.share(index);
            let one = one.unwrap_or_else(|| Rc::clone(&old));
            let two = two.unwrap_or(old);
            let joined = self.join_scopes(when, &one, &two);
            self.scopes.set(index, Rc::new(joined));
        }
    }

    fn join_scopes(&mut self, when: ConditionId, yes: &Scope, no: &Scope) -> Scope {
        self.charge(yes.variables.len() / 4);
        let mut joined = no.clone();
        if yes.variables.is_of_same_shape(&no.variables) {
            for (at, value) in yes.variables.values().enumerate() {
                let other = no.variables.value_at(at);
                if !value.is_same(other) {
                    joined.variables.set_at(at, self.join(when, value, other));
                }
            }
            return joined;
        }
        for (name, value) in yes.variables.iter() {
            let value = match no.variables.get(name) {
                Some(other) => self.join(when, value, other),
                None => value.clone(),
            };
            joined.variables.insert(name, value);
        }
        joined
    }

    fn join_objects(&mut self, id: ObjectId, when: ConditionId, yes: &Object<'a>, no: &Object<'a>) -> Object<'a> {
        self.charge((yes.elements.len() + no.elements.len() + yes.properties.len() + no.properties.len()) / 4);
        // One side may have read what the other leaves alone.
        match (&yes.kind, &no.kind) {
            (_, Kind::Later) => return yes.clone(),
            (Kind::Later, _) => return no.clone(),
            _ => {}
        }
        let mut joined = no.clone();
        joined.is_open |= yes.is_open;
        joined.has_unnamed |= yes.has_unnamed;
        joined.path = yes.path.clone().or(joined.path);
        joined.elements = self.join_elements(when, &yes.elements, &no.elements);
        self.memory += joined.properties.len() * 32;
        if yes.properties.is_of_same_shape(&no.properties) {
            for (at, (name, property)) in yes.properties.iter().enumerate() {
                let other = no.properties.value_at(at);
                if !is_same_property(property, other) {
                    joined.properties.set_at(at, self.join_property(id, when, name, Some(property), Some(other)));
                }
            }
            return joined;
        }
        for (name, property) in yes.properties.iter() {
            let other = no.properties.get(name);
            let property = self.join_property(id, when, name, Some(property), other);
            joined.properties.insert(name, property);
        }
        for (name, property) in no.properties.iter() {
            if !yes.properties.contains_key(name) {
                let property = self.join_property(id, when, name, None, Some(property));
                joined.properties.insert(name, property);
            }
        }
        joined
    }

    fn join_property(
        &mut self,
        id: ObjectId,
        when: ConditionId,
        name: &Atom,
        yes: Option<&Property>,
        no: Option<&Property>,
    ) -> Property {
        let missing =
            if id == GLOBAL { self.unknown_path(name.clone(), swc_common::DUMMY_SP) } else { Abstract::Undefined };
        let value = |property: Option<&Property>| match property {
            Some(Property::Value(value)) => Some(value.clone()),
            Some(Property::Accessor { .. }) => None,
            None => Some(missing.clone()),
        };
        match (value(yes), value(no)) {
            (Some(a), Some(b)) => Property::Value(self.join(when, &a, &b)),
            _ => yes.or(no).cloned().unwrap_or(Property::Value(Abstract::Undefined)),
        }
    }

    /// Elements that only one side added are there under its condition.
    fn join_elements(&mut self, when: ConditionId, yes: &[Abstract], no: &[Abstract]) -> Vec<Abstract> {
        if yes.len() == no.len() {
            return yes.iter().zip(no).map(|(a, b)| self.join(when, a, b)).collect();
        }
        let common = yes.iter().zip(no).take_while(|(a, b)| a.is_same(b)).count();
        let not = self.conditions.not(when);
        let mut joined = yes[..common].to_vec();
        joined.extend(yes[common..].iter().map(|value| self.only_if(when, value)));
        joined.extend(no[common..].iter().map(|value| self.only_if(not, value)));
        joined
    }

    fn only_if(&mut self, when: ConditionId, value: &Abstract) -> Abstract {
        self.join(when, value, &Abstract::Absent)
    }

    /// The value for a list of conditions in turn, the last that holds first.
    pub(super) fn first_case(&mut self, otherwise: Abstract, cases: Vec<(ConditionId, Abstract)>) -> Abstract {
        cases.into_iter().fold(otherwise, |rest, (when, value)| self.join(when, &value, &rest))
    }

    /// The conditions under which an alternative of a value satisfies a test, joined; `None` if the test cannot tell.
    pub(super) fn condition_of_choices(
        &mut self,
        choices: &[Choice],
        test: impl Fn(&Self, &Abstract) -> Option<bool>,
    ) -> Option<ConditionId> {
        let mut found: Option<ConditionId> = None;
        for choice in choices {
            if choice.when == ConditionId::MAYBE {
                return None;
            }
            if test(self, &choice.value)? {
                found = Some(found.map_or(choice.when, |other| self.conditions.or(other, choice.when)));
            }
        }
        found
    }
}

fn is_same_property(one: &Property, other: &Property) -> bool {
    match (one, other) {
        (Property::Value(one), Property::Value(other)) => one.is_same(other),
        _ => false,
    }
}

/// An item as both branches left it, where they changed it.
type Pair<T> = (u32, Option<Rc<T>>, Option<Rc<T>>);

/// Pairs two lists of changes by index, in order of the index.
fn pairs<T>(yes: Delta<T>, no: Delta<T>) -> Vec<Pair<T>> {
    let mut all: Vec<Pair<T>> = yes.into_iter().map(|(index, item)| (index, Some(item), None)).collect();
    all.sort_unstable_by_key(|(index, ..)| *index);
    let first = all.len();
    for (index, item) in no {
        match all[..first].binary_search_by_key(&index, |(index, ..)| *index) {
            Ok(at) => all[at].2 = Some(item),
            Err(_) => all.push((index, None, Some(item))),
        }
    }
    all
}

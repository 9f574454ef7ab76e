//! How values came to be: the assignments that lead from a literal to the call.
//!
//! Kept only where it is asked for. Out: a [`Trace`] of [`Step`]s, each with the steps whose results it read.
//! What a step read is told by place: reads inside its code; where there are none, as for parameters, the last
//! read of the very same value. Bounded by [`MOST_STEPS`]; what came later is missing then.

use super::abstract_value::{Abstract, ObjectId};
use super::heap::{Property, ScopeId};
use super::machine::{GLOBAL, GLOBAL_SCOPE, Machine};
use super::value::Condition;
use crate::base::Place;
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use swc_atoms::Atom;
use swc_common::Span;

/// Steps that are kept of a page.
const MOST_STEPS: usize = 100_000;

/// Reads that are remembered at a time.
const READS: usize = 256;

/// Writers of one variable, and sources of one step, that are kept.
const SOURCES: usize = 8;

/// Steps of one chain.
const CHAIN: usize = 40;

/// Objects that one call is handed, and the levels in which they are looked for.
const HELD: usize = 1_000;
const HELD_DEPTH: u32 = 12;

/// Something that a script did with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where: the assignment, declaration, member or call.
    pub at: Place,
    /// What was done: a variable `unit`, a member `.placementId`, or a call `pbjs.addAdUnits(…)`.
    pub target: Arc<str>,
    /// The condition under which.
    pub when: Condition,
    /// The steps whose results it read, as indexes.
    pub from: Vec<u32>,
}

/// The steps of a page's scripts, in the order in which they happen.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    steps: Vec<Step>,
    members: HashMap<(u32, Arc<str>), Vec<u32>>,
    /// Steps that stored the object written down at a place, or called something there.
    places: HashMap<Place, Vec<u32>>,
}

impl Trace {
    /// What led to a member of an object: the object by its identity, see [`Object`](super::Object).
    #[must_use]
    pub fn of_member(&self, identity: u32, name: &str) -> Vec<&Step> {
        let ends = self.members.get(&(identity, name.into())).map_or(&[][..], Vec::as_slice);
        self.chain(self.before(ends))
    }

    /// The way of what stands at a place: what it was made of, where it was stored, and which call it reached.
    #[must_use]
    pub fn at(&self, place: Place) -> Vec<&Step> {
        let steps = self.places.get(&place).map_or(&[][..], Vec::as_slice);
        let mut all = self.before(steps);
        all.extend(self.after(steps));
        self.chain(all)
    }

    /// The steps and all that they rest on.
    fn before(&self, ends: &[u32]) -> BTreeSet<u32> {
        let mut seen = BTreeSet::new();
        let mut left = ends.to_vec();
        while let Some(step) = left.pop() {
            if seen.len() < CHAIN && seen.insert(step) {
                left.extend(&self.steps[step as usize].from);
            }
        }
        seen
    }

    /// All that rests on the steps.
    fn after(&self, starts: &[u32]) -> BTreeSet<u32> {
        let mut seen: BTreeSet<u32> = starts.iter().copied().collect();
        let Some(&first) = seen.first() else { return seen };
        for (index, step) in (first..).zip(&self.steps[first as usize..]) {
            if seen.len() < CHAIN && step.from.iter().any(|from| seen.contains(from)) {
                seen.insert(index);
            }
        }
        seen
    }

    fn chain(&self, steps: BTreeSet<u32>) -> Vec<&Step> {
        steps.into_iter().map(|step| &self.steps[step as usize]).collect()
    }
}

/// What holds a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Slot {
    Variable(ScopeId, Atom),
    Member(ObjectId, Atom),
}

impl Slot {
    /// A member; those of the global object are variables.
    pub(super) fn member(id: ObjectId, name: &Atom) -> Self {
        if id == GLOBAL { Self::Variable(GLOBAL_SCOPE, name.clone()) } else { Self::Member(id, name.clone()) }
    }
}

/// A read of something that a step wrote.
#[derive(Debug)]
struct Read {
    source: u32,
    span: Span,
    value: Abstract,
    writers: Vec<u32>,
}

/// Records steps while scripts are evaluated.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    steps: Vec<Step>,
    writers: IndexMap<Slot, Vec<u32>, FxBuildHasher>,
    stored: IndexMap<ObjectId, Vec<u32>, FxBuildHasher>,
    reads: VecDeque<Read>,
    calls: HashMap<Place, Vec<u32>>,
    /// The declaration that is being evaluated: wider than the name that it binds.
    declaration: Option<Span>,
}

impl Recorder {
    fn read(&mut self, slot: &Slot, source: u32, span: Span, value: &Abstract) {
        let Some(writers) = self.writers.get(slot) else { return };
        if self.reads.len() == READS {
            self.reads.pop_front();
        }
        self.reads.push_back(Read { source, span, value: value.clone(), writers: writers.clone() });
    }

    /// The steps that the code at `span` read from: of the very same value, if one is.
    fn sources(&self, source: u32, span: Span, value: Option<&Abstract>) -> Vec<u32> {
        let is_same = |read: &&Read| value.is_some_and(|value| is_telling(value) && read.value.is_same(value));
        let inside: Vec<&Read> =
            self.reads.iter().filter(|read| read.source == source && span.contains(read.span)).collect();
        let same: Vec<&Read> = inside.iter().copied().filter(|read| is_same(read)).collect();
        let chosen = match (inside.is_empty(), same.is_empty()) {
            (true, _) => self.reads.iter().rev().find(is_same).into_iter().collect(),
            (false, true) => inside,
            (false, false) => same,
        };
        let all: BTreeSet<u32> = chosen.iter().flat_map(|read| read.writers.iter().copied()).collect();
        all.into_iter().rev().take(SOURCES).collect()
    }

    fn push(&mut self, step: Step) -> Option<u32> {
        let index = u32::try_from(self.steps.len()).ok()?;
        (self.steps.len() < MOST_STEPS).then(|| {
            self.steps.push(step);
            index
        })
    }
}

/// Is the value one that is hardly met twice by chance?
fn is_telling(value: &Abstract) -> bool {
    matches!(
        value,
        Abstract::Object(_) | Abstract::String(_) | Abstract::Number(_) | Abstract::Any(_) | Abstract::Text(_)
    )
}

impl Machine<'_> {
    /// A variable was read.
    pub(super) fn trace_read(&mut self, slot: impl FnOnce() -> Slot, span: Span, value: &Abstract) {
        let source = self.source;
        if let Some(recorder) = &mut self.recorder {
            recorder.read(&slot(), source, span, value);
        }
    }

    /// The name of a member, where a trace is recorded.
    pub(super) fn traced_key(&self, key: &Abstract) -> Option<Atom> {
        self.recorder.as_ref().and_then(|_| self.property_key(key))
    }

    /// A declaration is about to bind names.
    pub(super) fn trace_declaration(&mut self, span: Span) {
        if let Some(recorder) = &mut self.recorder {
            recorder.declaration = Some(span);
        }
    }

    /// A value was stored by the code at `span`.
    pub(super) fn trace_write(&mut self, slot: impl FnOnce() -> Slot, span: Span, value: &Abstract) {
        let Some(mut recorder) = self.recorder.take() else { return };
        let slot = slot();
        let span = recorder.declaration.filter(|whole| whole.contains(span)).unwrap_or(span);
        let target: Arc<str> = match &slot {
            Slot::Variable(_, name) => name.as_str().into(),
            Slot::Member(_, name) => format!(".{name}").into(),
        };
        let from = recorder.sources(self.source, span, Some(value));
        let when = self.current_condition();
        let is_certain = when.is_none();
        if let Some(step) = recorder.push(Step { at: self.place(span), target, when, from }) {
            let writers = recorder.writers.entry(slot).or_default();
            if is_certain {
                writers.clear();
            }
            if writers.len() < SOURCES {
                writers.push(step);
            }
            if let Abstract::Object(id) = value {
                recorder.stored.entry(*id).or_default().push(step);
            }
        }
        self.recorder = Some(recorder);
    }

    /// Something outside is called by the code at `span`: it is handed all that its arguments hold.
    pub(super) fn trace_call(&mut self, callee: &str, arguments: &[Abstract], span: Span) {
        let Some(mut recorder) = self.recorder.take() else { return };
        let mut handed = BTreeSet::new();
        arguments.iter().for_each(|argument| self.held_by(argument, HELD_DEPTH, &mut handed));
        let from = recorder.sources(self.source, span, None);
        let at = self.place(span);
        let when = self.current_condition();
        if let Some(step) = recorder.push(Step { at, target: format!("{callee}(…)").into(), when, from }) {
            recorder.calls.entry(at).or_default().push(step);
            for id in handed {
                recorder.stored.entry(id).or_default().push(step);
            }
        }
        self.recorder = Some(recorder);
    }

    /// The objects that a value holds, itself included.
    fn held_by(&self, value: &Abstract, depth: u32, held: &mut BTreeSet<ObjectId>) {
        let Some(deeper) = depth.checked_sub(1) else { return };
        match value {
            Abstract::Any(choices) => choices.iter().for_each(|choice| self.held_by(&choice.value, deeper, held)),
            Abstract::Object(id) if *id != GLOBAL && held.len() < HELD && held.insert(*id) => {
                let object = self.object(*id);
                object.elements.iter().for_each(|element| self.held_by(element, deeper, held));
                for property in object.properties.values() {
                    if let Property::Value(value) = property {
                        self.held_by(value, deeper, held);
                    }
                }
            }
            _ => {}
        }
    }

    /// The trace, if one was recorded.
    pub(super) fn take_trace(&mut self) -> Option<Trace> {
        let recorder = self.recorder.take()?;
        let mut places = recorder.calls;
        for (id, steps) in recorder.stored {
            if let Some((source, span)) = self.object(id).at {
                places.entry(self.place_in(source, span)).or_default().extend(steps);
            }
        }
        let mut members = HashMap::new();
        for (slot, steps) in recorder.writers {
            if let Slot::Member(id, name) = slot {
                members.insert((id.0, Arc::from(name.as_str())), steps);
            }
        }
        Some(Trace { steps: recorder.steps, members, places })
    }
}

//! Work that brought nothing, so that it is not done over and over.
//!
//! Libraries hand the same code around many times, and with arguments that nobody knows it does the same each
//! time. What counts is what reaches the outside: an event, an object that looks like a bid, code that never
//! ran before. Three kinds of work are remembered by the place of their code: functions that run later, calls with
//! unknown arguments, and loops in which something is not sure. All of it only ends work sooner.

use super::abstract_value::Abstract;
use super::heap::{Closure, ScopeId};
use super::machine::Machine;
use rustc_hash::FxHashMap;
use swc_common::Span;

/// A function's code: its source, and its place in it.
pub(super) type CodePlace = (u32, Span);

/// Runs of one piece of code as a later task that may bring nothing, one after the other.
const BARREN_RUNS: u8 = 6;

/// Steps from which on a call is worth remembering, and calls that are remembered for one function.
const DEAR_CALL: u64 = 800;
const CALLS: usize = 4;

/// Steps that a loop in which something is not sure may take, and how few of them make a long one.
const UNSURE_STEPS: u64 = 12_000;
const UNSURE_ROUNDS: usize = 32;
const UNSURE_ROUNDS_STEPS: u64 = 3_000;

/// Steps that a loop may take in which nothing is made at all: tables of checksums, searches for primes.
const BARREN_STEPS: u64 = 4_000;

/// How often a loop that was too long is cut to a quarter of what it had before.
const CUTS: u32 = 3;

/// What is remembered.
#[derive(Debug, Default)]
pub(super) struct Effort {
    tasks: FxHashMap<CodePlace, u8>,
    calls: FxHashMap<CodePlace, Vec<BarrenCall>>,
    loops: FxHashMap<CodePlace, u32>,
}

/// A call that took many steps and brought nothing.
#[derive(Debug)]
struct BarrenCall {
    /// Where the function was made: another one of the same code has other variables around it.
    scope: ScopeId,
    this: Abstract,
    arguments: Vec<Abstract>,
    value: Abstract,
}

/// Where work began: steps, branches and gains so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    steps: u64,
    forks: u64,
    gains: usize,
    made: u64,
}

impl Machine<'_> {
    /// The beginning of some work.
    pub(super) fn start(&self) -> Start {
        Start { steps: self.steps, forks: self.forks, gains: self.gains(), made: self.made }
    }

    fn gains(&self) -> usize {
        self.events.len() + self.bids.len() + self.units.len() + self.texts.len()
    }

    // ---- later tasks ----

    /// Runs the code of a later task, unless it has often brought nothing.
    pub(super) fn unless_barren(&mut self, code: Option<CodePlace>, run: impl FnOnce(&mut Self)) {
        let Some(code) = code else { return run(self) };
        let before = self.effort.tasks.get(&code).copied().unwrap_or(0);
        if before >= BARREN_RUNS {
            return;
        }
        let gains = self.gains() + self.called.len();
        run(self);
        let is_barren = self.gains() + self.called.len() == gains;
        self.effort.tasks.insert(code, if is_barren { before + 1 } else { 0 });
    }

    // ---- calls ----

    /// What the same call gave when it brought nothing else.
    pub(super) fn barren_call(
        &self,
        function: &Closure<'_>,
        this: &Abstract,
        arguments: &[Abstract],
    ) -> Option<Abstract> {
        let calls = self.effort.calls.get(&(function.source, function.span))?;
        let same = calls.iter().find(|call| {
            call.scope == function.scope
                && call.arguments.len() == arguments.len()
                && is_alike(&call.this, this)
                && call.arguments.iter().zip(arguments).all(|(one, other)| is_alike(one, other))
        })?;
        Some(same.value.clone())
    }

    /// May a call be one to remember? Only where something that it is handed is not known.
    pub(super) fn may_be_barren(&self, arguments: &[Abstract]) -> bool {
        self.has_unknown_arguments || arguments.iter().any(is_open)
    }

    /// Remembers a call that brought nothing. New objects it gave count as something.
    pub(super) fn note_call(
        &mut self,
        function: &Closure<'_>,
        start: Start,
        (this, arguments): (Abstract, Vec<Abstract>),
        value: &Abstract,
    ) {
        let is_dear = self.steps.saturating_sub(start.steps) >= DEAR_CALL && self.forks > start.forks;
        if !is_dear || self.gains() > start.gains || has_object(value) {
            return;
        }
        let calls = self.effort.calls.entry((function.source, function.span)).or_default();
        if calls.len() < CALLS {
            calls.push(BarrenCall { scope: function.scope, this, arguments, value: value.clone() });
        }
    }

    // ---- loops ----

    /// Was everything sure since then?
    pub(super) fn is_sure_since(&self, start: Start) -> bool {
        self.forks == start.forks && !self.cut
    }

    /// May a loop go on? A round in which nothing is sure says little that the rounds before did not say.
    pub(super) fn may_go_on(&mut self, rounds: usize, start: Start, place: Span) -> bool {
        let taken = self.steps.saturating_sub(start.steps);
        if self.cut || self.forks == start.forks {
            let is_barren = taken > BARREN_STEPS && self.made == start.made && self.gains() == start.gains;
            return !(self.cut || is_barren);
        }
        if taken <= UNSURE_ROUNDS_STEPS >> (2 * CUTS) {
            return true;
        }
        // Each round hands something over: a loop over the slots of a page.
        if self.gains() - start.gains >= rounds {
            return true;
        }
        let cuts = self.effort.loops.entry((self.source, place)).or_default();
        let steps = |full: u64| full >> (2 * *cuts);
        let is_long = taken > steps(UNSURE_STEPS) || rounds >= UNSURE_ROUNDS && taken > steps(UNSURE_ROUNDS_STEPS);
        if is_long && *cuts < CUTS {
            *cuts += 1;
        }
        !is_long
    }
}

/// Are both the same, or both not known?
fn is_alike(one: &Abstract, other: &Abstract) -> bool {
    is_open(one) && is_open(other) || one.is_same(other)
}

fn is_open(value: &Abstract) -> bool {
    matches!(value, Abstract::Unknown(_) | Abstract::Text(_) | Abstract::Any(_))
}

fn has_object(value: &Abstract) -> bool {
    match value {
        Abstract::Object(_) => true,
        Abstract::Any(choices) => choices.iter().any(|choice| has_object(&choice.value)),
        _ => false,
    }
}

//! Does what stays use what goes? Then less goes, until nothing that stays misses anything.
//!
//! In: the [`Ground`]. Out: cuts that are safe together. Each round holds back what the last one proved to be needed;
//! a script that does not come to rest within [`ROUNDS`] is left as it is.

use super::cutter::{Cut, Cutter};
use super::effect::Effect;
use super::ground::Ground;
use super::meaning::Meanings;
use super::names::BindingId;
use crate::script::Tree;
use rustc_hash::FxHashMap;
use swc_ecma_visit::Visit;

/// Rounds of holding back.
const ROUNDS: usize = 16;

/// The cuts that nothing that stays depends on; `None` if that cannot be told.
pub(super) fn settle(text: &str, tree: &Tree, ground: &mut Ground<'_>, meanings: &Meanings<'_>) -> Option<Vec<Cut>> {
    let mut kept_values: Vec<u32> = Vec::new();
    for _ in 0..ROUNDS {
        let mut cutter = Cutter::new(text, ground, meanings, &kept_values);
        tree.statements.iter().for_each(|statement| cutter.visit_stmt(statement));
        let mut cuts = cutter.cuts;
        cuts.sort_by_key(|cut| cut.start);
        let mut round = Round { ground, cuts: &cuts, reads: FxHashMap::default(), runs: FxHashMap::default() };
        let (needed, values) = (round.needed_facts(), round.needed_values());
        if needed.is_empty() && values.is_empty() {
            return Some(cuts);
        }
        ground.held.extend(needed);
        kept_values.extend(values);
    }
    None
}

/// Does this place go?
pub(super) fn is_cut(cuts: &[Cut], place: u32) -> bool {
    let at = cuts.partition_point(|cut| cut.start <= place);
    at.checked_sub(1).is_some_and(|at| place < cuts[at].end)
}

/// Cuts of one round, with the answers that were given.
struct Round<'r> {
    ground: &'r Ground<'r>,
    cuts: &'r [Cut],
    reads: FxHashMap<(BindingId, bool), bool>,
    runs: FxHashMap<u32, bool>,
}

impl Round<'_> {
    /// Facts that go but are needed by what stays.
    fn needed_facts(&mut self) -> Vec<(u32, usize)> {
        let mut needed = Vec::new();
        for cut in self.cuts {
            for at in self.ground.facts.within(cut.start, cut.end) {
                if self.is_needed(at) {
                    needed.push((self.ground.facts.all[at].start, at));
                }
            }
        }
        needed
    }

    fn is_needed(&mut self, at: usize) -> bool {
        match self.ground.effects.of_facts[at] {
            Effect::Store { binding, is_ad, is_inside } => self.is_store_needed(binding, is_ad, is_inside),
            Effect::Declare(binding) => {
                self.is_global(binding) || self.is_read(binding, false) || self.is_stored(binding)
            }
            Effect::Run(function) => self.is_run_needed(function),
            _ => false,
        }
    }

    /// What the function does to names around it would not happen either.
    fn is_run_needed(&mut self, function: u32) -> bool {
        if let Some(&known) = self.runs.get(&function) {
            return known;
        }
        let facts = self.ground.facts;
        let end = facts.functions.get(&function).copied().unwrap_or(function);
        let is_needed = facts.within(function, end).any(|inside| match self.ground.effects.of_facts[inside] {
            Effect::Store { binding, is_ad, is_inside } => {
                self.is_store_needed(binding, is_ad, is_inside) && !self.ground.is_declared_in(binding, function, end)
            }
            _ => false,
        });
        self.runs.insert(function, is_needed);
        is_needed
    }

    fn is_store_needed(&mut self, binding: BindingId, is_ad: bool, is_inside: bool) -> bool {
        if is_ad {
            // Nobody can count on what a library gives; but `undefined` has no members.
            return !is_inside && self.is_read(binding, true);
        }
        self.is_global(binding) || self.is_read(binding, false)
    }

    fn is_global(&self, binding: BindingId) -> bool {
        self.ground.names.bindings[binding as usize].is_global
    }

    /// Is it read by what stays?
    fn is_read(&mut self, binding: BindingId, only_members: bool) -> bool {
        let (ground, cuts) = (self.ground, self.cuts);
        *self.reads.entry((binding, only_members)).or_insert_with(|| {
            let mut reads = ground.reads(binding).iter().filter(|(_, member)| !only_members || member.is_some());
            reads.any(|(place, _)| !is_cut(cuts, *place))
        })
    }

    fn is_stored(&self, binding: BindingId) -> bool {
        self.ground.stores(binding).iter().any(|place| !is_cut(self.cuts, *place))
    }

    /// Values that gave way to something empty, of which what stays asks more than that can give.
    fn needed_values(&self) -> Vec<u32> {
        let is_needed = |cut: &&Cut| {
            let Some(binding) = cut.value_of else { return false };
            let kept = self.ground.reads(binding).iter().filter(|(place, _)| !is_cut(self.cuts, *place));
            let mut members = kept.filter_map(|(_, member)| member.as_ref());
            match &*cut.replacement {
                "[]" => members.any(|member| !is_list_method(member)),
                _ => members.next().is_some(),
            }
        };
        self.cuts.iter().filter(is_needed).map(|cut| cut.start).collect()
    }
}

/// What an empty list answers like any other.
fn is_list_method(name: &str) -> bool {
    matches!(
        name,
        "length"
            | "push"
            | "unshift"
            | "concat"
            | "forEach"
            | "map"
            | "filter"
            | "some"
            | "every"
            | "find"
            | "slice"
            | "splice"
            | "indexOf"
            | "includes"
            | "join"
            | "pop"
            | "shift"
            | "sort"
            | "reverse"
            | "entries"
            | "keys"
    )
}

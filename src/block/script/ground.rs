//! What stands between two bytes of a script: the questions that decide whether they may go.
//!
//! In: facts with their effects. Out: [`Ground`], which answers each question by binary search in a sorted list.

use super::effect::{Effect, Effects};
use super::fact::{FactKind, Facts};
use super::names::{BindingId, Names};
use super::sign::Signs;
use super::verdict::Why;
use std::collections::BTreeSet;
use std::sync::Arc;
use swc_atoms::Atom;

/// Facts by what they mean for a cut.
pub(super) struct Ground<'g> {
    pub facts: &'g Facts,
    pub effects: &'g Effects,
    pub names: &'g Names,
    /// Starts of what serves ads, sorted.
    ads: Vec<(u32, Arc<Why>)>,
    /// Starts of what must stay, sorted.
    fixed: Vec<u32>,
    /// Ways out: where, and out of what.
    leaves: Vec<(u32, u32)>,
    /// Facts that must stay because what stays needs them, by start and index.
    pub held: BTreeSet<(u32, usize)>,
    /// Reads by binding: where, and of which member.
    reads: Vec<Vec<(u32, Option<Atom>)>>,
    /// Where each binding is declared or given something.
    stores: Vec<Vec<u32>>,
}

impl<'g> Ground<'g> {
    pub fn new(facts: &'g Facts, effects: &'g Effects, names: &'g Names, signs: &Signs) -> Self {
        let mut ground = Self {
            facts,
            effects,
            names,
            ads: signs.data.clone(),
            fixed: Vec::new(),
            leaves: Vec::new(),
            held: BTreeSet::new(),
            reads: vec![Vec::new(); names.bindings.len()],
            stores: vec![Vec::new(); names.bindings.len()],
        };
        for (fact, effect) in facts.all.iter().zip(&effects.of_facts) {
            if let FactKind::Read { binding, member } = &fact.kind {
                ground.reads[*binding as usize].push((fact.start, member.clone()));
            }
            if let Effect::Store { binding, .. } | Effect::Declare(binding) = effect {
                ground.stores[*binding as usize].push(fact.start);
            }
            match effect {
                Effect::Ad(why) => ground.ads.push((fact.start, why.clone())),
                Effect::Unknown | Effect::Keep => ground.fixed.push(fact.start),
                Effect::Leave(to) => ground.leaves.push((fact.start, *to)),
                Effect::Run(function) => ground.add_run(fact.start, *function),
                Effect::Nothing | Effect::Store { .. } | Effect::Declare(_) => {}
            }
        }
        ground.ads.sort_by_key(|(start, _)| *start);
        ground
    }

    fn add_run(&mut self, at: u32, function: u32) {
        let summary = self.effects.summary(function);
        match summary.ad {
            _ if !summary.is_clean => self.fixed.push(at),
            Some(why) => self.ads.push((at, why)),
            None => {}
        }
    }

    /// Why something in there serves ads, if anything does.
    pub fn ad(&self, start: u32, end: u32) -> Option<&Arc<Why>> {
        let at = self.ads.partition_point(|(place, _)| *place < start);
        self.ads.get(at).filter(|(place, _)| *place < end).map(|(_, why)| why)
    }

    /// Must something in there stay?
    pub fn is_fixed(&self, start: u32, end: u32) -> bool {
        let at = self.fixed.partition_point(|place| *place < start);
        let is_held = || self.held.range((start, 0)..(end, 0)).next().is_some();
        self.fixed.get(at).is_some_and(|place| *place < end) || is_held()
    }

    /// Does something in there leave what stands around?
    fn leaves(&self, start: u32, end: u32) -> bool {
        let from = self.leaves.partition_point(|(place, _)| *place < start);
        let to = self.leaves.partition_point(|(place, _)| *place < end);
        self.leaves.get(from..to).unwrap_or_default().iter().any(|(_, target)| *target <= start)
    }

    /// May all of it go, as far as it is not needed elsewhere?
    pub fn may_go(&self, start: u32, end: u32) -> bool {
        self.ad(start, end).is_some() && !self.is_fixed(start, end) && !self.leaves(start, end)
    }

    /// The reads of a binding.
    pub fn reads(&self, binding: BindingId) -> &[(u32, Option<Atom>)] {
        &self.reads[binding as usize]
    }

    /// Where a binding is declared or given something.
    pub fn stores(&self, binding: BindingId) -> &[u32] {
        &self.stores[binding as usize]
    }

    /// Is it declared between these bytes, or a parameter of the function that starts there?
    pub fn is_declared_in(&self, binding: BindingId, start: u32, end: u32) -> bool {
        let declares = |at: usize| matches!(self.effects.of_facts[at], Effect::Declare(one) if one == binding);
        self.facts.within(start, end).any(declares)
            || self.facts.parameters.get(&start).is_some_and(|own| own.contains(&binding))
    }
}

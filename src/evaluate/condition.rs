//! Conditions that are not known, and what follows from them.
//!
//! A condition is a source text, a negation, a conjunction or a disjunction. Equal
//! conditions have equal ids. Work on one is bounded: conjunctions are read as at
//! most [`LITERALS`] literals, and nothing is made of more than [`PARTS`] texts.

use rustc_hash::FxHashMap;
use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;
use swc_atoms::Atom;

/// Literals of a conjunction that are looked at.
const LITERALS: usize = 12;

/// Texts that a condition is made of; what is longer tells nobody anything.
const PARTS: u16 = 24;

/// Disjunctions inside of one another that are looked into.
const DEEP: u32 = 4;

/// A condition of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ConditionId(u32);

impl ConditionId {
    /// Holds always.
    pub(super) const ALWAYS: Self = Self(0);
    /// May hold; nothing more can be said.
    pub(super) const MAYBE: Self = Self(1);
}

#[derive(Clone, Debug)]
enum Node {
    Always,
    Maybe,
    /// A source text.
    Source(Atom),
    Not(ConditionId),
    And(ConditionId, ConditionId),
    Or(ConditionId, ConditionId),
}

/// All conditions of a page.
#[derive(Debug)]
pub(super) struct Conditions {
    nodes: Vec<Node>,
    /// The parts of each condition, read as a conjunction: where they begin in `pool`, and how many there are.
    literals: Vec<(u32, u32)>,
    pool: Vec<ConditionId>,
    /// How many texts each is made of.
    parts: Vec<u16>,
    /// The negation of each condition, once there is one; else `ALWAYS`.
    negations: Vec<ConditionId>,
    /// Conditions by what they are made of; a text that names local variables is one of its call only.
    sources: FxHashMap<(Atom, u32), ConditionId>,
    pairs: FxHashMap<(ConditionId, ConditionId, bool), ConditionId>,
    /// Texts of conditions that were asked for.
    texts: FxHashMap<ConditionId, Arc<str>>,
    /// Conditions that hold where evaluation stands, the latest last.
    facts: Vec<ConditionId>,
    /// How many of them have each condition among their literals.
    held: Vec<u32>,
    /// Work done since it was last asked for, in units of about a step.
    work: Cell<u32>,
}

impl Conditions {
    pub(super) fn new() -> Self {
        Self {
            nodes: vec![Node::Always, Node::Maybe],
            literals: vec![(0, 0); 2],
            pool: Vec::new(),
            parts: vec![0; 2],
            negations: vec![ConditionId::ALWAYS; 2],
            sources: FxHashMap::default(),
            pairs: FxHashMap::default(),
            texts: FxHashMap::default(),
            facts: Vec::new(),
            held: vec![0; 2],
            work: Cell::new(0),
        }
    }

    fn add(&mut self, node: Node) -> ConditionId {
        self.count(1);
        let id = ConditionId(u32::try_from(self.nodes.len()).unwrap_or(1));
        let start = self.pool.len();
        let parts = match node {
            Node::And(a, b) => {
                let (left, right) = (self.range(a), self.range(b));
                self.pool.extend_from_within(left);
                self.pool.extend_from_within(right);
                self.pool.truncate(start + LITERALS);
                self.parts_of(a, b)
            }
            Node::Or(a, b) => self.parts_of(a, b),
            Node::Not(inner) => self.parts[inner.0 as usize],
            _ => 1,
        };
        if start == self.pool.len() {
            self.pool.push(id);
        }
        #[expect(clippy::cast_possible_truncation, reason = "a page's budget ends long before")]
        self.literals.push((start as u32, (self.pool.len() - start) as u32));
        self.parts.push(parts);
        self.negations.push(ConditionId::ALWAYS);
        self.held.push(0);
        self.nodes.push(node);
        id
    }

    fn pair(&mut self, a: ConditionId, b: ConditionId, is_and: bool) -> ConditionId {
        if let Some(&known) = self.pairs.get(&(a, b, is_and)) {
            return known;
        }
        let id = self.add(if is_and { Node::And(a, b) } else { Node::Or(a, b) });
        self.pairs.insert((a, b, is_and), id);
        id
    }

    /// Where the literals of a condition are in the pool.
    fn range(&self, id: ConditionId) -> Range<usize> {
        let (start, count) = self.literals[id.0 as usize];
        start as usize..(start + count) as usize
    }

    fn parts_of(&self, a: ConditionId, b: ConditionId) -> u16 {
        self.parts[a.0 as usize].saturating_add(self.parts[b.0 as usize])
    }

    /// The work done since the last call.
    pub(super) fn take_work(&self) -> u32 {
        self.work.take()
    }

    fn node(&self, id: ConditionId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The condition that a piece of source text holds.
    ///
    /// `call` tells apart the calls in which the same text means different things; 0 for texts that mean the same everywhere.
    pub(super) fn source(&mut self, text: Atom, call: u32) -> ConditionId {
        let key = (text, call);
        if let Some(&known) = self.sources.get(&key) {
            return known;
        }
        let id = self.add(Node::Source(key.0.clone()));
        self.sources.insert(key, id);
        id
    }

    pub(super) fn not(&mut self, id: ConditionId) -> ConditionId {
        if id == ConditionId::ALWAYS || id == ConditionId::MAYBE {
            return ConditionId::MAYBE;
        }
        let known = self.negations[id.0 as usize];
        if known != ConditionId::ALWAYS {
            return known;
        }
        let negation = self.add(Node::Not(id));
        self.negations[id.0 as usize] = negation;
        self.negations[negation.0 as usize] = id;
        negation
    }

    /// Both; `None` where they exclude each other.
    pub(super) fn and(&mut self, a: ConditionId, b: ConditionId) -> Option<ConditionId> {
        match (a, b) {
            _ if a == b => return Some(a),
            (ConditionId::ALWAYS, _) => return Some(b),
            (_, ConditionId::ALWAYS) | (_, ConditionId::MAYBE) => return Some(a),
            (ConditionId::MAYBE, _) => return Some(b),
            _ => {}
        }
        let (left, right) = (self.literals(a), self.literals(b));
        if right.iter().any(|&literal| self.is_excluded_by(literal, left)) {
            return None;
        }
        if right.iter().all(|literal| left.contains(literal)) {
            return Some(a);
        }
        if left.iter().all(|literal| right.contains(literal)) {
            return Some(b);
        }
        if self.has_part(b, left, DEEP) {
            return Some(a);
        }
        // What is added to many is not looked at.
        if left.len() == LITERALS || self.parts_of(a, b) > PARTS {
            return Some(a);
        }
        Some(self.pair(a, b, true))
    }

    /// Is it a disjunction of which one part holds where the literals do?
    fn has_part(&self, disjunction: ConditionId, literals: &[ConditionId], depth: u32) -> bool {
        let Node::Or(a, b) = *self.node(disjunction) else { return false };
        let holds = |part| self.literals(part).iter().all(|one| literals.contains(one));
        [a, b].into_iter().any(|part| holds(part) || depth > 0 && self.has_part(part, literals, depth - 1))
    }

    /// All of them, as far as they go together.
    pub(super) fn all_of(&mut self, parts: &[ConditionId]) -> ConditionId {
        parts.iter().fold(ConditionId::ALWAYS, |all, &part| self.and(all, part).unwrap_or(all))
    }

    pub(super) fn or(&mut self, a: ConditionId, b: ConditionId) -> ConditionId {
        let is_open = |id| id == ConditionId::ALWAYS || id == ConditionId::MAYBE;
        match (a, b) {
            _ if a == b => a,
            (a, _) if is_open(a) => a,
            (_, b) if is_open(b) => b,
            _ if self.not(a) == b => ConditionId::ALWAYS,
            _ if let Some(wider) = self.wider(a, b) => wider,
            _ if self.parts_of(a, b) > PARTS => ConditionId::MAYBE,
            _ => self.pair(a, b, false),
        }
    }

    /// Two conjunctions as one: `a || a && b` is `a`, and so is `a && b || a && !b`.
    fn wider(&mut self, a: ConditionId, b: ConditionId) -> Option<ConditionId> {
        let (left, right) = (self.literals(a), self.literals(b));
        if left.len() == LITERALS || right.len() == LITERALS {
            return None;
        }
        let common: Vec<ConditionId> = left.iter().copied().filter(|literal| right.contains(literal)).collect();
        if common.len() == left.len() {
            return Some(a);
        }
        if common.len() == right.len() {
            return Some(b);
        }
        if common.len() + 1 != left.len() || common.len() + 1 != right.len() {
            return None;
        }
        let other = |literals: &[ConditionId]| literals.iter().copied().find(|one| !common.contains(one));
        let (one, other) = (other(left)?, other(right)?);
        self.is_opposite(one, other).then(|| self.all_of(&common))
    }

    // ---- facts ----

    /// From here on the condition holds.
    pub(super) fn assume(&mut self, fact: ConditionId) {
        self.count(1);
        self.facts.push(fact);
        for literal in &self.pool[self.range(fact)] {
            self.held[literal.0 as usize] += 1;
        }
    }

    /// The conditions that hold.
    pub(super) fn facts(&self) -> &[ConditionId] {
        &self.facts
    }

    /// All but the first `count` facts hold no longer.
    pub(super) fn forget(&mut self, count: usize) {
        while self.facts.len() > count {
            let Some(fact) = self.facts.pop() else { break };
            for literal in &self.pool[self.range(fact)] {
                self.held[literal.0 as usize] -= 1;
            }
        }
    }

    /// Nothing is assumed for now; gives back what was, for [`restore`](Self::restore).
    pub(super) fn set_aside(&mut self) -> Vec<ConditionId> {
        let facts = self.facts.clone();
        self.forget(0);
        facts
    }

    /// What was set aside holds again, and nothing else.
    pub(super) fn restore(&mut self, facts: Vec<ConditionId>) {
        self.forget(0);
        facts.into_iter().for_each(|fact| self.assume(fact));
    }

    /// Do the facts rule it out?
    pub(super) fn is_ruled_out(&self, id: ConditionId) -> bool {
        let opposite = |literal: &ConditionId| self.negations[literal.0 as usize];
        id.0 > 1
            && !self.facts.is_empty()
            && self.literals(id).iter().map(opposite).any(|other| other.0 > 1 && self.held[other.0 as usize] > 0)
    }

    /// Do the facts make it certain?
    pub(super) fn is_certain(&self, id: ConditionId) -> bool {
        let holds = |literal: &ConditionId| self.held[literal.0 as usize] > 0;
        id == ConditionId::ALWAYS || id != ConditionId::MAYBE && self.literals(id).iter().all(holds)
    }

    /// Does one of a few conditions rule it out?
    pub(super) fn is_excluded(&self, id: ConditionId, by: &[ConditionId]) -> bool {
        let literals = self.literals(id);
        by.iter().any(|&other| literals.iter().any(|&literal| self.is_excluded_by(literal, self.literals(other))))
    }

    fn is_excluded_by(&self, literal: ConditionId, literals: &[ConditionId]) -> bool {
        literals.iter().any(|&other| self.is_opposite(literal, other))
    }

    fn is_opposite(&self, a: ConditionId, b: ConditionId) -> bool {
        b != ConditionId::ALWAYS && self.negations[a.0 as usize] == b
    }

    fn count(&self, work: u32) {
        self.work.set(self.work.get() + work);
    }

    /// The parts of a conjunction.
    fn literals(&self, id: ConditionId) -> &[ConditionId] {
        self.count(1);
        &self.pool[self.range(id)]
    }

    /// The condition as source text; `None` where there is none to tell.
    pub(super) fn render(&mut self, id: ConditionId, limit: usize) -> Option<Arc<str>> {
        if id.0 <= 1 {
            return None;
        }
        if let Some(known) = self.texts.get(&id) {
            return Some(Arc::clone(known));
        }
        let mut text = String::new();
        self.write(id, limit, &mut text);
        let text: Arc<str> = super::export::cut(&text, limit).into();
        self.texts.insert(id, Arc::clone(&text));
        Some(text)
    }

    fn write(&self, id: ConditionId, limit: usize, out: &mut String) {
        if out.len() > limit * 4 {
            return;
        }
        match self.node(id) {
            Node::Always => out.push_str("true"),
            Node::Maybe => out.push('?'),
            Node::Source(text) => out.push_str(text),
            Node::Not(inner) => {
                out.push_str("!(");
                self.write(*inner, limit, out);
                out.push(')');
            }
            Node::And(a, b) => self.write_pair(*a, " && ", *b, limit, out),
            Node::Or(a, b) => self.write_pair(*a, " || ", *b, limit, out),
        }
    }

    fn write_pair(&self, a: ConditionId, word: &str, b: ConditionId, limit: usize, out: &mut String) {
        for (id, word) in [(a, word), (b, "")] {
            let needs_brackets = matches!(self.node(id), Node::Or(..)) && word != " || ";
            if needs_brackets {
                out.push('(');
            }
            self.write(id, limit, out);
            if needs_brackets {
                out.push(')');
            }
            out.push_str(word);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contradictions_and_certainties_are_seen() {
        let mut all = Conditions::new();
        let (a, b) = (all.source("a".into(), 0), all.source("b".into(), 0));
        let not_a = all.not(a);
        let both = all.and(a, b).expect("possible");
        assert_eq!(all.and(a, not_a), None);
        assert_eq!(all.and(both, not_a), None);
        assert_eq!(all.or(a, not_a), ConditionId::ALWAYS);
        assert!(all.is_excluded(not_a, &[both]));
        assert_eq!(all.render(both, 200).as_deref(), Some("a && b"));
        assert_eq!(all.render(not_a, 200).as_deref(), Some("!(a)"));
    }

    #[test]
    fn facts_rule_out_and_make_certain_while_they_hold() {
        let mut all = Conditions::new();
        let (a, b) = (all.source("a".into(), 0), all.source("b".into(), 0));
        let not_a = all.not(a);
        let both = all.and(a, b).expect("possible");
        all.assume(a);
        assert!(all.is_ruled_out(not_a) && all.is_certain(a) && !all.is_certain(b));
        all.assume(both);
        assert!(all.is_certain(both) && !all.is_ruled_out(b));
        all.forget(1);
        assert!(!all.is_certain(b) && all.is_ruled_out(not_a));
        let before = all.set_aside();
        assert!(!all.is_ruled_out(not_a));
        all.restore(before);
        assert!(all.is_ruled_out(not_a));
    }
}

//! Ad units that no library was seen to take: any object of that shape counts.
//!
//! Objects with a `bidder` or `bids` member are noted when they are made. At the end of
//! the page those that look like ad units become events, and bids that stand alone are
//! gathered by the list that holds them: the member's name is their ad unit's code.

use super::abstract_value::{Abstract, ObjectId};
use super::event::{Event, EventKind};
use super::heap::Property;
use super::machine::{GLOBAL, Machine};
use super::value::{Object, Value};
use crate::base::Evidence;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;
use swc_atoms::Atom;
use swc_common::Span;

/// Shortest text that could be JSON about a bidder.
const JSON_TEXT: usize = 24;

/// JSON inside a string inside JSON …: levels that are opened.
const JSON_LEVELS: u32 = 5;

impl Machine<'_> {
    /// A member was made: does it make its object a bid or an ad unit?
    pub(super) fn note_member(&mut self, id: ObjectId, key: &Atom) {
        if *key == "bidder" {
            self.bids.push((id, self.evidence));
        } else if *key == "bids" {
            self.units.push((id, self.evidence));
        }
    }

    /// A text that may be JSON about bidders.
    pub(super) fn note_text(&mut self, text: &Atom, span: Span) {
        if text.len() >= JSON_TEXT && memchr::memmem::find(text.as_bytes(), b"bidder").is_some() {
            let place = self.place(span);
            if self.texts.len() < 2_000 && !self.texts.iter().any(|(other, ..)| other == text) {
                self.texts.push((text.clone(), place, self.evidence));
            }
        }
    }

    /// Turns what was noted into events.
    pub(super) fn harvest(&mut self) {
        self.open_texts();
        let units = best_evidence(std::mem::take(&mut self.units));
        let bids = best_evidence(std::mem::take(&mut self.bids));
        let mut taken: FxHashSet<ObjectId> = FxHashSet::default();
        for (id, evidence) in units {
            let members = self.bids_of_unit(id);
            if members.is_empty() {
                continue;
            }
            taken.extend(members);
            let value = self.export(&Abstract::Object(id));
            self.add_unit(value, evidence, id);
        }
        // A bid that was only a pattern for another one counts as that one.
        let is_alone = |id: &ObjectId| !taken.contains(id) && !self.copied.contains(id) && self.is_bid(*id, true);
        let alone: Vec<(ObjectId, Evidence)> = bids.into_iter().filter(|(id, _)| is_alone(id)).collect();
        self.gather(&alone);
    }

    fn add_unit(&mut self, value: Value, evidence: Evidence, id: ObjectId) {
        let at = self.object(id).at.map(|(source, span)| self.place_in(source, span)).unwrap_or_default();
        if self.events.len() < self.limits.events {
            self.events.push(Event { kind: EventKind::AdUnit { value }, at, evidence, when: None });
        }
    }

    /// The bids in the `bids` of an object.
    fn bids_of_unit(&self, id: ObjectId) -> Vec<ObjectId> {
        let Some(list) = self.object(id).own("bids") else { return Vec::new() };
        let mut found = Vec::new();
        self.bids_in(list, &mut found, 0);
        found
    }

    fn bids_in(&self, value: &Abstract, found: &mut Vec<ObjectId>, depth: u32) {
        match value {
            Abstract::Any(choices) => choices.iter().for_each(|choice| self.bids_in(&choice.value, found, depth)),
            Abstract::Object(id) if self.is_bid(*id, false) => found.push(*id),
            Abstract::Object(id) if self.object(*id).is_array() && depth < 2 => {
                self.object(*id).elements.iter().for_each(|element| self.bids_in(element, found, depth + 1));
            }
            _ => {}
        }
    }

    /// Does it name a bidder, and (where nothing else speaks for it) params?
    fn is_bid(&self, id: ObjectId, needs_params: bool) -> bool {
        let object = self.object(id);
        let names = object.own("bidder").is_some_and(|bidder| self.may_be_code(bidder));
        let params = || match object.own("params") {
            Some(Abstract::Object(params)) => *params != GLOBAL,
            Some(Abstract::Unknown(_) | Abstract::Any(_)) => true,
            _ => false,
        };
        names && (!needs_params || params() && self.names_bidder(object.own("bidder")))
    }

    /// Is it known which bidder it is, in one case at least?
    fn names_bidder(&self, bidder: Option<&Abstract>) -> bool {
        match bidder {
            Some(Abstract::Any(choices)) => choices.iter().any(|choice| matches!(choice.value, Abstract::String(_))),
            Some(Abstract::String(_) | Abstract::Text(_)) => true,
            _ => false,
        }
    }

    fn may_be_code(&self, value: &Abstract) -> bool {
        match value {
            Abstract::String(code) => !code.is_empty() && code.len() <= 80,
            Abstract::Any(choices) => choices.iter().any(|choice| self.may_be_code(&choice.value)),
            Abstract::Text(_) | Abstract::Unknown(_) => true,
            _ => false,
        }
    }

    /// Bids that stand alone, as one ad unit for each list that holds some.
    fn gather(&mut self, alone: &[(ObjectId, Evidence)]) {
        if alone.is_empty() {
            return;
        }
        let holders = self.holders(alone);
        let mut groups: Vec<Group> = Vec::new();
        for &(id, evidence) in alone {
            let holder = holders.get(&id).copied();
            match groups.iter_mut().find(|(other, _)| holder.is_some() && *other == holder) {
                Some((_, members)) => members.push((id, evidence)),
                None => groups.push((holder, vec![(id, evidence)])),
            }
        }
        let names = self.names_of(&groups.iter().filter_map(|(holder, _)| *holder).collect());
        for (holder, members) in groups {
            let code = holder.and_then(|holder| names.get(&holder)).map(|name| Value::string(name));
            let evidence = members.iter().map(|(_, evidence)| *evidence).min().unwrap_or(Evidence::Declared);
            let bids = members.iter().map(|(id, _)| self.export(&Abstract::Object(*id))).collect();
            let mut entries: Vec<(Arc<str>, Value)> = Vec::new();
            entries.extend(code.map(|code| ("code".into(), code)));
            entries.push(("bids".into(), Value::Array(bids)));
            let first = members[0].0;
            let at = self.object(first).at.map(|(source, span)| self.place_in(source, span));
            let value = Value::Object(Arc::new(Object { entries, at, identity: holder.unwrap_or(first).0 }));
            self.add_unit(value, evidence, first);
        }
    }

    /// The array that holds each bid.
    fn holders(&self, alone: &[(ObjectId, Evidence)]) -> FxHashMap<ObjectId, ObjectId> {
        let wanted: FxHashSet<ObjectId> = alone.iter().map(|(id, _)| *id).collect();
        let mut holders = FxHashMap::default();
        for index in 0..self.objects.len() as u32 {
            for element in &self.objects.get(index).elements {
                if let Abstract::Object(id) = element
                    && wanted.contains(id)
                {
                    holders.entry(*id).or_insert(ObjectId(index));
                }
            }
        }
        holders
    }

    /// The member name under which each array is held, where it is no list's own word.
    fn names_of(&self, arrays: &FxHashSet<ObjectId>) -> FxHashMap<ObjectId, Atom> {
        let mut names = FxHashMap::default();
        for index in 1..self.objects.len() as u32 {
            for (name, property) in self.objects.get(index).properties.iter() {
                if let Property::Value(Abstract::Object(id)) = property
                    && arrays.contains(id)
                    && !is_list_word(name)
                {
                    names.entry(*id).or_insert_with(|| name.clone());
                }
            }
        }
        names
    }

    /// Reads the texts that are JSON or hold some, and those inside them.
    fn open_texts(&mut self) {
        let mut at = 0;
        for _ in 0..JSON_LEVELS {
            let end = self.texts.len();
            for index in at..end {
                let (text, place, evidence) = self.texts[index].clone();
                if self.parsed_texts.contains(&text) {
                    continue;
                }
                let before = std::mem::replace(&mut self.evidence, evidence.max(Evidence::Declared));
                self.add_source_at(place);
                if self.json_value(&text).is_none() {
                    json_in_lines(&text).for_each(|json| drop(self.json_value(json)));
                }
                self.evidence = before;
            }
            at = end;
        }
    }

    /// From here on, what is made stands at this place.
    fn add_source_at(&mut self, place: crate::base::Place) {
        self.enter_source(super::source::Source {
            text: "",
            script: place.script,
            offsets: super::source::Offsets::Fixed(place.span),
            anchors: std::rc::Rc::from([]),
            outline: None,
            is_library: false,
        });
    }
}

/// What may be JSON in a text that is not: of each line that names a bidder, the part from its first to its last bracket.
/// Frameworks hand a page its state in rows (`7:["$","div",…]`), others as code in a string (`window.state = {…};`).
fn json_in_lines(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().filter(|line| memchr::memmem::find(line.as_bytes(), b"bidder").is_some());
    lines.filter_map(|line| line.get(line.find(['{', '['])?..=line.rfind(['}', ']'])?))
}

/// Bids that one array holds.
type Group = (Option<ObjectId>, Vec<(ObjectId, Evidence)>);

/// Words that name a list of bids rather than an ad unit.
fn is_list_word(name: &str) -> bool {
    const WORDS: [&str; 9] = ["bids", "bidders", "items", "list", "data", "config", "prebid", "params", "placements"];
    // What stands for a name that was cut off is none.
    matches!(name, "_" | "ids") || WORDS.iter().any(|word| word.eq_ignore_ascii_case(name))
}

/// Each object once, with its best evidence, in order of the objects.
fn best_evidence(noted: Vec<(ObjectId, Evidence)>) -> Vec<(ObjectId, Evidence)> {
    let mut noted = noted;
    noted.sort_unstable();
    noted.dedup_by_key(|(id, _)| *id);
    noted
}

//! The state of an evaluation, and the few things that everything else is made of.

use super::abstract_value::{Abstract, Choice, ObjectId, Origin};
use super::condition::{ConditionId, Conditions};
use super::effort::Effort;
use super::event::{Event, EventKind, Interests};
use super::heap::{Kind, Object, Scope, ScopeId, Store, Variables};
use super::listener::Listeners;
use super::source::{Offsets, Source, Sources};
use super::task::Tasks;
use crate::base::{Diagnostic, Evidence, Limits, Place, Severity, Span as DocumentSpan};
use crate::script::{Tree, text_span};
use rustc_hash::FxHashMap;
use std::rc::Rc;
use swc_atoms::Atom;
use swc_common::Span;

/// Alternatives that may all be numbers.
const COUNTS: usize = 6;

/// How a statement ended.
#[derive(Clone, Debug)]
pub(super) enum Flow {
    Normal,
    Return(Abstract),
    Break(Option<Atom>),
    Continue(Option<Atom>),
    Throw(Abstract),
}

/// A call or loop that may be left from inside a branch.
#[derive(Default)]
pub(super) struct Frame<'a> {
    pub(super) exits: Vec<Exit<'a>>,
}

/// A branch that left: what it had done until then.
pub(super) struct Exit<'a> {
    pub(super) when: ConditionId,
    pub(super) flow: Flow,
    pub(super) change: Change<'a>,
}

/// What a branch changed.
pub(super) struct Change<'a> {
    pub(super) objects: Vec<(u32, Rc<Object<'a>>)>,
    pub(super) scopes: Vec<(u32, Rc<Scope>)>,
}

/// The evaluation of one page.
pub(super) struct Machine<'a> {
    pub(super) kept: &'a Sources,
    pub(super) sources: Vec<Source<'a>>,
    pub(super) limits: Limits,
    pub(super) interests: &'a Interests,
    pub(super) objects: Store<Object<'a>>,
    pub(super) scopes: Store<Scope>,
    pub(super) conditions: Conditions,
    /// Tests that were not known, by their place: their text, and whether it speaks of a function's variables.
    pub(super) tests: FxHashMap<(u32, Span), (Atom, bool)>,
    pub(super) frames: Vec<Frame<'a>>,
    pub(super) events: Vec<Event>,
    pub(super) pending: Vec<PendingEvent>,
    /// Those that write markup, until it is read.
    pub(super) written: Vec<PendingEvent>,
    /// What document.write has begun.
    pub(super) open_markup: super::markup::OpenMarkup,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) evidence: Evidence,
    pub(super) tasks: Tasks,
    pub(super) effort: Effort,
    pub(super) listeners: Listeners,
    /// The functions of stand-ins that were needed, by their number.
    pub(super) stand_ins: FxHashMap<usize, Option<ObjectId>>,
    /// What `this` is in the methods of an object that is a component's options, or a class's prototype.
    pub(super) instances: FxHashMap<ObjectId, ObjectId>,
    /// Objects whose members are the modules of a bundle.
    pub(super) modules: Vec<ObjectId>,
    pub(super) prototypes: FxHashMap<&'static str, ObjectId>,
    pub(super) natives: FxHashMap<&'static str, ObjectId>,
    /// Bodies that were parsed when they were called, by their place.
    pub(super) bodies: FxHashMap<(u32, u32), &'a Tree>,
    /// Scripts of such bodies that held a syntax error.
    pub(super) damaged: Vec<u32>,
    pub(super) hoisted: FxHashMap<usize, Rc<super::scope::Hoisted>>,
    /// Functions that have been called, by the place of their code.
    pub(super) called: rustc_hash::FxHashSet<(u32, Span)>,
    /// Functions made, in order, with the object they are a method of.
    pub(super) functions: Vec<(ObjectId, Option<ObjectId>)>,
    /// Objects with a `bidder` member, and strings that may be JSON about bidders.
    pub(super) bids: Vec<(ObjectId, Evidence)>,
    /// Those of which another object has a copy.
    pub(super) copied: rustc_hash::FxHashSet<ObjectId>,
    pub(super) texts: Vec<(Atom, Place, Evidence)>,
    pub(super) units: Vec<(ObjectId, Evidence)>,
    /// JSON islands and text of elements, by id.
    pub(super) element_texts: FxHashMap<Atom, Atom>,
    pub(super) active: Vec<(u32, Span)>,
    pub(super) depth: u32,
    pub(super) steps: u64,
    /// Steps of the page so far, those of the piece of work at hand left out.
    pub(super) page_steps: u64,
    /// Steps that the piece of work at hand may take.
    pub(super) allowance: u64,
    /// Steps that the page may take, by the scripts seen so far.
    pub(super) page_allowance: u64,
    pub(super) memory: usize,
    pub(super) source: u32,
    pub(super) nesting: u32,
    pub(super) thrown: super::thrown::Thrown,
    /// The next call comes from outside: parameters that are not passed are unknown, not undefined.
    pub(super) has_unknown_arguments: bool,
    pub(super) classes: Vec<Option<Rc<super::heap::ClassInfo<'a>>>>,
    /// What the generators that are running have given so far.
    pub(super) yields: Vec<Vec<Abstract>>,
    pub(super) argument_users: FxHashMap<(u32, Span), bool>,
    /// Is a function one by which core-js replaces members?
    pub(super) redefiners: FxHashMap<(u32, Span), bool>,
    pub(super) glanced: rustc_hash::FxHashSet<(u32, Span)>,
    /// Paths of members, by those of their owners.
    pub(super) paths: FxHashMap<(Atom, Atom), Atom>,
    pub(super) regexes: FxHashMap<(Atom, Atom), Option<Rc<regex::Regex>>>,
    /// Number of the call that is running, and of calls so far.
    pub(super) call: u32,
    pub(super) calls: u32,
    /// Symbols made so far.
    pub(super) symbols: u32,
    /// Answers questions about the page's elements.
    pub(super) dom: Option<&'a dyn super::dom::Dom>,
    /// Elements that every page has, by their path, once asked for.
    pub(super) roots: FxHashMap<&'static str, ObjectId>,
    pub(super) queries: u32,
    /// What it answered, by the text of the selectors.
    pub(super) asked: FxHashMap<Box<str>, super::dom::Answers>,
    /// Elements of the markup that scripts asked for, by their place and name: each is one thing, however often it is asked for.
    pub(super) page_elements: FxHashMap<(u32, Atom), ObjectId>,
    /// Where the tag of each of them begins.
    pub(super) element_places: FxHashMap<ObjectId, u32>,
    pub(super) inserted: super::inserted::Inserted,
    /// Where the JSON text that is being read stands.
    pub(super) json_span: Span,
    /// Texts that a script has read as JSON itself.
    pub(super) parsed_texts: rustc_hash::FxHashSet<Atom>,
    /// Branches taken so far.
    pub(super) forks: u64,
    /// The test of the loop that runs.
    pub(super) loop_test: Option<Span>,
    /// The last `switch` over a value that nobody knows, or of which no case is met.
    pub(super) lost_switch: Option<(u32, Span)>,
    /// Trials around, in which code runs that the page itself does not.
    pub(super) trials: u32,
    /// Objects, texts and tasks made so far; functions do not count.
    pub(super) made: u64,
    pub(super) early_nodes: usize,
    /// Whole views of objects, once nothing changes any more.
    pub(super) exported: Option<FxHashMap<ObjectId, super::value::Value>>,
    pub(super) origin_texts: FxHashMap<(u32, Span), std::sync::Arc<str>>,
    pub(super) cut: bool,
    /// Records how values come to be, where that is asked for.
    pub(super) recorder: Option<Box<super::trace::Recorder>>,
}

/// An event whose values are exported at once, and again at the end.
#[derive(Debug)]
pub(super) struct PendingEvent {
    /// Index of the event.
    pub(super) event: usize,
    pub(super) arguments: Vec<Abstract>,
    /// The values as they were when it happened, where they may change later.
    pub(super) early: Option<Vec<super::value::Value>>,
}

/// The span, grown to whole characters: nodes in broken code may end inside of one.
fn at_characters(text: &str, span: DocumentSpan) -> DocumentSpan {
    let start = text.floor_char_boundary(span.start as usize);
    DocumentSpan::new(start, text.ceil_char_boundary(span.end as usize).max(start))
}

pub(super) const GLOBAL: ObjectId = ObjectId(0);
pub(super) const GLOBAL_SCOPE: ScopeId = ScopeId(0);

impl<'a> Machine<'a> {
    pub(super) fn new(kept: &'a Sources, interests: &'a Interests, limits: &Limits) -> Self {
        let mut machine = Self {
            kept,
            sources: Vec::new(),
            limits: limits.clone(),
            interests,
            objects: Store::new(),
            scopes: Store::new(),
            conditions: Conditions::new(),
            tests: FxHashMap::default(),
            frames: vec![Frame::default()],
            events: Vec::new(),
            pending: Vec::new(),
            written: Vec::new(),
            open_markup: super::markup::OpenMarkup::default(),
            diagnostics: Vec::new(),
            evidence: Evidence::Evaluated,
            tasks: Tasks::default(),
            effort: Effort::default(),
            listeners: Listeners::default(),
            stand_ins: FxHashMap::default(),
            instances: FxHashMap::default(),
            modules: Vec::new(),
            prototypes: FxHashMap::default(),
            natives: FxHashMap::default(),
            bodies: FxHashMap::default(),
            damaged: Vec::new(),
            hoisted: FxHashMap::default(),
            called: rustc_hash::FxHashSet::default(),
            functions: Vec::new(),
            bids: Vec::new(),
            copied: rustc_hash::FxHashSet::default(),
            texts: Vec::new(),
            units: Vec::new(),
            element_texts: FxHashMap::default(),
            active: Vec::new(),
            depth: 0,
            steps: 0,
            page_steps: 0,
            allowance: 0,
            page_allowance: limits.page_steps,
            memory: 0,
            source: 0,
            nesting: 0,
            thrown: super::thrown::Thrown::default(),
            has_unknown_arguments: false,
            classes: Vec::new(),
            yields: Vec::new(),
            argument_users: FxHashMap::default(),
            redefiners: FxHashMap::default(),
            glanced: rustc_hash::FxHashSet::default(),
            paths: FxHashMap::default(),
            regexes: FxHashMap::default(),
            call: 0,
            calls: 0,
            symbols: 0,
            dom: None,
            roots: FxHashMap::default(),
            queries: 0,
            asked: FxHashMap::default(),
            page_elements: FxHashMap::default(),
            element_places: FxHashMap::default(),
            inserted: super::inserted::Inserted::default(),
            json_span: swc_common::DUMMY_SP,
            parsed_texts: rustc_hash::FxHashSet::default(),
            forks: 0,
            loop_test: None,
            lost_switch: None,
            trials: 0,
            made: 0,
            early_nodes: 0,
            exported: None,
            origin_texts: FxHashMap::default(),
            cut: false,
            recorder: None,
        };
        machine.objects.add(Object { is_open: true, ..Object::new(Kind::Plain) });
        machine.scopes.add(Scope { parent: None, variables: Variables::default(), is_function: true });
        machine
    }

    // ---- places and sources ----

    pub(super) fn place_in(&self, source: u32, span: Span) -> Place {
        let Some(from) = self.sources.get(source as usize) else { return Place::default() };
        let span = match &from.offsets {
            Offsets::Map(map) => map.original(at_characters(from.text, text_span(span))),
            Offsets::Fixed(fixed) => *fixed,
        };
        Place { script: from.script, span }
    }

    pub(super) fn place(&self, span: Span) -> Place {
        self.place_in(self.source, span)
    }

    /// The source text of a node.
    pub(super) fn source_text(&self, source: u32, span: Span) -> &'a str {
        let text = self.sources.get(source as usize).map_or("", |from| from.text);
        text.get(text_span(span).range()).unwrap_or("")
    }

    /// Does the code at `span` name a bidder?
    pub(super) fn has_anchor(&self, source: u32, span: Span) -> bool {
        let range = text_span(span);
        let Some(from) = self.sources.get(source as usize) else { return false };
        let next = from.anchors.partition_point(|&at| at < range.start);
        from.anchors.get(next).is_some_and(|&at| at < range.end)
    }

    /// From here on code of this source is evaluated; returns the source before.
    pub(super) fn enter_source(&mut self, source: Source<'a>) -> u32 {
        self.sources.push(source);
        std::mem::replace(&mut self.source, (self.sources.len() - 1) as u32)
    }

    // ---- budgets ----

    /// Counts a step; false when the budget has run out.
    pub(super) fn step(&mut self, span: Span) -> bool {
        self.steps += 1 + u64::from(self.conditions.take_work());
        if self.steps <= self.allowance && self.memory <= self.limits.memory_bytes {
            return true;
        }
        self.cut_here(span);
        false
    }

    /// Counts work that is more than a step, in units of about a step.
    pub(super) fn charge(&mut self, units: usize) {
        self.steps += units as u64;
    }

    #[cold]
    fn cut_here(&mut self, span: Span) {
        if self.cut {
            return;
        }
        self.cut = true;
        let (code, what) = if self.steps > self.allowance {
            ("budget-steps", format!("evaluation stopped after {} steps", self.allowance))
        } else {
            ("budget-memory", format!("evaluation stopped at {} MiB of values", self.limits.memory_bytes >> 20))
        };
        let place = self.place(span);
        self.diagnostics.push(Diagnostic::new(Severity::Warning, code, what).with_place(place));
    }

    // ---- values ----

    /// The path of a member: the same ones are asked for over and over.
    pub(super) fn member_path(&mut self, owner: &Atom, name: &Atom) -> Atom {
        if let Some(known) = self.paths.get(&(owner.clone(), name.clone())) {
            return known.clone();
        }
        let path = super::expression::join_path(owner, name);
        self.paths.insert((owner.clone(), name.clone()), path.clone());
        path
    }

    pub(super) fn unknown(&self, span: Span) -> Abstract {
        Abstract::Unknown(Rc::new(Origin { path: None, source: self.source, span, truth: None }))
    }

    pub(super) fn unknown_path(&self, path: Atom, span: Span) -> Abstract {
        let path = (path.len() <= 160).then_some(path);
        Abstract::Unknown(Rc::new(Origin { path, source: self.source, span, truth: None }))
    }

    pub(super) fn add_object(&mut self, object: Object<'a>) -> ObjectId {
        self.made += u64::from(!matches!(object.kind, Kind::Function(_)));
        self.memory += 200 + object.elements.len() * 24 + object.properties.len() * 64;
        ObjectId(self.objects.add(object))
    }

    pub(super) fn add_array(&mut self, elements: Vec<Abstract>) -> Abstract {
        Abstract::Object(self.add_object(Object { elements, ..Object::new(Kind::Array) }))
    }

    pub(super) fn object(&self, id: ObjectId) -> &Object<'a> {
        self.objects.get(id.0)
    }

    pub(super) fn object_mut(&mut self, id: ObjectId) -> &mut Object<'a> {
        self.memory += 24;
        self.objects.write(id.0)
    }

    /// The elements, if it is a known array.
    pub(super) fn array(&self, value: &Abstract) -> Option<&[Abstract]> {
        let object = self.object(value.as_object()?);
        object.is_array().then_some(&object.elements[..])
    }

    /// One of two values, by a condition.
    pub(super) fn join(&mut self, when: ConditionId, yes: &Abstract, no: &Abstract) -> Abstract {
        if yes.is_same(no) {
            return yes.clone();
        }
        if let Some(one) = self.join_library(yes, no) {
            return one;
        }
        let not = self.conditions.not(when);
        let mut choices = Vec::new();
        self.add_choices(&mut choices, when, yes);
        self.add_choices(&mut choices, not, no);
        self.any(choices)
    }

    /// A library that may be there already, or is prepared by the page: both are one thing.
    fn join_library(&mut self, a: &Abstract, b: &Abstract) -> Option<Abstract> {
        let (id, other) = match (a, b) {
            (Abstract::Object(id), other) | (other, Abstract::Object(id)) => (*id, other),
            _ => return None,
        };
        let path = self.object(id).path.clone()?;
        let is_one = match other {
            Abstract::Unknown(origin) => origin.path.as_ref() == Some(&path),
            Abstract::Undefined | Abstract::Absent => self.object(id).is_open && self.object(id).properties.is_empty(),
            _ => false,
        };
        is_one.then(|| {
            self.object_mut(id).is_open = true;
            Abstract::Object(id)
        })
    }

    fn add_choices(&mut self, choices: &mut Vec<Choice>, when: ConditionId, value: &Abstract) {
        match value {
            Abstract::Any(all) => {
                for choice in all.iter() {
                    if let Some(when) = self.conditions.and(choice.when, when) {
                        self.add_choice(choices, when, &choice.value);
                    }
                }
            }
            one => self.add_choice(choices, when, one),
        }
    }

    fn add_choice(&mut self, choices: &mut Vec<Choice>, when: ConditionId, value: &Abstract) {
        if let Some(same) = choices.iter_mut().find(|choice| choice.value.is_same(value)) {
            same.when = self.conditions.or(same.when, when);
        } else if choices.len() < self.limits.alternatives {
            choices.push(Choice { when, value: value.clone() });
        }
    }

    pub(super) fn any(&self, mut choices: Vec<Choice>) -> Abstract {
        match choices.len() {
            0 => Abstract::Undefined,
            1 => choices.remove(0).value,
            // A counter that went on under conditions: what it may be says nothing, and grows.
            count if count > COUNTS && choices.iter().all(|choice| matches!(choice.value, Abstract::Number(_))) => {
                self.unknown(swc_common::DUMMY_SP)
            }
            _ => Abstract::Any(choices.into()),
        }
    }

    /// Drops the alternatives that the facts rule out.
    pub(super) fn narrow(&self, value: Abstract) -> Abstract {
        let Abstract::Any(all) = &value else { return value };
        if self.conditions.facts().is_empty() {
            return value;
        }
        let is_possible = |choice: &&Choice| !self.conditions.is_ruled_out(choice.when);
        let left: Vec<Choice> = all.iter().filter(is_possible).cloned().collect();
        if left.len() == all.len() || left.is_empty() { value } else { self.any(left) }
    }

    /// Does something under a condition.
    pub(super) fn while_holds<R>(&mut self, when: ConditionId, body: impl FnOnce(&mut Self) -> R) -> R {
        let before = self.conditions.facts().len();
        self.conditions.assume(when);
        let result = body(self);
        self.conditions.forget(before);
        result
    }

    /// Does the same to each alternative, under its condition, and joins what comes out.
    pub(super) fn map(
        &mut self,
        value: &Abstract,
        mut change: impl FnMut(&mut Self, &Abstract) -> Abstract,
    ) -> Abstract {
        let Abstract::Any(all) = value else { return change(self, value) };
        let mut choices = Vec::with_capacity(all.len());
        self.charge(all.len());
        for choice in all.iter() {
            if self.conditions.is_ruled_out(choice.when) {
                continue;
            }
            let changed = self.while_holds(choice.when, |m| change(m, &choice.value));
            self.add_choices(&mut choices, choice.when, &changed);
        }
        self.any(choices)
    }

    // ---- events ----

    /// Notes an event; its arguments are exported now and once more when the page is done.
    pub(super) fn record(&mut self, kind: EventKind, arguments: Vec<Abstract>, span: Span) {
        if self.events.len() >= self.limits.events {
            return;
        }
        if let EventKind::Call { callee, .. } = &kind {
            self.trace_call(callee, &arguments, span);
        }
        let early = self.export_early(&arguments);
        let pending = PendingEvent { event: self.events.len(), arguments, early };
        let is_markup = matches!(kind, EventKind::Markup { .. });
        if is_markup {
            self.written.push(pending)
        } else {
            self.pending.push(pending)
        }
        self.add_event(kind, span);
    }

    /// Notes an event whose values are known or come later.
    pub(super) fn add_event(&mut self, kind: EventKind, span: Span) {
        let (at, when) = (self.place(span), self.current_condition());
        self.events.push(Event { kind, at, evidence: self.evidence, when });
    }

    /// The conjunction of the facts, as text.
    pub(super) fn current_condition(&mut self) -> Option<std::sync::Arc<str>> {
        let facts = self.conditions.facts().to_vec();
        let all = self.conditions.all_of(&facts);
        self.conditions.render(all, super::value::QUOTED_CHARACTERS)
    }
}

//! Evaluates the scripts of one page, in order.

use super::dom::Dom;
use super::event::{Event, EventKind, Interests};
use super::machine::{Machine, PendingEvent};
use super::source::{Offsets, Source, Sources};
use super::trace::Trace;
use super::value::Value;
use crate::base::{Diagnostic, Evidence, Limits, OffsetMap, Place};
use crate::script::{Goal, parse};
use swc_atoms::Atom;

/// Bytes of a script from which on it is a bundle, most of which has nothing to do with ads, and the share of the rest that
/// still earns steps.
const BUNDLE_BYTES: usize = 256 << 10;
const BUNDLE_SHARE: usize = 4;

/// The evaluation of a page, script by script.
///
/// ```text
/// run(script 1) · run(script 2) · library_arrived(…) · run(script 3) … finish()
/// ```
///
/// Globals are shared between scripts, as in a browser. Functions in command queues
/// run when their library arrives, or at [`finish`](Self::finish).
pub struct Evaluator<'a> {
    machine: Machine<'a>,
    cut: Vec<u32>,
}

/// What came out of it.
#[derive(Debug)]
pub struct Evaluation {
    /// Everything that reached the outside, in order.
    pub events: Vec<Event>,
    /// Budgets that ran out, and the like.
    pub diagnostics: Vec<Diagnostic>,
    /// Scripts whose budget ran out.
    pub cut: Vec<u32>,
    /// How values came to be, if that was asked for.
    pub trace: Option<Trace>,
    /// Scripts with a syntax error in a function's body that was parsed when it was called.
    pub damaged: Vec<u32>,
}

/// A script as it stands in its page.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// Its code.
    pub text: &'a str,
    /// Leads from the code to the document.
    pub offsets: &'a OffsetMap,
    /// Index among the page's scripts.
    pub script: u32,
    /// How sure everything is that the script does.
    pub evidence: Evidence,
    /// Is it a library whose inner workings say nothing about the page?
    pub is_library: bool,
}

impl<'a> Evaluator<'a> {
    /// An evaluation that keeps what it parses in `sources` and notes what `interests` ask for.
    #[must_use]
    pub fn new(sources: &'a Sources, interests: &'a Interests, limits: &Limits) -> Self {
        Self { machine: Machine::new(sources, interests, limits), cut: Vec::new() }
    }

    /// The same evaluation, with the page's elements for scripts to ask for.
    #[must_use]
    pub fn with_dom(mut self, dom: &'a dyn Dom) -> Self {
        self.machine.dom = Some(dom);
        self
    }

    /// The same evaluation, with so many steps for all scripts of the page.
    #[must_use]
    pub fn with_page_steps(mut self, steps: u64) -> Self {
        self.machine.page_allowance = steps;
        self
    }

    /// The same evaluation, that also records how values come to be.
    #[must_use]
    pub fn with_trace(mut self, is_wanted: bool) -> Self {
        self.machine.recorder = is_wanted.then(Box::default);
        self
    }

    /// Runs a script that was parsed before.
    pub fn run(&mut self, input: Input<'a>, tree: &'a crate::script::Tree) {
        let anchors = self.machine.interests.anchors(input.text);
        let source = Source {
            text: input.text,
            script: Some(input.script),
            offsets: Offsets::Map(input.offsets),
            anchors,
            outline: Some(&tree.outline),
            is_library: input.is_library,
        };
        self.machine.enter_source(source);
        self.machine.evidence = input.evidence;
        self.machine.end_markup();
        self.refill(input.text.len());
        let top = self.machine.top();
        // However it ends: a return at the top ends the script, and that is all.
        self.machine.body(&tree.statements, top);
        self.machine.frames.truncate(1);
        self.machine.frames[0].exits.clear();
        self.machine.conditions.forget(0);
        self.machine.run_soon();
        self.note_cut(input.script);
    }

    /// Reads a JSON island or attribute.
    pub fn read_json(&mut self, input: Input<'a>) {
        let whole = input.offsets.original(crate::base::Span::new(0, input.text.len()));
        let source = Source {
            text: "",
            script: Some(input.script),
            offsets: Offsets::Fixed(whole),
            anchors: [].into(),
            outline: None,
            is_library: false,
        };
        self.machine.enter_source(source);
        self.machine.evidence = input.evidence;
        self.refill(input.text.len());
        if self.machine.json_value(input.text).is_none() {
            self.read_loose_json(input);
        }
        self.note_cut(input.script);
    }

    /// What is nearly JSON (single quotes, trailing commas) is read as an expression.
    fn read_loose_json(&mut self, input: Input<'a>) {
        let text = self.machine.kept.keep_text(format!("({})", input.text.trim()));
        let tree = self.machine.kept.keep_tree(parse(text, Goal::Script, &self.machine.limits));
        if tree.is_whole() {
            let top = self.machine.top();
            self.machine.body(&tree.statements, top);
        }
    }

    /// Notes the text of an element that scripts may ask for by id.
    pub fn note_element_text(&mut self, id: &str, text: &str) {
        self.machine.element_texts.insert(Atom::new(id), Atom::new(text));
    }

    /// The library behind these queues is there: what waits in them runs now.
    pub fn library_arrived(&mut self, queues: &[String]) {
        self.refill(0);
        self.machine.run_queues(queues);
    }

    /// Markup that scripts wrote since the last call: the HTML, as far as it is known, and where it is written.
    pub fn take_markup(&mut self) -> Vec<(String, Place)> {
        let markup: Vec<PendingEvent> = std::mem::take(&mut self.machine.written);
        let continued = self.machine.end_markup();
        let known = |m: &mut Machine<'_>, pending: &PendingEvent| match m.export(pending.arguments.first()?) {
            Value::String(html) => Some(html.to_string()),
            Value::Text(pieces) => Some(pieces.iter().map(|piece| piece.as_str().unwrap_or("")).collect()),
            _ => None,
        };
        let mut written = Vec::new();
        for pending in &markup {
            let at = self.machine.events[pending.event].at;
            if let Some(html) = known(&mut self.machine, pending) {
                self.machine.events[pending.event].kind = EventKind::Markup { html: Value::string(&html) };
                written.push((html, at));
            }
        }
        for (event, first) in continued {
            self.machine.events[event].kind = self.machine.events[first].kind.clone();
        }
        written
    }

    /// Runs everything that waits, looks into what nothing ran, and hands out the events.
    pub fn run_rest(&mut self) {
        self.refill(0);
        self.machine.evidence = Evidence::Evaluated;
        self.machine.schedule_callbacks();
        self.machine.run_all();
        self.machine.run_left_queues();
        self.refill(0);
        self.machine.run_uncalled();
    }

    /// Ends the evaluation.
    #[must_use]
    pub fn finish(mut self) -> Evaluation {
        self.refill(0);
        self.machine.exported = Some(rustc_hash::FxHashMap::default());
        self.machine.harvest();
        self.fill_events();
        let trace = self.machine.take_trace();
        Evaluation {
            trace,
            events: self.machine.events,
            diagnostics: self.machine.diagnostics,
            cut: self.cut,
            damaged: self.machine.damaged,
        }
    }

    /// Gives the events their final values; where an early view of the same objects differs, that is told as well.
    fn fill_events(&mut self) {
        for pending in std::mem::take(&mut self.machine.pending) {
            let now: Vec<Value> = pending.arguments.iter().map(|argument| self.machine.export(argument)).collect();
            let event = &mut self.machine.events[pending.event];
            let early = pending.early.filter(|early| *early != now);
            if let Some(early) = early {
                let mut first = event.clone();
                fill(&mut first.kind, early);
                self.machine.events.push(first);
            }
            fill(&mut self.machine.events[pending.event].kind, now);
        }
        // Events of a made-up kind that stayed empty say nothing.
        self.machine.events.retain(|event| !matches!(&event.kind, EventKind::Markup { html: Value::Undefined }));
    }

    /// Steps are counted by script; a page has a budget of its own. Both grow with the code there is.
    fn refill(&mut self, bytes: usize) {
        let machine = &mut self.machine;
        let (full, rest) = (bytes.min(BUNDLE_BYTES), bytes.saturating_sub(BUNDLE_BYTES));
        let earned = (full + rest / BUNDLE_SHARE) as u64 / machine.limits.bytes_per_step.max(1);
        machine.page_steps += std::mem::take(&mut machine.steps);
        machine.page_allowance += earned;
        let left = machine.page_allowance.saturating_sub(machine.page_steps);
        machine.allowance = left.min(machine.limits.steps + earned);
        machine.cut = left == 0 || machine.memory > machine.limits.memory_bytes;
    }

    fn note_cut(&mut self, script: u32) {
        if self.machine.cut {
            self.cut.push(script);
        }
    }
}

fn fill(kind: &mut EventKind, values: Vec<Value>) {
    let mut values = values.into_iter();
    match kind {
        EventKind::Call { arguments, .. } => *arguments = values.collect(),
        EventKind::Assign { value, .. } | EventKind::Request { url: value, .. } | EventKind::Markup { html: value } => {
            *value = values.next().unwrap_or(Value::Undefined);
        }
        EventKind::AdUnit { .. } => {}
    }
}

//! One document through the stages.

use super::leaked_text::LeakedText;
use super::page_dom::PageDom;
use super::scan::{Outcome, ScriptRecord};
use super::{BIDDER, Engine, reach};
use crate::base::{Diagnostic, Evidence, OffsetMap, Place, Severity, Span};
use crate::block::{Answers, ScriptVerdict};
use crate::detect::{Bundle, Detected, Observed, is_library};
use crate::evaluate::{Evaluator, Event, EventKind, Input, Sources, Trace};
use crate::input::{Container, Document};
use crate::page::{Element, Part, Request, Script, ScriptKind, Style, Text};
use crate::script::{Goal, Language, Region, Tree, find_regions, find_regions_of_page, parse, parse_lazily};
use rustc_hash::FxHashSet;
use typed_arena::Arena;

/// Everything of a page that is not code, and what became of its code.
#[derive(Default)]
pub(super) struct Seen<'s> {
    pub(super) url: Option<String>,
    pub(super) title: Option<String>,
    pub(super) scripts: Vec<ScriptRecord>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) trace: Option<Trace>,
    pub(super) bundles: Vec<Bundle>,
    /// The trees of the scripts that were evaluated, by index.
    pub(super) trees: Vec<(u32, &'s Tree)>,
    elements: Vec<Element<'s>>,
    styles: Vec<Style<'s>>,
    pub(super) requests: Vec<Request>,
}

impl Seen<'_> {
    /// The index of the script that stands at a place; scripts that others wrote have indexes between.
    pub(super) fn index_of(&self, start: u32) -> Option<u32> {
        let found = self.scripts.iter().find(|script| script.at.span == Span { start, end: start });
        found.and_then(|script| script.at.script)
    }

    /// Were statements of the script with that index lost to syntax errors?
    pub(super) fn is_damaged(&self, index: u32) -> bool {
        self.scripts[index as usize].outcome == Outcome::Recovered
    }

    /// Is the script with that index a library, as Prebid.js is?
    pub(super) fn holds_library(&self, index: u32) -> bool {
        self.bundles.iter().any(|bundle| bundle.script == index)
    }
}

/// What lives as long as the work on one document.
pub(super) struct Kept<'s> {
    sources: Sources,
    pub(super) scripts: Arena<Script<'s>>,
    offsets: Arena<OffsetMap>,
    dom: PageDom<'s>,
}

impl<'s> Kept<'s> {
    pub(super) fn of(document: &'s Document<'s>) -> Self {
        Self {
            sources: Sources::default(),
            scripts: Arena::new(),
            offsets: Arena::new(),
            dom: PageDom::new(&document.text[..document.page_length]),
        }
    }
}

/// A document on its way through the stages.
pub(super) struct PageRun<'s> {
    pub(super) engine: &'s Engine,
    pub(super) kept: &'s Kept<'s>,
    pub(super) document: &'s Document<'s>,
    evaluator: Evaluator<'s>,
    pub(super) seen: Seen<'s>,
    /// Code that does not run by itself: handlers, and what a consent tool holds back.
    late: Vec<(&'s Script<'s>, u32)>,
    /// Saved scripts that run once the page was read.
    pub(super) deferred: Vec<(&'s Script<'s>, u32)>,
    /// Saved scripts and frames that were taken in, by their index.
    pub(super) taken: FxHashSet<usize>,
    /// Scripts of the page itself that are evaluated, by the start of their span.
    pub(super) reached: FxHashSet<u32>,
    /// Levels of markup written by scripts that were written by scripts.
    pub(super) depth: u32,
    leaked: LeakedText<'s>,
}

/// The longest script, in bytes, that is mended where it does not parse: what editors get at is short.
const LONGEST_DAMAGED: usize = 256 << 10;

impl<'s> PageRun<'s> {
    pub(super) fn new(engine: &'s Engine, document: &'s Document<'s>, kept: &'s Kept<'s>, is_traced: bool) -> Self {
        let evaluator = Evaluator::new(&kept.sources, &engine.interests, &engine.limits);
        let evaluator = evaluator.with_dom(&kept.dom).with_trace(is_traced);
        Self {
            engine,
            kept,
            document,
            evaluator,
            seen: Seen::default(),
            late: Vec::new(),
            deferred: Vec::new(),
            taken: FxHashSet::default(),
            reached: FxHashSet::default(),
            depth: 0,
            leaked: LeakedText::new(&document.text, document.page_length),
        }
    }

    /// The same run, with so many steps of evaluation for the whole page.
    pub(super) fn with_steps(self, steps: u64) -> Self {
        Self { evaluator: self.evaluator.with_page_steps(steps), ..self }
    }

    pub(super) fn run(mut self) -> (Seen<'s>, Vec<Event>, Detected) {
        let mut page = self.engine.splitter.split(self.document);
        self.kept.dom.set(std::mem::take(&mut page.tags), page.title.clone());
        (self.seen.url, self.seen.title) = (page.url, page.title);
        self.seen.diagnostics.extend(page.diagnostics);
        self.fill_in(&mut page.parts);
        let engine = self.engine;
        let (seen, events) = self.evaluate_parts(page.parts);
        let observed = Observed {
            events: &events,
            elements: &seen.elements,
            styles: &seen.styles,
            requests: &seen.requests,
            url: seen.url.as_deref(),
        };
        let detected = engine.detector.detect(&observed);
        (seen, events, detected)
    }

    /// What the scripts among the parts do, in the order of the page.
    pub(super) fn evaluate_parts(mut self, parts: Vec<Part<'s>>) -> (Seen<'s>, Vec<Event>) {
        self.reached = self.reached(&parts);
        self.take_parts(parts, None);
        self.run_deferred();
        self.take_unnamed();
        self.run_late(Evidence::Evaluated);
        self.evaluator.run_rest();
        self.take_written();
        self.run_late(Evidence::Declared);
        self.evaluator.run_rest();
        self.take_written();
        self.note_requests();
        let mut evaluation = self.evaluator.finish();
        self.seen.bundles = self.engine.bundles(&self.seen.scripts);
        drop_inner_workings(&mut evaluation.events, &self.seen.bundles);
        self.seen.diagnostics.extend(evaluation.diagnostics);
        self.seen.trace = evaluation.trace;
        for script in evaluation.damaged {
            self.seen.scripts[script as usize].outcome = Outcome::Recovered;
        }
        for script in evaluation.cut {
            self.seen.scripts[script as usize].outcome = Outcome::Cut;
        }
        (self.seen, evaluation.events)
    }

    /// Takes in parts in order; those of markup that a script wrote all stand where it wrote them.
    pub(super) fn take_parts(&mut self, parts: Vec<Part<'s>>, written_at: Option<Place>) {
        for part in parts {
            let place = |span: &mut Span| {
                if let Some(at) = written_at {
                    *span = at.span;
                }
            };
            match part {
                Part::Script(mut script) => {
                    if let Some(at) = written_at {
                        script.span = at.span;
                        script.offsets = OffsetMap::empty();
                        script.offsets.push_replaced(0, at.span);
                    }
                    let matters = match written_at {
                        None => self.reached.contains(&script.span.start),
                        Some(_) => self.matters(&script),
                    };
                    self.take_script(self.kept.scripts.alloc(script), matters);
                }
                Part::Request(mut request) => {
                    place(&mut request.span);
                    self.take_frame(&request);
                    self.seen.requests.push(request);
                }
                Part::Element(mut element) => {
                    place(&mut element.span);
                    self.seen.elements.push(element);
                }
                Part::Style(mut style) => {
                    place(&mut style.span);
                    self.seen.styles.push(style);
                }
                Part::Text(text) => self.take_text(&text, written_at),
            }
        }
    }

    pub(super) fn take_script(&mut self, script: &'s Script<'s>, matters: bool) {
        let index = u32::try_from(self.seen.scripts.len()).unwrap_or(u32::MAX);
        let record = ScriptRecord {
            kind: script.kind,
            code: script.text.clone().into_owned(),
            at: Place { script: Some(index), span: script.span },
            outcome: Outcome::Skipped,
            url: script.src.clone(),
            is_saved: script.is_saved,
            held_back: script.held_back.clone(),
            repairs: Vec::new(),
            is_module: script.is_module,
            verdict: ScriptVerdict::default(),
        };
        self.seen.scripts.push(record);
        if let Some(id) = script.id.as_deref().filter(|_| script.kind == ScriptKind::Json) {
            self.evaluator.note_element_text(id, &script.text);
        }
        match script.kind {
            ScriptKind::External if !script.is_saved => self.arrive(script),
            ScriptKind::External if !matters => self.arrive(script),
            _ if !matters => {}
            ScriptKind::Handler => self.late.push((script, index)),
            _ if script.held_back.is_some() || script.depth > 0 => self.late.push((script, index)),
            ScriptKind::External if script.is_deferred && !script.is_async => self.deferred.push((script, index)),
            ScriptKind::External => {
                self.evaluate(script, index, Evidence::Evaluated);
                self.arrive(script);
            }
            _ => self.evaluate(script, index, Evidence::Evaluated),
        }
    }

    /// Code that leaked into text: repaired where it must be, and read like scripts, style sheets and markup.
    fn take_text(&mut self, text: &Text<'s>, written_at: Option<Place>) {
        if written_at.is_some() {
            return;
        }
        let document = &*self.document.text;
        let is_markup =
            self.document.container != Container::Text && document.get(text.span.range()) == Some(text.text);
        let (stretch, start) = match is_markup.then(|| self.leaked.stretch(text.span)) {
            Some(Some(stretch)) => (&document[stretch.clone()], stretch.start),
            Some(None) => return,
            None => (text.text, text.span.start as usize),
        };
        let anchors = &self.engine.anchors;
        let regions = if is_markup { find_regions_of_page(stretch, anchors) } else { find_regions(stretch, anchors) };
        for region in regions.into_iter().filter(|region| region.is_ad) {
            let is_shown = is_markup && self.leaked.is_sample(start) && self.leaked.is_near_code(anchors);
            if !is_shown {
                self.take_leaked(region, start);
            }
        }
    }

    fn take_leaked(&mut self, region: Region, start: usize) {
        let span = region.span.shifted(start);
        let code = self.kept.sources.keep_text(region.code);
        match region.language {
            Language::Css => self.seen.styles.push(Style { text: code, span }),
            Language::Markup => {
                let page = self.engine.splitter.split_html(code, None, 0);
                self.take_parts(page.parts, Some(Place { script: None, span }));
            }
            Language::Script => {
                let offsets =
                    region.offsets.through(code.len(), &OffsetMap::verbatim_at(Span::new(start, span.end as usize)));
                self.take_region(code, span, offsets, region.repairs);
            }
        }
    }

    fn take_region(&mut self, code: &'s str, span: Span, offsets: OffsetMap, repairs: Vec<&'static str>) {
        let index = u32::try_from(self.seen.scripts.len()).unwrap_or(u32::MAX);
        self.seen.scripts.push(ScriptRecord {
            kind: ScriptKind::Text,
            code: code.to_owned(),
            at: Place { script: Some(index), span },
            outcome: Outcome::Salvaged,
            url: None,
            is_saved: false,
            held_back: None,
            repairs,
            is_module: false,
            verdict: ScriptVerdict::default(),
        });
        self.run_salvaged(code, offsets, index);
        self.take_written();
    }

    /// Runs code that was mended.
    fn run_salvaged(&mut self, code: &'s str, offsets: OffsetMap, index: u32) {
        let offsets = self.kept.offsets.alloc(offsets);
        let tree = self.kept.sources.keep_tree(parse(code, Goal::Script, &self.engine.limits));
        let input = Input { text: code, offsets, script: index, evidence: Evidence::Salvaged, is_library: false };
        self.evaluator.run(input, tree);
    }

    pub(super) fn reached(&self, parts: &[Part<'s>]) -> FxHashSet<u32> {
        let scripts: Vec<&Script<'s>> = parts
            .iter()
            .filter_map(|part| match part {
                Part::Script(script) if script.kind != ScriptKind::External || script.is_saved => Some(script),
                _ => None,
            })
            .collect();
        reach::reached(&scripts, |script| self.matters(script))
    }

    /// Does the script hold a literal of any rule?
    pub(super) fn matters(&self, script: &Script<'_>) -> bool {
        match (script.kind, &self.engine.prefilter) {
            // An inert library that a rewriter has put there hands nothing to anybody.
            _ if Answers::built_in().name_of_inline(&script.text).is_some() => false,
            (ScriptKind::Json, _) => script.text.contains(BIDDER),
            (_, Some(prefilter)) => prefilter.is_match(&script.text),
            (_, None) => true,
        }
    }

    /// A library that the page loads there and then empties its queue.
    fn arrive(&mut self, script: &Script<'_>) {
        let Some(src) = script.src.as_deref().filter(|_| !script.is_async && !script.is_deferred) else { return };
        for product in self.engine.detector.rules().products() {
            if product.loaders.iter().any(|loader| src.contains(&**loader)) {
                let queues: Vec<String> = product.queues.iter().map(ToString::to_string).collect();
                self.evaluator.library_arrived(&queues);
                self.take_written();
            }
        }
    }

    pub(super) fn evaluate(&mut self, script: &'s Script<'s>, index: u32, evidence: Evidence) {
        let evidence = if script.held_back.is_some() || script.depth > 0 { Evidence::Declared } else { evidence };
        let input = Input { text: &script.text, offsets: &script.offsets, script: index, evidence, is_library: false };
        let outcome = &mut self.seen.scripts[index as usize].outcome;
        if script.kind == ScriptKind::Json {
            *outcome = Outcome::Parsed;
            self.evaluator.read_json(Input { evidence: Evidence::Declared, ..input });
            return;
        }
        let goal = if script.is_module { Goal::Module } else { Goal::Script };
        let tree = self.kept.sources.keep_tree(parse_lazily(&script.text, goal, &self.engine.limits));
        *outcome = match (tree.is_whole(), tree.is_empty()) {
            (true, _) => Outcome::Parsed,
            (false, false) => Outcome::Recovered,
            (false, true) => Outcome::Failed,
        };
        let is_damaged = !tree.is_whole() && !tree.is_too_deep() && script.kind == ScriptKind::Inline;
        if is_damaged && script.text.len() <= LONGEST_DAMAGED && self.take_damaged(script, index, tree.is_empty()) {
            return;
        }
        self.note_bound(tree, index);
        self.seen.trees.push((index, tree));
        self.evaluator.run(Input { is_library: is_library(&script.text), ..input }, tree);
        self.take_written();
    }

    /// A script that does not parse, as a browser would not run it: read as code in text is, if it is an ad's and mending helps.
    ///
    /// Of one in which statements are whole, the rest is only left out, unless an editor got at it.
    fn take_damaged(&mut self, script: &'s Script<'s>, index: u32, is_all_lost: bool) -> bool {
        let is_code = |region: &Region| region.language == Language::Script && region.is_ad && region.parses;
        let mended: Vec<Region> =
            find_regions(&script.text, &self.engine.anchors).into_iter().filter(is_code).collect();
        let is_edited = |repair: &str| is_all_lost || !(repair.starts_with("cut-off") || repair == "joined-lines");
        if !mended.iter().flat_map(|region| &region.repairs).any(|repair| is_edited(repair)) {
            return false;
        }
        let record = &mut self.seen.scripts[index as usize];
        record.outcome = Outcome::Salvaged;
        record.repairs = mended.iter().flat_map(|region| region.repairs.iter().copied()).collect();
        record.repairs.sort_unstable();
        record.repairs.dedup();
        for region in mended {
            let code = self.kept.sources.keep_text(region.code);
            self.run_salvaged(code, region.offsets.through(code.len(), &script.offsets), index);
        }
        self.take_written();
        true
    }

    /// Says that code was left out, if some was.
    fn note_bound(&mut self, tree: &Tree, index: u32) {
        let limits = &self.engine.limits;
        let (code, message) = if tree.is_too_deep() {
            ("script-depth", format!("code nested deeper than {} levels was not read", limits.syntax_depth))
        } else if tree.is_too_long() {
            ("script-length", format!("code behind the first {} MiB was not read", limits.script_bytes >> 20))
        } else {
            return;
        };
        let place = self.seen.scripts[index as usize].at;
        self.seen.diagnostics.push(Diagnostic::new(Severity::Warning, code, message).with_place(place));
    }

    /// Runs what had to wait: handlers first, then (as declared) what is held back.
    fn run_late(&mut self, evidence: Evidence) {
        let (now, later): (Vec<_>, Vec<_>) = std::mem::take(&mut self.late).into_iter().partition(|(script, _)| {
            evidence == Evidence::Declared || script.kind == ScriptKind::Handler && script.held_back.is_none()
        });
        self.late = later;
        for (script, index) in now {
            self.evaluate(script, index, evidence);
        }
    }

    /// Reads the markup that scripts wrote, as if it stood in the page.
    fn take_written(&mut self) {
        if self.depth >= self.engine.limits.nesting {
            return;
        }
        self.depth += 1;
        for (html, at) in self.evaluator.take_markup() {
            let html = self.kept.sources.keep_text(html);
            let page = self.engine.splitter.split_html(html, self.seen.url.as_deref(), 0);
            self.take_parts(page.parts, Some(at));
        }
        self.depth -= 1;
    }
}

/// What the modules of a library hold but nothing ran is the library's own: an adapter that is built in and never
/// configured says nothing about the page. Ad units may stand behind the library in the same file.
fn drop_inner_workings(events: &mut Vec<Event>, bundles: &[Bundle]) {
    let is_inside = |event: &Event| bundles.iter().any(|bundle| event.at.script == Some(bundle.script));
    let is_own =
        |event: &Event| event.evidence > Evidence::Evaluated && !matches!(event.kind, EventKind::AdUnit { .. });
    if !bundles.is_empty() {
        events.retain(|event| !(is_own(event) && is_inside(event)));
    }
}

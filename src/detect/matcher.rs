//! Events, elements and styles × rules → hits.

use super::detector::{Detector, markup_place};
use super::index::Owner;
use crate::base::{Evidence, Place};
use crate::evaluate::{Condition, Event, EventKind, Value};
use crate::network::Registry;
use crate::page::{Element, Style};
use crate::pattern::{Match, first_name, style_names};
use crate::rule::{Constraint, Finds, Product, Rule};
use rustc_hash::FxHashSet;
use std::borrow::Cow;
use std::sync::Arc;

/// What matched.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sign<'r> {
    /// A rule, with the hole that stands for the library's object.
    Rule(&'r Rule, Option<&'r str>),
    /// Something that a product's file names: `global`, `host`, `css`.
    Product(&'r Arc<Product>, &'static str),
}

/// A match with its circumstances.
#[derive(Clone, Debug)]
pub(crate) struct Hit<'r> {
    pub sign: Sign<'r>,
    pub tree: Match,
    pub evidence: Evidence,
    pub at: Place,
    pub when: Condition,
}

impl<'r> Hit<'r> {
    pub fn product(&self) -> Option<&'r Arc<Product>> {
        match self.sign {
            Sign::Rule(rule, _) => rule.product.as_ref(),
            Sign::Product(product, _) => Some(product),
        }
    }

    pub fn finds(&self) -> Option<Finds> {
        if let Sign::Rule(rule, _) = self.sign { Some(rule.finds) } else { None }
    }

    /// `taboola.host`: no rule's own id has a dot.
    pub fn rule_id(&self) -> Arc<str> {
        match self.sign {
            Sign::Rule(rule, _) => rule.id.clone(),
            Sign::Product(product, what) => format!("{}.{what}", product.id).into(),
        }
    }
}

/// Collects hits.
pub(crate) struct Matcher<'d> {
    detector: &'d Detector,
    pub hits: Vec<Hit<'d>>,
    /// Signs without captures tell nothing new the second time: product, what, evidence.
    seen: FxHashSet<(usize, &'static str, Evidence)>,
}

impl<'d> Matcher<'d> {
    pub fn new(detector: &'d Detector) -> Self {
        Self { detector, hits: Vec::new(), seen: FxHashSet::default() }
    }

    pub fn event(&mut self, event: &Event) {
        let index = &self.detector.index;
        let (patterns, path) = match &event.kind {
            EventKind::Call { callee, .. } => (Cow::Owned(index.call_patterns(callee)), Some(callee)),
            EventKind::Assign { target, .. } => (Cow::Owned(index.assignment_patterns(target)), Some(target)),
            EventKind::AdUnit { .. } => (Cow::Borrowed(&index.objects), None),
            _ => return,
        };
        for &(rule, number) in &*patterns {
            let rule = &self.detector.rules.rules()[rule];
            let pattern = &rule.scripts[number];
            for tree in pattern.unify(&event.kind) {
                let sign = Sign::Rule(rule, pattern.object_hole().map(|hole| &**hole));
                self.add(sign, tree, event.evidence, event.at, event.when.clone());
            }
        }
        if let Some(path) = path {
            self.global(path, event);
        }
    }

    /// A call or assignment on a global that a product is known by.
    fn global(&mut self, path: &str, event: &Event) {
        let detector = self.detector;
        for global in detector.index.globals.get(first_name(path)).into_iter().flatten() {
            let rest = path.strip_prefix(&*global.path);
            if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '(', '['])) {
                let evidence = if global.is_weak { Evidence::Markup } else { event.evidence };
                self.product_sign(global.product, "global", evidence, event.at, event.when.clone());
            }
        }
    }

    pub fn product_sign(&mut self, product: usize, what: &'static str, evidence: Evidence, at: Place, when: Condition) {
        if self.seen.insert((product, what, evidence)) {
            let sign = Sign::Product(&self.detector.rules.products()[product], what);
            self.add(sign, Match::default(), evidence, at, when);
        }
    }

    pub fn element(&mut self, element: &Element<'_>) {
        let at = markup_place(element.span);
        let attributes = element.attributes.iter().map(|attribute| (&*attribute.name, &*attribute.value));
        for (rule, number) in self.detector.index.element_patterns(&element.name, attributes) {
            let rule = &self.detector.rules.rules()[rule];
            let Some(captures) = rule.elements[number].unify(&element.name, |name| element.attribute(name)) else {
                continue;
            };
            let captures = captures.into_iter().map(|(name, value)| (name, Value::string(value))).collect();
            self.add(Sign::Rule(rule, None), Match { captures, ..Match::default() }, Evidence::Markup, at, None);
        }
        let classes = element.attribute("class").unwrap_or_default().split_ascii_whitespace().map(|name| (false, name));
        for (is_id, name) in classes.chain(element.attribute("id").map(|id| (true, id.trim()))) {
            self.style_name(is_id, name, at, true);
        }
    }

    pub fn style(&mut self, style: &Style<'_>) {
        for (is_id, name, offset) in style_names(style.text) {
            let start = style.span.start as usize + offset;
            let span = crate::base::Span::new(start, start + name.len() + 1);
            self.style_name(is_id, name, markup_place(span), false);
        }
    }

    /// Elements are met by a product's names, style sheets by those of rules too.
    fn style_name(&mut self, is_id: bool, name: &str, at: Place, is_element: bool) {
        let detector = self.detector;
        for owner in detector.index.owners(is_id, name) {
            match owner {
                Owner::Product(product) => self.product_sign(product, "css", Evidence::Markup, at, None),
                Owner::Rule(_) if is_element => {}
                Owner::Rule(rule) => {
                    let rule = &detector.rules.rules()[rule];
                    self.add(Sign::Rule(rule, None), Match::default(), Evidence::Markup, at, None);
                }
            }
        }
    }

    /// Keeps a match whose captures look as the rule wants them.
    pub fn add(&mut self, sign: Sign<'d>, mut tree: Match, evidence: Evidence, at: Place, when: Condition) {
        let mut evidence = evidence;
        if let Sign::Rule(rule, _) = sign {
            if !admits(&mut tree, &rule.constraints, self.detector.registry) {
                return;
            }
            if rule.is_weak {
                evidence = Evidence::Markup;
            }
        }
        self.hits.push(Hit { sign, tree, evidence, at, when });
    }
}

/// Drops what a constraint refuses; `false` if nothing is left.
fn admits(tree: &mut Match, constraints: &[(Arc<str>, Constraint)], registry: &Registry) -> bool {
    let is_refused = |(name, constraint): &(Arc<str>, Constraint)| {
        tree.capture(name).is_some_and(|value| !constraint.admits(value, registry))
    };
    if constraints.iter().any(is_refused) {
        return false;
    }
    tree.groups.iter_mut().all(|group| {
        let was_empty = group.is_empty();
        group.retain_mut(|child| admits(child, constraints, registry));
        was_empty || !group.is_empty()
    })
}

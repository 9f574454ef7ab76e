//! Finds rules by the names that stand in events, elements and styles.

use crate::page::Wanted;
use crate::pattern::{Anchor, Pattern, Selector, StyleName, first_name, host_tail, last_name, last_two_names};
use crate::rule::RuleSet;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A rule and one of its patterns, by index.
pub(crate) type PatternAt = (usize, usize);

/// Whose class name or id it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// A product's `css`.
    Product(usize),
    /// A rule's `style`.
    Rule(usize),
}

/// A global that names a product.
#[derive(Clone, Debug)]
pub(crate) struct Global {
    pub path: Arc<str>,
    pub product: usize,
    pub is_weak: bool,
}

/// Patterns of elements by what an element must have for them to match.
#[derive(Clone, Debug, Default)]
struct Elements {
    ids: FxHashMap<Box<str>, Vec<PatternAt>>,
    classes: FxHashMap<Box<str>, Vec<PatternAt>>,
    attributes: FxHashMap<Box<str>, Vec<PatternAt>>,
    names: FxHashMap<Box<str>, Vec<PatternAt>>,
    /// Those with the beginning of an id or class name.
    open: Vec<PatternAt>,
}

impl Elements {
    fn add(&mut self, anchor: Option<Anchor<'_>>, pattern: PatternAt) {
        let (table, key) = match anchor {
            Some(Anchor::Id(id)) => (&mut self.ids, id),
            Some(Anchor::Class(class)) => (&mut self.classes, class),
            Some(Anchor::Attribute(name)) => (&mut self.attributes, name),
            Some(Anchor::Element(name)) => (&mut self.names, name),
            Some(Anchor::IdPrefix(_) | Anchor::ClassPrefix(_)) | None => return self.open.push(pattern),
        };
        table.entry(key.into()).or_default().push(pattern);
    }

    /// Patterns that may match, in order of the rules.
    fn find<'e>(&self, name: &str, attributes: impl Iterator<Item = (&'e str, &'e str)>) -> Vec<PatternAt> {
        let mut found = self.open.clone();
        let mut add = |patterns: Option<&Vec<PatternAt>>| found.extend(patterns.into_iter().flatten());
        add(self.names.get(name));
        for (name, value) in attributes {
            add(self.attributes.get(name));
            match name {
                "id" => add(self.ids.get(value)),
                "class" => value.split_ascii_whitespace().for_each(|class| add(self.classes.get(class))),
                _ => {}
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Patterns of paths by the last two names of each, or by the last one where the name before it is open. Many patterns
/// end in `push`: few of them in `cmd.push`.
#[derive(Clone, Debug, Default)]
struct ByPath {
    patterns: FxHashMap<Box<str>, Vec<PatternAt>>,
}

impl ByPath {
    fn add(&mut self, pattern: &Pattern, last: &str, at: PatternAt) {
        let names = pattern.last_two_names().unwrap_or_else(|| last.to_owned());
        self.patterns.entry(names.into()).or_default().push(at);
    }

    /// Patterns that may match, in order of the rules.
    fn find(&self, path: &str) -> Vec<PatternAt> {
        let of = |names| self.patterns.get(names).into_iter().flatten().copied();
        let last = last_name(path);
        let two = Some(last_two_names(path)).filter(|two| *two != last);
        let mut found: Vec<PatternAt> = of(last).chain(two.into_iter().flat_map(of)).collect();
        found.sort_unstable();
        found
    }
}

/// The bytes by which beginnings of names are looked up.
fn first_bytes(name: &str) -> Option<[u8; 3]> {
    name.as_bytes().first_chunk().copied()
}

/// Look-up tables over a rule set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    calls: ByPath,
    assignments: ByPath,
    pub objects: Vec<PatternAt>,
    pub globals: FxHashMap<Arc<str>, Vec<Global>>,
    pub names: FxHashMap<Box<str>, Vec<(StyleName, Owner)>>,
    /// Those that stand for every name with their beginning, by its first bytes.
    prefixes: FxHashMap<[u8; 3], Vec<(StyleName, Owner)>>,
    elements: Elements,
    /// URL patterns by the last two labels of the host, and those that leave these open.
    urls: FxHashMap<Box<str>, Vec<PatternAt>>,
    open_urls: Vec<PatternAt>,
}

impl Index {
    pub fn new(rules: &RuleSet) -> Self {
        let mut index = Self::default();
        for (at, rule) in rules.rules().iter().enumerate() {
            for (number, pattern) in rule.scripts.iter().enumerate() {
                match (pattern.called_name(), pattern.assigned_name()) {
                    (Some(name), _) => index.calls.add(pattern, name, (at, number)),
                    (_, Some(name)) => index.assignments.add(pattern, name, (at, number)),
                    (None, None) => index.objects.push((at, number)),
                }
            }
            for (number, pattern) in rule.elements.iter().enumerate() {
                index.elements.add(pattern.anchor(), (at, number));
            }
            for (number, pattern) in rule.urls.iter().enumerate() {
                match pattern.host_tail() {
                    Some(tail) => index.urls.entry(tail.into()).or_default().push((at, number)),
                    None => index.open_urls.push((at, number)),
                }
            }
            rule.styles.iter().for_each(|style| index.add_style(style, Owner::Rule(at)));
        }
        for (at, product) in rules.products().iter().enumerate() {
            let strong = product.globals.iter().map(|global| (global, false));
            for (global, is_weak) in strong.chain(product.weak_globals.iter().map(|global| (global, true))) {
                let entry = Global { path: global.clone(), product: at, is_weak };
                index.globals.entry(first_name(global).into()).or_default().push(entry);
            }
            product.css.iter().for_each(|style| index.add_style(style, Owner::Product(at)));
        }
        index
    }

    fn add_style(&mut self, style: &StyleName, owner: Owner) {
        let entry = (style.clone(), owner);
        match first_bytes(style.name()).filter(|_| style.is_prefix()) {
            Some(beginning) => self.prefixes.entry(beginning).or_default().push(entry),
            None => self.names.entry(style.name().into()).or_default().push(entry),
        }
    }

    /// Patterns of calls that may match one of this callee, in order of the rules.
    pub fn call_patterns(&self, callee: &str) -> Vec<PatternAt> {
        self.calls.find(callee)
    }

    /// Patterns of assignments that may match one to this target, in order of the rules.
    pub fn assignment_patterns(&self, target: &str) -> Vec<PatternAt> {
        self.assignments.find(target)
    }

    /// URL patterns that may match a URL of this host, in order of the rules.
    pub fn url_patterns(&self, host: &str) -> Vec<PatternAt> {
        let mut all = self.open_urls.clone();
        all.extend(self.urls.get(host_tail(host)).into_iter().flatten());
        all.sort_unstable();
        all
    }

    /// Patterns that may match an element of this lower-case name and these attributes, in order of the rules.
    pub fn element_patterns<'e>(
        &self,
        name: &str,
        attributes: impl Iterator<Item = (&'e str, &'e str)>,
    ) -> Vec<PatternAt> {
        self.elements.find(name, attributes)
    }

    /// Who speaks of this class name or id.
    pub fn owners<'i>(&'i self, is_id: bool, name: &'i str) -> impl Iterator<Item = Owner> + 'i {
        let exact = self.names.get(name).into_iter().flatten();
        let by_beginning = first_bytes(name).and_then(|beginning| self.prefixes.get(&beginning));
        exact
            .chain(by_beginning.into_iter().flatten())
            .filter(move |(style, _)| style.is_match(is_id, name))
            .map(|(_, owner)| *owner)
    }

    /// What a page must hand over for the rules to see it.
    pub fn wanted(&self, rules: &RuleSet) -> Wanted {
        let mut wanted = Wanted::default();
        let selectors = rules.rules().iter().flat_map(|rule| &rule.elements);
        selectors.filter_map(Selector::anchor).for_each(|anchor| add_anchor(anchor, &mut wanted));
        let exact = rules
            .rules()
            .iter()
            .flat_map(|rule| &rule.styles)
            .chain(rules.products().iter().flat_map(|product| &product.css));
        for style in exact {
            let (name, is_prefix) = (style.name(), style.is_prefix());
            if style.is_id() != Some(true) {
                add_anchor(if is_prefix { Anchor::ClassPrefix(name) } else { Anchor::Class(name) }, &mut wanted);
            }
            if style.is_id() != Some(false) {
                add_anchor(if is_prefix { Anchor::IdPrefix(name) } else { Anchor::Id(name) }, &mut wanted);
            }
        }
        for prefixes in [&mut wanted.class_prefixes, &mut wanted.id_prefixes] {
            prefixes.sort();
            prefixes.dedup();
        }
        wanted.text_anchors =
            ["addAdUnits", "adUnits", "bidder", "adsbygoogle", "googletag"].map(str::to_owned).to_vec();
        wanted.json_anchors = ["\"bidder\"", "\"bids\""].map(str::to_owned).to_vec();
        wanted
    }
}

fn add_anchor(anchor: Anchor<'_>, wanted: &mut Wanted) {
    let (names, name) = match anchor {
        Anchor::Id(name) => (&mut wanted.ids, name),
        Anchor::Class(name) => (&mut wanted.classes, name),
        Anchor::IdPrefix(name) => return wanted.id_prefixes.push(name.to_owned()),
        Anchor::ClassPrefix(name) => return wanted.class_prefixes.push(name.to_owned()),
        Anchor::Attribute(name) => (&mut wanted.attributes, name),
        Anchor::Element(name) => (&mut wanted.elements, name),
    };
    names.insert(name.to_owned());
}

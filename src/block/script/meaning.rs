//! What the bindings of a script stand for: the interface of an ad library, an element that asks for ads, a function.
//!
//! In: facts and signs. Out: [`Meanings`]. A name may be cut for only if everything that it is ever given serves ads,
//! so one assignment of something else makes it a stranger. Rounds are few and each is linear.

use super::chain::{Chain, Given, Root, from_window};
use super::fact::{Call, FactKind, Facts};
use super::names::{BindingId, Names};
use super::sign::{Signs, Witness};
use super::verdict::Why;
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;
use swc_atoms::Atom;

/// Names for names for names: rounds that are followed.
const ROUNDS: usize = 4;

/// Aliases of aliases that are followed.
const ALIASES: usize = 8;

/// Libraries under other names that one script may have.
const LIBRARIES: usize = 32;

/// Texts of one variable that are looked at.
const TEXTS: usize = 8;

/// The longest path of a chain that is looked at.
const LONGEST: usize = 64;

/// What the names of a script stand for.
pub(super) struct Meanings<'s> {
    names: &'s Names,
    facts: &'s Facts,
    signs: &'s Signs,
    witness: &'s dyn Witness,
    /// Everything that each binding is given.
    writes: Vec<Vec<Given>>,
    /// The parameters of functions that are called where they stand.
    given_in_place: FxHashSet<BindingId>,
    ads: FxHashMap<BindingId, Arc<Why>>,
    /// Objects whose methods rules have recognised: a library under another name.
    learned: Vec<(Chain, Arc<Why>)>,
    /// Objects that look like one, and that the script makes itself.
    own: Vec<Chain>,
    known_globals: RefCell<FxHashMap<String, Option<Arc<Why>>>>,
    data: FxHashMap<u32, Arc<Why>>,
}

impl<'s> Meanings<'s> {
    pub fn of(names: &'s Names, facts: &'s Facts, signs: &'s Signs, witness: &'s dyn Witness) -> Self {
        let in_place = facts.called_in_place.iter().filter_map(|start| facts.parameters.get(start));
        let given_in_place: FxHashSet<BindingId> = in_place.flatten().copied().collect();
        let mut meanings = Self {
            names,
            facts,
            signs,
            witness,
            writes: writes(names, facts, &given_in_place),
            given_in_place,
            ads: FxHashMap::default(),
            learned: Vec::new(),
            own: Vec::new(),
            known_globals: RefCell::default(),
            data: signs.data.iter().cloned().collect(),
        };
        meanings.learn();
        for _ in 0..ROUNDS {
            if !meanings.spread() {
                break;
            }
        }
        meanings
    }

    /// Notes the libraries and elements that evaluation has recognised.
    fn learn(&mut self) {
        for fact in &self.facts.all {
            let span = (fact.start, fact.end);
            let target = match &fact.kind {
                FactKind::Call(Call { callee: Some(callee), .. }) => callee,
                FactKind::Assign { target: Some(target), .. } => target,
                _ => continue,
            };
            if let Some(why) = self.signs.acts.get(&span) {
                self.learn_library(target, why);
            }
            if let Some(Some(why)) = self.signs.request(fact)
                && !self.depends_on_caller(&fact.kind)
                && let Root::Binding(binding) = target.root
                && target.path.len() == 1
            {
                self.ads.insert(binding, why.clone());
            }
        }
    }

    fn learn_library(&mut self, target: &Chain, why: &Arc<Why>) {
        let Some(owner) = target.path.len().checked_sub(1).map(|length| &target.path[..length]) else { return };
        let is_named = match &target.root {
            Root::Global(name) => !owner.is_empty() || !is_everybodys(name),
            Root::Binding(_) => true,
            Root::Other => false,
        };
        if is_named && !owner.iter().any(|part| **part == *"()") {
            let chain = self.expand(&Chain { root: target.root.clone(), path: owner.to_vec() });
            let is_everybodys =
                matches!(&chain.root, Root::Global(name) if chain.path.is_empty() && is_everybodys(name));
            let is_new = self.learned.len() < LIBRARIES && !self.learned.iter().any(|(known, _)| *known == chain);
            if is_everybodys || !is_new || self.own.len() >= LIBRARIES || self.own.contains(&chain) {
                return;
            }
            if self.is_made_here(&chain) {
                self.own.push(chain);
            } else {
                self.learned.push((chain, why.clone()));
            }
        }
    }

    /// Does the script give it its methods? Then it is the page's own, whatever some of them are called.
    fn is_made_here(&self, chain: &Chain) -> bool {
        let is_root = |binding: &BindingId| chain.path.is_empty() && chain.root == Root::Binding(*binding);
        let is_object = |given: &Given| match given {
            Given::Fresh(_) => true,
            Given::Either(all) => all.iter().any(|one| matches!(one, Given::Fresh(_))),
            _ => false,
        };
        self.facts.all.iter().any(|fact| match &fact.kind {
            FactKind::Init { binding, given } => is_root(binding) && is_object(given),
            FactKind::Assign { target: Some(target), given, .. } => {
                let target = self.expand(target);
                let is_method = || target.path.len() == chain.path.len() + 1 && target.path.starts_with(&chain.path);
                target.root == chain.root
                    && (target.path == chain.path && is_object(given)
                        || matches!(given, Given::Function(_)) && is_method())
            }
            _ => false,
        })
    }

    /// One round: what is given ads stands for ads. Is there news?
    fn spread(&mut self) -> bool {
        let mut news = Vec::new();
        for (at, given) in self.writes.iter().enumerate() {
            let binding = at as BindingId;
            if !self.ads.contains_key(&binding)
                && let Some(why) = self.all_ads(given)
            {
                news.push((binding, why));
            }
        }
        for fact in &self.facts.all {
            let FactKind::Call(call) = &fact.kind else { continue };
            let Some(why) = call.callee.as_ref().and_then(|callee| self.ad(callee)) else { continue };
            let functions = call.arguments.iter().filter_map(|argument| match argument {
                Given::Function(start) => self.facts.parameters.get(start),
                _ => None,
            });
            for &parameter in functions.flatten() {
                if !self.ads.contains_key(&parameter) {
                    news.push((parameter, why.clone()));
                }
            }
        }
        let is_news = !news.is_empty();
        self.ads.extend(news);
        is_news
    }

    /// Serves everything of this ads, and something of it surely?
    fn all_ads(&self, given: &[Given]) -> Option<Arc<Why>> {
        let mut found = None;
        for one in given {
            match self.ad_given(one) {
                Some(why) => found = found.or(Some(why)),
                None if matches!(one, Given::Inert | Given::Plain) => {}
                None => return None,
            }
        }
        found
    }

    /// Why what is given serves ads, if it does.
    pub fn ad_given(&self, given: &Given) -> Option<Arc<Why>> {
        match given {
            Given::Chain(chain) => self.ad(chain),
            Given::Either(all) => {
                let is_open = |one: &Given| matches!(one, Given::Other | Given::Function(_));
                let found = all.iter().find_map(|one| self.ad_given(one));
                found.filter(|_| !all.iter().any(is_open))
            }
            Given::Fresh(start) => self.data.get(start).cloned(),
            Given::List(starts) => starts.iter().find_map(|start| self.data.get(start)).cloned(),
            Given::Inert | Given::Plain | Given::Text(_) | Given::Function(_) | Given::Other => None,
        }
    }

    /// Why what the chain names serves ads, if it does.
    pub fn ad(&self, chain: &Chain) -> Option<Arc<Why>> {
        let mut chain = Cow::Borrowed(chain);
        for _ in 0..ALIASES {
            if let Root::Binding(binding) = chain.root
                && let Some(why) = self.ads.get(&binding)
            {
                return Some(why.clone());
            }
            let Some(next) = self.step(&chain) else { break };
            chain = Cow::Owned(next);
        }
        let is_prefix = |known: &Chain| known.root == chain.root && chain.path.starts_with(&known.path);
        if let Some((_, why)) = self.learned.iter().find(|(known, _)| is_prefix(known)) {
            return Some(why.clone());
        }
        let name = match &chain.root {
            Root::Global(name) => name,
            Root::Binding(binding) if self.names.bindings[*binding as usize].is_global => {
                &self.names.bindings[*binding as usize].name
            }
            _ => return None,
        };
        self.ad_global(name, &chain.path)
    }

    fn ad_global(&self, name: &str, path: &[Atom]) -> Option<Arc<Why>> {
        let mut full = name.to_owned();
        let mut found = self.global(&full);
        for part in path.iter().take(2).take_while(|part| ***part != *"()") {
            if found.is_some() {
                break;
            }
            full.push('.');
            full.push_str(part);
            found = self.global(&full);
        }
        found
    }

    fn global(&self, path: &str) -> Option<Arc<Why>> {
        if let Some(known) = self.known_globals.borrow().get(path) {
            return known.clone();
        }
        let found = self.witness.global(path);
        self.known_globals.borrow_mut().insert(path.to_owned(), found.clone());
        found
    }

    /// The chain with the names that stand for other chains replaced by those.
    pub fn expand(&self, chain: &Chain) -> Chain {
        let mut chain = chain.clone();
        for _ in 0..ALIASES {
            let Some(next) = self.step(&chain) else { break };
            chain = next;
        }
        chain
    }

    /// The chain that the root of this one stands for; what is made new stands for itself.
    fn step(&self, chain: &Chain) -> Option<Chain> {
        let Root::Binding(binding) = chain.root else { return None };
        let Some(Given::Chain(target)) = self.only_write(binding) else { return None };
        let is_endless = target.path.len() + chain.path.len() > LONGEST || target.root == chain.root;
        if is_endless || is_maker(target) {
            return None;
        }
        let path = target.path.iter().chain(&chain.path).cloned().collect();
        Some(from_window(Chain { root: target.root.clone(), path }, self.names))
    }

    fn only_write(&self, binding: BindingId) -> Option<&Given> {
        match self.writes[binding as usize].as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// The function that a binding always is.
    pub fn function(&self, binding: BindingId) -> Option<u32> {
        match self.only_write(binding) {
            Some(Given::Function(start)) => Some(*start),
            _ => None,
        }
    }

    /// Is what the binding holds made here, and by nobody else's leave?
    pub fn is_fresh(&self, binding: BindingId) -> bool {
        let is_made = |given: &Given| match given {
            Given::Fresh(_) | Given::List(_) | Given::Inert | Given::Plain | Given::Text(_) => true,
            Given::Chain(chain) => is_maker(chain),
            Given::Either(_) | Given::Function(_) | Given::Other => false,
        };
        let writes = &self.writes[binding as usize];
        !writes.is_empty() && writes.iter().all(is_made)
    }

    /// Does a request depend on what a function is called with? Then the caller is to blame.
    pub fn depends_on_caller(&self, fact: &FactKind) -> bool {
        let is_parameter = |given: &Given| match given {
            Given::Chain(chain) => {
                let chain = self.expand(chain);
                matches!(chain.root, Root::Binding(binding) if self.is_open_parameter(binding))
            }
            _ => false,
        };
        match fact {
            FactKind::Assign { given, .. } => is_parameter(given),
            FactKind::Call(call) => call.arguments.iter().any(is_parameter),
            _ => false,
        }
    }

    /// A function that is called where it stands is called with nothing else.
    fn is_open_parameter(&self, binding: BindingId) -> bool {
        self.names.bindings[binding as usize].is_given && !self.given_in_place.contains(&binding)
    }

    /// The texts that a variable is given.
    pub fn texts(&self, binding: BindingId) -> Vec<String> {
        let texts = self.writes[binding as usize].iter().filter_map(|given| match given {
            Given::Text(text) => Some(text.to_string()),
            _ => None,
        });
        texts.take(TEXTS).collect()
    }

    /// Does this URL lead to ads?
    pub fn ad_url(&self, given: &Given) -> Option<Arc<Why>> {
        match given {
            Given::Text(text) if text.contains("//") => self.witness.url(text),
            Given::Chain(chain) => match self.expand(chain) {
                Chain { root: Root::Binding(binding), path } if path.is_empty() => match self.only_write(binding) {
                    Some(Given::Text(text)) if text.contains("//") => self.witness.url(text),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }
}

/// Names that no library has for itself.
fn is_everybodys(name: &str) -> bool {
    matches!(name, "window" | "self" | "top" | "parent" | "document" | "globalThis" | "$" | "jQuery" | "dataLayer")
}

/// `document.createElement(…)`, `new Image()`: something new of one's own.
fn is_maker(chain: &Chain) -> bool {
    let Root::Global(root) = &chain.root else { return false };
    let path: Vec<&str> = chain.path.iter().map(|part| &**part).collect();
    matches!(
        (&**root, path.as_slice()),
        ("document", ["createElement" | "createAttribute" | "createDocumentFragment" | "createTextNode", "()"])
            | ("Image" | "Date" | "Array" | "Object" | "Map" | "Set" | "URLSearchParams" | "XMLHttpRequest", ["()"])
            | ("Object", ["assign" | "create" | "keys", "()"])
    )
}

/// Everything that each binding is given.
fn writes(names: &Names, facts: &Facts, given_in_place: &FxHashSet<BindingId>) -> Vec<Vec<Given>> {
    let mut writes: Vec<Vec<Given>> = vec![Vec::new(); names.bindings.len()];
    for fact in &facts.all {
        let (binding, given) = match &fact.kind {
            FactKind::Init { binding, given } => (*binding, given),
            FactKind::Assign { target: Some(Chain { root: Root::Binding(binding), path }), given, .. }
                if path.is_empty() =>
            {
                (*binding, given)
            }
            _ => continue,
        };
        writes[binding as usize].push(given.clone());
    }
    for (at, binding) in names.bindings.iter().enumerate() {
        if binding.is_given && !given_in_place.contains(&(at as BindingId)) {
            writes[at].push(Given::Other);
        }
    }
    writes
}

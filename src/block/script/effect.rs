//! What each fact does to the world, judged by what its names stand for.
//!
//! In: facts, meanings, signs. Out: [`Effects`], one for each fact, and summaries of functions. Whatever is not known to
//! serve ads, or to do nothing, may do anything and stays.

use super::chain::{Chain, Given, Root};
use super::fact::{Call, Fact, FactKind, Facts};
use super::meaning::Meanings;
use super::names::{BindingId, Names};
use super::native::{Native, native};
use super::sign::Signs;
use super::verdict::Why;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What a fact does.
#[derive(Clone, Debug)]
pub(super) enum Effect {
    /// Nothing that anybody would miss.
    Nothing,
    /// It serves ads.
    Ad(Arc<Why>),
    /// It prepares a library's queue: harmless, and others may hold on to it.
    Keep,
    /// It may do anything.
    Unknown,
    /// It changes what a binding holds; with a value of an ad library or not; or only what is in it.
    Store { binding: BindingId, is_ad: bool, is_inside: bool },
    /// It declares a binding.
    Declare(BindingId),
    /// It does what a function of the script does.
    Run(u32),
    /// It leaves what starts there.
    Leave(u32),
}

/// What a function does when it is called.
#[derive(Clone, Debug, Default)]
pub(super) struct Summary {
    /// Nothing in it may do anything.
    pub is_clean: bool,
    /// It serves ads.
    pub ad: Option<Arc<Why>>,
}

/// The effects of all facts.
pub(super) struct Effects {
    pub of_facts: Vec<Effect>,
    summaries: FxHashMap<u32, Summary>,
}

impl Effects {
    pub fn of(facts: &Facts, names: &Names, meanings: &Meanings<'_>, signs: &Signs) -> Self {
        let judge = Judge { facts, names, meanings, signs };
        let mut of_facts: Vec<Effect> = facts.all.iter().map(|fact| judge.effect(fact)).collect();
        judge.free_queued(&mut of_facts);
        let mut effects = Self { of_facts, summaries: FxHashMap::default() };
        let mut starts: Vec<u32> = facts.functions.keys().copied().collect();
        starts.sort_unstable();
        for start in starts {
            effects.summarise(facts, start, 0);
        }
        effects
    }

    /// What the function that starts there does.
    pub fn summary(&self, start: u32) -> Summary {
        self.summaries.get(&start).cloned().unwrap_or_default()
    }

    fn summarise(&mut self, facts: &Facts, start: u32, depth: u32) -> Summary {
        /// Functions that call functions: what lies deeper may do anything.
        const DEPTH: u32 = 24;
        if let Some(known) = self.summaries.get(&start) {
            return known.clone();
        }
        let Some(&end) = facts.functions.get(&start).filter(|_| depth < DEPTH) else { return Summary::default() };
        // Whoever calls itself does no more by that.
        self.summaries.insert(start, Summary { is_clean: true, ad: None });
        let mut summary = Summary { is_clean: true, ad: None };
        for at in facts.within(start, end) {
            let ad = match self.of_facts[at].clone() {
                Effect::Ad(why) => Some(why),
                Effect::Unknown | Effect::Keep => {
                    summary.is_clean = false;
                    None
                }
                Effect::Run(function) => {
                    let inner = self.summarise(facts, function, depth + 1);
                    summary.is_clean &= inner.is_clean;
                    inner.ad
                }
                _ => None,
            };
            summary.ad = summary.ad.or(ad);
        }
        self.summaries.insert(start, summary.clone());
        summary
    }
}

struct Judge<'j> {
    facts: &'j Facts,
    names: &'j Names,
    meanings: &'j Meanings<'j>,
    signs: &'j Signs,
}

impl Judge<'_> {
    /// What waits in a library's queue prepares nothing for others: without the library it never runs.
    fn free_queued(&self, effects: &mut [Effect]) {
        let mut done = 0;
        for at in 0..effects.len() {
            let (Effect::Ad(why), FactKind::Call(call)) = (effects[at].clone(), &self.facts.all[at].kind) else {
                continue;
            };
            for argument in &call.arguments {
                let Given::Function(start) = argument else { continue };
                let end = self.facts.functions.get(start).copied().unwrap_or(*start);
                // What stands in one that was done is done.
                let from = (*start).max(done);
                done = done.max(end);
                for inside in self.facts.within(from, end) {
                    if matches!(effects[inside], Effect::Keep) {
                        effects[inside] = Effect::Ad(why.clone());
                    }
                }
            }
        }
    }

    fn effect(&self, fact: &Fact) -> Effect {
        match &fact.kind {
            FactKind::Call(call) => self.call(fact, call),
            FactKind::Assign { target, given, .. } => self.assign(fact, target.as_ref(), given),
            FactKind::Init { binding, given } => self.init(*binding, given),
            FactKind::Declare { binding } => Effect::Declare(*binding),
            FactKind::Read { .. } => Effect::Nothing,
            FactKind::Leave { to } => Effect::Leave(*to),
            FactKind::Unknown => Effect::Unknown,
        }
    }

    /// What evaluation says of the very same code.
    fn evaluated(&self, fact: &Fact) -> Option<Effect> {
        let span = (fact.start, fact.end);
        if let Some(why) = self.signs.acts.get(&span) {
            return Some(Effect::Ad(why.clone()));
        }
        match self.signs.request(fact)? {
            Some(why) if !self.meanings.depends_on_caller(&fact.kind) => Some(Effect::Ad(why.clone())),
            _ => Some(Effect::Unknown),
        }
    }

    fn call(&self, fact: &Fact, call: &Call) -> Effect {
        if call.is_in_place {
            return Effect::Nothing;
        }
        if let Some(effect) = self.evaluated(fact) {
            return effect;
        }
        let Some(callee) = &call.callee else { return Effect::Unknown };
        if let Some(why) = self.meanings.ad(callee) {
            return Effect::Ad(why);
        }
        let chain = self.meanings.expand(callee);
        if let Root::Binding(binding) = chain.root
            && chain.path.is_empty()
        {
            return self.own_function(binding, call);
        }
        match native(&chain, call.is_new) {
            Some(Native::Pure) => self.functions_in(call, Effect::Nothing),
            Some(Native::Carrier) => self.functions_in(call, Effect::Unknown),
            Some(Native::Mutator) => self.mutation(&chain, call),
            Some(Native::Insertion) => match call.arguments.first().and_then(|first| self.meanings.ad_given(first)) {
                Some(why) => Effect::Ad(why),
                None => Effect::Unknown,
            },
            Some(Native::Loader) => self.loader(call),
            None => Effect::Unknown,
        }
    }

    /// A function of the script; one that loads what it is told to does what its caller says.
    fn own_function(&self, binding: BindingId, call: &Call) -> Effect {
        let Some(start) = self.meanings.function(binding) else { return Effect::Unknown };
        let end = self.facts.functions.get(&start).copied().unwrap_or(start);
        let asks = |&(from, _): &(u32, u32)| from >= start && from < end;
        if self.signs.requests.keys().any(asks)
            && let Some(why) = call.arguments.iter().find_map(|argument| self.meanings.ad_url(argument))
        {
            return Effect::Ad(why);
        }
        self.functions_in(call, Effect::Run(start))
    }

    /// A call that does what its functions do. Those written in place stand among the facts; those that are named
    /// must be of the script.
    fn functions_in(&self, call: &Call, otherwise: Effect) -> Effect {
        let mut found = if matches!(otherwise, Effect::Unknown) { Effect::Nothing } else { otherwise.clone() };
        for argument in &call.arguments {
            let Given::Chain(chain) = argument else {
                if matches!(argument, Given::Other) && matches!(otherwise, Effect::Unknown) {
                    return Effect::Unknown;
                }
                continue;
            };
            let function = match self.meanings.expand(chain) {
                Chain { root: Root::Binding(binding), path } if path.is_empty() => self.meanings.function(binding),
                _ => None,
            };
            match (function, &found) {
                (Some(function), Effect::Nothing) => found = Effect::Run(function),
                (Some(_), _) => return Effect::Unknown,
                (None, _) if matches!(otherwise, Effect::Unknown) && !self.is_plain(chain) => return Effect::Unknown,
                (None, _) => {}
            }
        }
        found
    }

    /// An argument that is surely no function: `document`, `window`, a number of one's own.
    fn is_plain(&self, chain: &Chain) -> bool {
        let chain = self.meanings.expand(chain);
        match chain.root {
            Root::Global(name) => matches!(&*name, "document" | "window" | "navigator" | "location"),
            Root::Binding(binding) => self.meanings.is_fresh(binding),
            Root::Other => false,
        }
    }

    fn mutation(&self, chain: &Chain, call: &Call) -> Effect {
        let is_ad = call.arguments.iter().any(|argument| self.meanings.ad_given(argument).is_some());
        match chain.root {
            Root::Binding(binding) if self.meanings.is_fresh(binding) => {
                Effect::Store { binding, is_ad, is_inside: true }
            }
            // A list or text that is made in place and held by nobody.
            Root::Other => Effect::Nothing,
            _ => Effect::Unknown,
        }
    }

    fn loader(&self, call: &Call) -> Effect {
        match call.arguments.first().and_then(|first| self.meanings.ad_url(first)) {
            Some(why) => Effect::Ad(why),
            None => Effect::Unknown,
        }
    }

    fn init(&self, binding: BindingId, given: &Given) -> Effect {
        let as_global = Chain { root: Root::Binding(binding), path: Vec::new() };
        let is_global = self.names.bindings[binding as usize].is_global;
        if is_global && self.meanings.ad(&as_global).is_some() && self.is_inert(given) {
            return Effect::Keep;
        }
        self.store(binding, given)
    }

    fn store(&self, binding: BindingId, given: &Given) -> Effect {
        Effect::Store { binding, is_ad: self.meanings.ad_given(given).is_some(), is_inside: false }
    }

    fn assign(&self, fact: &Fact, target: Option<&Chain>, given: &Given) -> Effect {
        let Some(target) = target else { return Effect::Unknown };
        let is_library = self.meanings.ad(target).is_some();
        if is_library && (self.is_whole_global(target) || self.is_inert(given) && self.is_of_page(target)) {
            return Effect::Keep;
        }
        if let Some(effect) = self.evaluated(fact) {
            return effect;
        }
        match (&target.root, target.path.is_empty()) {
            (Root::Binding(binding), true) => self.store(*binding, given),
            _ => self.assign_member(target, given),
        }
    }

    fn assign_member(&self, target: &Chain, given: &Given) -> Effect {
        // Lists and objects stay where others may read them.
        let is_given = matches!(given, Given::Chain(_));
        let why = self.meanings.ad(target).or_else(|| self.meanings.ad_given(given).filter(|_| is_given));
        if let Some(why) = why {
            return Effect::Ad(why);
        }
        match self.meanings.expand(target) {
            Chain { root: Root::Binding(binding), path } if !path.is_empty() && self.meanings.is_fresh(binding) => {
                Effect::Store { binding, is_ad: false, is_inside: true }
            }
            _ => Effect::Unknown,
        }
    }

    /// The library's own global: whatever it is given, others hold on to it.
    fn is_whole_global(&self, target: &Chain) -> bool {
        let chain = self.meanings.expand(target);
        chain.path.is_empty() && matches!(chain.root, Root::Global(_))
    }

    /// Does the chain lead to something that other scripts can see?
    fn is_of_page(&self, target: &Chain) -> bool {
        match self.meanings.expand(target).root {
            Root::Global(_) => true,
            Root::Binding(binding) => self.names.bindings[binding as usize].is_global,
            Root::Other => false,
        }
    }

    /// `x || []`, `{ que: [] }`: a place to wait in, and nothing waiting.
    fn is_inert(&self, given: &Given) -> bool {
        match given {
            Given::Inert => true,
            Given::Either(all) => all.iter().all(|one| match one {
                Given::Chain(chain) => {
                    self.meanings.ad(chain).is_some() && !chain.path.iter().any(|part| **part == *"()")
                }
                other => self.is_inert(other),
            }),
            _ => false,
        }
    }
}

//! Verdicts on scripts: which statements serve ads and may go, so that the rest runs as before.
//!
//! In: a script's text and tree, what evaluation has found in it ([`Signs`]), and whoever knows ads by name ([`Witness`]).
//! Out: a [`ScriptVerdict`]. Every statement is taken for needed until all that it does serves ads: each call, each
//! assignment, each way out is judged by what its names stand for, and then what stays is searched for uses of what
//! goes. Where that cannot be proved, a smaller cut is tried, down to none. Work is linear in the script but for the
//! rounds of that search, which are few.

mod chain;
mod cutter;
mod depend;
mod effect;
mod fact;
mod ground;
mod inert_url;
mod meaning;
mod names;
mod native;
mod queue_guard;
mod sign;
mod verdict;

pub use sign::{Signs, Witness};
pub use verdict::{ScriptCut, ScriptVerdict, Why};

use crate::base::Span;
use crate::block::Action;
use crate::script::Tree;
use cutter::Cut;
use effect::{Effect, Effects};
use fact::Facts;
use ground::Ground;
use meaning::Meanings;
use names::Names;
use std::borrow::Cow;
use std::sync::Arc;

/// Judges a script of which evaluation has found something; one that holds a library itself keeps its statements.
#[must_use]
pub fn judge_script(
    text: &str,
    tree: &Tree,
    is_module: bool,
    holds_library: bool,
    signs: &Signs,
    witness: &dyn Witness,
) -> ScriptVerdict {
    if !tree.is_whole() {
        // What was skipped may use what would go.
        return allow((!signs.is_empty()).then_some("syntax errors"));
    }
    let names = Names::of(&tree.statements, is_module);
    let facts = Facts::of(&tree.statements, &names);
    let meanings = Meanings::of(&names, &facts, signs, witness);
    let effects = Effects::of(&facts, &names, &meanings, signs);
    let mut ground = Ground::new(&facts, &effects, &names, signs);
    // What a library does inside is not the page's doing, and half of it is worse than all of it.
    let settled = if holds_library { Some(Vec::new()) } else { depend::settle(text, tree, &mut ground, &meanings) };
    let Some(mut cuts) = settled else { return allow(Some("too entangled")) };
    cuts.extend(inert_url::inert_urls(&tree.statements, &ground, &meanings, signs, witness, &cuts));
    cuts.sort_by_key(|cut| cut.start);
    if cuts.is_empty() {
        return allow(holds_library.then_some("holds a library"));
    }
    let rest = rest(&ground, &cuts);
    if rest.does_something {
        cuts.extend(queue_guard::queue_guards(&tree.statements, &ground, witness, &cuts));
        cuts.sort_by_key(|cut| cut.start);
    }
    verdict(text, &rest, cuts)
}

fn allow(remark: Option<&'static str>) -> ScriptVerdict {
    ScriptVerdict { remark, ..ScriptVerdict::default() }
}

fn verdict(text: &str, rest: &Rest, cuts: Vec<Cut>) -> ScriptVerdict {
    let action = if rest.does_something { Action::Neutralise } else { Action::Block };
    let mut stubs: Vec<Arc<str>> = cuts.iter().filter_map(|cut| cut.why.stub.clone()).collect();
    stubs.sort_unstable();
    stubs.dedup();
    let cuts = if rest.does_something || rest.has_names {
        cuts.into_iter().map(to_script_cut).collect()
    } else {
        let why = cuts[0].why.clone();
        vec![ScriptCut { span: Span::new(0, text.len()), replacement: Cow::Borrowed(""), why }]
    };
    ScriptVerdict { action, cuts, remark: None, stubs }
}

fn to_script_cut(cut: Cut) -> ScriptCut {
    let span = Span::new(cut.start as usize, cut.end as usize);
    ScriptCut { span, replacement: cut.replacement, why: cut.why }
}

/// What the cuts leave.
struct Rest {
    does_something: bool,
    /// Are there names for other scripts to hold on to?
    has_names: bool,
}

fn rest(ground: &Ground<'_>, cuts: &[Cut]) -> Rest {
    let mut rest = Rest { does_something: false, has_names: false };
    let is_global = |binding: u32| ground.names.bindings[binding as usize].is_global;
    for (fact, effect) in ground.facts.all.iter().zip(&ground.effects.of_facts) {
        if depend::is_cut(cuts, fact.start) {
            continue;
        }
        match effect {
            Effect::Ad(_) => rest.does_something |= !has_cut_within(cuts, fact.start, fact.end),
            Effect::Unknown => rest.does_something = true,
            Effect::Run(function) => rest.does_something |= !ground.effects.summary(*function).is_clean,
            Effect::Keep => rest.has_names = true,
            Effect::Declare(binding) => rest.has_names |= is_global(*binding),
            Effect::Store { binding, .. } => rest.has_names |= is_global(*binding),
            Effect::Nothing | Effect::Leave(_) => {}
        }
    }
    rest
}

/// Is the end of it cut? Then the call is gone, though what it was called on stays.
fn has_cut_within(cuts: &[Cut], start: u32, end: u32) -> bool {
    let at = cuts.partition_point(|cut| cut.end < end);
    cuts.get(at).is_some_and(|cut| cut.start > start && cut.end == end)
}

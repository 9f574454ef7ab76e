//! The stages one by one, for those who measure them; not part of the promised API.
//!
//! In: an engine and the bytes of a page. Out: a count of what the stage made, so that no work can be
//! left out. Each function does its stage and all before it: what a stage costs is the difference. Scripts
//! are taken in page order, without the markup that they write; detection is what a whole scan adds.

use super::Engine;
use crate::base::Evidence;
use crate::evaluate::{Evaluator, Input, Sources};
use crate::input::{self, Document, Origin};
use crate::page::{Part, Script, ScriptKind};
use crate::script::{Goal, parse as parse_script};

/// Decodes a page and splits it; counts its parts.
#[must_use]
pub fn split(engine: &Engine, bytes: &[u8]) -> usize {
    engine.splitter.split(&open(bytes)).parts.len()
}

/// Counts the inline scripts that hold a literal of any rule.
#[must_use]
pub fn prefilter(engine: &Engine, bytes: &[u8]) -> usize {
    scripts(engine, &open(bytes)).len()
}

/// Parses those scripts; counts the ones without a syntax error.
#[must_use]
pub fn parse(engine: &Engine, bytes: &[u8]) -> usize {
    let document = open(bytes);
    let scripts = scripts(engine, &document);
    scripts.iter().filter(|script| parse_script(&script.text, goal(script), &engine.limits).is_whole()).count()
}

/// Evaluates those scripts; counts the events.
#[must_use]
pub fn evaluate(engine: &Engine, bytes: &[u8]) -> usize {
    let document = open(bytes);
    let scripts = scripts(engine, &document);
    let sources = Sources::default();
    let mut evaluator = Evaluator::new(&sources, &engine.interests, &engine.limits);
    for (index, script) in (0..).zip(&scripts) {
        let tree = sources.keep_tree(parse_script(&script.text, goal(script), &engine.limits));
        let input = Input {
            text: &script.text,
            offsets: &script.offsets,
            script: index,
            evidence: Evidence::Evaluated,
            is_library: false,
        };
        evaluator.run(input, tree);
    }
    evaluator.run_rest();
    evaluator.finish().events.len()
}

fn open(bytes: &[u8]) -> Document<'_> {
    input::open(bytes, Origin::default())
}

/// The inline scripts that the prefilter lets through.
fn scripts<'d>(engine: &Engine, document: &'d Document<'d>) -> Vec<Script<'d>> {
    let parts = engine.splitter.split(document).parts.into_iter();
    let scripts = parts.filter_map(|part| match part {
        Part::Script(script) if script.kind == ScriptKind::Inline => Some(script),
        _ => None,
    });
    scripts.filter(|script| engine.prefilter.as_ref().is_none_or(|filter| filter.is_match(&script.text))).collect()
}

fn goal(script: &Script<'_>) -> Goal {
    if script.is_module { Goal::Module } else { Goal::Script }
}

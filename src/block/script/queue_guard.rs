//! Calls on the queue of a library that goes: `googletag.cmd.push(function () { … })`, of which something stays.
//!
//! What stays may be the site's, so the call stays. But where the page leaves the queue to the library, and the library
//! is dropped, the call would throw, and take with it what follows. So it asks first whether the queue is there. In: the
//! statements, and the cuts. Out: more cuts, of the queue's name, which give way to a question.

use super::chain::{Chain, Root, chain_of};
use super::cutter::Cut;
use super::depend::is_cut;
use super::fact::FactKind;
use super::ground::Ground;
use super::sign::Witness;
use crate::script::text_span;
use rustc_hash::FxHashSet;
use swc_atoms::Atom;
use swc_common::Spanned;
use swc_ecma_ast as ast;
use swc_ecma_visit::{Visit, VisitWith};

/// Guards for the queues of libraries that `cuts` take something out of; the script does not make them itself.
pub(super) fn queue_guards(
    statements: &[ast::Stmt],
    ground: &Ground<'_>,
    witness: &dyn Witness,
    cuts: &[Cut],
) -> Vec<Cut> {
    // Globals that the script itself gives a value.
    let made = ground.facts.all.iter().filter_map(|fact| match &fact.kind {
        FactKind::Assign { target: Some(Chain { root: Root::Global(name), path }), .. } if path.is_empty() => {
            Some(name)
        }
        _ => None,
    });
    let mut search = Search { ground, witness, cuts, made: made.collect(), found: Vec::new() };
    statements.iter().for_each(|statement| statement.visit_with(&mut search));
    search.found
}

struct Search<'s> {
    ground: &'s Ground<'s>,
    witness: &'s dyn Witness,
    cuts: &'s [Cut],
    made: FxHashSet<&'s Atom>,
    found: Vec<Cut>,
}

impl Search<'_> {
    fn guard(&mut self, call: &ast::CallExpr) -> Option<()> {
        let ast::Callee::Expr(callee) = &call.callee else { return None };
        let ast::Expr::Member(ast::MemberExpr { obj: queue, .. }) = &**callee else { return None };
        let (whole, span) = (text_span(call.span), text_span(queue.span()));
        let at = self.cuts.partition_point(|cut| cut.start < span.end);
        let inside = self.cuts.get(at).filter(|cut| cut.end <= whole.end && !is_cut(self.cuts, whole.start))?;
        let Chain { root: Root::Global(library), path } = chain_of(queue, self.ground.names)? else { return None };
        let [name] = &path[..] else { return None };
        self.witness.global(&library)?;
        if !is_identifier(&library) || !is_identifier(name) || self.made.contains(&library) {
            return None;
        }
        let replacement = format!("(window.{library}&&window.{library}.{name}||[])").into();
        self.found.push(Cut { start: span.start, end: span.end, replacement, why: inside.why.clone(), value_of: None });
        Some(())
    }
}

/// Can the name stand behind a dot?
fn is_identifier(name: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
    name.bytes().all(is_name) && !name.starts_with(|first: char| first.is_ascii_digit()) && !name.is_empty()
}

impl Visit for Search<'_> {
    fn visit_call_expr(&mut self, call: &ast::CallExpr) {
        self.guard(call);
        call.visit_children_with(self);
    }

    fn visit_expr(&mut self, expression: &ast::Expr) {
        stacker::maybe_grow(128 << 10, 2 << 20, || expression.visit_children_with(self));
    }
}

//! Finds the statements and expressions that go, the widest first.
//!
//! In: the statements and the [`Ground`]. Out: [`Cut`]s that do not overlap. A statement goes as a whole if all of it may
//! go; else what it holds is looked at: branches, function bodies, values. One walk; each step asks the ground.

use super::chain::{chain_of, target_chain};
use super::effect::Effect;
use super::ground::Ground;
use super::meaning::Meanings;
use super::names::BindingId;
use super::verdict::Why;
use crate::script::text_span;
use std::borrow::Cow;
use std::sync::Arc;
use swc_common::Spanned;
use swc_ecma_ast as ast;
use swc_ecma_ast::{Decl, Expr, Stmt};
use swc_ecma_visit::{Visit, VisitWith};

/// Some bytes that go, and what takes their place.
#[derive(Clone, Debug)]
pub(super) struct Cut {
    pub start: u32,
    pub end: u32,
    pub replacement: Cow<'static, str>,
    pub why: Arc<Why>,
    /// The binding that gets the replacement in place of its value.
    pub value_of: Option<BindingId>,
}

/// Walks the statements.
pub(super) struct Cutter<'c> {
    text: &'c str,
    ground: &'c Ground<'c>,
    meanings: &'c Meanings<'c>,
    /// Values that must stay.
    kept_values: &'c [u32],
    pub cuts: Vec<Cut>,
}

impl<'c> Cutter<'c> {
    pub fn new(text: &'c str, ground: &'c Ground<'c>, meanings: &'c Meanings<'c>, kept_values: &'c [u32]) -> Self {
        Self { text, ground, meanings, kept_values, cuts: Vec::new() }
    }

    fn cut(&mut self, start: u32, end: u32, replacement: &'static str) {
        if let Some(why) = self.ground.ad(start, end).cloned() {
            self.cuts.push(Cut { start, end, replacement: replacement.into(), why, value_of: None });
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        let span = text_span(statement.span());
        if self.ground.ad(span.start, span.end).is_none() {
            return;
        }
        if self.ground.may_go(span.start, span.end) && !self.is_exported(span.start) {
            return self.cut(span.start, span.end, ";");
        }
        match statement {
            Stmt::Expr(one) => self.discarded(&one.expr),
            Stmt::Decl(Decl::Var(declaration)) => declaration.decls.iter().for_each(|one| self.declarator(one)),
            Stmt::Return(ast::ReturnStmt { arg: Some(value), .. }) => self.value(value),
            other => other.visit_children_with(self),
        }
    }

    /// Modules hand it to others.
    fn is_exported(&self, start: u32) -> bool {
        let before = self.text.get(..start as usize).unwrap_or_default().trim_end();
        before.ends_with("export") || before.ends_with("default")
    }

    fn declarator(&mut self, declarator: &ast::VarDeclarator) {
        let Some(value) = &declarator.init else { return };
        let name = match &declarator.name {
            ast::Pat::Ident(name) => self.ground.names.binding(&name.id),
            _ => None,
        };
        match name {
            Some(binding) => self.value_of(binding, value),
            None => self.visit_expr(value),
        }
    }

    /// The value of a variable; where it cannot go without its variable, something empty takes its place.
    fn value_of(&mut self, binding: BindingId, value: &Expr) {
        let span = text_span(value.span());
        let empty = match value {
            Expr::Array(_) => Some("[]"),
            Expr::Object(_) => Some("{}"),
            _ => None,
        };
        let is_ad = || self.meanings.ad_given(&super::chain::given(value, self.ground.names)).is_some();
        match empty {
            Some(empty)
                if is_ad() && self.ground.may_go(span.start, span.end) && !self.kept_values.contains(&span.start) =>
            {
                self.cut(span.start, span.end, empty);
                self.cuts.iter_mut().last().into_iter().for_each(|cut| cut.value_of = Some(binding));
            }
            Some(_) => self.visit_expr(value),
            None => {
                let before = self.cuts.len();
                self.value(value);
                if let Some(cut) = self.cuts.get_mut(before).filter(|cut| cut.start == span.start) {
                    cut.value_of = Some(binding);
                }
            }
        }
    }

    /// An expression whose value nobody uses.
    fn discarded(&mut self, expression: &Expr) {
        let span = text_span(expression.span());
        if self.ground.ad(span.start, span.end).is_none() {
            return;
        }
        if self.ground.may_go(span.start, span.end) {
            return self.cut(span.start, span.end, "void 0");
        }
        match expression {
            Expr::Paren(inner) => self.discarded(&inner.expr),
            Expr::Seq(all) => all.exprs.iter().for_each(|one| self.discarded(one)),
            Expr::Unary(unary) if unary.op != ast::UnaryOp::Delete => self.discarded(&unary.arg),
            Expr::Cond(choice) => {
                self.value(&choice.test);
                self.discarded(&choice.cons);
                self.discarded(&choice.alt);
            }
            Expr::Bin(both) if super::chain::is_either(both.op) => {
                self.value(&both.left);
                self.discarded(&both.right);
            }
            Expr::Call(call) if self.call_on_kept(call) => {}
            Expr::Assign(assign) if assign.op == ast::AssignOp::Assign => {
                match target_chain(&assign.left, self.ground.names) {
                    Some(super::chain::Chain { root: super::chain::Root::Binding(binding), path })
                        if path.is_empty() =>
                    {
                        self.value_of(binding, &assign.right);
                    }
                    _ => self.value(&assign.right),
                }
            }
            other => stacker::maybe_grow(128 << 10, 2 << 20, || self.visit_expr(other)),
        }
    }

    /// `(adsbygoogle = window.adsbygoogle || []).push({})`: the call goes, the queue stays.
    fn call_on_kept(&mut self, call: &ast::CallExpr) -> bool {
        let ast::Callee::Expr(callee) = &call.callee else { return false };
        let Expr::Member(member) = &**callee else { return false };
        let (span, object) = (text_span(call.span), text_span(member.obj.span()));
        let is_assigned = matches!(unwrapped(&member.obj), Expr::Assign(_));
        let may_go = is_assigned && self.is_ad_fact(span.start, span.end) && self.may_all_go(object.end, span.end);
        if may_go && let Some(why) = self.ground.ad(span.start, span.end).cloned() {
            self.cuts.push(Cut { start: object.end, end: span.end, replacement: "".into(), why, value_of: None });
        }
        may_go
    }

    /// Does the fact with just these bytes serve ads?
    fn is_ad_fact(&self, start: u32, end: u32) -> bool {
        self.ground
            .facts
            .within(start, start + 1)
            .any(|at| self.ground.facts.all[at].end == end && matches!(self.ground.effects.of_facts[at], Effect::Ad(_)))
    }

    fn may_all_go(&self, start: u32, end: u32) -> bool {
        !self.ground.is_fixed(start, end)
    }

    /// An expression whose value is used: what an ad library would give becomes `undefined`.
    fn value(&mut self, expression: &Expr) {
        let span = text_span(expression.span());
        if self.ground.ad(span.start, span.end).is_none() {
            return;
        }
        let is_asked = is_call(unwrapped(expression)) && !self.kept_values.contains(&span.start);
        if is_asked && self.is_library_call(expression) && self.ground.may_go(span.start, span.end) {
            return self.cut(span.start, span.end, "(void 0)");
        }
        stacker::maybe_grow(128 << 10, 2 << 20, || self.visit_expr(expression));
    }

    /// `fetch(…)` of an ad, on whose answer something waits: the answer never comes.
    fn is_ad_fetch(&self, expression: &Expr) -> bool {
        let span = text_span(expression.span());
        let Expr::Call(ast::CallExpr { callee: ast::Callee::Expr(callee), .. }) = expression else { return false };
        let chain = chain_of(callee, self.ground.names).map(|chain| self.meanings.expand(&chain));
        let is_fetch = chain.is_some_and(|chain| {
            chain.path.is_empty() && matches!(&chain.root, super::chain::Root::Global(name) if **name == *"fetch")
        });
        is_fetch && self.is_ad_fact(span.start, span.end) && self.ground.may_go(span.start, span.end)
    }

    fn is_library_call(&self, expression: &Expr) -> bool {
        chain_of(unwrapped(expression), self.ground.names).is_some_and(|chain| self.meanings.ad(&chain).is_some())
    }
}

fn unwrapped(expression: &Expr) -> &Expr {
    match expression {
        Expr::Paren(inner) => unwrapped(&inner.expr),
        other => other,
    }
}

fn is_call(expression: &Expr) -> bool {
    match expression {
        Expr::Call(_) | Expr::New(_) => true,
        Expr::OptChain(chain) => matches!(&*chain.base, ast::OptChainBase::Call(_)),
        _ => false,
    }
}

impl Visit for Cutter<'_> {
    fn visit_stmt(&mut self, statement: &Stmt) {
        stacker::maybe_grow(128 << 10, 2 << 20, || self.statement(statement));
    }

    /// What stands in an expression: functions with their bodies, and values.
    fn visit_expr(&mut self, expression: &Expr) {
        let span = text_span(expression.span());
        if self.ground.ad(span.start, span.end).is_none() {
            return;
        }
        stacker::maybe_grow(128 << 10, 2 << 20, || match expression {
            Expr::Call(call) => {
                call.callee.visit_with(self);
                call.args.iter().for_each(|one| self.argument(one));
            }
            Expr::New(new) => {
                new.callee.visit_with(self);
                new.args.iter().flatten().for_each(|one| self.argument(one));
            }
            Expr::Assign(assign) => self.value(&assign.right),
            Expr::Cond(choice) => [&choice.test, &choice.cons, &choice.alt].into_iter().for_each(|one| self.value(one)),
            Expr::Bin(both) if super::chain::is_either(both.op) => {
                self.value(&both.left);
                self.value(&both.right);
            }
            Expr::Paren(inner) => self.visit_expr(&inner.expr),
            Expr::Member(member) if self.is_ad_fetch(&member.obj) => {
                let span = text_span(member.obj.span());
                self.cut(span.start, span.end, "new Promise(function () {})");
            }
            other => other.visit_children_with(self),
        });
    }

    fn visit_arrow_expr(&mut self, arrow: &ast::ArrowExpr) {
        match &*arrow.body {
            ast::ArrowFunctionBody::Expr(value) => self.value(value),
            ast::ArrowFunctionBody::FunctionBody(body) => body.visit_with(self),
        }
    }

    fn visit_key_value_prop(&mut self, pair: &ast::KeyValueProp) {
        self.value(&pair.value);
    }

    fn visit_if_stmt(&mut self, choice: &ast::IfStmt) {
        self.value(&choice.test);
        self.visit_stmt(&choice.cons);
        choice.alt.iter().for_each(|other| self.visit_stmt(other));
    }

    fn visit_pat(&mut self, _: &ast::Pat) {}
}

impl Cutter<'_> {
    fn argument(&mut self, argument: &ast::ExprOrSpread) {
        match argument.spread {
            None => self.value(&argument.expr),
            Some(_) => self.visit_expr(&argument.expr),
        }
    }
}

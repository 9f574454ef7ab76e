//! Conditions in expressions: `?:`, `&&`, `||`, `??`, and what a test's text says where its value does not.

use super::abstract_value::{Abstract, Choice};
use super::condition::ConditionId;
use super::expression::{global_name, unwrap};
use super::heap::ScopeId;
use super::machine::Machine;
use super::operator::{is_truthy, number_text};
use swc_atoms::Atom;
use swc_common::Spanned;
use swc_ecma_ast as ast;
use swc_ecma_ast::Expr;

impl<'a> Machine<'a> {
    pub(super) fn conditional(&mut self, choice: &'a ast::CondExpr, scope: ScopeId) -> Abstract {
        let test = self.expression(&choice.test, scope);
        match self.truth(&test, &choice.test, scope) {
            Ok(true) => {
                self.glance(&choice.alt, scope);
                self.expression(&choice.cons, scope)
            }
            Ok(false) => {
                self.glance(&choice.cons, scope);
                self.expression(&choice.alt, scope)
            }
            Err(when) => self.either(when, |m| m.expression(&choice.cons, scope), |m| m.expression(&choice.alt, scope)),
        }
    }

    /// Looks into code that does not run, where it names a bidder: it is declared all the same.
    fn glance(&mut self, expression: &'a Expr, scope: ScopeId) {
        if self.has_anchor(self.source, expression.span()) {
            self.as_declared(|machine| machine.expression(expression, scope));
        }
    }

    /// Is it true? `Err` tells the condition under which it is.
    pub(super) fn truth(&mut self, value: &Abstract, source: &Expr, scope: ScopeId) -> Result<bool, ConditionId> {
        if let Some(known) = is_truthy(value) {
            return Ok(known);
        }
        let when = self.condition_of(value, source, scope);
        if self.conditions.is_certain(when) {
            return Ok(true);
        }
        if self.conditions.is_ruled_out(when) {
            return Ok(false);
        }
        Err(when)
    }

    fn condition_of(&mut self, value: &Abstract, source: &Expr, scope: ScopeId) -> ConditionId {
        if let Abstract::Any(choices) = value
            && let Some(when) = self.condition_of_choices(&choices.clone(), |_, choice| is_truthy(choice))
        {
            return when;
        }
        match source {
            Expr::Paren(inner) => self.condition_of(value, &inner.expr, scope),
            Expr::Unary(unary) if unary.op == ast::UnaryOp::Bang => {
                let inner = self.condition_of(&Abstract::Undefined, &unary.arg, scope);
                self.conditions.not(inner)
            }
            _ => self.source_condition(source, scope),
        }
    }

    /// The condition that an expression's text tells.
    pub(super) fn source_condition(&mut self, source: &Expr, scope: ScopeId) -> ConditionId {
        let place = (self.source, source.span());
        let (text, is_local) = match self.tests.get(&place) {
            Some(known) => known.clone(),
            None => {
                let text = super::export::cut(self.source_text(place.0, place.1), super::value::QUOTED_CHARACTERS);
                let test = (Atom::new(text), self.is_local_text(source, scope));
                self.tests.insert(place, test.clone());
                test
            }
        };
        if text.is_empty() {
            return ConditionId::MAYBE;
        }
        self.conditions.source(text, if is_local { self.call } else { 0 })
    }

    /// Does the expression depend on variables of a function?
    fn is_local_text(&self, source: &Expr, scope: ScopeId) -> bool {
        match source {
            Expr::Ident(name) => self.is_local(scope, &name.sym),
            Expr::Lit(_) => false,
            Expr::Member(member) => {
                let is_fixed =
                    !matches!(&member.prop, ast::MemberProp::Computed(key) if self.is_local_text(&key.expr, scope));
                !is_fixed || self.is_local_text(&member.obj, scope)
            }
            Expr::Call(call) => {
                let callee = match &call.callee {
                    ast::Callee::Expr(callee) => self.is_local_text(callee, scope),
                    _ => true,
                };
                callee || call.args.iter().any(|argument| self.is_local_text(&argument.expr, scope))
            }
            Expr::Bin(binary) => self.is_local_text(&binary.left, scope) || self.is_local_text(&binary.right, scope),
            Expr::Unary(unary) => self.is_local_text(&unary.arg, scope),
            Expr::Paren(inner) => self.is_local_text(&inner.expr, scope),
            _ => true,
        }
    }

    /// `a && b`, `a || b`, `a ?? b`.
    pub(super) fn logical(
        &mut self,
        op: ast::BinaryOp,
        left: &Abstract,
        left_source: &Expr,
        right: &'a Expr,
        scope: ScopeId,
    ) -> Abstract {
        if op != ast::BinaryOp::LogicalAnd
            && let Some(library) = self.prepared(left, left_source, right, scope)
        {
            return library;
        }
        if op == ast::BinaryOp::NullishCoalescing {
            return self.coalesce(left, left_source, right, scope);
        }
        let is_and = op == ast::BinaryOp::LogicalAnd;
        match self.truth(left, left_source, scope) {
            Ok(holds) if holds == is_and => self.expression(right, scope),
            Ok(_) => {
                if is_and {
                    self.glance(right, scope);
                }
                left.clone()
            }
            Err(when) => self.logical_either(is_and, when, left, right, scope),
        }
    }

    /// `a && b`, `a || b` where `a` may be true. Where `b` is false, or true, so is the whole, whatever `a` is.
    fn logical_either(
        &mut self,
        is_and: bool,
        when: ConditionId,
        left: &Abstract,
        right: &'a Expr,
        scope: ScopeId,
    ) -> Abstract {
        let left = if is_and { self.falsy_part(left) } else { self.truthy_part(left) };
        let mut is_settled = false;
        let rest = |m: &mut Self| {
            let value = m.expression(right, scope);
            // An object behind `||` is a default; what was there before it stays what it was.
            is_settled = is_truthy(&value) == Some(!is_and) && (is_and || matches!(value, Abstract::Bool(_)));
            value
        };
        let value = if is_and { self.either(when, rest, |_| left) } else { self.either(when, |_| left, rest) };
        if is_settled { self.with_truth(&value, !is_and) } else { value }
    }

    /// Of several values, those that pass `||`.
    fn truthy_part(&mut self, value: &Abstract) -> Abstract {
        let Abstract::Any(choices) = value else { return value.clone() };
        let left = choices.iter().filter(|choice| is_truthy(&choice.value) != Some(false)).cloned().collect();
        self.any(left)
    }

    /// Of several values, those that stop `&&`; an unknown one stops it as some false value.
    fn falsy_part(&mut self, value: &Abstract) -> Abstract {
        match value {
            Abstract::Any(choices) => {
                let left = choices.iter().filter(|choice| is_truthy(&choice.value) != Some(true)).cloned().collect();
                self.any(left)
            }
            Abstract::Object(_) => Abstract::Undefined,
            one => one.clone(),
        }
    }

    /// The value where it is known to be true, or false.
    fn with_truth(&mut self, value: &Abstract, truth: bool) -> Abstract {
        let Abstract::Any(choices) = value else { return value.with_truth(truth) };
        let with_truth = |choice: &Choice| Choice { when: choice.when, value: choice.value.with_truth(truth) };
        self.any(choices.iter().map(with_truth).collect())
    }

    /// What a comparison gives that is not known. Where one side is known, and is another in each round of a loop or
    /// call of a function (`width >= breakpoints[i].from`), its value makes the condition: the text would be the same.
    pub(super) fn compare_unknown(
        &mut self,
        binary: &ast::BinExpr,
        left: &Abstract,
        right: &Abstract,
        scope: ScopeId,
    ) -> Option<Abstract> {
        let (known, open, value, other) = match (left, right) {
            (Abstract::Unknown(_), value) => (&*binary.right, &*binary.left, value, left),
            (value, Abstract::Unknown(_)) => (&*binary.left, &*binary.right, value, right),
            _ => return None,
        };
        if !self.is_local_text(known, scope) && !has_computed_key(known) {
            return None;
        }
        // `i < list.length`: the next round would ask the same.
        if self.loop_test == Some(binary.span) && unwrap(known).is_ident() {
            return None;
        }
        let value = quoted(value)?;
        let Abstract::Unknown(origin) = other else { return None };
        let is_local = self.is_local_text(open, scope);
        let (text, call) = match &origin.path {
            Some(path) if is_local => (path.as_str().to_owned(), 0),
            _ => (self.source_text(self.source, open.span()).to_owned(), if is_local { self.call } else { 0 }),
        };
        let (left, right) = if std::ptr::eq(open, &*binary.left) { (text, value) } else { (value, text) };
        let text = format!("{left} {} {right}", binary.op.as_str());
        let when = self.conditions.source(super::export::cut(&text, super::value::QUOTED_CHARACTERS).into(), call);
        Some(self.join(when, &Abstract::Bool(true), &Abstract::Bool(false)))
    }

    fn coalesce(&mut self, left: &Abstract, source: &Expr, right: &'a Expr, scope: ScopeId) -> Abstract {
        match left {
            _ if left.is_nullish() => self.expression(right, scope),
            Abstract::Unknown(_) => {
                let when = self.source_condition(source, scope);
                self.either(when, |_| left.clone(), |m| m.expression(right, scope))
            }
            Abstract::Any(choices) if choices.iter().any(|choice| choice.value.is_nullish()) => {
                let fallback = self.expression(right, scope);
                self.map(left, |_, value| if value.is_nullish() { fallback.clone() } else { value.clone() })
            }
            _ => left.clone(),
        }
    }

    /// `window.lib = window.lib || {}`: the page prepares an object that a library may have made already,
    /// or will take over. Either way it is one object that bears the library's name. A function that the page brings along
    /// is the one that runs, for its library is not here.
    fn prepared(&mut self, left: &Abstract, source: &Expr, right: &'a Expr, scope: ScopeId) -> Option<Abstract> {
        match unwrap(right) {
            Expr::Object(_) | Expr::Array(_) => {}
            Expr::Fn(_) | Expr::Arrow(_) if self.is_foreign_global(left) => return Some(self.expression(right, scope)),
            _ => return None,
        }
        let path = match left {
            Abstract::Unknown(origin) => origin.path.clone(),
            // `undefined || {}`, `options = options || {}`: no library stands behind that.
            Abstract::Undefined if is_undefined(source) || self.is_local_text(source, scope) => return None,
            Abstract::Undefined => self.static_path(source).map(|path| Atom::new(global_name(&path))),
            _ => return None,
        };
        let value = self.expression(right, scope);
        let id = value.as_object()?;
        let object = self.object_mut(id);
        object.is_open = true;
        if object.path.is_none() {
            object.path = path;
        }
        Some(value)
    }
}

/// A value as it is written; `None` for what is not known, or is no value to compare with.
fn quoted(value: &Abstract) -> Option<String> {
    Some(match value {
        Abstract::Number(number) => number_text(*number),
        Abstract::String(text) => format!("{text:?}"),
        Abstract::Bool(value) => value.to_string(),
        _ => return None,
    })
}

/// `a[b]` and what hangs on it.
fn has_computed_key(expression: &Expr) -> bool {
    match unwrap(expression) {
        Expr::Member(member) => member.prop.is_computed() || has_computed_key(&member.obj),
        _ => false,
    }
}

/// `undefined` and `void 0`, as they are written.
fn is_undefined(expression: &Expr) -> bool {
    match unwrap(expression) {
        Expr::Ident(name) => name.sym == "undefined",
        Expr::Unary(unary) => unary.op == ast::UnaryOp::Void,
        _ => false,
    }
}

//! Assignments, and the patterns on their left side.

use super::abstract_value::Abstract;
use super::event::EventKind;
use super::expression::{global_name, join_path, unwrap};
use super::heap::{Kind, Object, Property, ScopeId};
use super::machine::{GLOBAL_SCOPE, Machine};
use super::trace::Slot;
use super::value::Value;
use swc_atoms::Atom;
use swc_common::{Span, Spanned};
use swc_ecma_ast as ast;

/// What a declaration does with the names of its pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binding {
    /// `var`: assigned in the scope of the function.
    Variable,
    /// `let`, `const`, parameters: made in this scope.
    Lexical,
    /// No declaration: assigned where the name is found.
    Assignment,
}

/// An object of which a member is asked. To put its name together costs more than to read the member, and few need it.
#[derive(Clone, Copy)]
pub(super) struct Owner<'o> {
    pub(super) value: &'o Abstract,
    pub(super) written: &'o ast::Expr,
}

impl<'a> Machine<'a> {
    pub(super) fn assign(&mut self, assign: &'a ast::AssignExpr, scope: ScopeId) -> Abstract {
        match &assign.left {
            ast::AssignTarget::Simple(target) => self.assign_simple(assign, target, scope),
            ast::AssignTarget::Pat(pattern) => {
                let value = self.expression(&assign.right, scope);
                match pattern {
                    ast::AssignTargetPat::Array(array) => self.bind_array(array, &value, scope, Binding::Assignment),
                    ast::AssignTargetPat::Object(object) => {
                        self.bind_object(object, &value, scope, Binding::Assignment)
                    }
                    ast::AssignTargetPat::Invalid(_) => {}
                }
                value
            }
        }
    }

    fn assign_simple(
        &mut self,
        assign: &'a ast::AssignExpr,
        target: &'a ast::SimpleAssignTarget,
        scope: ScopeId,
    ) -> Abstract {
        match target {
            ast::SimpleAssignTarget::Ident(name) => {
                let old = |m: &mut Self| m.read_variable(scope, &name.id.sym, name.id.span);
                let value = self.assigned_value(assign, scope, old);
                self.store_name(&name.id.sym, &value, scope, assign.span);
                value
            }
            ast::SimpleAssignTarget::Member(member) => self.assign_member(assign, member, scope),
            ast::SimpleAssignTarget::Paren(paren) => match unwrap(&paren.expr) {
                ast::Expr::Ident(name) => {
                    let old = |m: &mut Self| m.read_variable(scope, &name.sym, name.span);
                    let value = self.assigned_value(assign, scope, old);
                    self.store_name(&name.sym, &value, scope, assign.span);
                    value
                }
                ast::Expr::Member(member) => self.assign_member(assign, member, scope),
                _ => self.expression(&assign.right, scope),
            },
            _ => self.expression(&assign.right, scope),
        }
    }

    fn assign_member(&mut self, assign: &'a ast::AssignExpr, member: &'a ast::MemberExpr, scope: ScopeId) -> Abstract {
        let object = self.expression(&member.obj, scope);
        let key = self.member_key(&member.prop, scope);
        let owner = Owner { value: &object, written: &member.obj };
        let old = |m: &mut Self| {
            let owner = m.owner_path(owner);
            m.read_members(&object, &key, member.span, owner.as_ref())
        };
        let value = self.assigned_value(assign, scope, old);
        if self.is_throwing() {
            return Abstract::Undefined;
        }
        if let Some(name) = self.property_key(&key) {
            if self.interests.may_assign(&name) {
                let path = join_path(self.owner_path(owner).as_deref().unwrap_or(""), &name);
                self.record_assignment(&path, &value, assign.span);
            }
            self.note_url(&object, &name, &value, assign.span);
            if let Some(id) = object.as_object() {
                self.trace_write(|| Slot::member(id, &name), assign.span, &value);
            }
        }
        self.write_members(&object, &key, value.clone(), member.span);
        value
    }

    fn assigned_value(
        &mut self,
        assign: &'a ast::AssignExpr,
        scope: ScopeId,
        old: impl FnOnce(&mut Self) -> Abstract,
    ) -> Abstract {
        if assign.op == ast::AssignOp::Assign {
            return self.stored_value(&assign.right, scope);
        }
        let left = old(self);
        let Some(op) = assign.op.to_update() else { return self.unknown(assign.span) };
        if matches!(op, ast::BinaryOp::LogicalAnd | ast::BinaryOp::LogicalOr | ast::BinaryOp::NullishCoalescing) {
            // `a ||= b`: the left side is the test, as in `a = a || b`.
            let target = match &assign.left {
                ast::AssignTarget::Simple(target) => Box::<ast::Expr>::from(target.clone()),
                ast::AssignTarget::Pat(_) => return self.expression(&assign.right, scope),
            };
            return self.logical(op, &left, &target, &assign.right, scope);
        }
        let right = self.expression(&assign.right, scope);
        self.operate(op, &left, &right, assign.span)
    }

    fn store_name(&mut self, name: &Atom, value: &Abstract, scope: ScopeId, span: Span) {
        if self.is_throwing() {
            return;
        }
        if !self.is_local(scope, name) {
            self.record_assignment(name, value, span);
        }
        self.trace_name(scope, name, span, value);
        self.write_variable(scope, name, value.clone());
    }

    fn trace_name(&mut self, scope: ScopeId, name: &Atom, span: Span, value: &Abstract) {
        if self.recorder.is_some() {
            let at = self.scope_of(scope, name);
            self.trace_write(|| Slot::Variable(at, name.clone()), span, value);
        }
    }

    /// Notes an assignment that a rule asks for.
    pub(super) fn record_assignment(&mut self, path: &Atom, value: &Abstract, span: Span) {
        if self.interests.has_assignment(path) {
            let kind = EventKind::Assign { target: path.as_str().into(), value: Value::Undefined };
            self.record(kind, vec![value.clone()], span);
        }
    }

    /// What an object is called, by its value or else as it is written.
    pub(super) fn owner_path(&self, owner: Owner<'_>) -> Option<Atom> {
        let written = || self.static_path(owner.written).map(|path| Atom::new(global_name(&path)));
        self.path_of(owner.value).or_else(written)
    }

    /// What a value is called from the global object on.
    pub(super) fn path_of(&self, value: &Abstract) -> Option<Atom> {
        match value {
            Abstract::Object(id) if *id == super::machine::GLOBAL => Some(Atom::default()),
            Abstract::Object(id) => self.object(*id).path.clone(),
            Abstract::Unknown(origin) => origin.path.clone(),
            Abstract::Any(choices) => choices.iter().find_map(|choice| self.path_of(&choice.value)),
            _ => None,
        }
    }

    // ---- patterns ----

    /// Gives the names of a pattern their values.
    pub(super) fn bind(&mut self, pattern: &'a ast::Pat, value: &Abstract, scope: ScopeId, binding: Binding) {
        match pattern {
            ast::Pat::Ident(name) => self.bind_name(&name.id.sym, value, scope, binding, name.id.span),
            ast::Pat::Array(array) => self.bind_array(array, value, scope, binding),
            ast::Pat::Object(object) => self.bind_object(object, value, scope, binding),
            ast::Pat::Assign(default) => {
                let value = self.or_default(value, &default.right, scope);
                self.bind(&default.left, &value, scope, binding);
            }
            ast::Pat::Rest(rest) => self.bind(&rest.arg, value, scope, binding),
            ast::Pat::Expr(target) => self.bind_target(target, value, scope),
            ast::Pat::Invalid(_) => {}
        }
    }

    fn bind_name(&mut self, name: &Atom, value: &Abstract, scope: ScopeId, binding: Binding, span: Span) {
        match binding {
            Binding::Lexical => {
                if scope == GLOBAL_SCOPE {
                    self.record_assignment(name, value, span);
                }
                self.trace_write(|| Slot::Variable(scope, name.clone()), span, value);
                self.declare(scope, name, value.clone(), true);
            }
            Binding::Variable => {
                let target = self.function_scope(scope);
                if target == GLOBAL_SCOPE {
                    self.record_assignment(name, value, span);
                }
                self.trace_write(|| Slot::Variable(target, name.clone()), span, value);
                self.declare(target, name, value.clone(), false);
            }
            Binding::Assignment => self.store_name(name, value, scope, span),
        }
    }

    fn bind_target(&mut self, target: &'a ast::Expr, value: &Abstract, scope: ScopeId) {
        match unwrap(target) {
            ast::Expr::Ident(name) => self.store_name(&name.sym, value, scope, name.span),
            ast::Expr::Member(member) => {
                let object = self.expression(&member.obj, scope);
                let key = self.member_key(&member.prop, scope);
                self.write_members(&object, &key, value.clone(), member.span);
            }
            _ => {}
        }
    }

    /// The default value where the value is undefined, or may be.
    fn or_default(&mut self, value: &Abstract, default: &'a ast::Expr, scope: ScopeId) -> Abstract {
        match value {
            Abstract::Undefined | Abstract::Absent => self.expression(default, scope),
            // A parameter that nobody passed: the default is the best guess, but not the only one.
            Abstract::Unknown(origin) if origin.path.is_none() => {
                let default = self.expression(default, scope);
                self.join(super::condition::ConditionId::MAYBE, &default, value)
            }
            Abstract::Any(choices) if choices.iter().any(|choice| matches!(choice.value, Abstract::Undefined)) => {
                let default = self.expression(default, scope);
                self.map(value, |_, one| if matches!(one, Abstract::Undefined) { default.clone() } else { one.clone() })
            }
            other => other.clone(),
        }
    }

    pub(super) fn bind_array(&mut self, array: &'a ast::ArrayPat, value: &Abstract, scope: ScopeId, binding: Binding) {
        let elements = self.iterate(value);
        for (at, pattern) in array.elems.iter().enumerate() {
            let Some(pattern) = pattern else { continue };
            let element = match (&elements, pattern) {
                (Some(all), ast::Pat::Rest(_)) => self.add_array(all.get(at..).unwrap_or_default().to_vec()),
                (Some(all), _) => all.get(at).cloned().unwrap_or(Abstract::Undefined),
                (None, _) => self.unknown(pattern.span()),
            };
            self.bind(pattern, &element, scope, binding);
        }
    }

    pub(super) fn bind_object(
        &mut self,
        object: &'a ast::ObjectPat,
        value: &Abstract,
        scope: ScopeId,
        binding: Binding,
    ) {
        let mut taken: Vec<Atom> = Vec::new();
        for property in &object.props {
            match property {
                ast::ObjectPatProp::KeyValue(pair) => {
                    let key = self.property_name(&pair.key, scope);
                    taken.extend(self.property_key(&key));
                    let member = self.read_members(value, &key, pair.value.span(), None);
                    self.bind(&pair.value, &member, scope, binding);
                }
                ast::ObjectPatProp::Assign(short) => {
                    taken.push(short.key.id.sym.clone());
                    let mut member = self.read_member(value, &short.key.id.sym, short.span, None);
                    if let Some(default) = &short.value {
                        member = self.or_default(&member, default, scope);
                    }
                    self.bind_name(&short.key.id.sym, &member, scope, binding, short.span);
                }
                ast::ObjectPatProp::Rest(rest) => {
                    let others = self.without(value, &taken);
                    self.bind(&rest.arg, &others, scope, binding);
                }
            }
        }
    }

    /// A copy of an object without some members.
    fn without(&mut self, value: &Abstract, taken: &[Atom]) -> Abstract {
        let id = self.add_object(Object::new(Kind::Plain));
        if let Abstract::Object(from) = value {
            for (name, property) in self.objects.share(from.0).properties.iter() {
                if let Property::Value(value) = property
                    && !taken.contains(name)
                {
                    self.define(id, name, value.clone());
                }
            }
        }
        Abstract::Object(id)
    }

    /// `a++` and the like.
    pub(super) fn update(&mut self, update: &'a ast::UpdateExpr, scope: ScopeId) -> Abstract {
        let old = self.expression(&update.arg, scope);
        let step = if update.op == ast::UpdateOp::PlusPlus { 1.0 } else { -1.0 };
        let span = update.span;
        let old = self.map(&old, |m, value| m.to_number(value).map_or_else(|| m.unknown(span), Abstract::Number));
        let new = self.operate(ast::BinaryOp::Add, &old, &Abstract::Number(step), span);
        self.bind_target(&update.arg, &new, scope);
        if update.prefix { new } else { old }
    }
}

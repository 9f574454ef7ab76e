//! Expressions: what a piece of code is worth, and what it does on the way.

use super::abstract_value::{Abstract, ObjectId};
use super::heap::{ClassInfo, Closure, Code, Kind, Object, Property, ScopeId};
use super::machine::Machine;
use super::trace::Slot;
use std::rc::Rc;
use swc_atoms::Atom;
use swc_common::{Span, Spanned};
use swc_ecma_ast as ast;
use swc_ecma_ast::Expr;

/// Stack that one level of evaluation may need, and how much is added when it runs short, in bytes.
const RED_ZONE: usize = 128 << 10;
const MORE_STACK: usize = 2 << 20;

impl<'a> Machine<'a> {
    /// Evaluates an expression.
    pub(super) fn expression(&mut self, expression: &'a Expr, scope: ScopeId) -> Abstract {
        if !self.step(expression.span()) {
            return self.unknown(expression.span());
        }
        if self.is_throwing() {
            return Abstract::Undefined;
        }
        stacker::maybe_grow(RED_ZONE, MORE_STACK, || self.expression_here(expression, scope))
    }

    fn expression_here(&mut self, expression: &'a Expr, scope: ScopeId) -> Abstract {
        match expression {
            Expr::Lit(literal) => self.literal(literal),
            Expr::Ident(name) => self.identifier(name, scope),
            Expr::This(_) => self.this(scope),
            Expr::Member(member) => self.member(member, scope),
            Expr::Call(call) => self.call_expression(call, scope),
            Expr::New(new) => self.new_expression(new, scope),
            Expr::Object(object) => self.object_literal(object, scope),
            Expr::Array(array) => self.array_literal(array, scope),
            Expr::Fn(function) => self.function_expression(function, scope),
            Expr::Arrow(arrow) => self.arrow(arrow, scope),
            Expr::Class(class) => {
                let name = class.ident.as_ref().map(|name| name.sym.clone());
                self.class(&class.class, name, scope)
            }
            Expr::Unary(unary) => self.unary(unary, scope),
            Expr::Update(update) => self.update(update, scope),
            Expr::Bin(binary) => self.binary(binary, scope),
            Expr::Assign(assign) => self.assign(assign, scope),
            Expr::Cond(choice) => self.conditional(choice, scope),
            Expr::Seq(all) => self.sequence(all, scope),
            Expr::Paren(inner) => self.expression(&inner.expr, scope),
            Expr::Tpl(template) => self.template(template, scope),
            Expr::TaggedTpl(tagged) => self.tagged_template(tagged, scope),
            Expr::Await(wait) => {
                let value = self.expression(&wait.arg, scope);
                self.wait_for(&value)
            }
            Expr::Yield(give) => {
                let value = give.arg.as_ref().map_or(Abstract::Undefined, |value| self.expression(value, scope));
                // Whoever runs a generator that gives promises hands back what they become, as `await` would.
                let back = if self.is_promise(&value) { self.awaited(&value) } else { self.unknown(give.span) };
                self.yielded(value, give.delegate);
                back
            }
            Expr::OptChain(chain) => self.optional_chain(chain, scope),
            Expr::SuperProp(property) => self.super_property(property, scope),
            other => self.unknown(other.span()),
        }
    }

    fn literal(&mut self, literal: &ast::Lit) -> Abstract {
        match literal {
            ast::Lit::Str(text) => {
                let value = text.value.to_atom_lossy().into_owned();
                self.note_text(&value, text.span);
                Abstract::String(value)
            }
            ast::Lit::Num(number) => Abstract::Number(number.value),
            ast::Lit::Bool(value) => Abstract::Bool(value.value),
            ast::Lit::Null(_) => Abstract::Null,
            ast::Lit::Regex(regex) => {
                let kind = Kind::Regex { pattern: regex.exp.clone(), flags: regex.flags.clone() };
                Abstract::Object(self.add_object(Object { at: Some((self.source, regex.span)), ..Object::new(kind) }))
            }
            other => self.unknown(other.span()),
        }
    }

    fn identifier(&mut self, name: &ast::Ident, scope: ScopeId) -> Abstract {
        match name.sym.as_str() {
            "undefined" => Abstract::Undefined,
            "NaN" => Abstract::Number(f64::NAN),
            "Infinity" => Abstract::Number(f64::INFINITY),
            _ => self.read_variable(scope, &name.sym, name.span),
        }
    }

    pub(super) fn this(&mut self, scope: ScopeId) -> Abstract {
        let mut next = Some(scope);
        let name = swc_atoms::atom!("this");
        while let Some(at) = next {
            let here = self.scopes.get(at.0);
            if let Some(value) = here.variables.get(&name) {
                return value.clone();
            }
            next = here.parent;
        }
        Abstract::Object(super::machine::GLOBAL)
    }

    fn sequence(&mut self, all: &'a ast::SeqExpr, scope: ScopeId) -> Abstract {
        let mut last = Abstract::Undefined;
        for one in &all.exprs {
            last = self.expression(one, scope);
        }
        last
    }

    // ---- members ----

    fn member(&mut self, member: &'a ast::MemberExpr, scope: ScopeId) -> Abstract {
        let object = self.expression(&member.obj, scope);
        self.member_of(&object, member, scope)
    }

    fn member_of(&mut self, object: &Abstract, member: &'a ast::MemberExpr, scope: ScopeId) -> Abstract {
        let key = self.member_key(&member.prop, scope);
        let owner = if object.is_nullish() { self.static_path(&member.obj) } else { None };
        if object.is_nullish() || self.is_foreign_global(object) {
            self.may_throw();
        }
        let there = if is_written_number(&member.prop) { self.element_of(object, &key) } else { None };
        let value = there.unwrap_or_else(|| self.read_members(object, &key, member.span, owner.as_ref()));
        self.name_member(object, &key, &value);
        let value = self.narrow(value);
        if let (Some(id), Some(name)) = (object.as_object(), self.traced_key(&key)) {
            self.trace_read(|| Slot::member(id, &name), member.span, &value);
        }
        value
    }

    /// Is it a global that nobody here defines? Then it may not be there at all.
    pub(super) fn is_foreign_global(&self, value: &Abstract) -> bool {
        let Abstract::Unknown(origin) = value else { return false };
        let Some(path) = &origin.path else { return false };
        !path.is_empty() && !path.contains(['.', '(', '[']) && super::builtin::host_type(path).is_none()
    }

    /// The element of a list that a number names of those that are there.
    fn element_of(&mut self, list: &Abstract, key: &Abstract) -> Option<Abstract> {
        let (Abstract::Object(list), Abstract::Number(at)) = (list, key) else { return None };
        self.element_there(*list, super::property::index_of(*at)?, false)
    }

    /// Reads a member whose name may itself be one of several.
    pub(super) fn read_members(
        &mut self,
        object: &Abstract,
        key: &Abstract,
        span: Span,
        owner: Option<&Atom>,
    ) -> Abstract {
        if let Abstract::Number(at) = key
            && let Some(value) = self.read_at(object, *at)
        {
            return value;
        }
        self.map(key, |machine, key| match machine.property_key(key) {
            Some(key) => machine.read_member(object, &key, span, owner),
            None => machine.read_any_member(object, span),
        })
    }

    /// The name in `a.name`, `a['name']` or `a[expression]`.
    pub(super) fn member_key(&mut self, property: &'a ast::MemberProp, scope: ScopeId) -> Abstract {
        match property {
            ast::MemberProp::Ident(name) => Abstract::String(name.sym.clone()),
            ast::MemberProp::PrivateName(name) => Abstract::String(Atom::new(format!("#{}", name.name))),
            ast::MemberProp::Computed(computed) => self.expression(&computed.expr, scope),
        }
    }

    /// The names of `a.b.c` from the left, as far as they are written down.
    pub(super) fn static_path(&self, expression: &Expr) -> Option<Atom> {
        match expression {
            Expr::Ident(name) => Some(name.sym.clone()),
            Expr::Paren(inner) => self.static_path(&inner.expr),
            Expr::Member(member) => {
                let ast::MemberProp::Ident(name) = &member.prop else { return None };
                let owner = self.static_path(&member.obj)?;
                Some(join_path(global_name(&owner), &name.sym))
            }
            _ => None,
        }
    }

    fn optional_chain(&mut self, chain: &'a ast::OptChainExpr, scope: ScopeId) -> Abstract {
        match &*chain.base {
            ast::OptChainBase::Member(member) => {
                let object = self.expression(&member.obj, scope);
                // What is not there ends the whole chain.
                if object.is_nullish() && (chain.optional || member.obj.is_opt_chain()) {
                    return Abstract::Undefined;
                }
                self.member_of(&object, member, scope)
            }
            ast::OptChainBase::Call(call) => {
                let may_end = chain.optional || call.callee.is_opt_chain();
                if may_end && is_plain(&call.callee) && self.expression(&call.callee, scope).is_nullish() {
                    return Abstract::Undefined;
                }
                self.call_with(&call.callee, &call.args, call.span, scope)
            }
        }
    }

    fn super_property(&mut self, property: &'a ast::SuperPropExpr, scope: ScopeId) -> Abstract {
        let key = match &property.prop {
            ast::SuperProp::Ident(name) => Abstract::String(name.sym.clone()),
            ast::SuperProp::Computed(computed) => self.expression(&computed.expr, scope),
        };
        let this = self.this(scope);
        match (self.super_prototype(&this), self.property_key(&key)) {
            (Some(parent), Some(key)) => self.read_object(parent, &key, property.span, &this),
            _ => self.unknown(property.span),
        }
    }

    // ---- literals with parts ----

    fn object_literal(&mut self, literal: &'a ast::ObjectLit, scope: ScopeId) -> Abstract {
        let left_out = if literal.props.is_empty() { self.left_out(literal.span) } else { None };
        let literal = if let Some(Expr::Object(whole)) = left_out { whole } else { literal };
        let prototype = self.prototype("Object");
        let id =
            self.add_object(Object { at: Some((self.source, literal.span)), prototype, ..Object::new(Kind::Plain) });
        for property in &literal.props {
            match property {
                ast::PropOrSpread::Spread(spread) => {
                    let value = self.expression(&spread.expr, scope);
                    self.copy_members(id, &value);
                }
                ast::PropOrSpread::Prop(property) => self.literal_member(id, property, scope),
            }
        }
        Abstract::Object(id)
    }

    fn literal_member(&mut self, id: ObjectId, property: &'a ast::Prop, scope: ScopeId) {
        match property {
            ast::Prop::Shorthand(name) => {
                let value = self.identifier(name, scope);
                self.trace_write(|| Slot::member(id, &name.sym), name.span, &value);
                self.define(id, &name.sym, value);
            }
            ast::Prop::KeyValue(pair) => {
                let key = self.property_name(&pair.key, scope);
                let value = self.stored_value(&pair.value, scope);
                self.hold_function(&value, id);
                if let Some(name) = self.traced_key(&key) {
                    self.trace_write(|| Slot::member(id, &name), pair.span(), &value);
                }
                self.define_members(id, &key, value);
            }
            ast::Prop::Method(method) => {
                let key = self.property_name(&method.key, scope);
                let value = self.function(Code::Function(&method.function), method.function.span, scope, None);
                self.hold_function(&value, id);
                self.define_members(id, &key, value);
            }
            ast::Prop::Getter(getter) => {
                let key = self.property_name(&getter.key, scope);
                let value = self.function(Code::Function(&getter.function), getter.span, scope, None);
                self.define_accessor(id, &key, value.as_object(), None);
            }
            ast::Prop::Setter(setter) => {
                let key = self.property_name(&setter.key, scope);
                let value = self.function(Code::Function(&setter.function), setter.span, scope, None);
                self.define_accessor(id, &key, None, value.as_object());
            }
            ast::Prop::Assign(_) => {}
        }
    }

    pub(super) fn property_name(&mut self, name: &'a ast::PropName, scope: ScopeId) -> Abstract {
        match name {
            ast::PropName::Ident(name) => Abstract::String(name.sym.clone()),
            ast::PropName::Str(text) => Abstract::String(text.value.to_atom_lossy().into_owned()),
            ast::PropName::Num(number) => Abstract::Number(number.value),
            ast::PropName::Computed(computed) => self.expression(&computed.expr, scope),
            ast::PropName::BigInt(number) => self.unknown(number.span),
        }
    }

    fn array_literal(&mut self, literal: &'a ast::ArrayLit, scope: ScopeId) -> Abstract {
        let left_out = if literal.elems.is_empty() { self.left_out(literal.span) } else { None };
        let literal = if let Some(Expr::Array(whole)) = left_out { whole } else { literal };
        let mut elements = Vec::with_capacity(literal.elems.len());
        for element in &literal.elems {
            match element {
                None => elements.push(Abstract::Absent),
                Some(element) => {
                    let value = self.expression(&element.expr, scope);
                    if element.spread.is_some() { self.spread_into(&mut elements, value) } else { elements.push(value) }
                }
            }
        }
        let at = Some((self.source, literal.span));
        Abstract::Object(self.add_object(Object { elements, at, ..Object::new(Kind::Array) }))
    }

    /// Adds the elements of a list; of an unknown list, one unknown.
    pub(super) fn spread_into(&mut self, elements: &mut Vec<Abstract>, value: Abstract) {
        match self.iterate(&value) {
            Some(all) => elements.extend(all),
            // A list that is one of several adds each element under its condition.
            None if matches!(value, Abstract::Any(_)) => self.concat_all(elements, &[value]),
            None => elements.push(value),
        }
    }

    // ---- functions and classes ----

    fn function_expression(&mut self, function: &'a ast::FnExpr, scope: ScopeId) -> Abstract {
        let code = Code::Function(&function.function);
        let Some(name) = &function.ident else { return self.function(code, function.function.span, scope, None) };
        let own = self.add_scope(scope, false);
        let value = self.function(code, function.function.span, own, None);
        self.scopes.write(own.0).variables.insert(&name.sym, value.clone());
        value
    }

    fn arrow(&mut self, arrow: &'a ast::ArrowExpr, scope: ScopeId) -> Abstract {
        let class = self.classes.last().cloned().flatten();
        self.function(Code::Arrow(arrow), arrow.span, scope, class)
    }

    pub(super) fn function(
        &mut self,
        code: Code<'a>,
        span: Span,
        scope: ScopeId,
        class: Option<Rc<ClassInfo<'a>>>,
    ) -> Abstract {
        let closure = Closure { code, source: self.source, span, scope, class };
        let at = Some((self.source, span));
        let id = self.add_object(Object { at, ..Object::new(Kind::Function(Rc::new(closure))) });
        self.functions.push((id, None));
        Abstract::Object(id)
    }

    /// Remembers of which object a function is a method.
    fn hold_function(&mut self, value: &Abstract, holder: ObjectId) {
        if let Abstract::Object(id) = value
            && let Some(last) = self.functions.last_mut()
            && last.0 == *id
        {
            last.1 = Some(holder);
        }
    }

    // ---- operators ----

    fn binary(&mut self, binary: &'a ast::BinExpr, scope: ScopeId) -> Abstract {
        match binary.op {
            ast::BinaryOp::LogicalAnd | ast::BinaryOp::LogicalOr | ast::BinaryOp::NullishCoalescing => {
                let left = self.expression(&binary.left, scope);
                self.logical(binary.op, &left, &binary.left, &binary.right, scope)
            }
            ast::BinaryOp::Add => self.sum(binary, scope),
            op => {
                let left = self.expression(&binary.left, scope);
                let right = self.expression(&binary.right, scope);
                let result = self.operate(op, &left, &right, binary.span);
                let is_open = matches!(result, Abstract::Unknown(_)) && is_comparison(op);
                let choice = if is_open { self.compare_unknown(binary, &left, &right, scope) } else { None };
                choice.unwrap_or(result)
            }
        }
    }

    /// `a + b + c …`: long chains lean to the left, so they are taken from there without recursion.
    fn sum(&mut self, binary: &'a ast::BinExpr, scope: ScopeId) -> Abstract {
        let mut chain = vec![binary];
        let mut first: &'a Expr = &binary.left;
        while let Expr::Bin(inner) = first
            && inner.op == ast::BinaryOp::Add
        {
            chain.push(inner);
            first = &inner.left;
        }
        let mut total = self.expression(first, scope);
        for one in chain.into_iter().rev() {
            let right = self.expression(&one.right, scope);
            total = self.operate(ast::BinaryOp::Add, &total, &right, one.span);
        }
        total
    }

    /// Defines an accessor, keeping the other half.
    pub(super) fn define_accessor(
        &mut self,
        id: ObjectId,
        key: &Abstract,
        get: Option<ObjectId>,
        set: Option<ObjectId>,
    ) {
        let Some(key) = self.property_key(key) else { return };
        let (mut old_get, mut old_set) = (None, None);
        if let Some(Property::Accessor { get, set }) = self.object(id).properties.get(&key) {
            (old_get, old_set) = (*get, *set);
        }
        let property = Property::Accessor { get: get.or(old_get), set: set.or(old_set) };
        self.object_mut(id).properties.insert(&key, property);
    }
}

/// `[0]`: loops ask by variables.
fn is_written_number(property: &ast::MemberProp) -> bool {
    matches!(property, ast::MemberProp::Computed(key) if matches!(&*key.expr, Expr::Lit(ast::Lit::Num(_))))
}

fn is_comparison(op: ast::BinaryOp) -> bool {
    use ast::BinaryOp as Op;
    matches!(op, Op::EqEq | Op::NotEq | Op::EqEqEq | Op::NotEqEq | Op::Lt | Op::LtEq | Op::Gt | Op::GtEq)
}

/// `a.b`.
pub(super) fn join_path(owner: &str, name: &str) -> Atom {
    if owner.is_empty() {
        return Atom::new(name);
    }
    let mut path = String::with_capacity(owner.len() + 1 + name.len());
    path.push_str(owner);
    path.push('.');
    path.push_str(name);
    Atom::new(path)
}

/// The path without a leading name of the global object.
pub(super) fn global_name(path: &str) -> &str {
    let mut path = path;
    loop {
        let (first, rest) = path.split_once('.').unwrap_or((path, ""));
        if !matches!(first, "window" | "self" | "globalThis" | "top" | "parent" | "frames" | "this") {
            return path;
        }
        path = rest;
    }
}

pub(super) fn unwrap(expression: &Expr) -> &Expr {
    let mut inner = expression;
    while let Expr::Paren(paren) = inner {
        inner = &paren.expr;
    }
    inner
}

/// A path of names: to read it twice changes nothing.
fn is_plain(expression: &Expr) -> bool {
    match expression {
        Expr::Ident(_) | Expr::This(_) => true,
        Expr::Member(member) => member.prop.is_ident() && is_plain(&member.obj),
        Expr::OptChain(chain) => match &*chain.base {
            ast::OptChainBase::Member(member) => is_plain(&member.obj) && !member.prop.is_computed(),
            ast::OptChainBase::Call(_) => false,
        },
        _ => false,
    }
}

//! Expressions: what a piece of code is worth, and what it does on the way.

use super::abstract_value::{Abstract, ObjectId, Piece};
use super::condition::ConditionId;
use super::heap::{ClassInfo, Closure, Code, Kind, Object, Property, ScopeId};
use super::machine::Machine;
use super::operator::is_truthy;
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
                self.awaited(&value)
            }
            Expr::Yield(give) => {
                let value = give.arg.as_ref().map(|value| self.expression(value, scope));
                self.yielded(value.unwrap_or(Abstract::Undefined), give.delegate);
                self.unknown(give.span)
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
        let value = self.read_members(object, &key, member.span, owner.as_ref());
        let value = self.narrow(value);
        if let (Some(id), Some(name)) = (object.as_object(), self.traced_key(&key)) {
            self.trace_read(|| Slot::member(id, &name), member.span, &value);
        }
        value
    }

    /// Reads a member whose name may itself be one of several.
    pub(super) fn read_members(
        &mut self,
        object: &Abstract,
        key: &Abstract,
        span: Span,
        owner: Option<&Atom>,
    ) -> Abstract {
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
                if chain.optional && object.is_nullish() {
                    return Abstract::Undefined;
                }
                self.member_of(&object, member, scope)
            }
            ast::OptChainBase::Call(call) => self.call_with(&call.callee, &call.args, call.span, scope),
        }
    }

    fn super_property(&mut self, property: &'a ast::SuperPropExpr, scope: ScopeId) -> Abstract {
        let key = match &property.prop {
            ast::SuperProp::Ident(name) => Abstract::String(name.sym.clone()),
            ast::SuperProp::Computed(computed) => self.expression(&computed.expr, scope),
        };
        let this = self.this(scope);
        match (self.super_prototype(), self.property_key(&key)) {
            (Some(parent), Some(key)) => self.read_object(parent, &key, property.span, &this),
            _ => self.unknown(property.span),
        }
    }

    // ---- literals with parts ----

    fn object_literal(&mut self, literal: &'a ast::ObjectLit, scope: ScopeId) -> Abstract {
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
                let value = self.expression(&pair.value, scope);
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

    fn template(&mut self, template: &'a ast::Tpl, scope: ScopeId) -> Abstract {
        let mut text = Abstract::String(swc_atoms::atom!(""));
        for (at, part) in template.quasis.iter().enumerate() {
            let known =
                part.cooked.as_ref().map_or_else(|| part.raw.clone(), |cooked| cooked.to_atom_lossy().into_owned());
            text = self.concat(&text, &Abstract::String(known), template.span);
            if let Some(expression) = template.exprs.get(at) {
                let value = self.expression(expression, scope);
                text = self.concat(&text, &value, expression.span());
            }
        }
        if let Abstract::String(known) = &text {
            self.note_text(known, template.span);
        }
        text
    }

    fn tagged_template(&mut self, tagged: &'a ast::TaggedTpl, scope: ScopeId) -> Abstract {
        let text = self.template(&tagged.tpl, scope);
        let tag = self.static_path(&tagged.tag);
        if tag.as_deref() == Some("String.raw") { text } else { self.unknown(tagged.span) }
    }

    // ---- functions and classes ----

    fn function_expression(&mut self, function: &'a ast::FnExpr, scope: ScopeId) -> Abstract {
        let code = Code::Function(&function.function);
        let Some(name) = &function.ident else { return self.function(code, function.function.span, scope, None) };
        let own = self.add_scope(scope, false);
        let value = self.function(code, function.function.span, own, None);
        self.scopes.write(own.0).variables.insert(name.sym.clone(), value.clone());
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

    fn conditional(&mut self, choice: &'a ast::CondExpr, scope: ScopeId) -> Abstract {
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
        if self.conditions.is_implied(when, &self.facts) {
            return Ok(true);
        }
        if self.conditions.is_excluded(when, &self.facts) {
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
        let text = self.source_text(self.source, source.span());
        if text.is_empty() {
            return ConditionId::MAYBE;
        }
        let call = if self.is_local_text(source, scope) { self.call } else { 0 };
        self.conditions.source(&super::export::cut(text, super::value::QUOTED_CHARACTERS), call)
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
                self.operate(op, &left, &right, binary.span)
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

    /// `a && b`, `a || b`, `a ?? b`.
    pub(super) fn logical(
        &mut self,
        op: ast::BinaryOp,
        left: &Abstract,
        left_source: &'a Expr,
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
            Err(when) if is_and => {
                let falsy = self.falsy_part(left);
                self.either(when, |m| m.expression(right, scope), |_| falsy)
            }
            Err(when) => {
                let truthy = self.truthy_part(left);
                self.either(when, |_| truthy, |m| m.expression(right, scope))
            }
        }
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

    fn coalesce(&mut self, left: &Abstract, source: &'a Expr, right: &'a Expr, scope: ScopeId) -> Abstract {
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
    /// or will take over. Either way it is one object that bears the library's name.
    fn prepared(&mut self, left: &Abstract, source: &'a Expr, right: &'a Expr, scope: ScopeId) -> Option<Abstract> {
        let is_literal = matches!(unwrap(right), Expr::Object(_) | Expr::Array(_));
        let path = match left {
            Abstract::Unknown(origin) => origin.path.clone(),
            Abstract::Undefined => self.static_path(source).map(|path| Atom::new(global_name(&path))),
            _ => return None,
        };
        if !is_literal {
            return None;
        }
        let value = self.expression(right, scope);
        let id = value.as_object()?;
        let object = self.object_mut(id);
        object.is_open = true;
        if object.path.is_none() {
            object.path = path;
        }
        Some(value)
    }

    /// Concatenates as `+` does with a string.
    pub(super) fn concat(&mut self, left: &Abstract, right: &Abstract, span: Span) -> Abstract {
        self.map(left, |machine, left| machine.map(right, |machine, right| machine.concat_two(left, right, span)))
    }

    fn concat_two(&mut self, left: &Abstract, right: &Abstract, span: Span) -> Abstract {
        let (a, b) = (self.pieces(left, span), self.pieces(right, span));
        if let ([Piece::Known(a)], [Piece::Known(b)]) = (&a[..], &b[..]) {
            return self.known_text(&[a, b], span);
        }
        let mut all: Vec<Piece> = a;
        for piece in b {
            match (all.last_mut(), piece) {
                (_, Piece::Known(text)) if text.is_empty() => {}
                (Some(Piece::Known(last)), Piece::Known(text)) => *last = Atom::new(format!("{last}{text}")),
                (_, piece) => all.push(piece),
            }
        }
        all.retain(|piece| !matches!(piece, Piece::Known(text) if text.is_empty()));
        if all.len() > 64 { self.unknown(span) } else { Abstract::Text(all.into()) }
    }

    /// Joins known texts, within the limit.
    pub(super) fn known_text(&mut self, parts: &[&str], span: Span) -> Abstract {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        self.made += 1;
        self.memory += length;
        if length > self.limits.string_bytes {
            return self.unknown(span);
        }
        Abstract::String(Atom::new(parts.concat()))
    }

    fn pieces(&mut self, value: &Abstract, span: Span) -> Vec<Piece> {
        match value {
            Abstract::Text(pieces) => pieces.to_vec(),
            Abstract::Unknown(origin) => vec![Piece::Unknown(Rc::clone(origin))],
            value => match self.text_of(value) {
                Some(text) => vec![Piece::Known(text)],
                None => match self.unknown(span) {
                    Abstract::Unknown(origin) => vec![Piece::Unknown(origin)],
                    _ => Vec::new(),
                },
            },
        }
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
        self.object_mut(id).properties.insert(key, property);
    }
}

/// `a.b`.
pub(super) fn join_path(owner: &str, name: &str) -> Atom {
    if owner.is_empty() { Atom::new(name) } else { Atom::new(format!("{owner}.{name}")) }
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

//! Calls: of the page's own functions, of built-in ones, and of what is not known.

use super::abstract_value::{Abstract, ObjectId};
use super::assign::{Binding, Owner};
use super::builtin;
use super::event::EventKind;
use super::expression::{global_name, join_path, unwrap};
use super::heap::{Closure, Code, Kind, Object, Property, ScopeId};
use super::machine::{Flow, GLOBAL, Machine};
use crate::script::{parse_body, text_span};
use std::rc::Rc;
use swc_atoms::{Atom, atom};
use swc_common::{Span, Spanned};
use swc_ecma_ast as ast;

/// How often one function may stand on the stack, with conditions and without.
const RECURSION: usize = 40;
const UNSURE_RECURSION: usize = 2;

impl<'a> Machine<'a> {
    pub(super) fn call_expression(&mut self, call: &'a ast::CallExpr, scope: ScopeId) -> Abstract {
        match &call.callee {
            ast::Callee::Expr(callee) => self.call_with(callee, &call.args, call.span, scope),
            ast::Callee::Super(_) => {
                let arguments = self.arguments(&call.args, scope);
                self.super_call(arguments, scope, call.span)
            }
            ast::Callee::Import(_) => {
                let arguments = self.arguments(&call.args, scope);
                if let Some(url) = arguments.first() {
                    self.note_request(url, "script", call.span);
                }
                let value = self.unknown(call.span);
                self.promise(Some(value))
            }
        }
    }

    pub(super) fn arguments(&mut self, arguments: &'a [ast::ExprOrSpread], scope: ScopeId) -> Vec<Abstract> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let value = self.expression(&argument.expr, scope);
            if argument.spread.is_some() { self.spread_into(&mut values, value) } else { values.push(value) }
        }
        values
    }

    /// `callee(…)` or `object.method(…)`.
    pub(super) fn call_with(
        &mut self,
        callee: &'a ast::Expr,
        arguments: &'a [ast::ExprOrSpread],
        span: Span,
        scope: ScopeId,
    ) -> Abstract {
        let member = match unwrap(callee) {
            ast::Expr::Member(member) => Some(member),
            ast::Expr::OptChain(chain) => match &*chain.base {
                ast::OptChainBase::Member(member) => Some(member),
                ast::OptChainBase::Call(_) => None,
            },
            _ => None,
        };
        if let Some(member) = member {
            return self.call_member(member, arguments, span, scope);
        }
        let this = if let ast::Expr::SuperProp(_) = unwrap(callee) { self.this(scope) } else { Abstract::Undefined };
        let function = self.expression(callee, scope);
        let arguments = self.arguments(arguments, scope);
        let path = self.path_of(&function).or_else(|| self.static_path(callee));
        if let Some(path) = &path {
            self.record_call(path, &arguments, span, false);
        }
        self.call_named(&function, &this, arguments, path, span)
    }

    fn call_member(
        &mut self,
        member: &'a ast::MemberExpr,
        arguments: &'a [ast::ExprOrSpread],
        span: Span,
        scope: ScopeId,
    ) -> Abstract {
        let object = self.expression(&member.obj, scope);
        let object = self.narrow(object);
        let key = self.member_key(&member.prop, scope);
        let arguments = self.arguments(arguments, scope);
        let owner = Owner { value: &object, written: &member.obj };
        let Some(key) = self.property_key(&key) else {
            let owner = self.owner_path(owner);
            let function = self.read_members(&object, &key, span, owner.as_ref());
            return self.call_named(&function, &object, arguments, owner, span);
        };
        if self.is_asked_for(&object, &key) {
            let path = join_path(self.owner_path(owner).as_deref().unwrap_or(""), &key);
            self.record_call(&path, &arguments, span, false);
        }
        if !matches!(object, Abstract::Any(_)) {
            return self.call_method(&object, &key, arguments, owner, span);
        }
        self.map(&object, |machine, object| machine.call_method(object, &key, arguments.clone(), owner, span))
    }

    /// Calls a method of a value that is one thing.
    fn call_method(
        &mut self,
        object: &Abstract,
        key: &Atom,
        arguments: Vec<Abstract>,
        owner: Owner<'_>,
        span: Span,
    ) -> Abstract {
        if *key == "push" || *key == "unshift" {
            self.note_queue(self.owner_path(owner).as_ref(), &arguments);
            if let [chunk] = &arguments[..] {
                self.note_chunk(chunk, span);
            }
        }
        if let Abstract::Object(id) = object
            && *id != GLOBAL
        {
            match self.find_member(*id, key) {
                Some(Property::Value(function)) if self.is_inner_work(&function, key) => {
                    let path = self.owner_path(owner).map(|owner| join_path(&owner, key));
                    return self.call_unknown(path, object, arguments, span);
                }
                Some(Property::Value(function @ (Abstract::Object(_) | Abstract::Any(_)))) => {
                    return self.call_value(&function, object, arguments, span);
                }
                Some(Property::Value(function)) => {
                    let path = self.owner_path(owner).map(|owner| join_path(&owner, key));
                    return self.call_named(&function, object, arguments, path, span);
                }
                Some(Property::Accessor { get: Some(get), .. }) => {
                    let function = self.call_getter(get, object);
                    return self.call_named(&function, object, arguments, None, span);
                }
                _ => {}
            }
        }
        if let Some(value) = self.call_builtin_method(object, key, &arguments, span) {
            return value;
        }
        if matches!(object, Abstract::Object(GLOBAL)) {
            let function = self.read_global(key, span);
            return self.call_named(&function, object, arguments, Some(key.clone()), span);
        }
        let owner = self.owner_path(owner);
        let function = self.read_member(object, key, span, owner.as_ref());
        let path = join_path(owner.as_deref().unwrap_or(""), key);
        self.call_named(&function, object, arguments, Some(path), span)
    }

    /// Is it a function of a library that is here, of which only is told that it was called?
    fn is_inner_work(&self, function: &Abstract, name: &Atom) -> bool {
        let is_of_library = |id: ObjectId| match &self.object(id).kind {
            Kind::Function(closure) => self.sources[closure.source as usize].is_library,
            _ => false,
        };
        self.interests.is_inner(name)
            && match function {
                Abstract::Object(id) => is_of_library(*id),
                // Wrapped in a `Proxy` where there is one.
                Abstract::Any(choices) => choices.iter().any(|one| one.value.as_object().is_some_and(is_of_library)),
                _ => false,
            }
    }

    /// Calls a value that is known by a path where it is not known otherwise.
    fn call_named(
        &mut self,
        function: &Abstract,
        this: &Abstract,
        arguments: Vec<Abstract>,
        path: Option<Atom>,
        span: Span,
    ) -> Abstract {
        match function {
            Abstract::Object(_) | Abstract::Any(_) => self.call_value(function, this, arguments, span),
            Abstract::Unknown(origin) => {
                let path = origin.path.clone().or(path);
                self.call_unknown(path, this, arguments, span)
            }
            _ => self.call_unknown(path, this, arguments, span),
        }
    }

    pub(super) fn call_value(
        &mut self,
        function: &Abstract,
        this: &Abstract,
        arguments: Vec<Abstract>,
        span: Span,
    ) -> Abstract {
        let id = match function {
            Abstract::Object(id) => *id,
            Abstract::Any(_) => return self.map(function, |m, one| m.call_value(one, this, arguments.clone(), span)),
            Abstract::Unknown(origin) => return self.call_unknown(origin.path.clone(), this, arguments, span),
            _ => return self.call_unknown(None, this, arguments, span),
        };
        match self.object(id).kind.clone() {
            Kind::Function(closure) => self.invoke(&closure, this, arguments, span),
            Kind::Native(name) => self.call_native(name, this, &arguments, span),
            Kind::Bound { target, this, arguments: mut all } => {
                all.extend(arguments);
                self.call_value(&target, &this, all, span)
            }
            Kind::Settle(promise) => {
                let value = arguments.into_iter().next().unwrap_or(Abstract::Undefined);
                self.settle(promise, value);
                Abstract::Undefined
            }
            _ => {
                let path = self.object(id).path.clone();
                self.call_unknown(path, this, arguments, span)
            }
        }
    }

    pub(super) fn call_getter(&mut self, get: ObjectId, this: &Abstract) -> Abstract {
        let span = self.object(get).at.map_or(swc_common::DUMMY_SP, |(_, span)| span);
        self.call_value(&Abstract::Object(get), this, Vec::new(), span)
    }

    // ---- the page's own functions ----

    fn invoke(&mut self, closure: &Rc<Closure<'a>>, this: &Abstract, arguments: Vec<Abstract>, span: Span) -> Abstract {
        let code = (closure.source, closure.span);
        let around = self.active.iter().filter(|active| **active == code).count();
        let is_too_deep = self.depth >= self.limits.depth
            || around >= RECURSION
            || (around >= UNSURE_RECURSION && self.facts.len() > around);
        if is_too_deep || !self.step(span) {
            return self.unknown(span);
        }
        if self.installs_polyfills(closure, &arguments) {
            return Abstract::Undefined;
        }
        let may_be_barren = self.may_be_barren(&arguments);
        if may_be_barren && let Some(value) = self.barren_call(code, this, &arguments) {
            self.has_unknown_arguments = false;
            return value;
        }
        let call = may_be_barren.then(|| (this.clone(), arguments.clone()));
        let start = self.start();
        self.called.insert(code);
        self.active.push(code);
        self.classes.push(closure.class.clone());
        self.depth += 1;
        self.calls += 1;
        let outer = std::mem::replace(&mut self.call, self.calls);
        let source = std::mem::replace(&mut self.source, closure.source);
        let value = stacker::maybe_grow(256 << 10, 4 << 20, || self.run(closure, this, arguments));
        self.source = source;
        self.depth -= 1;
        self.call = outer;
        self.classes.pop();
        self.active.pop();
        if let Some(call) = call {
            self.note_call(code, start, call, &value);
        }
        value
    }

    fn run(&mut self, closure: &Rc<Closure<'a>>, this: &Abstract, arguments: Vec<Abstract>) -> Abstract {
        match closure.code {
            Code::Function(function) => {
                let Some(body) = &function.body else { return Abstract::Undefined };
                let statements = self.statements_of(body);
                let scope = self.call_scope(closure, this, statements);
                let parameters = function.params.iter().map(|parameter| &parameter.pat);
                self.enter(closure, scope, parameters, arguments);
                self.finish_call(statements, scope, function.is_async, function.is_generator)
            }
            Code::Arrow(arrow) => match &*arrow.body {
                ast::ArrowFunctionBody::FunctionBody(body) => {
                    let statements = self.statements_of(body);
                    let scope = self.add_call_scope(closure.scope, statements);
                    self.bind_parameters(scope, arrow.params.iter(), arguments);
                    self.finish_call(statements, scope, arrow.is_async, false)
                }
                ast::ArrowFunctionBody::Expr(value) => {
                    let scope = self.add_scope(closure.scope, true);
                    self.bind_parameters(scope, arrow.params.iter(), arguments);
                    let value = self.expression(value, scope);
                    if arrow.is_async { self.promise_of(value) } else { value }
                }
            },
            Code::Constructor(constructor) => {
                if let Some(info) = closure.class.as_ref().filter(|info| info.parent.is_none()) {
                    self.define_fields(info, this);
                }
                let Some(body) = &constructor.body else { return Abstract::Undefined };
                let scope = self.call_scope(closure, this, &body.stmts);
                let parameters = constructor.params.iter().filter_map(|parameter| match parameter {
                    ast::ParamOrTsParamProp::Param(parameter) => Some(&parameter.pat),
                    ast::ParamOrTsParamProp::TsParamProp(_) => None,
                });
                self.enter(closure, scope, parameters, arguments);
                self.finish_call(&body.stmts, scope, false, false)
            }
            Code::DefaultConstructor => {
                let Some(info) = &closure.class else { return Abstract::Undefined };
                if let Some(parent) = info.parent.clone() {
                    self.call_value(&parent, this, arguments, closure.span);
                }
                self.define_fields(info, this);
                Abstract::Undefined
            }
            Code::Field(value) => {
                let scope = self.call_scope(closure, this, &[]);
                self.expression(value, scope)
            }
        }
    }

    /// The scope of a call that has a `this` of its own.
    fn call_scope(&mut self, closure: &Closure<'a>, this: &Abstract, body: &[ast::Stmt]) -> ScopeId {
        let scope = self.add_call_scope(closure.scope, body);
        let this = if this.is_nullish() { Abstract::Object(GLOBAL) } else { this.clone() };
        self.scopes.write(scope.0).variables.insert(&atom!("this"), this);
        scope
    }

    /// The statements of a body; one that was left out is parsed now.
    fn statements_of(&mut self, body: &'a ast::FunctionBody) -> &'a [ast::Stmt] {
        let source = &self.sources[self.source as usize];
        let Some(outline) = source.outline.filter(|outline| body.stmts.is_empty() && !outline.is_empty()) else {
            return &body.stmts;
        };
        let start = text_span(body.span).start;
        let kept = self.kept;
        let parsed = match self.bodies.get(&(self.source, start)) {
            Some(tree) => Some(*tree),
            None => parse_body(source.text, outline, start, &self.limits).map(|tree| kept.keep_tree(tree)),
        };
        let Some(tree) = parsed else { return &body.stmts };
        if self.bodies.insert((self.source, start), tree).is_none() && !tree.is_whole() {
            self.damaged.extend(self.sources[self.source as usize].script);
        }
        &tree.statements
    }

    fn enter<'p>(
        &mut self,
        closure: &Closure<'a>,
        scope: ScopeId,
        parameters: impl Iterator<Item = &'p ast::Pat>,
        arguments: Vec<Abstract>,
    ) where
        'a: 'p,
        'p: 'a,
    {
        if self.uses_arguments(closure) {
            let list = self.add_array(arguments.clone());
            self.scopes.write(scope.0).variables.insert(&atom!("arguments"), list);
        }
        self.bind_parameters(scope, parameters, arguments);
    }

    fn uses_arguments(&mut self, closure: &Closure<'a>) -> bool {
        let key = (closure.source, closure.span);
        if let Some(&known) = self.argument_users.get(&key) {
            return known;
        }
        let text = self.source_text(closure.source, closure.span);
        let known = memchr::memmem::find(text.as_bytes(), b"arguments").is_some();
        self.argument_users.insert(key, known);
        known
    }

    fn bind_parameters<'p>(
        &mut self,
        scope: ScopeId,
        parameters: impl Iterator<Item = &'p ast::Pat>,
        arguments: Vec<Abstract>,
    ) where
        'a: 'p,
        'p: 'a,
    {
        for (at, pattern) in parameters.enumerate() {
            let value = match pattern {
                ast::Pat::Rest(_) => self.add_array(arguments.get(at..).unwrap_or_default().to_vec()),
                _ => match arguments.get(at) {
                    Some(value) => value.clone(),
                    None if self.has_unknown_arguments => self.unknown(pattern.span()),
                    None => Abstract::Undefined,
                },
            };
            self.bind(pattern, &value, scope, Binding::Lexical);
        }
        self.has_unknown_arguments = false;
    }

    /// Runs a body and joins what its branches return.
    fn finish_call(
        &mut self,
        statements: &'a [ast::Stmt],
        scope: ScopeId,
        is_async: bool,
        is_generator: bool,
    ) -> Abstract {
        if is_generator {
            self.yields.push(Vec::new());
        }
        let facts = self.open_frame();
        let flow = self.body(statements, scope);
        self.note_call_names(scope, statements);
        let exits = self.close_frame(facts, |flow| matches!(flow, Flow::Return(_)));
        let returned = match flow {
            Flow::Return(value) => value,
            _ => Abstract::Undefined,
        };
        let cases = exits.into_iter().filter_map(|(when, flow)| match flow {
            Flow::Return(value) => Some((when, value)),
            _ => None,
        });
        let value = self.first_case(returned, cases.collect());
        if is_generator {
            let all = self.yields.pop().unwrap_or_default();
            return self.new_iterator(all, value);
        }
        if is_async { self.promise_of(value) } else { value }
    }

    pub(super) fn yielded(&mut self, value: Abstract, is_delegate: bool) {
        let all = if is_delegate { self.iterate(&value) } else { None };
        if let Some(list) = self.yields.last_mut() {
            match all {
                Some(all) => list.extend(all),
                None => list.push(value),
            }
        }
    }

    pub(super) fn new_expression(&mut self, new: &'a ast::NewExpr, scope: ScopeId) -> Abstract {
        let function = self.expression(&new.callee, scope);
        let arguments = match &new.args {
            Some(arguments) => self.arguments(arguments, scope),
            None => Vec::new(),
        };
        let path =
            self.path_of(&function).or_else(|| self.static_path(&new.callee).map(|path| Atom::new(global_name(&path))));
        if let Some(path) = &path {
            self.record_call(path, &arguments, new.span, true);
        }
        self.map(&function, |m, function| m.construct(function, arguments.clone(), path.clone(), new.span))
    }

    pub(super) fn construct(
        &mut self,
        function: &Abstract,
        arguments: Vec<Abstract>,
        path: Option<Atom>,
        span: Span,
    ) -> Abstract {
        let Abstract::Object(id) = function else {
            return self.call_unknown(path, &Abstract::Undefined, arguments, span);
        };
        match self.object(*id).kind.clone() {
            Kind::Native(name) => self.construct_native(name, &arguments, span),
            Kind::Function(_) => self.construct_as(function, None, arguments, span),
            Kind::Bound { target, arguments: mut all, .. } => {
                all.extend(arguments);
                self.construct(&target, all, path, span)
            }
            _ => self.call_value(function, &Abstract::Undefined, arguments, span),
        }
    }

    /// Constructs with a function an instance of another one, as `super(…)` does.
    pub(super) fn construct_as(
        &mut self,
        function: &Abstract,
        target: Option<&Abstract>,
        arguments: Vec<Abstract>,
        span: Span,
    ) -> Abstract {
        let closure = match function.as_object().map(|id| self.object(id).kind.clone()) {
            Some(Kind::Function(closure)) => closure,
            _ => return self.construct(function, arguments, None, span),
        };
        let owner = target.and_then(Abstract::as_object).or(function.as_object());
        let prototype = owner.map(|owner| self.prototype_of(owner));
        let instance = Object { prototype, at: Some((self.source, span)), ..Object::new(Kind::Plain) };
        let this = Abstract::Object(self.add_object(instance));
        match self.invoke(&closure, &this, arguments, span) {
            value @ Abstract::Object(_) => value,
            _ => this,
        }
    }

    // ---- what is not known ----

    /// Does a rule ask for this method call? Lists without a global name are the page's own business.
    fn is_asked_for(&self, object: &Abstract, key: &Atom) -> bool {
        if let Abstract::Object(id) = object
            && *id != GLOBAL
            && self.object(*id).is_array()
            && self.object(*id).path.is_none()
        {
            return false;
        }
        self.interests.may_call(key)
    }

    /// Notes a call that a rule asks for.
    fn record_call(&mut self, path: &Atom, arguments: &[Abstract], span: Span, is_new: bool) {
        if self.interests.has_call(path) {
            let kind = EventKind::Call { callee: path.as_str().into(), arguments: Vec::new(), is_new };
            self.record(kind, arguments.to_vec(), span);
        }
    }

    /// Calls what the browser brings along, or a rule describes.
    fn call_known(&mut self, path: &Atom, this: &Abstract, arguments: &[Abstract], span: Span) -> Option<Abstract> {
        builtin::call_host(self, path, arguments, span)
            .or_else(|| self.call_target(path, this, arguments, span))
            .or_else(|| self.call_stand_in(path, this, arguments, span))
    }

    /// A call of something that is not here: perhaps the browser's, else a library's, which is taken to
    /// call every function that it is handed.
    pub(super) fn call_unknown(
        &mut self,
        path: Option<Atom>,
        this: &Abstract,
        arguments: Vec<Abstract>,
        span: Span,
    ) -> Abstract {
        self.has_unknown_call = true;
        if let Some(path) = &path
            && let Some(value) = self.call_known(path, this, &arguments, span)
        {
            return value;
        }
        for argument in &arguments {
            self.hand_over(argument, this);
        }
        match path {
            Some(path) => self.unknown_path(Atom::new(format!("{path}()")), span),
            None => self.unknown(span),
        }
    }
}

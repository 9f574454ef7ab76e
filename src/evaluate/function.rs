//! Functions of the page's own, run with arguments: bounds, scopes, parameters, results.

use super::abstract_value::Abstract;
use super::assign::Binding;
use super::heap::{Closure, Code, ScopeId};
use super::machine::{Flow, GLOBAL, Machine};
use crate::script::{parse_body, text_span};
use std::rc::Rc;
use swc_atoms::atom;
use swc_common::{Span, Spanned};
use swc_ecma_ast as ast;

/// How often one function may stand on the stack, with conditions and without.
const RECURSION: usize = 40;
const UNSURE_RECURSION: usize = 2;

impl<'a> Machine<'a> {
    pub(super) fn invoke(
        &mut self,
        closure: &Rc<Closure<'a>>,
        this: &Abstract,
        arguments: Vec<Abstract>,
        span: Span,
    ) -> Abstract {
        let code = (closure.source, closure.span);
        let around = self.active.iter().filter(|active| **active == code).count();
        let is_too_deep = self.depth >= self.limits.depth
            || around >= RECURSION
            || (around >= UNSURE_RECURSION && self.conditions.facts().len() > around);
        if is_too_deep || !self.step(span) {
            return self.unknown(span);
        }
        if self.installs_polyfills(closure, &arguments) || self.redefines(closure, &arguments) {
            return Abstract::Undefined;
        }
        let may_be_barren = self.may_be_barren(&arguments);
        if may_be_barren && let Some(value) = self.barren_call(closure, this, &arguments) {
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
            self.note_call(closure, start, call, &value);
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
            Flow::Throw(_) if is_async || is_generator => Abstract::Undefined,
            Flow::Throw(_) if !exits.is_empty() => {
                self.may_throw();
                Abstract::Undefined
            }
            Flow::Throw(error) => {
                self.throw(error);
                Abstract::Undefined
            }
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
}

//! Variables: where a name is declared, and what it holds.

use super::abstract_value::Abstract;
use super::heap::{Property, Scope, ScopeId, Variables};
use super::machine::{GLOBAL, GLOBAL_SCOPE, Machine};
use super::names::Shape;
use super::trace::Slot;
use std::cell::OnceCell;
use std::rc::Rc;
use swc_atoms::Atom;
use swc_common::Span;
use swc_ecma_ast as ast;

/// What a scope takes, roughly.
const SCOPE_BYTES: usize = 120;

/// Names that a function declares for its whole body.
#[derive(Debug, Default)]
pub(super) struct Hoisted {
    pub(super) variables: Vec<Atom>,
    /// All names that the scope of a call had at its end, once there was a call.
    shape: OnceCell<Rc<Shape>>,
}

impl Hoisted {
    /// The `var` names of a body, those of inner blocks included, inner functions not.
    pub(super) fn of(statements: &[ast::Stmt]) -> Self {
        let mut hoisted = Self::default();
        hoisted.add_all(statements);
        hoisted
    }

    fn add_all(&mut self, statements: &[ast::Stmt]) {
        statements.iter().for_each(|statement| self.add(statement));
    }

    fn add(&mut self, statement: &ast::Stmt) {
        match statement {
            ast::Stmt::Decl(ast::Decl::Var(declaration)) => self.add_declaration(declaration),
            ast::Stmt::Block(block) => self.add_all(&block.stmts),
            ast::Stmt::If(choice) => {
                // An `else if` ladder is long rather than deep.
                let mut choice = choice;
                loop {
                    self.add(&choice.cons);
                    match choice.alt.as_deref() {
                        Some(ast::Stmt::If(next)) => choice = next,
                        Some(other) => break self.add(other),
                        None => break,
                    }
                }
            }
            ast::Stmt::For(each) => {
                if let Some(ast::VarDeclOrExpr::VarDecl(declaration)) = &each.init {
                    self.add_declaration(declaration);
                }
                self.add(&each.body);
            }
            ast::Stmt::ForIn(each) => {
                self.add_head(&each.left);
                self.add(&each.body);
            }
            ast::Stmt::ForOf(each) => {
                self.add_head(&each.left);
                self.add(&each.body);
            }
            ast::Stmt::While(each) => self.add(&each.body),
            ast::Stmt::DoWhile(each) => self.add(&each.body),
            ast::Stmt::Labeled(labeled) => self.add(&labeled.body),
            ast::Stmt::With(with) => self.add(&with.body),
            ast::Stmt::Switch(switch) => switch.cases.iter().for_each(|case| self.add_all(&case.cons)),
            ast::Stmt::Try(attempt) => {
                self.add_all(&attempt.block.stmts);
                attempt.handler.iter().for_each(|handler| self.add_all(&handler.body.stmts));
                attempt.finalizer.iter().for_each(|finalizer| self.add_all(&finalizer.stmts));
            }
            _ => {}
        }
    }

    fn add_head(&mut self, head: &ast::ForHead) {
        if let ast::ForHead::VarDecl(declaration) = head {
            self.add_declaration(declaration);
        }
    }

    fn add_declaration(&mut self, declaration: &ast::VarDecl) {
        if declaration.kind == ast::VarDeclKind::Var {
            declaration.decls.iter().for_each(|one| self.add_pattern(&one.name));
        }
    }

    fn add_pattern(&mut self, pattern: &ast::Pat) {
        match pattern {
            ast::Pat::Ident(name) => self.variables.push(name.id.sym.clone()),
            ast::Pat::Array(array) => array.elems.iter().flatten().for_each(|one| self.add_pattern(one)),
            ast::Pat::Rest(rest) => self.add_pattern(&rest.arg),
            ast::Pat::Assign(default) => self.add_pattern(&default.left),
            ast::Pat::Object(object) => {
                for property in &object.props {
                    match property {
                        ast::ObjectPatProp::KeyValue(pair) => self.add_pattern(&pair.value),
                        ast::ObjectPatProp::Assign(short) => self.variables.push(short.key.id.sym.clone()),
                        ast::ObjectPatProp::Rest(rest) => self.add_pattern(&rest.arg),
                    }
                }
            }
            _ => {}
        }
    }
}

impl Machine<'_> {
    pub(super) fn add_scope(&mut self, parent: ScopeId, is_function: bool) -> ScopeId {
        self.memory += SCOPE_BYTES;
        ScopeId(self.scopes.add(Scope { parent: Some(parent), variables: Variables::default(), is_function }))
    }

    /// A scope for a call. The names of its body are there from the start: each call has the same ones.
    pub(super) fn add_call_scope(&mut self, parent: ScopeId, body: &[ast::Stmt]) -> ScopeId {
        self.memory += SCOPE_BYTES;
        let known = self.hoisted.get(&(body.as_ptr() as usize)).filter(|_| !body.is_empty());
        let shape = known.and_then(|hoisted| hoisted.shape.get());
        let variables =
            shape.map_or_else(Variables::default, |shape| Variables::of_shape(Rc::clone(shape), Abstract::Undefined));
        ScopeId(self.scopes.add(Scope { parent: Some(parent), variables, is_function: true }))
    }

    /// Remembers the names of a call that has ended: parameters, variables, functions.
    pub(super) fn note_call_names(&mut self, scope: ScopeId, body: &[ast::Stmt]) {
        if body.is_empty() {
            return; // it has no place to tell it by
        }
        let shape = self.scopes.get(scope.0).variables.shape().cloned();
        if let (Some(hoisted), Some(shape)) = (self.hoisted.get(&(body.as_ptr() as usize)), shape) {
            hoisted.shape.get_or_init(|| shape);
        }
    }

    fn hoisted(&mut self, statements: &[ast::Stmt]) -> Rc<Hoisted> {
        let key = statements.as_ptr() as usize;
        Rc::clone(self.hoisted.entry(key).or_insert_with(|| Rc::new(Hoisted::of(statements))))
    }

    /// The scope that declares the name, if a function or block does, and what it holds there.
    fn find_variable(&self, scope: ScopeId, name: &Atom) -> Option<(ScopeId, &Abstract)> {
        let mut next = Some(scope);
        while let Some(at) = next {
            let here = self.scopes.get(at.0);
            if let Some(value) = here.variables.get(name) {
                return Some((at, value));
            }
            next = here.parent;
        }
        None
    }

    fn find_scope(&self, scope: ScopeId, name: &Atom) -> Option<ScopeId> {
        self.find_variable(scope, name).map(|(at, _)| at)
    }

    pub(super) fn read_variable(&mut self, scope: ScopeId, name: &Atom, span: Span) -> Abstract {
        let (at, value) = match self.find_variable(scope, name) {
            Some((at, value)) => {
                let value = value.clone();
                let value = self.narrow(value);
                (at, self.ready(value))
            }
            None => (GLOBAL_SCOPE, self.read_global(name, span)),
        };
        self.trace_read(|| Slot::Variable(at, name.clone()), span, &value);
        value
    }

    /// The scope that a name is written to: the global one where nothing declares it.
    pub(super) fn scope_of(&self, scope: ScopeId, name: &Atom) -> ScopeId {
        self.find_scope(scope, name).unwrap_or(GLOBAL_SCOPE)
    }

    /// Is the name one of a function or block, rather than of the global object?
    pub(super) fn is_local(&self, scope: ScopeId, name: &Atom) -> bool {
        self.find_scope(scope, name).is_some_and(|at| at != GLOBAL_SCOPE)
    }

    pub(super) fn write_variable(&mut self, scope: ScopeId, name: &Atom, value: Abstract) {
        match self.find_scope(scope, name) {
            Some(at) => {
                self.scopes.write(at.0).variables.insert(name, value);
            }
            None => self.write_global(name, value),
        }
    }

    pub(super) fn write_global(&mut self, name: &Atom, value: Abstract) {
        self.name_value(&value, name);
        self.object_mut(GLOBAL).properties.insert(name, Property::Value(value));
    }

    /// An object that is stored under a global name bears that name from then on.
    pub(super) fn name_value(&mut self, value: &Abstract, path: &Atom) {
        let Abstract::Object(id) = value else { return };
        if *id != GLOBAL && self.object(*id).path.is_none() && path.len() <= 160 {
            self.object_mut(*id).path = Some(path.clone());
        }
    }

    /// Declares a name in this very scope; at the top, `var` and functions become members of the global object.
    pub(super) fn declare(&mut self, scope: ScopeId, name: &Atom, value: Abstract, is_lexical: bool) {
        if scope == GLOBAL_SCOPE {
            self.name_value(&value, name);
            if !is_lexical {
                return self.write_global(name, value);
            }
        }
        self.scopes.write(scope.0).variables.insert(name, value);
    }

    /// The scope in which `var` declarations of this place land.
    pub(super) fn function_scope(&self, scope: ScopeId) -> ScopeId {
        let mut at = scope;
        while !self.scopes.get(at.0).is_function {
            match self.scopes.get(at.0).parent {
                Some(parent) => at = parent,
                None => break,
            }
        }
        at
    }

    /// Makes the `var` names of a body known, undefined where they are new.
    pub(super) fn hoist_variables(&mut self, scope: ScopeId, statements: &[ast::Stmt]) {
        let hoisted = self.hoisted(statements);
        for name in &hoisted.variables {
            if scope == GLOBAL_SCOPE {
                continue; // a global that was never assigned may be a library's
            }
            if !self.scopes.get(scope.0).variables.contains_key(name) {
                self.declare(scope, name, Abstract::Undefined, false);
            }
        }
    }
}

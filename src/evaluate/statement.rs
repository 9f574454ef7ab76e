//! Statements: in order, both ways where a condition is not known.

use super::abstract_value::Abstract;
use super::assign::Binding;
use super::condition::ConditionId;
use super::heap::{Code, ScopeId};
use super::machine::{Flow, GLOBAL_SCOPE, Machine};
use swc_common::Spanned;
use swc_ecma_ast as ast;
use swc_ecma_ast::Stmt;

impl<'a> Machine<'a> {
    /// Runs the body of a function or script: names first, then statements.
    pub(super) fn body(&mut self, statements: &'a [Stmt], scope: ScopeId) -> Flow {
        self.hoist_variables(scope, statements);
        self.hoist_functions(statements, scope);
        self.statements(statements, scope)
    }

    /// Runs a block; it gets a scope of its own if it declares something.
    pub(super) fn block(&mut self, statements: &'a [Stmt], scope: ScopeId) -> Flow {
        let is_lexical = |statement: &Stmt| match statement {
            Stmt::Decl(ast::Decl::Var(declaration)) => declaration.kind != ast::VarDeclKind::Var,
            Stmt::Decl(ast::Decl::Class(_) | ast::Decl::Using(_)) => true,
            _ => false,
        };
        let scope = if statements.iter().any(is_lexical) { self.add_scope(scope, false) } else { scope };
        self.hoist_functions(statements, scope);
        self.statements(statements, scope)
    }

    fn hoist_functions(&mut self, statements: &'a [Stmt], scope: ScopeId) {
        for statement in statements {
            if let Stmt::Decl(ast::Decl::Fn(declaration)) = statement {
                let name = &declaration.ident.sym;
                let code = Code::Function(&declaration.function);
                let value = self.function(code, declaration.function.span, scope, None);
                let target = self.function_scope(scope);
                self.declare(target, name, value, false);
            }
        }
    }

    fn statements(&mut self, statements: &'a [Stmt], scope: ScopeId) -> Flow {
        for statement in statements {
            match self.statement(statement, scope) {
                Flow::Normal => {}
                left => return left,
            }
        }
        Flow::Normal
    }

    pub(super) fn statement(&mut self, statement: &'a Stmt, scope: ScopeId) -> Flow {
        if !self.step(statement.span()) {
            return Flow::Normal;
        }
        let flow = if self.is_throwing() { Flow::Normal } else { self.statement_here(statement, scope) };
        self.thrown_or(flow)
    }

    fn statement_here(&mut self, statement: &'a Stmt, scope: ScopeId) -> Flow {
        match statement {
            Stmt::Expr(expression) => {
                self.expression(&expression.expr, scope);
                Flow::Normal
            }
            Stmt::Decl(declaration) => {
                self.declaration(declaration, scope);
                Flow::Normal
            }
            Stmt::Return(give) => {
                let value = give.arg.as_ref().map_or(Abstract::Undefined, |value| self.expression(value, scope));
                Flow::Return(value)
            }
            Stmt::If(choice) => self.if_statement(choice, scope),
            Stmt::Block(block) => self.block(&block.stmts, scope),
            Stmt::For(each) => self.for_statement(each, scope, None),
            Stmt::ForIn(each) => self.for_in(each, scope, None),
            Stmt::ForOf(each) => self.for_of(each, scope, None),
            Stmt::While(each) => self.while_statement(&each.test, &each.body, scope, None, false),
            Stmt::DoWhile(each) => self.while_statement(&each.test, &each.body, scope, None, true),
            Stmt::Switch(switch) => self.switch(switch, scope),
            Stmt::Try(attempt) => self.try_statement(attempt, scope),
            Stmt::Throw(throw) => Flow::Throw(self.expression(&throw.arg, scope)),
            Stmt::Break(leave) => Flow::Break(leave.label.as_ref().map(|label| label.sym.clone())),
            Stmt::Continue(leave) => Flow::Continue(leave.label.as_ref().map(|label| label.sym.clone())),
            Stmt::Labeled(labeled) => self.labeled(labeled, scope),
            Stmt::With(with) => self.statement(&with.body, scope),
            _ => Flow::Normal,
        }
    }

    fn declaration(&mut self, declaration: &'a ast::Decl, scope: ScopeId) {
        match declaration {
            ast::Decl::Var(declaration) => self.variables(declaration, scope),
            ast::Decl::Class(declaration) => {
                let name = &declaration.ident.sym;
                let value = self.class(&declaration.class, Some(name.clone()), scope);
                self.declare(scope, name, value, true);
            }
            _ => {}
        }
    }

    pub(super) fn variables(&mut self, declaration: &'a ast::VarDecl, scope: ScopeId) {
        let is_var = declaration.kind == ast::VarDeclKind::Var;
        let binding = if is_var { Binding::Variable } else { Binding::Lexical };
        for one in &declaration.decls {
            match &one.init {
                Some(value) => {
                    let is_name = matches!(one.name, ast::Pat::Ident(_));
                    let value = if is_name { self.stored_value(value, scope) } else { self.expression(value, scope) };
                    if self.is_throwing() {
                        return;
                    }
                    self.trace_declaration(one.span);
                    self.bind(&one.name, &value, scope, binding);
                }
                None if !is_var => self.bind(&one.name, &Abstract::Undefined, scope, binding),
                None => {}
            }
        }
    }

    // ---- choices ----

    fn if_statement(&mut self, choice: &'a ast::IfStmt, scope: ScopeId) -> Flow {
        // An `else if` ladder is long rather than deep where its conditions are known.
        let mut choice = choice;
        loop {
            let test = self.expression(&choice.test, scope);
            if self.is_throwing() {
                return Flow::Normal;
            }
            match self.truth(&test, &choice.test, scope) {
                Ok(true) => {
                    if let Some(other) = &choice.alt {
                        self.glance_at(other, scope);
                    }
                    return self.statement(&choice.cons, scope);
                }
                Ok(false) => {
                    self.glance_at(&choice.cons, scope);
                    match choice.alt.as_deref() {
                        Some(Stmt::If(next)) => choice = next,
                        Some(other) => return self.statement(other, scope),
                        None => return Flow::Normal,
                    }
                }
                Err(when) => {
                    let other = |m: &mut Self| choice.alt.as_ref().map_or(Flow::Normal, |other| m.nested(other, scope));
                    return self.either_flow(when, |m| m.nested(&choice.cons, scope), other);
                }
            }
        }
    }

    /// A statement on a stack that is large enough.
    pub(super) fn nested(&mut self, statement: &'a Stmt, scope: ScopeId) -> Flow {
        stacker::maybe_grow(128 << 10, 2 << 20, || self.statement(statement, scope))
    }

    /// Looks into a branch that does not run, where it names a bidder.
    fn glance_at(&mut self, statement: &'a Stmt, scope: ScopeId) {
        if self.has_anchor(self.source, statement.span()) && self.glanced.insert((self.source, statement.span())) {
            self.as_declared(|machine| machine.nested(statement, scope));
        }
    }

    fn switch(&mut self, switch: &'a ast::SwitchStmt, scope: ScopeId) -> Flow {
        let value = self.expression(&switch.discriminant, scope);
        let place = Some((self.source, switch.span));
        if matches!(value, Abstract::Unknown(_)) {
            self.lost_switch = place;
        } else if self.lost_switch == place {
            self.lost_switch = None;
        }
        let scope = self.add_scope(scope, false);
        for case in &switch.cases {
            self.hoist_functions(&case.cons, scope);
        }
        self.switch_from(switch, 0, &value, scope)
    }

    fn switch_from(&mut self, switch: &'a ast::SwitchStmt, from: usize, value: &Abstract, scope: ScopeId) -> Flow {
        for (at, case) in switch.cases.iter().enumerate().skip(from) {
            let Some(test) = &case.test else { continue };
            let label = self.expression(test, scope);
            let is_same = self.operate(ast::BinaryOp::EqEqEq, value, &label, test.span());
            match super::operator::is_truthy(&is_same) {
                Some(true) => return self.cases(switch, at, scope),
                Some(false) => case.cons.iter().for_each(|statement| self.glance_at(statement, scope)),
                None => {
                    let when = self.case_condition(switch, test, &is_same);
                    if self.conditions.is_ruled_out(when) {
                        continue;
                    }
                    let yes = |m: &mut Self| m.cases(switch, at, scope);
                    return self.either_flow(when, yes, |m| m.switch_from(switch, at + 1, value, scope));
                }
            }
        }
        match switch.cases.iter().position(|case| case.test.is_none()) {
            Some(at) => self.cases(switch, at, scope),
            None => {
                self.lost_switch = Some((self.source, switch.span));
                Flow::Normal
            }
        }
    }

    fn case_condition(&mut self, switch: &ast::SwitchStmt, test: &ast::Expr, is_same: &Abstract) -> ConditionId {
        if let Abstract::Any(choices) = is_same
            && let Some(when) =
                self.condition_of_choices(&choices.clone(), |_, choice| super::operator::is_truthy(choice))
        {
            return when;
        }
        let text = |span| super::export::cut(self.source_text(self.source, span), 90);
        let text = format!("{} === {}", text(switch.discriminant.span()), text(test.span()));
        let call = if self.conditions.facts().is_empty() { 0 } else { self.call };
        self.conditions.source(text.into(), call)
    }

    /// Runs the cases from one on, until something leaves the switch.
    fn cases(&mut self, switch: &'a ast::SwitchStmt, from: usize, scope: ScopeId) -> Flow {
        let facts = self.open_frame();
        let mut flow = Flow::Normal;
        for case in &switch.cases[from..] {
            flow = self.statements(&case.cons, scope);
            if !matches!(flow, Flow::Normal) {
                break;
            }
        }
        self.close_frame(facts, |flow| matches!(flow, Flow::Break(None)));
        if matches!(flow, Flow::Break(None)) { Flow::Normal } else { flow }
    }

    fn try_statement(&mut self, attempt: &'a ast::TryStmt, scope: ScopeId) -> Flow {
        let (flow, may_throw) = self.attempt(|m| m.block(&attempt.block.stmts, scope));
        let flow = match (&attempt.handler, flow) {
            (Some(handler), Flow::Throw(error)) => self.handler(handler, &error, scope),
            (Some(handler), flow) if may_throw => {
                let error = self.unknown(handler.span);
                // The attempt is taken to succeed; what the handler would do is possible as well.
                let handled = self.either_flow(
                    ConditionId::MAYBE,
                    |m| match m.handler(handler, &error, scope) {
                        Flow::Throw(_) => Flow::Normal,
                        flow => flow,
                    },
                    |_| Flow::Normal,
                );
                if matches!(flow, Flow::Normal) { handled } else { flow }
            }
            (None, Flow::Throw(_)) if attempt.finalizer.is_none() => Flow::Normal,
            (_, flow) => flow,
        };
        match &attempt.finalizer {
            Some(finalizer) => match self.block(&finalizer.stmts, scope) {
                Flow::Normal => flow,
                left => left,
            },
            None => flow,
        }
    }

    fn handler(&mut self, handler: &'a ast::CatchClause, error: &Abstract, scope: ScopeId) -> Flow {
        let scope = self.add_scope(scope, false);
        if let Some(pattern) = &handler.param {
            self.bind(pattern, error, scope, Binding::Lexical);
        }
        self.block(&handler.body.stmts, scope)
    }

    /// An element that is there under a condition only: the condition, and what is there then.
    pub(super) fn split_absent(&mut self, element: &Abstract) -> Option<(ConditionId, Abstract)> {
        let Abstract::Any(choices) = element else { return None };
        let absent = choices.iter().find(|choice| matches!(choice.value, Abstract::Absent))?.when;
        let present = choices.iter().filter(|choice| !matches!(choice.value, Abstract::Absent)).cloned().collect();
        let when = self.conditions.not(absent);
        Some((when, self.any(present)))
    }

    /// Runs something for what it would declare, without its effects.
    pub(super) fn as_declared<R>(&mut self, body: impl FnOnce(&mut Self) -> R) -> R {
        let evidence = self.evidence;
        self.evidence = evidence.max(crate::base::Evidence::Declared);
        let facts = self.conditions.set_aside();
        self.frames.push(super::machine::Frame::default());
        self.trials += 1;
        let result = self.on_trial(body);
        self.trials -= 1;
        self.frames.pop();
        self.conditions.restore(facts);
        self.evidence = evidence;
        result
    }

    /// The scope of top-level code.
    pub(super) fn top(&self) -> ScopeId {
        GLOBAL_SCOPE
    }
}

//! Statements: in order, both ways where a condition is not known.

use super::abstract_value::Abstract;
use super::assign::Binding;
use super::condition::ConditionId;
use super::heap::{Code, ScopeId};
use super::machine::{Flow, GLOBAL_SCOPE, Machine};
use swc_atoms::Atom;
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

    fn variables(&mut self, declaration: &'a ast::VarDecl, scope: ScopeId) {
        let is_var = declaration.kind == ast::VarDeclKind::Var;
        let binding = if is_var { Binding::Variable } else { Binding::Lexical };
        for one in &declaration.decls {
            match &one.init {
                Some(value) => {
                    let value = self.expression(value, scope);
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
    fn nested(&mut self, statement: &'a Stmt, scope: ScopeId) -> Flow {
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
                    if self.conditions.is_excluded(when, &self.facts) {
                        continue;
                    }
                    let yes = |m: &mut Self| m.cases(switch, at, scope);
                    return self.either_flow(when, yes, |m| m.switch_from(switch, at + 1, value, scope));
                }
            }
        }
        match switch.cases.iter().position(|case| case.test.is_none()) {
            Some(at) => self.cases(switch, at, scope),
            None => Flow::Normal,
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
        let call = if self.facts.is_empty() { 0 } else { self.call };
        self.conditions.source(&text, call)
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
        let before = std::mem::take(&mut self.has_unknown_call);
        let flow = self.block(&attempt.block.stmts, scope);
        let may_throw = self.has_unknown_call;
        self.has_unknown_call |= before;
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

    fn labeled(&mut self, labeled: &'a ast::LabeledStmt, scope: ScopeId) -> Flow {
        let label = Some(&labeled.label.sym);
        match &*labeled.body {
            Stmt::For(each) => self.for_statement(each, scope, label),
            Stmt::ForIn(each) => self.for_in(each, scope, label),
            Stmt::ForOf(each) => self.for_of(each, scope, label),
            Stmt::While(each) => self.while_statement(&each.test, &each.body, scope, label, false),
            Stmt::DoWhile(each) => self.while_statement(&each.test, &each.body, scope, label, true),
            other => {
                let facts = self.open_frame();
                let flow = self.statement(other, scope);
                self.close_frame(facts, |flow| is_for(flow, label));
                if is_for(&flow, label) && matches!(flow, Flow::Break(_)) { Flow::Normal } else { flow }
            }
        }
    }

    // ---- loops ----

    fn for_statement(&mut self, each: &'a ast::ForStmt, scope: ScopeId, label: Option<&Atom>) -> Flow {
        let mut scope = scope;
        let mut is_lexical = false;
        match &each.init {
            Some(ast::VarDeclOrExpr::VarDecl(declaration)) => {
                is_lexical = declaration.kind != ast::VarDeclKind::Var;
                if is_lexical {
                    scope = self.add_scope(scope, false);
                }
                self.variables(declaration, scope);
            }
            Some(ast::VarDeclOrExpr::Expr(expression)) => {
                self.expression(expression, scope);
            }
            None => {}
        }
        let facts = self.open_frame();
        let flow = self.for_rounds(each, scope, is_lexical, label);
        self.close_frame(facts, |flow| is_break_for(flow, label));
        flow
    }

    fn for_rounds(&mut self, each: &'a ast::ForStmt, scope: ScopeId, is_lexical: bool, label: Option<&Atom>) -> Flow {
        let (mut scope, start) = (scope, self.start());
        for round in 0.. {
            if is_lexical && round > 0 {
                scope = self.copy_scope(scope); // closures made in a round keep the round's variables
            }
            if !self.may_go_on(round, start, each.span) {
                break;
            }
            match each.test.as_ref().map_or(Ok(true), |test| self.test(test, scope)) {
                Ok(false) => break,
                Ok(true) => {}
                Err(when) => {
                    let flow = self.either_flow(when, |m| m.round(&each.body, scope, label).flow(), |_| Flow::Normal);
                    return flow;
                }
            }
            match self.round(&each.body, scope, label) {
                Round::Next => {}
                Round::Stop => break,
                Round::Leave(flow) => return flow,
            }
            if is_lexical {
                scope = self.copy_scope(scope);
            }
            if let Some(update) = &each.update {
                self.expression(update, scope);
            }
            if each.test.is_none() && each.update.is_none() && round > 1_000 {
                break;
            }
        }
        Flow::Normal
    }

    fn copy_scope(&mut self, scope: ScopeId) -> ScopeId {
        let copy = self.scopes.get(scope.0).clone();
        self.memory += 120;
        ScopeId(self.scopes.add(copy))
    }

    fn test(&mut self, test: &'a ast::Expr, scope: ScopeId) -> Result<bool, ConditionId> {
        let value = self.expression(test, scope);
        // What was assumed about the text of a test says nothing about its next round.
        let facts = std::mem::take(&mut self.facts);
        let truth = self.truth(&value, test, scope);
        self.facts = facts;
        truth
    }

    fn while_statement(
        &mut self,
        test: &'a ast::Expr,
        body: &'a Stmt,
        scope: ScopeId,
        label: Option<&Atom>,
        is_do: bool,
    ) -> Flow {
        let facts = self.open_frame();
        let flow = self.while_rounds(test, body, scope, label, is_do);
        self.close_frame(facts, |flow| is_break_for(flow, label));
        flow
    }

    fn while_rounds(
        &mut self,
        test: &'a ast::Expr,
        body: &'a Stmt,
        scope: ScopeId,
        label: Option<&Atom>,
        is_do: bool,
    ) -> Flow {
        let (mut is_first, start) = (is_do, self.start());
        for round in 0.. {
            if !self.may_go_on(round, start, body.span()) {
                break;
            }
            if !std::mem::take(&mut is_first) {
                match self.test(test, scope) {
                    Ok(true) => {}
                    Ok(false) => break,
                    // A second round of a `do` loop adds nothing; a `while` body is taken once.
                    Err(_) if is_do => break,
                    Err(when) => {
                        return self.either_flow(when, |m| m.round(body, scope, label).flow(), |_| Flow::Normal);
                    }
                }
            }
            match self.round(body, scope, label) {
                Round::Next => {}
                Round::Stop => break,
                Round::Leave(flow) => return flow,
            }
        }
        Flow::Normal
    }

    /// Runs a loop's body once.
    fn round(&mut self, body: &'a Stmt, scope: ScopeId, label: Option<&Atom>) -> Round {
        let facts = self.open_frame();
        // The same text may mean something else in the next round.
        self.calls += 1;
        let call = std::mem::replace(&mut self.call, self.calls);
        let flow = self.nested(body, scope);
        self.call = call;
        self.close_frame(facts, |flow| matches!(flow, Flow::Continue(_)) && is_for(flow, label));
        match flow {
            Flow::Normal => Round::Next,
            Flow::Continue(_) if is_for(&flow, label) => Round::Next,
            Flow::Break(_) if is_for(&flow, label) => Round::Stop,
            flow => Round::Leave(flow),
        }
    }

    fn for_in(&mut self, each: &'a ast::ForInStmt, scope: ScopeId, label: Option<&Atom>) -> Flow {
        let object = self.expression(&each.right, scope);
        self.for_choices(&object, |m, object| {
            let names = m.names_in(object);
            m.for_each(&each.left, names, &each.body, scope, label, each.right.span())
        })
    }

    /// Runs a loop over a value; where it is one of several, over each under its condition.
    fn for_choices(&mut self, value: &Abstract, mut run: impl FnMut(&mut Self, &Abstract) -> Flow) -> Flow {
        let Abstract::Any(choices) = value else { return run(self, value) };
        for choice in choices.iter() {
            match self.either_flow(choice.when, |m| run(m, &choice.value), |_| Flow::Normal) {
                Flow::Normal => {}
                left => return left,
            }
        }
        Flow::Normal
    }

    /// The names that `for … in` goes through; `None` where these are not known.
    fn names_in(&self, object: &Abstract) -> Option<Vec<Abstract>> {
        match object {
            Abstract::Object(id) if *id != super::machine::GLOBAL => {
                Some(self.keys(*id).into_iter().map(Abstract::String).collect())
            }
            Abstract::Undefined | Abstract::Null => Some(Vec::new()),
            _ => None,
        }
    }

    fn for_of(&mut self, each: &'a ast::ForOfStmt, scope: ScopeId, label: Option<&Atom>) -> Flow {
        let list = self.expression(&each.right, scope);
        self.for_choices(&list, |m, list| {
            let elements = m.iterate(list);
            m.for_each(&each.left, elements, &each.body, scope, label, each.right.span())
        })
    }

    fn for_each(
        &mut self,
        head: &'a ast::ForHead,
        elements: Option<Vec<Abstract>>,
        body: &'a Stmt,
        scope: ScopeId,
        label: Option<&Atom>,
        span: swc_common::Span,
    ) -> Flow {
        let elements = elements.unwrap_or_else(|| vec![self.unknown(span)]);
        let facts = self.open_frame();
        let mut flow = Flow::Normal;
        for element in elements {
            if self.cut {
                break;
            }
            let step = |m: &mut Self, element: &Abstract| {
                let scope = m.bind_head(head, element, scope);
                m.round(body, scope, label)
            };
            let round = match self.split_absent(&element) {
                Some((when, present)) => {
                    Round::from(self.either_flow(when, |m| step(m, &present).flow(), |_| Flow::Normal))
                }
                None => step(self, &element),
            };
            match round {
                Round::Next => {}
                Round::Stop => break,
                Round::Leave(left) => {
                    flow = left;
                    break;
                }
            }
        }
        self.close_frame(facts, |flow| is_break_for(flow, label));
        flow
    }

    fn bind_head(&mut self, head: &'a ast::ForHead, value: &Abstract, scope: ScopeId) -> ScopeId {
        match head {
            ast::ForHead::VarDecl(declaration) => {
                let is_var = declaration.kind == ast::VarDeclKind::Var;
                let (scope, binding) =
                    if is_var { (scope, Binding::Variable) } else { (self.add_scope(scope, false), Binding::Lexical) };
                if let Some(one) = declaration.decls.first() {
                    self.bind(&one.name, value, scope, binding);
                }
                scope
            }
            ast::ForHead::Pat(pattern) => {
                self.bind(pattern, value, scope, Binding::Assignment);
                scope
            }
            ast::ForHead::UsingDecl(_) => scope,
        }
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
        let facts = std::mem::take(&mut self.facts);
        self.frames.push(super::machine::Frame::default());
        let result = self.on_trial(body);
        self.frames.pop();
        self.facts = facts;
        self.evidence = evidence;
        result
    }

    /// The scope of top-level code.
    pub(super) fn top(&self) -> ScopeId {
        GLOBAL_SCOPE
    }
}

/// How a round of a loop ended.
enum Round {
    Next,
    Stop,
    Leave(Flow),
}

impl Round {
    fn flow(self) -> Flow {
        match self {
            Self::Next => Flow::Normal,
            Self::Stop => Flow::Break(None),
            Self::Leave(flow) => flow,
        }
    }
}

impl From<Flow> for Round {
    fn from(flow: Flow) -> Self {
        match flow {
            Flow::Normal => Self::Next,
            Flow::Break(None) => Self::Stop,
            left => Self::Leave(left),
        }
    }
}

/// Does a break or continue mean the loop with this label?
fn is_for(flow: &Flow, label: Option<&Atom>) -> bool {
    match flow {
        Flow::Break(target) | Flow::Continue(target) => target.is_none() || target.as_ref() == label,
        _ => false,
    }
}

fn is_break_for(flow: &Flow, label: Option<&Atom>) -> bool {
    matches!(flow, Flow::Break(_)) && is_for(flow, label)
}

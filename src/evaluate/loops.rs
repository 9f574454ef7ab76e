//! Loops: over what is known round by round, over what is not known once.

use super::abstract_value::Abstract;
use super::assign::Binding;
use super::condition::ConditionId;
use super::effort::Start;
use super::heap::ScopeId;
use super::machine::{Flow, Machine};
use super::operator::is_truthy;
use swc_atoms::Atom;
use swc_common::Spanned;
use swc_ecma_ast as ast;
use swc_ecma_ast::Stmt;

/// Places at which one loop may end that are followed.
const ENDS: usize = 12;

impl<'a> Machine<'a> {
    pub(super) fn labeled(&mut self, labeled: &'a ast::LabeledStmt, scope: ScopeId) -> Flow {
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

    pub(super) fn for_statement(&mut self, each: &'a ast::ForStmt, scope: ScopeId, label: Option<&Atom>) -> Flow {
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
        let begun = Begun { start: self.start(), rounds: 0, ends: 0 };
        let flow = self.for_rounds(each, scope, is_lexical, label, begun);
        self.close_frame(facts, |flow| is_break_for(flow, label));
        flow
    }

    fn for_rounds(
        &mut self,
        each: &'a ast::ForStmt,
        scope: ScopeId,
        is_lexical: bool,
        label: Option<&Atom>,
        begun: Begun,
    ) -> Flow {
        let (mut scope, start) = (scope, begun.start);
        for round in 0.. {
            if is_lexical && round > 0 {
                scope = self.copy_scope(scope); // closures made in a round keep the round's variables
            }
            if !self.may_go_on(begun.rounds + round, start, each.span) {
                if self.is_sure_since(start) {
                    self.forget_written([each.test.as_deref(), each.update.as_deref()], &each.body, scope, each.span);
                }
                break;
            }
            match each.test.as_ref().map_or(Ok(true), |test| self.test(test, scope)) {
                Ok(false) => break,
                Ok(true) => {}
                Err(MayEnd { when, goes_on }) => {
                    let rest = |m: &mut Self| match m.round(&each.body, scope, label) {
                        Round::Next if goes_on && begun.ends < ENDS => {
                            let scope = if is_lexical { m.copy_scope(scope) } else { scope };
                            if let Some(update) = &each.update {
                                m.expression(update, scope);
                            }
                            m.for_rounds(each, scope, is_lexical, label, begun.after(round))
                        }
                        left => left.flow(),
                    };
                    return self.either_flow(when, rest, |_| Flow::Normal);
                }
            }
            match self.round(&each.body, scope, label) {
                Round::Next if each.test.is_none() && self.has_lost_state(&each.body) => break,
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

    fn test(&mut self, test: &'a ast::Expr, scope: ScopeId) -> Result<bool, MayEnd> {
        let outer = self.loop_test.replace(test.span());
        let value = self.expression(test, scope);
        self.loop_test = outer;
        // One of several numbers of rounds: the conditions are those of the values.
        if let Abstract::Any(choices) = &value
            && choices.iter().all(|choice| is_truthy(&choice.value).is_some())
        {
            return self
                .truth(&value, test, scope)
                .map_err(|when| MayEnd { when, goes_on: when != ConditionId::MAYBE });
        }
        // What was assumed about the text of a test says nothing about its next round.
        let facts = self.conditions.set_aside();
        let truth = self.truth(&value, test, scope);
        self.conditions.restore(facts);
        truth.map_err(|when| MayEnd { when, goes_on: false })
    }

    pub(super) fn while_statement(
        &mut self,
        test: &'a ast::Expr,
        body: &'a Stmt,
        scope: ScopeId,
        label: Option<&Atom>,
        is_do: bool,
    ) -> Flow {
        let facts = self.open_frame();
        let begun = Begun { start: self.start(), rounds: 0, ends: 0 };
        let flow = self.while_rounds(test, body, scope, label, is_do, begun);
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
        begun: Begun,
    ) -> Flow {
        let (mut is_first, start) = (is_do && begun.ends == 0, begun.start);
        for round in 0.. {
            if !self.may_go_on(begun.rounds + round, start, body.span()) {
                if self.is_sure_since(start) {
                    self.forget_written([Some(test), None], body, scope, body.span());
                }
                break;
            }
            if !std::mem::take(&mut is_first) {
                match self.test(test, scope) {
                    Ok(true) => {}
                    Ok(false) => break,
                    // A second round of a `do` loop adds nothing; a `while` body is taken once.
                    Err(end) if is_do && !end.goes_on => break,
                    Err(MayEnd { when, goes_on }) => {
                        let rest = |m: &mut Self| match m.round(body, scope, label) {
                            Round::Next if goes_on && begun.ends < ENDS => {
                                m.while_rounds(test, body, scope, label, is_do, begun.after(round))
                            }
                            round => round.flow(),
                        };
                        return self.either_flow(when, rest, |_| Flow::Normal);
                    }
                }
            }
            match self.round(body, scope, label) {
                Round::Next if test.is_lit() && self.has_lost_state(body) => break,
                Round::Next => {}
                Round::Stop => break,
                Round::Leave(flow) => return flow,
            }
        }
        Flow::Normal
    }

    /// `while (1) switch (context.next) …`: a compiled generator whose state is not known takes all its steps in one round, and
    /// one in a state that it does not have takes none.
    fn has_lost_state(&self, body: &Stmt) -> bool {
        matches!(body, Stmt::Switch(switch) if self.lost_switch == Some((self.source, switch.span)))
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

    pub(super) fn for_in(&mut self, each: &'a ast::ForInStmt, scope: ScopeId, label: Option<&Atom>) -> Flow {
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
                Some(self.inherited_keys(*id).into_iter().map(Abstract::String).collect())
            }
            Abstract::Undefined | Abstract::Null => Some(Vec::new()),
            _ => None,
        }
    }

    pub(super) fn for_of(&mut self, each: &'a ast::ForOfStmt, scope: ScopeId, label: Option<&Atom>) -> Flow {
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
}

/// What of a loop has run when its rest begins.
#[derive(Clone, Copy)]
struct Begun {
    start: Start,
    rounds: usize,
    /// Places at which it may have ended.
    ends: usize,
}

impl Begun {
    fn after(self, rounds: usize) -> Self {
        Self { rounds: self.rounds + rounds + 1, ends: self.ends + 1, ..self }
    }
}

/// A loop may end here, or have another round under a condition.
struct MayEnd {
    when: ConditionId,
    /// The condition is about values that are known, so that the rounds after it can be followed as well.
    goes_on: bool,
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

//! What a script does, statement by statement, as a flat list of facts in the order of their places.
//!
//! In: the statements. Out: [`Facts`]: calls, assignments, declarations, reads, ways out. What a statement does is what
//! stands between its first and its last byte: a question that binary search answers. Linear in the script.

use super::chain::{Chain, Given, Root, chain_of, given, target_chain};
use super::names::{BindingId, Names, names_in};
use crate::script::text_span;
use rustc_hash::{FxHashMap, FxHashSet};
use swc_atoms::{Atom, atom};
use swc_common::{Span, Spanned};
use swc_ecma_ast as ast;
use swc_ecma_visit::{Visit, VisitWith};

/// One thing that code does, between two bytes of the script.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    pub start: u32,
    pub end: u32,
    pub kind: FactKind,
}

/// The kinds of facts.
#[derive(Clone, Debug)]
pub(super) enum FactKind {
    /// A call or `new`.
    Call(Call),
    /// Something is stored in what a chain names; what names it ends there.
    Assign { target: Option<Chain>, given: Given, target_end: u32 },
    /// A binding gets a value where it is declared, or as the parameter of a function that is called in place.
    Init { binding: BindingId, given: Given },
    /// A name is declared here.
    Declare { binding: BindingId },
    /// A binding is read; the member that is asked of it, if one is.
    Read { binding: BindingId, member: Option<Atom> },
    /// A `return`, `break` or `continue`: out of what starts just before there; 0: out of the script.
    Leave { to: u32 },
    /// Something of which nothing can be told.
    Unknown,
}

/// A call.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// What is called.
    pub callee: Option<Chain>,
    /// A function that stands right there: what it does stands among the facts.
    pub is_in_place: bool,
    pub is_new: bool,
    pub arguments: Vec<Given>,
}

/// All facts of a script.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// In order of their start, the wider first.
    pub all: Vec<Fact>,
    /// The end of each function, by its start.
    pub functions: FxHashMap<u32, u32>,
    /// Functions that are called where they stand.
    pub called_in_place: FxHashSet<u32>,
    /// The parameters of each function, by its start.
    pub parameters: FxHashMap<u32, Vec<BindingId>>,
}

impl Facts {
    /// Looks through a script.
    pub fn of(statements: &[ast::Stmt], names: &Names) -> Self {
        let mut collect = Collect { names, facts: Self::default(), functions: Vec::new(), ways_out: Vec::new() };
        statements.iter().for_each(|statement| collect.visit_stmt(statement));
        let mut facts = collect.facts;
        facts.all.sort_by_key(|fact| (fact.start, std::cmp::Reverse(fact.end)));
        facts
    }

    /// The indexes of the facts that start between two places.
    pub fn within(&self, start: u32, end: u32) -> std::ops::Range<usize> {
        let from = self.all.partition_point(|fact| fact.start < start);
        let to = self.all.partition_point(|fact| fact.start < end);
        from..to.max(from)
    }
}

struct WayOut {
    start: u32,
    label: Option<Atom>,
    is_loop: bool,
    is_switch: bool,
}

struct Collect<'n> {
    names: &'n Names,
    facts: Facts,
    /// Starts of the functions around.
    functions: Vec<u32>,
    ways_out: Vec<WayOut>,
}

impl Collect<'_> {
    fn push(&mut self, span: Span, kind: FactKind) {
        let span = text_span(span);
        self.facts.all.push(Fact { start: span.start, end: span.end, kind });
    }

    fn in_function(&mut self, span: Span, inside: impl FnOnce(&mut Self)) {
        let span = text_span(span);
        self.facts.functions.insert(span.start, span.end);
        self.functions.push(span.start);
        let around = std::mem::take(&mut self.ways_out);
        inside(self);
        self.ways_out = around;
        self.functions.pop();
    }

    fn note_parameters<'p>(&mut self, span: Span, parameters: impl Iterator<Item = &'p ast::Pat>) {
        let mut bound = Vec::new();
        for parameter in parameters {
            names_in(parameter, &mut |name| bound.extend(self.names.binding(name)));
        }
        if !bound.is_empty() {
            self.facts.parameters.insert(text_span(span).start, bound);
        }
    }

    fn breakable(&mut self, span: Span, is_loop: bool, inside: impl FnOnce(&mut Self)) {
        let start = text_span(span).start;
        self.ways_out.push(WayOut { start, label: None, is_loop, is_switch: !is_loop });
        inside(self);
        self.ways_out.pop();
    }

    fn leave(&mut self, span: Span, label: Option<&ast::Ident>, needs_loop: bool) {
        let found = self.ways_out.iter().rev().find(|way| match label {
            Some(label) => way.label.as_ref() == Some(&label.sym),
            None => way.is_loop || way.is_switch && !needs_loop,
        });
        let to = found.map_or(0, |way| way.start + 1);
        self.push(span, FactKind::Leave { to });
    }

    fn read(&mut self, identifier: &ast::Ident, member: Option<Atom>) {
        if let Some(binding) = self.names.binding(identifier) {
            self.push(identifier.span, FactKind::Read { binding, member });
        }
    }

    fn arguments(&self, arguments: &[ast::ExprOrSpread]) -> Vec<Given> {
        let give = |one: &ast::ExprOrSpread| match one.spread {
            Some(_) => Given::Other,
            None => given(&one.expr, self.names),
        };
        arguments.iter().map(give).collect()
    }

    fn call(&mut self, callee: &ast::Expr, arguments: &[ast::ExprOrSpread], span: Span, is_new: bool) {
        let mut values = self.arguments(arguments);
        let in_place = called_function(callee);
        if let Some((function, is_call_method)) = in_place {
            let shift = usize::from(is_call_method);
            let passed = values.get(shift..).unwrap_or_default().to_vec();
            self.give_parameters(function, &passed, span);
            self.facts.called_in_place.insert(function_start(function));
        }
        let callee = chain_of(callee, self.names);
        // A spread hides which argument is which.
        if values.len() > 64 {
            values.truncate(64);
        }
        let call = Call { callee, is_in_place: in_place.is_some() && !is_new, is_new, arguments: values };
        self.push(span, FactKind::Call(call));
    }

    /// The parameters of a function that is called where it stands.
    fn give_parameters(&mut self, function: &ast::Expr, values: &[Given], span: Span) {
        let parameters: Vec<&ast::Pat> = match function {
            ast::Expr::Fn(function) => function.function.params.iter().map(|one| &one.pat).collect(),
            ast::Expr::Arrow(arrow) => arrow.params.iter().collect(),
            _ => return,
        };
        for (at, parameter) in parameters.into_iter().enumerate() {
            let given = values.get(at).cloned().unwrap_or(Given::Plain);
            if let ast::Pat::Ident(name) = parameter
                && let Some(binding) = self.names.binding(&name.id)
            {
                self.push(span, FactKind::Init { binding, given });
            }
        }
    }

    fn init(&mut self, declarator: &ast::VarDeclarator, has_value: bool) {
        let is_plain = matches!(declarator.name, ast::Pat::Ident(_));
        let value = match &declarator.init {
            Some(value) if is_plain => Some(given(value, self.names)),
            Some(_) => Some(Given::Other),
            None => has_value.then_some(Given::Other),
        };
        let mut bound = Vec::new();
        names_in(&declarator.name, &mut |name| bound.extend(self.names.binding(name)));
        for binding in bound {
            self.push(declarator.span, FactKind::Declare { binding });
            if let Some(given) = value.clone() {
                self.push(declarator.span, FactKind::Init { binding, given });
            }
        }
    }

    fn head(&mut self, head: &ast::ForHead) {
        match head {
            ast::ForHead::VarDecl(declaration) => {
                declaration.decls.iter().for_each(|one| self.init(one, true));
            }
            ast::ForHead::Pat(pattern) => {
                self.push(pattern.span(), FactKind::Unknown);
                pattern.visit_with(self);
            }
            ast::ForHead::UsingDecl(using) => self.push(using.span, FactKind::Unknown),
        }
    }
}

/// The function that a callee is, and whether it is called as `f.call(this, …)`.
fn called_function(callee: &ast::Expr) -> Option<(&ast::Expr, bool)> {
    match callee {
        ast::Expr::Paren(inner) => called_function(&inner.expr),
        ast::Expr::Fn(_) | ast::Expr::Arrow(_) => Some((callee, false)),
        ast::Expr::Member(member) => match &member.prop {
            ast::MemberProp::Ident(name) if *name.sym == *"call" => {
                called_function(&member.obj).map(|(function, _)| (function, true))
            }
            _ => None,
        },
        _ => None,
    }
}

fn function_start(function: &ast::Expr) -> u32 {
    let span = match function {
        ast::Expr::Fn(function) => function.function.span,
        other => other.span(),
    };
    text_span(span).start
}

impl Visit for Collect<'_> {
    fn visit_stmt(&mut self, statement: &ast::Stmt) {
        stacker::maybe_grow(128 << 10, 2 << 20, || statement.visit_children_with(self));
    }

    fn visit_expr(&mut self, expression: &ast::Expr) {
        stacker::maybe_grow(128 << 10, 2 << 20, || match expression {
            ast::Expr::Ident(name) => self.read(name, None),
            other => other.visit_children_with(self),
        });
    }

    fn visit_member_expr(&mut self, member: &ast::MemberExpr) {
        let name = match &member.prop {
            ast::MemberProp::Ident(name) => name.sym.clone(),
            _ => atom!("[]"),
        };
        match &*member.obj {
            ast::Expr::Ident(object) if self.names.binding(object).is_some() => self.read(object, Some(name)),
            ast::Expr::Ident(object) if matches!(&*object.sym, "window" | "self" | "top" | "globalThis") => {
                if let Some(binding) = self.names.top(&name) {
                    self.push(member.span, FactKind::Read { binding, member: None });
                }
            }
            other => self.visit_expr(other),
        }
        member.prop.visit_with(self);
    }

    fn visit_call_expr(&mut self, call: &ast::CallExpr) {
        match &call.callee {
            ast::Callee::Expr(callee) => self.call(callee, &call.args, call.span, false),
            ast::Callee::Super(_) => {}
            ast::Callee::Import(_) => {
                let arguments = self.arguments(&call.args);
                let callee = Some(Chain { root: Root::Global(atom!("import")), path: Vec::new() });
                self.push(call.span, FactKind::Call(Call { callee, is_in_place: false, is_new: false, arguments }));
            }
        }
        call.visit_children_with(self);
    }

    fn visit_opt_call(&mut self, call: &ast::OptCall) {
        self.call(&call.callee, &call.args, call.span, false);
        call.visit_children_with(self);
    }

    fn visit_new_expr(&mut self, new: &ast::NewExpr) {
        self.call(&new.callee, new.args.as_deref().unwrap_or_default(), new.span, true);
        new.visit_children_with(self);
    }

    fn visit_assign_expr(&mut self, assign: &ast::AssignExpr) {
        let is_plain = assign.op == ast::AssignOp::Assign;
        let is_either = matches!(assign.op, ast::AssignOp::OrAssign | ast::AssignOp::NullishAssign);
        let target = target_chain(&assign.left, self.names);
        let given = match given(&assign.right, self.names) {
            given if is_plain || is_either => given,
            _ => Given::Other,
        };
        let target_end = text_span(assign.left.span()).end;
        self.push(assign.span, FactKind::Assign { target, given, target_end });
        match &assign.left {
            ast::AssignTarget::Simple(ast::SimpleAssignTarget::Ident(name)) => {
                if !is_plain {
                    self.read(&name.id, None);
                }
            }
            ast::AssignTarget::Simple(ast::SimpleAssignTarget::Member(member)) => self.visit_member_expr(member),
            other => other.visit_with(self),
        }
        self.visit_expr(&assign.right);
    }

    fn visit_update_expr(&mut self, update: &ast::UpdateExpr) {
        let target = chain_of(&update.arg, self.names);
        self.push(update.span, FactKind::Assign { target, given: Given::Other, target_end: 0 });
        self.visit_expr(&update.arg);
    }

    fn visit_unary_expr(&mut self, unary: &ast::UnaryExpr) {
        if unary.op == ast::UnaryOp::Delete {
            let target = chain_of(&unary.arg, self.names);
            self.push(unary.span, FactKind::Assign { target, given: Given::Other, target_end: 0 });
        }
        self.visit_expr(&unary.arg);
    }

    fn visit_tagged_tpl(&mut self, tagged: &ast::TaggedTpl) {
        self.push(tagged.span, FactKind::Unknown);
        tagged.visit_children_with(self);
    }

    fn visit_await_expr(&mut self, waited: &ast::AwaitExpr) {
        self.push(waited.span, FactKind::Unknown);
        waited.visit_children_with(self);
    }

    fn visit_yield_expr(&mut self, given: &ast::YieldExpr) {
        self.push(given.span, FactKind::Unknown);
        given.visit_children_with(self);
    }

    fn visit_prop(&mut self, member: &ast::Prop) {
        match member {
            ast::Prop::Shorthand(name) => self.read(name, None),
            other => other.visit_children_with(self),
        }
    }

    // ---- declarations ----

    fn visit_var_declarator(&mut self, declarator: &ast::VarDeclarator) {
        self.init(declarator, false);
        // Defaults in a pattern are code; the names in it are no reads.
        if !matches!(declarator.name, ast::Pat::Ident(_)) {
            self.push(declarator.span, FactKind::Unknown);
        }
        declarator.init.iter().for_each(|value| self.visit_expr(value));
    }

    fn visit_fn_decl(&mut self, declaration: &ast::FnDecl) {
        if let Some(binding) = self.names.binding(&declaration.ident) {
            let start = text_span(declaration.function.span).start;
            self.push(declaration.function.span, FactKind::Declare { binding });
            self.push(declaration.function.span, FactKind::Init { binding, given: Given::Function(start) });
        }
        self.visit_function(&declaration.function);
    }

    fn visit_class_decl(&mut self, declaration: &ast::ClassDecl) {
        if let Some(binding) = self.names.binding(&declaration.ident) {
            self.push(declaration.class.span, FactKind::Declare { binding });
            self.push(declaration.class.span, FactKind::Init { binding, given: Given::Other });
        }
        declaration.class.visit_with(self);
    }

    fn visit_class(&mut self, class: &ast::Class) {
        let span = text_span(class.span);
        self.facts.functions.insert(span.start, span.end);
        class.visit_children_with(self);
    }

    fn visit_using_decl(&mut self, using: &ast::UsingDecl) {
        self.push(using.span, FactKind::Unknown);
        using.visit_children_with(self);
    }

    // ---- functions ----

    fn visit_function(&mut self, function: &ast::Function) {
        let parameters = function.params.iter().map(|one| &one.pat);
        self.note_parameters(function.span, parameters);
        self.in_function(function.span, |collect| function.visit_children_with(collect));
    }

    fn visit_arrow_expr(&mut self, arrow: &ast::ArrowExpr) {
        self.note_parameters(arrow.span, arrow.params.iter());
        self.in_function(arrow.span, |collect| arrow.visit_children_with(collect));
    }

    fn visit_constructor(&mut self, constructor: &ast::Constructor) {
        self.in_function(constructor.span, |collect| constructor.visit_children_with(collect));
    }

    fn visit_return_stmt(&mut self, give: &ast::ReturnStmt) {
        let to = self.functions.last().map_or(0, |start| start + 1);
        self.push(give.span, FactKind::Leave { to });
        give.visit_children_with(self);
    }

    // ---- ways out ----

    fn visit_throw_stmt(&mut self, throw: &ast::ThrowStmt) {
        self.push(throw.span, FactKind::Unknown);
        throw.visit_children_with(self);
    }

    fn visit_break_stmt(&mut self, leave: &ast::BreakStmt) {
        self.leave(leave.span, leave.label.as_ref(), false);
    }

    fn visit_continue_stmt(&mut self, leave: &ast::ContinueStmt) {
        self.leave(leave.span, leave.label.as_ref(), true);
    }

    fn visit_labeled_stmt(&mut self, labeled: &ast::LabeledStmt) {
        let start = text_span(labeled.span).start;
        let label = Some(labeled.label.sym.clone());
        self.ways_out.push(WayOut { start, label, is_loop: false, is_switch: false });
        self.visit_stmt(&labeled.body);
        self.ways_out.pop();
    }

    fn visit_while_stmt(&mut self, each: &ast::WhileStmt) {
        self.breakable(each.span, true, |collect| each.visit_children_with(collect));
    }

    fn visit_do_while_stmt(&mut self, each: &ast::DoWhileStmt) {
        self.breakable(each.span, true, |collect| each.visit_children_with(collect));
    }

    fn visit_for_stmt(&mut self, each: &ast::ForStmt) {
        self.breakable(each.span, true, |collect| each.visit_children_with(collect));
    }

    fn visit_for_in_stmt(&mut self, each: &ast::ForInStmt) {
        self.breakable(each.span, true, |collect| {
            collect.head(&each.left);
            collect.visit_expr(&each.right);
            collect.visit_stmt(&each.body);
        });
    }

    fn visit_for_of_stmt(&mut self, each: &ast::ForOfStmt) {
        self.breakable(each.span, true, |collect| {
            collect.head(&each.left);
            collect.visit_expr(&each.right);
            collect.visit_stmt(&each.body);
        });
    }

    fn visit_switch_stmt(&mut self, switch: &ast::SwitchStmt) {
        self.breakable(switch.span, false, |collect| switch.visit_children_with(collect));
    }

    fn visit_with_stmt(&mut self, with: &ast::WithStmt) {
        self.push(with.span, FactKind::Unknown);
        with.visit_children_with(self);
    }

    fn visit_debugger_stmt(&mut self, _: &ast::DebuggerStmt) {}

    fn visit_ident(&mut self, _: &ast::Ident) {}

    fn visit_span(&mut self, _: &Span) {}
}

//! Which declaration each name of a script means.
//!
//! In: the statements of a script. Out: [`Names`]: every binding, and which of them each identifier stands for.
//! Two walks in the same order: the first notes what each scope declares, the second looks names up. Names that nothing
//! declares are globals. Both walks are linear, and grow the stack on the heap.

use crate::script::text_span;
use rustc_hash::FxHashMap;
use swc_atoms::Atom;
use swc_common::Span;
use swc_ecma_ast as ast;
use swc_ecma_visit::{Visit, VisitWith};

/// Index of a binding.
pub(super) type BindingId = u32;

/// A declared name.
#[derive(Clone, Debug)]
pub(super) struct Binding {
    pub name: Atom,
    /// Declared at the top of a classic script: other scripts see it.
    pub is_global: bool,
    /// A parameter, or what a `catch` catches: somebody else says what it holds.
    pub is_given: bool,
}

/// The bindings of a script.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub bindings: Vec<Binding>,
    /// The binding of each identifier that means one, by the identifier's place.
    uses: FxHashMap<u32, BindingId>,
    /// The bindings at the top, by name.
    top: FxHashMap<Atom, BindingId>,
}

impl Names {
    /// Looks through a script.
    pub fn of(statements: &[ast::Stmt], is_module: bool) -> Self {
        let mut walk = Walk::new(is_module);
        statements.iter().for_each(|statement| statement.visit_with(&mut walk));
        walk.is_looking_up = true;
        (walk.current, walk.next) = (0, 1);
        statements.iter().for_each(|statement| statement.visit_with(&mut walk));
        let top = if is_module { FxHashMap::default() } else { std::mem::take(&mut walk.scopes[0].names) };
        Self { bindings: walk.bindings, uses: walk.uses, top }
    }

    /// What an identifier means; `None` for a global that the script does not declare.
    pub fn binding(&self, identifier: &ast::Ident) -> Option<BindingId> {
        self.uses.get(&text_span(identifier.span).start).copied()
    }

    /// The binding behind `window.name`.
    pub fn top(&self, name: &Atom) -> Option<BindingId> {
        self.top.get(name).copied()
    }
}

#[derive(Default)]
struct Scope {
    parent: usize,
    names: FxHashMap<Atom, BindingId>,
    is_function: bool,
}

struct Walk {
    scopes: Vec<Scope>,
    current: usize,
    /// The scope that the second walk enters next.
    next: usize,
    bindings: Vec<Binding>,
    uses: FxHashMap<u32, BindingId>,
    is_looking_up: bool,
    is_module: bool,
}

impl Walk {
    fn new(is_module: bool) -> Self {
        let top = Scope { is_function: true, ..Scope::default() };
        Self {
            scopes: vec![top],
            current: 0,
            next: 1,
            bindings: Vec::new(),
            uses: FxHashMap::default(),
            is_looking_up: false,
            is_module,
        }
    }

    fn within(&mut self, is_function: bool, inside: impl FnOnce(&mut Self)) {
        let around = self.current;
        if !self.is_looking_up {
            self.scopes.push(Scope { parent: around, is_function, ..Scope::default() });
        }
        self.current = self.next;
        self.next += 1;
        stacker::maybe_grow(128 << 10, 2 << 20, || inside(self));
        self.current = around;
    }

    fn function_scope(&self) -> usize {
        let mut scope = self.current;
        while !self.scopes[scope].is_function {
            scope = self.scopes[scope].parent;
        }
        scope
    }

    fn declare(&mut self, name: &Atom, scope: usize, is_given: bool) {
        if self.is_looking_up {
            return;
        }
        let is_global = scope == 0 && !self.is_module;
        let id = self.bindings.len() as BindingId;
        let mut is_new = false;
        let known = *self.scopes[scope].names.entry(name.clone()).or_insert_with(|| {
            is_new = true;
            id
        });
        if is_new {
            self.bindings.push(Binding { name: name.clone(), is_global, is_given });
        } else {
            self.bindings[known as usize].is_given |= is_given;
        }
    }

    fn declare_pattern(&mut self, pattern: &ast::Pat, scope: usize, is_given: bool) {
        names_in(pattern, &mut |identifier| self.declare(&identifier.sym, scope, is_given));
    }

    fn find(&self, name: &Atom) -> Option<BindingId> {
        let mut scope = self.current;
        loop {
            if let Some(&id) = self.scopes[scope].names.get(name) {
                return Some(id);
            }
            if scope == 0 {
                return None;
            }
            scope = self.scopes[scope].parent;
        }
    }

    fn declare_variables(&mut self, declaration: &ast::VarDecl) {
        let is_var = declaration.kind == ast::VarDeclKind::Var;
        let scope = if is_var { self.function_scope() } else { self.current };
        declaration.decls.iter().for_each(|one| self.declare_pattern(&one.name, scope, false));
    }
}

/// Every identifier that a pattern binds.
pub(super) fn names_in(pattern: &ast::Pat, found: &mut dyn FnMut(&ast::Ident)) {
    match pattern {
        ast::Pat::Ident(name) => found(&name.id),
        ast::Pat::Array(array) => array.elems.iter().flatten().for_each(|element| names_in(element, found)),
        ast::Pat::Rest(rest) => names_in(&rest.arg, found),
        ast::Pat::Assign(assign) => names_in(&assign.left, found),
        ast::Pat::Object(object) => object.props.iter().for_each(|member| match member {
            ast::ObjectPatProp::KeyValue(pair) => names_in(&pair.value, found),
            ast::ObjectPatProp::Assign(short) => found(&short.key.id),
            ast::ObjectPatProp::Rest(rest) => names_in(&rest.arg, found),
        }),
        ast::Pat::Expr(_) | ast::Pat::Invalid(_) => {}
    }
}

impl Visit for Walk {
    fn visit_expr(&mut self, expression: &ast::Expr) {
        stacker::maybe_grow(128 << 10, 2 << 20, || expression.visit_children_with(self));
    }

    fn visit_stmt(&mut self, statement: &ast::Stmt) {
        stacker::maybe_grow(128 << 10, 2 << 20, || statement.visit_children_with(self));
    }

    fn visit_ident(&mut self, identifier: &ast::Ident) {
        if self.is_looking_up
            && let Some(id) = self.find(&identifier.sym)
        {
            self.uses.insert(text_span(identifier.span).start, id);
        }
    }

    fn visit_var_decl(&mut self, declaration: &ast::VarDecl) {
        self.declare_variables(declaration);
        declaration.visit_children_with(self);
    }

    fn visit_fn_decl(&mut self, declaration: &ast::FnDecl) {
        let scope = self.function_scope();
        self.declare(&declaration.ident.sym, scope, false);
        declaration.visit_children_with(self);
    }

    fn visit_class_decl(&mut self, declaration: &ast::ClassDecl) {
        self.declare(&declaration.ident.sym, self.current, false);
        declaration.visit_children_with(self);
    }

    fn visit_fn_expr(&mut self, expression: &ast::FnExpr) {
        self.within(true, |walk| {
            if let Some(name) = &expression.ident {
                walk.declare(&name.sym, walk.current, true);
            }
            expression.visit_children_with(walk);
        });
    }

    fn visit_function(&mut self, function: &ast::Function) {
        self.within(true, |walk| {
            function.params.iter().for_each(|one| walk.declare_pattern(&one.pat, walk.current, true));
            function.visit_children_with(walk);
        });
    }

    fn visit_arrow_expr(&mut self, arrow: &ast::ArrowExpr) {
        self.within(true, |walk| {
            arrow.params.iter().for_each(|one| walk.declare_pattern(one, walk.current, true));
            arrow.visit_children_with(walk);
        });
    }

    fn visit_constructor(&mut self, constructor: &ast::Constructor) {
        self.within(true, |walk| {
            for parameter in &constructor.params {
                if let ast::ParamOrTsParamProp::Param(parameter) = parameter {
                    walk.declare_pattern(&parameter.pat, walk.current, true);
                }
            }
            constructor.visit_children_with(walk);
        });
    }

    fn visit_static_block(&mut self, block: &ast::StaticBlock) {
        self.within(true, |walk| block.visit_children_with(walk));
    }

    fn visit_block_stmt(&mut self, block: &ast::BlockStmt) {
        self.within(false, |walk| block.visit_children_with(walk));
    }

    fn visit_for_stmt(&mut self, each: &ast::ForStmt) {
        self.within(false, |walk| each.visit_children_with(walk));
    }

    fn visit_for_in_stmt(&mut self, each: &ast::ForInStmt) {
        self.within(false, |walk| each.visit_children_with(walk));
    }

    fn visit_for_of_stmt(&mut self, each: &ast::ForOfStmt) {
        self.within(false, |walk| each.visit_children_with(walk));
    }

    fn visit_switch_stmt(&mut self, switch: &ast::SwitchStmt) {
        self.within(false, |walk| switch.visit_children_with(walk));
    }

    fn visit_catch_clause(&mut self, clause: &ast::CatchClause) {
        self.within(false, |walk| {
            clause.param.iter().for_each(|pattern| walk.declare_pattern(pattern, walk.current, true));
            clause.visit_children_with(walk);
        });
    }

    // Labels are names of another kind.
    fn visit_labeled_stmt(&mut self, labeled: &ast::LabeledStmt) {
        labeled.body.visit_with(self);
    }

    fn visit_break_stmt(&mut self, _: &ast::BreakStmt) {}

    fn visit_continue_stmt(&mut self, _: &ast::ContinueStmt) {}

    fn visit_span(&mut self, _: &Span) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Limits;
    use crate::script::{Goal, parse};

    /// Collects each use of a name: where, and which binding.
    struct Uses<'n>(&'n Names, Vec<(String, Option<BindingId>)>);

    impl Visit for Uses<'_> {
        fn visit_ident(&mut self, identifier: &ast::Ident) {
            self.1.push((identifier.sym.to_string(), self.0.binding(identifier)));
        }
    }

    fn uses(code: &str) -> Vec<(String, Option<BindingId>)> {
        let tree = parse(code, Goal::Script, &Limits::default());
        let names = Names::of(&tree.statements, false);
        let mut uses = Uses(&names, Vec::new());
        tree.statements.iter().for_each(|statement| statement.visit_with(&mut uses));
        uses.1
    }

    #[test]
    fn names_are_hoisted_and_shadowed_as_the_language_says() {
        let found = uses("f(); function f(a) { if (a) { var b = 1; let c = b } return c } { let f = 2; f }");
        let of = |name: &str| found.iter().filter(|(one, _)| one == name).map(|(_, id)| *id).collect::<Vec<_>>();
        assert_eq!(of("f")[0], of("f")[1], "hoisted");
        assert_ne!(of("f")[1], of("f")[2], "shadowed");
        assert_eq!(of("f")[2], of("f")[3]);
        assert_eq!(of("a")[0], of("a")[1]);
        assert!(of("c")[0].is_some() && of("c")[1].is_none(), "a `let` stays in its block");
    }
}

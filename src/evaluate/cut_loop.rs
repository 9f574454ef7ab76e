//! Loops that are cut short though nothing in them is unsure: what they write is not known then.

use super::expression::unwrap;
use super::heap::ScopeId;
use super::machine::Machine;
use swc_atoms::Atom;
use swc_common::Span;
use swc_ecma_ast as ast;
use swc_ecma_visit::{Visit, VisitWith};

/// Variables that are looked at.
const VARIABLES: usize = 64;

/// The variables that code writes, also those of which it writes members: such loops make nothing but numbers and text.
#[derive(Default)]
struct Written(Vec<Atom>);

impl Written {
    fn target(&mut self, target: &ast::Expr) {
        match unwrap(target) {
            ast::Expr::Ident(name) => self.0.push(name.sym.clone()),
            ast::Expr::Member(member) => self.target(&member.obj),
            _ => {}
        }
    }
}

impl Visit for Written {
    fn visit_assign_expr(&mut self, assign: &ast::AssignExpr) {
        match &assign.left {
            ast::AssignTarget::Simple(ast::SimpleAssignTarget::Ident(name)) => self.0.push(name.id.sym.clone()),
            ast::AssignTarget::Simple(ast::SimpleAssignTarget::Member(member)) => self.target(&member.obj),
            _ => {}
        }
        assign.right.visit_with(self);
    }

    fn visit_update_expr(&mut self, update: &ast::UpdateExpr) {
        self.target(&update.arg);
    }

    fn visit_function(&mut self, _: &ast::Function) {}
}

impl Machine<'_> {
    /// Forgets what the parts of a loop have written by the time when it is cut.
    pub(super) fn forget_written(
        &mut self,
        expressions: [Option<&ast::Expr>; 2],
        body: &ast::Stmt,
        scope: ScopeId,
        span: Span,
    ) {
        let mut written = Written::default();
        expressions.into_iter().flatten().for_each(|one| one.visit_with(&mut written));
        body.visit_with(&mut written);
        for name in written.0.iter().take(VARIABLES) {
            let unknown = self.unknown(span);
            self.write_variable(scope, name, unknown);
        }
    }
}

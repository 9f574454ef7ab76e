//! Data that is read when something looks at it.
//!
//! The state that a server writes into its page is often the largest part of its scripts, and little of it is ever
//! looked at. Where the parser left an object or list out, a variable or member holds it as [`Kind::Later`]; reading
//! the variable or member puts the real one in its place. Data that names what rules look for is read at once, and so
//! is all of it where a trace is recorded.

use super::abstract_value::{Abstract, ObjectId};
use super::heap::{Kind, Object, ScopeId};
use super::machine::{GLOBAL_SCOPE, Machine};
use crate::script::{parse_data, text_span};
use swc_common::{Span, Spanned};
use swc_ecma_ast as ast;

impl<'a> Machine<'a> {
    /// The value of an expression that is about to be stored: data that waits goes on waiting.
    pub(super) fn stored_value(&mut self, expression: &'a ast::Expr, scope: ScopeId) -> Abstract {
        match expression {
            ast::Expr::Object(literal) if literal.props.is_empty() => {}
            ast::Expr::Array(literal) if literal.elems.is_empty() => {}
            other => return self.expression(other, scope),
        }
        let span = expression.span();
        if self.recorder.is_some() || !self.is_left_out(span) || self.has_anchor(self.source, span) {
            return self.expression(expression, scope);
        }
        let waiting = Object { at: Some((self.source, span)), is_open: true, ..Object::new(Kind::Later) };
        Abstract::Object(self.add_object(waiting))
    }

    fn is_left_out(&self, span: Span) -> bool {
        let outline = self.sources[self.source as usize].outline;
        outline.is_some_and(|outline| outline.has(text_span(span).start))
    }

    /// The literal whose inside was left out at this place.
    pub(super) fn left_out(&mut self, span: Span) -> Option<&'a ast::Expr> {
        let source = &self.sources[self.source as usize];
        let outline = source.outline.filter(|outline| !outline.is_empty())?;
        let (start, kept) = (text_span(span).start, self.kept);
        let tree = match self.bodies.get(&(self.source, start)) {
            Some(tree) => *tree,
            None => kept.keep_tree(parse_data(source.text, outline, start)?),
        };
        self.bodies.insert((self.source, start), tree);
        match tree.statements.first() {
            Some(ast::Stmt::Expr(statement)) => Some(&statement.expr),
            _ => None,
        }
    }

    /// The value, with nothing in it left to be read first.
    pub(super) fn ready(&mut self, value: Abstract) -> Abstract {
        match &value {
            Abstract::Object(id) => self.make_ready(*id),
            Abstract::Any(choices) => {
                choices.iter().filter_map(|choice| choice.value.as_object()).for_each(|id| self.make_ready(id));
            }
            _ => {}
        }
        value
    }

    /// Reads data that waits.
    pub(super) fn make_ready(&mut self, id: ObjectId) {
        let object = self.object(id);
        if !matches!(object.kind, Kind::Later) {
            return;
        }
        let Some((source, span)) = object.at else { return };
        let outer = std::mem::replace(&mut self.source, source);
        // It costs steps, but is never read in part.
        let allowance = std::mem::replace(&mut self.allowance, u64::MAX);
        let first = self.objects.len();
        if let Some(literal) = self.left_out(span)
            && let Some(made) = self.expression(literal, GLOBAL_SCOPE).as_object()
        {
            let made = self.objects.share(made.0);
            self.objects.settle(id.0, |object| {
                let path = object.path.take();
                *object = Object { path, ..(*made).clone() };
            });
        }
        self.objects.settle_new(first);
        self.allowance = allowance;
        self.source = outer;
    }
}

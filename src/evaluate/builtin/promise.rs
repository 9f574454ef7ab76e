//! Promises: what their methods hand on, and what becomes of several at once.

use crate::evaluate::abstract_value::{Abstract, ObjectId};
use crate::evaluate::heap::{Code, Kind, Object};
use crate::evaluate::machine::Machine;
use swc_atoms::atom;
use swc_common::Span;
use swc_ecma_ast::ArrowFunctionBody;

impl Machine<'_> {
    pub(super) fn promise_method(&mut self, id: ObjectId, key: &str, arguments: &[Abstract]) -> Option<Abstract> {
        match key {
            "finally" => {
                self.run_when_settled(id, arguments.first()?, Some(Vec::new()));
                Some(Abstract::Object(id))
            }
            "then" => {
                let callback = arguments.first().cloned().unwrap_or(Abstract::Undefined);
                if let Some(refused) = arguments.get(1) {
                    self.hand_over(refused, &Abstract::Undefined);
                }
                Some(self.then(id, &callback))
            }
            "catch" => match arguments {
                [fallback] if self.gives_only_a_value(fallback) => Some(self.or_else(id, fallback)),
                _ => {
                    arguments.iter().for_each(|callback| self.hand_over(callback, &Abstract::Undefined));
                    Some(Abstract::Object(id))
                }
            },
            _ => None,
        }
    }

    /// `() => ({ sizes: [] })`: what it gives is all that it does.
    fn gives_only_a_value(&self, function: &Abstract) -> bool {
        let Some(Kind::Function(closure)) = function.as_object().map(|id| &self.object(id).kind) else { return false };
        let Code::Arrow(arrow) = closure.code else { return false };
        matches!(&*arrow.body, ArrowFunctionBody::Expr(value) if !value.is_call())
    }

    pub(super) fn promise_function(
        &mut self,
        name: &'static str,
        arguments: &[Abstract],
        span: Span,
    ) -> Option<Abstract> {
        let first = arguments.first().cloned().unwrap_or(Abstract::Undefined);
        if name == "Promise.resolve" {
            return Some(self.promise_of(first));
        }
        if !matches!(name, "Promise.all" | "Promise.allSettled" | "Promise.any" | "Promise.race") {
            let value = self.unknown(span);
            return Some(self.promise(Some(value)));
        }
        let list = self.iterate(&first)?;
        let is_any = matches!(name, "Promise.any" | "Promise.race");
        let first_known =
            |m: &mut Self| list.iter().map(|one| m.awaited(one)).find(|one| !matches!(one, Abstract::Unknown(_)));
        if let Some(value) = is_any.then(|| first_known(self)).flatten() {
            return Some(self.promise(Some(value)));
        }
        // Asked again, once the first that is not settled is.
        if let Some(promise) = list.iter().find(|one| self.is_pending(one)).and_then(Abstract::as_object) {
            let list = self.add_array(list);
            let function = self.native(name);
            return Some(self.run_when_settled(promise, &function, Some(vec![list])));
        }
        let values: Vec<Abstract> = list.iter().map(|one| self.awaited(one)).collect();
        let value = match name {
            _ if is_any => values.into_iter().next()?,
            "Promise.allSettled" => {
                let settled = values.into_iter().map(|value| self.fulfilled(value)).collect();
                self.add_array(settled)
            }
            _ => self.add_array(values),
        };
        Some(self.promise(Some(value)))
    }

    fn fulfilled(&mut self, value: Abstract) -> Abstract {
        let id = self.add_object(Object::new(Kind::Plain));
        self.define(id, &atom!("status"), Abstract::text("fulfilled"));
        self.define(id, &atom!("value"), value);
        Abstract::Object(id)
    }
}

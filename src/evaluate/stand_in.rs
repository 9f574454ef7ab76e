//! Stand-ins: what functions of a library give back, where the library itself is not here.
//!
//! A rule file may hold some code for it. It is the body of a function that returns an object of functions by
//! their full path (`"acme.define"`); where a page calls something unknown by such a path, that function
//! runs in its place. Evaluation itself knows no library's name.

use super::abstract_value::{Abstract, ObjectId};
use super::heap::Kind;
use super::machine::{Flow, GLOBAL_SCOPE, Machine, Offsets, Source};
use crate::base::{Limits, Span as TextSpan};
use crate::script::{Goal, Tree, parse};
use std::rc::Rc;
use swc_atoms::Atom;
use swc_common::Span;

/// Code that stands in for a library.
#[derive(Debug)]
pub struct StandIn {
    globals: Vec<String>,
    text: String,
    tree: Tree,
}

impl StandIn {
    /// Compiles the code for a library that is known by these globals.
    ///
    /// # Errors
    /// The first syntax error: what, and where in the code.
    pub fn compile(globals: Vec<String>, code: &str) -> Result<Self, (String, TextSpan)> {
        let mut tree = parse(code, Goal::Script, &Limits::default());
        match tree.errors.pop() {
            Some(error) => Err(error),
            None => Ok(Self { globals, text: code.to_owned(), tree }),
        }
    }

    fn is_for(&self, path: &str) -> bool {
        self.globals.iter().any(|global| path.strip_prefix(&**global).is_some_and(|rest| rest.starts_with(['.', '('])))
    }
}

impl<'a> Machine<'a> {
    /// Calls the stand-in for an unknown function; `None` if there is none.
    pub(super) fn call_stand_in(
        &mut self,
        path: &Atom,
        this: &Abstract,
        arguments: &[Abstract],
        span: Span,
    ) -> Option<Abstract> {
        let at = self.interests.stand_ins.iter().position(|one| one.is_for(path))?;
        let functions = self.stand_in(at, span)?;
        let function = self.object(functions).own(path)?.clone();
        let value = self.call_value(&function, this, arguments.to_vec(), span);
        if let Abstract::Object(id) = value {
            self.adopt(id, path, span);
        }
        Some(value)
    }

    /// What it gives back is named like the unknown value would be, and has members that are unknown.
    fn adopt(&mut self, id: ObjectId, path: &Atom, span: Span) {
        if self.object(id).path.is_some() || !matches!(self.object(id).kind, Kind::Plain) {
            return;
        }
        let at = Some((self.source, span));
        let object = self.object_mut(id);
        (object.path, object.is_open, object.at) = (Some(Atom::new(format!("{path}()"))), true, at);
    }

    /// The functions of a stand-in, made when they are first needed.
    fn stand_in(&mut self, at: usize, span: Span) -> Option<ObjectId> {
        if let Some(&known) = self.stand_ins.get(&at) {
            return known;
        }
        let stand_in = &self.interests.stand_ins[at];
        let place = self.place(span);
        let source = Source {
            text: &stand_in.text,
            script: place.script,
            offsets: Offsets::Fixed(place.span),
            anchors: Rc::from([]),
            outline: None,
        };
        let before = self.enter_source(source);
        let scope = self.add_scope(GLOBAL_SCOPE, true);
        let flow = self.body(&stand_in.tree.statements, scope);
        self.source = before;
        let functions = if let Flow::Return(value) = flow { value.as_object() } else { None };
        self.stand_ins.insert(at, functions);
        functions
    }
}

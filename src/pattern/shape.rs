//! The compiled form of a pattern.

use super::path::PathPattern;
use crate::evaluate::Value;
use std::sync::Arc;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    pub(crate) form: Form,
    /// Does a hole stand more than once?
    pub(crate) has_repeats: bool,
}

/// What kind of event a pattern meets.
#[derive(Clone, Debug)]
pub enum Form {
    /// `a.b(P, Q)` or `new A(P)`.
    Call {
        /// What is called.
        callee: PathPattern,
        /// Patterns of the arguments; the call may have more.
        arguments: Vec<Shape>,
        /// `f(P, ...Q)`: each further argument like Q.
        rest: Option<Box<Shape>>,
        /// `new`.
        is_new: bool,
    },
    /// `a.b = P`.
    Assign {
        /// Where it is stored.
        target: PathPattern,
        /// What is stored.
        value: Shape,
    },
    /// `({…})`: an object with the shape of an ad unit.
    Object(Shape),
}

/// What a value must look like.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// `$_`: anything that is there.
    Ignore,
    /// `$NAME`: anything that is there, kept.
    Capture(Arc<str>),
    /// `"text"`, `7`, `true`, `null`.
    Literal(Value),
    /// `` `https://${$HOST}/x` ``.
    Template(Vec<Piece>),
    /// `{a: P, b: Q}`: members in order; others are ignored.
    Object(Vec<(Arc<str>, Shape)>),
    /// `[P, Q]`: exactly these elements.
    Tuple(Vec<Shape>),
    /// `[...P]`: one match for each element like P.
    Each(Box<Shape>),
    /// `P || Q`: the first that matches.
    Either(Vec<Shape>),
    /// `P ?? null`: P, or nothing there.
    Optional(Box<Shape>),
}

/// A part of a string pattern.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// These characters.
    Text(Arc<str>),
    /// `${$NAME}`: at least one character; `${$_}` (no name): any number.
    Hole(Option<Arc<str>>),
}

/// Pieces in words: `` `text` <HOLE> ``.
pub(crate) fn outline(pieces: &[Piece]) -> String {
    let words = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => format!("`{text}`"),
        Piece::Hole(Some(name)) => format!("<{name}>"),
        Piece::Hole(None) => "<…>".to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

impl Pattern {
    /// The kind of event, and what it must look like.
    #[must_use]
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// Names of the holes, each once, in order.
    #[must_use]
    pub fn holes(&self) -> Vec<Arc<str>> {
        let mut holes = Vec::new();
        let mut add = |name: &Arc<str>| {
            if !holes.contains(name) {
                holes.push(name.clone());
            }
        };
        self.each_hole(&mut add);
        holes
    }

    /// The hole that stands for the object whose method is called or whose member is set: `PBJS` of `$PBJS.setConfig(…)`.
    #[must_use]
    pub fn object_hole(&self) -> Option<&Arc<str>> {
        match &self.form {
            Form::Call { callee: path, .. } | Form::Assign { target: path, .. } => path.object_hole(),
            Form::Object(_) => None,
        }
    }

    /// The last two names of what is called or assigned, as `_taboola.push`, where both are written down.
    #[must_use]
    pub fn last_two_names(&self) -> Option<String> {
        match &self.form {
            Form::Call { callee: path, .. } | Form::Assign { target: path, .. } => path.last_two_names(),
            Form::Object(_) => None,
        }
    }

    /// The last name of the callee, if the pattern is a call.
    #[must_use]
    pub fn called_name(&self) -> Option<&str> {
        if let Form::Call { callee, .. } = &self.form { callee.last_name() } else { None }
    }

    /// The last name of the target, if the pattern is an assignment.
    #[must_use]
    pub fn assigned_name(&self) -> Option<&str> {
        if let Form::Assign { target, .. } = &self.form { target.last_name() } else { None }
    }

    /// Does it name what is called or assigned? Events are looked up by that name.
    #[must_use]
    pub fn has_event_name(&self) -> bool {
        matches!(self.form, Form::Object(_)) || self.called_name().or(self.assigned_name()).is_some()
    }

    pub(crate) fn each_hole(&self, visit: &mut impl FnMut(&Arc<str>)) {
        match &self.form {
            Form::Call { callee, arguments, rest, .. } => {
                callee.each_hole(visit);
                arguments.iter().chain(rest.as_deref()).for_each(|shape| shape.each_hole(visit));
            }
            Form::Assign { target, value } => {
                target.each_hole(visit);
                value.each_hole(visit);
            }
            Form::Object(shape) => shape.each_hole(visit),
        }
    }
}

impl Shape {
    fn each_hole(&self, visit: &mut impl FnMut(&Arc<str>)) {
        match self {
            Self::Ignore | Self::Literal(_) => {}
            Self::Capture(name) => visit(name),
            Self::Template(pieces) => pieces.iter().for_each(|piece| {
                if let Piece::Hole(Some(name)) = piece {
                    visit(name);
                }
            }),
            Self::Object(members) => members.iter().for_each(|(_, shape)| shape.each_hole(visit)),
            Self::Tuple(shapes) | Self::Either(shapes) => shapes.iter().for_each(|shape| shape.each_hole(visit)),
            Self::Each(shape) | Self::Optional(shape) => shape.each_hole(visit),
        }
    }

    /// Must it look into the value (and so into each of its alternatives)?
    pub(crate) fn is_structural(&self) -> bool {
        match self {
            Self::Ignore | Self::Capture(_) => false,
            Self::Optional(inner) => inner.is_structural(),
            _ => true,
        }
    }
}

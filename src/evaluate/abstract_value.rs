//! Values while a script is evaluated: like [`Value`](super::Value), with objects by reference.

use super::condition::ConditionId;
use std::rc::Rc;
use swc_atoms::Atom;
use swc_common::Span;

/// A reference to an object of the heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ObjectId(pub(super) u32);

/// What an expression may be.
#[derive(Clone, Debug)]
pub(super) enum Abstract {
    /// No value at all: a hole in an array, or an element that is there under a condition only.
    Absent,
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    String(Atom),
    /// A string of which parts are known.
    Text(Rc<[Piece]>),
    Object(ObjectId),
    Unknown(Rc<Origin>),
    /// At least two; none of them is itself `Any`.
    Any(Rc<[Choice]>),
}

/// One of several values.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) when: ConditionId,
    pub(super) value: Abstract,
}

/// A part of a partly known string.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    Known(Atom),
    Unknown(Rc<Origin>),
}

/// Where an unknown value comes from.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    /// What it is called from the global object on, as `pbjs.que`; none for local things.
    pub(super) path: Option<Atom>,
    /// The code that it stands in: an index into the machine's sources.
    pub(super) source: u32,
    /// The expression.
    pub(super) span: Span,
    /// Whether it is true, where nothing else is known: `a` behind `a || b`.
    pub(super) truth: Option<bool>,
}

impl Abstract {
    pub(super) fn text(text: &str) -> Self {
        Self::String(Atom::new(text))
    }

    /// The value where it is known to be true, or false: an unknown one keeps that in mind.
    pub(super) fn with_truth(&self, truth: bool) -> Self {
        match self {
            Self::Unknown(origin) => Self::Unknown(Rc::new(Origin { truth: Some(truth), ..(**origin).clone() })),
            other => other.clone(),
        }
    }

    pub(super) fn as_object(&self) -> Option<ObjectId> {
        if let Self::Object(id) = self { Some(*id) } else { None }
    }

    /// Is nothing left open? Objects count as known.
    pub(super) fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown(_) | Self::Any(_) | Self::Text(_) | Self::Absent)
    }

    pub(super) fn is_nullish(&self) -> bool {
        matches!(self, Self::Undefined | Self::Null | Self::Absent)
    }

    /// Is it the very same value? Objects are compared by identity.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Undefined, Self::Undefined) | (Self::Null, Self::Null) | (Self::Absent, Self::Absent) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a.to_bits() == b.to_bits(),
            (Self::String(a), Self::String(b)) => a == b,
            (Self::Object(a), Self::Object(b)) => a == b,
            (Self::Unknown(a), Self::Unknown(b)) => {
                Rc::ptr_eq(a, b) || (a.source == b.source && a.span == b.span && a.path == b.path && a.truth == b.truth)
            }
            (Self::Any(a), Self::Any(b)) => Rc::ptr_eq(a, b),
            (Self::Text(a), Self::Text(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }
}

//! Objects and scopes, with a journal that lets two branches run from the same state.
//!
//! A branch is run on the real state; the first write to an object under a journal keeps
//! what stood there before (copy on write). [`Store::take_branch`] puts everything back and
//! hands out what the branch changed, so that the other branch can run and both be joined.

use super::abstract_value::{Abstract, ObjectId};
use super::names::Names;
use std::rc::Rc;
use swc_atoms::Atom;
use swc_common::Span;
use swc_ecma_ast as ast;

pub(super) type Properties = Names<Property>;
pub(super) type Variables = Names<Abstract>;

/// A member of an object.
#[derive(Clone, Debug)]
pub(super) enum Property {
    Value(Abstract),
    Accessor { get: Option<ObjectId>, set: Option<ObjectId> },
}

/// An object of the page's scripts.
#[derive(Clone, Debug)]
pub(super) struct Object<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) properties: Properties,
    /// The elements of an array.
    pub(super) elements: Vec<Abstract>,
    pub(super) prototype: Option<ObjectId>,
    /// What it is called from the global object on, as `pbjs`.
    pub(super) path: Option<Atom>,
    /// May code that is not here have added members? Then a missing one is unknown, not undefined.
    pub(super) is_open: bool,
    /// Were members stored whose names are not known? Then a missing one may be any of them.
    pub(super) has_unnamed: bool,
    /// Where it was written down: source and place in it.
    pub(super) at: Option<(u32, Span)>,
}

/// What an object is, beyond its members.
#[derive(Clone, Debug)]
pub(super) enum Kind<'a> {
    Plain,
    Array,
    Function(Rc<Closure<'a>>),
    Native(&'static str),
    Bound {
        target: Abstract,
        this: Abstract,
        arguments: Vec<Abstract>,
    },
    Regex {
        pattern: Atom,
        flags: Atom,
    },
    /// A promise, with its value once there is one.
    Promise(Option<Abstract>),
    /// Resolves or rejects the promise it holds.
    Settle(ObjectId),
    /// An element that a script made, with its lower-case name.
    Element(Atom),
    /// `Map` (keys and values in turn) or `Set` (values).
    Collection {
        is_map: bool,
    },
    /// Gives its elements one by one, the last one first, and then a result.
    Iterator {
        result: Abstract,
    },
    /// Point in time, unknown.
    Date,
    /// An object or list that is not read yet: its place tells where it stands.
    Later,
}

/// The code of a function.
#[derive(Clone, Copy, Debug)]
pub(super) enum Code<'a> {
    Function(&'a ast::Function),
    Arrow(&'a ast::ArrowExpr),
    Constructor(&'a ast::Constructor),
    /// A class without a constructor of its own.
    DefaultConstructor,
    /// A field initialiser of a class, evaluated with the instance as `this`.
    Field(&'a ast::Expr),
}

/// A function with what it closes over.
#[derive(Clone, Debug)]
pub(super) struct Closure<'a> {
    pub(super) code: Code<'a>,
    /// Index of the source it stands in.
    pub(super) source: u32,
    pub(super) span: Span,
    pub(super) scope: ScopeId,
    /// The class it belongs to, for `super` and fields.
    pub(super) class: Option<Rc<ClassInfo<'a>>>,
}

/// What instances of a class need.
#[derive(Clone, Debug)]
pub(super) struct ClassInfo<'a> {
    pub(super) parent: Option<Abstract>,
    pub(super) class: &'a ast::Class,
    pub(super) scope: ScopeId,
    pub(super) source: u32,
    pub(super) prototype: ObjectId,
}

/// A reference to a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ScopeId(pub(super) u32);

/// Variables of a function or block.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub(super) parent: Option<ScopeId>,
    pub(super) variables: Variables,
    /// `var` declarations land here, not in blocks.
    pub(super) is_function: bool,
}

/// Items by number, written through a journal.
#[derive(Debug)]
pub(super) struct Store<T> {
    items: Vec<Rc<T>>,
    /// Which journal holds the old item, by item.
    stamps: Vec<u32>,
    journals: Vec<Journal<T>>,
    next_stamp: u32,
}

#[derive(Debug)]
struct Journal<T> {
    stamp: u32,
    saved: Vec<Saved<T>>,
}

#[derive(Debug)]
struct Saved<T> {
    index: u32,
    item: Rc<T>,
    stamp: u32,
}

/// What one branch changed: the items as the branch left them.
pub(super) type Delta<T> = Vec<(u32, Rc<T>)>;

impl<T: Clone> Store<T> {
    pub(super) fn new() -> Self {
        Self { items: Vec::new(), stamps: Vec::new(), journals: Vec::new(), next_stamp: 1 }
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn add(&mut self, item: T) -> u32 {
        let index = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        self.items.push(Rc::new(item));
        // New items need no saving: nothing outside the branch can reach them.
        self.stamps.push(self.journals.last().map_or(0, |journal| journal.stamp));
        index
    }

    pub(super) fn get(&self, index: u32) -> &T {
        &self.items[index as usize]
    }

    pub(super) fn share(&self, index: u32) -> Rc<T> {
        Rc::clone(&self.items[index as usize])
    }

    pub(super) fn write(&mut self, index: u32) -> &mut T {
        self.save(index);
        Rc::make_mut(&mut self.items[index as usize])
    }

    /// Keeps what stands there for the branch that is open.
    fn save(&mut self, index: u32) {
        let at = index as usize;
        if let Some(journal) = self.journals.last_mut()
            && self.stamps[at] != journal.stamp
        {
            journal.saved.push(Saved { index, item: Rc::clone(&self.items[at]), stamp: self.stamps[at] });
            self.stamps[at] = journal.stamp;
        }
    }

    pub(super) fn set(&mut self, index: u32, item: Rc<T>) {
        self.save(index);
        self.items[index as usize] = item;
    }

    /// Changes an item outside of all branches, as if it had been so before them.
    pub(super) fn settle(&mut self, index: u32, mut change: impl FnMut(&mut T)) {
        change(Rc::make_mut(&mut self.items[index as usize]));
        let saved = self.journals.iter_mut().flat_map(|journal| &mut journal.saved);
        saved.filter(|saved| saved.index == index).for_each(|saved| change(Rc::make_mut(&mut saved.item)));
    }

    /// Items from `first` on were there before all branches: what branches write to them is to be saved.
    pub(super) fn settle_new(&mut self, first: usize) {
        self.stamps[first..].fill(0);
    }

    /// Starts a branch.
    pub(super) fn open_branch(&mut self) {
        self.journals.push(Journal { stamp: self.next_stamp, saved: Vec::new() });
        self.next_stamp += 1;
    }

    /// Ends the branch: puts everything back as it was, and tells what the branch had made of it.
    pub(super) fn take_branch(&mut self) -> Delta<T> {
        let Some(journal) = self.journals.pop() else { return Vec::new() };
        let undo = |saved: Saved<T>| {
            let at = saved.index as usize;
            self.stamps[at] = saved.stamp;
            (saved.index, std::mem::replace(&mut self.items[at], saved.item))
        };
        journal.saved.into_iter().map(undo).collect()
    }
}

impl<'a> Object<'a> {
    pub(super) fn new(kind: Kind<'a>) -> Self {
        Self {
            kind,
            properties: Properties::default(),
            elements: Vec::new(),
            prototype: None,
            path: None,
            is_open: false,
            has_unnamed: false,
            at: None,
        }
    }

    /// May it have members beside those that are known?
    pub(super) fn may_have_more(&self) -> bool {
        self.is_open || self.has_unnamed
    }

    pub(super) fn is_array(&self) -> bool {
        matches!(self.kind, Kind::Array)
    }

    pub(super) fn is_callable(&self) -> bool {
        matches!(self.kind, Kind::Function(_) | Kind::Native(_) | Kind::Bound { .. } | Kind::Settle(_))
    }

    /// The plain value of an own member.
    pub(super) fn own(&self, name: &str) -> Option<&Abstract> {
        match self.properties.get_text(name) {
            Some(Property::Value(value)) => Some(value),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_leaves_the_state_as_it_was() {
        let mut store = Store::new();
        let first = store.add(1);
        store.open_branch();
        *store.write(first) = 2;
        store.open_branch();
        *store.write(first) = 3;
        let inner = store.take_branch();
        assert_eq!((inner.len(), *inner[0].1, *store.get(first)), (1, 3, 2));
        let second = store.add(9);
        *store.write(second) = 10;
        *store.write(first) = 4;
        let outer = store.take_branch();
        assert_eq!((outer.len(), *outer[0].1), (1, 4), "the new item needs no saving");
        assert_eq!((*store.get(first), *store.get(second)), (1, 10));
    }
}

//! Names and what they hold, in order of creation: members of objects, variables of scopes.
//!
//! The names stand apart from the values, in a shape that copies share: the calls of one function have one shape, and so
//! have an object and its copy in a branch. Most shapes have a few names, which are looked through one by one: comparing two is
//! comparing two words. Where there are many, a table finds them.

use rustc_hash::FxHashMap;
use std::rc::Rc;
use swc_atoms::Atom;

/// Names that are looked through one by one.
const FEW: usize = 10;

/// Which names there are, and where their values stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    keys: Vec<Atom>,
    /// Where each name stands, once there are many.
    places: Option<FxHashMap<Atom, u32>>,
}

impl Shape {
    fn find(&self, name: &Atom) -> Option<usize> {
        match &self.places {
            Some(places) => places.get(name).map(|&at| at as usize),
            None => self.keys.iter().position(|key| key == name),
        }
    }

    fn push(&mut self, name: Atom) {
        if let Some(places) = &mut self.places {
            places.insert(name.clone(), self.keys.len() as u32);
        }
        self.keys.push(name);
        if self.places.is_none() && self.keys.len() > FEW {
            self.find_by_table();
        }
    }

    fn find_by_table(&mut self) {
        self.places = Some(self.keys.iter().cloned().zip(0..).collect());
    }
}

/// Values by name; a name stands once.
#[derive(Clone, Debug)]
pub(super) struct Names<V> {
    /// None where there are no names.
    shape: Option<Rc<Shape>>,
    values: Vec<V>,
}

impl<V> Default for Names<V> {
    fn default() -> Self {
        Self { shape: None, values: Vec::new() }
    }
}

impl<V> Names<V> {
    /// All names of a shape, holding the same.
    pub(super) fn of_shape(shape: Rc<Shape>, value: V) -> Self
    where
        V: Clone,
    {
        let values = vec![value; shape.keys.len()];
        Self { shape: Some(shape), values }
    }

    /// The names, to make others of the same shape.
    pub(super) fn shape(&self) -> Option<&Rc<Shape>> {
        self.shape.as_ref()
    }

    /// Do both share their names? Then their values stand at the same places.
    pub(super) fn is_of_same_shape(&self, other: &Self) -> bool {
        match (&self.shape, &other.shape) {
            (Some(one), Some(other)) => Rc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    fn find(&self, name: &Atom) -> Option<usize> {
        self.shape.as_ref()?.find(name)
    }

    fn names(&self) -> &[Atom] {
        self.shape.as_ref().map_or(&[], |shape| &shape.keys)
    }

    pub(super) fn get(&self, name: &Atom) -> Option<&V> {
        self.find(name).map(|at| &self.values[at])
    }

    /// The same by text, without making a name of it where there are few.
    pub(super) fn get_text(&self, name: &str) -> Option<&V> {
        match self.shape.as_ref()?.places {
            Some(_) => self.get(&Atom::new(name)),
            None => self.names().iter().position(|key| key.as_str() == name).map(|at| &self.values[at]),
        }
    }

    pub(super) fn contains_key(&self, name: &Atom) -> bool {
        self.find(name).is_some()
    }

    /// Stores a value; the one before, if there was one.
    pub(super) fn insert(&mut self, name: &Atom, value: V) -> Option<V> {
        if let Some(at) = self.find(name) {
            return Some(std::mem::replace(&mut self.values[at], value));
        }
        Rc::make_mut(self.shape.get_or_insert_default()).push(name.clone());
        self.values.push(value);
        None
    }

    /// Removes a name; those behind it move up.
    pub(super) fn remove(&mut self, name: &Atom) {
        if let Some(at) = self.find(name)
            && let Some(shape) = &mut self.shape
        {
            let shape = Rc::make_mut(shape);
            shape.keys.remove(at);
            self.values.remove(at);
            if shape.places.is_some() {
                shape.find_by_table();
            }
        }
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (&Atom, &V)> {
        self.names().iter().zip(&self.values)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &Atom> {
        self.names().iter()
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.values.iter()
    }

    /// A value by its place.
    pub(super) fn value_at(&self, at: usize) -> &V {
        &self.values[at]
    }

    /// Puts another value at a place.
    pub(super) fn set_at(&mut self, at: usize, value: V) {
        self.values[at] = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_or_many_names_keep_their_order_and_stand_once() {
        for count in [3, FEW, FEW + 1, 50] {
            let mut names = Names::default();
            for at in 0..count {
                assert_eq!(names.insert(&Atom::new(format!("a longer name {at}")), at), None);
            }
            assert_eq!(names.insert(&"a longer name 1".into(), 100), Some(1));
            names.remove(&"a longer name 0".into());
            assert_eq!((names.len(), names.get_text("a longer name 1")), (count - 1, Some(&100)));
            let last = Atom::new(format!("a longer name {}", count - 1));
            assert_eq!(names.get(&last), names.values().last());
            assert!(!names.contains_key(&"a longer name 0".into()) && names.keys().next().unwrap().ends_with('1'));
        }
    }
    #[test]
    fn copies_share_their_names_until_one_gets_another() {
        let mut one = Names::default();
        one.insert(&"a".into(), 1);
        let mut other = one.clone();
        other.insert(&"a".into(), 2);
        assert!(one.is_of_same_shape(&other) && one.get(&"a".into()) == Some(&1));
        other.insert(&"b".into(), 3);
        assert!(!one.is_of_same_shape(&other) && !one.contains_key(&"b".into()));
        let third = Names::of_shape(Rc::clone(other.shape().expect("it has names")), 0);
        assert_eq!(third.iter().map(|(name, value)| (name.as_str(), *value)).collect::<Vec<_>>(), [("a", 0), ("b", 0)]);
    }
}

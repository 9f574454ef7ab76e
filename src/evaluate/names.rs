//! Names and what they hold, in order of creation: members of objects, variables of scopes.
//!
//! Most objects and scopes hold a few names, which are looked through one by one: comparing two is comparing two
//! words. Where there are many, a table finds them.

use rustc_hash::FxHashMap;
use swc_atoms::Atom;

/// Names that are looked through one by one.
const FEW: usize = 10;

/// Values by name; a name stands once.
#[derive(Clone, Debug)]
pub(super) struct Names<V> {
    entries: Vec<(Atom, V)>,
    /// Where each name stands, once there are many.
    places: Option<Box<FxHashMap<Atom, u32>>>,
}

impl<V> Default for Names<V> {
    fn default() -> Self {
        Self { entries: Vec::new(), places: None }
    }
}

impl<V> Names<V> {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn find(&self, name: &Atom) -> Option<usize> {
        match &self.places {
            Some(places) => places.get(name).map(|&at| at as usize),
            None => self.entries.iter().position(|(key, _)| key == name),
        }
    }

    pub(super) fn get(&self, name: &Atom) -> Option<&V> {
        self.find(name).map(|at| &self.entries[at].1)
    }

    /// The same by text, without making a name of it where there are few.
    pub(super) fn get_text(&self, name: &str) -> Option<&V> {
        match &self.places {
            Some(_) => self.get(&Atom::new(name)),
            None => self.entries.iter().find(|(key, _)| key.as_str() == name).map(|(_, value)| value),
        }
    }

    pub(super) fn contains_key(&self, name: &Atom) -> bool {
        self.find(name).is_some()
    }

    /// Stores a value; the one before, if there was one.
    pub(super) fn insert(&mut self, name: Atom, value: V) -> Option<V> {
        if let Some(at) = self.find(&name) {
            return Some(std::mem::replace(&mut self.entries[at].1, value));
        }
        if let Some(places) = &mut self.places {
            places.insert(name.clone(), self.entries.len() as u32);
        }
        self.entries.push((name, value));
        if self.places.is_none() && self.entries.len() > FEW {
            self.find_by_table();
        }
        None
    }

    fn find_by_table(&mut self) {
        let places = self.entries.iter().zip(0..).map(|((name, _), at)| (name.clone(), at));
        self.places = Some(Box::new(places.collect()));
    }

    /// Removes a name; those behind it move up.
    pub(super) fn remove(&mut self, name: &Atom) {
        if let Some(at) = self.find(name) {
            self.entries.remove(at);
            if self.places.is_some() {
                self.find_by_table();
            }
        }
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (&Atom, &V)> {
        self.entries.iter().map(|(name, value)| (name, value))
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &Atom> {
        self.entries.iter().map(|(name, _)| name)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.iter().map(|(_, value)| value)
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
                assert_eq!(names.insert(Atom::new(format!("a longer name {at}")), at), None);
            }
            assert_eq!(names.insert("a longer name 1".into(), 100), Some(1));
            names.remove(&"a longer name 0".into());
            assert_eq!((names.len(), names.get_text("a longer name 1")), (count - 1, Some(&100)));
            let last = Atom::new(format!("a longer name {}", count - 1));
            assert_eq!(names.get(&last), names.values().last());
            assert!(!names.contains_key(&"a longer name 0".into()) && names.keys().next().unwrap().ends_with('1'));
        }
    }
}

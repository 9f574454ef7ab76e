//! Objects of libraries that are not here: what a page keeps in them.

use super::abstract_value::{Abstract, ObjectId};
use super::builtin;
use super::heap::{Kind, Object};
use super::machine::{GLOBAL, Machine};
use swc_atoms::Atom;

/// The browser's own objects are no place to look for ad config.
const BROWSER: [&str; 7] = ["console", "document", "history", "localStorage", "location", "navigator", "screen"];

impl Machine<'_> {
    /// The object under a global path.
    pub(super) fn library_object(&self, path: &str) -> Option<Abstract> {
        // What a call gave is no member of anything.
        if path.ends_with(')') {
            return None;
        }
        let mut value = Abstract::Object(GLOBAL);
        for name in path.split('.') {
            value = self.object(value.as_object()?).own(name)?.clone();
        }
        Some(value)
    }

    /// The object of a library that is not here, or in it, made when a script stores something there.
    pub(super) fn make_library(&mut self, path: &Atom) -> Option<ObjectId> {
        if let Some(Abstract::Object(id)) = self.library_object(path) {
            return Some(id);
        }
        if path.contains('(') || path.split('.').next().is_some_and(|first| BROWSER.contains(&first)) {
            return None;
        }
        let Some((owner, name)) = path.rsplit_once('.') else { return self.make_global(path) };
        let owner = self.make_library(&Atom::new(owner))?;
        if self.object(owner).own(name).is_some() {
            return None;
        }
        let id = self.add_library(path.clone());
        self.define(owner, &Atom::new(name), Abstract::Object(id));
        Some(id)
    }

    fn make_global(&mut self, name: &str) -> Option<ObjectId> {
        // `$` and `jQuery` are one object.
        let names = if builtin::JQUERY.contains(&name) { builtin::JQUERY.to_vec() } else { vec![name] };
        let is_free = |m: &Self, name: &str| m.object(GLOBAL).properties.get_text(name).is_none();
        if !is_free(self, name) {
            return None;
        }
        let id = self.add_library(Atom::new(names[names.len() - 1]));
        for name in names {
            if is_free(self, name) {
                self.write_global(&Atom::new(name), Abstract::Object(id));
            }
        }
        Some(id)
    }

    fn add_library(&mut self, path: Atom) -> ObjectId {
        self.add_object(Object { path: Some(path), is_open: true, ..Object::new(Kind::Plain) })
    }
}

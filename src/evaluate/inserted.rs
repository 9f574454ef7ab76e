//! Elements that scripts add to the page, for the queries that come after: made one by one, or written as markup. And
//! custom elements, whose classes tell what happens when one stands in the page.
//!
//! Whether an element was really put into the document is not followed: one that a script makes and gives a name is
//! one that it will ask for.

use super::abstract_value::{Abstract, ObjectId};
use super::dom::Compound;
use super::heap::Kind;
use super::machine::Machine;
use swc_atoms::{Atom, atom};
use swc_common::Span;

/// Elements, and bytes of markup, that are kept for queries.
const ELEMENTS: usize = 200;
const MARKUP_BYTES: usize = 64 << 10;

/// Instances of one custom element that are followed.
const INSTANCES: usize = 40;

/// Elements that are no place for ads. Whether they are in the page is asked by those who would add them.
const HELPERS: [&str; 6] = ["iframe", "img", "link", "meta", "script", "style"];

/// What scripts added so far.
#[derive(Debug, Default)]
pub(super) struct Inserted {
    elements: Vec<ObjectId>,
    /// Markup of which nobody asked for an element yet.
    markup: Vec<Atom>,
    markup_bytes: usize,
}

impl Machine<'_> {
    /// Takes note of an element that a script made.
    pub(super) fn note_made(&mut self, element: ObjectId, name: &str) {
        if self.inserted.elements.len() < ELEMENTS && !HELPERS.contains(&name) {
            self.inserted.elements.push(element);
        }
    }

    /// Takes note of an element of the page that a script gave a name by which it can be asked for.
    pub(super) fn note_renamed(&mut self, element: ObjectId, key: &str) {
        if matches!(key, "class" | "className" | "id")
            && self.element_places.contains_key(&element)
            && !self.inserted.elements.contains(&element)
        {
            self.note_made(element, "");
        }
    }

    /// Takes note of markup that a script wrote.
    pub(super) fn note_made_markup(&mut self, html: &Abstract) {
        let Abstract::String(html) = html else { return };
        self.inserted.markup_bytes += html.len();
        if self.inserted.markup_bytes <= MARKUP_BYTES {
            self.inserted.markup.push(html.clone());
        }
    }

    /// Of those elements, the ones that a selector matches.
    pub(super) fn select_made(&mut self, selector: &Compound, span: Span) -> Vec<Abstract> {
        let Some(dom) = self.dom else { return Vec::new() };
        for html in std::mem::take(&mut self.inserted.markup) {
            for element in dom.parse(&html) {
                let name = element.name.clone();
                if let Abstract::Object(id) = self.page_element(element, span) {
                    self.note_made(id, &name);
                }
            }
        }
        let is_match = |id: &&ObjectId| self.matches_any(**id, std::slice::from_ref(selector)) == Some(true);
        self.inserted.elements.iter().filter(is_match).map(|id| Abstract::Object(*id)).collect()
    }

    /// `customElements.define(name, class)`: what stands in the page becomes an instance; `None` where nothing does.
    pub(super) fn define_element(&mut self, name: &Atom, class: &Abstract, span: Span) -> Option<Abstract> {
        let Some(Kind::Function(closure)) = class.as_object().map(|id| self.object(id).kind.clone()) else {
            return None;
        };
        let elements = self.select(name, span).filter(|all| !all.is_empty())?;
        let prototype = self.prototype_of(class.as_object()?);
        for element in elements.into_iter().take(INSTANCES) {
            let Abstract::Object(id) = element else { continue };
            self.object_mut(id).prototype = Some(prototype);
            self.invoke(&closure, &element, Vec::new(), span);
            if let Some(connected) = self.member_function(id, &atom!("connectedCallback")) {
                self.call_value(&connected, &element, Vec::new(), span);
            }
        }
        Some(Abstract::Undefined)
    }
}

//! Ways from one element of the page to others: `parentNode`, `closest`, `children`, queries inside of an element.
//!
//! They lead through the page as its markup has it. Where they lead nowhere, scripts may have put something there: the
//! value is unknown.

use super::abstract_value::{Abstract, ObjectId};
use super::dom::{Compound, DomElement, Step, parse_selectors};
use super::machine::Machine;
use swc_common::{DUMMY_SP, Span};

/// Elements around that `closest` looks at.
const AROUND: usize = 200;

impl Machine<'_> {
    /// A member that leads from an element to another, or to several.
    pub(super) fn element_around(&mut self, id: ObjectId, key: &str) -> Option<Abstract> {
        match key {
            "parentNode" | "parentElement" => self.element_at(id, Step::Parent),
            "nextElementSibling" => self.element_at(id, Step::Next),
            "previousElementSibling" => self.element_at(id, Step::Previous),
            "firstElementChild" => self.elements_inside(id)?.into_iter().next(),
            "lastElementChild" => self.elements_inside(id)?.pop(),
            "childElementCount" => Some(Abstract::Number(self.elements_inside(id)?.len() as f64)),
            "children" => {
                let inside = self.elements_inside(id).filter(|all| !all.is_empty())?;
                Some(self.new_array(inside, DUMMY_SP))
            }
            _ => None,
        }
    }

    /// The element that a step leads to.
    pub(super) fn element_at(&mut self, id: ObjectId, step: Step) -> Option<Abstract> {
        let at = *self.element_places.get(&id)?;
        let element = self.dom?.step(at, step)?;
        Some(self.known_element(element, DUMMY_SP))
    }

    /// The elements directly inside.
    pub(super) fn elements_inside(&mut self, id: ObjectId) -> Option<Vec<Abstract>> {
        let at = *self.element_places.get(&id)?;
        let inside = self.dom?.children(at);
        Some(self.known_elements(inside))
    }

    /// The elements anywhere inside that a selector list matches, or that scripts made and may have put there.
    pub(super) fn select_inside(&mut self, id: ObjectId, selectors: &str) -> Option<Vec<Abstract>> {
        let (at, dom) = (self.element_places.get(&id).copied(), self.dom?);
        let compounds = parse_selectors(selectors)?;
        let inside = |compound: &Compound| at.map_or_else(Vec::new, |at| dom.select_in(at, compound));
        let mut found = self.known_elements(compounds.iter().flat_map(inside).collect());
        if found.is_empty() {
            found = compounds.iter().flat_map(|compound| self.select_made(compound, DUMMY_SP)).collect();
        }
        Some(found).filter(|found| !found.is_empty())
    }

    /// The nearest element that a selector list matches: this one, or one around it.
    pub(super) fn closest(&mut self, id: ObjectId, selectors: &str) -> Option<Abstract> {
        let compounds = parse_selectors(selectors)?;
        let mut next = Some(Abstract::Object(id));
        for _ in 0..AROUND {
            let here = next?;
            if self.matches_any(here.as_object()?, &compounds)? {
                return Some(here);
            }
            next = self.element_at(here.as_object()?, Step::Parent);
        }
        None
    }

    fn known_elements(&mut self, elements: Vec<DomElement>) -> Vec<Abstract> {
        self.charge(elements.len() * 8);
        elements.into_iter().map(|element| self.known_element(element, DUMMY_SP)).collect()
    }

    /// A method of an element that asks for others, or whether it matches; `None` where that cannot be told.
    pub(super) fn element_query(&mut self, id: ObjectId, method: &str, wanted: &str, span: Span) -> Option<Abstract> {
        match method {
            "closest" => self.closest(id, wanted),
            "matches" => self.matches_any(id, &parse_selectors(wanted)?).map(Abstract::Bool),
            "querySelector" => self.select_inside(id, wanted)?.into_iter().next(),
            "querySelectorAll" => {
                let found = self.select_inside(id, wanted)?;
                Some(self.new_array(found, span))
            }
            _ => None,
        }
    }
}

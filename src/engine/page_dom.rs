//! The page's elements, for scripts that read ad config from them.

use crate::base::Limits;
use crate::evaluate::{Compound, Dom, DomElement};
use std::cell::RefCell;
use crate::page::{Element, Part, Splitter, Wanted};

/// Looks elements up in the page's text, when a script asks.
pub(super) struct PageDom<'s> {
    html: &'s str,
    /// Answers that were given; scripts ask the same in every round of a loop.
    known: RefCell<Vec<(Compound, Vec<DomElement>)>>,
}

impl<'s> PageDom<'s> {
    pub(super) fn new(html: &'s str) -> Self {
        Self { html, known: RefCell::default() }
    }
}

impl Dom for PageDom<'_> {
    fn select(&self, selector: &Compound) -> Vec<DomElement> {
        if let Some((_, known)) = self.known.borrow().iter().find(|(asked, _)| asked == selector) {
            return known.clone();
        }
        let splitter = Splitter::new(&wanted(selector), &Limits::default());
        let page = splitter.split_html(self.html, None, 0);
        let elements = page.parts.into_iter().filter_map(|part| match part {
            Part::Element(element) => Some(to_dom(&element)),
            _ => None,
        });
        let found: Vec<DomElement> = elements.filter(|element| selector.is_match(element)).collect();
        self.known.borrow_mut().push((selector.clone(), found.clone()));
        found
    }
}

/// The rarest thing that the selector asks for.
fn wanted(selector: &Compound) -> Wanted {
    let mut wanted = Wanted::default();
    if let Some(id) = &selector.id {
        wanted.ids.insert(id.clone());
    } else if let Some(class) = selector.classes.first() {
        wanted.classes.insert(class.clone());
    } else if let Some((name, _)) = selector.attributes.first() {
        wanted.attributes.insert(name.clone());
    } else if let Some(name) = &selector.name {
        wanted.elements.insert(name.clone());
    }
    wanted
}

fn to_dom(element: &Element<'_>) -> DomElement {
    let attributes = element.attributes.iter().map(|one| (one.name.to_string(), one.value.to_string()));
    DomElement { name: element.name.to_string(), attributes: attributes.collect() }
}

//! The page's elements, for scripts that read ad config from them.

use crate::base::Limits;
use crate::evaluate::{Compound, Dom, DomElement};
use crate::page::{Element, Part, Splitter, Wanted};
use std::cell::{OnceCell, RefCell};

/// Looks elements up in the page's text, when a script asks.
pub(super) struct PageDom<'s> {
    html: &'s str,
    /// Answers that were given; scripts ask the same in every round of a loop.
    known: RefCell<Vec<(Compound, Vec<DomElement>)>>,
    /// All elements with an id or a class, once many were asked for.
    marked: OnceCell<Vec<DomElement>>,
}

impl<'s> PageDom<'s> {
    pub(super) fn new(html: &'s str) -> Self {
        Self { html, known: RefCell::default(), marked: OnceCell::new() }
    }
}

/// Queries that each walk the page; with more of them, an index of its elements pays.
const WALKS: usize = 2;

impl PageDom<'_> {
    /// The elements that the page holds of what is wanted.
    fn walk(&self, wanted: &Wanted) -> Vec<DomElement> {
        let page = Splitter::new(wanted, &Limits::default()).split_html(self.html, None, 0);
        let elements = page.parts.iter().filter_map(|part| match part {
            Part::Element(element) => Some(to_dom(element)),
            _ => None,
        });
        elements.collect()
    }

    /// Does the page name the id and classes at all? Scripts ask for many elements that they make themselves.
    fn may_hold(&self, selector: &Compound) -> bool {
        let mut names = selector.id.iter().chain(&selector.classes);
        names.all(|name| name.contains('&') || memchr::memmem::find(self.html.as_bytes(), name.as_bytes()).is_some())
    }

    fn find(&self, selector: &Compound) -> Vec<DomElement> {
        let is_marked = selector.id.is_some() || !selector.classes.is_empty();
        if !is_marked || self.known.borrow().len() < WALKS {
            let mut found = self.walk(&wanted(selector));
            found.retain(|element| selector.is_match(element));
            return found;
        }
        let marks = || Wanted { attributes: ["id", "class"].map(str::to_owned).into(), ..Wanted::default() };
        let marked = self.marked.get_or_init(|| self.walk(&marks()));
        marked.iter().filter(|element| selector.is_match(element)).cloned().collect()
    }
}

impl Dom for PageDom<'_> {
    fn select(&self, selector: &Compound) -> Vec<DomElement> {
        if let Some((_, known)) = self.known.borrow().iter().find(|(asked, _)| asked == selector) {
            return known.clone();
        }
        let found = if self.may_hold(selector) { self.find(selector) } else { Vec::new() };
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

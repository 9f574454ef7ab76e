//! The page's elements, for scripts that read ad config from them.

use crate::evaluate::{Compound, Dom, DomElement, DomStep};
use crate::page::{Asked, Element, StartTags, Tree};
use std::cell::OnceCell;
use std::ops::ControlFlow;

/// Elements that one query gives; scripts that want more do not look for ads.
const MOST: usize = 300;

/// Elements inside of one that a query looks at.
const INSIDE: usize = 2_000;

/// Looks elements up in the page's text, when a script asks.
pub(super) struct PageDom<'s> {
    html: &'s str,
    /// Where its tags stand; a bare script has no page.
    tags: OnceCell<StartTags>,
    title: OnceCell<String>,
    tree: OnceCell<Tree>,
}

impl<'s> PageDom<'s> {
    pub(super) fn new(html: &'s str) -> Self {
        Self { html, tags: OnceCell::new(), title: OnceCell::new(), tree: OnceCell::new() }
    }

    /// Takes in where the tags of the page stand, and its title.
    pub(super) fn set(&self, tags: StartTags, title: Option<String>) {
        // It is set once, when the page was split.
        let _ = self.tags.set(tags);
        if let Some(title) = title {
            let _ = self.title.set(title);
        }
    }

    /// The tree, and the number of the element whose tag begins there.
    fn place(&self, at: u32) -> Option<(&Tree, usize)> {
        let tags = self.tags.get()?;
        Some((self.tree.get_or_init(|| Tree::of(self.html, tags)), tags.number_of(at)?))
    }

    fn numbered(&self, number: usize) -> Option<DomElement> {
        self.tags.get()?.read(self.html, number).map(|element| self.dom_of(&element))
    }

    fn dom_of(&self, element: &Element<'_>) -> DomElement {
        self.with_text(to_dom(element), element)
    }

    fn with_text(&self, dom: DomElement, element: &Element<'_>) -> DomElement {
        let text = matches!(&*dom.name, "script" | "style").then(|| self.text_behind(element)).flatten();
        let at = self.is_in_source(element).then_some(element.span.start);
        DomElement { text, at, ..dom }
    }

    /// Does it stand where its span says? One in markup that had to be decoded stands elsewhere.
    fn is_in_source(&self, element: &Element<'_>) -> bool {
        let name = self.html.get(element.span.start as usize + 1..).and_then(|rest| rest.get(..element.name.len()));
        name.is_some_and(|name| name.eq_ignore_ascii_case(&element.name))
    }

    /// The text of a script or style, if it is told where it stands.
    fn text_behind(&self, element: &Element<'_>) -> Option<String> {
        let rest = self.html.get(element.span.end as usize..).filter(|_| self.is_in_source(element))?;
        let is_end = |at: usize| {
            let name = rest.get(at + 2..)?.get(..element.name.len())?;
            name.eq_ignore_ascii_case(&element.name).then_some(at)
        };
        let end = memchr::memmem::find_iter(rest.as_bytes(), "</").find_map(is_end)?;
        Some(rest[..end].to_owned())
    }
}

impl Dom for PageDom<'_> {
    fn select(&self, selector: &Compound) -> Vec<DomElement> {
        let mut found = Vec::new();
        let Some(tags) = self.tags.get() else { return found };
        let mut take = |element: Element<'_>| {
            if selector.name.as_deref().is_none_or(|name| *name == *element.name) {
                let dom = to_dom(&element);
                if selector.is_match(&dom) {
                    found.push(self.with_text(dom, &element));
                }
            }
            if found.len() < MOST { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        // Whether all were looked at shows in how many there are.
        let _ = tags.find(self.html, asked(selector), &mut take);
        found
    }

    fn step(&self, at: u32, step: DomStep) -> Option<DomElement> {
        let (tree, number) = self.place(at)?;
        let number = match step {
            DomStep::Parent => tree.parent(number)?,
            DomStep::Next => tree.next(number)?,
            DomStep::Previous => tree.previous(number)?,
        };
        self.numbered(number)
    }

    fn children(&self, at: u32) -> Vec<DomElement> {
        let Some((tree, number)) = self.place(at) else { return Vec::new() };
        tree.children(number).take(MOST).filter_map(|child| self.numbered(child)).collect()
    }

    fn select_in(&self, at: u32, selector: &Compound) -> Vec<DomElement> {
        let Some((tree, number)) = self.place(at) else { return Vec::new() };
        let Some(tags) = self.tags.get() else { return Vec::new() };
        let inside = (number + 1..tree.end(number)).take(INSIDE).filter_map(|number| tags.read(self.html, number));
        let found = inside.filter_map(|element| {
            let dom = to_dom(&element);
            selector.is_match(&dom).then(|| self.with_text(dom, &element))
        });
        found.take(MOST).collect()
    }

    fn script_at(&self, offset: u32) -> Option<DomElement> {
        let element = self.tags.get()?.before(self.html, offset)?;
        (element.name == "script").then(|| self.dom_of(&element))
    }

    fn title(&self) -> Option<&str> {
        self.title.get().map(String::as_str)
    }

    fn parse(&self, html: &str) -> Vec<DomElement> {
        let mut found = Vec::new();
        let mut take = |element: Element<'_>| {
            found.push(to_dom(&element));
            if found.len() < MOST { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let _ = StartTags::of_fragment(html).find(html, Asked::Any, &mut take);
        found
    }
}

/// The rarest thing that the selector asks for. Pages do not write the letters of ids and class names as references.
fn asked(selector: &Compound) -> Asked<'_> {
    let names = selector.id.iter().chain(&selector.classes);
    let longest = names.filter(|name| !name.is_empty() && !name.contains('&')).max_by_key(|name| name.len());
    match (longest, &selector.name) {
        (Some(name), _) => Asked::Text(name),
        (None, Some(name)) => Asked::Name(name),
        (None, None) => Asked::Any,
    }
}

fn to_dom(element: &Element<'_>) -> DomElement {
    let attributes = element.attributes.iter().map(|one| (one.name.to_string(), one.value.to_string()));
    DomElement { name: element.name.to_string(), attributes: attributes.collect(), ..DomElement::default() }
}

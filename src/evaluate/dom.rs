//! The elements of the page, as far as scripts read ad config from them.
//!
//! A query is answered by start tags, and combinators count for their last part only, so that it may give an element too
//! many, never one too few. Ways from one element to the next are in [`super::dom_walk`].

use super::abstract_value::{Abstract, ObjectId};
use super::heap::{Kind, Object, Property};
use super::machine::Machine;
use std::rc::Rc;
use swc_atoms::{Atom, atom};
use swc_common::Span;

/// Queries that one page's scripts may ask, and elements that one of them may give.
const QUERIES: u32 = 60;
const ELEMENTS: usize = 300;

/// Elements that scripts ask for to put their own beside them: every page has them, and config never hangs on
/// their names alone.
const PLACES: [&str; 4] = ["body", "head", "html", "script"];

/// Pseudo-classes of elements that a visitor sees, and of others: a page's ad containers are taken to be seen, sooner or later.
const SHOWN: [&str; 4] = ["defined", "empty", "enabled", "visible"];
const HIDDEN: [&str; 3] = ["disabled", "empty", "hidden"];

/// For each part of a selector list the elements of the page's markup.
pub(super) type Answers = Rc<[(Compound, Vec<Abstract>)]>;

/// Answers queries about the page's markup.
pub trait Dom {
    /// The elements that a compound selector matches, in order.
    fn select(&self, selector: &Compound) -> Vec<DomElement>;

    /// The first element with this lower-case name.
    fn named(&self, name: &str) -> Option<DomElement> {
        self.select(&Compound { name: Some(name.to_owned()), ..Compound::default() }).into_iter().next()
    }

    /// The element that a step leads to from the one whose tag begins at this byte of the document.
    fn step(&self, at: u32, step: Step) -> Option<DomElement>;

    /// The elements directly inside of one.
    fn children(&self, at: u32) -> Vec<DomElement>;

    /// The elements anywhere inside of one that a compound selector matches, in order.
    fn select_in(&self, at: u32, selector: &Compound) -> Vec<DomElement>;

    /// The script element whose text holds this byte of the document.
    fn script_at(&self, offset: u32) -> Option<DomElement>;

    /// The page's title.
    fn title(&self) -> Option<&str>;

    /// The elements of a piece of markup that a script wrote.
    fn parse(&self, html: &str) -> Vec<DomElement>;
}

/// A way from one element to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the element around.
    Parent,
    /// To the one behind it.
    Next,
    /// To the one before it.
    Previous,
}

/// A start tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomElement {
    /// Lower-case name.
    pub name: String,
    /// Lower-case names and decoded values.
    pub attributes: Vec<(String, String)>,
    /// The text of a script or style.
    pub text: Option<String>,
    /// Where its tag begins in the document, unless it stands in markup that had to be decoded.
    pub at: Option<u32>,
}

/// A selector without combinators: `div.ad[data-slot]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compound {
    /// Lower-case name.
    pub name: Option<String>,
    /// `#id`.
    pub id: Option<String>,
    /// `.class`, each.
    pub classes: Vec<String>,
    /// `[name]`, `[name="value"]`, `[name^="value"]` …: name, operator, value.
    pub attributes: Vec<(String, Option<(char, String)>)>,
    /// `:not(…)`, each.
    pub without: Vec<Compound>,
}

impl Compound {
    /// Does it ask for nothing but a place to put something?
    fn is_place(&self) -> bool {
        let is_bare = self.id.is_none() && self.classes.is_empty() && self.attributes.is_empty();
        is_bare && self.name.as_deref().is_some_and(|name| PLACES.contains(&name))
    }

    /// Does the start tag match?
    #[must_use]
    pub fn is_match(&self, element: &DomElement) -> bool {
        let value =
            |name: &str| element.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        self.is_met(&element.name, &value)
    }

    /// Does an element match that has this name and these values of attributes?
    fn is_met<'e>(&self, name: &str, value: &dyn Fn(&str) -> Option<&'e str>) -> bool {
        let has_class =
            |class: &String| value("class").is_some_and(|all| all.split_ascii_whitespace().any(|one| one == class));
        self.name.as_ref().is_none_or(|wanted| wanted == name)
            && self.id.as_ref().is_none_or(|id| value("id") == Some(id))
            && self.classes.iter().all(has_class)
            && self.attributes.iter().all(|(name, test)| value(name).is_some_and(|value| passes(value, test.as_ref())))
            && !self.without.iter().any(|other| other.is_met(name, value))
    }
}

fn passes(value: &str, test: Option<&(char, String)>) -> bool {
    match test {
        None => true,
        Some(('^', wanted)) => value.starts_with(wanted.as_str()),
        Some(('$', wanted)) => value.ends_with(wanted.as_str()),
        Some(('*', wanted)) => value.contains(wanted.as_str()),
        Some(('~', wanted)) => value.split_ascii_whitespace().any(|one| one == wanted),
        Some((_, wanted)) => value == wanted,
    }
}

/// The last compounds of a selector list; `None` for what is not understood.
pub(super) fn parse_selectors(text: &str) -> Option<Vec<Compound>> {
    let mut depth = 0;
    let is_comma = |one: char| {
        depth += i32::from(matches!(one, '[' | '(')) - i32::from(matches!(one, ']' | ')'));
        one == ',' && depth == 0
    };
    text.split(is_comma).map(|one| parse_compound(last_part(one.trim())?)).collect()
}

/// What stands behind the last combinator.
fn last_part(selector: &str) -> Option<&str> {
    let mut depth = 0;
    let mut start = 0;
    for (at, byte) in selector.bytes().enumerate() {
        match byte {
            b'[' | b'(' => depth += 1,
            b']' | b')' => depth -= 1,
            b' ' | b'>' | b'+' | b'~' if depth == 0 => start = at + 1,
            _ => {}
        }
    }
    selector.get(start..).filter(|part| !part.is_empty())
}

fn parse_compound(text: &str) -> Option<Compound> {
    let mut compound = Compound::default();
    let mut rest = text;
    let name_end =
        |text: &str| text.find(|one: char| !(one.is_alphanumeric() || one == '-' || one == '_')).unwrap_or(text.len());
    let end = name_end(rest);
    if end > 0 {
        compound.name = Some(rest[..end].to_ascii_lowercase());
        rest = &rest[end..];
    }
    while let Some(mark) = rest.chars().next() {
        rest = &rest[mark.len_utf8()..];
        match mark {
            '*' => {}
            '#' | '.' => {
                let end = name_end(rest);
                let name = rest[..end].to_owned();
                if mark == '#' {
                    compound.id = Some(name)
                } else {
                    compound.classes.push(name)
                }
                rest = &rest[end..];
            }
            '[' => {
                let (inner, after) = rest.split_once(']')?;
                compound.attributes.push(parse_attribute(inner));
                rest = after;
            }
            ':' => {
                let end = name_end(rest);
                let (name, after) = rest.split_at(end);
                rest = match after.strip_prefix('(') {
                    Some(inner) if name == "not" => {
                        let (inner, after) = inner.split_once(')')?;
                        compound.without.extend(parse_without(inner)?);
                        after
                    }
                    _ if SHOWN.contains(&name) => after,
                    _ => return None,
                };
            }
            _ => return None,
        }
    }
    Some(compound)
}

/// What stands in `:not(…)`; what it says of how elements are shown counts for nothing.
fn parse_without(text: &str) -> Option<Vec<Compound>> {
    let is_of_state = |one: &str| one.strip_prefix(':').is_some_and(|name| HIDDEN.contains(&name));
    text.split(',').map(str::trim).filter(|one| !is_of_state(one)).map(parse_compound).collect()
}

fn parse_attribute(text: &str) -> (String, Option<(char, String)>) {
    let Some((name, value)) = text.split_once('=') else { return (text.trim().to_ascii_lowercase(), None) };
    let operator = name.chars().last().filter(|one| "^$*~|".contains(*one)).unwrap_or('=');
    let name = name.trim_end_matches(['^', '$', '*', '~', '|']).trim().to_ascii_lowercase();
    (name, Some((operator, value.trim().trim_matches(['"', '\'']).to_owned())))
}

impl Machine<'_> {
    /// The elements that a selector list matches; `None` where that cannot be told.
    pub(super) fn select(&mut self, selectors: &str, span: Span) -> Option<Vec<Abstract>> {
        let compounds = match self.asked.get(selectors) {
            Some(known) => Rc::clone(known),
            None => self.ask(selectors, span)?,
        };
        let mut found: Vec<Abstract> = compounds.iter().flat_map(|(_, elements)| elements.iter().cloned()).collect();
        for (compound, _) in compounds.iter() {
            for made in self.select_made(compound, span) {
                if !found.iter().any(|known| made.is_same(known)) {
                    found.push(made);
                }
            }
        }
        found.truncate(ELEMENTS);
        self.charge(found.len() / 4);
        Some(found)
    }

    /// Asks the page; it gives the same each time.
    fn ask(&mut self, selectors: &str, span: Span) -> Option<Answers> {
        let dom = self.dom?;
        let compounds = parse_selectors(selectors)?;
        if compounds.iter().any(|compound| compound.is_place() || *compound == Compound::default()) {
            return None;
        }
        let mut answers = Vec::with_capacity(compounds.len());
        for compound in compounds {
            self.queries += 1;
            if self.queries > QUERIES {
                return None;
            }
            let elements = dom.select(&compound);
            self.charge(elements.len() * 8);
            let elements = elements.into_iter().map(|element| self.known_element(element, span)).collect();
            answers.push((compound, elements));
        }
        let answers: Answers = answers.into();
        self.asked.insert(selectors.into(), Rc::clone(&answers));
        Some(answers)
    }

    /// The object for an element of the page, which may be known from an earlier query.
    pub(super) fn known_element(&mut self, element: DomElement, span: Span) -> Abstract {
        let Some(key) = element.at.map(|at| (at, Atom::new(element.name.as_str()))) else {
            return self.page_element(element, span);
        };
        if let Some(&known) = self.page_elements.get(&key) {
            return Abstract::Object(known);
        }
        let made = self.page_element(element, span);
        if let Some(id) = made.as_object() {
            self.element_places.insert(id, key.0);
            self.page_elements.insert(key, id);
        }
        made
    }

    pub(super) fn page_element(&mut self, element: DomElement, span: Span) -> Abstract {
        let at = Some((self.source, span));
        let id = self.add_object(Object { at, ..Object::new(Kind::Element(Atom::new(element.name.as_str()))) });
        let data = self.add_object(Object::new(Kind::Plain));
        for name in [atom!("id"), atom!("className")] {
            self.define(id, &name, Abstract::String(Atom::default()));
        }
        for (name, value) in element.attributes {
            let value = Abstract::text(&value);
            if let Some(key) = name.strip_prefix("data-") {
                self.define(data, &Atom::new(camel_case(key)), value.clone());
            }
            let own = match name.as_str() {
                "class" => "className",
                "content" | "dir" | "id" | "lang" | "name" | "rel" | "title" | "type" | "value" => &name,
                _ => "",
            };
            if !own.is_empty() {
                self.define(id, &Atom::new(own), value.clone());
            } else if let ("href" | "src", Abstract::String(url)) = (name.as_str(), &value) {
                let whole = self.url_member(url, span);
                self.define(id, &Atom::new(name.as_str()), whole);
            }
            self.define(id, &attribute_key(&name), value);
        }
        if let Some(text) = element.text {
            self.define_text(id, Atom::new(text));
        }
        self.define(id, &atom!("dataset"), Abstract::Object(data));
        self.define(id, &atom!("tagName"), Abstract::text(&element.name.to_uppercase()));
        Abstract::Object(id)
    }

    /// Does one of the selectors match an element as it is now? `None` where it is no element.
    pub(super) fn matches_any(&self, id: ObjectId, compounds: &[Compound]) -> Option<bool> {
        let object = self.object(id);
        let Kind::Element(name) = &object.kind else { return None };
        let value = |attribute: &str| self.attribute_text(object, attribute);
        Some(compounds.iter().any(|compound| compound.is_met(name, &value)))
    }

    /// The known value of an attribute: what a script has set counts before what stands in the markup.
    fn attribute_text<'m>(&'m self, object: &'m Object<'_>, name: &str) -> Option<&'m str> {
        let text = |property: &'m Property| match property {
            Property::Value(Abstract::String(text)) => Some(text.as_str()),
            _ => None,
        };
        let is_it = |key: &Atom| key.eq_ignore_ascii_case(name) || name == "class" && *key == "className";
        let set = object.properties.iter().filter(|(key, _)| is_it(key)).find_map(|(_, property)| text(property));
        let in_data = || {
            let data = self.object(object.own("dataset")?.as_object()?);
            text(data.properties.get_text(&camel_case(name.strip_prefix("data-")?))?)
        };
        set.or_else(in_data).or_else(|| text(object.properties.get_text(&attribute_key(name))?))
    }

    /// Gives an element an attribute; scripts mostly read it back as a member.
    pub(super) fn set_attribute(&mut self, id: ObjectId, name: &Atom, value: Abstract) {
        self.note_renamed(id, name);
        if let Some(data) = self.object(id).own("dataset").and_then(Abstract::as_object) {
            self.define(id, &attribute_key(&name.to_ascii_lowercase()), value.clone());
            if let Some(key) = name.strip_prefix("data-") {
                self.define(data, &Atom::new(camel_case(key)), value.clone());
            }
        }
        self.define(id, name, value);
    }

    /// The value of an attribute of an element that stands in the page; an absent one is null.
    pub(super) fn page_attribute(&self, id: ObjectId, name: &str) -> Option<Abstract> {
        let object = self.object(id);
        object.own("dataset")?;
        Some(object.own(&attribute_key(&name.to_ascii_lowercase())).cloned().unwrap_or(Abstract::Null))
    }
}

/// Attributes are kept beside members, under a name that no member has.
fn attribute_key(name: &str) -> Atom {
    Atom::new(format!("@{name}"))
}

/// `ad-unit` as `adUnit`.
pub(super) fn camel_case(name: &str) -> String {
    let mut parts = name.split('-');
    let first = parts.next().unwrap_or("").to_owned();
    parts.fold(first, |all, part| {
        let mut letters = part.chars();
        let head = letters.next().map(|one| one.to_ascii_uppercase()).into_iter();
        all + &head.chain(letters).collect::<String>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_are_read_by_their_last_part() {
        let parsed = parse_selectors("main > div.ad.top[data-slot][data-kind^='x'], #one").unwrap();
        assert_eq!(parsed[0].name.as_deref(), Some("div"));
        assert_eq!(parsed[0].classes, ["ad", "top"]);
        assert_eq!(parsed[0].attributes, [("data-slot".into(), None), ("data-kind".into(), Some(('^', "x".into())))]);
        assert_eq!(parsed[1].id.as_deref(), Some("one"));
        assert_eq!(parse_selectors("a:hover"), None);
        assert_eq!(parse_selectors(".ad:visible:not(:hidden)"), parse_selectors(".ad"));
        assert_eq!(camel_case("ad-unit-path"), "adUnitPath");
    }

    #[test]
    fn selectors_leave_out_what_not_names() {
        let parsed = parse_selectors("div:not(.done, [hidden]), p").unwrap();
        let element = |name: &str, value: &str| DomElement {
            name: "div".into(),
            attributes: vec![(name.into(), value.into())],
            ..DomElement::default()
        };
        assert_eq!(parsed.len(), 2);
        assert!(parsed[0].is_match(&element("class", "ad")));
        assert!(!parsed[0].is_match(&element("class", "ad done")) && !parsed[0].is_match(&element("hidden", "")));
    }
}

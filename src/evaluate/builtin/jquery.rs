//! jQuery where it is not here: lists of elements, what their methods tell, and plugins that pages add to it.
//!
//! A list of the page's elements is an array under the path `$()`. What lies inside of an element that is not the page's own
//! is looked for in the whole page.

use crate::evaluate::abstract_value::{Abstract, ObjectId};
use crate::evaluate::dom::{Step, parse_selectors};
use crate::evaluate::heap::{Kind, Object, Property};
use crate::evaluate::machine::Machine;
use crate::evaluate::operator::{is_truthy, number_text};
use swc_atoms::{Atom, atom};
use swc_common::Span;

/// Its global names: one object.
pub(in crate::evaluate) const NAMES: [&str; 2] = ["$", "jQuery"];

/// Methods that change elements, or what is known of them, in ways that config does not depend on; they give the list itself.
const CHAINED: [&str; 10] =
    ["addClass", "css", "fadeIn", "fadeOut", "hide", "removeAttr", "removeClass", "removeData", "show", "toggleClass"];

/// Does the path lead to a list of elements that jQuery gave: `$()`, `jQuery().parent()`?
fn is_collection(path: &str) -> bool {
    NAMES.iter().any(|name| path.strip_prefix(name).is_some_and(|rest| rest.starts_with("()"))) && path.ends_with(')')
}

/// The attribute that holds what `data` calls so: `data-ad-path` for `adPath`.
fn data_attribute(name: &str) -> String {
    let mut attribute = String::from("data-");
    for character in name.chars() {
        if character.is_ascii_uppercase() {
            attribute.push('-');
        }
        attribute.push(character.to_ascii_lowercase());
    }
    attribute
}

/// Calls `$(…)`, or a method of elements that nobody knows; `None` for anything else.
pub(super) fn call(m: &mut Machine<'_>, path: &str, arguments: &[Abstract], span: Span) -> Option<Abstract> {
    let is_ready = NAMES.contains(&path)
        || path.rsplit_once('.').is_some_and(|(list, name)| name == "ready" && is_collection(list));
    if let Some(function) = arguments.first().filter(|one| is_ready && m.is_function(one)) {
        // `jQuery(function (e) { e('.ad') })`: it is handed to the function under any name.
        let jquery = m.library_object("jQuery").unwrap_or_else(|| m.unknown_path(atom!("jQuery"), span));
        m.schedule(function, &Abstract::Undefined, Some(vec![jquery]));
        return Some(m.unknown_path(atom!("$()"), span));
    }
    if NAMES.contains(&path) {
        let wrapped = m.wrap(arguments.first()?, span);
        // `$("<div>", { id: "top" })`
        if let (Some(Abstract::Object(list)), Some(Abstract::Object(attributes))) = (&wrapped, arguments.get(1)) {
            m.set_attributes(*list, *attributes);
        }
        return wrapped;
    }
    let (owner, name) = path.rsplit_once('.')?;
    if !is_collection(owner) {
        return None;
    }
    match name {
        "find" => m.wrap(arguments.first().filter(|one| matches!(one, Abstract::String(_)))?, span),
        "append" | "prepend" | "html" | "after" | "before" => {
            m.write_markup(arguments.get(..1)?, span);
            None
        }
        _ => None,
    }
}

impl Machine<'_> {
    /// `$('.ad')` or `$(element)`: a list that has jQuery's methods.
    fn wrap(&mut self, value: &Abstract, span: Span) -> Option<Abstract> {
        let elements = match value {
            Abstract::String(html) if html.trim_start().starts_with('<') => vec![self.made_from(&html.clone(), span)?],
            Abstract::String(selector) => self.select_placed(&selector.clone(), span)?,
            Abstract::Object(id) if matches!(self.object(*id).kind, Kind::Element(_)) => vec![value.clone()],
            Abstract::Object(id) if self.is_wrapped(*id) => return Some(value.clone()),
            _ => return None,
        };
        self.wrap_all(elements)
    }

    /// `$('<div class="ad">')`: the element that the markup makes.
    fn made_from(&mut self, html: &Atom, span: Span) -> Option<Abstract> {
        self.add_markup(&[Abstract::String(html.clone())], span);
        let element = self.dom?.parse(html).into_iter().next()?;
        let name = element.name.clone();
        let made = self.page_element(element, span);
        self.note_made(made.as_object()?, &name);
        Some(made)
    }

    /// `.ad:first`, `.ad:eq(1)`: jQuery's own ways to ask for one of several.
    fn select_placed(&mut self, selector: &str, span: Span) -> Option<Vec<Abstract>> {
        let (asked, place) = selector.rsplit_once(':').unwrap_or((selector, ""));
        let number = || place.strip_prefix("eq(")?.strip_suffix(')')?.trim().parse::<usize>().ok();
        match place {
            "first" => Some(self.select(asked, span)?.into_iter().take(1).collect()),
            "last" => Some(self.select(asked, span)?.pop().into_iter().collect()),
            _ => match number() {
                Some(at) => Some(self.select(asked, span)?.into_iter().skip(at).take(1).collect()),
                None => self.select(selector, span),
            },
        }
    }

    /// None may only mean that scripts add them later.
    fn wrap_all(&mut self, elements: Vec<Abstract>) -> Option<Abstract> {
        (!elements.is_empty()).then(|| self.collection(elements))
    }

    fn collection(&mut self, elements: Vec<Abstract>) -> Abstract {
        let object = Object { elements, path: Some(atom!("$()")), is_open: true, ..Object::new(Kind::Array) };
        Abstract::Object(self.add_object(object))
    }

    pub(super) fn is_wrapped(&self, id: ObjectId) -> bool {
        let object = self.object(id);
        object.is_array() && object.path.as_deref() == Some("$()")
    }

    /// A method of such a list; `None` for what is left to chance.
    pub(super) fn wrapped_method(
        &mut self,
        id: ObjectId,
        key: &str,
        arguments: &[Abstract],
        span: Span,
    ) -> Option<Abstract> {
        let elements = self.object(id).elements.clone();
        let first = elements.first()?;
        let list = Abstract::Object(id);
        match (key, arguments) {
            ("each", [callback, ..]) => self.each(&[list, callback.clone()], true, span),
            ("map", [callback, ..]) => {
                let callback = callback.clone();
                let mut mapped = Vec::new();
                for (at, element) in self.pairs(&list, span)? {
                    mapped.push(self.call_value(&callback, &element.clone(), vec![at, element], span));
                }
                Some(self.collection(mapped))
            }
            ("val", []) => self.element_value(first, "value", false),
            ("data", []) => self.all_data(first.as_object()?),
            ("attr" | "data" | "prop", [Abstract::String(name)]) => {
                let name = if key == "data" { data_attribute(name) } else { name.to_string() };
                self.element_value(first, &name, key == "data")
            }
            ("attr", [Abstract::Object(attributes)]) => {
                self.set_attributes(id, *attributes);
                Some(list)
            }
            ("attr" | "data" | "prop", [Abstract::String(name), value]) if !self.is_function(value) => {
                let name = if key == "data" { Atom::new(data_attribute(name)) } else { name.clone() };
                for element in elements.iter().filter_map(Abstract::as_object) {
                    self.set_attribute(element, &name, value.clone());
                }
                Some(list)
            }
            ("children" | "closest" | "find" | "next" | "parent" | "prev" | "siblings", _) => {
                self.elements_beside(&elements, key, arguments.first(), span)
            }
            ("slice", _) => {
                let part = self.array_method(id, key, arguments, span)?;
                let part = self.array(&part)?.to_vec();
                self.wrap_all(part)
            }
            ("filter" | "not", [test]) => self.filtered(&elements, test, key == "filter", span),
            ("get" | "eq", [Abstract::Number(at)]) => {
                let element = elements.get(super::array::whole(*at))?;
                if key == "get" { Some(element.clone()) } else { self.wrap(element, span) }
            }
            ("first", _) => self.wrap(first, span),
            ("last", _) => self.wrap(elements.last()?, span),
            ("toArray" | "get", []) => Some(self.add_array(elements)),
            ("size", []) => Some(Abstract::Number(elements.len() as f64)),
            ("append" | "prepend" | "html" | "after" | "before", [_, ..]) => {
                self.write_markup(&arguments[..1], span);
                Some(list)
            }
            _ if CHAINED.contains(&key) && (key != "css" || arguments.len() > 1) => Some(list),
            _ => None,
        }
    }

    /// The elements that a method leads to from those of a list, each once.
    fn elements_beside(
        &mut self,
        elements: &[Abstract],
        method: &str,
        selector: Option<&Abstract>,
        span: Span,
    ) -> Option<Abstract> {
        let wanted = match selector {
            None => None,
            Some(Abstract::String(wanted)) => Some(wanted.clone()),
            Some(_) => return None,
        };
        let mut found: Vec<Abstract> = Vec::new();
        for element in elements {
            let id = element.as_object()?;
            let beside = match (method, &wanted) {
                ("closest", Some(wanted)) => vec![self.closest(id, wanted)?],
                ("find", Some(wanted)) if self.element_places.contains_key(&id) => {
                    self.select_inside(id, wanted).unwrap_or_default()
                }
                ("find", Some(wanted)) => self.select(wanted, span)?,
                ("next", _) => self.element_at(id, Step::Next).into_iter().collect(),
                ("prev", _) => self.element_at(id, Step::Previous).into_iter().collect(),
                ("parent", _) => vec![self.element_at(id, Step::Parent)?],
                ("children", _) => self.elements_inside(id)?,
                ("siblings", _) => {
                    let parent = self.element_at(id, Step::Parent)?.as_object()?;
                    let all = self.elements_inside(parent)?;
                    all.into_iter().filter(|one| !one.is_same(element)).collect()
                }
                _ => return None,
            };
            for one in beside {
                if !found.iter().any(|known| known.is_same(&one)) {
                    found.push(one);
                }
            }
        }
        match wanted.filter(|_| !matches!(method, "closest" | "find")) {
            Some(wanted) => self.filtered(&found, &Abstract::String(wanted), true, span),
            None => self.wrap_all(found),
        }
    }

    /// Gives all elements of a list the attributes that an object tells.
    fn set_attributes(&mut self, list: ObjectId, attributes: ObjectId) {
        let elements = self.object(list).elements.clone();
        for (name, property) in self.objects.share(attributes.0).properties.iter() {
            let Property::Value(value) = property else { continue };
            for element in elements.iter().filter_map(Abstract::as_object) {
                self.set_attribute(element, name, value.clone());
            }
        }
    }

    /// An attribute as `attr` reads it, or `data`: as JSON, where it is some.
    fn element_value(&mut self, element: &Abstract, name: &str, is_data: bool) -> Option<Abstract> {
        let value = self.page_attribute(element.as_object()?, name)?;
        let value = if is_data { self.data_value(value) } else { value };
        Some(if value.is_nullish() { Abstract::Undefined } else { value })
    }

    /// All that `data()` gives of an element.
    fn all_data(&mut self, element: ObjectId) -> Option<Abstract> {
        let dataset = self.object(element).own("dataset")?.as_object()?;
        let data = self.add_object(Object::new(Kind::Plain));
        for (name, property) in self.objects.share(dataset.0).properties.iter() {
            let Property::Value(value) = property else { continue };
            let value = self.data_value(value.clone());
            self.define(data, name, value);
        }
        Some(Abstract::Object(data))
    }

    /// A `data-` attribute as `data` reads it: as JSON where it is some, but for numbers that would be written in another way.
    fn data_value(&mut self, value: Abstract) -> Abstract {
        let Abstract::String(text) = &value else { return value };
        match self.json_value(text) {
            Some(Abstract::Number(number)) if number_text(number) != text.as_str() => value,
            read => read.unwrap_or(value),
        }
    }

    /// `list.filter(test)` and `list.not(test)`, by a selector or a function.
    fn filtered(&mut self, elements: &[Abstract], test: &Abstract, is_kept: bool, span: Span) -> Option<Abstract> {
        let mut kept = Vec::new();
        if let Abstract::String(selectors) = test {
            let compounds = parse_selectors(selectors)?;
            for element in elements {
                if self.matches_any(element.as_object()?, &compounds)? == is_kept {
                    kept.push(element.clone());
                }
            }
        } else if self.is_function(test) {
            for (at, element) in elements.iter().enumerate() {
                let passes = self.call_value(test, element, vec![Abstract::Number(at as f64), element.clone()], span);
                if is_truthy(&passes) != Some(!is_kept) {
                    kept.push(element.clone());
                }
            }
        } else {
            return None;
        }
        self.wrap_all(kept)
    }

    // ---- plugins ----

    /// `$.extend({…})` and `$.fn.extend({…})`: functions of the page's own.
    pub(super) fn extend_jquery(&mut self, owner: &str, members: &Abstract) -> Option<Abstract> {
        let target = Abstract::Object(self.make_library(&Atom::new(owner))?);
        self.assign_all(&target, std::slice::from_ref(members))
    }

    /// `$('.ad').plugin(…)` of a plugin that the page keeps in `$.fn`.
    pub(in crate::evaluate) fn call_plugin(
        &mut self,
        path: &str,
        this: &Abstract,
        arguments: &[Abstract],
        span: Span,
    ) -> Option<Abstract> {
        let (owner, name) = path.rsplit_once('.')?;
        if !is_collection(owner) {
            return None;
        }
        let plugins = self.library_object("jQuery.fn")?.as_object()?;
        let plugin = self.object(plugins).own(name)?.clone();
        Some(self.call_value(&plugin, this, arguments.to_vec(), span))
    }

    /// Is it the object under jQuery's names, made for what a page keeps in it? That is a function, too.
    pub(in crate::evaluate) fn is_jquery(&self, id: ObjectId) -> bool {
        self.object(id).path.as_deref() == Some("jQuery")
    }
}

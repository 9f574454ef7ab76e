//! jQuery where it is not here: lists of elements, what their methods tell, and plugins that pages add to it.
//!
//! A list of the page's elements is an array under the path `$()`. There is no tree (see [`crate::evaluate::dom`]), so what
//! leads from one element to another gives something unknown; only what lies inside of an element is looked for in
//! the whole page.

use crate::evaluate::abstract_value::{Abstract, ObjectId};
use crate::evaluate::dom::parse_selectors;
use crate::evaluate::heap::{Kind, Object};
use crate::evaluate::machine::Machine;
use crate::evaluate::operator::is_truthy;
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

/// Calls `$(…)`, or a method of elements that nobody knows; `None` for anything else.
pub(super) fn call(m: &mut Machine<'_>, path: &str, arguments: &[Abstract], span: Span) -> Option<Abstract> {
    if NAMES.contains(&path) {
        return m.wrap(arguments.first()?, span);
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
            Abstract::String(selector) if !selector.contains('<') => self.select(&selector.clone(), span)?,
            Abstract::Object(id) if matches!(self.object(*id).kind, Kind::Element(_)) => vec![value.clone()],
            Abstract::Object(id) if self.is_wrapped(*id) => return Some(value.clone()),
            _ => return None,
        };
        self.wrap_all(elements)
    }

    /// None may only mean that scripts add them later.
    fn wrap_all(&mut self, elements: Vec<Abstract>) -> Option<Abstract> {
        if elements.is_empty() {
            return None;
        }
        let object = Object { elements, path: Some(atom!("$()")), is_open: true, ..Object::new(Kind::Array) };
        Some(Abstract::Object(self.add_object(object)))
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
                Some(self.add_array(mapped))
            }
            ("attr" | "data" | "prop", [Abstract::String(name)]) => {
                let name = if key == "data" { format!("data-{name}") } else { name.to_string() };
                self.element_value(first, &name, key == "data")
            }
            ("attr" | "data" | "prop", [Abstract::String(name), value]) if !self.is_function(value) => {
                let name = if key == "data" { Atom::new(format!("data-{name}")) } else { name.clone() };
                for element in elements.iter().filter_map(Abstract::as_object) {
                    self.set_attribute(element, &name, value.clone());
                }
                Some(list)
            }
            ("find", [selector @ Abstract::String(_)]) => self.wrap(selector, span),
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

    /// An attribute as `attr` reads it, or `data`: as JSON, where it is some.
    fn element_value(&mut self, element: &Abstract, name: &str, is_data: bool) -> Option<Abstract> {
        let value = self.page_attribute(element.as_object()?, name)?;
        let json = match &value {
            Abstract::String(text) if is_data => self.json_value(&text.clone()),
            _ => None,
        };
        Some(json.or(Some(value)).filter(|value| !value.is_nullish()).unwrap_or(Abstract::Undefined))
    }

    /// `list.filter(test)` and `list.not(test)`, by a selector or a function.
    fn filtered(&mut self, elements: &[Abstract], test: &Abstract, is_kept: bool, span: Span) -> Option<Abstract> {
        let mut kept = Vec::new();
        if let Abstract::String(selectors) = test {
            let compounds = parse_selectors(selectors)?;
            for element in elements {
                let described = self.described(element.as_object()?)?;
                if compounds.iter().any(|compound| compound.is_match(&described)) == is_kept {
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

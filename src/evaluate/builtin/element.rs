//! Elements: those of the page's markup, as scripts ask for them, and those that scripts make.

use crate::evaluate::abstract_value::{Abstract, ObjectId};
use crate::evaluate::dom::camel_case;
use crate::evaluate::expression::join_path;
use crate::evaluate::heap::{Kind, Object};
use crate::evaluate::machine::Machine;
use crate::evaluate::source::Offsets;
use swc_atoms::{Atom, atom};
use swc_common::{DUMMY_SP, Span};
use url::Url;

/// Elements that every page has, by the path that leads to them.
const ROOTS: [(&str, &str); 3] =
    [("document.body", "body"), ("document.documentElement", "html"), ("document.head", "head")];

/// Their members that markup tells. Scripts add classes, but config hangs on those that the site wrote.
const ROOT_MEMBERS: [&str; 5] = ["className", "dataset", "dir", "id", "lang"];

/// Calls a method of the document, or of an element that every page has, which markup can answer.
pub(super) fn call(m: &mut Machine<'_>, path: &str, arguments: &[Abstract], span: Span) -> Option<Abstract> {
    let (owner, method) = path.rsplit_once('.')?;
    let first = arguments.first();
    match (owner, method) {
        ("document", "createElement") => {
            let name = first
                .and_then(|name| m.text_of(name))
                .map_or_else(Atom::default, |name| Atom::new(name.to_lowercase()));
            let element =
                m.add_object(Object { at: Some((m.source, span)), ..Object::new(Kind::Element(name.clone())) });
            m.note_made(element, &name);
            Some(Abstract::Object(element))
        }
        ("customElements", "define") => {
            let name = m.text_of(first?)?;
            m.define_element(&name, arguments.get(1)?, span)
        }
        ("document", "createAttribute") => {
            let attribute = m.add_object(Object { at: Some((m.source, span)), ..Object::new(Kind::Plain) });
            m.define(attribute, &atom!("name"), first?.clone());
            Some(Abstract::Object(attribute))
        }
        ("document", "getElementById") => {
            let id = m.text_of(first?)?;
            match m.element_text(&id) {
                None => m.select(&format!("#{id}"), span)?.into_iter().next(),
                known => known,
            }
        }
        (
            "document" | "document.body" | "document.documentElement" | "document.head",
            "querySelectorAll"
            | "querySelector"
            | "getElementsByClassName"
            | "getElementsByName"
            | "getElementsByTagName",
        ) => m.query(method, first?, span),
        (_, "getAttribute" | "hasAttribute") => {
            let root = m.root(owner, span)?;
            m.element_method(root, method, arguments, span)
        }
        (_, "contains") => {
            let root = m.root(owner.strip_suffix(".classList")?, span)?;
            let class = m.text_of(first?)?;
            let Abstract::String(all) = m.object(root).own("className")? else { return None };
            // Scripts add classes; they seldom take one away.
            all.split_ascii_whitespace().any(|one| one == class.as_str()).then_some(Abstract::Bool(true))
        }
        _ => None,
    }
}

impl<'a> Machine<'a> {
    /// A member of the document, or of an element that every page has, that the markup tells.
    pub(in crate::evaluate) fn page_member(&mut self, path: &str, key: &str, span: Span) -> Option<Abstract> {
        match (path, key) {
            ("document", "title") => self.dom?.title().map(Abstract::text),
            ("document", "currentScript") => self.current_script(span),
            _ if ROOT_MEMBERS.contains(&key) => {
                let root = self.root(path, span)?;
                let member = self.object(root).own(key).cloned()?;
                // Without classes of its own it may get some from a script that was not followed.
                let is_told = key != "className" || crate::evaluate::operator::is_truthy(&member) == Some(true);
                is_told.then_some(member)
            }
            _ => None,
        }
    }

    /// `document.body.className = …`: the element, where the member is one that is read of it.
    pub(in crate::evaluate) fn written_root(&mut self, path: &str, key: &str, span: Span) -> Option<ObjectId> {
        if ROOT_MEMBERS.contains(&key) { self.root(path, span) } else { None }
    }

    /// `document.body` and its kin, as the markup has them.
    fn root(&mut self, path: &str, span: Span) -> Option<ObjectId> {
        let (path, name) = ROOTS.into_iter().find(|(one, _)| *one == path)?;
        if let Some(&known) = self.roots.get(path) {
            return Some(known);
        }
        let element = self.dom?.named(name)?;
        let id = self.known_element(element, span).as_object()?;
        self.roots.insert(path, id);
        Some(id)
    }

    /// The element whose text the code that runs is.
    fn current_script(&mut self, span: Span) -> Option<Abstract> {
        let Offsets::Map(_) = self.sources.get(self.source as usize)?.offsets else { return None };
        let start = self.place_in(self.source, DUMMY_SP).span.start;
        let element = self.dom?.script_at(start)?;
        Some(self.known_element(element, span))
    }

    /// Members of elements that they have by nature.
    pub(in crate::evaluate) fn element_member(&mut self, id: ObjectId, name: &str, key: &Atom) -> Option<Abstract> {
        match key.as_str() {
            "nodeType" => Some(Abstract::Number(1.0)),
            "nodeName" | "tagName" => Some(Abstract::text(&name.to_uppercase())),
            "dataset" => Some(self.made_dataset(id)),
            "hash" | "host" | "hostname" | "origin" | "pathname" | "port" | "protocol" | "search"
                if matches!(name, "a" | "area") =>
            {
                let Abstract::String(href) = self.object(id).own("href")? else { return None };
                part_of_url(href, key).map(|part| Abstract::text(&part))
            }
            key => self.element_around(id, key),
        }
    }

    /// The `dataset` of an element that a script made.
    fn made_dataset(&mut self, id: ObjectId) -> Abstract {
        let data = self.add_object(Object::new(Kind::Plain));
        for (name, property) in self.objects.share(id.0).properties.iter() {
            if let (Some(key), crate::evaluate::heap::Property::Value(value)) = (name.strip_prefix("data-"), property) {
                self.define(data, &Atom::new(camel_case(key)), value.clone());
            }
        }
        self.define(id, &atom!("dataset"), Abstract::Object(data));
        Abstract::Object(data)
    }

    /// What `href` and `src` of an element give: the whole URL, as far as the attribute tells.
    pub(in crate::evaluate) fn url_member(&mut self, value: &str, span: Span) -> Abstract {
        let (before, rest) = match value.trim() {
            url if url.starts_with("//") => ("location.protocol", url),
            url if url.starts_with('/') => ("location.origin", url),
            url if url.contains(':') => return Abstract::text(url),
            _ => return self.unknown(span),
        };
        let before = self.unknown_path(Atom::new(before), span);
        self.concat(&before, &Abstract::text(rest), span)
    }

    /// Methods of elements.
    pub(super) fn element_method(
        &mut self,
        id: ObjectId,
        key: &str,
        arguments: &[Abstract],
        span: Span,
    ) -> Option<Abstract> {
        match key {
            "setAttributeNode" => {
                let attribute = arguments.first()?.as_object()?;
                let part = |name: &str| self.object(attribute).own(name).cloned();
                let parts = [part("name")?, part("value").or_else(|| part("nodeValue"))?];
                self.element_method(id, "setAttribute", &parts, span)
            }
            "setAttribute" => {
                let name = self.text_of(arguments.first()?)?;
                let value = arguments.get(1)?.clone();
                self.note_element_member(id, &name, &value, span);
                self.set_attribute(id, &name, value);
                Some(Abstract::Undefined)
            }
            "getAttribute" => {
                let name = self.text_of(arguments.first()?)?;
                let own = self.object(id).own(&name).cloned();
                let stands = self.page_attribute(id, &name);
                let data = self.dataset_of(id).zip(name.strip_prefix("data-").map(camel_case));
                match data.and_then(|(data, key)| self.object(data).own(&key).cloned()) {
                    Some(value) => Some(value),
                    // Members give the whole URL, attributes what stands there.
                    None if matches!(&*name, "href" | "src") => stands.filter(|value| !value.is_nullish()).or(own),
                    None => own.or(stands),
                }
            }
            "hasAttribute" => {
                let name = self.text_of(arguments.first()?)?;
                self.page_attribute(id, &name).map(|value| Abstract::Bool(!value.is_nullish()))
            }
            "closest"
            | "getElementsByClassName"
            | "getElementsByTagName"
            | "matches"
            | "querySelector"
            | "querySelectorAll" => {
                let wanted = self.text_of(arguments.first()?)?;
                let (selector, method) = selector_of(key, &wanted);
                let found = self.element_query(id, method, &selector, span);
                Some(found.unwrap_or_else(|| self.unknown(span)))
            }
            "insertAdjacentHTML" => {
                self.add_markup(arguments.get(1..2)?, span);
                Some(Abstract::Undefined)
            }
            "cloneNode" => Some(self.clone_element(id, span)),
            "addEventListener" | "dispatchEvent" => {
                let known = self.call_target(key, &Abstract::Object(id), arguments, span);
                Some(known.unwrap_or_else(|| self.unknown(span)))
            }
            _ => {
                arguments.iter().for_each(|argument| self.hand_over(argument, &Abstract::Object(id)));
                let path = self.object(id).path.clone().map(|path| join_path(&path, key));
                Some(
                    path.map_or_else(
                        || self.unknown(span),
                        |path| self.unknown_path(Atom::new(format!("{path}()")), span),
                    ),
                )
            }
        }
    }

    fn clone_element(&mut self, id: ObjectId, span: Span) -> Abstract {
        let original = self.objects.share(id.0);
        let copy = self.add_object(Object { at: Some((self.source, span)), ..Object::clone(&original) });
        if let Some(data) = self.dataset_of(id) {
            let data = self.deep_copy(&Abstract::Object(data), 0);
            self.define(copy, &atom!("dataset"), data);
        }
        if let Kind::Element(name) = &original.kind {
            self.note_made(copy, name);
        }
        Abstract::Object(copy)
    }

    fn dataset_of(&self, id: ObjectId) -> Option<ObjectId> {
        self.object(id).own("dataset")?.as_object()
    }

    /// An element of which the text is known, by its id.
    fn element_text(&mut self, id: &Atom) -> Option<Abstract> {
        let text = self.element_texts.get(id)?.clone();
        let element = self.add_object(Object { is_open: true, ..Object::new(Kind::Plain) });
        self.define_text(element, text);
        Some(Abstract::Object(element))
    }

    /// The text of an element, under every name that leads to it.
    pub(in crate::evaluate) fn define_text(&mut self, element: ObjectId, text: Atom) {
        for name in ["textContent", "innerHTML", "innerText", "text"] {
            self.define(element, &Atom::new(name), Abstract::String(text.clone()));
        }
    }

    /// `querySelectorAll` and its kin, over the elements of the page's markup.
    fn query(&mut self, method: &str, wanted: &Abstract, span: Span) -> Option<Abstract> {
        let wanted = self.text_of(wanted)?;
        let (selector, method) = selector_of(method, &wanted);
        // `script#state`: the text of an element with an id.
        if method == "querySelector"
            && let Some((_, id)) = selector.split_once('#')
            && let Some(element) = self.element_text(&Atom::new(id.trim_end()))
        {
            return Some(element);
        }
        let found = self.select(&selector, span)?;
        // Nothing there may only mean that scripts add it later.
        match method {
            _ if found.is_empty() => None,
            "querySelector" => found.into_iter().next(),
            _ => Some(self.new_array(found, span)),
        }
    }
}

/// The selector for what is wanted, and the method that takes it.
fn selector_of<'m>(method: &'m str, wanted: &str) -> (String, &'m str) {
    match method {
        "getElementsByClassName" => (format!(".{}", wanted.trim().replace(' ', ".")), "querySelectorAll"),
        "getElementsByName" => (format!("[name=\"{wanted}\"]"), "querySelectorAll"),
        "getElementsByTagName" => (wanted.to_owned(), "querySelectorAll"),
        _ => (wanted.to_owned(), method),
    }
}

/// A part of a whole URL, as a link element gives it.
fn part_of_url(text: &str, part: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok().filter(Url::has_host)?;
    let port = url.port().map(|port| port.to_string()).unwrap_or_default();
    let marked = |mark: &str, text: Option<&str>| match text {
        Some(text) if !text.is_empty() => format!("{mark}{text}"),
        _ => String::new(),
    };
    let host = url.host_str()?;
    Some(match part {
        "hash" => marked("#", url.fragment()),
        "host" => format!("{host}{}", marked(":", Some(&port))),
        "hostname" => host.to_owned(),
        "origin" => url.origin().ascii_serialization(),
        "pathname" => url.path().to_owned(),
        "port" => port,
        "protocol" => format!("{}:", url.scheme()),
        _ => marked("?", url.query()),
    })
}

#[cfg(test)]
mod tests {
    use super::part_of_url;

    #[test]
    fn links_take_urls_apart() {
        let part = |part: &str| part_of_url("https://www.news.example:8080/a/b?c=1#d", part).unwrap();
        let parts = ["protocol", "hostname", "host", "port", "pathname", "search", "hash", "origin"].map(part);
        assert_eq!(
            parts,
            [
                "https:",
                "www.news.example",
                "www.news.example:8080",
                "8080",
                "/a/b",
                "?c=1",
                "#d",
                "https://www.news.example:8080"
            ]
        );
        assert_eq!(part_of_url("/a/b", "pathname"), None);
    }
}

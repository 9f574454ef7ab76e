//! What a browser does when asked: elements, requests, timers, code in strings. Here it is only noted.

use super::{element, jquery, library};
use crate::base::{Diagnostic, Severity};
use crate::evaluate::abstract_value::{Abstract, ObjectId, Piece};
use crate::evaluate::event::EventKind;
use crate::evaluate::heap::Kind;
use crate::evaluate::machine::{Flow, GLOBAL_SCOPE, Machine};
use crate::evaluate::source::{Offsets, Source};
use crate::evaluate::value::Value;
use crate::script::{Goal, parse};
use swc_atoms::{Atom, atom};
use swc_common::Span;

/// What every browser has, by path, with its type; sorted.
const HOST: &[(&str, &str)] = &[
    ("AbortController", "function"),
    ("CustomEvent", "function"),
    ("Event", "function"),
    ("FormData", "function"),
    ("Headers", "function"),
    ("Image", "function"),
    ("IntersectionObserver", "function"),
    ("MessageChannel", "function"),
    ("MutationObserver", "function"),
    ("PromiseRejectionEvent", "function"),
    ("Proxy", "function"),
    ("Request", "function"),
    ("ResizeObserver", "function"),
    ("Response", "function"),
    ("URL", "function"),
    ("URLSearchParams", "function"),
    ("XMLHttpRequest", "function"),
    ("addEventListener", "function"),
    ("cancelAnimationFrame", "function"),
    ("clearInterval", "function"),
    ("clearTimeout", "function"),
    ("console", "object"),
    ("document", "object"),
    ("document.addEventListener", "function"),
    ("document.createElement", "function"),
    ("document.createEvent", "function"),
    ("document.documentElement", "object"),
    ("document.getElementById", "function"),
    ("document.getElementsByTagName", "function"),
    ("document.head", "object"),
    ("document.querySelector", "function"),
    ("document.querySelectorAll", "function"),
    ("fetch", "function"),
    ("getComputedStyle", "function"),
    ("history", "object"),
    ("location", "object"),
    ("matchMedia", "function"),
    ("navigator", "object"),
    ("performance", "object"),
    ("postMessage", "function"),
    ("queueMicrotask", "function"),
    ("removeEventListener", "function"),
    ("requestAnimationFrame", "function"),
    ("screen", "object"),
    ("setImmediate", "function"),
    ("setInterval", "function"),
    ("setTimeout", "function"),
];

/// The type of something that every browser has; `None` for any other path.
pub(in crate::evaluate) fn host_type(path: &str) -> Option<&'static str> {
    HOST.binary_search_by_key(&path, |(path, _)| path).ok().map(|at| HOST[at].1)
}

/// Calls a function of the browser, or of a library that is known well; `None` if it is neither.
pub(in crate::evaluate) fn call_host(
    m: &mut Machine<'_>,
    path: &str,
    arguments: &[Abstract],
    span: Span,
) -> Option<Abstract> {
    let first = arguments.first();
    match path {
        "document.write" | "document.writeln" => {
            m.write_markup(arguments, span);
            Some(Abstract::Undefined)
        }
        "eval" => match first? {
            Abstract::String(code) => Some(m.run_text(&code.clone(), span)),
            _ => None,
        },
        "setTimeout"
        | "setInterval"
        | "requestAnimationFrame"
        | "requestIdleCallback"
        | "queueMicrotask"
        | "setImmediate" => {
            m.run_later(arguments, span);
            Some(m.unknown(span))
        }
        "fetch" => {
            m.note_request(first?, "fetch", span);
            let response = m.unknown_path(atom!("fetch()"), span);
            Some(m.promise(Some(response)))
        }
        "navigator.sendBeacon" => {
            m.note_request(first?, "ping", span);
            Some(Abstract::Bool(true))
        }
        "IntersectionObserver" | "ResizeObserver" => Some(m.new_observer(path, first?, span)),
        "CustomEvent" | "Event" => Some(m.new_event(first?, arguments.get(1), span)),
        "importScripts" => {
            m.note_request(first?, "script", span);
            None
        }
        _ if path.starts_with("console.") => Some(Abstract::Undefined),
        _ if path.ends_with(".insertAdjacentHTML") => {
            m.add_markup(arguments.get(1..2)?, span);
            Some(Abstract::Undefined)
        }
        _ if path.ends_with("XMLHttpRequest().open") => {
            m.note_request(arguments.get(1)?, "fetch", span);
            Some(Abstract::Undefined)
        }
        _ => element::call(m, path, arguments, span)
            .or_else(|| jquery::call(m, path, arguments, span))
            .or_else(|| library::call(m, path, arguments, span)),
    }
}

impl<'a> Machine<'a> {
    /// Notes a URL that the page would ask for, if it looks like one.
    pub(in crate::evaluate) fn note_request(&mut self, url: &Abstract, kind: &'static str, span: Span) {
        let start = match url {
            Abstract::String(text) => text,
            Abstract::Text(pieces) => match &pieces[..] {
                [Piece::Known(text), ..] => text,
                // `location.protocol + "//host/…"`.
                [Piece::Unknown(_), Piece::Known(text), ..] if text.starts_with("//") || text.starts_with("://") => {
                    text
                }
                _ => return,
            },
            Abstract::Any(choices) => {
                return choices.clone().iter().for_each(|choice| self.note_request(&choice.value, kind, span));
            }
            _ => return,
        };
        if start.contains("//") && start.len() > 4 {
            self.record(EventKind::Request { url: Value::Undefined, kind }, vec![url.clone()], span);
        }
    }

    /// An assignment to `src` of something that is not known.
    pub(in crate::evaluate) fn note_url(&mut self, object: &Abstract, name: &str, value: &Abstract, span: Span) {
        if matches!(object, Abstract::Unknown(_)) && name == "src" {
            self.note_request(value, "other", span);
        }
        if !matches!(object, Abstract::Object(_)) && matches!(name, "innerHTML" | "outerHTML") {
            self.add_markup(std::slice::from_ref(value), span);
        }
    }

    /// A member of an element that scripts made: a URL, or code.
    pub(in crate::evaluate) fn note_element_member(&mut self, id: ObjectId, key: &str, value: &Abstract, span: Span) {
        let Kind::Element(name) = &self.object(id).kind else { return };
        let name = name.clone();
        let kind = match (name.as_str(), key) {
            ("script", "src") => "script",
            ("img", "src") => "image",
            ("iframe" | "frame", "src") => "frame",
            ("link", "href") => "style",
            ("video" | "audio" | "source", "src") => "media",
            (_, "src") => "other",
            ("script", "text" | "innerHTML" | "textContent" | "innerText") => {
                if let Abstract::String(code) = value {
                    self.run_text(&code.clone(), span);
                }
                return;
            }
            ("iframe", "srcdoc") | (_, "innerHTML" | "outerHTML") => {
                return self.add_markup(std::slice::from_ref(value), span);
            }
            _ => return,
        };
        self.note_request(value, kind, span);
    }

    fn run_later(&mut self, arguments: &[Abstract], span: Span) {
        match arguments.first() {
            Some(Abstract::String(code)) => {
                self.run_text(&code.clone(), span);
            }
            Some(function) => {
                let given = arguments.get(2..).map(<[Abstract]>::to_vec).filter(|given| !given.is_empty());
                self.schedule(function, &Abstract::Undefined, given);
            }
            None => {}
        }
    }

    /// Runs code that stands in a string, at the top level.
    pub(super) fn run_text(&mut self, code: &str, span: Span) -> Abstract {
        if self.nesting >= self.limits.nesting {
            let place = self.place(span);
            let message = format!("code in a string, {} levels deep, was not followed", self.nesting + 1);
            self.diagnostics.push(Diagnostic::new(Severity::Info, "nested-code", message).with_place(place));
            return self.unknown(span);
        }
        let text = self.kept.keep_text(code.to_owned());
        let tree = self.kept.keep_tree(parse(text, Goal::Script, &self.limits));
        let place = self.place(span);
        let anchors = self.interests.anchors(text);
        let source = Source {
            text,
            script: place.script,
            offsets: Offsets::Fixed(place.span),
            anchors,
            outline: None,
            is_library: false,
        };
        let before = self.enter_source(source);
        self.nesting += 1;
        let mut last = Abstract::Undefined;
        if let [swc_ecma_ast::Stmt::Expr(only)] = &tree.statements[..] {
            last = self.expression(&only.expr, GLOBAL_SCOPE);
        } else if let Flow::Return(value) = self.body(&tree.statements, GLOBAL_SCOPE) {
            last = value;
        }
        self.nesting -= 1;
        self.source = before;
        last
    }

    /// `new Function('a', 'return a')`.
    pub(super) fn new_function(&mut self, arguments: &[Abstract], span: Span) -> Abstract {
        let texts: Option<Vec<Atom>> = arguments.iter().map(|argument| self.text_of(argument)).collect();
        let Some((body, parameters)) = texts.as_deref().and_then(<[Atom]>::split_last) else {
            return self.unknown(span);
        };
        let parameters: Vec<&str> = parameters.iter().map(Atom::as_str).collect();
        self.run_text(&format!("(function ({}) {{{body}\n}})", parameters.join(",")), span)
    }
}

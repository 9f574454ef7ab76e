//! Events that scripts send to one another: who listens for a name, and what was sent under it.
//!
//! In: calls of `addEventListener`, `dispatchEvent` and jQuery's `on` and `trigger`. A listener runs with what is
//! sent; one that was added too late runs with what had been sent before, since the order in which deferred
//! code runs is a guess. It does not matter on which target an event is sent. A listener for which nothing
//! was sent runs once, with an argument that nobody knows. Observers are told of the elements that they observe. The number of
//! runs is bounded by [`RUNS`].

use super::abstract_value::{Abstract, ObjectId};
use super::heap::{Kind, Object};
use super::machine::Machine;
use rustc_hash::{FxHashMap, FxHashSet};
use swc_atoms::{Atom, atom};
use swc_common::Span;

/// Runs of listeners with sent events on one page.
const RUNS: u32 = 400;

/// Events of one name that are kept for listeners to come.
const SENT: usize = 32;

/// Functions of consent tools. Pages put stubs there that keep calls until the tool comes, each in its own way.
const CONSENT_TOOLS: [&str; 4] = ["__cmp", "__gpp", "__tcfapi", "__uspapi"];

/// Where an observer keeps its function: no code can read it there.
const CALLBACK: &str = "#callback";

/// Does the path lead to an observer that is told of elements one by one?
fn is_observer(path: &str) -> bool {
    matches!(path, "IntersectionObserver()" | "ResizeObserver()")
}

/// Who listens, and what was sent.
#[derive(Debug, Default)]
pub(super) struct Listeners {
    by_name: FxHashMap<Atom, Heard>,
    /// Functions that ran with an event: nobody need call them without one.
    ran: FxHashSet<ObjectId>,
    runs: u32,
}

#[derive(Debug, Default)]
struct Heard {
    listeners: Vec<(Abstract, Abstract)>,
    sent: Vec<Vec<Abstract>>,
}

impl Machine<'_> {
    /// `target.addEventListener(name, listener)`; false if it is none.
    pub(super) fn listen(&mut self, name: &Abstract, listener: &Abstract, target: &Abstract) -> bool {
        let (Abstract::String(names), Some(id)) = (name, listener.as_object()) else { return false };
        if !self.object(id).is_callable() {
            return false;
        }
        for name in names.split_ascii_whitespace() {
            // jQuery's names may end in a namespace: `load.ads`.
            let name = Atom::new(name.split('.').next().unwrap_or(name));
            let heard = self.listeners.by_name.entry(name).or_default();
            let is_new = heard.listeners.len() < SENT && !heard.listeners.iter().any(|(one, _)| one.is_same(listener));
            if is_new {
                heard.listeners.push((listener.clone(), target.clone()));
                for sent in heard.sent.clone() {
                    self.deliver_later(id, target, sent);
                }
            }
        }
        self.schedule(listener, target, None);
        true
    }

    /// `target.dispatchEvent(event)`: the listeners run at once.
    pub(super) fn dispatch(&mut self, event: &Abstract, span: Span) {
        self.map(&event.clone(), |m, event| {
            let name = event.as_object().and_then(|id| m.object(id).own("type").cloned());
            if let Some(Abstract::String(name)) = name {
                m.send(&name, vec![event.clone()], span);
            }
            Abstract::Undefined
        });
    }

    /// Calls who listens for the name.
    pub(super) fn send(&mut self, name: &Atom, arguments: Vec<Abstract>, span: Span) {
        let heard = self.listeners.by_name.entry(name.clone()).or_default();
        if heard.sent.len() < SENT {
            heard.sent.push(arguments.clone());
        }
        for (listener, target) in heard.listeners.clone() {
            if self.may_deliver(&listener) {
                self.call_value(&listener, &target, arguments.clone(), span);
            }
        }
    }

    /// An event for a listener that came later than it.
    fn deliver_later(&mut self, listener: ObjectId, target: &Abstract, arguments: Vec<Abstract>) {
        let listener = Abstract::Object(listener);
        if self.may_deliver(&listener) {
            self.run_soon_with(&listener, target, arguments);
        }
    }

    fn may_deliver(&mut self, listener: &Abstract) -> bool {
        self.listeners.ran.extend(listener.as_object());
        self.listeners.runs += 1;
        self.listeners.runs <= RUNS && !self.cut
    }

    /// Did this function run as a listener?
    pub(super) fn has_heard(&self, function: &Abstract) -> bool {
        function.as_object().is_some_and(|id| self.listeners.ran.contains(&id))
    }

    /// `new CustomEvent(name, { detail })`.
    pub(super) fn new_event(&mut self, name: &Abstract, options: Option<&Abstract>, span: Span) -> Abstract {
        let at = Some((self.source, span));
        let event = self.add_object(Object { at, is_open: true, ..Object::new(Kind::Plain) });
        self.define(event, &atom!("type"), name.clone());
        if let Some(options) = options {
            let detail = self.read_member(options, &atom!("detail"), span, None);
            self.define(event, &atom!("detail"), detail);
        }
        Abstract::Object(event)
    }

    /// `event.initCustomEvent(name, bubbles, cancelable, detail)` of an event made by `document.createEvent`.
    pub(super) fn init_event(&mut self, event: &Abstract, arguments: &[Abstract]) {
        let (Some(id), Some(name)) = (event.as_object(), arguments.first()) else { return };
        self.define(id, &atom!("type"), name.clone());
        if let Some(detail) = arguments.get(3) {
            self.define(id, &atom!("detail"), detail.clone());
        }
    }

    /// Calls of methods of event targets, by the last name of their path; `None` for anything else.
    pub(super) fn call_target(
        &mut self,
        path: &str,
        this: &Abstract,
        arguments: &[Abstract],
        span: Span,
    ) -> Option<Abstract> {
        let (owner, method) = path.rsplit_once('.').unwrap_or(("", path));
        let is_jquery = || matches!(owner, "$()" | "jQuery()");
        match (method, arguments) {
            ("addEventListener" | "attachEvent", [name, listener, ..]) => {
                self.listen(name, listener, this).then_some(Abstract::Undefined)
            }
            ("dispatchEvent", [event]) => {
                self.dispatch(event, span);
                Some(Abstract::Bool(true))
            }
            ("on" | "bind" | "one" | "live", [name, .., listener]) if is_jquery() => {
                self.listen(name, listener, this).then(|| this.clone())
            }
            ("trigger" | "triggerHandler", [Abstract::String(name), rest @ ..]) if is_jquery() => {
                self.trigger(name, rest.first(), span);
                Some(this.clone())
            }
            ("observe", [Abstract::Object(element), ..]) if is_observer(owner) => {
                self.observe(this, *element);
                Some(Abstract::Undefined)
            }
            ("createEvent", [_]) if owner == "document" => Some(self.new_event(&Abstract::Undefined, None, span)),
            ("initCustomEvent" | "initEvent", [_, ..]) => {
                self.init_event(this, arguments);
                Some(Abstract::Undefined)
            }
            _ => None,
        }
    }

    /// `__tcfapi(command, version, callback)`: sooner or later somebody consents, or does not.
    pub(super) fn note_consent_call(&mut self, path: &str, arguments: &[Abstract]) {
        if CONSENT_TOOLS.contains(&path) {
            arguments.iter().for_each(|argument| self.hand_over(argument, &Abstract::Undefined));
        }
    }

    /// `new IntersectionObserver(callback)`.
    pub(super) fn new_observer(&mut self, path: &str, callback: &Abstract, span: Span) -> Abstract {
        let (at, path) = (Some((self.source, span)), Some(Atom::new(format!("{path}()"))));
        let observer = self.add_object(Object { at, path, is_open: true, ..Object::new(Kind::Plain) });
        self.define(observer, &Atom::new(CALLBACK), callback.clone());
        let observer = Abstract::Object(observer);
        self.hand_over(callback, &observer);
        observer
    }

    /// `observer.observe(element)`: sooner or later the element is seen.
    fn observe(&mut self, observer: &Abstract, element: ObjectId) {
        let callback = observer.as_object().and_then(|id| self.object(id).own(CALLBACK).cloned());
        let Some(callback) = callback.filter(|callback| self.is_function(callback)) else { return };
        if self.may_deliver(&callback) {
            let entry = self.add_object(Object { is_open: true, ..Object::new(Kind::Plain) });
            self.define(entry, &atom!("target"), Abstract::Object(element));
            let entries = self.add_array(vec![Abstract::Object(entry)]);
            self.run_soon_with(&callback, observer, vec![entries, observer.clone()]);
        }
    }

    /// jQuery's `trigger(name, [more, arguments])`.
    fn trigger(&mut self, name: &Atom, more: Option<&Abstract>, span: Span) {
        let event = self.new_event(&Abstract::String(name.clone()), None, span);
        let mut arguments = vec![event];
        match more.and_then(|more| self.array(more)).map(<[Abstract]>::to_vec) {
            Some(list) => arguments.extend(list),
            None => arguments.extend(more.cloned()),
        }
        let name = Atom::new(name.split('.').next().unwrap_or(name));
        self.send(&name, arguments, span);
    }
}

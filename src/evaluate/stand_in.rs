//! Stand-ins: what functions of a library give back, where the library itself is not here.
//!
//! A rule file may hold some code for it. It is the body of a function that returns an object of functions by
//! their full path (`"acme.define"`); where a page calls something unknown by such a path, that function
//! runs in its place. What pages of every kind are made with (module loaders, components, Lodash, URLs) has its
//! stand-ins here.

use super::abstract_value::{Abstract, ObjectId};
use super::heap::{Kind, Property};
use super::machine::{Flow, GLOBAL_SCOPE, Machine};
use super::source::{Offsets, Source};
use crate::base::{Limits, Span as TextSpan};
use crate::script::{Goal, Tree, parse};
use std::rc::Rc;
use std::sync::LazyLock;
use swc_atoms::Atom;
use swc_common::Span;
use swc_ecma_ast::{PropOrSpread, Stmt};

/// Code that stands in for a library.
#[derive(Debug)]
pub struct StandIn {
    globals: Vec<String>,
    text: String,
    tree: Tree,
    /// The functions it returns, where it says so in so many words.
    functions: Option<Vec<Atom>>,
}

impl StandIn {
    /// Compiles the code for a library that is known by these globals.
    ///
    /// # Errors
    /// The first syntax error: what, and where in the code.
    pub fn compile(globals: Vec<String>, code: &str) -> Result<Self, (String, TextSpan)> {
        let mut tree = parse(code, Goal::Script, &Limits::default());
        match tree.errors.pop() {
            Some(error) => Err(error),
            None => {
                let functions = tree.statements.last().and_then(returned_names);
                Ok(Self { globals, text: code.to_owned(), tree, functions })
            }
        }
    }

    fn is_for(&self, path: &str) -> bool {
        self.functions.as_ref().is_none_or(|all| all.iter().any(|one| *one == *path))
            && self
                .globals
                .iter()
                .any(|global| path.strip_prefix(&**global).is_some_and(|rest| rest.starts_with(['.', '('])))
    }
}

/// `return { "acme.define": …, … }`: the names.
fn returned_names(statement: &Stmt) -> Option<Vec<Atom>> {
    let object = statement.as_return_stmt()?.arg.as_deref()?.as_object()?;
    let name = |member: &PropOrSpread| member.as_prop()?.as_key_value()?.key.as_str()?.value.as_atom().cloned();
    object.props.iter().map(name).collect()
}

/// Those that stand here, by number.
static BUILT_IN: LazyLock<[Option<StandIn>; 4]> = LazyLock::new(|| {
    let texts = [
        include_str!("stand_in/address.js"),
        include_str!("stand_in/loader.js"),
        include_str!("stand_in/component.js"),
        include_str!("stand_in/lodash.js"),
    ];
    texts.map(|text| StandIn::compile(Vec::new(), text).ok())
});

const ADDRESS: usize = 0;
const LOADER: usize = 1;
const COMPONENT: usize = 2;
const LODASH: usize = 3;

/// Members of the options of a component, beside its data.
const OPTIONS: &[&str] = &["methods", "computed", "mounted", "created", "props", "watch", "setup", "template", "el"];

/// The stand-in that stands here for a path. Functions over data need data that is known.
fn built_in(path: &str, arguments: &[Abstract]) -> Option<usize> {
    let first = path.split(['.', '(']).next()?;
    match first {
        "URL" | "URLSearchParams" => {
            let is_known = arguments.iter().all(Abstract::is_known) && !arguments.is_empty();
            (path == first && is_known).then_some(ADDRESS)
        }
        "define" | "require" | "requirejs" | "System" => Some(LOADER),
        "Vue" | "React" => Some(COMPONENT),
        "_" | "lodash" => arguments.first()?.is_known().then_some(LODASH),
        _ => None,
    }
}

impl<'a> Machine<'a> {
    /// Calls a stand-in that stands here; `None` where it has nothing to say.
    fn call_built_in(&mut self, at: usize, name: &str, arguments: Vec<Abstract>, span: Span) -> Option<Abstract> {
        let functions = self.stand_in(self.interests.stand_ins.len() + at, span)?;
        let function = self.object(functions).own(name)?.clone();
        let value = self.call_value(&function, &Abstract::Undefined, arguments, span);
        (!matches!(value, Abstract::Undefined)).then_some(value)
    }

    // ---- components ----

    /// `{data() {…}, methods: {…}, mounted() {…}}`: the instance of such a component, which is `this` in it.
    pub(super) fn component(&mut self, options: ObjectId) -> Option<ObjectId> {
        if let Some(&known) = self.instances.get(&options) {
            return Some(known);
        }
        let object = self.object(options);
        let is_function = |name: &str| object.own(name).is_some_and(|value| self.is_function(value));
        let has = |names: &[&str]| names.iter().any(|name| object.own(name).is_some());
        let is_component = is_function("data") && has(OPTIONS)
            || object.own("methods").is_some() && has(&["mounted", "created", "computed", "el", "template"]);
        if !is_component {
            return None;
        }
        let parts = ["methods", "computed", "watch"].map(|name| object.own(name).and_then(Abstract::as_object));
        let span = object.at.map_or(swc_common::DUMMY_SP, |(_, span)| span);
        let value = self.call_built_in(COMPONENT, "component()", vec![Abstract::Object(options)], span)?;
        let instance = value.as_object()?;
        self.object_mut(instance).is_open = true;
        let holders = parts.into_iter().flatten().chain([options]);
        self.instances.extend(holders.map(|holder| (holder, instance)));
        Some(instance)
    }

    /// What `this` is in a function that nothing called, by the object that it is a method of.
    pub(super) fn instance_of(&mut self, holder: ObjectId, class: Option<ObjectId>) -> ObjectId {
        if let Some(&known) = self.instances.get(&holder) {
            return known;
        }
        let Some(class) = class else { return holder };
        // Before it is made: its constructor may ask for itself.
        self.instances.insert(holder, holder);
        self.has_unknown_arguments = true;
        let span = self.object(class).at.map_or(swc_common::DUMMY_SP, |(_, span)| span);
        let made = self.construct(&Abstract::Object(class), Vec::new(), None, span);
        let instance = made.as_object().unwrap_or(holder);
        self.instances.insert(holder, instance);
        instance
    }

    // ---- modules of a bundle ----

    /// `chunks.push([[1], {7: (module, exports, require) => …}, require => require(7)])`: modules, and what starts.
    pub(super) fn note_chunk(&mut self, pushed: &Abstract, span: Span) {
        let Some([ids, Abstract::Object(modules), rest @ ..]) = self.array(pushed) else { return };
        let (modules, start) = (*modules, rest.first().cloned());
        if self.array(ids).is_none() || !self.holds_functions(modules) {
            return;
        }
        self.call_built_in(LOADER, "chunk()", vec![pushed.clone()], span);
        if !self.has_anchor(self.source, span) {
            return;
        }
        self.modules.push(modules);
        if let Some(start) = start {
            self.call_built_in(LOADER, "start()", vec![start], span);
        }
    }

    fn holds_functions(&self, id: ObjectId) -> bool {
        let object = self.object(id);
        let is_function = |property: &Property| match property {
            Property::Value(Abstract::Object(id)) => self.object(*id).is_callable(),
            _ => false,
        };
        matches!(object.kind, Kind::Plain) && object.properties.values().next().is_some_and(is_function)
    }

    /// Runs the modules that name a bidder and that nothing asked for.
    pub(super) fn run_modules(&mut self) {
        for modules in std::mem::take(&mut self.modules) {
            for (name, property) in self.objects.share(modules.0).properties.iter() {
                let Property::Value(Abstract::Object(function)) = property else { continue };
                let Kind::Function(closure) = &self.object(*function).kind else { continue };
                let (source, span) = (closure.source, closure.span);
                if self.cut || self.called.contains(&(source, span)) || !self.has_anchor(source, span) {
                    continue;
                }
                let name = Abstract::String(name.clone());
                self.as_declared(|m| m.call_built_in(LOADER, "module()", vec![name], span));
            }
        }
    }

    // ---- stand-ins of rules ----

    /// Calls the stand-in for an unknown function; `None` if there is none.
    pub(super) fn call_stand_in(
        &mut self,
        path: &Atom,
        this: &Abstract,
        arguments: &[Abstract],
        span: Span,
    ) -> Option<Abstract> {
        let Some(at) = self.interests.stand_ins.iter().position(|one| one.is_for(path)) else {
            let at = built_in(path, arguments)?;
            let name = path.strip_prefix("lodash.").map_or_else(|| path.to_string(), |name| format!("_.{name}"));
            return self.call_built_in(at, &name, arguments.to_vec(), span);
        };
        let functions = self.stand_in(at, span)?;
        let function = self.object(functions).own(path)?.clone();
        let value = self.call_value(&function, this, arguments.to_vec(), span);
        if let Abstract::Object(id) = value {
            self.adopt(id, path, span);
        }
        Some(value)
    }

    /// What it gives back is named like the unknown value would be, and has members that are unknown.
    fn adopt(&mut self, id: ObjectId, path: &Atom, span: Span) {
        if self.object(id).path.is_some() || !matches!(self.object(id).kind, Kind::Plain) {
            return;
        }
        let at = Some((self.source, span));
        let object = self.object_mut(id);
        (object.path, object.is_open, object.at) = (Some(Atom::new(format!("{path}()"))), true, at);
    }

    /// The functions of a stand-in, made when they are first needed.
    fn stand_in(&mut self, at: usize, span: Span) -> Option<ObjectId> {
        if let Some(&known) = self.stand_ins.get(&at) {
            return known;
        }
        let interests = self.interests;
        let stand_in = match at.checked_sub(interests.stand_ins.len()) {
            None => &*interests.stand_ins[at],
            Some(at) => BUILT_IN[at].as_ref()?,
        };
        let place = self.place(span);
        let source = Source {
            text: &stand_in.text,
            script: place.script,
            offsets: Offsets::Fixed(place.span),
            anchors: Rc::from([]),
            outline: None,
            is_library: false,
        };
        let before = self.enter_source(source);
        let scope = self.add_scope(GLOBAL_SCOPE, true);
        let flow = self.body(&stand_in.tree.statements, scope);
        self.source = before;
        let functions = if let Flow::Return(value) = flow { value.as_object() } else { None };
        self.stand_ins.insert(at, functions);
        functions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stand_ins_that_stand_here_have_no_syntax_error() {
        assert!(BUILT_IN.iter().all(Option::is_some));
    }
}

//! Calls: what is called, by which name, and what becomes of calls of what is not known.

use super::abstract_value::{Abstract, ObjectId};
use super::assign::Owner;
use super::builtin;
use super::event::EventKind;
use super::expression::{global_name, join_path, unwrap};
use super::heap::{Kind, Object, Property, ScopeId};
use super::machine::{GLOBAL, Machine};
use swc_atoms::Atom;
use swc_common::Span;
use swc_ecma_ast as ast;

/// Methods of texts, and of the lists that these are taken apart into, which call a function for each part before they return.
const CALL_BACK_AT_ONCE: [&str; 9] =
    ["every", "filter", "find", "forEach", "map", "reduce", "replace", "replaceAll", "some"];

/// How the paths of such lists end.
const PARTS_OF_TEXT: [&str; 5] = [".split()", ".match()", ".matchAll()", "URLSearchParams()", ".searchParams"];

impl<'a> Machine<'a> {
    pub(super) fn call_expression(&mut self, call: &'a ast::CallExpr, scope: ScopeId) -> Abstract {
        match &call.callee {
            ast::Callee::Expr(callee) => self.call_with(callee, &call.args, call.span, scope),
            ast::Callee::Super(_) => {
                let arguments = self.arguments(&call.args, scope);
                self.super_call(arguments, scope, call.span)
            }
            ast::Callee::Import(_) => {
                let arguments = self.arguments(&call.args, scope);
                if let Some(url) = arguments.first() {
                    self.note_request(url, "script", call.span);
                }
                let value = self.unknown(call.span);
                self.promise(Some(value))
            }
        }
    }

    pub(super) fn arguments(&mut self, arguments: &'a [ast::ExprOrSpread], scope: ScopeId) -> Vec<Abstract> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let value = self.expression(&argument.expr, scope);
            if argument.spread.is_some() { self.spread_into(&mut values, value) } else { values.push(value) }
        }
        values
    }

    /// `callee(…)` or `object.method(…)`.
    pub(super) fn call_with(
        &mut self,
        callee: &'a ast::Expr,
        arguments: &'a [ast::ExprOrSpread],
        span: Span,
        scope: ScopeId,
    ) -> Abstract {
        let member = match unwrap(callee) {
            ast::Expr::Member(member) => Some(member),
            ast::Expr::OptChain(chain) => match &*chain.base {
                ast::OptChainBase::Member(member) => Some(member),
                ast::OptChainBase::Call(_) => None,
            },
            _ => None,
        };
        if let Some(member) = member {
            return self.call_member(member, arguments, span, scope);
        }
        let this = if let ast::Expr::SuperProp(_) = unwrap(callee) { self.this(scope) } else { Abstract::Undefined };
        let function = self.expression(callee, scope);
        let arguments = self.arguments(arguments, scope);
        if self.is_throwing() {
            return Abstract::Undefined;
        }
        let path = self.path_of(&function).or_else(|| self.static_path(callee));
        if let Some(path) = &path {
            self.record_call(path, &arguments, span, false);
            self.note_consent_call(path, &arguments);
        }
        self.call_named(&function, &this, arguments, path, span)
    }

    fn call_member(
        &mut self,
        member: &'a ast::MemberExpr,
        arguments: &'a [ast::ExprOrSpread],
        span: Span,
        scope: ScopeId,
    ) -> Abstract {
        let object = self.expression(&member.obj, scope);
        let object = self.narrow(object);
        let key = self.member_key(&member.prop, scope);
        let arguments = self.arguments(arguments, scope);
        if self.is_throwing() {
            return Abstract::Undefined;
        }
        let owner = Owner { value: &object, written: &member.obj };
        let Some(key) = self.property_key(&key) else {
            let owner = self.owner_path(owner);
            let function = self.read_members(&object, &key, span, owner.as_ref());
            return self.call_named(&function, &object, arguments, owner, span);
        };
        if self.is_asked_for(&object, &key) {
            let path = join_path(self.owner_path(owner).as_deref().unwrap_or(""), &key);
            self.record_call(&path, &arguments, span, false);
        }
        if matches!(object, Abstract::Object(GLOBAL)) {
            self.note_consent_call(&key, &arguments);
        }
        if !matches!(object, Abstract::Any(_)) {
            return self.call_method(&object, &key, arguments, owner, span);
        }
        let call = |m: &mut Self, object: &Abstract| m.call_method(object, &key, arguments.clone(), owner, span);
        // Functions that a list calls do something, for each of its elements.
        if arguments.first().is_some_and(|first| self.is_function(first)) {
            self.map_apart(&object, call)
        } else {
            self.map(&object, call)
        }
    }

    /// Calls a method of a value that is one thing.
    fn call_method(
        &mut self,
        object: &Abstract,
        key: &Atom,
        arguments: Vec<Abstract>,
        owner: Owner<'_>,
        span: Span,
    ) -> Abstract {
        if *key == "push" || *key == "unshift" {
            self.note_queue(self.owner_path(owner).as_ref(), &arguments);
            if let [chunk] = &arguments[..] {
                self.note_chunk(chunk, span);
            }
        }
        if let Abstract::Object(id) = object
            && *id != GLOBAL
        {
            match self.find_member(*id, key) {
                Some(Property::Value(function)) if self.is_inner_work(&function, key) => {
                    let path = self.owner_path(owner).map(|owner| self.member_path(&owner, key));
                    return self.call_unknown(path, object, arguments, span);
                }
                Some(Property::Value(function @ (Abstract::Object(_) | Abstract::Any(_)))) => {
                    return self.call_value(&function, object, arguments, span);
                }
                Some(Property::Value(function)) => {
                    let path = self.owner_path(owner).map(|owner| self.member_path(&owner, key));
                    return self.call_named(&function, object, arguments, path, span);
                }
                Some(Property::Accessor { get: Some(get), .. }) => {
                    let function = self.call_getter(get, object);
                    return self.call_named(&function, object, arguments, None, span);
                }
                _ => {}
            }
        }
        if let Some(value) = self.call_builtin_method(object, key, &arguments, span) {
            return value;
        }
        if self.calls_back_at_once(object, key) {
            arguments.iter().for_each(|argument| self.run_now(argument, span));
        }
        if matches!(object, Abstract::Object(GLOBAL)) {
            let function = self.read_global(key, span);
            return self.call_named(&function, object, arguments, Some(key.clone()), span);
        }
        let owner = self.owner_path(owner);
        let function = self.read_member(object, key, span, owner.as_ref());
        let path = owner.map_or_else(|| key.clone(), |owner| self.member_path(&owner, key));
        self.call_named(&function, object, arguments, Some(path), span)
    }

    /// Calls a method of a list whose elements nobody knows.
    pub(super) fn call_of_unknown(
        &mut self,
        list: &Abstract,
        method: &str,
        arguments: &[Abstract],
        span: Span,
    ) -> Abstract {
        let is_at_once = self.calls_back_at_once(list, method);
        for argument in arguments {
            if is_at_once {
                self.run_now(argument, span);
            }
            self.hand_over(argument, list);
        }
        self.unknown(span)
    }

    /// Is it a method of text, or of a list of its parts, that calls a function before it returns? What a page reads out
    /// of its URL that way decides what follows; other unknown lists are handed functions like everything else that is
    /// not here.
    fn calls_back_at_once(&self, object: &Abstract, method: &str) -> bool {
        if !CALL_BACK_AT_ONCE.contains(&method) {
            return false;
        }
        match object {
            Abstract::Text(_) => true,
            Abstract::Unknown(origin) => {
                let is_of_parts = |path: &Atom| PARTS_OF_TEXT.iter().any(|end| path.ends_with(end));
                method.starts_with("replace") || origin.path.as_ref().is_some_and(is_of_parts)
            }
            _ => false,
        }
    }

    /// Is it a function of a library that is here, of which only is told that it was called?
    fn is_inner_work(&self, function: &Abstract, name: &Atom) -> bool {
        let is_of_library = |id: ObjectId| match &self.object(id).kind {
            Kind::Function(closure) => self.sources[closure.source as usize].is_library,
            _ => false,
        };
        self.interests.is_inner(name)
            && match function {
                Abstract::Object(id) => is_of_library(*id),
                // Wrapped in a `Proxy` where there is one.
                Abstract::Any(choices) => choices.iter().any(|one| one.value.as_object().is_some_and(is_of_library)),
                _ => false,
            }
    }

    /// Calls a value that is known by a path where it is not known otherwise.
    fn call_named(
        &mut self,
        function: &Abstract,
        this: &Abstract,
        arguments: Vec<Abstract>,
        path: Option<Atom>,
        span: Span,
    ) -> Abstract {
        match function {
            Abstract::Object(_) | Abstract::Any(_) => self.call_value(function, this, arguments, span),
            Abstract::Unknown(origin) => {
                let path = origin.path.clone().or(path);
                self.call_unknown(path, this, arguments, span)
            }
            _ => self.call_unknown(path, this, arguments, span),
        }
    }

    pub(super) fn call_value(
        &mut self,
        function: &Abstract,
        this: &Abstract,
        arguments: Vec<Abstract>,
        span: Span,
    ) -> Abstract {
        let id = match function {
            Abstract::Object(id) => *id,
            Abstract::Any(_) if self.is_one_of_several(function) => {
                return self.map_apart(function, |m, one| m.call_value(one, this, arguments.clone(), span));
            }
            Abstract::Any(_) => return self.map(function, |m, one| m.call_value(one, this, arguments.clone(), span)),
            Abstract::Unknown(origin) => return self.call_unknown(origin.path.clone(), this, arguments, span),
            _ => return self.call_unknown(None, this, arguments, span),
        };
        match self.object(id).kind.clone() {
            Kind::Function(closure) => self.invoke(&closure, this, arguments, span),
            // Methods of the language may lead back to themselves: `x.toString = String.prototype.trim`.
            Kind::Native(_) if self.depth >= self.limits.depth => self.unknown(span),
            Kind::Native(name) => {
                self.depth += 1;
                let value = self.call_native(name, this, &arguments, span);
                self.depth -= 1;
                value
            }
            Kind::Bound { target, this, arguments: mut all } => {
                all.extend(arguments);
                self.call_noted(&target, &this, all, span)
            }
            Kind::Settle(promise) => {
                let value = arguments.into_iter().next().unwrap_or(Abstract::Undefined);
                self.settle(promise, value);
                Abstract::Undefined
            }
            _ => {
                let path = self.object(id).path.clone();
                self.call_unknown(path, this, arguments, span)
            }
        }
    }

    /// Is it one of several functions of the page's own?
    fn is_one_of_several(&self, function: &Abstract) -> bool {
        let Abstract::Any(choices) = function else { return false };
        let is_own =
            |value: &Abstract| value.as_object().is_some_and(|id| matches!(self.object(id).kind, Kind::Function(_)));
        choices.iter().filter(|choice| is_own(&choice.value)).count() > 1
    }

    /// Calls a function that the code at hand does not name: `f.call(…)`, `f.bind(…)()`. Its own path tells what it is.
    pub(super) fn call_noted(
        &mut self,
        function: &Abstract,
        this: &Abstract,
        arguments: Vec<Abstract>,
        span: Span,
    ) -> Abstract {
        if let Some(path) = self.path_of(function) {
            self.record_call(&path, &arguments, span, false);
        }
        self.call_value(function, this, arguments, span)
    }

    pub(super) fn call_getter(&mut self, get: ObjectId, this: &Abstract) -> Abstract {
        let span = self.object(get).at.map_or(swc_common::DUMMY_SP, |(_, span)| span);
        self.call_value(&Abstract::Object(get), this, Vec::new(), span)
    }

    pub(super) fn new_expression(&mut self, new: &'a ast::NewExpr, scope: ScopeId) -> Abstract {
        let function = self.expression(&new.callee, scope);
        let arguments = match &new.args {
            Some(arguments) => self.arguments(arguments, scope),
            None => Vec::new(),
        };
        let path =
            self.path_of(&function).or_else(|| self.static_path(&new.callee).map(|path| Atom::new(global_name(&path))));
        if let Some(path) = &path {
            self.record_call(path, &arguments, new.span, true);
        }
        self.map(&function, |m, function| m.construct(function, arguments.clone(), path.clone(), new.span))
    }

    pub(super) fn construct(
        &mut self,
        function: &Abstract,
        arguments: Vec<Abstract>,
        path: Option<Atom>,
        span: Span,
    ) -> Abstract {
        let Abstract::Object(id) = function else {
            return self.call_unknown(path, &Abstract::Undefined, arguments, span);
        };
        match self.object(*id).kind.clone() {
            Kind::Native(name) => self.construct_native(name, &arguments, span),
            Kind::Function(_) => self.construct_as(function, None, arguments, span),
            Kind::Bound { target, arguments: mut all, .. } => {
                all.extend(arguments);
                self.construct(&target, all, path, span)
            }
            _ => self.call_value(function, &Abstract::Undefined, arguments, span),
        }
    }

    /// Constructs with a function an instance of another one, as `super(…)` does.
    pub(super) fn construct_as(
        &mut self,
        function: &Abstract,
        target: Option<&Abstract>,
        arguments: Vec<Abstract>,
        span: Span,
    ) -> Abstract {
        let closure = match function.as_object().map(|id| self.object(id).kind.clone()) {
            Some(Kind::Function(closure)) => closure,
            _ => return self.construct(function, arguments, None, span),
        };
        let owner = target.and_then(Abstract::as_object).or(function.as_object());
        let prototype = owner.map(|owner| self.prototype_of(owner));
        let instance = Object { prototype, at: Some((self.source, span)), ..Object::new(Kind::Plain) };
        let this = Abstract::Object(self.add_object(instance));
        match self.invoke(&closure, &this, arguments, span) {
            value @ Abstract::Object(_) => value,
            _ => this,
        }
    }

    // ---- what is not known ----

    /// Does a rule ask for this method call? Lists without a global name are the page's own business.
    fn is_asked_for(&self, object: &Abstract, key: &Atom) -> bool {
        if let Abstract::Object(id) = object
            && *id != GLOBAL
            && self.object(*id).is_array()
            && self.object(*id).path.is_none()
        {
            return false;
        }
        self.interests.may_call(key)
    }

    /// Notes a call that a rule asks for.
    fn record_call(&mut self, path: &Atom, arguments: &[Abstract], span: Span, is_new: bool) {
        if self.interests.has_call(path) {
            let kind = EventKind::Call { callee: path.as_str().into(), arguments: Vec::new(), is_new };
            self.record(kind, arguments.to_vec(), span);
        }
    }

    /// Calls what the browser brings along, or a rule describes.
    fn call_known(&mut self, path: &Atom, this: &Abstract, arguments: &[Abstract], span: Span) -> Option<Abstract> {
        self.call_plugin(path, this, arguments, span)
            .or_else(|| builtin::call_host(self, path, arguments, span))
            .or_else(|| self.call_target(path, this, arguments, span))
            .or_else(|| self.call_stand_in(path, this, arguments, span))
    }

    /// A call of something that is not here: perhaps the browser's, else a library's, which is taken to
    /// call every function that it is handed.
    pub(super) fn call_unknown(
        &mut self,
        path: Option<Atom>,
        this: &Abstract,
        arguments: Vec<Abstract>,
        span: Span,
    ) -> Abstract {
        self.may_throw();
        if let Some(path) = &path
            && let Some(value) = self.call_known(path, this, &arguments, span)
        {
            return value;
        }
        for argument in &arguments {
            self.hand_over(argument, this);
        }
        match path {
            Some(path) => self.unknown_path(Atom::new(format!("{path}()")), span),
            None => self.unknown(span),
        }
    }
}

//! Functions that run later: queued for a library, handed to something unknown, or waiting for a promise (see
//! [`super::promise`]).

use super::abstract_value::{Abstract, ObjectId};
use super::condition::ConditionId;
use super::heap::Kind;
use super::machine::{Flow, GLOBAL, Machine};
use crate::base::Evidence;
use rustc_hash::FxHashSet;
use std::collections::VecDeque;
use swc_atoms::Atom;
use swc_common::Span;

/// Tasks that one page may leave; more are dropped.
const TASKS: usize = 5_000;

/// Callbacks taken from one options object.
const CALLBACKS: usize = 24;

#[derive(Debug)]
pub(super) struct Task {
    function: Abstract,
    this: Abstract,
    /// `None`: whoever calls it passes what nobody knows.
    arguments: Option<Vec<Abstract>>,
    facts: Vec<ConditionId>,
    evidence: Evidence,
    /// It comes from code that the page does not run: what it does is undone.
    is_trial: bool,
    /// Promise that is settled first; without arguments it is called with the value.
    pub(super) awaits: Option<ObjectId>,
    /// Promise that gets the result.
    pub(super) result: Option<ObjectId>,
    /// The result is only one of two: another promise's value may be there.
    pub(super) or: Option<ObjectId>,
}

/// What waits to run.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    /// As soon as the script around has ended.
    pub(super) soon: VecDeque<Task>,
    /// As soon as the promise is settled that each waits for.
    pub(super) waiting: Vec<Task>,
    /// When the library arrives whose queue (by path) holds it.
    library: VecDeque<(Atom, Task)>,
    /// After all scripts.
    later: VecDeque<Task>,
    scheduled: FxHashSet<ObjectId>,
    /// Queues whose library has arrived; or have all?
    arrived: Vec<String>,
    have_all_arrived: bool,
    count: usize,
}

/// Does a declared queue (`pbjs.que`, `*.que`) name this path?
fn is_queue(pattern: &str, path: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(name) => path.strip_suffix(name).is_some_and(|owner| owner.ends_with('.') && owner.len() > 1),
        None => pattern == path,
    }
}

impl<'a> Machine<'a> {
    pub(super) fn task(
        &mut self,
        function: &Abstract,
        this: &Abstract,
        arguments: Option<Vec<Abstract>>,
    ) -> Option<Task> {
        self.tasks.count += 1;
        self.made += 1;
        (self.tasks.count <= TASKS).then(|| Task {
            function: function.clone(),
            this: this.clone(),
            arguments,
            facts: self.conditions.facts().to_vec(),
            evidence: self.evidence,
            is_trial: self.trials > 0,
            awaits: None,
            result: None,
            or: None,
        })
    }

    /// A member of a library is the library's by whatever way code comes to it: a queue (`var later = pbjs.que`, `pbjs[name]`), or
    /// a function that a page put there (`f.call(lib, …)`).
    pub(super) fn name_member(&mut self, owner: &Abstract, key: &Abstract, value: &Abstract) {
        let (Abstract::Object(owner), Abstract::Object(id), Abstract::String(key)) = (owner, value, key) else {
            return;
        };
        let object = self.object(*id);
        let is_list = object.is_array();
        if object.path.is_some() || !(is_list || object.is_callable() && self.interests.may_call(key)) {
            return;
        }
        let Some(owner) = self.object(*owner).path.clone() else { return };
        let path = self.member_path(&owner, key);
        let is_asked_for = if is_list { self.is_library_queue(&path) } else { self.interests.has_call(&path) };
        if is_asked_for {
            self.name_value(value, &path);
        }
    }

    fn is_library_queue(&self, path: &str) -> bool {
        self.interests.queues.iter().any(|queue| is_queue(queue, path))
    }

    /// Functions pushed to a library's queue run when the library arrives.
    pub(super) fn note_queue(&mut self, path: Option<&Atom>, arguments: &[Abstract]) {
        let Some(path) = path else { return };
        if !self.is_library_queue(path) {
            return;
        }
        let library = path.rsplit_once('.').map_or("", |(owner, _)| owner);
        for argument in arguments {
            if self.is_function(argument) {
                let passed = self.unknown_path(Atom::new(library), swc_common::DUMMY_SP);
                let owner = self.library_object(library).unwrap_or(Abstract::Object(GLOBAL));
                self.schedule_for_library(path.clone(), argument, &owner, passed);
            } else {
                // `callbackQueue.push({ CONSENT_DATA_READY: f })`: what to call, by event.
                self.hand_over(argument, argument);
            }
        }
    }

    fn schedule_for_library(&mut self, path: Atom, function: &Abstract, this: &Abstract, passed: Abstract) {
        let passed = if matches!(this, Abstract::Object(GLOBAL)) { passed } else { this.clone() };
        self.tasks.scheduled.extend(function.as_object());
        let Some(task) = self.task(function, this, Some(vec![passed])) else { return };
        if self.tasks.have_all_arrived || self.tasks.arrived.iter().any(|queue| is_queue(queue, &path)) {
            self.tasks.soon.push_back(task);
        } else {
            self.tasks.library.push_back((path, task));
        }
    }

    /// Something unknown gets a value: the functions in it are taken to be called.
    pub(super) fn hand_over(&mut self, value: &Abstract, this: &Abstract) {
        let Abstract::Object(id) = value else {
            if let Abstract::Any(choices) = value {
                choices.clone().iter().for_each(|choice| self.hand_over(&choice.value, this));
            }
            return;
        };
        if self.object(*id).is_callable() {
            return self.schedule(value, this, None);
        }
        if *id == GLOBAL {
            return;
        }
        let object = self.objects.share(id.0);
        if !matches!(object.kind, Kind::Plain | Kind::Array) {
            return;
        }
        let instance = self.component(*id).map(Abstract::Object);
        let this = instance.as_ref().unwrap_or(value);
        let members = object.properties.iter().filter_map(|(name, property)| match property {
            super::heap::Property::Value(_) if instance.is_some() && *name == "data" => None,
            super::heap::Property::Value(member) => Some(member),
            super::heap::Property::Accessor { .. } => None,
        });
        for member in members.chain(&object.elements).take(CALLBACKS) {
            if self.is_function(member) {
                self.schedule(member, this, None);
            }
        }
    }

    /// Runs a function that an unknown list or text calls for each of its parts, before what follows; each once.
    pub(super) fn run_now(&mut self, function: &Abstract, span: Span) {
        let Some(id) = function.as_object().filter(|_| self.is_function(function)) else { return };
        if !self.tasks.scheduled.insert(id) {
            return;
        }
        let had_unknown = std::mem::replace(&mut self.has_unknown_arguments, true);
        let code = self.code_of(function);
        self.unless_barren(code, |m| {
            m.call_value(function, &Abstract::Undefined, Vec::new(), span);
        });
        self.has_unknown_arguments = had_unknown;
    }

    /// Runs a function after all scripts; each once.
    pub(super) fn schedule(&mut self, function: &Abstract, this: &Abstract, arguments: Option<Vec<Abstract>>) {
        let Some(id) = function.as_object() else { return };
        if !self.tasks.scheduled.insert(id) {
            return;
        }
        let Some(task) = self.task(function, this, arguments) else { return };
        // `setTimeout(resolve)`: what waits for the promise need not wait for all else that comes later.
        if matches!(self.object(id).kind, Kind::Settle(_)) {
            self.tasks.soon.push_back(task);
        } else {
            self.tasks.later.push_back(task);
        }
    }

    /// Functions that a library calls because the page gave them a name that it knows.
    pub(super) fn schedule_callbacks(&mut self) {
        let interests = self.interests;
        for path in &interests.callbacks {
            let (owner, is_all) = path.strip_suffix(".*").map_or((path.as_str(), false), |owner| (owner, true));
            match self.library_object(owner) {
                Some(object) if is_all => self.hand_over(&object, &object),
                Some(function) if self.is_function(&function) => {
                    self.schedule(&function, &Abstract::Object(GLOBAL), None)
                }
                _ => {}
            }
        }
    }

    /// Runs a function with these arguments as soon as the script around has ended.
    pub(super) fn run_soon_with(&mut self, function: &Abstract, this: &Abstract, arguments: Vec<Abstract>) {
        if let Some(task) = self.task(function, this, Some(arguments)) {
            self.tasks.soon.push_back(task);
        }
    }

    /// `window.onload = f` and the like.
    pub(super) fn note_handler(&mut self, key: &Atom, value: &Abstract, target: &Abstract) {
        if key.starts_with("on") && key.len() > 2 && self.is_function(value) {
            self.schedule(value, target, None);
        }
    }

    // ---- running ----

    /// Runs a task, or leaves it until its promise is settled.
    pub(super) fn run_task(&mut self, task: Task) {
        match task.awaits {
            Some(promise) if self.is_pending(&Abstract::Object(promise)) => self.tasks.waiting.push(task),
            _ if task.is_trial && self.trials == 0 => self.as_declared(|m| m.run_ready(task)),
            _ => self.run_ready(task),
        }
    }

    fn run_ready(&mut self, task: Task) {
        let evidence = std::mem::replace(&mut self.evidence, task.evidence);
        let arguments = match (&task.arguments, task.awaits) {
            (Some(arguments), _) => arguments.clone(),
            (None, Some(promise)) => vec![self.awaited(&Abstract::Object(promise))],
            (None, None) => {
                self.has_unknown_arguments = true;
                Vec::new()
            }
        };
        let when = self.conditions.all_of(&task.facts);
        let span =
            task.function.as_object().and_then(|id| self.object(id).at).map_or(swc_common::DUMMY_SP, |(_, span)| span);
        let call = |m: &mut Self| m.call_value(&task.function, &task.this, arguments, span);
        let value = if when == ConditionId::ALWAYS {
            call(self)
        } else {
            let mut value = Abstract::Undefined;
            self.either_flow(
                when,
                |m| {
                    value = call(m);
                    Flow::Normal
                },
                |_| Flow::Normal,
            );
            value
        };
        self.has_unknown_arguments = false;
        if let Some(result) = task.result {
            self.settle_with(result, value, task.or);
        }
        self.evidence = evidence;
    }

    fn code_of(&self, function: &Abstract) -> Option<super::effort::CodePlace> {
        match &self.object(function.as_object()?).kind {
            Kind::Function(closure) => Some((closure.source, closure.span)),
            Kind::Bound { target, .. } => self.code_of(target),
            _ => None,
        }
    }

    /// Runs what waits for the end of the script. Promises that nothing has settled then are not waited for: the functions that
    /// would do it run later, or are not here.
    pub(super) fn run_soon(&mut self) {
        while !self.cut {
            let Some(task) = self.tasks.soon.pop_front() else { break };
            self.run_task(task);
        }
    }

    /// The same; then what still waits for a promise runs with a value that nobody knows. False where nothing waited.
    fn run_waiting(&mut self) -> bool {
        self.run_soon();
        let has_waiting = !self.tasks.waiting.is_empty() && !self.cut;
        if has_waiting {
            self.settle_left();
            self.run_soon();
        }
        has_waiting
    }

    /// A library arrived: what waits in its queues runs, and what is pushed there from now on runs at once.
    pub(super) fn run_queues(&mut self, queues: &[String]) {
        self.tasks.arrived.extend(queues.iter().cloned());
        self.run_queued(|path| queues.iter().any(|queue| is_queue(queue, path)));
    }

    fn run_queued(&mut self, has_arrived: impl Fn(&str) -> bool) {
        for (path, task) in std::mem::take(&mut self.tasks.library) {
            if has_arrived(&path) {
                self.run_task(task);
            } else {
                self.tasks.library.push_back((path, task));
            }
        }
        self.run_soon();
    }

    /// The document was read: every library is taken to arrive, then everything else that waits runs.
    pub(super) fn run_all(&mut self) {
        self.tasks.have_all_arrived = true;
        while !self.cut {
            self.run_queued(|_| true);
            let Some(task) = self.tasks.later.pop_front() else {
                // A library, an event or a timer might have settled it.
                if self.run_waiting() {
                    continue;
                }
                break;
            };
            if task.arguments.is_some() {
                self.run_task(task);
            } else if !self.has_heard(&task.function) {
                self.unless_barren(self.code_of(&task.function), |m| m.run_task(task));
            }
            self.run_soon();
        }
    }

    /// Functions that nothing has called, but which name a bidder: what would they do?
    pub(super) fn run_uncalled(&mut self) {
        self.run_modules();
        let mut at = 0;
        while let Some(&(id, holder)) = self.functions.get(at) {
            at += 1;
            if self.cut || at > 20_000 {
                break;
            }
            let Kind::Function(closure) = &self.object(id).kind else { continue };
            let code = (closure.source, closure.span);
            let is_class =
                closure.class.as_ref().is_some_and(|class| class.class.span == closure.span) || self.has_methods(id);
            if self.called.contains(&code) || !self.has_anchor(code.0, code.1) {
                continue;
            }
            let function = Abstract::Object(id);
            let class = closure.class.as_ref().map(|class| class.prototype).filter(|one| Some(*one) == holder);
            let class = class.and_then(|prototype| self.object(prototype).own("constructor")?.as_object());
            self.as_declared(|m| {
                let this = holder.map_or(GLOBAL, |holder| m.instance_of(holder, class));
                let this = Abstract::Object(this);
                m.has_unknown_arguments = true;
                if is_class {
                    m.construct(&function, Vec::new(), None, code.1);
                } else {
                    m.call_value(&function, &this, Vec::new(), code.1);
                }
                m.has_unknown_arguments = false;
                while m.run_waiting() {}
            });
        }
    }

    /// Did somebody add members to the function's prototype? Then it is a class, written the old way.
    fn has_methods(&self, function: ObjectId) -> bool {
        let prototype = self.object(function).own("prototype").and_then(Abstract::as_object);
        prototype.is_some_and(|id| self.object(id).properties.keys().any(|name| *name != "constructor"))
    }

    /// Functions left in an array under a global name, alone or among the arguments of a call that a stub put there
    /// (`f.q.push(arguments)`): a queue of a library that no rule knows.
    pub(super) fn run_left_queues(&mut self) {
        let mut left = Vec::new();
        for index in 0..self.objects.len() {
            let object = self.objects.get(index as u32);
            if object.is_array() && object.path.is_some() {
                let calls = object.elements.iter().filter_map(|element| self.array(element));
                // The chunks of a bundle are lists as well, of numbers and modules.
                let named = calls.filter(|call| matches!(call.first(), Some(Abstract::String(_)))).flatten();
                let functions = object.elements.iter().chain(named).filter(|element| self.is_function(element));
                left.extend(functions.cloned());
            }
        }
        for function in left {
            let id = function.as_object().map(|id| &self.object(id).kind);
            let is_called =
                matches!(id, Some(Kind::Function(closure)) if self.called.contains(&(closure.source, closure.span)));
            if !is_called {
                self.schedule(&function, &Abstract::Object(GLOBAL), None);
            }
        }
        self.run_all();
    }
}

#[cfg(test)]
mod tests {
    use super::is_queue;

    #[test]
    fn queues_are_named_by_path_or_by_their_last_name() {
        assert!(is_queue("googletag.cmd", "googletag.cmd"));
        assert!(is_queue("*.que", "my.pbjs.que"));
        assert!(!is_queue("*.que", "que"));
        assert!(!is_queue("*.que", "pbjs.unique"));
    }
}

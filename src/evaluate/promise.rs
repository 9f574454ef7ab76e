//! Promises: their values, who waits for one, and what `await` gives.

use super::abstract_value::{Abstract, ObjectId};
use super::condition::ConditionId;
use super::heap::{Kind, Object};
use super::machine::Machine;
use swc_common::DUMMY_SP;

impl Machine<'_> {
    pub(super) fn promise(&mut self, value: Option<Abstract>) -> Abstract {
        Abstract::Object(self.add_object(Object::new(Kind::Promise(value))))
    }

    pub(super) fn is_promise(&self, value: &Abstract) -> bool {
        value.as_object().is_some_and(|id| matches!(self.object(id).kind, Kind::Promise(_)))
    }

    /// The promise of a value; of a promise, that promise.
    pub(super) fn promise_of(&mut self, value: Abstract) -> Abstract {
        if self.is_promise(&value) { value } else { self.promise(Some(value)) }
    }

    /// Gives a promise its value; who waits for it runs soon.
    pub(super) fn settle(&mut self, promise: ObjectId, value: Abstract) {
        if !matches!(self.object(promise).kind, Kind::Promise(None)) {
            return;
        }
        if self.is_pending(&value) {
            return self.settle_like(promise, &value);
        }
        let value = self.awaited(&value);
        self.object_mut(promise).kind = Kind::Promise(Some(value));
        let ready = self.tasks.waiting.extract_if(.., |task| task.awaits == Some(promise));
        self.tasks.soon.extend(ready);
    }

    /// Settles a promise with a value, or with another promise's, by chance.
    pub(super) fn settle_with(&mut self, promise: ObjectId, value: Abstract, or: Option<ObjectId>) {
        let value = match or {
            None => value,
            Some(or) => {
                let (first, value) = (self.awaited(&Abstract::Object(or)), self.awaited(&value));
                self.join(ConditionId::MAYBE, &first, &value)
            }
        };
        self.settle(promise, value);
    }

    /// Settles a promise when another one is, with its value.
    fn settle_like(&mut self, promise: ObjectId, other: &Abstract) {
        let function = self.native("Promise.resolve");
        if let Some(mut task) = self.task(&function, &Abstract::Undefined, None) {
            (task.awaits, task.result) = (other.as_object().filter(|one| *one != promise), Some(promise));
            self.tasks.waiting.push(task);
        }
    }

    /// Nothing here settles the promise that has been waited for longest: its value is unknown.
    pub(super) fn settle_left(&mut self) {
        match self.tasks.waiting.first().and_then(|task| task.awaits) {
            Some(promise) => {
                let value = self.unknown(DUMMY_SP);
                self.settle(promise, value);
            }
            None => {
                self.tasks.waiting.remove(0);
            }
        }
    }

    /// What `await` gives.
    pub(super) fn awaited(&mut self, value: &Abstract) -> Abstract {
        let Some(id) = value.as_object() else { return value.clone() };
        match &self.object(id).kind {
            Kind::Promise(Some(value)) => value.clone(),
            Kind::Promise(None) => self.unknown(DUMMY_SP),
            _ => value.clone(),
        }
    }

    /// `promise.then(callback)`: the callback runs when the promise is settled and the script around has ended.
    pub(super) fn then(&mut self, promise: ObjectId, callback: &Abstract) -> Abstract {
        if self.is_function(callback) {
            self.run_when_settled(promise, callback, None)
        } else {
            Abstract::Object(promise)
        }
    }

    /// `promise.catch(fallback)`: its value, or else the fallback's.
    pub(super) fn or_else(&mut self, promise: ObjectId, fallback: &Abstract) -> Abstract {
        let error = self.unknown(DUMMY_SP);
        self.react(promise, fallback, Some(vec![error]), Some(promise))
    }

    /// The promise of what a function gives once another promise is settled.
    pub(super) fn run_when_settled(
        &mut self,
        promise: ObjectId,
        function: &Abstract,
        arguments: Option<Vec<Abstract>>,
    ) -> Abstract {
        self.react(promise, function, arguments, None)
    }

    fn react(
        &mut self,
        promise: ObjectId,
        function: &Abstract,
        arguments: Option<Vec<Abstract>>,
        or: Option<ObjectId>,
    ) -> Abstract {
        let result = self.promise(None);
        if let Some(mut task) = self.task(function, &Abstract::Undefined, arguments) {
            (task.awaits, task.result, task.or) = (Some(promise), result.as_object(), or);
            self.tasks.soon.push_back(task);
        }
        result
    }

    pub(super) fn is_pending(&self, value: &Abstract) -> bool {
        value.as_object().is_some_and(|id| matches!(self.object(id).kind, Kind::Promise(None)))
    }

    /// `await value`: what waits before it runs first.
    pub(super) fn wait_for(&mut self, value: &Abstract) -> Abstract {
        while self.is_pending(value) && self.conditions.facts().is_empty() && !self.cut {
            let Some(task) = self.tasks.soon.pop_front() else { break };
            self.run_task(task);
        }
        self.awaited(value)
    }
}

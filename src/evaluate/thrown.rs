//! Errors on their way to whoever catches them.
//!
//! A function that throws ends the statement that called it, and all around it, up to the `try` that waits for it. Where
//! nothing waits, what follows runs all the same: a browser may know what evaluation does not, and then nothing is
//! thrown. What may throw or may not makes the handler one of two ways.

use super::abstract_value::Abstract;
use super::machine::{Flow, Machine};

/// What is thrown, and who waits for it.
#[derive(Debug, Default)]
pub(super) struct Thrown {
    error: Option<Abstract>,
    /// Blocks of `try` that are being run.
    attempts: u32,
    /// Did something happen in the innermost that may have thrown?
    is_possible: bool,
}

impl Machine<'_> {
    /// Something is thrown for sure, if somebody waits for it.
    pub(super) fn throw(&mut self, error: Abstract) {
        if self.thrown.attempts > 0 {
            self.thrown.error.get_or_insert(error);
        }
    }

    /// Something may be thrown.
    pub(super) fn may_throw(&mut self) {
        self.thrown.is_possible = true;
    }

    /// Is an error under way? Then nothing else happens in this statement.
    #[inline]
    pub(super) fn is_throwing(&self) -> bool {
        self.thrown.error.is_some()
    }

    /// How a statement really ends.
    pub(super) fn thrown_or(&mut self, flow: Flow) -> Flow {
        match self.thrown.error.take() {
            Some(error) => Flow::Throw(error),
            None => flow,
        }
    }

    /// The end of one of two ways: what it throws for sure, it throws perhaps.
    pub(super) fn end_of_way(&mut self) {
        if self.thrown.error.take().is_some() {
            self.may_throw();
        }
    }

    /// Runs the block of a `try`: how it ends, and whether it may have thrown instead.
    pub(super) fn attempt(&mut self, run: impl FnOnce(&mut Self) -> Flow) -> (Flow, bool) {
        let before = std::mem::take(&mut self.thrown.is_possible);
        self.thrown.attempts += 1;
        let flow = run(self);
        self.thrown.attempts -= 1;
        let may_throw = self.thrown.is_possible;
        self.thrown.is_possible |= before;
        (flow, may_throw)
    }
}

//! `--resume STATE`: a run that was interrupted goes on where it ended.
//!
//! The state names the documents that are done by their number, counted through the input in its order, and how
//! long the report was by then. It is written beside the old one and takes its place, so that it is whole at
//! any time.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const SCHEMA: &str = "adsieve.resume/1";

/// How often the state is written, at most.
const PERIOD: Duration = Duration::from_secs(1);

/// What is done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    schema: String,
    /// What the run was asked to read.
    input: Vec<String>,
    /// All documents before this number are done.
    done: u64,
    /// Documents behind it that are done too.
    also_done: BTreeSet<u64>,
    /// Path of the last of the documents before `done`.
    last: Option<String>,
    /// Length of the report, where it goes to a file.
    pub(super) output_bytes: u64,
    /// Was the whole input read?
    pub(super) is_complete: bool,
}

impl State {
    /// Is the document of this number done?
    pub(super) fn is_done(&self, number: u64) -> bool {
        number < self.done || self.also_done.contains(&number)
    }

    /// Is the document of this number another one than it was?
    pub(super) fn contradicts(&self, number: u64, path: &str) -> bool {
        number + 1 == self.done && self.last.as_deref().is_some_and(|last| last != path)
    }

    fn note(&mut self, number: u64, path: &str) {
        self.also_done.insert(number);
        while self.also_done.remove(&self.done) {
            self.last = if self.done == number { Some(path.to_owned()) } else { None };
            self.done += 1;
        }
    }
}

/// The state and its file.
pub(super) struct Resume {
    path: PathBuf,
    state: State,
    written: Instant,
}

impl Resume {
    /// Reads the state of an earlier run with the same input, or begins a new one.
    pub(super) fn open(path: &Path, input: Vec<String>) -> Result<Self, String> {
        let state = match fs::read(path) {
            Ok(bytes) => {
                serde_json::from_slice::<State>(&bytes).map_err(|error| format!("it is no state of a run: {error}"))?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                State { schema: SCHEMA.into(), input: input.clone(), ..State::default() }
            }
            Err(error) => return Err(super::message::plain_words(&error)),
        };
        if state.schema != SCHEMA || state.input != input {
            return Err("it belongs to a run with other input or options; use another file".into());
        }
        Ok(Self { path: path.to_owned(), state, written: Instant::now() })
    }

    pub(super) fn state(&self) -> &State {
        &self.state
    }

    /// Notes a document that was taken; `true` when it is time to write the state.
    pub(super) fn note(&mut self, number: u64, path: &str) -> bool {
        self.state.note(number, path);
        self.written.elapsed() >= PERIOD
    }

    /// Writes the state; the report must have reached its file by then.
    pub(super) fn write(&mut self, output_bytes: u64, is_complete: bool) -> io::Result<()> {
        self.written = Instant::now();
        (self.state.output_bytes, self.state.is_complete) = (output_bytes, is_complete);
        let beside = self.path.with_extension("new");
        fs::write(&beside, serde_json::to_vec(&self.state)?)?;
        fs::rename(&beside, &self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_done_in_any_order() {
        let mut state = State::default();
        for number in [0, 2, 3] {
            state.note(number, "a.html");
        }
        assert!(state.is_done(0) && !state.is_done(1) && state.is_done(3) && !state.is_done(4));
        assert!(state.contradicts(0, "b.html") && !state.contradicts(0, "a.html"));
        state.note(1, "c.html");
        assert_eq!((state.done, state.also_done.len()), (4, 0));
    }
}

//! Results that are one text.

use super::Outcome;
use super::message::{self, plain_words};
use std::io::{self, Write};

/// Writes the result; a reader that went away wants no more.
pub(super) fn print(text: &str) -> Outcome {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            message::error(&plain_words(&error), "standard output");
            Outcome::Incomplete
        }
        _ => Outcome::Done,
    }
}

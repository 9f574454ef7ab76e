//! Ctrl-C: the first ends the run in order, the second at once.

use std::sync::atomic::{AtomicBool, Ordering};

static IS_ASKED: AtomicBool = AtomicBool::new(false);

/// The exit code of a program that a signal ended, as shells know it.
const ENDED: i32 = 130;

/// Listens from now on.
pub(super) fn listen() {
    // Where nobody can listen, Ctrl-C does what it always did.
    let _ = ctrlc::set_handler(|| {
        if IS_ASKED.swap(true, Ordering::Relaxed) {
            std::process::exit(ENDED);
        }
    });
}

/// Was the run asked to end?
pub(super) fn is_asked() -> bool {
    IS_ASKED.load(Ordering::Relaxed)
}

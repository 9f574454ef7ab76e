//! Keeps a fault on one page from ending the run.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};

thread_local! {
    static IS_CONTAINED: Cell<bool> = const { Cell::new(false) };
    static LAST_FAULT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Makes contained panics silent: their message goes to the page's report. Call once.
pub(super) fn silence_contained_panics() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |fault| {
        if IS_CONTAINED.get() {
            LAST_FAULT.set(Some(describe(fault)));
        } else {
            usual(fault);
        }
    }));
}

/// Runs `work`; if it panics, says with what message and where.
pub(super) fn contain<R>(work: impl FnOnce() -> R) -> Result<R, String> {
    IS_CONTAINED.set(true);
    // What the work had in its hands is dropped with it, and engines are immutable.
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    IS_CONTAINED.set(false);
    result.map_err(|_| LAST_FAULT.take().unwrap_or_else(|| "unknown fault".into()))
}

fn describe(fault: &PanicHookInfo<'_>) -> String {
    let message = fault.payload_as_str().unwrap_or("unknown fault");
    match fault.location() {
        Some(place) => format!("{message} ({}:{})", short_path(place.file()), place.line()),
        None => message.to_owned(),
    }
}

/// The last three names of a source path: reports must not depend on where the program was built.
fn short_path(path: &str) -> String {
    let names: Vec<&str> = path.split(['/', '\\']).collect();
    names[names.len().saturating_sub(3)..].join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_becomes_its_message() {
        silence_contained_panics();
        let fault = contain(|| panic!("broken page")).unwrap_err();
        assert!(fault.starts_with("broken page (src/cli/contain.rs:"), "{fault}");
        assert_eq!(contain(|| 7), Ok(7));
    }
}

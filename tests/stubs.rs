//! The inert libraries keep page code from waiting: `tests/stubs/check.mjs` runs them in Node.

use std::path::Path;
use std::process::Command;

#[test]
fn page_code_that_waits_for_a_blocked_library_goes_on() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stubs/check.mjs");
    let Ok(output) = Command::new("node").arg(script).output() else {
        eprintln!("SKIPPED: no `node` to run the libraries in");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

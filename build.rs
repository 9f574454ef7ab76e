//! Checks the knowledge under `rules/` and compiles it in.

#[path = "build/rules.rs"]
mod rules;

fn main() {
    rules::generate();
}

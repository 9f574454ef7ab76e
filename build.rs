//! Checks the knowledge under `rules/` and compiles it in.

#[path = "build/registry.rs"]
mod registry;
#[path = "build/rules.rs"]
mod rules;

fn main() {
    registry::generate();
    rules::generate();
}

//! Checks the knowledge under `rules/` and compiles it in.

#[path = "build/registry.rs"]
mod registry;

fn main() {
    registry::generate();
}

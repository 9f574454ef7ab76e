//! What start-up costs: reading the built-in rules, and compiling them into an engine.
//!
//! Wall time of one engine; divan shows the fastest and the median. Reading uses the threads of rayon's pool:
//! `RAYON_NUM_THREADS=1` gives the cost on one core.

use adsieve::{Engine, RuleSet};

fn main() {
    divan::main();
}

#[divan::bench]
fn read_built_in_rules() -> RuleSet {
    RuleSet::built_in()
}

#[divan::bench]
fn compile_engine(bencher: divan::Bencher<'_, '_>) {
    bencher.with_inputs(RuleSet::built_in).bench_values(Engine::new);
}

#[divan::bench]
fn start_up() -> Engine {
    Engine::built_in()
}

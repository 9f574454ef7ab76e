//! The fuzz targets on any toolchain: seeds, inputs that once broke something, and mutations with a fixed seed.
//!
//! `FUZZ_ROUNDS=1000` mutates longer; `FUZZ_TARGET=page` takes one target; `FUZZ_SEEDS=FOLDER` only writes the seeds,
//! for `cargo fuzz`. See `docs/fuzzing.md`.

#[path = "../fuzz/src/icap.rs"]
mod icap;
#[path = "../fuzz/src/seed.rs"]
mod seed;
#[path = "../fuzz/src/target.rs"]
mod target;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use target::{Dice, TARGETS, Target};

/// As the program gives its threads: trees are walked by recursion.
const STACK_BYTES: usize = 64 << 20;
/// Mutated inputs of each target.
const ROUNDS: usize = 30;
/// Mutations are made from seeds below this: a round of a large one takes as long as many of small ones.
const MUTATED_BYTES: usize = 32 << 10;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn targets() -> impl Iterator<Item = Target> {
    let only = std::env::var("FUZZ_TARGET").ok();
    TARGETS.into_iter().filter(move |target| only.as_ref().is_none_or(|only| only == target.name))
}

fn with_large_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(STACK_BYTES).spawn(run).unwrap().join().unwrap();
}

/// Where it fails, the input is kept in the folder for test output.
fn holds(target: &Target, input: &[u8], what: &str) -> bool {
    let result = catch_unwind(AssertUnwindSafe(|| target::run(target.name, input)));
    if result.is_err() {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-crash", target.name));
        fs::write(&path, input).unwrap();
        eprintln!("{}, {what}: see {}", target.name, path.display());
    }
    result.is_ok()
}

#[test]
fn what_once_broke_a_target_does_no_more() {
    with_large_stack(|| {
        for target in targets() {
            for (name, input) in seed::crashes(root(), target.name) {
                assert!(holds(&target, &input, &name));
            }
        }
    });
}

#[test]
fn mutated_seeds_break_no_target() {
    if let Some(folder) = std::env::var_os("FUZZ_SEEDS") {
        return write_seeds(Path::new(&folder));
    }
    let rounds = std::env::var("FUZZ_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS);
    with_large_stack(move || {
        for target in targets() {
            let mut seeds = seed::seeds(root(), target.name);
            assert!(!seeds.is_empty(), "{} has seeds", target.name);
            seeds.retain(|seed| seed.len() <= MUTATED_BYTES);
            seeds.push(Vec::new());
            let mut dice = Dice::of(target.name.as_bytes());
            for round in 0..rounds {
                let input = mutated(&seeds, &mut dice);
                assert!(holds(&target, &input, &format!("round {round}")));
            }
        }
    });
}

/// A seed with a few of its bytes flipped, cut, doubled, or taken from another seed.
fn mutated(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut input = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.below(6) {
        let at = dice.below(input.len() + 1);
        let end = (at + 1 + dice.below(40)).min(input.len());
        let other = &seeds[dice.below(seeds.len())];
        let from = dice.below(other.len() + 1);
        let piece = other[from..(from + dice.below(200)).min(other.len())].to_vec();
        match dice.below(5) {
            0 => input.truncate(at),
            1 => drop(input.splice(at..end, piece)),
            2 => drop(input.drain(at..end)),
            3 => input.extend_from_within(at..end),
            _ => input[at..end].iter_mut().take(2).for_each(|byte| *byte ^= 1 << dice.below(8)),
        }
    }
    input
}

fn write_seeds(folder: &Path) {
    for target in targets() {
        let folder = folder.join(target.name);
        fs::create_dir_all(&folder).unwrap();
        for (number, seed) in seed::seeds(root(), target.name).into_iter().enumerate() {
            fs::write(folder.join(format!("seed-{number:04}")), seed).unwrap();
        }
    }
}

//! Fuzzing of adsieve: targets, and the seeds that they begin with. See `docs/fuzzing.md`.

pub mod icap;
pub mod seed;
pub mod target;

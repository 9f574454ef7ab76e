//! Finds the ad networks of a web page in its source, without running it.

mod base;
mod clean;
mod detect;
mod engine;
mod evaluate;
mod input;
mod page;
mod script;

pub use clean::{CleanOptions, Cleaned, Cut, Kept, What, clean_text};
pub use script::{Anchors, Language, Region, find_all_regions, find_regions};

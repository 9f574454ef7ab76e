//! Cuts leaked code out of text and leaves every other byte as it is.
//!
//! In: a text, [`Anchors`](crate::script::Anchors) and [`CleanOptions`]. Out: [`Cleaned`]: the text, what
//! was cut and why, what was kept and why. Cleaning twice equals cleaning once. A text
//! without any anchor costs one fast pass and is handed back borrowed.

mod context;
mod cut;
mod keep;
mod marks;
mod mend;
mod sentence;

pub(crate) use context::Context;
pub use cut::{CleanOptions, Cleaned, Cut, IsAd, Kept, What, clean_text};
pub(crate) use cut::{Originals, clean_in_context};
pub(crate) use marks::Marks;

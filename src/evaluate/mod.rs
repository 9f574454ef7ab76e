//! Runs scripts without a browser and notes what they would do.
//!
//! Ad code decides late, so one variable may hold several things: [`Value::Any`]
//! keeps each of them with the condition that selects it. In: the parsed scripts of
//! a page, in order. Out: [`Event`]s with values. Work is bounded by
//! [`Limits`](crate::base::Limits); no code of the page ever runs.

mod event;
mod value;

pub use event::{Event, EventKind, Interests};
pub use value::{Alternative, Condition, Object, Value};

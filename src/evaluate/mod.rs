//! Runs scripts without a browser and notes what they would do.
//!
//! Ad code decides late, so one variable may hold several things: [`Value::Any`]
//! keeps each of them with the condition that selects it. In: the parsed scripts of
//! a page, in order. Out: [`Event`]s with values. Work is bounded by
//! [`Limits`](crate::base::Limits); no code of the page ever runs.

mod abstract_value;
mod assign;
mod branch;
mod builtin;
mod call;
mod class;
mod condition;
mod cut_loop;
mod dom;
mod dom_walk;
mod effort;
mod evaluator;
mod event;
mod export;
mod expression;
mod foreign;
mod function;
mod harvest;
mod heap;
mod inserted;
mod iterator;
mod later;
mod listener;
mod logic;
mod loops;
mod machine;
mod markup;
mod members;
mod names;
mod operator;
mod polyfill;
mod promise;
mod property;
mod scope;
mod source;
mod sparse;
mod stand_in;
mod statement;
mod task;
#[cfg(test)]
mod tests;
mod text;
mod thrown;
mod trace;
mod unnamed;
mod value;

pub use dom::{Compound, Dom, DomElement, Step as DomStep};
pub use evaluator::{Evaluator, Input};
pub use event::{Event, EventKind, Interests};
pub use source::Sources;
pub use stand_in::StandIn;
pub use trace::{Step, Trace};
pub use value::{Alternative, Condition, Object, Value};

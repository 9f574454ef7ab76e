//! Rule files → [`RuleSet`]: everything that adsieve knows about ad technology, checked and compiled.
//!
//! In: TOML files (`docs/rules.md`), those under `rules/` built into the crate and the user's own. Out: an
//! immutable set of [`Product`]s and [`Rule`]s, or every mistake in the files at once, each with its
//! place and a way to mend it. Examples need the whole pipeline to run; see [`Runner`].

mod check;
mod constraint;
pub(crate) mod document;
mod example;
mod file;
mod mistake;
mod model;
mod nearest;
mod outline;
mod own;
mod run_examples;
mod schema;
mod set;

pub use constraint::Constraint;
pub use example::ExampleKind;
pub use mistake::{Mistake, RuleError};
pub use model::{Finds, Product, Rule};
pub use own::read_rules;
pub use run_examples::{Found, Runner, check_examples};
pub use schema::schema;
pub use set::RuleSet;

// The policy's files are read as rule files are.
pub(crate) use file::ROLES;
pub(crate) use mistake::Mistakes;
pub(crate) use nearest::hint;
#[cfg(test)]
pub(crate) use set::read_texts;

//! One pattern: text with holes → compiled → captures.
//!
//! A [`Pattern`] is JavaScript with `$NAME` holes that meets [`Event`](crate::evaluate::Event)s
//! after evaluation; a [`Selector`] meets start tags, a [`UrlPattern`] requests, a [`StyleName`]
//! class names and ids. In: the text of a rule. Out: a [`Match`], which is a tree: every
//! `[...P]` opens a group with one child for each element like P. Matching is linear in the
//! value but for alternatives, which are bounded by [`ALTERNATIVES`].

mod capture;
mod describe;
mod glob;
mod literal;
mod parse;
mod path;
mod selector;
mod shape;
mod style_name;
mod unify;
mod url_pattern;

pub use capture::{Match, join_conditions};
pub use describe::describe;
pub use literal::is_telling;
pub use parse::PatternError;
pub(crate) use path::last_two_names;
pub use path::{first_name, last_name};
pub use selector::{Anchor, Selector};
pub use shape::Pattern;
pub use style_name::{StyleName, style_names};
pub use url_pattern::{UrlPattern, host_tail};

/// How many alternatives of one pattern are followed; the rest are dropped.
pub(crate) const ALTERNATIVES: usize = 32;

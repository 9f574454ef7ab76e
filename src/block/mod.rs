//! What to do about ads: verdicts on requests and scripts, by policy and by filter lists.
//!
//! In: a request or script with the page that it belongs to ([`PageContext`]), and who is behind it ([`Party`]). Out: a
//! verdict with its [`Reason`]. Nothing here decides what something *is*: rules and the registry do that;
//! the [`Policy`] decides what becomes of it. All of it is immutable and shared by reference.

mod page_context;
mod policy;
mod policy_file;
mod request;
mod script;
mod verdict;

pub use page_context::PageContext;
pub use policy::{Decision, Party, Policy, PolicyWord, Subject};
pub use request::{Request, RequestKind};
pub use script::{ScriptCut, ScriptVerdict, Signs, Why, Witness, judge_script};
pub use verdict::{Action, Answer, FilterRule, Reason, RequestVerdict};

//! What to do about ads: verdicts on requests and scripts, by policy and by filter lists.
//!
//! In: a request or script with the page that it belongs to ([`PageContext`]), and who is behind it ([`Party`]). Out: a
//! verdict with its [`Reason`]. Nothing here decides what something *is*: rules and the registry do that;
//! the [`Policy`] decides what becomes of it. All of it is immutable and shared by reference.

mod address;
mod answer;
#[cfg(feature = "filter-lists")]
mod filter_lists;
pub mod header;
#[cfg(feature = "filter-lists")]
mod list;
#[cfg(feature = "filter-lists")]
mod list_cache;
#[cfg(feature = "filter-lists")]
mod list_index;
#[cfg(feature = "filter-lists")]
mod list_line;
#[cfg(feature = "filter-lists")]
mod list_word;
mod page_context;
mod party_index;
mod policy;
mod policy_file;
mod policy_word;
mod request;
mod request_filter;
mod rewrite;
mod script;
mod verdict;

pub use answer::Answers;
#[cfg(feature = "filter-lists")]
pub use filter_lists::{FilterLists, HiddenOnPage, ListVerdict};
#[cfg(feature = "filter-lists")]
pub use list::{FilterList, ListMistake};
#[cfg(feature = "filter-lists")]
pub use list_line::Trust;
pub use page_context::PageContext;
pub use policy::{Decision, Inserts, Party, Policy};
pub use policy_word::{Action, PolicyWord, Subject};
pub use request::{Request, RequestKind};
pub use request_filter::RequestFilter;
pub use rewrite::{Change, ChangeKind, Judge, RewriteOptions, Rewriter, Rewritten, with_new_hashes};
pub use script::{ScriptCut, ScriptVerdict, Signs, Why, Witness, judge_script};
pub use verdict::{Answer, FilterRule, Reason, RequestVerdict};

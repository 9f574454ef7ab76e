//! The C interface of adsieve: an engine from rules, lists and policy; verdicts on requests and scripts; pages rewritten
//! while they stream; page scans.
//!
//! A thin layer: every function checks its pointers, calls the library, and turns the result into something C can hold.
//! What goes wrong comes back as a null pointer (or `false`) and a text in `*error`, if `error` is not null; it is freed with
//! [`adsieve_string_free`](text::adsieve_string_free). No panic crosses the border. An engine may be used by many threads
//! at a time; settings, verdicts and rewriters belong to one thread at a time.
//!
//! Only bindings hold `unsafe`: pointers from C are taken on trust.

mod engine;
mod guard;
mod rewrite;
mod script;
mod settings;
mod text;
mod verdict;

pub use engine::{
    AdsieveEngine, adsieve_engine_free, adsieve_engine_new, adsieve_engine_set_lists, adsieve_scan_page,
    adsieve_version,
};
pub use rewrite::{
    AdsieveRewriteOptions, AdsieveRewriter, AdsieveSink, adsieve_rewriter_finish, adsieve_rewriter_free,
    adsieve_rewriter_new, adsieve_rewriter_push,
};
pub use script::{
    AdsieveCut, AdsieveScriptVerdict, adsieve_check_script, adsieve_script_verdict_action, adsieve_script_verdict_code,
    adsieve_script_verdict_cuts, adsieve_script_verdict_free, adsieve_script_verdict_remark,
};
pub use settings::{
    AdsieveSettings, adsieve_settings_add_list, adsieve_settings_add_list_text, adsieve_settings_add_policy_text,
    adsieve_settings_add_rules, adsieve_settings_free, adsieve_settings_new, adsieve_settings_set_cache,
};
pub use text::adsieve_string_free;
pub use verdict::{
    AdsieveAction, AdsieveVerdict, adsieve_check_request, adsieve_verdict_action, adsieve_verdict_answer_body,
    adsieve_verdict_answer_type, adsieve_verdict_free, adsieve_verdict_network, adsieve_verdict_reason,
    adsieve_verdict_rewritten_url,
};

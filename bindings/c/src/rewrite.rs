//! A page rewritten while it streams.

use crate::engine::AdsieveEngine;
use crate::guard::guard;
use crate::script::page_context;
use crate::text::{bytes_from_c, from_c_or_empty, into_c};
use adsieve::{Engine, PageJudge, RewriteOptions, Rewriter, Rewritten};
use std::ffi::{c_char, c_void};
use std::ptr;

/// Takes bytes of the rewritten page: as many as `length` says, valid until it returns. It must not unwind.
pub type AdsieveSink = Option<unsafe extern "C" fn(bytes: *const u8, length: usize, user: *mut c_void)>;

/// The rewriter of one page. May be handed from thread to thread; one at a time uses it.
pub struct AdsieveRewriter(Option<Rewriter<PageJudge<&'static Engine>, HandOn>>);

/// What hands bytes on to the sink.
type HandOn = Box<dyn FnMut(&[u8])>;

/// What to look at beside scripts, requests and ad containers, and what is known of the page.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct AdsieveRewriteOptions {
    /// The page's own URL, or null.
    pub page_url: *const c_char,
    /// The value of its `Content-Security-Policy` header, or null. Several values are joined by commas.
    pub policy: *const c_char,
    /// Look at `on…` attributes and `javascript:` URLs too.
    pub handlers: bool,
    /// Cut ad code that has leaked into visible text.
    pub leaked_text: bool,
}

/// A rewriter for one page. End it with `adsieve_rewriter_finish`, or give it up with `adsieve_rewriter_free`.
///
/// `options` may be null. `sink` is called with `user` from within `adsieve_rewriter_push` and
/// `adsieve_rewriter_finish`. The engine must outlive the rewriter. Gives null and a text in `*error` if an argument
/// makes no sense.
///
/// # Safety
///
/// Pointers are null or valid; texts end in a zero; `user` is what `sink` takes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_rewriter_new(
    engine: *const AdsieveEngine,
    options: *const AdsieveRewriteOptions,
    sink: AdsieveSink,
    user: *mut c_void,
    error: *mut *mut c_char,
) -> *mut AdsieveRewriter {
    let made = || {
        // SAFETY: the caller promises that they are null or valid, and that the engine outlives the rewriter.
        let (engine, options): (Option<&'static AdsieveEngine>, _) = unsafe { (engine.as_ref(), options.as_ref()) };
        let (engine, sink) = (engine.ok_or("`engine` is null")?, sink.ok_or("`sink` is null")?);
        let (mut url, mut policy, mut choices) = ("", "", RewriteOptions::default());
        if let Some(options) = options {
            // SAFETY: the caller promises that they are null or valid.
            (url, policy) =
                unsafe { (from_c_or_empty(options.page_url, "page_url")?, from_c_or_empty(options.policy, "policy")?) };
            choices.handlers = options.handlers;
            choices.leaked_text = options.leaked_text;
        }
        let hand_on: HandOn = Box::new(move |bytes: &[u8]| {
            // SAFETY: the caller promises that `sink` takes bytes, and `user`.
            unsafe { sink(bytes.as_ptr(), bytes.len(), user) }
        });
        let mut rewriter = engine.0.rewriter_with(page_context(url), hand_on, choices);
        if !policy.is_empty() {
            rewriter = rewriter.with_policy(policy);
        }
        Ok(Box::into_raw(Box::new(AdsieveRewriter(Some(rewriter)))))
    };
    // SAFETY: the caller promises that `error` is null or may be written to.
    unsafe { guard(error, ptr::null_mut(), made) }
}

/// Takes the next bytes of the page; cut them where you like. What is decided goes to the sink.
///
/// # Safety
///
/// Pointers are null or valid; `bytes` has `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_rewriter_push(
    rewriter: *mut AdsieveRewriter,
    bytes: *const u8,
    length: usize,
    error: *mut *mut c_char,
) -> bool {
    let pushed = || {
        // SAFETY: the caller promises that they are null or valid, and that nobody else uses the rewriter meanwhile.
        let (rewriter, bytes) = unsafe { (rewriter.as_mut(), bytes_from_c(bytes, length)?) };
        let slot = &mut rewriter.ok_or("`rewriter` is null")?.0;
        // After a panic nothing is left to go on with.
        let mut rewriter = slot.take().ok_or("the rewriter has failed before")?;
        rewriter.write(bytes);
        *slot = Some(rewriter);
        Ok(true)
    };
    // SAFETY: the caller promises that `error` is null or may be written to.
    unsafe { guard(error, false, pushed) }
}

/// Ends the page: hands what is left to the sink, frees the rewriter, and gives the log as JSON:
/// `{"changes": [{"kind", "start", "end", "why"}], "diagnostics": [{"code", "message"}]}`.
///
/// Free the text with `adsieve_string_free`. Gives null and a text in `*error` for null.
///
/// # Safety
///
/// `rewriter` is null or comes from `adsieve_rewriter_new` and was not freed before; `error` is null or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_rewriter_finish(
    rewriter: *mut AdsieveRewriter,
    error: *mut *mut c_char,
) -> *mut c_char {
    let finished = || {
        if rewriter.is_null() {
            return Err("`rewriter` is null".to_owned());
        }
        // SAFETY: it is not null, and the caller promises that `adsieve_rewriter_new` made it.
        let rewriter = unsafe { Box::from_raw(rewriter) };
        let log = rewriter.0.map(Rewriter::end).unwrap_or_default();
        Ok(into_c(&log_json(&log)))
    };
    // SAFETY: the caller promises that `error` is null or may be written to.
    unsafe { guard(error, ptr::null_mut(), finished) }
}

fn log_json(log: &Rewritten) -> String {
    let changes = log.changes.iter().map(|change| {
        let why = change.why.to_string();
        serde_json::json!({ "kind": change.kind.name(), "start": change.at.start, "end": change.at.end, "why": why })
    });
    let diagnostics = log.diagnostics.iter().map(|one| serde_json::json!({ "code": one.code, "message": one.message }));
    let (changes, diagnostics): (Vec<_>, Vec<_>) = (changes.collect(), diagnostics.collect());
    serde_json::json!({ "changes": changes, "diagnostics": diagnostics }).to_string()
}

/// Gives a rewriter up: what it holds is gone. Null is no harm.
///
/// # Safety
///
/// `rewriter` is null or comes from `adsieve_rewriter_new` and was not freed before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_rewriter_free(rewriter: *mut AdsieveRewriter) {
    if !rewriter.is_null() {
        // SAFETY: the caller promises that `adsieve_rewriter_new` made it.
        drop(unsafe { Box::from_raw(rewriter) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    unsafe extern "C" fn collect(bytes: *const u8, length: usize, user: *mut c_void) {
        // SAFETY: the test hands over a vector and bytes come with their length.
        let (out, bytes) = unsafe { (&mut *user.cast::<Vec<u8>>(), std::slice::from_raw_parts(bytes, length)) };
        out.extend_from_slice(bytes);
    }

    #[test]
    fn a_rewriter_that_is_given_up_holds_nothing() {
        let engine = AdsieveEngine(adsieve::Engine::built_in());
        let mut out = Vec::new();
        let user: *mut Vec<u8> = &raw mut out;
        // SAFETY: all pointers are of this test.
        unsafe {
            let rewriter =
                adsieve_rewriter_new(&raw const engine, ptr::null(), Some(collect), user.cast(), ptr::null_mut());
            assert!(adsieve_rewriter_push(rewriter, b"<p>a<script>".as_ptr(), 12, ptr::null_mut()));
            adsieve_rewriter_free(rewriter);
            assert!(adsieve_rewriter_finish(ptr::null_mut(), ptr::null_mut()).is_null());
        }
        assert_eq!(out, b"<p>a");
    }
}

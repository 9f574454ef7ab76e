//! Verdicts on inline scripts.

use crate::engine::AdsieveEngine;
use crate::guard::guard;
use crate::text::{bytes_from_c, from_c_or_empty, to_c};
use crate::verdict::AdsieveAction;
use adsieve::{PageContext, ScriptVerdict};
use std::ffi::{CString, c_char};
use std::ptr;

/// The verdict on one script. What it hands out lives as long as it does.
pub struct AdsieveScriptVerdict {
    action: AdsieveAction,
    code: Vec<u8>,
    cuts: Vec<AdsieveCut>,
    /// Holds the texts that the cuts point to.
    _texts: Vec<CString>,
    remark: Option<CString>,
}

/// A part of a script that goes.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct AdsieveCut {
    /// Where it begins, in bytes of the script.
    pub start: usize,
    /// Where it ends: the first byte that stays.
    pub end: usize,
    /// What takes its place: `;`, `[]`, or nothing.
    pub replacement: *const c_char,
    /// What it was found by, and the word of the policy.
    pub why: *const c_char,
}

impl AdsieveScriptVerdict {
    fn new(code: &str, verdict: &ScriptVerdict) -> Self {
        let mut texts = Vec::with_capacity(2 * verdict.cuts.len());
        let mut kept = |text: &str| {
            // The text stays where it is when its owner moves.
            let text = to_c(text);
            let start = text.as_ptr();
            texts.push(text);
            start
        };
        let cuts = verdict.cuts.iter().map(|cut| AdsieveCut {
            start: cut.span.start as usize,
            end: cut.span.end as usize,
            replacement: kept(&cut.replacement),
            why: kept(&cut.why.to_string()),
        });
        Self {
            action: verdict.action.into(),
            code: verdict.apply(code).into_owned().into_bytes(),
            cuts: cuts.collect(),
            remark: verdict.remark.map(to_c),
            _texts: texts,
        }
    }
}

/// Judges an inline script of a page; free the verdict with `adsieve_script_verdict_free`.
///
/// `code` is UTF-8; `page_url` is the page's own and may be null. Gives null and a text in `*error` if an argument makes
/// no sense. Deep code needs a deep stack: give threads that judge strangers' scripts 64 MiB.
///
/// # Safety
///
/// Pointers are null or valid; `code` has `length` bytes, `page_url` ends in a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_check_script(
    engine: *const AdsieveEngine,
    code: *const u8,
    length: usize,
    page_url: *const c_char,
    error: *mut *mut c_char,
) -> *mut AdsieveScriptVerdict {
    let judged = || {
        // SAFETY: the caller promises that they are null or valid.
        let (engine, code, url) =
            unsafe { (engine.as_ref(), bytes_from_c(code, length)?, from_c_or_empty(page_url, "page_url")?) };
        let engine = engine.ok_or("`engine` is null")?;
        let code = std::str::from_utf8(code).map_err(|_| "`code` is not UTF-8")?;
        let verdict = engine.0.check_script(code, &page_context(url));
        Ok(Box::into_raw(Box::new(AdsieveScriptVerdict::new(code, &verdict))))
    };
    // SAFETY: the caller promises that `error` is null or may be written to.
    unsafe { guard(error, ptr::null_mut(), judged) }
}

/// A page by its URL; an empty one stands for a page of which nothing is known.
pub(crate) fn page_context(url: &str) -> PageContext {
    if url.is_empty() { PageContext::unknown() } else { PageContext::new(url) }
}

/// Frees a verdict with all that it has handed out. Null is no harm.
///
/// # Safety
///
/// `verdict` is null or comes from `adsieve_check_script` and was not freed before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_script_verdict_free(verdict: *mut AdsieveScriptVerdict) {
    if !verdict.is_null() {
        // SAFETY: the caller promises that `adsieve_check_script` made it.
        drop(unsafe { Box::from_raw(verdict) });
    }
}

/// What to do; allow for null.
///
/// # Safety
///
/// `verdict` is null or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_script_verdict_action(verdict: *const AdsieveScriptVerdict) -> AdsieveAction {
    // SAFETY: the caller promises that it is null or valid.
    unsafe { verdict.as_ref() }.map_or(AdsieveAction::Allow, |verdict| verdict.action)
}

/// The script without what is cut, in UTF-8, and how many bytes it has in `*length`; no zero ends it. Null for null.
///
/// # Safety
///
/// `verdict` is null or valid; `length` is null or may be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_script_verdict_code(
    verdict: *const AdsieveScriptVerdict,
    length: *mut usize,
) -> *const u8 {
    // SAFETY: the caller promises that it is null or valid.
    let code = unsafe { verdict.as_ref() }.map(|verdict| &verdict.code);
    // SAFETY: the caller promises that it is null or may be written to.
    unsafe { put_length(length, code.map_or(0, Vec::len)) };
    code.map_or(ptr::null(), |code| code.as_ptr())
}

/// What is cut, in order, and how many parts in `*count`; null if nothing is.
///
/// # Safety
///
/// `verdict` is null or valid; `count` is null or may be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_script_verdict_cuts(
    verdict: *const AdsieveScriptVerdict,
    count: *mut usize,
) -> *const AdsieveCut {
    // SAFETY: the caller promises that it is null or valid.
    let cuts = unsafe { verdict.as_ref() }.map(|verdict| &verdict.cuts).filter(|cuts| !cuts.is_empty());
    // SAFETY: the caller promises that it is null or may be written to.
    unsafe { put_length(count, cuts.map_or(0, Vec::len)) };
    cuts.map_or(ptr::null(), |cuts| cuts.as_ptr())
}

/// Why all of it passes though some of it might have been cut: syntax errors, a budget that ran out; else null.
///
/// # Safety
///
/// `verdict` is null or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_script_verdict_remark(verdict: *const AdsieveScriptVerdict) -> *const c_char {
    // SAFETY: the caller promises that it is null or valid.
    let remark = unsafe { verdict.as_ref() }.and_then(|verdict| verdict.remark.as_ref());
    remark.map_or(ptr::null(), |text| text.as_ptr())
}

/// Writes a length, where it is asked for.
///
/// # Safety
///
/// `length` is null or may be written to.
unsafe fn put_length(length: *mut usize, value: usize) {
    if !length.is_null() {
        // SAFETY: it is not null, and the caller promises that it may be written to.
        unsafe { *length = value };
    }
}

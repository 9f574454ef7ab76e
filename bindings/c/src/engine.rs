//! The engine, and what it finds on pages.

use crate::guard::guard;
use crate::settings::AdsieveSettings;
use crate::text::{bytes_from_c, from_c_or_empty, into_c};
use adsieve::report::{Source, page_report};
use adsieve::{Engine, ScanOptions};
use std::ffi::c_char;

/// Rules, lists and policy, compiled. May be used by many threads at a time.
pub struct AdsieveEngine(pub(crate) Engine);

/// The version of the library, as `0.1.0`. Never freed.
#[unsafe(no_mangle)]
pub extern "C" fn adsieve_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// Makes an engine; null settings stand for the built-in ones. Free it with `adsieve_engine_free`.
///
/// Gives null and a text in `*error` if rules have mistakes.
///
/// # Safety
///
/// Pointers are null or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_engine_new(
    settings: *const AdsieveSettings,
    error: *mut *mut c_char,
) -> *mut AdsieveEngine {
    let made = || {
        // SAFETY: the caller promises that it is null or valid.
        let Some(settings) = (unsafe { settings.as_ref() }) else {
            return Ok(Box::into_raw(Box::new(AdsieveEngine(Engine::built_in()))));
        };
        let (rules, registry) = settings.rules()?;
        let engine = Engine::with_registry(rules, registry).with_policy(settings.policy());
        engine.set_lists(settings.lists());
        Ok(Box::into_raw(Box::new(AdsieveEngine(engine))))
    };
    // SAFETY: the caller promises that `error` is null or may be written to.
    unsafe { guard(error, std::ptr::null_mut(), made) }
}

/// Frees an engine that no thread uses any more. Null is no harm.
///
/// # Safety
///
/// `engine` is null or comes from `adsieve_engine_new` and was not freed before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_engine_free(engine: *mut AdsieveEngine) {
    if !engine.is_null() {
        // SAFETY: the caller promises that `adsieve_engine_new` made it.
        drop(unsafe { Box::from_raw(engine) });
    }
}

/// Puts the lists of the settings in the place of the engine's, while other threads ask it.
///
/// # Safety
///
/// Pointers are null or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_engine_set_lists(
    engine: *const AdsieveEngine,
    settings: *const AdsieveSettings,
    error: *mut *mut c_char,
) -> bool {
    let set = || {
        // SAFETY: the caller promises that both are null or valid.
        let (engine, settings) = unsafe { (engine.as_ref(), settings.as_ref()) };
        let engine = engine.ok_or("`engine` is null")?;
        engine.0.set_lists(settings.ok_or("`settings` is null")?.lists());
        Ok(true)
    };
    // SAFETY: the caller promises that `error` is null or may be written to.
    unsafe { guard(error, false, set) }
}

/// Scans a page and gives its report (`adsieve.page/1`) as JSON. Free the text with `adsieve_string_free`.
///
/// `url` is the page's own and may be null.
///
/// # Safety
///
/// Pointers are null or valid; `bytes` has `length` bytes, `url` ends in a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_scan_page(
    engine: *const AdsieveEngine,
    bytes: *const u8,
    length: usize,
    url: *const c_char,
    error: *mut *mut c_char,
) -> *mut c_char {
    let scanned = || {
        // SAFETY: the caller promises that they are null or valid.
        let (engine, bytes, url) =
            unsafe { (engine.as_ref(), bytes_from_c(bytes, length)?, from_c_or_empty(url, "url")?) };
        let engine = engine.ok_or("`engine` is null")?;
        let url = Some(url.to_owned()).filter(|url| !url.is_empty());
        let options = ScanOptions { url, ..ScanOptions::default() };
        let report = page_report(&engine.0.scan_bytes(bytes, &options), &Source::new("-", bytes));
        serde_json::to_string(&report).map(|json| into_c(&json)).map_err(|error| error.to_string())
    };
    // SAFETY: the caller promises that `error` is null or may be written to.
    unsafe { guard(error, std::ptr::null_mut(), scanned) }
}

//! The border: errors become texts, panics become errors.

use crate::text;
use std::ffi::c_char;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs a function of the interface; gives `fallback` and a text in `*error` where it fails or panics.
///
/// # Safety
///
/// `error` is null or may be written to.
pub unsafe fn guard<T>(error: *mut *mut c_char, fallback: T, run: impl FnOnce() -> Result<T, String>) -> T {
    // What a panic leaves behind is not looked at again but by way of shared, immutable data.
    let outcome = catch_unwind(AssertUnwindSafe(run));
    let result = outcome.unwrap_or_else(|_| Err("internal error, please report it".to_owned()));
    match result {
        Ok(value) => value,
        Err(message) => {
            if !error.is_null() {
                // SAFETY: it is not null, and the caller promises that it may be written to.
                unsafe { *error = text::into_c(&message) };
            }
            fallback
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CStr;

    #[test]
    fn a_panic_becomes_an_error() {
        let mut error = std::ptr::null_mut();
        // SAFETY: `error` is a variable.
        let value = unsafe { guard(&raw mut error, 7, || panic!("caught here")) };
        assert_eq!(value, 7);
        // SAFETY: `guard` has just made it.
        let message = unsafe { CStr::from_ptr(error) }.to_str().unwrap().to_owned();
        assert!(message.contains("internal error"), "{message}");
        // SAFETY: it is freed once.
        unsafe { text::adsieve_string_free(error) };
    }
}

//! Texts that cross the border.

use std::ffi::{CStr, CString, c_char};

/// A text for C; what stands behind a zero byte is kept, the zero is not.
pub fn to_c(text: &str) -> CString {
    let bytes: Vec<u8> = text.bytes().filter(|&byte| byte != 0).collect();
    CString::new(bytes).expect("the zeros are gone")
}

/// A text that C must free.
pub fn into_c(text: &str) -> *mut c_char {
    to_c(text).into_raw()
}

/// A text from C; an error names the argument.
///
/// # Safety
///
/// `text` is null or points to a text that ends in a zero and outlives the result.
pub unsafe fn from_c<'t>(text: *const c_char, name: &str) -> Result<&'t str, String> {
    if text.is_null() {
        return Err(format!("`{name}` is null"));
    }
    // SAFETY: it is not null, and the caller promises the rest.
    unsafe { CStr::from_ptr(text) }.to_str().map_err(|_| format!("`{name}` is not UTF-8"))
}

/// The same of an argument that may be left out.
///
/// # Safety
///
/// As [`from_c`].
pub unsafe fn from_c_or_empty<'t>(text: *const c_char, name: &str) -> Result<&'t str, String> {
    if text.is_null() {
        return Ok("");
    }
    // SAFETY: the caller promises what `from_c` asks.
    unsafe { from_c(text, name) }
}

/// Bytes from C; null stands for none.
///
/// # Safety
///
/// `bytes` is null or points to `length` bytes that outlive the result and do not change meanwhile.
pub unsafe fn bytes_from_c<'b>(bytes: *const u8, length: usize) -> Result<&'b [u8], String> {
    if bytes.is_null() || length == 0 {
        return Ok(&[]);
    }
    if isize::try_from(length).is_err() {
        return Err("more bytes than memory can hold".to_owned());
    }
    // SAFETY: it is not null, the length fits, and the caller promises the rest.
    Ok(unsafe { std::slice::from_raw_parts(bytes, length) })
}

/// Frees a text that a function of this library has handed out. Null is no harm.
///
/// # Safety
///
/// `text` is null or comes from this library and was not freed before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_string_free(text: *mut c_char) {
    if !text.is_null() {
        // SAFETY: the caller promises that `into_raw` of this library made it.
        drop(unsafe { CString::from_raw(text) });
    }
}

//! What an engine is made of, collected step by step.

use crate::guard::guard;
use crate::text::{bytes_from_c, from_c};
use adsieve::{FilterList, FilterLists, Policy, Registry, RuleSet, Trust, read_rules};
use std::ffi::c_char;
use std::path::PathBuf;
use std::sync::Arc;

/// Rules, lists and policy for an engine.
pub struct AdsieveSettings {
    rules: Vec<PathBuf>,
    lists: Vec<FilterList>,
    policy: Policy,
    cache: Option<PathBuf>,
}

impl AdsieveSettings {
    /// The rules with the user's own.
    pub(crate) fn rules(&self) -> Result<(RuleSet, &'static Registry), String> {
        if self.rules.is_empty() {
            return Ok((RuleSet::built_in(), Registry::built_in()));
        }
        read_rules(RuleSet::built_in(), &self.rules).map_err(|error| error.to_string())
    }

    pub(crate) fn policy(&self) -> Policy {
        self.policy.clone()
    }

    /// The lists, compiled; `None` where there are none.
    pub(crate) fn lists(&self) -> Option<Arc<FilterLists>> {
        if self.lists.is_empty() {
            return None;
        }
        let cached = |folder: &PathBuf| FilterLists::cached(&self.lists, folder);
        Some(Arc::new(self.cache.as_ref().map_or_else(|| FilterLists::new(&self.lists), cached)))
    }
}

/// Settings with the built-in rules and policy, and no lists. Free them with `adsieve_settings_free`.
#[unsafe(no_mangle)]
pub extern "C" fn adsieve_settings_new() -> *mut AdsieveSettings {
    let settings = AdsieveSettings { rules: Vec::new(), lists: Vec::new(), policy: Policy::built_in(), cache: None };
    Box::into_raw(Box::new(settings))
}

/// Frees settings. Engines made from them stay. Null is no harm.
///
/// # Safety
///
/// `settings` is null or comes from `adsieve_settings_new` and was not freed before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_settings_free(settings: *mut AdsieveSettings) {
    if !settings.is_null() {
        // SAFETY: the caller promises that `adsieve_settings_new` made it.
        drop(unsafe { Box::from_raw(settings) });
    }
}

/// Runs a change of settings.
///
/// # Safety
///
/// `settings` and `error` are null or valid, and nobody else uses the settings meanwhile.
unsafe fn change(
    settings: *mut AdsieveSettings,
    error: *mut *mut c_char,
    run: impl FnOnce(&mut AdsieveSettings) -> Result<(), String>,
) -> bool {
    let changed = || {
        // SAFETY: the caller promises that it is null or valid, and used by nobody else.
        let settings = unsafe { settings.as_mut() }.ok_or("`settings` is null")?;
        run(settings).map(|()| true)
    };
    // SAFETY: the caller promises that `error` is null or may be written to.
    unsafe { guard(error, false, changed) }
}

/// Adds the rule files of a folder, or one file. They are read when the engine is made.
///
/// # Safety
///
/// Pointers are null or valid; texts end in a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_settings_add_rules(
    settings: *mut AdsieveSettings,
    path: *const c_char,
    error: *mut *mut c_char,
) -> bool {
    // SAFETY: the caller promises valid pointers.
    unsafe {
        change(settings, error, |settings| {
            settings.rules.push(PathBuf::from(from_c(path, "path")?));
            Ok(())
        })
    }
}

/// Adds a filter list from a file, in Adblock Plus, uBlock or hosts syntax. A list that is trusted may redirect.
///
/// # Safety
///
/// Pointers are null or valid; texts end in a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_settings_add_list(
    settings: *mut AdsieveSettings,
    path: *const c_char,
    is_trusted: bool,
    error: *mut *mut c_char,
) -> bool {
    // SAFETY: the caller promises valid pointers.
    unsafe {
        change(settings, error, |settings| {
            let path = from_c(path, "path")?;
            let list = FilterList::read(path.as_ref()).map_err(|error| format!("{path}: {error}"))?;
            settings.lists.push(list.with_trust(trust(is_trusted)));
            Ok(())
        })
    }
}

/// Adds a filter list by its text. `name` is what verdicts call it.
///
/// # Safety
///
/// Pointers are null or valid; `name` ends in a zero, `text` has `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_settings_add_list_text(
    settings: *mut AdsieveSettings,
    name: *const c_char,
    text: *const u8,
    length: usize,
    is_trusted: bool,
    error: *mut *mut c_char,
) -> bool {
    // SAFETY: the caller promises valid pointers.
    unsafe {
        change(settings, error, |settings| {
            let text = String::from_utf8_lossy(bytes_from_c(text, length)?);
            settings.lists.push(FilterList::new(from_c(name, "name")?, text).with_trust(trust(is_trusted)));
            Ok(())
        })
    }
}

/// Puts a policy of your own on top of the one so far. `name` is what verdicts call it.
///
/// # Safety
///
/// Pointers are null or valid; texts end in a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_settings_add_policy_text(
    settings: *mut AdsieveSettings,
    name: *const c_char,
    text: *const c_char,
    error: *mut *mut c_char,
) -> bool {
    // SAFETY: the caller promises valid pointers.
    unsafe {
        change(settings, error, |settings| {
            let policy = settings.policy.clone().with_text(from_c(name, "name")?, from_c(text, "text")?);
            settings.policy = policy.map_err(|error| error.to_string())?;
            Ok(())
        })
    }
}

/// Keeps compiled lists in a folder, so that the next start is quick. The folder must be as trusted as the program.
///
/// # Safety
///
/// Pointers are null or valid; texts end in a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_settings_set_cache(
    settings: *mut AdsieveSettings,
    folder: *const c_char,
    error: *mut *mut c_char,
) -> bool {
    // SAFETY: the caller promises valid pointers.
    unsafe {
        change(settings, error, |settings| {
            settings.cache = Some(PathBuf::from(from_c(folder, "folder")?));
            Ok(())
        })
    }
}

fn trust(is_trusted: bool) -> Trust {
    if is_trusted { Trust::Trusted } else { Trust::Plain }
}

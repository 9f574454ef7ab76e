//! Verdicts on requests.

use crate::engine::AdsieveEngine;
use crate::guard::guard;
use crate::text::{from_c, from_c_or_empty, to_c};
use adsieve::{Action, Answer, Request, RequestKind, RequestVerdict};
use std::ffi::{CString, c_char};
use std::ptr;
use std::sync::Arc;

/// What becomes of a request or script.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdsieveAction {
    /// It may go out, or run.
    Allow = 0,
    /// Parts of a script are cut; never of a request.
    Neutralise = 1,
    /// It may not go out; of a script nothing is left that does anything.
    Block = 2,
}

/// The verdict on one request. Texts that it hands out live as long as it does.
pub struct AdsieveVerdict {
    action: AdsieveAction,
    network: Option<CString>,
    reason: Option<CString>,
    rewritten_url: Option<CString>,
    answer: Option<(CString, Arc<Answer>)>,
}

impl From<Action> for AdsieveAction {
    fn from(action: Action) -> Self {
        match action {
            Action::Allow => Self::Allow,
            Action::Neutralise => Self::Neutralise,
            Action::Block => Self::Block,
        }
    }
}

impl From<RequestVerdict> for AdsieveVerdict {
    fn from(verdict: RequestVerdict) -> Self {
        Self {
            action: verdict.action.into(),
            network: verdict.network.as_deref().map(to_c),
            reason: verdict.reason.map(|reason| to_c(&reason.to_string())),
            rewritten_url: verdict.url.as_deref().map(to_c),
            answer: verdict.answer.map(|answer| (to_c(&answer.content_type), answer)),
        }
    }
}

/// Judges a request; free the verdict with `adsieve_verdict_free`.
///
/// `source_url` is the page that asks, `kind` one of document, frame, script, style, image, font, media, object, fetch,
/// ping, websocket, other; both and `method` may be null. Gives null and a text in `*error` if an argument makes no sense.
///
/// # Safety
///
/// Pointers are null or valid; texts end in a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_check_request(
    engine: *const AdsieveEngine,
    url: *const c_char,
    source_url: *const c_char,
    kind: *const c_char,
    method: *const c_char,
    error: *mut *mut c_char,
) -> *mut AdsieveVerdict {
    let judged = || {
        // SAFETY: the caller promises that they are null or valid.
        let engine = unsafe { engine.as_ref() }.ok_or("`engine` is null")?;
        // SAFETY: as above.
        let (url, source_url, kind, method) = unsafe {
            (
                from_c(url, "url")?,
                from_c_or_empty(source_url, "source_url")?,
                from_c_or_empty(kind, "kind")?,
                from_c_or_empty(method, "method")?,
            )
        };
        let kind = match kind {
            "" => RequestKind::Other,
            name => RequestKind::of_name(name).ok_or_else(|| format!("unknown kind `{name}`"))?,
        };
        let verdict = engine.0.check_request(&Request { url, source_url, kind, method });
        Ok(Box::into_raw(Box::new(AdsieveVerdict::from(verdict))))
    };
    // SAFETY: the caller promises that `error` is null or may be written to.
    unsafe { guard(error, ptr::null_mut(), judged) }
}

/// Frees a verdict with all that it has handed out. Null is no harm.
///
/// # Safety
///
/// `verdict` is null or comes from `adsieve_check_request` and was not freed before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_verdict_free(verdict: *mut AdsieveVerdict) {
    if !verdict.is_null() {
        // SAFETY: the caller promises that `adsieve_check_request` made it.
        drop(unsafe { Box::from_raw(verdict) });
    }
}

/// What to do; allow for null.
///
/// # Safety
///
/// `verdict` is null or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_verdict_action(verdict: *const AdsieveVerdict) -> AdsieveAction {
    // SAFETY: the caller promises that it is null or valid.
    unsafe { verdict.as_ref() }.map_or(AdsieveAction::Allow, |verdict| verdict.action)
}

/// Id of the network that the request goes to; null if that is not known.
///
/// # Safety
///
/// `verdict` is null or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_verdict_network(verdict: *const AdsieveVerdict) -> *const c_char {
    // SAFETY: the caller promises that it is null or valid.
    shown(unsafe { verdict.as_ref() }.and_then(|verdict| verdict.network.as_ref()))
}

/// Why, in words: the line of the policy or the rule of the list; null if nobody has said anything.
///
/// # Safety
///
/// `verdict` is null or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_verdict_reason(verdict: *const AdsieveVerdict) -> *const c_char {
    // SAFETY: the caller promises that it is null or valid.
    shown(unsafe { verdict.as_ref() }.and_then(|verdict| verdict.reason.as_ref()))
}

/// The URL to ask for in place of an allowed request's own; null if that stays.
///
/// # Safety
///
/// `verdict` is null or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_verdict_rewritten_url(verdict: *const AdsieveVerdict) -> *const c_char {
    // SAFETY: the caller promises that it is null or valid.
    shown(unsafe { verdict.as_ref() }.and_then(|verdict| verdict.rewritten_url.as_ref()))
}

/// Media type of what to answer a blocked request with; null if a refusal does.
///
/// # Safety
///
/// `verdict` is null or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_verdict_answer_type(verdict: *const AdsieveVerdict) -> *const c_char {
    // SAFETY: the caller promises that it is null or valid.
    shown(unsafe { verdict.as_ref() }.and_then(|verdict| verdict.answer.as_ref()).map(|(content_type, _)| content_type))
}

/// The bytes of that answer, and how many in `*length`; null if there is none.
///
/// # Safety
///
/// `verdict` is null or valid; `length` is null or may be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adsieve_verdict_answer_body(verdict: *const AdsieveVerdict, length: *mut usize) -> *const u8 {
    // SAFETY: the caller promises that it is null or valid.
    let body = unsafe { verdict.as_ref() }.and_then(|verdict| verdict.answer.as_ref()).map(|(_, answer)| &answer.body);
    if !length.is_null() {
        // SAFETY: it is not null, and the caller promises that it may be written to.
        unsafe { *length = body.map_or(0, |body| body.len()) };
    }
    body.map_or(ptr::null(), |body| body.as_ptr())
}

fn shown(text: Option<&CString>) -> *const c_char {
    text.map_or(ptr::null(), |text| text.as_ptr())
}

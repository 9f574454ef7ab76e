//! What becomes of requests, scripts and texts, as plain objects.

use adsieve::ScriptVerdict as Verdict;
use pyo3::prelude::*;
use std::sync::Arc;

/// What becomes of a request.
#[pyclass(frozen, get_all, module = "adsieve")]
pub(crate) struct RequestVerdict {
    /// `allow` or `block`.
    action: &'static str,
    /// The network that the request goes to, where it is known.
    network: Option<String>,
    /// Why: the word of the policy, or the rule of the list.
    reason: Option<String>,
    /// What to answer a blocked request with so that the page goes on.
    answer: Option<Py<Answer>>,
    /// The URL to ask for in place of the request's own.
    rewritten_url: Option<String>,
}

/// A body that stands in for a blocked one.
#[pyclass(frozen, module = "adsieve")]
pub(crate) struct Answer(Arc<adsieve::Answer>);

#[pymethods]
impl Answer {
    /// Its name, as `googletag`.
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Its media type.
    #[getter]
    fn content_type(&self) -> &str {
        &self.0.content_type
    }

    /// The bytes.
    #[getter]
    fn body(&self) -> &[u8] {
        &self.0.body
    }

    fn __repr__(&self) -> String {
        format!("<Answer {}, {} bytes>", self.0.name, self.0.body.len())
    }
}

impl From<adsieve::RequestVerdict> for RequestVerdict {
    fn from(verdict: adsieve::RequestVerdict) -> Self {
        let answer = verdict.answer.and_then(|answer| Python::attach(|py| Py::new(py, Answer(answer)).ok()));
        Self {
            action: verdict.action.name(),
            network: verdict.network.as_deref().map(str::to_owned),
            reason: verdict.reason.map(|reason| reason.to_string()),
            answer,
            rewritten_url: verdict.url,
        }
    }
}

#[pymethods]
impl RequestVerdict {
    /// May the request not go out?
    #[getter]
    fn is_block(&self) -> bool {
        self.action == "block"
    }

    fn __repr__(&self) -> String {
        let network = self.network.as_deref().map_or(String::new(), |network| format!(", network {network:?}"));
        let reason = self.reason.as_deref().map_or(String::new(), |reason| format!(", {reason:?}"));
        format!("<RequestVerdict {}{network}{reason}>", self.action)
    }
}

/// What of a script serves ads.
#[pyclass(frozen, get_all, module = "adsieve")]
pub(crate) struct ScriptVerdict {
    /// `allow`, `neutralise` or `block`.
    action: &'static str,
    /// The script without what serves ads.
    code: String,
    /// What is cut, in order.
    cuts: Vec<ScriptCut>,
    /// Why all passes that could have been cut, where that is so.
    remark: Option<&'static str>,
}

/// A part of a script that goes.
#[pyclass(frozen, get_all, skip_from_py_object, module = "adsieve")]
#[derive(Clone)]
pub(crate) struct ScriptCut {
    /// Where it begins, in bytes of the script in UTF-8.
    start: u32,
    /// The first byte that stays.
    end: u32,
    /// What takes its place.
    replacement: String,
    /// What it was found by, and the word of the policy.
    why: String,
}

impl ScriptVerdict {
    pub(crate) fn new(code: &str, verdict: &Verdict) -> Self {
        let cuts = verdict.cuts.iter().map(|cut| ScriptCut {
            start: cut.span.start,
            end: cut.span.end,
            replacement: cut.replacement.to_string(),
            why: cut.why.to_string(),
        });
        Self {
            action: verdict.action.name(),
            code: verdict.apply(code).into_owned(),
            cuts: cuts.collect(),
            remark: verdict.remark,
        }
    }
}

#[pymethods]
impl ScriptVerdict {
    fn __repr__(&self) -> String {
        format!("<ScriptVerdict {}, {} cuts>", self.action, self.cuts.len())
    }
}

#[pymethods]
impl ScriptCut {
    fn __repr__(&self) -> String {
        format!("<ScriptCut {}..{}, {:?}>", self.start, self.end, self.why)
    }
}

/// A change of a page that was rewritten.
#[pyclass(frozen, get_all, skip_from_py_object, module = "adsieve")]
#[derive(Clone)]
pub(crate) struct Change {
    /// What was done: `script-removed`, `request-removed`, …
    pub(crate) kind: &'static str,
    /// Where it begins, in bytes of the page as it came.
    pub(crate) start: u32,
    /// The byte after it.
    pub(crate) end: u32,
    /// What it was found by, and the word of the policy.
    pub(crate) why: String,
}

#[pymethods]
impl Change {
    fn __repr__(&self) -> String {
        format!("<Change {} {}..{}, {:?}>", self.kind, self.start, self.end, self.why)
    }
}

/// A text without its ad code.
#[pyclass(frozen, get_all, module = "adsieve")]
pub(crate) struct Cleaned {
    /// The text.
    text: String,
    /// What was cut, in order.
    cuts: Vec<TextCut>,
    /// Ad code that was left where it is, in order.
    kept: Vec<TextCut>,
}

/// A part of a text.
#[pyclass(frozen, get_all, skip_from_py_object, module = "adsieve")]
#[derive(Clone)]
pub(crate) struct TextCut {
    /// Where it begins, in bytes of the text in UTF-8.
    start: u32,
    /// The byte after it.
    end: u32,
    /// Why: a stable name, as `ad-script`.
    reason: &'static str,
    /// The network whose code it was.
    network: Option<String>,
}

impl Cleaned {
    pub(crate) fn new(cleaned: &adsieve::Cleaned<'_>) -> Self {
        let cuts = cleaned.cuts.iter().map(|cut| TextCut {
            start: cut.span.start,
            end: cut.span.end,
            reason: cut.reason,
            network: cut.network.as_deref().map(str::to_owned),
        });
        let kept = cleaned.kept.iter().map(|kept| TextCut {
            start: kept.span.start,
            end: kept.span.end,
            reason: kept.reason,
            network: None,
        });
        Self { text: cleaned.text.to_string(), cuts: cuts.collect(), kept: kept.collect() }
    }
}

#[pymethods]
impl Cleaned {
    fn __str__(&self) -> &str {
        &self.text
    }

    fn __repr__(&self) -> String {
        format!("<Cleaned {} bytes, {} cuts>", self.text.len(), self.cuts.len())
    }
}

#[pymethods]
impl TextCut {
    fn __repr__(&self) -> String {
        format!("<TextCut {}..{}, {}>", self.start, self.end, self.reason)
    }
}

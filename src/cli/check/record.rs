//! A request as it is asked about in NDJSON, and the verdict as it is answered.

use super::args::CheckArguments;
use adsieve::{Reason, Request, RequestKind, RequestVerdict};
use serde::{Deserialize, Serialize};

/// One line of input; what it leaves out the arguments say.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    url: String,
    source_url: Option<String>,
    kind: Option<String>,
    method: Option<String>,
}

impl Asked {
    pub fn request<'a>(&'a self, arguments: &'a CheckArguments) -> Request<'a> {
        let named = self.kind.as_deref().map(|name| RequestKind::of_name(name).unwrap_or_default());
        Request {
            url: &self.url,
            source_url: self.source_url.as_deref().unwrap_or(&arguments.source),
            kind: named.unwrap_or(arguments.kind),
            method: self.method.as_deref().unwrap_or(&arguments.method),
        }
    }
}

/// One line of output.
#[derive(Debug, Serialize)]
pub(super) struct VerdictRecord<'v> {
    url: &'v str,
    source_url: &'v str,
    kind: &'static str,
    /// `allow` or `block`.
    action: &'static str,
    network: Option<&'v str>,
    reason: Option<ReasonRecord<'v>>,
    /// Name of the stand-in that a blocked request is answered with.
    answer: Option<&'v str>,
    /// The URL to ask for in place of the request's.
    rewritten_url: Option<&'v str>,
}

/// Why, and where that is written.
#[derive(Debug, Serialize)]
struct ReasonRecord<'v> {
    /// `policy` or `filter`.
    source: &'static str,
    /// The word of the policy, or the rule of the list.
    text: String,
    file: &'v str,
    line: u32,
}

impl<'v> VerdictRecord<'v> {
    pub fn new(request: &Request<'v>, verdict: &'v RequestVerdict) -> Self {
        Self {
            url: request.url,
            source_url: request.source_url,
            kind: request.kind.name(),
            action: verdict.action.name(),
            network: verdict.network.as_deref(),
            reason: verdict.reason.as_ref().and_then(ReasonRecord::new),
            answer: verdict.answer.as_ref().map(|answer| &*answer.name),
            rewritten_url: verdict.url.as_deref(),
        }
    }
}

impl<'v> ReasonRecord<'v> {
    fn new(reason: &'v Reason) -> Option<Self> {
        match reason {
            Reason::Policy(word) => {
                Some(Self { source: "policy", text: word.words(), file: &word.file, line: word.line })
            }
            Reason::Filter(rule) => {
                Some(Self { source: "filter", text: rule.text.to_string(), file: &rule.list, line: rule.line })
            }
            _ => None,
        }
    }
}

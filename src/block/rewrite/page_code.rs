//! What becomes of the code of a page: scripts, and attributes that run as code.

use super::buffer::Buffer;
use super::code::Code;
use super::judge::Judge;
use super::log::{Change, ChangeKind};
use super::markup::{Attribute, StartTag, span};
use super::page_state::{PageState, Place};
use super::policy_hash::script_hash;
use crate::block::{Action, ScriptVerdict, Why};
use crate::page::{ScriptType, classify, decode_value};
use std::sync::Arc;

/// What a verdict leaves of a script.
struct Left {
    /// Its bytes; `None` if the way back to its charset is not sure.
    code: Option<Vec<u8>>,
    /// The hash of what it was, where policies may allow it by that.
    hash: Option<String>,
    /// Elements that are put behind it.
    stubs: Vec<u8>,
}

impl PageState {
    pub(super) fn script(
        &mut self,
        place: &Place,
        is_module: bool,
        types: (Option<&str>, Option<&str>),
        charset: &'static encoding_rs::Encoding,
        buffer: &mut Buffer,
        judge: &dyn Judge,
    ) {
        let Some(bytes) = buffer.get(place.inside.clone()) else { return };
        let code = Code::of(bytes, charset);
        if let Some(name) = judge.name_of_stub(&code.text) {
            return self.inserted.note_stub(name);
        }
        let kind = classify(types.0, types.1, &code.text);
        if kind == ScriptType::Json {
            return self.data(place.inside.clone(), charset, buffer, judge);
        }
        if !matches!(kind, ScriptType::JavaScript | ScriptType::Module | ScriptType::HeldBack) {
            return;
        }
        let verdict = judge.script(&code.text, is_module, self.before.make_contiguous());
        let edited = code.edited(&verdict);
        let kept: Arc<str> = match (&verdict.action, kind) {
            (_, ScriptType::HeldBack) => Arc::default(),
            _ => Arc::from(&*code.text),
        };
        let is_written = code.text.contains("document.write");
        let hash = self.has_hashes.then(|| script_hash(bytes));
        self.keep(kept);
        if let Some(why) = verdict.cuts.first().map(|cut| cut.why.clone()) {
            // What a script writes into the page is there at once; what it makes comes later.
            let stubs = self.inserted.stubs(&verdict.stubs, place.element.start, !is_written, judge);
            self.change(place, &verdict, why, Left { code: edited, hash, stubs }, buffer);
        }
    }

    fn change(&mut self, place: &Place, verdict: &ScriptVerdict, why: Arc<Why>, left: Left, buffer: &mut Buffer) {
        let Left { code, hash, stubs } = left;
        match code {
            Some(left) if left.is_empty() => {
                self.replace(place.element.clone(), ChangeKind::ScriptRemoved, why, stubs, buffer);
            }
            Some(left) => {
                if hash.is_some() && !self.options.new_hashes {
                    self.inserted.forget(&place.element);
                    let message =
                        "a script that a policy may allow by its hash stays as it is: its policy went before it";
                    return self.log.warn("rewrite-policy", message, Some(span(&place.inside)));
                }
                let kind = match verdict.action {
                    Action::Block => ChangeKind::ScriptEmptied,
                    _ => ChangeKind::ScriptEdited,
                };
                self.log.hashes.extend(hash.map(|old| (old, script_hash(&left))));
                // The end tag stands between a script and what is put behind it.
                let end_tag = buffer.get(place.inside.end..place.element.end).map(<[u8]>::to_vec);
                let (range, left) = match end_tag.filter(|_| !stubs.is_empty()) {
                    Some(end_tag) => (place.inside.start..place.element.end, [left, end_tag, stubs].concat()),
                    None => (place.inside.clone(), left),
                };
                if buffer.edit(range, left) {
                    self.log.changes.push(Change { at: span(&place.inside), kind, why });
                }
            }
            None => {
                let message = "a script holds bytes that its charset does not, and passes as it is";
                self.log.warn("rewrite-charset", message, Some(span(&place.inside)));
            }
        }
    }

    /// Keeps a script whose names later ones may use.
    fn keep(&mut self, code: Arc<str>) {
        if code.trim().is_empty() || code.len() > self.options.context_bytes / 2 {
            return;
        }
        self.before_bytes += code.len();
        self.before.push_back(code);
        while self.before_bytes > self.options.context_bytes {
            let Some(oldest) = self.before.pop_front() else { break };
            self.before_bytes -= oldest.len();
        }
    }

    /// `onclick`, `javascript:`: emptied where all of it serves ads.
    pub(super) fn handlers(&mut self, tag: &StartTag, buffer: &mut Buffer, judge: &dyn Judge) {
        if !self.options.handlers {
            return;
        }
        for attribute in &tag.attributes {
            let (Some(range), Some((code, replacement))) = (attribute.range.clone(), handler(attribute)) else {
                continue;
            };
            let verdict = judge.script(&code, false, self.before.make_contiguous());
            if verdict.action == Action::Block
                && let Some(why) = verdict.cuts.first().map(|cut| cut.why.clone())
                && buffer.edit(range.clone(), replacement.into())
            {
                self.log.changes.push(Change { at: span(&range), kind: ChangeKind::HandlerEmptied, why });
            }
        }
    }
}

/// The code of an attribute, and what is left when it goes.
fn handler(attribute: &Attribute) -> Option<(String, &'static str)> {
    let value = decode_value(&attribute.value);
    if attribute.name.starts_with("on") && attribute.name.len() > 2 {
        return Some((value.into_owned(), ""));
    }
    let is_url = matches!(&*attribute.name, "href" | "src" | "action" | "formaction");
    let scheme = value.trim_start().get(..11).filter(|_| is_url)?;
    scheme.eq_ignore_ascii_case("javascript:").then(|| (value.trim_start()[11..].to_owned(), "javascript:void 0"))
}

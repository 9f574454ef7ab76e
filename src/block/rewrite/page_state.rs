//! What is known of the page so far, and what is done about each tag.
//!
//! In: tags, in order. Out: edits of the buffer and entries of the log. Holds what is open: a script or an ad element
//! whose end tag has not come, scripts that later ones may use, the base URL, the policy.

use super::buffer::Buffer;
use super::code::Code;
use super::judge::Judge;
use super::log::{Change, ChangeKind, Rewritten};
use super::markup::{Attribute, Seen, StartTag, span};
use super::policy_hash::{has_hashes, script_hash};
use super::settings::RewriteOptions;
use crate::block::{Action, ScriptVerdict, Why};
use crate::page::{Resolver, ScriptType, classify, decode_value};
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

/// An element whose end tag has not come.
struct Open {
    start: usize,
    /// Where its content begins.
    inside: usize,
    kind: OpenKind,
}

impl Open {
    /// May it still be held, if the page has been read up to there?
    fn fits(&self, end: usize, options: &RewriteOptions) -> bool {
        let bound = match self.kind {
            OpenKind::Script { .. } => options.script_bytes,
            OpenKind::Going { .. } => options.element_bytes,
        };
        end - self.start <= bound
    }
}

enum OpenKind {
    /// A script to be judged when its text is known; whether it is a module.
    Script { is_module: bool, type_name: Option<String>, language: Option<String> },
    /// An element that goes with all it holds.
    Going { kind: ChangeKind, why: Arc<Why> },
}

/// The state of one page.
pub(super) struct PageState {
    options: RewriteOptions,
    page_url: Option<String>,
    base: Option<String>,
    resolver: Resolver,
    open: Vec<Open>,
    before: VecDeque<Arc<str>>,
    before_bytes: usize,
    /// Inline scripts are allowed by hash.
    has_hashes: bool,
    pub log: Rewritten,
}

impl PageState {
    pub fn new(page_url: Option<&str>, options: RewriteOptions) -> Self {
        Self {
            options,
            page_url: page_url.map(ToOwned::to_owned),
            base: None,
            resolver: Resolver::new(&[page_url]),
            open: Vec::new(),
            before: VecDeque::new(),
            before_bytes: 0,
            has_hashes: false,
            log: Rewritten::default(),
        }
    }

    pub fn note_policy(&mut self, policy: &str) {
        self.has_hashes |= has_hashes(policy);
    }

    /// The place from which on nothing may go out yet.
    pub fn held_from(&self) -> Option<usize> {
        self.open.first().map(|open| open.start)
    }

    /// Lets go of what has grown past its bound.
    pub fn let_go(&mut self, end: usize) {
        let options = self.options;
        let (held, too_large) = std::mem::take(&mut self.open).into_iter().partition(|open| open.fits(end, &options));
        self.open = held;
        let too_large: Vec<Open> = too_large;
        too_large.iter().for_each(|open| self.note_too_large(open));
    }

    /// The same is said wherever the chunks were cut.
    fn note_too_large(&mut self, open: &Open) {
        let message = "an element larger than the rewriter may hold passes as it is";
        self.log.warn("rewrite-bound", message, Some(span(&(open.start..open.inside))));
    }

    pub fn take(
        &mut self,
        seen: Seen,
        charset: &'static encoding_rs::Encoding,
        buffer: &mut Buffer,
        judge: &dyn Judge,
    ) {
        match seen {
            Seen::Start(tag) => {
                self.handlers(&tag, buffer, judge);
                self.start(&tag, buffer, judge);
            }
            Seen::End { start, range } => {
                let Some(at) = self.open.iter().rposition(|open| open.start == start) else { return };
                let open = self.open.remove(at);
                if !open.fits(range.end, &self.options) {
                    return self.note_too_large(&open);
                }
                match open.kind {
                    OpenKind::Script { is_module, type_name, language } => {
                        let types = (type_name.as_deref(), language.as_deref());
                        let place = Place { element: open.start..range.end, inside: open.inside..range.start };
                        self.script(&place, is_module, types, charset, buffer, judge);
                    }
                    OpenKind::Going { kind, why } => self.remove(open.start..range.end, kind, why, buffer),
                }
            }
        }
    }

    // ---- start tags ----

    fn start(&mut self, tag: &StartTag, buffer: &mut Buffer, judge: &dyn Judge) {
        match &*tag.name {
            "base" => self.set_base(tag),
            "meta" => self.meta(tag),
            "script" => self.open_script(tag, judge),
            "img" => self.ask(tag, "src", "image", buffer, judge),
            "iframe" | "amp-iframe" => self.ask(tag, "src", "frame", buffer, judge),
            "embed" => self.ask(tag, "src", "object", buffer, judge),
            "object" => self.ask(tag, "data", "object", buffer, judge),
            "link" => self.link(tag, buffer, judge),
            _ => {}
        }
        self.element(tag, buffer, judge);
    }

    /// Takes an ad container away.
    fn element(&mut self, tag: &StartTag, buffer: &mut Buffer, judge: &dyn Judge) {
        let is_going = self.open.last().is_some_and(|open| open.start == tag.range.start);
        if is_going || !may_be_container(&tag.name) {
            return;
        }
        let decoded = |one: &Attribute| (one.name.clone(), decode_value(&one.value).into_owned());
        let attributes: Vec<(String, String)> = tag.attributes.iter().map(decoded).collect();
        if let Some(why) = judge.element(&tag.name, &attributes) {
            self.take_away(tag, ChangeKind::ElementRemoved, why, buffer);
        }
    }

    fn set_base(&mut self, tag: &StartTag) {
        if let (Some(href), None) = (tag.attribute("href"), &self.base) {
            self.base = Some(decode_value(href).into_owned());
            self.resolver = Resolver::new(&[self.base.as_deref(), self.page_url.as_deref()]);
        }
    }

    fn meta(&mut self, tag: &StartTag) {
        let is_policy =
            tag.attribute("http-equiv").is_some_and(|name| name.trim().eq_ignore_ascii_case("content-security-policy"));
        if let Some(policy) = tag.attribute("content").filter(|_| is_policy) {
            self.note_policy(&decode_value(policy));
        }
    }

    fn open_script(&mut self, tag: &StartTag, judge: &dyn Judge) {
        let (start, inside) = (tag.range.start, tag.range.end);
        let named = |name: &str| tag.attribute(name).map(|value| decode_value(value).into_owned());
        let type_name = named("type");
        let is_module = type_name.as_deref().is_some_and(|name| name.trim().eq_ignore_ascii_case("module"));
        let source = tag.attribute("src").or_else(|| tag.attribute("data-src"));
        let kind = match source {
            Some(source) => match self.blocked(source, "script", judge) {
                Some(why) => OpenKind::Going { kind: ChangeKind::RequestRemoved, why },
                None => return,
            },
            None => OpenKind::Script { is_module, type_name, language: named("language") },
        };
        self.open.push(Open { start, inside, kind });
    }

    fn link(&mut self, tag: &StartTag, buffer: &mut Buffer, judge: &dyn Judge) {
        let relation = tag.attribute("rel").unwrap_or_default().to_ascii_lowercase();
        let has = |name: &str| relation.split_ascii_whitespace().any(|token| token == name);
        if ["preload", "modulepreload", "prefetch", "prerender", "preconnect", "dns-prefetch"].into_iter().any(has) {
            let kind = match tag.attribute("as") {
                Some("script") => "script",
                Some("style") => "style",
                Some("image") => "image",
                _ if has("modulepreload") => "script",
                _ => "other",
            };
            self.ask(tag, "href", kind, buffer, judge);
        } else if has("stylesheet") {
            self.ask(tag, "href", "style", buffer, judge);
        }
    }

    /// Takes an element away that asks for what may not be asked for.
    fn ask(&mut self, tag: &StartTag, name: &str, kind: &str, buffer: &mut Buffer, judge: &dyn Judge) {
        let lazy = format!("data-{name}");
        let source = tag.attribute(name).filter(|value| !value.is_empty()).or_else(|| tag.attribute(&lazy));
        if let Some(why) = source.and_then(|source| self.blocked(source, kind, judge)) {
            self.take_away(tag, ChangeKind::RequestRemoved, why, buffer);
        }
    }

    fn blocked(&self, source: &str, kind: &str, judge: &dyn Judge) -> Option<Arc<Why>> {
        let source = decode_value(source);
        let source = source.trim();
        let is_web = source.contains("//") || !source.contains(':');
        (is_web && !source.is_empty())
            .then(|| self.resolver.resolve(source.to_owned()))
            .and_then(|url| judge.request(&url, kind))
    }

    fn take_away(&mut self, tag: &StartTag, kind: ChangeKind, why: Arc<Why>, buffer: &mut Buffer) {
        if tag.has_content {
            self.open.push(Open { start: tag.range.start, inside: tag.range.end, kind: OpenKind::Going { kind, why } });
        } else {
            self.remove(tag.range.clone(), kind, why, buffer);
        }
    }

    fn remove(&mut self, range: Range<usize>, kind: ChangeKind, why: Arc<Why>, buffer: &mut Buffer) {
        let at = span(&range);
        if buffer.edit(range, Vec::new()) {
            self.log.changes.retain(|change| !at.contains(change.at));
            self.log.changes.push(Change { at, kind, why });
        }
        // What was open inside of it has no end of its own.
        self.open.retain(|open| !(at.start as usize <= open.start && open.start < at.end as usize));
    }

    // ---- code ----

    fn script(
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
        let kind = classify(types.0, types.1, &code.text);
        if !matches!(kind, ScriptType::JavaScript | ScriptType::Module | ScriptType::HeldBack) {
            return;
        }
        let verdict = judge.script(&code.text, is_module, self.before.make_contiguous());
        let edited = code.edited(&verdict);
        let kept: Arc<str> = match (&verdict.action, kind) {
            (_, ScriptType::HeldBack) => Arc::default(),
            _ => Arc::from(&*code.text),
        };
        let hash = self.has_hashes.then(|| script_hash(bytes));
        self.keep(kept);
        if let Some(why) = verdict.cuts.first().map(|cut| cut.why.clone()) {
            self.change(place, &verdict, why, edited, hash, buffer);
        }
    }

    fn change(
        &mut self,
        place: &Place,
        verdict: &ScriptVerdict,
        why: Arc<Why>,
        edited: Option<Vec<u8>>,
        hash: Option<String>,
        buffer: &mut Buffer,
    ) {
        match edited {
            Some(left) if left.is_empty() => {
                self.remove(place.element.clone(), ChangeKind::ScriptRemoved, why, buffer);
            }
            Some(left) => {
                if hash.is_some() && !self.options.new_hashes {
                    let message =
                        "a script that a policy may allow by its hash stays as it is: its policy went before it";
                    return self.log.warn("rewrite-policy", message, Some(span(&place.inside)));
                }
                let kind = match verdict.action {
                    Action::Block => ChangeKind::ScriptEmptied,
                    _ => ChangeKind::ScriptEdited,
                };
                self.log.hashes.extend(hash.map(|old| (old, script_hash(&left))));
                if buffer.edit(place.inside.clone(), left) {
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
    fn handlers(&mut self, tag: &StartTag, buffer: &mut Buffer, judge: &dyn Judge) {
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

/// `ins` and elements of libraries: what they hold is theirs. Others may hold the site's own.
fn may_be_container(name: &str) -> bool {
    name == "ins" || name.contains('-') && name != "amp-iframe"
}

/// Where a script stands.
struct Place {
    element: Range<usize>,
    inside: Range<usize>,
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

//! What is known of the page so far, and what is done about each tag.
//!
//! In: tags, in order. Out: edits of the buffer and entries of the log. Holds what is open: a script or an ad element
//! whose end tag has not come, scripts that later ones may use, the base URL, the policy.

use super::buffer::Buffer;
use super::insert::Inserted;
use super::judge::Judge;
use super::log::{Change, ChangeKind, Rewritten};
use super::markup::{Attribute, Seen, StartTag, span};
use super::nested::{Nested, Within};
use super::policy_hash::has_hashes;
use super::settings::RewriteOptions;
use crate::block::Why;
use crate::page::{Resolver, decode_value};
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
        let (end, bound) = match self.kind {
            OpenKind::Script { .. } | OpenKind::Style => (end, options.script_bytes),
            OpenKind::Text { end } => (end, options.element_bytes),
            OpenKind::Going { .. } | OpenKind::Noscript => (end, options.element_bytes),
        };
        end - self.start <= bound
    }
}

enum OpenKind {
    /// A script to be judged when its text is known; whether it is a module.
    Script { is_module: bool, type_name: Option<String>, language: Option<String> },
    /// An element that goes with all it holds; `stub`: a script, for which an inert library may stand in, and whether late.
    Going { kind: ChangeKind, why: Arc<Why>, stub: Option<bool> },
    /// A style sheet, whose pictures are judged when it has been read.
    Style,
    /// Markup for browsers that run no scripts.
    Noscript,
    /// Visible text, as far as it has been read.
    Text { end: usize },
}

/// The state of one page.
pub(super) struct PageState {
    pub(super) options: RewriteOptions,
    page_url: Option<String>,
    base: Option<String>,
    resolver: Resolver,
    open: Vec<Open>,
    pub(super) before: VecDeque<Arc<str>>,
    pub(super) before_bytes: usize,
    /// Inline scripts are allowed by hash.
    pub(super) has_hashes: bool,
    pub(super) inserted: Inserted,
    /// Elements around that show code rather than run it.
    pub(super) samples: Vec<usize>,
    /// The text that is read is larger than may be held.
    is_skipping_text: bool,
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
            inserted: Inserted::default(),
            samples: Vec::new(),
            is_skipping_text: false,
            log: Rewritten::default(),
        }
    }

    pub fn note_policy(&mut self, policy: &str) {
        self.has_hashes |= has_hashes(policy);
        self.inserted.policies.note(policy);
    }

    /// The style that hides what the page turned out to hold.
    pub fn closing_style(&mut self, judge: &dyn Judge) -> Vec<u8> {
        if judge.inserts().hiding && self.options.level == 0 { self.inserted.closing_style(judge) } else { Vec::new() }
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
        self.is_skipping_text |= too_large.iter().any(|open| matches!(open.kind, OpenKind::Text { .. }));
        too_large.iter().for_each(|open| self.note_too_large(open));
    }

    /// The same is said wherever the chunks were cut.
    fn note_too_large(&mut self, open: &Open) {
        let message = "an element larger than the rewriter may hold passes as it is";
        self.log.warn("rewrite-bound", message, Some(span(&(open.start..open.inside))));
    }

    /// Takes a tag or text; gives the markup that it turned out to hold.
    pub fn take(
        &mut self,
        seen: Seen,
        charset: &'static encoding_rs::Encoding,
        buffer: &mut Buffer,
        judge: &dyn Judge,
    ) -> Option<Nested> {
        match seen {
            Seen::Start(tag) => {
                self.handlers(&tag, buffer, judge);
                self.start(&tag, buffer, judge)
            }
            Seen::Text { range, is_last } => {
                self.text(range, is_last, charset, buffer, judge);
                None
            }
            Seen::End { start, range } => {
                self.samples.retain(|sample| *sample != start);
                let at = self.open.iter().rposition(|open| open.start == start)?;
                let open = self.open.remove(at);
                if !open.fits(range.end, &self.options) {
                    self.note_too_large(&open);
                    return None;
                }
                self.close(open, &range, charset, buffer, judge)
            }
        }
    }

    fn close(
        &mut self,
        open: Open,
        end: &Range<usize>,
        charset: &'static encoding_rs::Encoding,
        buffer: &mut Buffer,
        judge: &dyn Judge,
    ) -> Option<Nested> {
        let (element, inside) = (open.start..end.end, open.inside..end.start);
        match open.kind {
            OpenKind::Script { is_module, type_name, language } => {
                let types = (type_name.as_deref(), language.as_deref());
                self.script(&Place { element, inside }, is_module, types, charset, buffer, judge);
            }
            OpenKind::Style => self.sheet(inside, charset, buffer, judge),
            OpenKind::Going { kind, why, stub } => {
                let names = why.stub.iter().cloned().collect::<Vec<_>>();
                let stubs = stub.map(|is_late| self.inserted.stubs(&names, element.start, is_late, judge));
                self.replace(element, kind, why, stubs.unwrap_or_default(), buffer);
            }
            OpenKind::Noscript => {
                let bytes = buffer.get(inside.clone())?.to_vec();
                return Some(Nested { bytes, charset, within: Within::Element(inside), base: self.address() });
            }
            OpenKind::Text { .. } => {}
        }
        None
    }

    /// What relative URLs of the page lean on.
    fn address(&self) -> Option<String> {
        let page = || self.page_url.clone();
        self.base.as_ref().map(|base| self.resolver.resolve(base.clone())).or_else(page)
    }

    // ---- text ----

    /// Takes a piece of text in; all of it where it ends here and was held.
    pub(super) fn whole_text(&mut self, piece: Range<usize>, is_last: bool) -> Option<Range<usize>> {
        if self.is_skipping_text {
            self.is_skipping_text = !is_last;
            return None;
        }
        match self.open.last_mut() {
            Some(Open { kind: OpenKind::Text { end }, .. }) => *end = piece.end,
            _ => self.open.push(Open {
                start: piece.start,
                inside: piece.start,
                kind: OpenKind::Text { end: piece.end },
            }),
        }
        let text = self.open.pop_if(|_| is_last)?;
        if !text.fits(piece.end, &self.options) {
            self.note_too_large(&text);
            return None;
        }
        Some(text.start..piece.end)
    }

    // ---- start tags ----

    fn start(&mut self, tag: &StartTag, buffer: &mut Buffer, judge: &dyn Judge) -> Option<Nested> {
        if judge.inserts().hiding && self.options.level == 0 {
            self.inserted.note_names(tag.attribute("class"), tag.attribute("id"));
        }
        match &*tag.name {
            "base" => self.set_base(tag),
            "meta" => self.meta(tag),
            "script" => self.open_script(tag, judge),
            "style" => self.hold(tag, OpenKind::Style),
            "noscript" if self.may_nest() => self.hold(tag, OpenKind::Noscript),
            "pre" | "code" | "textarea" | "samp" | "kbd" if self.options.leaked_text => {
                self.samples.push(tag.range.start)
            }
            "body" if judge.inserts().hiding && self.options.level == 0 => {
                let style = self.inserted.page_style(judge);
                buffer.edit(tag.range.start..tag.range.start, style);
            }
            "img" => self.ask(tag, "src", "image", buffer, judge),
            "iframe" | "amp-iframe" => self.ask(tag, "src", "frame", buffer, judge),
            "embed" => self.ask(tag, "src", "object", buffer, judge),
            "source" | "video" | "audio" => self.ask(tag, "src", "media", buffer, judge),
            "input" => self.ask(tag, "src", "image", buffer, judge),
            "object" => self.ask(tag, "data", "object", buffer, judge),
            "link" => self.link(tag, buffer, judge),
            _ => {}
        }
        self.element(tag, buffer, judge);
        self.pictures(tag, buffer, judge);
        let is_going = self.open.last().is_some_and(|open| open.start == tag.range.start);
        (tag.name == "iframe" && !is_going && self.may_nest()).then(|| self.inner_page(tag, buffer)).flatten()
    }

    fn may_nest(&self) -> bool {
        self.options.level < LEVELS
    }

    fn hold(&mut self, tag: &StartTag, kind: OpenKind) {
        self.open.push(Open { start: tag.range.start, inside: tag.range.end, kind });
    }

    /// The page that stands in a frame's attribute.
    fn inner_page(&self, tag: &StartTag, buffer: &Buffer) -> Option<Nested> {
        let attribute = tag.attributes.iter().find(|attribute| attribute.name == "srcdoc")?;
        let range = attribute.range.clone()?;
        // The way back leads through the text as it is written: in another charset it would be another text.
        let is_verbatim = buffer.get(range.clone()).is_some_and(|bytes| bytes == attribute.value.as_bytes());
        is_verbatim.then(|| Nested::of_attribute(&attribute.value, range, self.address()))
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
        let named = |name: &str| tag.attribute(name).map(|value| decode_value(value).into_owned());
        let type_name = named("type");
        let is_module = type_name.as_deref().is_some_and(|name| name.trim().eq_ignore_ascii_case("module"));
        let source = tag.attribute("src").or_else(|| tag.attribute("data-src"));
        if let Some(nonce) = tag.attribute("nonce") {
            self.inserted.policies.note_nonce(nonce);
        }
        let is_late = is_module || ["async", "defer"].into_iter().any(|name| tag.attribute(name).is_some());
        let kind = match source {
            Some(source) => match self.blocked(source, "script", judge) {
                Some(why) => OpenKind::Going { kind: ChangeKind::RequestRemoved, why, stub: Some(is_late) },
                None => return,
            },
            None => OpenKind::Script { is_module, type_name, language: named("language") },
        };
        self.hold(tag, kind);
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

    pub(super) fn blocked(&self, source: &str, kind: &str, judge: &dyn Judge) -> Option<Arc<Why>> {
        // Pictures in the page itself ask nobody, and may be large.
        if source.trim_start().get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:")) {
            return None;
        }
        let source = decode_value(source);
        let source = source.trim();
        let is_web = has_slashes(source) || !source.contains(':');
        (is_web && !source.is_empty())
            .then(|| self.resolver.resolve(source.to_owned()))
            .and_then(|url| judge.request(&url, kind))
    }

    fn take_away(&mut self, tag: &StartTag, kind: ChangeKind, why: Arc<Why>, buffer: &mut Buffer) {
        if tag.has_content {
            self.hold(tag, OpenKind::Going { kind, why, stub: None });
        } else {
            self.replace(tag.range.clone(), kind, why, Vec::new(), buffer);
        }
    }

    /// Takes bytes away, and puts others there.
    pub(super) fn replace(
        &mut self,
        range: Range<usize>,
        kind: ChangeKind,
        why: Arc<Why>,
        replacement: Vec<u8>,
        buffer: &mut Buffer,
    ) {
        let at = span(&range);
        if replacement.is_empty() {
            self.inserted.forget(&range);
        }
        if buffer.edit(range, replacement) {
            self.log.changes.retain(|change| !at.contains(change.at));
            self.log.changes.push(Change { at, kind, why });
        }
        // What was open inside of it has no end of its own.
        self.open.retain(|open| !(at.start as usize <= open.start && open.start < at.end as usize));
    }
}

/// Is there a `//`? A search for two bytes in the short text of an attribute costs more than it.
fn has_slashes(url: &str) -> bool {
    url.as_bytes().windows(2).any(|pair| pair == b"//")
}

/// Markup in markup: levels that are rewritten.
const LEVELS: u32 = 3;

/// `ins` and elements of libraries: what they hold is theirs. Others may hold the site's own.
fn may_be_container(name: &str) -> bool {
    name == "ins" || name.contains('-') && name != "amp-iframe"
}

/// Where a script stands.
pub(super) struct Place {
    pub element: Range<usize>,
    pub inside: Range<usize>,
}

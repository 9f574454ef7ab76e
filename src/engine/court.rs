//! What a verdict on a script is reached with: the signs that evaluation left, and the policy's word on each.
//!
//! In: events and acts of a page that was evaluated. Out: [`Signs`] by script, with why each is against the policy. Markup
//! that a script writes is judged like a page, a few levels deep.

use super::Engine;
use crate::base::{Evidence, Place, Span};
use crate::block::{Decision, PageContext, Party, Request, RequestKind, Signs, Why, Witness};
use crate::detect::Act;
use crate::evaluate::{Event, EventKind, Value};
use crate::network::Location;
use crate::page::{Part, ScriptKind};
use crate::rule::Product;
use rustc_hash::FxHashMap;
use std::cell::Cell;
use std::sync::Arc;

/// Markup in scripts in markup: levels that are judged.
const LEVELS: u32 = 3;

/// URLs of one script that are kept for finding their literals.
const URLS: usize = 100;

/// A script that is judged, with what stands before it on its page.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Judged<'c> {
    /// Its code.
    pub code: &'c str,
    /// `type="module"`.
    pub is_module: bool,
    /// Scripts before it that define what it uses.
    pub before: &'c [Arc<str>],
}

/// What a verdict is reached with.
pub(super) struct Court<'c> {
    pub(super) engine: &'c Engine,
    pub(super) page: &'c PageContext,
    level: u32,
    /// Was markup read, whose URLs are relative to the page's?
    has_read_markup: Cell<bool>,
}

impl<'c> Court<'c> {
    pub(super) fn new(engine: &'c Engine, page: &'c PageContext, level: u32) -> Self {
        Self { engine, page, level, has_read_markup: Cell::new(false) }
    }

    /// Then the verdict is one for this page alone.
    pub(super) fn has_read_markup(&self) -> bool {
        self.has_read_markup.get()
    }

    /// The signs of each script; `base` says where a script begins, of those that are judged.
    pub(super) fn signs(
        &self,
        events: &[Event],
        acts: &[Act],
        base: &dyn Fn(u32) -> Option<u32>,
    ) -> FxHashMap<u32, Signs> {
        let mut all: FxHashMap<u32, Signs> = FxHashMap::default();
        let place = |at: Place| {
            let script = at.script?;
            Some((script, within(at.span, base(script)?)?))
        };
        for event in events {
            if !matches!(event.kind, EventKind::Call { .. } | EventKind::Assign { .. })
                && let Some((script, span)) = place(event.at)
            {
                self.add_event(all.entry(script).or_default(), event, span);
            }
        }
        for act in acts {
            if let (Some((script, span)), Some(why)) = (place(act.at), self.why_of_act(act)) {
                all.entry(script).or_default().acts.entry(span).or_insert(why);
            }
        }
        all
    }

    fn add_event(&self, signs: &mut Signs, event: &Event, span: (u32, u32)) {
        match &event.kind {
            EventKind::Request { url, kind } => {
                for (_, one) in url.alternatives() {
                    let known = known_beginning(one);
                    let why = known.as_ref().and_then(|url| self.request(url, kind));
                    if let (Some(url), true) = (known.filter(|_| why.is_some()), signs.urls.len() < URLS) {
                        signs.urls.push(url.into());
                    }
                    signs.add_request(span, why);
                }
            }
            EventKind::Markup { html } => {
                signs.add_request(span, html.as_str().and_then(|html| self.markup(html)));
            }
            EventKind::AdUnit { .. } => {
                let roles = ["header-bidding".into()];
                let party = Party { roles: &roles, ..Party::default() };
                let why = self.why(&party, None, event.evidence);
                signs.data.extend(why.map(|why| (span.0, why)));
            }
            EventKind::Call { .. } | EventKind::Assign { .. } => {}
        }
    }

    fn why_of_act(&self, act: &Act) -> Option<Arc<Why>> {
        match &act.product {
            Some(product) => self.why_of_product(product, Some(act.rule.clone()), act.evidence),
            None if act.is_ad_unit => {
                let roles = ["header-bidding".into()];
                let party = Party { rule: Some(&act.rule), roles: &roles, ..Party::default() };
                self.why(&party, Some(act.rule.clone()), act.evidence)
            }
            None => None,
        }
    }

    pub(super) fn why_of_product(
        &self,
        product: &Product,
        rule: Option<Arc<str>>,
        evidence: Evidence,
    ) -> Option<Arc<Why>> {
        let roles = [product.role.clone()];
        let party =
            Party { rule: rule.as_deref(), product: Some(&product.id), network: Some(&product.network), roles: &roles };
        let mut why = Why::clone(&*self.why(&party, rule.clone(), evidence)?);
        (why.network, why.product) = (Some(product.network.clone()), Some(product.id.clone()));
        why.stub = product.stub.clone().filter(|_| self.engine.policy().has_stubs());
        Some(Arc::new(why))
    }

    /// Why it may be cut, if the policy is against the party and the evidence is good enough.
    pub(super) fn why(&self, party: &Party<'_>, rule: Option<Arc<str>>, evidence: Evidence) -> Option<Arc<Why>> {
        let policy = self.engine.policy();
        let decision: Decision<'_> = policy.decide(party, self.page);
        let is_cut = decision.action() != crate::block::Action::Allow && evidence <= policy.least_evidence();
        let reason = decision.reason();
        is_cut.then(|| Arc::new(Why { reason, ..Why::new(rule, party.network.map(Arc::from), evidence) }))
    }

    fn request(&self, url: &str, kind: &str) -> Option<Arc<Why>> {
        // Scripts leave the scheme to the page.
        let whole = if url.starts_with("//") { format!("https:{url}") } else { url.to_owned() };
        let request = Request::new(&whole)
            .with_source(self.page.url().unwrap_or_default())
            .with_kind(RequestKind::of_name(kind).unwrap_or_default());
        self.engine.why_blocked(&request)
    }

    /// Markup that holds ads and nothing else.
    fn markup(&self, html: &str) -> Option<Arc<Why>> {
        self.has_read_markup.set(true);
        if self.level >= LEVELS {
            return None;
        }
        let page = self.engine.splitter.split_html(html, self.page.url(), 0);
        let mut found = None;
        for part in &page.parts {
            let why = match part {
                Part::Request(request) => Some(self.request(&request.url, RequestKind::from(request.kind).name())?),
                Part::Script(script) if script.kind == ScriptKind::Inline => Some(self.inline(&script.text)?),
                Part::Script(script) if script.kind == ScriptKind::External => {
                    Some(self.request(script.src.as_deref()?, "script")?)
                }
                Part::Script(_) => return None,
                Part::Element(_) | Part::Style(_) | Part::Text(_) => None,
            };
            found = found.or(why);
        }
        found.filter(|_| !has_visible_text(html))
    }

    /// A script in markup: all of it must serve ads.
    fn inline(&self, code: &str) -> Option<Arc<Why>> {
        let judged = Judged { code, ..Judged::default() };
        let verdict = self.engine.judge_at(judged, self.page, self.level + 1);
        (verdict.action == crate::block::Action::Block).then(|| verdict.cuts[0].why.clone())
    }
}

impl Witness for Court<'_> {
    fn global(&self, path: &str) -> Option<Arc<Why>> {
        let mut products = self.engine.detector.products_of_global(path);
        products.find_map(|product| {
            let rule = format!("{}.global", product.id).into();
            self.why_of_product(product, Some(rule), Evidence::Evaluated)
        })
    }

    fn url(&self, url: &str) -> Option<Arc<Why>> {
        self.request(url, "script")
    }
}

/// The bytes of a script that begins at `base` in the document.
fn within(span: Span, base: u32) -> Option<(u32, u32)> {
    Some((span.start.checked_sub(base)?, span.end.checked_sub(base)?))
}

/// A URL as far as it is known; with a host that is whole.
fn known_beginning(url: &Value) -> Option<String> {
    let text = match url {
        Value::String(text) => return Some(text.to_string()),
        Value::Text(pieces) => pieces,
        _ => return None,
    };
    // `location.protocol + "//host/…"`.
    let known = text.iter().take(2).find_map(Value::as_str)?;
    let at = known.find("//")?;
    let has_host = known[at + 2..].contains(['/', '?']);
    (has_host && Location::of_url(&known[at..]).is_some()).then(|| known[at..].to_owned())
}

/// Is there text between the tags that a reader would see? Scripts and styles are none.
fn has_visible_text(html: &str) -> bool {
    let mut rest = html;
    loop {
        let Some(open) = rest.find('<') else { return !rest.trim().is_empty() };
        if !rest[..open].trim().is_empty() {
            return true;
        }
        rest = &rest[open..];
        let is_raw = |name: &str| rest.get(1..=name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        let end = match ["script", "style"].into_iter().find(|name| is_raw(name)) {
            Some(name) => {
                rest.get(1..).and_then(|inside| inside.to_ascii_lowercase().find(&format!("</{name}"))).map(|at| at + 1)
            }
            None => Some(0),
        };
        let Some(closed) = end.and_then(|from| rest[from..].find('>').map(|at| from + at + 1)) else { return false };
        rest = &rest[closed..];
    }
}

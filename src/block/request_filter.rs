//! Verdicts on requests: the policy's word about whoever is behind them, and what filter lists say.
//!
//! What the user's own policy allows, nothing blocks. Otherwise either source may block; an exception of a list speaks for
//! the lists alone. Fails open: what cannot be read is allowed.

use super::address::Addressed;
use super::answer::Answers;
#[cfg(feature = "filter-lists")]
use super::filter_lists::FilterLists;
use super::party_index::{FoundParty, PartyIndex};
use super::policy::{Decision, Policy};
use super::policy_word::Action;
use super::request::{Request, RequestKind};
use super::verdict::{Answer, Reason, RequestVerdict};
use crate::detect::Detector;
#[cfg(feature = "filter-lists")]
use arc_swap::ArcSwapOption;
use std::sync::Arc;

/// What judges requests. Shared by reference; lists are swapped under way.
#[derive(Debug)]
pub struct RequestFilter {
    parties: PartyIndex,
    policy: Arc<Policy>,
    #[cfg(feature = "filter-lists")]
    lists: ArcSwapOption<FilterLists>,
}

impl RequestFilter {
    /// A filter by rules, registry and policy; without lists.
    #[must_use]
    pub fn new(detector: &Detector, policy: Policy) -> Self {
        Self {
            parties: PartyIndex::new(detector),
            policy: Arc::new(policy),
            #[cfg(feature = "filter-lists")]
            lists: ArcSwapOption::empty(),
        }
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The same filter with another policy.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { policy: Arc::new(policy), ..self }
    }

    /// Puts lists in the place of those before. Requests under way are judged by the old ones.
    #[cfg(feature = "filter-lists")]
    pub fn set_lists(&self, lists: Option<Arc<FilterLists>>) {
        self.lists.store(lists);
    }

    /// The lists of this moment.
    #[cfg(feature = "filter-lists")]
    #[must_use]
    pub fn lists(&self) -> Option<Arc<FilterLists>> {
        self.lists.load_full()
    }

    /// The verdict on a request.
    #[must_use]
    pub fn check(&self, request: &Request<'_>) -> RequestVerdict {
        let addressed = Addressed::new(request);
        // Whom a visitor asks for by name is the visitor's business.
        let is_visit = request.kind == RequestKind::Document;
        let found = self.parties.find(&addressed);
        let page_host = addressed.page_host.as_deref();
        let decision = found
            .as_ref()
            .filter(|_| !is_visit)
            .map_or_else(Decision::default, |found| self.policy.decide_at(&found.party(), page_host));
        let network = found.as_ref().map(|found| found.known.network.clone());
        let stub = found.as_ref().and_then(|found| self.stub(found, request));
        if decision.action() == Action::Block {
            return RequestVerdict { network, ..blocked(decision.reason(), stub, request.kind) };
        }
        let verdict = self.check_lists(&addressed, &decision, stub);
        RequestVerdict { network, reason: verdict.reason.or_else(|| decision.reason()), ..verdict }
    }

    #[cfg(feature = "filter-lists")]
    fn check_lists(
        &self,
        addressed: &Addressed<'_>,
        decision: &Decision<'_>,
        stub: Option<Arc<Answer>>,
    ) -> RequestVerdict {
        let is_allowed_by_user = decision.word.is_some_and(|word| word.is_own);
        let lists = self.lists.load();
        let Some(lists) = lists.as_ref().filter(|_| !is_allowed_by_user) else { return RequestVerdict::default() };
        let verdict = lists.check_addressed(addressed);
        let is_block = verdict.is_block();
        let rule = if is_block { verdict.rule } else { verdict.exception };
        let reason = rule.map(|rule| Reason::Filter(Arc::new(rule)));
        if is_block {
            return blocked(reason, verdict.answer.or(stub), addressed.request.kind);
        }
        RequestVerdict { reason, url: verdict.url, ..RequestVerdict::default() }
    }

    #[cfg(not(feature = "filter-lists"))]
    fn check_lists(&self, _: &Addressed<'_>, _: &Decision<'_>, _: Option<Arc<Answer>>) -> RequestVerdict {
        RequestVerdict::default()
    }

    /// The inert library in the place of a product's script.
    fn stub(&self, found: &FoundParty<'_>, request: &Request<'_>) -> Option<Arc<Answer>> {
        let is_script =
            request.kind == RequestKind::Script || request.kind == RequestKind::Other && is_script_url(request.url);
        let name = found.known.stub.as_deref().filter(|_| is_script && self.policy.has_stubs())?;
        Answers::built_in().named(name).cloned()
    }
}

fn blocked(reason: Option<Reason>, answer: Option<Arc<Answer>>, kind: RequestKind) -> RequestVerdict {
    let answer = answer.or_else(|| Answers::built_in().empty(kind).cloned());
    RequestVerdict { action: Action::Block, reason, answer, ..RequestVerdict::default() }
}

fn is_script_url(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    path.ends_with(".js") || path.ends_with(".mjs")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Registry;
    use crate::rule::RuleSet;
    use std::sync::LazyLock;

    static DETECTOR: LazyLock<Detector> =
        LazyLock::new(|| Detector::new(Arc::new(RuleSet::built_in()), Registry::built_in()));

    fn filter(policy: &str) -> RequestFilter {
        let policy = Policy::built_in().with_text("mine.toml", policy).unwrap_or_else(|error| panic!("{error}"));
        RequestFilter::new(&DETECTOR, policy)
    }

    fn ask<'r>(url: &'r str, kind: &str) -> Request<'r> {
        Request::new(url).with_source("https://news.example/").with_kind(RequestKind::of_name(kind).unwrap())
    }

    fn verdict(filter: &RequestFilter, url: &str, kind: &str) -> String {
        let verdict = filter.check(&ask(url, kind));
        let answer = verdict.answer.as_ref().map_or("", |answer| &answer.name);
        let reason = verdict.reason.as_ref().map(ToString::to_string).unwrap_or_default();
        let words = reason.split(" (").next().unwrap_or_default();
        format!("{} {} {words} {answer}", verdict.action, verdict.network.as_deref().unwrap_or("-"))
    }

    #[test]
    fn ads_are_blocked_and_their_libraries_answered_with_inert_ones() {
        let filter = filter("");
        let of = |url, kind| verdict(&filter, url, kind);
        let gpt = "https://securepubads.g.doubleclick.net/tag/js/gpt.js";
        assert_eq!(of(gpt, "script"), "block google block role ad-server googletag");
        assert_eq!(of(gpt, "other"), "block google block role ad-server googletag");
        assert_eq!(
            of("https://ib.adnxs.com/getuid?x", "image"),
            "block microsoft-monetize block role ad-server empty-image"
        );
        assert_eq!(of("https://www.google-analytics.com/analytics.js", "script"), "allow google allow role analytics ");
        assert_eq!(of("https://consent.cookiebot.com/uc.js", "script").split(' ').next(), Some("allow"));
        assert_eq!(of("https://cdn.jwplayer.com/libraries/abc.js", "script").split(' ').next(), Some("allow"));
        assert_eq!(of("https://news.example/app.js", "script"), "allow -  ");
        for odd in ["", "x", "data:text/html,x", "https://", "https://\u{0}/", "https://[::1]:80/x", "//"] {
            assert_eq!(of(odd, "script"), "allow -  ", "{odd:?}");
        }
    }

    #[test]
    fn sites_of_their_own_and_visits_are_let_be() {
        let filter = filter("");
        let own = Request::new("https://www.taboola.com/app.js").with_source("https://www.taboola.com/");
        assert!(!filter.check(&own).is_block());
        let visit = Request::new("https://www.taboola.com/").with_kind(RequestKind::Document);
        assert!(!filter.check(&visit).is_block());
        assert_eq!(filter.check(&visit).network.as_deref(), Some("taboola"));
        assert!(filter.check(&own.with_source("https://news.example/")).is_block());
    }

    #[test]
    fn the_policy_can_do_without_stubs() {
        let gpt = "https://securepubads.g.doubleclick.net/tag/js/gpt.js";
        assert_eq!(verdict(&filter("stubs = false"), gpt, "script"), "block google block role ad-server empty-script");
    }

    #[test]
    #[cfg(feature = "filter-lists")]
    fn lists_block_too_but_not_what_the_user_allows() {
        use super::super::{FilterList, Trust};
        let list = "||news.example/promo/\n||cookiebot.com^\n@@||news.example/promo/kept\n||trk.example^$script,redirect=noop.js\n\
                    ||p.example^$removeparam=utm\n";
        let own = filter("products.allow = ['cookiebot']");
        let built_in = filter("");
        let lists = Arc::new(FilterLists::new(&[FilterList::new("mine.txt", list).with_trust(Trust::Trusted)]));
        own.set_lists(Some(lists.clone()));
        built_in.set_lists(Some(lists));
        let of = |url, kind| verdict(&own, url, kind);
        assert_eq!(of("https://news.example/promo/x.png", "image"), "block - ||news.example/promo/ empty-image");
        assert_eq!(of("https://news.example/promo/kept.png", "image"), "allow - @@||news.example/promo/kept ");
        assert_eq!(
            of("https://trk.example/t.js", "script"),
            "block - ||trk.example^$script,redirect=noop.js empty-script"
        );
        let cookiebot = "https://consent.cookiebot.com/uc.js";
        assert_eq!(of(cookiebot, "script").split(' ').next(), Some("allow"), "the user's word counts before a list");
        assert_eq!(verdict(&built_in, cookiebot, "script").split(' ').next(), Some("block"));
        let params = own.check(&ask("https://p.example/?utm=1&id=2", "document"));
        assert_eq!((params.is_block(), params.url.as_deref()), (false, Some("https://p.example/?id=2")));
        own.set_lists(None);
        assert_eq!(of("https://trk.example/t.js", "script"), "allow -  ");
    }

    #[test]
    fn every_stub_and_every_name_in_the_policy_exists() {
        let (rules, registry) = (DETECTOR.rules(), Registry::built_in());
        for product in rules.products() {
            let stub = product.stub.as_deref();
            assert!(
                stub.is_none_or(|name| Answers::built_in().libraries().any(|known| *known.name == *name)),
                "{}",
                product.id
            );
        }
        let policy = Policy::built_in();
        assert_eq!(policy.unknown_names(rules, registry), Vec::<&super::super::PolicyWord>::new());
        assert_eq!(filter("networks.block = ['nobody']").policy().unknown_names(rules, registry).len(), 1);
    }
}

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
use super::request::{Request, RequestKind};
use super::verdict::{Action, Answer, Reason, RequestVerdict};
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

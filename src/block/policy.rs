//! What becomes of whom: the words of policy files, and which of them counts.
//!
//! In: a [`Party`] (who is behind a request or finding) and the site. Out: a [`Decision`] that names the word it rests
//! on. The nearest site speaks first, then everybody's section; in each, what is said of the rule counts before the
//! product, the product before the network, the network before its roles. Of several roles one that is blocked
//! decides. Where nothing is said, all may pass.

use super::page_context::PageContext;
use super::policy_word::{Action, PolicyWord, Subject};
use super::verdict::Reason;
use crate::base::Evidence;
use crate::network::Registry;
use crate::rule::RuleSet;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The role of whoever is behind a bidder code.
pub(crate) const BIDDER: &str = "bidder";
/// The role of an organisation of which only an ad domain is known.
pub(crate) const AD_NETWORK: &str = "ad-network";

/// What to do about ads: built in, and the user's own words on top.
#[derive(Clone, Debug)]
pub struct Policy {
    pub(super) general: Section,
    /// Sections of sites by host; a host stands for its subdomains too.
    pub(super) sites: FxHashMap<Box<str>, Section>,
    pub(super) least_evidence: Evidence,
    pub(super) stubs: bool,
    pub(super) inserts: Inserts,
}

/// What a rewritten page is given in place of what goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inserts {
    /// An inert library where a library is dropped, so that what is left of the page meets one.
    pub stubs: bool,
    /// A style that hides what rules and filter lists know to be a place for ads.
    pub hiding: bool,
}

/// What is said for one site, or for all.
#[derive(Clone, Debug, Default)]
pub(super) struct Section {
    rules: Words,
    products: Words,
    networks: Words,
    roles: Words,
}

/// Words by the name of their subject.
type Words = FxHashMap<Arc<str>, Arc<PolicyWord>>;

/// Who is behind a request or finding, as far as that is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Party<'p> {
    /// Id of the rule that told.
    pub rule: Option<&'p str>,
    /// Id of the product.
    pub product: Option<&'p str>,
    /// Id of the network.
    pub network: Option<&'p str>,
    /// The product's role, or all roles of the network where no product is known.
    pub roles: &'p [Arc<str>],
}

/// What the policy says about somebody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Decision<'p> {
    /// The word that decides; `None` where nothing is said.
    pub word: Option<&'p Arc<PolicyWord>>,
}

impl Decision<'_> {
    /// What to do: what nobody speaks of may pass.
    #[must_use]
    pub fn action(&self) -> Action {
        self.word.map_or(Action::Allow, |word| word.action)
    }

    /// The word, as the reason of a verdict.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        self.word.cloned().map(Reason::Policy)
    }
}

impl Policy {
    /// A policy that has nothing against anybody.
    #[must_use]
    pub fn allow_all() -> Self {
        Self {
            general: Section::default(),
            sites: FxHashMap::default(),
            least_evidence: Evidence::Markup,
            stubs: true,
            inserts: Inserts::default(),
        }
    }

    /// May this party do its work on this page?
    ///
    /// ```
    /// use adsieve::{Action, PageContext, Party, Policy};
    ///
    /// let policy = Policy::built_in();
    /// let party = Party { network: Some("magnite"), roles: &["ssp".into()], ..Party::default() };
    /// assert_eq!(policy.decide(&party, &PageContext::unknown()).action(), Action::Block);
    /// ```
    #[must_use]
    pub fn decide(&self, party: &Party<'_>, page: &PageContext) -> Decision<'_> {
        self.decide_at(party, page.host())
    }

    /// The same by the host of the page.
    pub(super) fn decide_at(&self, party: &Party<'_>, host: Option<&str>) -> Decision<'_> {
        let sites = self.sections(host);
        Decision { word: sites.chain([&self.general]).find_map(|section| section.word(party)) }
    }

    /// The sections of a host and its parents, the nearest first.
    fn sections<'p, 'h>(&'p self, host: Option<&'h str>) -> impl Iterator<Item = &'p Section> + use<'p, 'h> {
        let host = host.filter(|_| !self.sites.is_empty());
        let hosts = std::iter::successors(host, |host| host.split_once('.').map(|(_, parent)| parent));
        hosts.filter_map(|host| self.sites.get(host))
    }

    /// The weakest evidence on which scripts and elements are touched.
    #[must_use]
    pub fn least_evidence(&self) -> Evidence {
        self.least_evidence
    }

    /// Are blocked libraries answered with inert ones, so that pages go on?
    #[must_use]
    pub fn has_stubs(&self) -> bool {
        self.stubs
    }

    /// What a rewritten page is given in place of what goes.
    #[must_use]
    pub fn inserts(&self) -> Inserts {
        Inserts { stubs: self.inserts.stubs && self.stubs, ..self.inserts }
    }

    /// Words about rules, products and networks that nobody knows: they most likely say something else than was meant.
    #[must_use]
    pub fn unknown_names(&self, rules: &RuleSet, registry: &Registry) -> Vec<&PolicyWord> {
        let is_known = |subject: &Subject| match subject {
            Subject::Rule(id) => rules.rule(id).is_some(),
            Subject::Product(id) => rules.product(id).is_some(),
            Subject::Network(id) => registry.network(id).is_some(),
            Subject::Role(_) => true,
        };
        self.words().into_iter().filter(|word| !is_known(&word.subject)).collect()
    }

    /// Every word, those for all sites first, then by site.
    #[must_use]
    pub fn words(&self) -> Vec<&PolicyWord> {
        let sections = [&self.general].into_iter().chain(self.sites.values());
        let mut words: Vec<&PolicyWord> = sections.flat_map(Section::words).collect();
        words.sort_by(|left, right| (&left.site, &left.subject).cmp(&(&right.site, &right.subject)));
        words
    }
}

impl Section {
    /// Adds a word; an older one about the same subject goes.
    pub fn say(&mut self, word: PolicyWord) {
        let words = match &word.subject {
            Subject::Rule(_) => &mut self.rules,
            Subject::Product(_) => &mut self.products,
            Subject::Network(_) => &mut self.networks,
            Subject::Role(_) => &mut self.roles,
        };
        words.insert(word.subject.name().clone(), Arc::new(word));
    }

    fn word(&self, party: &Party<'_>) -> Option<&Arc<PolicyWord>> {
        let named = [(&self.rules, party.rule), (&self.products, party.product), (&self.networks, party.network)];
        named.into_iter().find_map(|(words, name)| words.get(name?)).or_else(|| {
            let words = party.roles.iter().filter_map(|role| self.roles.get(role));
            words.reduce(|one, other| if other.action > one.action { other } else { one })
        })
    }

    fn words(&self) -> impl Iterator<Item = &PolicyWord> {
        let all = [&self.rules, &self.products, &self.networks, &self.roles];
        all.into_iter().flat_map(|words| words.values()).map(|word| &**word)
    }
}

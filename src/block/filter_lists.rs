//! Filter lists, compiled: what they say about requests and pages.
//!
//! The meaning of rules is the `adblock` crate's. Around it stand an index that answers most requests
//! without it ([`CandidateIndex`]), the names and lines of rules, and what a list's author may not say ([`Trust`](super::Trust)).
//!
//! In: [`FilterList`]s; requests and pages. Out: [`ListVerdict`]s, selectors to hide, policies to add.
//! Immutable once compiled and shared by threads; a new set takes the place of an old one as a whole.
//!
//! [`CandidateIndex`]: super::list_index::CandidateIndex

use super::address::{Addressed, MAX_LABELS};
use super::answer::Answers;
use super::list::{FilterList, ListMistake};
use super::list_index::{Asked, CandidateIndex, Filed, Filing};
use super::list_line::{self, Syntax};
use super::request::{Request, RequestKind};
use super::verdict::{Answer, FilterRule};
use adblock::blocker::BlockerResult;
use adblock::filters::network::NetworkFilterMask;
use adblock::lists::{FilterSet, ParsedLine, parse_filter};
use adblock::request::Request as AskedRequest;
use adblock::sourcemap::FilterRuleDebugInfo;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

/// Filter lists, compiled.
pub struct FilterLists {
    pub(super) matcher: adblock::Engine,
    pub(super) index: CandidateIndex,
    pub(super) names: Vec<Arc<str>>,
    mistakes: Vec<ListMistake>,
}

/// What lists say about a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListVerdict {
    /// The rule that blocks, also where an exception saves the request.
    pub rule: Option<FilterRule>,
    /// The exception that saves it.
    pub exception: Option<FilterRule>,
    /// Does the rule block whatever exceptions say (`$important`)?
    pub is_important: bool,
    /// What to answer with (`$redirect`), as far as adsieve has it.
    pub answer: Option<Arc<Answer>>,
    /// The URL without the params that lists take away (`$removeparam`).
    pub url: Option<String>,
}

impl ListVerdict {
    /// Do the lists block it?
    #[must_use]
    pub fn is_block(&self) -> bool {
        self.is_important || self.rule.is_some() && self.exception.is_none()
    }
}

/// What lists hide on a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HiddenOnPage {
    /// Selectors for this page, sorted.
    pub selectors: Vec<String>,
    /// Is the page spared the rules that hold everywhere (`$generichide`)?
    pub is_spared_generic: bool,
    /// What generic rules must leave alone here.
    exceptions: HashSet<String>,
}

impl FilterLists {
    /// Compiles lists. Takes some hundred milliseconds for the usual ones: see [`FilterLists::cached`].
    ///
    /// There is no error to handle: lines that are not used stand in [`FilterLists::mistakes`].
    #[must_use]
    pub fn new(lists: &[FilterList]) -> Self {
        let (mut mistakes, mut filing) = (Vec::new(), Filing::default());
        // With the texts of rules kept: verdicts name them.
        let mut set = FilterSet::new(true);
        for list in lists {
            let syntax = list.syntax();
            let text = list.usable_text(syntax, &mut mistakes);
            file_rules(&text, syntax, &mut filing);
            set.add_filter_list(text, list_line::options(syntax));
        }
        let mut matcher = adblock::Engine::new_with_filter_set_no_optimize(set);
        matcher.use_resources(Answers::built_in().resources());
        let names = lists.iter().map(|list| list.name.clone()).collect();
        Self { matcher, index: CandidateIndex::new(filing.finish()), names, mistakes }
    }

    /// Lists that were compiled before.
    pub(super) fn from_parts(matcher: adblock::Engine, filed: Filed, names: Vec<Arc<str>>) -> Self {
        let mut matcher = matcher;
        matcher.use_resources(Answers::built_in().resources());
        Self { matcher, index: CandidateIndex::new(filed), names, mistakes: Vec::new() }
    }

    /// The lines that are not used, list by list; none of lists that came from a cache.
    #[must_use]
    pub fn mistakes(&self) -> &[ListMistake] {
        &self.mistakes
    }

    /// How many rules for requests there are that can block or change one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.filed().rules.len()
    }

    /// Is there no such rule?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the lists say about a request.
    #[must_use]
    pub fn check(&self, request: &Request<'_>) -> ListVerdict {
        self.check_addressed(&Addressed::new(request))
    }

    pub(super) fn check_addressed(&self, addressed: &Addressed<'_>) -> ListVerdict {
        if !self.may_match(addressed) {
            return ListVerdict::default();
        }
        let Some(asked) = asked(&addressed.request) else { return ListVerdict::default() };
        self.verdict(self.matcher.check_network_request(&asked))
    }

    /// May a rule concern the request? Where it cannot be told cheaply, yes.
    fn may_match(&self, addressed: &Addressed<'_>) -> bool {
        let Some(host) = addressed.host.as_deref().filter(|_| addressed.is_plain) else { return true };
        let mut hashes = [0_u64; MAX_LABELS];
        let count = hash_parents(addressed.page_host.as_deref().unwrap_or_default(), &mut hashes);
        self.index.may_match(&Asked {
            url: &addressed.url,
            original: addressed.request.url,
            host,
            kind: kind_mask(&addressed.request),
            page: &hashes[..count],
        })
    }

    fn verdict(&self, result: BlockerResult) -> ListVerdict {
        let BlockerResult { filter, exception, important, redirect, rewritten_url } = result;
        ListVerdict {
            rule: filter.map(|rule| self.rule(rule, false)),
            exception: exception.map(|rule| self.rule(rule, true)),
            is_important: important,
            answer: redirect.and_then(|url| Answers::built_in().of_data_url(&url)),
            url: rewritten_url,
        }
    }

    fn rule(&self, info: FilterRuleDebugInfo, is_exception: bool) -> FilterRule {
        let location = info.source_location;
        let list = location.as_ref().and_then(|at| self.names.get(at.source_index as usize));
        FilterRule {
            text: info.raw_line.unwrap_or_default().into(),
            list: list.cloned().unwrap_or_default(),
            line: location.map_or(0, |at| at.line_number + 1),
            is_exception,
        }
    }

    /// Content security policies that lists add to a page (`$csp`), for its header; only trusted ones may.
    #[must_use]
    pub fn policies(&self, request: &Request<'_>) -> Option<String> {
        let mut directives: Vec<String> = Vec::new();
        let joined = self.matcher.get_csp_directives(&asked(request)?)?;
        directives.extend(joined.split(',').map(str::to_owned));
        // The matcher joins them in no order.
        directives.sort();
        Some(directives.join(", "))
    }

    /// What the lists hide on the page at a URL, beside what its classes and ids add.
    #[must_use]
    pub fn hidden_on_page(&self, url: &str) -> HiddenOnPage {
        let found = self.matcher.url_cosmetic_resources(url);
        let mut selectors: Vec<String> = found.hide_selectors.into_iter().collect();
        selectors.sort();
        HiddenOnPage { selectors, is_spared_generic: found.generichide, exceptions: found.exceptions }
    }

    /// Selectors that the lists hide on every page, by the classes and ids that this page has; sorted.
    #[must_use]
    pub fn hidden_by_names<'n>(
        &self,
        page: &HiddenOnPage,
        classes: impl IntoIterator<Item = &'n str>,
        ids: impl IntoIterator<Item = &'n str>,
    ) -> Vec<String> {
        if page.is_spared_generic {
            return Vec::new();
        }
        let mut selectors = self.matcher.hidden_class_id_selectors(classes, ids, &page.exceptions);
        selectors.sort();
        selectors.dedup();
        selectors
    }
}

impl fmt::Debug for FilterLists {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("FilterLists").field("names", &self.names).field("rules", &self.len()).finish_non_exhaustive()
    }
}

fn file_rules(text: &str, syntax: Syntax, filing: &mut Filing) {
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Ok(ParsedLine::Network(filter)) = parse_filter(line, false, list_line::options(syntax)) {
            filing.add(&filter);
        }
    }
}

fn asked(request: &Request<'_>) -> Option<AskedRequest> {
    AskedRequest::new(request.url, request.source_url, kind_name(request.kind), request.method).ok()
}

/// The name by which the matcher knows a kind.
fn kind_name(kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::Frame => "subdocument",
        RequestKind::Style => "stylesheet",
        RequestKind::Fetch => "xmlhttprequest",
        other => other.name(),
    }
}

fn kind_mask(request: &Request<'_>) -> NetworkFilterMask {
    if request.url.len() > 2 && request.url.as_bytes()[..2].eq_ignore_ascii_case(b"ws") {
        return NetworkFilterMask::FROM_WEBSOCKET;
    }
    match request.kind {
        RequestKind::Document => NetworkFilterMask::FROM_DOCUMENT,
        RequestKind::Frame => NetworkFilterMask::FROM_SUBDOCUMENT,
        RequestKind::Script => NetworkFilterMask::FROM_SCRIPT,
        RequestKind::Style => NetworkFilterMask::FROM_STYLESHEET,
        RequestKind::Image => NetworkFilterMask::FROM_IMAGE,
        RequestKind::Font => NetworkFilterMask::FROM_FONT,
        RequestKind::Media => NetworkFilterMask::FROM_MEDIA,
        RequestKind::Object => NetworkFilterMask::FROM_OBJECT,
        RequestKind::Fetch => NetworkFilterMask::FROM_XMLHTTPREQUEST,
        RequestKind::Ping => NetworkFilterMask::FROM_PING,
        RequestKind::WebSocket => NetworkFilterMask::FROM_WEBSOCKET,
        RequestKind::Other => NetworkFilterMask::FROM_OTHER,
    }
}

/// Hashes the host and its parents as the matcher does; how many there are.
fn hash_parents(host: &str, hashes: &mut [u64; MAX_LABELS]) -> usize {
    let parents = std::iter::successors(Some(host), |host| host.split_once('.').map(|(_, parent)| parent));
    let mut count = 0;
    for (parent, hash) in parents.filter(|parent| !parent.is_empty()).zip(hashes.iter_mut()) {
        *hash = adblock::utils::fast_hash(parent);
        count += 1;
    }
    count
}

//! Composes the stages, bytes → [`Scan`]; the only place that knows the whole pipeline.
//!
//! In: the bytes of one page, script or text. Out: what was found in it. An [`Engine`]
//! is compiled once from a rule set, immutable, `Send + Sync`, and shared by reference.

mod anchors;
mod clean_page;
mod court;
mod example;
mod judge;
mod judged_text;
mod leaked_text;
mod page_dom;
mod page_run;
mod reach;
mod rewrite;
mod saved;
mod scan;
pub mod stages;
mod verdict_cache;

pub use crate::input::{Container, ResourceKind, ResourceText};
pub use crate::page::ScriptKind;
pub use rewrite::PageJudge;
pub use scan::{Outcome, Scan, ScanOptions, ScriptRecord};

use crate::base::Limits;
#[cfg(feature = "filter-lists")]
use crate::block::{FilterLists, RequestKind};
use crate::block::{Policy, Request, RequestFilter, RequestVerdict};
#[cfg(feature = "filter-lists")]
use crate::detect::FoundRequest;
use crate::detect::{Bundle, Detected, Detector, Prefilter, bundle_of};
use crate::evaluate::Interests;
use crate::input::{self, Archive, Document, SavedDocument};
use crate::network::Registry;
use crate::page::{Splitter, Wanted};
use crate::rule::RuleSet;
use crate::script::Anchors;
use page_run::{Kept, PageRun};
use rustc_hash::FxHashSet;
use std::sync::Arc;
use verdict_cache::VerdictCache;

/// Literals that make text and attributes worth reading, and code worth harvesting.
const BIDDER: &str = "bidder";

fn prefilter(rules: &RuleSet, registry: &Registry) -> Prefilter {
    // A script that names a network's domain asks it for something.
    let domains = registry.networks().flat_map(|network| network.domains.iter()).map(|domain| &**domain);
    let literals: Vec<&str> = domains.chain([BIDDER]).collect();
    Prefilter::new(rules, &literals)
}

fn splitter(detector: &Detector, limits: &Limits) -> (Splitter, Anchors) {
    let anchors = anchors::of_rules(detector.rules());
    (Splitter::new(&wanted(detector, &anchors), limits), anchors)
}

/// What the rules want to see of a page.
fn wanted(detector: &Detector, anchors: &Anchors) -> Wanted {
    let text_anchors = anchors.literals().map(str::to_owned).collect();
    Wanted { json_anchors: vec![BIDDER.into()], text_anchors, ..detector.wanted() }
}

/// Rules, compiled and ready to meet pages.
#[derive(Debug)]
pub struct Engine {
    detector: Detector,
    interests: Interests,
    prefilter: Option<Prefilter>,
    splitter: Splitter,
    anchors: Anchors,
    limits: Limits,
    requests: RequestFilter,
    /// Names of elements that may be containers of ads.
    containers: Arc<FxHashSet<String>>,
    verdicts: VerdictCache,
}

impl Engine {
    /// Compiles a rule set. Costs a few milliseconds: build it once.
    #[must_use]
    pub fn new(rules: RuleSet) -> Self {
        Self::with_registry(rules, Registry::built_in())
    }

    /// Compiles a rule set over a registry that knows more than the built-in one.
    #[must_use]
    pub fn with_registry(rules: RuleSet, registry: &'static Registry) -> Self {
        let limits = Limits::default();
        let detector = Detector::new(Arc::new(rules), registry);
        let rules = detector.rules();
        // Each of these takes some thousandths of a second, which a first page waits for.
        let ((prefilter, interests), ((splitter, anchors), requests)) = rayon::join(
            || rayon::join(|| prefilter(rules, registry), || rules.interests()),
            || rayon::join(|| splitter(&detector, &limits), || RequestFilter::new(&detector, Policy::built_in())),
        );
        let containers = rewrite::container_names(&detector);
        Self {
            interests,
            prefilter: Some(prefilter),
            splitter,
            anchors,
            limits,
            detector,
            requests,
            containers,
            verdicts: VerdictCache::default(),
        }
    }

    /// An engine with the rules that come with the library.
    #[must_use]
    pub fn built_in() -> Self {
        Self::new(RuleSet::built_in())
    }

    /// The rules that it looks for.
    #[must_use]
    pub fn rules(&self) -> &RuleSet {
        self.detector.rules()
    }

    /// What it does about ads.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        self.requests.policy()
    }

    /// The same engine with another policy.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { requests: self.requests.with_policy(policy), verdicts: VerdictCache::default(), ..self }
    }

    /// May a request go out?
    ///
    /// By the policy about whoever is behind it, and by the filter lists, where there are any. What cannot be
    /// read is allowed.
    ///
    /// ```
    /// use adsieve::{Engine, Request, RequestKind};
    ///
    /// let engine = Engine::built_in();
    /// let request = Request::new("https://ib.adnxs.com/ut/v3/prebid").with_source("https://news.example/");
    /// let verdict = engine.check_request(&request.with_kind(RequestKind::Fetch));
    /// assert!(verdict.is_block());
    /// assert_eq!(verdict.network.as_deref(), Some("microsoft-monetize"));
    /// ```
    #[must_use]
    pub fn check_request(&self, request: &Request<'_>) -> RequestVerdict {
        self.requests.check(request)
    }

    /// Puts filter lists in the place of those before; requests under way are judged by the old ones.
    #[cfg(feature = "filter-lists")]
    pub fn set_lists(&self, lists: Option<Arc<FilterLists>>) {
        self.requests.set_lists(lists);
        self.verdicts.clear();
    }

    /// The filter lists of this moment.
    #[cfg(feature = "filter-lists")]
    #[must_use]
    pub fn lists(&self) -> Option<Arc<FilterLists>> {
        self.requests.lists()
    }

    /// The same engine with other bounds.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        let splitter = Splitter::new(&wanted(&self.detector, &self.anchors), &limits);
        Self { splitter, limits, verdicts: VerdictCache::default(), ..self }
    }

    /// The same engine, evaluating every script: slower, and finds the same.
    #[must_use]
    pub fn without_prefilter(self) -> Self {
        Self { prefilter: None, verdicts: VerdictCache::default(), ..self }
    }

    /// Finds ad code in one page, script or text; content decides which it is, `options.name` where that leaves it open.
    ///
    /// Findings come in order of their place; spans count bytes of [`Scan::text`]. There is no
    /// error to handle: what could not be read stands in [`Scan::diagnostics`].
    ///
    /// ```
    /// let engine = adsieve::Engine::built_in();
    /// let scan = engine.scan_bytes(b"<script>pbjs.aliasBidder('appnexus', 'acme')</script>", &Default::default());
    /// assert_eq!(scan.findings[0].capture("ALIAS"), Some("acme"));
    /// ```
    #[must_use]
    pub fn scan_bytes(&self, bytes: &[u8], options: &ScanOptions) -> Scan {
        let origin = input::Origin {
            name: options.name.as_deref(),
            url: options.url.as_deref(),
            content_type: options.content_type.as_deref(),
        };
        self.scan_opened(&input::open(bytes, origin), None, options.trace)
    }

    /// Finds ad code in one page out of a container: as [`scan_bytes`](Self::scan_bytes), with the scripts and frames
    /// that were saved with it in their places.
    ///
    /// What the container knows counts before `options`. Spans past the page's own text lie in the resource
    /// that [`Scan::resources`] tells.
    #[must_use]
    pub fn scan_document(&self, saved: &SavedDocument, options: &ScanOptions) -> Scan {
        let origin = input::Origin {
            name: options.name.as_deref(),
            url: options.url.as_deref(),
            content_type: options.content_type.as_deref(),
        };
        self.scan_opened(&input::open_saved(saved, origin), saved.archive, options.trace)
    }

    fn scan_opened(&self, document: &Document<'_>, archive: Option<Archive>, is_traced: bool) -> Scan {
        let kept = Kept::of(document);
        let (mut seen, events, detected) = PageRun::new(self, document, &kept, is_traced).run();
        let Detected { findings, ad_units, slots, requests, networks, config, acts } = detected;
        self.verdicts(&mut seen, &events, &acts, document);
        let (url, title, scripts) = (seen.url, seen.title, seen.scripts);
        #[cfg(feature = "filter-lists")]
        let requests = self.with_filters(requests, url.as_deref());
        let mut diagnostics = document.diagnostics.clone();
        diagnostics.extend(seen.diagnostics);
        diagnostics.extend(saved::scripts_removed(document, &scripts));
        Scan {
            container: document.container,
            archive,
            resources: document.resources.all().to_vec(),
            charset: document.charset,
            url,
            title,
            networks,
            ad_units,
            slots,
            findings,
            requests,
            bundles: seen.bundles,
            scripts,
            config,
            diagnostics,
            trace: seen.trace,
            text: document.text.to_string(),
        }
    }

    /// The requests with the list rules that would block them.
    #[cfg(feature = "filter-lists")]
    fn with_filters(&self, mut requests: Vec<FoundRequest>, page_url: Option<&str>) -> Vec<FoundRequest> {
        let Some(lists) = self.requests.lists() else { return requests };
        for found in &mut requests {
            let kind = RequestKind::of_name(found.kind).unwrap_or_default();
            let verdict =
                lists.check(&Request::new(&found.url).with_source(page_url.unwrap_or_default()).with_kind(kind));
            let rule = if verdict.is_block() { verdict.rule } else { None };
            found.filter = rule.map(|rule| rule.to_string().into());
        }
        requests
    }

    /// The scripts that are a library, with what was built into them.
    fn bundles(&self, scripts: &[ScriptRecord]) -> Vec<Bundle> {
        let numbered = (0..).zip(scripts).filter(|(_, script)| script.kind != ScriptKind::Json);
        numbered.filter_map(|(index, script)| bundle_of(&script.code, index, self.detector.registry)).collect()
    }
}

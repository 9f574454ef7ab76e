//! The engine as the judge of a page that is rewritten while it streams.

use super::Engine;
use super::court::{Court, Judged};
use crate::base::{Evidence, Span};
use crate::block::{
    Answers, Inserts, Judge, PageContext, Party, Request, RequestKind, RewriteOptions, Rewriter, Rewritten,
    ScriptVerdict, Why,
};
use crate::clean::{CleanOptions, clean_text};
use crate::detect::Detector;
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::Arc;

/// Elements of AMP that hold nothing but ads.
const AMP_ADS: [&str; 4] = ["amp-ad", "amp-sticky-ad", "amp-auto-ads", "amp-ad-exit"];

/// The names of the elements that may be containers of ads.
pub(super) fn container_names(detector: &Detector) -> Arc<FxHashSet<String>> {
    let of_rules = detector.element_names().into_iter().filter(|name| name.contains('-'));
    Arc::new(of_rules.chain(AMP_ADS.map(str::to_owned)).chain(["ins".to_owned()]).collect())
}

/// Judges the parts of one page; see [`Engine::rewriter`]. Holds the engine by reference, or shares it.
#[derive(Debug)]
pub struct PageJudge<E> {
    engine: E,
    page: PageContext,
}

impl Engine {
    /// A rewriter for one page: bytes in, bytes out, without ads.
    ///
    /// It needs no runtime, is `Send` where the sink is, and holds little beside the script that it is reading. What it
    /// does not touch stays byte for byte; chunks may be cut anywhere. It never fails: past a bound, or after an
    /// error, the page passes as it came, and the log says so.
    ///
    /// ```
    /// use adsieve::{Engine, PageContext};
    ///
    /// let (engine, mut out) = (Engine::built_in(), Vec::new());
    /// let mut rewriter = engine.rewriter(PageContext::unknown(), |bytes: &[u8]| out.extend_from_slice(bytes));
    /// rewriter.write(b"<p>News<script>pbjs.que.push(function () { pb");
    /// rewriter.write(b"js.requestBids({}) })</script><p>More");
    /// let log = rewriter.end();
    /// assert_eq!(out, b"<p>News<p>More");
    /// assert_eq!(log.changes[0].kind.name(), "script-removed");
    /// ```
    pub fn rewriter<S: FnMut(&[u8])>(&self, page: PageContext, sink: S) -> Rewriter<PageJudge<&Engine>, S> {
        self.rewriter_with(page, sink, RewriteOptions::default())
    }

    /// The same with other bounds and choices.
    pub fn rewriter_with<S: FnMut(&[u8])>(
        &self,
        page: PageContext,
        sink: S,
        options: RewriteOptions,
    ) -> Rewriter<PageJudge<&Engine>, S> {
        rewriter_of(self, page, sink, options)
    }

    /// The same for whoever shares the engine: the rewriter may outlive the caller, as tasks and objects of servers do.
    pub fn owned_rewriter<S: FnMut(&[u8])>(
        self: Arc<Self>,
        page: PageContext,
        sink: S,
        options: RewriteOptions,
    ) -> Rewriter<PageJudge<Arc<Self>>, S> {
        rewriter_of(self, page, sink, options)
    }

    /// A whole page rewritten: the bytes, and what was done.
    #[must_use]
    pub fn rewrite_page(&self, bytes: &[u8], page: PageContext, options: RewriteOptions) -> (Vec<u8>, Rewritten) {
        let mut out = Vec::with_capacity(bytes.len());
        let mut rewriter = self.rewriter_with(page, |bytes: &[u8]| out.extend_from_slice(bytes), options);
        rewriter.write(bytes);
        let log = rewriter.end();
        (out, log)
    }
}

fn rewriter_of<E: Deref<Target = Engine>, S: FnMut(&[u8])>(
    engine: E,
    page: PageContext,
    sink: S,
    options: RewriteOptions,
) -> Rewriter<PageJudge<E>, S> {
    let url = page.url().map(ToOwned::to_owned);
    Rewriter::new(PageJudge { engine, page }, url.as_deref(), sink, options)
}

impl<E: Deref<Target = Engine>> Judge for PageJudge<E> {
    fn script(&self, code: &str, is_module: bool, before: &[Arc<str>]) -> ScriptVerdict {
        self.engine.judge(Judged { code, is_module, before }, &self.page)
    }

    fn request(&self, url: &str, kind: &str) -> Option<Arc<Why>> {
        let source = self.page.url().unwrap_or_default();
        let kind = RequestKind::of_name(kind).unwrap_or_default();
        self.engine.why_blocked(&Request::new(url).with_source(source).with_kind(kind))
    }

    fn element(&self, name: &str, attributes: &[(String, String)]) -> Option<Arc<Why>> {
        let court = Court::new(&self.engine, &self.page, 0);
        if AMP_ADS.contains(&name) {
            let roles = ["ad-server".into()];
            return court.why(&Party { roles: &roles, ..Party::default() }, Some(name.into()), Evidence::Markup);
        }
        if let Some(rule) = self.engine.detector.rule_of_element(name, attributes) {
            let product = rule.product.as_ref()?;
            return court.why_of_product(product, Some(rule.id.clone()), Evidence::Markup);
        }
        let classes = attributes.iter().find(|(key, _)| key == "class").map(|(_, classes)| classes)?;
        let mut products =
            classes.split_ascii_whitespace().filter_map(|name| self.engine.detector.product_of_class(name));
        products.find_map(|product| {
            court.why_of_product(product, Some(format!("{}.css", product.id).into()), Evidence::Markup)
        })
    }

    fn element_names(&self) -> Arc<FxHashSet<String>> {
        Arc::clone(&self.engine.containers)
    }

    fn inserts(&self) -> Inserts {
        self.engine.policy().inserts()
    }

    fn stub(&self, name: &str) -> Option<&str> {
        Answers::built_in().inline(name)
    }

    fn name_of_stub(&self, code: &str) -> Option<Arc<str>> {
        Answers::built_in().name_of_inline(code).cloned()
    }

    #[cfg(feature = "filter-lists")]
    fn hidden_on_page(&self) -> Vec<String> {
        let lists = self.engine.lists();
        let hidden = lists.map(|lists| lists.hidden_on_page(self.page.url().unwrap_or_default()));
        hidden.map_or_else(Vec::new, |hidden| hidden.selectors)
    }

    #[cfg(not(feature = "filter-lists"))]
    fn hidden_on_page(&self) -> Vec<String> {
        Vec::new()
    }

    fn hidden_by_names(&self, classes: &BTreeSet<String>, ids: &BTreeSet<String>) -> Vec<String> {
        let mut selectors = self.hidden_by_rules(classes, ids);
        #[cfg(feature = "filter-lists")]
        if let Some(lists) = self.engine.lists() {
            let page = lists.hidden_on_page(self.page.url().unwrap_or_default());
            let (classes, ids) = (classes.iter().map(String::as_str), ids.iter().map(String::as_str));
            selectors.extend(lists.hidden_by_names(&page, classes, ids));
        }
        selectors.sort_unstable();
        selectors.dedup();
        selectors
    }

    fn leaked(&self, text: &str) -> Vec<(Span, String, Arc<Why>)> {
        let cleaned = clean_text(text, &self.engine.anchors, CleanOptions::default(), &|_| None);
        let cut = |cut: crate::clean::Cut| {
            let why = Why::new(Some(cut.reason.into()), cut.network, Evidence::Salvaged);
            (cut.span, cut.replacement, Arc::new(why))
        };
        cleaned.cuts.into_iter().map(cut).collect()
    }
}

impl<E: Deref<Target = Engine>> PageJudge<E> {
    /// Selectors of the names that rules know for places of ads, where the policy is against these.
    fn hidden_by_rules(&self, classes: &BTreeSet<String>, ids: &BTreeSet<String>) -> Vec<String> {
        let court = Court::new(&self.engine, &self.page, 0);
        let is_ad = |name: &str, is_id: bool| {
            let mut products = self.engine.detector.products_of_style_name(name, is_id);
            products.any(|product| court.why_of_product(product, None, Evidence::Markup).is_some())
        };
        let plain = |name: &&String| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        let of_classes = classes.iter().filter(plain).filter(|name| is_ad(name, false));
        let of_ids = ids.iter().filter(plain).filter(|name| is_ad(name, true));
        // Written as attributes, since names may begin with a digit.
        let of_classes = of_classes.map(|name| format!("[class~=\"{name}\"]"));
        of_classes.chain(of_ids.map(|name| format!("[id=\"{name}\"]"))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::built_in);

    fn rewritten(page: &str) -> (String, Rewritten) {
        let context = PageContext::new("https://news.example/a/");
        let (bytes, log) = ENGINE.rewrite_page(page.as_bytes(), context, RewriteOptions::default().with_handlers());
        (String::from_utf8(bytes).unwrap(), log)
    }

    #[track_caller]
    fn check(page: &str, left: &str) {
        let (bytes, _) = rewritten(page);
        assert_eq!(bytes, left);
        assert_eq!(rewritten(left).0, left, "twice is once");
    }

    const GPT: &str = "https://securepubads.g.doubleclick.net/tag/js/gpt.js";

    #[test]
    fn ad_requests_go_with_their_elements() {
        check(
            &format!("<p>a<script async src=\"{GPT}\"></script>b<script src=/own.js></script>"),
            "<p>ab<script src=/own.js></script>",
        );
        check(&format!("a<link rel=preload as=script href='{GPT}'>b"), "ab");
        check(
            "a<link rel=dns-prefetch href=//ib.adnxs.com><link rel=stylesheet href=/s.css>b",
            "a<link rel=stylesheet href=/s.css>b",
        );
        check("a<iframe src='https://ib.adnxs.com/tt?id=1&amp;size=1x1'><p>none</p></iframe>b", "ab");
        check("a<img src='https://ib.adnxs.com/getuid'>b<img src=/x.png>", "ab<img src=/x.png>");
    }

    #[test]
    fn ad_containers_go_with_what_they_hold() {
        check(
            "<p>a<ins class=adsbygoogle data-ad-client=ca-pub-1><b>x</b></ins>b<ins>text</ins>",
            "<p>ab<ins>text</ins>",
        );
        check("<amp-ad type=doubleclick><div placeholder></div></amp-ad>b", "b");
        check("<p>a<ins class=adsbygoogle>never closed", "<p>a<ins class=adsbygoogle>never closed");
    }

    #[test]
    fn scripts_are_removed_emptied_or_edited() {
        check("<script>pbjs.requestBids({})</script>x", "x");
        check("<script>menu(); pbjs.requestBids({}); more()</script>x", "<script>menu(); ; more()</script>x");
        check(
            "<script>var googletag = googletag || {cmd: []}; googletag.cmd.push(f)</script>",
            "<script>var googletag = googletag || {cmd: []}; ;</script>",
        );
        check(
            "<script type=text/template>pbjs.requestBids({})</script>",
            "<script type=text/template>pbjs.requestBids({})</script>",
        );
        check(
            "<a onclick=\"googletag.cmd.push(function(){googletag.display(&quot;x&quot;)})\" href=/x>y</a>",
            "<a onclick=\"\" href=/x>y</a>",
        );
    }

    #[test]
    fn a_policy_by_hash_lets_a_script_go_whole_or_stay() {
        let policy = "<meta http-equiv=Content-Security-Policy content=\"script-src 'sha256-x'\">";
        check(&format!("{policy}<script>pbjs.requestBids({{}})</script>"), policy);
        let page = format!("{policy}<script>menu(); pbjs.requestBids({{}})</script>");
        let (left, log) = rewritten(&page);
        assert_eq!((left, log.diagnostics[0].code), (page, "rewrite-policy"));
    }

    #[test]
    fn markup_in_markup_is_rewritten_too() {
        let pixel = "<img src=https://ib.adnxs.com/getuid?x>";
        check(&format!("<noscript>a{pixel}b</noscript>c"), "<noscript>ab</noscript>c");
        check(&format!("<template><p>a{pixel}b</p></template>c"), "<template><p>ab</p></template>c");
        check(
            "<iframe srcdoc=\"<p title='x &amp; y'>a<script>pbjs.requestBids({})</script>b &amp;amp; c\"></iframe>d",
            "<iframe srcdoc=\"<p title='x &amp; y'>ab &amp;amp; c\"></iframe>d",
        );
        check(
            "<iframe srcdoc='<script>menu(&#39;x&#39;); pbjs.requestBids({}); more()</script>'></iframe>d",
            "<iframe srcdoc='<script>menu(&#39;x&#39;); ; more()</script>'></iframe>d",
        );
        let (_, log) = rewritten(&format!("<noscript>a{pixel}b</noscript>c"));
        assert_eq!((log.changes[0].at.start, log.changes[0].at.end), (11, 11 + pixel.len() as u32));
    }

    #[test]
    fn pictures_of_ads_are_not_asked_for_by_styles() {
        let url = "https://images.taboola.com/taboola/image/fetch/x.png";
        check(
            &format!("<span style=\"color:red; background: url('{url}') no-repeat\">a</span>"),
            "<span style=\"color:red; background: url('data:,') no-repeat\">a</span>",
        );
        check(
            &format!("<i style='background:url(&quot;{url}&quot;)'>a</i><b style='background:url(/own.png)'>b</b>"),
            "<i style='background:url(&quot;data:,&quot;)'>a</i><b style='background:url(/own.png)'>b</b>",
        );
        check(
            &format!("<style>a{{color:red}} b{{background:url( '{url}' )}} i{{background:url(/own.png)}}</style>x"),
            "<style>a{color:red} b{background:url( 'data:,' )} i{background:url(/own.png)}</style>x",
        );
        let font = "<style>@font-face{src:url(https://fonts.example/x.woff2)}</style><style>never closed {url(";
        check(font, font);
    }

    #[test]
    fn data_names_no_ad_scripts() {
        check(
            "<script type=application/json>{\"loader\":\"//cdn.taboola.com/libtrc/news/loader.js\",\"menu\":\"/menu.js\"}</script>",
            "<script type=application/json>{\"loader\":\"data:text/javascript,\",\"menu\":\"/menu.js\"}</script>",
        );
        let named = "<script type=application/json>{\"partner\":\"https://cdn.taboola.com/about/\"}</script>";
        check(named, named);
    }

    fn with_policy(policy: &str) -> Engine {
        Engine::built_in().with_policy(crate::block::Policy::built_in().with_text("mine.toml", policy).unwrap())
    }

    fn rewritten_by(engine: &Engine, page: &str) -> String {
        let options = RewriteOptions::default().with_leaked_text();
        let (bytes, _) = engine.rewrite_page(page.as_bytes(), PageContext::new("https://news.example/a/"), options);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn an_inert_library_takes_the_place_of_the_first_script_that_is_dropped() {
        let engine = with_policy("insert = ['stubs']");
        let page = format!("<p>a<script async src='{GPT}'></script>b<script src='{GPT}'></script>c");
        let left = rewritten_by(&engine, &page);
        let stub = engine_stub("googletag");
        assert_eq!(left, format!("<p>a<script type=\"module\" data-adsieve=\"googletag\">{stub}</script>bc"));
        assert_eq!(rewritten_by(&engine, &left), left, "twice is once");
        let scan = engine.scan_bytes(left.as_bytes(), &crate::ScanOptions::default());
        assert!(scan.networks.is_empty(), "an inert library is no ad network");
        let edited = "<script>menu(); pbjs.que.push(function () { pbjs.requestBids({}) })</script>d";
        let stub = engine_stub("prebid");
        assert_eq!(
            rewritten_by(&engine, edited),
            format!("<script>menu(); ;</script><script type=\"module\" data-adsieve=\"prebid\">{stub}</script>d")
        );
        let held = format!("<ins class=adsbygoogle><script src='{GPT}'></script></ins>b<script src='{GPT}'></script>");
        assert!(
            rewritten_by(&engine, &held).starts_with("b<script data-adsieve"),
            "what went with its place is put again"
        );
    }

    fn engine_stub(name: &str) -> &'static str {
        Answers::built_in().inline(name).unwrap()
    }

    #[test]
    fn nothing_is_put_in_against_a_policy() {
        let engine = with_policy("insert = ['stubs', 'hiding']");
        let policy = "<meta http-equiv=Content-Security-Policy content=\"default-src 'nonce-abc'\">";
        let page = format!("{policy}<div class=div-gpt-ad-1></div><script src='{GPT}'></script>x");
        assert_eq!(rewritten_by(&engine, &page), format!("{policy}<div class=div-gpt-ad-1></div>x"));
        let page = format!("{policy}<script nonce=abc src='{GPT}'></script>x");
        assert!(rewritten_by(&engine, &page).contains("<script data-adsieve=\"googletag\" nonce=\"abc\">"));
    }

    #[test]
    fn places_for_ads_are_hidden_where_the_policy_asks() {
        let engine = with_policy("insert = ['hiding']");
        let page = "<p class=x>a<div id=div-gpt-ad-123-0></div>";
        let style = "<style data-adsieve=\"hiding\">[id=\"div-gpt-ad-123-0\"]{display:none!important}\n</style>";
        assert_eq!(rewritten_by(&engine, page), format!("{page}{style}"));
        assert_eq!(rewritten_by(&engine, "<p class=x>a"), "<p class=x>a");
    }

    #[cfg(feature = "filter-lists")]
    #[test]
    fn filter_lists_hide_what_they_name() {
        use crate::block::{FilterList, FilterLists};
        let engine = with_policy("insert = ['hiding']");
        let list = "news.example##.own-promo\n###promo-box\nother.example##.x\n";
        engine.set_lists(Some(Arc::new(FilterLists::new(&[FilterList::new("mine.txt", list)]))));
        let left = rewritten_by(&engine, "<head></head><body><p id=promo-box class=x>a");
        let first = "<style data-adsieve=\"hiding\">.own-promo{display:none!important}\n</style>";
        let last = "<style data-adsieve=\"hiding\">#promo-box{display:none!important}\n</style>";
        assert_eq!(left, format!("<head></head>{first}<body><p id=promo-box class=x>a{last}"));
    }

    #[test]
    fn leaked_code_goes_out_of_visible_text() {
        let code = "pbjs.que.push(function() { pbjs.addAdUnits([{code: 'a', bids: [{bidder: 'appnexus', params: {placementId: 1}}]}]); });";
        let page = format!("<p>News.</p>{code}<p>More.</p><pre>{code}</pre>");
        assert_eq!(rewritten_by(&ENGINE, &page), format!("<p>News.</p><p>More.</p><pre>{code}</pre>"));
        assert_eq!(rewritten(&page).0, page, "only where it is asked for");
    }

    #[test]
    fn charsets_are_kept() {
        let page = b"<meta charset=windows-1252><p>caf\xe9<script>t('\xe9'); pbjs.requestBids({})</script>";
        let (left, _) = ENGINE.rewrite_page(page, PageContext::unknown(), RewriteOptions::default());
        assert_eq!(left, b"<meta charset=windows-1252><p>caf\xe9<script>t('\xe9'); ;</script>");
        let utf16: Vec<u8> =
            "\u{feff}<script>pbjs.requestBids({})</script>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (left, log) = ENGINE.rewrite_page(&utf16, PageContext::unknown(), RewriteOptions::default());
        assert_eq!((left == utf16, log.diagnostics[0].code), (true, "rewrite-charset"));
    }

    #[test]
    fn what_is_too_large_passes() {
        let page = format!("<script>pbjs.requestBids({{}});{}</script>x", " ".repeat(5_000));
        let options = RewriteOptions::default().with_script_bytes(1_000);
        let (left, log) = ENGINE.rewrite_page(page.as_bytes(), PageContext::unknown(), options);
        assert_eq!((left == page.as_bytes(), log.diagnostics[0].code), (true, "rewrite-bound"));
    }

    #[test]
    fn a_rewriter_can_be_sent() {
        fn is_send<T: Send>(_: &T) {}
        is_send(&ENGINE.rewriter(PageContext::unknown(), |_: &[u8]| {}));
    }

    const PIECES: [&str; 17] = [
        "<noscript><img src=//ib.adnxs.com/getuid?x></noscript>",
        "<iframe srcdoc='<script>pbjs.requestBids({})</script>&amp;'></iframe>",
        "<body class='div-gpt-ad-1'>",
        "pbjs.que.push(function() { pbjs.addAdUnits([{code: 'a', bids: [{bidder: 'appnexus', params: {placementId: 1}}]}]); });",
        "<pre>",
        "<p>text é ",
        "<script>pbjs.que.push(function () { pbjs.requestBids({}) })</script>",
        "<script>menu(); (adsbygoogle = window.adsbygoogle || []).push({})</script>",
        "<script>var a = 1;</script>",
        "<script src='https://securepubads.g.doubleclick.net/tag/js/gpt.js'></script>",
        "<ins class=adsbygoogle><b>x</b></ins>",
        "<ins class=adsbygoogle>",
        "<img src=//ib.adnxs.com/getuid?x>",
        "<!-- <script>pbjs.requestBids({})</script> -->",
        "<scr",
        "<textarea><script>pbjs.requestBids({})</textarea>",
        "</p>",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_chunks_give_what_the_whole_gives(
            pieces in proptest::collection::vec(0..PIECES.len(), 0..12),
            cuts in proptest::collection::vec(1_usize..80, 1..60),
        ) {
            let page: String = pieces.iter().map(|&at| PIECES[at]).collect();
            static ALL: LazyLock<Engine> = LazyLock::new(|| with_policy("insert = ['stubs', 'hiding']"));
            let options = RewriteOptions::default().with_handlers().with_leaked_text();
            let whole = ALL.rewrite_page(page.as_bytes(), PageContext::new("https://news.example/a/"), options).0;
            let whole = String::from_utf8(whole).unwrap();
            let mut out = Vec::new();
            let mut rewriter = ALL.rewriter_with(
                PageContext::new("https://news.example/a/"), |bytes: &[u8]| out.extend_from_slice(bytes), options);
            let (mut rest, mut cuts) = (page.as_bytes(), cuts.into_iter().cycle());
            while !rest.is_empty() {
                let (chunk, after) = rest.split_at(cuts.next().unwrap().min(rest.len()));
                rewriter.write(chunk);
                rest = after;
            }
            rewriter.end();
            prop_assert_eq!(String::from_utf8(out).unwrap(), whole);
        }
    }
}

//! Verdicts on scripts: evaluation's evidence, the policy's word, and the syntax tree's proof.
//!
//! In: code and the page it stands on. Out: a [`ScriptVerdict`]. Only scripts that the prefilter lets through are
//! parsed and evaluated; what was evaluated once for a scan is not evaluated again.

use super::court::{Court, Judged};
use super::judged_text::judged_text;
use super::page_run::{Kept, PageRun, Seen};
use super::scan::ScriptRecord;
use super::{Engine, reach, verdict_cache};
use crate::base::{Evidence, OffsetMap, Span};
use crate::block::{Answers, PageContext, Request, ScriptVerdict, Signs, Why, judge_script};
use crate::detect::{Act, Prefilter};
use crate::evaluate::Event;
use crate::input::{Container, Document, Resources};
use crate::page::{Part, Script, ScriptKind};
use crate::script::{Goal, Tree, parse, parse_sound};
use std::borrow::Cow;
use std::sync::Arc;

/// What is known of a script once it was evaluated.
struct Subject<'t> {
    tree: &'t Tree,
    /// Some statements, or some of a function's, were lost to syntax errors.
    is_damaged: bool,
    holds_library: bool,
}

impl Engine {
    /// What becomes of an inline script, and why.
    ///
    /// Costs one pass over the code where it holds no literal of any rule; else it is parsed and evaluated, within
    /// the engine's [`Limits`](crate::Limits).
    ///
    /// ```
    /// use adsieve::{Action, Engine, PageContext};
    ///
    /// let code = "startMenu(); pbjs.que.push(function () { pbjs.requestBids({}) });";
    /// let verdict = Engine::built_in().check_script(code, &PageContext::unknown());
    /// assert_eq!(verdict.action, Action::Neutralise);
    /// assert_eq!(verdict.apply(code), "startMenu(); ;");
    /// ```
    #[must_use]
    pub fn check_script(&self, code: &str, page: &PageContext) -> ScriptVerdict {
        self.judge(Judged { code, ..Judged::default() }, page)
    }

    /// Does the code hold a literal of any rule? Where it does not, [`check_script`](Self::check_script) allows it.
    #[must_use]
    pub fn may_hold_ads(&self, code: &str) -> bool {
        self.prefilter.as_ref().is_none_or(|prefilter| prefilter.is_match(code))
    }

    pub(crate) fn judge(&self, script: Judged<'_>, page: &PageContext) -> ScriptVerdict {
        self.judge_at(script, page, 0)
    }

    pub(super) fn judge_at(&self, script: Judged<'_>, page: &PageContext, level: u32) -> ScriptVerdict {
        // An inert library that was put there serves none.
        if !self.may_hold_ads(script.code) || Answers::built_in().name_of_inline(script.code).is_some() {
            return ScriptVerdict::default();
        }
        let before = reach::definers(script.code, script.before);
        let key = verdict_cache::key(&script, &before, page.host());
        let key_here = || verdict_cache::key_at(&key, page.url());
        let asked = match self.verdicts.get(&key).or_else(|_| self.verdicts.get(&key_here())) {
            Ok(verdict) => return verdict,
            Err(time) => time,
        };
        let court = Court::new(self, page, level);
        let verdict = self.judge_anew(script, before, &court);
        let key = if court.has_read_markup() { key_here() } else { key };
        self.verdicts.put(key, verdict.clone(), asked);
        verdict
    }

    fn judge_anew(&self, script: Judged<'_>, before: Vec<&str>, court: &Court<'_>) -> ScriptVerdict {
        let document = Document {
            container: Container::Js,
            text: Cow::Borrowed(script.code),
            page_length: script.code.len(),
            resources: Resources::default(),
            requests: &[],
            charset: "UTF-8",
            url: court.page.url().map(ToOwned::to_owned),
            diagnostics: Vec::new(),
        };
        let kept = Kept::of(&document);
        let scripts = before.into_iter().chain([script.code]).map(Cow::Borrowed);
        let parts: Vec<Part<'_>> = (0..).zip(scripts).map(|(at, code)| inline(at, code, script.is_module)).collect();
        let last = parts.len() as u32 - 1;
        let (seen, events) =
            PageRun::new(self, &document, &kept, false).with_steps(self.limits.verdict_steps).evaluate_parts(parts);
        let index = seen.index_of(last).unwrap_or(last);
        self.verdict(&seen, &events, index, script, court)
    }

    /// The verdict on a script that was evaluated.
    fn verdict(
        &self,
        seen: &Seen<'_>,
        events: &[Event],
        index: u32,
        script: Judged<'_>,
        court: &Court<'_>,
    ) -> ScriptVerdict {
        let Some((_, tree)) = seen.trees.iter().find(|(one, _)| *one == index) else { return ScriptVerdict::default() };
        let acts = self.detector.acts(events);
        let signs = court.signs(events, &acts, &|script| (script == index).then_some(0)).remove(&index);
        let signs = signs.unwrap_or_default();
        let subject = Subject { tree, is_damaged: seen.is_damaged(index), holds_library: seen.holds_library(index) };
        self.judged(Judged { before: &[], ..script }, &subject, &signs, court)
    }

    /// Statements are judged in every function that could serve ads: bodies that evaluation could leave out are
    /// parsed for that, and of the others it counts what they use. In a damaged script all of it counts.
    fn judged(&self, script: Judged<'_>, subject: &Subject<'_>, signs: &Signs, court: &Court<'_>) -> ScriptVerdict {
        let Judged { code, is_module, .. } = script;
        let Subject { tree, is_damaged, holds_library } = *subject;
        if !tree.is_lazy() {
            return judge_script(code, tree, is_module, holds_library, signs, court);
        }
        let goal = if is_module { Goal::Module } else { Goal::Script };
        let prefilter = self.prefilter.as_ref().filter(|_| !is_damaged);
        let short = prefilter
            .and_then(|prefilter| judged_text(code, tree.outline.parts(), &marks(code, signs, prefilter)))
            .and_then(|text| parse_sound(&text, goal));
        let whole = short.unwrap_or_else(|| parse(code, goal, &self.limits));
        judge_script(code, &whole, is_module, holds_library, signs, court)
    }

    /// Verdicts on the inline scripts of a page that was scanned, by index.
    pub(super) fn verdicts(&self, seen: &mut Seen<'_>, events: &[Event], acts: &[Act], document: &Document<'_>) {
        let page = seen.url.as_ref().map_or_else(PageContext::unknown, |url| PageContext::new(url.as_str()));
        let court = Court::new(self, &page, 0);
        let start = |record: &ScriptRecord| {
            let is_verbatim = || document.text.get(record.at.span.range()) == Some(&record.code);
            (record.kind == ScriptKind::Inline && is_verbatim()).then_some(record.at.span.start)
        };
        // Asked once a script, not once an event: texts are compared.
        let starts: Vec<Option<u32>> = seen.scripts.iter().map(start).collect();
        let base = |script: u32| starts[script as usize];
        // A script without any sign is not looked at again.
        let mut signs = court.signs(events, acts, &base);
        signs.retain(|_, signs| !signs.is_empty());
        for (index, tree) in std::mem::take(&mut seen.trees) {
            let Some(signs) = signs.get(&index) else { continue };
            let subject =
                Subject { tree, is_damaged: seen.is_damaged(index), holds_library: seen.holds_library(index) };
            let record = &mut seen.scripts[index as usize];
            let script = Judged { code: &record.code, is_module: record.is_module, before: &[] };
            record.verdict = self.judged(script, &subject, signs, &court);
        }
    }
}

impl Engine {
    /// Why a request may not go out, if it may not.
    pub(super) fn why_blocked(&self, request: &Request<'_>) -> Option<Arc<Why>> {
        let verdict = self.check_request(request);
        // A page's own place on the web is judged by the lists and the policy too.
        let evidence = Evidence::Request;
        verdict.is_block().then(|| {
            let stub = verdict.answer.as_ref().map(|answer| answer.name.clone());
            let stub = stub.filter(|name| Answers::built_in().inline(name).is_some());
            Arc::new(Why { reason: verdict.reason, stub, ..Why::new(None, verdict.network, evidence) })
        })
    }
}

/// Where ads may be: the signs, and the literals of rules, in order.
fn marks(code: &str, signs: &Signs, prefilter: &Prefilter) -> Vec<u32> {
    let mut marks = prefilter.places(code);
    marks.extend(signs.acts.keys().chain(signs.requests.keys()).map(|span| span.0));
    marks.extend(signs.data.iter().map(|(start, _)| *start));
    marks.sort_unstable();
    marks
}

fn inline(at: u32, code: Cow<'_, str>, is_module: bool) -> Part<'_> {
    // Places of the same page must differ.
    let span = Span::new(at as usize, at as usize);
    Part::Script(Script {
        kind: ScriptKind::Inline,
        span,
        offsets: OffsetMap::verbatim(0),
        text: code,
        src: None,
        is_saved: false,
        is_module,
        is_async: false,
        is_deferred: false,
        held_back: None,
        id: None,
        depth: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::Action;
    use std::sync::LazyLock;

    static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::built_in);

    fn judged(code: &str) -> (Action, String) {
        let verdict = ENGINE.check_script(code, &PageContext::unknown());
        (verdict.action, verdict.apply(code).into_owned())
    }

    #[track_caller]
    fn check(code: &str, action: Action, left: &str) {
        let judged = judged(code);
        assert_eq!((judged.0, &*judged.1), (action, left), "{code}");
        let again = super::tests::judged(&judged.1);
        assert_eq!(again, (Action::Allow, judged.1.clone()), "twice is once");
    }

    #[test]
    fn urls_of_ads_in_code_that_stays_give_way_to_ones_that_ask_nobody() {
        let cases = [
            ("load('https://c.amazon-adsystem.com/aax2/apstag.js', go)", "load(\"data:text/javascript,\", go)"),
            (
                "add({ name: 'x', src: '//cdn.viglink.com/api/vglnk.js' }, go)",
                "add({ name: 'x', src: \"data:text/javascript,\" }, go)",
            ),
            (
                "load('https://hbx.media.net/bidexchange.js?cid=' + id + '&dn=' + encodeURIComponent(name), go)",
                "load(\"data:text/javascript,//\", go)",
            ),
            (
                "var site = { ads: { loader: '//cdn.taboola.com/libtrc/news/loader.js' } }; start(site)",
                "var site = { ads: { loader: \"data:text/javascript,\" } }; start(site)",
            ),
            ("load(location.protocol + '//tag.rmp.rakuten.com/1.ct.js', go)", "load(\"data:text/javascript,//\", go)"),
            ("load('//hbx.media.net/x.js?a=' + go(), go)", "load(\"data:text/javascript,//\" + go(), go)"),
            ("load(`https://hbx.media.net/x.js?a=${id}`, go)", "load(\"data:text/javascript,//\", go)"),
            (
                "var host = 's.pubmine.com'; own(host); start('//' + host + '/conf' + '?' + id)",
                "var host = 's.pubmine.com'; own(host); start(\"data:text/javascript,//\")",
            ),
        ];
        for (code, left) in cases {
            check(code, Action::Neutralise, left);
            check(left, Action::Allow, left);
        }
    }

    #[test]
    fn urls_of_ads_that_are_only_spoken_of_stay() {
        for code in [
            "if (src.indexOf('https://c.amazon-adsystem.com/aax2/apstag.js') >= 0) go()",
            "go(src == 'https://c.amazon-adsystem.com/aax2/apstag.js')",
            "var known = ['https://c.amazon-adsystem.com/aax2/apstag.js']; go(known.length)",
            "var site = { partner: 'https://cdn.taboola.com/about/' }; go(site)",
            "say('we load https://c.amazon-adsystem.com/aax2/apstag.js for ads')",
            "allow('https://c.amazon-adsystem.com')",
            "load('//www.googletagmanager.com/gtm.' + 'js?id=' + id)",
            "load('https://news.example/ads/x.js', go)",
        ] {
            check(code, Action::Allow, code);
        }
    }

    #[test]
    fn an_object_of_the_page_is_no_library_whatever_its_methods_are_called() {
        let code = "var gas = { log: function () {}, start: function () { paywall() } }; gas.bidderSettings = {}; \
                    gas.setConfig({ debug: 1 }); gas.start();";
        let (_, left) = judged(code);
        assert!(left.contains("gas.start()") && left.contains("paywall()"), "{left}");
    }

    #[test]
    fn a_function_that_is_called_where_it_stands_asks_for_what_it_is_given() {
        check(
            "menu(); (function (url) { var s = document.createElement('script'); s.src = url; \
             document.head.appendChild(s) })(location.protocol + '//ib.adnxs.com/x.js?' + 1);",
            Action::Neutralise,
            "menu(); ;",
        );
    }

    #[test]
    fn a_library_call_goes_and_the_rest_stays() {
        check(
            "start(); pbjs.que.push(function () { pbjs.requestBids({}) }); stop()",
            Action::Neutralise,
            "start(); ; stop()",
        );
        check(
            "var googletag = googletag || {}; googletag.cmd = googletag.cmd || [];\ngoogletag.cmd.push(function () { googletag.defineSlot('/1/a', [1, 1], 'x').addService(googletag.pubads()); googletag.enableServices() });",
            Action::Block,
            "var googletag = googletag || {}; googletag.cmd = googletag.cmd || [];\n;",
        );
    }

    #[test]
    fn queues_are_left_for_others() {
        check(
            "(adsbygoogle = window.adsbygoogle || []).push({});",
            Action::Block,
            "(adsbygoogle = window.adsbygoogle || []);",
        );
        check(
            "window._taboola = window._taboola || []; _taboola.push({ flush: true });",
            Action::Block,
            "window._taboola = window._taboola || []; ;",
        );
    }

    #[test]
    fn a_library_s_own_global_stays_whatever_it_is_given() {
        let (_, left) = judged(
            "(function (e) { e = e || {}; window.googletag = e; googletag.enableServices(); go() })(window.googletag);",
        );
        assert!(left.contains("window.googletag = e;") && !left.contains("enableServices"), "{left}");
        let list = "window.adTargets = [{ code: 'a', bids: [{ bidder: 'ix', params: { siteId: 1 } }] }]; site.fill();";
        check(list, Action::Allow, list);
    }

    #[test]
    fn loaders_of_ad_scripts_go_whole() {
        let gpt = "(function () { var gads = document.createElement('script'); gads.async = true; var useSSL = 'https:' == document.location.protocol; gads.src = (useSSL ? 'https:' : 'http:') + '//www.googletagservices.com/tag/js/gpt.js'; var node = document.getElementsByTagName('script')[0]; node.parentNode.insertBefore(gads, node); })();";
        check(gpt, Action::Block, "");
        let taboola = "!function (e, f, u) { e.async = 1; e.src = u; f.parentNode.insertBefore(e, f); }(document.createElement('script'), document.getElementsByTagName('script')[0], '//cdn.taboola.com/libtrc/example-news/loader.js');";
        check(taboola, Action::Block, "");
    }

    #[test]
    fn dates_in_urls_are_only_read() {
        let code = "(function () { var D = new Date(), s = document.createElement('script'); \
                    s.src = '//jsc.mgid.com/x.js?t=' + D.getYear() + D.getUTCHours() + D.toISOString(); \
                    document.body.appendChild(s); })();";
        check(code, Action::Block, "");
    }

    #[test]
    fn a_loader_that_others_use_stays_and_its_call_goes() {
        let code = "function load(u) { var s = document.createElement('script'); s.src = u; document.head.appendChild(s); }\nload('https://securepubads.g.doubleclick.net/tag/js/gpt.js'); load('/menu.js');";
        let (action, left) = judged(code);
        assert_eq!(action, Action::Neutralise);
        assert!(left.contains("document.head.appendChild(s)") && left.contains("load('/menu.js')"), "{left}");
        assert!(!left.contains("doubleclick"), "{left}");
    }

    #[test]
    fn functions_that_others_may_call_are_emptied() {
        check(
            "function showAds() { googletag.cmd.push(function () { googletag.display('a') }) }\nmenu.onOpen(showAds);",
            Action::Neutralise,
            "function showAds() { ; }\nmenu.onOpen(showAds);",
        );
    }

    #[test]
    fn what_stays_keeps_what_it_reads() {
        // The variable is filled in the callback and read by the site's own code.
        let code = "var ready = false; googletag.cmd.push(function () { ready = true; googletag.enableServices() }); if (ready) site.go();";
        check(
            code,
            Action::Neutralise,
            "var ready = false; (window.googletag&&window.googletag.cmd||[]).push(function () { ready = true; ; }); \
             if (ready) site.go();",
        );
    }

    #[test]
    fn queues_that_the_library_would_have_made_are_asked_for_where_something_stays_in_them() {
        let made = "window.googletag = window.googletag || { cmd: [] };";
        let (code, left) = (
            "googletag.cmd.push(function () { googletag.enableServices(); if (site.wide()) googletag.display('a') });",
            ".push(function () { ; if (site.wide()) ; });",
        );
        check(code, Action::Neutralise, &format!("(window.googletag&&window.googletag.cmd||[]){left}"));
        check(&format!("{made}{code}"), Action::Neutralise, &format!("{made}googletag.cmd{left}"));
    }

    #[test]
    fn ad_units_give_way_to_an_empty_list() {
        check(
            "var adUnits = [{ code: 'a', bids: [{ bidder: 'appnexus', params: { placementId: 1 } }] }];\npbjs.que.push(function () { pbjs.addAdUnits(adUnits) });\nsite.note(adUnits.length);",
            Action::Neutralise,
            "var adUnits = [];\n;\nsite.note(adUnits.length);",
        );
    }

    #[test]
    fn data_that_is_looked_into_stays() {
        let code = "var adUnits = [{ code: 'a', bids: [{ bidder: 'appnexus', params: { placementId: 1 } }] }];\nsite.note(adUnits[0].code);";
        check(code, Action::Allow, code);
    }

    #[test]
    fn honest_scripts_pass() {
        for code in [
            "dataLayer.push({ event: 'prebid' }); ga('send', 'pageview');",
            "if (window.googletag && googletag.apiReady) site.shrink();",
            "__tcfapi('addEventListener', 2, function (data) { site.consent(data) });",
            "var map = L.map('map'); map.setView([1, 2], 3); // appnexus",
            "function f( { pbjs.requestBids() }",
        ] {
            check(code, Action::Allow, code);
        }
    }

    #[test]
    fn ways_out_stay() {
        let code = "function f(x) { if (!x) { pbjs.removeAdUnit('a'); return; } go(x); }";
        check(code, Action::Neutralise, "function f(x) { if (!x) { ; return; } go(x); }");
    }

    #[test]
    fn values_of_a_library_become_undefined() {
        let code =
            "var sizes = [1]; function slot() { return googletag.defineSlot('/1/a', sizes, 'x') } menu.add(slot);";
        check(code, Action::Neutralise, "var sizes = [1]; function slot() { return (void 0) } menu.add(slot);");
    }

    #[test]
    fn written_ads_go() {
        check(
            "document.write('<script src=\"https://securepubads.g.doubleclick.net/tag/js/gpt.js\"><\\/script>');",
            Action::Block,
            "",
        );
        let pieces = "document.write('<scr' + 'ipt src=\"https://securepubads.g.doubleclick.net'); document.write('/tag/js/gpt.js?'); \
                      if (document.referrer) document.write('r=' + document.referrer); document.write('\"></scr' + 'ipt>');";
        check(pieces, Action::Block, "");
        let both = "document.write('<p>News</p><script src=\"https://securepubads.g.doubleclick.net/tag/js/gpt.js\"><\\/script>');";
        check(both, Action::Allow, both);
    }

    #[test]
    fn verdicts_that_are_remembered_are_those_of_the_site_and_of_the_page_whose_urls_count() {
        let policy = crate::block::Policy::built_in();
        let policy = policy.with_text("mine.toml", "[site.'kept.example']\nallow = ['header-bidding']").unwrap();
        let engine = Engine::built_in().with_policy(policy);
        let at = |code: &str, url: &str| engine.check_script(code, &PageContext::new(url)).action;
        let code = "menu(); pbjs.que.push(function () { pbjs.requestBids({}) });";
        for _ in 0..2 {
            assert_eq!(at(code, "https://kept.example/a"), Action::Allow);
            assert_eq!(at(code, "https://cut.example/a"), Action::Neutralise);
        }
        // What it asks for depends on where the page is.
        let written = "menu(); document.write('<scr' + 'ipt src=\"../delivery/ajs.php?zoneid=1\"></scr' + 'ipt>');";
        for _ in 0..2 {
            assert_eq!(at(written, "https://cut.example/a/b/"), Action::Neutralise);
            assert_eq!(at(written, "https://cut.example/a/b/c"), Action::Neutralise);
        }
    }

    #[test]
    fn scripts_before_tell_what_names_mean() {
        let before: Arc<str> = "var host = 'https://securepubads.g.doubleclick.net';".into();
        let code = "var s = document.createElement('script'); s.src = host + '/tag/js/gpt.js'; document.head.appendChild(s); googletag.display('x');";
        let judged = Judged { code, before: &[before], ..Judged::default() };
        let verdict = ENGINE.judge(judged, &PageContext::unknown());
        assert_eq!(verdict.apply(code), "var s = document.createElement('script'); ; ; ;", "a global stays");
    }
}

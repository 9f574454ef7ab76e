//! Requests by the filter lists: the verdicts are those of the `adblock` crate used directly, each and every one.
//!
//! Reads `../shared/requests.jsonl` and `../shared/lists/`, which are no part of the repository; where they are absent that is
//! said and only the invented cases are compared.

use adsieve::{FilterList, FilterLists, Request, RequestKind, Trust};
use std::fs;
use std::path::Path;

/// Rules of every sort that the index files in its own way, and URLs that sit on their edges.
const OWN_RULES: &str = r"[Adblock Plus 2.0]
||ads.example^
||track.example^$third-party
||cdn.example/lib/ads/$script
||wild*.example^
||pix.example/p?$image
/banner/ad_
-sponsor-ad.
&adunit=
|https://start.example/ad
/end.gif|
/sep^arated^
=wide*card&
/\/[0-9a-f]{8}\/pop\.js/$script
/^https:\/\/only\.example\/(?:a|b)/$domain=news.example
$script,domain=tokenless.example
||important.example^$important
@@||important.example^
@@||ads.example/allowed/
@@||track.example^$domain=friend.example
||param.example^$removeparam=utm_source
$removeparam=fbclid
||off.example^
||off.example^$badfilter
ad$domain=one.example|two.example
||post.example^$method=post
@@||whole.example^$document
||sub.domain.infix^
";

const OWN_URLS: [&str; 46] = [
    "https://ads.example/x.js",
    "https://ADS.example/X.JS",
    "https://sub.ads.example/x",
    "https://badads.example/x",
    "https://ads.example.com/x",
    "https://ads.example:8443/x",
    "https://user@ads.example/x",
    "https://ads.example/allowed/x.js",
    "https://track.example/t",
    "https://cdn.example/lib/ads/x.js",
    "https://cdn.example/xlib/ads/x.js",
    "https://wildlife.example/",
    "https://www.wild.example/",
    "https://unwild.example/",
    "https://pix.example/p?x=1",
    "https://news.example/banner/ad_top.png",
    "https://news.example/xbanner/ad_top.png",
    "https://news.example/banner/adx",
    "https://news.example/a-sponsor-ad.gif",
    "https://news.example/?x=1&adunit=7",
    "https://start.example/ads",
    "https://news.example/?https://start.example/ad",
    "https://news.example/end.gif",
    "https://news.example/end.gif?x",
    "https://news.example/sep/arated/",
    "https://news.example/sep?arated",
    "https://news.example/sep-arated/",
    "https://news.example/?a=wideopencard&",
    "https://x.example/0123abcd/pop.js",
    "https://x.example/0123ABCD/pop.js",
    "https://only.example/a",
    "https://any.example/anything.js",
    "https://important.example/x",
    "https://param.example/?utm_source=x&y=1",
    "https://param.example/?y=1",
    "https://y.example/?fbclid=z&a=b",
    "https://y.example/?FBCLID=z",
    "https://off.example/",
    "https://y.example/ad",
    "https://y.example/bad.js",
    "https://post.example/",
    "wss://ads.example/socket",
    "https://ads.example/with space",
    "https://ünï.example/banner/ad_ü",
    "data:text/html,ads.example",
    "not a url",
];

const SOURCES: [&str; 9] = [
    "https://news.example/page",
    "https://www.news.example/",
    "https://tokenless.example/",
    "https://friend.example/",
    "https://one.example/",
    "https://track.example/",
    "https://whole.example/",
    "",
    "about:blank",
];

const KINDS: [&str; 7] = ["script", "image", "subdocument", "document", "xmlhttprequest", "stylesheet", "other"];

struct Both {
    direct: adblock::Engine,
    lists: FilterLists,
}

impl Both {
    fn new(texts: &[String]) -> Self {
        let mut set = adblock::FilterSet::new(false);
        texts.iter().for_each(|text| {
            set.add_filter_list(text.clone(), Default::default());
        });
        let list = |text: &String| FilterList::new("list", text.as_str()).with_trust(Trust::Trusted);
        let lists = FilterLists::new(&texts.iter().map(list).collect::<Vec<_>>());
        Self { direct: adblock::Engine::new_with_filter_set(set), lists }
    }

    /// What differs between the two, if anything.
    fn difference(&self, url: &str, source: &str, kind: &str, method: &str) -> Option<String> {
        let direct = adblock::request::Request::new(url, source, kind, method);
        let direct = direct.map(|request| self.direct.check_network_request(&request)).unwrap_or_default();
        let known = RequestKind::of_name(kind).unwrap_or_default();
        let ours = self.lists.check(&Request::new(url).with_source(source).with_kind(known).with_method(method));
        let left = (direct.should_block(), direct.important, direct.exception.is_some(), direct.rewritten_url);
        let right = (ours.is_block(), ours.is_important, ours.exception.is_some(), ours.url.clone());
        let is_told = ours.rule.iter().chain(&ours.exception).all(|rule| rule.line > 0 && !rule.text.is_empty());
        (left != right || !is_told).then(|| format!("{kind} {url} from {source}: {left:?}, ours {ours:?}"))
    }
}

#[test]
fn verdicts_on_edge_cases_are_the_matchers_own() {
    let both = Both::new(&[OWN_RULES.to_owned()]);
    let mut wrong = Vec::new();
    let (mut blocked, mut all) = (0, 0);
    for url in OWN_URLS {
        for source in SOURCES {
            for kind in KINDS {
                let request = Request::new(url).with_source(source).with_kind(RequestKind::of_name(kind).unwrap());
                all += 1;
                blocked += usize::from(both.lists.check(&request).is_block());
                wrong.extend(
                    ["GET", "POST", ""].into_iter().filter_map(|method| both.difference(url, source, kind, method)),
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(blocked > all / 10 && blocked < all / 2, "{blocked} of {all} say something");
}

#[test]
fn verdicts_on_real_requests_are_the_matchers_own() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let read = |name: &str| fs::read_to_string(shared.join(name)).ok();
    let lists: Option<Vec<String>> = ["lists/easylist.txt", "lists/easyprivacy.txt"].into_iter().map(read).collect();
    let (Some(lists), Some(requests)) = (lists, read("requests.jsonl")) else {
        eprintln!("SKIPPED: no {}", shared.display());
        return;
    };
    let both = Both::new(&lists);
    let mut wrong = Vec::new();
    for line in requests.lines() {
        let json: serde_json::Value = serde_json::from_str(line).unwrap();
        let field = |name: &str| json[name].as_str().unwrap_or_default();
        wrong.extend(both.difference(field("url"), field("source_url"), field("kind"), "GET"));
    }
    let count = requests.lines().count();
    eprintln!("{} of {count} verdicts agree", count - wrong.len());
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
}

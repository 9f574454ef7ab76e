//! Detection over whole pieces of pages: what the parts of this folder promise together.

use super::test_page::{PageRunner, detect};
use super::{Detected, Detector, Observed, Prefilter};
use crate::base::{Evidence, Place, Span};
use crate::evaluate::{Alternative, Event, EventKind, Object, Value};
use crate::network::Registry;
use crate::rule::{ExampleKind, RuleSet, check_examples};
use std::sync::Arc;

fn detector() -> Detector {
    Detector::new(Arc::new(RuleSet::built_in()), Registry::built_in())
}

fn script(text: &str) -> Detected {
    detect(&detector(), ExampleKind::Script, text)
}

fn events(events: &[Event]) -> Detected {
    detector().detect(&Observed { events, ..Observed::default() })
}

fn object(identity: u32, entries: &[(&str, Value)]) -> Value {
    let entries = entries.iter().map(|(key, value)| ((*key).into(), value.clone())).collect();
    let at = Some(Place { script: Some(0), span: Span::new(identity as usize, identity as usize + 1) });
    Value::Object(Arc::new(Object { entries, at, identity }))
}

fn add_ad_units(unit: Value) -> Event {
    let kind = EventKind::Call {
        callee: "pbjs.addAdUnits".into(),
        arguments: vec![Value::Array([unit].into())],
        is_new: false,
    };
    Event { kind, at: Place::default(), evidence: Evidence::Evaluated, when: None }
}

fn bid(bidder: &str) -> Value {
    object(0, &[("bidder", Value::string(bidder)), ("params", object(0, &[("placementId", Value::Number(7.0))]))])
}

#[test]
fn the_examples_of_the_built_in_rules_hold() {
    let rules = RuleSet::built_in_with_examples();
    let runner = PageRunner(detector());
    let text_of = |file: &str| RuleSet::built_in_text(file).unwrap_or_default().to_owned();
    let mistakes: Vec<String> = check_examples(&rules, &runner, &text_of).iter().map(ToString::to_string).collect();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

#[test]
fn a_unit_that_is_declared_and_handed_over_is_reported_once() {
    let found = script(
        "var u = { code: 'top', sizes: [[1, 2]], bids: [{ bidder: 'appnexus', params: { placementId: 7 } }] }; ads.addAdUnits([u]); ads.requestBids({ adUnits: [u] })",
    );
    assert_eq!(found.ad_units.len(), 1);
    let unit = &found.ad_units[0];
    assert_eq!(
        (unit.library.as_deref(), unit.global.as_deref(), unit.evidence),
        (Some("prebid"), Some("ads"), Evidence::Evaluated)
    );
    assert_eq!(unit.bids[0].network.as_deref(), Some("microsoft-monetize"));
    assert_eq!(unit.media_types.to_json(), serde_json::json!({ "banner": { "sizes": [[1, 2]] } }));
}

#[test]
fn networks_come_surest_first_with_ids_and_roles() {
    let found = script(
        "pbjs.addAdUnits([{ code: 'a', bids: [{ bidder: 'appnexus', params: { placementId: 7, position: 'atf' } }, { bidder: 'rubicon', params: { zoneId: '1' } }] }])",
    );
    let names: Vec<&str> = found.networks.iter().map(|network| &*network.name).collect();
    assert_eq!(names, ["Magnite", "Microsoft Monetize (Xandr)", "Prebid.org"]);
    let microsoft = &found.networks[1];
    assert_eq!(microsoft.roles, ["bidder".into()]);
    assert_eq!(microsoft.ids.keys().map(|name| &**name).collect::<Vec<_>>(), ["placementId"]);
    assert!(found.networks[2].ids.is_empty(), "the wrapper's global is no id");
    assert!(!found.networks[2].findings.is_empty());
}

#[test]
fn an_alias_of_the_page_leads_to_its_network() {
    let found = script(
        "pbjs.aliasBidder('appnexus', 'acme'); pbjs.addAdUnits({ code: 'a', bids: [{ bidder: 'acme', params: {} }] })",
    );
    let bid = &found.ad_units[0].bids[0];
    assert_eq!((bid.network.as_deref(), bid.alias_of.as_deref()), (Some("microsoft-monetize"), Some("appnexus")));
    let microsoft = found.networks.iter().find(|network| &*network.id == "microsoft-monetize").unwrap();
    assert_eq!(microsoft.bidders, ["acme".into(), "appnexus".into()]);
}

#[test]
fn one_object_at_two_times_gives_the_union_of_its_bids() {
    let unit = |bids: &[Value]| object(9, &[("code", Value::string("a")), ("bids", Value::Array(bids.into()))]);
    let found =
        events(&[add_ad_units(unit(&[bid("appnexus")])), add_ad_units(unit(&[bid("appnexus"), bid("rubicon")]))]);
    assert_eq!(found.ad_units.len(), 1);
    assert_eq!(found.ad_units[0].bids.len(), 2);
}

#[test]
fn a_bid_in_both_arms_of_a_condition_is_unconditional() {
    let bids = Value::Any(
        [("wide", [bid("appnexus")].to_vec()), ("!(wide)", vec![bid("appnexus"), bid("rubicon")])]
            .map(|(when, bids)| Alternative { when: Some(when.into()), value: Value::Array(bids.into()) })
            .into(),
    );
    let found = events(&[add_ad_units(object(3, &[("code", Value::string("a")), ("bids", bids)]))]);
    let conditions: Vec<_> = found.ad_units[0].bids.iter().map(|bid| bid.when.as_deref()).collect();
    assert_eq!(conditions, [None, Some("!(wide)")]);
}

#[test]
fn a_unit_whose_bids_are_unknown_keeps_its_code() {
    let found = script("pbjs.addAdUnits([{ code: 'a', bids: makeBids() }])");
    assert_eq!(found.ad_units[0].code, Some(Value::string("a")));
    assert!(found.ad_units[0].bids.is_empty());
}

#[test]
fn settings_have_dotted_names() {
    let found = script(
        "pbjs.setConfig({ consentManagement: { gdpr: { timeout: 10 } }, s2sConfig: { bidders: ['rubicon'] } }); pbjs.bidderTimeout = 5",
    );
    let names: Vec<&str> = found.config.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["bidderTimeout", "consentManagement.gdpr.timeout", "s2sConfig.bidders"]);
    let magnite = found.networks.iter().find(|network| &*network.id == "magnite").unwrap();
    assert_eq!(magnite.bidders, ["rubicon".into()]);
}

#[test]
fn requests_belong_to_networks_and_the_page_itself_does_not_count() {
    let one = |url: &str| detect(&detector(), ExampleKind::Url, url);
    let found = one("https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js?client=ca-pub-1234567890123456");
    assert_eq!(found.requests[0].network.as_deref(), Some("google"));
    assert_eq!(found.networks[0].evidence, Evidence::Request);
    assert_eq!(found.networks[0].ids["client"], [Value::string("ca-pub-1234567890123456")]);
    assert!(one("https://cdn.page.example/x.js").requests.is_empty());
    let unknown = one("https://cdn.other.example/x.js");
    assert_eq!((unknown.requests.len(), unknown.networks.len()), (1, 0));
}

#[test]
fn names_in_style_sheets_are_weak_signs() {
    let found = detect(&detector(), ExampleKind::Style, "p{} .adsbygoogle{display:none}");
    assert_eq!(found.networks[0].evidence, Evidence::Markup);
    assert_eq!(&*found.findings[0].rule, "google-adsense.css");
    assert_eq!(found.findings[0].at.span.range(), 11..23);
}

#[test]
fn honest_code_is_quiet() {
    let found = script(
        "cart.push({ code: 1, params: [] }); layout.init({ id: 'x' }); document.title = 'bidder'; auction.bid({ bidder: '140' })",
    );
    assert!(found.findings.is_empty() && found.networks.is_empty() && found.ad_units.is_empty(), "{found:?}");
}

#[test]
#[ignore = "looks at a folder by hand: RULES=… cargo test -- --ignored --nocapture"]
fn examples_of_a_folder_by_hand() {
    let path = std::env::var("RULES").unwrap();
    let rules = RuleSet::default().with_checked(&crate::rule::read_texts(path.as_ref()).unwrap());
    let runner = PageRunner(Detector::new(Arc::new(rules.clone()), Registry::built_in()));
    let mistakes = check_examples(&rules, &runner, &|file| std::fs::read_to_string(file).unwrap_or_default());
    mistakes.iter().for_each(|mistake| println!("{mistake}"));
}

#[test]
#[ignore = "measures: RULES=… cargo test --release -- --ignored --nocapture"]
fn loading_costs_milliseconds() {
    let texts: Vec<(String, String)> =
        std::env::var("RULES").map_or_else(|_| Vec::new(), |path| crate::rule::read_texts(path.as_ref()).unwrap());
    for _ in 0..8 {
        let start = std::time::Instant::now();
        let rules = RuleSet::built_in().with_checked(&texts);
        let read = start.elapsed();
        let prefilter = Prefilter::new(&rules, &[]);
        let filtered = start.elapsed();
        let detector = Detector::new(Arc::new(rules), Registry::built_in());
        let counts = (detector.rules().products().len(), detector.rules().rules().len(), prefilter.literals.len());
        println!(
            "{counts:?} products, rules, literals: read {read:?}, prefilter {:?}, index {:?}",
            filtered - read,
            start.elapsed() - filtered
        );
    }
    println!("{:?}", Prefilter::new(&RuleSet::built_in().with_checked(&texts), &[]).literals);
}

#[test]
fn the_rules_of_the_handbook_hold() {
    let handbook = include_str!("../../docs/rules.md");
    let blocks = handbook.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let mut count = 0;
    for block in blocks {
        let texts = [("docs/rules.md".to_owned(), block.to_owned())];
        let rules = RuleSet::default()
            .with_texts(&texts, Registry::built_in())
            .unwrap_or_else(|error| panic!("{error}\n{block}"));
        assert!(rules.notes().is_empty(), "{:?}", rules.notes());
        let runner = PageRunner(Detector::new(Arc::new(rules.clone()), Registry::built_in()));
        let mistakes = check_examples(&rules, &runner, &|_| block.to_owned());
        assert!(mistakes.is_empty(), "{mistakes:#?}");
        count += 1;
    }
    assert!(count >= 8);
}

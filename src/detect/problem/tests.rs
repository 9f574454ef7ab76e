//! Every code once where it must be, and nowhere else.

use super::*;
use crate::base::Evidence;
use crate::detect::Bid;
use crate::evaluate::{Alternative, Object, Value};
use std::sync::Arc;

fn object(entries: &[(&str, Value)]) -> Value {
    let entries = entries.iter().map(|(key, value)| ((*key).into(), value.clone())).collect();
    Value::Object(Arc::new(Object { entries, ..Object::default() }))
}

fn bid(bidder: &str, params: Value) -> Bid {
    Bid {
        bidder: Value::string(bidder),
        network: None,
        alias_of: None,
        params,
        when: None,
        problems: Vec::new(),
        at: Place::default(),
    }
}

fn unit(code: &str, bids: Vec<Bid>) -> AdUnit {
    AdUnit {
        code: Some(Value::string(code)),
        library: Some("prebid".into()),
        global: Some("pbjs".into()),
        media_types: Value::Null,
        evidence: Evidence::Evaluated,
        when: None,
        at: Place::default(),
        bids,
        problems: Vec::new(),
    }
}

/// Codes and messages of a bid's problems.
fn told(bidder: &str, params: &[(&str, Value)]) -> Vec<String> {
    let problems = check_bid(&bid(bidder, object(params)), Registry::built_in(), &Aliases::new());
    problems.into_iter().map(|problem| format!("{}: {}", problem.code, problem.message)).collect()
}

fn text(text: &str) -> Value {
    Value::string(text)
}

#[test]
fn a_sound_bid_has_no_problem() {
    let rubicon = [("accountId", Value::Number(7.0)), ("siteId", text("8")), ("zoneId", Value::Number(9.0))];
    assert_eq!(told("rubicon", &rubicon), Vec::<String>::new());
    assert_eq!(told("appnexus", &[("placementId", text("4821337"))]), Vec::<String>::new());
    assert_eq!(told("appnexus", &[("member", text("7")), ("invCode", text("top"))]), Vec::<String>::new());
    assert_eq!(
        told("teads", &[("pageId", Value::Number(1.0)), ("placementId", Value::Number(2.0))]),
        Vec::<String>::new()
    );
}

#[test]
fn an_unknown_bidder_comes_with_the_nearest_code() {
    assert_eq!(told("apnexus", &[]), ["unknown-bidder: no bidder has the code \"apnexus\"; did you mean `appnexus`?"]);
    assert_eq!(told("Rubicon", &[])[0], "unknown-bidder: no bidder has the code \"Rubicon\"; did you mean `rubicon`?");
    assert_eq!(told("zzqqxxyyww", &[]), ["unknown-bidder: no bidder has the code \"zzqqxxyyww\""]);
}

#[test]
fn the_pages_own_alias_is_known_and_wants_what_its_parent_wants() {
    let house = |code: &str, parent: &str| {
        let aliases = Aliases::from([(code.into(), Some(parent.into()))]);
        let problems = check_bid(&bid(code, object(&[("siteId", text("1"))])), Registry::built_in(), &aliases);
        problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>()
    };
    let missing = ["`accountId` is missing: `rubicon` requires it", "`zoneId` is missing: `rubicon` requires it"];
    assert_eq!(house("house", "rubicon"), missing);
    assert_eq!(house("indexExchange", "rubicon"), missing, "not renamed: it is the page's");
    assert_eq!(house("house", "nobodyKnowsThis"), Vec::<String>::new());
}

#[test]
fn codes_that_prebid_dropped_are_told() {
    assert_eq!(
        told("indexExchange", &[("id", text("1")), ("siteID", text("2"))])[0],
        "renamed-bidder: Prebid.js knows `indexExchange` as `ix` now"
    );
    assert!(told("yieldbot", &[("psn", text("a")), ("slot", text("b"))])[0].starts_with("removed-bidder: "));
    assert_eq!(told("wemass", &[("placementId", text("4821337"))]), Vec::<String>::new(), "never in Prebid");
}

#[test]
fn a_required_param_must_be_there() {
    assert_eq!(told("onetag", &[]), ["missing-param: `pubId` is missing: `onetag` requires it"]);
    assert_eq!(
        told("onetag", &[("pubid", text("x"))]),
        ["missing-param: `pubId` is missing: `onetag` requires it; \"pubid\" is there"]
    );
    assert_eq!(
        told("onetag", &[("pubId", text(" "))]),
        ["missing-param: `pubId` is the text \" \": `onetag` requires it"]
    );
    assert_eq!(told("appnexus", &[])[0].split(": ").next(), Some("missing-param"));
    let open = [("...", Value::Unknown("defaults".into()))];
    assert_eq!(told("onetag", &open), Vec::<String>::new(), "the rest may hold it");
    assert_eq!(told("onetag", &[("pubId", Value::Unknown("id".into()))]), Vec::<String>::new());
}

#[test]
fn no_params_and_params_of_another_kind() {
    let check = |params| {
        let problems = check_bid(&bid("onetag", params), Registry::built_in(), &Aliases::new());
        problems.into_iter().map(|problem| problem.code).collect::<Vec<_>>()
    };
    assert_eq!(check(Value::Null), ["missing-param"]);
    assert_eq!(check(Value::Array([].into())), ["missing-param"]);
    assert_eq!(check(text("x")), ["wrong-type"]);
    assert_eq!(check(Value::Unknown("getParams()".into())), Vec::<&str>::new());
}

#[test]
fn types_that_convert_are_notes_and_others_are_wrong() {
    let page = ("pageId", Value::Number(1.0));
    assert_eq!(
        told("teads", &[page.clone(), ("placementId", text("192234"))]),
        ["string-for-number: `placementId` is the text \"192234\", `teads` wants a whole number"]
    );
    assert_eq!(
        told("teads", &[page.clone(), ("placementId", text("top"))]),
        ["wrong-type: `placementId` is the text \"top\", `teads` wants a whole number"]
    );
    assert_eq!(
        told("sovrn", &[("tagid", Value::Number(574_079.0))]),
        ["number-for-string: `tagid` is the number 574079, `sovrn` wants text"]
    );
    let object = object(&[("a", Value::Null)]);
    assert_eq!(told("sovrn", &[("tagid", object)]), ["wrong-type: `tagid` is an object, `sovrn` wants text"]);
}

#[test]
fn white_space_and_examples_are_told() {
    assert_eq!(
        told("appnexus", &[("placementId", text("4821337 "))]),
        ["padded-id: `placementId` is the text \"4821337 \" with white space around it"]
    );
    let sample = told("appnexus", &[("placementId", Value::Number(13_144_370.0))]);
    assert!(sample[0].starts_with("sample-id: `placementId` is the number 13144370"), "{sample:?}");
}

#[test]
fn each_branch_is_checked_for_itself() {
    let both = [
        Alternative { when: Some("isMobile".into()), value: text("4821337 ") },
        Alternative { when: Some("!(isMobile)".into()), value: text("4821337") },
    ];
    assert_eq!(
        told("appnexus", &[("placementId", Value::Any(both.into()))]),
        ["padded-id: `placementId` is the text \"4821337 \" with white space around it, where `isMobile`"]
    );
}

#[test]
fn units_are_checked_against_each_other() {
    let sovrn = || bid("sovrn", object(&[("tagid", text("5"))]));
    let mut units = [unit("top", vec![sovrn(), sovrn()]), unit("top", vec![sovrn()]), unit("side", vec![])];
    check_units(&mut units, Registry::built_in(), &Aliases::new());
    let codes = |problems: &[Problem]| problems.iter().map(|problem| problem.code).collect::<Vec<_>>();
    assert_eq!(codes(&units[0].problems), Vec::<&str>::new());
    assert_eq!(codes(&units[0].bids[0].problems), Vec::<&str>::new());
    assert_eq!(codes(&units[0].bids[1].problems), ["duplicate-bid"]);
    assert_eq!(codes(&units[1].problems), ["duplicate-code"]);
    assert_eq!(codes(&units[2].problems), Vec::<&str>::new(), "whether its bids are unknown is not told here");
    assert_eq!(no_bids(&units[2]).message, "the ad unit `side` has no bids");
}

#[test]
fn twins_under_different_conditions_are_no_duplicates() {
    let mut other = unit("top", vec![]);
    other.when = Some("isMobile".into());
    let (first, mut offers) = (unit("top", vec![]), Offers::default());
    assert_eq!(check_unit(&first, &mut offers), []);
    assert_eq!(check_unit(&other, &mut offers), []);
    assert_eq!(check_unit(&first, &mut offers).len(), 1);
}

#[test]
fn sizes_must_be_pairs() {
    let sizes = Value::Array([Value::Array([text("300"), text("250")].into())].into());
    let mut bad = unit("top", vec![]);
    bad.media_types = object(&[("banner", object(&[("sizes", sizes)]))]);
    let problems = check_unit(&bad, &mut Offers::default());
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].message, "`[\"300\",\"250\"]` is no size: width and height as numbers");
}

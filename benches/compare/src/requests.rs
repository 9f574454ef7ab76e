//! Request verdicts by the same lists: the `adblock` crate's own check, and ours around it.

use super::{Contender, measure};
use adblock::lists::{FilterSet, ParseOptions};
use adsieve::{FilterList, FilterLists, Request, RequestKind};
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};

struct Asked {
    url: String,
    source: String,
    kind: String,
}

/// Reads requests and lists, checks that both say the same, and measures.
pub fn compare(file: &Path, lists: &[PathBuf]) {
    let (Ok(text), false) = (fs::read_to_string(file), lists.is_empty()) else { return };
    let asked: Vec<Asked> = text.lines().filter_map(read).collect();
    let texts: Vec<String> = lists.iter().filter_map(|list| fs::read_to_string(list).ok()).collect();
    let mut set = FilterSet::new(false);
    texts.iter().for_each(|text| drop(set.add_filter_list(text.clone(), ParseOptions::default())));
    let theirs = adblock::Engine::new_with_filter_set(set);
    let ours = FilterLists::new(&texts.iter().map(|text| FilterList::new("list", text.as_str())).collect::<Vec<_>>());

    let by_theirs = |asked: &Asked| {
        let request = adblock::request::Request::new(&asked.url, &asked.source, &asked.kind, "GET");
        request.is_ok_and(|request| theirs.check_network_request(&request).should_block())
    };
    let by_ours = |asked: &Asked| {
        let kind = RequestKind::of_name(&asked.kind).unwrap_or_default();
        ours.check(&Request::new(&asked.url).with_source(&asked.source).with_kind(kind)).is_block()
    };
    let different = asked.iter().filter(|asked| by_theirs(asked) != by_ours(asked)).count();
    eprintln!("{} requests, {different} judged differently", asked.len());
    let contenders: Vec<Contender<'_>> = vec![
        ("adsieve, requests", Box::new(|| asked.iter().for_each(|asked| { black_box(by_ours(asked)); }))),
        ("adblock, requests", Box::new(|| asked.iter().for_each(|asked| { black_box(by_theirs(asked)); }))),
    ];
    measure(contenders, asked.len());
}

fn read(line: &str) -> Option<Asked> {
    let value: serde_json::Value = serde_json::from_str(line).ok()?;
    let field = |name: &str| value[name].as_str().map(ToOwned::to_owned);
    Some(Asked { url: field("url")?, source: field("source_url")?, kind: field("kind")? })
}

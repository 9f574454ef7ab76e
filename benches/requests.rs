//! Verdicts on requests: the matcher alone, the same lists behind the index, the whole engine, the policy alone.
//!
//! Reads `../shared/requests.jsonl` and `../shared/lists/`, which are no part of the repository; without them a few invented
//! rules and requests stand in. One item is one request.

use adsieve::{Engine, FilterList, FilterLists, Request, RequestKind, Trust};
use divan::Bencher;
use divan::counter::ItemsCount;
use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

fn main() {
    divan::main();
}

struct Asked {
    url: String,
    source_url: String,
    kind: String,
}

fn shared(name: &str) -> Option<String> {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(name)).ok()
}

static LISTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let own = || vec!["||ads.example^\n/banner/ad_\n@@||ads.example/allowed/\n".to_owned()];
    let read: Option<Vec<String>> = ["lists/easylist.txt", "lists/easyprivacy.txt"].into_iter().map(shared).collect();
    read.unwrap_or_else(own)
});

static REQUESTS: LazyLock<Vec<Asked>> = LazyLock::new(|| {
    let own = || {
        let urls =
            ["https://ads.example/x.js", "https://cdn.example/lib/app.min.js?v=7", "https://news.example/img/top.jpg"];
        let lines =
            urls.map(|url| format!(r#"{{"url":"{url}","source_url":"https://news.example/","kind":"script"}}"#));
        lines.join("\n")
    };
    let text = shared("requests.jsonl").unwrap_or_else(own);
    let field = |json: &serde_json::Value, name: &str| json[name].as_str().unwrap_or_default().to_owned();
    let asked = text.lines().filter_map(|line| serde_json::from_str(line).ok());
    asked
        .map(|json: serde_json::Value| Asked {
            url: field(&json, "url"),
            source_url: field(&json, "source_url"),
            kind: field(&json, "kind"),
        })
        .collect()
});

fn requests() -> Vec<Request<'static>> {
    let request = |asked: &'static Asked| {
        let kind = RequestKind::of_name(&asked.kind).unwrap_or_default();
        Request::new(&asked.url).with_source(&asked.source_url).with_kind(kind).with_method("GET")
    };
    REQUESTS.iter().map(request).collect()
}

fn lists() -> FilterLists {
    let read = |text: &String| FilterList::new("list", text.as_str()).with_trust(Trust::Trusted);
    FilterLists::new(&LISTS.iter().map(read).collect::<Vec<_>>())
}

#[divan::bench]
fn adblock_alone(bencher: Bencher) {
    let mut set = adblock::FilterSet::new(false);
    for text in LISTS.iter() {
        set.add_filter_list(text.clone(), Default::default());
    }
    let matcher = adblock::Engine::new_with_filter_set(set);
    let check = |asked: &Asked| {
        let request = adblock::request::Request::new(&asked.url, &asked.source_url, &asked.kind, "GET").ok()?;
        Some(matcher.check_network_request(&request).should_block())
    };
    bencher
        .counter(ItemsCount::new(REQUESTS.len()))
        .bench(|| REQUESTS.iter().filter_map(check).filter(|block| *block).count());
}

#[divan::bench]
fn lists_behind_the_index(bencher: Bencher) {
    let (lists, requests) = (lists(), requests());
    let counted = bencher.counter(ItemsCount::new(requests.len()));
    counted.bench(|| requests.iter().filter(|request| lists.check(request).is_block()).count());
}

#[divan::bench]
fn policy_alone(bencher: Bencher) {
    let (engine, requests) = (Engine::built_in(), requests());
    let counted = bencher.counter(ItemsCount::new(requests.len()));
    counted.bench(|| requests.iter().filter(|request| engine.check_request(request).is_block()).count());
}

#[divan::bench]
fn engine_with_lists(bencher: Bencher) {
    let (engine, requests) = (Engine::built_in(), requests());
    engine.set_lists(Some(Arc::new(lists())));
    let counted = bencher.counter(ItemsCount::new(requests.len()));
    counted.bench(|| requests.iter().filter(|request| engine.check_request(request).is_block()).count());
}

#[divan::bench(sample_count = 10)]
fn compile_lists() -> usize {
    lists().len()
}

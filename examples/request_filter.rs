//! The smallest request filter: `cargo run --example request_filter -- easylist.txt < urls.txt`.
//!
//! Reads lines of `URL SOURCE KIND` and answers each with what a proxy would do.

use adsieve::{Engine, FilterList, FilterLists, Request, RequestKind};
use std::io::{self, BufRead};
use std::path::Path;
use std::sync::Arc;

fn main() -> io::Result<()> {
    // The policy that comes with adsieve: ads go, measurement and consent tools stay.
    let engine = Engine::built_in();
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let lists: Vec<FilterList> =
        paths.iter().map(|path| FilterList::read(Path::new(path))).collect::<Result<_, _>>()?;
    // Another set may take its place at any time, while other threads ask.
    engine.set_lists(Some(Arc::new(FilterLists::new(&lists))));
    for line in io::stdin().lock().lines() {
        let line = line?;
        let mut words = line.split_whitespace();
        let Some(url) = words.next() else { continue };
        let source = words.next().unwrap_or_default();
        let kind = words.next().and_then(RequestKind::of_name).unwrap_or_default();
        let verdict = engine.check_request(&Request::new(url).with_source(source).with_kind(kind));
        match (verdict.is_block(), &verdict.answer, &verdict.reason) {
            (true, Some(answer), Some(reason)) => println!("answer with {}: {reason}", answer.name),
            (true, None, Some(reason)) => println!("refuse: {reason}"),
            _ => println!("ask for {}", verdict.url.as_deref().unwrap_or(url)),
        }
    }
    Ok(())
}

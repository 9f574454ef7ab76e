//! What is fuzzed: one function for each target, from bytes to a promise that must hold.
//!
//! Everything but the parser of ICAP goes through the public API, as strangers' bytes do. `cargo fuzz` calls these
//! functions with inputs that it breeds, and `tests/fuzz.rs` with seeds, kept crashes and seeded mutations, on any
//! toolchain. An input is nothing but the file that a user would hand over: choices (chunk sizes, labels) come from a
//! hash of it, so that fixtures are seeds as they stand.

use super::icap;
use adsieve::report::{Json, Markdown, Render, Source, Summary, Table, page_report};
use adsieve::{
    Anchors, CleanOptions, Engine, FilterList, FilterLists, PageContext, Policy, ReadOptions, Registry, Request,
    RequestKind, RewriteOptions, RuleSet, Scan, ScanOptions, SellerListKind, Span, What, clean_text, find_regions,
    header, read_documents, read_seekable_documents, read_sellers,
};
use std::io::Cursor;
use std::ops::ControlFlow;
use std::sync::LazyLock;

/// A target: its name, and what it does with an input.
pub struct Target {
    /// The name, as `cargo fuzz run` takes it.
    pub name: &'static str,
    /// Panics if a promise is broken.
    pub run: fn(&[u8]),
}

/// All targets.
pub const TARGETS: [Target; 20] = [
    Target { name: "page", run: page },
    Target { name: "split", run: split },
    Target { name: "charset", run: charset },
    Target { name: "script", run: script },
    Target { name: "salvage", run: salvage },
    Target { name: "clean", run: clean },
    Target { name: "rules", run: rules },
    Target { name: "pattern", run: pattern },
    Target { name: "rewrite", run: rewrite },
    Target { name: "request", run: request },
    Target { name: "sellers", run: sellers },
    Target { name: "icap", run: icap::message },
    Target { name: "http_head", run: icap::http_head },
    Target { name: "warc", run: |input| container(input, "a.warc") },
    Target { name: "har", run: |input| container(input, "a.har") },
    Target { name: "mhtml", run: |input| container(input, "a.mhtml") },
    Target { name: "webarchive", run: |input| container(input, "a.webarchive") },
    Target { name: "packed", run: |input| container(input, "a.zip") },
    Target { name: "compressed", run: |input| container(input, "a.gz") },
    Target { name: "table", run: |input| container(input, if input.starts_with(b"{") { "a.jsonl" } else { "a.csv" }) },
];

/// Runs a target by its name.
pub fn run(name: &str, input: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("the name is one of the table's");
    (target.run)(input);
}

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::built_in);

/// Knows no rule: what it does is opening, splitting and salvage.
static EMPTY: LazyLock<Engine> = LazyLock::new(|| Engine::new(RuleSet::default()));

/// Small bounds: an input that needs the large ones to show a fault would be slow to find.
static READ: LazyLock<ReadOptions> = LazyLock::new(|| {
    let mut options = ReadOptions::default();
    (options.document_bytes, options.resource_bytes) = (256 << 10, 256 << 10);
    options
});

/// A page through all stages, with its report.
fn page(input: &[u8]) {
    whole(&ENGINE, input, &named("a.html"));
}

/// A page split; its code is read only where no rule is needed for it.
fn split(input: &[u8]) {
    whole(&EMPTY, input, &named("a.html"));
}

/// A page in whatever charset its head, its bytes or a header claim.
fn charset(input: &[u8]) {
    const LABELS: [&str; 8] = [
        "",
        "utf-16le",
        "utf-16be",
        "shift_jis",
        "iso-2022-jp",
        "gb18030",
        "text/html; charset=x-user-defined",
        "big5",
    ];
    let label = LABELS[Dice::of(input).below(LABELS.len())];
    let options = ScanOptions { content_type: (!label.is_empty()).then(|| label.to_owned()), ..ScanOptions::default() };
    whole(&EMPTY, input, &options);
}

/// A bare script: parsed, evaluated, harvested, judged.
fn script(input: &[u8]) {
    whole(&ENGINE, input, &named("a.js"));
}

/// Text that code may have leaked into.
fn salvage(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut end = 0;
    for region in find_regions(&text, &Anchors::default()) {
        inside(region.span, &text);
        assert!(region.span.start >= end, "regions lie one behind the other");
        end = region.span.end;
    }
    whole(&ENGINE, text.as_bytes(), &named("a.txt"));
}

/// Cleaning never grows a text, is done when it is done once, and touches nothing beside its cuts.
fn clean(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let anchors = Anchors::default();
    for options in [CleanOptions::default(), CleanOptions::default().with_what(What::Code).with_force(true)] {
        let cleaned = clean_text(&text, &anchors, options, &|_| None);
        assert!(cleaned.text.len() <= text.len(), "a text grew");
        let (mut rebuilt, mut at) = (String::new(), 0);
        for cut in &cleaned.cuts {
            inside(cut.span, &text);
            rebuilt.push_str(&text[at..cut.span.start as usize]);
            rebuilt.push_str(&cut.replacement);
            at = cut.span.end as usize;
        }
        rebuilt.push_str(&text[at..]);
        assert!(rebuilt == cleaned.text, "the cuts tell all that was done");
        let again = clean_text(&cleaned.text, &anchors, options, &|_| None);
        assert!(again.text == cleaned.text, "cleaning twice is cleaning once");
    }
}

/// A rule file, and a page for the rules that pass; a policy file of the same text.
fn rules(input: &[u8]) {
    let text = String::from_utf8_lossy(input).into_owned();
    let _ = Policy::built_in().with_text("a.toml", &text);
    with_rules(text);
}

/// One pattern of a rule, met with scripts of all shapes.
fn pattern(input: &[u8]) {
    let text = String::from_utf8_lossy(input).replace("'''", "'");
    let key = ["script", "element", "url", "script"][Dice::of(input).below(4)];
    with_rules(format!("[fuzz-rule]\nabout = 'x'\n{key} = '''\n{text}'''\n"));
}

fn with_rules(text: String) {
    const PAGE: &[u8] =
        b"<script>a.b({c: [1, {d: 'x', e: location.hash ? 1 : 2}], f: `g${h}`}, [2, 3]); i.push(function \
        () { j.k = new L('m') }); var ads = {bids: [{bidder: 'appnexus', params: {placementId: 7}}]}</script>\
        <ins class=adsbygoogle data-ad-client=x></ins><img src=//ib.adnxs.com/getuid?x=1>";
    if let Ok(rules) = RuleSet::default().with_texts(&[("a.toml".into(), text)], Registry::built_in()) {
        let engine = Engine::new(rules);
        let (with, without) = (engine.scan_bytes(PAGE, &ScanOptions::default()), engine.without_prefilter());
        let without = without.scan_bytes(PAGE, &ScanOptions::default());
        assert_eq!(with.findings.len(), without.findings.len(), "the prefilter loses nothing");
    }
}

/// A page rewritten in random chunks is the page rewritten whole.
fn rewrite(input: &[u8]) {
    let options = RewriteOptions::default().with_handlers().with_script_bytes(16 << 10);
    let context = || PageContext::new("https://news.example/a/");
    let (whole, _) = ENGINE.rewrite_page(input, context(), options);
    let (mut out, mut dice, mut rest) = (Vec::new(), Dice::of(input), input);
    let mut rewriter = ENGINE.rewriter_with(context(), |bytes: &[u8]| out.extend_from_slice(bytes), options);
    while !rest.is_empty() {
        let most = [2, 9, 80, 4_000][dice.below(4)];
        let (chunk, after) = rest.split_at((1 + dice.below(most)).min(rest.len()));
        rewriter.write(chunk);
        rest = after;
    }
    rewriter.end();
    assert!(out == whole, "chunks give what the whole gives");
}

/// Requests, filter lists and headers: the first line is a list's rule, the others are URLs and header fields.
fn request(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let lines: Vec<&str> = text.lines().take(40).collect();
    let lists = FilterLists::new(&[FilterList::new(
        "a.txt",
        lines.iter().take(4).fold(String::new(), |all, line| all + *line + "\n"),
    )]);
    let kinds: Vec<&str> = RequestKind::all_names().collect();
    let mut dice = Dice::of(input);
    for (url, source) in lines.iter().zip(lines.iter().cycle().skip(1)) {
        let kind = RequestKind::of_name(kinds[dice.below(kinds.len())]).unwrap_or_default();
        let request = Request::new(url).with_source(source).with_kind(kind);
        let (first, again) = (ENGINE.check_request(&request), ENGINE.check_request(&request));
        assert_eq!(first.is_block(), again.is_block(), "a verdict stays the same");
        let (first, again) = (lists.check(&request), lists.check(&request));
        assert_eq!(first.is_block(), again.is_block(), "a list's verdict stays the same");
        let _ = (lists.hidden_on_page(url), lists.policies(&request));
    }
    let fields = lines.iter().filter_map(|line| line.split_once(':'));
    let mut fields: Vec<(String, String)> = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let _ = (header::pass_reason("GET", 200, &fields), header::speaks_of_html(&fields));
    header::mend_request(&mut fields, "gzip", "x");
    header::mend_response(&mut fields, "x", true);
}

/// Lists of sellers in all their forms.
fn sellers(input: &[u8]) {
    for kind in [SellerListKind::AdsTxt, SellerListKind::AppAdsTxt, SellerListKind::SellersJson] {
        let list = read_sellers(kind, "https://example.com/ads.txt", input, Registry::built_in());
        assert!(list.sellers.len() <= input.len(), "a seller takes some bytes");
    }
}

/// A container, from a stream and from a file: what it holds is opened, and a few documents are scanned.
fn container(input: &[u8], name: &str) {
    let mut taken = 0_usize;
    let mut take = |document: Result<adsieve::SavedDocument, adsieve::Diagnostic>| {
        taken += 1;
        if let Some(document) = document.ok().filter(|_| taken < 4) {
            let scan = EMPTY.scan_document(&document, &ScanOptions::default());
            check(&scan, &document.bytes);
        }
        if taken < 2_000 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let _ = read_documents(input, name, &READ, &mut take);
    let _ = read_seekable_documents(Cursor::new(input), name, &READ, &mut take);
    assert!(taken > 0, "an empty success");
}

fn named(name: &str) -> ScanOptions {
    ScanOptions {
        name: Some(name.to_owned()),
        url: Some("https://news.example/a/".to_owned()),
        ..ScanOptions::default()
    }
}

fn whole(engine: &Engine, input: &[u8], options: &ScanOptions) {
    check(&engine.scan_bytes(input, options), input);
}

/// What is promised of every scan: places lie in the text and in order, and every form of the report can be written.
fn check(scan: &Scan, input: &[u8]) {
    assert!(scan.findings.is_sorted_by_key(|finding| finding.at), "findings come in order");
    scan.findings.iter().for_each(|finding| inside(finding.at.span, &scan.text));
    for script in &scan.scripts {
        inside(script.at.span, &scan.text);
    }
    let units = scan.ad_units.iter().flat_map(|unit| unit.bids.iter().map(|bid| bid.at).chain([unit.at]));
    units.chain(scan.slots.iter().map(|slot| slot.at)).for_each(|place| inside(place.span, &scan.text));
    let report = page_report(scan, &Source::new("a.html", input));
    let json = Json.page(&report);
    assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "the report is JSON");
    let table = Table::new(80).page(&report);
    assert!(!table.contains(|c: char| c.is_control() && c != '\n'), "a page cannot speak to the terminal");
    let _ = (Markdown.page(&report), Summary::of(&report));
}

fn inside(span: Span, text: &str) {
    assert!(text.get(span.range()).is_some(), "{span:?} is no piece of the text of {} bytes", text.len());
}

/// Choices that follow from an input: an xorshift, begun with a hash of the bytes.
pub struct Dice(u64);

impl Dice {
    /// The dice of this input.
    pub fn of(input: &[u8]) -> Self {
        // FNV-1a.
        Self(
            input
                .iter()
                .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
                | 1,
        )
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % bound.max(1)
    }
}

//! Rewritten pages against the pages they came from: nothing that serves ads is left, and nothing else is touched.
//!
//! Over the pages of `tests/corpus`, and those of a corpus beside the repository where it is there.

use adsieve::{Action, ChangeKind, Engine, PageContext, Policy, RewriteOptions, ScanOptions};
use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::built_in);

/// The pages of the repository, and every so-manieth of the corpus beside it.
fn pages() -> Vec<(PathBuf, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join("tests/corpus"), &mut files);
    collect(&root.join("tests/browser/pages"), &mut files);
    let mut saved = Vec::new();
    collect(&root.join("../shared/corpus/pages"), &mut saved);
    if saved.is_empty() {
        eprintln!("LEFT OUT: ../shared/corpus is not there");
    }
    saved.sort();
    // All of them take a while in a build for tests; REWRITE_ALL=1 takes them.
    let step = if std::env::var_os("REWRITE_ALL").is_some() { 1 } else { 40 };
    files.extend(saved.into_iter().step_by(step));
    files.sort();
    files.into_iter().map(|file| (file.clone(), fs::read(&file).unwrap())).collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "html") {
            found.push(path);
        }
    }
}

fn rewritten(page: &[u8]) -> Vec<u8> {
    ENGINE.rewrite_page(page, PageContext::unknown(), RewriteOptions::default()).0
}

/// An engine that puts in what a policy may ask for.
static INSERTS: LazyLock<Engine> = LazyLock::new(|| {
    let policy = Policy::built_in().with_text("test.toml", "insert = ['stubs', 'hiding']").unwrap();
    Engine::built_in().with_policy(policy)
});

/// Runs with a stack as large as the program's own threads have.
fn with_large_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(64 << 20).spawn(run).unwrap().join().unwrap();
}

#[test]
fn a_rewritten_page_scanned_again_has_nothing_to_cut() {
    with_large_stack(|| {
        for (path, page) in pages() {
            let left = rewritten(&page);
            let again = rewritten(&left);
            assert!(left == again, "{}: rewriting twice is not once", path.display());
            let scan = ENGINE.scan_bytes(&left, &ScanOptions::default());
            // Pages in UTF-16 pass as they are, and the log says so.
            if scan.charset.starts_with("UTF-16") {
                continue;
            }
            // What a consent tool holds back may stand in an attribute, which nobody runs before consent.
            for script in scan.scripts.iter().filter(|script| script.held_back.is_none()) {
                assert_ne!(script.verdict.action, Action::Block, "{}: {}", path.display(), script.code);
            }
        }
    });
}

#[test]
fn chunks_of_any_size_give_what_the_whole_gives() {
    with_large_stack(|| {
        for (path, page) in pages() {
            let whole = rewritten(&page);
            for size in [1, 7, 1_000] {
                // Byte by byte a large page takes long, and shows no more.
                let page = if size == 1 { &page[..page.len().min(20_000)] } else { &page[..] };
                let mut out = Vec::new();
                let mut rewriter = ENGINE.rewriter(PageContext::unknown(), |bytes: &[u8]| out.extend_from_slice(bytes));
                page.chunks(size).for_each(|chunk| rewriter.write(chunk));
                rewriter.end();
                let expected = if page.len() == whole.len() { whole.clone() } else { rewritten(page) };
                assert!(out == expected, "{}: chunks of {size} bytes give another page", path.display());
            }
        }
    });
}

#[test]
fn chunks_make_no_difference_to_what_is_put_in() {
    with_large_stack(|| {
        let options = RewriteOptions::default().with_handlers().with_leaked_text();
        for (path, page) in pages() {
            let page = &page[..page.len().min(200_000)];
            let (whole, log) = INSERTS.rewrite_page(page, PageContext::unknown(), options);
            let mut out = Vec::new();
            let sink = |bytes: &[u8]| out.extend_from_slice(bytes);
            let mut rewriter = INSERTS.rewriter_with(PageContext::unknown(), sink, options);
            page.chunks(613).for_each(|chunk| rewriter.write(chunk));
            rewriter.end();
            assert!(out == whole, "{}: chunks give another page", path.display());
            if log.changes.is_empty() && !String::from_utf8_lossy(&whole).contains("data-adsieve") {
                assert!(whole == page, "{}: nothing was changed, and yet it is another page", path.display());
            }
        }
    });
}

#[test]
fn a_page_without_ads_comes_out_byte_for_byte() {
    let page = b"<!doctype html><title>x</title>\r\n<p CLASS=a\t>&nbsp;caf\xe9<noscript><img src=/own.png></noscript>\
        <iframe srcdoc='&lt;p>a&amp;b'></iframe><script>start( 'x' )</script><i style=\"background:url(/x.png)\">y<p";
    let options = RewriteOptions::default().with_handlers().with_leaked_text();
    for engine in [&*ENGINE, &*INSERTS] {
        let (left, log) = engine.rewrite_page(page, PageContext::unknown(), options);
        assert!(left == page && log.changes.is_empty(), "{}", String::from_utf8_lossy(&left));
    }
}

#[test]
fn the_tree_is_the_page_s_own_without_what_was_removed() {
    with_large_stack(|| {
        for (path, page) in pages() {
            let (left, log) = ENGINE.rewrite_page(&page, PageContext::unknown(), RewriteOptions::default());
            let (before, after) = (stream(&page), stream(&left));
            let mut rest = before.iter();
            let mut missing = Vec::new();
            for piece in &after {
                let skipped = rest.by_ref().take_while(|other| *other != piece);
                missing.extend(skipped);
            }
            missing.extend(rest);
            let removed = log.changes.iter().filter(|change| is_removal(change.kind));
            let mut removed: Vec<String> = removed.flat_map(|change| pieces_of(&page[change.at.range()])).collect();
            // What goes missing is what the log says was removed, in number too.
            assert_eq!(
                before.len() - missing.len(),
                after.len(),
                "{}: the page had no such thing there",
                path.display()
            );
            let mut missing: Vec<String> = missing.into_iter().cloned().collect();
            missing.sort_unstable();
            removed.sort_unstable();
            let extra = missing.iter().find(|piece| removed.binary_search(piece).is_err());
            assert_eq!(extra, None, "{}: went, and the log does not say so", path.display());
            assert!(missing.len() <= removed.len(), "{}: more went than the log says", path.display());
        }
    });
}

/// What a part of a page is in the tree: elements, or in `<noscript>` the characters of its markup.
fn pieces_of(part: &[u8]) -> Vec<String> {
    let mut pieces = stream(part);
    pieces.extend(String::from_utf8_lossy(part).chars().map(String::from));
    pieces
}

/// Does a change take nodes away?
fn is_removal(kind: ChangeKind) -> bool {
    matches!(kind, ChangeKind::ScriptRemoved | ChangeKind::RequestRemoved | ChangeKind::ElementRemoved)
}

/// Elements and characters in document order; without what scripts and styles hold.
fn stream(page: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(page);
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(&*text);
    let (mut pieces, mut stack) = (Vec::new(), vec![dom.document]);
    while let Some(node) = stack.pop() {
        let is_leaf = push(&node, &mut pieces);
        if !is_leaf {
            stack.extend(node.children.borrow().iter().rev().cloned());
        }
    }
    pieces
}

fn push(node: &Handle, pieces: &mut Vec<String>) -> bool {
    match &node.data {
        NodeData::Element { name, attrs, .. } => {
            // Styles keep their text but for URLs of pictures.
            let attributes = attrs.borrow();
            let attributes = attributes.iter().filter(|one| &*one.name.local != "style");
            let attributes: Vec<String> = attributes.map(|one| format!("{}={}", one.name.local, one.value)).collect();
            // These are there whether a tag says so or not, and where they begin depends on what comes first.
            if !matches!(&*name.local, "html" | "head" | "body") {
                pieces.push(format!("<{} {}>", name.local, attributes.join(" ")));
            }
            matches!(&*name.local, "script" | "style")
        }
        NodeData::Text { contents } => {
            pieces.extend(contents.borrow().chars().map(String::from));
            false
        }
        NodeData::Comment { contents } => {
            // Where a comment hangs depends on what comes before it.
            let _ = contents;
            false
        }
        _ => false,
    }
}

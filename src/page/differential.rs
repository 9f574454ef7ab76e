//! Other parsers agree with us: html5ever, a full one, about where every script begins and ends, and `lol_html`, which streams,
//! about where every tag stands.

use super::script_type::{ScriptType, classify};
use super::{MarkupReader, Page, Part, Script, ScriptKind, Splitter, Token, Tree, Wanted};
use crate::base::{Limits, Span};
use html5ever::tendril::TendrilSink;
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The text of every script element, sorted: html5ever moves elements, so its order is not that of the source.
fn scripts_of_html5ever(html: &str, is_scripting: bool) -> Vec<String> {
    let tree_builder = TreeBuilderOpts { scripting_enabled: is_scripting, ..TreeBuilderOpts::default() };
    let options = ParseOpts { tree_builder, ..ParseOpts::default() };
    let tree = parse_document(RcDom::default(), options).one(html);
    let mut scripts = Vec::new();
    let mut waiting = vec![tree.document.clone()];
    while let Some(node) = waiting.pop() {
        if let NodeData::Element { name, template_contents, .. } = &node.data {
            if &*name.local == "script" {
                scripts.extend(script_text(&node));
            }
            waiting.extend(template_contents.borrow().clone());
        }
        waiting.extend(node.children.borrow().iter().cloned());
    }
    scripts.sort();
    scripts
}

fn script_text(script: &Handle) -> Option<String> {
    let NodeData::Element { attrs, .. } = &script.data else { return None };
    let attribute = |name: &str| {
        let attributes = attrs.borrow();
        attributes.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| attribute.value.to_string())
    };
    let text_of = |child: &Handle| match &child.data {
        NodeData::Text { contents } => contents.borrow().to_string(),
        _ => String::new(),
    };
    let text: String = script.children.borrow().iter().map(text_of).collect();
    let is_data_url = attribute("src").is_some_and(|src| src.trim_start().starts_with("data:"));
    let script_type = classify(attribute("type").as_deref(), attribute("language").as_deref(), &text);
    (script_type != ScriptType::Other && !is_data_url).then_some(text)
}

/// The text of our script elements: those of the page itself, and those of markup in its markup.
fn our_scripts(html: &str) -> (Vec<String>, Vec<String>) {
    let page = Splitter::new(&Wanted::default(), &Limits::default()).split_html(html, None, 0);
    let (mut own, mut nested) = (Vec::new(), Vec::new());
    for script in scripts_of(&page).filter(|script| stands_between_tags(html, script)) {
        let text = script.text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{FFFD}");
        if script.depth == 0 { own.push(text) } else { nested.push(text) }
    }
    own.sort();
    nested.sort();
    (own, nested)
}

fn scripts_of<'p, 'd>(page: &'p Page<'d>) -> impl Iterator<Item = &'p Script<'d>> {
    page.parts.iter().filter_map(|part| match part {
        Part::Script(script) if script.kind != ScriptKind::Handler => Some(script),
        _ => None,
    })
}

/// Is it an element's text, not an attribute's value?
fn stands_between_tags(html: &str, script: &Script<'_>) -> bool {
    let length = u32::try_from(script.text.len()).expect("pages are small");
    let start = script.offsets.original(Span { start: 0, end: length }).start as usize;
    html[..start].ends_with('>') || html[..start].ends_with("<![CDATA[")
}

/// What differs between the two parsers, in words.
fn difference(html: &str) -> Option<String> {
    let (own, nested) = our_scripts(html);
    let with_scripting = scripts_of_html5ever(html, true);
    let without_scripting = scripts_of_html5ever(html, false);
    let all = [own.clone(), nested].concat();
    let missed_own = missed(&with_scripting, &all).map(|text| format!("we lack: {text}"));
    let missed_all = missed(&without_scripting, &all).map(|text| format!("we lack (no scripting): {text}"));
    let made_up = missed(&own, &with_scripting).map(|text| format!("we made up: {text}"));
    missed_own.or(missed_all).or(made_up)
}

/// The start of the first text that stands more often in the first list than in the second.
fn missed(theirs: &[String], ours: &[String]) -> Option<String> {
    let mut ours = ours.to_vec();
    for text in theirs {
        let Some(at) = ours.iter().position(|our| our == text) else { return Some(text.chars().take(200).collect()) };
        ours.swap_remove(at);
    }
    None
}

fn pages_under(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut pages = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            pages.extend(pages_under(&path));
        } else if path.extension().is_some_and(|extension| extension == "html") {
            pages.push(path);
        }
    }
    pages.sort();
    pages
}

/// The element around each element with an id of its own: its name and its id.
type Parents = BTreeMap<String, Option<(String, String)>>;

fn note_parent(parents: &mut Parents, id: String, parent: (String, String)) {
    // An id that stands twice tells nothing.
    parents.entry(id).and_modify(|known| *known = None).or_insert(Some(parent));
}

fn parents_of_html5ever(html: &str) -> Parents {
    fn described(node: &Handle) -> Option<(String, String)> {
        let NodeData::Element { name, attrs, .. } = &node.data else { return None };
        let attributes = attrs.borrow();
        let id = attributes.iter().find(|attribute| &*attribute.name.local == "id");
        Some((name.local.to_string(), id.map_or_else(String::new, |id| id.value.to_string())))
    }
    let tree = parse_document(RcDom::default(), ParseOpts::default()).one(html);
    let (mut parents, mut waiting) = (Parents::default(), vec![tree.document.clone()]);
    while let Some(node) = waiting.pop() {
        let parent = described(&node);
        for child in node.children.borrow().iter() {
            if let (Some(parent), Some((_, id))) = (&parent, described(child).filter(|(_, id)| !id.is_empty())) {
                note_parent(&mut parents, id, parent.clone());
            }
            waiting.push(child.clone());
        }
    }
    parents
}

fn our_parents(html: &str) -> Parents {
    let page = Splitter::new(&Wanted::default(), &Limits::default()).split_html(html, None, 0);
    let tree = Tree::of(html, &page.tags);
    let described = |number: usize| {
        let element = page.tags.read(html, number)?;
        Some((element.name.to_string(), element.attribute("id").unwrap_or_default().to_owned()))
    };
    let mut parents = Parents::default();
    for number in (0..).map_while(|number| page.tags.read(html, number).map(|_| number)) {
        let around = tree.parent(number).and_then(described);
        if let (Some((_, id)), Some(parent)) = (described(number).filter(|(_, id)| !id.is_empty()), around) {
            note_parent(&mut parents, id, parent);
        }
    }
    parents
}

#[test]
fn html5ever_agrees_about_what_is_around_an_element() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = pages_under(&root.join("tests"));
    pages.extend(pages_under(&root.join("../shared/corpus/pages")));
    let (mut same, mut all) = (0, 0);
    for path in pages {
        let Ok(html) = std::fs::read_to_string(&path) else { continue };
        let (theirs, ours) = (parents_of_html5ever(&html), our_parents(&html));
        for (id, parent) in theirs {
            if let (Some(parent), Some(Some(our))) = (parent, ours.get(&id)) {
                all += 1;
                same += usize::from(parent == *our);
            }
        }
    }
    println!("{same} of {all} elements have the same parent");
    assert!(same * 100 >= all * 97, "{same} of {all} elements have the same parent");
}

/// Where start tags stand, by `lol_html`.
fn tags_of_lol_html(html: &[u8]) -> Vec<Range<usize>> {
    let mut tags = Vec::new();
    let note = lol_html::element!("*", |element| {
        tags.push(element.source_location().bytes());
        Ok(())
    });
    let settings = lol_html::Settings::new().with_strict(false).append_element_content_handler(note);
    let mut reader = lol_html::HtmlRewriter::new(settings, |_: &[u8]| {});
    reader.write(html).and_then(|()| reader.end()).expect("it reads any page");
    tags
}

/// Where they stand by our reader, which is given pieces of that size.
fn our_tags(html: &[u8], size: usize) -> Vec<Range<usize>> {
    let (mut reader, mut tags) = (MarkupReader::new(usize::MAX), Vec::new());
    for end in (size..html.len()).step_by(size).chain([html.len()]) {
        let base = reader.needed_from();
        reader.read(&html[base..end], base, end == html.len(), &mut |token| {
            if let Token::Start(tag) = token {
                tags.push(tag.range());
            }
        });
    }
    tags
}

#[test]
fn lol_html_agrees_about_every_tag_of_real_pages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = pages_under(&root.join("tests"));
    pages.extend(pages_under(&root.join("../shared/corpus/pages")));
    for path in pages {
        let html = std::fs::read(&path).expect("a readable page");
        let (theirs, ours) = (tags_of_lol_html(&html), our_tags(&html, 4 << 10));
        let difference = theirs.iter().zip(&ours).find(|(their, our)| their != our);
        assert_eq!((difference, ours.len()), (None, theirs.len()), "{}", path.display());
    }
}

#[test]
fn html5ever_agrees_about_every_script_of_real_pages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = pages_under(&root.join("tests"));
    let corpus = pages_under(&root.join("../shared/corpus/pages"));
    if corpus.is_empty() {
        println!("skipped: no corpus of real pages beside the repository");
    }
    pages.extend(corpus);
    let mut differences = Vec::new();
    for path in &pages {
        let bytes = std::fs::read(path).expect("a readable page");
        if let Some(words) = difference(&String::from_utf8_lossy(&bytes)) {
            differences.push(format!("{}: {words}", path.display()));
        }
    }
    println!("{} pages compared", pages.len());
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn html5ever_agrees_about_odd_scripts() {
    let pages = [
        "<script>a</script><SCRIPT>b</SCRIPT >c<script/>d</script>",
        "<script><!-- <script> </script> --> e</script>f<script>g</script>",
        "<script><!--></script><script><!--->x</script><script>--></script>",
        "<title><script>a</script></title><textarea><b></textarea><script>b</script>",
        "<style><script>a</script></style><xmp><script>b</script></xmp><script>c</script>",
        "<iframe><script>a</script></iframe><noembed><script>b</script></noembed><script>c</script>",
        "<noscript><script>a</script></noscript><script>b</script>",
        "<template><script>a</script></template><script>b</script>",
        "<svg><script>a&lt;b</script></svg><script>c&lt;d</script>",
        "<svg><script/><script href=x /></svg><script>c</script>",
        "<svg><style><script>a</script></style><title><script>b</script></title></svg><script>c</script>",
        "<svg><script><![CDATA[a</script>b]]></script></svg><script>c</script>",
        "<svg><![CDATA[<script>a</script>]]></svg><![CDATA[<script>b</script>]]><script>c</script>",
        "<svg><foreignObject><style><script>a</script></style></foreignObject></svg><script>b</script>",
        "<svg><desc><style><script>a</script></style></desc><style><script>b</script></style></svg>",
        "<div><svg></div><style><script>a</script></style><script>b</script>",
        "<svg><p><style><script>a</script></style><script>b</script>",
        "<math><mi><style><script>a</script></style></mi><style><script>b</script></style></math>",
        "<!--<script>a</script>--><!--><script>b</script><!---><script>c</script>--!><script>d</script>",
        "</ <script>a</script>></><script>b</script><?x <script>c</script>><script>d</script>",
        "<a title='<script>a</script>'><a b=c'><script>b</script>'><a 'x='y><script>c</script>",
        "<!doctype x '><script>a</script>'><script>b</script",
        "<plaintext><script>a</script>",
        "<script>a</script",
        "<script type=text/x-template><script>a</script></script><script>b</script>",
    ];
    let differences: Vec<_> = pages.iter().filter_map(|html| Some(format!("{html}: {}", difference(html)?))).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// Pieces that move the tokenizer between its states. SVG and MathML are left out: what closes them is the tree's
/// business, of which we know only the usual cases.
const PIECES: [&str; 38] = [
    "<script>",
    "</script>",
    "<script ",
    "</script",
    "<script/>",
    "<SCRIPT\n",
    "<!--",
    "-->",
    "--!>",
    "--",
    "-",
    "<!",
    "<?",
    "</",
    "<",
    ">",
    "/>",
    "=",
    "\"",
    "'",
    " ",
    "x",
    "<style>",
    "</style>",
    "<title>",
    "</title>",
    "<textarea>",
    "</textarea>",
    "<noscript>",
    "</noscript>",
    "<xmp>",
    "</xmp>",
    "<iframe>",
    "</iframe>",
    "<![CDATA[",
    "]]>",
    "<!doctype ",
    "<a b=c",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]
    #[test]
    fn html5ever_agrees_about_soups_of_tags(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..24)) {
        let html = pieces.concat();
        let (own, nested) = our_scripts(&html);
        let theirs = scripts_of_html5ever(&html, true);
        prop_assert_eq!(missed(&theirs, &[own.clone(), nested].concat()), None, "we lack one");
        prop_assert_eq!(missed(&own, &theirs), None, "we made one up");
    }
}

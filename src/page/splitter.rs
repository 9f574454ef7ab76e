//! Splits documents for one set of rules.

use super::address::Addresses;
use super::collected::Collected;
use super::filter::Filter;
use super::resolve::{Resolver, whole_url};
use super::walk::Walker;
use super::{Page, Part, Script, ScriptKind, Text, Wanted};
use crate::base::{Diagnostic, Limits, OffsetMap, Severity, Span};
use crate::input::{Container, Document};
use std::borrow::Cow;
use std::ops::Range;

/// Splits documents into parts; made once for a set of rules and shared by all pages.
#[derive(Debug)]
pub struct Splitter {
    filter: Filter,
}

impl Splitter {
    /// Compiles what rules ask for. Of the limits only [`Limits::nesting`] matters here.
    #[must_use]
    pub fn new(wanted: &Wanted, limits: &Limits) -> Self {
        Self { filter: Filter::new(wanted, limits.nesting) }
    }

    /// Splits a document: a page into its parts, a bare script into one script, text into one text.
    #[must_use]
    pub fn split<'d>(&self, document: &'d Document<'_>) -> Page<'d> {
        let (text, url) = (&document.text[..document.page_length], document.url.as_deref());
        match document.container {
            Container::Html => self.split_html(text, url, 0),
            Container::Js => whole(Part::Script(bare_script(text)), url),
            Container::Text => whole(Part::Text(Text { text, span: Span::new(0, text.len()) }), url),
        }
    }

    /// Splits markup, also such as a script writes: `depth` is the number of levels it already stands inside.
    #[must_use]
    pub fn split_html<'d>(&self, html: &'d str, url: Option<&str>, depth: u32) -> Page<'d> {
        self.split_range(html, 0..html.len(), url, depth)
    }

    /// Splits the markup in a range of the text: a frame that was saved with its page.
    #[must_use]
    pub fn split_range<'d>(&self, text: &'d str, range: Range<usize>, url: Option<&str>, depth: u32) -> Page<'d> {
        let readable = readable_length(&text[..range.end]);
        let mut walker = Walker::new(text, &self.filter, depth);
        walker.walk(range.start.min(readable)..readable);
        let mut page = finish(walker.collected, url);
        if readable < range.end {
            let message = "the page is larger than 4 GB; the rest was not read";
            page.diagnostics.push(Diagnostic::new(Severity::Warning, "page-size", message));
        }
        page
    }
}

/// How much of the text spans can count.
fn readable_length(text: &str) -> usize {
    let mut length = text.len().min(u32::MAX as usize - 1);
    while !text.is_char_boundary(length) {
        length -= 1;
    }
    length
}

fn whole<'d>(part: Part<'d>, url: Option<&str>) -> Page<'d> {
    Page { url: url.map(ToString::to_string), parts: vec![part], ..Page::default() }
}

fn bare_script(text: &str) -> Script<'_> {
    Script {
        kind: ScriptKind::Inline,
        span: Span::new(0, text.len()),
        text: Cow::Borrowed(text),
        offsets: OffsetMap::verbatim(0),
        src: None,
        is_saved: false,
        is_module: false,
        is_async: false,
        is_deferred: false,
        held_back: None,
        id: None,
        depth: 0,
    }
}

/// Says which page it is and resolves its URLs.
fn finish<'d>(collected: Collected<'d>, url: Option<&str>) -> Page<'d> {
    let (mut page, addresses) = (collected.page, collected.addresses);
    let Addresses { canonical, og_url, base, saved_from } = &addresses;
    let own = url.or(saved_from.as_deref());
    let known = [base.as_deref(), own, canonical.as_deref(), og_url.as_deref()];
    let resolver = Resolver::new(&known);
    let named = [canonical, og_url, base, saved_from];
    let found = || named.into_iter().flatten().find_map(|address| whole_url(address));
    page.url = url.map(ToString::to_string).or_else(found);
    for part in &mut page.parts {
        match part {
            Part::Request(request) => request.url = resolver.resolve(std::mem::take(&mut request.url)),
            Part::Script(Script { src: Some(src), .. }) => *src = resolver.resolve(std::mem::take(src)),
            _ => {}
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::RequestKind;
    use proptest::prelude::*;
    use std::time::{Duration, Instant};

    fn splitter() -> Splitter {
        let set = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        let wanted = Wanted {
            elements: set(&["ins"]),
            classes: set(&["adsbygoogle"]),
            id_prefixes: vec!["div-gpt-ad".into()],
            attributes: set(&["data-ad-client"]),
            text_anchors: vec!["addAdUnits".into()],
            json_anchors: vec!["\"bidder\"".into()],
            ..Wanted::default()
        };
        Splitter::new(&wanted, &Limits::default())
    }

    fn split(html: &str) -> Page<'_> {
        splitter().split_html(html, Some("https://example.com/news/"), 0)
    }

    fn scripts<'d>(html: &'d str) -> Vec<Script<'d>> {
        let script = |part| if let Part::Script(script) = part { Some(script) } else { None };
        split(html).parts.into_iter().filter_map(script).collect()
    }

    /// Kind, text, and what holds it back.
    fn told(html: &str) -> Vec<(ScriptKind, String, Option<String>)> {
        scripts(html).into_iter().map(|script| (script.kind, script.text.into_owned(), script.held_back)).collect()
    }

    fn requests(html: &str) -> Vec<(RequestKind, String)> {
        let request = |part| if let Part::Request(request) = part { Some((request.kind, request.url)) } else { None };
        split(html).parts.into_iter().filter_map(request).collect()
    }

    #[test]
    fn scripts_come_with_their_attributes() {
        let html =
            r#"<SCRIPT id=x ASYNC type="module">f()</SCRIPT><script defer src="//ads.example.net/t.js">g()</script>"#;
        let scripts = scripts(html);
        let [inline, external] = scripts.as_slice() else { panic!("two scripts") };
        assert_eq!((inline.kind, &*inline.text), (ScriptKind::Inline, "f()"));
        assert!(inline.is_module && inline.is_async && inline.id.as_deref() == Some("x"));
        assert_eq!(&html[inline.span.range()], "f()");
        assert_eq!((external.kind, &*external.text), (ScriptKind::External, "g()"));
        assert_eq!(external.src.as_deref(), Some("https://ads.example.net/t.js"));
        assert!(external.is_deferred && html[external.span.range()].starts_with("<script defer"));
    }

    #[test]
    fn held_back_scripts_say_by_what() {
        let held = |html| {
            let script = scripts(html).remove(0);
            (script.kind, script.held_back.unwrap_or_default(), script.src.unwrap_or_default())
        };
        let src = "https://ads.example.net/x.js";
        assert_eq!(held("<script type=text/plain data-category=ads>f()</script>").1, "text/plain");
        assert_eq!(held("<script type='0a-text/javascript'>f()</script>").1, "0a-text/javascript");
        let lazy = format!("<script type=text/plain data-cmp-src='{src}'></script>");
        assert_eq!(held(Box::leak(lazy.into_boxed_str())), (ScriptKind::External, "text/plain".into(), src.into()));
        let lazy = format!("<script data-src='{src}'></script>");
        assert_eq!(held(Box::leak(lazy.into_boxed_str())), (ScriptKind::External, "data-src".into(), src.into()));
        assert_eq!(held("<!--[if IE 8]><script>f()</script><![endif]-->").1, "conditional comment");
        assert_eq!(held("<textarea>&lt;script>f()&lt;/script></textarea>").1, "textarea");
        assert_eq!(held("<b data-content='&lt;script&gt;f()&lt;/script&gt;'>").1, "data-content");
        assert_eq!(held("<b data-code='PHNjcmlwdD5mKCk8L3NjcmlwdD4='>").1, "data-code");
        assert!(told("<script type=text/x-template>f()</script>").is_empty());
    }

    #[test]
    fn handlers_and_script_urls_are_decoded_and_lead_back() {
        let html = r##"<a href="javascript:void(0);" onclick="f(&quot;x&quot;)"><a href="java&#115;cript:g(%22y%22)"><a href="#j">"##;
        let scripts = scripts(html);
        let codes: Vec<_> = scripts.iter().map(|script| (script.kind, &*script.text)).collect();
        assert_eq!(codes, [(ScriptKind::Handler, "f(\"x\")"), (ScriptKind::Handler, "g(\"y\")")]);
        let place =
            |script: &Script<'_>, start, end| html[script.offsets.original(Span::new(start, end)).range()].to_string();
        assert_eq!(place(&scripts[0], 2, 5), "&quot;x&quot;");
        assert_eq!(place(&scripts[1], 3, 4), "y");
    }

    #[test]
    fn data_urls_hold_scripts_and_pages() {
        let html = "<script src='data:text/javascript;base64,ZigpOw=='></script>\
                    <iframe src='data:text/html,<script>g(%22%22)</script>'></iframe>";
        assert_eq!(
            told(html),
            [(ScriptKind::Inline, "f();".into(), None), (ScriptKind::Inline, "g(\"\")".into(), None)]
        );
        assert!(requests(html).is_empty());
    }

    #[test]
    fn frames_are_split_with_spans_in_the_document() {
        let html = r#"<iframe srcdoc="<p title='é'><script>f(&quot;é&quot;)</script><iframe srcdoc='&lt;script>g()&lt;/script>'>"></iframe>"#;
        let scripts = scripts(html);
        let [outer, inner] = scripts.as_slice() else { panic!("two scripts") };
        assert_eq!((&*outer.text, outer.depth, &*inner.text, inner.depth), ("f(\"é\")", 1, "g()", 2));
        assert_eq!(&html[outer.span.range()], "f(&quot;é&quot;)");
        assert_eq!(&html[inner.span.range()], "g()");
        assert_eq!(&html[outer.offsets.original(Span::new(3, 5)).range()], "é");
    }

    #[test]
    fn markup_in_markup_is_counted_and_bounded() {
        let depths = |html| scripts(html).iter().map(|script| script.depth).collect::<Vec<_>>();
        assert_eq!(depths("<noscript><script>a</script></noscript><script>b</script>"), [1, 0]);
        assert_eq!(depths("<template><template><script>a</script></template></template><script>b</script>"), [2, 0]);
        let mut html = String::from("<script>a</script>");
        for _ in 0..9 {
            html = format!("<iframe srcdoc=\"{}\"></iframe>", html.replace('&', "&amp;").replace('"', "&quot;"));
        }
        let page = split(&html);
        assert!(page.parts.is_empty());
        assert_eq!(page.diagnostics[0].code, "page-nesting");
    }

    #[test]
    fn json_comes_from_islands_attributes_and_amp() {
        let html = "<script type=application/ld+json>{}</script>\
                    <div data-ad='{&quot;bidder&quot;:&quot;appnexus&quot;}' data-other='{&quot;x&quot;:1}'>\
                    <div data-ad='%7B%22bidder%22:1%7D'><amp-ad json='{\"a\":1}' type=x></amp-ad>";
        let texts: Vec<_> = told(html).into_iter().map(|(kind, text, _)| (kind == ScriptKind::Json, text)).collect();
        let expected = ["{}", "{\"bidder\":\"appnexus\"}", "{\"bidder\":1}", "{\"a\":1}"];
        assert_eq!(texts, expected.map(|text| (true, text.to_string())));
    }

    #[test]
    fn requests_are_named_and_resolved() {
        let html = "<base href='//cdn.example.org/a/'><img src=x.png><img src='data:,' data-src=/y.png srcset='z.png 2x'>\
                    <img srcset='s1.png 1x, s2.png 2x'><link rel='preload' href=p.js><link rel=DNS-prefetch href=//ads.example.net>\
                    <link rel=icon href=i.ico><iframe src=about:blank data-lazy-src=f.html></iframe><object data=o.swf>";
        let base = "https://cdn.example.org";
        let expected = [
            (RequestKind::Image, format!("{base}/a/x.png")),
            (RequestKind::Image, format!("{base}/y.png")),
            (RequestKind::Image, format!("{base}/a/s1.png")),
            (RequestKind::Preload, format!("{base}/a/p.js")),
            (RequestKind::Connect, "https://ads.example.net/".into()),
            (RequestKind::Frame, format!("{base}/a/f.html")),
            (RequestKind::Object, format!("{base}/a/o.swf")),
        ];
        assert_eq!(requests(html), expected);
    }

    #[test]
    fn elements_styles_and_text_come_as_rules_ask() {
        let html = "<INS Class='x adsbygoogle' style='color:red' data-AD-client=ca-pub-1&amp;2 class=y>a</ins>\
                    <div id=div-gpt-ad-1></div><div id=other style=x>b</div><style>c{}</style>then pbjs.addAdUnits(d)<p>e";
        let page = split(html);
        let [Part::Element(ins), Part::Style(inline), Part::Element(slot), Part::Style(sheet), Part::Text(text)] =
            page.parts.as_slice()
        else {
            panic!("five parts: {:?}", page.parts)
        };
        assert_eq!((&*ins.name, ins.attribute("data-ad-client"), ins.attributes.len()), ("ins", Some("ca-pub-1&2"), 3));
        assert_eq!((inline.text, slot.attribute("id"), sheet.text), ("color:red", Some("div-gpt-ad-1"), "c{}"));
        assert_eq!(text.text, "then pbjs.addAdUnits(d)");
    }

    #[test]
    fn the_page_is_named() {
        let url = |html| splitter().split_html(html, None, 0).url;
        assert_eq!(
            url("<link rel=canonical href='https://example.com/a'><meta property=og:url content=https://b.example>")
                .as_deref(),
            Some("https://example.com/a")
        );
        assert_eq!(
            url("<link rel=canonical href=/a><meta property=og:url content=https://b.example/>").as_deref(),
            Some("https://b.example/")
        );
        assert_eq!(url("<!-- saved from url=(0021)https://c.example/x -->").as_deref(), Some("https://c.example/x"));
        assert_eq!(url("<p>").as_deref(), None);
        let page = split("<title>\n A &amp;\tB </title><svg><title>C</title></svg>");
        assert_eq!(page.title.as_deref(), Some("A & B"));
        assert_eq!(page.url.as_deref(), Some("https://example.com/news/"));
    }

    /// Every span lies inside the document and on character boundaries.
    fn check_spans(html: &str) {
        let check = |span: Span| assert!(html.get(span.range()).is_some(), "{span:?} of {html:?}");
        for part in split(html).parts {
            match part {
                Part::Script(script) => {
                    check(script.span);
                    check(script.offsets.original(Span::new(0, script.text.len())));
                    for (at, character) in script.text.char_indices() {
                        check(script.offsets.original(Span::new(at, at + character.len_utf8())));
                    }
                }
                Part::Request(request) => check(request.span),
                Part::Element(element) => {
                    check(element.span);
                    element.attributes.iter().for_each(|attribute| check(attribute.span));
                }
                Part::Style(style) => assert_eq!(&html[style.span.range()], style.text),
                Part::Text(text) => assert_eq!(&html[text.span.range()], text.text),
            }
        }
    }

    /// Pieces of markup that, thrown together, reach every state of the tokenizer.
    const PIECES: [&str; 58] = [
        "<script>",
        "</script>",
        "<script ",
        "</script",
        "<!--",
        "-->",
        "--!>",
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
        "é",
        "☃",
        "&quot;",
        "&lt;",
        "&amp;",
        "&#x1F600;",
        "&",
        "<svg>",
        "</svg>",
        "<math><mi>",
        "<foreignObject>",
        "<![CDATA[",
        "]]>",
        "<style>",
        "</style>",
        "<title>",
        "</title>",
        "<textarea>",
        "</textarea>",
        "<noscript>",
        "</noscript>",
        "<template>",
        "</template>",
        "<iframe srcdoc=",
        "<iframe srcdoc=\"",
        "</iframe>",
        "<plaintext>",
        "<!--[if IE]>",
        "<![endif]-->",
        "<a onclick=",
        "href=\"javascript:",
        "src='data:text/html,",
        "%C3%A9",
        "%22",
        "<ins class=adsbygoogle style=\"",
        "<amp-ad json='{",
        "data-x='{&quot;bidder&quot;:",
        "addAdUnits",
        "\0",
        "\r\n",
        "<img src=",
    ];

    proptest! {
        #[test]
        fn any_soup_of_tags_is_split(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..60)) {
            check_spans(&pieces.concat());
        }

        #[test]
        fn any_text_is_split(html in "\\PC{0,80}") {
            check_spans(&html);
        }
    }

    #[test]
    fn hostile_pages_take_linear_time() {
        let pieces = [
            "<script>",
            "<script></script>",
            "<!--",
            "<!-- -",
            "<svg>",
            "</svg",
            "<svg><script>",
            "<svg><![CDATA[",
            "<a b=\"",
            "a=1 ",
            "<a ",
            "&amp;",
            "<textarea><script",
            "<template>",
            "<noscript>",
            "<title>",
            "<!--[if IE]>",
            "</div>",
            "<![endif]",
            "<iframe srcdoc='",
            "<svg><p>",
            "<math><mi>",
            "]]>",
            "<script><!--<script>",
            "<a b='<script' ",
            "<a onx=1 ",
            "%22",
            "<img src=//a ",
        ];
        let start = Instant::now();
        for piece in pieces {
            for head in ["", "<a b=\"", "<iframe srcdoc=\"", "<svg>", "<ins ", "<a href='javascript:"] {
                let html = format!("{head}{}", piece.repeat(200_000 / piece.len()));
                split(&html);
                split(&format!("{html}\"'>x"));
            }
        }
        assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    }
}

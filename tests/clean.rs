//! Cleaning: texts of our own with what must be left of them, honest texts that come back byte for byte,
//! and the promises that hold for any text.
//!
//! `corpus/text/damaged/NAME.txt` becomes `NAME.clean`; `corpus/text/honest/*` stays as it is.

use adsieve::{Anchors, CleanOptions, What, clean_text, find_regions};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

fn clean(text: &str) -> String {
    clean_text(text, &Anchors::default(), CleanOptions::default(), &|_| None).text.into_owned()
}

fn folder(name: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/text").join(name);
    let mut files: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_none_or(|ending| ending != "clean" && ending != "expect"));
    files.sort();
    files
}

#[test]
fn damaged_texts_lose_their_ad_code_and_nothing_else() {
    let mut wrong = Vec::new();
    let files = folder("damaged");
    for path in &files {
        let cleaned = clean(&fs::read_to_string(path).unwrap());
        let wanted = fs::read_to_string(path.with_extension("clean")).unwrap();
        if cleaned != wanted {
            wrong.push(format!("{}:\n--- got\n{cleaned}\n--- wanted\n{wanted}", path.display()));
        }
    }
    assert!(files.len() >= 40, "only {} texts", files.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn honest_texts_come_back_byte_for_byte() {
    let mut wrong = Vec::new();
    let files = folder("honest");
    for path in &files {
        let text = fs::read_to_string(path).unwrap();
        let cleaned = clean(&text);
        if cleaned != text {
            wrong.push(format!("{}:\n{cleaned}", path.display()));
        }
    }
    assert!(files.len() >= 40, "only {} texts", files.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Lines that prose has, of which code would have the beginning or the end.
const LINES: [&str; 20] = [
    "---",
    "– Anzeige –",
    "Turnout: 70 %",
    "Photo:",
    "https://www.example.org/a?b=c",
    "Home > News >",
    "Canal+",
    "Prices incl. VAT*",
    "Return",
    "Try",
    "Name | Town",
    "Q&A",
    "wind; sea; sky",
    "1. Bread",
    "- Bread",
    "Read on",
    "日曜日、投票が行われた。",
    "[More](https://example.org/more)",
    "Anna, Paul, Marta",
    "in Berlin",
];

#[test]
fn lines_above_code_and_below_it_stay() {
    const WHOLE: &str = "adUnits.push({ code: 'top', bids: [{ bidder: 'ix', params: { siteId: '9' } }] });";
    const CUT_OFF: [&str; 5] = [
        "pbjs.addAdUnits([{ code: 'top', bids: [{ bidder: 'ix', params: { siteId: '9' } },",
        "pbjs.addAdUnits([{ code: 'top', bids: [{ bidder: 'ix', params:",
        "googletag.cmd.push(function() { googletag.display(",
        "pbjs.que.push(function () { pbjs.addAdUnits(adUnits); // the units",
        "var adUnits = [{ code: 'a', bids: [] }]; pbjs.bidderTimeout =",
    ];
    for line in LINES {
        for gap in ["\n", "\n\n"] {
            let wanted = format!("It rained.\n\n{line}\n\nIt stopped.\n");
            let above = format!("It rained.\n\n{line}{gap}{WHOLE}\n\nIt stopped.\n");
            assert_eq!(clean(&above), wanted, "above whole code");
            for code in CUT_OFF {
                let is_math = gap == "\n" && code.ends_with('=');
                let below = format!("It rained.\n\n{code}{gap}{line}\n\nIt stopped.\n");
                assert!(is_math || clean(&below) == wanted, "{line} below {code}: {}", clean(&below));
            }
        }
    }
}

#[test]
fn marks_in_front_of_lines_are_no_code() {
    const LINES: [&str; 3] =
        ["adUnits.push({", "code: 'top', bids: [{ bidder: 'ix', params: { siteId: '9' } }]", "});"];
    let marks: [fn(usize) -> String; 5] = [
        |line| format!("{}. ", line + 9),
        |line| format!("{:3} | ", line + 1),
        |_| "• ".to_owned(),
        |_| "> ".to_owned(),
        |_| "&gt; ".to_owned(),
    ];
    for mark in marks {
        let code: String = LINES.iter().enumerate().map(|(at, line)| mark(at) + line + "\n").collect();
        let text = format!("It rained.\n\n{code}\nIt stopped.\n");
        let regions = find_regions(&text, &Anchors::default());
        assert_eq!(regions[0].code, LINES.join("\n"), "{text}");
        assert_eq!(regions[0].repairs, ["markdown"], "{text}");
        assert_eq!(clean(&text), "It rained.\n\nIt stopped.\n");
    }
}

#[test]
fn words_in_front_of_code_that_begins_with_a_bracket_stay() {
    const PUSH: &str = "(adsbygoogle = window.adsbygoogle || []).push({});";
    for line in ["Source: Reuters", "Serves: 12", "Tags: Bonn, Kiel", "Bonn (dpa)", "Cost: none.", "typeof"] {
        for gap in ["\n", "\n\n"] {
            let text = format!("It rained.\n\n{line}{gap}{PUSH}\n\nIt stopped.\n");
            assert_eq!(clean(&text), format!("It rained.\n\n{line}\n\nIt stopped.\n"));
        }
    }
    for words in ["The mayor opened the bridge", "It was on 12 May 2023", "We met at 6 pm"] {
        assert_eq!(clean(&format!("{words} {PUSH} She left.\n")), format!("{words} She left.\n"));
    }
    assert_eq!(clean("We met at 6 pm.pbjs.que.push(function () {});\n"), "We met at 6 pm.\n");
}

#[test]
fn sheets_and_comments_that_were_cut_off_end_with_their_line() {
    for code in
        [".adsbygoogle {display: block; width:", "pbjs.que.push(function () { pbjs.addAdUnits(adUnits); /* the units"]
    {
        for line in ["The ferry runs, he said.", "Photo: Anna", "#harbour #bridge"] {
            let text = format!("It rained.\n\n{code}\n{line}\n\nIt stopped.\n");
            assert_eq!(clean(&text), format!("It rained.\n\n{line}\n\nIt stopped.\n"), "{code}");
        }
    }
    let tags = "#harbour #bridge\n\n.adsbygoogle {display: block; }\n\nIt stopped.\n";
    assert_eq!(clean(tags), "#harbour #bridge\n\nIt stopped.\n");
    let script = "<script>pbjs.que = []; //--> </script> The ferry runs.\n";
    assert_eq!(clean(script), "The ferry runs.\n");
}

#[test]
fn marks_of_every_look_are_plain_again() {
    const WANTED: &str = "adUnits.push({ code: 'top', bids: [{ bidder: 'ix', params: { siteId: '9' } }] });";
    // What stands before a string, and what behind it.
    const MARKS: [(&str, &str); 14] = [
        ("'", "’"),
        ("‘", "'"),
        ("‹\u{a0}", "\u{a0}›"),
        ("‹&nbsp;", "&nbsp;›"),
        ("''", "''"),
        ("`", "'"),
        ("`", "´"),
        ("「", "」"),
        ("\u{fffd}", "\u{fffd}"),
        ("\u{91}", "\u{92}"),
        ("&#145;", "&#146;"),
        ("â€˜", "â€™"),
        ("\\u0027", "\\u0027"),
        ("\\x27", "\\x27"),
    ];
    for (open, close) in MARKS {
        let mut marks = [open, close].into_iter().cycle();
        let pieces: Vec<&str> = WANTED.split('\'').collect();
        let code = pieces[1..].iter().fold(pieces[0].to_owned(), |code, piece| code + marks.next().unwrap() + piece);
        let text = format!("It rained.\n\n{code}\n\nIt stopped.\n");
        let regions = find_regions(&text, &Anchors::default());
        assert_eq!(regions[0].code, WANTED, "{open} {close}");
        assert_eq!(clean(&text), "It rained.\n\nIt stopped.\n", "{open} {close}");
    }
}

#[test]
fn prose_behind_a_template_without_its_end_stays() {
    let text = "It rained.\n\npbjs.addAdUnits([{ code: `slot-\n\nThe `ferry` runs.\n\nIt stopped.\n";
    assert_eq!(clean(text), "It rained.\n\nThe `ferry` runs.\n\nIt stopped.\n");
}

#[test]
fn code_that_a_sentence_speaks_of_stays_and_so_do_samples_beside_it() {
    const SAMPLE: &str = "var adUnits = [{ code: 'a', bids: [{ bidder: 'ix', params: { siteId: '9' } }] }];";
    for sentence in [
        "Potem przekazujemy ją do biblioteki: pbjs.addAdUnits(adUnits).",
        "Poi la passiamo alla libreria con pbjs.addAdUnits(adUnits).",
        "然后调用 pbjs.addAdUnits(adUnits)。",
        "Why does googletag.pubads().refresh() not work?",
    ] {
        let text = format!("{SAMPLE}\n\n{sentence}\n");
        assert_eq!(clean(&text), text);
    }
    for text in [
        "You wrote adUnits.push({code: 'x'}) but the array is called units.\n",
        "Just write .adsbygoogle { display: none } into your sheet.\n",
        "Put <ins class=\"adsbygoogle\"></ins> where it belongs.\n",
        "$ grep -rn \"adUnits.push({\" src | head -3\n",
        "Copy this:\n\n<ins class=\"adsbygoogle\" data-ad-client=\"ca-pub-XXXX\"></ins>\n",
        "An answer: {\"id\": 1, \"bids\": [{ \"bidder\": \"ix\", \"params\": { \"max\": 3 } }], \"at\": 2}\n",
    ] {
        assert_eq!(clean(text), text);
    }
    // A sentence that has ended speaks of nothing.
    let leaked = "The team lost again. googletag.display('div-1'); The coach left.\n";
    assert_eq!(clean(leaked), "The team lost again. The coach left.\n");
}

#[test]
fn samples_of_code_are_cut_when_that_is_asked() {
    let text = "The Prebid tutorial explains the function:\n\n```js\npbjs.que.push(function () { pbjs.requestBids({}); });\n```\n\nDone.\n";
    let forced = clean_text(text, &Anchors::default(), CleanOptions::default().with_force(true), &|_| None);
    assert_eq!(clean(text), text);
    assert!(!forced.text.contains("pbjs.que"), "{}", forced.text);
    let other = "He left early.\n\nfunction add(a, b) { return a + b; }\n\nShe stayed.\n";
    let code = clean_text(other, &Anchors::default(), CleanOptions::default().with_what(What::Code), &|_| None);
    assert_eq!(clean(other), other);
    assert_eq!(code.text, "He left early.\n\nShe stayed.\n");
}

#[test]
fn every_cut_says_why_and_whose() {
    let text = "It rained.\n\n(adsbygoogle = window.adsbygoogle || []).push({});\n\nIt stopped.\n";
    let cleaned = clean_text(text, &Anchors::default(), CleanOptions::default(), &|_| None);
    let cut = &cleaned.cuts[0];
    assert_eq!((cut.reason, cut.network.as_deref()), ("ad-script", Some("google-adsense")));
    assert_eq!(&text[cut.span.range()], "\n\n(adsbygoogle = window.adsbygoogle || []).push({});\n\n");
}

#[test]
fn repaired_code_keeps_its_strings_and_leads_back_to_the_text() {
    let text =
        "Before.\n\nadUnits.push({ code: ‘top’, bids: [{ bidder: “appnexus”, params: { id: ‘7’ } }] });\n\nAfter.";
    let regions = find_regions(text, &Anchors::default());
    let region = &regions[0];
    assert_eq!(region.code, "adUnits.push({ code: 'top', bids: [{ bidder: \"appnexus\", params: { id: '7' } }] });");
    assert_eq!(region.repairs, ["typographic-quotes"]);
    let at = region.code.find("\"appnexus\"").unwrap();
    let span = region.offsets.original(adsieve::Span::new(at, at + 10));
    assert_eq!(&text[span.range()], "“appnexus”");
}

const SCRIPTS: [&str; 6] = [
    "adUnits.push({\n  code: 'top',\n  bids: [{\n    bidder: 'appnexus',\n    params: {\n      placementId: '7'\n    }\n  }]\n});",
    "(adsbygoogle = window.adsbygoogle || []).push({\n  google_ad_client: \"ca-pub-1\"\n});",
    "window._taboola = window._taboola || [];\n_taboola.push({\n  mode: 'thumbs',\n  container: 'below'\n});",
    "googletag.cmd.push(function() {\n  googletag.defineSlot('/1/a', [300, 250], 'div-1').addService(googletag.pubads());\n  googletag.enableServices();\n});",
    "if (typeof googletag != 'undefined') {\n  googletag.display('div-2');\n}",
    "var pbjs = pbjs || {};\npbjs.que = pbjs.que || [];\npbjs.que.push(function () { pbjs.setConfig({ debug: false }); });",
];

const PROSE: [&str; 10] = [
    "The mayor (on the left) opened the bridge. “It was time,” she said.",
    "Der Rat hat beraten: „Wir brauchen ihn“, sagte die Vorsitzende.",
    "« C’est un compromis », a déclaré l’adjointe ; le toit attendra.",
    "Yes.",
    "It’s 4.2 million [sic], they’re told; nobody knows why...",
    "«Мы ждали», — сказала глава города.",
    "市長は「長い道のりでした」と述べた。",
    "Berlin (dpa)",
    "Visit example.com/about/ or call 555-0199!",
    "“Nobody came.”",
];

fn damaged(script: &str, damage: usize) -> String {
    let quotes = |open: [char; 2], close: [char; 2]| {
        let mut is_open = [false; 2];
        script
            .chars()
            .map(|c| match c {
                '\'' | '"' => {
                    let at = usize::from(c == '"');
                    is_open[at] = !is_open[at];
                    if is_open[at] { open[at] } else { close[at] }
                }
                other => other,
            })
            .collect::<String>()
    };
    match damage {
        0 => script.to_owned(),
        1 => quotes(['‘', '“'], ['’', '”']),
        2 => quotes(['‹', '«'], ['›', '»']),
        3 => script.split_whitespace().collect::<Vec<_>>().join(" "),
        4 => script.replace('&', "&amp;").replace('\'', "&#39;").replace('"', "&quot;").replace('<', "&lt;"),
        5 => script.replace('\n', "<br />\n"),
        6 => script.replace("  ", "\u{a0} "),
        7 => format!("<script>{script}</script>"),
        8 => format!("//<![CDATA[\n{script}\n//]]>"),
        _ => script.replace('.', ".\u{200b}"),
    }
}

/// The words inside quotation marks of any look.
fn strings(code: &str) -> Vec<String> {
    code.split(['\'', '"']).skip(1).step_by(2).map(ToOwned::to_owned).collect()
}

#[test]
fn what_ad_code_needs_goes_with_it() {
    let code = "Var all = [{code: 'a'}];\n\nvar more = all.concat([]);\n\npbjs.addAdUnits(more);";
    assert_eq!(clean(&format!("It rained.\n\n{code}\n\nIt stopped.")), "It rained.\n\nIt stopped.");
}

#[test]
fn a_break_tag_before_an_escaped_line_end_is_one_line_end() {
    let code = "var all = [{code: 'a'}];<br \\/>\\nfunction none() { return 0; }<br \\/>\\npbjs.addAdUnits([]);";
    assert_eq!(clean(&format!("It rained.\n\n{code}\n\nIt stopped.")), "It rained.\n\nIt stopped.");
}

#[test]
fn keys_that_references_split_are_anchors() {
    let code = "window.state = {&#34;bids&#34;: [{&#34;bid&#8203;der&#34;: &#34;ix&#34;}]};";
    assert_eq!(clean(&format!("It rained.\n\n{code}\n\nIt stopped.")), "It rained.\n\nIt stopped.");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mixtures_never_lose_prose(
        paragraphs in prop::collection::vec((0..PROSE.len(), prop::option::of((0..SCRIPTS.len(), 0..10_usize))), 1..6)
    ) {
        let (mut mixed, mut wanted) = (Vec::new(), Vec::new());
        for (prose, leak) in paragraphs {
            mixed.push(PROSE[prose].to_owned());
            wanted.push(PROSE[prose]);
            mixed.extend(leak.map(|(script, damage)| damaged(SCRIPTS[script], damage)));
        }
        prop_assert_eq!(clean(&mixed.join("\n\n")), wanted.join("\n\n"));
    }

    #[test]
    fn damaged_scripts_are_read_with_the_same_strings(script in 0..SCRIPTS.len(), damage in 0..10_usize) {
        let text = format!("It rained.\n\n{}\n\nIt stopped.", damaged(SCRIPTS[script], damage));
        let regions = find_regions(&text, &Anchors::default());
        prop_assert_eq!(regions.len(), 1);
        prop_assert!(regions[0].parses && regions[0].is_ad, "{:?}", regions[0]);
        prop_assert_eq!(strings(&regions[0].code), strings(SCRIPTS[script]));
    }

    #[test]
    fn cleaning_twice_is_cleaning_once(text in text_like_code()) {
        let once = clean(&text);
        prop_assert_eq!(clean(&once), once);
    }

    #[test]
    fn no_text_breaks_it(text in text_like_code()) {
        let anchors = Anchors::default();
        for region in find_regions(&text, &anchors) {
            prop_assert!(text.get(region.span.range()).is_some(), "{:?}", region.span);
        }
        let cleaned = clean_text(&text, &anchors, CleanOptions::default().with_what(What::Code), &|_| None);
        let mut at = 0;
        for cut in &cleaned.cuts {
            prop_assert!(cut.span.start >= at && text.get(cut.span.range()).is_some());
            at = cut.span.end;
        }
    }
}

/// Pieces of code, prose and damage in any order.
fn text_like_code() -> impl Strategy<Value = String> {
    const PIECES: [&str; 44] = [
        "googletag",
        "pbjs",
        "adUnits",
        ".push(",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        ";",
        ",",
        ":",
        ".",
        "=",
        "||",
        "function",
        "var ",
        "if ",
        "\n",
        "\n\n",
        " ",
        "“",
        "”",
        "‘",
        "’",
        "'",
        "\"",
        "`",
        "\\",
        "&quot;",
        "&amp;lt;",
        "<br>",
        "<script>",
        "//",
        "/*",
        "*/",
        "<!--",
        "…",
        "...",
        ".adsbygoogle {",
        "@Media (",
        "The minister said.",
        "\u{ad}",
    ];
    let piece = prop_oneof![4 => prop::sample::select(&PIECES[..]).prop_map(ToOwned::to_owned), 1 => "\\PC{1,4}"];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

//! Runs a piece of a page through the stages before detection, as the engine does, for tests of this folder.

use super::{Detected, Detector, Observed};
use crate::base::{Evidence, Limits, OffsetMap};
use crate::evaluate::{Evaluator, Event, Input, Sources};
use crate::page::{Part, Request, RequestKind, ScriptKind, Splitter};
use crate::rule::{ExampleKind, Found, Runner};
use crate::script::{Goal, parse};

/// What a page finds that holds this code.
pub(crate) fn detect(detector: &Detector, kind: ExampleKind, text: &str) -> Detected {
    let html = match kind {
        ExampleKind::Html => text.to_owned(),
        ExampleKind::Script => return detect_events(detector, &events(detector, &[text])),
        ExampleKind::Style => format!("<style>{text}</style>"),
        ExampleKind::Url => {
            let request = Request { url: text.to_owned(), kind: RequestKind::Script, span: Default::default() };
            let observed = Observed { requests: &[request], url: Some("https://page.example/"), ..Observed::default() };
            return detector.detect(&observed);
        }
    };
    detect_html(detector, &html)
}

fn detect_events(detector: &Detector, events: &[Event]) -> Detected {
    detector.detect(&Observed { events, url: Some("https://page.example/"), ..Observed::default() })
}

fn detect_html(detector: &Detector, html: &str) -> Detected {
    let page = Splitter::new(&detector.wanted(), &Limits::default()).split_html(html, Some("https://page.example/"), 0);
    let (mut scripts, mut elements, mut styles, mut requests) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for part in page.parts {
        match part {
            Part::Script(script) if matches!(script.kind, ScriptKind::Inline | ScriptKind::Handler) => {
                scripts.push(script.text.into_owned())
            }
            Part::Script(_) | Part::Text(_) => {}
            Part::Element(element) => elements.push(element),
            Part::Style(style) => styles.push(style),
            Part::Request(request) => requests.push(request),
        }
    }
    let events = events(detector, &scripts.iter().map(String::as_str).collect::<Vec<_>>());
    let url = Some("https://page.example/");
    detector.detect(&Observed { events: &events, elements: &elements, styles: &styles, requests: &requests, url })
}

/// What scripts do.
fn events(detector: &Detector, scripts: &[&str]) -> Vec<Event> {
    let (sources, interests, limits) = (Sources::default(), detector.rules().interests(), Limits::default());
    let offsets = OffsetMap::verbatim(0);
    let mut evaluator = Evaluator::new(&sources, &interests, &limits);
    for (index, text) in scripts.iter().enumerate() {
        let text = sources.keep_text((*text).to_owned());
        let tree = sources.keep_tree(parse(text, Goal::Script, &limits));
        let input = Input {
            text,
            offsets: &offsets,
            script: u32::try_from(index).unwrap(),
            evidence: Evidence::Evaluated,
            is_library: false,
        };
        evaluator.run(input, tree);
    }
    evaluator.run_rest();
    evaluator.finish().events
}

/// Runs examples.
pub(crate) struct PageRunner(pub Detector);

impl Runner for PageRunner {
    fn run(&self, kind: ExampleKind, text: &str) -> Vec<Found> {
        let findings = detect(&self.0, kind, text).findings;
        findings.into_iter().map(|finding| Found { rule: finding.rule, captures: finding.captures }).collect()
    }
}

//! Code frames: a title, the place, what was caught, and the steps that led there.

use super::window::Window;
use adsieve::report::{At, Explained, ExplainedStep, Explanation, printable};
use adsieve::{RuleSet, Scan};
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

/// Steps of one value that are shown.
const STEPS: usize = 12;

/// Renders explanations over one page.
pub(super) struct Frames<'p> {
    scan: &'p Scan,
    path: &'p str,
    renderer: Renderer,
}

impl<'p> Frames<'p> {
    /// Frames for a terminal of so many columns.
    pub(super) fn new(scan: &'p Scan, path: &'p str, width: usize, has_colours: bool) -> Self {
        let renderer = if has_colours { Renderer::styled() } else { Renderer::plain() };
        Self { scan, path, renderer: renderer.term_width(width) }
    }

    /// All frames, a blank line between two. What several findings share of their way is shown once.
    pub(super) fn render(&self, explanation: &Explanation, rules: &RuleSet) -> String {
        let mut text = String::new();
        let mut shown: &[ExplainedStep] = &[];
        for item in &explanation.items {
            let way = if item.way == shown { &[] } else { &item.way[..] };
            shown = &item.way;
            text += &self.item(item, way, rules);
            text += "\n\n";
        }
        text
    }

    fn item(&self, item: &Explained, way: &[ExplainedStep], rules: &RuleSet) -> String {
        let network = item.network.as_ref().map_or_else(String::new, |network| format!(" ({network})"));
        let title = printable(&format!("{}{network}", item.name)).into_owned();
        let resource = item.at.resource.and_then(|at| self.scan.resources.get(at as usize));
        let path = printable(resource.map_or(self.path, |resource| &resource.url)).into_owned();
        let snippet = self.snippet(&[(item.at, evidence_word(item))], AnnotationKind::Primary).path(path.clone());
        let mut group = Group::with_title(Level::INFO.with_name(item.what).primary_title(title)).element(snippet);
        for line in facts(item, rules) {
            group = group.element(Level::NOTE.no_name().message(line));
        }
        let mut groups = vec![group];
        groups.extend(self.steps("how it came to the call", way));
        for value in &item.values {
            groups.extend(self.steps(&format!("how `{}` came to be", printable(&value.name)), &value.steps));
        }
        with_column(self.renderer.render(&groups), &path, item.at)
    }

    /// The steps in the source, with their numbers.
    fn steps(&self, title: &str, steps: &[ExplainedStep]) -> Option<Group<'static>> {
        if steps.is_empty() {
            return None;
        }
        let label = |(index, step): (usize, &ExplainedStep)| {
            let when = step.when.as_ref().map_or_else(String::new, |when| format!(", when {when}"));
            (step.at, printable(&format!("{}: {}{when}", index + 1, step.target)).into_owned())
        };
        let places: Vec<(At, String)> = steps.iter().take(STEPS).enumerate().map(label).collect();
        let mut group = Group::with_title(Level::HELP.no_name().secondary_title(title.to_owned()));
        for same in places.chunk_by(|(one, _), (next, _)| one.resource == next.resource) {
            group = group.element(self.snippet(same, AnnotationKind::Context));
        }
        if steps.len() > STEPS {
            let more = format!("and {} more steps", steps.len() - STEPS);
            group = group.element(Level::NOTE.no_name().message(more));
        }
        Some(group)
    }

    /// The text that the places stand in: the page's, or that of a resource saved with it.
    fn text(&self, places: &[(At, String)]) -> &str {
        let of_page = || self.scan.resources.first().map_or(self.scan.text.len(), |first| first.range.start);
        let resource =
            places.first().and_then(|(at, _)| at.resource).and_then(|at| self.scan.resources.get(at as usize));
        let range = resource.map_or_else(|| 0..of_page(), |resource| resource.range.clone());
        self.scan.text.get(range).unwrap_or_default()
    }

    fn snippet(&self, places: &[(At, String)], kind: AnnotationKind) -> Snippet<'static, Annotation<'static>> {
        let window = Window::over(self.text(places), &places.iter().map(|(at, _)| *at).collect::<Vec<_>>());
        let marks = window.marked.into_iter().zip(places);
        let annotations = marks.map(|(range, (_, label))| kind.span(range).label(label.clone()));
        Snippet::source(window.text).line_start(window.line).annotations(annotations.collect::<Vec<_>>())
    }
}

/// The place with its column in the page: the frame counts in the part of the line that it shows.
fn with_column(text: String, path: &str, at: At) -> String {
    let place = format!("{path}:{}:", at.line);
    let Some(begin) = text.find(&place).map(|begin| begin + place.len()) else { return text };
    let digits = text[begin..].bytes().take_while(u8::is_ascii_digit).count();
    format!("{}{}{}", &text[..begin], at.column, &text[begin + digits..])
}

fn evidence_word(item: &Explained) -> String {
    let evidence = serde_json::to_value(item.evidence).ok();
    let evidence = evidence.as_ref().and_then(|word| word.as_str()).unwrap_or_default();
    let when = item.when.as_ref().map_or_else(String::new, |when| format!(", when {when}"));
    printable(&format!("{evidence}{when}")).into_owned()
}

/// What the rule says, and what was caught.
fn facts(item: &Explained, rules: &RuleSet) -> Vec<String> {
    let about = (item.what == "finding").then(|| rules.rule(&item.name)).flatten();
    let about = about.map(|rule| format!("rule: {}", rule.about));
    let word = if item.what == "bid" { "param" } else { "caught" };
    let captures = item.captures.iter();
    let caught = captures.map(|(name, value)| {
        let value: String = value.to_string().chars().take(300).collect();
        format!("{word} {name}: {value}")
    });
    about.into_iter().chain(caught).map(|line| printable(&line).into_owned()).collect()
}

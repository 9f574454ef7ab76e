//! What kind of text is it? One that is about code, one that is data, or one into which code has leaked.

use super::sentence::{Sentence, speaks_of};
use crate::script::{Anchors, Region};

/// What is known of a text as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// JSON, NDJSON or a log.
    pub is_data: bool,
    /// Its prose has a word or two of programming: what is set apart as code is a sample.
    pub is_near_code: bool,
    /// More than one of them: leaked code is often indented, too.
    pub has_terms: bool,
    /// Its prose explains ad code, or programming at length: all code is a sample.
    pub is_about_code: bool,
    /// It stands where a page shows code, as in a `<pre>`.
    pub is_sample: bool,
}

/// Words that people who explain code use, in some languages; each is a whole word in lower case.
const TERMS: [&str; 46] = [
    "javascript",
    "typescript",
    "snippet",
    "snippets",
    "tutorial",
    "callback",
    "parameter",
    "parameters",
    "parametro",
    "parámetro",
    "prebid",
    "npm",
    "html",
    "css",
    "json",
    "api",
    "sdk",
    "plugin",
    "github",
    "código",
    "codice",
    "quellcode",
    "skript",
    "funktion",
    "función",
    "fonction",
    "funzione",
    "variable",
    "variables",
    "syntax",
    "boolean",
    "async",
    "asynchronous",
    "const",
    "debugger",
    "stylesheet",
    "selector",
    "adapter",
    "wrapper",
    "documentation",
    "developer",
    "repository",
    "refactor",
    "linter",
    "код",
    "функция",
];

/// Phrases that introduce or explain a sample.
const PHRASES: [&str; 18] = [
    "header bidding",
    "code below",
    "code above",
    "following code",
    "the code",
    "this code",
    "the function",
    "the method",
    "ad unit",
    "script tag",
    "ad server",
    "for example:",
    "example:",
    "beispiel:",
    "ejemplo:",
    "exemple :",
    "esempio:",
    "use the following",
];

/// Terms that tell a text about code from one that mentions computers.
const ENOUGH: usize = 4;

impl Context {
    /// Looks at the text around its regions.
    pub fn of(text: &str, regions: &[Region], anchors: &Anchors) -> Self {
        if is_data(text) {
            return Self { is_data: true, ..Self::default() };
        }
        let context = Self::of_prose(&prose(text, regions), anchors);
        let is_named = |region: &Region| region.is_ad && speaks_of(text, region) == Some(Sentence::Names);
        Self { is_about_code: context.is_about_code || regions.iter().any(is_named), ..context }
    }

    /// Looks at the prose of a text or page.
    pub fn of_prose(prose: &str, anchors: &Anchors) -> Self {
        let lower = prose.to_lowercase();
        let mut words: Vec<&str> =
            lower.split(|c: char| !c.is_alphanumeric()).filter(|word| TERMS.contains(word)).collect();
        words.sort_unstable();
        words.dedup();
        let phrases = PHRASES.iter().filter(|phrase| lower.contains(**phrase)).count();
        let mentions = prose.lines().any(|line| mentions_name(line, anchors));
        let terms = words.len() + phrases;
        Self {
            is_data: false,
            is_near_code: terms > 0 || mentions,
            has_terms: terms > 1 || mentions,
            is_about_code: terms >= ENOUGH || (mentions && terms > 0),
            is_sample: false,
        }
    }
}

/// The text without its regions.
fn prose(text: &str, regions: &[Region]) -> String {
    let (mut prose, mut at) = (String::with_capacity(text.len()), 0);
    for region in regions {
        prose.push_str(text.get(at..region.span.start as usize).unwrap_or_default());
        prose.push('\n');
        at = region.span.end as usize;
    }
    prose.push_str(text.get(at..).unwrap_or_default());
    prose
}

/// Does a sentence speak of something by the name that code has for it?
fn mentions_name(line: &str, anchors: &Anchors) -> bool {
    const SENTENCE: usize = 5;
    let is_sentence = line
        .split_whitespace()
        .filter(|word| word.chars().all(|c| c.is_alphabetic() || matches!(c, ',' | '.' | '’' | '\'')))
        .count()
        >= SENTENCE;
    is_sentence
        && !line.contains(['{', '}', ';', '='])
        && line.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| anchors.is_code_name(word))
}

/// JSON, one JSON value a line, or lines that begin as those of a log do.
fn is_data(text: &str) -> bool {
    let is_json =
        |text: &str| text.starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    if is_json(text.trim()) {
        return true;
    }
    let (mut lines, mut entries) = (0, 0);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        lines += 1;
        entries += usize::from(is_log_entry(line) || is_json(line));
    }
    lines > 1 && entries * 10 >= lines * 6
}

/// `2024-05-01 12:00:01 …`, `[12:00:01] …`, `127.0.0.1 - - […`, `ERROR …`, `at f (file.js:1:2)`.
fn is_log_entry(line: &str) -> bool {
    let head: String = line.trim_start_matches(['[', '(', '<']).chars().take(10).collect();
    let digits = head.chars().filter(char::is_ascii_digit).count();
    let marks = head.chars().filter(|c| matches!(c, ':' | '-' | '.' | '/')).count();
    let is_level = ["ERROR", "WARN", "INFO", "DEBUG", "TRACE", "FATAL", "E/", "I/", "W/"]
        .iter()
        .any(|level| head.starts_with(level));
    (digits >= 4 && marks >= 2) || is_level
}

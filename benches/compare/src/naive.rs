//! What an analyst would write in Rust: a DOM, a set of regular expressions, and a parser on every inline script.

use regex::RegexSet;
use scraper::{Html, Selector};
use swc_common::BytePos;
use swc_ecma_ast::{EsVersion, Program};
use swc_ecma_parser::{EsSyntax, Lexer, Parser, StringInput, Syntax};

/// The pipeline, compiled.
pub struct Naive {
    literals: RegexSet,
    scripts: Selector,
}

impl Naive {
    pub fn new() -> Self {
        let literals = include_str!("../literals.txt").lines().map(regex::escape);
        Self {
            literals: RegexSet::new(literals).expect("literals are expressions"),
            scripts: Selector::parse("script:not([src])").expect("it is a selector"),
        }
    }

    /// The literals found in each script, and its tree.
    pub fn read(&self, page: &[u8]) -> Vec<(usize, Option<Program>)> {
        let document = Html::parse_document(&String::from_utf8_lossy(page));
        let scripts = document.select(&self.scripts).map(|script| script.text().collect::<String>());
        scripts.map(|text| (self.literals.matches(&text).iter().count(), parse(&text))).collect()
    }
}

fn parse(text: &str) -> Option<Program> {
    let end = BytePos(u32::try_from(text.len() + 1).ok()?);
    let input = StringInput::new(text, BytePos(1), end);
    let lexer = Lexer::new(Syntax::Es(EsSyntax::default()), EsVersion::EsNext, input, None);
    Parser::new_from(lexer).parse_program().ok()
}

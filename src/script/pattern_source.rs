//! The text of a rule's pattern to one expression, with the place of what is wrong.

use super::depth::bound_of;
use crate::base::Span;
use swc_common::{BytePos, Spanned};
use swc_ecma_ast::{EsVersion, Expr};
use swc_ecma_parser::{EsSyntax, Lexer, Parser, StringInput, Syntax};

/// Brackets that may be open at once in a pattern: the parser recurses.
const DEPTH: u32 = 60;

/// What is wrong with a text that should be one expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where, in bytes of the text.
    pub span: Span,
    /// What the parser says.
    pub message: String,
}

/// Parses a text that is one expression and nothing else, but for a semicolon at its end.
///
/// Spans in the result count bytes from 1, as swc does.
///
/// # Errors
///
/// The first thing that is not JavaScript.
pub fn parse_pattern_source(text: &str) -> Result<Box<Expr>, SyntaxError> {
    let whole = Span::new(0, text.len());
    if bound_of(text, DEPTH, usize::MAX).is_some() {
        return Err(SyntaxError { span: whole, message: "nested too deeply".into() });
    }
    let end = u32::try_from(text.len() + 1).map_err(|_| SyntaxError { span: whole, message: "too long".into() })?;
    let code = text.trim_end().trim_end_matches(';');
    let input = StringInput::new(code, BytePos(1), BytePos(end));
    let lexer = Lexer::new(Syntax::Es(EsSyntax::default()), EsVersion::EsNext, input, None);
    let mut parser = Parser::new_from(lexer);
    let expression = parser.parse_expr().map_err(|error| to_error(&error, text))?;
    if let Some(error) = parser.take_errors().first() {
        return Err(to_error(error, text));
    }
    let rest = expression.span().hi.0.saturating_sub(1) as usize;
    match code.get(rest..).map(str::trim) {
        Some("") | None => Ok(expression),
        Some(_) => Err(SyntaxError {
            span: Span::new(rest, code.len()),
            message: "one expression is expected, and something follows it".into(),
        }),
    }
}

fn to_error(error: &swc_ecma_parser::error::Error, text: &str) -> SyntaxError {
    let offset = |at: BytePos| (at.0.saturating_sub(1) as usize).min(text.len());
    let span = Span::new(offset(error.span().lo), offset(error.span().hi));
    SyntaxError { span, message: error.kind().msg().into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_expression_and_nothing_else() {
        assert!(parse_pattern_source("a.b($X);\n").is_ok());

        let error = parse_pattern_source("a(1) b").unwrap_err();
        assert_eq!(error.span.range(), 4..6);
        let error = parse_pattern_source("a({ b: }) ").unwrap_err();
        assert_eq!(error.span.start, 7);
    }
}

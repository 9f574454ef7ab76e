//! Where does code end that was not finished before prose began?

use super::run::{Run, Statement};
use super::token::{Kind, Token, is_prefix_word};

/// Ends the last statement of a run, which starts at token `first`.
///
/// `at` is the token that no code has there, `None` at the end of the text; `soft_end` is
/// the last token after which the statement could have ended by itself.
pub(super) fn settle(
    run: &mut Run,
    text: &str,
    first: usize,
    soft_end: Option<usize>,
    at: Option<Token>,
    is_open: bool,
) {
    let prose = match at {
        None => run.tokens.len(),
        Some(stop) => prose_start(&run.tokens, text, first, soft_end, stop),
    };
    if let Some(last) = (first..prose).rev().find(|&index| !run.tokens[index].is_trivia()) {
        let is_whole = soft_end == Some(last) || (at.is_none() && !is_open);
        run.statements.push(Statement { first, last, is_cut: !is_whole });
    }
    run.end = run.tokens.get(prose).map_or(run.end, |token| token.start);
    run.tokens.truncate(prose);
}

/// The first token that is prose.
fn prose_start(tokens: &[Token], text: &str, first: usize, soft_end: Option<usize>, stop: Token) -> usize {
    let line = if stop.lines_before > 0 {
        Some(tokens.len())
    } else {
        (first..tokens.len()).rev().find(|&index| tokens[index].lines_before > 0)
    };
    let after_line = line.filter(|&line| line > first);
    if line == Some(first) && soft_end.is_none() && code_on_line(tokens, first).is_none() {
        return first;
    }
    let start = match after_line {
        Some(line) => code_on_line(tokens, line).map_or_else(|| paragraph_start(tokens, line, first), |code| code + 1),
        None => inline_start(tokens, text, first),
    };
    // An ellipsis where code was cut off stands in its last word's place.
    if stop.kind == Kind::Foreign && !stop.space_before {
        return tokens.len();
    }
    // A statement that was whole before the prose is taken as a whole.
    let Some(soft) = soft_end.filter(|soft| after_line.is_none() || soft + 1 > start) else { return start };
    soft + 1 + tokens[soft + 1..].iter().take_while(|token| token.is_trivia()).count()
}

/// The last token from `line` on that prose does not have.
fn code_on_line(tokens: &[Token], line: usize) -> Option<usize> {
    let code = (line..tokens.len()).rev().find(|&index| is_code_mark(tokens, index))?;
    // What stands directly behind it belongs to it.
    let glued = (code + 1..tokens.len()).take_while(|&index| !tokens[index].space_before).count();
    Some(code + glued)
}

fn is_code_mark(tokens: &[Token], index: usize) -> bool {
    let is_glued = |at: usize| tokens.get(at).is_some_and(|token| !token.space_before);
    match tokens[index].kind {
        Kind::Punct("{" | "}" | "=" | "=>" | "||" | "&&" | ";") => true,
        Kind::Punct("(") => is_glued(index),
        Kind::Punct(".") => is_glued(index) && is_glued(index + 1),
        _ => false,
    }
}

/// Paragraphs before `line` that are prose as well, as far as they pass for code.
fn paragraph_start(tokens: &[Token], line: usize, first: usize) -> usize {
    let mut start = line;
    for index in (first + 1..line).rev() {
        if !is_prose_like(&tokens[index]) {
            break;
        }
        if tokens[index].is_after_blank_line() {
            start = index;
        }
    }
    start
}

fn is_prose_like(token: &Token) -> bool {
    matches!(token.kind, Kind::Word | Kind::Number | Kind::Text(_) | Kind::Punct("," | "." | "?" | "-"))
}

/// Prose that follows on the same line: its first word passed for an operand.
fn inline_start(tokens: &[Token], text: &str, first: usize) -> usize {
    let Some((last, before)) = tokens.split_last() else { return 0 };
    let is_word = last.kind == Kind::Word && last.space_before && !is_prefix_word(&last.word(text));
    let follows_word = before
        .last()
        .is_some_and(|token| token.is(".") || (token.kind == Kind::Word && !is_prefix_word(&token.word(text))));
    if is_word && !follows_word && tokens.len() - 1 > first { tokens.len() - 1 } else { tokens.len() }
}

//! Where does code end that was not finished before prose began?

use super::run::{Run, Statement};
use super::token::{Kind, Token, is_prefix_word};
use std::ops::Range;

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
        None if is_open => code_lines_end(&run.tokens, text, first, run.tokens.len()),
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
    // An ellipsis where code was cut off stands in its last word's place.
    if stop.kind == Kind::Foreign && !stop.space_before && text[stop.start..].starts_with(['.', '…']) {
        return tokens.len();
    }
    let start = match after_line {
        Some(line) => {
            let code =
                if is_code_line(tokens, text, first, line..tokens.len()) { code_on_line(tokens, line) } else { None };
            code.map_or_else(|| code_lines_end(tokens, text, first, line), |code| code + 1)
        }
        None => inline_start(tokens, text, first),
    };
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

/// Where the last line ends that is code, of those before `end`: lines of prose below code that was cut off may pass
/// for more of it.
fn code_lines_end(tokens: &[Token], text: &str, first: usize, end: usize) -> usize {
    let mut end = end;
    while let Some(line) = (first + 1..end).rev().find(|&index| tokens[index].lines_before > 0) {
        if is_code_line(tokens, text, first, line..end) {
            break;
        }
        end = line;
    }
    end
}

/// Does a line below code hold what prose does not?
fn is_code_line(tokens: &[Token], text: &str, first: usize, line: Range<usize>) -> bool {
    let is_parted = tokens.get(line.start).is_some_and(Token::is_after_blank_line);
    let before = &tokens[first..line.start];
    let line = &tokens[line];
    let is_name = |token: &Token| matches!(token.kind, Kind::Word | Kind::Text(_));
    let is_value = |token: &Token| match token.kind {
        Kind::Text(quoted) => quoted.is_closed || !is_parted,
        Kind::Number => !is_parted,
        Kind::Punct("{" | "[") => true,
        _ => false,
    };
    let is_entry = |three: &[Token]| is_name(&three[0]) && three[1].is(":") && is_value(&three[2]);
    let is_string = |pair: &[Token]| {
        matches!(pair[0].kind, Kind::Punct("(" | "[" | "=" | "+" | "," | "||" | "&&" | "?" | ":"))
            && matches!(pair[1].kind, Kind::Text(_))
    };
    let is_call =
        |three: &[Token]| three[0].is(".") && !three[1].space_before && three[1].kind == Kind::Word && three[2].is("(");
    let is_bracket = |token: &Token| {
        matches!(token.kind, Kind::Punct("(" | ")" | "[" | "]" | "{" | "}" | ";" | ",")) || token.is_trivia()
    };
    let is_ended = line.last().is_some_and(|last| matches!(last.kind, Kind::Punct(";" | "{" | "}")));
    let has_code = || line.iter().any(|token| matches!(token.kind, Kind::Punct("=" | "(" | "=>" | "&&" | "||")));
    let is_path = || {
        let root = line[0].word(text);
        line.len() > 2
            && line[0].kind == Kind::Word
            && line[1].is(".")
            && !(line[1].space_before || line[2].space_before)
            && before.iter().any(|token| token.kind == Kind::Word && token.word(text) == root)
    };
    line.windows(3).any(|three| is_entry(three) || is_call(three))
        || line.windows(2).any(is_string)
        || line.iter().all(is_bracket)
        || (is_ended && has_code())
        || is_path()
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

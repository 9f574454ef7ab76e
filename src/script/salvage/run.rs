//! What the recogniser of runs gives: tokens, and the statements they make.

use super::anchor::{Anchor, Anchors};
use super::glyph::{Quote, glyph_at, is_invisible};
use super::token::{Kind, Token, is_control_word, is_declaring_word};
use std::borrow::Cow;

/// A statement of a run: its tokens, first and last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Statement {
    pub first: usize,
    pub last: usize,
    /// It was cut off before its end.
    pub is_cut: bool,
}

/// A stretch of text that reads as code from end to end.
#[derive(Clone, Debug, Default)]
pub(super) struct Run {
    pub tokens: Vec<Token>,
    pub statements: Vec<Statement>,
    /// Brackets that were opened before the run starts, the innermost first.
    pub missing: Vec<Missing>,
    /// Keywords were capitalised, operators pulled apart, lines joined.
    pub repairs: Vec<&'static str>,
    /// Tokens that are keywords a machine has capitalised.
    pub keywords: Vec<usize>,
    /// Tokens before which a line end was lost that parted two statements.
    pub joints: Vec<usize>,
    /// Tokens that are the second half of an operator pulled apart.
    pub halves: Vec<usize>,
    /// Where reading stopped.
    pub end: usize,
}

/// A bracket that is closed in the run and opened before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    Paren,
    Square,
    Object,
    Member,
    Block,
    Owner,
}

impl Run {
    /// The tokens of a statement.
    pub fn of(&self, statement: &Statement) -> &[Token] {
        &self.tokens[statement.first..=statement.last]
    }

    /// Could this statement be nothing but code?
    ///
    /// Prose may pass for weak statements (`Berlin (dpa)`, `"Yes"`), so those at the rim of a run do not count.
    pub fn is_strong(&self, statement: &Statement, text: &str) -> bool {
        let tokens = self.of(statement);
        let first = tokens[0].word(text);
        if tokens[0].kind == Kind::Word {
            let is_keyword = is_control_word(&first) || matches!(&*first, "function" | "try" | "async" | "class");
            if (is_keyword && tokens.len() > 3) || (is_declaring_word(&first) && tokens.len() > 2) {
                return true;
            }
        }
        if let Kind::Text(quoted) = tokens[0].kind {
            return quoted.quote != Quote::Back && quoted.body_in(text) == "use strict";
        }
        let is_ended = tokens.last().is_some_and(|last| last.is(";"));
        let has_member = tokens.windows(2).any(is_member) || tokens.windows(3).any(is_method_call);
        if first == "delete" && has_member && is_ended {
            return true;
        }
        if is_ended
            && tokens.iter().any(|token| matches!(token.kind, Kind::Text(quoted) if holds_code(quoted.body_in(text))))
        {
            return true;
        }
        let mut pairs = tokens.windows(2);
        pairs.any(|pair| is_assignment(pair) || is_call(pair, is_ended, has_member)) || has_object(tokens, text)
    }

    /// The anchor that the statement uses in a place where code uses names.
    pub fn anchor<'a>(&self, statement: &Statement, text: &str, anchors: &'a Anchors) -> Option<&'a Anchor> {
        let tokens = self.of(statement);
        tokens.iter().enumerate().find_map(|(index, token)| {
            let is_key = tokens.get(index + 1).is_some_and(|next| next.is(":"));
            match token.kind {
                Kind::Word => anchors.of_name(&token.word(text), is_key),
                Kind::Text(quoted) => {
                    let body = &*without_invisible(quoted.body_in(text));
                    let is_markup = body.contains('<') || body.contains("lt;") || holds_code(body);
                    let by_key = if is_key { anchors.of_name(body, true) } else { None };
                    by_key
                        .or_else(|| anchors.of_string(body))
                        .or_else(|| anchors.of_code_name(body))
                        .or_else(|| if is_markup { anchors.of_markup(body) } else { None })
                }
                _ => None,
            }
        })
    }
}

/// Is it a string of code, as `eval` is given?
fn holds_code(body: &str) -> bool {
    body.contains('(') && body.contains([';', '{'])
}

fn is_assignment(pair: &[Token]) -> bool {
    let is_target = matches!(pair[0].kind, Kind::Word) || pair[0].is("]");
    is_target && matches!(pair[1].kind, Kind::Punct("=" | "+=" | "=>" | "||=" | "??="))
}

/// `a.b(`, or `f(` in a statement that is ended by a semicolon.
fn is_call(pair: &[Token], is_ended: bool, has_member: bool) -> bool {
    let is_callee = matches!(pair[0].kind, Kind::Word) || pair[0].is(")");
    let is_glued = !pair[1].space_before;
    is_callee && pair[1].is("(") && if is_glued { is_ended || has_member } else { is_ended && has_member }
}

/// `.b` of `a.b`: prose has a space behind a dot and none before it.
fn is_member(pair: &[Token]) -> bool {
    pair[0].is(".") && pair[1].kind == Kind::Word && pair[0].space_before == pair[1].space_before
}

/// `.b (` where spaces were put around punctuation: in prose no word is glued to a dot before it.
fn is_method_call(three: &[Token]) -> bool {
    three[0].is(".") && three[1].kind == Kind::Word && !three[1].space_before && three[2].is("(")
}

fn has_object(tokens: &[Token], text: &str) -> bool {
    let is_entry = |three: &[Token]| matches!(three[0].kind, Kind::Punct("{" | ",")) && three[2].is(":");
    let is_function = |token: &Token| token.kind == Kind::Word && token.word(text) == "function";
    tokens.windows(3).any(is_entry) || tokens.iter().any(is_function)
}

/// A string without what nobody sees, be it written as a character or as a reference.
fn without_invisible(body: &str) -> Cow<'_, str> {
    if !body.contains(|c: char| c == '&' || is_invisible(c)) {
        return body.into();
    }
    let (mut seen, mut at) = (String::with_capacity(body.len()), 0);
    while let Some(glyph) = glyph_at(body, at) {
        seen.push_str(if is_invisible(glyph.character) { "" } else { &body[at..glyph.end] });
        at = glyph.end;
    }
    seen.into()
}

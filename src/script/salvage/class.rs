//! Classes in damaged code: their heads and their members.

use super::glyph::is_word_start;
use super::grammar::{Open, Recogniser, Stop, Turn};
use super::token::{Kind, Token};

impl Recogniser<'_> {
    /// The word `class`, if the head of one follows.
    pub(super) fn class(&mut self, token: Token) -> Result<(), Stop> {
        let is_expression = self.turn != Turn::Statement;
        if !is_head_of_class(&self.lexer.ahead(self.lexer.at)) {
            return self.accept(token, Turn::Operator);
        }
        self.lexer.has_private_names = true;
        self.accept(token, Turn::FunctionName)?;
        self.frame().class = Some(is_expression);
        Ok(())
    }

    /// A line end between two members, of which the first has no semicolon.
    pub(super) fn split_members(&mut self, token: Token) {
        let is_between = self.is_in_class() && self.turn == Turn::Operator && token.lines_before > 0;
        if is_between && token.kind == Kind::Word {
            self.turn = Turn::Operand;
        }
    }

    pub(super) fn is_in_class(&self) -> bool {
        self.frames.last().is_some_and(|frame| matches!(frame.open, Open::Class { .. }))
    }
}

/// `Unit extends Base {`, or less, behind the word `class`.
pub(super) fn is_head_of_class(text: &str) -> bool {
    let Some((head, _)) = text.split_once('{') else { return false };
    let is_path = |word: &&str| {
        word.starts_with(is_word_start) && word.chars().all(|c| is_word_start(c) || c.is_numeric() || c == '.')
    };
    let words: Vec<&str> = head.split_whitespace().collect();
    let names = match words[..] {
        [] => return true,
        [name] => vec![name],
        ["extends", base] => vec![base],
        [name, "extends", base] => vec![name, base],
        _ => return false,
    };
    names.iter().all(is_path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_classes_are_told_from_prose() {
        for head in [" {", " Unit {", " Unit extends a.Base {", " extends Base {"] {
            assert!(is_head_of_class(head), "{head}");
        }
        for prose in [" action against {", " of 1999", " 4 {"] {
            assert!(!is_head_of_class(prose), "{prose}");
        }
    }
}

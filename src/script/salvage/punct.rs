//! The turns of brackets and operators: what each of them asks of what stands before, and what may follow it.

use super::grammar::{DEEPEST, Frame, Open, Recogniser, Stop, Turn};
use super::joined::is_code_start;
use super::run::Missing;
use super::token::{Kind, Token};

impl Recogniser<'_> {
    pub(super) fn punct(&mut self, token: Token, punct: &'static str) -> Result<(), Stop> {
        match punct {
            "(" | "[" | "{" => self.open(token, punct),
            ")" | "]" | "}" => self.close(token, punct),
            ";" => self.semicolon(token),
            "," => self.comma(token),
            ":" => self.colon(token),
            _ => self.operator(token, punct),
        }
    }

    fn open(&mut self, token: Token, punct: &str) -> Result<(), Stop> {
        let function = self.frames.last().and_then(|frame| frame.function);
        let is_in_object = self.frame().open == Open::Object || self.is_in_class();
        let class = self.frames.last().and_then(|frame| frame.class);
        let is_after_paren = self.previous().is_some_and(|previous| previous.is(")"));
        let open = match (punct, self.turn) {
            ("(", Turn::ControlParen) => Open::Control,
            ("(", turn) if turn != Turn::Property => Open::Paren,
            ("[", Turn::Operator | Turn::Operand | Turn::Statement | Turn::ArrowBody) => Open::Square,
            ("{", Turn::FunctionName) if class.is_some() => {
                Open::Class { is_expression: self.frame().class.take().unwrap_or(true) }
            }
            ("{", Turn::Operator | Turn::Statement) if function.is_some() => {
                Open::Block { is_expression: self.frame().function.take().unwrap_or(true) }
            }
            ("{", Turn::Operator) if is_in_object && is_after_paren => Open::Block { is_expression: true },
            ("{", Turn::Statement) => Open::Block { is_expression: false },
            ("{", Turn::ArrowBody) => Open::Block { is_expression: true },
            ("{", Turn::Operand) => Open::Object,
            _ => return Err(Stop),
        };
        if self.frames.len() > DEEPEST {
            return Err(Stop);
        }
        let turn = if matches!(open, Open::Block { .. }) { Turn::Statement } else { Turn::Operand };
        self.accept(token, turn)?;
        self.frames.push(Frame::new(open));
        Ok(())
    }

    fn close(&mut self, token: Token, punct: &str) -> Result<(), Stop> {
        if !self.may_close(punct) {
            return Err(Stop);
        }
        if self.is_top() {
            return self.close_orphan(token, punct);
        }
        let open = self.frame().open;
        let is_pair = match open {
            Open::Paren | Open::Control => punct == ")",
            Open::Square => punct == "]",
            Open::Object | Open::Block { .. } | Open::Class { .. } => punct == "}",
            Open::Top => false,
        };
        if !is_pair {
            return Err(Stop);
        }
        self.frames.pop();
        match open {
            Open::Control => self.accept(token, Turn::Statement),
            Open::Block { .. } if self.is_in_class() => self.accept(token, Turn::Operand),
            Open::Block { is_expression: false } | Open::Class { is_expression: false } => {
                self.accept(token, Turn::Statement)?;
                self.end_statement();
                Ok(())
            }
            _ => self.accept(token, Turn::Operator),
        }
    }

    /// Nothing closes after an operator that waits for its operand.
    fn may_close(&self, punct: &str) -> bool {
        match self.turn {
            Turn::Operator => true,
            Turn::Statement => punct == "}",
            Turn::Operand => self.previous().is_none_or(|previous| {
                matches!(previous.kind, Kind::Punct("(" | "[" | "{" | "," | ";"))
                    || previous.kind == Kind::Word
                    || (previous.is("}") && self.is_in_class())
            }),
            _ => false,
        }
    }

    /// A bracket that was opened before the code was cut off at its start.
    fn close_orphan(&mut self, token: Token, punct: &str) -> Result<(), Stop> {
        // `8)` in front of a paragraph closes nothing of the code before it.
        let goes_on = self.lexer.ahead(token.end).starts_with([')', '(', ';']);
        let is_other = (token.is_after_blank_line() && !goes_on)
            || (punct != "}" && (self.first.is_none() || !self.run.statements.is_empty()));
        if !self.takes_orphans || is_other || self.run.missing.len() > DEEPEST {
            return Err(Stop);
        }
        let is_body = self.turn == Turn::Statement || !self.run.statements.is_empty();
        self.run.missing.push(match punct {
            ")" => Missing::Paren,
            "]" => Missing::Square,
            _ if is_body => Missing::Block,
            _ => Missing::Member,
        });
        // All that was read is inside that bracket, so it is one statement.
        self.first = Some(0);
        self.run.statements.clear();
        self.accept(token, Turn::Operator)
    }

    fn semicolon(&mut self, token: Token) -> Result<(), Stop> {
        let is_after_return =
            self.turn == Turn::Operand && self.previous().is_some_and(|previous| previous.kind == Kind::Word);
        if self.frame().open == Open::Control || self.is_in_class() {
            return self.accept(token, Turn::Operand);
        }
        let is_empty = self.turn == Turn::Statement && self.previous().is_some();
        if !self.takes_statements() || !(self.turn == Turn::Operator || is_empty || is_after_return) {
            return Err(Stop);
        }
        if self.first.is_none() {
            self.reopen_statement();
        }
        self.accept(token, Turn::Statement)?;
        self.frame().ternaries = 0;
        self.frame().function = None;
        self.end_statement();
        Ok(())
    }

    fn comma(&mut self, token: Token) -> Result<(), Stop> {
        if self.is_operator_of_prose(token, ",") {
            return Err(Stop);
        }
        let is_hole = self.turn == Turn::Operand && self.frame().open == Open::Square;
        if self.turn == Turn::Operator || is_hole { self.accept(token, Turn::Operand) } else { Err(Stop) }
    }

    fn colon(&mut self, token: Token) -> Result<(), Stop> {
        if self.turn != Turn::Operator || self.is_value_as_key() {
            return Err(Stop);
        }
        let frame = self.frame();
        if frame.ternaries > 0 {
            frame.ternaries -= 1;
            return self.accept(token, Turn::Operand);
        }
        match frame.open {
            Open::Object => self.accept(token, Turn::Operand),
            Open::Block { .. } if std::mem::take(&mut frame.has_case) => self.accept(token, Turn::Statement),
            _ => Err(Stop),
        }
    }

    /// `params: Photo: Anna`: the value was cut off, and what stands there is a label below it.
    fn is_value_as_key(&self) -> bool {
        let mut before = self.run.tokens.iter().rev().filter(|token| !token.is_trivia());
        let is_word = before.next().is_some_and(|key| key.kind == Kind::Word);
        is_word
            && before.next().is_some_and(|colon| colon.is(":"))
            && self.frames.last().is_some_and(|frame| frame.open == Open::Object && frame.ternaries == 0)
    }

    fn operator(&mut self, token: Token, punct: &'static str) -> Result<(), Stop> {
        let is_operand = matches!(self.turn, Turn::Operand | Turn::Statement | Turn::ArrowBody);
        if self.is_operator_of_prose(token, punct) || (punct == ">" && self.is_end_of_tag(token)) {
            return Err(Stop);
        }
        match punct {
            "." | "?." if self.turn == Turn::Operator => self.accept(token, Turn::Property),
            "." if self.is_cut_off_chain(token) => {
                self.run.missing.push(Missing::Owner);
                self.accept(token, Turn::Property)
            }
            "=>" if self.turn == Turn::Operator => self.accept(token, Turn::ArrowBody),
            "++" | "--" => self.accept(token, if self.turn == Turn::Operator { Turn::Operator } else { Turn::Operand }),
            "!" | "~" | "+" | "-" if is_operand => self.accept(token, Turn::Operand),
            "..." if is_operand && !self.is_top() => self.accept(token, Turn::Operand),
            "*" if self.turn == Turn::FunctionName => self.accept(token, Turn::FunctionName),
            "!" | "~" | "@" | "..." => Err(Stop),
            "?" if self.turn == Turn::Operator && !self.is_question(token) => {
                self.frame().ternaries += 1;
                self.accept(token, Turn::Operand)
            }
            _ if self.turn == Turn::Operator && punct != "?" => self.accept(token, Turn::Operand),
            _ => self.operator_in_two(token, punct),
        }
    }

    /// `.addService(…)` at the start of a line: what it was called on is lost.
    fn is_cut_off_chain(&self, token: Token) -> bool {
        let rest = self.lexer.ahead(token.end);
        let is_first = self.takes_orphans && self.run.tokens.is_empty();
        is_first && rest.starts_with(|c: char| c.is_ascii_alphabetic()) && is_code_start(&self.lexer.ahead(token.start))
    }

    /// `Really? He`: a word alone and a question mark.
    fn is_question(&self, token: Token) -> bool {
        let is_alone = self.is_top() && self.first.is_some_and(|first| first + 1 == self.run.tokens.len());
        is_alone && !token.space_before
    }

    /// `| |`: an operator whose halves were pulled apart.
    fn operator_in_two(&mut self, token: Token, punct: &str) -> Result<(), Stop> {
        let is_half = token.space_before && token.lines_before == 0 && self.turn == Turn::Operand;
        let is_whole = self.previous().is_some_and(|previous| {
            matches!(
                (previous.kind, punct),
                (Kind::Punct("|"), "|")
                    | (Kind::Punct("&"), "&")
                    | (Kind::Punct("=" | "=="), "=")
                    | (Kind::Punct("="), ">")
            )
        });
        if !(is_half && is_whole) {
            return Err(Stop);
        }
        self.repaired("spaced-operators");
        self.run.halves.push(self.run.tokens.len());
        self.accept(token, if punct == ">" { Turn::ArrowBody } else { Turn::Operand })
    }
}

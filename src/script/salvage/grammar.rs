//! How far does a text read as code? A recogniser of JavaScript that is told where to start.
//!
//! It is a machine of brackets and turns: after an operand comes an operator, and the
//! other way round. Prose breaks that within two words (`The minister`), code never does.
//! It builds no tree and allows more than the language; the parser proper has the last
//! word. Where a bracket is still open as prose begins, the code was cut off there.
//!
//! In: a [`Lexer`] at the start. Out: a [`Run`]. One pass, no going back.

use super::extent::settle;
use super::glyph::{is_word_start, quote_family};
use super::joined::is_code_start;
use super::lexer::Lexer;
use super::run::{Missing, Run, Statement};
use super::token::{Kind, Token, is_control_word, is_declaring_word, is_prefix_word, uncapitalised_keyword};

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Statement,
    Operand,
    Operator,
    /// After a dot.
    Property,
    /// After `function`.
    FunctionName,
    /// After `if`, `for` and the like.
    ControlParen,
    /// After `=>`.
    ArrowBody,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Open {
    Top,
    Paren,
    Control,
    Square,
    Object,
    Block { is_expression: bool },
    Class { is_expression: bool },
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub open: Open,
    /// `?` without its `:`.
    pub ternaries: u32,
    /// A `function` whose body is due; is it an expression?
    pub function: Option<bool>,
    /// A `class` whose body is due; is it an expression?
    pub class: Option<bool>,
    /// A `case` or `default` whose colon is due.
    pub has_case: bool,
}

/// Brackets deeper than this are not code that people leak.
pub(super) const DEEPEST: usize = 400;

/// The recogniser at work.
pub(super) struct Recogniser<'t> {
    pub lexer: Lexer<'t>,
    pub run: Run,
    pub frames: Vec<Frame>,
    pub turn: Turn,
    /// First token of the statement that is being read at the top.
    pub first: Option<usize>,
    /// Last token after which that statement could have ended.
    soft_end: Option<usize>,
    /// That statement holds something that a line of prose does not.
    pub has_mark: bool,
    /// A closing bracket without its opening one may belong to code that was cut off at its start.
    pub takes_orphans: bool,
}

/// Why reading stopped.
pub(super) struct Stop;

impl<'t> Recogniser<'t> {
    /// Reads a run that starts at the lexer's place, which is inside an object if `is_inside_object`.
    pub fn read(lexer: Lexer<'t>, is_inside_object: bool, takes_orphans: bool) -> Run {
        let mut frames = vec![Frame::new(Open::Top)];
        let mut run = Run::default();
        if is_inside_object {
            frames.push(Frame::new(Open::Object));
            run.missing.push(Missing::Object);
        }
        let turn = if is_inside_object { Turn::Operand } else { Turn::Statement };
        let first = is_inside_object.then_some(0);
        let mut this = Self { lexer, run, frames, turn, first, soft_end: None, has_mark: false, takes_orphans };
        this.read_all();
        this.run
    }

    fn read_all(&mut self) {
        let (mut lines, mut spaces) = (0, false);
        loop {
            let is_operand = !matches!(self.turn, Turn::Operator | Turn::Property);
            let Some(mut token) = self.lexer.next(is_operand, lines > 0) else { return self.stop(None) };
            lines = token.lines_before.max(lines);
            spaces |= token.space_before;
            if token.is_trivia() {
                self.run.tokens.push(token);
                continue;
            }
            (token.lines_before, token.space_before) = (lines, spaces);
            (lines, spaces) = (0, false);
            if self.step(token).is_err() {
                return self.stop(Some(token));
            }
        }
    }

    fn stop(&mut self, at: Option<Token>) {
        self.run.end = at.map_or(self.lexer.end, |token| token.start);
        // `Photo: show();`: what passed for a key was a label.
        if self.is_in_cut_off_object() && at.is_some_and(|token| token.is(";")) {
            return;
        }
        if let Some(first) = self.first {
            let is_open = self.frames.len() > 1 || self.turn != Turn::Operator;
            settle(&mut self.run, self.lexer.text.text, first, self.soft_end, at, is_open);
        }
    }

    pub(super) fn frame(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("the top frame is never popped")
    }

    pub(super) fn is_top(&self) -> bool {
        self.frames.len() == 1
    }

    pub(super) fn takes_statements(&self) -> bool {
        matches!(self.frames.last().map(|frame| frame.open), Some(Open::Top | Open::Block { .. }))
    }

    /// The last token that grammar sees.
    pub(super) fn previous(&self) -> Option<&Token> {
        self.run.tokens.iter().rev().find(|token| !token.is_trivia())
    }

    pub(super) fn accept(&mut self, token: Token, turn: Turn) -> Result<(), Stop> {
        if self.is_top() && self.first.is_none() {
            self.first = Some(self.run.tokens.len());
            (self.soft_end, self.has_mark) = (None, false);
        }
        self.has_mark |= self.is_mark(token);
        self.run.tokens.push(token);
        self.turn = turn;
        if self.is_top() && turn == Turn::Operator && matches!(token.kind, Kind::Punct(")" | "}" | "]")) {
            self.soft_end = Some(self.run.tokens.len() - 1);
        }
        Ok(())
    }

    pub(super) fn repaired(&mut self, repair: &'static str) {
        if !self.run.repairs.contains(&repair) {
            self.run.repairs.push(repair);
        }
    }

    /// Ends the statement at the top, if that is where we are.
    pub(super) fn end_statement(&mut self) {
        self.turn = Turn::Statement;
        let last = self.run.tokens.iter().rposition(|token| !token.is_trivia());
        if self.is_top()
            && let (Some(first), Some(last)) = (self.first.take(), last)
            && last >= first
        {
            self.run.statements.push(Statement { first, last, is_cut: false });
        }
    }

    /// `else`, `catch` and the like go on with the statement before.
    pub(super) fn reopen_statement(&mut self) {
        if self.is_top() && self.first.is_none() {
            self.first = self.run.statements.pop().map(|statement| statement.first);
        }
    }

    fn step(&mut self, token: Token) -> Result<(), Stop> {
        if self.is_cut_by_line_end(token) || self.is_address(token) || self.is_below_prose(token) {
            return Err(Stop);
        }
        self.split_at_line(token);
        self.split_members(token);
        match token.kind {
            Kind::Word => self.word(token),
            Kind::Number | Kind::Regex | Kind::Text(_) => self.literal(token),
            Kind::Punct(punct) => self.punct(token, punct),
            _ => Err(Stop),
        }
    }

    fn word(&mut self, token: Token) -> Result<(), Stop> {
        let written = token.word(self.lexer.text.text);
        if self.turn == Turn::Property {
            return if self.is_top() && self.is_full_stop(token) {
                Err(Stop)
            } else {
                self.accept(token, Turn::Operator)
            };
        }
        let keyword = uncapitalised_keyword(&written).filter(|keyword| self.is_meant_as_keyword(keyword));
        if keyword.is_some() {
            self.repaired("capitalised-keywords");
            self.run.keywords.push(self.run.tokens.len());
        }
        let word = keyword.unwrap_or(&written);
        match self.turn {
            Turn::Operator => self.word_after_operand(token, word),
            Turn::FunctionName => self.accept(token, Turn::FunctionName),
            Turn::ControlParen => Err(Stop),
            _ => self.word_as_operand(token, word),
        }
    }

    /// Does what follows a capitalised word look as it does after the keyword?
    fn is_meant_as_keyword(&self, keyword: &str) -> bool {
        let rest = self.lexer.ahead(self.lexer.at);
        // A heading may be one word.
        if self.is_top() && rest.trim_start_matches(' ').starts_with('\n') {
            return false;
        }
        let rest = rest.trim_start();
        let is_place = matches!(self.turn, Turn::Statement | Turn::Operand | Turn::ArrowBody);
        // Inside brackets two words in a row are code only if the first is a keyword.
        let is_operand =
            || rest.starts_with(|c: char| c.is_alphanumeric() || "_$[!".contains(c) || quote_family(c).is_some());
        let is_regex = keyword == "return" && rest.starts_with('/');
        let is_inside = self.frames.len() > 1 && (is_operand() || is_regex);
        let is_meant = match keyword {
            "function" => is_head_of_function(rest),
            "window" => rest.starts_with('.'),
            "var" | "let" | "const" => {
                is_inside || rest.starts_with(['{', '[']) || is_code_start(rest) || is_list_of_names(rest)
            }
            _ => rest.starts_with(['(', '{']) || is_code_start(rest) || is_inside,
        };
        is_place && is_meant
    }

    fn word_after_operand(&mut self, token: Token, word: &str) -> Result<(), Stop> {
        if matches!(word, "in" | "instanceof" | "of") {
            return self.accept(token, Turn::Operand);
        }
        let text = self.lexer.text.text;
        let previous = self.previous().copied();
        if previous.is_some_and(|previous| {
            previous.kind == Kind::Word && matches!(&*previous.word(text), "async" | "get" | "set" | "static")
        }) {
            return self.word_as_operand(token, word);
        }
        let is_after_bracket = previous.is_some_and(|previous| matches!(previous.kind, Kind::Punct(")" | "}" | "]")));
        if self.takes_statements() && is_after_bracket && is_code_start(&self.lexer.ahead(token.start)) {
            self.repaired("joined-lines");
            self.run.joints.push(self.run.tokens.len());
            self.end_statement();
            return self.word_as_operand(token, word);
        }
        Err(Stop)
    }

    fn word_as_operand(&mut self, token: Token, word: &str) -> Result<(), Stop> {
        let is_key = self.frame().open == Open::Object && self.lexer.ahead(self.lexer.at).trim_start().starts_with(':');
        if is_key {
            return self.accept(token, Turn::Operator);
        }
        let is_statement = self.turn == Turn::Statement;
        match word {
            "function" => {
                let is_expression = !is_statement;
                self.accept(token, Turn::FunctionName)?;
                self.frame().function = Some(is_expression);
                Ok(())
            }
            word if is_declaring_word(word) => {
                let is_place = is_statement || self.frame().open == Open::Control;
                if is_place { self.accept(token, Turn::Operand) } else { Err(Stop) }
            }
            word if is_control_word(word) => {
                if matches!(word, "catch" | "while")
                    && is_statement
                    && self.previous().is_some_and(|previous| previous.is("}"))
                {
                    self.reopen_statement();
                }
                if is_statement { self.accept(token, Turn::ControlParen) } else { Err(Stop) }
            }
            "else" | "finally" if is_statement => {
                if !self.is_followed_by_code(word) {
                    return Err(Stop);
                }
                self.reopen_statement();
                self.accept(token, Turn::Statement)
            }
            "class" => self.class(token),
            "do" | "try" if is_statement => {
                if self.is_followed_by_code(word) {
                    self.accept(token, Turn::Statement)
                } else {
                    Err(Stop)
                }
            }
            "in" | "of" | "instanceof" => Err(Stop),
            "case" | "default" if is_statement => {
                self.frame().has_case = true;
                self.accept(token, if word == "case" { Turn::Operand } else { Turn::Operator })
            }
            word if is_prefix_word(word) => self.accept(token, Turn::Operand),
            _ => self.accept(token, Turn::Operator),
        }
    }

    fn literal(&mut self, token: Token) -> Result<(), Stop> {
        let is_template = matches!(token.kind, Kind::Text(quoted) if quoted.quote == super::glyph::Quote::Back);
        match self.turn {
            Turn::Operator if is_template && !token.space_before => self.accept(token, Turn::Operator),
            Turn::Operand | Turn::Statement | Turn::ArrowBody => self.accept(token, Turn::Operator),
            _ => Err(Stop),
        }
    }
}

/// `a, b = c`: names that a declaration gives, of which one is assigned to or ended.
fn is_list_of_names(text: &str) -> bool {
    let Some(end) = text.find(['=', ';']) else { return false };
    let is_name =
        |name: &str| name.starts_with(is_word_start) && !name.contains(|c| !(is_word_start(c) || c.is_numeric()));
    text[..end].split(',').all(|name| is_name(name.trim()))
}

/// `build() {`: a name, parameters and the brace of a body.
fn is_head_of_function(text: &str) -> bool {
    let Some((name, rest)) = text.split_once('(') else { return false };
    let Some((_, body)) = rest.split_once(')') else { return false };
    name.trim_end().chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$')) && body.trim_start().starts_with('{')
}

impl Frame {
    pub fn new(open: Open) -> Self {
        Self { open, ternaries: 0, function: None, class: None, has_case: false }
    }
}

#[cfg(test)]
mod tests {
    use super::super::line_marks::LineMarks;
    use super::super::source::{Source, Work};
    use super::*;

    /// The statements that only code has, from the start of a text, and whether the last was cut off.
    fn read(text: &str) -> (Vec<&str>, bool) {
        let work = Work::default();
        let lexer = Lexer {
            text: Source::new(text, &work),
            at: 0,
            end: text.len(),
            joins_lines: false,
            line_marks: LineMarks::None,
            has_private_names: false,
            comments_end: text.len(),
        };
        let run = Recogniser::read(lexer, false, true);
        let strong: Vec<_> = run.statements.iter().filter(|statement| run.is_strong(statement, text)).collect();
        let is_cut = strong.last().is_some_and(|last| last.is_cut);
        (strong.iter().map(|this| &text[run.tokens[this.first].start..run.tokens[this.last].end]).collect(), is_cut)
    }

    #[test]
    fn code_ends_where_prose_begins() {
        assert_eq!(read("a.b(1); He said so."), (vec!["a.b(1);"], false));
        assert_eq!(read("a.b(1). He said so."), (vec!["a.b(1)"], false));
        assert_eq!(read("a.b(1)\n\nHe said so."), (vec!["a.b(1)"], false));
        assert_eq!(read("a.b({\nc: 1,\n\n“We knew,” he said."), (vec!["a.b({\nc: 1,"], true));
        assert_eq!(read("The minister said").0, Vec::<&str>::new());
    }

    #[test]
    fn statements_of_every_kind_are_read_to_their_end() {
        for code in [
            "if (a) { b(); } else if (c) d(); else { e(); }",
            "for (var i = 0; i < n; i++) { f(i); }",
            "!function(a, b) { return a / b }(1, 2);",
            "x = a ? { b: 1, 'c': [2, , 3] } : (d, e) => { f() };",
            "try { a() } catch (e) { b(/[/]x/g) } finally { c() }",
            "switch (a) { case 1: b(); break; default: c() }",
            "var s = `a${b}` + c.d?.e[0] instanceof F;",
        ] {
            assert_eq!(read(code), (vec![code], false));
        }
    }
}

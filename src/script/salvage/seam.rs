//! Where prose and code meet: what of a line before code, or behind it, only looks as if it went on.
//!
//! A line of prose may end in what code has for an operator (`70 %`, `Home >`, `Photo:`), and one below code that was
//! cut off may begin so. Code has more than that on a line: an assignment, a call, brackets.

use super::glyph::quote_family;
use super::grammar::{Open, Recogniser, Turn};
use super::joined::is_code_start;
use super::run::Missing;
use super::token::{Kind, Token, is_control_word};

impl Recogniser<'_> {
    /// `example.com/about/` at the end of a line divides nothing.
    pub(super) fn is_address(&self, token: Token) -> bool {
        let is_slash = self.previous().is_some_and(|previous| previous.is("/") && !previous.space_before);
        is_slash && token.lines_before > 0 && self.is_top()
    }

    /// Does the token have what no line of prose has?
    pub(super) fn is_mark(&self, token: Token) -> bool {
        let is_after_word = self.previous_but(token).is_some_and(|previous| previous.kind == Kind::Word);
        match token.kind {
            Kind::Word | Kind::Number => is_after_word,
            Kind::Punct("(" | "[") => !token.space_before && self.previous_but(token).is_some(),
            Kind::Punct("{" | "=" | "+=" | "=>" | "||=" | "??=") => true,
            Kind::Text(_) | Kind::Punct(",") => self.is_in_cut_off_object(),
            _ => false,
        }
    }

    /// The last token that grammar sees, before one that was just taken.
    fn previous_but(&self, token: Token) -> Option<&Token> {
        self.run.tokens.iter().rev().find(|before| before.start < token.start && !before.is_trivia())
    }

    /// Is it inside the object in which code begins that was cut off at its start?
    pub(super) fn is_in_cut_off_object(&self) -> bool {
        self.frames.len() == 2
            && self.run.missing == [Missing::Object]
            && self.frames.last().is_some_and(|frame| frame.open == Open::Object)
    }

    /// Is all that was read so far a line of prose above, or words before, which seem to go on with this token?
    pub(super) fn is_below_prose(&self, token: Token) -> bool {
        let is_outside = self.is_top() || self.is_in_cut_off_object();
        if !is_outside || self.has_mark || self.previous().is_none() {
            return false;
        }
        let taken = self.run.tokens.iter().rev().filter(|before| !before.is_trivia());
        let length = taken.take(3).count();
        let is_bracket = matches!(token.kind, Kind::Punct("(" | "["));
        let is_waiting = !matches!(self.turn, Turn::Operator | Turn::Statement);
        if self.is_in_cut_off_object()
            && token.lines_before > 0
            && (is_bracket || (length == 2 && token.kind == Kind::Word))
        {
            return true;
        }
        // `Bonn (dpa)`, and `(ads = ads || []).push({})` below it.
        let is_other_call = is_bracket && self.turn == Turn::Operator && token.lines_before > 0;
        // `the bridge (ads = ads || []).push({})`.
        let is_call_of_word =
            is_bracket && self.turn == Turn::Operator && token.space_before && self.is_code_behind_word(token);
        let is_keyword_alone = is_waiting && length == 1 && token.lines_before > 0 && self.is_top();
        is_other_call || is_call_of_word || is_keyword_alone || (is_waiting && token.is_after_blank_line())
    }

    /// Does a statement of its own begin with this bracket, behind a word or number of prose?
    fn is_code_behind_word(&self, token: Token) -> bool {
        let is_word = self.previous().is_some_and(|previous| matches!(previous.kind, Kind::Word | Kind::Number));
        let is_alone =
            self.is_in_cut_off_object() || self.first.is_some_and(|first| first + 1 == self.run.tokens.len());
        is_word && is_alone && is_code_start(&self.lexer.ahead(token.start))
    }

    /// An operator outside of all brackets whose value nobody asks for: `Home > News`, `Canal+`, `Anna, Paul`.
    pub(super) fn is_operator_of_prose(&self, token: Token, operator: &str) -> bool {
        if !self.is_top() || self.has_mark {
            return false;
        }
        let rest = self.lexer.ahead(token.end);
        match (self.turn, operator) {
            (Turn::Statement, "+" | "-" | "~") => !(rest.starts_with("function") || rest.starts_with('(')),
            (Turn::Statement, "++" | "--") => !rest.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '$')),
            (Turn::Operator, "+") => !self.previous().is_some_and(|previous| matches!(previous.kind, Kind::Text(_))),
            (Turn::Operator, "." | "?." | "=" | "=>" | "+=" | "||=" | "??=" | "&&" | "||" | "??") => false,
            (Turn::Operator, _) => self.run.missing.is_empty(),
            _ => false,
        }
    }

    /// `space="preserve">`: an attribute, and the end of its tag.
    pub(super) fn is_end_of_tag(&self, token: Token) -> bool {
        let mut before = self.run.tokens.iter().rev().filter(|token| !token.is_trivia());
        let (value, equals) = (before.next(), before.next());
        let is_value = value.is_some_and(|value| matches!(value.kind, Kind::Text(_)) && !value.space_before);
        is_value && equals.is_some_and(|equals| equals.is("=") && !equals.space_before) && !token.space_before
    }

    /// Code that ends in an operator before a blank line was cut off; so was code before a paragraph in quotes.
    pub(super) fn is_cut_by_line_end(&self, token: Token) -> bool {
        if token.lines_before == 0 {
            return false;
        }
        let is_dangling = self.turn == Turn::Property
            || (self.turn == Turn::Operand
                && self.previous().is_some_and(|previous| {
                    matches!(previous.kind, Kind::Punct("=" | "+" | "||" | "&&" | ":" | "?" | "==" | "===" | "!="))
                }));
        let rest = self.lexer.ahead(token.end);
        let is_sentence = token.kind == Kind::Word
            && (rest.starts_with([' ', ',', '’'])
                && !rest.trim_start().starts_with(['(', '=', '.', '[', '{', '+', '|', '&', '?']));
        // A word alone on its line, outside of all brackets.
        let is_heading = || self.is_top() && token.kind == Kind::Word && rest.trim_start_matches(' ').starts_with('\n');
        if !token.is_after_blank_line() {
            return is_dangling && (is_sentence && self.is_top() || is_heading());
        }
        let is_dangling =
            is_dangling && (is_sentence || self.is_top() || !matches!(token.kind, Kind::Word | Kind::Punct(_)));
        let is_speech =
            matches!(token.kind, Kind::Text(quoted) if quoted.body_in(&self.lexer.text).matches(' ').count() > 3);
        is_dangling || is_speech
    }

    /// A line end between two statements without a semicolon.
    pub(super) fn split_at_line(&mut self, token: Token) {
        if self.turn != Turn::Operator || token.lines_before == 0 || !self.takes_statements() {
            return;
        }
        let is_top = self.is_top();
        let goes_on = match token.kind {
            Kind::Word => {
                (!is_top && matches!(&*token.word(&self.lexer.text), "in" | "instanceof"))
                    || self.frame().function.is_some()
            }
            Kind::Punct("[") if is_top => false,
            Kind::Punct("+" | "-") if is_top => self.is_more_of_a_string(token),
            Kind::Punct("(" | "[" | "+" | "-" | "/" | "*" | "<" | "`") => {
                !(is_top && (token.is_after_blank_line() || self.is_weak_so_far()))
            }
            Kind::Punct("!" | "~" | "++" | "--" | "@") => false,
            Kind::Punct("{") => self.frame().function.is_some(),
            Kind::Punct("=>" | "==" | "===" | "**" | ">" | "|" | "&" | "%") => !is_top,
            Kind::Punct(_) => true,
            _ => false,
        };
        if !goes_on {
            self.end_statement();
        }
    }

    /// `+ 'b'` on the line below `a = 'a'`.
    fn is_more_of_a_string(&self, token: Token) -> bool {
        let rest = self.lexer.ahead(token.end);
        let is_string = rest.trim_start().starts_with(|c| quote_family(c).is_some());
        let is_after_string = self.previous().is_some_and(|previous| matches!(previous.kind, Kind::Text(_)));
        (is_string || is_after_string) && !token.is_after_blank_line() && self.has_mark
    }

    fn is_weak_so_far(&self) -> bool {
        let Some(first) = self.first else { return false };
        self.run.tokens.len() - first < 3
    }

    /// Does the body of `try`, `else` and the like follow, as it does in code?
    pub(super) fn is_followed_by_code(&self, word: &str) -> bool {
        let rest = self.lexer.ahead(self.lexer.at);
        let rest = rest.trim_start();
        !self.is_top() || rest.is_empty() || rest.starts_with('{') || (word == "else" && is_code_start(rest))
    }

    /// `adUnits. push(`, `window. _ads = `: a translation service puts spaces behind all dots.
    fn is_member(&self, token: Token, owner: &str) -> bool {
        const OWNERS: [&str; 6] = ["window", "document", "self", "googletag", "pbjs", "apstag"];
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$');
        let is_name =
            |name: &str| name.starts_with(|c: char| is_part(c) && !c.is_ascii_uppercase()) && name.chars().all(is_part);
        let is_code_name = owner.chars().skip(1).any(|c| c.is_ascii_uppercase() || c == '_') || OWNERS.contains(&owner);
        let rest = self.lexer.ahead(token.start);
        let end = rest.find(|c| !(is_part(c) || matches!(c, '.' | ' '))).unwrap_or(rest.len());
        let (path, rest) = rest.split_at(end);
        let is_used = (rest.starts_with('(') && !path.ends_with(' '))
            || ["= ", "|| ", "=["].iter().any(|mark| rest.starts_with(mark));
        is_code_name && is_used && path.trim_end().split(". ").all(is_name)
    }

    /// `owners. He`: code puts no space behind a dot alone, unless it follows a call.
    pub(super) fn is_full_stop(&self, token: Token) -> bool {
        let mut before = self.run.tokens.iter().rev().filter(|token| !token.is_trivia());
        let (dot, owner) = (before.next(), before.next());
        let is_glued = dot.is_some_and(|dot| !dot.space_before) && token.space_before;
        let is_word = owner.is_some_and(|owner| !matches!(owner.kind, Kind::Punct(_)));
        let is_member = || {
            let owner = owner.filter(|owner| owner.kind == Kind::Word && token.lines_before == 0);
            owner.is_some_and(|owner| self.is_member(token, &owner.word(&self.lexer.text)))
        };
        let is_capital = token.lines_before == 0 && self.lexer.ahead(token.start).starts_with(char::is_uppercase);
        let is_call = self.lexer.ahead(token.end).starts_with('(') && !is_control_word(&token.word(&self.lexer.text));
        let is_parted = token.is_after_blank_line() && !is_call;
        is_glued && (is_word || is_capital || is_parted) && !is_member()
    }
}

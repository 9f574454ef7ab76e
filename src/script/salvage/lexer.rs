//! Reads tokens out of damaged code, one at a time.
//!
//! It looks through entities, backslashes of an outer string, invisible characters and
//! `<br>` tags, and takes every quotation mark for what it was. It never fails: what no
//! code holds is [`Kind::Foreign`]. Every byte is looked at a bounded number of times.

use super::ahead::{NEAR, ahead};
use super::glyph::{Glyph, is_invisible, is_typographic, is_word_start};
use super::joined::{LONGEST_COMMENT, comment_end};
use super::line_marks::LineMarks;
use super::quoted::quoted_at;
use super::source::Source;
use super::tag::{break_tag, slash_end, tag_end, tag_start};
use super::token::{Kind, Token};
use std::borrow::Cow;

/// Operators and brackets, longest first.
const PUNCTS: [&str; 58] = [
    ">>>=", "===", "!==", "**=", "<<=", ">>=", ">>>", "...", "&&=", "||=", "??=", "=>", "==", "!=", "<=", ">=", "&&",
    "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>", "**", "{", "}", "(", ")",
    "[", "]", ";", ",", "<", ">", "+", "-", "*", "/", "%", "&", "|", "^", "!", "~", "?", ":", "=", ".", "@",
];

/// The most bytes that one regular expression may have.
const LONGEST_REGEX: usize = 400;

/// A reader of tokens. Cheap to copy, so that a reader may look ahead.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lexer<'t> {
    pub text: Source<'t>,
    /// The next token is looked for from here on.
    pub at: usize,
    /// The end of the text.
    pub end: usize,
    /// Line comments do not hide the code behind them: its lines were joined.
    pub joins_lines: bool,
    /// What stands in front of each line.
    pub line_marks: LineMarks,
    /// A class has begun, so names may begin with `#`.
    pub has_private_names: bool,
    /// Where the last `*/` of the text ends: behind it block comments have no end.
    pub comments_end: usize,
}

impl<'t> Lexer<'t> {
    /// The next token; `is_operand` says whether an operand is due, which tells a regular expression from a division,
    /// `may_begin` whether the line ended before what was read last, so that a statement may begin here.
    pub fn next(&mut self, is_operand: bool, may_begin: bool) -> Option<Token> {
        let (space_before, lines_before) = self.skip_space();
        let start = self.at;
        let may_begin = may_begin || lines_before > 0;
        let kind = self.kind_at(start, is_operand, may_begin)?;
        Some(Token { kind, start, end: self.at, space_before, lines_before })
    }

    /// What stands from `at` on, as it was meant, as far as one looks ahead.
    pub fn ahead(&self, at: usize) -> Cow<'t, str> {
        ahead(self.text, at, self.end)
    }

    fn glyph(&self, at: usize) -> Option<Glyph> {
        if at >= self.end { None } else { self.text.glyph(at) }
    }

    /// Skips white space in all its forms; says whether there was some, and how many lines ended.
    fn skip_space(&mut self) -> (bool, u8) {
        let (mut is_spaced, mut lines) = (false, 0u8);
        // The line break after a `<br>` is the same one.
        let mut is_counted = false;
        while let Some(glyph) = self.glyph(self.at) {
            if glyph.character == '\n' {
                lines = lines.saturating_add(u8::from(!std::mem::take(&mut is_counted)));
                self.at = self.line_marks.end(&self.text, glyph.end);
            } else if is_invisible(glyph.character) {
                self.at = glyph.end;
                continue;
            } else if glyph.character.is_whitespace() {
                self.at = glyph.end;
            } else if let Some(end) = self.escaped_space(glyph) {
                if self.text[glyph.end..end] == *"n" {
                    lines = lines.saturating_add(u8::from(!std::mem::take(&mut is_counted)));
                }
                self.at = end;
            } else if let Some(end) = break_tag(self.text, self.at) {
                (lines, is_counted) = (lines.max(1), true);
                self.at = end;
            } else {
                break;
            }
            is_spaced = true;
        }
        (is_spaced, lines)
    }

    /// `\n` written as two characters: code in a string.
    fn escaped_space(&self, glyph: Glyph) -> Option<usize> {
        let next = self.text.as_bytes().get(glyph.end)?;
        (glyph.character == '\\' && matches!(next, b'n' | b'r' | b't')).then_some(glyph.end + 1)
    }

    fn kind_at(&mut self, start: usize, is_operand: bool, may_begin: bool) -> Option<Kind> {
        let glyph = self.glyph(start)?;
        let character = glyph.character;
        if let Some(end) = wrapper_end(self.text, start) {
            self.at = end;
            return Some(Kind::Wrapper);
        }
        if let Some(kind) = self.comment(glyph) {
            return Some(kind);
        }
        let is_private_name = character == '#'
            && self.has_private_names
            && self.visible(glyph.end).is_some_and(|next| is_word_start(next.character));
        if is_word_start(character) || is_private_name {
            self.word(if is_private_name { glyph.end } else { start });
            return Some(Kind::Word);
        }
        if character.is_ascii_digit() || (character == '.' && is_operand && self.is_digit(glyph.end)) {
            self.number(start);
            return Some(Kind::Number);
        }
        if let Some((quoted, end)) = quoted_at(self.text, start, self.end, is_operand || may_begin) {
            self.at = end;
            return Some(Kind::Text(quoted));
        }
        if character == '/' && is_operand && self.regex(glyph.end) {
            return Some(Kind::Regex);
        }
        if character == '\\' {
            // `\/` of an outer string; the backslash says nothing.
            self.at = glyph.end;
            return self.kind_at(glyph.end, is_operand, may_begin);
        }
        Some(self.punct(start, glyph))
    }

    fn comment(&mut self, glyph: Glyph) -> Option<Kind> {
        if glyph.character != '/' {
            return None;
        }
        let mut second = self.glyph(glyph.end)?;
        let is_escaped = second.character == '\\' && self.text.as_bytes().get(second.end) == Some(&b'/');
        if is_escaped {
            second = self.glyph(second.end)?;
        }
        match second.character {
            '/' => {
                self.at = if self.joins_lines {
                    self.joined_comment_end(second.end, is_escaped)
                } else {
                    comment_line_end(self.text, second.end, self.end, is_escaped)
                };
                Some(Kind::Comment { is_line: true })
            }
            '*' => {
                let length = self.block_comment(second.end);
                self.text.charge(length);
                self.at = second.end + length;
                Some(Kind::Comment { is_line: false })
            }
            _ => None,
        }
    }

    /// The length of what a block comment holds from `at` on. One that was cut off ends with its line, or the next that
    /// begins with a star.
    fn block_comment(&self, at: usize) -> usize {
        let rest = &self.text.as_bytes()[at..self.end];
        let stars = memchr::memchr_iter(b'*', if at < self.comments_end { rest } else { &[] });
        let is_closing = |star: usize| rest.get(star + 1) == Some(&b'/');
        let is_opening = |star: usize| star > 0 && rest[star - 1] == b'/';
        let mark = stars.into_iter().find(|&star| is_closing(star) || is_opening(star));
        if let Some(star) = mark.filter(|&star| is_closing(star)) {
            return star + 2;
        }
        let mut end = comment_line_end(self.text, at, self.end, false);
        while self.text[end..self.end].trim_start().starts_with('*') {
            end = comment_line_end(self.text, self.text.len() - self.text[end..].trim_start().len(), self.end, false);
        }
        end - at
    }

    /// The end of a comment with code behind it on its line; near by first, for a line may hold many comments.
    fn joined_comment_end(&self, at: usize, is_escaped: bool) -> usize {
        for window in [NEAR, LONGEST_COMMENT] {
            let near = self.text.text.floor_char_boundary(self.end.min(at + window));
            let line_end = comment_line_end(self.text, at, near, is_escaped);
            let end = comment_end(&self.text, at, line_end);
            if end < line_end || line_end < near {
                return end;
            }
        }
        comment_line_end(self.text, at, self.end, is_escaped)
    }

    fn word(&mut self, start: usize) {
        self.at = start;
        while let Some(glyph) = self.glyph(self.at) {
            if !is_word_part(glyph.character) {
                break;
            }
            self.at = glyph.end;
        }
    }

    fn number(&mut self, start: usize) {
        self.at = start;
        while let Some(glyph) = self.glyph(self.at) {
            let is_fraction = glyph.character == '.' && self.is_digit(glyph.end);
            let is_part =
                glyph.character.is_ascii_alphanumeric() || glyph.character == '_' || is_invisible(glyph.character);
            if !(is_part || is_fraction) {
                break;
            }
            self.at = glyph.end;
        }
    }

    fn is_digit(&self, at: usize) -> bool {
        self.visible(at).is_some_and(|glyph| glyph.character.is_ascii_digit())
    }

    /// The first character from `at` on that can be seen.
    fn visible(&self, at: usize) -> Option<Glyph> {
        let mut glyph = self.glyph(at)?;
        while is_invisible(glyph.character) {
            glyph = self.glyph(glyph.end)?;
        }
        Some(glyph)
    }

    /// Reads a regular expression whose body starts at `at`; leaves things alone if it has no end on its line.
    fn regex(&mut self, start: usize) -> bool {
        let (mut at, mut in_class) = (start, false);
        while let Some(glyph) = self.glyph(at) {
            match glyph.character {
                '\n' => return false,
                // `\x2f` of the expression itself.
                character if character != '\\' && self.text.as_bytes()[at] == b'\\' => at = glyph.end,
                _ if at > start + LONGEST_REGEX => return false,
                '\\' => at = self.glyph(glyph.end).map_or(glyph.end, |next| next.end),
                '/' if !in_class => {
                    self.word(glyph.end);
                    return at > start;
                }
                character => {
                    in_class = character == '[' || (in_class && character != ']');
                    at = glyph.end;
                }
            }
        }
        false
    }

    /// Three dots, or four, with nothing behind them on their line.
    fn is_ellipsis(&self, start: usize) -> bool {
        const DOTS: usize = 6;
        const BLANKS: usize = 8;
        let rest = &self.text.as_bytes()[start..self.end];
        let dots = rest.iter().take(DOTS).take_while(|&&byte| byte == b'.').count();
        let blanks = rest[dots..].iter().take(BLANKS).take_while(|&&byte| byte == b' ').count();
        dots > 2 && rest.get(dots + blanks).is_none_or(|&next| next == b'\n')
    }

    fn punct(&mut self, start: usize, first: Glyph) -> Kind {
        self.at = first.end;
        let mut read = [' '; 4];
        let mut ends = [start; 4];
        let mut at = start;
        for slot in 0..4 {
            let Some(glyph) = self.visible(at) else { break };
            (read[slot], ends[slot], at) = (meant_operator(glyph.character), glyph.end, glyph.end);
        }
        if matches!(first.character, '–' | '—' | '−') {
            let is_sign = |next: Glyph| next.character.is_ascii_digit() || next.character.is_whitespace();
            let is_double = !self.visible(first.end).is_some_and(is_sign);
            return Kind::Punct(if is_double && first.character != '−' { "--" } else { "-" });
        }
        if first.character == '…' || self.is_ellipsis(start) {
            return Kind::Foreign;
        }
        for punct in PUNCTS {
            if punct.chars().zip(read).all(|(wanted, got)| wanted == got) {
                self.at = ends[punct.len() - 1];
                return Kind::Punct(punct);
            }
        }
        Kind::Foreign
    }
}

fn meant_operator(character: char) -> char {
    if is_typographic(character) { ' ' } else { character }
}

fn is_word_part(character: char) -> bool {
    is_word_start(character) || character.is_numeric() || is_invisible(character)
}

/// The end of a line comment, also where the line ended with a tag or, in an outer string, with `\n`.
fn comment_line_end(text: Source<'_>, at: usize, end: usize, is_escaped: bool) -> usize {
    let end = line_end(&text, at, end);
    let escape = if is_escaped { memchr::memmem::find(&text.as_bytes()[at..end], b"\\n") } else { None };
    let end = escape.map_or(end, |length| at + length);
    text.charge(end - at);
    let tags = memchr::memchr2_iter(b'<', b'&', &text.as_bytes()[at..end]);
    let is_end = |&tag: &usize| break_tag(text, tag).is_some() || is_script_end(text, tag);
    tags.map(|offset| at + offset).find(is_end).unwrap_or(end)
}

/// Is it the tag that ends a script, whatever stands before it?
fn is_script_end(text: Source<'_>, at: usize) -> bool {
    let name = tag_start(text, at).and_then(|slash| text[slash..].strip_prefix('/'));
    name.and_then(|name| name.get(..6)).is_some_and(|name| name.eq_ignore_ascii_case("script"))
}

/// The end of the line that holds `at`.
pub(super) fn line_end(text: &str, at: usize, end: usize) -> usize {
    memchr::memchr(b'\n', &text.as_bytes()[at..end]).map_or(end, |length| at + length)
}

/// What is written around code to hide it from old browsers or XML, and script tags.
fn wrapper_end(text: Source<'_>, at: usize) -> Option<usize> {
    const WRAPPERS: [&str; 9] = [
        "//--><!]]>",
        "<!--//--><![CDATA[//><!--",
        "<!--//--><![CDATA[// ><!--",
        "//--><![CDATA[//><!--",
        "<![CDATA[",
        "<!]]>",
        "]]>",
        "<!--",
        "-->",
    ];
    for wrapper in WRAPPERS {
        if let Some(end) = meant_at(text, at, wrapper) {
            return Some(end);
        }
    }
    let name = tag_start(text, at)?;
    let name = slash_end(text.as_bytes(), name);
    let is_script = ["script", "style", "noscript"]
        .iter()
        .any(|tag| text.get(name..name + tag.len()).is_some_and(|got| got.eq_ignore_ascii_case(tag)));
    if is_script { tag_end(text, name) } else { None }
}

/// Where `wanted` ends, if it stands at `at` in any encoding.
fn meant_at(text: Source<'_>, at: usize, wanted: &str) -> Option<usize> {
    let mut at = at;
    for character in wanted.chars() {
        let mut glyph = text.glyph(at)?;
        while is_invisible(glyph.character) {
            glyph = text.glyph(glyph.end)?;
        }
        if glyph.character != character {
            return None;
        }
        at = glyph.end;
    }
    Some(at)
}

//! The tokens of damaged code.

use super::glyph::{Quote, glyph_at, is_invisible, letters_of};
use std::borrow::Cow;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An identifier or keyword.
    Word,
    /// A number.
    Number,
    /// A string or template; `body` bytes lie between its marks.
    Text(Quoted),
    /// A regular expression.
    Regex,
    /// An operator or bracket.
    Punct(&'static str),
    /// A comment; `is_line` where it runs to the end of its line.
    Comment { is_line: bool },
    /// `<![CDATA[`, `]]>`, `-->`, `<script>`, `</script>`: what was around the code.
    Wrapper,
    /// Something that no code holds.
    Foreign,
}

/// How a string is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quoted {
    /// The family of its opening mark.
    pub quote: Quote,
    /// The marks are not the plain ones.
    pub is_typographic: bool,
    /// Layers of entities around its marks.
    pub layers: u8,
    /// The marks are `\"`.
    pub is_escaped: bool,
    /// It has a closing mark.
    pub is_closed: bool,
    /// Its body.
    pub body: (usize, usize),
}

impl Quoted {
    /// What stands between its marks.
    pub fn body_in(self, text: &str) -> &str {
        &text[self.body.0..self.body.1]
    }
}

/// A token and its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
    /// White space of any kind stands before it.
    pub space_before: bool,
    /// Line ends before it.
    pub lines_before: u8,
}

impl Token {
    /// Is it this operator or bracket?
    pub fn is(&self, punct: &str) -> bool {
        matches!(self.kind, Kind::Punct(this) if this == punct)
    }

    /// Is it a comment or a wrapper, which grammar does not see?
    pub fn is_trivia(&self) -> bool {
        matches!(self.kind, Kind::Comment { .. } | Kind::Wrapper)
    }

    /// A blank line stands before it.
    pub fn is_after_blank_line(&self) -> bool {
        self.lines_before > 1
    }

    /// The text of a word as it was meant: without invisible characters and entities.
    pub fn word<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let raw = text.get(self.start..self.end).unwrap_or_default();
        if raw.is_ascii() && !raw.contains('&') {
            return Cow::Borrowed(raw);
        }
        let mut word = String::with_capacity(raw.len());
        let mut at = 0;
        while let Some(glyph) = glyph_at(raw, at) {
            match letters_of(glyph.character) {
                Some(letters) => word.push_str(letters),
                None if is_invisible(glyph.character) => {}
                None => word.push(glyph.character),
            }
            at = glyph.end;
        }
        Cow::Owned(word)
    }
}

/// Words after which an operand follows.
pub(super) fn is_prefix_word(word: &str) -> bool {
    matches!(
        word,
        "return"
            | "typeof"
            | "new"
            | "delete"
            | "void"
            | "throw"
            | "await"
            | "yield"
            | "case"
            | "else"
            | "do"
            | "in"
            | "of"
            | "instanceof"
    )
}

/// Words that declare names.
pub(super) fn is_declaring_word(word: &str) -> bool {
    matches!(word, "var" | "let" | "const")
}

/// Words that a parenthesis and then a statement follow.
pub(super) fn is_control_word(word: &str) -> bool {
    matches!(word, "if" | "for" | "while" | "switch" | "catch" | "with")
}

/// The key of an ad unit that a machine has capitalised, as `Bidder`.
pub(super) fn uncapitalised_key(word: &str) -> Option<&'static str> {
    const KEYS: [&str; 9] = ["code", "bids", "bidder", "params", "mediaTypes", "banner", "video", "native", "sizes"];
    let is_capital = word.starts_with(|c: char| c.is_ascii_uppercase());
    KEYS.into_iter().find(|key| is_capital && key.eq_ignore_ascii_case(word))
}

/// The keyword that a machine has capitalised, as `Var`.
pub(super) fn uncapitalised_keyword(word: &str) -> Option<&'static str> {
    const CAPITALISED: [(&str, &str); 13] = [
        ("Var", "var"),
        ("Let", "let"),
        ("Const", "const"),
        ("If", "if"),
        ("For", "for"),
        ("While", "while"),
        ("Return", "return"),
        ("Else", "else"),
        ("Typeof", "typeof"),
        ("Function", "function"),
        ("Try", "try"),
        ("Catch", "catch"),
        ("Window", "window"),
    ];
    CAPITALISED.iter().find(|(written, _)| *written == word).map(|&(_, meant)| meant)
}

//! One character of damaged text: what it was before editors, translators and encoders got at it.
//!
//! In: a text and an offset. Out: a [`Glyph`], the character that was meant, and how
//! many bytes stand for it. Reading one costs constant time.

use super::misread::{LEAD, misread_at};

/// A character as it was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Glyph {
    /// The character; typographic quotes stay what they are.
    pub character: char,
    /// Where the next one starts.
    pub end: usize,
    /// How many layers of entities or backslashes were around it.
    pub layers: u8,
}

/// The two families of quotation marks, whatever they look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quote {
    Single,
    Double,
    Back,
}

impl Quote {
    /// The mark that JavaScript knows.
    pub fn plain(self) -> char {
        match self {
            Self::Single => '\'',
            Self::Double => '"',
            Self::Back => '`',
        }
    }
}

/// The quote family of a character, if it is a quotation mark.
///
/// A mark that an encoder could not write is one as well: no other character is lost so often.
pub(super) fn quote_family(character: char) -> Option<Quote> {
    match character {
        '\'' | '‘' | '’' | '‚' | '‛' | '′' | '‹' | '›' | '´' | '＇' | 'ʼ' | '❛' | '❜' | '׳' | '「' | '」'
        | '\u{91}' | '\u{92}' | '\u{fffd}' => Some(Quote::Single),
        '"' | '“' | '”' | '„' | '‟' | '″' | '«' | '»' | '＂' | 'ˮ' | '❝' | '❞' | '״' | '『' | '』' | '\u{93}'
        | '\u{94}' => Some(Quote::Double),
        '`' => Some(Quote::Back),
        _ => None,
    }
}

/// The letters of a ligature, as they come out of a PDF.
pub(super) fn letters_of(character: char) -> Option<&'static str> {
    const LIGATURES: [&str; 7] = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"];
    let index = u32::from(character).checked_sub(0xfb00)?;
    LIGATURES.get(usize::try_from(index).ok()?).copied()
}

/// Is it a mark that only typography uses?
pub(super) fn is_typographic(character: char) -> bool {
    !character.is_ascii() && quote_family(character).is_some()
}

/// Characters that stand in text without being seen and that no code means.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
            | '\u{fffc}'
    )
}

/// May an identifier start with it?
pub(super) fn is_word_start(character: char) -> bool {
    (character.is_alphabetic() && quote_family(character).is_none()) || character == '_' || character == '$'
}

/// Reads the character at `at`; `None` at the end of the text.
pub(super) fn glyph_at(text: &str, at: usize) -> Option<Glyph> {
    let first = *text.as_bytes().get(at)?;
    if first == b'&'
        && let Some(glyph) = entity_at(text, at)
    {
        return Some(glyph);
    }
    if first == b'\\'
        && let Some((character, end)) = escape_at(text, at)
    {
        return Some(Glyph { character, end, layers: 1 });
    }
    if first < 0x80 {
        return Some(Glyph { character: char::from(first), end: at + 1, layers: 0 });
    }
    if first == LEAD
        && let Some((character, end)) = misread_at(text, at)
    {
        return Some(Glyph { character, end, layers: 0 });
    }
    let character = text.get(at..)?.chars().next()?;
    Some(Glyph { character, end: at + character.len_utf8(), layers: 0 })
}

/// `\u0027` and `\x27`: what writers of JSON make of marks. Letters and digits no writer touches.
fn escape_at(text: &str, at: usize) -> Option<(char, usize)> {
    let digits = match text.as_bytes().get(at + 1)? {
        b'u' => 4,
        b'x' => 2,
        _ => return None,
    };
    let (start, end) = (at + 2, at + 2 + digits);
    let character = char::from_u32(u32::from_str_radix(text.get(start..end)?, 16).ok()?)?;
    let is_mark = !character.is_alphanumeric() && (!character.is_control() || character.is_whitespace());
    (is_mark && text.as_bytes()[start] != b'+').then_some((character, end))
}

/// The longest entity name that is looked at, in bytes.
const ENTITY_BYTES: usize = 10;

fn entity_at(text: &str, at: usize) -> Option<Glyph> {
    let (character, mut end) = reference(text, at + 1)?;
    let mut glyph = Glyph { character, end, layers: 1 };
    // `&amp;quot;` was encoded twice; thrice is as far as real text goes.
    while glyph.character == '&' && glyph.layers < 3 {
        let Some((inner, inner_end)) = reference(text, end) else { break };
        end = inner_end;
        glyph = Glyph { character: inner, end, layers: glyph.layers + 1 };
    }
    Some(glyph)
}

/// Reads `name;` or `#39;` that starts at `at`.
fn reference(text: &str, at: usize) -> Option<(char, usize)> {
    let bytes = text.as_bytes();
    let limit = (at + ENTITY_BYTES).min(bytes.len());
    let length = bytes.get(at..limit)?.iter().position(|&byte| byte == b';')?;
    let name = text.get(at..at + length)?;
    let character = if let Some(number) = name.strip_prefix('#') { numeric(number)? } else { named(name)? };
    Some((character, at + length + 1))
}

fn numeric(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    char::from_u32(code.ok()?)
}

fn named(name: &str) -> Option<char> {
    const NAMES: [(&str, char); 43] = [
        ("amp", '&'),
        ("AMP", '&'),
        ("quot", '"'),
        ("QUOT", '"'),
        ("apos", '\''),
        ("lt", '<'),
        ("LT", '<'),
        ("gt", '>'),
        ("GT", '>'),
        ("nbsp", '\u{a0}'),
        ("lsquo", '‘'),
        ("rsquo", '’'),
        ("sbquo", '‚'),
        ("ldquo", '“'),
        ("rdquo", '”'),
        ("bdquo", '„'),
        ("laquo", '«'),
        ("raquo", '»'),
        ("prime", '′'),
        ("Prime", '″'),
        ("ndash", '–'),
        ("mdash", '—'),
        ("minus", '−'),
        ("shy", '\u{ad}'),
        ("lbrace", '{'),
        ("rbrace", '}'),
        ("lsaquo", '‹'),
        ("rsaquo", '›'),
        ("acute", '´'),
        ("hellip", '…'),
        ("thinsp", '\u{2009}'),
        ("lpar", '('),
        ("rpar", ')'),
        ("lsqb", '['),
        ("rsqb", ']'),
        ("lbrack", '['),
        ("rbrack", ']'),
        ("colon", ':'),
        ("semi", ';'),
        ("comma", ','),
        ("period", '.'),
        ("equals", '='),
        ("lowbar", '_'),
    ];
    NAMES.iter().find(|(known, _)| *known == name).map(|&(_, character)| character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_read_through_every_layer() {
        let read = |text: &str| glyph_at(text, 0).map(|glyph| (glyph.character, glyph.end, glyph.layers));
        assert_eq!(read("&quot;x"), Some(('"', 6, 1)));
        assert_eq!(read("&amp;#x27;"), Some(('\'', 10, 2)));
        assert_eq!(read("&amp; x"), Some(('&', 5, 1)));
        assert_eq!(read("&nothing;"), Some(('&', 1, 0)));
        assert_eq!(read("é"), Some(('é', 2, 0)));
        assert_eq!(read("\\u0027x"), Some(('\'', 6, 1)));
        assert_eq!(read("\\x22"), Some(('"', 4, 1)));
        assert_eq!(read("\\u0041"), Some(('\\', 1, 0)));
        assert_eq!(read("â€œx"), Some(('“', 7, 0)));
        assert_eq!(read(""), None);
    }
}

//! One character of damaged text: what it was before editors, translators and encoders got at it.
//!
//! In: a text and an offset. Out: a [`Glyph`], the character that was meant, and how
//! many bytes stand for it. Reading one costs constant time.

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
pub(super) fn quote_family(character: char) -> Option<Quote> {
    match character {
        '\'' | '‘' | '’' | '‚' | '‛' | '′' | '‹' | '›' | '´' | '＇' => Some(Quote::Single),
        '"' | '“' | '”' | '„' | '‟' | '″' | '«' | '»' | '＂' => Some(Quote::Double),
        '`' => Some(Quote::Back),
        _ => None,
    }
}

/// Is it a mark that only typography uses?
pub(super) fn is_typographic(character: char) -> bool {
    !character.is_ascii() && quote_family(character).is_some()
}

/// Characters that stand in text without being seen and that no code means.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// May an identifier start with it?
pub(super) fn is_word_start(character: char) -> bool {
    character.is_alphabetic() || character == '_' || character == '$'
}

/// Reads the character at `at`; `None` at the end of the text.
pub(super) fn glyph_at(text: &str, at: usize) -> Option<Glyph> {
    let first = *text.as_bytes().get(at)?;
    if first == b'&'
        && let Some(glyph) = entity_at(text, at)
    {
        return Some(glyph);
    }
    if first < 0x80 {
        return Some(Glyph { character: char::from(first), end: at + 1, layers: 0 });
    }
    let character = text.get(at..)?.chars().next()?;
    Some(Glyph { character, end: at + character.len_utf8(), layers: 0 })
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
    const NAMES: [(&str, char); 26] = [
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
        assert_eq!(read(""), None);
    }
}

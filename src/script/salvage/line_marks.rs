//! Marks in front of each line: those of quotes, numbers that count up, bullets.
//!
//! In: a text and the start of a line. Out: which marks its lines have, and where the line itself begins.

use super::glyph::glyph_at;

/// What stands in front of each line of a stretch of text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum LineMarks {
    #[default]
    None,
    /// `> `, of Markdown and mail.
    Quote,
    /// `1. `, `1: `, `1) `, `1 | ` or a number alone.
    Number,
    /// `• ` or `* `.
    Bullet(char),
}

/// Bytes in front of a line that its marks may take.
pub(super) const LONGEST_MARKS: usize = 48;

/// Bytes in which the marks of a quote stand.
const DEEPEST_QUOTE: usize = 32;

impl LineMarks {
    /// The marks of the line that starts at `line`; numbers and bullets are some where the next line goes on with them.
    pub fn of(text: &str, line: usize) -> Self {
        if quote_end(text, line) > line {
            return Self::Quote;
        }
        let next = || memchr::memchr(b'\n', &text.as_bytes()[line..]).map(|length| line + length + 1);
        if let Some((number, _)) = number(text, line) {
            let follows = next().and_then(|next| self::number(text, next));
            return if follows.is_some_and(|(next, _)| next == number + 1) { Self::Number } else { Self::None };
        }
        let bullet = text[line..].chars().next().filter(|c| matches!(c, '•' | '*'));
        let marks = bullet.map_or(Self::None, Self::Bullet);
        let is_list = marks.end(text, line) > line && next().is_some_and(|next| marks.end(text, next) > next);
        if is_list { marks } else { Self::None }
    }

    /// Behind the marks of the line that starts at `line`.
    pub fn end(self, text: &str, line: usize) -> usize {
        match self {
            Self::None => line,
            Self::Quote => quote_end(text, line),
            Self::Number => number(text, line).map_or(line, |(_, end)| end),
            Self::Bullet(bullet) => {
                let rest = text[line..].strip_prefix(bullet).filter(|rest| rest.starts_with([' ', '\t', '\n']));
                rest.map_or(line, |rest| text.len() - rest.len())
            }
        }
    }
}

fn quote_end(text: &str, line: usize) -> usize {
    let (mut end, mut at) = (line, line);
    while let Some(glyph) = glyph_at(text, at).filter(|_| at < line + DEEPEST_QUOTE) {
        match glyph.character {
            '>' => end = glyph.end,
            ' ' => {}
            _ => break,
        }
        at = glyph.end;
    }
    end
}

/// The number of a line, and where the line itself begins.
fn number(text: &str, line: usize) -> Option<(u32, usize)> {
    const DIGITS: usize = 5;
    let bytes = &text.as_bytes()[line..];
    let blanks = bytes.iter().take(DIGITS).take_while(|&&byte| byte == b' ').count();
    let digits = bytes[blanks..].iter().take(DIGITS).take_while(|byte| byte.is_ascii_digit()).count();
    let number = text[line + blanks..line + blanks + digits].parse().ok()?;
    let rest = &bytes[blanks + digits..];
    let rest_at = line + blanks + digits;
    let is_blank = |at: usize| matches!(rest.get(at), None | Some(b' ' | b'\t' | b'\n' | b'\r'));
    match rest.first() {
        Some(b'.' | b':' | b')' | b'|') if is_blank(1) => Some((number, rest_at + 1)),
        Some(b' ') if rest.get(1) == Some(&b'|') => Some((number, rest_at + 2)),
        _ if is_blank(0) => Some((number, rest_at)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_those_that_the_next_line_has_too() {
        for (text, marks, end) in [
            ("> a\n> b", LineMarks::Quote, 1),
            ("&gt; a", LineMarks::Quote, 4),
            ("9. a\n10. b", LineMarks::Number, 2),
            (" 1 | a\n 2 | b", LineMarks::Number, 4),
            ("• a\n• b", LineMarks::Bullet('•'), 3),
            ("1. a\n3. b", LineMarks::None, 0),
            ("* a\nb", LineMarks::None, 0),
            ("1.5 a\n2.5 b", LineMarks::None, 0),
        ] {
            assert_eq!(LineMarks::of(text, 0), marks, "{text}");
            assert_eq!(marks.end(text, 0), end, "{text}");
        }
    }
}

//! How deep may a tree of this text become? Hostile nesting is refused before it costs a stack.

use crate::base::byte_set;

/// Links of an `else if` ladder, each of which stands inside the one before.
const LADDER: usize = 8_000;

/// Where code ends to be parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bound {
    /// The end of the last whole statement.
    pub(super) end: usize,
    /// Is the code too long? Else it is too deep.
    pub(super) is_long: bool,
}

/// Where `text` gets too deep or too long to be parsed, if it does.
///
/// What is longer than `longest` bytes is too long; blanks of code that was blanked out do not count.
///
/// Counts open brackets, and operators and prefix words that take all that follows to their right,
/// byte by byte, strings and comments included: a rough upper bound that ordinary code stays far below.
pub(super) fn bound_of(text: &str, limit: u32, longest: usize) -> Option<Bound> {
    let (mut open, mut links, mut end) = (0_u32, 0_u32, 0);
    let bytes = text.as_bytes();
    let ladder = memchr::memmem::find_iter(bytes, b"else").nth(LADDER).unwrap_or(bytes.len());
    let (mut next, mut skipped) = (0, 0);
    while let Some(length) = bytes[next..].iter().position(|byte| COUNTS[usize::from(*byte)]) {
        let at = next + length;
        next = at + 1;
        // Before a statement may end here: one that ends beyond the bound is beyond it.
        let is_long = at - skipped.min(at) > longest;
        if is_long || at > ladder {
            return Some(Bound { end, is_long });
        }
        match bytes[at] {
            b'(' | b'[' | b'{' => {
                open += 1;
                links = 0;
            }
            b')' | b']' | b'}' => {
                open = open.saturating_sub(1);
                links = 0;
            }
            b';' if open == 0 => (links, end) = (0, at + 1),
            b';' | b',' => links = 0,
            b'!' | b'~' | b'+' | b'-' | b'=' | b'?' => links += 1,
            // The letter before a blank ends a prefix word, as `typeof` and `new` are.
            b' ' | b'\n' | b'\t' if at > 0 && bytes[at - 1].is_ascii_lowercase() => {
                links += u32::from(ends_prefix_word(&bytes[..at]));
            }
            b' ' => {
                let blanks = blanks(&bytes[next..]);
                (next, skipped) = (next + blanks, skipped + blanks);
            }
            _ => {}
        }
        if open > limit || links > limit {
            return Some(Bound { end, is_long: false });
        }
    }
    None
}

/// Blanks that stand at the beginning, as in code that was blanked out: eight at a time.
fn blanks(bytes: &[u8]) -> usize {
    bytes.chunks_exact(8).take_while(|chunk| **chunk == [b' '; 8]).count() * 8
}

fn ends_prefix_word(before: &[u8]) -> bool {
    let ends = |word: &[u8]| before.ends_with(word);
    match before.last() {
        Some(b'f') => ends(b"typeof"),
        Some(b'w') => ends(b"new"),
        Some(b'd') => ends(b"void") || ends(b"yield"),
        Some(b'e') => ends(b"delete"),
        Some(b't') => ends(b"await"),
        _ => false,
    }
}

/// Bytes that open, close or link something.
static COUNTS: [bool; 256] = byte_set(b"()[]{};,!~+-=? \n\t");

#[cfg(test)]
mod tests {
    use super::*;

    fn is_too_deep(text: &str, limit: u32) -> bool {
        bound_of(text, limit, usize::MAX).is_some()
    }

    #[test]
    fn the_statements_before_a_tower_end_where_it_begins() {
        let tower = "[".repeat(1000);
        let bound = bound_of(&format!("a(';'); b(); c = {tower}"), 500, usize::MAX);
        assert_eq!(bound, Some(Bound { end: "a(';'); b();".len(), is_long: false }));
    }

    #[test]
    fn what_is_too_long_ends_behind_a_whole_statement() {
        let code = format!("{}d = 1;", "f(1);".repeat(30));
        assert_eq!(bound_of(&code, 500, 102), Some(Bound { end: 100, is_long: true }));
        let text = format!("a(); b = '{}';", "x".repeat(200));
        assert_eq!(bound_of(&text, 500, 100), Some(Bound { end: 4, is_long: true }));
        let blanked = format!("f({}); d = 1;", " ".repeat(2_000));
        assert_eq!(bound_of(&blanked, 500, 102), None);
    }

    #[test]
    fn ordinary_code_is_shallow_and_bracket_towers_are_not() {
        assert!(!is_too_deep("f(a, [b, {c: -d}]); if (!x) { y(); }", 10));
        assert!(is_too_deep(&"[".repeat(1000), 500));
        assert!(is_too_deep(&"! ".repeat(1000), 500));
        for link in ["a=", "a=>", "a?b:", "typeof ", "new\n"] {
            assert!(is_too_deep(&link.repeat(1000), 500), "{link}");
        }
        assert!(is_too_deep(&"else if(a){}".repeat(10_000), 500));
    }
}

//! Marks of UTF-8 that were read as windows-1252 or Latin-1, once or twice: `â€œ`, `Ã¢â‚¬Å“`.
//!
//! No text means these sequences, so what they were is certain.

/// The first byte of `â`, `Ã` and `Â` in UTF-8.
pub(super) const LEAD: u8 = 0xc3;

/// What follows the first two characters of a mark of general punctuation, and the mark.
const MARKS: [(&str, char); 18] = [
    ("˜", '‘'),
    ("™", '’'),
    ("œ", '“'),
    ("\u{9d}", '”'),
    ("š", '‚'),
    ("ž", '„'),
    ("²", '′'),
    ("³", '″'),
    ("“", '–'),
    ("”", '—'),
    ("¦", '…'),
    ("¯", '\u{202f}'),
    ("‹", '\u{200b}'),
    ("\u{98}", '‘'),
    ("\u{99}", '’'),
    ("\u{9c}", '“'),
    ("\u{93}", '–'),
    ("\u{a6}", '…'),
];

/// The same, misread twice.
const TWICE: [(&str, char); 6] =
    [("Ëœ", '‘'), ("â„¢", '’'), ("Å“", '“'), ("\u{9d}", '”'), ("Â\u{9d}", '”'), ("â€œ", '–')];

/// The mark that stands at `at`, and its end.
pub(super) fn misread_at(text: &str, at: usize) -> Option<(char, usize)> {
    let rest = text.get(at..)?;
    if let Some(marks) = rest.strip_prefix("Ã¢â‚¬") {
        return Some(mark(text, marks, &TWICE));
    }
    if let Some(marks) = rest.strip_prefix("â€").or_else(|| rest.strip_prefix("â\u{80}")) {
        return Some(mark(text, marks, &MARKS));
    }
    // What Latin-1 has itself got a letter in front.
    let latin = rest.strip_prefix('Â')?;
    let character = latin.chars().next().filter(|c| matches!(c, '\u{a0}' | '«' | '»' | '´'))?;
    Some((character, text.len() - latin.len() + character.len_utf8()))
}

/// The third character of closing marks is none, so it is often lost.
fn mark(text: &str, rest: &str, marks: &[(&str, char)]) -> (char, usize) {
    let known = marks.iter().find(|(written, _)| rest.starts_with(written));
    let (length, character) = known.map_or((0, '”'), |(written, meant)| (written.len(), *meant));
    (character, text.len() - rest.len() + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misread_marks_are_known() {
        for (written, meant) in
            [("â€˜a", '‘'), ("â€\u{9d}", '”'), ("â€,", '”'), ("Ã¢â‚¬â„¢", '’'), ("Â\u{a0}", '\u{a0}'), ("Â«", '«')]
        {
            assert_eq!(misread_at(written, 0).map(|(mark, _)| mark), Some(meant), "{written}");
        }
        assert_eq!(misread_at("âme", 0), None);
        assert_eq!(misread_at("Ângela", 0), None);
    }
}

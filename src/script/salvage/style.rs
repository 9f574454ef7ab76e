//! Rules of style sheets in text, also those that a translation service has capitalised or a teaser has cut off.
//!
//! In: a text and a place. Out: how far rules reach from there, and their selectors. One pass.

use super::source::Source;

/// Rules found in a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sheet {
    /// After the last rule.
    pub end: usize,
    /// Brackets that are still open.
    pub open: usize,
    /// Class names and ids, as they are written.
    pub selectors: Vec<String>,
}

/// The most bytes that a selector or a value may have.
const LONGEST: usize = 400;

/// Reads rules from `at` on; `None` if there is none.
pub(super) fn sheet_at(text: Source<'_>, at: usize) -> Option<Sheet> {
    let mut sheet = Sheet { end: at, ..Sheet::default() };
    loop {
        let start = skip_comments(text, sheet.end);
        let is_first = sheet.end == at;
        let Some(end) = rule(text, start, &mut sheet) else {
            if let Some(end) = stump(&text, start).filter(|_| !is_first) {
                sheet.end = end;
            }
            break;
        };
        sheet.end = end;
        if sheet.open > 0 {
            break;
        }
    }
    (sheet.end > at).then_some(sheet)
}

/// One rule or at-rule; where it was cut off, the sheet has open brackets.
fn rule(text: Source<'_>, at: usize, sheet: &mut Sheet) -> Option<usize> {
    if text[at..].starts_with('@') {
        return at_rule(text, at, sheet);
    }
    text.charge(1);
    let brace = selector(&text, at)?;
    text.charge(brace - at);
    let end = declarations(text, brace + 1, sheet)?;
    sheet.selectors.extend(names(&text[at..brace]));
    Some(end)
}

/// The place of the brace behind a selector.
fn selector(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let name = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(rest.len());
    let mark = rest[name..].chars().next()?;
    let is_start = matches!(mark, '.' | '#')
        && rest[name + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '-'));
    if !is_start {
        return None;
    }
    let length = rest.char_indices().take(LONGEST).find(|&(_, c)| !is_selector_character(c)).map(|(at, _)| at)?;
    let selector = &rest[..length];
    let is_code = selector.matches('(').count() != selector.matches(')').count()
        || (selector.contains(['=', '"']) && !selector.contains('['));
    if is_code {
        return None;
    }
    // A rule begins below its own selectors, not below hash tags of prose.
    let mut lines = selector.trim_end().split('\n').rev().skip(1).map(str::trim_end);
    if lines.any(|line| !line.ends_with([',', '>', '+', '~'])) {
        return None;
    }
    // In prose a full stop is followed by a space, in a selector by a name.
    let is_prose = selector.contains(". ") || selector.split_whitespace().count() > 12;
    (rest[length..].starts_with('{') && !is_prose).then_some(at + length)
}

fn is_selector_character(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(
            character,
            '.' | '#'
                | '-'
                | '_'
                | ' '
                | '\n'
                | ','
                | '>'
                | ':'
                | '+'
                | '~'
                | '*'
                | '['
                | ']'
                | '='
                | '"'
                | '\''
                | '('
                | ')'
                | '^'
        )
}

/// Class names and ids in a selector.
fn names(selector: &str) -> impl Iterator<Item = String> + '_ {
    let pieces = selector.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '#' | '-' | '_')));
    pieces.flat_map(|piece| piece.split(['.', '#']).skip(1)).filter(|name| name.len() > 2).map(str::to_ascii_lowercase)
}

/// Reads declarations up to the closing brace, or to the place where they were cut off.
fn declarations(text: Source<'_>, at: usize, sheet: &mut Sheet) -> Option<usize> {
    let mut at = at;
    loop {
        at = skip_comments(text, at);
        if text[at..].starts_with('}') {
            return Some(at + 1);
        }
        if let Some(end) = cut_end(&text, at) {
            sheet.open += 1;
            return Some(end);
        }
        let (end, is_cut) = declaration(&text, at)?;
        text.charge(end - at);
        if is_cut {
            sheet.open += 1;
            return Some(end);
        }
        at = end;
    }
}

/// `name: value;`; says also whether it was cut off.
fn declaration(text: &str, at: usize) -> Option<(usize, bool)> {
    let rest = &text[at..];
    let name = rest.find(|c: char| !(c.is_ascii_alphabetic() || c == '-')).unwrap_or(rest.len());
    if name == 0 || name > 40 {
        return None;
    }
    let colon = skip_blanks(text, at + name);
    if let Some(end) = cut_end(text, colon) {
        return Some((end, true));
    }
    if !text[colon..].starts_with(':') {
        return None;
    }
    value(text, colon + 1)
}

fn value(text: &str, at: usize) -> Option<(usize, bool)> {
    let rest = &text[at..];
    for (offset, character) in rest.char_indices().take(LONGEST) {
        match character {
            ';' => return Some((at + offset + 1, false)),
            '}' => return Some((at + offset, false)),
            '{' => return None,
            _ => {}
        }
        let is_end = character == '\n' && !goes_on_below(&rest[..offset], &rest[offset..]);
        if let Some(end) = cut_end(text, at + offset).or_else(|| is_end.then_some(at + offset)) {
            return Some((end, true));
        }
        // No value has as many words as a sentence.
        if character == ' ' && rest[..offset].split_ascii_whitespace().count() > 10 {
            return None;
        }
    }
    (rest.len() < LONGEST).then_some((text.len(), true))
}

/// Does a value that its line does not end go on below? Not where the next line is prose.
fn goes_on_below(value: &str, below: &str) -> bool {
    const WORDS: usize = 4;
    let is_open = value.trim_end().ends_with([',', '(']) || value.matches('(').count() > value.matches(')').count();
    let below = below.trim_start();
    let end = below.char_indices().take(LONGEST).find(|(_, c)| matches!(c, ';' | '}' | '\n' | '{'));
    let is_rest =
        |(end, mark): (usize, char)| matches!(mark, ';' | '}') && below[..end].split_whitespace().count() <= WORDS;
    is_open || end.is_some_and(is_rest)
}

/// `@media (…) { rules }` and the other at-rules.
fn at_rule(text: Source<'_>, at: usize, sheet: &mut Sheet) -> Option<usize> {
    const NAMES: [&str; 6] = ["media", "supports", "keyframes", "font-face", "-webkit-keyframes", "layer"];
    let rest = &text[at + 1..];
    let length = rest.find(|c: char| !(c.is_ascii_alphabetic() || c == '-')).unwrap_or(rest.len());
    if !NAMES.iter().any(|name| rest[..length].eq_ignore_ascii_case(name)) {
        return None;
    }
    let mut at = at + 1 + length;
    let start = at;
    while at < start + LONGEST {
        if let Some(end) = cut_end(&text, at) {
            sheet.open += 1;
            return Some(end);
        }
        match text[at..].chars().next()? {
            '{' => return block(text, at + 1, sheet),
            ';' | '}' => return None,
            ' ' if text[start..at].split_ascii_whitespace().count() > 20 => return None,
            character => at += character.len_utf8(),
        }
    }
    None
}

/// Rules up to the brace that closes the at-rule; a `@font-face` holds declarations.
fn block(text: Source<'_>, at: usize, sheet: &mut Sheet) -> Option<usize> {
    let first = skip_space(&text, at);
    if declaration(&text, first).is_some() && selector(&text, first).is_none() {
        return declarations(text, at, sheet);
    }
    let mut at = skip_comments(text, first);
    while !text[at..].starts_with('}') {
        if let Some(end) = cut_end(&text, at).or_else(|| stump(&text, at)) {
            sheet.open += 1;
            return Some(end);
        }
        let brace = selector(&text, at).or_else(|| frame(&text, at))?;
        sheet.selectors.extend(names(&text[at..brace]));
        at = skip_comments(text, declarations(text, brace + 1, sheet)?);
        if sheet.open > 0 {
            sheet.open += 1;
            return Some(at);
        }
    }
    Some(at + 1)
}

/// `from {`, `50% {` of an animation, `body {` of a nested rule.
fn frame(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let is_frame = |c: char| c.is_ascii_alphanumeric() || matches!(c, '%' | ' ' | ',' | '.' | '-');
    let length = rest.char_indices().take(LONGEST).find(|&(_, c)| !is_frame(c)).map(|(at, _)| at)?;
    (length > 0 && length < 60 && rest[length..].starts_with('{')).then_some(at + length)
}

/// The end of a place where text was cut off: an ellipsis at the end of a line, a tag, or the end itself.
fn cut_end(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let is_blank_line = || ["\n\n", "\r\n\r\n", "\n\r\n"].iter().any(|blank| rest.starts_with(blank));
    if rest.is_empty() || rest.starts_with('<') || is_blank_line() {
        return Some(at);
    }
    let tail = ["[...]", "[…]", "...", "…"].iter().find_map(|mark| rest.strip_prefix(mark))?;
    let tail = tail.trim_start_matches([' ', '\u{a0}']);
    (tail.is_empty() || tail.starts_with(['\n', '\r', '<'])).then(|| text.len() - tail.len())
}

/// The beginning of a selector that was cut off: `.Adsby...`.
fn stump(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    if !rest.starts_with(['.', '#', '@']) || rest.starts_with("..") {
        return None;
    }
    let length = rest[1..]
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))
        .map_or(rest.len(), |at| at + 1);
    let end = cut_end(text, skip_blanks(text, at + length))?;
    let has_mark = end > at + length;
    has_mark.then_some(end)
}

/// Behind white space and comments.
fn skip_comments(text: Source<'_>, at: usize) -> usize {
    let mut at = skip_space(&text, at);
    while text[at..].starts_with("/*") {
        let near = &text[at..text.text.floor_char_boundary(at + LONGEST)];
        text.charge(near.len());
        let Some(length) = near.find("*/") else { break };
        at = skip_space(&text, at + length + 2);
    }
    at
}

fn skip_space(text: &str, at: usize) -> usize {
    text.len() - text[at..].trim_start().len()
}

fn skip_blanks(text: &str, at: usize) -> usize {
    text.len() - text[at..].trim_start_matches([' ', '\u{a0}']).len()
}

#[cfg(test)]
mod tests {
    use super::super::source::Work;
    use super::*;

    fn read(text: &str) -> Option<(&str, usize)> {
        sheet_at(Source::new(text, &Work::default()), 0).map(|sheet| (&text[..sheet.end], sheet.open))
    }

    #[test]
    fn rules_end_where_prose_begins() {
        assert_eq!(read(".a {Touch-Action: none; } He said."), Some((".a {Touch-Action: none; }", 0)));
        assert_eq!(
            read("@Media (min-width: 9px) {.a {width: 1px; }} .b {x: y} He"),
            Some(("@Media (min-width: 9px) {.a {width: 1px; }} .b {x: y}", 0))
        );
        assert_eq!(read("ins.a:not(.b) { margin: 0 }"), Some(("ins.a:not(.b) { margin: 0 }", 0)));
    }

    #[test]
    fn rules_that_a_teaser_cut_off_end_with_its_ellipsis() {
        assert_eq!(read(".a {Touch-Action:...\n\nNext"), Some((".a {Touch-Action:...", 1)));
        assert_eq!(read("@Media (min-width:..."), Some(("@Media (min-width:...", 1)));
        assert_eq!(read(".a {x: y} .Adsby..."), Some((".a {x: y} .Adsby...", 0)));
    }

    #[test]
    fn prose_and_calls_are_no_rules() {
        for text in ["owners. {He} said", "a.b({ c: d; })", "#1 in {x: y}", "@ana {hello: all}", ".5 {per: cent}"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

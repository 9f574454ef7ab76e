//! Matches string patterns against strings of which parts may be unknown.
//!
//! Linear: text between holes is taken at its first occurrence, the text at the end at the end.

use super::capture::Match;
use super::shape::Piece;
use crate::evaluate::Value;
use std::borrow::Cow;
use std::sync::Arc;

/// Stands for one unknown part of a string; a noncharacter, so that no page needs it.
const UNKNOWN: char = '\u{10FFFF}';

/// A string, flat, with a mark for each unknown part.
pub(crate) struct KnownText<'v> {
    /// The characters.
    pub text: Cow<'v, str>,
    /// What the marks stand for, in order.
    unknowns: Vec<Value>,
}

impl<'v> KnownText<'v> {
    /// The value as a string; `None` if it is none.
    pub fn new(value: &'v Value) -> Option<Self> {
        match value {
            Value::String(text) if text.contains(UNKNOWN) => Some(Self::plain(text.replace(UNKNOWN, "\u{FFFD}"))),
            Value::String(text) => Some(Self { text: Cow::Borrowed(text), unknowns: Vec::new() }),
            Value::Text(pieces) => Some(Self::of_pieces(pieces)),
            _ => None,
        }
    }

    fn plain(text: String) -> Self {
        Self { text: Cow::Owned(text), unknowns: Vec::new() }
    }

    fn of_pieces(pieces: &[Value]) -> Self {
        let mut all = Self::plain(String::new());
        for piece in pieces {
            if let Value::String(text) = piece {
                all.text.to_mut().push_str(&text.replace(UNKNOWN, "\u{FFFD}"));
            } else {
                all.text.to_mut().push(UNKNOWN);
                all.unknowns.push(piece.clone());
            }
        }
        all
    }

    /// A part of the text as a value, its unknown parts put back.
    pub fn value_of(&self, part: &str) -> Value {
        if !part.contains(UNKNOWN) {
            return Value::string(part);
        }
        let before = part.as_ptr() as usize - self.text.as_ptr() as usize;
        let skipped = self.text.get(..before).map_or(0, |text| text.matches(UNKNOWN).count());
        let mut unknowns = self.unknowns.iter().skip(skipped);
        let mut pieces = Vec::new();
        for (index, known) in part.split(UNKNOWN).enumerate() {
            if index > 0 {
                pieces.extend(unknowns.next().cloned());
            }
            if !known.is_empty() {
                pieces.push(Value::string(known));
            }
        }
        if pieces.len() == 1 { pieces.remove(0) } else { Value::Text(pieces.into()) }
    }
}

/// Does the text look like the pieces? The parts under the named holes.
pub(crate) fn match_pieces<'t>(pieces: &[Piece], text: &'t str) -> Option<Vec<(Arc<str>, &'t str)>> {
    let mut captures = Vec::new();
    let mut open: Option<&Option<Arc<str>>> = None;
    let mut rest = text;
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Hole(name) => open = Some(name),
            Piece::Text(wanted) => {
                let is_last = index + 1 == pieces.len();
                let (under, after) = find_text(wanted, rest, open, is_last)?;
                keep(open.take(), under, &mut captures)?;
                rest = after;
            }
        }
    }
    match open {
        Some(_) => keep(open, rest, &mut captures)?,
        None if rest.is_empty() => {}
        None => return None,
    }
    Some(captures)
}

/// The text before and after the next occurrence of a fixed part.
fn find_text<'t>(
    wanted: &str,
    rest: &'t str,
    hole: Option<&Option<Arc<str>>>,
    is_last: bool,
) -> Option<(&'t str, &'t str)> {
    let Some(hole) = hole else {
        return rest.strip_prefix(wanted).map(|after| ("", after));
    };
    if is_last {
        return rest.strip_suffix(wanted).map(|under| (under, ""));
    }
    // A named hole holds at least one character.
    let from = if hole.is_some() { rest.chars().next()?.len_utf8() } else { 0 };
    let at = from + rest[from..].find(wanted)?;
    Some((&rest[..at], &rest[at + wanted.len()..]))
}

fn keep<'t>(hole: Option<&Option<Arc<str>>>, under: &'t str, captures: &mut Vec<(Arc<str>, &'t str)>) -> Option<()> {
    if let Some(Some(name)) = hole {
        if under.is_empty() {
            return None;
        }
        captures.push((name.clone(), under));
    }
    Some(())
}

/// Meets a whole string value.
pub(crate) fn unify_text(pieces: &[Piece], value: &Value) -> Option<Match> {
    let known = KnownText::new(value)?;
    let mut found = Match::default();
    for (name, part) in match_pieces(pieces, &known.text)? {
        found = found.and(&Match::of_capture(&name, known.value_of(part)))?;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<Piece> {
        let mut all = Vec::new();
        for (index, part) in text.split('$').enumerate() {
            if index > 0 {
                all.push(Piece::Hole((!part.starts_with('_')).then(|| part[..1].into())));
            }
            let fixed = if index > 0 { &part[1..] } else { part };
            if !fixed.is_empty() {
                all.push(Piece::Text(fixed.into()));
            }
        }
        all
    }

    fn matched(pattern: &str, text: &str) -> Option<Vec<String>> {
        match_pieces(&pieces(pattern), text)
            .map(|all| all.iter().map(|(name, part)| format!("{name}={part}")).collect())
    }

    #[test]
    fn holes_hold_what_stands_between_the_fixed_parts() {
        assert_eq!(matched("https://$H/tag.js", "https://a.b/tag.js").unwrap(), ["H=a.b"]);
        assert_eq!(matched("$A-$B", "x-y-z").unwrap(), ["A=x", "B=y-z"]);
        assert_eq!(matched("$_ab$_", "ab").unwrap(), [""; 0]);
        assert_eq!(matched("a$H", "a"), None, "a named hole is never empty");
        assert_eq!(matched("ab", "abc"), None);
    }

    #[test]
    fn unknown_parts_come_back_as_they_were() {
        let unknown = Value::Unknown("id".into());
        let text = Value::Text(
            [Value::string("a/"), unknown.clone(), Value::string("/x-"), Value::Unknown("n".into())].into(),
        );
        let found = unify_text(&pieces("a/$I/$R"), &text).unwrap();
        assert_eq!(found.capture("I"), Some(&unknown));
        assert_eq!(found.capture("R"), Some(&Value::Text([Value::string("x-"), Value::Unknown("n".into())].into())));
        assert!(unify_text(&pieces("b$R"), &text).is_none());
    }
}

//! Code that a sentence speaks of: the sentence runs on on both sides of it.
//!
//! Leaked code stands where a sentence has ended, or breaks one off. No dictionary is needed to tell, so it is true of
//! every language.

use crate::script::{Language, Region};

/// Code longer than this, in bytes, no sentence speaks of.
const LONGEST: usize = 80;

/// How a sentence goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sentence {
    /// It names a call, as `by pbjs.addAdUnits(units).`: the text is about code.
    Names,
    /// It quotes code.
    Quotes,
}

/// Does a sentence speak of the code?
pub(super) fn speaks_of(text: &str, region: &Region) -> Option<Sentence> {
    let code = &text[region.span.range()];
    // A full stop behind a call reads as the dot of a member that was cut off.
    let is_stopped = code.ends_with(").");
    let is_whole = region.parses && (is_stopped || !region.repairs.iter().any(|repair| repair.starts_with("cut-off")));
    if code.len() > LONGEST || code.contains('\n') || !is_whole {
        return None;
    }
    let is_name = region.language == Language::Script && !code.contains([';', '{', '=']);
    let before = text[..region.span.start as usize].trim_end_matches(' ').chars().next_back()?;
    if !(is_inner_letter(before) || before == ',' || (is_name && before == ':')) {
        return None;
    }
    let after = &text[region.span.end as usize..];
    let goes_on = after.trim_start_matches(' ').starts_with(is_inner_letter);
    let is_end =
        || after.starts_with([',', '?', ')', '。', '、', '，']) || after.starts_with(". ") || after.starts_with(".\n");
    // A sentence may end with what it names.
    let ends = is_name && (is_stopped || is_end());
    match (goes_on || ends, is_name) {
        (false, _) => None,
        (true, true) => Some(Sentence::Names),
        (true, false) => Some(Sentence::Quotes),
    }
}

/// A letter that may stand inside a sentence; a capital begins one.
fn is_inner_letter(character: char) -> bool {
    character.is_alphabetic() && !character.is_uppercase()
}

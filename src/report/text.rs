//! Text from pages, made fit for a terminal.
//!
//! Everything that a page could have written passes [`printable`] before it reaches a
//! terminal: no escape sequence, no turned reading direction, no hidden character, no
//! line break survives. Widths are those of a terminal's cells.

use serde_json::Value as Json;
use std::borrow::Cow;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Stands for a character that must not reach a terminal.
const REPLACEMENT: char = '\u{FFFD}';

/// Stands for what was left out.
const ELLIPSIS: &str = "…";

/// The text on one line, without characters that steer a terminal or hide something.
///
/// White space becomes a blank, whatever else is dangerous the replacement character.
///
/// ```
/// assert_eq!(adsieve::report::printable("a\x1b[31m\nb"), "a\u{FFFD}[31m b");
/// ```
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().all(|character| harmless(character) == character) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(harmless).collect())
}

fn harmless(character: char) -> char {
    match character {
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => ' ',
        _ if character.is_control() => REPLACEMENT,
        // Direction marks, embeddings, overrides and isolates reorder what stands around them.
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => REPLACEMENT,
        // Zero-width characters, invisible operators and tags hide text or make two names look the same.
        '\u{00AD}' | '\u{180E}' | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2065}' => REPLACEMENT,
        '\u{206A}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}' => REPLACEMENT,
        _ => character,
    }
}

/// Cells that the text takes on a terminal.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The text within so many cells; what is too long ends in an ellipsis.
pub(super) fn elide(text: &str, cells: usize) -> Cow<'_, str> {
    if width(text) <= cells {
        return Cow::Borrowed(text);
    }
    let mut kept = prefix(text.chars(), cells.saturating_sub(1));
    if cells > 0 {
        kept.push_str(ELLIPSIS);
    }
    Cow::Owned(kept)
}

/// As [`elide`], but the end is kept: of a long path it says the most.
pub(super) fn elide_front(text: &str, cells: usize) -> Cow<'_, str> {
    if width(text) <= cells {
        return Cow::Borrowed(text);
    }
    let kept: String = prefix(text.chars().rev(), cells.saturating_sub(1)).chars().rev().collect();
    Cow::Owned(if cells > 0 { format!("{ELLIPSIS}{kept}") } else { kept })
}

fn prefix(characters: impl Iterator<Item = char>, cells: usize) -> String {
    let mut used = 0;
    let fits = |character: &char| {
        used += character.width().unwrap_or(0);
        used <= cells
    };
    characters.take_while(fits).collect()
}

/// As many items as fit, joined by commas, and how many more there are: `a, b +3`.
pub(super) fn join_fitting(items: &[String], cells: usize) -> String {
    let mut line = String::new();
    for (index, item) in items.iter().enumerate() {
        let rest = items.len() - index - 1;
        let joined = if index == 0 { item.clone() } else { format!("{line}, {item}") };
        let more = if rest == 0 { String::new() } else { format!(" +{rest}") };
        if width(&joined) + width(&more) > cells {
            let left = format!(" +{}", rest + 1);
            return if index == 0 { first_fitting(item, rest, cells) } else { line + &left };
        }
        line = joined;
    }
    line
}

/// The first item cut to the room that the count of the others leaves.
fn first_fitting(item: &str, rest: usize, cells: usize) -> String {
    let more = if rest == 0 { String::new() } else { format!(" +{rest}") };
    elide(item, cells.saturating_sub(width(&more))).into_owned() + &more
}

/// A value of the report in few words: a string without quotes, the rest as JSON, an unknown as its source.
pub(super) fn words(value: &Json) -> String {
    let text = match value {
        Json::String(text) => text.clone(),
        Json::Object(object) => match (object.get("$unknown"), object.get("$any")) {
            (Some(Json::String(source)), _) => format!("‹{source}›"),
            (_, Some(Json::Array(all))) => {
                all.iter().filter_map(|one| one.get("value")).map(words).collect::<Vec<_>>().join(" | ")
            }
            _ => value.to_string(),
        },
        _ => value.to_string(),
    };
    printable(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn escapes_bidi_and_hidden_characters_are_neutralised() {
        for hostile in ["\x1b[2J", "\u{9b}31m", "\u{202e}txt", "a\u{200b}b", "\x07", "\x7f", "\u{e0041}", "\u{2067}"] {
            assert!(printable(hostile).contains(REPLACEMENT), "{hostile:?}");
        }
        assert_eq!(printable("plain – Größe 😀"), "plain – Größe 😀");
        assert_eq!(printable("a\r\n\tb"), "a   b");
    }

    #[test]
    fn eliding_counts_cells_not_characters() {
        assert_eq!(elide("日本語テキスト", 7), "日本語…");
        assert_eq!(elide("日本語", 6), "日本語");
        assert_eq!(elide_front("a/very/long/path.html", 10), "…path.html");
        assert_eq!(elide("abc", 0), "");
    }

    #[test]
    fn a_list_says_how_many_did_not_fit() {
        let items = ["appnexus", "rubicon", "ix"].map(String::from);
        assert_eq!(join_fitting(&items, 30), "appnexus, rubicon, ix");
        assert_eq!(join_fitting(&items, 20), "appnexus, rubicon +1");
        assert_eq!(join_fitting(&items, 12), "appnexus +2");
        assert_eq!(join_fitting(&items, 8), "appn… +2");
    }

    #[test]
    fn values_are_shown_in_few_words() {
        assert_eq!(words(&json!("a b")), "a b");
        assert_eq!(words(&json!(7)), "7");
        assert_eq!(words(&json!({"$unknown": "location.hash"})), "‹location.hash›");
        let any = json!({"$any": [{"when": "a", "value": 1}, {"when": null, "value": "x"}]});
        assert_eq!(words(&any), "1 | x");
    }

    proptest! {
        #[test]
        fn elided_text_fits(text in "\\PC{0,30}", cells in 0usize..20) {
            prop_assert!(width(&elide(&text, cells)) <= cells.max(1));
            prop_assert!(width(&elide_front(&text, cells)) <= cells.max(1));
        }

        #[test]
        fn printable_text_holds_no_controls(text in "\\PC*|(?s).{0,40}") {
            prop_assert!(!printable(&text).chars().any(char::is_control));
        }
    }
}

//! Shows what an id says that is text in disguise: `MTUybWVkaWEuY29t` is `152media.com`.
//!
//! In: an id. Out: the text behind its base64 or percent encoding, if people can read it.
//! It is strict: an ordinary id, however long, is never "decoded".

use crate::base::base64;

/// The shortest id that is looked at, in bytes: less is as likely chance as text.
const SHORTEST: usize = 8;

/// The longest.
const LONGEST: usize = 4096;

/// The readable text that an id encodes; `None` for ids that are what they are.
#[must_use]
pub fn decode_readable(id: &str) -> Option<String> {
    if !(SHORTEST..=LONGEST).contains(&id.len()) {
        return None;
    }
    from_percent(id).or_else(|| from_base64(id))
}

/// Percent encoding: at least one escape, and all of them valid.
fn from_percent(id: &str) -> Option<String> {
    if !id.contains('%') {
        return None;
    }
    let (mut bytes, mut rest) = (Vec::with_capacity(id.len()), id.bytes());
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' { hex(rest.next()?)? << 4 | hex(rest.next()?)? } else { byte });
    }
    String::from_utf8(bytes).ok().filter(|text| text != id && is_printable(text))
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Base64, the URL-safe kind too: whole groups, and text with the shape of a name, URL or JSON.
fn from_base64(id: &str) -> Option<String> {
    let body = id.trim_end_matches('=');
    let padding = id.len() - body.len();
    let is_whole = match body.len() % 4 {
        0 => padding == 0,
        1 => false,
        rest => padding == 0 || padding == 4 - rest,
    };
    if !is_whole {
        return None;
    }
    let (bytes, left_over) = base64::unpack(body.bytes())?;
    String::from_utf8(bytes).ok().filter(|text| left_over == 0 && is_printable(text) && has_shape(text))
}

fn is_printable(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(|c| c.is_control() || c == char::REPLACEMENT_CHARACTER)
}

/// Chance makes printable text of a short id now and then, but no domain, URL, JSON or words.
fn has_shape(text: &str) -> bool {
    let is_plain = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | ':' | ' ' | '=' | '&' | '?' | ',' | '@')
    };
    let is_json = (text.starts_with('{') && text.ends_with('}')) || (text.starts_with('[') && text.ends_with(']'));
    is_json || (text.chars().all(is_plain) && (is_domain(text) || is_word_like(text)))
}

/// `152media.com`, `https://example.com/path`.
fn is_domain(text: &str) -> bool {
    let host = text
        .trim_start_matches("https://")
        .trim_start_matches("http://")
        .split(['/', '?', ':'])
        .next()
        .unwrap_or_default();
    let (name, ending) = host.rsplit_once('.').unwrap_or_default();
    name.len() > 1 && (2..=12).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Letters of one case (a capital may start a word) with vowels among them, or digits alone.
fn is_word_like(text: &str) -> bool {
    let is_number = text.len() >= SHORTEST && text.bytes().all(|byte| byte.is_ascii_digit());
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()).collect();
    let is_word = |word: &str| {
        word.len() > 2
            && word[1..].bytes().all(|byte| byte.is_ascii_lowercase())
            && word.contains(['a', 'e', 'i', 'o', 'u', 'y'])
    };
    let letters: usize = words.iter().map(|word| word.len()).sum();
    is_number || (letters >= 7 && letters * 3 >= text.len() * 2 && words.iter().all(|word| is_word(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readable_ids_are_decoded() {
        let decoded = |id: &str| decode_readable(id).unwrap_or_default();
        assert_eq!(decoded("MTUybWVkaWEuY29t"), "152media.com");
        assert_eq!(decoded("aHR0cHM6Ly9leGFtcGxlLmNvbS9hZA=="), "https://example.com/ad");
        assert_eq!(decoded("eyJpZCI6N30"), "{\"id\":7}");
        assert_eq!(decoded("https%3A%2F%2Fexample.com%2Fa%20b"), "https://example.com/a b");
        assert_eq!(decoded("c3BvcnRzLW5ld3M="), "sports-news");
    }

    #[test]
    fn ordinary_ids_stay_what_they_are() {
        for id in [
            "14149971",
            "1604128",
            "ca-pub-1020304050607080",
            "div-gpt-ad-1549668921443-0",
            "homepage",
            "leaderboard",
            "sidebar_right",
            "Rpp_mundo_actualidad_Nota_Interna1",
            "appnexus",
            "adUnitCode",
            "8a969978017a2f1d5a017a42b6b40019",
            "40049e02-8034-11ec",
            "JK4Hb2Qp",
            "deadbeefdeadbeef",
            "100%",
            "50% off now",
            "x%zz%20aa",
            "testtest",
            "abcdefghijkl",
            "OpenX123",
            "/1234/site/page",
        ] {
            assert_eq!(decode_readable(id), None, "{id}");
        }
    }
}

//! What of a large script must be parsed to judge it?
//!
//! Most functions of a large script hold nothing that could serve ads. To judge the rest it matters of them only that they
//! may do anything, and which names around them they use: a call that goes may be needed there. So their bodies give way
//! to a few statements of the same length that say just that, and every offset stays. Names are taken too often rather
//! than too rarely (a word in a string counts, and one that the function declares itself): then less is cut.
//!
//! In: a script, its function bodies, and where ads may be. Out: the text to parse. Linear in the script, but for
//! sorting.

use crate::base::{NameSieve, byte_set};
use crate::script::{Part, push_blanks};
use rustc_hash::{FxHashMap, FxHashSet};

/// Does anything: what a body that is not parsed is taken for.
const ANYTHING: &str = "throw 0;";

/// How far back the bracket that opens a destructuring pattern is looked for, in bytes.
const LONGEST_PATTERN: usize = 400;

/// The text with stand-ins for what waits and holds no mark; `None` if there is none.
///
/// Data gives way to nothing: constants use no names. `parts` and `marks` are in order of their start.
pub(super) fn judged_text(code: &str, parts: &[Part], marks: &[u32]) -> Option<String> {
    let holes = holes(parts, marks);
    let around = words_around(code, &holes);
    let mut text = String::with_capacity(code.len());
    let mut is_shorter = false;
    for hole in &holes {
        // Inside of the brackets.
        let (start, end) = (hole.start as usize + 1, hole.end as usize - 1);
        let stand_in = if hole.is_body { stand_in(&code[start..end], &around) } else { Some(String::new()) };
        let Some(stand_in) = stand_in else { continue };
        text.push_str(&code[text.len()..start]);
        text.push_str(&stand_in);
        push_blanks(&mut text, end - start - stand_in.len());
        is_shorter = true;
    }
    text.push_str(&code[text.len()..]);
    is_shorter.then_some(text)
}

/// The outermost parts without a mark.
fn holes(parts: &[Part], marks: &[u32]) -> Vec<Part> {
    let mut holes: Vec<Part> = Vec::new();
    for part in parts {
        let is_inside = holes.last().is_some_and(|hole| part.start < hole.end);
        let next = marks.partition_point(|mark| *mark < part.start);
        if !is_inside && marks.get(next).is_none_or(|mark| *mark >= part.end) {
            holes.push(*part);
        }
    }
    holes
}

/// The words that stand outside of the holes: only these can be names that a hole shares.
fn words_around<'c>(code: &'c str, holes: &[Part]) -> Around<'c> {
    let mut around = Around { words: FxHashSet::default(), sieve: NameSieve::new() };
    let mut from = 0;
    let ends = holes.iter().map(|hole| (hole.start, hole.end)).chain([(code.len() as u32, code.len() as u32)]);
    for (start, end) in ends {
        Words::of(&code[from..start as usize]).for_each(|(_, word)| around.add(word));
        from = end as usize;
    }
    around
}

/// A set of words, most of which it is asked for are none of it.
struct Around<'c> {
    words: FxHashSet<&'c str>,
    sieve: NameSieve,
}

impl<'c> Around<'c> {
    fn add(&mut self, word: &'c str) {
        if !is_reserved(word) {
            self.sieve.add(word);
            self.words.insert(word);
        }
    }

    fn contains(&self, word: &str) -> bool {
        self.sieve.may_hold(word) && self.words.contains(word)
    }
}

/// How a body uses a name.
#[derive(Clone, Copy, Default)]
struct Use {
    is_asked_for_members: bool,
    is_written: bool,
    is_of_window: bool,
}

/// Statements that use what the body uses; `None` where that does not fit, or cannot be told.
fn stand_in(body: &str, around: &Around<'_>) -> Option<String> {
    let mut uses: FxHashMap<&str, Use> = FxHashMap::default();
    let mut order = Vec::new();
    let mut before = "";
    for (at, word) in Words::of(body) {
        let owner = std::mem::replace(&mut before, word);
        if !around.contains(word) {
            continue;
        }
        let is_member = is_member(&body.as_bytes()[..at]);
        let is_of_window = is_member && matches!(owner, "window" | "self" | "top" | "parent" | "globalThis");
        if is_member && !is_of_window {
            continue;
        }
        let after = &body.as_bytes()[at + word.len()..];
        let known = uses.entry(word).or_insert_with(|| {
            order.push(word);
            Use::default()
        });
        known.is_asked_for_members |= is_asked_for_members(after);
        known.is_written |= is_written(&body.as_bytes()[..at], after);
        known.is_of_window |= is_of_window;
    }
    if writes_to_pattern(body.as_bytes()) {
        return None;
    }
    let mut text = String::from(ANYTHING);
    for word in order {
        let Use { is_asked_for_members, is_written, is_of_window } = uses[word];
        let member = if is_asked_for_members { ".a" } else { "" };
        text.push_str(word);
        text.push_str(member);
        text.push(';');
        if is_written {
            text.push_str(word);
            text.push_str("++;");
        }
        if is_of_window {
            text.push_str("window.");
            text.push_str(word);
            text.push_str(member);
            text.push(';');
        }
        if text.len() > body.len() {
            return None;
        }
    }
    (text.len() <= body.len()).then_some(text)
}

/// Is the word behind these bytes the name of a member? `...name` is none.
fn is_member(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    before.ends_with(b".") && !before.ends_with(b"..")
}

fn is_asked_for_members(after: &[u8]) -> bool {
    matches!(after.trim_ascii_start(), [b'.' | b'[', ..] | [b'?', b'.', ..])
}

/// Is the word between these bytes given a value?
fn is_written(before: &[u8], after: &[u8]) -> bool {
    let (before, after) = (before.trim_ascii_end(), after.trim_ascii_start());
    let is_assigned = match after {
        [b'=', next, ..] => !matches!(next, b'=' | b'>'),
        [b'+', b'+' | b'=', ..] | [b'-', b'-' | b'=', ..] => true,
        [b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'?', b'=', ..] => true,
        [b'*', b'*', b'=', ..] | [b'&', b'&', b'=', ..] | [b'|', b'|', b'=', ..] | [b'?', b'?', b'=', ..] => true,
        [b'<', b'<', b'=', ..] | [b'>', b'>', b'=', ..] | [b'>', b'>', b'>', b'=', ..] => true,
        [b'o', b'f', next, ..] | [b'i', b'n', next, ..] => {
            before.ends_with(b"(") && !is_name_character(char::from(*next))
        }
        _ => false,
    };
    is_assigned || before.ends_with(b"++") || before.ends_with(b"--")
}

/// Are names given values by a pattern, as in `[a, b] = c` or `({ a } = b)`?
fn writes_to_pattern(body: &[u8]) -> bool {
    memchr::memchr_iter(b'=', body).any(|at| {
        if matches!(body.get(at + 1), Some(b'=' | b'>')) {
            return false;
        }
        match body[..at].trim_ascii_end() {
            [inside @ .., b'}'] => !is_declared(before_open(inside, b'{')),
            // An index stands behind what it is taken of.
            [inside @ .., b']'] => {
                !matches!(before_open(inside, b'['), [.., b')' | b']' | b'.' | b'_' | b'$'])
                    && !before_open(inside, b'[').last().is_some_and(u8::is_ascii_alphanumeric)
            }
            _ => false,
        }
    })
}

/// What stands before the nearest opening bracket; nothing where it is too far away.
fn before_open(inside: &[u8], bracket: u8) -> &[u8] {
    let near = &inside[inside.len().saturating_sub(LONGEST_PATTERN)..];
    memchr::memrchr(bracket, near).map_or(&[], |open| near[..open].trim_ascii_end())
}

fn is_declared(before: &[u8]) -> bool {
    [&b"var"[..], b"let", b"const"].iter().any(|word| before.ends_with(word))
}

/// The words of a text, with their offsets; numbers are none.
struct Words<'t> {
    text: &'t str,
    at: usize,
    /// Then bytes are characters.
    is_ascii: bool,
}

impl<'t> Words<'t> {
    fn of(text: &'t str) -> Self {
        Self { text, at: 0, is_ascii: text.is_ascii() }
    }

    /// The next character that is one of a name, or is none.
    fn next_place(&self, from: usize, is_of_name: bool) -> Option<usize> {
        let found = if self.is_ascii {
            self.text.as_bytes()[from..].iter().position(|byte| NAME_BYTES[usize::from(*byte)] == is_of_name)
        } else {
            self.text[from..].find(|character| is_name_character(character) == is_of_name)
        };
        found.map(|length| from + length)
    }
}

impl<'t> Iterator for Words<'t> {
    type Item = (usize, &'t str);

    fn next(&mut self) -> Option<(usize, &'t str)> {
        loop {
            let start = self.next_place(self.at, true)?;
            self.at = self.next_place(start, false).unwrap_or(self.text.len());
            if !self.text.as_bytes()[start].is_ascii_digit() {
                return Some((start, &self.text[start..self.at]));
            }
        }
    }
}

static NAME_BYTES: [bool; 256] = byte_set(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$");

fn is_name_character(character: char) -> bool {
    matches!(character, '_' | '$') || character.is_alphanumeric()
}

/// Words that cannot stand as an expression, or name nothing that a script declares.
fn is_reserved(word: &str) -> bool {
    const LONGEST: usize = 10;
    word.len() <= LONGEST
        && matches!(
            word,
            "arguments"
                | "await"
                | "break"
                | "case"
                | "catch"
                | "class"
                | "const"
                | "continue"
                | "debugger"
                | "default"
                | "delete"
                | "do"
                | "else"
                | "enum"
                | "eval"
                | "export"
                | "extends"
                | "false"
                | "finally"
                | "for"
                | "function"
                | "if"
                | "import"
                | "in"
                | "instanceof"
                | "let"
                | "new"
                | "null"
                | "return"
                | "super"
                | "switch"
                | "this"
                | "throw"
                | "true"
                | "try"
                | "typeof"
                | "undefined"
                | "var"
                | "void"
                | "while"
                | "with"
                | "yield"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(code: &str, mark: &str) -> String {
        let outline = crate::script::Outline::of(code);
        let mark = code.find(mark).expect("the mark stands in the code") as u32;
        let text = judged_text(code, outline.parts(), &[mark]).expect("a body gives way");
        assert_eq!(text.len(), code.len());
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn bodies_without_a_mark_say_only_what_they_use() {
        let filler = " ".repeat(300);
        let code = format!(
            "var a = 1, b = 2, c; function f(x) {{ {filler} a = x.b; if (c.d) g('a') }} function g() {{ {filler} ads() }}"
        );
        let expected = "var a = 1, b = 2, c; function f(x) {throw 0;a;a++;x.a;c.a;g; } function g() {";
        assert!(judged(&code, "ads").starts_with(expected), "{}", judged(&code, "ads"));
    }

    #[test]
    fn globals_by_their_window_are_uses() {
        let filler = " ".repeat(300);
        let code = format!("var a; function f() {{ window.a.b();{filler} }} ads()");
        assert_eq!(judged(&code, "ads"), "var a; function f() {throw 0;a.a;window.a.a; } ads()");
    }

    #[test]
    fn what_a_pattern_writes_is_not_told_by_words() {
        for (body, is_pattern) in [
            ("[a, b] = c", true),
            ("({ a } = c)", true),
            ("x; [a] = b", true),
            ("a[0] = 1", false),
            ("const { a } = b", false),
            ("if (a[0] == {} == b) c", false),
            ("f(x)[1] = a", false),
        ] {
            assert_eq!(writes_to_pattern(body.as_bytes()), is_pattern, "{body}");
        }
    }

    #[test]
    fn uses_are_told_by_what_stands_around_a_word() {
        let written = |code: &str| {
            is_written(code.split('@').next().unwrap().as_bytes(), code.split('@').nth(1).unwrap().as_bytes())
        };
        for code in ["@ = 1", "@+=1", "@++", "--@", "@ ||= 1", "for (@ of x)", "@>>>=1", "@**=2"] {
            assert!(written(code), "{code}");
        }
        for code in ["@ == 1", "@ => 1", "@ + 1", "@ in x", "(@)", "@ >= 1", "@ || b", "!@"] {
            assert!(!written(code), "{code}");
        }
    }
}

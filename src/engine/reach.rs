//! Scripts that hold no literal of any rule, but define what a script that does holds on to.
//!
//! `var section = "news"` says nothing about ads, and yet decides what the next script hands
//! over. Names are read from the text, not from a syntax tree: a definition at the top level
//! of one script, a word of another. An event that a script sends counts as defined, too. A script too many
//! costs a little time and changes nothing.

use crate::base::NameSieve;
use crate::page::{Script, ScriptKind};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Larger scripts are libraries: they define their names for everybody and nobody.
const LARGEST: usize = 64 << 10;

/// Definitions that lean on definitions: rounds that are followed.
const ROUNDS: usize = 3;

/// The scripts that matter, by start of their span: those that hold a literal, those that use a name which such a
/// script defines, and those that define names which any of these use.
pub(super) fn reached<'s>(scripts: &[&'s Script<'s>], matters: impl Fn(&Script<'s>) -> bool) -> FxHashSet<u32> {
    let (hits, others): (Vec<_>, Vec<_>) = scripts.iter().copied().partition(|script| matters(script));
    let mut found: FxHashSet<u32> = hits.iter().map(|script| script.span.start).collect();
    let mut users: Vec<_> = hits.into_iter().filter(|script| script.kind != ScriptKind::Json).collect();
    if users.is_empty() || others.is_empty() {
        return found;
    }
    let callers = callers(&users, &others);
    found.extend(callers.iter().map(|script| script.span.start));
    users.extend(callers);
    let mut definers = Definers::of(others.into_iter().filter(|script| script.kind == ScriptKind::Inline));
    for _ in 0..ROUNDS {
        let words = users.iter().filter(|script| is_small(script)).flat_map(|user| Words::of(&user.text));
        let mut next = Vec::new();
        for word in words {
            if definers.by_name.is_empty() {
                return found;
            }
            let reached = definers.take(word.text).into_iter().flatten();
            next.extend(reached.filter(|script| found.insert(script.span.start)));
        }
        users = next;
    }
    found
}

/// The scripts that use a name which one of `hits` defines: `addSlot("top")`, where the script before says what that does.
fn callers<'s>(hits: &[&'s Script<'s>], others: &[&'s Script<'s>]) -> Vec<&'s Script<'s>> {
    let (mut names, mut sieve) = (FxHashSet::default(), NameSieve::new());
    for name in hits.iter().filter(|hit| is_small(hit)).flat_map(|hit| defined(&hit.text)).filter(|name| name.len() > 1)
    {
        names.insert(name);
        sieve.add(name);
    }
    let uses = |script: &&&'s Script<'s>| {
        let is_code = matches!(script.kind, ScriptKind::Inline | ScriptKind::Handler);
        is_code
            && is_small(script)
            && Words::of(&script.text).any(|word| sieve.may_hold(word.text) && names.contains(word.text))
    };
    if names.is_empty() { Vec::new() } else { others.iter().filter(uses).copied().collect() }
}

/// Is it no library?
fn is_small(script: &Script<'_>) -> bool {
    script.text.len() <= LARGEST
}

/// Scripts by the names that they define for others.
struct Definers<'s> {
    by_name: FxHashMap<&'s str, Vec<&'s Script<'s>>>,
    /// Most words are none of the names.
    sieve: NameSieve,
}

impl<'s> Definers<'s> {
    fn of(scripts: impl Iterator<Item = &'s Script<'s>>) -> Self {
        let mut all = Self { by_name: FxHashMap::default(), sieve: NameSieve::new() };
        for script in scripts.filter(|script| is_small(script)) {
            for name in defined(&script.text) {
                all.by_name.entry(name).or_default().push(script);
                all.sieve.add(name);
            }
        }
        all
    }

    fn take(&mut self, name: &str) -> Option<Vec<&'s Script<'s>>> {
        if self.sieve.may_hold(name) { self.by_name.remove(name) } else { None }
    }
}

/// The scripts that define names which `code` uses, or names that those use; in their order.
pub(super) fn definers<'b>(code: &str, before: &'b [Arc<str>]) -> Vec<&'b str> {
    if before.is_empty() {
        return Vec::new();
    }
    let mut words: FxHashSet<&str> = Words::of(code).map(|word| word.text).collect();
    let mut found = vec![false; before.len()];
    for _ in 0..ROUNDS {
        let mut is_more = false;
        for (script, is_found) in before.iter().zip(&mut found) {
            if !*is_found && defined(script).any(|name| words.contains(name)) {
                (*is_found, is_more) = (true, true);
                words.extend(Words::of(script).map(|word| word.text));
            }
        }
        if !is_more {
            break;
        }
    }
    before.iter().zip(found).filter(|(_, is_found)| *is_found).map(|(script, _)| &**script).collect()
}

/// Names that a script defines for others.
fn defined(text: &str) -> impl Iterator<Item = &str> {
    Words { is_for_definitions: true, ..Words::of(text) }.filter(|word| word.is_defined).map(|word| word.text)
}

/// A name in a script.
struct Word<'t> {
    text: &'t str,
    is_defined: bool,
}

/// The names of a script in order; strings and comments are skipped as well as that goes without a parser.
struct Words<'t> {
    text: &'t str,
    at: usize,
    depth: i32,
    /// The name before, and the last byte that is no white space.
    before: &'t str,
    last: u8,
    /// Is it asked which names are defined? It takes a look at what is around each.
    is_for_definitions: bool,
}

impl<'t> Words<'t> {
    fn of(text: &'t str) -> Self {
        Self { text, at: 0, depth: 0, before: "", last: b';', is_for_definitions: false }
    }

    /// Skips a string or comment that starts here; its end.
    fn skipped(&self) -> Option<usize> {
        let bytes = &self.text.as_bytes()[self.at..];
        let end = match bytes {
            [b'/', b'/', ..] => memchr::memchr(b'\n', bytes),
            [b'/', b'*', ..] => memchr::memmem::find(&bytes[2..], b"*/").map(|at| at + 4),
            [quote @ (b'"' | b'\'' | b'`'), rest @ ..] => end_of_string(*quote, rest).map(|at| at + 1),
            _ => return None,
        };
        Some(self.at + end.unwrap_or(1).max(1))
    }

    /// The name of an event that the string here sends or waits for: sending it is as good as defining it.
    fn event_name(&self, end: usize) -> Option<Word<'t>> {
        let is_defined = match self.before {
            _ if self.last != b'(' => return None,
            "CustomEvent" | "Event" | "initCustomEvent" | "initEvent" | "trigger" | "triggerHandler" => true,
            "addEventListener" | "on" | "bind" | "one" => false,
            _ => return None,
        };
        let text = self.text.get(self.at + 1..end - 1).filter(|name| !name.is_empty())?;
        Some(Word { text, is_defined })
    }

    fn word(&mut self, end: usize) -> Word<'t> {
        let text = &self.text[self.at..end];
        if !self.is_for_definitions || self.depth > 0 && self.last != b'.' {
            return Word { text, is_defined: false };
        }
        let after = self.text[end..].trim_ascii_start().as_bytes();
        let is_assigned = matches!(after, [b'=', next, ..] if !matches!(next, b'=' | b'>'));
        let is_declared = matches!(self.before, "var" | "let" | "const" | "function") && self.last != b'.';
        let is_top = self.depth == 0 && (is_declared || is_assigned && matches!(self.last, b';' | b'}' | b'{' | b','));
        let is_global = is_assigned && self.last == b'.' && matches!(self.before, "window" | "self" | "top");
        Word { text, is_defined: is_top || is_global }
    }
}

impl<'t> Iterator for Words<'t> {
    type Item = Word<'t>;

    fn next(&mut self) -> Option<Word<'t>> {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            if byte == b' ' {
                self.at += 1;
                continue;
            }
            if is_name_byte(byte) {
                let length = bytes[self.at..].iter().position(|byte| !is_name_byte(*byte));
                let end = length.map_or(bytes.len(), |length| self.at + length);
                let word = self.word(end);
                (self.before, self.last, self.at) = (word.text, b'a', end);
                return Some(word);
            }
            if matches!(byte, b'/' | b'"' | b'\'' | b'`')
                && let Some(end) = self.skipped()
            {
                let event = self.event_name(end);
                self.last = if byte == b'/' { self.last } else { b'"' };
                self.at = end;
                if event.is_some() {
                    return event;
                }
                continue;
            }
            match byte {
                b'{' | b'(' | b'[' => self.depth += 1,
                b'}' | b')' | b']' => self.depth = (self.depth - 1).max(0),
                b'\n' if self.depth == 0 => self.last = b';',
                _ => {}
            }
            if !byte.is_ascii_whitespace() {
                self.last = byte;
            }
            self.at += 1;
        }
        None
    }
}

fn is_name_byte(byte: u8) -> bool {
    NAME_BYTES[usize::from(byte)]
}

static NAME_BYTES: [bool; 256] = {
    let mut bytes = [false; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        bytes[at] = byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80;
        at += 1;
    }
    bytes
};

/// Where a string ends; a line end ends it too, unless it is a template.
fn end_of_string(quote: u8, rest: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr3(quote, b'\\', b'\n', rest.get(at..)?)?;
        match rest[at] {
            b'\\' => at += 2,
            b'\n' if quote != b'`' => return None,
            b'\n' => at += 1,
            _ => return Some(at + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&str> {
        defined(text).collect()
    }

    #[test]
    fn definitions_at_the_top_count() {
        assert_eq!(names("var a = 1, b = 2; function c() { var d; e = 1 } f = 3\ng=4"), ["a", "b", "c", "f", "g"]);
        assert_eq!(names("(function () { var a; window.b = 1; x.c = 2 })()"), ["b"]);
        assert_eq!(names("window.dispatchEvent(new CustomEvent( 'ready', {detail: 1}))"), ["ready"]);
        assert_eq!(names("if (a == 1) {} // var b = 2\n'var c = 3'; d => 4"), [""; 0]);
    }
}

//! Finds literals in text by one whole word of each.
//!
//! Text is taken word by word, a word being a run of letters, digits, `_` and `$`. Most words are told from those of the
//! literals by one bit; for the few others the literal is compared where it would stand. Faster than an automaton over
//! thousands of literals, and built in no time. Linear in the text.

use aho_corasick::AhoCorasick;
use rustc_hash::FxHashMap;
use std::ops::ControlFlow;

/// Bits that tell most words apart without a look into the map: 8 KiB of the fastest cache.
const BLOOM_BITS: u32 = 16;

/// Literals, each under its longest word.
#[derive(Debug)]
pub(super) struct WordTable {
    bloom: Box<[u64]>,
    /// Literals by the key of their word.
    by_word: FxHashMap<u64, Vec<Anchored>>,
    shortest: usize,
    /// Literals without a word.
    wordless: Option<AhoCorasick>,
}

/// A literal, and where its word begins in it.
#[derive(Debug)]
struct Anchored {
    literal: Box<[u8]>,
    offset: usize,
}

impl WordTable {
    pub fn new(literals: &[String]) -> Self {
        let mut by_word: FxHashMap<u64, Vec<Anchored>> = FxHashMap::default();
        let (mut wordless, mut shortest) = (Vec::new(), usize::MAX);
        for literal in literals.iter().map(String::as_bytes) {
            let Some((start, end)) = longest_word(literal) else {
                wordless.push(literal);
                continue;
            };
            shortest = shortest.min(end - start);
            let anchored = Anchored { literal: literal.into(), offset: start };
            by_word.entry(key(literal, start, end)).or_default().push(anchored);
        }
        let mut bloom = vec![0_u64; 1 << (BLOOM_BITS - 6)].into_boxed_slice();
        for slot in by_word.keys().map(|key| slot_of(*key)) {
            bloom[slot >> 6] |= 1 << (slot & 63);
        }
        // Building fails only for more literals than any rule set holds.
        let wordless = if wordless.is_empty() { None } else { AhoCorasick::new(wordless).ok() };
        Self { bloom, by_word, shortest, wordless }
    }

    /// Tells `take` where literals stand that begin and end where names do, in no strict order.
    pub fn find(&self, text: &[u8], mut take: impl FnMut(usize, usize) -> ControlFlow<()>) -> ControlFlow<()> {
        if let Some(wordless) = &self.wordless {
            wordless.find_overlapping_iter(text).try_for_each(|found| take(found.start(), found.end()))?;
        }
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            if !NAME_BYTES[byte as usize] {
                at += 1;
                continue;
            }
            let start = at;
            at += 1;
            while text.get(at).is_some_and(is_name_byte) {
                at += 1;
            }
            if at - start < self.shortest {
                continue;
            }
            self.word(text, start, at, &mut take)?;
            let escape = if start == 0 { 0 } else { escape_length(text[start - 1], &text[start..at]) };
            if escape > 0 && start + escape < at {
                self.word(text, start + escape, at, &mut take)?;
            }
        }
        ControlFlow::Continue(())
    }

    #[inline]
    fn word(
        &self,
        text: &[u8],
        start: usize,
        end: usize,
        take: &mut impl FnMut(usize, usize) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let key = key(text, start, end);
        let slot = slot_of(key);
        if self.bloom[slot >> 6] >> (slot & 63) & 1 == 0 {
            return ControlFlow::Continue(());
        }
        for Anchored { literal, offset } in self.by_word.get(&key).into_iter().flatten() {
            let Some(from) = start.checked_sub(*offset) else { continue };
            let to = from + literal.len();
            if text.get(from..to) == Some(literal) && is_whole(text, from, to) {
                take(from, to)?;
            }
        }
        ControlFlow::Continue(())
    }
}

fn longest_word(literal: &[u8]) -> Option<(usize, usize)> {
    let mut longest: Option<(usize, usize)> = None;
    let mut at = 0;
    while at < literal.len() {
        let length = literal[at..].iter().position(|byte| !is_name_byte(byte)).unwrap_or(literal.len() - at);
        if length > longest.map_or(0, |(start, end)| end - start) {
            longest = Some((at, at + length));
        }
        at += length + 1;
    }
    longest
}

/// A word as a number: its first and last eight bytes, and its length.
#[inline]
fn key(text: &[u8], start: usize, end: usize) -> u64 {
    let length = end - start;
    if length >= 8 {
        let (head, tail) = (eight(text, start), eight(text, end - 8));
        return head ^ tail.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ length as u64;
    }
    if text.len() >= start + 8 {
        return eight(text, start) & (u64::MAX >> (64 - 8 * length));
    }
    text[start..end].iter().rev().fold(0, |key, &byte| key << 8 | u64::from(byte))
}

#[inline]
fn eight(text: &[u8], at: usize) -> u64 {
    text[at..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

#[inline]
fn slot_of(key: u64) -> usize {
    (key.wrapping_mul(0xF135_7AEA_2E62_A9C5) >> (64 - BLOOM_BITS)) as usize
}

/// Do the found bytes begin and end where names do? Bytes that are no part of names do so anywhere.
fn is_whole(text: &[u8], start: usize, end: usize) -> bool {
    let joins =
        |at: usize, next: usize| text.get(at).is_some_and(is_name_byte) && text.get(next).is_some_and(is_name_byte);
    let is_cut_at_end = end > start && joins(end - 1, end);
    let is_cut_at_start = start > 0 && joins(start - 1, start) && !ends_in_escape(&text[..start]);
    !is_cut_at_end && !is_cut_at_start
}

const NAME_BYTES: [bool; 256] = {
    let mut names = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        names[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
        byte += 1;
    }
    names
};

#[inline]
fn is_name_byte(byte: &u8) -> bool {
    NAME_BYTES[*byte as usize]
}

/// In a string, `\n`, `\u0022` and `%22` end where a name may begin: how much of a word behind `\` or `%` they are.
fn escape_length(before: u8, word: &[u8]) -> usize {
    let is_hex =
        |range: std::ops::Range<usize>| word.get(range).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    match (before, word.first()) {
        (b'\\', Some(b'n' | b't' | b'r' | b'b' | b'f' | b'v')) => 1,
        (b'\\', Some(b'u')) if is_hex(1..5) => 5,
        (b'\\', Some(b'x')) if is_hex(1..3) => 3,
        (b'%', Some(_)) if is_hex(0..2) => 2,
        _ => 0,
    }
}

/// Is what stands before a name the end of an escape?
fn ends_in_escape(before: &[u8]) -> bool {
    [1, 2, 3, 5].into_iter().any(|length| {
        let Some(mark) = before.len().checked_sub(length + 1) else { return false };
        escape_length(before[mark], &before[mark + 1..]) == length
    })
}

//! The names that rules ask for, compiled: most tags are passed over after a look at three bytes.

use super::Wanted;
use super::tag::{RawAttribute, Tag, key};
use aho_corasick::AhoCorasick;
use std::collections::HashSet;

/// [`Wanted`], compiled once and shared by all pages.
#[derive(Debug)]
pub(super) struct Filter {
    wanted: Wanted,
    elements: Bitmap,
    classes: Names,
    ids: Names,
    attributes: Bitmap,
    text_anchors: Option<AhoCorasick>,
    /// The shortest text worth searching.
    shortest_anchor: usize,
    json_anchors: Option<AhoCorasick>,
    nesting: u32,
}

impl Filter {
    pub(super) fn new(wanted: &Wanted, nesting: u32) -> Self {
        let json_anchors: Vec<_> = wanted.json_anchors.iter().flat_map(|anchor| quoted_forms(anchor)).collect();
        let shortest_anchor = wanted.text_anchors.iter().map(String::len).min().unwrap_or(usize::MAX);
        Self {
            elements: Bitmap::of(wanted.elements.iter().map(|name| element_slot(key(name.as_bytes())))),
            classes: Names::new(&wanted.classes, &wanted.class_prefixes),
            ids: Names::new(&wanted.ids, &wanted.id_prefixes),
            attributes: Bitmap::of(wanted.attributes.iter().map(|name| attribute_slot(name.as_bytes()))),
            text_anchors: automaton(&wanted.text_anchors),
            shortest_anchor,
            json_anchors: automaton(&json_anchors),
            wanted: wanted.clone(),
            nesting,
        }
    }

    /// Levels of markup in markup that are read.
    pub(super) fn nesting(&self) -> u32 {
        self.nesting
    }

    /// Does a rule ask for the element?
    #[inline]
    pub(super) fn wants(&self, source: &str, tag: &Tag, attributes: &[RawAttribute]) -> bool {
        let wants_attribute = |attribute: &RawAttribute| {
            let (name, value) = (&source[attribute.name.range()], &source[attribute.value.range()]);
            (name.len() == 5 && name.eq_ignore_ascii_case("class") && self.wants_class(value))
                || (name.len() == 2 && name.eq_ignore_ascii_case("id") && self.wants_id(value))
                || self.wants_attribute(name)
        };
        self.wants_element(tag.key, &source[tag.name.range()]) || attributes.iter().any(wants_attribute)
    }

    fn wants_element(&self, tag_key: u64, name: &str) -> bool {
        self.elements.holds(element_slot(tag_key)) && is_in(&self.wanted.elements, name)
    }

    fn wants_attribute(&self, name: &str) -> bool {
        self.attributes.holds(attribute_slot(name.as_bytes())) && is_in(&self.wanted.attributes, name)
    }

    fn wants_id(&self, value: &str) -> bool {
        self.ids.hold(value.trim_ascii())
    }

    fn wants_class(&self, value: &str) -> bool {
        !self.classes.is_empty && value.split_ascii_whitespace().any(|class| self.classes.hold(class))
    }

    pub(super) fn wants_text(&self, text: &str) -> bool {
        text.len() >= self.shortest_anchor && self.text_anchors.as_ref().is_some_and(|anchors| anchors.is_match(text))
    }

    pub(super) fn wants_json(&self, value: &str) -> bool {
        self.json_anchors.as_ref().is_some_and(|anchors| anchors.is_match(value))
    }
}

fn automaton(literals: &[String]) -> Option<AhoCorasick> {
    let literals: Vec<_> = literals.iter().filter(|literal| !literal.is_empty()).collect();
    // Building fails only for more literals than any rule set holds; then nothing is wanted.
    if literals.is_empty() { None } else { AhoCorasick::new(literals).ok() }
}

/// The ways in which a literal with quotes may stand in an attribute.
fn quoted_forms(anchor: &str) -> Vec<String> {
    let forms = ["\"", "&quot;", "&#34;", "&#x22;", "&#034;", "\\\"", "'", "&#39;", "&apos;"];
    let mut written: Vec<_> = forms.iter().map(|quote| anchor.replace('"', quote)).collect();
    written.dedup();
    written
}

fn is_in(names: &HashSet<String>, name: &str) -> bool {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return names.contains(&name.to_ascii_lowercase());
    }
    names.contains(name)
}

/// Whole names and beginnings of names, of classes or ids.
#[derive(Debug)]
struct Names {
    whole: HashSet<String>,
    prefixes: Vec<String>,
    /// First three bytes of all of them.
    starts: Bitmap,
    is_empty: bool,
}

impl Names {
    fn new(whole: &HashSet<String>, prefixes: &[String]) -> Self {
        let starts = whole.iter().chain(prefixes).map(|name| start_slot(name.as_bytes()));
        Self {
            starts: Bitmap::of(starts),
            is_empty: whole.is_empty() && prefixes.is_empty(),
            whole: whole.clone(),
            prefixes: prefixes.to_vec(),
        }
    }

    #[inline]
    fn hold(&self, name: &str) -> bool {
        self.starts.holds(start_slot(name.as_bytes())) && self.hold_surely(name)
    }

    fn hold_surely(&self, name: &str) -> bool {
        self.whole.contains(name) || self.prefixes.iter().any(|prefix| name.starts_with(prefix))
    }
}

/// A set of 4096 slots.
#[derive(Debug)]
struct Bitmap {
    words: [u64; 64],
}

impl Bitmap {
    fn of(slots: impl Iterator<Item = usize>) -> Self {
        let mut words = [0; 64];
        for slot in slots {
            words[slot >> 6 & 63] |= 1 << (slot & 63);
        }
        Self { words }
    }

    #[inline]
    fn holds(&self, slot: usize) -> bool {
        self.words[slot >> 6 & 63] >> (slot & 63) & 1 != 0
    }
}

/// The slot of a name's first three bytes.
#[inline]
fn start_slot(name: &[u8]) -> usize {
    let start = match *name {
        [a, b, c, ..] => u32::from_le_bytes([a, b, c, 0]),
        [a, b] => u32::from_le_bytes([a, b, 0, 0]),
        [a] => u32::from(a),
        [] => 0,
    };
    (start.wrapping_mul(0x9E37_79B1) >> 20) as usize
}

#[inline]
fn element_slot(tag_key: u64) -> usize {
    (tag_key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 52) as usize
}

/// The slot of an attribute name: most begin alike (`data-`), so the end, the middle and the length tell them apart.
#[inline]
fn attribute_slot(name: &[u8]) -> usize {
    let Some(&last) = name.last() else { return 0 };
    let middle = name[name.len() / 2];
    let word = u32::from_le_bytes([last | 0x20, middle | 0x20, name.len() as u8, 0]);
    (word.wrapping_mul(0x9E37_79B1) >> 20) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> HashSet<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn names_are_matched_whole_or_by_their_beginnings() {
        let filter = Filter::new(
            &Wanted {
                elements: set(&["ins", "amp-sticky-ad"]),
                classes: set(&["adsbygoogle", "ad"]),
                ids: set(&["top"]),
                class_prefixes: vec!["OUTBRAIN".into()],
                id_prefixes: vec!["div-gpt-ad".into()],
                attributes: set(&["data-ad-client"]),
                ..Wanted::default()
            },
            4,
        );
        assert!(
            filter.wants_element(key(b"AMP-sticky-AD"), "AMP-sticky-AD") && filter.wants_element(key(b"ins"), "ins")
        );
        assert!(!filter.wants_element(key(b"div"), "div"));
        assert!(filter.wants_class("x\tadsbygoogle y") && filter.wants_class("ad") && filter.wants_class("OUTBRAIN-1"));
        assert!(!filter.wants_class("Adsbygoogle adsbygoogle2 outbrain "));
        assert!(filter.wants_id(" top ") && filter.wants_id("div-gpt-ad-7") && !filter.wants_id("topper"));
        assert!(filter.wants_attribute("DATA-ad-client") && !filter.wants_attribute("data-ad-slot"));
    }

    #[test]
    fn anchors_are_found_however_their_quotes_are_written() {
        let filter = Filter::new(
            &Wanted {
                json_anchors: vec!["\"bidder\"".into()],
                text_anchors: vec!["addAdUnits".into()],
                ..Wanted::default()
            },
            4,
        );
        assert!(filter.wants_json("{&quot;bidder&quot;:1}") && filter.wants_json("{\"bidder\":1}"));
        assert!(!filter.wants_json("{bidder:1}"));
        assert!(filter.wants_text("pbjs.addAdUnits(") && !filter.wants_text("") && !filter.wants_text("adUnits are"));
    }
}

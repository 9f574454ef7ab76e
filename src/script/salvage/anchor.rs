//! Literals that mark ad code, and the one pass over a text that looks for any of them.
//!
//! A text without an anchor is never looked at again, so the pass must be fast: it uses
//! a vectorised search for the four bytes of each literal that prose has least, and looks at
//! the whole literal only there. Case does not matter at the ends of a word: translation
//! services write `Adsbygoogle`.

use aho_corasick::{AhoCorasick, packed};
use std::sync::Arc;

/// One literal, and the network that it stands for, if it names one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    literal: Arc<str>,
    network: Option<Arc<str>>,
    kind: AnchorKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AnchorKind {
    /// A name in code: `googletag`, `defineSlot`. A longer identifier may hold it.
    Name,
    /// A host or path in a string: `googlesyndication.com`.
    Host,
    /// A key of an object, given as `bidder:`.
    Key,
}

/// A compiled set of anchors.
#[derive(Clone, Debug)]
pub struct Anchors {
    anchors: Vec<Anchor>,
    search: Search,
}

#[derive(Clone, Debug)]
struct Search {
    searcher: Option<packed::Searcher>,
    /// Does the work where the literals are too many for the vectorised search.
    automaton: Option<AhoCorasick>,
    pieces: Vec<Piece>,
}

/// Anchors of the ad products that leak most; rules bring their own beside them.
const COMMON: [(&str, Option<&str>); 28] = [
    ("googletag", Some("google-ad-manager")),
    ("adsbygoogle", Some("google-adsense")),
    ("google_ad_client", Some("google-adsense")),
    ("googlesyndication.com", Some("google-adsense")),
    ("doubleclick.net", Some("google-ad-manager")),
    ("googletagservices.com", Some("google-ad-manager")),
    ("googletagmanager.com", Some("google-tag-manager")),
    ("defineSlot", Some("google-ad-manager")),
    ("addService", Some("google-ad-manager")),
    ("defineSizeMapping", Some("google-ad-manager")),
    ("div-gpt-ad", Some("google-ad-manager")),
    ("pbjs", Some("prebid")),
    ("adUnits", Some("prebid")),
    ("bidder:", Some("prebid")),
    ("apstag", Some("amazon-aps")),
    ("amazon-adsystem.com", Some("amazon-aps")),
    ("taboola", Some("taboola")),
    ("outbrain", Some("outbrain")),
    ("criteo", Some("criteo")),
    ("mgid.com", Some("mgid")),
    ("revcontent", Some("revcontent")),
    ("adnxs.com", Some("xandr")),
    ("teads", Some("teads")),
    ("taboola.com", Some("taboola")),
    ("outbrain.com", Some("outbrain")),
    ("criteo.net", Some("criteo")),
    ("criteo.com", Some("criteo")),
    ("teads.tv", Some("teads")),
];

/// Invisible characters may split any literal, so a text that holds them is looked into.
const SPLITTERS: [&str; 2] = ["\u{ad}", "\u{200b}"];

impl Default for Anchors {
    fn default() -> Self {
        Self::new(COMMON.iter().map(|&(literal, network)| (literal, network)))
    }
}

impl Anchors {
    /// Compiles a list of literals with the ids of the networks they stand for.
    ///
    /// A literal that ends with `:` is an object's key, one with a dot is looked for
    /// in strings, any other is an identifier or part of one. Literals shorter than
    /// four bytes are left out: they would mark half of all prose.
    #[must_use]
    pub fn new<'a>(list: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> Self {
        let anchors: Vec<Anchor> =
            list.into_iter().filter(|(literal, _)| literal.len() >= PIECE_BYTES).map(Anchor::new).collect();
        let search = Search::new(&anchors);
        Self { anchors, search }
    }

    /// Might the text hold ad code? One fast pass.
    #[must_use]
    pub fn are_in(&self, text: &str) -> bool {
        self.next_in(text, 0).is_some() || Self::may_be_split_in(text)
    }

    /// Does the text hold characters that nobody sees and that may split a literal?
    pub(super) fn may_be_split_in(text: &str) -> bool {
        SPLITTERS.iter().any(|splitter| memchr::memmem::find(text.as_bytes(), splitter.as_bytes()).is_some())
    }

    /// The first place at or after `from` where an anchor stands, or something that may hide one.
    pub(super) fn next_in(&self, text: &str, from: usize) -> Option<usize> {
        self.search.find(text, from)
    }

    /// The anchor that an identifier or key is or holds.
    pub(super) fn of_name(&self, name: &str, is_key: bool) -> Option<&Anchor> {
        self.anchors.iter().find(|anchor| anchor.is_name(name, is_key))
    }

    /// Is it a name that only code has, not also that of a company?
    #[must_use]
    pub fn is_code_name(&self, word: &str) -> bool {
        let is_company = |anchor: &Anchor| {
            anchor.network.as_deref().is_some_and(|network| network.contains(&anchor.literal.to_ascii_lowercase()))
        };
        self.anchors
            .iter()
            .any(|anchor| anchor.kind == AnchorKind::Name && *anchor.literal == *word && !is_company(anchor))
    }

    /// The usual spelling of a name that is an anchor in another case.
    pub(super) fn canonical(&self, name: &str) -> Option<&str> {
        let other_case = |anchor: &&Anchor| {
            anchor.kind == AnchorKind::Name && *anchor.literal != *name && anchor.literal.eq_ignore_ascii_case(name)
        };
        self.anchors.iter().find(other_case).map(|anchor| &*anchor.literal)
    }

    /// The anchor that a string, tag or selector holds anywhere.
    pub(super) fn of_string(&self, string: &str) -> Option<&Anchor> {
        self.anchors.iter().filter(|anchor| anchor.kind == AnchorKind::Host).find(|anchor| has(string, &anchor.literal))
    }

    /// The anchor that markup or a style sheet holds anywhere.
    pub(super) fn of_markup(&self, markup: &str) -> Option<&Anchor> {
        self.anchors.iter().filter(|anchor| anchor.kind != AnchorKind::Key).find(|anchor| has(markup, &anchor.literal))
    }
}

impl Anchor {
    fn new((literal, network): (&str, Option<&str>)) -> Self {
        let kind = if literal.ends_with(':') {
            AnchorKind::Key
        } else if literal.contains(['.', '-', '/']) {
            AnchorKind::Host
        } else {
            AnchorKind::Name
        };
        Self { literal: literal.trim_end_matches(':').into(), network: network.map(Into::into), kind }
    }

    /// The network it stands for.
    pub fn network(&self) -> Option<&Arc<str>> {
        self.network.as_ref()
    }

    fn is_name(&self, name: &str, is_key: bool) -> bool {
        match self.kind {
            AnchorKind::Key => is_key && *name == *self.literal,
            AnchorKind::Name => has(name, &self.literal),
            AnchorKind::Host => false,
        }
    }
}

impl Search {
    fn new(anchors: &[Anchor]) -> Self {
        let pieces: Vec<Piece> = anchors.iter().flat_map(|anchor| Piece::of(&anchor.literal)).collect();
        if anchors.is_empty() {
            return Self { searcher: None, automaton: None, pieces };
        }
        let texts = || pieces.iter().map(|piece| &piece.text);
        let searcher =
            packed::Config::new().match_kind(packed::MatchKind::LeftmostFirst).builder().extend(texts()).build();
        let automaton = if searcher.is_none() { AhoCorasick::new(texts()).ok() } else { None };
        Self { searcher, automaton, pieces }
    }

    /// The first place at or after `from` where a literal stands.
    fn find(&self, text: &str, from: usize) -> Option<usize> {
        let mut at = from;
        while at < text.len() {
            let span = aho_corasick::Span { start: at, end: text.len() };
            let found = match (&self.searcher, &self.automaton) {
                (Some(searcher), _) => {
                    searcher.find_in(text, span).map(|found| (found.pattern().as_usize(), found.start()))
                }
                (_, Some(automaton)) => automaton
                    .find(aho_corasick::Input::new(text).span(span))
                    .map(|found| (found.pattern().as_usize(), found.start())),
                _ => None,
            };
            let (pattern, start) = found?;
            // Literals may share a piece, so all of them are asked.
            let is_whole = |piece: &Piece| start >= piece.before && has_at(text, start - piece.before, &piece.literal);
            if self.pieces.iter().filter(|piece| piece.text == self.pieces[pattern].text).any(is_whole) {
                return Some(start);
            }
            at = start + 1;
        }
        None
    }
}

/// The part of a literal that prose has least; it is looked for in place of the whole.
#[derive(Clone, Debug)]
struct Piece {
    text: String,
    /// Bytes of the literal in front of it.
    before: usize,
    literal: Arc<str>,
}

/// Bytes of a piece: as many as the vectorised search compares at once.
const PIECE_BYTES: usize = 4;

impl Piece {
    /// The rarest piece; it leaves out the first letter, which may be a capital, or comes in both cases.
    fn of(literal: &Arc<str>) -> Vec<Self> {
        let bytes = literal.as_bytes();
        let length = bytes.len().min(PIECE_BYTES);
        let skipped = usize::from(bytes.len() > PIECE_BYTES);
        let pieces = (skipped..=bytes.len() - length)
            .filter(|&at| literal.is_char_boundary(at) && literal.is_char_boundary(at + length));
        let rarest = pieces.min_by_key(|&at| bytes[at..at + length].iter().map(|&byte| commonness(byte)).sum::<u32>());
        let Some(before) = rarest else {
            return vec![Self { text: literal.to_string(), before: 0, literal: literal.clone() }];
        };
        let text = literal[before..before + length].to_owned();
        let mut all = vec![Self { text, before, literal: literal.clone() }];
        if before == 0 && bytes[0].is_ascii_lowercase() {
            let text = literal[..1].to_ascii_uppercase() + &literal[1..length];
            all.push(Self { text, before, literal: literal.clone() });
        }
        all
    }
}

/// How often a byte stands in prose, roughly, in thirtieths.
fn commonness(byte: u8) -> u32 {
    match byte {
        b'e' | b'a' | b'n' | b'i' | b't' | b's' | b'r' | b'o' => 12,
        b'l' | b'd' | b'u' | b'c' | b'm' | b'h' => 8,
        b'p' | b'g' | b'f' | b'b' | b'v' | b'w' | b'y' => 4,
        b'k' | b'z' | b'-' | b'.' => 3,
        b'j' | b'q' | b'x' | b'A'..=b'Z' => 2,
        _ => 1,
    }
}

/// Does the literal stand at `at`, in any case of ASCII letters?
fn has_at(text: &str, at: usize, literal: &str) -> bool {
    text.as_bytes().get(at..at + literal.len()).is_some_and(|got| got.eq_ignore_ascii_case(literal.as_bytes()))
}

/// Does the text hold the literal, in any case of ASCII letters?
fn has(text: &str, literal: &str) -> bool {
    let (text, literal) = (text.as_bytes(), literal.as_bytes());
    text.windows(literal.len()).any(|window| window.eq_ignore_ascii_case(literal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hosts_and_keys_are_told_apart() {
        let anchors = Anchors::default();
        assert!(anchors.of_name("pmc_apstag", false).is_some());
        assert!(anchors.of_name("bidder", false).is_none());
        assert!(anchors.of_name("bidder", true).is_some());
        assert!(anchors.of_string("//www.GoogleTagServices.com/tag/js/gpt.js").is_some());
        assert!(anchors.are_in(".Adsbygoogle {}"));
        assert!(!anchors.are_in("plain prose"));
    }
}

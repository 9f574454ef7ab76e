//! Literals that mark ad code, and the one pass over a text that looks for any of them.
//!
//! A text without an anchor is never looked at again, so the pass must be fast: it uses
//! a vectorised search for the four bytes of each literal that prose has least, and looks at
//! the whole literal only there. Case does not matter at the ends of a word: translation
//! services write `Adsbygoogle`.

use aho_corasick::{AhoCorasick, AhoCorasickKind, packed};
use std::collections::{HashMap, HashSet};
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
    /// A name in code that counts only as a whole.
    Word,
    /// A host or path in a string: `googlesyndication.com`.
    Host,
    /// A key of an object, given as `bidder:`.
    Key,
    /// An element of markup, given as `<amp-ad`.
    Element,
}

/// A compiled set of anchors.
#[derive(Clone, Debug)]
pub struct Anchors {
    anchors: Vec<Anchor>,
    search: Search,
    /// Names that a longer identifier may hold.
    names: Finder,
    hosts: Finder,
    /// What markup and style sheets may hold.
    markup: Finder,
    /// Whole words and keys.
    words: HashMap<Arc<str>, usize>,
    keys: HashMap<Arc<str>, usize>,
    /// Names of elements.
    elements: HashMap<Arc<str>, usize>,
    /// The usual spelling of each name, by its lower case.
    spellings: HashMap<String, Arc<str>>,
    /// Names that only code has.
    code_names: HashSet<Arc<str>>,
}

/// Looks for some of the anchors in a short text, in any case of ASCII letters.
#[derive(Clone, Debug)]
struct Finder {
    automaton: Option<AhoCorasick>,
    /// The anchor of each of its literals.
    indexes: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Search {
    searcher: Option<packed::Searcher>,
    /// Does the work where the literals are too many for the vectorised search.
    automaton: Option<AhoCorasick>,
    pieces: Vec<Piece>,
    /// The pieces that share a text with each piece: literals may share one.
    alike: Vec<Vec<usize>>,
}

/// Anchors of the ad products that leak most; rules bring their own beside them.
const COMMON: [(&str, Option<&str>); 32] = [
    ("googletag", Some("google-publisher-tag")),
    ("adsbygoogle", Some("google-adsense")),
    ("google_ad_client", Some("google-adsense")),
    ("googlesyndication.com", Some("google-adsense")),
    ("doubleclick.net", Some("google")),
    ("googletagservices.com", Some("google-publisher-tag")),
    ("googletagmanager.com", Some("google")),
    ("defineSlot", Some("google-publisher-tag")),
    ("addService", Some("google-publisher-tag")),
    ("defineSizeMapping", Some("google-publisher-tag")),
    ("div-gpt-ad", Some("google-publisher-tag")),
    ("pbjs", Some("prebid")),
    ("adUnits", Some("prebid")),
    ("bidder:", Some("prebid")),
    ("apstag", Some("amazon-publisher-services")),
    ("amazon-adsystem.com", Some("amazon-publisher-services")),
    ("taboola", Some("taboola")),
    ("outbrain", Some("outbrain")),
    ("criteo", Some("criteo")),
    ("mgid.com", Some("mgid")),
    ("revcontent", Some("revcontent")),
    ("adnxs.com", Some("microsoft-monetize")),
    ("teads", Some("teads")),
    ("taboola.com", Some("taboola")),
    ("outbrain.com", Some("outbrain")),
    ("criteo.net", Some("criteo")),
    ("criteo.com", Some("criteo")),
    ("teads.tv", Some("teads")),
    ("amzn_assoc", Some("amazon")),
    ("<amp-ad", None),
    ("<amp-auto-ads", None),
    ("<amp-sticky-ad", None),
];

/// Whole names of other ad products that leak; few enough for the vectorised search.
const COMMON_WORDS: [(&str, Option<&str>); 22] = [
    ("adthrive", Some("raptive")),
    ("ezstandalone", Some("ezoic")),
    ("fusetag", Some("publift")),
    ("freestar", Some("freestar")),
    ("nitroAds", Some("nitropay")),
    ("yieldlove_cmd", Some("stroeer")),
    ("adpushup", Some("adpushup")),
    ("blogherads", Some("she-media")),
    ("adngin", Some("snigel")),
    ("deployads", Some("sortable")),
    ("googlefc", Some("google")),
    ("rubicontag", Some("magnite")),
    ("owpbjs", Some("pubmatic")),
    ("atOptions", Some("adsterra")),
    ("ExoLoader", Some("exoclick")),
    ("AdProvider", Some("exoclick")),
    ("_mgq", Some("mgid")),
    ("adnxs", Some("microsoft-monetize")),
    ("adition", Some("virtual-minds")),
    ("smartadserver", Some("equativ")),
    ("sas_manager", Some("equativ")),
    ("zergnet.com", Some("zergnet")),
];

/// Invisible characters may split any literal, so a text that holds them is looked into.
const SPLITTERS: [&str; 2] = ["\u{ad}", "\u{200b}"];

/// The same written as character references, behind their `&`.
const REFERENCES: [&str; 8] = ["shy;", "#173;", "#xad;", "#xAD;", "#8203;", "#x200b;", "#x200B;", "ZeroWidthSpace;"];

impl Default for Anchors {
    fn default() -> Self {
        Self::compiled(COMMON.iter().map(Anchor::new).chain(COMMON_WORDS.iter().map(Anchor::word)).collect())
    }
}

impl Anchors {
    /// Compiles a list of literals with the ids of the networks they stand for.
    ///
    /// A literal that ends with `:` is an object's key, one that begins with `<` an element, one with a dot is looked for
    /// in strings, any other is an identifier or part of one. Literals shorter than
    /// four bytes are left out: they would mark half of all prose.
    #[must_use]
    pub fn new<'a>(list: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> Self {
        Self::compiled(list.into_iter().map(|pair| Anchor::new(&pair)).collect())
    }

    /// These anchors and more, as rules name them: hosts, and identifiers that count only as a whole.
    ///
    /// ```
    /// let anchors = adsieve::Anchors::default().with_words([("acmeAds", Some("acme")), ("ads.acme.example", None)]);
    /// assert!(anchors.are_in("acmeAds.show(1);"));
    /// ```
    #[must_use]
    pub fn with_words<'a>(self, list: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> Self {
        let mut anchors = self.anchors;
        anchors.extend(list.into_iter().map(|pair| Anchor::word(&pair)));
        Self::compiled(anchors)
    }

    fn compiled(mut anchors: Vec<Anchor>) -> Self {
        anchors.retain(|anchor| anchor.literal.len() >= PIECE_BYTES);
        let of_kind = |kind| {
            let of_kind = anchors.iter().enumerate().filter(move |(_, anchor)| anchor.kind == kind);
            // Of equals the first counts.
            of_kind.rev().map(|(index, anchor)| (anchor.literal.clone(), index)).collect()
        };
        let is_name = |anchor: &Anchor| matches!(anchor.kind, AnchorKind::Name | AnchorKind::Word);
        let names = || anchors.iter().filter(|anchor| is_name(anchor)).map(|anchor| anchor.literal.clone());
        Self {
            search: Search::new(&anchors),
            names: Finder::new(&anchors, |kind| kind == AnchorKind::Name),
            hosts: Finder::new(&anchors, |kind| kind == AnchorKind::Host),
            markup: Finder::new(&anchors, |kind| !matches!(kind, AnchorKind::Key | AnchorKind::Element)),
            elements: of_kind(AnchorKind::Element),
            words: of_kind(AnchorKind::Word),
            keys: of_kind(AnchorKind::Key),
            spellings: names().map(|name| (name.to_ascii_lowercase(), name)).collect(),
            code_names: anchors
                .iter()
                .filter(|anchor| is_name(anchor) && !anchor.names_its_network())
                .map(|anchor| anchor.literal.clone())
                .collect(),
            anchors,
        }
    }

    /// Might the text hold ad code? One fast pass.
    #[must_use]
    pub fn are_in(&self, text: &str) -> bool {
        self.next_in(text, 0).is_some() || Self::may_be_split_in(text)
    }

    /// Does the text hold characters that nobody sees and that may split a literal?
    pub(super) fn may_be_split_in(text: &str) -> bool {
        Self::next_splitter(text, 0).is_some()
    }

    /// The first such character at or after `from`.
    pub(super) fn next_splitter(text: &str, from: usize) -> Option<usize> {
        let found = SPLITTERS.iter().filter_map(|splitter| {
            memchr::memmem::find(&text.as_bytes()[from..], splitter.as_bytes()).map(|at| at + from)
        });
        found.chain(next_reference(text, from)).min()
    }

    /// The first place at or after `from` where an anchor stands, or something that may hide one.
    pub(super) fn next_in(&self, text: &str, from: usize) -> Option<usize> {
        self.search.find(text, from)
    }

    /// The literals, without the mark of keys.
    pub(crate) fn literals(&self) -> impl Iterator<Item = &str> {
        self.anchors.iter().map(|anchor| &*anchor.literal)
    }

    /// The anchor that an identifier or key is or holds.
    pub(super) fn of_name(&self, name: &str, is_key: bool) -> Option<&Anchor> {
        let key = if is_key { self.keys.get(name) } else { None };
        key.or_else(|| self.words.get(name))
            .map(|&index| &self.anchors[index])
            .or_else(|| self.first(&self.names, name))
    }

    fn first(&self, finder: &Finder, text: &str) -> Option<&Anchor> {
        finder.first(text).map(|index| &self.anchors[index])
    }

    /// Is it a name that only code has, not also that of a company?
    #[must_use]
    pub fn is_code_name(&self, word: &str) -> bool {
        self.code_names.contains(word)
    }

    /// The usual spelling of a name that is an anchor in another case.
    pub(super) fn canonical(&self, name: &str) -> Option<&str> {
        let is_ascii_word = name.len() >= PIECE_BYTES && name.is_ascii();
        let spelling = if is_ascii_word { self.spellings.get(&name.to_ascii_lowercase()) } else { None };
        spelling.map(|spelling| &**spelling).filter(|spelling| *spelling != name)
    }

    /// The anchor that a string, tag or selector holds anywhere.
    pub(super) fn of_string(&self, string: &str) -> Option<&Anchor> {
        self.first(&self.hosts, string)
    }

    /// The anchor that is an element of this name.
    pub(super) fn of_element(&self, name: &str) -> Option<&Anchor> {
        self.elements.get(&*name.to_ascii_lowercase()).map(|&index| &self.anchors[index])
    }

    /// The anchor that a string is, as in `window["googletag"]`: not the name of a company.
    pub(super) fn of_code_name(&self, string: &str) -> Option<&Anchor> {
        let is_name = self.is_code_name(string);
        is_name.then(|| self.anchors.iter().find(|anchor| *anchor.literal == *string)).flatten()
    }

    /// The anchor that markup or a style sheet holds anywhere.
    pub(super) fn of_markup(&self, markup: &str) -> Option<&Anchor> {
        self.first(&self.markup, markup)
    }
}

impl Finder {
    fn new(anchors: &[Anchor], wants: impl Fn(AnchorKind) -> bool) -> Self {
        let wanted: Vec<(usize, &Anchor)> =
            anchors.iter().enumerate().filter(|(_, anchor)| wants(anchor.kind)).collect();
        let literals = wanted.iter().map(|(_, anchor)| anchor.literal.as_bytes());
        // Texts are short, and a DFA takes longer to build than all of them to search.
        let kind = Some(AhoCorasickKind::ContiguousNFA);
        let automaton = AhoCorasick::builder().kind(kind).ascii_case_insensitive(true).build(literals).ok();
        Self { automaton, indexes: wanted.iter().map(|&(index, _)| index).collect() }
    }

    /// The first anchor of the list that the text holds.
    fn first(&self, text: &str) -> Option<usize> {
        let automaton = self.automaton.as_ref().filter(|_| !self.indexes.is_empty())?;
        automaton.find_overlapping_iter(text).map(|found| self.indexes[found.pattern().as_usize()]).min()
    }
}

impl Anchor {
    fn new(&(literal, network): &(&str, Option<&str>)) -> Self {
        let kind = if literal.starts_with('<') {
            AnchorKind::Element
        } else if literal.ends_with(':') {
            AnchorKind::Key
        } else if literal.contains(['.', '-', '/']) {
            AnchorKind::Host
        } else {
            AnchorKind::Name
        };
        Self {
            literal: literal.trim_start_matches('<').trim_end_matches(':').into(),
            network: network.map(Into::into),
            kind,
        }
    }

    /// A name that counts only as a whole; hosts are what they are.
    fn word(pair: &(&str, Option<&str>)) -> Self {
        let anchor = Self::new(pair);
        let kind = if anchor.kind == AnchorKind::Name { AnchorKind::Word } else { anchor.kind };
        Self { kind, ..anchor }
    }

    /// The network it stands for.
    pub fn network(&self) -> Option<&Arc<str>> {
        self.network.as_ref()
    }

    /// Does its network have the same name?
    fn names_its_network(&self) -> bool {
        self.network.as_deref().is_some_and(|network| network.contains(&self.literal.to_ascii_lowercase()))
    }
}

impl Search {
    fn new(anchors: &[Anchor]) -> Self {
        let pieces: Vec<Piece> = anchors.iter().flat_map(|anchor| Piece::of(&anchor.literal)).collect();
        if anchors.is_empty() {
            return Self { searcher: None, automaton: None, pieces, alike: Vec::new() };
        }
        let alike_of = |piece: &Piece| (0..pieces.len()).filter(|&other| pieces[other].text == piece.text).collect();
        let alike = pieces.iter().map(alike_of).collect();
        let texts = || pieces.iter().map(|piece| &piece.text);
        let searcher =
            packed::Config::new().match_kind(packed::MatchKind::LeftmostFirst).builder().extend(texts()).build();
        let automaton = if searcher.is_none() { AhoCorasick::new(texts()).ok() } else { None };
        Self { searcher, automaton, pieces, alike }
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
            if self.alike[pattern].iter().any(|&alike| is_whole(&self.pieces[alike])) {
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

/// The first character reference at or after `from` that stands for a character that nobody sees.
fn next_reference(text: &str, from: usize) -> Option<usize> {
    let ampersands = memchr::memchr_iter(b'&', &text.as_bytes()[from..]).map(|at| from + at);
    let is_splitter = |&at: &usize| {
        let rest = text[at + 1..].trim_start_matches("amp;");
        REFERENCES.iter().any(|reference| rest.starts_with(reference))
    };
    ampersands.into_iter().find(is_splitter)
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

//! Literals that mark ad code, and the one pass over a text that looks for any of them.
//!
//! A text without an anchor is never looked at again, so the pass must be fast: it uses
//! a vectorised search for a small set of literals, each in the two spellings that real
//! text has (`adsbygoogle`, and `Adsbygoogle` as translation services write it).

use aho_corasick::{AhoCorasick, MatchKind, packed};
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
enum Search {
    Packed(packed::Searcher),
    Automaton(AhoCorasick),
    Nothing,
}

/// Anchors of the ad products that leak most; rules bring their own beside them.
const COMMON: [(&str, Option<&str>); 29] = [
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
    ("OBR", Some("outbrain")),
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
const SPLITTERS: [&str; 3] = ["\u{ad}", "\u{200b}", "&shy;"];

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
    /// three bytes are left out: they would mark half of all prose.
    #[must_use]
    pub fn new<'a>(list: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> Self {
        let anchors: Vec<Anchor> = list.into_iter().filter(|(literal, _)| literal.len() >= 3).map(Anchor::new).collect();
        let search = Search::new(&anchors);
        Self { anchors, search }
    }

    /// Might the text hold ad code? One fast pass.
    #[must_use]
    pub fn are_in(&self, text: &str) -> bool {
        match &self.search {
            Search::Packed(searcher) => searcher.find(text).is_some(),
            Search::Automaton(automaton) => automaton.is_match(text),
            Search::Nothing => false,
        }
    }

    /// The anchor that an identifier or key is or holds.
    pub(super) fn of_name(&self, name: &str, is_key: bool) -> Option<&Anchor> {
        self.anchors.iter().find(|anchor| anchor.is_name(name, is_key))
    }

    /// Is it a name that only code has, not also that of a company?
    #[must_use]
    pub fn is_code_name(&self, word: &str) -> bool {
        let is_company = |anchor: &Anchor| anchor.network.as_deref().is_some_and(|network| network.contains(&anchor.literal.to_ascii_lowercase()));
        self.anchors.iter().any(|anchor| anchor.kind == AnchorKind::Name && *anchor.literal == *word && !is_company(anchor))
    }

    /// The usual spelling of a name that is an anchor in another case.
    pub(super) fn canonical(&self, name: &str) -> Option<&str> {
        let other_case = |anchor: &&Anchor| anchor.kind == AnchorKind::Name && *anchor.literal != *name && anchor.literal.eq_ignore_ascii_case(name);
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
            // Short all-capital names (`OBR`) would be found in half of all identifiers.
            AnchorKind::Name if self.literal.len() < 4 => *name == *self.literal,
            AnchorKind::Name => has(name, &self.literal),
            AnchorKind::Host => false,
        }
    }
}

impl Search {
    fn new(anchors: &[Anchor]) -> Self {
        let mut literals: Vec<String> = SPLITTERS.iter().map(ToString::to_string).collect();
        for anchor in anchors {
            literals.push(anchor.literal.to_string());
            literals.push(capitalised(&anchor.literal));
        }
        literals.sort_unstable();
        literals.dedup();
        // A literal that holds another one is found with it.
        let short = literals.clone();
        literals.retain(|literal| !short.iter().any(|other| other != literal && literal.contains(other.as_str())));
        if anchors.is_empty() {
            return Self::Nothing;
        }
        let packed = packed::Config::new().match_kind(packed::MatchKind::LeftmostFirst).builder().extend(&literals).build();
        if let Some(searcher) = packed {
            return Self::Packed(searcher);
        }
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(&literals);
        automaton.map_or(Self::Nothing, Self::Automaton)
    }
}

/// The literal with its first letter in the other case.
fn capitalised(literal: &str) -> String {
    let mut characters = literal.chars();
    let Some(first) = characters.next() else { return String::new() };
    let other = if first.is_ascii_lowercase() { first.to_ascii_uppercase() } else { first.to_ascii_lowercase() };
    std::iter::once(other).chain(characters).collect()
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
        assert!(anchors.of_name("PROBRAND", false).is_none());
        assert!(anchors.of_string("//www.GoogleTagServices.com/tag/js/gpt.js").is_some());
        assert!(anchors.are_in(".Adsbygoogle {}"));
        assert!(!anchors.are_in("plain prose"));
    }
}

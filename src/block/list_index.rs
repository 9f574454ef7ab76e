//! Which requests can no rule concern? Tells it in a fraction of the matcher's time.
//!
//! Every blocking rule is filed under something that a URL must hold for the rule to match: a whole word, else the page's
//! domain, else a piece of text, else its regular expression. A request that meets no filed rule whose host, kind, domains
//! and longest piece fit is allowed without asking the matcher; all others are asked. So results are the matcher's
//! own: the index may say "perhaps" too often, never "no" wrongly.
//!
//! In: rules as the matcher parses them. Out: [`CandidateIndex::may_match`]. Linear in the URL.

use super::list_line::complete_regex;
use super::list_word::{self, Words};
use adblock::filters::network::{FilterPart, NetworkFilter, NetworkFilterMask, NetworkFilterMaskHelper};
use aho_corasick::AhoCorasick;
use regex::bytes::{RegexSet, RegexSetBuilder};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Bits of the table that tells most words apart without a look into the map.
const BLOOM_BITS: u32 = 20;
/// Bytes of the shortest piece that is searched for.
const SHORTEST_PIECE: usize = 3;

/// What a request looks like to the index.
pub(super) struct Asked<'r> {
    /// The URL in lower case.
    pub url: &'r str,
    /// The URL as it is.
    pub original: &'r str,
    /// Its host in lower case.
    pub host: &'r str,
    /// The bit of its kind.
    pub kind: NetworkFilterMask,
    /// The page's host and its parents, hashed as the matcher does.
    pub page: &'r [u64],
}

/// What must hold for a rule to match, as far as that is cheap to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub mask: u32,
    pub host: Piece,
    pub literal: Piece,
    pub domains: Piece,
}

/// A range of the text or of the domains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Piece {
    pub start: u32,
    pub len: u32,
}

/// The parts of an index that are kept on disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filed {
    pub text: String,
    pub domains: Vec<u64>,
    pub rules: Vec<Candidate>,
    /// Word (hashed) and rule, sorted.
    pub by_word: Vec<(u32, u32)>,
    /// Domain of the page (hashed) and rule, sorted.
    pub by_domain: Vec<(u32, u32)>,
    /// Rules found by their piece alone.
    pub by_piece: Vec<u32>,
    /// Rules that are regular expressions, with these.
    pub by_regex: Vec<(u32, String)>,
    /// Rules about which nothing can be said.
    pub always: Vec<u32>,
}

/// The index, ready to be asked.
#[derive(Debug)]
pub(super) struct CandidateIndex {
    filed: Filed,
    bloom: Box<[u64]>,
    words: FxHashMap<u32, (u32, u32)>,
    domains: FxHashMap<u32, (u32, u32)>,
    pieces: Option<AhoCorasick>,
    regexes: RegexSet,
    /// Could not be built: everything is asked.
    is_broken: bool,
}

impl CandidateIndex {
    pub fn new(filed: Filed) -> Self {
        let mut bloom = vec![0_u64; 1 << (BLOOM_BITS - 6)].into_boxed_slice();
        for (word, _) in &filed.by_word {
            let (at, bit) = bloom_place(*word);
            bloom[at] |= bit;
        }
        let texts = filed.by_piece.iter().map(|&rule| filed.piece(filed.rules[rule as usize].literal));
        let pieces = AhoCorasick::new(texts).ok();
        let regexes = RegexSetBuilder::new(filed.by_regex.iter().map(|(_, regex)| regex)).unicode(false).build().ok();
        let is_broken = pieces.is_none() || regexes.is_none();
        Self {
            bloom,
            words: ranges(&filed.by_word),
            domains: ranges(&filed.by_domain),
            pieces: pieces.filter(|_| !filed.by_piece.is_empty()),
            regexes: regexes.unwrap_or_default(),
            is_broken,
            filed,
        }
    }

    pub fn filed(&self) -> &Filed {
        &self.filed
    }

    /// May any rule match? "No" is sure.
    pub fn may_match(&self, asked: &Asked<'_>) -> bool {
        self.is_broken
            || self.filed.always.iter().any(|&rule| self.fits(rule, asked))
            || self.has_word(asked)
            || self.has_domain(asked)
            || self.has_piece(asked)
            || self.has_regex(asked)
    }

    fn has_word(&self, asked: &Asked<'_>) -> bool {
        Words::new(asked.url.as_bytes()).any(|word| {
            let (at, bit) = bloom_place(word);
            self.bloom[at] & bit != 0 && self.any_fits(&self.words, &self.filed.by_word, word, asked)
        })
    }

    fn has_domain(&self, asked: &Asked<'_>) -> bool {
        asked.page.iter().any(|&hash| self.any_fits(&self.domains, &self.filed.by_domain, short(hash), asked))
    }

    fn any_fits(
        &self,
        ranges: &FxHashMap<u32, (u32, u32)>,
        entries: &[(u32, u32)],
        key: u32,
        asked: &Asked<'_>,
    ) -> bool {
        let Some(&(start, end)) = ranges.get(&key) else { return false };
        entries[start as usize..end as usize].iter().any(|&(_, rule)| self.fits(rule, asked))
    }

    fn has_piece(&self, asked: &Asked<'_>) -> bool {
        let Some(pieces) = &self.pieces else { return false };
        let mut found = pieces.find_overlapping_iter(asked.url);
        found.any(|found| self.fits(self.filed.by_piece[found.pattern().as_usize()], asked))
    }

    fn has_regex(&self, asked: &Asked<'_>) -> bool {
        let holds = |url: &str| {
            let found = self.regexes.matches(url.as_bytes());
            found.iter().any(|at| self.fits(self.filed.by_regex[at].0, asked))
        };
        let is_found = |url: &str| self.regexes.is_match(url.as_bytes()) && holds(url);
        !self.regexes.is_empty() && (is_found(asked.url) || asked.original != asked.url && is_found(asked.original))
    }

    /// Do kind, host, domains and longest piece fit?
    fn fits(&self, rule: u32, asked: &Asked<'_>) -> bool {
        let rule = &self.filed.rules[rule as usize];
        let has = |text: &str, piece: Piece| {
            piece.len == 0 || memchr::memmem::find(text.as_bytes(), self.filed.piece(piece).as_bytes()).is_some()
        };
        NetworkFilterMask::from_bits_retain(rule.mask).intersects(asked.kind)
            && self.fits_page(rule.domains, asked)
            && has(asked.host, rule.host)
            && has(asked.url, rule.literal)
    }

    fn fits_page(&self, domains: Piece, asked: &Asked<'_>) -> bool {
        let domains = &self.filed.domains[domains.range()];
        domains.is_empty() || asked.page.iter().any(|hash| domains.binary_search(hash).is_ok())
    }
}

impl Piece {
    fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.start as usize + self.len as usize
    }
}

impl Filed {
    fn piece(&self, piece: Piece) -> &str {
        self.text.get(piece.range()).unwrap_or_default()
    }

    fn add_text(&mut self, text: &str) -> Piece {
        let start = count(self.text.len());
        self.text.push_str(text);
        Piece { start, len: count(text.len()) }
    }
}

/// Files rules.
#[derive(Default)]
pub(super) struct Filing {
    filed: Filed,
    /// Rules by the words that would do, to be filed under the rarest.
    waiting: Vec<(u32, Vec<u32>)>,
    uses: BTreeMap<u32, u32>,
}

impl Filing {
    /// Files a rule, if it can block or change a request.
    pub fn add(&mut self, filter: &NetworkFilter<'_>) {
        let is_idle = filter.is_exception() || filter.is_badfilter() || filter.is_csp() || filter.is_generic_hide();
        if is_idle || filter.is_redirect() && !filter.also_block_redirect() {
            return;
        }
        let rule = count(self.filed.rules.len());
        let words = list_word::sure_words(filter);
        let candidate = self.candidate(filter);
        self.filed.rules.push(candidate);
        let domains = filter.opt_domains.as_deref().unwrap_or_default();
        if domains.len() == 1 || words.is_empty() && !domains.is_empty() {
            self.filed.by_domain.extend(domains.iter().map(|&domain| (short(domain), rule)));
        } else if !words.is_empty() {
            words.iter().for_each(|&word| *self.uses.entry(word).or_default() += 1);
            self.waiting.push((rule, words));
        } else if candidate.literal.len as usize >= SHORTEST_PIECE {
            self.filed.by_piece.push(rule);
        } else {
            self.add_regex(filter, rule);
        }
    }

    fn add_regex(&mut self, filter: &NetworkFilter<'_>, rule: u32) {
        let text = filter.filter.string_view().filter(|_| filter.is_complete_regex());
        match text.as_deref().and_then(complete_regex) {
            Some(regex) => self.filed.by_regex.push((rule, regex)),
            None => self.filed.always.push(rule),
        }
    }

    fn candidate(&mut self, filter: &NetworkFilter<'_>) -> Candidate {
        let mut domains = filter.opt_domains.clone().unwrap_or_default();
        domains.sort_unstable();
        let start = count(self.filed.domains.len());
        self.filed.domains.extend(&domains);
        let param = filter.modifier_option.filter(|_| filter.is_removeparam()).map(str::to_ascii_lowercase);
        let literal = match &filter.filter {
            FilterPart::Simple(text) if !filter.is_complete_regex() => longest_piece(text),
            // Without the param there is nothing to take away.
            _ => param.as_deref().unwrap_or_default(),
        };
        Candidate {
            mask: filter.mask.bits(),
            host: self.filed.add_text(filter.hostname.as_deref().unwrap_or_default()),
            literal: self.filed.add_text(literal),
            domains: Piece { start, len: count(domains.len()) },
        }
    }

    /// The index.
    pub fn finish(mut self) -> Filed {
        for (rule, words) in self.waiting {
            let rarest =
                words.into_iter().min_by_key(|word| (list_word::is_common(*word), self.uses.get(word).copied()));
            self.filed.by_word.extend(rarest.map(|word| (word, rule)));
        }
        self.filed.by_word.sort_unstable();
        self.filed.by_domain.sort_unstable();
        self.filed
    }
}

/// The longest text between wildcards; a backslash may mean anything.
fn longest_piece(pattern: &str) -> &str {
    if pattern.contains('\\') {
        return "";
    }
    pattern.split(['*', '^']).max_by_key(|piece| piece.len()).unwrap_or_default()
}

fn ranges(entries: &[(u32, u32)]) -> FxHashMap<u32, (u32, u32)> {
    let mut ranges: FxHashMap<u32, (u32, u32)> = FxHashMap::default();
    for ((key, _), at) in entries.iter().zip(0_u32..) {
        ranges.entry(*key).or_insert((at, at)).1 = at + 1;
    }
    ranges
}

fn bloom_place(word: u32) -> (usize, u64) {
    let bit = word >> (32 - BLOOM_BITS);
    ((bit >> 6) as usize, 1 << (bit & 63))
}

#[expect(clippy::cast_possible_truncation, reason = "half of a hash is a hash")]
fn short(hash: u64) -> u32 {
    hash as u32
}

/// Lists are far smaller than 4 GiB; one that is not has its tail ignored by the reader.
fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

//! Words of URLs and of rules: runs of two or more ASCII letters and digits, hashed.
//!
//! A word of a rule is sure if every URL that the rule matches holds it as a whole word: it has something else on both
//! sides, or an anchor.

use adblock::filters::network::{FilterPart, NetworkFilter, NetworkFilterMask, NetworkFilterMaskHelper};
use std::sync::LazyLock;

/// Words that stand in so many URLs that they tell nothing.
const COMMON: [&str; 48] = [
    "https", "http", "www", "com", "net", "org", "io", "de", "uk", "co", "fr", "es", "it", "nl", "ru", "pl", "js",
    "css", "jpg", "jpeg", "png", "gif", "webp", "svg", "woff2", "html", "php", "wp", "content", "uploads", "images",
    "image", "img", "static", "assets", "cdn", "api", "min", "plugins", "themes", "includes", "script", "scripts",
    "id", "ads", "ad", "media", "google",
];

/// The words of a text, hashed.
pub(super) struct Words<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Words<'t> {
    pub fn new(text: &'t [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// The next word by its place and hash.
    fn next_place(&mut self) -> Option<(usize, usize, u32)> {
        loop {
            let start = self.at + self.text.get(self.at..)?.iter().position(u8::is_ascii_alphanumeric)?;
            let mut hash = SEED;
            self.at = start;
            while let Some(&byte) = self.text.get(self.at)
                && byte.is_ascii_alphanumeric()
            {
                hash = step(hash, byte);
                self.at += 1;
            }
            if self.at - start > 1 {
                return Some((start, self.at, finish(hash)));
            }
        }
    }
}

impl Iterator for Words<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.next_place().map(|(_, _, hash)| hash)
    }
}

const SEED: u32 = 0x811c_9dc5;

fn step(hash: u32, byte: u8) -> u32 {
    (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
}

/// Spreads the hash to its upper bits, which the index looks at first.
fn finish(hash: u32) -> u32 {
    (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d)
}

/// Does the word stand in many URLs?
pub(super) fn is_common(word: u32) -> bool {
    static HASHES: LazyLock<Vec<u32>> = LazyLock::new(|| {
        let mut hashes: Vec<u32> = COMMON.iter().flat_map(|word| Words::new(word.as_bytes())).collect();
        hashes.sort_unstable();
        hashes
    });
    HASHES.binary_search(&word).is_ok()
}

/// The words that every URL holds that the rule matches.
pub(super) fn sure_words(filter: &NetworkFilter<'_>) -> Vec<u32> {
    let mut sure = Vec::new();
    if let Some(host) = filter.hostname.as_deref() {
        // `||ads*`: what follows the host may go on with the same word.
        let is_open = filter.mask.contains(NetworkFilterMask::IS_HOSTNAME_REGEX);
        add_sure(host, true, !is_open, &mut sure);
    }
    if let FilterPart::Simple(text) = &filter.filter
        && !filter.is_complete_regex()
        && !text.contains('\\')
    {
        // After a host the pattern goes on in the middle of things.
        let is_first = filter.is_left_anchor() && filter.hostname.is_none();
        add_sure(text, is_first, filter.is_right_anchor(), &mut sure);
    }
    sure.sort_unstable();
    sure.dedup();
    sure
}

fn add_sure(text: &str, has_start: bool, has_end: bool, sure: &mut Vec<u32>) {
    let bytes = text.as_bytes();
    let mut words = Words::new(bytes);
    while let Some((start, end, hash)) = words.next_place() {
        let is_begun = if start == 0 { has_start } else { bytes[start - 1] != b'*' };
        let is_ended = bytes.get(end).map_or(has_end, |&next| next != b'*');
        if is_begun && is_ended {
            sure.push(hash);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use adblock::lists::ParseOptions;

    fn words(rule: &str) -> Vec<u32> {
        sure_words(&NetworkFilter::parse(rule, false, ParseOptions::default()).unwrap())
    }

    fn of(text: &str) -> Vec<u32> {
        let mut words: Vec<u32> = Words::new(text.as_bytes()).collect();
        words.sort_unstable();
        words
    }

    #[test]
    fn only_whole_words_are_sure() {
        assert_eq!(words("||ads.example.com^"), of("ads example com"));
        assert_eq!(words("||ads.example.com/banner/"), of("ads example com banner"));
        assert_eq!(words("banner/ads/top"), of("ads"), "the first and the last may go on");
        assert_eq!(words("|https://ads.example/x"), of("https ads example"));
        assert_eq!(words("/banner.gif|"), of("banner gif"));
        assert_eq!(words("||ads*.example^"), of("example"));
        assert_eq!(words("/a*banner*/big^"), of("big"));
        assert_eq!(words(r"/\/ads\/\d+/$script"), of(""));
        assert_eq!(words("||example.com/ads*banner/"), of("example com"));
    }
}

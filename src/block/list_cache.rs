//! Compiled lists on disk, so that a start costs milliseconds.
//!
//! A file is named after its content: the lists, how far each is trusted, and the versions of the formats. What was
//! compiled from other lists or by another version is never read. A file that is damaged is compiled anew; one that cannot
//! be written costs time and nothing else. The folder must be as trusted as the program: what stands in it decides.

use super::filter_lists::FilterLists;
use super::list::FilterList;
use super::list_index::{Candidate, Filed, Piece};
use super::list_line::Trust;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

/// Changes with the layout of the file, with what is compiled into it, and with the matcher.
const FORMAT: &[u8; 32] = b"adsieve lists 1, adblock 0.13.5\n";
/// Bytes of a SHA-256.
const DIGEST: usize = 32;

impl FilterLists {
    /// Lists as [`FilterLists::new`] compiles them, from a folder that keeps what was compiled before.
    ///
    /// The folder is made if need be. Lists that come from it have no [`FilterLists::mistakes`].
    #[must_use]
    pub fn cached(lists: &[FilterList], folder: &Path) -> Self {
        let file = folder.join(format!("adsieve-lists-{}.bin", key(lists)));
        let names: Vec<Arc<str>> = lists.iter().map(|list| list.name.clone()).collect();
        if let Some(known) = fs::read(&file).ok().and_then(|bytes| load(&bytes, names)) {
            return known;
        }
        let compiled = Self::new(lists);
        // Without a cache all works as well, only slower.
        let _ = fs::create_dir_all(folder).and_then(|()| store(&compiled, &file));
        compiled
    }
}

/// The first half of the hash of all that decides what is compiled, in hexadecimal.
fn key(lists: &[FilterList]) -> String {
    let mut hash = Sha256::new();
    hash.update(FORMAT);
    for list in lists {
        let trust = match list.trust {
            Trust::Plain => 0_u8,
            Trust::Trusted => 1,
            Trust::BuiltIn => 2,
        };
        hash.update([trust]);
        hash.update((list.text.len() as u64).to_le_bytes());
        hash.update(list.text.as_bytes());
    }
    hash.finalize()[..DIGEST / 2].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Written beside and renamed: a reader sees a whole file or none.
fn store(lists: &FilterLists, file: &Path) -> std::io::Result<()> {
    let mut body = Vec::new();
    write_filed(lists.index.filed(), &mut body);
    let matcher = lists.matcher.serialize();
    put_count(matcher.len(), &mut body);
    body.extend_from_slice(&matcher);
    let beside = file.with_extension(format!("{}.new", std::process::id()));
    let mut out = fs::File::create(&beside)?;
    out.write_all(FORMAT)?;
    out.write_all(&Sha256::digest(&body))?;
    out.write_all(&body)?;
    drop(out);
    fs::rename(&beside, file)
}

fn load(bytes: &[u8], names: Vec<Arc<str>>) -> Option<FilterLists> {
    let rest = bytes.strip_prefix(FORMAT.as_slice())?;
    let (digest, body) = rest.split_at_checked(DIGEST)?;
    if Sha256::digest(body)[..] != *digest {
        return None;
    }
    let mut reader = Reader { bytes: body };
    let filed = reader.filed()?;
    let length = reader.count()?;
    let mut matcher = adblock::Engine::default();
    matcher.deserialize(reader.take(length)?).ok()?;
    Some(FilterLists::from_parts(matcher, filed, names))
}

fn put(number: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn put_count(count: usize, out: &mut Vec<u8>) {
    // Longer parts are refused when they are read back: the count does not fit what follows.
    put(u32::try_from(count).unwrap_or(u32::MAX), out);
}

fn put_text(text: &str, out: &mut Vec<u8>) {
    put_count(text.len(), out);
    out.extend_from_slice(text.as_bytes());
}

fn put_pairs(pairs: &[(u32, u32)], out: &mut Vec<u8>) {
    put_count(pairs.len(), out);
    pairs.iter().for_each(|&(key, rule)| {
        put(key, out);
        put(rule, out);
    });
}

fn put_numbers(numbers: &[u32], out: &mut Vec<u8>) {
    put_count(numbers.len(), out);
    numbers.iter().for_each(|&number| put(number, out));
}

fn write_filed(filed: &Filed, out: &mut Vec<u8>) {
    let Filed { text, domains, rules, by_word, by_domain, by_piece, by_regex, always } = filed;
    put_text(text, out);
    put_count(domains.len(), out);
    domains.iter().for_each(|domain| out.extend_from_slice(&domain.to_le_bytes()));
    put_count(rules.len(), out);
    for rule in rules {
        put(rule.mask, out);
        for piece in [rule.host, rule.literal, rule.domains] {
            put(piece.start, out);
            put(piece.len, out);
        }
    }
    put_pairs(by_word, out);
    put_pairs(by_domain, out);
    put_numbers(by_piece, out);
    put_numbers(always, out);
    put_count(by_regex.len(), out);
    for (rule, regex) in by_regex {
        put(*rule, out);
        put_text(regex, out);
    }
}

/// What is left of a file; every read is checked.
struct Reader<'b> {
    bytes: &'b [u8],
}

impl<'b> Reader<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn count(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    fn text(&mut self) -> Option<String> {
        let length = self.count()?;
        String::from_utf8(self.take(length)?.to_vec()).ok()
    }

    fn all<T>(&mut self, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.count()?;
        // A count is no promise: nothing is reserved for it.
        (0..count).map(|_| one(self)).collect()
    }

    fn pair(&mut self) -> Option<(u32, u32)> {
        Some((self.number()?, self.number()?))
    }

    fn piece(&mut self) -> Option<Piece> {
        Some(Piece { start: self.number()?, len: self.number()? })
    }

    fn candidate(&mut self) -> Option<Candidate> {
        Some(Candidate { mask: self.number()?, host: self.piece()?, literal: self.piece()?, domains: self.piece()? })
    }

    fn filed(&mut self) -> Option<Filed> {
        let domain = |reader: &mut Self| Some(u64::from_le_bytes(reader.take(8)?.try_into().ok()?));
        Some(Filed {
            text: self.text()?,
            domains: self.all(domain)?,
            rules: self.all(Self::candidate)?,
            by_word: self.all(Self::pair)?,
            by_domain: self.all(Self::pair)?,
            by_piece: self.all(Self::number)?,
            always: self.all(Self::number)?,
            by_regex: self.all(|reader| Some((reader.number()?, reader.text()?)))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::{Request, RequestKind};

    fn lists() -> Vec<FilterList> {
        let text = "||ads.example^\n/banner/ad_\n-x$domain=a.example|b.example\n/^https:..r[0-9]\\./$script\n##.ad\n";
        vec![FilterList::new("mine.txt", text)]
    }

    fn folder(name: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("adsieve-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn what_is_read_back_is_what_was_compiled() {
        let folder = folder("cache");
        let fresh = FilterLists::cached(&lists(), &folder);
        let kept = FilterLists::cached(&lists(), &folder);
        assert_eq!(fresh.index.filed(), kept.index.filed());
        let request = Request::new("https://x.ads.example/a.js").with_kind(RequestKind::Script);
        assert_eq!(fresh.check(&request), kept.check(&request));
        assert_eq!(kept.check(&request).rule.unwrap().to_string(), "||ads.example^ (mine.txt:1)");
        let other = [FilterList::new("mine.txt", "||other.example^")];
        assert!(!FilterLists::cached(&other, &folder).check(&request).is_block(), "other lists, another file");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_damaged_file_is_compiled_anew() {
        let folder = folder("damage");
        let fresh = FilterLists::cached(&lists(), &folder);
        let file = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
        let whole = fs::read(&file).unwrap();
        for cut in [0, 10, 40, 70, whole.len() / 2, whole.len() - 1] {
            fs::write(&file, &whole[..cut]).unwrap();
            assert_eq!(FilterLists::cached(&lists(), &folder).len(), fresh.len());
        }
        assert_eq!(fs::read(&file).unwrap().len(), whole.len());
        fs::remove_dir_all(folder).unwrap();
    }
}

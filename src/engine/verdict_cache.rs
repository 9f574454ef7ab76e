//! Verdicts that were reached before: the same snippet stands on every page of a site, and a proxy sees it every time.
//!
//! In: all that a verdict depends on, as a digest. Out: the verdict. Two generations: when the younger is full, the older
//! is forgotten. Bounded, whatever pages hold; the digest is one that nobody can find a second script for.

use super::court::Judged;
use crate::block::ScriptVerdict;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};
use std::sync::{Mutex, PoisonError};

/// Verdicts and cuts that one generation holds: some 2 MiB.
const ROOM: usize = 16_384;

/// What a verdict depends on beside the engine.
pub(super) type Key = [u8; 32];

/// The digest of a script, of the scripts that define what it uses, and of the site.
pub(super) fn key(script: &Judged<'_>, definers: &[&str], host: Option<&str>) -> Key {
    let mut digest = Sha256::new();
    let mut add = |text: &str| {
        digest.update((text.len() as u64).to_le_bytes());
        digest.update(text);
    };
    add(host.unwrap_or_default());
    add(if script.is_module { "module" } else { "script" });
    definers.iter().for_each(|before| add(before));
    add(script.code);
    digest.finalize().into()
}

/// How often all was forgotten before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Time(u64);

/// The key of a verdict that depends on where the page is, too: the script writes markup with URLs relative to it.
pub(super) fn key_at(key: &Key, url: Option<&str>) -> Key {
    Sha256::new().chain_update(key).chain_update(url.unwrap_or_default()).finalize().into()
}

/// Verdicts by what they depend on.
#[derive(Debug, Default)]
pub(super) struct VerdictCache {
    generations: Mutex<Generations>,
}

#[derive(Debug, Default)]
struct Generations {
    young: FxHashMap<Key, ScriptVerdict>,
    old: FxHashMap<Key, ScriptVerdict>,
    /// What the younger one holds.
    weight: usize,
    time: Time,
}

impl VerdictCache {
    /// The verdict, or the time to tell when it was reached.
    pub(super) fn get(&self, key: &Key) -> Result<ScriptVerdict, Time> {
        let mut all = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(verdict) = all.young.get(key) {
            return Ok(verdict.clone());
        }
        // What is asked for again stays.
        let verdict = all.old.remove(key).ok_or(all.time)?;
        all.add(*key, verdict.clone());
        Ok(verdict)
    }

    /// Keeps a verdict, unless all were forgotten since `asked`.
    pub(super) fn put(&self, key: Key, verdict: ScriptVerdict, asked: Time) {
        let mut all = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if all.time == asked {
            all.add(key, verdict);
        }
    }

    /// Forgets all: the engine judges by other lists from now on.
    pub(super) fn clear(&self) {
        let mut all = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        *all = Generations { time: Time(all.time.0 + 1), ..Generations::default() };
    }
}

impl Generations {
    fn add(&mut self, key: Key, verdict: ScriptVerdict) {
        let weight = 1 + verdict.cuts.len();
        if weight > ROOM / 4 {
            return;
        }
        if self.weight + weight > ROOM {
            self.old = std::mem::take(&mut self.young);
            self.weight = 0;
        }
        self.weight += weight;
        self.young.insert(key, verdict);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_s_own_key_is_no_other_page_s() {
        let key = key_of("a", &[], None);
        let keys = [key, key_at(&key, None), key_at(&key, Some("https://a.example/"))];
        assert!(keys[0] != keys[1] && keys[1] != keys[2] && keys[0] != keys[2]);
    }

    fn key_of(code: &str, definers: &[&str], host: Option<&str>) -> Key {
        key(&Judged { code, ..Judged::default() }, definers, host)
    }

    #[test]
    fn keys_tell_texts_apart_wherever_they_are_split() {
        let keys = [
            key_of("ab", &[], None),
            key_of("b", &["a"], None),
            key_of("", &["ab"], None),
            key_of("", &["a", "b"], None),
            key_of("b", &[], Some("a")),
            key(&Judged { code: "ab", is_module: true, ..Judged::default() }, &[], None),
        ];
        for (at, key) in keys.iter().enumerate() {
            assert!(!keys[..at].contains(key), "{at}");
        }
    }

    #[test]
    fn what_is_asked_for_stays_and_the_rest_is_forgotten() {
        let cache = VerdictCache::default();
        let kept = key_of("kept", &[], None);
        cache.put(kept, ScriptVerdict { remark: Some("kept"), ..ScriptVerdict::default() }, Time(0));
        for at in 0..3 * ROOM {
            cache.put(key_of(&at.to_string(), &[], None), ScriptVerdict::default(), Time(0));
            assert_eq!(cache.get(&kept).map(|verdict| verdict.remark), Ok(Some("kept")));
        }
        assert_eq!(cache.get(&key_of("0", &[], None)), Err(Time(0)));
        let all = cache.generations.lock().unwrap();
        assert!(all.young.len() + all.old.len() <= 2 * ROOM);
    }

    #[test]
    fn what_was_judged_by_other_lists_is_not_kept() {
        let cache = VerdictCache::default();
        let key = key_of("a", &[], None);
        let asked = cache.get(&key).unwrap_err();
        cache.clear();
        cache.put(key, ScriptVerdict::default(), asked);
        assert!(cache.get(&key).is_err());
    }
}

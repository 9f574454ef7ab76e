//! The elements whose end tag has not come.
//!
//! End tags are matched by name; what is open inside of an element ends with it. An end tag that belongs to no
//! open element costs no search, so time is linear in the tags, and the elements that are kept are bounded.

use rustc_hash::FxHashMap;

/// Elements that are kept; deeper ones have no end.
const MAX_OPEN: usize = 16 << 10;

#[derive(Debug, Default)]
pub(super) struct OpenElements {
    open: Vec<Open>,
    /// How many of each name are open.
    counts: FxHashMap<u64, u32>,
}

#[derive(Debug)]
struct Open {
    key: u64,
    /// Where its start tag stands, if somebody waits for its end.
    watched: Option<usize>,
}

impl OpenElements {
    /// Takes a start tag in, by the key of its name.
    pub fn start(&mut self, key: u64, watched: Option<usize>) {
        if self.open.len() < MAX_OPEN {
            self.open.push(Open { key, watched });
            *self.counts.entry(key).or_default() += 1;
        }
    }

    /// Takes an end tag in. `ended` is told the start of each watched element that ends here, the innermost first, and
    /// whether the end tag is its own.
    pub fn end(&mut self, key: u64, ended: &mut dyn FnMut(usize, bool)) {
        if self.counts.get(&key).is_none_or(|count| *count == 0) {
            return;
        }
        while let Some(open) = self.open.pop() {
            if let Some(count) = self.counts.get_mut(&open.key) {
                *count -= 1;
            }
            if let Some(start) = open.watched {
                ended(start, open.key == key);
            }
            if open.key == key {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_end_with_what_they_stand_in() {
        let mut open = OpenElements::default();
        for (key, watched) in [(1, Some(10)), (2, Some(20)), (1, None), (3, Some(30))] {
            open.start(key, watched);
        }
        let mut ended = Vec::new();
        open.end(4, &mut |start, is_own| ended.push((start, is_own)));
        assert!(ended.is_empty(), "it ends nothing");
        open.end(1, &mut |start, is_own| ended.push((start, is_own)));
        open.end(1, &mut |start, is_own| ended.push((start, is_own)));
        assert_eq!(ended, [(30, false), (20, false), (10, true)]);
    }

    #[test]
    fn many_open_elements_are_bounded() {
        let mut open = OpenElements::default();
        (0..MAX_OPEN + 9).for_each(|at| open.start(1, Some(at)));
        let mut count = 0;
        (0..MAX_OPEN + 9).for_each(|_| open.end(1, &mut |_, _| count += 1));
        assert_eq!(count, MAX_OPEN);
    }
}

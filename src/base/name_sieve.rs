//! A sieve for names: tells most that are not in a set by two facts about each.

/// The lengths of the names of a set, one bit each, by their first byte.
#[derive(Debug)]
pub(crate) struct NameSieve {
    lengths: [u64; 256],
}

impl NameSieve {
    /// The sieve of no names.
    pub(crate) fn new() -> Self {
        Self { lengths: [0; 256] }
    }

    /// Lets a name through from now on.
    pub(crate) fn add(&mut self, name: &str) {
        self.lengths[first_byte(name)] |= length_bit(name);
    }

    /// May the name be one of the set? Where not, no look into the set is needed.
    pub(crate) fn may_hold(&self, name: &str) -> bool {
        self.lengths[first_byte(name)] & length_bit(name) != 0
    }
}

fn first_byte(name: &str) -> usize {
    usize::from(name.as_bytes().first().copied().unwrap_or_default())
}

fn length_bit(name: &str) -> u64 {
    1 << (name.len() % 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_set_pass_and_most_others_do_not() {
        let mut sieve = NameSieve::new();
        ["slot", "adUnits"].iter().for_each(|name| sieve.add(name));
        assert!(sieve.may_hold("slot") && sieve.may_hold("adUnits"));
        assert!(!sieve.may_hold("slots") && !sieve.may_hold("bids") && !sieve.may_hold(""));
    }
}

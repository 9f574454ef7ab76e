//! Hosts whose connections are passed through unread: those that are named, those that are shipped, and those that were
//! learned because intercepting them failed.
//!
//! A program that knows its server's certificate beforehand, or a server that asks for a certificate of the client, does not
//! work through any interception. Such hosts are learned by their failure and passed for a while; each further failure
//! doubles the while.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const SHIPPED: &str = include_str!("passthrough.txt");
/// How long a host is passed after its first failure.
const FIRST: Duration = Duration::from_secs(10 * 60);
/// The longest time.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
/// Hosts that are learned at most.
const LEARNED: usize = 5_000;
/// So many connections in a row on which a client took our certificate and left at once: it checks by itself.
const SILENT: u32 = 3;

/// Why intercepting a host failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// The client does not take our certificate: it knows the server's, or does not trust our authority.
    ClientRefuses,
    /// The client takes our certificate, looks at it by itself, and leaves without a word.
    ClientLeaves,
    /// The server asks for a certificate of the client.
    AsksForCertificate,
}

impl FailureKind {
    /// In words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::ClientRefuses => "the client does not take the certificate",
            Self::ClientLeaves => "the client leaves once it has seen the certificate",
            Self::AsksForCertificate => "the server asks for a client certificate",
        }
    }
}

/// A host that was learned.
#[derive(Clone, Debug)]
pub(crate) struct LearnedHost {
    /// Its name.
    pub(crate) host: String,
    /// Why.
    pub(crate) why: FailureKind,
    /// How long it is still passed.
    pub(crate) left: Duration,
}

#[derive(Clone, Copy, Debug)]
struct Learned {
    why: FailureKind,
    until: Instant,
    lasts: Duration,
}

/// All hosts that are passed through.
#[derive(Debug, Default)]
pub(crate) struct Passthrough {
    named: BTreeSet<String>,
    learned: Mutex<HashMap<String, Learned>>,
    /// Connections in a row without a word, by host; `None` once somebody has asked for something.
    silent: Mutex<HashMap<String, Option<u32>>>,
}

impl Passthrough {
    /// These hosts with all below them, and the shipped ones if `with_shipped`.
    pub(crate) fn new<'h>(hosts: impl IntoIterator<Item = &'h str>, with_shipped: bool) -> Self {
        let shipped = SHIPPED.lines().filter(|line| with_shipped && !line.starts_with('#'));
        let named = hosts.into_iter().chain(shipped).map(plain).filter(|host| !host.is_empty()).collect();
        Self { named, learned: Mutex::default(), silent: Mutex::default() }
    }

    /// Is the host passed through now?
    pub(crate) fn passes(&self, host: &str) -> bool {
        let host = plain(host);
        let mut rest = Some(&*host);
        while let Some(name) = rest {
            if self.named.contains(name) {
                return true;
            }
            rest = name.split_once('.').map(|(_, parent)| parent);
        }
        let learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        learned.get(&host).is_some_and(|learned| learned.until > Instant::now())
    }

    /// Intercepting the host failed: it passes from now on, and for how long.
    pub(crate) fn learn(&self, host: &str, why: FailureKind) -> Duration {
        let now = Instant::now();
        let mut learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        if learned.len() >= LEARNED {
            learned.retain(|_, one| one.until > now);
            if learned.len() >= LEARNED {
                return Duration::ZERO;
            }
        }
        let before = learned.get(&plain(host)).copied();
        let lasts = match before {
            // Connections that were under way fail at the same time as the first one.
            Some(one) if one.until > now => one.lasts,
            Some(one) => (one.lasts * 2).min(LONGEST),
            None => FIRST,
        };
        learned.insert(plain(host), Learned { why, until: now + lasts, lasts });
        lasts
    }

    /// A client took the certificate and left at once, without a word: has this now happened often enough to learn from?
    ///
    /// Never for a host of which somebody has asked something: browsers open connections that they then do not need.
    pub(crate) fn doubts(&self, host: &str) -> bool {
        let mut silent = self.silent();
        match silent.entry(plain(host)).or_insert(Some(0)) {
            Some(count) => {
                *count += 1;
                *count >= SILENT
            }
            None => false,
        }
    }

    /// Intercepting the host worked, for somebody has asked for something: what was learned from clients is forgotten.
    pub(crate) fn forget(&self, host: &str) {
        self.silent().insert(plain(host), None);
        let mut learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        learned.retain(|known, one| one.why == FailureKind::AsksForCertificate || *known != plain(host));
    }

    fn silent(&self) -> MutexGuard<'_, HashMap<String, Option<u32>>> {
        let mut silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        if silent.len() >= LEARNED {
            // Rarely reached; what counts is what happens in a row.
            silent.clear();
        }
        silent
    }

    /// The learned hosts that are passed now, by name.
    pub(crate) fn learned(&self) -> Vec<LearnedHost> {
        let now = Instant::now();
        let learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = learned.iter().filter(|(_, one)| one.until > now);
        let mut all: Vec<LearnedHost> =
            passed.map(|(host, one)| LearnedHost { host: host.clone(), why: one.why, left: one.until - now }).collect();
        all.sort_by(|one, other| one.host.cmp(&other.host));
        all
    }
}

fn plain(host: &str) -> String {
    let host = host.trim();
    host.strip_prefix("*.").unwrap_or(host).trim_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_hosts_pass_with_all_below_them() {
        let hosts = Passthrough::new(["bank.example", "*.Own.example."], true);
        for host in ["bank.example", "www.bank.example", "own.example", "A.B.OWN.example", "www.paypal.com"] {
            assert!(hosts.passes(host), "{host}");
        }
        for host in ["notbank.example", "example", "bank.example.org", "", "."] {
            assert!(!hosts.passes(host), "{host}");
        }
        assert!(!Passthrough::new([], false).passes("paypal.com"));
    }

    #[test]
    fn a_failure_is_remembered_for_a_while_and_forgotten_by_a_success() {
        let hosts = Passthrough::new([], false);
        assert_eq!(hosts.learn("Pinned.example", FailureKind::ClientRefuses), FIRST);
        assert_eq!(hosts.learn("pinned.example", FailureKind::ClientRefuses), FIRST, "at the same time");
        assert!(hosts.passes("pinned.example") && !hosts.passes("www.pinned.example"));
        assert_eq!(hosts.learned()[0].host, "pinned.example");
        let expire = || hosts.learned.lock().unwrap().get_mut("pinned.example").unwrap().until = Instant::now();
        expire();
        assert!(!hosts.passes("pinned.example") && hosts.learned().is_empty());
        assert_eq!(hosts.learn("pinned.example", FailureKind::ClientRefuses), FIRST * 2);
        hosts.forget("pinned.example");
        assert!(!hosts.passes("pinned.example"));
    }

    #[test]
    fn clients_that_leave_are_learned_from_unless_the_host_has_worked() {
        let hosts = Passthrough::new([], false);
        assert_eq!([(); 3].map(|()| hosts.doubts("pinned.example")), [false, false, true]);
        hosts.doubts("news.example");
        hosts.forget("news.example");
        assert_eq!([(); 4].map(|()| hosts.doubts("news.example")), [false; 4]);
    }

    #[test]
    fn the_shipped_list_is_tidy() {
        for line in SHIPPED.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            assert_eq!(line, plain(line));
            assert!(line.contains('.') && !line.contains(' '), "{line}");
        }
    }
}

//! Content security policies that allow inline scripts by hash: an edited script needs its new hash there.

use crate::base::base64;
use sha2::{Digest, Sha256};

/// The hash of an inline script, as policies write it.
pub(super) fn script_hash(code: &[u8]) -> String {
    format!("sha256-{}", base64::pack(&Sha256::digest(code)))
}

/// Does the policy allow inline scripts by hash?
pub(super) fn has_hashes(policy: &str) -> bool {
    ["'sha256-", "'sha384-", "'sha512-"].iter().any(|prefix| policy.contains(prefix))
}

/// A policy that allows what edited scripts have become, beside what it allowed before.
///
/// `hashes` are those of [`Rewritten::hashes`](super::Rewritten::hashes). Nothing is taken away: a policy that does
/// not name the old hash stays as it is.
///
/// ```
/// let hashes = [("sha256-old=".to_owned(), "sha256-new=".to_owned())];
/// let policy = adsieve::with_new_hashes("script-src 'self' 'sha256-old='", &hashes);
/// assert_eq!(policy, "script-src 'self' 'sha256-old=' 'sha256-new='");
/// ```
#[must_use]
pub fn with_new_hashes(policy: &str, hashes: &[(String, String)]) -> String {
    let add = |policy: String, (old, new): &(String, String)| {
        policy.replace(&format!("'{old}'"), &format!("'{old}' '{new}'"))
    };
    hashes.iter().fold(policy.to_owned(), add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_written_as_policies_write_them() {
        assert_eq!(script_hash(b"alert('Hello, world.');"), "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=");
        assert!(has_hashes("script-src 'sha384-x'") && !has_hashes("script-src 'nonce-x'"));
    }
}

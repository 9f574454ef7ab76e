//! Who may use the proxy: by address, by name and password.

use super::address::Block;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::net::IpAddr;

/// Who may use the proxy.
#[derive(Clone, Debug, Default)]
pub(crate) struct Access {
    /// Addresses of clients, beside loopback.
    nets: Vec<Block>,
    /// `Basic` credentials as clients send them; none: everyone of these addresses.
    credentials: Vec<Vec<u8>>,
}

impl Access {
    /// Clients of these networks and of this machine, if they know one of these `user:password` lines, where there are any.
    pub(crate) fn new(nets: Vec<Block>, logins: &[String]) -> Self {
        let credentials = logins.iter().map(|login| BASE64_STANDARD.encode(login).into_bytes()).collect();
        Self { nets, credentials }
    }

    /// May the client connect? With passwords and without networks every address may try.
    pub(crate) fn may_connect(&self, client: IpAddr) -> bool {
        let client = client.to_canonical();
        let is_listed = client.is_loopback() || self.nets.iter().any(|net| net.holds(client));
        is_listed || self.nets.is_empty() && !self.credentials.is_empty()
    }

    /// Is the `Proxy-Authorization` field enough?
    pub(crate) fn is_authorised(&self, field: Option<&[u8]>) -> bool {
        if self.credentials.is_empty() {
            return true;
        }
        let Some((scheme, given)) = field.and_then(|field| field.split_at_checked(6)) else { return false };
        let given = given.trim_ascii();
        // Every one is compared, so that the time tells nothing.
        let known = self.credentials.iter().fold(false, |known, one| known | is_equal(one, given));
        scheme.eq_ignore_ascii_case(b"basic ") && known
    }
}

/// Compares in a time that depends on the length of `given` alone.
fn is_equal(own: &[u8], given: &[u8]) -> bool {
    let difference = given.iter().enumerate().fold(own.len() ^ given.len(), |difference, (at, byte)| {
        difference | usize::from(byte ^ own.get(at).copied().unwrap_or_default())
    });
    difference == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_may_always_connect_and_others_if_they_are_named() {
        let access = Access::new(vec!["192.168.1.0/24".parse().unwrap()], &[]);
        let may = |address: &str| access.may_connect(address.parse().unwrap());
        assert!(may("127.0.0.1") && may("::1") && may("192.168.1.7") && may("::ffff:192.168.1.7"));
        assert!(!may("192.168.2.7") && !may("8.8.8.8"));
        assert!(!Access::default().may_connect("8.8.8.8".parse().unwrap()));
        assert!(Access::new(vec![], &["a:b".into()]).may_connect("8.8.8.8".parse().unwrap()));
    }

    #[test]
    fn passwords_are_compared_whole() {
        let access = Access::new(vec![], &["me:secret".into(), "you:other".into()]);
        // `me:secret` and `you:other`, `me:secre`.
        assert!(access.is_authorised(Some(b"Basic bWU6c2VjcmV0")));
        assert!(access.is_authorised(Some(b"basic  eW91Om90aGVy")));
        assert!(!access.is_authorised(Some(b"Basic bWU6c2VjcmU=")));
        assert!(!access.is_authorised(Some(b"Bearer bWU6c2VjcmV0")));
        assert!(!access.is_authorised(Some(b"")) && !access.is_authorised(None));
        assert!(Access::default().is_authorised(None));
    }
}

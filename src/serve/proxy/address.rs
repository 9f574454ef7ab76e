//! Which addresses the proxy may ask, and who may ask the proxy.
//!
//! A page must not reach what its visitor's machine reaches and the page does not: the machine itself, the network that it
//! stands in, the metadata of a cloud. Names are resolved first and the addresses judged, so no name helps.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A block of addresses: `10.0.0.0/8`, `::1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    address: IpAddr,
    prefix: u8,
}

impl Block {
    const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Self {
        Self { address: IpAddr::V4(Ipv4Addr::new(a, b, c, d)), prefix }
    }

    const fn v6(first: u16, second: u16, prefix: u8) -> Self {
        Self { address: IpAddr::V6(Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0)), prefix }
    }

    /// Is the address in it?
    pub(crate) fn holds(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                is_same(own.to_bits().into(), other.to_bits().into(), self.prefix, 32)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => is_same(own.to_bits(), other.to_bits(), self.prefix, 128),
            _ => false,
        }
    }
}

fn is_same(own: u128, other: u128, prefix: u8, width: u8) -> bool {
    let shift = u32::from(width - prefix);
    own.checked_shr(shift).unwrap_or(0) == other.checked_shr(shift).unwrap_or(0)
}

impl FromStr for Block {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(head, tail)| (head, Some(tail)));
        let wrong = || format!("`{text}` is no address or block of addresses, as `10.0.0.0/8`");
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(width), str::parse).map_err(|_| wrong())?;
        if prefix > width { Err(wrong()) } else { Ok(Self { address, prefix }) }
    }
}

impl fmt::Display for Block {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.address, self.prefix)
    }
}

/// What is not the public network, by the IANA registries of special addresses (RFC 6890), and what clouds keep there.
const NOT_PUBLIC: [Block; 26] = [
    Block::v4(0, 0, 0, 0, 8),
    Block::v4(10, 0, 0, 0, 8),
    // Shared by carriers; one cloud's metadata stands in it.
    Block::v4(100, 64, 0, 0, 10),
    Block::v4(127, 0, 0, 0, 8),
    // The metadata of most clouds.
    Block::v4(169, 254, 0, 0, 16),
    Block::v4(172, 16, 0, 0, 12),
    Block::v4(192, 0, 0, 0, 24),
    Block::v4(192, 0, 2, 0, 24),
    Block::v4(192, 88, 99, 0, 24),
    Block::v4(192, 168, 0, 0, 16),
    Block::v4(198, 18, 0, 0, 15),
    Block::v4(198, 51, 100, 0, 24),
    Block::v4(203, 0, 113, 0, 24),
    Block::v4(224, 0, 0, 0, 4),
    Block::v4(240, 0, 0, 0, 4),
    // Unspecified, loopback, and IPv4 in its old forms.
    Block::v6(0, 0, 32),
    // Translated from IPv4 on a network of one's own; the public translation is looked into.
    Block::v6(0x64, 0xff9b, 32),
    Block::v6(0x100, 0, 64),
    // Tunnels that hold IPv4 addresses: Teredo and 6to4; benchmarks and documentation beside them.
    Block::v6(0x2001, 0, 23),
    Block::v6(0x2001, 0xdb8, 32),
    Block::v6(0x2002, 0, 16),
    Block::v6(0x3fff, 0, 20),
    Block::v6(0x5f00, 0, 16),
    Block::v6(0xfc00, 0, 7),
    Block::v6(0xfe00, 0, 9),
    Block::v6(0xfe80, 0, 9),
];

/// Decides which addresses may be asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct AddressGuard {
    /// Allowed beside the public ones.
    allowed: Vec<Block>,
}

impl AddressGuard {
    /// A guard that lets these blocks pass too.
    pub(crate) fn new(allowed: Vec<Block>) -> Self {
        Self { allowed }
    }

    /// May the proxy connect to it?
    pub(crate) fn may_ask(&self, address: IpAddr) -> bool {
        // What stands inside of an IPv6 address is reached by it.
        let address = translated(address).unwrap_or_else(|| address.to_canonical());
        self.allowed.iter().any(|block| block.holds(address)) || is_public(address)
    }
}

/// The IPv4 address behind `64:ff9b::/96`, by which networks without IPv4 reach it (RFC 6052).
fn translated(address: IpAddr) -> Option<IpAddr> {
    let IpAddr::V6(address) = address else { return None };
    let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = address.segments() else { return None };
    Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)).into())
}

fn is_public(address: IpAddr) -> bool {
    let is_multicast = address.is_multicast();
    !is_multicast && !NOT_PUBLIC.iter().any(|block| block.holds(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may_ask(allowed: &[&str], address: &str) -> bool {
        let guard = AddressGuard::new(allowed.iter().map(|block| block.parse().unwrap()).collect());
        guard.may_ask(address.parse().unwrap())
    }

    #[test]
    fn only_public_addresses_are_asked() {
        for address in [
            "93.184.216.34",
            "1.1.1.1",
            "2606:4700::1111",
            "2a00:1450:4001::1",
            "64:ff9b::808:808",
            "172.32.0.1",
            "100.128.0.1",
        ] {
            assert!(may_ask(&[], address), "{address}");
        }
        let inside = [
            "127.0.0.1",
            "127.8.8.8",
            "10.1.2.3",
            "192.168.1.1",
            "172.16.0.1",
            "172.31.255.255",
            "169.254.169.254",
            "100.100.100.200",
            "192.0.0.192",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "::",
            "::1",
            "fe80::1",
            "fd00:ec2::254",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:0:1::",
            "2001:db8::1",
            "fec0::1",
        ];
        for address in inside {
            assert!(!may_ask(&[], address), "{address}");
        }
    }

    #[test]
    fn blocks_can_be_allowed() {
        assert!(may_ask(&["127.0.0.0/8"], "127.0.0.1"));
        assert!(may_ask(&["127.0.0.0/8"], "::ffff:127.0.0.1"));
        assert!(!may_ask(&["127.0.0.0/8"], "10.0.0.1"));
        assert!(may_ask(&["0.0.0.0/0"], "10.0.0.1"));
        assert!(may_ask(&["::1"], "::1"));
    }

    #[test]
    fn blocks_are_read_strictly() {
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/", "10.0.0.0/x", "example.com"] {
            assert!(wrong.parse::<Block>().is_err(), "{wrong}");
        }
        assert_eq!("10.0.0.7".parse::<Block>().unwrap().to_string(), "10.0.0.7/32");
    }
}

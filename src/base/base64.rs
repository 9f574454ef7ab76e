//! Base64, as pages hold it: which readers are strict about padding and alphabet is their own business.

/// The six bits of a digit, of the standard alphabet or that of URLs.
#[must_use]
pub(crate) fn sextet(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

/// The bytes that digits stand for, and the bits left over at their end; `None` where one is no digit.
pub(crate) fn unpack(digits: impl Iterator<Item = u8>) -> Option<(Vec<u8>, u32)> {
    let (mut bytes, mut bits, mut count) = (Vec::with_capacity(digits.size_hint().0 / 4 * 3), 0_u32, 0);
    for digit in digits {
        bits = bits << 6 | sextet(digit)?;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    Some((bytes, bits))
}

/// The bytes in digits of the standard alphabet, padded.
#[must_use]
pub(crate) fn pack(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - group.len()));
        let digits = [18, 12, 6, 0].map(|shift| char::from(DIGITS[(bits >> shift & 63) as usize]));
        text.extend(&digits[..=group.len()]);
        text.extend(&['='; 3][group.len()..]);
    }
    text
}

/// The bytes of text in base64 as savers write it: what is no digit is passed over, padding ends it.
pub(crate) fn read_leniently(text: &[u8]) -> Vec<u8> {
    let digits = text.iter().copied().take_while(|&byte| byte != b'=').filter(|&byte| sextet(byte).is_some());
    unpack(digits).map_or_else(Vec::new, |(bytes, _)| bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_bytes_are_padded_and_read_back() {
        for (bytes, text) in [(&b""[..], ""), (b"a", "YQ=="), (b"ab", "YWI="), (b"abc", "YWJj"), (b"\xfb\xff", "+/8=")]
        {
            assert_eq!(pack(bytes), text);
            assert_eq!(unpack(text.trim_end_matches('=').bytes()).unwrap().0, bytes);
        }
    }

    #[test]
    fn both_alphabets_are_read_and_left_over_bits_are_told() {
        assert_eq!(unpack("+/-_".bytes()), Some((vec![0xfb, 0xff, 0xbf], 0)));
        assert_eq!(unpack("YR".bytes()), Some((vec![b'a'], 1)));
        assert_eq!(unpack("a b".bytes()), None);
    }
}

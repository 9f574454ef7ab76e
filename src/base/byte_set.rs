//! Sets of bytes as tables: one look-up a byte where text is read byte by byte.

/// The table in which exactly these bytes are marked.
pub(crate) const fn byte_set(bytes: &[u8]) -> [bool; 256] {
    let mut set = [false; 256];
    let mut at = 0;
    while at < bytes.len() {
        set[bytes[at] as usize] = true;
        at += 1;
    }
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_bytes_named_are_in_the_set() {
        let set = byte_set(b"a\xff");
        let marked: Vec<usize> = (0..256).filter(|byte| set[*byte]).collect();
        assert_eq!(marked, [97, 255]);
    }
}

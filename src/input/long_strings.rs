//! Cuts the long strings of a JSON text while it streams.
//!
//! In: JSON. Out: JSON in which no string is longer than a bound, so that who reads it needs no more
//! memory than that for one. Broken JSON passes as it is: its reader will say so.

use std::io::{self, BufRead, Read};

/// Reads JSON with its long strings cut.
pub(super) struct LongStrings<R> {
    input: R,
    most: usize,
    /// Bytes of the current string so far; `None` outside of strings.
    length: Option<usize>,
    /// Bytes left of an escape, which is not cut apart.
    escape: u8,
}

impl<R: BufRead> LongStrings<R> {
    pub(super) fn new(input: R, most: usize) -> Self {
        Self { input, most, length: None, escape: 0 }
    }

    /// Moves on by one byte; is it kept?
    fn step(&mut self, byte: u8) -> bool {
        let Some(length) = self.length else {
            if byte == b'"' {
                self.length = Some(0);
            }
            return true;
        };
        let is_inside_escape = self.escape > 0;
        match byte {
            _ if is_inside_escape => self.escape = if byte == b'u' && self.escape == 1 { 4 } else { self.escape - 1 },
            b'"' => {
                self.length = None;
                return true;
            }
            b'\\' => self.escape = 1,
            _ => {}
        }
        // An escape that was begun is ended, and so is a character.
        let is_kept = length < self.most || length < self.most + 8 && (is_inside_escape || byte & 0xC0 == 0x80);
        if is_kept {
            self.length = Some(length + 1);
        } else {
            self.length = Some(usize::MAX / 2);
        }
        is_kept
    }
}

impl<R: BufRead> Read for LongStrings<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let available = self.input.fill_buf()?;
            if available.is_empty() || into.is_empty() {
                return Ok(0);
            }
            let chunk: Vec<u8> = available[..available.len().min(into.len())].to_vec();
            self.input.consume(chunk.len());
            let mut kept = 0;
            for byte in chunk {
                if self.step(byte) {
                    into[kept] = byte;
                    kept += 1;
                }
            }
            if kept > 0 {
                return Ok(kept);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(json: &str, most: usize) -> String {
        let mut text = String::new();
        LongStrings::new(json.as_bytes(), most).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn only_strings_are_cut_and_never_inside_a_character_or_escape() {
        assert_eq!(cut(r#"{"a": [1234567890123, "0123456789"]}"#, 4), r#"{"a": [1234567890123, "0123"]}"#);
        assert_eq!(cut(r#"["01\"23\u00e9x", "y\\"]"#, 3), r#"["01\"", "y\\"]"#);
        assert_eq!(cut(r#"["012\u00e9x"]"#, 4), r#"["012\u00e9"]"#);
        assert_eq!(cut("[\"01é☃\"]", 3), "[\"01é\"]");
    }
}

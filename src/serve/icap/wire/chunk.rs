//! Chunked bodies, with ICAP's `ieof`.

use super::error::WireError;
use super::field::line;

/// Bytes of the line before a chunk.
const MAX_LINE: usize = 1 << 10;
/// Bytes of the lines behind the last chunk.
const MAX_TRAILER: usize = 8 << 10;
/// Hex digits of a size: a chunk of 16 TiB is none that anybody sends.
const MAX_DIGITS: usize = 11;

/// What came next of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'b> {
    /// Bytes of it, of one chunk or a part of one.
    Data(&'b [u8]),
    /// Its end, or that of its preview. `ieof` says that nothing follows a preview.
    End {
        /// The last chunk bears `ieof`.
        is_whole: bool,
    },
}

/// Reads one chunked body, or the preview of one.
#[derive(Debug, Default)]
pub(crate) struct ChunkReader {
    state: State,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    /// Before the line with a size.
    #[default]
    Size,
    /// In a chunk: that many bytes are left.
    Data(u64),
    /// Before the line end behind a chunk.
    DataEnd,
    /// Behind the last chunk: bytes of lines that were passed over.
    Trailer { is_whole: bool, passed: usize },
}

impl ChunkReader {
    /// The next piece at the beginning of `bytes`, and how many of these it took: also where there is no piece yet.
    /// After [`Piece::End`] the reader begins anew.
    ///
    /// # Errors
    ///
    /// If the bytes are no chunks, or a line is too long.
    pub(crate) fn next<'b>(&mut self, bytes: &'b [u8]) -> Result<(usize, Option<Piece<'b>>), WireError> {
        let mut used = 0;
        loop {
            let rest = &bytes[used..];
            let taken = match self.state {
                State::Size => self.size_line(rest)?,
                State::Data(left) => {
                    let length = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                    if length == 0 {
                        return Ok((used, None));
                    }
                    let left = left - length as u64;
                    self.state = if left == 0 { State::DataEnd } else { State::Data(left) };
                    return Ok((used + length, Some(Piece::Data(&rest[..length]))));
                }
                State::DataEnd => self.data_end(rest)?,
                State::Trailer { is_whole, passed } => match trailer_line(rest, passed)? {
                    Some(2) => {
                        self.state = State::Size;
                        return Ok((used + 2, Some(Piece::End { is_whole })));
                    }
                    Some(length) => {
                        self.state = State::Trailer { is_whole, passed: passed + length };
                        Some(length)
                    }
                    None => None,
                },
            };
            let Some(taken) = taken else { return Ok((used, None)) };
            used += taken;
        }
    }

    /// The bytes of the line with the next size; `None` while it is not whole.
    fn size_line(&mut self, bytes: &[u8]) -> Result<Option<usize>, WireError> {
        let window = &bytes[..bytes.len().min(MAX_LINE)];
        let Some((text, _)) = line(window) else {
            // What cannot become a size is told at once: whoever sends no chunks may wait for an answer.
            let is_started = window.first().is_none_or(u8::is_ascii_hexdigit);
            return match (is_started, window.len() < MAX_LINE) {
                (true, true) => Ok(None),
                (true, false) => Err(WireError::TooLarge("the line of a chunk")),
                (false, _) => Err(WireError::Malformed("the size of a chunk")),
            };
        };
        let (size, is_whole) = chunk_line(text)?;
        self.state = if size == 0 { State::Trailer { is_whole, passed: 0 } } else { State::Data(size) };
        Ok(Some(text.len() + 2))
    }

    fn data_end(&mut self, bytes: &[u8]) -> Result<Option<usize>, WireError> {
        match bytes {
            [b'\r', b'\n', ..] => {
                self.state = State::Size;
                Ok(Some(2))
            }
            [] | [b'\r'] => Ok(None),
            _ => Err(WireError::Malformed("the end of a chunk")),
        }
    }
}

/// `5; a=b` → its size, and whether it bears `ieof`.
fn chunk_line(text: &[u8]) -> Result<(u64, bool), WireError> {
    const BAD: WireError = WireError::Malformed("the size of a chunk");
    let digits = text.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    if digits == 0 || digits > MAX_DIGITS {
        return Err(BAD);
    }
    let value = |byte: &u8| u64::from(char::from(*byte).to_digit(16).unwrap_or_default());
    let size = text[..digits].iter().fold(0, |size, byte| size << 4 | value(byte));
    let extensions = text[digits..].trim_ascii_start();
    if extensions.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) || !matches!(extensions, [] | [b';', ..]) {
        return Err(BAD);
    }
    let is_whole = extensions.split(|byte| *byte == b';').any(|one| one.trim_ascii().eq_ignore_ascii_case(b"ieof"));
    Ok((size, is_whole))
}

/// The bytes of the next line behind the last chunk: two of an empty one, which ends the body.
fn trailer_line(bytes: &[u8], passed: usize) -> Result<Option<usize>, WireError> {
    let window = &bytes[..bytes.len().min(MAX_TRAILER - passed.min(MAX_TRAILER))];
    match line(window) {
        Some((text, _)) if text.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) => {
            Err(WireError::Malformed("the lines behind a body"))
        }
        Some((text, _)) => Ok(Some(text.len() + 2)),
        None if passed + window.len() >= MAX_TRAILER => Err(WireError::TooLarge("the lines behind a body")),
        None => Ok(None),
    }
}

/// Appends one chunk; none of no bytes, for that would be the end.
pub(crate) fn write_chunk(out: &mut Vec<u8>, bytes: &[u8]) {
    if !bytes.is_empty() {
        out.extend_from_slice(format!("{:x}\r\n", bytes.len()).as_bytes());
        out.extend_from_slice(bytes);
        out.extend_from_slice(b"\r\n");
    }
}

/// Appends the end of a body.
pub(crate) fn end_chunks(out: &mut Vec<u8>) {
    out.extend_from_slice(b"0\r\n\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The body, whether it bears `ieof`, and how many bytes it took; fed in steps.
    fn read(bytes: &[u8], step: usize) -> Result<Option<(Vec<u8>, bool, usize)>, WireError> {
        let (mut reader, mut body, mut start) = (ChunkReader::default(), Vec::new(), 0);
        for end in (0..bytes.len()).step_by(step).map(|at| (at + step).min(bytes.len())) {
            loop {
                let (used, piece) = reader.next(&bytes[start..end])?;
                start += used;
                match piece {
                    Some(Piece::Data(data)) => body.extend_from_slice(data),
                    Some(Piece::End { is_whole }) => return Ok(Some((body, is_whole, start))),
                    None => break,
                }
            }
        }
        Ok(None)
    }

    #[test]
    fn bodies_end_where_they_end() {
        for step in [1, 2, 3, 100] {
            let body = |text: &str| read(text.as_bytes(), step).unwrap().unwrap();
            assert_eq!(
                body("5\r\nhello\r\n06;x=\"y\"\r\n world\r\n0\r\n\r\nnext"),
                (b"hello world".to_vec(), false, 33)
            );
            assert_eq!(body("0; ieof\r\n\r\n"), (vec![], true, 11));
            assert!(body("0 ;IEOF\r\n\r\n").1);
            assert_eq!(body("1\r\na\r\n0\r\nDigest: x\r\nB: y\r\n\r\n").0, b"a");
            assert_eq!(read(b"5\r\nhel", step), Ok(None));
        }
    }

    #[test]
    fn what_is_no_chunk_is_refused() {
        for bad in [
            "\r\n",
            "x\r\n",
            "-1\r\n",
            "+1\r\na\r\n",
            "0x1\r\na\r\n",
            "1 1\r\na\r\n",
            "1\na\r\n",
            "1\r\nab\r\n",
            "1\r\na\n",
            "FFFFFFFFFFFFFFFFF\r\n",
            "000000000001\r\na\r\n",
            "1;a\rb\r\na\r\n",
            "0\r\nA\n\r\n\r\n",
            "G",
        ] {
            for step in [1, 100] {
                assert!(read(bad.as_bytes(), step).is_err(), "{bad:?} by {step}");
            }
        }
    }

    #[test]
    fn lines_without_end_are_cut_off() {
        let flood = |start: &str| format!("{start}{}", "a".repeat(9 << 10));
        assert!(matches!(read(flood("1;").as_bytes(), 100), Err(WireError::TooLarge(_))));
        assert!(matches!(read(flood("0\r\n").as_bytes(), 100), Err(WireError::TooLarge(_))));
        let lines = format!("0\r\n{}", "a: b\r\n".repeat(2000));
        assert!(matches!(read(lines.as_bytes(), 100), Err(WireError::TooLarge(_))));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..50), 0..8),
            step in 1_usize..40,
        ) {
            let mut bytes = Vec::new();
            for piece in &pieces {
                write_chunk(&mut bytes, piece);
            }
            end_chunks(&mut bytes);
            let length = bytes.len();
            bytes.extend_from_slice(b"next");
            prop_assert_eq!(read(&bytes, step), Ok(Some((pieces.concat(), false, length))));
        }

        #[test]
        fn steps_make_no_difference(bytes in "[0-9a-f;\r\n ]{0,60}", step in 1_usize..20) {
            let whole = read(bytes.as_bytes(), bytes.len().max(1));
            let stepped = read(bytes.as_bytes(), step);
            prop_assert_eq!(whole.is_ok_and(|body| body.is_some()), stepped.is_ok_and(|body| body.is_some()));
        }
    }
}

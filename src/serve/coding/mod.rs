//! Content codings undone and made again while bytes stream: gzip, deflate, br, zstd.
//!
//! In: pieces of an encoded body. Out: its bytes, as far as the pieces tell; and the other way. Expansion is bounded, so
//! that a small body cannot become an endless one: by the piece, and by the ratio once a body is large.

mod decode;
mod encode;

pub(crate) use decode::Decoder;
pub(crate) use encode::Encoder;

use std::fmt;
use std::io;

/// The codings that can be undone, as an `Accept-Encoding` field.
const ACCEPTED: &str = "gzip, deflate, br, zstd";

/// Codings on top of one another that are undone; more are taken for an attack.
const CODINGS: usize = 3;
/// Decoded bytes for each byte of input that a large body may have.
const RATIO: u64 = 100;
/// Bytes of the buffers between brotli and its neighbours.
const BUFFER: usize = 4 << 10;

/// A content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// RFC 1952.
    Gzip,
    /// RFC 1950, and what some servers send in its place: RFC 1951.
    Deflate,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

impl Coding {
    fn of_name(name: &str) -> Option<Self> {
        match &*name.to_ascii_lowercase() {
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "deflate" => Some(Self::Deflate),
            "br" => Some(Self::Brotli),
            "zstd" => Some(Self::Zstd),
            _ => None,
        }
    }

    /// Its name in a field.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    /// The codings of a `Content-Encoding` field, in the order in which they were applied; `None` if one of them is
    /// unknown, or there are too many.
    pub(crate) fn list(field: &str) -> Option<Vec<Self>> {
        let names = field.split(',').map(str::trim).filter(|name| !name.is_empty() && *name != "identity");
        let codings: Vec<Self> = names.map(Self::of_name).collect::<Option<_>>()?;
        (codings.len() <= CODINGS).then_some(codings)
    }
}

/// The codings that a reader and we both know, for `Accept-Encoding`, by what the reader accepts.
pub(crate) fn both_know(accepts: &str) -> String {
    let names = accepts.split(',').filter(|name| !name.replace(' ', "").ends_with(";q=0"));
    let names: Vec<&str> = names.map(|name| name.split(';').next().unwrap_or_default().trim()).collect();
    let is_known = |ours: &&str| names.iter().any(|name| name.eq_ignore_ascii_case(ours) || *name == "*");
    let both = ACCEPTED.split(", ").filter(is_known).collect::<Vec<_>>().join(", ");
    if both.is_empty() { "identity".to_owned() } else { both }
}

/// Why a body cannot be read on.
#[derive(Debug)]
pub(crate) enum CodingError {
    /// Its bytes are not what its coding says.
    Damaged(io::Error),
    /// It becomes larger than any honest body.
    Bomb,
    /// It ends in the middle.
    CutOff,
}

impl fmt::Display for CodingError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged(error) => write!(out, "the body does not fit its content coding: {error}"),
            Self::Bomb => write!(out, "the body expands beyond {RATIO} times its size"),
            Self::CutOff => write!(out, "the encoded body ends in the middle"),
        }
    }
}

impl std::error::Error for CodingError {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const ALL: [Coding; 4] = [Coding::Gzip, Coding::Deflate, Coding::Brotli, Coding::Zstd];

    fn encoded(coding: Coding, bytes: &[u8]) -> Vec<u8> {
        let mut encoder = Encoder::new(Some(coding)).unwrap();
        let mut all = encoder.write(bytes).unwrap();
        all.extend(encoder.end().unwrap());
        all
    }

    fn decoded(codings: &[Coding], bytes: &[u8], step: usize) -> Result<Vec<u8>, CodingError> {
        let (mut decoder, mut out) = (Decoder::new(codings).unwrap(), Vec::new());
        for piece in bytes.chunks(step) {
            decoder.write(piece, &mut |bytes| out.extend_from_slice(bytes))?;
        }
        decoder.end(&mut |bytes| out.extend_from_slice(bytes))?;
        Ok(out)
    }

    fn text() -> Vec<u8> {
        (0..9_000_u32).flat_map(|number| format!("<p>line {}</p>\n", number * 7919 % 1009).into_bytes()).collect()
    }

    #[test]
    fn only_codings_that_both_know_are_asked_for() {
        assert_eq!(both_know("gzip, deflate, br, zstd"), "gzip, deflate, br, zstd");
        assert_eq!(both_know("br;q=1.0, gzip;q=0, compress"), "br");
        assert_eq!(both_know("*"), ACCEPTED);
        assert_eq!(both_know(""), "identity");
    }

    #[test]
    fn every_coding_comes_back_from_pieces_of_any_size() {
        for coding in ALL {
            let bytes = encoded(coding, &text());
            for step in [1, 7, 5_000, usize::MAX >> 1] {
                assert_eq!(decoded(&[coding], &bytes, step).unwrap(), text(), "{coding:?} by {step}");
            }
        }
    }

    #[test]
    fn what_was_written_can_be_read_before_the_end() {
        for coding in ALL {
            let (mut encoder, mut out) = (Encoder::new(Some(coding)).unwrap(), Vec::new());
            let mut decoder = Decoder::new(&[coding]).unwrap();
            for piece in text().chunks(1000) {
                let bytes = encoder.write(piece).unwrap();
                decoder.write(&bytes, &mut |bytes| out.extend_from_slice(bytes)).unwrap();
                assert!(out.ends_with(piece), "{coding:?}");
            }
        }
    }

    #[test]
    fn codings_on_top_of_one_another_are_undone() {
        let bytes = encoded(Coding::Brotli, &encoded(Coding::Gzip, &text()));
        assert_eq!(decoded(&Coding::list("gzip, br").unwrap(), &bytes, 100).unwrap(), text());
        assert_eq!(Coding::list("gzip, compress"), None);
        assert_eq!(Coding::list("gzip, gzip, gzip, gzip"), None);
        assert_eq!(Coding::list(" identity "), Some(vec![]));
    }

    #[test]
    fn raw_deflate_is_read_too() {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&text()).unwrap();
        assert_eq!(decoded(&[Coding::Deflate], &encoder.finish().unwrap(), 1).unwrap(), text());
    }

    #[test]
    fn a_body_that_ends_in_the_middle_is_an_error() {
        // The decoders of the other two do not tell.
        for coding in [Coding::Gzip, Coding::Brotli] {
            let bytes = encoded(coding, &text());
            let result = decoded(&[coding], &bytes[..bytes.len() / 2], 1000);
            assert!(matches!(result, Err(CodingError::CutOff)), "{coding:?} {:?}", result.map(|bytes| bytes.len()));
        }
        assert_eq!(decoded(&[Coding::Gzip], b"", 10).unwrap(), b"");
    }

    #[test]
    fn noise_is_an_error_and_no_panic() {
        let noise: Vec<u8> = (0..5_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for coding in ALL {
            assert!(decoded(&[coding], &noise, 512).is_err(), "{coding:?}");
        }
    }

    #[test]
    fn a_bomb_is_told_before_it_fills_the_memory() {
        let zeros = vec![0; 4 << 20];
        for coding in ALL {
            let mut encoder = Encoder::new(Some(coding)).unwrap();
            let mut bomb = Vec::new();
            for _ in 0..32 {
                bomb.extend(encoder.write(&zeros).unwrap());
            }
            bomb.extend(encoder.end().unwrap());
            let result = decoded(&[coding], &bomb, 1 << 20);
            assert!(matches!(result, Err(CodingError::Bomb)), "{coding:?} {:?}", result.map(|bytes| bytes.len()));
        }
    }
}

//! Content codings undone and made again while bytes stream: gzip, deflate, br, zstd.
//!
//! In: pieces of an encoded body. Out: its bytes, as far as the pieces tell; and the other way. Expansion is bounded, so
//! that a small body cannot become an endless one: by the piece, and by the ratio once a body is large.

use std::fmt;
use std::io::{self, Write};

/// The codings that can be undone, as an `Accept-Encoding` field.
pub(crate) const ACCEPTED: &str = "gzip, deflate, br, zstd";

/// Codings on top of one another that are undone; more are taken for an attack.
const CODINGS: usize = 3;
/// Bytes of input that are decoded at once.
const STEP: usize = 4 << 10;
/// Bytes that one step of input may become.
const STEP_OUT: usize = 16 << 20;
/// Decoded bytes from which on the ratio counts.
const FREE: u64 = 32 << 20;
/// Decoded bytes for each byte of input that a large body may have.
const RATIO: u64 = 100;
/// A quick setting of brotli: its default takes a hundred times as long.
const BROTLI_QUALITY: u32 = 4;
const BROTLI_WINDOW: u32 = 20;
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

/// Takes decoded bytes, and no more than one step may give.
#[derive(Debug, Default)]
struct Bounded {
    bytes: Vec<u8>,
    is_over: bool,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > STEP_OUT {
            self.is_over = true;
            return Err(io::Error::other("too large"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Undoes one coding.
enum Layer {
    Gzip(Box<flate2::write::MultiGzDecoder<Bounded>>),
    /// The first two bytes tell zlib from raw.
    DeflateStart(Vec<u8>),
    Zlib(Box<flate2::write::ZlibDecoder<Bounded>>),
    Raw(Box<flate2::write::DeflateDecoder<Bounded>>),
    Brotli(Box<brotli::DecompressorWriter<Bounded>>),
    Zstd(Box<zstd::stream::write::Decoder<'static, Bounded>>),
}

impl Layer {
    fn new(coding: Coding) -> io::Result<Self> {
        let out = Bounded::default();
        Ok(match coding {
            Coding::Gzip => Self::Gzip(Box::new(flate2::write::MultiGzDecoder::new(out))),
            Coding::Deflate => Self::DeflateStart(Vec::new()),
            Coding::Brotli => Self::Brotli(Box::new(brotli::DecompressorWriter::new(out, BUFFER))),
            Coding::Zstd => Self::Zstd(Box::new(zstd::stream::write::Decoder::new(out)?)),
        })
    }

    /// zlib begins with its method, and both bytes divide by 31.
    fn of_deflate(start: &[u8]) -> Self {
        let is_zlib = start[0] & 0x0f == 8 && u16::from_be_bytes([start[0], start[1]]).is_multiple_of(31);
        if is_zlib {
            Self::Zlib(Box::new(flate2::write::ZlibDecoder::new(Bounded::default())))
        } else {
            Self::Raw(Box::new(flate2::write::DeflateDecoder::new(Bounded::default())))
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Gzip(decoder) => decoder.write_all(bytes).and_then(|()| decoder.flush()),
            Self::Zlib(decoder) => decoder.write_all(bytes).and_then(|()| decoder.flush()),
            Self::Raw(decoder) => decoder.write_all(bytes).and_then(|()| decoder.flush()),
            Self::Brotli(decoder) => decoder.write_all(bytes),
            Self::Zstd(decoder) => decoder.write_all(bytes).and_then(|()| decoder.flush()),
            Self::DeflateStart(start) => {
                start.extend_from_slice(bytes);
                if start.len() < 2 {
                    return Ok(());
                }
                let start = std::mem::take(start);
                *self = Self::of_deflate(&start);
                self.write(&start)
            }
        }
    }

    /// Ends the body: the rest of it, if it is whole.
    fn end(&mut self) -> io::Result<()> {
        match self {
            Self::Gzip(decoder) => decoder.try_finish(),
            Self::Zlib(decoder) => decoder.try_finish(),
            Self::Raw(decoder) => decoder.try_finish(),
            Self::Brotli(decoder) => decoder.close(),
            Self::Zstd(decoder) => decoder.flush(),
            Self::DeflateStart(_) => Ok(()),
        }
    }

    fn out(&mut self) -> Option<&mut Bounded> {
        Some(match self {
            Self::Gzip(decoder) => decoder.get_mut(),
            Self::Zlib(decoder) => decoder.get_mut(),
            Self::Raw(decoder) => decoder.get_mut(),
            Self::Brotli(decoder) => decoder.get_mut(),
            Self::Zstd(decoder) => decoder.get_mut(),
            Self::DeflateStart(_) => return None,
        })
    }

    fn take(&mut self) -> Vec<u8> {
        self.out().map(|out| std::mem::take(&mut out.bytes)).unwrap_or_default()
    }

    fn is_over(&mut self) -> bool {
        self.out().is_some_and(|out| out.is_over)
    }
}

/// Undoes the codings of one body.
pub(crate) struct Decoder {
    /// The last one applied first.
    layers: Vec<Layer>,
    bytes_in: u64,
    bytes_out: u64,
}

impl Decoder {
    /// For a body with these codings, in the order of the field.
    ///
    /// # Errors
    ///
    /// If a decoder cannot be made.
    pub(crate) fn new(codings: &[Coding]) -> Result<Self, CodingError> {
        let layers = codings.iter().rev().map(|coding| Layer::new(*coding)).collect::<io::Result<_>>();
        Ok(Self { layers: layers.map_err(CodingError::Damaged)?, bytes_in: 0, bytes_out: 0 })
    }

    /// Hands what a piece gives to `sink`, in steps.
    ///
    /// # Errors
    ///
    /// If the bytes do not fit, or become too many. What came before them was handed out.
    pub(crate) fn write(&mut self, bytes: &[u8], sink: &mut impl FnMut(&[u8])) -> Result<(), CodingError> {
        if self.layers.is_empty() {
            sink(bytes);
            return Ok(());
        }
        for step in bytes.chunks(STEP) {
            self.bytes_in += step.len() as u64;
            let decoded = through(&mut self.layers, step)?;
            self.bytes_out += decoded.len() as u64;
            sink(&decoded);
            if self.bytes_out > FREE && self.bytes_out / RATIO > self.bytes_in {
                return Err(CodingError::Bomb);
            }
        }
        Ok(())
    }

    /// Ends the body.
    ///
    /// # Errors
    ///
    /// If it is not whole; what could be read was handed out.
    pub(crate) fn end(&mut self, sink: &mut impl FnMut(&[u8])) -> Result<(), CodingError> {
        if self.bytes_in == 0 {
            return Ok(());
        }
        for at in 0..self.layers.len() {
            let (before, after) = self.layers.split_at_mut(at + 1);
            let ended = before[at].end();
            let rest = before[at].take();
            sink(&through(after, &rest)?);
            ended.map_err(|_| CodingError::CutOff)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Decoder").field("layers", &self.layers.len()).finish_non_exhaustive()
    }
}

fn through(layers: &mut [Layer], bytes: &[u8]) -> Result<Vec<u8>, CodingError> {
    let mut bytes = bytes.to_vec();
    for layer in layers {
        if let Err(error) = layer.write(&bytes) {
            return Err(if layer.is_over() { CodingError::Bomb } else { CodingError::Damaged(error) });
        }
        bytes = layer.take();
    }
    Ok(bytes)
}

/// Makes one coding.
pub(crate) enum Encoder {
    /// No coding.
    Identity(Vec<u8>),
    /// gzip.
    Gzip(Box<flate2::write::GzEncoder<Vec<u8>>>),
    /// deflate.
    Zlib(Box<flate2::write::ZlibEncoder<Vec<u8>>>),
    /// br.
    Brotli(Box<brotli::CompressorWriter<Vec<u8>>>),
    /// zstd.
    Zstd(Box<zstd::stream::write::Encoder<'static, Vec<u8>>>),
}

impl Encoder {
    /// For a body with that coding; quick rather than small. Where an encoder cannot be made, `None`.
    pub(crate) fn new(coding: Option<Coding>) -> Option<Self> {
        let level = flate2::Compression::fast();
        Some(match coding {
            None => Self::Identity(Vec::new()),
            Some(Coding::Gzip) => Self::Gzip(Box::new(flate2::write::GzEncoder::new(Vec::new(), level))),
            Some(Coding::Deflate) => Self::Zlib(Box::new(flate2::write::ZlibEncoder::new(Vec::new(), level))),
            Some(Coding::Brotli) => {
                let writer = brotli::CompressorWriter::new(Vec::new(), BUFFER, BROTLI_QUALITY, BROTLI_WINDOW);
                Self::Brotli(Box::new(writer))
            }
            Some(Coding::Zstd) => Self::Zstd(Box::new(zstd::stream::write::Encoder::new(Vec::new(), 1).ok()?)),
        })
    }

    /// Encodes the bytes and flushes, so that the reader can decode all of them: what is taken out.
    ///
    /// # Errors
    ///
    /// If the encoder fails, which writing into memory does not cause.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        fn flushed<W: Write>(writer: &mut W, bytes: &[u8]) -> io::Result<()> {
            writer.write_all(bytes).and_then(|()| writer.flush())
        }
        let out = match self {
            Self::Identity(_) => return Ok(bytes.to_vec()),
            Self::Gzip(encoder) => flushed(encoder, bytes).map(|()| encoder.get_mut())?,
            Self::Zlib(encoder) => flushed(encoder, bytes).map(|()| encoder.get_mut())?,
            Self::Brotli(encoder) => flushed(encoder, bytes).map(|()| encoder.get_mut())?,
            Self::Zstd(encoder) => flushed(encoder, bytes).map(|()| encoder.get_mut())?,
        };
        Ok(std::mem::take(out))
    }

    /// Ends the body: its last bytes.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write).
    pub(crate) fn end(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Identity(rest) => Ok(rest),
            Self::Gzip(encoder) => encoder.finish(),
            Self::Zlib(encoder) => encoder.finish(),
            Self::Brotli(encoder) => Ok(encoder.into_inner()),
            Self::Zstd(encoder) => encoder.finish(),
        }
    }
}

impl fmt::Debug for Encoder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Encoder").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

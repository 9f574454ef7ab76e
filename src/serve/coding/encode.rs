//! A coding made again, flushed at every piece.

use super::{BUFFER, Coding};
use std::fmt;
use std::io::{self, Write};

/// A quick setting of brotli: its default takes a hundred times as long.
const BROTLI_QUALITY: u32 = 4;
const BROTLI_WINDOW: u32 = 20;

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

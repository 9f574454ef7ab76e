//! Codings undone, layer by layer, with bounds on what a body may become.

use super::{BUFFER, Coding, CodingError, RATIO};
use std::fmt;
use std::io::{self, Write};

/// Bytes of input that are decoded at once.
const STEP: usize = 4 << 10;
/// Bytes that one step of input may become.
const STEP_OUT: usize = 16 << 20;
/// Decoded bytes from which on the ratio counts.
const FREE: u64 = 32 << 20;

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

//! Undoes compressions: gzip, zstd, xz, brotli, and the deflate of HTTP.
//!
//! In: a [`Stream`] and its coding, told by content. Out: a reader of what it stands for. The
//! expansion is capped by its ratio, so that a bomb ends in a diagnostic. After a fault inside one gzip
//! member or zstd frame the next one is looked for: the reader fails once and can be read on.

use super::archive::{file_name, split_ending};
use super::stream::{Fault, Stream};
use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};
use lzma_rust2::XzReader;
use ruzstd::decoding::{BlockDecodingStrategy, Dictionary, FrameDecoder, StreamingDecoder};
use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

/// Expands freely up to here, whatever the ratio.
const FREE_BYTES: u64 = 64 << 20;

/// Memory that an xz stream may ask for, in KiB.
const XZ_MEMORY_KIB: u32 = 128 << 10;

/// Memory that a zstd stream may ask for.
const ZSTD_WINDOW: u64 = 128 << 20;

/// The largest dictionary of a `.warc.zst`.
const MAX_DICTIONARY: usize = 16 << 20;

const BROTLI_BUFFER: usize = 32 << 10;

/// A way to make bytes fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Gzip,
    Zstd,
    Xz,
    Brotli,
    /// With or without the header of zlib: servers send both.
    Deflate,
}

impl Coding {
    /// The coding that begins so; brotli has no mark, so its name must tell.
    pub(super) fn of(head: &[u8], name: &str) -> Option<Self> {
        match head {
            [0x1F, 0x8B, 8, ..] => Some(Self::Gzip),
            [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Some(Self::Zstd),
            [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            _ if split_ending(file_name(name)).1 == "br" => Some(Self::Brotli),
            _ => None,
        }
    }
}

/// A reader of what the stream's compressed bytes stand for; no more than `ratio` bytes for each of them.
pub(super) fn expand<'s>(stream: &'s mut Stream<'_>, coding: Coding, ratio: u64) -> impl Read + 's {
    let taken = Rc::new(Cell::new(0));
    let input = Counted { input: stream, taken: Rc::clone(&taken) };
    let decoder: Box<dyn Read + 's> = match coding {
        Coding::Gzip => Box::new(GzipMembers { input: Some(input), member: None }),
        Coding::Zstd => Box::new(ZstdFrames::new(input)),
        Coding::Xz => Box::new(XzReader::new_mem_limit(input, true, XZ_MEMORY_KIB)),
        Coding::Brotli => Box::new(brotli_decompressor::Decompressor::new(input, BROTLI_BUFFER)),
        Coding::Deflate => deflate(input),
    };
    Capped { decoder, taken, given: 0, ratio }
}

fn deflate<'s>(mut input: impl BufRead + 's) -> Box<dyn Read + 's> {
    let has_header = input.fill_buf().is_ok_and(|head| {
        matches!(head, [first, second, ..] if first & 0x0F == 8 && u16::from_be_bytes([*first, *second]).is_multiple_of(31))
    });
    if has_header { Box::new(ZlibDecoder::new(input)) } else { Box::new(DeflateDecoder::new(input)) }
}

/// Counts what is taken out of a stream.
struct Counted<'a, 'r> {
    input: &'a mut Stream<'r>,
    taken: Rc<Cell<u64>>,
}

impl Counted<'_, '_> {
    /// Skips to the next place that begins with `mark`; `false` if there is none.
    fn skip_to(&mut self, mark: &[u8]) -> bool {
        loop {
            let ahead = self.input.peek(64 << 10);
            if ahead.is_empty() {
                return false;
            }
            let found = memchr::memmem::find(ahead, mark);
            // The mark may lie across the end of what was looked at.
            let skipped = found.unwrap_or((ahead.len() + 1).saturating_sub(mark.len()).max(1));
            self.consume(skipped);
            if found.is_some() {
                return true;
            }
        }
    }
}

impl Read for Counted<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(into)?;
        self.taken.set(self.taken.get() + read as u64);
        Ok(read)
    }
}

impl BufRead for Counted<'_, '_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, length: usize) {
        self.taken.set(self.taken.get() + length as u64);
        self.input.consume(length);
    }
}

/// All members of a gzip file, one behind the other.
struct GzipMembers<'a, 'r> {
    /// Between two members the input itself.
    input: Option<Counted<'a, 'r>>,
    member: Option<GzDecoder<Counted<'a, 'r>>>,
}

impl GzipMembers<'_, '_> {
    const MARK: [u8; 3] = [0x1F, 0x8B, 8];

    /// Begins the next member, if there is one. What stands between members is padding, or lost.
    fn begin(&mut self) -> io::Result<bool> {
        let Some(mut input) = self.input.take() else { return Ok(false) };
        let is_padding = input.input.peek(Self::MARK.len()).iter().all(|&byte| byte == 0);
        let is_next = input.input.peek(Self::MARK.len()) == Self::MARK;
        if !is_next && !input.skip_to(&Self::MARK) {
            self.input = Some(input);
            let lost = || Fault::error("compression-broken", "what stands behind the compressed data is not gzip");
            return if is_padding { Ok(false) } else { Err(lost()) };
        }
        self.member = Some(GzDecoder::new(input));
        Ok(true)
    }
}

impl Read for GzipMembers<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(member) = &mut self.member else {
                match self.begin()? {
                    true => continue,
                    false => return Ok(0),
                }
            };
            let read = member.read(into);
            if let Ok(1..) = read {
                return read;
            }
            self.input = self.member.take().map(GzDecoder::into_inner);
            read.map_err(broken)?;
        }
    }
}

/// All frames of a zstd file, one behind the other, with the dictionary that a `.warc.zst` begins with.
struct ZstdFrames<'a, 'r> {
    input: Counted<'a, 'r>,
    decoder: FrameDecoder,
    is_inside: bool,
}

impl<'a, 'r> ZstdFrames<'a, 'r> {
    const MARK: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

    fn new(input: Counted<'a, 'r>) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(ZSTD_WINDOW);
        Self { input, decoder, is_inside: false }
    }

    /// Begins the next frame, if there is one.
    fn begin(&mut self) -> io::Result<bool> {
        loop {
            let head = self.input.input.peek(8);
            if head.is_empty() {
                return Ok(false);
            }
            if let [kind @ 0x50..=0x5F, 0x2A, 0x4D, 0x18, length @ ..] = head {
                let (kind, length) = (*kind, u32::from_le_bytes(length.try_into().unwrap_or([0; 4])));
                let head_length = head.len();
                self.input.consume(head_length);
                self.skippable(kind, length as usize)?;
            } else if !head.starts_with(&Self::MARK) && !self.input.skip_to(&Self::MARK) {
                return Err(Fault::error("compression-broken", "what stands behind the compressed data is not zstd"));
            } else {
                self.is_inside = true;
                return self.decoder.init(&mut self.input).map(|()| true).map_err(zstd_fault);
            }
        }
    }

    /// Takes in a frame for whoever understands it: the dictionary of a `.warc.zst` is such a one.
    fn skippable(&mut self, kind: u8, length: usize) -> io::Result<()> {
        const DICTIONARY: u8 = 0x5D;
        if kind != DICTIONARY || length > MAX_DICTIONARY {
            let skipped = self.input.input.skip(length as u64);
            return if skipped < length as u64 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) };
        }
        let mut bytes = Vec::new();
        if (&mut self.input).take(length as u64).read_to_end(&mut bytes)? < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if bytes.starts_with(&Self::MARK) {
            let packed = std::mem::take(&mut bytes);
            let unpacked = StreamingDecoder::new(&packed[..]).map(|decoder| decoder.take(MAX_DICTIONARY as u64));
            let _ = unpacked.map(|mut decoder| decoder.read_to_end(&mut bytes));
        }
        // Frames that need a dictionary which cannot be read will say so.
        let _ = Dictionary::decode_dict(&bytes).map(|dictionary| self.decoder.add_dict(dictionary));
        Ok(())
    }
}

impl Read for ZstdFrames<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.is_inside && !self.begin()? {
                return Ok(0);
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let blocks = BlockDecodingStrategy::UptoBlocks(1);
                if let Err(error) = self.decoder.decode_blocks(&mut self.input, blocks) {
                    self.is_inside = false;
                    return Err(zstd_fault(error));
                }
            }
            match self.decoder.read(into)? {
                0 => self.is_inside = false,
                read => return Ok(read),
            }
        }
    }
}

fn zstd_fault(error: impl std::fmt::Display) -> io::Error {
    Fault::error("compression-broken", format!("the compressed data is broken: {error}; what came before was read"))
}

fn broken(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::UnexpectedEof || error.get_ref().is_some_and(|inner| inner.is::<Fault>()) {
        return error;
    }
    Fault::error("compression-broken", format!("the compressed data is broken: {error}; what came before was read"))
}

/// Fails once far more came out than went in.
struct Capped<R> {
    decoder: R,
    taken: Rc<Cell<u64>>,
    given: u64,
    ratio: u64,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.given > FREE_BYTES.saturating_add(self.taken.get().saturating_mul(self.ratio)) {
            let message = format!("it expands to more than {} times its size; the rest was not read", self.ratio);
            return Err(Fault::error("expansion-cap", message));
        }
        let read = self.decoder.read(into).map_err(broken)?;
        self.given += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn expanded(packed: &[u8], coding: Coding, ratio: u64) -> (Vec<u8>, Vec<&'static str>) {
        let mut input = Stream::new(packed);
        let mut stream = Stream::new(expand(&mut input, coding, ratio));
        let (mut bytes, mut codes) = (Vec::new(), Vec::new());
        loop {
            bytes.extend(stream.read_up_to(1 << 30).0);
            let Some(fault) = stream.fault() else { return (bytes, codes) };
            codes.push(fault.code);
            if !stream.resume() {
                return (bytes, codes);
            }
        }
    }

    #[test]
    fn codings_are_told_by_content_but_for_brotli() {
        assert_eq!(Coding::of(&gzip(b"a"), "page.html"), Some(Coding::Gzip));
        assert_eq!(Coding::of(b"\xFD7zXZ\0", "-"), Some(Coding::Xz));
        assert_eq!(Coding::of(b"\x5D\x2A\x4D\x18....", "-"), Some(Coding::Zstd));
        assert_eq!(Coding::of(b"<p>", "page.html.br"), Some(Coding::Brotli));
        assert_eq!(Coding::of(b"<p>", "page.gz"), None);
    }

    #[test]
    fn members_are_joined_and_padding_is_nothing() {
        let packed = [gzip(b"one "), gzip(b"two"), vec![0; 100]].concat();
        assert_eq!(expanded(&packed, Coding::Gzip, 250), (b"one two".to_vec(), vec![]));
    }

    #[test]
    fn after_a_broken_member_the_next_is_read() {
        let mut second = gzip(&[b'x'; 2000]);
        for byte in &mut second[12..16] {
            *byte ^= 0x55;
        }
        let packed = [gzip(b"one"), second, gzip(b"three")].concat();
        let (bytes, codes) = expanded(&packed, Coding::Gzip, 250);
        assert!(bytes.starts_with(b"one") && bytes.ends_with(b"three"), "{}", String::from_utf8_lossy(&bytes));
        assert_eq!(codes, ["compression-broken"]);
        let (bytes, codes) = expanded(&gzip(b"cut")[..12], Coding::Gzip, 250);
        assert_eq!((bytes.len() < 3, codes), (true, vec!["compression-cut"]));
    }

    #[test]
    fn deflate_is_read_with_and_without_its_header() {
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::default());
        raw.write_all(b"page").unwrap();
        assert_eq!(expanded(&raw.finish().unwrap(), Coding::Deflate, 250).0, b"page");
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(b"page").unwrap();
        assert_eq!(expanded(&zlib.finish().unwrap(), Coding::Deflate, 250).0, b"page");
    }

    #[test]
    fn a_bomb_ends_in_a_diagnostic() {
        let packed = gzip(&vec![0; 200 << 20]);
        let (bytes, codes) = expanded(&packed, Coding::Gzip, 100);
        assert!(bytes.len() < 100 << 20, "{}", bytes.len());
        assert_eq!(codes[0], "expansion-cap");
    }
}

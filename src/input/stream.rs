//! A stream of bytes that ends instead of failing, and lets its beginning be looked at.
//!
//! In: any reader. Out: the same bytes through [`BufRead`]. A fault of the reader (a broken
//! compression, a cap that was reached) is kept and looks like the end, so that what was read up
//! to it is never lost. Memory: one buffer, as large as the longest peek.

use crate::base::{Diagnostic, Severity};
use std::io::{self, BufRead, ErrorKind, Read};

/// Bytes that are read at once.
const CHUNK: usize = 64 << 10;

/// A reader whose faults are kept.
pub(super) struct Stream<'r> {
    source: Box<dyn Read + 'r>,
    buffer: Vec<u8>,
    start: usize,
    fault: Option<Diagnostic>,
    is_over: bool,
}

impl<'r> Stream<'r> {
    pub(super) fn new(source: impl Read + 'r) -> Self {
        Self { source: Box::new(source), buffer: Vec::new(), start: 0, fault: None, is_over: false }
    }

    /// What ended the stream before its time.
    pub(super) fn fault(&mut self) -> Option<Diagnostic> {
        self.fault.take()
    }

    /// Did the stream end before its time?
    pub(super) fn is_broken(&self) -> bool {
        self.fault.is_some()
    }

    /// Goes on after a fault, where the source can; `false` if it has no more to give.
    pub(super) fn resume(&mut self) -> bool {
        self.is_over = false;
        self.start == self.buffer.len() && self.fill() || self.start < self.buffer.len()
    }

    /// The next bytes, as many as asked for unless the stream ends before; they stay in it.
    pub(super) fn peek(&mut self, length: usize) -> &[u8] {
        while self.buffer.len() - self.start < length && self.fill() {}
        let end = self.buffer.len().min(self.start + length);
        &self.buffer[self.start..end]
    }

    /// Reads to the end, but no more than `most` bytes; says whether there were more.
    pub(super) fn read_up_to(&mut self, most: usize) -> (Vec<u8>, bool) {
        let mut bytes = Vec::new();
        loop {
            let available = self.available();
            if available.is_empty() {
                return (bytes, false);
            }
            let taken = available.len().min(most - bytes.len());
            if taken == 0 {
                return (bytes, true);
            }
            bytes.extend_from_slice(&available[..taken]);
            self.consume(taken);
        }
    }

    /// Reads a line with its end, but no more than `most` bytes of it; `None` at the end of the stream.
    ///
    /// The rest of a longer line is skipped, and the second value says so.
    pub(super) fn line(&mut self, most: usize) -> Option<(Vec<u8>, bool)> {
        let (mut line, mut is_cut) = (Vec::new(), false);
        loop {
            let available = self.available();
            if available.is_empty() {
                return (!line.is_empty()).then_some((line, is_cut));
            }
            let found = memchr::memchr(b'\n', available);
            let length = found.map_or(available.len(), |at| at + 1);
            let taken = length.min(most - line.len());
            is_cut |= taken < length;
            line.extend_from_slice(&available[..taken]);
            self.consume(length);
            if found.is_some() {
                return Some((line, is_cut));
            }
        }
    }

    /// Moves so many bytes, if there are as many, to the end of `into`; how many there were.
    pub(super) fn take_into(&mut self, into: &mut Vec<u8>, length: u64) -> u64 {
        self.take(length).read_to_end(into).map_or(0, |read| read as u64)
    }

    /// Skips so many bytes, if there are as many; how many there were.
    pub(super) fn skip(&mut self, length: u64) -> u64 {
        let mut left = length;
        while left > 0 {
            let available = self.available().len() as u64;
            if available == 0 {
                break;
            }
            let taken = available.min(left);
            self.consume(usize::try_from(taken).expect("no more than a buffer"));
            left -= taken;
        }
        length - left
    }

    /// Some bytes, or none at the end.
    pub(super) fn available(&mut self) -> &[u8] {
        if self.start == self.buffer.len() {
            self.fill();
        }
        &self.buffer[self.start..]
    }

    /// Adds bytes to the buffer; `false` at the end.
    fn fill(&mut self) -> bool {
        if self.is_over {
            return false;
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        let held = self.buffer.len();
        self.buffer.resize(held + CHUNK, 0);
        let read = loop {
            match self.source.read(&mut self.buffer[held..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.fault = Some(diagnostic(&error));
                    break 0;
                }
                Ok(read) => break read,
            }
        };
        self.buffer.truncate(held + read);
        self.is_over = read == 0;
        read > 0
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let available = self.available();
        let length = available.len().min(into.len());
        into[..length].copy_from_slice(&available[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Stream<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(self.available())
    }

    fn consume(&mut self, length: usize) {
        self.start += length;
    }
}

/// A fault with its own code travels through `Read` in an [`io::Error`].
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct Fault {
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Fault {
    pub(super) fn error(code: &'static str, message: impl Into<String>) -> io::Error {
        io::Error::other(Self { code, message: message.into() })
    }
}

fn diagnostic(error: &io::Error) -> Diagnostic {
    let fault = error.get_ref().and_then(|inner| inner.downcast_ref::<Fault>());
    let (code, message) = match fault {
        Some(fault) => (fault.code, fault.message.clone()),
        None if error.kind() == ErrorKind::UnexpectedEof => {
            ("compression-cut", "the compressed data ends early; what came before was read".into())
        }
        None => ("input-broken", format!("the data is broken: {error}; what came before was read")),
    };
    Diagnostic::new(Severity::Error, code, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives some bytes, then fails.
    struct Failing(Vec<u8>);

    impl Read for Failing {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            match self.0.pop() {
                Some(byte) => {
                    into[0] = byte;
                    Ok(1)
                }
                None => Err(Fault::error("test", "over")),
            }
        }
    }

    #[test]
    fn a_fault_is_kept_and_ends_the_stream() {
        let mut stream = Stream::new(Failing(b"cba".to_vec()));
        assert_eq!(stream.peek(2), b"ab");
        assert_eq!(stream.read_up_to(100), (b"abc".to_vec(), false));
        assert_eq!(stream.fault().map(|fault| fault.code), Some("test"));
        assert_eq!(stream.peek(1), b"");
    }

    #[test]
    fn lines_are_bounded() {
        let mut stream = Stream::new(&b"one\n0123456789\nend"[..]);
        assert_eq!(stream.line(6), Some((b"one\n".to_vec(), false)));
        assert_eq!(stream.line(6), Some((b"012345".to_vec(), true)));
        assert_eq!(stream.line(6), Some((b"end".to_vec(), false)));
        assert_eq!(stream.line(6), None);
    }

    #[test]
    fn a_read_says_whether_there_was_more() {
        assert_eq!(Stream::new(&b"abc"[..]).read_up_to(3), (b"abc".to_vec(), false));
        assert_eq!(Stream::new(&b"abcd"[..]).read_up_to(3), (b"abc".to_vec(), true));
        assert_eq!(Stream::new(&b"abcd"[..]).skip(9), 4);
    }
}

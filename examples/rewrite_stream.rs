//! The smallest filter: a page comes in on standard input and goes out without its ads, while it streams.
//!
//! `curl -s https://example.com/ | cargo run --release --example rewrite_stream https://example.com/`

use adsieve::{Engine, PageContext};
use std::io::{self, Read, Write};

fn main() -> io::Result<()> {
    // Built once; shared by reference between all threads and connections.
    let engine = Engine::built_in();
    let page = std::env::args().nth(1).map_or_else(PageContext::unknown, PageContext::new);

    // Bytes in, bytes out: the sink is called with what is decided, as soon as it is.
    let mut failed = None;
    let mut out = io::stdout().lock();
    let mut rewriter = engine.rewriter(page, |bytes: &[u8]| failed = failed.take().or(out.write_all(bytes).err()));
    let (mut input, mut chunk) = (io::stdin().lock(), [0; 16 << 10]);
    loop {
        match input.read(&mut chunk)? {
            0 => break,
            length => rewriter.write(&chunk[..length]),
        }
    }

    // The log says what went, and why.
    for change in rewriter.end().changes {
        eprintln!("{} at {}..{}: {}", change.kind.name(), change.at.start, change.at.end, change.why);
    }
    failed.map_or(Ok(()), Err)
}

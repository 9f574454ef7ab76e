//! A whole filter in front of plain HTTP, with the standard library alone: requests judged, pages rewritten while they stream.
//!
//! `cargo run --release --example http_filter -- 127.0.0.1:8080`, then `curl --proxy localhost:8080 http://example.com/`.
//!
//! It shows the order of things and is no proxy to keep: a thread and a connection for each request, no HTTPS, nobody kept
//! out. `adsieve proxy` does the rest, on the same public API.

use adsieve::header::{self, HeaderList};
use adsieve::{Engine, PageContext, Request, RequestKind};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// Names this filter and its rules: pages that a browser keeps are asked for anew once it changes.
const MARK: &str = "example1";
/// Scripts of strangers are walked by recursion.
const STACK: usize = 64 << 20;
/// Bytes of a head.
const HEAD: u64 = 64 << 10;

fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    // Built once, shared by all threads.
    let (listener, engine) = (TcpListener::bind(address)?, Arc::new(Engine::built_in()));
    println!("{}", listener.local_addr()?);
    for client in listener.incoming() {
        let (client, engine) = (client?, engine.clone());
        thread::Builder::new().stack_size(STACK).spawn(move || {
            if let Err(error) = answer(&engine, client) {
                eprintln!("{error}");
            }
        })?;
    }
    Ok(())
}

/// Reads a request and answers it: with a stand-in, or with what its server says.
fn answer(engine: &Engine, mut client: TcpStream) -> io::Result<()> {
    let mut from_client = BufReader::new(client.try_clone()?);
    let mut head = Head::read(&mut from_client)?;
    let words: Vec<String> = head.first.split(' ').map(str::to_owned).collect();
    let [method, url, _] = &words[..] else { return client.write_all(b"HTTP/1.0 400 Bad Request\r\n\r\n") };
    let (kind, source) = (kind(&head), head.field("referer").to_owned());

    // Ads are answered in place of their servers: by an inert library where the page waits for one.
    let verdict = engine.check_request(&Request::new(url).with_source(&source).with_kind(kind).with_method(method));
    if verdict.is_block() {
        let Some(stand_in) = verdict.answer else { return client.write_all(b"HTTP/1.0 403 Forbidden\r\n\r\n") };
        write!(client, "HTTP/1.0 200 OK\r\nContent-Type: {}\r\n\r\n", stand_in.content_type)?;
        return client.write_all(&stand_in.body);
    }

    let (authority, path) = address(url)?;
    let mut server = TcpStream::connect(authority)?;
    // This example undoes no coding, so it asks for none. A range of a rewritten page would not fit the whole.
    header::mend_request(&mut head.fields, "identity", MARK);
    head.fields.retain(|(name, _)| !name.eq_ignore_ascii_case("connection") && !name.starts_with("Proxy-"));
    // HTTP/1.0, so that the answer comes without chunks and ends with its connection.
    head.first = format!("{method} {path} HTTP/1.0");
    let length = head.field("content-length").parse().unwrap_or(0);
    head.write(&mut server)?;
    io::copy(&mut from_client.take(length), &mut server)?;
    pass_on(engine, method, url, &mut BufReader::new(server), &mut client)
}

/// Sends an answer on: rewritten if it is a page, else as it is.
fn pass_on(
    engine: &Engine,
    method: &str,
    url: &str,
    server: &mut impl BufRead,
    client: &mut TcpStream,
) -> io::Result<()> {
    let mut head = Head::read(server)?;
    let status = head.first.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let is_plain = head.field("content-encoding").is_empty() && head.field("transfer-encoding").is_empty();
    if !is_plain || header::pass_reason(method, status, &head.fields).is_some() {
        head.write(client)?;
        return io::copy(server, client).map(|_| ());
    }
    header::mend_response(&mut head.fields, MARK, false);
    head.write(client)?;

    // Bytes in, bytes out: the sink gets what is decided, as soon as it is.
    let (mut failed, mut piece) = (None, [0; 16 << 10]);
    let sink = |bytes: &[u8]| failed = failed.take().or(client.write_all(bytes).err());
    let mut rewriter = engine.rewriter(PageContext::new(url), sink);
    // What the page forbids itself, the filter does not put into it.
    for policy in head.fields("content-security-policy") {
        rewriter = rewriter.with_policy(policy);
    }
    loop {
        match server.read(&mut piece)? {
            0 => break,
            length => rewriter.write(&piece[..length]),
        }
    }
    for change in rewriter.end().changes {
        eprintln!("{url}: {} ({})", change.kind.name(), change.why);
    }
    failed.map_or(Ok(()), Err)
}

/// What is asked for, as browsers tell it.
fn kind(head: &Head) -> RequestKind {
    match head.field("sec-fetch-dest") {
        "document" => RequestKind::Document,
        "iframe" | "frame" => RequestKind::Frame,
        "script" => RequestKind::Script,
        "image" => RequestKind::Image,
        "style" => RequestKind::Style,
        "empty" => RequestKind::Fetch,
        _ if head.field("accept").contains("text/html") => RequestKind::Document,
        _ => RequestKind::Other,
    }
}

/// Host with port, and path, of `http://host/path`.
fn address(url: &str) -> io::Result<(String, &str)> {
    let rest = url.strip_prefix("http://").ok_or_else(|| io::Error::other("only http:// is asked for"))?;
    let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let port = if authority.rsplit(']').next().is_some_and(|tail| tail.contains(':')) { "" } else { ":80" };
    Ok((format!("{authority}{port}"), path))
}

/// First line and fields of a message.
struct Head {
    first: String,
    fields: HeaderList,
}

impl Head {
    fn read(from: &mut impl BufRead) -> io::Result<Self> {
        let mut lines = from.take(HEAD).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
        let first = lines.next().ok_or(io::ErrorKind::UnexpectedEof)?;
        let fields = lines.filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_owned(), value.trim().to_owned()))
        });
        Ok(Self { first, fields: fields.collect() })
    }

    fn fields<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h str> {
        self.fields.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }

    fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }

    fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let fields: String = self.fields.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        to.write_all(format!("{}\r\n{fields}Connection: close\r\n\r\n", self.first).as_bytes())
    }
}

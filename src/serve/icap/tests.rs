//! Whole conversations, byte by byte, without a socket.

use super::session::converse;
use super::shared::{IcapOptions, Shared};
use super::wire::{ChunkReader, Piece, end_chunks, write_chunk};
use crate::serve::{Filter, Loaded, LogOptions, Metrics, Workers};
use adsieve::Engine;
use proptest::prelude::*;
use std::io::Write;
use std::net::IpAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

static FILTER: LazyLock<Arc<Filter>> = LazyLock::new(|| {
    let loaded = Loaded { engine: Arc::new(Engine::built_in()), mark: "r7".into() };
    Arc::new(Filter::new(move || Ok(loaded.clone())).unwrap())
});
static WORKERS: LazyLock<Workers> = LazyLock::new(|| Workers::new().unwrap());

const WAIT: Duration = Duration::from_secs(20);
const CLIENT: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
const ASKED: &str = "GET http://news.example/ HTTP/1.1\r\nHost: news.example\r\n\r\n";
const HTML: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
const PAGE: &str = "<p>Before</p><script>pbjs.requestBids({})</script><p>After</p>";
const LEFT: &str = "<p>Before</p><p>After</p>";
const CLEAN: &str = "<p>Before</p><script>menu()</script><p>After</p>";

fn shared(options: IcapOptions) -> (Arc<Shared>, watch::Sender<bool>) {
    let (end, is_ending) = watch::channel(false);
    let log = LogOptions { is_json: false, level: tracing::Level::ERROR, keeps_queries: false };
    let metrics = Arc::new(Metrics::default());
    let (filter, workers) = (FILTER.clone(), WORKERS.clone());
    (Arc::new(Shared { filter, workers, metrics, log, options, is_ending }), end)
}

fn options() -> IcapOptions {
    IcapOptions { connections: 7, preview: 0, is_closed: false, blocks_tunnels: false, body_idle: WAIT }
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async { timeout(WAIT * 2, work).await.expect("no conversation hangs") })
}

/// A client's end of a conversation.
fn connect(options: IcapOptions) -> (DuplexStream, watch::Sender<bool>) {
    let (client, server) = duplex(4 << 10);
    let (shared, end) = shared(options);
    tokio::spawn(converse(server, shared, CLIENT));
    (client, end)
}

/// Sends everything, then reads everything.
fn talk_with(options: IcapOptions, sent: &[u8]) -> Vec<u8> {
    run(async {
        let (mut client, _end) = connect(options);
        let sent = sent.to_vec();
        let (mut reader, mut writer) = tokio::io::split(&mut client);
        let mut all = Vec::new();
        let send = async {
            // A server that refuses the rest has said why.
            let _ = writer.write_all(&sent).await;
            let _ = writer.shutdown().await;
        };
        let (_, read) = tokio::join!(send, reader.read_to_end(&mut all));
        read.unwrap();
        all
    })
}

fn talk(sent: &[u8]) -> Vec<u8> {
    talk_with(options(), sent)
}

fn chunks(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    body.chunks(1000).for_each(|chunk| write_chunk(&mut out, chunk));
    end_chunks(&mut out);
    out
}

/// A RESPMOD message with its body, and more fields in its head.
fn respmod(head: &str, body: &[u8], fields: &str) -> Vec<u8> {
    let (first, second) = (ASKED.len(), ASKED.len() + head.len());
    let mut message = format!(
        "RESPMOD icap://h/respmod ICAP/1.0\r\nHost: h\r\n{fields}Encapsulated: req-hdr=0, res-hdr={first}, res-body={second}\r\n\r\n\
         {ASKED}{head}"
    )
    .into_bytes();
    message.extend(chunks(body));
    message
}

fn reqmod(head: &str, fields: &str) -> Vec<u8> {
    let head = format!("{}\r\n\r\n", head.replace('\n', "\r\n"));
    format!(
        "REQMOD icap://h/reqmod ICAP/1.0\r\nHost: h\r\n{fields}Encapsulated: req-hdr=0, null-body={}\r\n\r\n{head}",
        head.len()
    )
    .into_bytes()
}

/// The parts of an answer: ICAP head, HTTP head, body; and what follows it.
struct Answer {
    icap: String,
    http: String,
    body: Vec<u8>,
    is_whole: bool,
    rest: Vec<u8>,
}

fn split_head(bytes: &[u8]) -> (String, &[u8]) {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").map_or(bytes.len(), |at| at + 4);
    (String::from_utf8_lossy(&bytes[..end]).into_owned(), &bytes[end..])
}

fn answer(bytes: &[u8]) -> Answer {
    let (icap, mut rest) = split_head(bytes);
    let mut answer = Answer { http: String::new(), body: Vec::new(), is_whole: true, rest: Vec::new(), icap };
    if answer.icap.contains("-hdr=0") {
        (answer.http, rest) = split_head(rest);
    }
    if answer.icap.contains("-body=") && !answer.icap.contains("null-body") {
        answer.is_whole = false;
        let mut reader = ChunkReader::default();
        while !answer.is_whole {
            let (used, piece) = reader.next(rest).unwrap();
            match piece {
                Some(Piece::Data(bytes)) => answer.body.extend_from_slice(bytes),
                Some(Piece::End { .. }) => answer.is_whole = true,
                None => break,
            }
            rest = &rest[used..];
        }
        if answer.is_whole {
            rest = rest.strip_prefix(b"0\r\n\r\n").unwrap_or(rest);
        }
    }
    answer.rest = rest.to_vec();
    answer
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn services_say_what_they_do() {
    let said = String::from_utf8(talk(b"OPTIONS icap://h/respmod ICAP/1.0\r\nHost: h\r\n\r\n")).unwrap();
    for line in [
        "ICAP/1.0 200 OK",
        "Methods: RESPMOD",
        "ISTag: \"r7\"",
        "Max-Connections: 7",
        "Allow: 204",
        "Preview: 0",
        "Transfer-Preview: *",
        "Encapsulated: null-body=0",
    ] {
        assert!(said.contains(&format!("{line}\r\n")), "{line} in {said}");
    }
    let said = String::from_utf8(talk(b"OPTIONS icap://h/reqmod ICAP/1.0\r\nHost: h\r\n\r\n")).unwrap();
    assert!(said.contains("Methods: REQMOD\r\n") && !said.contains("Transfer-Ignore"), "{said}");
}

#[test]
fn pages_lose_their_ads_whether_or_not_there_is_leave_for_204() {
    for fields in ["", "Allow: 204\r\n"] {
        let answer = answer(&talk(&respmod(HTML, PAGE.as_bytes(), fields)));
        assert!(answer.icap.starts_with("ICAP/1.0 200 OK\r\n") && answer.is_whole, "{}", answer.icap);
        assert_eq!(String::from_utf8(answer.body).unwrap(), LEFT);
    }
}

#[test]
fn untouched_pages_come_back_as_they_were() {
    let said = talk(&respmod(HTML, CLEAN.as_bytes(), "Allow: 204\r\n"));
    assert!(said.starts_with(b"ICAP/1.0 204 "), "{}", String::from_utf8_lossy(&said));
    let answer = answer(&talk(&respmod(HTML, CLEAN.as_bytes(), "")));
    assert_eq!((&*answer.http, answer.body), (HTML, CLEAN.into()));
}

#[test]
fn codings_are_undone_and_made_again() {
    let head = HTML.replace("text/html", "text/html\r\nContent-Encoding: gzip");
    let edited = answer(&talk(&respmod(&head, &gzip(PAGE.as_bytes()), "")));
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&*edited.body), &mut text).unwrap();
    assert_eq!(text, LEFT);
    let untouched = answer(&talk(&respmod(&head, &gzip(CLEAN.as_bytes()), "")));
    assert_eq!((untouched.http, untouched.body), (head, gzip(CLEAN.as_bytes())));
}

#[test]
fn pages_of_any_size_pass_through_small_buffers() {
    for size in [1_000, 63_000, 66_000, 300_000, 2_000_000] {
        let filler = "<p>Nothing but words.</p>\n".repeat(size / 26);
        let edited = answer(&talk(&respmod(HTML, format!("{filler}{PAGE}").as_bytes(), "")));
        assert!(edited.is_whole && edited.body == format!("{filler}{LEFT}").into_bytes(), "{size}");
        let untouched = answer(&talk(&respmod(HTML, filler.as_bytes(), "")));
        assert!(untouched.is_whole && untouched.body == filler.into_bytes(), "{size}");
    }
}

#[test]
fn the_rest_of_a_preview_is_asked_for_only_where_it_matters() {
    run(async {
        let (mut client, _end) = connect(options());
        let mut said = vec![0; 4 << 10];
        // A picture: its head is enough.
        let picture = HTML.replace("text/html", "image/png");
        client.write_all(&respmod(&picture, b"", "Preview: 0\r\n")).await.unwrap();
        let length = client.read(&mut said).await.unwrap();
        assert!(said[..length].starts_with(b"ICAP/1.0 204 "));
        // A page, on the same connection.
        client.write_all(&respmod(HTML, &PAGE.as_bytes()[..10], "Preview: 10\r\n")).await.unwrap();
        let length = client.read(&mut said).await.unwrap();
        assert_eq!(&said[..length], b"ICAP/1.0 100 Continue\r\n\r\n");
        client.write_all(&chunks(&PAGE.as_bytes()[10..])).await.unwrap();
        client.shutdown().await.unwrap();
        said.clear();
        client.read_to_end(&mut said).await.unwrap();
        assert_eq!(String::from_utf8(answer(&said).body).unwrap(), LEFT);
    });
}

#[test]
fn a_body_that_fits_its_preview_is_whole() {
    let with_ieof = |body: &str| {
        let mut message = respmod(HTML, body.as_bytes(), "Preview: 1024\r\n");
        message.truncate(message.len() - 4);
        message.extend(b"; ieof\r\n\r\n");
        talk(&message)
    };
    assert_eq!(String::from_utf8(answer(&with_ieof(PAGE)).body).unwrap(), LEFT);
    assert!(with_ieof(CLEAN).starts_with(b"ICAP/1.0 204 "));
}

#[test]
fn an_answer_begins_before_the_page_is_whole() {
    run(async {
        let (mut client, _end) = connect(options());
        let message = respmod(HTML, b"<p>first</p>", "Allow: 204\r\n");
        client.write_all(&message[..message.len() - 5]).await.unwrap();
        let (mut said, mut buffer) = (Vec::new(), [0; 1024]);
        while !said.windows(5).any(|five| five == b"first") {
            let length = client.read(&mut buffer).await.unwrap();
            said.extend_from_slice(&buffer[..length]);
        }
        client.write_all(&chunks(b"<p>last</p>")).await.unwrap();
        client.shutdown().await.unwrap();
        client.read_to_end(&mut said).await.unwrap();
        assert_eq!(answer(&said).body, b"<p>first</p><p>last</p>");
    });
}

#[test]
fn requests_for_ads_are_answered_and_others_go_out() {
    let ad = "GET https://securepubads.g.doubleclick.net/tag/js/gpt.js HTTP/1.1\nReferer: https://news.example/";
    let blocked = answer(&talk(&reqmod(ad, "Allow: 204\r\n")));
    assert!(blocked.icap.contains("Encapsulated: res-hdr=0, res-body=") && blocked.http.starts_with("HTTP/1.1 200 OK"));
    assert!(String::from_utf8(blocked.body).unwrap().contains("googletag"));
    assert!(talk(&reqmod("GET http://news.example/a.js HTTP/1.1", "Allow: 204\r\n")).starts_with(b"ICAP/1.0 204 "));
    let echoed = answer(&talk(&reqmod("GET http://news.example/a.js HTTP/1.1\nX-Odd:  1", "")));
    assert_eq!(echoed.http, "GET http://news.example/a.js HTTP/1.1\r\nX-Odd:  1\r\n\r\n");
    assert!(echoed.icap.contains("Encapsulated: req-hdr=0, null-body="));
}

#[test]
fn messages_sent_at_once_are_answered_in_order() {
    let ad = "GET https://ib.adnxs.com/getuid HTTP/1.1\nReferer: https://news.example/\nAccept: image/png";
    let plain = "GET http://news.example/a.js HTTP/1.1";
    let mut sent = reqmod(plain, "Allow: 204\r\n");
    sent.extend(reqmod(ad, "Allow: 204\r\n"));
    sent.extend(reqmod(plain, "Allow: 204\r\nConnection: close\r\n"));
    sent.extend(reqmod(ad, ""));
    let said = talk(&sent);
    let first = answer(&said);
    let second = answer(&first.rest);
    let third = answer(&second.rest);
    assert!(first.icap.starts_with("ICAP/1.0 204") && second.icap.starts_with("ICAP/1.0 200"));
    assert!(third.icap.starts_with("ICAP/1.0 204") && third.icap.contains("Connection: close"));
    assert_eq!(String::from_utf8_lossy(&third.rest), "", "nothing is answered after the last");
}

#[test]
fn what_is_no_icap_is_told_so_and_the_connection_ends() {
    let status = |sent: &[u8]| String::from_utf8_lossy(&talk(sent)).get(9..12).unwrap_or_default().to_owned();
    assert_eq!(status(b"GET / HTTP/1.1\r\n\r\n"), "400");
    assert_eq!(status(b"OPTIONS icap://h/other ICAP/1.0\r\n\r\n"), "404");
    assert_eq!(status(b"DELETE icap://h/reqmod ICAP/1.0\r\n\r\n"), "501");
    assert_eq!(status(b"OPTIONS icap://h/reqmod ICAP/9.0\r\n\r\n"), "505");
    assert_eq!(status(b"REQMOD icap://h/respmod ICAP/1.0\r\nEncapsulated: req-hdr=0, null-body=9\r\n\r\nx"), "405");
    assert_eq!(status(&respmod("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", b"", "")), "400");
    assert_eq!(status(&respmod("HTTP/1.1 200 OK\r\nA: 1\r\n folded\r\n\r\n", b"", "")), "400");
    assert_eq!(status(&respmod(HTML, b"too much", "Preview: 4\r\n")), "400");
    let flood = format!("OPTIONS icap://h/reqmod ICAP/1.0\r\n{}", "X-Flood: 1\r\n".repeat(4000));
    assert_eq!(status(flood.as_bytes()), "400");
    let mut sent = respmod(HTML, b"", "");
    sent.truncate(sent.len() - 5);
    sent.extend(b"FFFFFFFFFFFFFFFF\r\n");
    assert_eq!(status(&sent), "400");
}

#[test]
fn a_page_that_does_not_fit_its_coding_passes_or_not_as_the_user_wants() {
    let head = HTML.replace("text/html", "text/html\r\nContent-Encoding: gzip");
    let mut damaged = gzip(PAGE.as_bytes());
    let length = damaged.len();
    damaged[length / 2] ^= 0xff;
    damaged.truncate(length - 4);
    let open = answer(&talk(&respmod(&head, &damaged, "")));
    assert_eq!((open.http, open.body), (head.clone(), damaged.clone()));
    let closed = answer(&talk_with(IcapOptions { is_closed: true, ..options() }, &respmod(&head, &damaged, "")));
    assert!(closed.http.starts_with("HTTP/1.1 502 "), "{}", closed.http);
}

#[test]
fn a_bomb_is_broken_off() {
    let head = HTML.replace("text/html", "text/html\r\nContent-Encoding: gzip");
    let bomb = gzip(&vec![b' '; 200 << 20]);
    let said = answer(&talk(&respmod(&head, &bomb, "")));
    assert!(!said.is_whole || said.body == bomb, "{} bytes", said.body.len());
}

#[test]
fn the_end_of_the_server_is_the_end_of_idle_connections() {
    run(async {
        let (mut client, end) = connect(options());
        sleep(Duration::from_millis(10)).await;
        end.send(true).unwrap();
        let mut said = Vec::new();
        client.read_to_end(&mut said).await.unwrap();
        assert!(said.is_empty());
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_bytes_end_in_an_answer_or_a_closed_connection(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        talk(&bytes);
    }

    #[test]
    fn damaged_messages_end_too(at in 0_usize..400, byte in any::<u8>(), cut in 0_usize..400) {
        let mut message = respmod(HTML, PAGE.as_bytes(), "Preview: 500\r\nAllow: 204\r\n");
        let length = message.len();
        message[at % length] = byte;
        message.truncate(length - cut % length);
        talk(&message);
    }
}

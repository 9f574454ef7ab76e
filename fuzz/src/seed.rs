//! Where fuzzing begins: inputs for each target, made from the fixtures and rules of the repository.
//!
//! In: the root of the repository and a target's name. Out: inputs, in a fixed order. Nothing is stored: fixtures that
//! are added later are seeds as well.

use std::fs;
use std::path::{Path, PathBuf};

/// Bytes of the largest seed: long inputs make slow rounds and teach nothing that short ones do not.
const SEED_BYTES: usize = 128 << 10;

/// The seeds of a target.
pub fn seeds(root: &Path, target: &str) -> Vec<Vec<u8>> {
    let files = |folder: &str, endings: &[&str]| read(&root.join(folder), endings);
    let made = |endings: &[&str]| files("tests/containers", endings);
    let mut seeds = match target {
        "page" | "split" | "charset" | "rewrite" => {
            let pages = files("tests/corpus", &["html"]).into_iter();
            pages.chain(files("tests/browser/pages", &["html"])).collect()
        }
        "script" => between(files("tests/corpus", &["html"]), "<script>", "</script>"),
        "salvage" | "clean" => files("tests/corpus/text", &["txt", "md"]),
        "rules" => files("rules", &["toml"]),
        "pattern" => patterns(files("rules", &["toml"])),
        "request" => requests(files("rules", &["toml"])),
        "sellers" => sellers(),
        "icap" => messages(),
        "http_head" => messages().iter().flat_map(|message| heads(message)).collect(),
        "warc" => made(&["warc", "gz"]),
        "har" => made(&["har"]),
        "mhtml" => made(&["mhtml", "mht"]),
        "webarchive" => made(&["webarchive"]),
        "packed" => made(&["zip", "wacz", "gz"]),
        "compressed" => made(&["gz", "br", "zst", "xz"]),
        "table" => made(&["csv", "jsonl"]),
        _ => Vec::new(),
    };
    seeds.extend(crashes(root, target).into_iter().map(|(_, bytes)| bytes));
    seeds.retain(|seed| seed.len() <= SEED_BYTES);
    seeds
}

/// Inputs that once broke a promise of the target, with their names.
pub fn crashes(root: &Path, target: &str) -> Vec<(String, Vec<u8>)> {
    let mut paths = Vec::new();
    collect(&root.join("fuzz/crashes").join(target), &mut paths);
    paths.sort();
    paths.into_iter().filter_map(|path| Some((path.display().to_string(), fs::read(path).ok()?))).collect()
}

fn read(folder: &Path, endings: &[&str]) -> Vec<Vec<u8>> {
    let mut paths = Vec::new();
    collect(folder, &mut paths);
    paths.retain(|path| path.extension().is_some_and(|ending| endings.iter().any(|known| ending == *known)));
    paths.sort();
    paths.into_iter().filter_map(|path| fs::read(path).ok()).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { collect(&path, paths) } else { paths.push(path) }
    }
}

/// What stands between the two texts, wherever it does.
fn between(files: Vec<Vec<u8>>, open: &str, close: &str) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for file in files {
        let text = String::from_utf8_lossy(&file).into_owned();
        let pieces = text.split(open).skip(1).filter_map(|piece| piece.split_once(close));
        found.extend(pieces.map(|(piece, _)| piece.as_bytes().to_vec()));
    }
    found
}

/// The patterns of rules.
fn patterns(files: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut found = between(files.clone(), "'''", "'''");
    let texts = files.iter().map(|file| String::from_utf8_lossy(file));
    for text in texts {
        let lines = text.lines().filter(|line| ["script", "url", "element"].iter().any(|key| line.starts_with(key)));
        let quoted = lines.filter_map(|line| line.split_once('\'')?.1.rsplit_once('\''));
        found.extend(quoted.map(|(pattern, _)| pattern.as_bytes().to_vec()));
    }
    found.sort();
    found.dedup();
    found
}

/// List rules, URLs and header fields about the hosts of rules.
fn requests(files: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut found = vec![
        b"/ads[0-9]+\\.js/$script\n@@||example.com^$document\n##.ad\nexample.com##+js(x)\nhttps://[::1]:99999/%zz?\xff\n".to_vec(),
        b"Content-Type: text/html; charset=utf-8\nContent-Encoding: gzip, br\nContent-Security-Policy: script-src \
          'sha256-x'\nLink: <https://ib.adnxs.com/x>; rel=preload\nContent-Length: 7\n"
            .to_vec(),
    ];
    for host in between(files, "hosts = [\"", "\"") {
        let host = String::from_utf8_lossy(&host).into_owned();
        found.push(
            format!("||{host}^$third-party\n@@||{host}/ok$image\nhttps://sub.{host}/a/b.js?id=1&u=http%3A//{host}/\n")
                .into_bytes(),
        );
    }
    found
}

/// ICAP messages: options, a request without a body, a response with a preview in chunks, one that was folded.
fn messages() -> Vec<Vec<u8>> {
    let request =
        "GET http://news.example/a?b=1 HTTP/1.1\r\nHost: news.example\r\nAccept: text/html, */*;q=0.1\r\n\r\n";
    let response = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n\r\n";
    let (first, second) = (request.len(), request.len() + response.len());
    [
        "OPTIONS icap://127.0.0.1:1344/respmod ICAP/1.0\r\nHost: 127.0.0.1\r\n\r\n".to_owned(),
        format!(
            "REQMOD icap://h/reqmod ICAP/1.0\r\nHost: h\r\nAllow: 204, 206\r\nX-Client-IP: 10.0.0.7\r\n\
             Encapsulated: req-hdr=0, null-body={first}\r\n\r\n{request}"
        ),
        format!(
            "RESPMOD icap://h/respmod?a=b ICAP/1.0\r\nHost: h\r\nPreview: 8\r\nAllow: 204\r\n\
             Encapsulated: req-hdr=0, res-hdr={first}, res-body={second}\r\n\r\n{request}{response}\
             4\r\n<!do\r\n4;a=b\r\nctyp\r\n0; ieof\r\n\r\n"
        ),
        format!("5\r\nabcde\r\n1f\r\n{}\r\n0\r\nTrailer: x\r\n\r\n", "x".repeat(31)),
        "RESPMOD icap://h/r ICAP/1.0\r\nHost: h\r\n folded\r\nEncapsulated: res-hdr=0, res-body=9\r\n\r\n".to_owned(),
    ]
    .map(String::into_bytes)
    .into()
}

/// The HTTP heads in a message.
fn heads(message: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(message).into_owned();
    let blocks = text.split_inclusive("\r\n\r\n").filter(|block| block.contains("HTTP/1.1"));
    blocks.map(|block| block.as_bytes().to_vec()).collect()
}

fn sellers() -> Vec<Vec<u8>> {
    let texts = [
        "# ads.txt\ngoogle.com, pub-1234, DIRECT, f08c47fec0942fa0\nrubiconproject.com,77,RESELLER\nownerdomain=example.com\n",
        r#"{"version":"1.0","sellers":[{"seller_id":"1","seller_type":"BOTH","domain":"example.com","is_confidential":1}]}"#,
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

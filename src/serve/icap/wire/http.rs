//! The heads of HTTP messages that ICAP carries.

use super::error::WireError;
use super::field::{Fields, is_token, latin, line, to_bytes};

/// Digits of a length.
const MAX_DIGITS: usize = 18;

/// The head of an HTTP request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestHead {
    /// `GET`, …
    pub(crate) method: String,
    /// The target as it stands in the request line.
    pub(crate) target: String,
    version: String,
    /// All fields.
    pub(crate) fields: Fields,
}

/// The head of an HTTP response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResponseHead {
    /// 200, …
    pub(crate) status: u16,
    status_line: String,
    /// All fields.
    pub(crate) fields: Fields,
}

impl RequestHead {
    /// Reads a head, with its empty line and nothing behind that.
    ///
    /// # Errors
    ///
    /// If it breaks the grammar, or says two things about the length of its body.
    pub(crate) fn parse(head: &[u8]) -> Result<Self, WireError> {
        const BAD: WireError = WireError::Malformed("the encapsulated request line");
        let (first, fields) = split(head)?;
        let mut words = first.split(|byte| *byte == b' ');
        let (Some(method), Some(target), Some(version), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(BAD);
        };
        // Targets in UTF-8 are against the rules and all over the web.
        let is_target = !target.is_empty() && target.iter().all(|byte| byte.is_ascii_graphic() || *byte >= 0x80);
        if !is_token(method) || !is_target || !is_version(version) {
            return Err(BAD);
        }
        fields.single("Host")?;
        Ok(Self { method: latin(method), target: latin(target), version: latin(version), fields })
    }

    /// The URL that is asked for; of a `CONNECT` the root of its host.
    pub(crate) fn url(&self) -> String {
        let bytes = to_bytes(&self.target);
        let target = String::from_utf8(bytes).unwrap_or_else(|error| latin(error.as_bytes()));
        if self.method == "CONNECT" {
            return format!("https://{}/", target.strip_suffix(":443").unwrap_or(&target));
        }
        match self.fields.get("Host") {
            Some(host) if target.starts_with('/') => format!("http://{host}{target}"),
            _ => target,
        }
    }

    /// The head as bytes, with its empty line.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut out = to_bytes(&format!("{} {} {}\r\n", self.method, self.target, self.version));
        self.fields.write(&mut out);
        out.extend_from_slice(b"\r\n");
        out
    }
}

impl ResponseHead {
    /// Reads a head, with its empty line and nothing behind that.
    ///
    /// # Errors
    ///
    /// If it breaks the grammar, or says two things about the length of its body.
    pub(crate) fn parse(head: &[u8]) -> Result<Self, WireError> {
        const BAD: WireError = WireError::Malformed("the encapsulated status line");
        let (first, fields) = split(head)?;
        let mut words = first.splitn(3, |byte| *byte == b' ');
        let (version, status) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let is_status = status.len() == 3 && status.iter().all(u8::is_ascii_digit) && status[0] != b'0';
        if !is_version(version) || !is_status || first.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            return Err(BAD);
        }
        let status = latin(status).parse().map_err(|_| BAD)?;
        Ok(Self { status, status_line: latin(first), fields })
    }

    /// The head as bytes, with its empty line.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut out = to_bytes(&self.status_line);
        out.extend_from_slice(b"\r\n");
        self.fields.write(&mut out);
        out.extend_from_slice(b"\r\n");
        out
    }
}

/// The first line and the fields of a head that must be all of `head`.
fn split(head: &[u8]) -> Result<(&[u8], Fields), WireError> {
    const BAD: WireError = WireError::Malformed("an encapsulated head that does not end where its offset says");
    let (first, rest) = line(head).ok_or(BAD)?;
    let block = rest.strip_suffix(b"\r\n").ok_or(BAD)?;
    let fields = Fields::parse(block)?;
    check_framing(&fields)?;
    Ok((first, fields))
}

/// ICAP frames the body; whoever gets the message from us may go by its fields, so these must say one thing.
fn check_framing(fields: &Fields) -> Result<(), WireError> {
    let length = fields.single("Content-Length")?;
    if length.is_some() && fields.get("Transfer-Encoding").is_some() {
        return Err(WireError::Malformed("both a length and a transfer coding"));
    }
    let is_number =
        |text: &str| !text.is_empty() && text.len() <= MAX_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
    if length.is_none_or(is_number) { Ok(()) } else { Err(WireError::Malformed("Content-Length")) }
}

fn is_version(text: &[u8]) -> bool {
    matches!(text, [b'H', b'T', b'T', b'P', b'/', major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn request(lines: &str) -> Result<RequestHead, WireError> {
        RequestHead::parse(format!("{}\r\n\r\n", lines.replace('\n', "\r\n")).as_bytes())
    }

    fn response(lines: &str) -> Result<ResponseHead, WireError> {
        ResponseHead::parse(format!("{}\r\n\r\n", lines.replace('\n', "\r\n")).as_bytes())
    }

    #[test]
    fn urls_are_whole_whatever_the_form_of_the_target() {
        let url = |lines| request(lines).unwrap().url();
        assert_eq!(url("GET http://news.example/a?b HTTP/1.1\nHost: other.example"), "http://news.example/a?b");
        assert_eq!(url("GET /a?b HTTP/1.0\nhost: news.example:8080"), "http://news.example:8080/a?b");
        assert_eq!(url("CONNECT ads.example:443 HTTP/1.1"), "https://ads.example/");
        assert_eq!(url("CONNECT ads.example:8443 HTTP/1.1"), "https://ads.example:8443/");
        assert_eq!(url("GET /a HTTP/1.0"), "/a");
        let bytes = "GET http://news.example/é HTTP/1.1\r\n\r\n".as_bytes();
        assert_eq!(RequestHead::parse(bytes).unwrap().url(), "http://news.example/é");
    }

    #[test]
    fn heads_go_out_as_they_came() {
        let bytes = b"GET http://n.example/caf\xe9 HTTP/1.1\r\nHost: n.example\r\nX: \xff\r\n\r\n";
        assert_eq!(RequestHead::parse(bytes).unwrap().to_bytes(), bytes);
        let bytes = b"HTTP/1.1 404 Nicht gefund\xe9n\r\nServer: x\r\n\r\n";
        assert_eq!(ResponseHead::parse(bytes).unwrap().to_bytes(), bytes);
        assert_eq!(response("HTTP/1.0 200").unwrap().status, 200);
    }

    #[test]
    fn two_words_about_a_length_are_refused() {
        for more in [
            "Content-Length: 5\nContent-Length: 5",
            "Content-Length: 5\ncontent-length: 6",
            "Content-Length: 5, 5",
            "Content-Length: +5",
            "Content-Length: ",
            "Content-Length: 5\nTransfer-Encoding: chunked",
            "A: 1\n B: 2",
            "Content-Length : 5",
        ] {
            assert!(request(&format!("POST / HTTP/1.1\nHost: h\n{more}")).is_err(), "{more}");
            assert!(response(&format!("HTTP/1.1 200 OK\n{more}")).is_err(), "{more}");
        }
        assert!(response("HTTP/1.1 200 OK\nTransfer-Encoding: chunked").is_ok());
    }

    #[test]
    fn lines_that_are_none_are_refused() {
        for bad in
            ["GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 x", "G(T / HTTP/1.1", "GET /\u{7} HTTP/1.1", "GET / ICAP/1.0"]
        {
            assert!(request(bad).is_err(), "{bad}");
        }
        for bad in ["HTTP/1.1", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 OK", "ICY 200 OK", "HTTP/1.1 099 x"] {
            assert!(response(bad).is_err(), "{bad}");
        }
        let early = b"HTTP/1.1 200 OK\r\n\r\nX: 1\r\n\r\n";
        assert!(ResponseHead::parse(early).is_err(), "an empty line before the end");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = RequestHead::parse(&bytes);
            let _ = ResponseHead::parse(&bytes);
        }

        #[test]
        fn what_is_read_is_written_alike(target in "[!-~]{1,20}", name in "[A-Za-z-]{1,9}", value in "[!-~]{0,20}") {
            let text = format!("GET {target} HTTP/1.1\r\n{name}: {value}\r\n\r\n");
            if let Ok(head) = RequestHead::parse(text.as_bytes()) {
                prop_assert_eq!(head.to_bytes(), text.into_bytes());
            }
        }
    }
}

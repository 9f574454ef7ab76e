//! The head of an ICAP request.

use super::encapsulated::Encapsulated;
use super::error::WireError;
use super::field::{Fields, is_token, latin, line};
use super::method::Method;
use super::{MAX_HTTP_HEADS, MAX_ICAP_HEAD};

/// Digits of a preview's size.
const MAX_DIGITS: usize = 9;

/// The head of an ICAP request, read and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IcapHead {
    /// What is asked for.
    pub(crate) method: Method,
    /// The path of its URI without the first slash, the query left out.
    pub(crate) service: String,
    /// All fields.
    pub(crate) fields: Fields,
    /// What follows the head.
    pub(crate) encapsulated: Encapsulated,
    /// The size of the preview, if the body comes with one.
    pub(crate) preview: Option<u64>,
    /// May the answer be 204, outside of a preview too?
    pub(crate) allows_204: bool,
    /// Does the client end the connection after this?
    pub(crate) is_last: bool,
}

/// Where the first head in `bytes` ends: behind its empty line. `None` while that has not come.
///
/// # Errors
///
/// If it is longer than it may be, or begins as no method does: whoever speaks TLS need not wait for an answer.
pub(crate) fn head_length(bytes: &[u8]) -> Result<Option<usize>, WireError> {
    if bytes.first().is_some_and(|byte| !byte.is_ascii_alphabetic()) {
        return Err(WireError::Malformed("the request line"));
    }
    let end = bytes.windows(4).take(MAX_ICAP_HEAD).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
    if end.is_none() && bytes.len() >= MAX_ICAP_HEAD { Err(WireError::TooLarge("the ICAP head")) } else { Ok(end) }
}

impl IcapHead {
    /// Reads a head, with its empty line.
    ///
    /// # Errors
    ///
    /// If it breaks the grammar, or frames what follows in a way that readers could disagree about.
    pub(crate) fn parse(head: &[u8]) -> Result<Self, WireError> {
        let (first, rest) = line(head).ok_or(WireError::Malformed("the request line"))?;
        let (method, service) = request_line(first)?;
        let block = rest.strip_suffix(b"\r\n").ok_or(WireError::Malformed("the end of the head"))?;
        let fields = Fields::parse(block)?;
        // Bodies are always chunked, and say so nowhere: any of these speaks of another framing.
        if fields.get("Content-Length").or(fields.get("Transfer-Encoding")).is_some() {
            return Err(WireError::Malformed("a length or transfer coding in an ICAP head"));
        }
        fields.single("Host")?;
        let encapsulated = match fields.single("Encapsulated")? {
            Some(value) => Encapsulated::parse(value, method, MAX_HTTP_HEADS)?,
            None if method == Method::Options => Encapsulated::default(),
            None => return Err(WireError::Malformed("no Encapsulated field")),
        };
        let preview = fields.single("Preview")?.map(size).transpose()?.filter(|_| encapsulated.has_body);
        let (allows_204, is_last) = (fields.has_word("Allow", "204"), fields.has_word("Connection", "close"));
        Ok(Self { method, service, encapsulated, preview, allows_204, is_last, fields })
    }
}

fn request_line(line: &[u8]) -> Result<(Method, String), WireError> {
    let mut words = line.split(|byte| *byte == b' ');
    let (Some(method), Some(uri), Some(version), None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(WireError::Malformed("the request line"));
    };
    if !is_token(method) || !uri.iter().all(u8::is_ascii_graphic) || !version.starts_with(b"ICAP/") {
        return Err(WireError::Malformed("the request line"));
    }
    if version != b"ICAP/1.0" {
        return Err(WireError::Version);
    }
    let method = Method::of_name(method).ok_or(WireError::UnknownMethod)?;
    Ok((method, service(&latin(uri))?))
}

/// `icap://host:1344/respmod?x` → `respmod`.
fn service(uri: &str) -> Result<String, WireError> {
    let (scheme, rest) = uri.split_once("://").ok_or(WireError::Malformed("the URI"))?;
    if !["icap", "icaps"].iter().any(|known| known.eq_ignore_ascii_case(scheme)) {
        return Err(WireError::Malformed("the URI's scheme"));
    }
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    Ok(rest.split_once('/').map_or("", |(_, path)| path).trim_end_matches('/').to_owned())
}

fn size(digits: &str) -> Result<u64, WireError> {
    let is_number =
        !digits.is_empty() && digits.len() <= MAX_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number {
        digits.parse().map_err(|_| WireError::Malformed("Preview"))
    } else {
        Err(WireError::Malformed("Preview"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn head(lines: &str) -> Result<IcapHead, WireError> {
        IcapHead::parse(format!("{}\r\n\r\n", lines.replace('\n', "\r\n")).as_bytes())
    }

    #[test]
    fn a_head_says_what_follows() {
        let read = head(
            "RESPMOD icap://127.0.0.1:1344/respmod?x=1 ICAP/1.0\nHost: 127.0.0.1:1344\nPreview: 1024\nAllow: 206, 204\n\
             Encapsulated: req-hdr=0, res-hdr=137, res-body=296\nX-Client-IP: 10.0.0.7",
        )
        .unwrap();
        assert_eq!((read.method, &*read.service, read.preview), (Method::Respmod, "respmod", Some(1024)));
        assert!(read.allows_204 && !read.is_last && read.encapsulated.has_body);
        assert_eq!(read.fields.get("x-client-ip"), Some("10.0.0.7"));
        let options = head("OPTIONS icap://h/reqmod/ ICAP/1.0\nConnection: close").unwrap();
        assert_eq!((options.method, &*options.service, options.is_last), (Method::Options, "reqmod", true));
    }

    #[test]
    fn a_preview_of_no_body_is_none() {
        let read = head("REQMOD icap://h/r ICAP/1.0\nPreview: 0\nEncapsulated: req-hdr=0, null-body=9").unwrap();
        assert_eq!(read.preview, None);
    }

    #[test]
    fn smuggling_shapes_are_refused() {
        let good = "REQMOD icap://h/r ICAP/1.0\nHost: h\nEncapsulated: req-hdr=0, req-body=9";
        assert!(head(good).is_ok());
        for more in [
            "Content-Length: 5",
            "Transfer-Encoding: chunked",
            "Encapsulated: req-hdr=0, req-body=9",
            "encapsulated: null-body=0",
            "Host: i",
            "Preview: 5\nPreview: 6",
            "Preview: -1",
            "Preview: 1e3",
            "Preview: 99999999999999999999",
            " folded",
            "Encapsulated : null-body=0",
        ] {
            assert!(matches!(head(&format!("{good}\n{more}")), Err(WireError::Malformed(_))), "{more}");
        }
    }

    #[test]
    fn other_requests_are_told_apart() {
        assert_eq!(head("GET icap://h/ ICAP/1.0"), Err(WireError::UnknownMethod));
        assert_eq!(head("OPTIONS icap://h/ ICAP/2.0"), Err(WireError::Version));
        for bad in [
            "GET / HTTP/1.1",
            "OPTIONS  icap://h/ ICAP/1.0",
            "OPTIONS icap://h/ ICAP/1.0 ",
            "OPTIONS /reqmod ICAP/1.0",
            "OPTIONS http://h/ ICAP/1.0",
            "options icap://h/\u{1}x ICAP/1.0",
            "REQMOD icap://h/ ICAP/1.0",
            "",
        ] {
            assert!(matches!(head(bad), Err(WireError::Malformed(_))), "{bad}");
        }
    }

    #[test]
    fn a_head_without_end_is_cut_off() {
        assert_eq!(head_length(b"OPTIONS x\r\n\r\nrest"), Ok(Some(13)));
        assert_eq!(head_length(b"OPTIONS x\r\n\r"), Ok(None));
        assert!(head_length(&[b'a'; MAX_ICAP_HEAD]).is_err());
        assert!(head_length(b"\x16\x03\x01").is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = IcapHead::parse(&bytes);
            let _ = head_length(&bytes);
        }

        #[test]
        fn any_lines_are_read_or_refused(lines in "(REQMOD|RESPMOD|OPTIONS) icap://[a-z:/?]{0,9} ICAP/1.0(\r\n(Host|Preview|Allow|Encapsulated): [ -~]{0,30}){0,5}\r\n\r\n") {
            if let Ok(head) = IcapHead::parse(lines.as_bytes()) {
                prop_assert!(head.encapsulated.request_head + head.encapsulated.response_head <= MAX_HTTP_HEADS);
            }
        }
    }
}

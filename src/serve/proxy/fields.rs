//! Header fields on their way through: those of one connection stay, those about a rewritten body change.

use adsieve::header::HeaderList;
use hyper::HeaderMap;
use hyper::header::{
    ALT_SVC, CONNECTION, CONTENT_LENGTH, COOKIE, EXPECT, HOST, HeaderName, HeaderValue, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};

/// Fields of a single connection (RFC 9110, 7.6.1), and those by which clients speak to proxies.
const OF_CONNECTION: [HeaderName; 10] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("http2-settings"),
];

/// Takes away what speaks of one connection, and what `Connection` names. Upgrades to web sockets are put back.
fn remove_of_connection(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in OF_CONNECTION.iter().chain(&named) {
        headers.remove(name);
    }
}

/// The fields of a request as the server gets them.
pub(crate) fn to_server(headers: &mut HeaderMap, is_upgrade: bool) {
    // The body's length is told by the body; two tellers could differ.
    let has_length = headers.contains_key(TRANSFER_ENCODING);
    remove_of_connection(headers);
    headers.remove(HOST);
    headers.remove(EXPECT);
    if has_length {
        headers.remove(CONTENT_LENGTH);
    }
    // HTTP/2 sends cookies one by one, HTTP/1.1 knows one field.
    let cookies: Vec<&[u8]> = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes).collect();
    if cookies.len() > 1
        && let Ok(joined) = HeaderValue::from_bytes(&cookies.join(&b"; "[..]))
    {
        headers.insert(COOKIE, joined);
    }
    if is_upgrade {
        upgrade_again(headers);
    }
}

/// The fields of a response as the client gets them.
pub(crate) fn to_client(headers: &mut HeaderMap, is_upgrade: bool) {
    remove_of_connection(headers);
    // Another way to the server would lead around the proxy.
    headers.remove(ALT_SVC);
    if is_upgrade {
        upgrade_again(headers);
    }
}

fn upgrade_again(headers: &mut HeaderMap) {
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
}

/// The fields as text, a character for each byte, so that nothing is lost.
pub(crate) fn to_list(headers: &HeaderMap) -> HeaderList {
    let pair = |(name, value): (&HeaderName, &HeaderValue)| {
        (name.as_str().to_owned(), value.as_bytes().iter().copied().map(char::from).collect())
    };
    headers.iter().map(pair).collect()
}

/// The way back from [`to_list`]. What cannot stand in a field is left out.
pub(crate) fn from_list(list: &HeaderList) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(list.len());
    for (name, value) in list {
        let bytes: Option<Vec<u8>> = value.chars().map(|character| u8::try_from(character).ok()).collect();
        let value = bytes.and_then(|bytes| HeaderValue::from_bytes(&bytes).ok());
        if let (Ok(name), Some(value)) = (name.parse::<HeaderName>(), value) {
            headers.append(name, value);
        }
    }
    headers
}

/// Does a request tell its length twice, as smugglers do?
pub(crate) fn is_ambiguous(headers: &HeaderMap) -> bool {
    let lengths = headers.get_all(CONTENT_LENGTH).iter().count();
    lengths > 1 || lengths == 1 && headers.contains_key(TRANSFER_ENCODING)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(fields: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn fields_of_the_connection_stay_there() {
        let mut fields = headers(&[
            ("connection", "keep-alive, X-Hop"),
            ("x-hop", "1"),
            ("proxy-authorization", "Basic x"),
            ("te", "trailers"),
            ("host", "a.example"),
            ("cookie", "a=1"),
            ("cookie", "b=2"),
            ("x-kept", "1"),
        ]);
        to_server(&mut fields, false);
        assert_eq!(fields, headers(&[("cookie", "a=1; b=2"), ("x-kept", "1")]));
    }

    #[test]
    fn upgrades_are_passed_on() {
        let mut fields = headers(&[("connection", "Upgrade"), ("upgrade", "websocket"), ("sec-websocket-key", "x")]);
        to_server(&mut fields, true);
        assert_eq!(fields[UPGRADE], "websocket");
        assert_eq!(fields[CONNECTION], "Upgrade");
    }

    #[test]
    fn no_byte_of_a_value_is_lost() {
        let mut fields = HeaderMap::new();
        fields.append("x-odd", HeaderValue::from_bytes(b"caf\xe9 \xc3\xa9").unwrap());
        assert_eq!(from_list(&to_list(&fields)), fields);
    }

    #[test]
    fn lengths_that_are_told_twice_are_seen() {
        assert!(is_ambiguous(&headers(&[("content-length", "3"), ("transfer-encoding", "chunked")])));
        assert!(is_ambiguous(&headers(&[("content-length", "3"), ("content-length", "3")])));
        assert!(!is_ambiguous(&headers(&[("content-length", "3")])));
    }
}

//! The `Encapsulated` field: which HTTP heads a message carries, and whether a body follows.

use super::error::WireError;
use super::method::Method;

/// What a part of a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Section {
    /// `req-hdr`
    RequestHead,
    /// `res-hdr`
    ResponseHead,
    /// `req-body`, `res-body`, `opt-body`
    Body,
    /// `null-body`
    NoBody,
}

/// The parts of a message, as the lengths that follow from their offsets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Encapsulated {
    /// Bytes of the HTTP request head; 0 where there is none.
    pub(crate) request_head: usize,
    /// Bytes of the HTTP response head; 0 where there is none.
    pub(crate) response_head: usize,
    /// Does a chunked body follow?
    pub(crate) has_body: bool,
}

impl Encapsulated {
    /// Reads the value of the field, for a message of that method.
    ///
    /// # Errors
    ///
    /// If parts are unknown, out of order, twice, empty, or not of this method; if the heads are too large.
    pub(crate) fn parse(value: &str, method: Method, max_heads: usize) -> Result<Self, WireError> {
        const ORDER: WireError = WireError::Malformed("the parts of Encapsulated");
        let mut parts = Vec::new();
        for entry in value.split(',') {
            let (name, offset) = entry.split_once('=').ok_or(ORDER)?;
            parts.push((section(name.trim(), method).ok_or(ORDER)?, offset_of(offset.trim(), max_heads)?));
            if parts.len() > 3 {
                return Err(ORDER);
            }
        }
        let is_ordered = parts.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1);
        let (last, _) = *parts.last().ok_or(ORDER)?;
        let has_one_end = last >= Section::Body && parts.iter().filter(|(kind, _)| *kind >= Section::Body).count() == 1;
        if parts[0].1 != 0 || !is_ordered || !has_one_end {
            return Err(ORDER);
        }
        let length = |wanted: Section| {
            let at = parts.iter().position(|(kind, _)| *kind == wanted);
            at.map_or(0, |at| parts[at + 1].1 - parts[at].1)
        };
        Ok(Self {
            request_head: length(Section::RequestHead),
            response_head: length(Section::ResponseHead),
            has_body: last == Section::Body,
        })
    }
}

fn section(name: &str, method: Method) -> Option<Section> {
    match (name, method) {
        ("req-hdr", Method::Reqmod | Method::Respmod) => Some(Section::RequestHead),
        ("res-hdr", Method::Respmod) => Some(Section::ResponseHead),
        ("req-body", Method::Reqmod) | ("res-body", Method::Respmod) | ("opt-body", Method::Options) => {
            Some(Section::Body)
        }
        ("null-body", _) => Some(Section::NoBody),
        _ => None,
    }
}

fn offset_of(digits: &str, max: usize) -> Result<usize, WireError> {
    if digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(WireError::Malformed("an offset of Encapsulated"));
    }
    let offset: usize = digits.parse().map_err(|_| WireError::Malformed("an offset of Encapsulated"))?;
    if offset > max { Err(WireError::TooLarge("the encapsulated heads")) } else { Ok(offset) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn parsed(value: &str, method: Method) -> Option<(usize, usize, bool)> {
        let parts = Encapsulated::parse(value, method, 1000).ok()?;
        Some((parts.request_head, parts.response_head, parts.has_body))
    }

    #[test]
    fn lengths_follow_from_offsets() {
        assert_eq!(parsed("req-hdr=0, res-hdr=137, res-body=296", Method::Respmod), Some((137, 159, true)));
        assert_eq!(parsed("res-hdr=0,null-body=9", Method::Respmod), Some((0, 9, false)));
        assert_eq!(parsed("req-hdr=0, null-body=170", Method::Reqmod), Some((170, 0, false)));
        assert_eq!(parsed("req-body=0", Method::Reqmod), Some((0, 0, true)));
        assert_eq!(parsed("null-body=0", Method::Options), Some((0, 0, false)));
        assert_eq!(parsed("opt-body=0", Method::Options), Some((0, 0, true)));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for bad in [
            "",
            "req-hdr=0",
            "req-hdr=1, null-body=5",
            "req-hdr=0, null-body=0",
            "req-hdr=5, null-body=3",
            "null-body=0, req-hdr=0",
            "req-hdr=0, req-hdr=4, null-body=9",
            "req-hdr=0, res-hdr=4, res-body=9",
            "req-hdr=0, req-body=9, null-body=12",
            "req-hdr=0, req-body=9, null-body=9",
            "req-hdr=0, req-body=-9",
            "req-hdr=0, req-body=+9",
            "req-hdr=0, req-body=0x9",
            "req-hdr=0, req-body=18446744073709551617",
            "req-hdr=0, req-body=1001",
            "req-hdr=0 req-body=9",
            "req-hdr=0, req-body=9,",
        ] {
            assert_eq!(parsed(bad, Method::Reqmod), None, "{bad}");
        }
    }
}

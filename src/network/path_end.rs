//! Ends of paths that name a product on whatever host it is served from: `/delivery/ajs.php`, `/*prebid*.js`.
//!
//! Publishers put some libraries on hosts of their own, and leave them their names. In: the part of a URL from its path
//! on. Out: does it end like that? `*` stands for any text between two slashes. Linear in the path.

/// The end of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathEnd {
    /// Its segments, the last one first.
    segments: Vec<Segment>,
}

/// The literal parts of a segment, between its stars.
type Segment = Vec<Box<str>>;

impl PathEnd {
    /// Reads `/segment/segment`.
    pub fn new(text: &str) -> Self {
        let segments = text.trim_start_matches('/').rsplit('/');
        Self { segments: segments.map(|segment| segment.split('*').map(Box::from).collect()).collect() }
    }

    /// Does a path end like that? Query and fragment may follow it.
    pub fn is_end_of(&self, rest: &str) -> bool {
        let path = rest.split(['?', '#']).next().unwrap_or_default();
        let mut theirs = path.rsplit('/');
        self.segments.iter().all(|segment| theirs.next().is_some_and(|other| is_match(segment, other)))
    }
}

fn is_match(parts: &[Box<str>], text: &str) -> bool {
    let [first, middle @ .., last] = parts else { return parts.first().is_some_and(|only| **only == *text) };
    let Some(inner) = text.strip_prefix(&**first).and_then(|rest| rest.strip_suffix(&**last)) else { return false };
    let mut rest = inner;
    middle.iter().all(|part| {
        let found = memchr::memmem::find(rest.as_bytes(), part.as_bytes());
        found.and_then(|at| rest.get(at + part.len()..)).inspect(|after| rest = after).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_end_as_they_are_told_to() {
        let is = |pattern: &str, rest: &str| PathEnd::new(pattern).is_end_of(rest);
        assert!(is("/*prebid*.js", "/static/prebid6.9.0.js") && is("/*prebid*.js", "/til_prebid_new.js?v=25"));
        assert!(is("/*prebid*.js", "/prebid.js#x") && is("/prebid.js", "/a/prebid.js"));
        assert!(!is("/*prebid*.js", "/prebid/app.js") && !is("/*prebid*.js", "/prebid.json"));
        assert!(!is("/*prebid*.js", "/app.js?from=/prebid.js") && !is("/*prebid*.js", "/"));
        assert!(is("/delivery/ajs.php", "/ads/www/delivery/ajs.php?zoneid=1"));
        assert!(!is("/delivery/ajs.php", "/mydelivery/ajs.php") && !is("/delivery/ajs.php", "/ajs.php"));
        assert!(!is("/ab*ba.js", "/aba.js") && is("/ab*ba.js", "/abba.js"));
    }
}

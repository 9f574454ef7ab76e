//! Ends of paths that name a product on whatever host it is served from: `/delivery/ajs.php`, `/*prebid*.js`.
//!
//! Publishers put some libraries on hosts of their own, and leave them their names. In: the part of a URL from its path
//! on. Out: does it end like that? `*` stands for any text between two slashes. Linear in the path.

/// Ends of paths, each with what it names.
#[derive(Clone, Debug)]
pub(crate) struct PathEnds<T> {
    ends: Vec<(PathEnd, T)>,
}

impl<T> Default for PathEnds<T> {
    fn default() -> Self {
        Self { ends: Vec::new() }
    }
}

impl<T> PathEnds<T> {
    /// Adds `/segment/segment`.
    pub fn add(&mut self, text: &str, named: T) {
        self.ends.push((PathEnd::new(text), named));
    }

    /// What the first end names that a path has. Query and fragment may follow the path.
    pub fn find(&self, rest: &str) -> Option<&T> {
        let path = rest.split(['?', '#']).next().unwrap_or_default();
        self.ends.iter().find(|(end, _)| end.is_end_of(path)).map(|(_, named)| named)
    }

    /// The same ends with other things that they name.
    pub fn map<U>(&self, change: impl Fn(&T) -> U) -> PathEnds<U> {
        PathEnds { ends: self.ends.iter().map(|(end, named)| (end.clone(), change(named))).collect() }
    }
}

/// The end of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
struct PathEnd {
    /// Its segments, the last one first.
    segments: Vec<Segment>,
}

/// The literal parts of a segment, between its stars.
type Segment = Vec<Box<str>>;

impl PathEnd {
    fn new(text: &str) -> Self {
        let segments = text.trim_start_matches('/').rsplit('/');
        Self { segments: segments.map(|segment| segment.split('*').map(Box::from).collect()).collect() }
    }

    fn is_end_of(&self, path: &str) -> bool {
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
        let is = |pattern: &str, rest: &str| {
            let mut ends = PathEnds::default();
            ends.add(pattern, ());
            ends.find(rest).is_some()
        };
        assert!(is("/*prebid*.js", "/static/prebid6.9.0.js") && is("/*prebid*.js", "/til_prebid_new.js?v=25"));
        assert!(is("/*prebid*.js", "/prebid.js#x") && is("/prebid.js", "/a/prebid.js"));
        assert!(!is("/*prebid*.js", "/prebid/app.js") && !is("/*prebid*.js", "/prebid.json"));
        assert!(!is("/*prebid*.js", "/app.js?from=/prebid.js") && !is("/*prebid*.js", "/"));
        assert!(is("/delivery/ajs.php", "/ads/www/delivery/ajs.php?zoneid=1"));
        assert!(!is("/delivery/ajs.php", "/mydelivery/ajs.php") && !is("/delivery/ajs.php", "/ajs.php"));
        assert!(!is("/ab*ba.js", "/aba.js") && is("/ab*ba.js", "/abba.js"));
    }
}

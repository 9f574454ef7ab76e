//! URL patterns: host, path with holes, query parameters in any order.
//!
//! `cdn.example.com/lib/$PUBLISHER/loader.js?zone=$ZONE&mode=$MODE ?? null`. No scheme. The host stands for
//! its subdomains too; a pattern without a path or ending in `/` or `*` takes everything below.

use super::capture::Match;
use super::glob::{self, KnownText};
use super::parse::{PatternError, hole_of};
use super::shape::{Piece, outline};
use crate::base::Span;
use crate::evaluate::Value;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// A compiled URL pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct UrlPattern {
    host: Vec<Piece>,
    /// `None`: any path.
    path: Option<Vec<Piece>>,
    is_open: bool,
    query: Vec<Parameter>,
}

#[derive(Clone, Debug, PartialEq)]
struct Parameter {
    name: Box<str>,
    value: ParameterTest,
    is_optional: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum ParameterTest {
    Hole(Option<Arc<str>>),
    Equals(Box<str>),
}

/// The parts of a URL, as text; nothing is resolved or decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address<'u> {
    /// Without port and user; as it is written.
    pub host: &'u str,
    /// From the `/` on, or empty.
    pub path: &'u str,
    /// After the `?`, or empty.
    pub query: &'u str,
}

impl<'u> Address<'u> {
    /// Splits an absolute or protocol-relative `http` URL; `None` for anything else.
    #[must_use]
    pub fn split(url: &'u str) -> Option<Self> {
        let url = url.trim();
        let after_scheme = ["https:", "http:", "wss:", "ws:"].iter().find_map(|scheme| {
            let head = url.get(..scheme.len())?;
            head.eq_ignore_ascii_case(scheme).then(|| &url[scheme.len()..])
        });
        let rest = after_scheme.unwrap_or(url).strip_prefix("//")?;
        let without_fragment = rest.split('#').next().unwrap_or(rest);
        let (location, query) = without_fragment.split_once('?').unwrap_or((without_fragment, ""));
        let slash = location.find('/').unwrap_or(location.len());
        let (authority, path) = location.split_at(slash);
        let host = authority.rsplit('@').next().unwrap_or(authority);
        let host = host.split(':').next().unwrap_or(host).trim_end_matches('.');
        (!host.is_empty()).then_some(Self { host, path, query })
    }

    /// The values of a query parameter, decoded.
    fn parameter(&self, name: &str) -> Option<Cow<'u, str>> {
        // `;` and `&amp;` stand between parameters on real pages.
        let pairs = self.query.split(['&', ';']).map(|pair| pair.split_once('=').unwrap_or(("", pair)));
        pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| decode(value))
    }
}

/// Percent-decoding, where there is something to decode.
fn decode(value: &str) -> Cow<'_, str> {
    if !value.contains(['%', '+']) {
        return Cow::Borrowed(value);
    }
    let pair = url::form_urlencoded::parse(value.as_bytes()).next();
    pair.map_or(Cow::Borrowed(value), |(decoded, _)| Cow::Owned(decoded.into_owned()))
}

impl fmt::Display for UrlPattern {
    /// In words, for `rules show`: one line for each part.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "host {} (its subdomains too)", outline(&self.host))?;
        if let Some(path) = &self.path {
            let open = if self.is_open { " and all below" } else { "" };
            write!(out, "\npath {}{open}", outline(path))?;
        }
        self.query.iter().try_for_each(|parameter| {
            let absent = if parameter.is_optional { "(may be absent) " } else { "" };
            write!(out, "\nparameter {}: {absent}{}", parameter.name, parameter.value)
        })
    }
}

impl fmt::Display for ParameterTest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hole(Some(name)) => write!(out, "anything, kept as {name}"),
            Self::Hole(None) => write!(out, "anything"),
            Self::Equals(text) => write!(out, "`{text}`"),
        }
    }
}

/// The last two labels of a host, by which patterns are looked up: `taboola.com` of `cdn.taboola.com`.
#[must_use]
pub fn host_tail(host: &str) -> &str {
    match host.rmatch_indices('.').nth(1) {
        Some((at, _)) => &host[at + 1..],
        None => host,
    }
}

impl UrlPattern {
    /// The last two labels that a URL's host must have; `None` where the pattern leaves them open.
    #[must_use]
    pub fn host_tail(&self) -> Option<String> {
        let Some(Piece::Text(last)) = self.host.last() else { return None };
        let tail = host_tail(last);
        // Behind a hole a label may be cut off: `${$NAME}site.example.com` is sure of its last two only.
        let is_whole = self.host.len() == 1 || tail.len() < last.len();
        (is_whole && tail.contains('.')).then(|| tail.to_ascii_lowercase())
    }

    /// Compiles a URL pattern.
    ///
    /// # Errors
    ///
    /// The first mistake, with its place in the text.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let fail = |start: usize, message: &str, hint: &str| {
            Err(PatternError {
                span: Span::new(start, text.len()),
                message: message.into(),
                hint: (!hint.is_empty()).then(|| hint.into()),
            })
        };
        if text.contains("//") || text.contains(char::is_whitespace) && !text.contains("?? null") {
            return fail(0, "a URL pattern has no scheme and no white space", "as `cdn.example.com/tag.js`");
        }
        let (location, query) = split_query(text);
        let slash = location.find('/').unwrap_or(location.len());
        let (host, path) = location.split_at(slash);
        let host_pieces = compile_pieces(host);
        let has_name =
            host_pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.trim_matches('.').contains('.')));
        if !has_name && !path.trim_matches(['/', '*']).contains(|character: char| character.is_ascii_alphanumeric()) {
            return fail(0, "the host has no fixed domain", "as `$CLIENT.example.com`");
        }
        let is_open = path.ends_with('/') || path.ends_with('*');
        let path = (!path.is_empty()).then(|| compile_pieces(path.strip_suffix('*').unwrap_or(path)));
        let mut parameters = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty() && *pair != "*") {
            let Some(parameter) = compile_parameter(pair) else {
                return fail(
                    location.len(),
                    "a query parameter is written `name=$HOLE` or `name=text`",
                    "`?*` takes any query",
                );
            };
            parameters.push(parameter);
        }
        Ok(Self { host: host_pieces, path, is_open, query: parameters })
    }

    /// Meets a URL, which may be known in part.
    #[must_use]
    pub fn unify(&self, url: &Value) -> Option<Match> {
        let known = KnownText::new(url)?;
        let address = Address::split(&known.text)?;
        let mut found = Match::default();
        let mut keep = |name: Arc<str>, value: Value| -> Option<()> {
            found = found.and(&Match::of_capture(&name, value))?;
            Some(())
        };
        for (name, part) in self.match_host(&address.host.to_ascii_lowercase())? {
            keep(name, Value::string(&part))?;
        }
        for (name, part) in self.match_path(address.path)? {
            keep(name, known.value_of(part))?;
        }
        for parameter in &self.query {
            match (&parameter.value, address.parameter(&parameter.name).filter(|value| !value.is_empty())) {
                (_, None) if parameter.is_optional => {}
                (_, None) => return None,
                (ParameterTest::Equals(wanted), Some(value)) => (**wanted == *value).then_some(())?,
                (ParameterTest::Hole(None), Some(_)) => {}
                (ParameterTest::Hole(Some(name)), Some(Cow::Borrowed(value))) => {
                    keep(name.clone(), known.value_of(value))?
                }
                (ParameterTest::Hole(Some(name)), Some(Cow::Owned(value))) => {
                    keep(name.clone(), Value::string(&value))?
                }
            }
        }
        Some(found)
    }

    fn match_host(&self, host: &str) -> Option<Vec<(Arc<str>, String)>> {
        let own = |all: Vec<(Arc<str>, &str)>| {
            all.into_iter().map(|(name, part)| (name, part.to_owned())).collect::<Vec<_>>()
        };
        let mut rest = host;
        loop {
            if let Some(captures) = glob::match_pieces(&self.host, rest)
                && captures.iter().all(|(_, part)| !part.contains('.'))
            {
                return Some(own(captures));
            }
            rest = rest.split_once('.')?.1;
        }
    }

    fn match_path<'u>(&self, path: &'u str) -> Option<Vec<(Arc<str>, &'u str)>> {
        let Some(pieces) = &self.path else { return Some(Vec::new()) };
        if !self.is_open {
            return match_segments(pieces, path);
        }
        let mut open = pieces.clone();
        if !matches!(open.last(), Some(Piece::Hole(_))) {
            open.push(Piece::Hole(None));
            return match_segments(&open, path);
        }
        match_segments(&open, path)
    }

    /// The names of its holes.
    pub fn holes(&self) -> impl Iterator<Item = &Arc<str>> {
        let pieces = self.host.iter().chain(self.path.iter().flatten()).filter_map(|piece| match piece {
            Piece::Hole(name) => name.as_ref(),
            Piece::Text(_) => None,
        });
        pieces.chain(self.query.iter().filter_map(|parameter| match &parameter.value {
            ParameterTest::Hole(name) => name.as_ref(),
            ParameterTest::Equals(_) => None,
        }))
    }

    /// The fixed end of its host, by which patterns are looked up: `example.com` of `$CLIENT.example.com`; empty if there is none.
    #[must_use]
    pub fn domain(&self) -> &str {
        match self.host.last() {
            Some(Piece::Text(text)) => text.trim_start_matches('.'),
            _ => "",
        }
    }
}

/// A named hole stays within its segment; `*` may cross.
fn match_segments<'u>(pieces: &[Piece], path: &'u str) -> Option<Vec<(Arc<str>, &'u str)>> {
    glob::match_pieces(pieces, path).filter(|captures| captures.iter().all(|(_, part)| !part.contains('/')))
}

/// The query begins at the first `?` that is not part of `?? null`.
fn split_query(text: &str) -> (&str, &str) {
    match text.find('?') {
        Some(at) if !text[at..].starts_with("??") => (&text[..at], &text[at + 1..]),
        _ => (text, ""),
    }
}

fn compile_parameter(pair: &str) -> Option<Parameter> {
    // `?$ID`: a parameter that is only a value.
    let (name, value) = pair.split_once('=').unwrap_or(("", pair));
    let (value, is_optional) = match value.strip_suffix("null").and_then(|rest| rest.trim_end().strip_suffix("??")) {
        Some(rest) => (rest.trim_end(), true),
        None => (value, false),
    };
    let test = match hole_of(value) {
        Some(hole) => ParameterTest::Hole(hole),
        None if value.is_empty() || name.is_empty() => return None,
        None => ParameterTest::Equals(value.into()),
    };
    Some(Parameter { name: name.into(), value: test, is_optional })
}

/// Fixed text, `$NAME` holes and `*`; a hole ends at the first character that no hole's name has.
fn compile_pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut fixed = String::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let name = rest.bytes().skip(1);
        let length =
            name.take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_').count() + 1;
        let hole = if character == '*' {
            Some((None, 1))
        } else if character == '$' {
            hole_of(&rest[..length]).map(|hole| (hole, length))
        } else {
            None
        };
        if let Some((name, length)) = hole {
            if !fixed.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut fixed).into()));
            }
            pieces.push(Piece::Hole(name));
            rest = &rest[length..];
        } else {
            fixed.push(character);
            rest = &rest[character.len_utf8()..];
        }
    }
    if !fixed.is_empty() {
        pieces.push(Piece::Text(fixed.into()));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unify(pattern: &str, url: &str) -> Option<Vec<String>> {
        let found = UrlPattern::parse(pattern).unwrap().unify(&Value::string(url))?;
        Some(found.captures.iter().map(|(name, value)| format!("{name}={}", value.as_str().unwrap())).collect())
    }

    #[test]
    fn hosts_stand_for_their_subdomains() {
        assert!(unify("example.com/a.js", "https://cdn.EXAMPLE.com/a.js?x=1").is_some());
        assert!(unify("example.com/a.js", "//example.com:80/a.js#f").is_some());
        assert!(unify("example.com/a.js", "https://badexample.com/a.js").is_none());
        assert!(unify("example.com/a.js", "https://example.com.evil.net/a.js").is_none());
        assert!(unify("example.com/a.js", "/a.js").is_none());
        assert_eq!(unify("$CLIENT.example.com", "https://x.example.com/any").unwrap(), ["CLIENT=x"]);
    }

    #[test]
    fn holes_of_a_path_stay_within_their_segment() {
        assert_eq!(unify("e.com/l/$P/loader.js", "https://e.com/l/abc/loader.js").unwrap(), ["P=abc"]);
        assert!(unify("e.com/l/$P/loader.js", "https://e.com/l/a/b/loader.js").is_none());
        assert!(unify("e.com/l/$P/loader.js", "https://e.com/l/a/loader.jsx").is_none());
        assert_eq!(unify("e.com/*/tag-$T.js", "https://e.com/a/b/tag-7.js").unwrap(), ["T=7"]);
        assert_eq!(unify("e.com/l/$P/", "https://e.com/l/a/b/c.js").unwrap(), ["P=a"]);
        assert!(unify("e.com/l/*", "https://e.com/l/a/b/c.js").is_some());
    }

    #[test]
    fn parameters_come_in_any_order() {
        assert_eq!(unify("e.com/t.js?a=$A&b=$B", "https://e.com/t.js?x=1&b=2%203&a=1").unwrap(), ["A=1", "B=2 3"]);
        assert!(unify("e.com/t.js?a=$A", "https://e.com/t.js?aa=1").is_none());
        assert!(unify("e.com/t.js?a=1", "https://e.com/t.js?a=2").is_none());
        assert_eq!(unify("e.com/t.js?$ID", "https://e.com/t.js?1f2e").unwrap(), ["ID=1f2e"]);
        assert!(unify("e.com/t.js?$ID", "https://e.com/t.js?v=1").is_none());
        assert_eq!(unify("e.com/t.js?a=$A ?? null", "https://e.com/t.js").unwrap(), [""; 0]);
    }

    #[test]
    fn a_url_known_in_part_matches_as_far_as_it_is_known() {
        let url = Value::Text(
            [Value::string("https://e.com/l/"), Value::Unknown("id".into()), Value::string("/x.js")].into(),
        );
        let found = UrlPattern::parse("e.com/l/$P/x.js").unwrap().unify(&url).unwrap();
        assert_eq!(found.capture("P"), Some(&Value::Unknown("id".into())));
    }

    #[test]
    fn mistakes_are_told() {
        assert!(UrlPattern::parse("https://e.com/a").is_err());
        assert!(UrlPattern::parse("e.com/a?b").is_err());
        assert!(UrlPattern::parse("$HOST").is_err());
    }
}

//! The log: one event a line on stderr, for people or as JSON, without what URLs carry about a visitor.

use std::io::IsTerminal;
use tracing::Level;
use tracing_subscriber::fmt;

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LogOptions {
    /// JSON, one object a line.
    pub(crate) is_json: bool,
    /// The least important events that are told.
    pub(crate) level: Level,
    /// Query strings are told too.
    pub(crate) keeps_queries: bool,
}

impl LogOptions {
    /// Starts the log of this process. Where one is running, nothing changes.
    pub(crate) fn start(self) {
        let log = fmt().with_max_level(self.level).with_writer(std::io::stderr).with_target(false);
        let started = if self.is_json {
            log.json().flatten_event(true).try_init()
        } else {
            log.with_ansi(std::io::stderr().is_terminal()).try_init()
        };
        // Only a second start fails.
        let _ = started;
    }

    /// The URL as it may be told.
    pub(crate) fn url(self, url: &str) -> String {
        if self.keeps_queries { url.to_owned() } else { without_query(url) }
    }
}

/// The URL without user, query and fragment; that there was a query is still seen.
pub(crate) fn without_query(url: &str) -> String {
    let (head, has_query) = match url.find(['?', '#']) {
        Some(at) => (&url[..at], url[at..].starts_with('?')),
        None => (url, false),
    };
    let mut shown = match head.split_once("://") {
        Some((scheme, rest)) => {
            let host_end = rest.find('/').unwrap_or(rest.len());
            let host_start = rest[..host_end].rfind('@').map_or(0, |at| at + 1);
            format!("{scheme}://{}", &rest[host_start..])
        }
        None => head.to_owned(),
    };
    if has_query {
        shown.push_str("?…");
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_url_carries_about_a_visitor_is_left_out() {
        assert_eq!(without_query("https://me:pw@a.example/p/@x?token=1#y"), "https://a.example/p/@x?…");
        assert_eq!(without_query("https://a.example/p#y"), "https://a.example/p");
        assert_eq!(without_query("/p?x"), "/p?…");
        let all = LogOptions { is_json: false, level: Level::INFO, keeps_queries: true };
        assert_eq!(all.url("http://a.example/?x=1"), "http://a.example/?x=1");
    }
}

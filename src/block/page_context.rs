//! The page that requests, scripts and elements belong to, as far as it is known from outside.

use crate::network::Location;

/// What is known of a page before its bytes are read.
///
/// Without a URL everything is judged as on a site of which the policy says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageContext {
    url: Option<String>,
    host: Option<String>,
}

impl PageContext {
    /// The page at a URL.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        let url = url.into();
        let host = Location::of_url(&url).map(|location| location.host);
        Self { url: Some(url), host }
    }

    /// A page of which nothing is known.
    #[must_use]
    pub fn unknown() -> Self {
        Self::default()
    }

    /// The page's own URL.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Its host in lower case: by this the policy knows the site.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }
}

//! A request that asks to go out.

use crate::page;

/// A request, as a proxy or browser sees it before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'r> {
    /// The URL, with scheme and host.
    pub url: &'r str,
    /// URL of the page (or frame) that asks; empty where that is not known.
    pub source_url: &'r str,
    /// What is asked for.
    pub kind: RequestKind,
    /// `GET`, `POST`, …; empty where that is not known.
    pub method: &'r str,
}

impl<'r> Request<'r> {
    /// A request by its URL alone; the rest is not known.
    #[must_use]
    pub fn new(url: &'r str) -> Self {
        Self { url, source_url: "", kind: RequestKind::Other, method: "" }
    }

    /// The same request by a page.
    #[must_use]
    pub fn with_source(self, source_url: &'r str) -> Self {
        Self { source_url, ..self }
    }

    /// The same request for something of that kind.
    #[must_use]
    pub fn with_kind(self, kind: RequestKind) -> Self {
        Self { kind, ..self }
    }

    /// The same request with a method.
    #[must_use]
    pub fn with_method(self, method: &'r str) -> Self {
        Self { method, ..self }
    }
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RequestKind {
    /// A page of its own, in a tab.
    Document,
    /// A page in a frame.
    Frame,
    /// A script.
    Script,
    /// A style sheet.
    Style,
    /// An image.
    Image,
    /// A font.
    Font,
    /// Video, sound, their text tracks.
    Media,
    /// `<object>`, `<embed>`.
    Object,
    /// `fetch`, `XMLHttpRequest`.
    Fetch,
    /// `navigator.sendBeacon`, `<a ping>`.
    Ping,
    /// A web socket.
    WebSocket,
    /// Anything else, or not known.
    #[default]
    Other,
}

impl RequestKind {
    /// Every kind with the name used in reports, and the other names under which tools know it.
    const NAMES: [(Self, &'static [&'static str]); 12] = [
        (Self::Document, &["document", "main_frame"]),
        (Self::Frame, &["frame", "subdocument", "sub_frame", "iframe"]),
        (Self::Script, &["script"]),
        (Self::Style, &["style", "stylesheet"]),
        (Self::Image, &["image", "imageset"]),
        (Self::Font, &["font"]),
        (Self::Media, &["media", "audio", "video", "track"]),
        (Self::Object, &["object", "embed", "object_subrequest"]),
        (Self::Fetch, &["fetch", "xhr", "xmlhttprequest"]),
        (Self::Ping, &["ping", "beacon"]),
        (Self::WebSocket, &["websocket"]),
        (Self::Other, &["other"]),
    ];

    /// The name used in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(kind, _)| *kind == self).map_or("other", |(_, names)| names[0])
    }

    /// The kind of that name, in our words or those of browsers and filter lists.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let is_named = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        Self::NAMES.iter().find(|(_, names)| is_named(names)).map(|(kind, _)| *kind)
    }

    /// Every name that reports use.
    pub fn all_names() -> impl Iterator<Item = &'static str> {
        Self::NAMES.iter().map(|(_, names)| names[0])
    }
}

impl From<page::RequestKind> for RequestKind {
    /// The kind of request that an element of a page causes.
    fn from(kind: page::RequestKind) -> Self {
        match kind {
            page::RequestKind::Script => Self::Script,
            page::RequestKind::Image => Self::Image,
            page::RequestKind::Frame => Self::Frame,
            page::RequestKind::Style => Self::Style,
            page::RequestKind::Media => Self::Media,
            page::RequestKind::Object => Self::Object,
            page::RequestKind::Link => Self::Document,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_known_by_each_of_its_names() {
        for (kind, names) in RequestKind::NAMES {
            assert_eq!(kind.name(), names[0]);
            assert!(names.iter().all(|name| RequestKind::of_name(name) == Some(kind)));
        }
        assert_eq!(RequestKind::of_name("XHR"), Some(RequestKind::Fetch));
        assert_eq!(RequestKind::of_name("teapot"), None);
    }
}

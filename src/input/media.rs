//! Is it a page, a script, text, or nothing that holds code? By what was said of it and how it begins.

use super::SavedRequestKind;
use super::archive::{file_name, split_ending};

/// What a saved response is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    Page,
    Script,
    Text,
    /// Pictures, styles, data, and whatever else.
    Other,
}

impl Media {
    /// A file name that says the same: content decides, but where that leaves it open.
    pub(super) fn file_name(self) -> Option<&'static str> {
        match self {
            Self::Page => Some("page.html"),
            Self::Script => Some("script.js"),
            Self::Text => Some("text.txt"),
            Self::Other => None,
        }
    }
}

/// What a response is, by its media type; where that says nothing, by its URL and how it begins.
pub(super) fn media_of(content_type: Option<&str>, url: Option<&str>, head: &[u8]) -> Media {
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match &*essence {
        "text/html" | "application/xhtml+xml" => return page_or_script(url, head),
        "text/plain" if url.is_some_and(|url| url.starts_with("metadata:")) => return Media::Other,
        "text/plain" => return if begins_as_markup(head) { Media::Page } else { Media::Text },
        _ if essence.contains("javascript") || essence.contains("ecmascript") => return Media::Script,
        "" | "application/octet-stream" | "binary/octet-stream" | "unknown/unknown" | "*/*" | "x-unknown" => {}
        _ => return Media::Other,
    }
    if begins_as_markup(head) {
        return Media::Page;
    }
    let is_script = url.is_some_and(has_script_name);
    if is_script { Media::Script } else { Media::Other }
}

/// Servers send scripts as HTML, too.
fn page_or_script(url: Option<&str>, head: &[u8]) -> Media {
    let is_packed = head.first().is_some_and(|first| !first.is_ascii());
    let is_script = url.is_some_and(has_script_name) && !is_packed && !begins_as_markup(head);
    if is_script { Media::Script } else { Media::Page }
}

fn has_script_name(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    matches!(&*split_ending(file_name(path)).1, "js" | "mjs")
}

/// Does it begin as markup does? A chunk's length may stand before it.
pub(super) fn begins_as_markup(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let digits = head.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let head = if digits > 0 && head[digits..].starts_with(b"\r\n") { head[digits..].trim_ascii_start() } else { head };
    matches!(head, [b'<', b'!' | b'?', ..]) || matches!(head, [b'<', letter, ..] if letter.is_ascii_alphabetic())
}

/// What came back; the browser's own word counts before the server's.
pub(super) fn loaded_media(resource_type: &str, content_type: Option<&str>, url: &str, head: &[u8]) -> Media {
    match resource_type {
        "document" | "sub_frame" | "main_frame" => Media::Page,
        "script" => Media::Script,
        "xhr" | "fetch" | "websocket" | "eventsource" | "ping" | "beacon" | "image" | "font" | "media"
        | "stylesheet" => Media::Other,
        _ => match media_of(content_type, Some(url), head) {
            Media::Text => Media::Other,
            media => media,
        },
    }
}

/// What a request asked for: by the browser's word, by the header `Sec-Fetch-Dest`, or by what came back.
pub(super) fn request_kind(
    resource_type: &str,
    destination: &str,
    media: Media,
    content_type: Option<&str>,
) -> SavedRequestKind {
    use SavedRequestKind as Kind;
    match if resource_type.is_empty() { destination } else { resource_type } {
        "script" => return Kind::Script,
        "image" => return Kind::Image,
        "stylesheet" | "style" => return Kind::Style,
        "font" => return Kind::Font,
        "media" | "audio" | "video" | "track" => return Kind::Media,
        "document" | "iframe" | "frame" | "sub_frame" => return Kind::Frame,
        "xhr" | "fetch" | "websocket" | "eventsource" | "ping" | "beacon" | "empty" => return Kind::Fetch,
        _ => {}
    }
    let mime = content_type.unwrap_or_default();
    match media {
        Media::Page => Kind::Frame,
        Media::Script => Kind::Script,
        _ if mime.starts_with("image/") => Kind::Image,
        _ if mime.starts_with("text/css") => Kind::Style,
        _ if mime.starts_with("font/") || mime.contains("font-") => Kind::Font,
        _ if mime.starts_with("video/") || mime.starts_with("audio/") => Kind::Media,
        _ => Kind::Fetch,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_media_type_decides_unless_it_says_nothing() {
        let of = |kind, url, head: &str| media_of(Some(kind), Some(url), head.as_bytes());
        assert_eq!(of("text/html; charset=utf-8", "https://example.com/", "x"), Media::Page);
        assert_eq!(of("text/html", "https://example.com/a.js?v=1", "f()"), Media::Script);
        assert_eq!(of("application/x-javascript", "https://example.com/a", "f()"), Media::Script);
        assert_eq!(of("image/gif", "https://example.com/a.js", "<p>"), Media::Other);
        assert_eq!(of("application/octet-stream", "https://example.com/a.js", "f()"), Media::Script);
        assert_eq!(of("", "https://example.com/a", "1f4\r\n<!DOCTYPE html>"), Media::Page);
        assert_eq!(of("text/plain", "metadata://gnu.org/wget.log", "log"), Media::Other);
    }
}

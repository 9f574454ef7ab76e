//! One entry of a HAR: a request and what came back, read with lenience.
//!
//! Every tool writes its own dialect: what is missing or of another type is taken as absent.

use super::SavedRequestKind;
use super::http::{Headers, decode_body};
use super::media::{Media, begins_as_markup, loaded_media, request_kind};
use super::read_options::ReadOptions;
use crate::base::{Diagnostic, Severity, base64};
use serde_json::Value as Json;

/// What matters of an entry.
pub(super) struct Entry {
    /// Id of the page that it was loaded for.
    pub(super) page: Option<String>,
    pub(super) url: String,
    /// When it was asked for, as it stands: these sort by time.
    pub(super) started: String,
    pub(super) referrer: Option<String>,
    pub(super) kind: SavedRequestKind,
    pub(super) media: Media,
    pub(super) is_frame: bool,
    pub(super) is_redirect: bool,
    /// Where a redirect leads, as it stands.
    pub(super) leads_to: Option<String>,
    pub(super) content_type: Option<String>,
    /// Decoded; `None` where it was not recorded or is not wanted.
    pub(super) body: Option<Vec<u8>>,
    pub(super) fault: Option<Diagnostic>,
}

/// Takes a member out; null where there is none, or the value is no object.
fn take(json: &mut Json, name: &str) -> Json {
    json.get_mut(name).map(Json::take).unwrap_or_default()
}

/// Reads an entry; `None` where it names no URL that a page could ask for.
pub(super) fn read_entry(mut json: Json, options: &ReadOptions) -> Option<Entry> {
    let request = take(&mut json, "request");
    let url = text(&request["url"]).filter(|url| url.starts_with("http") || url.starts_with("ws"))?;
    let asked = headers(&request["headers"]);
    let mut response = take(&mut json, "response");
    let answered = headers(&response["headers"]);
    let mut content = take(&mut response, "content");
    let status = response["status"].as_u64().unwrap_or_default();
    let content_type = text(&content["mimeType"]).filter(|mime| !mime.is_empty() && mime != "x-unknown");
    let content_type = content_type.or_else(|| answered.get("content-type").map(ToOwned::to_owned));
    let body = match take(&mut content, "text") {
        Json::String(body) if !body.is_empty() => Some(body),
        _ => None,
    };
    let resource_type = text(&json["_resourceType"]).unwrap_or_default().to_ascii_lowercase();
    let media =
        loaded_media(&resource_type, content_type.as_deref(), &url, body.as_deref().unwrap_or_default().as_bytes());
    let destination = asked.get("sec-fetch-dest").unwrap_or_default();
    let mut entry = Entry {
        page: text(&json["pageref"]),
        started: text(&json["startedDateTime"]).unwrap_or_default(),
        referrer: asked.get("referer").map(ToOwned::to_owned),
        kind: request_kind(&resource_type, destination, media, content_type.as_deref()),
        media,
        is_frame: destination.contains("frame"),
        is_redirect: (300..400).contains(&status),
        leads_to: text(&response["redirectURL"])
            .filter(|url| !url.is_empty())
            .or_else(|| answered.get("location").map(ToOwned::to_owned)),
        content_type,
        body: None,
        fault: None,
        url,
    };
    if let (true, Some(body)) = (media != Media::Other, body) {
        let is_base64 = content["encoding"].as_str().is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64"));
        let (body, fault) = decode_body(body_bytes(body, is_base64, media), &answered, media, options);
        let size = content["size"].as_u64().unwrap_or_default();
        let cut = || is_cut(size, body.len(), entry.content_type.as_deref()).then(|| cut_body(size, body.len()));
        entry.fault = fault.or_else(cut);
        entry.body = Some(body);
    }
    Some(entry)
}

fn text(json: &Json) -> Option<String> {
    json.as_str().map(ToOwned::to_owned)
}

/// A list of `{name, value}`, or, as some tools write it, an object.
fn headers(json: &Json) -> Headers {
    let pair = |name: &str, value: &Json| Some((name.to_ascii_lowercase(), text(value)?));
    let entries = match json {
        Json::Array(list) => list.iter().filter_map(|one| pair(one["name"].as_str()?, &one["value"])).collect(),
        Json::Object(object) => object.iter().filter_map(|(name, value)| pair(name, value)).collect(),
        _ => Vec::new(),
    };
    Headers::new(entries)
}

/// Has a body fewer bytes than its recorded size? Browsers cut long ones (Firefox at a megabyte, if it is not told otherwise).
///
/// The size counts bytes of the page's own charset, the body stands in UTF-8: that is longer, but for UTF-16.
fn is_cut(size: u64, length: usize, content_type: Option<&str>) -> bool {
    let length = length as u64;
    let is_utf16 = content_type.is_some_and(|kind| kind.to_ascii_lowercase().contains("utf-16"));
    size > length + length / 50 + 16 && !(is_utf16 && size <= 2 * length + 2)
}

fn cut_body(size: u64, length: usize) -> Diagnostic {
    Diagnostic::new(Severity::Warning, "body-cut", format!("the recording holds {length} of {size} bytes of a body"))
}

/// The bytes of a body: base64 that is not is taken as it stands, base64 that nobody named is undone.
fn body_bytes(body: String, is_base64: bool, media: Media) -> Vec<u8> {
    let is_alphabet = body.bytes().all(|byte| base64::sextet(byte).is_some() || matches!(byte, b'=' | b'\r' | b'\n'));
    if !is_alphabet {
        return body.into_bytes();
    }
    if is_base64 {
        return base64::read_leniently(body.as_bytes());
    }
    // A page in base64 begins with markup once it is decoded; a script has nothing to tell it by.
    if media == Media::Page && body.len() >= 24 {
        let bytes = base64::read_leniently(body.as_bytes());
        if begins_as_markup(&bytes) {
            return bytes;
        }
    }
    body.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn body(content: Json, headers: Json) -> Option<String> {
        let entry =
            json!({"request": {"url": "https://example.com/"}, "response": {"headers": headers, "content": content}});
        let body = read_entry(entry, &ReadOptions::default()).unwrap().body;
        body.map(|body| String::from_utf8_lossy(&body).into_owned())
    }

    #[test]
    fn bodies_are_read_whatever_is_said_of_them() {
        let html = |text: &str, encoding: &str| json!({"mimeType": "text/html", "text": text, "encoding": encoding});
        assert_eq!(body(html("PHA+SGk=", "base64"), json!([])).as_deref(), Some("<p>Hi"));
        assert_eq!(body(html("<p>no base64", "base64"), json!([])).as_deref(), Some("<p>no base64"));
        assert_eq!(
            body(html("PHA+SGk8L3A+PHA+SGk8L3A+PHA+SGk8L3A+", ""), json!([])).as_deref(),
            Some("<p>Hi</p><p>Hi</p><p>Hi</p>")
        );
        // `<p>Hi` in brotli.
        let brotli = body(html("CwKAPHA+SGkD", "base64"), json!([{"name": "Content-Encoding", "value": "br"}]));
        assert_eq!(brotli.as_deref(), Some("<p>Hi"));
        assert_eq!(body(json!({"mimeType": "text/html"}), json!({"x": 1})), None);
    }

    #[test]
    fn a_body_shorter_than_its_size_was_cut() {
        let fault = |size: u64, kind: &str| {
            let content = json!({"mimeType": kind, "text": "<p>twenty bytes</p>\n", "size": size});
            let entry = json!({"request": {"url": "https://example.com/"}, "response": {"content": content}});
            read_entry(entry, &ReadOptions::default()).unwrap().fault.map(|fault| fault.code)
        };
        assert_eq!((fault(20, "text/html"), fault(0, "text/html")), (None, None));
        assert_eq!(fault(60, "text/html"), Some("body-cut"));
        assert_eq!(fault(42, "text/html; charset=UTF-16LE"), None);
    }

    #[test]
    fn requests_have_a_kind_by_type_destination_or_mime() {
        let kind = |resource_type: &str, mime: &str| {
            let entry = json!({"_resourceType": resource_type, "request": {"url": "https://example.com/x"},
                "response": {"content": {"mimeType": mime}}});
            read_entry(entry, &ReadOptions::default()).unwrap().kind
        };
        assert_eq!(kind("xhr", "application/json"), SavedRequestKind::Fetch);
        assert_eq!(kind("", "image/gif"), SavedRequestKind::Image);
        assert_eq!(kind("", "text/javascript"), SavedRequestKind::Script);
        assert_eq!(kind("document", ""), SavedRequestKind::Frame);
    }
}

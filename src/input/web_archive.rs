//! Safari's web archive: a property list of the page, its resources and its frames.
//!
//! In: the list, binary or XML. Out: one document. Memory: the archive, which is no larger than a document with
//! its resources may be.

use super::media::{Media, media_of};
use super::sink::Sink;
use super::stream::Stream;
use super::{Archive, Resource, ResourceKind, SavedDocument};
use plist::{Dictionary, Value};
use std::io::Cursor;
use std::ops::ControlFlow;

/// Frames inside one another.
const MAX_DEPTH: u32 = 8;

/// Reads the one page of an archive.
pub(super) fn read_web_archive(stream: &mut Stream<'_>, sink: &mut Sink<'_>) -> ControlFlow<()> {
    let most = sink.options.document_bytes.saturating_add(sink.options.resource_bytes);
    let (bytes, is_cut) = stream.read_up_to(most);
    let list = match Value::from_reader(Cursor::new(bytes)) {
        Ok(list) => list,
        Err(_) if is_cut => return sink.lost("webarchive-broken", "the web archive is too large"),
        Err(error) => return sink.lost("webarchive-broken", format!("the web archive cannot be read: {error}")),
    };
    let Some(mut root) = list.into_dictionary() else { return ControlFlow::Continue(()) };
    let Some(main) = root.remove("WebMainResource").and_then(|main| resource(main, ResourceKind::Frame)) else {
        return ControlFlow::Continue(());
    };
    let mut resources = Vec::new();
    collect(root, 0, &mut resources);
    sink.document(SavedDocument {
        archive: Some(Archive::WebArchive),
        name: Some("page.html".into()),
        url: Some(main.url).filter(|url| url.contains("://")),
        content_type: main.content_type,
        resources,
        ..SavedDocument::new(main.bytes)
    })
}

/// Adds the scripts and frames of an archive.
fn collect(mut archive: Dictionary, depth: u32, resources: &mut Vec<Resource>) {
    if let Some(main) = archive.remove("WebMainResource").and_then(|main| resource(main, ResourceKind::Frame)) {
        resources.push(main);
    }
    for one in list(&mut archive, "WebSubresources") {
        let loaded = resource(one, ResourceKind::Script).filter(is_script);
        resources.extend(loaded.map(|one| Resource { is_loaded: depth == 0, ..one }));
    }
    if depth < MAX_DEPTH {
        for frame in list(&mut archive, "WebSubframeArchives").into_iter().filter_map(Value::into_dictionary) {
            collect(frame, depth + 1, resources);
        }
    }
}

fn list(archive: &mut Dictionary, name: &str) -> Vec<Value> {
    archive.remove(name).and_then(Value::into_array).unwrap_or_default()
}

fn resource(value: Value, kind: ResourceKind) -> Option<Resource> {
    let mut entry = value.into_dictionary()?;
    let mut text = |name: &str| entry.remove(name).and_then(Value::into_string);
    let url = text("WebResourceURL").unwrap_or_default();
    let mime = text("WebResourceMIMEType").unwrap_or_default();
    let charset = text("WebResourceTextEncodingName");
    let content_type = charset.map_or(mime.clone(), |charset| format!("{mime}; charset={charset}"));
    let bytes = entry.remove("WebResourceData").and_then(Value::into_data)?;
    Some(Resource { url, id: None, kind, bytes, content_type: Some(content_type), is_loaded: false })
}

fn is_script(resource: &Resource) -> bool {
    media_of(resource.content_type.as_deref(), Some(&resource.url), &resource.bytes) == Media::Script
}

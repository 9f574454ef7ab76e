//! The scripts and frames that were saved with a page, decoded, and found by the URLs that its markup names.

use super::charset::decode;
use super::{Resource, ResourceKind};
use std::collections::HashMap;
use std::ops::Range;

/// The texts of a page's resources, which stand behind the page's own text.
#[derive(Clone, Debug, Default)]
pub struct Resources {
    all: Vec<ResourceText>,
    by_url: HashMap<String, usize>,
    /// Names of the folders whose paths stand for URLs.
    folders: Vec<String>,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct ResourceText {
    /// Its URL, or its path from the page.
    pub url: String,
    /// What it is to the page.
    pub kind: ResourceKind,
    /// Where it stands in the document's text.
    pub range: Range<usize>,
    /// Did the browser load it for this page?
    pub is_loaded: bool,
}

impl Resources {
    /// Decodes the resources and puts their texts behind the page's.
    pub(super) fn append(resources: &[Resource], page_charset: &str, text: &mut String) -> Self {
        let mut known = Self::default();
        for resource in resources {
            let own = resource.content_type.as_deref().filter(|kind| kind.contains("charset"));
            let is_script = resource.kind == ResourceKind::Script;
            // A script that names no charset has that of its page.
            let fallback = (is_script && std::str::from_utf8(&resource.bytes).is_err()).then_some(page_charset);
            let (decoded, _, _) = decode(&resource.bytes, own.or(fallback));
            text.push('\n');
            let start = text.len();
            text.push_str(&decoded);
            known.push(resource, start..text.len());
        }
        known
    }

    fn push(&mut self, resource: &Resource, range: Range<usize>) {
        let Resource { url, id, kind, is_loaded, .. } = resource;
        let index = self.all.len();
        for name in [Some(url), id.as_ref()].into_iter().flatten() {
            self.by_url.entry(without_fragment(name).to_owned()).or_insert(index);
        }
        if let Some((folder, _)) = url.split_once('/').filter(|_| !url.contains(':')) {
            let folder = format!("{folder}/");
            if !self.folders.contains(&folder) {
                self.folders.push(folder);
            }
        }
        self.all.push(ResourceText { url: url.clone(), kind: *kind, range, is_loaded: *is_loaded });
    }

    /// All of them, in the order in which they were saved.
    #[must_use]
    pub fn all(&self) -> &[ResourceText] {
        &self.all
    }

    /// The index of the resource that the page means by this URL.
    #[must_use]
    pub fn find(&self, url: &str) -> Option<usize> {
        if self.all.is_empty() {
            return None;
        }
        let url = without_fragment(url);
        let known = self.by_url.get(url).copied();
        known.or_else(|| self.folders.iter().find_map(|folder| self.in_folder(folder, url)))
    }

    /// In a saved folder the page names files by their path, which was resolved against the page's old URL.
    fn in_folder(&self, folder: &str, url: &str) -> Option<usize> {
        let path = percent_decoded(url.split('?').next().unwrap_or_default());
        let at = path.rfind(folder).filter(|&at| at == 0 || path.as_bytes()[at - 1] == b'/')?;
        self.by_url.get(&path[at..]).copied()
    }
}

fn without_fragment(url: &str) -> &str {
    url.split('#').next().unwrap_or_default()
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = |at: usize| after.get(at).and_then(|&digit| char::from(digit).to_digit(16));
        let (byte, length) = match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => (u8::try_from(high << 4 | low).unwrap_or(first), 3),
            _ => (first, 1),
        };
        bytes.push(byte);
        rest = &rest[length..];
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(url: &str, bytes: &[u8]) -> Resource {
        let (url, bytes) = (url.into(), bytes.to_vec());
        Resource { url, id: None, kind: ResourceKind::Script, bytes, content_type: None, is_loaded: false }
    }

    #[test]
    fn files_of_a_saved_folder_are_found_by_resolved_urls() {
        let mut text = String::from("<p>");
        let all = [resource("My News_files/a b.js", b"one"), resource("My News_files/ü.js", b"\xE9")];
        let resources = Resources::append(&all, "windows-1252", &mut text);
        assert_eq!(text, "<p>\none\né");
        for url in [
            "https://example.com/x/My%20News_files/a%20b.js",
            "./My News_files/a b.js",
            "My%20News_files/a%20b.js?v=1#x",
        ] {
            assert_eq!(resources.find(url), Some(0), "{url}");
        }
        assert_eq!(resources.find("My%20News_files/%C3%BC.js"), Some(1));
        assert_eq!(resources.find("https://example.com/a%20b.js"), None);
        assert_eq!(resources.find("Not My News_files/a b.js"), None);
    }
}

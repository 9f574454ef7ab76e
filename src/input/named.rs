//! What the markup of a page asks a browser to load: which scripts and frames of a crawl are its own.
//!
//! In: the page's bytes and its URL. Out: URLs, resolved, in the order of the markup. Tags inside of code count too
//! (`document.write`), so that there may be some too many. Bounds: the length of one tag, and how many are taken.

use super::ResourceKind;
use super::tag::{attributes_of, is_tag, value_of};
use url::Url;

/// Bytes of one tag.
const MAX_TAG: usize = 16 << 10;

/// URLs of one page.
const MAX_NAMED: usize = 4000;

/// Something that a page names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) kind: ResourceKind,
    /// Whole, without a fragment.
    pub(super) url: String,
}

/// The scripts and frames that the markup names.
pub(super) fn named_resources(markup: &[u8], page_url: Option<&str>) -> Vec<Named> {
    const TAGS: [(&[u8], Option<ResourceKind>); 4] = [
        (b"script", Some(ResourceKind::Script)),
        (b"iframe", Some(ResourceKind::Frame)),
        (b"frame", Some(ResourceKind::Frame)),
        (b"base", None),
    ];
    let mut base = page_url.and_then(|url| Url::parse(url).ok());
    let mut named = Vec::new();
    let mut rest = markup;
    while let (Some(at), true) = (memchr::memchr(b'<', rest), named.len() < MAX_NAMED) {
        rest = &rest[at..];
        let Some(&(name, kind)) = TAGS.iter().find(|(name, _)| is_tag(rest, name)) else {
            rest = &rest[1..];
            continue;
        };
        let tag = &rest[1 + name.len()..rest.len().min(MAX_TAG)];
        let (attributes, length) = attributes_of(tag);
        match kind {
            Some(kind) => {
                let urls = attributes.iter().filter(|(name, _)| is_source(name));
                named.extend(urls.filter_map(|(_, url)| Some(Named { kind, url: resolved(base.as_ref(), url)? })));
            }
            None => {
                let url = value_of(&attributes, "href").and_then(|href| resolved(base.as_ref(), href));
                base = url.and_then(|url| Url::parse(&url).ok()).or(base);
            }
        }
        rest = &rest[1 + name.len() + length..];
    }
    named.truncate(MAX_NAMED);
    named
}

/// `src`, or what holds it back: `data-src`, `data-cmp-src`.
fn is_source(attribute: &str) -> bool {
    attribute == "src" || attribute.starts_with("data-") && attribute.ends_with("src")
}

fn resolved(base: Option<&Url>, url: &str) -> Option<String> {
    let url = url.trim().replace("&amp;", "&");
    match base {
        _ if url.is_empty() => None,
        Some(base) => base.join(&url).ok().map(without_fragment),
        None => Url::parse(&url).ok().map(without_fragment),
    }
}

/// The URL as resolved ones are written; what is none is left as it stands.
pub(super) fn plain_url(url: &str) -> String {
    Url::parse(url).map_or_else(|_| url.to_owned(), without_fragment)
}

/// A URL that stands in a header of what was loaded from `base`.
pub(super) fn resolved_url(base: &str, url: &str) -> Option<String> {
    resolved(Url::parse(base).ok().as_ref(), url)
}

fn without_fragment(mut url: Url) -> String {
    url.set_fragment(None);
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(markup: &str) -> Vec<(ResourceKind, String)> {
        let all = named_resources(markup.as_bytes(), Some("https://example.com/news/a.html"));
        all.into_iter().map(|one| (one.kind, one.url)).collect()
    }

    #[test]
    fn scripts_and_frames_are_named_by_their_tags() {
        let markup = "<p><SCRIPT async SRC='/a.js?x=1&amp;y=2#z'></script><iframe data-src=f.html></iframe>\
            <script>document.write('<script src=\"//ads.example.net/w.js\"></scr' + 'ipt>')</script><script>1</script>";
        let expected = [
            (ResourceKind::Script, "https://example.com/a.js?x=1&y=2"),
            (ResourceKind::Frame, "https://example.com/news/f.html"),
            (ResourceKind::Script, "https://ads.example.net/w.js"),
        ];
        assert_eq!(named(markup), expected.map(|(kind, url)| (kind, url.to_owned())));
    }

    #[test]
    fn a_base_counts_for_what_follows_it() {
        let urls: Vec<_> = named("<base href=/b/><script src=x.js></script>").into_iter().map(|(_, url)| url).collect();
        assert_eq!(urls, ["https://example.com/b/x.js"]);
    }

    #[test]
    fn tags_without_an_end_are_read_once() {
        assert!(named(&"<script src='".repeat(200_000)).len() <= MAX_NAMED);
        for cut in ["<script", "<script src", "<script src=", "<iframe src='x", "<"] {
            named(cut);
        }
    }
}

//! The tags of a page that matter to the rewriter, and where their elements end.
//!
//! In: the bytes of the page that are held, as they grow. Out: [`Seen`] start and end tags with their places in the page,
//! and how far it has read. It changes nothing: the bytes are changed by [`Buffer`](super::buffer::Buffer).

use super::open_elements::OpenElements;
use crate::base::Span;
use crate::page::{MarkupReader, StartToken, Token, key};
use encoding_rs::Encoding;
use rustc_hash::FxHashSet;
use std::ops::Range;
use std::sync::Arc;

/// A tag that matters.
#[derive(Clone, Debug)]
pub(super) enum Seen {
    Start(StartTag),
    /// Where the element ends whose start tag begins there: its end tag, or nothing, where another's end tag ends it.
    End {
        start: usize,
        range: Range<usize>,
    },
    /// A piece of visible text; whether the text ends with it.
    Text {
        range: Range<usize>,
        is_last: bool,
    },
}

/// What the reader looks at.
#[derive(Clone)]
pub(super) struct Watched {
    /// Names of elements that may be containers of ads.
    pub containers: Arc<FxHashSet<String>>,
    /// All elements, whatever they are called.
    pub every: bool,
    /// Visible text, and the elements in which none has leaked.
    pub text: bool,
    /// The charset until the page names one.
    pub charset: &'static Encoding,
}

/// Names of elements that may ask for ads, or hold what does.
const ASKING: [u64; 14] = [
    key(b"script"),
    key(b"iframe"),
    key(b"img"),
    key(b"link"),
    key(b"base"),
    key(b"meta"),
    key(b"embed"),
    key(b"object"),
    key(b"noscript"),
    key(b"source"),
    key(b"video"),
    key(b"audio"),
    key(b"input"),
    key(b"style"),
];

/// Names of elements that show code, in whose text nothing has leaked.
const SHOWING: [u64; 5] = [key(b"pre"), key(b"code"), key(b"samp"), key(b"kbd"), key(b"textarea")];

impl Watched {
    fn has(&self, tag: &StartToken<'_>) -> bool {
        self.every
            || ASKING.contains(&tag.key())
            || self.text && SHOWING.contains(&tag.key())
            || self.has_container(tag)
            || tag
                .attributes()
                .any(|attribute| attribute.name.eq_ignore_ascii_case(b"style") && has_url(attribute.value))
    }

    fn has_container(&self, tag: &StartToken<'_>) -> bool {
        let name = tag.name();
        let is_candidate = tag.key() == const { key(b"ins") } || name.contains(&b'-');
        is_candidate && (name.eq_ignore_ascii_case(b"amp-iframe") || self.containers.contains(&*lower_case(name)))
    }
}

/// Does a style ask for something?
fn has_url(style: &[u8]) -> bool {
    memchr::memchr_iter(b'(', style).any(|at| style[..at].ends_with(b"url"))
}

fn lower_case(name: &[u8]) -> String {
    String::from_utf8_lossy(name).to_ascii_lowercase()
}

/// A start tag, its attributes as they are written.
#[derive(Clone, Debug)]
pub(super) struct StartTag {
    pub name: String,
    pub range: Range<usize>,
    pub attributes: Vec<Attribute>,
    pub has_content: bool,
}

/// An attribute with the place of its value.
#[derive(Clone, Debug)]
pub(super) struct Attribute {
    /// In lower case.
    pub name: String,
    pub value: String,
    pub range: Option<Range<usize>>,
}

impl StartTag {
    fn of(tag: &StartToken<'_>, charset: &'static Encoding) -> Self {
        let attributes = tag.attributes().map(|attribute| Attribute {
            name: lower_case(attribute.name),
            value: charset.decode_without_bom_handling(attribute.value).0.into_owned(),
            range: (!attribute.value.is_empty()).then_some(attribute.range),
        });
        let (name, attributes) = (lower_case(tag.name()), attributes.collect());
        Self { name, range: tag.range(), attributes, has_content: tag.has_content() }
    }

    /// The value of an attribute by its lower-case name, as it is written.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|attribute| attribute.name == name).map(|attribute| &*attribute.value)
    }
}

/// The reader of one page.
pub(super) struct Markup {
    reader: MarkupReader,
    watched: Watched,
    open: OpenElements,
    /// The page has named its charset.
    is_named: bool,
    seen: Vec<Seen>,
}

impl Markup {
    /// A reader that gives up at a tag of more bytes than that.
    pub fn new(watched: Watched, max_tag: usize) -> Self {
        let reader = MarkupReader::new(max_tag);
        Self { reader, watched, open: OpenElements::default(), is_named: false, seen: Vec::new() }
    }

    /// Reads on in the bytes of the page that stand from `base` on; `is_last`: the page ends with them.
    pub fn read(&mut self, bytes: &[u8], base: usize, is_last: bool) {
        let Self { reader, watched, open, is_named, seen } = self;
        reader.read(bytes, base, is_last, &mut |token| match token {
            Token::Start(tag) => {
                let is_watched = watched.has(&tag);
                if !*is_named && let Some(charset) = charset_of(&tag) {
                    (watched.charset, *is_named) = (charset, true);
                }
                if tag.has_content() {
                    open.start(tag.key(), is_watched.then(|| tag.range().start));
                }
                if is_watched {
                    seen.push(Seen::Start(StartTag::of(&tag, watched.charset)));
                }
            }
            Token::End(tag) => open.end(tag.key, &mut |start, is_own| {
                let range = if is_own { tag.range.clone() } else { tag.range.start..tag.range.start };
                seen.push(Seen::End { start, range });
            }),
            Token::Text { range, is_last } if watched.text => seen.push(Seen::Text { range, is_last }),
            Token::Text { .. } => {}
        });
    }

    /// The tags since the last call, in order.
    pub fn take_seen(&mut self) -> Vec<Seen> {
        std::mem::take(&mut self.seen)
    }

    /// Bytes of the page that it will not look at again.
    pub fn passed(&self) -> usize {
        self.reader.needed_from()
    }

    /// It has met a tag that is too large, and reads no more.
    pub fn is_over(&self) -> bool {
        self.reader.is_over()
    }

    /// The charset that the page has named so far.
    pub fn charset(&self) -> &'static Encoding {
        self.watched.charset
    }
}

/// The charset that a tag names, if markup can be read in it.
fn charset_of(tag: &StartToken<'_>) -> Option<&'static Encoding> {
    (tag.key() == const { key(b"meta") }).then(|| tag.named_charset())?.filter(|charset| charset.is_ascii_compatible())
}

/// A range as a span of the page.
pub(super) fn span(range: &Range<usize>) -> Span {
    Span::new(range.start, range.end)
}

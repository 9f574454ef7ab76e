//! Reads the markup with `lol_html`, which sees tags as a browser would, and changes nothing there.
//!
//! In: chunks. Out: [`Seen`] start and end tags that matter, with their places in the page, and how far it has read. What
//! is to change is changed in the bytes by [`Buffer`](super::buffer::Buffer): so everything else stays byte for byte.

use crate::base::Span;
use lol_html::html_content::TextType;
use lol_html::send::{DocumentContentHandlers, ElementContentHandlers, Settings};
use lol_html::{AsciiCompatibleEncoding, MemorySettings, OutputSink, Selector};
use rustc_hash::FxHashSet;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// A tag that matters.
#[derive(Clone, Debug)]
pub(super) enum Seen {
    Start(StartTag),
    /// The end tag of the element whose start tag begins there.
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
    pub charset: &'static encoding_rs::Encoding,
}

impl Watched {
    fn has_name(&self, name: &str) -> bool {
        match name {
            // What may ask for ads.
            "script" | "iframe" | "img" | "link" | "base" | "meta" | "embed" | "object" | "amp-iframe" | "noscript"
            | "source" | "video" | "audio" | "input" | "style" => true,
            // What shows code, in whose text nothing has leaked.
            "pre" | "code" | "samp" | "kbd" | "textarea" => self.text,
            name => self.containers.contains(name),
        }
    }

    fn has(&self, name: &str, element: &lol_html::send::Element<'_, '_>) -> bool {
        self.every || self.has_name(name) || element.get_attribute("style").is_some_and(|style| style.contains("url("))
    }
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
    pub name: String,
    pub value: String,
    pub range: Option<Range<usize>>,
}

impl StartTag {
    /// The value of an attribute by its lower-case name, as it is written.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|attribute| attribute.name == name).map(|attribute| &*attribute.value)
    }
}

/// Counts what passes, and keeps the charset.
struct Counter {
    passed: Arc<AtomicUsize>,
    charset: Arc<Mutex<Option<AsciiCompatibleEncoding>>>,
}

impl OutputSink for Counter {
    fn handle_chunk(&mut self, chunk: &[u8]) {
        self.passed.fetch_add(chunk.len(), Ordering::Relaxed);
    }

    fn set_encoding(&mut self, encoding: AsciiCompatibleEncoding) {
        *self.charset.lock().unwrap_or_else(PoisonError::into_inner) = Some(encoding);
    }
}

/// The reader of one page.
pub(super) struct Markup {
    reader: Option<lol_html::send::HtmlRewriter<'static, Counter>>,
    seen: Arc<Mutex<Vec<Seen>>>,
    passed: Arc<AtomicUsize>,
    charset: Arc<Mutex<Option<AsciiCompatibleEncoding>>>,
}

impl Markup {
    /// A reader that holds no more than so many bytes.
    pub fn new(watched: Watched, memory: usize) -> Self {
        let (seen, passed) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
        let encoding = AsciiCompatibleEncoding::new(watched.charset);
        let charset = Arc::new(Mutex::new(encoding));
        let memory = MemorySettings::new().with_max_allowed_memory_usage(memory);
        let mut settings =
            Settings::new_send().with_strict(false).with_memory_settings(memory).with_adjust_charset_on_meta_tag(true);
        if let Some(encoding) = encoding {
            settings = settings.with_encoding(encoding);
        }
        // One selector for all, and a look at the name: many selectors are tried one after the other.
        settings = settings.append_element_content_handler((Cow::Borrowed(&EVERY), handlers(&seen, watched.clone())));
        if watched.text {
            settings = settings.append_document_content_handler(text_handler(&seen));
        }
        let counter = Counter { passed: Arc::clone(&passed), charset: Arc::clone(&charset) };
        Self { reader: Some(lol_html::send::HtmlRewriter::new(settings, counter)), seen, passed, charset }
    }

    /// Reads on; an error ends the reading for good.
    pub fn write(&mut self, chunk: &[u8]) -> Result<(), String> {
        let Some(mut reader) = self.reader.take() else { return Ok(()) };
        reader.write(chunk).map_err(|error| error.to_string())?;
        self.reader = Some(reader);
        Ok(())
    }

    pub fn end(&mut self) -> Result<(), String> {
        self.reader.take().map_or(Ok(()), |reader| reader.end().map_err(|error| error.to_string()))
    }

    /// The tags since the last call, in order.
    pub fn take_seen(&mut self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Bytes of the page that have been read.
    pub fn passed(&self) -> usize {
        self.passed.load(Ordering::Relaxed)
    }

    /// The charset that the page has named so far.
    pub fn charset(&self) -> &'static encoding_rs::Encoding {
        let known = *self.charset.lock().unwrap_or_else(PoisonError::into_inner);
        known.map_or(encoding_rs::UTF_8, Into::into)
    }
}

static EVERY: LazyLock<Selector> = LazyLock::new(|| "*".parse().expect("it is a selector"));

fn handlers(seen: &Arc<Mutex<Vec<Seen>>>, watched: Watched) -> ElementContentHandlers<'static> {
    let seen = Arc::clone(seen);
    ElementContentHandlers::default().element(move |element: &mut lol_html::send::Element<'_, '_>| {
        let name = element.tag_name();
        if !watched.has(&name, element) {
            return Ok(());
        }
        let range = element.source_location().bytes();
        let tag = StartTag {
            name,
            attributes: element.attributes().iter().map(attribute).collect(),
            has_content: element.can_have_content(),
            range: range.clone(),
        };
        push(&seen, Seen::Start(tag));
        if let Some(ends) = element.end_tag_handlers() {
            let seen = Arc::clone(&seen);
            ends.push(Box::new(move |end: &mut lol_html::html_content::EndTag<'_>| {
                push(&seen, Seen::End { start: range.start, range: end.source_location().bytes() });
                Ok(())
            }));
        }
        Ok(())
    })
}

fn text_handler(seen: &Arc<Mutex<Vec<Seen>>>) -> DocumentContentHandlers<'static> {
    let seen = Arc::clone(seen);
    DocumentContentHandlers::default().text(move |text: &mut lol_html::html_content::TextChunk<'_>| {
        if matches!(text.text_type(), TextType::Data) {
            push(&seen, Seen::Text { range: text.source_location().bytes(), is_last: text.last_in_text_node() });
        }
        Ok(())
    })
}

fn push(seen: &Mutex<Vec<Seen>>, one: Seen) {
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(one);
}

fn attribute(attribute: &lol_html::html_content::Attribute<'_>) -> Attribute {
    Attribute {
        name: attribute.name(),
        value: attribute.value(),
        range: attribute.value_source_location().map(|location| location.bytes()),
    }
}

/// A range as a span of the page.
pub(super) fn span(range: &Range<usize>) -> Span {
    Span::new(range.start, range.end)
}

//! Reads markup that comes in pieces, as the HTML standard's tokenizer would: its tags and its text, one after the other.
//!
//! In: what has come of a page and is still kept. Out: [`Token`]s with their places in the page, and how far the
//! reader is. It keeps no bytes: whoever calls keeps those from [`MarkupReader::needed_from`] on. Any pieces give the
//! tokens that the whole would give, but for text, which comes as it is read. Time is linear in the page.

use super::element::kind_of;
use super::foreign::Foreign;
use super::raw_text::{EndFinder, Piece};
use super::tag::{RawAttribute, Tag, scan_tag};
use super::tree::is_void;
use super::walk::is_markup;
use crate::input::encoding_of_meta_tag;
use encoding_rs::Encoding;
use memchr::memchr;
use std::ops::Range;

/// Longest beginning that tells what kind of markup it is: that of a CDATA section.
const LONGEST_OPENING: usize = b"<![CDATA[".len();

/// An unfinished tag of this size is read again when a sixteenth more of it is there; a smaller one at once.
const PATIENT: usize = 16 << 10;

/// What stands in the markup.
pub(crate) enum Token<'t> {
    Start(StartToken<'t>),
    End(EndToken),
    /// Text that is markup's own: not that of scripts, titles, comments. `is_last`: something else follows.
    Text {
        range: Range<usize>,
        is_last: bool,
    },
}

/// A start tag in the bytes that are there.
pub(crate) struct StartToken<'t> {
    piece: Piece<'t>,
    start: usize,
    tag: Tag,
    attributes: &'t [RawAttribute],
    is_foreign: bool,
}

/// An end tag.
pub(crate) struct EndToken {
    /// The name as [`key`](super::key) gives it.
    pub(crate) key: u64,
    pub(crate) range: Range<usize>,
}

/// An attribute as it is written.
pub(crate) struct AttributeToken<'t> {
    pub(crate) name: &'t [u8],
    pub(crate) value: &'t [u8],
    /// Where the value stands in the page.
    pub(crate) range: Range<usize>,
}

impl<'t> StartToken<'t> {
    /// The name as it is written.
    pub(crate) fn name(&self) -> &'t [u8] {
        &self.piece.bytes[self.tag.name.range()]
    }

    /// The name as [`key`](super::key) gives it.
    pub(crate) fn key(&self) -> u64 {
        self.tag.key
    }

    /// From the `<` to after the `>`.
    pub(crate) fn range(&self) -> Range<usize> {
        self.piece.base + self.start..self.piece.base + self.tag.end
    }

    /// Does an end tag belong to it?
    pub(crate) fn has_content(&self) -> bool {
        if self.is_foreign { !self.tag.is_self_closing } else { !is_void(self.tag.key) }
    }

    pub(crate) fn attributes(&self) -> impl Iterator<Item = AttributeToken<'t>> {
        let Piece { bytes, base, .. } = self.piece;
        self.attributes.iter().map(move |attribute| {
            let (name, value) = (attribute.name.range(), attribute.value.range());
            AttributeToken {
                name: &bytes[name],
                value: &bytes[value.clone()],
                range: base + value.start..base + value.end,
            }
        })
    }

    /// The charset that it names, being a `<meta>`.
    pub(crate) fn named_charset(&self) -> Option<&'static Encoding> {
        encoding_of_meta_tag(&self.piece.bytes[self.start..self.tag.end])
    }
}

/// Where the reader stands.
#[derive(Clone, Copy, Debug)]
enum State {
    /// Between tags, or in one that has not ended.
    Markup,
    /// In text without tags, whose end tag is a tag again; or in a comment.
    Inside(EndFinder),
    /// After `<plaintext>`.
    Plain,
    /// At a tag that is too large.
    Over,
}

/// Reads one page.
#[derive(Debug)]
pub(crate) struct MarkupReader {
    state: State,
    /// Up to where it has read.
    at: usize,
    /// How much of an unfinished tag was there when it was read last.
    tried: usize,
    /// Text came of which the end has not.
    is_in_text: bool,
    foreign: Foreign,
    max_tag: usize,
    /// The last tag's; kept to be used again.
    attributes: Vec<RawAttribute>,
}

impl MarkupReader {
    /// A reader that gives up at a tag of more than `max_tag` bytes.
    pub(crate) fn new(max_tag: usize) -> Self {
        let (state, foreign) = (State::Markup, Foreign::default());
        Self { state, at: 0, tried: 0, is_in_text: false, foreign, max_tag, attributes: Vec::new() }
    }

    /// It has met a tag that is too large, and reads no more.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// The first byte of the page that it may look at again.
    pub(crate) fn needed_from(&self) -> usize {
        match self.state {
            State::Inside(finder) => finder.at().saturating_sub(EndFinder::LOOK_BACK),
            State::Markup | State::Plain | State::Over => self.at,
        }
    }

    /// Reads on. `bytes` are those of the page from `base` on, as far as they have come, `base` being no later than
    /// [`needed_from`](Self::needed_from); `is_last`: all have come.
    pub(crate) fn read(&mut self, bytes: &[u8], base: usize, is_last: bool, take: &mut impl FnMut(Token<'_>)) {
        let piece = Piece { bytes, base, is_last };
        let mut attributes = std::mem::take(&mut self.attributes);
        while self.at < piece.end() && self.step(piece, &mut attributes, take) {}
        self.attributes = attributes;
        if is_last {
            self.end_text(self.at, take);
        }
    }

    /// Reads the next markup, and the text before it; false where more must come first.
    fn step(&mut self, piece: Piece<'_>, attributes: &mut Vec<RawAttribute>, take: &mut impl FnMut(Token<'_>)) -> bool {
        match &mut self.state {
            State::Markup => self.markup(piece, attributes, take),
            State::Inside(finder) => match finder.find(piece) {
                Some(end) => {
                    self.at = end.after;
                    self.state = State::Markup;
                    true
                }
                None => {
                    self.at = if piece.is_last { piece.end() } else { finder.at() };
                    false
                }
            },
            State::Plain | State::Over => {
                self.at = piece.end();
                false
            }
        }
    }

    fn markup(
        &mut self,
        piece: Piece<'_>,
        attributes: &mut Vec<RawAttribute>,
        take: &mut impl FnMut(Token<'_>),
    ) -> bool {
        let bytes = piece.bytes;
        let Some(found) = memchr(b'<', &bytes[self.at - piece.base..]) else {
            self.text(piece.end(), take);
            return false;
        };
        let start = self.at - piece.base + found;
        self.text(piece.base + start, take);
        let rest = &bytes[start..];
        if !piece.is_last && is_opening(rest) {
            return false;
        }
        if !is_markup(bytes, start) {
            self.text(piece.base + start + 1, take);
            return true;
        }
        let is_read = match rest[1] {
            b'/' if rest[2].is_ascii_alphabetic() => self.tag(piece, start, true, attributes, take),
            b'/' | b'?' | b'!' => {
                self.end_text(self.at, take);
                self.state = State::Inside(self.declaration(rest));
                true
            }
            _ => self.tag(piece, start, false, attributes, take),
        };
        if !is_read && piece.is_last {
            // The standard drops a tag that does not end.
            self.end_text(self.at, take);
            self.at = piece.end();
        }
        is_read
    }

    /// How what begins with `<!`, `<?` or `</` and no name ends.
    fn declaration(&self, rest: &[u8]) -> EndFinder {
        if rest.starts_with(b"<!--") {
            EndFinder::comment(self.at + 4)
        } else if rest.starts_with(b"<![CDATA[") && self.foreign.allows_cdata() {
            EndFinder::cdata(self.at + LONGEST_OPENING)
        } else {
            EndFinder::bogus(self.at + 2)
        }
    }

    /// Reads a tag; false where it does not end in what is there.
    #[inline]
    fn tag(
        &mut self,
        piece: Piece<'_>,
        start: usize,
        is_end: bool,
        attributes: &mut Vec<RawAttribute>,
        take: &mut impl FnMut(Token<'_>),
    ) -> bool {
        let there = piece.bytes.len() - start;
        if !piece.is_last && self.tried > PATIENT && there < self.tried + self.tried / 16 {
            return false;
        }
        let tag = scan_tag(piece.bytes, start + 1 + usize::from(is_end), attributes);
        if tag.map_or(there, |tag| tag.end - start) > self.max_tag {
            self.state = State::Over;
            return false;
        }
        let Some(tag) = tag else {
            self.tried = there;
            return false;
        };
        self.tried = 0;
        self.end_text(self.at, take);
        self.at = piece.base + tag.end;
        if is_end {
            self.foreign.end(tag.key);
            take(Token::End(EndToken { key: tag.key, range: piece.base + start..self.at }));
            return true;
        }
        let is_foreign = self.foreign.start(&tag, piece.bytes, attributes);
        if !is_foreign {
            self.state = self.state_after(&tag, piece.bytes);
        }
        take(Token::Start(StartToken { piece, start, tag, attributes, is_foreign }));
        true
    }

    /// How the content of an HTML element is read.
    fn state_after(&self, tag: &Tag, bytes: &[u8]) -> State {
        use super::element::ElementKind;
        match kind_of(tag, bytes) {
            ElementKind::Script => State::Inside(EndFinder::script(self.at)),
            ElementKind::Plaintext => State::Plain,
            kind => kind.end_tag().map_or(State::Markup, |end| State::Inside(EndFinder::end_tag(self.at, end))),
        }
    }

    /// Text goes on up to there.
    #[inline]
    fn text(&mut self, until: usize, take: &mut impl FnMut(Token<'_>)) {
        if self.at < until {
            take(Token::Text { range: self.at..until, is_last: false });
            self.is_in_text = true;
            self.at = until;
        }
    }

    /// Text ended there, if there was any.
    #[inline]
    fn end_text(&mut self, at: usize, take: &mut impl FnMut(Token<'_>)) {
        if std::mem::take(&mut self.is_in_text) {
            take(Token::Text { range: at..at, is_last: true });
        }
    }
}

/// May more bytes make something else of a `<` and what follows it?
fn is_opening(rest: &[u8]) -> bool {
    match rest {
        [b'<'] | [b'<', b'/'] => true,
        [b'<', b'!', ..] => {
            rest.len() < LONGEST_OPENING && (b"<!--".starts_with(rest) || b"<![CDATA[".starts_with(rest))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What is read of pieces that end there, text joined.
    fn read(html: &str, ends: impl IntoIterator<Item = usize>) -> Vec<String> {
        let mut reader = MarkupReader::new(2 << 20);
        let (mut out, mut text): (Vec<String>, Vec<u8>) = (Vec::new(), Vec::new());
        for end in ends.into_iter().filter(|end| *end < html.len()).chain([html.len()]) {
            let base = reader.needed_from();
            reader.read(&html.as_bytes()[base..end], base, end == html.len(), &mut |token| match token {
                Token::Start(tag) => {
                    out.push(format!("{}{}", &html[tag.range()], if tag.has_content() { "" } else { "!" }))
                }
                Token::End(tag) => out.push(html[tag.range].to_owned()),
                Token::Text { range, is_last } => {
                    text.extend_from_slice(&html.as_bytes()[range]);
                    if is_last {
                        out.push(String::from_utf8(std::mem::take(&mut text)).unwrap());
                    }
                }
            });
        }
        assert!(text.is_empty(), "text without an end");
        out
    }

    #[test]
    fn tags_and_text_come_in_order() {
        assert_eq!(read("a<p B=1>b < c</P >d<br/>", []), ["a", "<p B=1>", "b < c", "</P >", "d", "<br/>!"]);
        assert_eq!(read("<svg><path/></svg><b", []), ["<svg>", "<path/>!", "</svg>"]);
        assert_eq!(read("a<!-- <p> -->b<!doctype x>c</>d<?e>", []), ["a", "b", "c", "d"]);
    }

    #[test]
    fn text_without_tags_is_passed_over() {
        assert_eq!(read("<script>'<p>'</script>a", []), ["<script>", "</script>", "a"]);
        assert_eq!(read("<title><p></b></title>", []), ["<title>", "</title>"]);
        assert_eq!(read("<svg><title><p></svg>", []), ["<svg>", "<title>", "<p>", "</svg>"]);
        assert_eq!(read("<svg><![CDATA[<p>]]><g>", []), ["<svg>", "<g>"]);
        assert_eq!(read("<plaintext></plaintext><b>", []), ["<plaintext>"]);
        assert_eq!(read("<script><!--<script></script>--></script>", []), ["<script>", "</script>"]);
    }

    #[test]
    fn a_large_tag_in_small_pieces_takes_linear_time() {
        let html = format!("<a b=\"{}\">c", ">".repeat(1 << 20));
        assert_eq!(read(&html, (0..html.len()).step_by(7)).len(), 2);
    }

    const PIECES: [&str; 44] = [
        "<script>",
        "</script>",
        "</SCRIPT ",
        "<script",
        "</scrip",
        "<!--",
        "-->",
        "--!>",
        "<!",
        "<!-",
        "<!->",
        "<?",
        "</",
        "<",
        ">",
        "/>",
        "=",
        "\"",
        "'",
        " ",
        "é",
        "a",
        "-",
        "<svg>",
        "</svg>",
        "<math><mi>",
        "<foreignObject>",
        "<![CDATA[",
        "]]>",
        "]",
        "<style>",
        "</style>",
        "<title>",
        "</title>",
        "<noscript>",
        "</noscript>",
        "<p class=x>",
        "</p>",
        "<br>",
        "<plaintext>",
        "<a b='",
        "<img src=\"x>\"",
        "<![CDATA",
        "<font color=x>",
    ];

    proptest! {
        #[test]
        fn any_pieces_give_what_the_whole_gives(
            soup in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..30),
            lengths in prop::collection::vec(1_usize..12, 1..40),
        ) {
            let html = soup.concat();
            let ends = lengths.iter().cycle().scan(0, |end, length| {
                *end += length;
                Some(*end)
            });
            let ends = ends.take_while(|end| *end < html.len());
            let ends: Vec<usize> = ends.collect();
            prop_assert_eq!(read(&html, ends), read(&html, []));
        }
    }
}

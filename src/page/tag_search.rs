//! Reads start tags again for scripts that ask for elements.
//!
//! In: the [`StartTags`] of a source, and what a tag must hold ([`Asked`]). Out: its [`Element`]s in document order.
//! Linear in the source and its tags.

use super::element::{ElementKind, StartTag};
use super::tag::{RawAttribute, ends_tag_name, key, scan_tag, short_span};
use super::wanted_element::element_of;
use super::{Element, StartTags};
use memchr::memmem;
use std::ops::{ControlFlow, Range};

/// Something without which a tag is not looked at; what is looked at need not be what is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked<'q> {
    /// This lower-case element name.
    Name(&'q str),
    /// These bytes, anywhere in the tag.
    Text(&'q str),
    /// Nothing.
    Any,
}

impl StartTags {
    /// The tags of a piece of markup, by their looks alone: nobody asks for those in its comments and scripts.
    #[must_use]
    pub fn of_fragment(html: &str) -> Self {
        let mut tags = Self::default();
        for at in memchr::memchr_iter(b'<', html.as_bytes()) {
            if html.as_bytes().get(at + 1).is_some_and(u8::is_ascii_alphabetic) {
                tags.note(at);
            }
        }
        tags
    }

    /// Reads the tags that may be what is asked for; `source` is the text in which they were noted.
    pub fn find(
        &self,
        source: &str,
        asked: Asked<'_>,
        take: &mut dyn FnMut(Element<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut from = 0;
        for decoded in &self.decoded {
            self.find_in(source, from..decoded.after, asked, take)?;
            decoded.tags.find(&decoded.text, asked, take)?;
            from = decoded.after;
        }
        self.find_in(source, from..self.starts.len(), asked, take)
    }

    /// Number of the tag that begins at this byte of the source.
    #[must_use]
    pub fn number_of(&self, offset: u32) -> Option<usize> {
        self.starts.binary_search(&offset).ok()
    }

    /// Reads a tag by its number.
    pub fn read<'s>(&self, source: &'s str, number: usize) -> Option<Element<'s>> {
        read_tag(source, *self.starts.get(number)? as usize, &mut Vec::new())
    }

    /// The last tag that begins before this byte of the source.
    pub fn before<'s>(&self, source: &'s str, offset: u32) -> Option<Element<'s>> {
        let at = self.starts.partition_point(|&start| start < offset).checked_sub(1)?;
        read_tag(source, self.starts[at] as usize, &mut Vec::new())
    }

    fn find_in(
        &self,
        source: &str,
        tags: Range<usize>,
        asked: Asked<'_>,
        take: &mut dyn FnMut(Element<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut attributes = Vec::new();
        let mut read = |start: u32| {
            let element = read_tag(source, start as usize, &mut attributes);
            element.map_or(ControlFlow::Continue(()), &mut *take)
        };
        match asked {
            Asked::Any => self.starts[tags].iter().try_for_each(|&start| read(start)),
            Asked::Name(name) => {
                let key = key(name.as_bytes());
                let is_named = |start: u32| name_key(&source.as_bytes()[start as usize + 1..]) == key;
                self.starts[tags].iter().filter(|start| is_named(**start)).try_for_each(|&start| read(start))
            }
            Asked::Text(text) => {
                let end = self.starts.get(tags.end).map_or(source.len(), |&next| next as usize);
                let (finder, mut at) = (memmem::Finder::new(text), tags.start);
                while at < tags.end {
                    let from = self.starts[at] as usize;
                    let Some(found) = finder.find(&source.as_bytes()[from..end]) else { break };
                    // The tag before the bytes: they stand in it, or in no tag.
                    at += self.starts[at..tags.end].partition_point(|&start| start as usize <= from + found);
                    read(self.starts[at - 1])?;
                }
                ControlFlow::Continue(())
            }
        }
    }
}

/// The name at the start of `bytes` as [`key`] gives it.
fn name_key(bytes: &[u8]) -> u64 {
    let length = bytes.iter().position(|&byte| ends_tag_name(byte)).unwrap_or(bytes.len());
    key(&bytes[..length])
}

fn read_tag<'s>(source: &'s str, start: usize, attributes: &mut Vec<RawAttribute>) -> Option<Element<'s>> {
    let tag = scan_tag(source.as_bytes(), start + 1, attributes)?;
    let span = short_span(start, tag.end);
    Some(element_of(&StartTag { source, kind: ElementKind::Plain, name: tag.name, span, attributes }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Limits;
    use crate::page::{Splitter, Wanted};

    const PAGE: &str = "<div id=a>x</div><DIV class='b a'><script>'<p id=a>'</script><noscript><i id=a></noscript>\
        <iframe srcdoc='&lt;u id=a&gt;'></iframe>a<b title=a><template><s data-a></template><!-- <q id=a> -->";

    fn found(asked: Asked<'_>) -> String {
        let page = Splitter::new(&Wanted::default(), &Limits::default()).split_html(PAGE, None, 0);
        let mut names = String::new();
        let end = page.tags.find(PAGE, asked, &mut |element| {
            names.push_str(&element.name);
            names.push(' ');
            if names.len() > 60 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!(end, ControlFlow::Continue(()));
        names
    }

    #[test]
    fn tags_are_found_in_order_wherever_markup_stands() {
        assert_eq!(found(Asked::Any), "div div script noscript i iframe u b template s ");
        assert_eq!(found(Asked::Name("div")), "div div ");
        assert_eq!(found(Asked::Name("di")), "");
    }

    #[test]
    fn tags_with_given_bytes_are_among_those_that_are_read() {
        let read = found(Asked::Text("id=a"));
        assert!(["div", "i", "u"].iter().all(|name| read.contains(name)), "{read}");
        assert!(!read.contains("template"), "{read}");
        assert_eq!(found(Asked::Text("nowhere")), "");
    }

    #[test]
    fn reading_can_end_early() {
        let page = Splitter::new(&Wanted::default(), &Limits::default()).split_html(PAGE, None, 0);
        let mut count = 0;
        let end = page.tags.find(PAGE, Asked::Any, &mut |_| {
            count += 1;
            ControlFlow::Break(())
        });
        assert_eq!((end, count), (ControlFlow::Break(()), 1));
    }
}

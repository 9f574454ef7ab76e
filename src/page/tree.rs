//! How the elements of a page lie inside of one another, for scripts that go from one to the next.
//!
//! In: the [`StartTags`] of a source, which know where scripts and comments are no markup. Out: for each of them its parent and
//! where its content ends. End tags are matched by name, elements without content and those whose end tag may be left out
//! end by themselves (<https://html.spec.whatwg.org/multipage/syntax.html#optional-tags>); misnested markup is not repaired the way
//! a browser does. Linear in the source: an end tag looks at no more than [`REACH`] open elements.

use super::StartTags;
use super::element::kind_of;
use super::tag::{RawAttribute, Tag, ends_tag_name, key, scan_tag};
use memchr::memmem;

/// Open elements among which an end tag looks for its own.
const REACH: usize = 256;

/// Elements without content.
const VOID: [u64; 13] = [
    key(b"area"),
    key(b"base"),
    key(b"br"),
    key(b"col"),
    key(b"embed"),
    key(b"hr"),
    key(b"img"),
    key(b"input"),
    key(b"link"),
    key(b"meta"),
    key(b"source"),
    key(b"track"),
    key(b"wbr"),
];

/// Does an HTML element of that name have no content?
pub(super) fn is_void(key: u64) -> bool {
    VOID.contains(&key)
}

/// Elements that end where one of the others begins.
const ENDED_BY: [(&[u64], &[u64]); 6] = [
    (&[key(b"li")], &[key(b"li")]),
    (&[key(b"dt"), key(b"dd")], &[key(b"dt"), key(b"dd")]),
    (&[key(b"option")], &[key(b"option"), key(b"optgroup")]),
    (&[key(b"td"), key(b"th")], &[key(b"td"), key(b"th"), key(b"tr"), key(b"tbody")]),
    (&[key(b"tr")], &[key(b"tr"), key(b"tbody"), key(b"tfoot")]),
    (
        &[key(b"p")],
        &[
            key(b"article"),
            key(b"aside"),
            key(b"blockquote"),
            key(b"div"),
            key(b"footer"),
            key(b"form"),
            key(b"h1"),
            key(b"h2"),
            key(b"h3"),
            key(b"header"),
            key(b"hr"),
            key(b"main"),
            key(b"nav"),
            key(b"ol"),
            key(b"p"),
            key(b"section"),
            key(b"table"),
            key(b"ul"),
        ],
    ),
];

/// No element.
const NONE: u32 = u32::MAX;

/// Elements by the number of their start tag.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    parents: Vec<u32>,
    /// Number of the first start tag behind the element.
    ends: Vec<u32>,
}

impl Tree {
    /// The tree of the source in which the tags were noted.
    #[must_use]
    pub fn of(source: &str, tags: &StartTags) -> Self {
        let mut builder = Builder { tree: Self::default(), open: Vec::new() };
        let mut attributes = Vec::new();
        for (at, &start) in tags.starts.iter().enumerate() {
            let next = tags.starts.get(at + 1).map_or(source.len(), |&next| next as usize);
            builder.add(source, start as usize, next, &mut attributes);
        }
        while !builder.open.is_empty() {
            builder.close_last();
        }
        builder.tree
    }

    /// The element around.
    #[must_use]
    pub fn parent(&self, element: usize) -> Option<usize> {
        self.parents.get(element).filter(|parent| **parent != NONE).map(|parent| *parent as usize)
    }

    /// The elements directly inside, in order.
    pub fn children(&self, element: usize) -> impl Iterator<Item = usize> {
        let end = self.end(element);
        std::iter::successors(Some(element + 1), |child| Some(self.end(*child))).take_while(move |child| *child < end)
    }

    /// Number of the first start tag behind the element: those from its own up to that lie inside.
    #[must_use]
    pub fn end(&self, element: usize) -> usize {
        self.ends.get(element).map_or(element + 1, |end| *end as usize)
    }

    /// The element behind it, inside of the same one.
    #[must_use]
    pub fn next(&self, element: usize) -> Option<usize> {
        let end = self.end(self.parent(element)?);
        Some(self.end(element)).filter(|next| *next < end)
    }

    /// The element before it, inside of the same one.
    #[must_use]
    pub fn previous(&self, element: usize) -> Option<usize> {
        self.children(self.parent(element)?).take_while(|other| *other < element).last()
    }
}

struct Builder {
    tree: Tree,
    /// Numbers and names.
    open: Vec<(u32, u64)>,
}

impl Builder {
    /// Takes in one start tag, and the end tags up to the next.
    fn add(&mut self, source: &str, start: usize, next: usize, attributes: &mut Vec<RawAttribute>) {
        #[expect(clippy::cast_possible_truncation, reason = "start tags are numbered by u32")]
        let number = self.tree.parents.len() as u32;
        let tag = scan_tag(source.as_bytes(), start + 1, attributes);
        let name = tag.map_or(0, |tag| tag.key);
        let ended = |open: u64| ENDED_BY.iter().any(|(ends, by)| ends.contains(&open) && by.contains(&name));
        while self.open.last().is_some_and(|(_, open)| ended(*open)) {
            self.close_last();
        }
        self.tree.parents.push(self.open.last().map_or(NONE, |(parent, _)| *parent));
        self.tree.ends.push(number + 1);
        let is_empty = tag.is_none_or(|tag| is_void(tag.key) || tag.is_self_closing && self.is_drawing());
        if !is_empty {
            self.open.push((number, name));
        }
        let content = tag.map_or(start + 1, |tag| tag.end.min(next));
        let content = content + tag.and_then(|tag| text_end(source, &tag, &source[content..next])).unwrap_or(0);
        self.close_all(&source.as_bytes()[content..next]);
    }

    /// Inside of an SVG a slash ends an element.
    fn is_drawing(&self) -> bool {
        self.open.iter().rev().take(REACH).any(|(_, name)| *name == key(b"svg"))
    }

    /// Reads the end tags in markup that holds no start tag.
    fn close_all(&mut self, markup: &[u8]) {
        let mut at = 0;
        while let Some(found) = memmem::find(&markup[at..], b"<") {
            let rest = &markup[at + found..];
            at += found + 1;
            if rest.starts_with(b"<!--") {
                at += memmem::find(rest, b"-->").unwrap_or(rest.len() - 1);
            } else if let Some(name) = rest.strip_prefix(b"</") {
                let length = name.iter().position(|byte| ends_tag_name(*byte)).unwrap_or(name.len());
                self.close(key(&name[..length]));
            }
        }
    }

    fn close(&mut self, name: u64) {
        if let Some(depth) = self.open.iter().rev().take(REACH).position(|(_, open)| *open == name) {
            for _ in 0..=depth {
                self.close_last();
            }
        }
    }

    fn close_last(&mut self) {
        if let Some((number, _)) = self.open.pop() {
            #[expect(clippy::cast_possible_truncation, reason = "start tags are numbered by u32")]
            let end = self.tree.parents.len() as u32;
            self.tree.ends[number as usize] = end;
        }
    }
}

/// Where the text of an element that holds no markup ends.
fn text_end(source: &str, tag: &Tag, content: &str) -> Option<usize> {
    let end = kind_of(tag, source.as_bytes()).end_tag()?;
    let is_end = |at: &usize| content.get(*at..*at + end.len()).is_some_and(|text| text.eq_ignore_ascii_case(end));
    memmem::find_iter(content.as_bytes(), "</").find(is_end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Limits;
    use crate::page::{Asked, Splitter, Wanted};
    use std::ops::ControlFlow;

    /// The elements, each with those inside of it in brackets.
    fn outline(html: &str) -> String {
        let page = Splitter::new(&Wanted::default(), &Limits::default()).split_html(html, None, 0);
        let mut names = Vec::new();
        let _ = page.tags.find(html, Asked::Any, &mut |element| {
            names.push(element.name.to_string());
            ControlFlow::Continue(())
        });
        let tree = Tree::of(html, &page.tags);
        let tops = (0..names.len()).filter(|at| tree.parent(*at).is_none());
        tops.map(|top| told(&tree, &names, top)).collect::<Vec<_>>().join(" ")
    }

    fn told(tree: &Tree, names: &[String], at: usize) -> String {
        let inside: Vec<String> = tree.children(at).map(|child| told(tree, names, child)).collect();
        if inside.is_empty() { names[at].clone() } else { format!("{}[{}]", names[at], inside.join(" ")) }
    }

    #[test]
    fn elements_lie_inside_of_those_that_are_open() {
        assert_eq!(outline("<div><p>a<b>b</b></p><img><i></i></div><div></div>"), "div[p[b] img i] div");
    }

    #[test]
    fn end_tags_may_be_left_out() {
        assert_eq!(outline("<ul><li>a<li>b<p>c<div></div></ul><p>d<p>e"), "ul[li li[p div]] p p");
        assert_eq!(outline("<table><tr><td>a<td>b<tr><td>c</table><a></a>"), "table[tr[td td] tr[td]] a");
    }

    #[test]
    fn scripts_and_comments_end_nothing() {
        assert_eq!(outline("<div><script>'</div>'</script><!-- </div> --><i></i></div><b></b>"), "div[script i] b");
    }

    #[test]
    fn end_tags_without_a_start_end_nothing() {
        assert_eq!(outline("<div></p></span><i></i></div></div><svg><path/><g/></svg><b></b>"), "div[i] svg[path g] b");
    }
}

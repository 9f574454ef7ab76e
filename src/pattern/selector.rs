//! Compound CSS selectors with holes, for start tags.
//!
//! `ins.adsbygoogle[data-ad-client=$CLIENT][data-ad-slot=$SLOT ?? null]`: an element name,
//! `.class`, `#id` and attributes (`=`, `^=`, `$=`, `*=`). No combinators: one start tag is all there is to see.

use super::parse::PatternError;
use super::parse::hole_of;
use crate::base::Span;
use std::fmt;
use std::sync::Arc;

/// A compiled selector.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selector {
    element: Option<Box<str>>,
    classes: Vec<Box<str>>,
    id: Option<Box<str>>,
    attributes: Vec<AttributeTest>,
}

#[derive(Clone, Debug, PartialEq)]
struct AttributeTest {
    name: Box<str>,
    test: Test,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    Present,
    Equals(Box<str>),
    StartsWith(Box<str>),
    EndsWith(Box<str>),
    Contains(Box<str>),
    /// `=$NAME`; `=$NAME ?? null` may be absent.
    Capture {
        name: Arc<str>,
        is_optional: bool,
    },
}

/// By what can elements that may match be told quickly?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Anchor<'s> {
    /// An id.
    Id(&'s str),
    /// A class name.
    Class(&'s str),
    /// The beginning of an id.
    IdPrefix(&'s str),
    /// The beginning of a class name.
    ClassPrefix(&'s str),
    /// An attribute's name.
    Attribute(&'s str),
    /// An element's name.
    Element(&'s str),
}

/// Attributes that too many elements have to be worth looking for.
const USUAL_ATTRIBUTES: [&str; 16] = [
    "id", "class", "src", "href", "name", "type", "content", "style", "rel", "title", "alt", "width", "height",
    "value", "property", "role",
];

impl Selector {
    /// Compiles a selector.
    ///
    /// # Errors
    ///
    /// The first mistake, with its place in the text.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let mut reader = Reader { text, at: text.len() - text.trim_start().len() };
        let mut selector = Self::default();
        let end = text.trim_end().len();
        while reader.at < end {
            reader.part(&mut selector)?;
        }
        if selector.anchor().is_none() {
            return Err(reader.error(
                0,
                "the selector fits nearly every element",
                Some("name an element, a class, an id or a `data-` attribute"),
            ));
        }
        Ok(selector)
    }

    /// Meets a start tag: the captures, or `None`.
    ///
    /// `attribute` gives values by lower-case name.
    pub fn unify<'e>(
        &self,
        element: &str,
        attribute: impl Fn(&str) -> Option<&'e str>,
    ) -> Option<Vec<(Arc<str>, &'e str)>> {
        let has_element = self.element.as_deref().is_none_or(|name| name.eq_ignore_ascii_case(element));
        let has_id = self.id.as_deref().is_none_or(|id| attribute("id") == Some(id));
        let classes = attribute("class").unwrap_or_default();
        let has_classes =
            self.classes.iter().all(|name| classes.split_ascii_whitespace().any(|class| *class == **name));
        if !(has_element && has_id && has_classes) {
            return None;
        }
        let mut captures = Vec::new();
        for wanted in &self.attributes {
            if let Some(capture) = wanted.test.meet(attribute(&wanted.name))? {
                captures.push(capture);
            }
        }
        Some(captures)
    }

    /// The element's name, if the selector asks for one.
    #[must_use]
    pub fn element(&self) -> Option<&str> {
        self.element.as_deref()
    }

    /// The names of its holes.
    pub fn holes(&self) -> impl Iterator<Item = &Arc<str>> {
        self.attributes.iter().filter_map(|wanted| match &wanted.test {
            Test::Capture { name, .. } => Some(name),
            _ => None,
        })
    }

    /// The quickest test that every element that matches passes.
    #[must_use]
    pub fn anchor(&self) -> Option<Anchor<'_>> {
        let attribute = |wanted: &&AttributeTest| !matches!(wanted.test, Test::Capture { is_optional: true, .. });
        let prefix = |name: &str| {
            self.attributes.iter().find_map(|wanted| match &wanted.test {
                Test::StartsWith(prefix) if *wanted.name == *name && prefix.len() >= 3 => Some(&**prefix),
                _ => None,
            })
        };
        let unusual =
            self.attributes.iter().filter(attribute).find(|wanted| !USUAL_ATTRIBUTES.contains(&&*wanted.name));
        (self.id.as_deref().map(Anchor::Id))
            .or_else(|| self.classes.iter().max_by_key(|name| name.len()).map(|name| Anchor::Class(name)))
            .or_else(|| prefix("id").map(Anchor::IdPrefix))
            .or_else(|| prefix("class").map(Anchor::ClassPrefix))
            .or_else(|| unusual.map(|wanted| Anchor::Attribute(&wanted.name)))
            .or_else(|| self.element.as_deref().map(Anchor::Element))
    }
}

impl Test {
    /// `None`: not like it. `Some(None)`: like it, and nothing to keep.
    #[expect(clippy::option_option, reason = "three outcomes: no match, a match, a match with a capture")]
    fn meet<'e>(&self, value: Option<&'e str>) -> Option<Option<(Arc<str>, &'e str)>> {
        let is_like = |test: &dyn Fn(&str) -> bool| value.is_some_and(test).then_some(None);
        match self {
            Self::Present => is_like(&|_| true),
            Self::Equals(wanted) => is_like(&|value| *value == **wanted),
            Self::StartsWith(wanted) => is_like(&|value| value.starts_with(&**wanted)),
            Self::EndsWith(wanted) => is_like(&|value| value.ends_with(&**wanted)),
            Self::Contains(wanted) => is_like(&|value| value.contains(&**wanted)),
            Self::Capture { name, is_optional } => match value.filter(|value| !value.is_empty()) {
                Some(value) => Some(Some((name.clone(), value))),
                None => is_optional.then_some(None),
            },
        }
    }
}

impl fmt::Display for Selector {
    /// In words, for `rules show`: one line for each part.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "element `{}`", self.element.as_deref().unwrap_or("*"))?;
        self.id.iter().try_for_each(|id| write!(out, "\nwith the id `{id}`"))?;
        self.classes.iter().try_for_each(|class| write!(out, "\nwith the class `{class}`"))?;
        self.attributes.iter().try_for_each(|wanted| write!(out, "\n{}: {}", wanted.name, wanted.test))
    }
}

impl fmt::Display for Test {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Present => write!(out, "anything"),
            Self::Equals(text) => write!(out, "`{text}`"),
            Self::StartsWith(text) => write!(out, "what begins with `{text}`"),
            Self::EndsWith(text) => write!(out, "what ends with `{text}`"),
            Self::Contains(text) => write!(out, "what holds `{text}`"),
            Self::Capture { name, is_optional } => {
                write!(out, "{}anything, kept as {name}", if *is_optional { "(may be absent) " } else { "" })
            }
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn error(&self, at: usize, message: &str, hint: Option<&str>) -> PatternError {
        let hint = hint.map(str::to_owned);
        PatternError { span: Span::new(at, self.text.len().max(at)), message: message.to_owned(), hint }
    }

    fn part(&mut self, selector: &mut Selector) -> Result<(), PatternError> {
        let start = self.at;
        match self.text.as_bytes()[start] {
            b'.' => {
                self.at += 1;
                selector.classes.push(self.name()?);
            }
            b'#' => {
                self.at += 1;
                selector.id = Some(self.name()?);
            }
            b'[' => selector.attributes.push(self.attribute()?),
            b':' => return Err(self.error(start, "pseudo-classes are not matched", None)),
            b' ' | b'>' | b'+' | b'~' | b',' => {
                return Err(self.error(
                    start,
                    "one start tag is all there is to see: no combinators and no commas",
                    Some("write several selectors as a list"),
                ));
            }
            b'*' => self.at += 1,
            _ if start == 0 => selector.element = Some(self.name()?.to_ascii_lowercase().into()),
            _ => return Err(self.error(start, "`.class`, `#id` or `[attribute]` is expected", None)),
        }
        Ok(())
    }

    fn name(&mut self) -> Result<Box<str>, PatternError> {
        let rest = &self.text[self.at..];
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || byte >= 0x80;
        let length = rest.bytes().take_while(|&byte| is_name(byte)).count();
        if length == 0 {
            return Err(self.error(self.at, "a name is expected", None));
        }
        self.at += length;
        Ok(rest[..length].into())
    }

    fn attribute(&mut self) -> Result<AttributeTest, PatternError> {
        let start = self.at;
        let Some(length) = closing_bracket(&self.text[start..]) else {
            return Err(self.error(start, "the `[` is not closed", None));
        };
        let inside = self.text[start + 1..start + length].trim();
        self.at = start + length + 1;
        let Some((left, value)) = inside.split_once('=') else {
            return Ok(AttributeTest { name: inside.to_ascii_lowercase().into(), test: Test::Present });
        };
        let name = left.trim_end_matches(['^', '$', '*', '~', '|']);
        let operator = &left[name.len()..];
        let name = name.trim().to_ascii_lowercase().into();
        let test = self.test(start, operator, value.trim())?;
        Ok(AttributeTest { name, test })
    }

    fn test(&self, start: usize, operator: &str, value: &str) -> Result<Test, PatternError> {
        let (bare, is_optional) = match value.strip_suffix("null").and_then(|rest| rest.trim_end().strip_suffix("??")) {
            Some(rest) => (rest.trim_end(), true),
            None => (value, false),
        };
        if operator.is_empty()
            && let Some(hole) = hole_of(bare)
        {
            return Ok(hole.map_or(Test::Present, |name| Test::Capture { name, is_optional }));
        }
        let text: Box<str> = bare.trim_matches(['"', '\'']).into();
        if text.is_empty() || is_optional {
            return Err(self.error(
                start,
                "the attribute has no value to compare with",
                Some("`[name]` asks only that it is there"),
            ));
        }
        match operator {
            "" => Ok(Test::Equals(text)),
            "^" => Ok(Test::StartsWith(text)),
            "$" => Ok(Test::EndsWith(text)),
            "*" => Ok(Test::Contains(text)),
            _ => Err(self.error(start, "only `=`, `^=`, `$=` and `*=` compare attributes", None)),
        }
    }
}

/// Offset of the `]` that closes the `[` at the start; quotes hide brackets.
fn closing_bracket(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b']') => return Some(at),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unify(selector: &str, element: &str, attributes: &[(&str, &'static str)]) -> Option<Vec<String>> {
        let get = |name: &str| attributes.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
        let captures = Selector::parse(selector).unwrap().unify(element, get)?;
        Some(captures.iter().map(|(name, value)| format!("{name}={value}")).collect())
    }

    #[test]
    fn every_part_must_fit() {
        let attributes = [("class", "x adsbygoogle"), ("data-ad-client", "ca-pub-1"), ("id", "div-gpt-ad-1")];
        assert_eq!(
            unify("ins.adsbygoogle[data-ad-client=$CLIENT][data-ad-slot=$SLOT ?? null]", "ins", &attributes).unwrap(),
            ["CLIENT=ca-pub-1"]
        );
        assert_eq!(unify("div.adsbygoogle", "ins", &attributes), None);
        assert_eq!(unify(".adsbygoogl", "ins", &attributes), None, "whole class names only");
        assert_eq!(unify("ins.adsbygoogle[data-ad-slot=$SLOT]", "ins", &attributes), None);
        assert_eq!(unify("[id^='div-gpt-ad'][id=$ELEMENT]", "ins", &attributes).unwrap(), ["ELEMENT=div-gpt-ad-1"]);
        assert!(unify("ins[id*=gpt][id$=\"-1\"]", "ins", &attributes).is_some());
    }

    #[test]
    fn anchors_take_the_most_telling_part() {
        let anchor = |text: &str| format!("{:?}", Selector::parse(text).unwrap().anchor().unwrap());
        assert_eq!(anchor("ins.adsbygoogle[data-ad-client=$C]"), "Class(\"adsbygoogle\")");
        assert_eq!(anchor("div[id^=div-gpt-ad]"), "IdPrefix(\"div-gpt-ad\")");
        assert_eq!(anchor("[data-aa]"), "Attribute(\"data-aa\")");
        assert_eq!(anchor("iframe[src*='a-ads.com']"), "Element(\"iframe\")");
    }

    #[test]
    fn mistakes_have_a_place() {
        for (text, at) in [("div .a", 3), ("div[a", 3), ("a:hover", 1), ("[class*=x]", 0), ("a.", 2), ("a[b|=c]", 1)] {
            assert_eq!(Selector::parse(text).unwrap_err().span.start, at, "{text}");
        }
    }
}

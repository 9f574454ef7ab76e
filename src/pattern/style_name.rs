//! Class names and ids that style sheets speak of.

use super::parse::PatternError;
use crate::base::Span;

/// `.trc_rbox`, `#taboola` or `.OUTBRAIN*`: a class name or id, or the beginning of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StyleName {
    is_id: Option<bool>,
    name: Box<str>,
    is_prefix: bool,
}

impl StyleName {
    /// Compiles `.name`, `#name`, `.name*`, or (for lists of names that may be either) `name`, `name*`.
    ///
    /// # Errors
    ///
    /// If it is not one plain name.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let (is_id, rest) = match text.as_bytes().first() {
            Some(b'.') => (Some(false), &text[1..]),
            Some(b'#') => (Some(true), &text[1..]),
            _ => (None, text),
        };
        let name = rest.strip_suffix('*').unwrap_or(rest);
        let is_prefix = name.len() < rest.len();
        let is_plain = !name.is_empty() && name.chars().all(is_name_character);
        if !is_plain || (is_prefix && name.len() < 3) {
            let message =
                if is_plain { "a beginning has at least three characters" } else { "one class name or id is expected" };
            return Err(PatternError {
                span: Span::new(0, text.len()),
                message: message.into(),
                hint: Some("as `.name`, `#name` or `.name*`".into()),
            });
        }
        Ok(Self { is_id, name: name.into(), is_prefix })
    }

    /// Is the class name (or id) meant?
    #[must_use]
    pub fn is_match(&self, is_id: bool, name: &str) -> bool {
        self.is_id.is_none_or(|wanted| wanted == is_id)
            && if self.is_prefix { name.starts_with(&*self.name) } else { *name == *self.name }
    }

    /// The name or its beginning, without `.`, `#` and `*`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Does it stand for all names with this beginning?
    #[must_use]
    pub fn is_prefix(&self) -> bool {
        self.is_prefix
    }

    /// Ids only (`Some(true)`), classes only, or both.
    #[must_use]
    pub fn is_id(&self) -> Option<bool> {
        self.is_id
    }
}

impl std::fmt::Display for StyleName {
    /// In words, for `rules show`.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = match self.is_id {
            Some(true) => "id",
            Some(false) => "class",
            None => "class or id",
        };
        let more = if self.is_prefix { " and what begins so" } else { "" };
        write!(out, "{what} `{}`{more}", self.name)
    }
}

fn is_name_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_') || !character.is_ascii()
}

/// Every class name and id of the selectors of a style sheet: whether it is an id, the name, its offset. Linear.
pub fn style_names(css: &str) -> impl Iterator<Item = (bool, &str, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at += memchr::memchr2(b'.', b'#', css.get(at..)?.as_bytes())?;
            let start = at + 1;
            let rest = &css[start..];
            let length = rest.find(|character| !is_name_character(character)).unwrap_or(rest.len());
            let is_id = css.as_bytes()[at] == b'#';
            at = start + length;
            // `.5em` is a number.
            if length > 0 && !rest.as_bytes()[0].is_ascii_digit() {
                return Some((is_id, &rest[..length], start - 1));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_sheet_are_found() {
        let names: Vec<_> =
            style_names("a.b-c, #d{margin:.5em} .é:hover>.f.g").map(|(is_id, name, _)| (is_id, name)).collect();
        assert_eq!(names, [(false, "b-c"), (true, "d"), (false, "é"), (false, "f"), (false, "g")]);
    }

    #[test]
    fn a_star_stands_for_any_end() {
        let prefix = StyleName::parse(".trc_*").unwrap();
        assert!(prefix.is_match(false, "trc_rbox") && !prefix.is_match(true, "trc_rbox"));
        let name = StyleName::parse("taboola").unwrap();
        assert!(name.is_match(true, "taboola") && name.is_match(false, "taboola") && !name.is_match(false, "taboolax"));
        assert!(StyleName::parse(".a b").is_err() && StyleName::parse("a*").is_err());
    }
}

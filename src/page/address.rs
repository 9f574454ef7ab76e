//! By which URLs does a page name itself?

use super::element::{ElementKind, StartTag};
use std::borrow::Cow;

/// URLs by which a page names itself, as they stand.
#[derive(Default)]
pub(super) struct Addresses {
    pub(super) canonical: Option<String>,
    pub(super) og_url: Option<String>,
    pub(super) base: Option<String>,
    pub(super) saved_from: Option<String>,
}

impl Addresses {
    /// Notes the URL by which `<base>`, `<link rel=canonical>` or `<meta property=og:url>` names the page.
    pub(super) fn note(&mut self, element: &StartTag<'_, '_>) {
        let has = |attribute: &str, token: &str| {
            let value = element.value(attribute).unwrap_or_default();
            value.split_ascii_whitespace().any(|found| found.eq_ignore_ascii_case(token))
        };
        let (place, attribute) = match element.kind {
            ElementKind::Base => (&mut self.base, "href"),
            ElementKind::Link if has("rel", "canonical") => (&mut self.canonical, "href"),
            ElementKind::Meta if has("property", "og:url") || has("name", "og:url") => (&mut self.og_url, "content"),
            _ => return,
        };
        if place.is_none() {
            *place = element.value(attribute).map(Cow::into_owned);
        }
    }

    /// Notes the URL in the comment that browsers and page savers leave.
    pub(super) fn note_comment(&mut self, comment: &str) {
        if self.saved_from.is_none() {
            self.saved_from = saved_from(comment);
        }
    }
}

fn saved_from(comment: &str) -> Option<String> {
    let comment = comment.trim_start();
    let url = if let Some(rest) = comment.strip_prefix("saved from url=") {
        rest.split_once(')')?.1
    } else if comment.starts_with("Page saved with SingleFile") {
        comment.split_once("url:")?.1
    } else if let Some(rest) = comment.strip_prefix("Mirrored from ") {
        return rest.split_whitespace().next().map(|url| format!("http://{url}"));
    } else {
        return None;
    };
    url.split_whitespace().next().map(ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_of_page_savers_name_the_page() {
        let from = |comment: &str| saved_from(comment).unwrap_or_default();
        assert_eq!(from(" saved from url=(0027)https://example.com/a?b=c&d "), "https://example.com/a?b=c&d");
        assert_eq!(
            from("\n Page saved with SingleFile \n url: https://example.com/x \n saved date: today"),
            "https://example.com/x"
        );
        let httrack = " Mirrored from example.com/x.html by HTTrack Website Copier/3.x [XR&CO'2014], a day ";
        assert_eq!(from(httrack), "http://example.com/x.html");
        assert_eq!(from(" a comment about url=(1)x "), "");
    }
}

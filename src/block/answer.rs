//! What blocked requests are answered with, so that pages go on: inert libraries and empty files.
//!
//! The libraries stand in `rules/stubs/`; a rule file names one with `stub = "…"`. They are our own code, do nothing but
//! keep pages from waiting, and ask nobody for anything.

use super::request::RequestKind;
use super::verdict::Answer;
use std::sync::{Arc, LazyLock};

const JS: &str = "application/javascript";
const HTML: &str = "text/html";
const PLAIN: &str = "text/plain";

/// The smallest transparent GIF.
const PIXEL: &[u8] =
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\0\0\0!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// Name, media type, bytes, and the names by which filter lists of uBlock's kind know it.
type Written = (&'static str, &'static str, &'static [u8], &'static [&'static str]);

const ANSWERS: [Written; 11] = [
    ("adsbygoogle", JS, include_bytes!("../../rules/stubs/adsbygoogle.js"), &["googlesyndication_adsbygoogle.js"]),
    ("apstag", JS, include_bytes!("../../rules/stubs/apstag.js"), &["amazon_apstag.js"]),
    ("google-ima", JS, include_bytes!("../../rules/stubs/google-ima.js"), &["google-ima.js", "google-ima3"]),
    (
        "googletag",
        JS,
        include_bytes!("../../rules/stubs/googletag.js"),
        &["googletagservices_gpt.js", "googletagservices.com/gpt.js"],
    ),
    ("outbrain", JS, include_bytes!("../../rules/stubs/outbrain.js"), &["outbrain-widget.js"]),
    ("prebid", JS, include_bytes!("../../rules/stubs/prebid.js"), &["prebid.js"]),
    ("taboola", JS, include_bytes!("../../rules/stubs/taboola.js"), &["taboola-loader.js"]),
    (EMPTY_SCRIPT, JS, b"(function(){})();\n", &["noopjs", "noop.js", "blank-js"]),
    (
        EMPTY_IMAGE,
        "image/gif",
        PIXEL,
        &["1x1.gif", "1x1-transparent.gif", "1x1-transparent-gif", "2x2.png", "3x2.png", "32x32.png"],
    ),
    (EMPTY_FRAME, HTML, b"<!doctype html><title></title>", &["noopframe", "noop.html", "blank-html"]),
    (EMPTY_TEXT, PLAIN, b"", &["nooptext", "noop.txt", "blank-text", "empty"]),
];
const EMPTY_SCRIPT: &str = "empty-script";
const EMPTY_IMAGE: &str = "empty-image";
const EMPTY_FRAME: &str = "empty-frame";
const EMPTY_TEXT: &str = "empty-text";
const EMPTY_STYLE: &str = "empty-style";

/// All answers.
#[derive(Debug)]
pub struct Answers {
    answers: Vec<(Arc<Answer>, &'static [&'static str])>,
    style: Arc<Answer>,
    /// Inert libraries as they stand in pages, by name.
    inline: Vec<(Arc<str>, String)>,
}

impl Answers {
    /// The answers that come with adsieve.
    #[must_use]
    pub fn built_in() -> &'static Self {
        static BUILT_IN: LazyLock<Answers> = LazyLock::new(|| {
            let made = |(name, content_type, body, _): &Written| Arc::new(answer(name, content_type, body));
            let answers = ANSWERS.iter().map(|written| (made(written), written.3));
            let mut built_in = Answers {
                answers: answers.collect(),
                style: Arc::new(answer(EMPTY_STYLE, "text/css", b"")),
                inline: Vec::new(),
            };
            built_in.inline = built_in.libraries().map(|library| (library.name.clone(), inline(library))).collect();
            built_in
        });
        &BUILT_IN
    }

    /// The answer of that name, ours or that of filter lists.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Arc<Answer>> {
        let is_named = |(answer, others): &&(Arc<Answer>, &[&str])| &*answer.name == name || others.contains(&name);
        self.answers.iter().find(is_named).map(|(answer, _)| answer)
    }

    /// The inert libraries, which rule files name.
    pub fn libraries(&self) -> impl Iterator<Item = &Arc<Answer>> {
        self.answers.iter().map(|(answer, _)| answer).filter(|answer| !answer.name.starts_with("empty-"))
    }

    /// An inert library as it stands in a page: without comments and indents.
    #[must_use]
    pub fn inline(&self, name: &str) -> Option<&str> {
        self.inline.iter().find(|(known, _)| **known == *name).map(|(_, code)| &**code)
    }

    /// The name of the inert library that this script of a page is, byte for byte.
    #[must_use]
    pub fn name_of_inline(&self, code: &str) -> Option<&Arc<str>> {
        self.inline.iter().find(|(_, known)| *known == code).map(|(name, _)| name)
    }

    /// Nothing, in the form that is asked for; `None` where a refusal does as well.
    #[must_use]
    pub fn empty(&self, kind: RequestKind) -> Option<&Arc<Answer>> {
        match kind {
            RequestKind::Script => self.named(EMPTY_SCRIPT),
            RequestKind::Image => self.named(EMPTY_IMAGE),
            RequestKind::Frame => self.named(EMPTY_FRAME),
            RequestKind::Style => Some(&self.style),
            RequestKind::Ping => self.named(EMPTY_TEXT),
            _ => None,
        }
    }
}

fn answer(name: &str, content_type: &str, body: &[u8]) -> Answer {
    Answer { name: name.into(), content_type: content_type.into(), body: body.into() }
}

/// The libraries hold neither texts nor comments that go on over lines, so each line stands for itself.
fn inline(library: &Answer) -> String {
    let text = String::from_utf8_lossy(&library.body);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    // Pages that are read as XML want no bare `<` and `&`.
    format!("//<![CDATA[\n{}\n//]]>", lines.collect::<Vec<_>>().join("\n"))
}

#[cfg(feature = "filter-lists")]
mod for_lists {
    use super::{Answer, Answers, HTML, JS, PLAIN};
    use crate::base::base64;
    use adblock::resources::{MimeType, PermissionMask, Resource, ResourceType};
    use std::sync::Arc;

    impl Answers {
        /// The answers as the matcher wants them.
        pub(in crate::block) fn resources(&self) -> Vec<Resource> {
            let resource = |(answer, others): &(Arc<Answer>, &[&str])| Resource {
                name: answer.name.to_string(),
                aliases: others.iter().map(|name| (*name).to_owned()).collect(),
                kind: ResourceType::Mime(mime(&answer.content_type)),
                content: base64::pack(&answer.body),
                dependencies: Vec::new(),
                permission: PermissionMask::default(),
            };
            self.answers.iter().map(resource).collect()
        }

        /// The answer behind the data URL in which the matcher hands it out.
        pub(in crate::block) fn of_data_url(&self, url: &str) -> Option<Arc<Answer>> {
            let (head, content) = url.split_once(";base64,")?;
            let is_same = |answer: &&Arc<Answer>| {
                head.strip_prefix("data:") == Some(&*answer.content_type) && base64::pack(&answer.body) == content
            };
            self.answers.iter().map(|(answer, _)| answer).find(is_same).cloned()
        }
    }

    fn mime(content_type: &str) -> MimeType {
        match content_type {
            JS => MimeType::ApplicationJavascript,
            HTML => MimeType::TextHtml,
            PLAIN => MimeType::TextPlain,
            _ => MimeType::ImageGif,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_one_answer() {
        let answers = Answers::built_in();
        let mut names: Vec<&str> =
            ANSWERS.iter().flat_map(|(name, _, _, others)| others.iter().chain([name])).copied().collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(names.iter().all(|name| answers.named(name).is_some()));
        let libraries: Vec<&str> = answers.libraries().map(|library| &*library.name).collect();
        assert_eq!(libraries, ["adsbygoogle", "apstag", "google-ima", "googletag", "outbrain", "prebid", "taboola"]);
    }

    #[test]
    fn inert_libraries_may_stand_between_tags() {
        let answers = Answers::built_in();
        for library in answers.libraries() {
            let text = String::from_utf8_lossy(&library.body);
            let code = answers.inline(&library.name).unwrap();
            assert_eq!(answers.name_of_inline(code), Some(&library.name));
            assert!(code.is_ascii() && !code.contains("</") && !code.contains("<!--"), "{}", library.name);
            assert!(!text.contains('`') && !text.contains("/*"), "{}: lines are trimmed one by one", library.name);
        }
    }

    #[test]
    fn a_kind_is_answered_in_its_own_form() {
        let answers = Answers::built_in();
        assert_eq!(&*answers.empty(RequestKind::Image).unwrap().content_type, "image/gif");
        assert_eq!(&*answers.empty(RequestKind::Style).unwrap().content_type, "text/css");
        assert!(answers.empty(RequestKind::Fetch).is_none());
    }
}

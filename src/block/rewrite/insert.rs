//! What a page is given in place of what goes: inert libraries, and styles that hide.
//!
//! An inert library takes the place of the first script of its product that is dropped, once a page. Where that script
//! would have come late, it comes late too (`type=module`): when the page has been read, and before anybody is told so.
//! Nothing is put in against a content security policy.

use super::inline_policy::{Inline, InlinePolicies};
use super::judge::Judge;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// Names of one page that are kept, and bytes of the longest.
const NAMES: usize = 20_000;
const LONGEST_NAME: usize = 200;

/// What was put into one page so far, and what is known for it.
#[derive(Debug, Default)]
pub(super) struct Inserted {
    pub policies: InlinePolicies,
    /// Inert libraries, and where in the page they were put.
    stubs: Vec<(Arc<str>, usize)>,
    classes: BTreeSet<String>,
    ids: BTreeSet<String>,
    has_page_style: bool,
}

impl Inserted {
    /// The elements that take the place of something at `at` which these libraries answer for.
    pub fn stubs(&mut self, names: &[Arc<str>], at: usize, is_late: bool, judge: &dyn Judge) -> Vec<u8> {
        let mut elements = String::new();
        if !judge.inserts().stubs {
            return Vec::new();
        }
        for name in names {
            if self.stubs.iter().any(|(known, _)| known == name) {
                continue;
            }
            let (Some(code), Some(nonce)) = (judge.stub(name), self.policies.attribute(Inline::Script)) else {
                continue;
            };
            let kind = if is_late { " type=\"module\"" } else { "" };
            elements.push_str(&format!("<script{kind} data-adsieve=\"{name}\"{nonce}>{code}</script>"));
            self.stubs.push((name.clone(), at));
        }
        elements.into_bytes()
    }

    /// The page has this one already.
    pub fn note_stub(&mut self, name: Arc<str>) {
        // No removal takes it back.
        self.stubs.push((name, usize::MAX));
    }

    /// What was put there goes with what stands around it.
    pub fn forget(&mut self, range: &Range<usize>) {
        self.stubs.retain(|(_, at)| !range.contains(at));
    }

    /// The classes and ids of an element.
    pub fn note_names(&mut self, class: Option<&str>, id: Option<&str>) {
        let classes = class.into_iter().flat_map(str::split_ascii_whitespace);
        for (name, is_class) in classes.map(|name| (name, true)).chain(id.map(|id| (id.trim(), false))) {
            let names = if is_class { &mut self.classes } else { &mut self.ids };
            if names.len() < NAMES && name.len() <= LONGEST_NAME && !names.contains(name) {
                names.insert(name.to_owned());
            }
        }
    }

    /// The style that hides what is hidden on this page whatever it holds; once.
    pub fn page_style(&mut self, judge: &dyn Judge) -> Vec<u8> {
        if std::mem::replace(&mut self.has_page_style, true) {
            return Vec::new();
        }
        self.style(&judge.hidden_on_page())
    }

    /// The style that hides what is hidden for its classes and ids.
    pub fn closing_style(&mut self, judge: &dyn Judge) -> Vec<u8> {
        let mut selectors = if self.has_page_style { Vec::new() } else { judge.hidden_on_page() };
        selectors.extend(judge.hidden_by_names(&self.classes, &self.ids));
        self.style(&selectors)
    }

    /// Each selector in a rule of its own: one that a browser does not know takes no other with it.
    fn style(&self, selectors: &[String]) -> Vec<u8> {
        let Some(nonce) = self.policies.attribute(Inline::Style) else { return Vec::new() };
        let is_sound =
            |one: &&String| !one.contains(['<', '&', '{', '}']) && !one.contains("/*") && !one.ends_with('\\');
        let sound = selectors.iter().filter(is_sound);
        let rules: String = sound.map(|selector| format!("{selector}{{display:none!important}}\n")).collect();
        if rules.is_empty() {
            return Vec::new();
        }
        format!("<style data-adsieve=\"hiding\"{nonce}>{rules}</style>").into_bytes()
    }
}

//! The cleaning itself: regions in, cuts out.

use super::context::Context;
use super::keep::reason_to_keep;
use super::mend::widen;
use crate::base::Span;
use crate::script::{Anchors, Language, Region, find_all_regions, find_regions};
use std::borrow::Cow;
use std::sync::Arc;

/// What to cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum What {
    /// Ad code only.
    #[default]
    Ad,
    /// All code.
    Code,
}

/// How to clean.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct CleanOptions {
    what: What,
    is_forced: bool,
}

impl CleanOptions {
    /// Cuts this.
    #[must_use]
    pub fn with_what(self, what: What) -> Self {
        Self { what, ..self }
    }

    /// Cuts also what looks like an honest sample of code.
    #[must_use]
    pub fn with_force(self, is_forced: bool) -> Self {
        Self { is_forced, ..self }
    }

    /// What is cut.
    #[must_use]
    pub fn what(self) -> What {
        self.what
    }

    /// Are samples of code cut, too?
    #[must_use]
    pub fn cuts_samples(self) -> bool {
        self.is_forced || self.what == What::Code
    }
}

/// A text without its ad code.
#[derive(Clone, Debug)]
pub struct Cleaned<'t> {
    /// The text; borrowed where nothing was cut.
    pub text: Cow<'t, str>,
    /// What was cut, in order.
    pub cuts: Vec<Cut>,
    /// Ad code that was left, in order.
    pub kept: Vec<Kept>,
}

/// One cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The bytes of the original text that are gone, white space that was mended included.
    pub span: Span,
    /// Why: a stable name, as `ad-script`.
    pub reason: &'static str,
    /// The network whose code it was.
    pub network: Option<Arc<str>>,
    /// White space that stands in its place.
    pub replacement: String,
    /// What had to be mended before the code could be read.
    pub repairs: Vec<&'static str>,
}

/// Ad code that was left where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its bytes.
    pub span: Span,
    /// Why: a stable name, as `code-sample`.
    pub reason: &'static str,
}

/// Passes until nothing is left to cut; a cut may join what was apart.
const PASSES: usize = 4;

/// Cuts leaked code out of a text.
///
/// `is_ad` may recognise code as an ad's that no anchor marks; it is given the repaired
/// code and answers with the network. Everything outside [`Cleaned::cuts`] stays byte for byte.
pub fn clean_text<'t>(
    text: &'t str,
    anchors: &Anchors,
    options: CleanOptions,
    is_ad: &dyn Fn(&str) -> Option<Arc<str>>,
) -> Cleaned<'t> {
    let mut cleaned = Cleaned { text: Cow::Borrowed(text), cuts: Vec::new(), kept: Vec::new() };
    for _ in 0..PASSES {
        let (cuts, kept) = cuts_of(&cleaned.text, anchors, options, is_ad);
        if cleaned.cuts.is_empty() {
            cleaned.kept = kept;
        }
        if cuts.is_empty() {
            break;
        }
        let cuts = merged(&cleaned.cuts, cuts, text);
        cleaned.text = Cow::Owned(apply(text, &cuts));
        cleaned.cuts = cuts;
    }
    cleaned
}

fn cuts_of(
    text: &str,
    anchors: &Anchors,
    options: CleanOptions,
    is_ad: &dyn Fn(&str) -> Option<Arc<str>>,
) -> (Vec<Cut>, Vec<Kept>) {
    let mut regions =
        if options.what == What::Code { find_all_regions(text, anchors) } else { find_regions(text, anchors) };
    for region in regions.iter_mut().filter(|region| !region.is_ad && region.language == Language::Script) {
        if let Some(network) = is_ad(&region.code) {
            (region.is_ad, region.network) = (true, Some(network));
        }
    }
    if regions.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let context = Context::of(text, &regions, anchors);
    let (mut cuts, mut kept) = (Vec::new(), Vec::new());
    for region in regions.iter().filter(|region| region.is_ad || options.what == What::Code) {
        match reason_to_keep(text, region, &context).filter(|_| !options.cuts_samples()) {
            Some(reason) => kept.push(Kept { span: region.span, reason }),
            None => cuts.push(cut(text, region)),
        }
    }
    (joined(cuts, text), kept)
}

fn cut(text: &str, region: &Region) -> Cut {
    let (span, replacement) = widen(text, region.span);
    Cut { span, reason: reason(region), network: region.network.clone(), replacement, repairs: region.repairs.clone() }
}

fn reason(region: &Region) -> &'static str {
    match (region.language, region.is_ad) {
        (Language::Script, true) => "ad-script",
        (Language::Css, true) => "ad-style",
        (Language::Markup, true) => "ad-markup",
        (_, false) => "code",
    }
}

/// Makes one cut of neighbours between which nothing but white space is left.
fn joined(cuts: Vec<Cut>, text: &str) -> Vec<Cut> {
    let mut all: Vec<Cut> = Vec::with_capacity(cuts.len());
    for cut in cuts {
        match all.last_mut().filter(|last| cut.span.start <= last.span.end) {
            Some(last) => {
                let end = cut.span.end.max(last.span.end);
                let joined = Span { start: last.span.start, end };
                // White space at the ends is not the code's own.
                let code = &text[joined.range()];
                let head = joined.start as usize + code.len() - code.trim_start().len();
                (last.span, last.replacement) = widen(text, Span::new(head, head + code.trim().len()));
                last.network = last.network.take().or(cut.network);
                last.repairs.extend(
                    cut.repairs.iter().filter(|repair| !last.repairs.contains(repair)).copied().collect::<Vec<_>>(),
                );
            }
            None => all.push(cut),
        }
    }
    all
}

/// Adds cuts found in the text that earlier cuts left to those cuts.
fn merged(earlier: &[Cut], found: Vec<Cut>, text: &str) -> Vec<Cut> {
    if earlier.is_empty() {
        return found;
    }
    let mut all = earlier.to_vec();
    for cut in found {
        let span = Span { start: original(earlier, cut.span.start), end: original(earlier, cut.span.end) };
        all.retain(|before| !span.contains(before.span));
        all.push(Cut { span, ..cut });
    }
    all.sort_by_key(|cut| cut.span);
    joined(all, text)
}

/// Leads an offset of the cleaned text back to the original one.
fn original(cuts: &[Cut], offset: u32) -> u32 {
    let mut at = offset;
    for cut in cuts {
        if at < cut.span.start {
            break;
        }
        let grown = u32::try_from(cut.replacement.len()).unwrap_or(0);
        at = (at + (cut.span.end - cut.span.start)).saturating_sub(grown).max(cut.span.start);
    }
    at
}

fn apply(text: &str, cuts: &[Cut]) -> String {
    let (mut cleaned, mut at) = (String::with_capacity(text.len()), 0);
    for cut in cuts {
        cleaned.push_str(&text[at..cut.span.start as usize]);
        cleaned.push_str(&cut.replacement);
        at = cut.span.end as usize;
    }
    cleaned.push_str(&text[at..]);
    cleaned
}

//! The cleaning itself: regions in, cuts out.

use super::context::Context;
use super::keep::Surroundings;
use super::mend::widen;
use crate::base::Span;
use crate::script::{Anchors, Language, Region, find_all_regions, find_regions, find_regions_of_page};
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

/// Passes until nothing is left to cut; a cut may join what was apart. Texts that want many are short, or nobody's.
const FEWEST_PASSES: usize = 4;
const MOST_PASSES: usize = 64;
/// Bytes that passes beyond the fewest may read.
const READ_AGAIN: usize = 256 << 10;

/// What tells that code which no anchor marks is an ad's: it is given repaired code and answers with the network.
pub type IsAd<'f> = dyn Fn(&str) -> Option<Arc<str>> + 'f;

/// Cuts leaked code out of a text.
///
/// `is_ad` may recognise code as an ad's that no anchor marks. Everything outside [`Cleaned::cuts`]
/// stays byte for byte.
pub fn clean_text<'t>(text: &'t str, anchors: &Anchors, options: CleanOptions, is_ad: &IsAd<'_>) -> Cleaned<'t> {
    clean_in_context(text, anchors, options, is_ad, None)
}

/// Tells what kind of text it is, where one knows better than by the text at hand.
pub(crate) type ContextOf<'f> = dyn Fn() -> Context + 'f;

/// The same for a text that is a part of another.
pub(crate) fn clean_in_context<'t>(
    text: &'t str,
    anchors: &Anchors,
    options: CleanOptions,
    is_ad: &IsAd<'_>,
    context: Option<&ContextOf<'_>>,
) -> Cleaned<'t> {
    let mut cleaned = Cleaned { text: Cow::Borrowed(text), cuts: Vec::new(), kept: Vec::new() };
    let passes = (READ_AGAIN / text.len().max(1)).clamp(FEWEST_PASSES, MOST_PASSES);
    for _ in 0..passes {
        let (cuts, kept) = cuts_of(&cleaned.text, anchors, options, is_ad, context);
        if cleaned.cuts.is_empty() {
            cleaned.kept = kept;
        }
        if cuts.is_empty() {
            break;
        }
        let cuts = merged(cleaned.cuts, cuts, text);
        cleaned.text = Cow::Owned(apply(text, &cuts));
        cleaned.cuts = cuts;
    }
    cleaned
}

fn cuts_of(
    text: &str,
    anchors: &Anchors,
    options: CleanOptions,
    is_ad: &IsAd<'_>,
    context: Option<&ContextOf<'_>>,
) -> (Vec<Cut>, Vec<Kept>) {
    let mut regions = match (options.what, context) {
        (What::Code, _) => find_all_regions(text, anchors),
        // Only what is part of a page has a context of its own.
        (What::Ad, Some(_)) => find_regions_of_page(text, anchors),
        (What::Ad, None) => find_regions(text, anchors),
    };
    for region in regions.iter_mut().filter(|region| !region.is_ad && region.language == Language::Script) {
        if let Some(network) = is_ad(&region.code) {
            (region.is_ad, region.network) = (true, Some(network));
        }
    }
    let is_wanted = |region: &&Region| region.is_ad || options.what == What::Code;
    if !regions.iter().any(|region| is_wanted(&region)) {
        return (Vec::new(), Vec::new());
    }
    let context = context.map_or_else(|| Context::of(text, &regions, anchors), |context| context());
    let mut surroundings = Surroundings::new(text, &regions, &context);
    let (mut cuts, mut kept) = (Vec::new(), Vec::new());
    for region in regions.iter().filter(is_wanted) {
        let reason = if options.cuts_samples() { None } else { surroundings.reason_to_keep(region) };
        match reason {
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
fn merged(earlier: Vec<Cut>, found: Vec<Cut>, text: &str) -> Vec<Cut> {
    let mut originals = Originals::new(&earlier);
    let spans: Vec<Span> = found.iter().map(|cut| originals.span(cut.span)).collect();
    let mut all = earlier;
    all.extend(found.into_iter().zip(spans).map(|(cut, span)| Cut { span, ..cut }));
    all.sort_by_key(|cut| cut.span);
    joined(all, text)
}

/// Leads offsets of the cleaned text, asked for in order, back to the original one.
pub(crate) struct Originals<'c> {
    cuts: &'c [Cut],
    /// The first cut that lies behind the last offset.
    next: usize,
    /// What the cuts before have taken away.
    shift: i64,
    /// Where the last of them starts.
    floor: u32,
}

impl<'c> Originals<'c> {
    pub(crate) fn new(cuts: &'c [Cut]) -> Self {
        Self { cuts, next: 0, shift: 0, floor: 0 }
    }

    /// The span of the original text that became this one.
    pub(crate) fn span(&mut self, cleaned: Span) -> Span {
        let start = self.of(cleaned.start);
        Span { start, end: self.of(cleaned.end).max(start) }
    }

    fn of(&mut self, offset: u32) -> u32 {
        let at = |shift: i64| u32::try_from(i64::from(offset) + shift).unwrap_or(0);
        while let Some(cut) = self.cuts.get(self.next).filter(|cut| at(self.shift).max(self.floor) >= cut.span.start) {
            let grown = i64::try_from(cut.replacement.len()).unwrap_or(0);
            self.shift += i64::from(cut.span.end - cut.span.start) - grown;
            (self.floor, self.next) = (cut.span.start, self.next + 1);
        }
        at(self.shift).max(self.floor)
    }
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

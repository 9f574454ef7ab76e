//! Code in text: finds it, says how far it reaches, and repairs what text did to it.
//!
//! Content systems drop tags and keep scripts, editors turn quotes into typographic ones,
//! translation services capitalise style sheets, teasers cut everything off. All of it ends
//! up between paragraphs of prose. [`find_regions`] reads such a text from start to end:
//! a candidate start is a line, a sentence, or (beside an [anchor](Anchors)) a word; from
//! there the recogniser in `grammar` says how far the text reads as code, `repair`
//! writes down what was meant, and the parser has the last word on it.
//!
//! In: a text and [`Anchors`]. Out: [`Region`]s in order, never overlapping, their spans on
//! character boundaries. The work is bounded by a multiple of the text's length.

mod ahead;
mod anchor;
mod class;
mod extent;
mod glyph;
mod grammar;
mod group;
mod joined;
mod lexer;
mod line_marks;
mod markup;
mod mend;
mod misread;
mod punct;
mod quoted;
mod region;
mod repair;
mod run;
mod scan;
mod seam;
mod source;
mod style;
mod tag;
mod token;

pub use anchor::Anchors;
pub use region::{Language, Region};
pub use scan::find_regions;
pub(crate) use scan::{find_all_regions, find_regions_of_page};
pub(crate) use tag::line_tag_end;

//! Notes in fixture pages: what a page is expected to show, beside the code that shows it.
//!
//! `parse` reads notes out of a page and blanks them, `fact` lists what a report says in
//! the same form, `compare` sets one against the other, `bless` rewrites the page's notes.

mod bless;
mod compare;
mod fact;
mod parse;

pub use bless::{blessed_expectations, blessed_page};
pub use compare::{Comparison, compare};
pub use fact::{facts, optional_facts};
pub use parse::{Notes, parse_expectations, parse_page};

use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fmt::{self, Display};

/// What a note or fact speaks of, in the order in which notes of one line stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Network,
    Config,
    Diagnostic,
    Script,
    Request,
    Finds,
    Slot,
    Unit,
    Bid,
    Problem,
}

const KINDS: [(Kind, &str); 10] = [
    (Kind::Network, "networks"),
    (Kind::Config, "config"),
    (Kind::Diagnostic, "diagnostic"),
    (Kind::Script, "script"),
    (Kind::Request, "request"),
    (Kind::Finds, "finds"),
    (Kind::Slot, "slot"),
    (Kind::Unit, "unit"),
    (Kind::Bid, "bid"),
    (Kind::Problem, "problem"),
];

impl Kind {
    pub fn named(name: &str) -> Option<Self> {
        KINDS.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }

    pub fn name(self) -> &'static str {
        KINDS.iter().find(|(kind, _)| *kind == self).expect("every kind is listed").1
    }

    /// Does it speak of the whole page, not of a line?
    pub fn is_of_page(self) -> bool {
        matches!(self, Self::Network | Self::Config)
    }
}

/// A value in a note.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// This value.
    Json(Json),
    /// `…`: whatever it is.
    Anything,
}

/// One thing that a note expects.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    pub kind: Kind,
    /// The line it speaks of, from 1; 0 for the page.
    pub line: u32,
    /// The line it stands on, from 1.
    pub written: u32,
    /// The note as it is written.
    pub text: String,
    /// A known miss.
    pub is_later: bool,
    pub values: Vec<Term>,
    pub options: BTreeMap<String, Term>,
}

/// One thing that the report says.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    pub kind: Kind,
    /// The line it stands on, from 1; 0 for the page.
    pub line: u32,
    pub values: Vec<Json>,
    /// All that can be asked about it.
    pub options: BTreeMap<&'static str, Json>,
    /// What a rule's holes caught.
    pub captures: BTreeMap<String, Json>,
}

/// The evidence that goes without saying.
pub const USUAL_EVIDENCE: &str = "evaluated";

/// The library that goes without saying for slots.
pub const USUAL_SLOT_LIBRARY: &str = "google-publisher-tag";

/// A captured value longer than this is blessed as `…`.
const LONGEST_CAPTURE: usize = 120;

impl Fact {
    pub fn option(&self, name: &str) -> Option<&Json> {
        self.options.get(name).or_else(|| self.captures.get(name))
    }

    /// Is it worth writing down where nobody asked?
    fn is_telling(&self, name: &str, value: &Json) -> bool {
        match name {
            "evidence" => value != USUAL_EVIDENCE,
            "library" => self.kind != Kind::Slot || value != USUAL_SLOT_LIBRARY,
            "when" | "roles" => true,
            "network" => matches!(self.kind, Kind::Request | Kind::Finds),
            _ => false,
        }
    }
}

/// The fact as a note, without a comment around it.
impl Display for Fact {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}:", self.kind.name())?;
        if self.kind == Kind::Network {
            return write!(to, " {}", network_words(self));
        }
        if self.kind == Kind::Config {
            return write!(to, " {}={}", self.values[0].as_str().unwrap_or_default(), word(&self.values[1]));
        }
        let told = self.values.iter().rposition(|value| !is_absent(value)).map_or(1, |last| last + 1);
        for value in &self.values[..told.min(self.values.len())] {
            write!(to, " {}", word(value))?;
        }
        for (name, value) in &self.captures {
            let text = word(value);
            let text = if text.chars().count() > LONGEST_CAPTURE { "…".into() } else { text };
            write!(to, " {name}={text}")?;
        }
        for (name, value) in self.options.iter().filter(|(name, value)| self.is_telling(name, value)) {
            write!(to, " {name}={}", word(value))?;
        }
        Ok(())
    }
}

/// `google(ad-server,ssp)@request`.
fn network_words(fact: &Fact) -> String {
    let text = |value: Option<&Json>| value.and_then(Json::as_str).unwrap_or_default().to_owned();
    let evidence = text(fact.option("evidence"));
    let suffix = if evidence == USUAL_EVIDENCE { String::new() } else { format!("@{evidence}") };
    format!("{}({}){suffix}", text(fact.values.first()), text(fact.option("roles")))
}

/// A value as notes write it: plain words without quotes, the rest as JSON.
fn word(value: &Json) -> String {
    match value.as_str() {
        Some(text) if is_plain_word(text) => text.to_owned(),
        _ => value.to_string(),
    }
}

fn is_plain_word(text: &str) -> bool {
    let is_reserved = matches!(text, "true" | "false" | "null");
    let starts_well = text.starts_with(|first: char| first.is_ascii_alphabetic());
    starts_well && !is_reserved && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.')
}

/// Null or undefined: what need not be written at the end of a note.
pub fn is_absent(value: &Json) -> bool {
    value.is_null() || value.get("$undefined").is_some()
}

//! One word of a policy: an action, whom it is about, and where it is written.

use std::fmt;
use std::sync::Arc;

/// What to do, the mildest first (so that `max` picks the strictest).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Let it pass as it is.
    #[default]
    Allow,
    /// Let it stand and take its effect: the ad part of a script goes, the rest runs as before.
    Neutralise,
    /// Let none of it pass.
    Block,
}

impl Action {
    /// The name used in reports and policy files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Neutralise => "neutralise",
            Self::Block => "block",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

/// Whom a word is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A rule, by its id.
    Rule(Arc<str>),
    /// A product, by its id.
    Product(Arc<str>),
    /// A network (an organisation), by its id.
    Network(Arc<str>),
    /// Everyone in a role, as `ssp`.
    Role(Arc<str>),
}

impl Subject {
    /// What kind of subject it is, as `network`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Rule(_) => "rule",
            Self::Product(_) => "product",
            Self::Network(_) => "network",
            Self::Role(_) => "role",
        }
    }

    /// Its id or name.
    #[must_use]
    pub fn name(&self) -> &Arc<str> {
        match self {
            Self::Rule(name) | Self::Product(name) | Self::Network(name) | Self::Role(name) => name,
        }
    }
}

/// One word of a policy: what becomes of whom, and where that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyWord {
    /// What to do.
    pub action: Action,
    /// With whom.
    pub subject: Subject,
    /// On which site; `None` for all.
    pub site: Option<Arc<str>>,
    /// The policy file.
    pub file: Arc<str>,
    /// Its line there, from 1.
    pub line: u32,
    /// Is it the user's, and not one that comes with adsieve? What the user allows no filter list blocks.
    pub is_own: bool,
}

impl PolicyWord {
    /// What it says, as `block role ssp on example.com`.
    #[must_use]
    pub fn words(&self) -> String {
        let said = format!("{} {} {}", self.action, self.subject.kind(), self.subject.name());
        self.site.as_ref().map_or_else(|| said.clone(), |site| format!("{said} on {site}"))
    }
}

impl fmt::Display for PolicyWord {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({}:{})", self.words(), self.file, self.line)
    }
}

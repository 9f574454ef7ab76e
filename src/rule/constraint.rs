//! `where`: what a captured value must look like.

use crate::evaluate::Value;
use crate::network::Registry;
use regex::{Regex, RegexBuilder};
use std::sync::{Arc, OnceLock};

/// A regular expression that is compiled when it is first asked; start-up pays for none.
#[derive(Clone, Debug)]
pub struct LazyRegex {
    source: Arc<str>,
    compiled: OnceLock<Option<Regex>>,
}

impl LazyRegex {
    /// Keeps the source for later.
    #[must_use]
    pub fn new(source: &str) -> Self {
        Self { source: source.into(), compiled: OnceLock::new() }
    }

    /// The source text.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The regular expression; `None` if it does not compile, which a check reports.
    #[must_use]
    pub fn get(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| compile(&self.source)).as_ref()
    }
}

/// Over ASCII where the expression allows it: ids are, and the tables of `\d` and `\w` in all scripts of the world take longer
/// to build than a page to scan.
fn compile(source: &str) -> Option<Regex> {
    let ascii = RegexBuilder::new(source).unicode(false).build();
    ascii.or_else(|_| Regex::new(source)).ok()
}

/// What a captured value must look like.
#[derive(Clone, Debug)]
pub enum Constraint {
    /// Its text matches.
    Matches(LazyRegex),
    /// It is a bidder code of the registry.
    BidderCode,
    /// It looks like `mediaTypes`: an object with `banner`, `video`, `native` or `audio`, or one of these words.
    MediaType,
}

/// Words of `mediaTypes`.
const MEDIA_TYPES: [&str; 4] = ["banner", "video", "native", "audio"];

impl Constraint {
    /// Reads the text of a `where` key; anything but the known words is a regular expression.
    #[must_use]
    pub fn new(text: &str) -> Self {
        match text {
            "bidder-code" => Self::BidderCode,
            "media-type" => Self::MediaType,
            source => Self::Matches(LazyRegex::new(source)),
        }
    }

    /// Does one of the values that it may be look like it? What is unknown does not.
    #[must_use]
    pub fn admits(&self, value: &Value, registry: &Registry) -> bool {
        value.alternatives().any(|(_, one)| match self {
            Self::Matches(regex) => {
                regex.get().is_some_and(|regex| text_of(one).is_some_and(|text| regex.is_match(&text)))
            }
            Self::BidderCode => one.as_str().is_some_and(|code| registry.bidder(code).is_some()),
            Self::MediaType => match one {
                Value::Object(object) => object.entries.iter().any(|(key, _)| MEDIA_TYPES.contains(&&**key)),
                other => other.as_str().is_some_and(|word| MEDIA_TYPES.contains(&word)),
            },
        })
    }
}

/// A string, number or boolean as text.
fn text_of(value: &Value) -> Option<std::borrow::Cow<'_, str>> {
    match value {
        Value::String(text) => Some((&**text).into()),
        Value::Number(_) | Value::Bool(_) => Some(value.json_text().into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_look_at_every_alternative() {
        let digits = Constraint::new(r"^\d+$");
        assert!(digits.admits(&Value::Number(7.0), Registry::built_in()));
        assert!(digits.admits(&Value::string("12"), Registry::built_in()));
        assert!(!digits.admits(&Value::Unknown("id".into()), Registry::built_in()));
        assert!(Constraint::new("bidder-code").admits(&Value::string("appnexus"), Registry::built_in()));
        assert!(!Constraint::new("media-type").admits(&Value::string("x"), Registry::built_in()));
    }
}

//! What a script's expression may be, as far as it can be told without running it.

use crate::base::Place;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value as Json;
use std::sync::Arc;

/// The longest source text that a report quotes, in characters.
pub(crate) const QUOTED_CHARACTERS: usize = 200;

/// A value at the end of evaluation: concrete where it could be told, else alternatives or unknown.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `undefined`.
    Undefined,
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, NaN and infinities included.
    Number(f64),
    /// A string.
    String(Arc<str>),
    /// An array.
    Array(Arc<[Value]>),
    /// An object.
    Object(Arc<Object>),
    /// A function or class.
    Function,
    /// A regular expression, as it is written: `/a/i`.
    Regex(Arc<str>),
    /// One of these. At least two, never nested directly.
    Any(Arc<[Alternative]>),
    /// Not known; the source text of the expression.
    Unknown(Arc<str>),
    /// A string of which parts are known: `Value::String` and `Value::Unknown` pieces in turn.
    Text(Arc<[Value]>),
}

/// One of several values, and the condition that selects it.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// The condition's source text; `None` where there is none.
    pub when: Condition,
    /// The value under that condition; never [`Value::Any`].
    pub value: Value,
}

/// The source text of a condition, as `navigator.userAgent.match(/iPhone/)` or `!(…)`.
pub type Condition = Option<Arc<str>>;

/// An object with its properties in order of creation.
#[derive(Clone, Debug, Default)]
pub struct Object {
    /// Properties in order; a name stands once.
    pub entries: Vec<(Arc<str>, Value)>,
    /// Where the object was written down, if it was.
    pub at: Option<Place>,
    /// Which object of the page's heap this shows: two views of one object bear the same number.
    pub identity: u32,
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl Object {
    /// The value of a property.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.entries.iter().find(|(key, _)| &**key == name).map(|(_, value)| value)
    }
}

impl Value {
    /// A string value.
    #[must_use]
    pub fn string(text: &str) -> Self {
        Self::String(text.into())
    }

    /// The string, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// Every value it may be, with its condition; one with no condition if it is not [`Value::Any`].
    pub fn alternatives(&self) -> impl Iterator<Item = (Option<&Arc<str>>, &Value)> {
        let (many, one) = match self {
            Self::Any(all) => (&all[..], None),
            single => (&[][..], Some((None, single))),
        };
        many.iter().map(|alternative| (alternative.when.as_ref(), &alternative.value)).chain(one)
    }

    /// The value in the report's form, as a tree; see its [`Serialize`].
    #[must_use]
    pub fn to_json(&self) -> Json {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The value in the report's form, as text: equal values have equal texts.
    #[must_use]
    pub fn json_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Source-like text of a partly known string: `"https://" + host + "/x"`.
    #[must_use]
    pub fn source_text(&self) -> String {
        let Self::Text(pieces) = self else { return String::new() };
        let words: Vec<String> = pieces
            .iter()
            .map(|piece| match piece {
                Self::Unknown(source) => source.to_string(),
                known => known.json_text(),
            })
            .collect();
        words.join(" + ").chars().take(QUOTED_CHARACTERS).collect()
    }
}

/// The report's form: JSON, and for what JSON has no word an object with one member: `$any`, `$unknown`, `$fn`, `$regex`,
/// `$undefined`. An undefined member of an object is left out, as `JSON.stringify` does.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Undefined => marked(to, "$undefined", &true),
            Self::Null => to.serialize_unit(),
            Self::Bool(value) => to.serialize_bool(*value),
            Self::Number(value) => serialize_number(*value, to),
            Self::String(text) => to.serialize_str(text),
            Self::Array(items) => to.collect_seq(items.iter()),
            Self::Object(object) => {
                let entries = object.entries.iter().filter(|(_, value)| *value != Self::Undefined);
                to.collect_map(entries.map(|(name, value)| (&**name, value)))
            }
            Self::Function => marked(to, "$fn", &true),
            Self::Regex(source) => marked(to, "$regex", &**source),
            Self::Any(all) => marked(to, "$any", &**all),
            Self::Unknown(source) => marked(to, "$unknown", &**source),
            Self::Text(_) => marked(to, "$unknown", &self.source_text()),
        }
    }
}

impl Serialize for Alternative {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(2))?;
        map.serialize_entry("when", &self.when.as_deref())?;
        map.serialize_entry("value", &self.value)?;
        map.end()
    }
}

/// An object with one member, whose name says what the value is.
fn marked<S: Serializer>(to: S, mark: &'static str, value: &(impl Serialize + ?Sized)) -> Result<S::Ok, S::Error> {
    to.collect_map([(mark, value)])
}

/// Whole numbers print without a fraction, as in JavaScript.
fn serialize_number<S: Serializer>(value: f64, to: S) -> Result<S::Ok, S::Error> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        return to.serialize_i64(value as i64);
    }
    if value.is_finite() { to.serialize_f64(value) } else { marked(to, "$unknown", &value.to_string()) }
}

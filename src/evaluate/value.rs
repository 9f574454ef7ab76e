//! What a script's expression may be, as far as it can be told without running it.

use crate::base::Place;
use serde_json::{Map, Number, Value as Json, json};
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

    /// The value in the report's form (`DESIGN`: `$any`, `$unknown`, `$fn`, `$regex`, `$undefined`).
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::Undefined => json!({ "$undefined": true }),
            Self::Null => Json::Null,
            Self::Bool(value) => Json::Bool(*value),
            Self::Number(value) => number_to_json(*value),
            Self::String(text) => Json::String(text.to_string()),
            Self::Array(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Self::Object(object) => object_to_json(object),
            Self::Function => json!({ "$fn": true }),
            Self::Regex(source) => json!({ "$regex": &**source }),
            Self::Any(all) => {
                let all: Vec<Json> = all
                    .iter()
                    .map(|one| json!({ "when": one.when.as_deref(), "value": one.value.to_json() }))
                    .collect();
                json!({ "$any": all })
            }
            Self::Unknown(source) => json!({ "$unknown": &**source }),
            Self::Text(_) => json!({ "$unknown": self.source_text() }),
        }
    }

    /// Source-like text of a partly known string: `"https://" + host + "/x"`.
    #[must_use]
    pub fn source_text(&self) -> String {
        let Self::Text(pieces) = self else { return String::new() };
        let words: Vec<String> = pieces
            .iter()
            .map(|piece| match piece {
                Self::String(text) => Json::String(text.to_string()).to_string(),
                Self::Unknown(source) => source.to_string(),
                other => other.to_json().to_string(),
            })
            .collect();
        words.join(" + ").chars().take(QUOTED_CHARACTERS).collect()
    }
}

fn object_to_json(object: &Object) -> Json {
    // An undefined member is left out, as JSON.stringify does.
    let entries = object.entries.iter().filter(|(_, value)| *value != Value::Undefined);
    Json::Object(entries.map(|(key, value)| (key.to_string(), value.to_json())).collect::<Map<_, _>>())
}

/// Whole numbers print without a fraction, as in JavaScript.
fn number_to_json(value: f64) -> Json {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        return Json::Number(Number::from(value as i64));
    }
    Number::from_f64(value).map_or_else(|| json!({ "$unknown": value.to_string() }), Json::Number)
}

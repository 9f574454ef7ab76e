//! What the schema says of a page's values: any JSON, with five forms that mean more.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

/// Stands in the schema for a value of a page's script.
pub(super) struct AnyValue;

impl JsonSchema for AnyValue {
    fn schema_name() -> Cow<'static, str> {
        "Value".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<Self>();
        let form = |name: &str, schema: serde_json::Value, about: &str| {
            serde_json::json!({
                "description": about,
                "type": "object",
                "required": [name],
                "properties": { name: schema },
                "maxProperties": 1,
            })
        };
        let alternative = serde_json::json!({
            "type": "object",
            "required": ["when", "value"],
            "properties": { "when": { "type": ["string", "null"] }, "value": value },
        });
        let is_true = serde_json::json!({ "const": true });
        json_schema!({
            "description": "A value of a page's script. What is concrete is plain JSON; an object whose only key begins with `$` may say more",
            "anyOf": [
                form("$any", serde_json::json!({ "type": "array", "items": alternative }),
                    "One of these; `when` is the condition's source text, null where there is none"),
                form("$unknown", serde_json::json!({ "type": "string" }), "Not known; the source text of the expression"),
                form("$fn", is_true.clone(), "A function"),
                form("$regex", serde_json::json!({ "type": "string" }), "A regular expression as it is written"),
                form("$undefined", is_true, "`undefined`"),
                { "type": ["null", "boolean", "number", "string"] },
                { "type": "array", "items": value },
                { "type": "object", "additionalProperties": value },
            ],
        })
    }
}

//! The rule file format as a JSON Schema, for editors.

use super::example::ExampleKind;
use super::file::ROLES;
use super::model::Finds;
use serde_json::{Map, Value as Json, json};

/// A JSON Schema (draft 2020-12) of a rule file, made from the names that reading one knows.
#[must_use]
pub fn schema() -> Json {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "adsieve rule file",
        "description": "One technology and the rules that recognise it, or rules alone",
        "type": "object",
        "properties": product_keys(),
        "propertyNames": { "pattern": "^[a-z0-9][a-z0-9-]*$" },
        "additionalProperties": { "$ref": "#/$defs/rule" },
        "dependentRequired": { "product": ["name", "network", "role"] },
        "$defs": { "rule": rule(), "example": example(), "texts": texts() },
    })
}

/// A text, or several of which any will do.
fn texts() -> Json {
    json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] })
}

fn told(schema: Json, description: &str) -> Json {
    let mut schema = schema;
    if let Json::Object(members) = &mut schema {
        members.insert("description".into(), description.into());
    }
    schema
}

fn text(description: &str) -> Json {
    json!({ "type": "string", "description": description })
}

fn list(description: &str) -> Json {
    told(json!({ "$ref": "#/$defs/texts" }), description)
}

fn product_keys() -> Json {
    json!({
        "product": text("Id of the technology"),
        "name": text("Its name"),
        "network": text("Id of the organisation behind it, as in networks.toml"),
        "role": told(json!({ "enum": ROLES }), "What it is"),
        "hosts": list("Where its scripts and beacons live: `host`, its subdomains too, or `host/beginning-of-path`"),
        "paths": list("Ends of paths that name it on any host, a site's own too; `*` is any text without a slash"),
        "globals": list("A script that assigns or calls one of these names the product"),
        "weak-globals": list("Globals that others use too: a weak sign"),
        "inner": list("Functions that are not followed into the library where it is part of a page's own script"),
        "queues": list("Functions pushed here are run; `*.que` is any global's `que`"),
        "callbacks": list("Functions of the page that the library calls; `config.events.*` is every function in that object"),
        "loaders": list("Parts of the URL of the script that runs the queues"),
        "stub": text("The inert library that stands in for its blocked scripts, as `googletag`"),
        "ids": told(
            json!({ "type": "object", "additionalProperties": { "$ref": "#/$defs/texts" } }),
            "Formats of the publisher's ids, as regular expressions; the first group, if any, is the id"
        ),
        "stand-in": text("Body of a function that returns functions by path, run where the library's own are not there"),
        "css": list("Class names and ids of its elements, `name*` for all that begin so: a weak sign"),
    })
}

fn rule() -> Json {
    let patterns = ["script", "element", "url", "style"].map(|key| json!({ "required": [key] }));
    let finds: Vec<&str> = Finds::ALL.iter().map(|(name, _)| *name).collect();
    json!({
        "type": "object",
        "properties": {
            "about": text("What it recognises, in a line"),
            "finds": told(json!({ "enum": finds, "default": "product" }), "What a match means"),
            "weak": { "type": "boolean", "description": "Reported as markup, whatever matched" },
            "shared": {
                "type": "boolean",
                "description": "Other libraries have that name too: another sign of the product must confirm it"
            },
            "setting": text("The name under which `$CONFIG` or `$VALUE` is reported"),
            "script": list("JavaScript with `$NAME` holes, met by values after evaluation"),
            "element": list("One start tag as a CSS selector: `div.name[data-x=$X]`"),
            "url": list("A request without its scheme: `host/path/$X?y=$Y`"),
            "style": list("A class name or id in a style sheet: `.name`, `#name`, `.name*`"),
            "where": {
                "type": "object",
                "description": "What a capture must look like: a regular expression, `bidder-code` or `media-type`",
                "additionalProperties": { "type": "string" }
            },
            "example": told(json!({ "type": "array", "items": { "$ref": "#/$defs/example" } }), "Code that it must find"),
            "counterexample": told(
                json!({ "type": "array", "items": { "$ref": "#/$defs/example" } }),
                "Code that it must not find"
            ),
        },
        "anyOf": patterns,
        "additionalProperties": false,
    })
}

fn example() -> Json {
    let kinds = ExampleKind::ALL.map(|(name, _)| name);
    let one_of = kinds.map(|kind| json!({ "required": [kind] }));
    let mut properties: Map<String, Json> =
        kinds.iter().map(|kind| ((*kind).to_owned(), json!({ "type": "string" }))).collect();
    properties.insert("captures".into(), told(json!({ "type": "object" }), "Values by hole, in the report's form"));
    json!({
        "type": "object",
        "properties": properties,
        "oneOf": one_of,
        "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests {
    use super::super::file::{EXAMPLE_KEYS, PRODUCT_KEYS, RULE_KEYS};
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_schema_knows_the_keys_that_reading_knows() {
        let schema = schema();
        let keys =
            |place: &str| schema.pointer(place).unwrap().as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
        let known = |keys: &[&str]| keys.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
        assert_eq!(keys("/properties"), known(PRODUCT_KEYS));
        assert_eq!(keys("/$defs/rule/properties"), known(RULE_KEYS));
        assert_eq!(keys("/$defs/example/properties"), known(EXAMPLE_KEYS));
    }
}

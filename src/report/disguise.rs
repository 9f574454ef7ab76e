//! Ids that are text in disguise, shown beside what the page writes: `MTUybWVkaWEuY29t` is `152media.com`.

use super::text::{printable, words};
use crate::detect::decode_readable;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// How deep params are looked into.
const DEPTH: usize = 8;

/// The params that encode readable text, by dotted name. Of several values of one param the first such counts.
pub(super) fn decoded_params(params: &Json) -> BTreeMap<String, String> {
    let mut decoded = BTreeMap::new();
    collect("", params, DEPTH, &mut decoded);
    decoded
}

fn collect(name: &str, value: &Json, depth: usize, decoded: &mut BTreeMap<String, String>) {
    let Some(deeper) = depth.checked_sub(1) else { return };
    match value {
        Json::String(text) if !name.is_empty() && !decoded.contains_key(name) => {
            decoded.extend(decode_readable(text).map(|readable| (name.to_owned(), readable)));
        }
        Json::Array(items) => items.iter().for_each(|item| collect(name, item, deeper, decoded)),
        Json::Object(object) => match object.get("$any") {
            Some(Json::Array(all)) => {
                all.iter().filter_map(|one| one.get("value")).for_each(|one| collect(name, one, deeper, decoded));
            }
            // What begins with `$` says what is not known: source text, no value.
            _ => object.iter().filter(|(key, _)| !key.starts_with('$')).for_each(|(key, inner)| {
                let dotted = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                collect(&dotted, inner, deeper, decoded);
            }),
        },
        _ => {}
    }
}

/// The value in few words; readable text that it encodes follows in brackets.
pub(super) fn revealed(value: &Json) -> String {
    match value.as_str().and_then(decode_readable) {
        Some(readable) => format!("{} ({})", words(value), printable(&readable)),
        None => words(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn params_in_disguise_are_decoded_by_dotted_name() {
        let params = json!({
            "tagid": "MTUybWVkaWEuY29t",
            "zone": 7,
            "video": { "page": "https%3A%2F%2Fexample.com%2Fa" },
            "site": { "$any": [{ "when": "isPhone", "value": "top" }, { "when": null, "value": "c3BvcnRzLW5ld3M=" }] },
            "hash": { "$unknown": "c3BvcnRzLW5ld3M=" },
        });
        let decoded = decoded_params(&params);
        let expected = [("site", "sports-news"), ("tagid", "152media.com"), ("video.page", "https://example.com/a")];
        assert!(decoded.iter().map(|(name, text)| (&**name, &**text)).eq(expected), "{decoded:?}");
    }

    #[test]
    fn readable_text_follows_in_brackets() {
        assert_eq!(revealed(&json!("MTUybWVkaWEuY29t")), "MTUybWVkaWEuY29t (152media.com)");
        assert_eq!(revealed(&json!("14149971")), "14149971");
    }

    #[test]
    fn towers_of_params_end() {
        let tower = (0..200).fold(json!("MTUybWVkaWEuY29t"), |inner, _| json!({ "a": inner }));
        assert_eq!(decoded_params(&tower), BTreeMap::new());
    }
}

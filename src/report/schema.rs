//! The page report as a JSON Schema, derived from the types that are written and read.

use super::record::{PAGE_SCHEMA, PageReport};
use schemars::generate::SchemaSettings;
use serde_json::Value as Json;

/// The JSON Schema (draft 2020-12) of one page report, `adsieve.page/1`.
///
/// Fields may be added to the report, so objects are open.
#[must_use]
pub fn page_schema() -> Json {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<PageReport>();
    schema.insert("title".into(), format!("adsieve page report ({PAGE_SCHEMA})").into());
    let version = schema.pointer_mut("/properties/schema").and_then(Json::as_object_mut);
    version.expect("a page report has a version").insert("const".into(), PAGE_SCHEMA.into());
    schema.into()
}

#[cfg(test)]
mod tests {
    use super::super::sample::sample_page;
    use super::*;
    use serde_json::json;

    fn errors(page: &Json) -> Vec<String> {
        let validator = jsonschema::validator_for(&page_schema()).unwrap();
        validator.iter_errors(page).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    #[test]
    fn a_report_keeps_to_the_schema() {
        assert_eq!(errors(&serde_json::to_value(sample_page()).unwrap()), [""; 0]);
    }

    #[test]
    fn what_is_missing_or_of_another_type_is_an_error() {
        let page = serde_json::to_value(sample_page()).unwrap();
        let changed = |pointer: &str, value: Json| {
            let mut page = page.clone();
            *page.pointer_mut(pointer).unwrap() = value;
            errors(&page).len()
        };
        assert_eq!(changed("/schema", json!("adsieve.page/2")), 1);
        assert_eq!(changed("/ad_units/0/at/line", json!("7")), 1);
        assert_eq!(changed("/networks/0/evidence", json!("guessed")), 1);
        let mut short = page.clone();
        short.as_object_mut().unwrap().remove("url");
        assert_eq!(errors(&short).len(), 1);
    }
}

//! The report for programs: one JSON object, or one object a line.

use super::{PageReport, Render, Summary};
use serde::Serialize;

/// The version of the report around the pages.
pub const REPORT_SCHEMA: &str = "adsieve.report/1";

/// One object: `{"schema", "pages": […], "summary": {…}}`.
///
/// The summary stands last, so that pages are written as they come, however many there are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Json;

impl Render for Json {
    fn begin(&self) -> String {
        format!("{{\"schema\":\"{REPORT_SCHEMA}\",\"pages\":[\n")
    }

    fn page(&self, page: &PageReport) -> String {
        to_json(page)
    }

    fn separator(&self) -> &'static str {
        ",\n"
    }

    fn end(&self, summary: &Summary) -> String {
        format!("\n],\"summary\":{}}}\n", to_json(summary))
    }
}

/// One page a line; no summary.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ndjson;

impl Render for Ndjson {
    fn page(&self, page: &PageReport) -> String {
        let mut line = to_json(page);
        line.push('\n');
        line
    }
}

fn to_json(record: &impl Serialize) -> String {
    serde_json::to_string(record).expect("records hold only strings as keys, and no writer can fail")
}

#[cfg(test)]
mod tests {
    use super::super::sample::{sample_page, sample_summary};
    use super::*;

    #[test]
    fn the_json_report_is_one_object() {
        let page = sample_page();
        let text =
            [Json.begin(), Json.page(&page), Json.separator().into(), Json.page(&page), Json.end(&sample_summary())];
        let report: serde_json::Value = serde_json::from_str(&text.concat()).unwrap();
        assert_eq!(report["schema"], REPORT_SCHEMA);
        assert_eq!(report["pages"].as_array().unwrap().len(), 2);
        assert_eq!(report["summary"]["pages"], 2);
    }

    #[test]
    fn a_report_of_no_pages_is_still_an_object() {
        let text = Json.begin() + &Json.end(&Summary::default());
        let report: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(report["pages"], serde_json::json!([]));
    }

    #[test]
    fn ndjson_keeps_a_page_on_one_line() {
        let mut page = sample_page();
        page.title = Some("a\nb\u{2028}c".into());
        let line = Ndjson.page(&page);
        assert_eq!(line.matches('\n').count(), 1);
        assert!(line.ends_with('\n'));
    }
}

//! What does the `type` of a script say: does it run, does something hold it back, is it data?

/// What a `<script>` holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ScriptType {
    JavaScript,
    Module,
    Json,
    /// JavaScript that runs only after a consent tool or loader lets it.
    HeldBack,
    /// A template, a shader, an import map: no code of ours.
    Other,
}

/// The essences of the JavaScript MIME types.
const JAVASCRIPT: [&str; 16] = [
    "application/ecmascript",
    "application/javascript",
    "application/x-ecmascript",
    "application/x-javascript",
    "text/ecmascript",
    "text/javascript",
    "text/javascript1.0",
    "text/javascript1.1",
    "text/javascript1.2",
    "text/javascript1.3",
    "text/javascript1.4",
    "text/javascript1.5",
    "text/jscript",
    "text/livescript",
    "text/x-ecmascript",
    "text/x-javascript",
];

/// Parts of types that hold something else than JavaScript or JSON.
const OTHER: [&str; 20] = [
    "template",
    "handlebars",
    "mustache",
    "tmpl",
    "html",
    "liquid",
    "underscore",
    "ejs",
    "x-shader",
    "xml",
    "markdown",
    "typescript",
    "babel",
    "jsx",
    "coffeescript",
    "vbscript",
    "math/",
    "text/css",
    "importmap",
    "speculationrules",
];

/// Classifies a script by its `type` and `language` attributes and its text.
pub(crate) fn classify(kind: Option<&str>, language: Option<&str>, body: &str) -> ScriptType {
    let essence = match (kind, language) {
        (Some(""), _) | (None, None | Some("")) => return ScriptType::JavaScript,
        (Some(kind), _) => kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase(),
        (None, Some(language)) => format!("text/{}", language.trim().to_ascii_lowercase()),
    };
    if essence.is_empty() || JAVASCRIPT.contains(&essence.as_str()) {
        return ScriptType::JavaScript;
    }
    if essence == "module" {
        return ScriptType::Module;
    }
    if essence.ends_with("/json") || essence.ends_with("+json") {
        return ScriptType::Json;
    }
    if OTHER.iter().any(|part| essence.contains(part)) || is_markup(body) {
        return ScriptType::Other;
    }
    ScriptType::HeldBack
}

/// Does it start as markup does? A type that nobody knows holds a template then.
fn is_markup(body: &str) -> bool {
    let body = body.trim_start();
    body.starts_with('<') && !body.starts_with("<!--")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_javascript_type_runs() {
        let types =
            ["", " ", "text/javascript", "TEXT/JavaScript", "text/javascript; charset=utf-8", "application/ecmascript"];
        for kind in types {
            assert_eq!(classify(Some(kind), None, ""), ScriptType::JavaScript, "{kind}");
        }
        assert_eq!(classify(None, None, ""), ScriptType::JavaScript);
        assert_eq!(classify(None, Some("JavaScript1.2"), ""), ScriptType::JavaScript);
        assert_eq!(classify(None, Some("VBScript"), ""), ScriptType::Other);
        assert_eq!(classify(Some("module"), None, ""), ScriptType::Module);
    }

    #[test]
    fn types_of_consent_tools_and_loaders_hold_a_script_back() {
        for kind in [
            "text/plain",
            "0a1b2c-text/javascript",
            "text/tc_privacy",
            "rocketlazyloadscript",
            "text/x-delayed-javascript",
        ] {
            assert_eq!(classify(Some(kind), None, "f()"), ScriptType::HeldBack, "{kind}");
        }
    }

    #[test]
    fn data_and_templates_are_told_apart() {
        for kind in ["application/json", "application/ld+json", "text/json", "application/settings+json"] {
            assert_eq!(classify(Some(kind), None, "{}"), ScriptType::Json, "{kind}");
        }
        for kind in ["text/html", "text/x-handlebars-template", "text/ng-template", "importmap", "x-tmpl-mustache"] {
            assert_eq!(classify(Some(kind), None, "f()"), ScriptType::Other, "{kind}");
        }
        assert_eq!(classify(Some("text/x-card"), None, "\n<div>"), ScriptType::Other);
        assert_eq!(classify(Some("text/plain"), None, "<!-- f()"), ScriptType::HeldBack);
    }
}

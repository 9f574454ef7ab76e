//! One rule file: TOML text → product and rules.
//!
//! Reading compiles patterns, selectors and URLs, since nothing can be done without them; what costs
//! time and changes nothing (regular expressions, names of networks) is left to `check`.

use super::constraint::{Constraint, LazyRegex};
use super::document::{self, Key, Node};
use super::example::{Example, ExampleKind};
use super::mistake::Mistakes;
use super::model::{Finds, Product, Rule};
use super::nearest;
use crate::base::Span;
use crate::evaluate::StandIn;
use crate::pattern::{Pattern, PatternError, Selector, StyleName, UrlPattern};
use std::collections::BTreeMap;
use std::sync::Arc;
use toml::de::{DeTable, DeValue};

/// Keys at the top of a file.
pub(crate) const PRODUCT_KEYS: &[&str] = &[
    "product",
    "name",
    "network",
    "role",
    "hosts",
    "paths",
    "globals",
    "weak-globals",
    "queues",
    "callbacks",
    "inner",
    "loaders",
    "stub",
    "ids",
    "css",
    "stand-in",
];
/// Keys of a rule.
pub(crate) const RULE_KEYS: &[&str] = &[
    "about",
    "finds",
    "weak",
    "shared",
    "setting",
    "script",
    "element",
    "url",
    "style",
    "where",
    "example",
    "counterexample",
];
/// Keys of an example.
pub(crate) const EXAMPLE_KEYS: &[&str] = &["script", "html", "url", "style", "captures"];
/// What a product may be.
pub(crate) const ROLES: &[&str] = &[
    "ad-server",
    "ssp",
    "header-bidding",
    "native",
    "affiliate",
    "pop",
    "video",
    "verification",
    "cmp",
    "identity",
    "dmp",
    "pixel",
    "analytics",
    "ad-management",
];

/// What a file says, with places for the checks that come after.
#[derive(Debug, Default)]
pub(crate) struct RuleFile {
    pub product: Option<Arc<Product>>,
    pub rules: Vec<Rule>,
    /// Places of values that `check` looks at.
    pub places: BTreeMap<String, Span>,
}

/// Reads a file; everything that is wrong goes to `mistakes`.
pub(crate) fn read(text: &str, mistakes: &mut Mistakes<'_>) -> RuleFile {
    let table = document::parse(text, mistakes);
    let mut file = RuleFile::default();
    file.product = read_product(&table, &mut file.places, mistakes);
    for (key, node) in document::in_order(&table) {
        if PRODUCT_KEYS.contains(&&**key.get_ref()) {
            continue;
        }
        match node.get_ref() {
            DeValue::Table(rule) => {
                file.rules.extend(read_rule(key, rule, file.product.as_ref(), &mut file.places, mistakes))
            }
            _ => document::unknown_key(key, PRODUCT_KEYS, mistakes),
        }
    }
    file
}

fn read_product(
    table: &DeTable<'_>,
    places: &mut BTreeMap<String, Span>,
    mistakes: &mut Mistakes<'_>,
) -> Option<Arc<Product>> {
    let mut text_of = |key: &str, mistakes: &mut Mistakes<'_>| {
        let node = table.get(key)?;
        places.insert(key.to_owned(), document::place(node));
        document::string(node, key, mistakes).map(Arc::<str>::from)
    };
    let id = text_of("product", mistakes);
    let (name, network, role) = (text_of("name", mistakes), text_of("network", mistakes), text_of("role", mistakes));
    places.extend(table.get("paths").map(|node| ("paths".to_owned(), document::place(node))));
    let Some(id) = id else {
        if let Some((key, _)) =
            PRODUCT_KEYS.iter().filter(|key| **key != "queues").find_map(|key| table.get_key_value(*key))
        {
            mistakes.error(
                document::place(key),
                format!("`{}` describes a product, and the file names none", key.get_ref()),
                Some("add `product = \"…\"`".into()),
            );
        }
        return read_anonymous_queues(table, mistakes);
    };
    let mut required = |value: Option<Arc<str>>, key: &str| {
        value.unwrap_or_else(|| {
            mistakes.error(Span::default(), format!("product `{id}` has no `{key}`"), None);
            "".into()
        })
    };
    let (name, network, role) = (required(name, "name"), required(network, "network"), required(role, "role"));
    let product = Product {
        hosts: names(table, "hosts", mistakes),
        paths: names(table, "paths", mistakes),
        globals: names(table, "globals", mistakes),
        weak_globals: names(table, "weak-globals", mistakes),
        queues: names(table, "queues", mistakes),
        callbacks: names(table, "callbacks", mistakes),
        inner: names(table, "inner", mistakes),
        loaders: names(table, "loaders", mistakes),
        stub: table.get("stub").and_then(|node| document::string(node, "stub", mistakes)).map(Arc::from),
        ids: read_ids(table, mistakes),
        css: compile_list(table, "css", mistakes, StyleName::parse),
        stand_in: read_stand_in(table, mistakes),
        file: mistakes.file.clone(),
        id,
        name,
        network,
        role,
    };
    Some(Arc::new(product))
}

fn read_stand_in(table: &DeTable<'_>, mistakes: &mut Mistakes<'_>) -> Option<Arc<StandIn>> {
    let node = table.get("stand-in")?;
    let code = document::string(node, "stand-in", mistakes)?;
    let globals = names(table, "globals", mistakes).iter().map(ToString::to_string).collect();
    match StandIn::compile(globals, code) {
        Ok(stand_in) => Some(Arc::new(stand_in)),
        Err((message, span)) => {
            mistakes.error(document::place_inside(node, span, mistakes.text), message, None);
            None
        }
    }
}

/// A file without product may declare queues; it stands as a product without name, which nothing reports.
fn read_anonymous_queues(table: &DeTable<'_>, mistakes: &mut Mistakes<'_>) -> Option<Arc<Product>> {
    if table.contains_key("queues") {
        mistakes.error(
            Span::default(),
            "`queues` belong to a product, and the file names none",
            Some("add `product = \"…\"`".into()),
        );
    }
    None
}

fn list<'a, 't>(table: &'a DeTable<'t>, key: &str, mistakes: &mut Mistakes<'_>) -> Vec<(&'a str, &'a Node<'t>)> {
    table.get(key).map(|node| document::strings(node, key, mistakes)).unwrap_or_default()
}

fn names(table: &DeTable<'_>, key: &str, mistakes: &mut Mistakes<'_>) -> Vec<Arc<str>> {
    list(table, key, mistakes).into_iter().map(|(name, _)| name.into()).collect()
}

fn read_ids(table: &DeTable<'_>, mistakes: &mut Mistakes<'_>) -> Vec<(Arc<str>, LazyRegex)> {
    let Some(ids) = table.get("ids").and_then(|node| document::table(node, "ids", mistakes)) else { return Vec::new() };
    let entries = document::in_order(ids).into_iter();
    entries
        .flat_map(|(key, node)| {
            let sources = document::strings(node, key.get_ref(), mistakes);
            sources
                .into_iter()
                .map(|(source, _)| (Arc::from(&**key.get_ref()), LazyRegex::new(source)))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Compiles each string of a list; what does not compile is told with its place in the string.
fn compile_list<T>(
    table: &DeTable<'_>,
    key: &str,
    mistakes: &mut Mistakes<'_>,
    compile: impl Fn(&str) -> Result<T, PatternError>,
) -> Vec<T> {
    let mut compiled = Vec::new();
    for (text, node) in list(table, key, mistakes) {
        match compile(text) {
            Ok(one) => compiled.push(one),
            Err(error) => tell(&error, node, mistakes),
        }
    }
    compiled
}

fn tell(error: &PatternError, node: &Node<'_>, mistakes: &mut Mistakes<'_>) {
    let span = document::place_inside(node, error.span, mistakes.text);
    mistakes.error(span, error.message.clone(), error.hint.clone());
}

fn compile_scripts(table: &DeTable<'_>, mistakes: &mut Mistakes<'_>) -> Vec<Pattern> {
    let mut compiled = Vec::new();
    for (text, node) in list(table, "script", mistakes) {
        match Pattern::parse(text) {
            Ok(pattern) => {
                check_literals(&pattern, node, mistakes);
                compiled.push(pattern);
            }
            Err(errors) => errors.iter().for_each(|error| tell(error, node, mistakes)),
        }
    }
    compiled
}

fn check_literals(pattern: &Pattern, node: &Node<'_>, mistakes: &mut Mistakes<'_>) {
    if pattern.anchors().is_empty() {
        mistakes.error(
            document::place(node),
            "the pattern has no literal by which scripts could be told apart",
            Some("name more of the callee, or a member that few scripts have".into()),
        );
    } else if !pattern.has_event_name() {
        mistakes.error(
            document::place(node),
            "the pattern does not name what is called or assigned",
            Some("as `$LIB.method($X)` or `$LIB.member = $X`".into()),
        );
    }
}

fn read_rule(
    key: &Key<'_>,
    table: &DeTable<'_>,
    product: Option<&Arc<Product>>,
    places: &mut BTreeMap<String, Span>,
    mistakes: &mut Mistakes<'_>,
) -> Option<Rule> {
    let id: Arc<str> = (&**key.get_ref()).into();
    let before = mistakes.all.len();
    for (key, _) in document::in_order(table) {
        if !RULE_KEYS.contains(&&**key.get_ref()) {
            document::unknown_key(key, RULE_KEYS, mistakes);
        }
    }
    if !is_kebab_case(&id) {
        mistakes.error(
            document::place(key),
            format!("`{id}` is not written as rule ids are"),
            Some("small letters, digits and hyphens".into()),
        );
    }
    let text = |name: &str, mistakes: &mut Mistakes<'_>| {
        table.get(name).and_then(|node| document::string(node, name, mistakes)).map(Arc::<str>::from)
    };
    let rule = Rule {
        about: text("about", mistakes).unwrap_or_default(),
        product: product.cloned(),
        finds: read_finds(table, mistakes),
        is_weak: table.get("weak").is_some_and(|node| document::flag(node, "weak", mistakes)),
        is_shared: table.get("shared").is_some_and(|node| document::flag(node, "shared", mistakes)),
        setting: text("setting", mistakes),
        scripts: compile_scripts(table, mistakes),
        elements: compile_list(table, "element", mistakes, Selector::parse),
        urls: compile_list(table, "url", mistakes, UrlPattern::parse),
        styles: compile_list(table, "style", mistakes, StyleName::parse),
        constraints: read_constraints(&id, table, places, mistakes),
        examples: read_examples("example", table, mistakes),
        counterexamples: read_examples("counterexample", table, mistakes),
        file: mistakes.file.clone(),
        span: document::place(key),
        id,
    };
    // Names of holes can be judged only where every pattern was understood.
    if mistakes.all.len() == before {
        check_holes(&rule, table, mistakes);
    }
    Some(rule)
}

fn is_kebab_case(id: &str) -> bool {
    !id.is_empty()
        && !id.starts_with('-')
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn read_finds(table: &DeTable<'_>, mistakes: &mut Mistakes<'_>) -> Finds {
    let Some(node) = table.get("finds") else { return Finds::default() };
    let Some(text) = document::string(node, "finds", mistakes) else { return Finds::default() };
    let known = Finds::ALL.iter().find(|(name, _)| *name == text).map(|(_, finds)| *finds);
    known.unwrap_or_else(|| {
        let names: Vec<&str> = Finds::ALL.iter().map(|(name, _)| *name).collect();
        mistakes.error(document::place(node), format!("`finds` cannot be `{text}`"), nearest::hint(text, &names));
        Finds::default()
    })
}

fn read_constraints(
    id: &str,
    table: &DeTable<'_>,
    places: &mut BTreeMap<String, Span>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<(Arc<str>, Constraint)> {
    let Some(wanted) = table.get("where").and_then(|node| document::table(node, "where", mistakes)) else {
        return Vec::new();
    };
    let mut constraints = Vec::new();
    for (key, node) in document::in_order(wanted) {
        let Some(text) = document::string(node, key.get_ref(), mistakes) else { continue };
        places.insert(format!("{id}.where.{}", key.get_ref()), document::place(node));
        constraints.push((Arc::from(&**key.get_ref()), Constraint::new(text)));
    }
    constraints
}

fn read_examples(key: &str, table: &DeTable<'_>, mistakes: &mut Mistakes<'_>) -> Vec<Example> {
    let Some(node) = table.get(key) else { return Vec::new() };
    let Some(items) = node.get_ref().as_array() else {
        mistakes.error(
            document::place(node),
            format!("`{key}` is a list of tables"),
            Some(format!("write `[[rule.{key}]]`")),
        );
        return Vec::new();
    };
    items.iter().filter_map(|item| read_example(key, item, mistakes)).collect()
}

fn read_example(key: &str, node: &Node<'_>, mistakes: &mut Mistakes<'_>) -> Option<Example> {
    let table = document::table(node, key, mistakes)?;
    for (inner, _) in document::in_order(table) {
        if !EXAMPLE_KEYS.contains(&&**inner.get_ref()) {
            document::unknown_key(inner, EXAMPLE_KEYS, mistakes);
        }
    }
    let codes: Vec<_> =
        ExampleKind::ALL.iter().filter_map(|(name, kind)| Some((*name, *kind, table.get(*name)?))).collect();
    let [(name, kind, code)] = codes[..] else {
        mistakes.error(
            document::place(node),
            format!("an {key} holds one piece of code"),
            Some("one of: script, html, url, style".into()),
        );
        return None;
    };
    let text = document::string(code, name, mistakes)?;
    let captures = table.get("captures").and_then(|node| document::table(node, "captures", mistakes));
    let captures = captures
        .into_iter()
        .flat_map(DeTable::iter)
        .map(|(key, value)| (key.get_ref().to_string(), document::to_json(value.get_ref())));
    Some(Example { kind, text: text.into(), captures: captures.collect(), span: document::place(code) })
}

/// Names under `where` and `captures` that no pattern makes; holes that `finds` needs.
fn check_holes(rule: &Rule, table: &DeTable<'_>, mistakes: &mut Mistakes<'_>) {
    let holes = rule.holes();
    let known: Vec<&str> = holes.iter().map(|hole| &**hole).collect();
    for (key, what) in capture_keys(table) {
        if !known.contains(&&**key.get_ref()) {
            mistakes.error(
                document::place(key),
                format!("`{what}` names `${}`, which no pattern captures", key.get_ref()),
                nearest::hint(key.get_ref(), &known),
            );
        }
    }
    let needed = rule.finds.holes();
    if !needed.is_empty() && !needed.iter().any(|hole| known.contains(hole)) {
        mistakes.error(
            rule.span,
            format!("`finds = \"{}\"` wants a hole `${}`", rule.finds.name(), needed.join("` or `$")),
            None,
        );
    }
    if rule.scripts.is_empty() && rule.elements.is_empty() && rule.urls.is_empty() && rule.styles.is_empty() {
        mistakes.error(
            rule.span,
            format!("rule `{}` has no pattern", rule.id),
            Some("add `script`, `element`, `url` or `style`".into()),
        );
    }
}

fn capture_keys<'a, 't>(table: &'a DeTable<'t>) -> Vec<(&'a Key<'t>, &'static str)> {
    let keys = |node: Option<&'a Node<'t>>, what| {
        node.and_then(|node| node.get_ref().as_table())
            .into_iter()
            .flat_map(move |table| table.keys().map(move |key| (key, what)))
    };
    let mut all: Vec<_> = keys(table.get("where"), "where").collect();
    for name in ["example", "counterexample"] {
        let items = table.get(name).and_then(|node| node.get_ref().as_array());
        for item in items.into_iter().flatten() {
            all.extend(keys(item.get_ref().get("captures"), "captures"));
        }
    }
    all
}

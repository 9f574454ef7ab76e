//! A TOML text with the place of every key and value.

use super::mistake::Mistakes;
use super::nearest;
use crate::base::Span;
use serde_json::{Map, Value as Json};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// A value with its place.
pub(crate) type Node<'t> = Spanned<DeValue<'t>>;

/// A key with its place.
pub(crate) type Key<'t> = Spanned<DeString<'t>>;

/// Parses a TOML text; syntax errors go to the mistakes, and what could be read is returned.
pub(crate) fn parse<'t>(text: &'t str, mistakes: &mut Mistakes<'_>) -> DeTable<'t> {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().map_or(Span::default(), |range| Span::new(range.start, range.end));
        mistakes.error(span, format!("not TOML: {}", error.message().lines().next().unwrap_or_default()), None);
    }
    table.into_inner()
}

/// The entries in the order in which they stand in the file.
pub(crate) fn in_order<'a, 't>(table: &'a DeTable<'t>) -> Vec<(&'a Key<'t>, &'a Node<'t>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// The place of a key or value.
pub(crate) fn place<T>(spanned: &Spanned<T>) -> Span {
    let range = spanned.span();
    Span::new(range.start, range.end)
}

/// A string; a mistake if it is something else.
pub(crate) fn string<'a>(node: &'a Node<'_>, key: &str, mistakes: &mut Mistakes<'_>) -> Option<&'a str> {
    let text = node.get_ref().as_str();
    if text.is_none() {
        mistakes.error(place(node), format!("`{key}` is a string"), None);
    }
    text
}

/// A string or a list of strings, each with its node.
pub(crate) fn strings<'a, 't>(
    node: &'a Node<'t>,
    key: &str,
    mistakes: &mut Mistakes<'_>,
) -> Vec<(&'a str, &'a Node<'t>)> {
    match node.get_ref() {
        DeValue::String(text) => vec![(text, node)],
        DeValue::Array(items) => items.iter().filter_map(|item| Some((string(item, key, mistakes)?, item))).collect(),
        _ => {
            mistakes.error(place(node), format!("`{key}` is a string or a list of strings"), None);
            Vec::new()
        }
    }
}

/// A table; a mistake if it is something else.
pub(crate) fn table<'a, 't>(node: &'a Node<'t>, key: &str, mistakes: &mut Mistakes<'_>) -> Option<&'a DeTable<'t>> {
    let table = node.get_ref().as_table();
    if table.is_none() {
        mistakes.error(place(node), format!("`{key}` is a table"), None);
    }
    table
}

/// `true` or `false`; a mistake if it is something else.
pub(crate) fn flag(node: &Node<'_>, key: &str, mistakes: &mut Mistakes<'_>) -> bool {
    node.get_ref().as_bool().unwrap_or_else(|| {
        mistakes.error(place(node), format!("`{key}` is true or false"), None);
        false
    })
}

/// Notes a key that nothing knows.
pub(crate) fn unknown_key(key: &Key<'_>, known: &[&str], mistakes: &mut Mistakes<'_>) {
    mistakes.error(place(key), format!("unknown key `{}`", key.get_ref()), nearest::hint(key.get_ref(), known));
}

/// Where a part of a string's content stands in the file; the whole string if escapes hide it.
pub(crate) fn place_inside(node: &Node<'_>, inner: Span, file_text: &str) -> Span {
    let whole = place(node);
    let raw = file_text.get(whole.range()).unwrap_or_default();
    let quote = raw.chars().next().unwrap_or('"');
    let is_long = raw.starts_with("'''") || raw.starts_with("\"\"\"");
    if quote == '"' && raw.contains('\\') {
        return whole;
    }
    let mut skipped = if is_long { 3 } else { 1 };
    if is_long {
        // A line end right after the quotes is not part of the string.
        skipped += if raw[3..].starts_with("\r\n") { 2 } else { usize::from(raw[3..].starts_with('\n')) };
    }
    let start = whole.start as usize + skipped;
    let at = |offset: u32| (start + offset as usize).min(whole.end as usize);
    Span::new(at(inner.start), at(inner.end))
}

/// The value as JSON.
pub(crate) fn to_json(node: &DeValue<'_>) -> Json {
    match node {
        DeValue::String(text) => Json::String(text.to_string()),
        DeValue::Boolean(value) => Json::Bool(*value),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).map_or(Json::Null, Json::from),
        DeValue::Float(number) => number.as_str().parse::<f64>().map_or(Json::Null, Json::from),
        DeValue::Datetime(date) => Json::String(date.to_string()),
        DeValue::Array(items) => items.iter().map(|item| to_json(item.get_ref())).collect(),
        DeValue::Table(table) => Json::Object(
            table
                .iter()
                .map(|(key, value)| (key.get_ref().to_string(), to_json(value.get_ref())))
                .collect::<Map<_, _>>(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_inside_strings_lead_to_the_file() {
        let text = "a = 'xyz'\nb = '''\n  pqr'''\nc = \"u\\tv\"\n";
        let table = DeTable::parse(text).unwrap().into_inner();
        let find =
            |key: &str, start, end| &text[place_inside(table.get(key).unwrap(), Span::new(start, end), text).range()];
        assert_eq!(find("a", 1, 2), "y");
        assert_eq!(find("b", 2, 4), "pq");
        assert_eq!(find("c", 1, 2), "\"u\\tv\"", "escapes: the whole string");
    }

    #[test]
    fn what_is_not_toml_is_told_with_its_place() {
        let text = "a = 1\nb = = 2\n";
        let mut mistakes = Mistakes::new("x.toml", text);
        parse(text, &mut mistakes);
        assert_eq!(mistakes.all[0].at.line, 2);
    }
}

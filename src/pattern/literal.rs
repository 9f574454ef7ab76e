//! Which names must a script hold for a pattern to match something in it?

use super::shape::{Form, Pattern, Shape};
use crate::evaluate::Value;
use std::sync::Arc;

/// Names that every other script holds: they tell nothing. Sorted.
#[rustfmt::skip]
const COMMON: &[&str] = &[
    "AdManager", "Direct", "Init", "Sale", "Start", "Tracking", "Visitor", "account", "action", "addEventListener",
    "addon", "after", "apply", "async", "audio", "banner", "beacon", "before", "bids", "block", "cache", "call",
    "callback", "category", "charset", "class", "clear", "client", "code", "color", "config", "const", "container",
    "content", "context", "conversion", "create", "currency", "data", "define", "description", "display",
    "document", "domain", "domains", "element", "elements", "enable", "enabled", "event", "events", "false",
    "fetch", "format", "formatId", "function", "getInstance", "google", "handler", "height", "host", "http",
    "https", "identify", "image", "index", "init", "initialize", "insert", "instance", "item", "label", "language",
    "length", "level", "limit", "link", "list", "load", "location", "login", "master", "mediaTypes", "media_type",
    "method", "mode", "module", "name", "native", "null", "number", "object", "onload", "onready", "open",
    "optimize", "option", "options", "order", "page", "pageId", "param", "params", "parse", "partner", "path",
    "placement", "playerId", "position", "preferences", "print", "provider", "pubId", "publisher", "push", "query",
    "queue", "ready", "refresh", "region", "reload", "remove", "render", "renew", "request", "require", "response",
    "return", "script", "section", "selector", "send", "server", "setting", "settings", "setup", "show", "site",
    "siteId", "size", "sizes", "slave", "slot", "slots", "source", "start", "state", "status", "string", "style",
    "subscribe", "tags", "target", "text", "this", "timeout", "title", "track", "trackEvent", "trackPageView",
    "true", "type", "undefined", "unit", "update", "user", "userId", "value", "values", "version", "video",
    "watch", "width", "window", "write", "zone",
];

/// How telling is a name? 0 for words that stand everywhere.
fn weight(name: &str) -> usize {
    let is_marked =
        name.contains('_') || name.bytes().skip(1).any(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if name.len() < 4 || COMMON.binary_search(&name).is_ok() {
        0
    } else {
        name.len().min(16) + usize::from(is_marked) * 4
    }
}

/// Is the name rare enough to be looked for in scripts?
#[must_use]
pub fn is_telling(name: &str) -> bool {
    weight(name) > 0
}

impl Pattern {
    /// Names that must stand in a script for the pattern to match something in it, the most telling first;
    /// of equals the callee's own.
    #[must_use]
    pub fn literals(&self) -> Vec<Arc<str>> {
        let mut names: Vec<Arc<str>> = Vec::new();
        let shapes: Vec<&Shape> = match &self.form {
            Form::Call { callee, arguments, rest, .. } => {
                names.extend(callee.names().map(Arc::from));
                arguments.iter().chain(rest.as_deref()).collect()
            }
            Form::Assign { target, value } => {
                names.extend(target.names().map(Arc::from));
                vec![value]
            }
            Form::Object(shape) => vec![shape],
        };
        // Where the callee itself tells enough, the members may come from another script.
        let has_name = names.iter().any(|name| is_telling(name));
        let by_weight = |names: &mut Vec<Arc<str>>| names.sort_by_key(|name| std::cmp::Reverse(weight(name)));
        if has_name {
            let own = names.remove(0);
            by_weight(&mut names);
            names.insert(if is_telling(&own) { 0 } else { names.len() }, own);
        }
        let mut members = Vec::new();
        shapes.into_iter().for_each(|shape| add_members(shape, &mut members));
        by_weight(&mut members);
        names.extend(members);
        if !has_name {
            by_weight(&mut names);
        }
        let mut seen = std::collections::HashSet::new();
        names.retain(|name| seen.insert(name.clone()));
        names
    }

    /// Texts of which a script must hold one for the pattern to match something in it; empty if there is none that
    /// would tell scripts apart.
    ///
    /// Names that are short or stand everywhere are looked for together with what must stand beside them:
    /// `ttq.load`, `fbq('init`.
    #[must_use]
    pub fn anchors(&self) -> Vec<String> {
        let names = self.literals();
        if let Some(name) = names.iter().find(|name| is_telling(name)) {
            return vec![name.to_string()];
        }
        match &self.form {
            Form::Call { callee, arguments, .. } => match callee.last_two_names() {
                Some(names) => vec![names],
                None => callee.only_name().map(|name| call_texts(name, arguments.first())).unwrap_or_default(),
            },
            Form::Assign { target, .. } => target.last_two_names().into_iter().collect(),
            Form::Object(_) => Vec::new(),
        }
    }
}

/// A call as it is written: `fbq(`, and where its first argument is a fixed string, that too.
fn call_texts(name: &str, first: Option<&Shape>) -> Vec<String> {
    let Some(Shape::Literal(Value::String(text))) = first else { return vec![format!("{name}(")] };
    let starts = ["('", "(\"", "( '", "( \""];
    starts.iter().map(|start| format!("{name}{start}{text}")).collect()
}

/// Names of members that must be there.
fn add_members(shape: &Shape, names: &mut Vec<Arc<str>>) {
    match shape {
        Shape::Object(members) => {
            for (name, inner) in members {
                if !matches!(inner, Shape::Optional(_)) {
                    names.push(name.clone());
                    add_members(inner, names);
                }
            }
        }
        Shape::Tuple(shapes) => shapes.iter().for_each(|shape| add_members(shape, names)),
        // An empty list matches too, but then there is nothing to find in it.
        Shape::Each(inner) => add_members(inner, names),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> String {
        Pattern::parse(text).unwrap().literals()[0].to_string()
    }

    #[test]
    fn the_most_telling_name_comes_first() {
        assert_eq!(first("$PBJS.addAdUnits($X)"), "addAdUnits");
        assert_eq!(first("googletag.defineSlot($P)"), "defineSlot");
        assert_eq!(first("_taboola.push({ placement: $P })"), "_taboola");
        assert_eq!(first("$Q.push({ google_ad_client: $C })"), "google_ad_client");
        assert_eq!(first("({ code: $C, bids: [...{ bidder: $B }] })"), "bidder");
    }

    #[test]
    fn short_names_are_looked_for_with_their_neighbours() {
        let anchors = |text: &str| Pattern::parse(text).unwrap().anchors();
        assert_eq!(anchors("ttq.load($ID)"), ["ttq.load"]);
        assert_eq!(anchors("ym($ID)"), ["ym("]);
        assert_eq!(anchors("fbq('init', $ID)")[..2], ["fbq('init", "fbq(\"init"]);
        assert_eq!(anchors("uid = $ID"), [""; 0]);
        assert_eq!(anchors("$Q.push($ID)"), [""; 0]);
        assert_eq!(anchors("c($ID)"), [""; 0]);
    }

    #[test]
    fn members_that_may_be_absent_are_no_literals() {
        let names = Pattern::parse("f({ aaaaaa: $A ?? null, b: $B })").unwrap().literals();
        assert_eq!(names.iter().map(|name| &**name).collect::<Vec<_>>(), ["f", "b"]);
    }
}

//! `adsieve rules show`: all that is known under an id.

use super::super::{Outcome, message};
use super::args::ShowArguments;
use super::{print, read};
use adsieve::report::printable;
use adsieve::{Bidder, Network, Param, Product, Registry, Required, Rule, RuleSet, Status};
use std::fmt::{Display, Write as _};

/// Shows the product, the rule, the organisation and the bidder of that id.
pub(super) fn show(arguments: &ShowArguments) -> Outcome {
    let (rules, registry) = match read(&arguments.own.paths) {
        Ok(read) => read,
        Err(outcome) => return outcome,
    };
    let id = &*arguments.id;
    let mut parts = Vec::new();
    parts.extend(rules.product(id).map(|product| product_text(product, &rules, registry)));
    parts.extend(rules.rule(id).map(|rule| rule_text(rule, &rules)));
    parts.extend(registry.network(id).map(|network| network_text(network, &rules, registry)));
    parts.extend(registry.bidder(id).map(|bidder| bidder_text(bidder, registry)));
    if parts.is_empty() {
        let hint = nearest(id, &rules, registry).map(|near| format!("did you mean `{near}`?"));
        message::error(
            &format!("nothing is known as `{id}`"),
            &hint.unwrap_or_else(|| "see `adsieve rules list`".into()),
        );
        return Outcome::Usage;
    }
    print(&parts.join("\n"))
}

fn nearest(id: &str, rules: &RuleSet, registry: &Registry) -> Option<String> {
    let products = rules.products().iter().map(|product| &*product.id);
    let names = products.chain(rules.rules().iter().map(|rule| &*rule.id));
    let names =
        names.chain(registry.networks().map(|network| &*network.id)).chain(registry.bidders().map(|one| &*one.code));
    adsieve::nearest_name(id, names).map(str::to_owned)
}

/// A line `label  value`, if there is a value.
fn field(text: &mut String, label: &str, value: impl Display) {
    let value = value.to_string();
    if !value.is_empty() {
        let _ = writeln!(text, "  {label:<13} {}", printable(&value));
    }
}

fn joined<T: AsRef<str>>(all: &[T]) -> String {
    all.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")
}

fn product_text(product: &Product, rules: &RuleSet, registry: &Registry) -> String {
    let mut text = format!("product {}\n", product.id);
    field(&mut text, "name", &product.name);
    field(&mut text, "role", &product.role);
    let network = registry.network(&product.network).map_or_else(|| product.network.to_string(), named);
    field(&mut text, "organisation", network);
    field(&mut text, "file", &product.file);
    let lists = [
        ("hosts", &product.hosts),
        ("paths", &product.paths),
        ("globals", &product.globals),
        ("weak globals", &product.weak_globals),
        ("queues", &product.queues),
        ("callbacks", &product.callbacks),
        ("inner", &product.inner),
        ("loaders", &product.loaders),
    ];
    lists.into_iter().for_each(|(label, list)| field(&mut text, label, joined(list)));
    field(&mut text, "stub", product.stub.as_deref().unwrap_or_default());
    product.ids.iter().for_each(|(name, regex)| field(&mut text, &format!("id {name}"), regex.source()));
    product.css.iter().for_each(|name| field(&mut text, "css", name));
    for rule in rules.rules().iter().filter(|rule| rule.product.as_ref().is_some_and(|own| own.id == product.id)) {
        text += "\n";
        text += &rule_text(rule, rules);
    }
    text
}

fn rule_text(rule: &Rule, rules: &RuleSet) -> String {
    let mut text = format!("rule {}\n", rule.id);
    field(&mut text, "about", &rule.about);
    field(&mut text, "finds", rule.finds.name());
    if rule.is_weak {
        field(&mut text, "weak", "reported as markup, whatever matched");
    }
    if rule.is_shared {
        field(&mut text, "shared", "another sign of the product must confirm it");
    }
    field(&mut text, "setting", rule.setting.as_deref().unwrap_or_default());
    let source = rules.text(&rule.file).unwrap_or_default();
    let line = 1 + source.get(..rule.span.start as usize).map_or(0, |before| before.matches('\n').count());
    field(&mut text, "file", format!("{}:{line}", rule.file));
    let holes: Vec<String> = rule.holes().iter().map(|hole| format!("${hole}")).collect();
    field(&mut text, "captures", joined(&holes));
    field(&mut text, "examples", format!("{}, {} counterexamples", rule.examples.len(), rule.counterexamples.len()));
    let outline = rule.outline();
    outline.lines().for_each(|line| _ = writeln!(text, "    {}", printable(line)));
    text
}

fn named(network: &Network) -> String {
    format!("{} ({})", network.name, network.id)
}

fn network_text(network: &Network, rules: &RuleSet, registry: &Registry) -> String {
    let mut text = format!("organisation {}\n", network.id);
    field(&mut text, "name", &network.name);
    let ids: Vec<String> = network.gvl_ids.iter().map(ToString::to_string).collect();
    field(&mut text, "gvl", joined(&ids));
    field(&mut text, "domains", joined(&network.domains));
    field(&mut text, "other domains", joined(&network.other_domains));
    let products: Vec<&str> =
        rules.products().iter().filter(|product| *product.network == *network.id).map(|product| &*product.id).collect();
    field(&mut text, "products", joined(&products));
    let codes: Vec<&str> =
        registry.bidders().filter(|bidder| bidder.network == network.id).map(|bidder| &*bidder.code).collect();
    field(&mut text, "bidder codes", joined(&codes));
    text
}

fn bidder_text(bidder: &Bidder, registry: &Registry) -> String {
    let mut text = format!("bidder {}\n", bidder.code);
    field(&mut text, "name", &bidder.name);
    field(&mut text, "organisation", registry.network(&bidder.network).map(named).unwrap_or_default());
    field(&mut text, "alias of", bidder.alias_of.as_deref().unwrap_or_default());
    field(&mut text, "gvl", bidder.gvl_id.map(|id| id.to_string()).unwrap_or_default());
    let media: Vec<&str> = bidder.media_types.iter().map(|kind| kind.name()).collect();
    field(&mut text, "media types", joined(&media));
    field(&mut text, "status", status(&bidder.status));
    bidder.params.iter().for_each(|param| _ = writeln!(text, "    {}", printable(&param_text(param))));
    text
}

fn status(status: &Status) -> String {
    match status {
        Status::Current => String::new(),
        Status::Removed => "removed from Prebid.js".into(),
        Status::Renamed(now) => format!("renamed: now `{now}`"),
        Status::PageAlias => "an alias that pages register themselves".into(),
    }
}

fn param_text(param: &Param) -> String {
    let types: Vec<&str> = param.types.iter().map(|kind| kind.name()).collect();
    let required = match param.required {
        Required::Yes => ", required",
        Required::No => "",
        Required::Conditional => ", sometimes required",
    };
    format!("{}: {}{required}", param.name, types.join(" or "))
}

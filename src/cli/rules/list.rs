//! `adsieve rules list`: products and bidder codes, filtered.

use super::super::{Outcome, message};
use super::args::{ListArguments, ListFormat};
use super::listed::{BIDDER, Listed};
use super::markdown::markdown;
use super::{print, read};
use adsieve::{Bidder, Product};
use serde_json::{Value as Json, json};
use std::fmt::Write as _;

/// Lists what the filters let through.
pub(super) fn list(arguments: &ListArguments) -> Outcome {
    let (rules, registry) = match read(&arguments.own.paths) {
        Ok(read) => read,
        Err(outcome) => return outcome,
    };
    let listed = Listed::new(arguments, &rules, registry);
    if listed.products.is_empty() && listed.bidders.is_empty() {
        message::warning("nothing is known like that", "`adsieve rules list` shows all products");
    }
    print(&match arguments.format {
        ListFormat::Table => table(&listed),
        ListFormat::Json => {
            serde_json::to_string_pretty(&as_json(&listed)).expect("a JSON value can be written") + "\n"
        }
        ListFormat::Markdown => markdown(&listed),
    })
}

fn table(listed: &Listed<'_>) -> String {
    let mut rows: Vec<[&str; 4]> = Vec::new();
    for product in &listed.products {
        rows.push([&product.role, &product.id, &product.name, listed.network_name(&product.network)]);
    }
    for bidder in &listed.bidders {
        rows.push([BIDDER, &bidder.code, &bidder.name, listed.network_name(&bidder.network)]);
    }
    let widths: Vec<usize> =
        (0..4).map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)).collect();
    let mut text = String::new();
    for row in &rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
    let _ = writeln!(text, "\n{} products · {} bidder codes", listed.products.len(), listed.bidders.len());
    text
}

fn as_json(listed: &Listed<'_>) -> Json {
    let product = |product: &&Product| {
        let own =
            listed.rules.rules().iter().filter(|rule| rule.product.as_ref().is_some_and(|own| own.id == product.id));
        json!({
            "id": &*product.id, "name": &*product.name, "role": &*product.role, "network": &*product.network,
            "network_name": listed.network_name(&product.network), "file": &*product.file,
            "hosts": texts(&product.hosts), "paths": texts(&product.paths), "globals": texts(&product.globals),
            "rules": own.map(|rule| &*rule.id).collect::<Vec<_>>(),
        })
    };
    let bidder = |bidder: &&Bidder| {
        json!({
            "code": bidder.code, "name": bidder.name, "network": bidder.network,
            "network_name": listed.network_name(&bidder.network), "alias_of": bidder.alias_of, "gvl_id": bidder.gvl_id,
            "media_types": bidder.media_types.iter().map(|kind| kind.name()).collect::<Vec<_>>(),
        })
    };
    json!({
        "products": listed.products.iter().map(product).collect::<Vec<_>>(),
        "bidders": listed.bidders.iter().map(bidder).collect::<Vec<_>>(),
    })
}

fn texts(all: &[std::sync::Arc<str>]) -> Vec<&str> {
    all.iter().map(|text| &**text).collect()
}

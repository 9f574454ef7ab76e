//! `sellers.json`: an ad system's sellers, with their ids and types.

use super::{MOST_SELLERS, Relation, Seller, SellerList, SellerListKind, network_id};
use crate::network::Registry;
use serde::Deserialize;
use serde_json::Value as Json;

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    sellers: Vec<Json>,
}

/// Reads the sellers that have an id and a type; the others are counted.
pub(super) fn read(domain: Option<String>, text: &str, registry: &Registry) -> SellerList {
    let mut list = SellerList { kind: SellerListKind::SellersJson, domain, sellers: Vec::new(), unread: 0 };
    let Ok(file) = serde_json::from_str::<File>(text) else {
        list.unread = 1;
        return list;
    };
    let system = list.domain.clone().unwrap_or_default();
    let network = network_id(&system, registry);
    for entry in &file.sellers {
        match account(entry).zip(relation(entry)) {
            Some((account, relation)) if list.sellers.len() < MOST_SELLERS => {
                list.sellers.push(Seller { system: system.clone(), network: network.clone(), account, relation });
            }
            _ => list.unread += 1,
        }
    }
    list
}

fn account(entry: &Json) -> Option<String> {
    match entry.get("seller_id")? {
        Json::String(id) if !id.trim().is_empty() => Some(id.trim().to_owned()),
        Json::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

fn relation(entry: &Json) -> Option<Relation> {
    match &*entry.get("seller_type")?.as_str()?.to_ascii_uppercase() {
        "PUBLISHER" => Some(Relation::Direct),
        "INTERMEDIARY" | "BOTH" => Some(Relation::Reseller),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sellers_with_an_id_and_a_type_are_read() {
        let text = r#"{"version": "1.0", "sellers": [
            {"seller_id": "pub-12", "seller_type": "PUBLISHER", "name": "Example"},
            {"seller_id": 4417, "seller_type": "both"},
            {"seller_id": "", "seller_type": "PUBLISHER"}, {"seller_id": "x"}, 7, null
        ]}"#;
        let list = read(Some("google.com".into()), text, Registry::built_in());
        let told: Vec<_> = list.sellers.iter().map(|one| (&*one.account, one.relation)).collect();
        assert_eq!(told, [("pub-12", Relation::Direct), ("4417", Relation::Reseller)]);
        assert_eq!(list.sellers[0].network.as_deref(), Some("google"));
        assert_eq!(list.unread, 4);
    }

    #[test]
    fn what_is_no_list_has_no_sellers() {
        for text in ["", "{", "[]", "{\"sellers\": 7}", "<html>"] {
            assert_eq!(read(None, text, Registry::built_in()).sellers, [], "{text}");
        }
    }
}

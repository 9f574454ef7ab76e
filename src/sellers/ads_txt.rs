//! `ads.txt`: a line for each seller, `domain, account, DIRECT or RESELLER, authority`.

use super::{MOST_SELLERS, Relation, Seller, SellerList, SellerListKind, domain_word, network_id};
use crate::network::Registry;

/// Reads the lines; comments, blank lines and other variables than the owner's domain are no sellers.
pub(super) fn read(kind: SellerListKind, domain: Option<String>, text: &str, registry: &Registry) -> SellerList {
    let mut list = SellerList { kind, domain, sellers: Vec::new(), unread: 0 };
    for line in text.split(['\n', '\r']) {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        match seller(line, registry) {
            Some(seller) if list.sellers.len() < MOST_SELLERS => list.sellers.push(seller),
            None if is_variable(line) => {
                list.domain = list.domain.or_else(|| owner(line));
            }
            _ => list.unread += 1,
        }
    }
    list
}

fn seller(line: &str, registry: &Registry) -> Option<Seller> {
    // What follows a semicolon is for extensions.
    let mut fields = line.split(';').next().unwrap_or_default().split(',').map(str::trim);
    let (system, account, relation) = (fields.next()?, fields.next()?, fields.next()?);
    let relation = match &*relation.to_ascii_uppercase() {
        "DIRECT" => Relation::Direct,
        "RESELLER" => Relation::Reseller,
        _ => return None,
    };
    if account.is_empty() || !system.contains('.') {
        return None;
    }
    let system = system.to_ascii_lowercase();
    Some(Seller { network: network_id(&system, registry), system, account: account.to_owned(), relation })
}

fn is_variable(line: &str) -> bool {
    line.split_once('=').is_some_and(|(name, _)| !name.contains(','))
}

fn owner(line: &str) -> Option<String> {
    let (name, value) = line.split_once('=')?;
    name.trim().eq_ignore_ascii_case("ownerdomain").then(|| domain_word(value)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> SellerList {
        read(SellerListKind::AdsTxt, None, text, Registry::built_in())
    }

    #[test]
    fn sellers_are_read_and_the_rest_is_counted() {
        let list = read_text(
            "# sellers\r\nownerdomain = www.example.com\nGoogle.com, pub-12, DIRECT, f08c47fec0942fa0 # AdSense\n\
             rubiconproject.com,4417 , reseller\nnobody.example, 7, direct; x=1\ncontact=a@example.com\nbroken line\n,,DIRECT",
        );
        assert_eq!(list.domain.as_deref(), Some("example.com"));
        let told: Vec<_> =
            list.sellers.iter().map(|one| (one.network.as_deref(), &*one.account, one.relation)).collect();
        let expected = [
            (Some("google"), "pub-12", Relation::Direct),
            (Some("magnite"), "4417", Relation::Reseller),
            (None, "7", Relation::Direct),
        ];
        assert_eq!(told, expected);
        assert_eq!(list.unread, 2);
    }

    #[test]
    fn anything_is_a_list() {
        for text in ["", "\0\u{202e}", "<!doctype html><title>404</title>", ",,,,,", "=,=", "a.b,,DIRECT"] {
            assert_eq!(read_text(text).sellers, [], "{text}");
        }
    }
}

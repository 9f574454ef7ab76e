//! Makes the report of a list of sellers: a document of the input that is no page.

use super::compose::{Places, Source, empty_report};
use super::record::{PageReport, SellerRecord, SellersRecord, Standing};
use crate::base::{Diagnostic, Severity};
use crate::network::Registry;
use crate::sellers::{Relation, Seller, SellerList, SellerListKind};

/// The report of a list of sellers.
#[must_use]
pub fn sellers_report(list: &SellerList, source: &Source, registry: &Registry) -> PageReport {
    let kind = match list.kind {
        SellerListKind::AdsTxt => "ads.txt",
        SellerListKind::AppAdsTxt => "app-ads.txt",
        SellerListKind::SellersJson => "sellers.json",
    };
    let network = list.domain.as_deref().and_then(|domain| registry.organisation_of_host(domain));
    let sellers = SellersRecord {
        kind: kind.into(),
        domain: list.domain.clone(),
        network: network.map(|network| network.id.to_string()),
        sellers: list.sellers.iter().map(seller_record).collect(),
    };
    let places = Places::nowhere();
    let unread = (list.unread > 0).then(|| {
        let message = format!("{} entries could not be read", list.unread);
        places.diagnostic(&Diagnostic::new(Severity::Info, "unread-sellers", message))
    });
    PageReport {
        source: source.record(kind, None),
        sellers: Some(sellers),
        diagnostics: unread.into_iter().collect(),
        ..empty_report(source)
    }
}

fn seller_record(seller: &Seller) -> SellerRecord {
    SellerRecord {
        system: seller.system.clone(),
        network: seller.network.clone(),
        account: seller.account.clone(),
        relation: match seller.relation {
            Relation::Direct => Standing::Direct,
            Relation::Reseller => Standing::Reseller,
        },
    }
}

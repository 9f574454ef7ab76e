//! The rows of each table. The first cells say which page.

use super::super::account::site_of;
use super::super::layout::evidence_name;
use super::super::record::{AdUnitRecord, At, BidRecord, PageReport, ProblemRecord, Standing};
use super::super::text::words;
use super::super::{Rollup, Summary};
use super::CsvTable;
use super::cell::Row;
use serde_json::Value as Json;

/// The names of the cells.
pub(super) fn names(table: CsvTable) -> &'static str {
    match table {
        CsvTable::Networks => "path,entry,url,site,title,network,name,roles,gvl_id,evidence,bidders,ids,findings",
        CsvTable::AdUnits => {
            "path,entry,url,line,column,code,library,global,media_types,evidence,when,bidders,bids,problems"
        }
        CsvTable::Bids => {
            "path,entry,url,line,column,ad_unit,library,bidder,network,alias_of,params,decoded,evidence,when,problems"
        }
        CsvTable::Slots => "path,entry,url,line,column,library,slot_path,sizes,element,evidence",
        CsvTable::Requests => "path,entry,url,line,column,request,kind,network,filter",
        CsvTable::Problems => "path,entry,url,line,column,code,message,ad_unit,bidder",
        CsvTable::Findings => "path,entry,url,line,column,rule,network,product,captures,evidence,when",
        CsvTable::Sites => "site,pages,pages_with_ads,ad_units,bids,slots,problems,networks",
        CsvTable::Accounts => "network,account,names,site,pages,sites,ads_txt,sellers_json",
    }
}

pub(super) fn networks(page: &PageReport) -> String {
    let site = site_of(page);
    let row = |network: &super::super::NetworkRecord| {
        let ids = network
            .ids
            .iter()
            .flat_map(|(name, values)| values.iter().map(move |value| format!("{name}={}", words(value))));
        of_page(page)
            .optional(site.as_deref())
            .optional(page.title.as_deref())
            .text(&network.id)
            .text(&network.name)
            .list(&network.roles)
            .optional(network.gvl_id.map(|id| id.to_string()).as_deref())
            .text(evidence_name(network.evidence))
            .list(&network.bidders)
            .list(ids)
            .number(network.findings.len() as u64)
            .end()
    };
    page.networks.iter().map(row).collect()
}

pub(super) fn ad_units(page: &PageReport) -> String {
    let row = |unit: &AdUnitRecord| {
        at(of_page(page), unit.at)
            .text(&code(unit))
            .optional(unit.library.as_deref())
            .optional(unit.global.as_deref())
            .value(unit.media_types.as_ref().unwrap_or(&Json::Null))
            .text(evidence_name(unit.evidence))
            .optional(unit.when.as_deref())
            .list(unit.bids.iter().map(|bid| words(&bid.bidder)))
            .number(unit.bids.len() as u64)
            .list(unit.problems.iter().map(|problem| &problem.code))
            .end()
    };
    page.ad_units.iter().map(row).collect()
}

pub(super) fn bids(page: &PageReport) -> String {
    let row = |(unit, bid): (&AdUnitRecord, &BidRecord)| {
        let decoded = bid.decoded.iter().map(|(name, text)| format!("{name}={text}"));
        at(of_page(page), bid.at)
            .text(&code(unit))
            .optional(unit.library.as_deref())
            .text(&words(&bid.bidder))
            .optional(bid.network.as_deref())
            .optional(bid.alias_of.as_deref())
            .value(&bid.params)
            .list(decoded)
            .text(evidence_name(unit.evidence))
            .optional(bid.when.as_deref().or(unit.when.as_deref()))
            .list(bid.problems.iter().map(|problem| &problem.code))
            .end()
    };
    page.ad_units.iter().flat_map(|unit| unit.bids.iter().map(move |bid| (unit, bid))).map(row).collect()
}

pub(super) fn slots(page: &PageReport) -> String {
    let row = |slot: &super::super::SlotRecord| {
        at(of_page(page), slot.at)
            .text(&slot.library)
            .text(&words(&slot.path))
            .value(&slot.sizes)
            .text(&words(&slot.element))
            .text(evidence_name(slot.evidence))
            .end()
    };
    page.slots.iter().map(row).collect()
}

pub(super) fn requests(page: &PageReport) -> String {
    let row = |request: &super::super::RequestRecord| {
        at(of_page(page), request.at)
            .text(&request.url)
            .text(&request.kind)
            .optional(request.network.as_deref())
            .optional(request.filter.as_deref())
            .end()
    };
    page.requests.iter().map(row).collect()
}

pub(super) fn problems(page: &PageReport) -> String {
    let row = |problem: &ProblemRecord, unit: &AdUnitRecord, bidder: &str| {
        at(of_page(page), problem.at).text(&problem.code).text(&problem.message).text(&code(unit)).text(bidder).end()
    };
    let mut rows = String::new();
    for unit in &page.ad_units {
        rows.extend(unit.problems.iter().map(|problem| row(problem, unit, "")));
        for bid in &unit.bids {
            rows.extend(bid.problems.iter().map(|problem| row(problem, unit, &words(&bid.bidder))));
        }
    }
    rows
}

pub(super) fn findings(page: &PageReport) -> String {
    let row = |finding: &super::super::FindingRecord| {
        at(of_page(page), finding.at)
            .text(&finding.rule)
            .optional(finding.network.as_deref())
            .optional(finding.product.as_deref())
            .text(&serde_json::to_string(&finding.captures).expect("a map of JSON values can be written"))
            .text(evidence_name(finding.evidence))
            .optional(finding.when.as_deref())
            .end()
    };
    page.findings.iter().map(row).collect()
}

pub(super) fn sites(summary: &Summary) -> String {
    let row = |(site, count): (Option<&str>, &super::super::SiteCount)| {
        let numbers = [count.pages, count.pages_with_ads, count.ad_units, count.bids, count.slots, count.problems];
        let row = numbers.into_iter().fold(Row::default().optional(site), Row::number);
        row.list(count.networks.iter().map(|(id, pages)| format!("{id} {pages}"))).end()
    };
    summary.rollup.sites().map(row).collect()
}

pub(super) fn accounts(summary: &Summary) -> String {
    let rollup: &Rollup = &summary.rollup;
    let mut rows = String::new();
    for account in rollup.accounts() {
        for used in &account.sites {
            rows += &Row::default()
                .text(account.network)
                .text(account.account)
                .list(&account.names)
                .optional(used.site)
                .number(used.pages)
                .number(account.sites.len() as u64)
                .optional(used.ads_txt.map(standing_name))
                .optional(account.sellers_json.map(standing_name))
                .end();
        }
    }
    rows
}

fn standing_name(standing: Standing) -> &'static str {
    match standing {
        Standing::Direct => "direct",
        Standing::Reseller => "reseller",
        Standing::Missing => "missing",
    }
}

fn of_page(page: &PageReport) -> Row {
    Row::default().text(&page.source.path).optional(page.source.entry.as_deref()).optional(page.url.as_deref())
}

fn at(row: Row, at: At) -> Row {
    row.number(at.line).number(at.column)
}

fn code(unit: &AdUnitRecord) -> String {
    unit.code.as_ref().map(words).unwrap_or_default()
}

//! Turns `rules/networks.toml` and `rules/bidders/` into static tables (`$OUT_DIR/registry.rs`).
//!
//! Reading and checking is the crate's own code, included by path: a file that the build accepts, run time accepts too.

#![allow(dead_code, reason = "the crate uses more of these modules than the build does")]

#[path = "../src/network/complete.rs"]
mod complete;
#[path = "../src/network/entry.rs"]
mod entry;
#[path = "../src/network/file.rs"]
mod file;
#[path = "../src/network/nearest.rs"]
mod nearest;

use complete::{Known, check_networks, complete_bidders};
use entry::{Bidder, MediaType, Name, Network, Param, ParamType, Required, Status};
use file::{FileError, read_bidders, read_networks};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Writes the tables; panics with every mistake of the files.
pub fn generate() {
    let rules = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("rules");
    let out = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("registry.rs");
    println!("cargo:rerun-if-changed=rules/networks.toml");
    println!("cargo:rerun-if-changed=rules/bidders");
    let mut errors = Vec::new();
    let text = fs::read_to_string(rules.join("networks.toml")).expect("rules/networks.toml can be read");
    let written_networks = read_networks("rules/networks.toml", &text, &mut errors);
    check_networks(&written_networks, &mut errors);
    let mut written_bidders = Vec::new();
    for path in bidder_files(&rules.join("bidders")) {
        let text = fs::read_to_string(&path).expect("a listed file can be read");
        written_bidders.extend(read_bidders(&path.display().to_string(), &text, &mut errors));
    }
    let known = Known { networks: &[], bidders: &[] };
    let bidders = complete_bidders(&written_bidders, &written_networks, &known, &mut errors);
    stop_at_errors(&errors);
    let mut networks: Vec<Network> = written_networks.into_iter().map(|written| written.entry).collect();
    networks.sort_by(|a, b| a.id.cmp(&b.id));
    fs::write(out, tables(&networks, &bidders)).expect("OUT_DIR can be written");
}

fn bidder_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("rules/bidders can be listed");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("rules/bidders can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    paths
}

fn stop_at_errors(errors: &[FileError]) {
    let lines: Vec<String> = errors
        .iter()
        .map(|error| {
            let hint = error.hint.as_deref().unwrap_or_default();
            format!("{}:{}: {} {hint}", error.file, error.span.start, error.message)
        })
        .collect();
    assert!(lines.is_empty(), "the registry has mistakes:\n{}", lines.join("\n"));
}

fn tables(networks: &[Network], bidders: &[Bidder]) -> String {
    let mut code = String::new();
    let list = |items: Vec<String>| format!("[\n    {},\n]", items.join(",\n    "));
    let rows: Vec<String> = networks.iter().map(network).collect();
    let _ = writeln!(code, "static NETWORKS: [Network; {}] = {};", rows.len(), list(rows));
    let rows = params_tables(bidders, &mut code);
    let _ = writeln!(code, "static BIDDERS: [Bidder; {}] = {};", rows.len(), list(rows));
    let rows = domain_rows(networks);
    let _ = writeln!(code, "static DOMAINS: [DomainOwner; {}] = {};", rows.len(), list(rows));
    code
}

/// Every domain with the index of its network, in order of domains.
fn domain_rows(networks: &[Network]) -> Vec<String> {
    let mut owners: BTreeMap<&str, (usize, bool)> = BTreeMap::new();
    for (index, network) in networks.iter().enumerate() {
        owners.extend(network.domains.iter().map(|domain| (&**domain, (index, true))));
        owners.extend(network.other_domains.iter().map(|domain| (&**domain, (index, false))));
    }
    owners
        .into_iter()
        .map(|(domain, (network, serves_ads))| {
            format!("DomainOwner {{ domain: {}, network: {network}, serves_ads: {serves_ads} }}", name(domain))
        })
        .collect()
}

fn network(network: &Network) -> String {
    let Network { id, name: title, gvl_ids, domains, other_domains } = network;
    let names = |names: &[Name]| slice(names.iter().map(|one| name(one)).collect());
    let gvl_ids = slice(gvl_ids.iter().map(u32::to_string).collect());
    format!(
        "Network {{ id: {}, name: {}, gvl_ids: {gvl_ids}, domains: {}, other_domains: {} }}",
        name(id),
        name(title),
        names(domains),
        names(other_domains),
    )
}

/// The rows of the bidders; equal lists of params become one table, written to `code`.
fn params_tables(bidders: &[Bidder], code: &mut String) -> Vec<String> {
    let mut tables: BTreeMap<String, usize> = BTreeMap::new();
    let mut rows = Vec::new();
    for one in bidders {
        let params: Vec<String> = one.params.iter().map(param).collect();
        let (count, text) = (params.len(), params.join(", "));
        let next = tables.len();
        let number = *tables.entry(text.clone()).or_insert(next);
        if number == next {
            let _ = writeln!(code, "static PARAMS_{number}: [Param; {count}] = [{text}];");
        }
        rows.push(bidder(one, number));
    }
    rows
}

fn bidder(bidder: &Bidder, params: usize) -> String {
    let Bidder { code, network, alias_of, name: title, gvl_id, media_types, status, .. } = bidder;
    let media_types = slice(media_types.iter().map(media_type).collect());
    format!(
        "Bidder {{ code: {}, network: {}, alias_of: {}, name: {}, gvl_id: {gvl_id:?}, media_types: {media_types}, \
         params: Cow::Borrowed(&PARAMS_{params}), status: {} }}",
        name(code),
        name(network),
        alias_of.as_deref().map_or_else(|| "None".to_owned(), |code| format!("Some({})", name(code))),
        name(title),
        match status {
            Status::Current => "Status::Current".to_owned(),
            Status::Removed => "Status::Removed".to_owned(),
            Status::Renamed(now) => format!("Status::Renamed({})", name(now)),
            Status::PageAlias => "Status::PageAlias".to_owned(),
        }
    )
}

fn param(param: &Param) -> String {
    let types = slice(param.types.iter().map(param_type).collect());
    let required = match param.required {
        Required::Yes => "Yes",
        Required::No => "No",
        Required::Conditional => "Conditional",
    };
    let samples = slice(param.samples.iter().map(|one| name(one)).collect());
    format!(
        "Param {{ name: {}, required: Required::{required}, types: {types}, samples: {samples} }}",
        name(&param.name)
    )
}

fn param_type(param_type: &ParamType) -> String {
    format!("ParamType::{param_type:?}")
}

fn media_type(media_type: &MediaType) -> String {
    format!("MediaType::{media_type:?}")
}

fn name(text: &str) -> String {
    format!("Cow::Borrowed({text:?})")
}

fn slice(items: Vec<String>) -> String {
    format!("Cow::Borrowed(&[{}])", items.join(", "))
}

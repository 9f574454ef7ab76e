//! The registry: ad networks, bidder codes, aliases, script hosts.

mod host;

pub use host::{HostEntry, HostIndex, Location, is_third_party, registrable_domain};

use std::sync::Arc;

/// An ad network (an organisation).
#[derive(Clone, Debug)]
pub struct Network {
    /// Its id.
    pub id: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Its ids in the IAB's global vendor list.
    pub gvl_ids: Vec<u32>,
}

/// A bidder code.
#[derive(Clone, Debug)]
pub struct Bidder {
    /// The code.
    pub code: Arc<str>,
    /// The network's id.
    pub network: Arc<str>,
    /// The code it is an alias of.
    pub alias_of: Option<Arc<str>>,
}

/// Everything known about networks.
#[derive(Debug)]
pub struct Registry {
    networks: Vec<Network>,
    bidders: Vec<Bidder>,
    hosts: Vec<(&'static str, usize)>,
}

impl Registry {
    /// The registry that comes with the crate.
    #[must_use]
    pub fn built_in() -> &'static Self {
        static REGISTRY: std::sync::OnceLock<Registry> = std::sync::OnceLock::new();
        REGISTRY.get_or_init(|| {
            let network = |id: &str, name: &str, gvl| Network { id: id.into(), name: name.into(), gvl_ids: vec![gvl] };
            let bidder = |code: &str, network: &str, alias: Option<&str>| Bidder {
                code: code.into(),
                network: network.into(),
                alias_of: alias.map(Arc::from),
            };
            Self {
                networks: vec![
                    network("google", "Google", 755),
                    network("amazon", "Amazon", 793),
                    network("prebid", "Prebid.org", 0),
                    network("microsoft", "Microsoft", 32),
                    network("magnite", "Magnite", 52),
                ],
                bidders: vec![
                    bidder("appnexus", "microsoft", None),
                    bidder("appnexusAst", "microsoft", Some("appnexus")),
                    bidder("rubicon", "magnite", None),
                ],
                hosts: vec![
                    ("googlesyndication.com", 0),
                    ("doubleclick.net", 0),
                    ("amazon-adsystem.com", 1),
                    ("rubiconproject.com", 4),
                ],
            }
        })
    }

    /// A network by id.
    #[must_use]
    pub fn network(&self, id: &str) -> Option<&Network> {
        self.networks.iter().find(|network| &*network.id == id)
    }

    /// A bidder by code.
    #[must_use]
    pub fn bidder(&self, code: &str) -> Option<&Bidder> {
        self.bidders.iter().find(|bidder| &*bidder.code == code)
    }

    /// The network of a host.
    #[must_use]
    pub fn network_of_host(&self, host: &str) -> Option<&Network> {
        let (_, index) = self
            .hosts
            .iter()
            .find(|(domain, _)| host == *domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')))?;
        self.networks.get(*index)
    }
}

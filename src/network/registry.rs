//! The registry's look-ups, and files of a user's own.

use super::complete::{Known, check_networks, complete_bidders};
use super::entry::{Bidder, Name, Network};
use super::file::{FileError, FileKind, Written, read_bidders, read_networks};
use super::host::{Location, host_and_parents};
use super::nearest::nearest;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Ad networks, bidder codes and domains, each in order of its name.
#[derive(Clone, Debug)]
pub struct Registry {
    networks: Cow<'static, [Network]>,
    bidders: Cow<'static, [Bidder]>,
    domains: Cow<'static, [DomainOwner]>,
}

/// A domain and whose it is.
#[derive(Clone, Debug)]
pub struct DomainOwner {
    /// A registrable domain or a full host, in lower case.
    pub domain: Name,
    /// Index of the network.
    pub network: u32,
    /// Is a request there a sign of ads?
    pub serves_ads: bool,
}

/// A registry file to add.
#[derive(Clone, Debug)]
pub struct RegistryFile<'f> {
    /// Its name, for messages.
    pub name: &'f str,
    /// What it holds.
    pub kind: FileKind,
    /// Its TOML.
    pub text: &'f str,
}

/// An entry that took the place of one with the same id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The file that did it.
    pub file: String,
    /// Whether it is a network or a bidder.
    pub kind: FileKind,
    /// The network's id or the bidder's code.
    pub id: String,
}

impl Registry {
    /// A registry of tables that are in order of their ids, codes and domains.
    pub(super) const fn from_tables(
        networks: Cow<'static, [Network]>,
        bidders: Cow<'static, [Bidder]>,
        domains: Cow<'static, [DomainOwner]>,
    ) -> Self {
        Self { networks, bidders, domains }
    }

    /// This registry with the entries of some files added; an entry with a known id replaces the old one.
    ///
    /// # Errors
    ///
    /// Every mistake of every file; then nothing is added.
    pub fn with_files(&self, files: &[RegistryFile<'_>]) -> Result<(Self, Vec<Replaced>), Vec<FileError>> {
        let mut errors = Vec::new();
        let (mut networks, mut bidders) = (Vec::new(), Vec::new());
        for file in files {
            match file.kind {
                FileKind::Networks => networks.extend(read_networks(file.name, file.text, &mut errors)),
                FileKind::Bidders => bidders.extend(read_bidders(file.name, file.text, &mut errors)),
            }
        }
        check_networks(&networks, &mut errors);
        let known = Known { networks: &self.networks, bidders: &self.bidders };
        let complete = complete_bidders(&bidders, &networks, &known, &mut errors);
        if !errors.is_empty() {
            return Err(errors);
        }
        let mut replaced = Vec::new();
        note_replaced(&networks, FileKind::Networks, |id| self.network(id).is_some(), &mut replaced);
        note_replaced(&bidders, FileKind::Bidders, |id| self.bidder(id).is_some(), &mut replaced);
        let networks = merged(&self.networks, networks.into_iter().map(|one| one.entry), |one| &one.id);
        let bidders = merged(&self.bidders, complete, |one| &one.code);
        let domains = self.domains_with(&networks);
        Ok((Self { networks: networks.into(), bidders: bidders.into(), domains: domains.into() }, replaced))
    }

    /// The owners of all domains; where two networks name one, the one that was added wins.
    fn domains_with(&self, networks: &[Network]) -> Vec<DomainOwner> {
        let mut owners: BTreeMap<&Name, DomainOwner> = BTreeMap::new();
        let is_old = |network: &Network| self.network(&network.id) == Some(network);
        let numbered = || (0_u32..).zip(networks);
        let old_then_new =
            numbered().filter(|(_, network)| is_old(network)).chain(numbered().filter(|(_, network)| !is_old(network)));
        for (index, network) in old_then_new {
            for (domains, serves_ads) in [(&network.domains, true), (&network.other_domains, false)] {
                owners.extend(
                    domains
                        .iter()
                        .map(|domain| (domain, DomainOwner { domain: domain.clone(), network: index, serves_ads })),
                );
            }
        }
        owners.into_values().collect()
    }

    /// Every network, in order of ids.
    pub fn networks(&self) -> impl ExactSizeIterator<Item = &Network> {
        self.networks.iter()
    }

    /// Every bidder, in order of codes.
    pub fn bidders(&self) -> impl ExactSizeIterator<Item = &Bidder> {
        self.bidders.iter()
    }

    /// Every known domain with its owner, and whether it is a sign of ads; in order of domains.
    pub(crate) fn owners(&self) -> impl Iterator<Item = (&str, &Network, bool)> {
        let of = |owner| self.networks.get(owner);
        let owners = self.domains.iter();
        owners.filter_map(move |owner| Some((&*owner.domain, of(owner.network as usize)?, owner.serves_ads)))
    }

    /// The network of that id.
    #[must_use]
    pub fn network(&self, id: &str) -> Option<&Network> {
        let at = self.networks.binary_search_by(|network| (*network.id).cmp(id)).ok()?;
        self.networks.get(at)
    }

    /// The bidder of that code; case matters.
    #[must_use]
    pub fn bidder(&self, code: &str) -> Option<&Bidder> {
        let at = self.bidders.binary_search_by(|bidder| (*bidder.code).cmp(code)).ok()?;
        self.bidders.get(at)
    }

    /// The network behind a bidder code.
    #[must_use]
    pub fn network_of_bidder(&self, code: &str) -> Option<&Network> {
        self.network(&self.bidder(code)?.network)
    }

    /// The known code that an unknown one most likely means: for hints.
    #[must_use]
    pub fn nearest_bidder(&self, code: &str) -> Option<&str> {
        nearest(code, self.bidders.iter().map(|bidder| &*bidder.code))
    }

    /// The ad network that a host belongs to; the most specific host wins.
    ///
    /// Domains that serve much else besides ads do not count here: see [`Registry::organisation_of_host`].
    #[must_use]
    pub fn network_of_host(&self, host: &str) -> Option<&Network> {
        let owner = self.owner(host)?;
        if owner.serves_ads { self.networks.get(owner.network as usize) } else { None }
    }

    /// The organisation that a host belongs to, ads or not.
    #[must_use]
    pub fn organisation_of_host(&self, host: &str) -> Option<&Network> {
        self.networks.get(self.owner(host)?.network as usize)
    }

    /// The ad network that a URL belongs to, as [`Registry::network_of_host`] says.
    #[must_use]
    pub fn network_of_url(&self, url: &str) -> Option<&Network> {
        self.network_of_host(&Location::of_url(url)?.host)
    }

    fn owner(&self, host: &str) -> Option<&DomainOwner> {
        host_and_parents(host).find_map(|candidate| {
            let at = self.domains.binary_search_by(|owner| (*owner.domain).cmp(candidate)).ok()?;
            self.domains.get(at)
        })
    }
}

fn note_replaced<T: Identified>(
    written: &[Written<T>],
    kind: FileKind,
    is_known: impl Fn(&str) -> bool,
    replaced: &mut Vec<Replaced>,
) {
    for one in written.iter().filter(|one| is_known(one.entry.id())) {
        replaced.push(Replaced { file: one.file.clone(), kind, id: one.entry.id().to_owned() });
    }
}

/// What has an id in a registry file.
trait Identified {
    fn id(&self) -> &str;
}

impl Identified for Network {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Identified for super::file::WrittenBidder {
    fn id(&self) -> &str {
        &self.code
    }
}

/// Old entries and new ones, in order of ids; the new one of two with the same id.
fn merged<T: Clone>(old: &[T], new: impl IntoIterator<Item = T>, id: impl Fn(&T) -> &str) -> Vec<T> {
    let mut by_id: BTreeMap<String, T> = old.iter().map(|one| (id(one).to_owned(), one.clone())).collect();
    for one in new {
        by_id.insert(id(&one).to_owned(), one);
    }
    by_id.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::super::entry::Status;
    use super::*;

    fn built_in() -> &'static Registry {
        Registry::built_in()
    }

    #[test]
    fn every_code_and_network_is_found_under_its_name() {
        assert!(built_in().bidders().len() >= 1_095);
        assert!(built_in().networks().len() >= 907);
        for bidder in built_in().bidders() {
            assert_eq!(built_in().bidder(&bidder.code).map(|found| &found.code), Some(&bidder.code));
            assert!(built_in().network(&bidder.network).is_some(), "{}", bidder.code);
        }
        for network in built_in().networks() {
            assert!(built_in().network(&network.id).is_some(), "{}", network.id);
        }
    }

    #[test]
    fn every_alias_and_every_new_code_exists() {
        for bidder in built_in().bidders() {
            let parent = bidder.alias_of.as_deref();
            assert!(parent.is_none_or(|code| built_in().bidder(code).is_some()), "{}", bidder.code);
            if let Status::Renamed(now) = &bidder.status {
                let status = built_in().bidder(now).map(|bidder| &bidder.status);
                assert_eq!(status, Some(&Status::Current), "{}", bidder.code);
            }
        }
    }

    #[test]
    fn every_domain_stands_once_and_finds_its_network() {
        for pair in built_in().domains.windows(2) {
            assert!(pair[0].domain < pair[1].domain, "{}", pair[1].domain);
        }
        for network in built_in().networks() {
            for domain in network.domains.iter() {
                let found = built_in().network_of_host(domain).map(|found| &found.id);
                assert_eq!(found, Some(&network.id), "{domain}");
            }
            for domain in network.other_domains.iter() {
                assert!(built_in().network_of_host(domain).is_none(), "{domain}");
                let found = built_in().organisation_of_host(domain).map(|found| &found.id);
                assert_eq!(found, Some(&network.id), "{domain}");
            }
        }
    }

    #[test]
    fn well_known_codes_and_hosts() {
        let network = |host| built_in().network_of_host(host).map(|network| &*network.id);
        assert_eq!(network("fastlane.rubiconproject.com"), Some("magnite"));
        assert_eq!(network("securepubads.g.doubleclick.net"), Some("google"));
        assert_eq!(network("rubiconproject.com.example.org"), None);
        assert_eq!(network("notrubiconproject.com"), None);
        assert_eq!(network("com"), None);
        assert_eq!(network(""), None);
        assert_eq!(network("connect.facebook.net"), None, "it serves more than ads");
        let rubicon = built_in().bidder("rubicon").unwrap();
        assert_eq!((&*rubicon.network, rubicon.gvl_id), ("magnite", Some(52)));
        assert!(built_in().bidder("Rubicon").is_none());
        assert_eq!(built_in().nearest_bidder("Rubicon"), Some("rubicon"));
        assert_eq!(built_in().nearest_bidder("apnexus"), Some("appnexus"));
        let network = built_in().network_of_url("//ib.adnxs.com/ttj?id=1").map(|network| &*network.id);
        assert_eq!(network, Some("microsoft-monetize"));
    }

    #[test]
    fn a_users_entries_are_added_and_replace() {
        let networks = "[acme]\nname = 'Acme'\ndomains = ['ads.acme.example', 'rubiconproject.com']";
        let bidders = "[acme]\nnetwork = 'acme'\n[rubicon]\nnetwork = 'acme'";
        let files = [
            RegistryFile { name: "networks.toml", kind: FileKind::Networks, text: networks },
            RegistryFile { name: "bidders.toml", kind: FileKind::Bidders, text: bidders },
        ];
        let (registry, replaced) = built_in().with_files(&files).unwrap();
        assert_eq!(replaced.len(), 1);
        assert_eq!(replaced[0].id, "rubicon");
        let network = |host| registry.network_of_host(host).map(|network| &*network.id);
        assert_eq!(network("x.ads.acme.example"), Some("acme"));
        assert_eq!(network("fastlane.rubiconproject.com"), Some("acme"), "the user's word counts");
        assert_eq!(network("ib.adnxs.com"), Some("microsoft-monetize"));
        assert_eq!(&*registry.bidder("rubicon").unwrap().network, "acme");
    }

    #[test]
    fn a_broken_file_adds_nothing() {
        let files =
            [RegistryFile { name: "my.toml", kind: FileKind::Bidders, text: "[x]\nnetwork = 'magnit'\n[y]\nz = 1" }];
        let errors = built_in().with_files(&files).unwrap_err();
        assert_eq!(errors.len(), 3);
        let hints: Vec<_> = errors.iter().filter_map(|error| error.hint.as_deref()).collect();
        assert!(hints.contains(&"did you mean `magnite`?"), "{hints:?}");
    }
}

//! Completes what is written: aliases inherit, names and ids are filled in, references are checked.

use super::entry::{Bidder, Name, Network, Param, Status};
use super::file::{FileError, Written, WrittenBidder};
use super::nearest::nearest;
use std::collections::{BTreeMap, BTreeSet};

/// Aliases of aliases, at most.
const ALIAS_DEPTH: usize = 8;

/// What stands already: the built-in registry while a user's files are read, nothing in the build script.
pub struct Known<'k> {
    /// Networks by id.
    pub networks: &'k [Network],
    /// Bidders by code.
    pub bidders: &'k [Bidder],
}

/// Checks that no id and no domain stands twice in the files.
pub fn check_networks(written: &[Written<Network>], errors: &mut Vec<FileError>) {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for network in written {
        for domain in network.entry.domains.iter().chain(network.entry.other_domains.iter()) {
            if let Some(owner) = owners.insert(domain, &network.entry.id) {
                let message = format!("`{domain}` belongs to `{owner}` already");
                errors.push(complaint(network, message, None));
            }
        }
    }
    check_twice(written, |network| &network.id, errors);
}

/// Checks every bidder and fills in what it inherits. The result is in order of codes.
pub fn complete_bidders(
    written: &[Written<WrittenBidder>],
    networks: &[Written<Network>],
    known: &Known<'_>,
    errors: &mut Vec<FileError>,
) -> Vec<Bidder> {
    check_twice(written, |bidder| &bidder.code, errors);
    let by_code: BTreeMap<&str, &Written<WrittenBidder>> =
        written.iter().map(|bidder| (bidder.entry.code.as_str(), bidder)).collect();
    let by_id: BTreeMap<&str, &Network> = known
        .networks
        .iter()
        .chain(networks.iter().map(|written| &written.entry))
        .map(|network| (&*network.id, network))
        .collect();
    let completion = Completion { by_code: &by_code, by_id: &by_id, known };
    let mut done = Vec::new();
    for bidder in by_code.values() {
        match completion.bidder(bidder, 0) {
            Ok(complete) => done.push(complete),
            Err(error) => errors.push(error),
        }
    }
    done
}

fn check_twice<T>(written: &[Written<T>], id: impl Fn(&T) -> &str, errors: &mut Vec<FileError>) {
    let mut seen = BTreeSet::new();
    for one in written {
        if !seen.insert(id(&one.entry)) {
            errors.push(complaint(one, format!("`{}` stands twice", id(&one.entry)), None));
        }
    }
}

fn complaint<T>(written: &Written<T>, message: String, hint: Option<String>) -> FileError {
    FileError { file: written.file.clone(), span: written.span.clone(), message, hint }
}

struct Completion<'c> {
    by_code: &'c BTreeMap<&'c str, &'c Written<WrittenBidder>>,
    by_id: &'c BTreeMap<&'c str, &'c Network>,
    known: &'c Known<'c>,
}

impl Completion<'_> {
    fn bidder(&self, written: &Written<WrittenBidder>, depth: usize) -> Result<Bidder, FileError> {
        let parent = self.parent(written, depth)?;
        let network = self.network(written, parent.as_ref())?;
        let entry = &written.entry;
        let only_gvl_id = if let [id] = *network.gvl_ids { Some(id) } else { None };
        let name = entry.name.clone().map_or_else(|| network.name.clone(), Name::Owned);
        let inherited = || parent.as_ref().map_or_else(Vec::new, |parent| parent.media_types.to_vec());
        Ok(Bidder {
            code: Name::Owned(entry.code.clone()),
            network: network.id.clone(),
            alias_of: entry.alias_of.clone().map(Name::Owned),
            name,
            gvl_id: entry.gvl.or(only_gvl_id),
            media_types: entry.media_types.clone().unwrap_or_else(inherited).into(),
            params: self.params(written, parent.as_ref())?.into(),
            status: self.status(written)?,
        })
    }

    fn parent(&self, written: &Written<WrittenBidder>, depth: usize) -> Result<Option<Bidder>, FileError> {
        let Some(code) = written.entry.alias_of.as_deref() else { return Ok(None) };
        if depth > ALIAS_DEPTH {
            return Err(complaint(written, format!("`{code}` is an alias of itself, or of too many others"), None));
        }
        if let Some(parent) = self.by_code.get(code) {
            return self.bidder(parent, depth + 1).map(Some);
        }
        let parent = self.known_bidder(code).cloned();
        parent.map(Some).ok_or_else(|| self.unknown_code(written, code))
    }

    fn network(&self, written: &Written<WrittenBidder>, parent: Option<&Bidder>) -> Result<&Network, FileError> {
        let inherited = || parent.map(|parent| parent.network.to_string());
        let Some(id) = written.entry.network.clone().or_else(inherited) else {
            let hint = "add `network = \"…\"`, an id of networks.toml".to_owned();
            return Err(complaint(written, format!("`{}` names no network", written.entry.code), Some(hint)));
        };
        self.by_id.get(id.as_str()).copied().ok_or_else(|| {
            let near = nearest(&id, self.by_id.keys().copied());
            let hint = near.map(|near| format!("did you mean `{near}`?"));
            complaint(written, format!("no network has the id `{id}`"), hint)
        })
    }

    /// The parent's params and the bidder's own, with their samples.
    fn params(&self, written: &Written<WrittenBidder>, parent: Option<&Bidder>) -> Result<Vec<Param>, FileError> {
        let mut params = merge_params(parent, &written.entry.params);
        for (name, values) in &written.entry.samples {
            let Some(param) = params.iter_mut().find(|param| param.name == *name) else {
                let hint = nearest(name, params.iter().map(|param| &*param.name));
                let hint = hint.map(|near| format!("did you mean `{near}`?"));
                return Err(complaint(written, format!("samples for `{name}`, which is no param"), hint));
            };
            param.samples = values.iter().cloned().map(Name::Owned).collect();
        }
        Ok(params)
    }

    fn status(&self, written: &Written<WrittenBidder>) -> Result<Status, FileError> {
        Ok(match (written.entry.status.as_deref(), written.entry.now.as_deref()) {
            (Some("renamed"), Some(now)) => {
                if !self.by_code.contains_key(now) && self.known_bidder(now).is_none() {
                    return Err(self.unknown_code(written, now));
                }
                Status::Renamed(Name::Owned(now.to_owned()))
            }
            (Some("removed"), _) => Status::Removed,
            (Some("page-alias"), _) => Status::PageAlias,
            _ => Status::Current,
        })
    }

    fn known_bidder(&self, code: &str) -> Option<&Bidder> {
        self.known.bidders.iter().find(|bidder| bidder.code == code)
    }

    fn unknown_code(&self, written: &Written<WrittenBidder>, code: &str) -> FileError {
        let codes = self.by_code.keys().copied().chain(self.known.bidders.iter().map(|bidder| &*bidder.code));
        let hint = nearest(code, codes).map(|near| format!("did you mean `{near}`?"));
        complaint(written, format!("no bidder has the code `{code}`"), hint)
    }
}

/// The parent's params, with those of the alias in their place or after them.
fn merge_params(parent: Option<&Bidder>, own: &[Param]) -> Vec<Param> {
    let mut params: Vec<Param> = parent.map_or_else(Vec::new, |parent| parent.params.to_vec());
    for param in own {
        match params.iter_mut().find(|other| other.name == param.name) {
            Some(other) => *other = param.clone(),
            None => params.push(param.clone()),
        }
    }
    params
}

#[cfg(test)]
mod tests {
    use super::super::entry::Required;
    use super::super::file::{read_bidders, read_networks};
    use super::*;

    const NOTHING: Known<'static> = Known { networks: &[], bidders: &[] };

    fn complete(networks: &str, bidders: &str) -> (Vec<Bidder>, Vec<String>) {
        let mut errors = Vec::new();
        let networks = read_networks("networks.toml", networks, &mut errors);
        check_networks(&networks, &mut errors);
        let bidders = read_bidders("bidders.toml", bidders, &mut errors);
        let bidders = complete_bidders(&bidders, &networks, &NOTHING, &mut errors);
        (bidders, errors.into_iter().map(|error| error.message).collect())
    }

    #[test]
    fn an_alias_inherits_network_media_types_and_params() {
        let (bidders, errors) = complete(
            "[acme]\nname = 'Acme'\ngvl = [7]",
            "[a]\nnetwork = 'acme'\nmedia-types = ['video']\n[a.params]\nid = 'integer, required'\nzone = 'string'\n\
             [b]\nalias-of = 'a'\n[b.params]\nzone = 'string, required'\n",
        );
        assert_eq!(errors, Vec::<String>::new());
        let alias = &bidders[1];
        assert_eq!((&*alias.network, &*alias.name, alias.gvl_id), ("acme", "Acme", Some(7)));
        assert_eq!(alias.media_types, bidders[0].media_types);
        let required: Vec<_> = alias.params.iter().map(|param| (&*param.name, param.required)).collect();
        assert_eq!(required, [("id", Required::Yes), ("zone", Required::Yes)]);
    }

    #[test]
    fn loose_ends_are_named() {
        let (_, errors) = complete(
            "[acme]\nname = 'Acme'\ndomains = ['a.com']\n[bond]\nname = 'Bond'\ndomains = ['a.com']",
            "[a]\nnetwork = 'acmee'\n[b]\nalias-of = 'b'\n[c]\nalias-of = 'z'\n[d]\n\
             [e]\nnetwork = 'acme'\nstatus = 'renamed'\nnow = 'y'\n\
             [f]\nnetwork = 'acme'\n[f.samples]\nx = ['1']\n",
        );
        assert_eq!(
            errors,
            [
                "`a.com` belongs to `acme` already",
                "no network has the id `acmee`",
                "`b` is an alias of itself, or of too many others",
                "no bidder has the code `z`",
                "`d` names no network",
                "no bidder has the code `y`",
                "samples for `x`, which is no param",
            ]
        );
    }
}

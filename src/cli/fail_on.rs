//! `--fail-on`: what a run is asked about, and whether it holds.

use adsieve::report::Summary;
use adsieve::{Registry, nearest_name};
use std::str::FromStr;

/// Something that makes a run end with 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// Some page has this network.
    Network(String),
    /// Some page has a network in this role.
    Role(String),
    /// Some page has an ad network, ad unit or slot.
    Any,
    /// An ad unit or bid has this problem; any where none is named.
    Problem(Option<String>),
    /// Some input could not be read.
    Error,
}

impl Condition {
    /// Does it hold for the pages together?
    pub(super) fn holds(&self, summary: &Summary) -> bool {
        match self {
            Self::Network(id) => summary.networks.contains_key(id),
            Self::Role(role) => summary.roles.contains_key(role),
            Self::Any => summary.pages_with_ads > 0,
            Self::Problem(Some(code)) => summary.problems.contains_key(code),
            Self::Problem(None) => !summary.problems.is_empty(),
            Self::Error => !summary.unreadable.is_empty(),
        }
    }

    /// Why it can never hold, if it names a network that the registry does not know.
    pub(super) fn mistake(&self, registry: &Registry) -> Option<String> {
        let Self::Network(id) = self else { return None };
        if registry.network(id).is_some() {
            return None;
        }
        let hint = nearest_name(id, registry.networks().map(|network| &*network.id));
        let hint = hint.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        Some(format!("no network has the id `{id}`{hint}"))
    }
}

impl FromStr for Condition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, name) = text.split_once(':').map_or((text, None), |(kind, name)| (kind, Some(name)));
        match (kind, name.map(str::to_owned)) {
            (_, Some(name)) if name.is_empty() => Err(format!("nothing follows `{kind}:`")),
            ("network", Some(id)) => Ok(Self::Network(id)),
            ("role", Some(role)) => Ok(Self::Role(role)),
            ("problem", code) => Ok(Self::Problem(code)),
            ("any", None) => Ok(Self::Any),
            ("error", None) => Ok(Self::Error),
            _ => Err("a condition is `network:ID`, `role:ROLE`, `any`, `problem:CODE`, `problem` or `error`".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read() {
        assert_eq!("network:google".parse(), Ok(Condition::Network("google".into())));
        assert_eq!("problem".parse(), Ok(Condition::Problem(None)));
        assert_eq!("problem:missing-param".parse(), Ok(Condition::Problem(Some("missing-param".into()))));
        for wrong in ["", "network", "network:", "any:x", "google"] {
            assert!(wrong.parse::<Condition>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_misspelt_network_is_told() {
        let mistake = Condition::Network("gogle".into()).mistake(Registry::built_in()).unwrap();
        assert_eq!(mistake, "no network has the id `gogle`; did you mean `google`?");
        assert_eq!(Condition::Any.mistake(Registry::built_in()), None);
    }
}

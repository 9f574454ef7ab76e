//! Who visits, as far as the client tells: for the log alone.

use super::wire::Fields;
use adsieve::report::printable;
use std::net::IpAddr;

/// Bytes of a name that are told.
const MAX: usize = 100;

/// Who visits.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Visitor {
    /// `X-Client-IP`, else the address of the ICAP client.
    pub(super) address: String,
    /// `X-Client-Username`, `X-Authenticated-User`.
    pub(super) name: Option<String>,
}

impl Visitor {
    /// By the fields of an ICAP head. They are whatever the client says, so control characters are shown as such.
    pub(super) fn of(fields: &Fields, client: IpAddr) -> Self {
        let shown = |text: &str| printable(&text.chars().take(MAX).collect::<String>()).into_owned();
        let first = |names: &[&str]| names.iter().find_map(|name| fields.get(name)).filter(|text| !text.is_empty());
        Self {
            address: first(&["X-Client-IP"]).map_or_else(|| client.to_string(), shown),
            name: first(&["X-Client-Username", "X-Authenticated-User"]).map(shown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_says_who_visits() {
        let client = IpAddr::from([127, 0, 0, 1]);
        let fields =
            Fields(vec![("x-client-ip".into(), "10.0.0.7".into()), ("X-Client-Username".into(), "a\u{1b}[31m".into())]);
        let visitor = Visitor::of(&fields, client);
        assert_eq!(visitor.address, "10.0.0.7");
        assert!(!visitor.name.unwrap().contains('\u{1b}'));
        assert_eq!(Visitor::of(&Fields::default(), client), Visitor { address: "127.0.0.1".into(), name: None });
    }
}

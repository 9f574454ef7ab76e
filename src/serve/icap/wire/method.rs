//! The methods of ICAP.

/// A method of ICAP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// What does a service do?
    Options,
    /// May this request go out?
    Reqmod,
    /// A response on its way.
    Respmod,
}

impl Method {
    /// The method of that name; names are told by their case too.
    pub(super) fn of_name(name: &[u8]) -> Option<Self> {
        match name {
            b"OPTIONS" => Some(Self::Options),
            b"REQMOD" => Some(Self::Reqmod),
            b"RESPMOD" => Some(Self::Respmod),
            _ => None,
        }
    }
}

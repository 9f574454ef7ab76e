//! What the registry holds: networks and bidders.
//!
//! The built-in entries are static tables, a user's are made at run time: hence the [`Cow`]s.

use std::borrow::Cow;

/// Text that is either compiled in or read at run time.
pub type Name = Cow<'static, str>;

/// An organisation behind bidders, products and hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Its id, as `magnite`.
    pub id: Name,
    /// Its name for people.
    pub name: Name,
    /// Its ids in the IAB's global vendor list.
    pub gvl_ids: Cow<'static, [u32]>,
    /// Registrable domains or full hosts of its ad business.
    pub domains: Cow<'static, [Name]>,
    /// Domains of it that are no sign of ads: they serve much else too.
    pub other_domains: Cow<'static, [Name]>,
}

/// A bidder code and what its adapter wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bidder {
    /// The code; case matters.
    pub code: Name,
    /// Id of the network behind it.
    pub network: Name,
    /// The code whose adapter it uses, if it is an alias.
    pub alias_of: Option<Name>,
    /// Its name for people.
    pub name: Name,
    /// Its id in the IAB's global vendor list.
    pub gvl_id: Option<u32>,
    /// The media types that it can fill.
    pub media_types: Cow<'static, [MediaType]>,
    /// Its bid params, those of the adapter behind an alias included.
    pub params: Cow<'static, [Param]>,
    /// Whether Prebid still knows it.
    pub status: Status,
}

impl Bidder {
    /// The param of that name.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&Param> {
        self.params.iter().find(|param| param.name == name)
    }
}

/// One bid param.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name; case matters.
    pub name: Name,
    /// Whether it must be there.
    pub required: Required,
    /// The types it may have; never empty.
    pub types: Cow<'static, [ParamType]>,
    /// Values of Prebid's own examples and tests: no publisher's.
    pub samples: Cow<'static, [Name]>,
}

/// Must a param be there?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Required {
    /// Every source says so.
    Yes,
    /// It may be left out.
    No,
    /// In some combination with others, or for some media type only.
    Conditional,
}

/// The type of a param.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamType {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An object.
    Object,
    /// A list.
    Array,
    /// Not known, or anything.
    Any,
}

impl ParamType {
    /// Every type, in the order of the enum.
    pub const ALL: [Self; 7] =
        [Self::String, Self::Integer, Self::Number, Self::Boolean, Self::Object, Self::Array, Self::Any];

    /// Its name in the files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Object => "object",
            Self::Array => "array",
            Self::Any => "any",
        }
    }
}

/// A kind of ad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// An image or markup in a box.
    Banner,
    /// Video, in a player or on its own.
    Video,
    /// Title, text and image that the page lays out.
    Native,
    /// Sound.
    Audio,
}

impl MediaType {
    /// Every media type, in the order of the enum.
    pub const ALL: [Self; 4] = [Self::Banner, Self::Video, Self::Native, Self::Audio];

    /// Its name in the files and in `mediaTypes`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Banner => "banner",
            Self::Video => "video",
            Self::Native => "native",
            Self::Audio => "audio",
        }
    }
}

/// Does Prebid know a bidder code?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Yes, today.
    Current,
    /// Earlier releases did.
    Removed,
    /// It did under this code, and still does under another.
    Renamed(Name),
    /// No release ever did: pages register it themselves.
    PageAlias,
}

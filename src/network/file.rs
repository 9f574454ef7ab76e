//! Reads registry files: TOML text → entries, with every mistake as data.
//!
//! The build script and [`Registry::with_files`](super::Registry::with_files) read with the same code.

use super::entry::{MediaType, Name, Network, Param, ParamType, Required};
use super::nearest::nearest;
use std::borrow::Cow;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A mistake in a registry file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// The file, as the caller named it.
    pub file: String,
    /// Bytes of the file's text.
    pub span: Range<usize>,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// How to mend it.
    pub hint: Option<String>,
}

/// What a registry file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Organisations, as `networks.toml`.
    Networks,
    /// Bidder codes, as `bidders.toml` or a file in `bidders/`.
    Bidders,
}

impl FileKind {
    /// The kind by the path below a rule folder; `None` for rule files.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        let path = path.replace('\\', "/");
        match path.as_str() {
            "networks.toml" => Some(Self::Networks),
            "bidders.toml" => Some(Self::Bidders),
            other => (other.starts_with("bidders/") && other.to_ascii_lowercase().ends_with(".toml"))
                .then_some(Self::Bidders),
        }
    }
}

/// An entry and where it stands.
#[derive(Clone, Debug)]
pub struct Written<T> {
    /// The entry.
    pub entry: T,
    /// The file.
    pub file: String,
    /// Bytes of its id.
    pub span: Range<usize>,
}

/// A bidder as it is written: what it inherits is not filled in yet.
#[derive(Clone, Debug, Default)]
pub struct WrittenBidder {
    /// The code.
    pub code: String,
    /// Id of the network.
    pub network: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The code of its adapter.
    pub alias_of: Option<String>,
    /// Id in the global vendor list.
    pub gvl: Option<u32>,
    /// Media types.
    pub media_types: Option<Vec<MediaType>>,
    /// `removed`, `renamed` or `page-alias`.
    pub status: Option<String>,
    /// The code under which it lives on.
    pub now: Option<String>,
    /// Params, in the order of the file.
    pub params: Vec<Param>,
    /// Values of examples by param.
    pub samples: Vec<(String, Vec<String>)>,
}

/// Reads a file of networks.
pub fn read_networks(file: &str, text: &str, errors: &mut Vec<FileError>) -> Vec<Written<Network>> {
    const KEYS: [&str; 4] = ["name", "gvl", "domains", "other-domains"];
    let mut reader = Reader { file, errors };
    reader.entries(text, |reader, id, table| {
        reader.check_keys(table, &KEYS);
        let lower_case = |name: String| Name::Owned(name.to_ascii_lowercase());
        let domains = |reader: &mut Reader, key| reader.texts(table, key).into_iter().map(lower_case).collect();
        Network {
            id: Name::Owned(id.to_owned()),
            name: Name::Owned(reader.text(table, "name").unwrap_or_else(|| id.to_owned())),
            gvl_ids: reader.numbers(table, "gvl").into(),
            domains: domains(reader, "domains"),
            other_domains: domains(reader, "other-domains"),
        }
    })
}

/// Reads a file of bidders.
pub fn read_bidders(file: &str, text: &str, errors: &mut Vec<FileError>) -> Vec<Written<WrittenBidder>> {
    const KEYS: [&str; 9] = ["network", "name", "alias-of", "gvl", "media-types", "status", "now", "params", "samples"];
    let mut reader = Reader { file, errors };
    reader.entries(text, |reader, code, table| {
        reader.check_keys(table, &KEYS);
        WrittenBidder {
            code: code.to_owned(),
            network: reader.text(table, "network"),
            name: reader.text(table, "name"),
            alias_of: reader.text(table, "alias-of"),
            gvl: reader.numbers(table, "gvl").first().copied(),
            media_types: reader.media_types(table),
            status: reader.status(table),
            now: reader.text(table, "now"),
            params: reader.params(table),
            samples: reader.samples(table),
        }
    })
}

/// One file under way.
struct Reader<'r> {
    file: &'r str,
    errors: &'r mut Vec<FileError>,
}

impl Reader<'_> {
    /// Every top-level table, in the order of its place.
    fn entries<T>(&mut self, text: &str, mut read: impl FnMut(&mut Self, &str, &DeTable<'_>) -> T) -> Vec<Written<T>> {
        let (root, mistakes) = DeTable::parse_recoverable(text);
        for mistake in mistakes {
            self.complain(mistake.span().unwrap_or(0..0), mistake.message().to_owned(), None);
        }
        let mut entries = Vec::new();
        for (key, value) in root.get_ref() {
            let id = key.get_ref();
            let Some(table) = value.get_ref().as_table() else {
                self.complain(key.span(), format!("`{id}` is no table"), Some(format!("write `[{id}]`")));
                continue;
            };
            let entry = read(self, id, table);
            entries.push(Written { entry, file: self.file.to_owned(), span: key.span() });
        }
        entries.sort_by_key(|written| written.span.start);
        entries
    }

    fn complain(&mut self, span: Range<usize>, message: String, hint: Option<String>) {
        self.errors.push(FileError { file: self.file.to_owned(), span, message, hint });
    }

    fn check_keys(&mut self, table: &DeTable<'_>, known: &[&'static str]) {
        for (key, _) in table {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let hint = nearest(name, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
                self.complain(key.span(), format!("unknown key `{name}`"), hint);
            }
        }
    }

    fn text(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        let value = table.get(key)?;
        self.expect_text(key, value)
    }

    fn expect_text(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let text = value.get_ref().as_str();
        if text.is_none_or(str::is_empty) {
            let kind = if text.is_some() { "empty" } else { value.get_ref().type_str() };
            self.complain(value.span(), format!("`{key}` wants text, this is {kind}"), None);
            return None;
        }
        text.map(str::to_owned)
    }

    /// A list of texts; an absent key is the empty list.
    fn texts(&mut self, table: &DeTable<'_>, key: &str) -> Vec<String> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            self.complain(value.span(), format!("`{key}` wants a list of texts"), None);
            return Vec::new();
        };
        items.iter().filter_map(|item| self.expect_text(key, item)).collect()
    }

    /// A number or a list of numbers; an absent key is the empty list.
    fn numbers(&mut self, table: &DeTable<'_>, key: &str) -> Vec<u32> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let items: Vec<&Spanned<DeValue<'_>>> = match value.get_ref().as_array() {
            Some(items) => items.iter().collect(),
            None => vec![value],
        };
        let mut numbers = Vec::new();
        for item in items {
            let number = item.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
            match number {
                Some(number) => numbers.push(number),
                None => self.complain(item.span(), format!("`{key}` wants whole numbers"), None),
            }
        }
        numbers
    }

    fn media_types(&mut self, table: &DeTable<'_>) -> Option<Vec<MediaType>> {
        let span = table.get("media-types")?.span();
        let names = self.texts(table, "media-types");
        let mut all = Vec::new();
        for name in names {
            match MediaType::ALL.into_iter().find(|media_type| media_type.name() == name) {
                Some(media_type) => all.push(media_type),
                None => {
                    let hint = "known are banner, video, native and audio".to_owned();
                    self.complain(span.clone(), format!("unknown media type `{name}`"), Some(hint));
                }
            }
        }
        Some(all)
    }

    fn status(&mut self, table: &DeTable<'_>) -> Option<String> {
        let status = self.text(table, "status")?;
        if !["removed", "renamed", "page-alias"].contains(&status.as_str()) {
            let hint = "known are removed, renamed and page-alias".to_owned();
            self.complain(table["status"].span(), format!("unknown status `{status}`"), Some(hint));
        }
        if (status == "renamed") != table.contains_key("now") {
            let message = "`now` and the status `renamed` go together".to_owned();
            self.complain(table["status"].span(), message, None);
        }
        Some(status)
    }

    fn params(&mut self, table: &DeTable<'_>) -> Vec<Param> {
        let Some(value) = table.get("params") else { return Vec::new() };
        let Some(table) = value.get_ref().as_table() else {
            self.complain(value.span(), "`params` wants a table".to_owned(), None);
            return Vec::new();
        };
        let mut placed: Vec<(usize, Param)> = Vec::new();
        for (name, value) in table {
            let Some(text) = self.expect_text(name.get_ref(), value) else { continue };
            match parse_param(name.get_ref(), &text) {
                Ok(param) => placed.push((name.span().start, param)),
                Err(message) => {
                    let hint = "write `integer | string, required`".to_owned();
                    self.complain(value.span(), message, Some(hint));
                }
            }
        }
        placed.sort_by_key(|(start, _)| *start);
        placed.into_iter().map(|(_, param)| param).collect()
    }

    fn samples(&mut self, table: &DeTable<'_>) -> Vec<(String, Vec<String>)> {
        let Some(value) = table.get("samples") else { return Vec::new() };
        let Some(samples) = value.get_ref().as_table() else {
            self.complain(value.span(), "`samples` wants a table".to_owned(), None);
            return Vec::new();
        };
        samples.keys().map(|name| (name.get_ref().to_string(), self.texts(samples, name.get_ref()))).collect()
    }
}

/// Reads `TYPE | TYPE, SCOPE`.
fn parse_param(name: &str, text: &str) -> Result<Param, String> {
    let (types, scope) = text.split_once(',').unwrap_or((text, ""));
    let required = match scope.trim() {
        "required" => Required::Yes,
        "conditional" => Required::Conditional,
        "" => Required::No,
        other => return Err(format!("unknown scope `{other}`")),
    };
    let mut all = Vec::new();
    for word in types.split('|').map(str::trim) {
        let known = ParamType::ALL.into_iter().find(|one| one.name() == word);
        all.push(known.ok_or_else(|| format!("unknown type `{word}`"))?);
    }
    Ok(Param { name: Name::Owned(name.to_owned()), required, types: Cow::Owned(all), samples: Cow::Borrowed(&[]) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_param_says_its_types_and_its_scope() {
        let param = parse_param("x", "integer | string, conditional").unwrap();
        assert_eq!(param.required, Required::Conditional);
        assert_eq!(*param.types, [ParamType::Integer, ParamType::String]);
        assert_eq!(parse_param("x", "any").unwrap().required, Required::No);
        assert_eq!(parse_param("x", "integr").unwrap_err(), "unknown type `integr`");
        assert_eq!(parse_param("x", "string, sometimes").unwrap_err(), "unknown scope `sometimes`");
    }

    #[test]
    fn every_mistake_of_a_file_comes_at_once() {
        let text =
            "[a]\nnetwork = 1\nmedia-type = ['banner']\nstatus = 'gone'\n[a.params]\nx = 'strong'\n[b]\ngvl = 'x'\n";
        let mut errors = Vec::new();
        let read = read_bidders("bidders.toml", text, &mut errors);
        assert_eq!(read.len(), 2);
        let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "unknown key `media-type`",
                "`network` wants text, this is integer",
                "unknown status `gone`",
                "unknown type `strong`",
                "`gvl` wants whole numbers",
            ]
        );
        assert_eq!(errors[0].hint.as_deref(), Some("did you mean `media-types`?"));
        assert_eq!(&text[errors[0].span.clone()], "media-type");
    }

    #[test]
    fn broken_toml_is_an_error_with_a_place() {
        let mut errors = Vec::new();
        read_networks("networks.toml", "[a]\nname = \n[b]\nname = \"B\"\n", &mut errors);
        assert!(!errors.is_empty());
        assert!(errors.iter().all(|error| error.span.end <= 30));
    }

    #[test]
    fn the_path_tells_the_kind() {
        assert_eq!(FileKind::of_path("networks.toml"), Some(FileKind::Networks));
        assert_eq!(FileKind::of_path("bidders/r.toml"), Some(FileKind::Bidders));
        assert_eq!(FileKind::of_path("native/taboola.toml"), None);
    }
}

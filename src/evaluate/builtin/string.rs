//! Methods of strings, and functions from text to text.

use super::array::{relative, whole};
use crate::base::base64;
use crate::evaluate::abstract_value::{Abstract, Piece};
use crate::evaluate::machine::Machine;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use swc_atoms::Atom;
use swc_common::Span;

pub(super) const METHODS: &[&str] = &[
    "@@iterator",
    "at",
    "charAt",
    "charCodeAt",
    "codePointAt",
    "concat",
    "endsWith",
    "includes",
    "indexOf",
    "lastIndexOf",
    "localeCompare",
    "match",
    "matchAll",
    "normalize",
    "padEnd",
    "padStart",
    "repeat",
    "replace",
    "replaceAll",
    "search",
    "slice",
    "split",
    "startsWith",
    "substr",
    "substring",
    "toLocaleLowerCase",
    "toLocaleUpperCase",
    "toLowerCase",
    "toString",
    "toUpperCase",
    "trim",
    "trimEnd",
    "trimLeft",
    "trimRight",
    "trimStart",
    "valueOf",
];

impl<'a> Machine<'a> {
    /// A method of a known string. Long strings cost steps as they are read, and memory as they are made.
    pub(super) fn string_method(
        &mut self,
        text: &Atom,
        key: &str,
        arguments: &[Abstract],
        span: Span,
    ) -> Option<Abstract> {
        self.charge_text(text.len());
        let made = self.string_value(text, key, arguments, span);
        self.charge_made(made)
    }

    fn string_value(&mut self, text: &Atom, key: &str, arguments: &[Abstract], span: Span) -> Option<Abstract> {
        let known = |text: &str| Some(Abstract::text(text));
        match key {
            "toString" | "valueOf" => Some(Abstract::String(text.clone())),
            "normalize" => Some(normalized(text, arguments.first())),
            "toLowerCase" | "toLocaleLowerCase" => known(&text.to_lowercase()),
            "toUpperCase" | "toLocaleUpperCase" => known(&text.to_uppercase()),
            "trim" => known(text.trim()),
            "trimStart" | "trimLeft" => known(text.trim_start()),
            "trimEnd" | "trimRight" => known(text.trim_end()),
            "concat" => {
                let mut all = Abstract::String(text.clone());
                for argument in arguments {
                    all = self.concat(&all, argument, span);
                }
                Some(all)
            }
            "includes" | "startsWith" | "endsWith" | "indexOf" | "lastIndexOf" | "localeCompare" => {
                self.search_text(text, key, arguments)
            }
            "charAt" | "at" | "charCodeAt" | "codePointAt" => self.character(text, key, arguments),
            "slice" | "substring" | "substr" => self.part(text, key, arguments),
            "split" => self.split(text, arguments, span),
            "@@iterator" => {
                let all = self.iterate(&Abstract::String(text.clone()))?;
                Some(self.new_iterator(all, Abstract::Undefined))
            }
            "repeat" => {
                let count = whole(self.to_number(arguments.first()?)?);
                if text.len().saturating_mul(count) > self.limits.string_bytes {
                    return None;
                }
                known(&text.repeat(count))
            }
            "padStart" | "padEnd" => self.pad(text, key, arguments),
            "replace" | "replaceAll" => self.replace(text, key == "replaceAll", arguments, span),
            "match" | "matchAll" | "search" => self.match_text(text, key, arguments.first()?, span),
            _ => None,
        }
    }

    /// Methods of a partly known string that can be told all the same.
    pub(super) fn text_method(&mut self, this: &Abstract, key: &str) -> Option<Abstract> {
        let Abstract::Text(pieces) = this else { return None };
        let change: fn(&str) -> String = match key {
            "toString" | "valueOf" | "trim" => return Some(this.clone()),
            "toLowerCase" => str::to_lowercase,
            "toUpperCase" => str::to_uppercase,
            _ => return None,
        };
        let changed = pieces.iter().map(|piece| match piece {
            Piece::Known(text) => {
                self.memory += text.len();
                Piece::Known(Atom::new(change(text)))
            }
            unknown @ Piece::Unknown(_) => unknown.clone(),
        });
        Some(Abstract::Text(changed.collect()))
    }

    fn search_text(&mut self, text: &Atom, key: &str, arguments: &[Abstract]) -> Option<Abstract> {
        let wanted = arguments.first()?;
        if let Abstract::Object(_) = wanted {
            return None;
        }
        let wanted = self.text_of(wanted)?;
        let offset =
            |at: Option<usize>| Abstract::Number(at.map_or(-1.0, |at| text[..at].encode_utf16().count() as f64));
        Some(match key {
            "includes" => Abstract::Bool(text.contains(wanted.as_str())),
            "startsWith" => Abstract::Bool(text.starts_with(wanted.as_str())),
            "endsWith" => Abstract::Bool(text.ends_with(wanted.as_str())),
            "indexOf" => {
                let from = arguments.get(1).and_then(|from| self.to_number(from)).map_or(0, whole);
                let from = byte_offset(text, from);
                offset(text[from..].find(wanted.as_str()).map(|at| from + at))
            }
            "lastIndexOf" => offset(text.rfind(wanted.as_str())),
            _ => Abstract::Number(match text.as_str().cmp(wanted.as_str()) {
                std::cmp::Ordering::Less => -1.0,
                std::cmp::Ordering::Equal => 0.0,
                std::cmp::Ordering::Greater => 1.0,
            }),
        })
    }

    fn character(&self, text: &Atom, key: &str, arguments: &[Abstract]) -> Option<Abstract> {
        let at = arguments.first().map_or(Some(0.0), |at| self.to_number(at))?;
        let length = text.encode_utf16().count();
        let at = if key == "at" && at < 0.0 { relative(at, length) } else { whole(at) };
        let mut units = text.encode_utf16().skip(at);
        if key == "codePointAt" {
            let whole = char::decode_utf16(units)
                .next()
                .map(|one| one.map_or_else(|half| u32::from(half.unpaired_surrogate()), u32::from));
            return Some(whole.map_or(Abstract::Undefined, |whole| Abstract::Number(f64::from(whole))));
        }
        let unit = units.next();
        Some(match (key, unit) {
            ("charCodeAt", Some(unit)) => Abstract::Number(f64::from(unit)),
            ("charCodeAt", None) => Abstract::Number(f64::NAN),
            ("charAt" | "at", Some(unit)) => Abstract::text(&String::from_utf16_lossy(&[unit])),
            ("charAt", None) => Abstract::text(""),
            _ => Abstract::Undefined,
        })
    }

    fn part(&self, text: &Atom, key: &str, arguments: &[Abstract]) -> Option<Abstract> {
        let length = text.encode_utf16().count();
        let number = |at: usize, missing: f64| match arguments.get(at) {
            None | Some(Abstract::Undefined) => Some(missing),
            Some(value) => self.to_number(value),
        };
        let first = number(0, 0.0)?;
        let (start, end) = match key {
            "slice" => (relative(first, length), relative(number(1, length as f64)?, length)),
            "substring" => {
                let (a, b) = (whole(first.max(0.0)).min(length), whole(number(1, length as f64)?.max(0.0)).min(length));
                (a.min(b), a.max(b))
            }
            _ => {
                let start = relative(first, length);
                (start, start.saturating_add(whole(number(1, length as f64)?)).min(length))
            }
        };
        let (start, end) = (byte_offset(text, start), byte_offset(text, end.max(start)));
        Some(Abstract::text(&text[start..end]))
    }

    fn split(&mut self, text: &Atom, arguments: &[Abstract], span: Span) -> Option<Abstract> {
        let parts: Vec<Abstract> = match arguments.first() {
            None | Some(Abstract::Undefined) => vec![Abstract::String(text.clone())],
            Some(Abstract::Object(id)) => {
                let regex = self.regex(*id)?;
                split_by(&regex, text)
            }
            Some(separator) => {
                let separator = self.text_of(separator)?;
                if separator.is_empty() {
                    text.chars().map(|one| Abstract::text(one.encode_utf8(&mut [0; 4]))).collect()
                } else {
                    text.split(separator.as_str()).map(Abstract::text).collect()
                }
            }
        };
        let limit = arguments.get(1).and_then(|limit| self.to_number(limit)).map_or(usize::MAX, whole);
        self.memory += text.len() + parts.len() * 24;
        Some(self.new_array(parts.into_iter().take(limit.min(100_000)).collect(), span))
    }

    fn pad(&mut self, text: &Atom, key: &str, arguments: &[Abstract]) -> Option<Abstract> {
        let width = whole(self.to_number(arguments.first()?)?).min(10_000);
        let fill = arguments.get(1).map_or_else(|| Some(swc_atoms::atom!(" ")), |fill| self.text_of(fill))?;
        let missing = width.saturating_sub(text.encode_utf16().count());
        let padding: String = fill.chars().cycle().take(if fill.is_empty() { 0 } else { missing }).collect();
        Some(Abstract::text(&if key == "padStart" { format!("{padding}{text}") } else { format!("{text}{padding}") }))
    }

    fn replace(&mut self, text: &Atom, is_all: bool, arguments: &[Abstract], span: Span) -> Option<Abstract> {
        let (wanted, by) = (arguments.first()?.clone(), arguments.get(1)?.clone());
        if let Abstract::Object(id) = wanted {
            return self.replace_regex(text, id, &by, span);
        }
        let wanted = self.text_of(&wanted)?;
        let by = if self.is_function(&by) {
            let given = vec![Abstract::String(wanted.clone())];
            if !text.contains(wanted.as_str()) {
                return Some(Abstract::String(text.clone()));
            }
            self.call_value(&by, &Abstract::Undefined, given, span)
        } else {
            by
        };
        let Some((before, after)) = text.split_once(wanted.as_str()) else {
            return Some(Abstract::String(text.clone()));
        };
        if is_all {
            let by = self.text_of(&by)?;
            let replaced = text.replace(wanted.as_str(), &by);
            return (replaced.len() <= self.limits.string_bytes).then(|| Abstract::text(&replaced));
        }
        let by = match &by {
            Abstract::String(by) => Abstract::text(&by.replace("$&", &wanted).replace("$$", "$")),
            other => other.clone(),
        };
        let start = self.concat(&Abstract::text(before), &by, span);
        Some(self.concat(&start, &Abstract::text(after), span))
    }

    /// A function of the global object that takes a string, paid for as a method is.
    pub(super) fn text_function(&mut self, name: &str, arguments: &[Abstract], span: Span) -> Option<Abstract> {
        if let Some(Abstract::String(text)) = arguments.first() {
            self.charge_text(text.len());
        }
        let made = self.text_value(name, arguments, span);
        self.charge_made(made)
    }

    fn text_value(&mut self, name: &str, arguments: &[Abstract], span: Span) -> Option<Abstract> {
        let first = arguments.first().cloned().unwrap_or(Abstract::Undefined);
        if name == "String" {
            return Some(match (&first, arguments.is_empty()) {
                (_, true) => Abstract::text(""),
                (Abstract::Unknown(_), _) => self.concat(&Abstract::text(""), &first, span),
                (other, _) => self.text_of(other).map_or_else(|| self.unknown(span), Abstract::String),
            });
        }
        if name == "String.fromCharCode" {
            let units: Option<Vec<u16>> =
                arguments.iter().map(|unit| self.to_number(unit).map(|unit| unit as u16)).collect();
            return Some(Abstract::text(&String::from_utf16_lossy(&units?)));
        }
        let text = self.text_of(&first)?;
        let changed = match name {
            "encodeURIComponent" => percent_encode(&text, "-_.!~*'()"),
            "encodeURI" => percent_encode(&text, "-_.!~*'();/?:@&=+$,#"),
            "escape" => percent_encode(&text, "@*_+-./"),
            "decodeURIComponent" | "decodeURI" | "unescape" => percent_decode(&text)?,
            "atob" => from_base64(&text)?,
            "btoa" => to_base64(&text)?,
            _ => return None,
        };
        let value = Atom::new(changed);
        self.note_text(&value, span);
        Some(Abstract::String(value))
    }
}

/// The byte at which a count of UTF-16 units ends.
fn byte_offset(text: &str, units: usize) -> usize {
    let mut left = units;
    for (at, character) in text.char_indices() {
        if left == 0 {
            return at;
        }
        left = left.saturating_sub(character.len_utf16());
    }
    text.len()
}

/// A string in one of Unicode's normal forms; pages take accents off by `normalize("NFD")`.
fn normalized(text: &Atom, form: Option<&Abstract>) -> Abstract {
    if text.is_ascii() {
        return Abstract::String(text.clone());
    }
    let form = form.and_then(|form| if let Abstract::String(form) = form { Some(form.as_str()) } else { None });
    let text = match form.unwrap_or("NFC") {
        "NFD" => DecomposingNormalizerBorrowed::new_nfd().normalize(text),
        "NFKD" => DecomposingNormalizerBorrowed::new_nfkd().normalize(text),
        "NFKC" => ComposingNormalizerBorrowed::new_nfkc().normalize(text),
        _ => ComposingNormalizerBorrowed::new_nfc().normalize(text),
    };
    Abstract::text(&text)
}

fn percent_encode(text: &str, kept: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_alphanumeric() || kept.contains(character) {
            out.push(character);
        } else {
            let mut buffer = [0; 4];
            for byte in character.encode_utf8(&mut buffer).bytes() {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    out
}

/// Decodes `%41`; `None` where that gives no text.
fn percent_decode(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(out).ok()
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Decodes base64 to the Latin-1 text that `atob` gives.
fn from_base64(text: &str) -> Option<String> {
    // `atob` does not know the alphabet of URLs.
    if text.contains(['-', '_']) {
        return None;
    }
    let digits = text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=');
    base64::unpack(digits).map(|(bytes, _)| bytes.into_iter().map(char::from).collect())
}

fn to_base64(text: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> = text.chars().map(|one| u8::try_from(u32::from(one)).ok()).collect();
    let mut out = String::new();
    for chunk in bytes?.chunks(3) {
        let group = chunk.iter().fold(0_u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let index = (group >> (18 - 6 * at) & 63) as usize;
            out.push(if at <= chunk.len() { char::from(BASE64[index]) } else { '=' });
        }
    }
    Some(out)
}

/// The parts of a text between matches, and what the groups of each match hold.
fn split_by(regex: &regex::Regex, text: &str) -> Vec<Abstract> {
    let mut parts = Vec::new();
    let mut last = 0;
    for groups in regex.captures_iter(text) {
        let Some(found) = groups.get(0) else { continue };
        if found.end() == 0 || found.is_empty() && (found.start() == last || found.start() == text.len()) {
            continue;
        }
        parts.push(Abstract::text(&text[last..found.start()]));
        let held = groups.iter().skip(1);
        parts.extend(held.map(|group| group.map_or(Abstract::Undefined, |group| Abstract::text(group.as_str()))));
        last = found.end();
    }
    parts.push(Abstract::text(&text[last..]));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_and_percent_codes_go_both_ways() {
        assert_eq!(from_base64("MTUybWVkaWEuY29t").as_deref(), Some("152media.com"));
        assert_eq!(to_base64("152media.com").as_deref(), Some("MTUybWVkaWEuY29t"));
        assert_eq!(to_base64("a").as_deref(), Some("YQ=="));
        assert_eq!(percent_encode("a b&ü", "-"), "a%20b%26%C3%BC");
        assert_eq!(percent_decode("a%20b%26%C3%BC").as_deref(), Some("a b&ü"));
    }

    #[test]
    fn offsets_count_utf16_units() {
        assert_eq!(byte_offset("a😀b", 3), 5);
        assert_eq!(byte_offset("ab", 9), 2);
    }
}

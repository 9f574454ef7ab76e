//! Text → notes.

use super::{Kind, Note, Term};
use serde_json::{Deserializer, Value as Json};
use std::collections::BTreeMap;

/// The notes of a page, and the page without them.
#[derive(Debug, Default)]
pub struct Notes {
    pub notes: Vec<Note>,
    /// The page with every note blanked: same length, same lines.
    pub blanked: Vec<u8>,
    /// Notes that could not be read, as `line: why`.
    pub errors: Vec<String>,
}

/// Reads the notes of a page: comments that fill a line and begin with a note's word.
pub fn parse_page(page: &[u8]) -> Notes {
    let mut found = Notes { blanked: page.to_vec(), ..Notes::default() };
    let mut pending = 0;
    let mut offset = 0;
    for (index, line) in page.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let number = index as u32 + 1;
        let text = std::str::from_utf8(line).unwrap_or_default();
        if let Some(note) = note_in_comment(text) {
            found.add(note, number);
            let content = line.len() - (text.len() - text.trim_end_matches(['\r', '\n']).len());
            found.blanked[offset..offset + content].fill(b' ');
        } else if !text.trim().is_empty() || std::str::from_utf8(line).is_err() {
            for note in &mut found.notes[pending..] {
                note.line = if note.kind.is_of_page() { 0 } else { number };
            }
            pending = found.notes.len();
        }
        offset += line.len();
    }
    found
}

/// Reads a `.expect` file: `LINE: note`, or a note about the page; `#` begins a comment.
pub fn parse_expectations(text: &str, page: &[u8]) -> Notes {
    let mut found = Notes { blanked: page.to_vec(), ..Notes::default() };
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let numbered = line.split_once(':').and_then(|(number, note)| Some((number.parse().ok()?, note)));
        let (target, note) = numbered.unwrap_or((0, line));
        let before = found.notes.len();
        found.add(note.trim(), index as u32 + 1);
        found.notes[before..].iter_mut().for_each(|note| note.line = target);
    }
    found
}

impl Notes {
    fn add(&mut self, note: &str, written: u32) {
        match parse_note(note, written) {
            Ok(notes) => self.notes.extend(notes),
            Err(why) => self.errors.push(format!("{written}: {why}: {note}")),
        }
    }
}

/// The note in a comment that fills the line.
pub fn note_in_comment(line: &str) -> Option<&str> {
    let line = line.trim();
    let inside = line
        .strip_prefix("//")
        .or_else(|| line.strip_prefix("/*")?.strip_suffix("*/"))
        .or_else(|| line.strip_prefix("<!--")?.strip_suffix("-->"))?
        .trim();
    let (word, _) = without_mark(inside).split_once(':')?;
    Kind::named(word).map(|_| inside)
}

/// `later: bid: …` is a known miss, `wrong: bid: …` is found today and should not be.
fn without_mark(note: &str) -> &str {
    let marked = note.strip_prefix("later:").or_else(|| note.strip_prefix("wrong:"));
    marked.map_or(note, str::trim_start)
}

fn parse_note(text: &str, written: u32) -> Result<Vec<Note>, String> {
    let (word, rest) = without_mark(text).split_once(':').ok_or("no colon")?;
    let kind = Kind::named(word.trim()).ok_or("unknown kind of note")?;
    let note = |values, options| Note {
        kind,
        line: 0,
        written,
        text: text.to_owned(),
        is_later: text.starts_with("later:"),
        values,
        options,
    };
    match kind {
        Kind::Network => rest.split_whitespace().map(|network| parse_network(network, note)).collect(),
        Kind::Config => {
            let (_, settings) = parse_terms(rest)?;
            let entry = |(name, value)| note(vec![Term::Json(Json::String(name)), value], BTreeMap::new());
            Ok(settings.into_iter().map(entry).collect())
        }
        _ => parse_terms(rest).map(|(values, options)| vec![note(values, options)]),
    }
}

/// `id(role,role)@evidence`.
fn parse_network(text: &str, note: impl Fn(Vec<Term>, BTreeMap<String, Term>) -> Note) -> Result<Note, String> {
    let (network, evidence) =
        text.split_once('@').map_or((text, None), |(network, evidence)| (network, Some(evidence)));
    let inside = network.strip_suffix(')').and_then(|network| network.split_once('('));
    let (id, roles) = inside.ok_or_else(|| format!("`{text}` is not `id(roles)`"))?;
    let string = |text: &str| Term::Json(Json::String(text.to_owned()));
    let mut options = BTreeMap::from([("roles".to_owned(), string(roles))]);
    options.extend(evidence.map(|evidence| ("evidence".to_owned(), string(evidence))));
    Ok(Note { text: format!("networks: {text}"), ..note(vec![string(id)], options) })
}

type Terms = (Vec<Term>, BTreeMap<String, Term>);

/// Values, then `name=value` pairs.
fn parse_terms(text: &str) -> Result<Terms, String> {
    let (mut values, mut options) = (Vec::new(), BTreeMap::new());
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let name_end = rest.find(|c: char| !(c.is_alphanumeric() || "_.$-".contains(c))).unwrap_or(rest.len());
        let (name, after) = rest.split_at(name_end);
        let option = after.strip_prefix('=').filter(|_| !name.is_empty());
        let (term, left) = parse_term(option.unwrap_or(rest))?;
        match option {
            Some(_) => drop(options.insert(name.to_owned(), term)),
            None => values.push(term),
        }
        rest = left.trim_start();
    }
    Ok((values, options))
}

/// One value, and what follows it.
fn parse_term(text: &str) -> Result<(Term, &str), String> {
    if let Some(rest) = text.strip_prefix('…') {
        return Ok((Term::Anything, rest));
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let is_json = text.starts_with(['"', '{', '[']) || serde_json::from_str::<Json>(&text[..end]).is_ok();
    if !is_json {
        return Ok((Term::Json(Json::String(text[..end].to_owned())), &text[end..]));
    }
    let mut values = Deserializer::from_str(text).into_iter::<Json>();
    match values.next() {
        Some(Ok(value)) => Ok((Term::Json(value), &text[values.byte_offset()..])),
        _ => Err(format!("`{}` is not JSON", text.chars().take(40).collect::<String>())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_note_speaks_of_the_next_line_of_code() {
        let page = "<!-- About. -->\n<script>\n  // unit: top library=prebid\n\n  // bid: appnexus {\"a\": [1, \"x y\"]} when=\"a > b\"\r\n  code();\n";
        let found = parse_page(page.as_bytes());
        assert!(found.errors.is_empty());
        assert_eq!(
            found.notes.iter().map(|note| (note.kind, note.line)).collect::<Vec<_>>(),
            [(Kind::Unit, 6), (Kind::Bid, 6)]
        );
        assert_eq!(found.notes[1].values, [Term::Json(json!("appnexus")), Term::Json(json!({"a": [1, "x y"]}))]);
        assert_eq!(found.notes[1].options["when"], Term::Json(json!("a > b")));
    }

    #[test]
    fn notes_are_blanked_and_nothing_moves() {
        let page = "a\n  <!-- bid: x {\"k\": \"…\"} -->\r\n/* unit: 7 */\nb // bid: not alone\n";
        let blanked = parse_page(page.as_bytes()).blanked;
        assert_eq!(blanked.len(), page.len());
        let text = String::from_utf8(blanked).unwrap();
        assert_eq!(text.lines().map(str::trim).collect::<Vec<_>>(), ["a", "", "", "b // bid: not alone"]);
        assert!(text.contains("\r\n"));
    }

    #[test]
    fn page_notes_have_no_line() {
        let found = parse_page(
            b"<!-- networks: google(ad-server,ssp)@request xandr(bidder) -->\n<!-- config: a.b=1 c={\"d\": 2} -->\n<p>",
        );
        assert_eq!(found.notes.len(), 4);
        assert!(found.notes.iter().all(|note| note.line == 0));
        assert_eq!(found.notes[0].options["evidence"], Term::Json(json!("request")));
        assert_eq!(found.notes[3].values[1], Term::Json(json!({"d": 2})));
    }

    #[test]
    fn words_numbers_and_anything_are_told_apart() {
        let (values, options) = parse_terms(" 7 \"7\" seven … null /x/y A=1 B=two").unwrap();
        let json = |value| Term::Json(value);
        let expected = [
            json(json!(7)),
            json(json!("7")),
            json(json!("seven")),
            Term::Anything,
            json(Json::Null),
            json(json!("/x/y")),
        ];
        assert_eq!(values, expected);
        assert_eq!(options["B"], json(json!("two")));
    }

    #[test]
    fn an_unreadable_note_is_an_error() {
        assert_eq!(parse_page(b"// bid: a {oops\nx").errors.len(), 1);
        assert_eq!(parse_expectations("3: units: a", b"").errors.len(), 1);
    }
}

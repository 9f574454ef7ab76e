//! What the report's script reads: a block for each page, and one for the networks of all pages.
//!
//! A page's block is a `<script>` of a type that no browser runs. Its first line is the page's row of the
//! table, in JSON; the second is what the page's own view needs: the page report in JSON, compressed (zlib) and
//! in base64. Everything is ASCII without `<`, so that nothing of a page can end the block, and no text in it
//! can deceive who reads the source.

use super::super::record::{At, Name, PageReport, ScriptEntry};
use super::super::summary::problems;
use super::super::{NetworkCount, Summary};
use super::tally::Tally;
use super::words;
use crate::base::{Evidence, Severity, base64};
use flate2::{Compression, write::ZlibEncoder};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

/// Characters of a title or URL in a row; the page's view has the whole.
const ROW_CHARACTERS: usize = 160;

/// Scripts of which nothing was lost, or nothing wanted: they are only counted.
const QUIET_OUTCOMES: [&str; 2] = ["parsed", "skipped"];

/// The block of one page.
pub(super) fn page_block(page: &PageReport) -> String {
    let row = ascii_json(&Row::of(page));
    let packed = pack(view(page).to_string().as_bytes());
    format!("<script type=\"application/json\" class=\"page\">{row}\n{packed}</script>\n")
}

/// The block of what the networks of all pages have in common.
pub(super) fn networks_block(summary: &Summary, tally: &Tally) -> String {
    let networks = summary.top_networks().into_iter().map(|(id, count)| NetworkRow::new(id, count, tally));
    let roles = tally.roles.keys().map(|role| (&**role, words::role(role)));
    let common = Common { networks: networks.collect(), roles: roles.collect(), summary };
    format!("<script type=\"application/json\" id=\"common\">{}</script>\n", ascii_json(&common))
}

/// A page's row of the table: short, because all rows are read when the report opens.
#[derive(Serialize)]
struct Row<'p> {
    path: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'p str>,
    networks: Vec<&'p str>,
    units: usize,
    bids: usize,
    slots: usize,
    problems: usize,
    /// Scripts of which something was lost, and whether the page could be read at all.
    lost: usize,
    unread: bool,
    /// No ads, but something was missing that could have brought some.
    blind: bool,
}

impl<'p> Row<'p> {
    fn of(page: &'p PageReport) -> Self {
        Self {
            path: &page.source.path,
            entry: page.source.entry.as_deref(),
            url: page.url.as_deref().map(shortened),
            title: page.title.as_deref().map(shortened),
            networks: page.networks.iter().map(|network| &*network.id).collect(),
            units: page.ad_units.len(),
            bids: page.ad_units.iter().map(|unit| unit.bids.len()).sum(),
            slots: page.slots.len(),
            problems: problems(page).count(),
            lost: page.scripts.iter().filter(|script| matches!(&*script.outcome, "failed" | "cut")).count(),
            blind: page.ads == "unknown",
            unread: page.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error),
        }
    }
}

/// A script without its hash, which no compression makes smaller.
#[derive(Serialize)]
struct ScriptView<'p> {
    index: u32,
    kind: &'p str,
    bytes: u64,
    outcome: &'p str,
    held_back: Option<&'p str>,
    repairs: &'p [Name],
    at: At,
}

/// What the page's own view needs: the page report, but for the scripts that went well.
fn view(page: &PageReport) -> Json {
    let is_quiet = |script: &&ScriptEntry| QUIET_OUTCOMES.contains(&&*script.outcome);
    let mut quiet_scripts: BTreeMap<&str, usize> = BTreeMap::new();
    for script in page.scripts.iter().filter(is_quiet) {
        let is_elsewhere = script.is_saved == Some(false);
        *quiet_scripts.entry(if is_elsewhere { "external" } else { &*script.outcome }).or_default() += 1;
    }
    let scripts: Vec<ScriptView<'_>> =
        page.scripts.iter().filter(|script| !is_quiet(script)).map(ScriptView::of).collect();
    let mut view = to_json(page);
    view["scripts"] = to_json(&scripts);
    view["quiet_scripts"] = to_json(&quiet_scripts);
    view
}

fn to_json(record: &impl Serialize) -> Json {
    serde_json::to_value(record).expect("records hold only strings as keys")
}

impl<'p> ScriptView<'p> {
    fn of(script: &'p ScriptEntry) -> Self {
        Self {
            index: script.index,
            kind: &script.kind,
            bytes: script.bytes,
            outcome: &script.outcome,
            held_back: script.held_back.as_deref(),
            repairs: &script.repairs,
            at: script.at,
        }
    }
}

/// What all pages have in common.
#[derive(Serialize)]
struct Common<'s> {
    networks: Vec<NetworkRow<'s>>,
    roles: BTreeMap<&'s str, String>,
    /// As programs read it: the script shows the roll-ups that it finds in it.
    summary: &'s Summary,
}

#[derive(Serialize)]
struct NetworkRow<'s> {
    id: &'s str,
    name: &'s str,
    pages: u64,
    roles: Vec<&'s str>,
    bidders: Vec<&'s str>,
    evidence: Option<Evidence>,
}

impl<'s> NetworkRow<'s> {
    fn new(id: &'s str, count: &'s NetworkCount, tally: &'s Tally) -> Self {
        let known = tally.networks.get(id);
        Self {
            id,
            name: &count.name,
            pages: count.pages,
            roles: known.into_iter().flat_map(|known| &known.roles).map(|role| &**role).collect(),
            bidders: known.into_iter().flat_map(|known| &known.bidders).map(|code| &**code).collect(),
            evidence: known.and_then(|known| known.evidence),
        }
    }
}

/// The beginning of a long text.
fn shortened(text: &str) -> &str {
    text.char_indices().nth(ROW_CHARACTERS).map_or(text, |(end, _)| &text[..end])
}

fn pack(bytes: &[u8]) -> String {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let packed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    base64::pack(&packed.expect("a Vec takes every write"))
}

/// JSON of ASCII alone, without `<`: it can stand in a script, and what is in it cannot turn the reading direction.
fn ascii_json(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).expect("records hold only strings as keys");
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if matches!(character, ' '..='~') && character != '<' {
            text.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            write!(text, "\\u{unit:04x}").expect("a String takes every write");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::{sample_page, sample_scan};
    use super::*;
    use std::io::Read;

    const HOSTILE: &str = "</script><!--<script>\u{202e}\u{1b}[2J'\"&\u{2028}😀";

    fn unpacked(block: &str) -> Json {
        let packed = block.lines().nth(1).unwrap().trim_end_matches("</script>");
        let (bytes, _) = base64::unpack(packed.trim_end_matches('=').bytes()).unwrap();
        let mut json = String::new();
        flate2::read::ZlibDecoder::new(&*bytes).read_to_string(&mut json).unwrap();
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn nothing_of_a_page_ends_its_block() {
        let mut page = sample_page();
        page.title = Some(HOSTILE.into());
        page.source.path = HOSTILE.into();
        page.networks[0].id = HOSTILE.into();
        let block = page_block(&page);
        assert_eq!(block.matches('<').count(), 2, "{block}");
        assert!(block.bytes().all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte)));
        let row = block.lines().next().unwrap().split_once('>').unwrap().1;
        let row: Json = serde_json::from_str(row).unwrap();
        assert_eq!((&row["title"], &row["path"]), (&Json::from(HOSTILE), &Json::from(HOSTILE)));
    }

    #[test]
    fn a_page_unpacks_to_its_report() {
        let mut page = sample_page().with_excerpts(&sample_scan());
        page.ad_units[0].bids[0].params = Json::from(HOSTILE);
        let view = unpacked(&page_block(&page));
        let report = serde_json::to_value(&page).unwrap();
        for field in ["networks", "ad_units", "slots", "findings", "requests", "config", "diagnostics", "excerpts"] {
            assert_eq!(view[field], report[field], "{field}");
        }
        assert_eq!(view["scripts"][0]["outcome"], "recovered");
    }

    #[test]
    fn quiet_scripts_are_only_counted() {
        let mut page = sample_page();
        page.scripts[0].outcome = "skipped".into();
        let mut external = page.scripts[0].clone();
        external.is_saved = Some(false);
        page.scripts.push(external);
        let view = unpacked(&page_block(&page));
        assert_eq!(view["quiet_scripts"], serde_json::json!({ "external": 1, "skipped": 1 }));
        assert_eq!(view["scripts"], serde_json::json!([]));
    }
}

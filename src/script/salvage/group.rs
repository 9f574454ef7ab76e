//! Which statements of a run belong together?
//!
//! A run may hold an ad's code, other code, and at its rims prose that passes for code.
//! Statements that only code has are grouped: neighbours on adjacent lines stay together
//! (a leaked script is one thing), and across a blank line those that share a name.

use super::anchor::{Anchor, Anchors};
use super::run::{Run, Statement};
use super::token::{Kind, Token, is_declaring_word};
use std::borrow::Cow;
use std::collections::HashSet;

/// Statements `first..=last` of a run, by index.
#[derive(Clone, Debug)]
pub(super) struct Group<'a> {
    pub first: usize,
    pub last: usize,
    /// The first anchor in it.
    pub anchor: Option<&'a Anchor>,
}

/// What is known of each statement.
struct Judged<'a> {
    is_strong: bool,
    anchor: Option<&'a Anchor>,
    is_after_blank_line: bool,
}

/// The groups of a run, in order.
pub(super) fn groups<'a>(text: &str, run: &Run, anchors: &'a Anchors) -> Vec<Group<'a>> {
    let judged: Vec<Judged<'a>> = run.statements.iter().map(|statement| judge(text, run, statement, anchors)).collect();
    let mut groups: Vec<Group<'a>> = Vec::new();
    // Is there a blank line behind the last group?
    let mut is_parted = true;
    for (index, this) in judged.iter().enumerate() {
        is_parted |= this.is_after_blank_line;
        let is_adjacent = !is_parted;
        let is_stump = is_adjacent
            && index + 1 == judged.len()
            && groups.last().is_some_and(|group| group.last + 1 == index)
            && is_stump(text, run, index);
        let anchor = this.anchor.or_else(|| lone_anchor(text, run, index, anchors));
        if !this.is_strong && !is_stump && anchor.is_none() {
            continue;
        }
        is_parted = false;
        match groups.last_mut().filter(|_| is_adjacent) {
            Some(group) => {
                group.last = index;
                group.anchor = group.anchor.or(anchor);
            }
            None => groups.push(Group { first: index, last: index, anchor }),
        }
    }
    join_related(text, run, groups)
}

/// `googletag.displ` alone on its line: all that is left of a call.
fn lone_anchor<'a>(text: &str, run: &Run, index: usize, anchors: &'a Anchors) -> Option<&'a Anchor> {
    let tokens = run.of(&run.statements[index]);
    let is_line = text[..tokens[0].start]
        .trim_end_matches([' ', '\t'])
        .chars()
        .next_back()
        .is_none_or(|before| before == '\n' || before == '/');
    let is_path = tokens.len() > 2
        && tokens.iter().skip(1).all(|token| (token.kind == Kind::Word || token.is(".")) && !token.space_before);
    let is_line_end = text[tokens[tokens.len() - 1].end..].chars().next().is_none_or(|next| next == '\n');
    if is_path && is_line && is_line_end { anchors.of_name(&tokens[0].word(text), false) } else { None }
}

/// The beginning of a last statement that was cut off: `googletag.enableSe`, `var slo`.
fn is_stump(text: &str, run: &Run, index: usize) -> bool {
    let statement = &run.statements[index];
    let tokens = run.of(statement);
    let is_line_end = tokens.last().is_some_and(|last| {
        text[last.end..].trim_start_matches([' ', '.', '…']).chars().next().is_none_or(|next| next == '\n')
    });
    if !is_line_end {
        return false;
    }
    let is_name = |token: &Token| token.kind == Kind::Word || token.is(".");
    let is_glued =
        tokens.len() > 1 && tokens.iter().all(is_name) && tokens.iter().skip(1).all(|token| !token.space_before);
    let root = tokens[0].word(text);
    let is_known = || {
        matches!(&*root, "window" | "document")
            || run.tokens[..statement.first].iter().any(|token| token.kind == Kind::Word && token.word(text) == root)
    };
    let is_path = is_glued && tokens[0].kind == Kind::Word && is_known();
    let is_declaration = tokens.len() == 2 && is_declaring_word(&tokens[0].word(text));
    is_path || is_declaration
}

/// Joins groups across blank lines: those of ads, what they need, and others that share a name with one or speak of ads.
fn join_related<'a>(text: &str, run: &Run, groups: Vec<Group<'a>>) -> Vec<Group<'a>> {
    let words: Vec<HashSet<Cow<'_, str>>> = groups.iter().map(|group| group_names(text, run, group)).collect();
    let mut is_ad: Vec<bool> = groups.iter().map(|group| group.anchor.is_some()).collect();
    let mut used: HashSet<&str> = words
        .iter()
        .zip(&is_ad)
        .filter(|(_, is_ad)| **is_ad)
        .flat_map(|(names, _)| names)
        .map(|name| &**name)
        .collect();
    for (index, names) in words.iter().enumerate() {
        is_ad[index] |= names.iter().any(|name| (is_telling(name) && used.contains(&**name)) || speaks_of_ads(name));
    }
    // What an ad's code needs may need more that stands before it.
    for (index, group) in groups.iter().enumerate().rev() {
        is_ad[index] |= declared_names(text, run, group).any(|name| used.contains(&*name));
        if is_ad[index] {
            used.extend(words[index].iter().map(|name| &**name));
        }
    }
    let mut joined: Vec<Group<'a>> = Vec::new();
    for (index, group) in groups.into_iter().enumerate() {
        // A weak statement between two groups may be prose that passes for code.
        let joins = joined.last().is_some_and(|last| last.last + 1 == group.first && is_ad[index] && is_ad[index - 1]);
        match joined.last_mut().filter(|_| joins) {
            Some(last) => {
                last.last = group.last;
                last.anchor = last.anchor.or(group.anchor);
            }
            None => joined.push(group),
        }
    }
    joined
}

/// Is it a name that ad code uses: `gptAdSlots`, `dfp_params`, `headerBidderData`?
fn speaks_of_ads(name: &str) -> bool {
    const PARTS: [&str; 8] = ["adslot", "adunit", "bidder", "dfp", "gpt", "headerbid", "ad_slot", "ad_unit"];
    let lower = name.to_ascii_lowercase();
    PARTS.iter().any(|part| lower.contains(part)) || lower.ends_with("ads") || lower.starts_with("ads_")
}

fn group_names<'t>(text: &'t str, run: &'t Run, group: &Group<'_>) -> HashSet<Cow<'t, str>> {
    (group.first..=group.last).flat_map(|at| names(text, run.of(&run.statements[at]))).collect()
}

/// Names that the statements of a group declare or set: `var units`, `function bid`, `units =`.
fn declared_names<'t>(text: &'t str, run: &'t Run, group: &Group<'_>) -> impl Iterator<Item = Cow<'t, str>> {
    (group.first..=group.last).filter_map(move |at| {
        let tokens = run.of(&run.statements[at]);
        let is_word = |at: usize| tokens.get(at).is_some_and(|token| token.kind == Kind::Word);
        let first = tokens[0].word(text);
        // Machines write `Var`.
        let keyword = first.to_ascii_lowercase();
        let is_declared = is_word(0) && is_word(1) && (is_declaring_word(&keyword) || keyword == "function");
        let is_set = is_word(0) && tokens.get(1).is_some_and(|token| token.is("="));
        if is_declared { Some(tokens[1].word(text)) } else { is_set.then_some(first) }
    })
}

fn judge<'a>(text: &str, run: &Run, statement: &Statement, anchors: &'a Anchors) -> Judged<'a> {
    let is_strong = run.is_strong(statement, text);
    let anchor = if is_strong { run.anchor(statement, text, anchors) } else { None };
    Judged { is_strong, anchor, is_after_blank_line: is_after_blank_line(&run.tokens, statement.first) }
}

/// Is the statement, or a comment right before it, parted from what stands before by a blank line?
fn is_after_blank_line(tokens: &[Token], first: usize) -> bool {
    let trivia = tokens[..first].iter().rev().take_while(|token| token.is_trivia());
    tokens[first].is_after_blank_line() || trivia.into_iter().any(Token::is_after_blank_line)
}

/// Names that are a script's own: not those which any script has.
fn names<'t>(text: &'t str, tokens: &'t [Token]) -> impl Iterator<Item = Cow<'t, str>> {
    const ANYWHERE: [&str; 14] = [
        "window",
        "document",
        "function",
        "return",
        "this",
        "true",
        "false",
        "null",
        "undefined",
        "typeof",
        "push",
        "async",
        "script",
        "console",
    ];
    let words = tokens.iter().filter(|token| token.kind == Kind::Word).map(|token| token.word(text));
    words.filter(|word| !ANYWHERE.contains(&&**word))
}

/// Does it say something that two statements share it? Short names are used again and again.
fn is_telling(name: &str) -> bool {
    name.len() > 3
}

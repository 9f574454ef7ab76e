//! Which statements of a run belong together?
//!
//! A run may hold an ad's code, other code, and at its rims prose that passes for code.
//! Statements that only code has are grouped: neighbours on adjacent lines stay together
//! (a leaked script is one thing), and across a blank line those that share a name.

use super::anchor::{Anchor, Anchors};
use super::run::{Run, Statement};
use super::token::{Kind, Token};
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
    for (index, this) in judged.iter().enumerate() {
        if !this.is_strong {
            continue;
        }
        let joins = groups.last().is_some_and(|group| joins(text, run, &judged, group, index));
        match groups.last_mut().filter(|_| joins) {
            Some(group) => {
                group.last = index;
                group.anchor = group.anchor.or(this.anchor);
            }
            None => groups.push(Group { first: index, last: index, anchor: this.anchor }),
        }
    }
    groups
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

fn joins(text: &str, run: &Run, judged: &[Judged<'_>], group: &Group<'_>, index: usize) -> bool {
    let gap = group.last + 1..=index;
    let is_adjacent = gap.clone().all(|between| !judged[between].is_after_blank_line);
    if is_adjacent {
        return true;
    }
    // Prose may hide between two statements only if it passes for one itself: then they stay apart.
    let has_weak = gap.clone().any(|between| !judged[between].is_strong);
    let is_ad = group.anchor.is_some() && judged[index].anchor.is_some();
    !has_weak && (is_ad || shares_name(text, run, group, index))
}

fn shares_name(text: &str, run: &Run, group: &Group<'_>, index: usize) -> bool {
    let before: HashSet<String> = (group.first..=group.last).flat_map(|at| names(text, run.of(&run.statements[at]))).collect();
    names(text, run.of(&run.statements[index])).any(|name| before.contains(&name))
}

/// Names that say something: not those which any script has.
fn names<'t>(text: &'t str, tokens: &'t [Token]) -> impl Iterator<Item = String> + 't {
    const ANYWHERE: [&str; 14] =
        ["window", "document", "function", "return", "this", "true", "false", "null", "undefined", "typeof", "push", "async", "script", "console"];
    let words = tokens.iter().filter(|token| token.kind == Kind::Word).map(|token| token.word(text).into_owned());
    words.filter(|word| word.len() > 3 && !ANYWHERE.contains(&word.as_str()))
}

//! Regular expressions, run by the linear-time `regex` crate where that knows the pattern.

use super::array::whole;
use crate::evaluate::abstract_value::{Abstract, ObjectId};
use crate::evaluate::heap::{Kind, Object};
use crate::evaluate::machine::Machine;
use regex::{Regex, RegexBuilder};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;
use swc_atoms::{Atom, atom};
use swc_common::Span;

pub(super) const METHODS: &[&str] = &["exec", "test", "toString"];

/// Bytes that one compiled pattern may take, and what it may take beside while it runs.
const SIZE: usize = 1 << 20;
const RUN_SIZE: usize = 256 << 10;

/// Patterns that are kept from page to page, and how long they may be, in bytes.
const KEPT: usize = 256;
const KEPT_LENGTH: usize = 160;

type Compiled = FxHashMap<(Atom, Atom), Option<Rc<Regex>>>;

thread_local! {
    /// The same libraries stand on many pages, and compiling a pattern costs more than running it.
    static COMPILED: RefCell<Compiled> = RefCell::default();
}

/// A pattern that was compiled for this page or one before.
fn compiled(key: &(Atom, Atom)) -> Option<Rc<Regex>> {
    if key.0.len() > KEPT_LENGTH || key.0.contains('{') {
        return compile(key);
    }
    COMPILED.with_borrow_mut(|all| {
        if let Some(known) = all.get(key) {
            return known.clone();
        }
        if all.len() >= KEPT {
            all.clear();
        }
        all.entry(key.clone()).or_insert_with(|| compile(key)).clone()
    })
}

fn compile((pattern, flags): &(Atom, Atom)) -> Option<Rc<Regex>> {
    let compiled = RegexBuilder::new(&translate(pattern))
        .case_insensitive(flags.contains('i'))
        .multi_line(flags.contains('m'))
        .dot_matches_new_line(flags.contains('s'))
        .size_limit(SIZE)
        .dfa_size_limit(RUN_SIZE)
        .build();
    compiled.ok().map(Rc::new)
}

impl<'a> Machine<'a> {
    /// The compiled pattern; `None` for look-around, back-references and the like.
    pub(super) fn regex(&mut self, id: ObjectId) -> Option<Rc<Regex>> {
        let Kind::Regex { pattern, flags } = &self.object(id).kind else { return None };
        let key = (pattern.clone(), flags.clone());
        if let Some(known) = self.regexes.get(&key) {
            return known.clone();
        }
        let compiled = compiled(&key);
        self.regexes.insert(key, compiled.clone());
        compiled
    }

    fn is_global(&self, id: ObjectId) -> bool {
        matches!(&self.object(id).kind, Kind::Regex { flags, .. } if flags.contains('g') || flags.contains('y'))
    }

    pub(super) fn new_regex(&mut self, pattern: &Abstract, flags: Option<&Abstract>) -> Option<Kind<'a>> {
        let flags = match flags {
            Some(flags) if !flags.is_nullish() => self.text_of(flags)?,
            _ => Atom::default(),
        };
        if let Abstract::Object(id) = pattern
            && let Kind::Regex { pattern, flags } = &self.object(*id).kind
        {
            return Some(Kind::Regex { pattern: pattern.clone(), flags: flags.clone() });
        }
        Some(Kind::Regex { pattern: self.text_of(pattern)?, flags })
    }

    pub(super) fn regex_method(
        &mut self,
        id: ObjectId,
        key: &str,
        arguments: &[Abstract],
        span: Span,
    ) -> Option<Abstract> {
        if key == "toString" {
            return self.to_text_shallow(&Abstract::Object(id)).map(Abstract::String);
        }
        let text = self.text_of(arguments.first()?)?;
        self.charge_text(text.len());
        let regex = self.regex(id)?;
        match key {
            "test" => Some(Abstract::Bool(regex.is_match(&text))),
            "exec" => {
                let start = if self.is_global(id) { self.last_index(id, &text) } else { 0 };
                let found = text.get(start..).and_then(|_| regex.captures_at(&text, start));
                if self.is_global(id) {
                    let end = found.as_ref().and_then(|found| found.get(0)).map_or(0, |all| all.end().max(start + 1));
                    self.define(id, &atom!("lastIndex"), Abstract::Number(end as f64));
                }
                Some(found.map_or(Abstract::Null, |found| self.captures(&regex, &found, span)))
            }
            _ => None,
        }
    }

    fn last_index(&self, id: ObjectId, text: &str) -> usize {
        let at = self.object(id).own("lastIndex").and_then(|at| self.to_number(at)).map_or(0, whole);
        if text.is_char_boundary(at) { at } else { text.len() + 1 }
    }

    fn captures(&mut self, regex: &Regex, found: &regex::Captures<'_>, span: Span) -> Abstract {
        let groups = found
            .iter()
            .map(|group| group.map_or(Abstract::Undefined, |group| Abstract::text(group.as_str())))
            .collect();
        let array = self.new_array(groups, span);
        if let (Abstract::Object(id), Some(all)) = (&array, found.get(0)) {
            self.define(*id, &atom!("index"), Abstract::Number(all.start() as f64));
            if let Some(groups) = self.named_groups(regex, found) {
                self.define(*id, &atom!("groups"), groups);
            }
        }
        array
    }

    /// `(?<name>…)`: what each of them took, by its name; `None` where no group has one.
    fn named_groups(&mut self, regex: &Regex, found: &regex::Captures<'_>) -> Option<Abstract> {
        regex.capture_names().flatten().next()?;
        let groups = self.add_object(Object::new(Kind::Plain));
        for name in regex.capture_names().flatten() {
            let value = found.name(name).map_or(Abstract::Undefined, |group| Abstract::text(group.as_str()));
            self.define(groups, &Atom::new(name), value);
        }
        Some(Abstract::Object(groups))
    }

    pub(super) fn match_text(&mut self, text: &Atom, key: &str, pattern: &Abstract, span: Span) -> Option<Abstract> {
        let id = match pattern {
            Abstract::Object(id) => *id,
            other => {
                let kind = self.new_regex(other, None)?;
                self.add_object(Object::new(kind))
            }
        };
        let regex = self.regex(id)?;
        match key {
            "search" => Some(Abstract::Number(regex.find(text).map_or(-1.0, |found| found.start() as f64))),
            "matchAll" => {
                let all: Vec<Abstract> =
                    regex.captures_iter(text).map(|found| self.captures(&regex, &found, span)).collect();
                Some(self.new_array(all, span))
            }
            _ if self.is_global(id) => {
                let all: Vec<Abstract> = regex.find_iter(text).map(|found| Abstract::text(found.as_str())).collect();
                Some(if all.is_empty() { Abstract::Null } else { self.new_array(all, span) })
            }
            _ => Some(regex.captures(text).map_or(Abstract::Null, |found| self.captures(&regex, &found, span))),
        }
    }

    pub(super) fn replace_regex(&mut self, text: &Atom, id: ObjectId, by: &Abstract, span: Span) -> Option<Abstract> {
        let regex = self.regex(id)?;
        let limit = if self.is_global(id) { usize::MAX } else { 1 };
        let is_function = self.is_function(by);
        let (mut out, mut done) = (Abstract::text(""), 0);
        for found in regex.captures_iter(text).take(limit) {
            let Some(all) = found.get(0) else { break };
            if self.cut || !self.step(span) {
                break;
            }
            let replacement = if is_function {
                let mut given: Vec<Abstract> = found
                    .iter()
                    .map(|group| group.map_or(Abstract::Undefined, |group| Abstract::text(group.as_str())))
                    .collect();
                given.extend([Abstract::Number(all.start() as f64), Abstract::String(text.clone())]);
                given.extend(self.named_groups(&regex, &found));
                self.call_value(by, &Abstract::Undefined, given, span)
            } else {
                match by {
                    Abstract::String(by) => Abstract::text(&expand(by, &found)),
                    other => other.clone(),
                }
            };
            out = self.concat(&out, &Abstract::text(&text[done..all.start()]), span);
            out = self.concat(&out, &replacement, span);
            done = all.end();
        }
        Some(self.concat(&out, &Abstract::text(&text[done..]), span))
    }
}

/// `$1`, `$<name>` and `$&` in a replacement.
fn expand(by: &str, found: &regex::Captures<'_>) -> String {
    let mut out = String::with_capacity(by.len());
    let mut rest = by;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let named = after.strip_prefix('<').and_then(|name| name.split_once('>'));
        if let Some((name, group)) = named.and_then(|(name, _)| Some((name, found.name(name)?))) {
            out.push_str(group.as_str());
            rest = &after[name.len() + 2..];
            continue;
        }
        let digits = after.bytes().take(2).take_while(u8::is_ascii_digit).count();
        let group = after[..digits].parse::<usize>().ok().and_then(|number| found.get(number));
        let taken = match (after.bytes().next(), group) {
            (Some(b'$'), _) => {
                out.push('$');
                1
            }
            (Some(b'&'), _) => {
                out.push_str(found.get(0).map_or("", |all| all.as_str()));
                1
            }
            (_, Some(group)) => {
                out.push_str(group.as_str());
                digits
            }
            _ => {
                out.push('$');
                0
            }
        };
        rest = &after[taken..];
    }
    out + rest
}

/// A JavaScript pattern in the syntax of the `regex` crate.
fn translate(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut characters = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(one) = characters.next() {
        match one {
            '\\' => match characters.next() {
                Some('/') => out.push('/'),
                Some('d') => out.push_str("[0-9]"),
                Some('u') => {
                    let code: String =
                        std::iter::from_fn(|| characters.next_if(char::is_ascii_hexdigit)).take(4).collect();
                    out.push_str(&format!("\\x{{{code}}}"));
                }
                Some(next) if next.is_ascii_alphabetic() && !"bBdDfnrsStvwWx".contains(next) => out.push(next),
                Some(next) => out.extend(['\\', next]),
                None => out.push_str("\\\\"),
            },
            '[' if in_class => out.push_str("\\["),
            '[' => {
                in_class = true;
                if pattern_is_everything(&mut characters) {
                    in_class = false;
                    out.push_str("[\\s\\S]");
                } else {
                    out.push('[');
                }
            }
            ']' => {
                in_class = false;
                out.push(']');
            }
            '&' | '~' if in_class => out.extend(['\\', one]),
            '{' if !in_class && !characters.peek().is_some_and(char::is_ascii_digit) => out.push_str("\\{"),
            _ => out.push(one),
        }
    }
    out
}

/// `[^]`, which means any character.
fn pattern_is_everything(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    let mut ahead = rest.clone();
    let is_everything = ahead.next() == Some('^') && ahead.next() == Some(']');
    if is_everything {
        *rest = ahead;
    }
    is_everything
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn javascript_patterns_compile() {
        for (pattern, text) in [
            (r"^https?:\/\/(www\.)?", "https://www.x"),
            (r"[\w\-]+\/[^\]]", "a-b/c"),
            (r"a{2}{", "aa{"),
            (r"[^]", "\n"),
            (r"[[a]", "["),
            (r"\u0041", "A"),
        ] {
            let regex = Regex::new(&translate(pattern)).unwrap_or_else(|error| panic!("{pattern}: {error}"));
            assert!(regex.is_match(text), "{pattern}");
        }
    }
}

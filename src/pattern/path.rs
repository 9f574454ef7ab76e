//! Dotted paths of callees and assignment targets, with holes.

use super::capture::Match;
use crate::evaluate::Value;
use std::sync::Arc;

/// Names of the global object: `window.a.b` is `a.b`.
const GLOBAL_NAMES: [&str; 6] = ["window", "self", "globalThis", "top", "parent", "frames"];

/// A pattern of a path.
#[derive(Clone, Debug, PartialEq)]
pub struct PathPattern {
    /// The hole in front: `$PBJS.…`; an inner `None` is `$_`.
    head: Option<Option<Arc<str>>>,
    steps: Vec<Step>,
}

/// One name of a path.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// `defineSlot`, or `pubads()` for what a call returns.
    Name(Arc<str>),
    /// `a.$NAME`: one name; `None` is `$_`.
    Hole(Option<Arc<str>>),
}

impl PathPattern {
    /// Drops a leading `window.` and the like.
    pub(crate) fn new(head: Option<Option<Arc<str>>>, mut steps: Vec<Step>) -> Self {
        let is_global = |step: &Step| matches!(step, Step::Name(name) if GLOBAL_NAMES.contains(&&**name));
        while head.is_none() && steps.len() > 1 && is_global(&steps[0]) {
            steps.remove(0);
        }
        Self { head, steps }
    }

    pub(crate) fn object_hole(&self) -> Option<&Arc<str>> {
        self.head.as_ref()?.as_ref()
    }

    pub(crate) fn last_name(&self) -> Option<&str> {
        match self.steps.last()? {
            Step::Name(name) => Some(name.trim_end_matches("()")),
            Step::Hole(_) => None,
        }
    }

    /// `a.b`, if the path ends in two names that stand side by side.
    pub(crate) fn last_two_names(&self) -> Option<String> {
        match &self.steps[..] {
            [.., Step::Name(one), Step::Name(two)] if !one.ends_with(')') => Some(format!("{one}.{two}")),
            _ => None,
        }
    }

    /// The name, if the path is nothing else and has more than one letter.
    pub(crate) fn only_name(&self) -> Option<&str> {
        match (&self.head, &self.steps[..]) {
            (None, [Step::Name(name)]) if name.len() > 1 => Some(name),
            _ => None,
        }
    }

    /// The known names, last first, without `()`.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().rev().filter_map(|step| match step {
            Step::Name(name) => Some(name.trim_end_matches("()")),
            Step::Hole(_) => None,
        })
    }

    pub(crate) fn each_hole(&self, visit: &mut impl FnMut(&Arc<str>)) {
        self.object_hole().into_iter().for_each(&mut *visit);
        for step in &self.steps {
            if let Step::Hole(Some(name)) = step {
                visit(name);
            }
        }
    }

    /// Meets the path of an event.
    pub(crate) fn unify(&self, path: &str) -> Option<Match> {
        let mut found = Match::default();
        let mut rest = path;
        for (index, step) in self.steps.iter().enumerate().rev() {
            let is_first = index == 0 && self.head.is_none();
            let (before, name) = match step {
                // Names have no dots. Most paths end here.
                Step::Name(wanted) => (rest.strip_suffix(&**wanted)?, None),
                Step::Hole(hole) => {
                    let start = rest.rfind('.').map_or(0, |dot| dot + 1);
                    (&rest[..start], hole.as_ref().map(|hole| (hole, &rest[start..])))
                }
            };
            if let Some((hole, name)) = name {
                found = found.and(&Match::of_capture(hole, Value::string(name)))?;
            }
            rest =
                if is_first { Some(before).filter(|before| before.is_empty())? } else { before.strip_suffix('.')? };
        }
        match &self.head {
            Some(_) if rest.is_empty() => None,
            Some(Some(hole)) => found.and(&Match::of_capture(hole, Value::string(rest))),
            _ => Some(found),
        }
    }
}

impl std::fmt::Display for PathPattern {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hole = |name: &Option<Arc<str>>| format!("${}", name.as_deref().unwrap_or("_"));
        let steps = self.steps.iter().map(|step| match step {
            Step::Name(name) => name.to_string(),
            Step::Hole(name) => hole(name),
        });
        let all: Vec<String> = self.head.as_ref().map(hole).into_iter().chain(steps).collect();
        out.write_str(&all.join("."))
    }
}

/// The last name of a path: `setTargeting` of `googletag.pubads().setTargeting`.
#[must_use]
pub fn last_name(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path).trim_end_matches("()")
}

/// `a.b` of `x.a.b`; a path of one name is that name.
pub(crate) fn last_two_names(path: &str) -> &str {
    match path.rmatch_indices('.').nth(1) {
        Some((at, _)) => &path[at + 1..],
        None => path,
    }
}

/// The first name of a path: `googletag` of `googletag.pubads().setTargeting`.
#[must_use]
pub fn first_name(path: &str) -> &str {
    path.split(['.', '(', '[']).next().unwrap_or(path)
}

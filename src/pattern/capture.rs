//! What the holes of a pattern caught: a tree of captures.

use crate::base::Place;
use crate::evaluate::{Condition, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One way in which a pattern matched.
#[derive(Clone, Debug, Default)]
pub struct Match {
    /// Name (without `$`) and value of every hole outside of groups.
    pub captures: Vec<(Arc<str>, Value)>,
    /// One group for each `[...P]`, with one child for each element like P.
    pub groups: Vec<Vec<Match>>,
    /// Where the object that matched was written down, if it is an object and that is known.
    pub at: Option<Place>,
    /// Which object of the page's heap matched; 0 where it is no object.
    pub identity: u32,
    /// The condition under which it matches; a child's holds on top of its parent's.
    pub when: Condition,
}

/// One path from the root of a match to a leaf: all captures on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct FlatMatch {
    /// Captures by name.
    pub captures: BTreeMap<Arc<str>, Value>,
    /// Place of the innermost object whose place is known.
    pub at: Option<Place>,
    /// All conditions on the way, joined.
    pub when: Condition,
}

impl Match {
    /// The value that a hole outside of groups caught.
    #[must_use]
    pub fn capture(&self, name: &str) -> Option<&Value> {
        self.captures.iter().find(|(key, _)| &**key == name).map(|(_, value)| value)
    }

    /// One entry for each leaf: the captures of the leaf and of everything around it.
    #[must_use]
    pub fn flatten(&self) -> Vec<FlatMatch> {
        let root = FlatMatch { captures: BTreeMap::new(), at: None, when: None };
        let mut flat = Vec::new();
        self.flatten_into(&root, &mut flat);
        flat
    }

    fn flatten_into(&self, around: &FlatMatch, flat: &mut Vec<FlatMatch>) {
        let mut own = around.clone();
        own.captures.extend(self.captures.iter().cloned());
        own.at = self.at.or(around.at);
        own.when = join_conditions(&around.when, &self.when);
        let mut children = self.groups.iter().flatten().peekable();
        if children.peek().is_none() {
            flat.push(own);
            return;
        }
        children.for_each(|child| child.flatten_into(&own, flat));
    }

    /// A match in which one hole caught a value.
    pub(crate) fn of_capture(name: &Arc<str>, value: Value) -> Self {
        Self { captures: vec![(name.clone(), value)], ..Self::default() }
    }

    /// The same match under one more condition, the outer one first.
    pub(crate) fn under(mut self, condition: Option<&Arc<str>>) -> Self {
        if condition.is_some() {
            self.when = join_conditions(&condition.cloned(), &self.when);
        }
        self
    }

    /// Both at once; `None` if a hole caught two different values.
    pub(crate) fn and(&self, other: &Self) -> Option<Self> {
        let mut both = self.clone();
        for (name, value) in &other.captures {
            match both.capture(name) {
                Some(known) if known != value => return None,
                Some(_) => {}
                None => both.captures.push((name.clone(), value.clone())),
            }
        }
        both.groups.extend(other.groups.iter().cloned());
        both.when = join_conditions(&self.when, &other.when);
        Some(both)
    }

    /// Drops children that contradict a capture outside of their group.
    pub(crate) fn drop_contradictions(&mut self) {
        let own = &self.captures;
        for group in &mut self.groups {
            group.retain_mut(|child| child.agrees_with(own));
        }
    }

    fn agrees_with(&mut self, outer: &[(Arc<str>, Value)]) -> bool {
        let agrees = outer.iter().all(|(name, value)| self.capture(name).is_none_or(|own| own == value));
        if agrees {
            self.groups.iter_mut().for_each(|group| group.retain_mut(|child| child.agrees_with(outer)));
        }
        agrees
    }
}

/// Two conditions that hold at once, as one source text.
#[must_use]
pub fn join_conditions(outer: &Condition, inner: &Condition) -> Condition {
    match (outer, inner) {
        (None, one) | (one, None) => one.clone(),
        (Some(outer), Some(inner)) if outer == inner => Some(outer.clone()),
        (Some(outer), Some(inner)) => Some(format!("{} && {}", in_parentheses(outer), in_parentheses(inner)).into()),
    }
}

/// The text as an operand of `&&`.
fn in_parentheses(condition: &str) -> String {
    let binds_weaker = ["||", "??", " ? ", ",", "=>"].iter().any(|operator| condition.contains(operator));
    if binds_weaker { format!("({condition})") } else { condition.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(name: &str, value: &str) -> Match {
        Match::of_capture(&name.into(), Value::string(value))
    }

    #[test]
    fn a_flat_match_holds_what_stands_around_it() {
        let root = Match { groups: vec![vec![leaf("B", "x"), leaf("B", "y")]], ..leaf("A", "1") };
        let flat = root.flatten();
        assert_eq!(flat.len(), 2);
        assert_eq!(flat[1].captures["A"], Value::string("1"));
        assert_eq!(flat[1].captures["B"], Value::string("y"));
    }

    #[test]
    fn an_empty_group_is_a_leaf() {
        let root = Match { groups: vec![vec![]], ..leaf("A", "1") };
        assert_eq!(root.flatten().len(), 1);
    }

    #[test]
    fn conditions_join_with_parentheses_where_needed() {
        let join = |a: &str, b: &str| join_conditions(&Some(a.into()), &Some(b.into())).unwrap().to_string();
        assert_eq!(join("a", "b || c"), "a && (b || c)");
        assert_eq!(join("a", "a"), "a");
    }
}

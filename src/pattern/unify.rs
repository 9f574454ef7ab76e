//! Pattern × event → matches.
//!
//! A value with alternatives is met alternative by alternative, and each match carries
//! the condition. What is unknown meets holes only.

use super::ALTERNATIVES;
use super::capture::Match;
use super::glob;
use super::path::PathPattern;
use super::shape::{Form, Pattern, Shape};
use crate::evaluate::{EventKind, Object, Value};
use std::sync::Arc;

impl Pattern {
    /// Every way in which the pattern matches the event; alternatives of values come with their condition.
    #[must_use]
    pub fn unify(&self, event: &EventKind) -> Vec<Match> {
        let mut found = match (&self.form, event) {
            (
                Form::Call { callee, arguments, rest, is_new },
                EventKind::Call { callee: path, arguments: values, is_new: new },
            ) if is_new == new => unify_path(callee, path, || unify_arguments(arguments, rest.as_deref(), values)),
            (Form::Assign { target, value }, EventKind::Assign { target: path, value: stored }) => {
                unify_path(target, path, || unify(value, stored))
            }
            (Form::Object(shape), EventKind::AdUnit { value }) => unify(shape, value),
            _ => Vec::new(),
        };
        if self.has_repeats {
            found.iter_mut().for_each(Match::drop_contradictions);
        }
        found
    }
}

fn unify_path(pattern: &PathPattern, path: &str, rest: impl FnOnce() -> Vec<Match>) -> Vec<Match> {
    pattern.unify(path).map(|at_path| both(vec![at_path], &rest())).unwrap_or_default()
}

fn unify_arguments(shapes: &[Shape], rest: Option<&Shape>, values: &[Value]) -> Vec<Match> {
    let mut found = vec![Match::default()];
    for (index, shape) in shapes.iter().enumerate() {
        found = both(found, &unify(shape, values.get(index).unwrap_or(&Value::Undefined)));
        if found.is_empty() {
            return found;
        }
    }
    match rest {
        Some(shape) => both(found, &unify_elements(shape, values.get(shapes.len()..).unwrap_or_default())),
        None => found,
    }
}

/// Every way in which the value looks like the shape.
pub(crate) fn unify(shape: &Shape, value: &Value) -> Vec<Match> {
    match (shape, value) {
        (Shape::Each(inner), _) => unify_each(inner, value),
        // `[...P] || $_`: the lists among the alternatives make one group, as without the second arm.
        (Shape::Either(shapes), Value::Any(_)) if is_list_or_anything(shapes) => {
            shapes.iter().map(|one| unify(one, value)).find(|found| !found.is_empty()).unwrap_or_default()
        }
        (Shape::Optional(inner), Value::Any(_)) if matches!(&**inner, Shape::Either(arms) if is_list_or_anything(arms)) => {
            unify(inner, value)
        }
        (_, Value::Any(_)) if shape.is_structural() => value
            .alternatives()
            .flat_map(|(when, one)| unify(shape, one).into_iter().map(move |found| found.under(when)))
            .take(ALTERNATIVES)
            .collect(),
        (Shape::Optional(_), Value::Undefined | Value::Null) => vec![Match::default()],
        (Shape::Optional(inner), _) => unify(inner, value),
        (Shape::Either(shapes), _) => {
            shapes.iter().map(|one| unify(one, value)).find(|found| !found.is_empty()).unwrap_or_default()
        }
        (_, Value::Undefined) => {
            if *shape == Shape::Literal(Value::Undefined) {
                vec![Match::default()]
            } else {
                vec![]
            }
        }
        (Shape::Ignore, _) => vec![Match::default()],
        (Shape::Capture(name), _) => vec![capture(name, value)],
        (Shape::Literal(wanted), _) => {
            if wanted == value {
                vec![Match::default()]
            } else {
                vec![]
            }
        }
        (Shape::Template(pieces), _) => glob::unify_text(pieces, value).into_iter().collect(),
        (Shape::Object(members), Value::Object(object)) => unify_object(members, object),
        (Shape::Tuple(shapes), Value::Array(items)) if shapes.len() == items.len() => shapes
            .iter()
            .zip(&items[..])
            .fold(vec![Match::default()], |found, (one, item)| both(found, &unify(one, item))),
        (Shape::Object(_) | Shape::Tuple(_), _) => Vec::new(),
    }
}

fn is_list_or_anything(shapes: &[Shape]) -> bool {
    matches!(shapes, [Shape::Each(_), rest @ ..] if rest.iter().all(|shape| !shape.is_structural()))
}

/// A captured object lends the match its place.
fn capture(name: &Arc<str>, value: &Value) -> Match {
    let mut found = Match::of_capture(name, value.clone());
    if let Value::Object(object) = value {
        found.at = object.at;
        found.identity = object.identity;
    }
    found
}

fn unify_object(members: &[(Arc<str>, Shape)], object: &Object) -> Vec<Match> {
    let mut found = vec![Match::default()];
    for (name, shape) in members {
        found = both(found, &unify(shape, object.get(name).unwrap_or(&Value::Undefined)));
        if found.is_empty() {
            return found;
        }
    }
    for one in &mut found {
        one.at = object.at.or(one.at);
        one.identity = object.identity;
    }
    found
}

/// One group with a child for each element like the shape, of every array that the value may be.
fn unify_each(shape: &Shape, value: &Value) -> Vec<Match> {
    let mut children = Vec::new();
    let (mut is_met, mut is_known) = (false, true);
    for (when, one) in value.alternatives() {
        let Value::Array(items) = one else {
            is_known = false;
            continue;
        };
        for found in unify_elements(shape, items) {
            is_met = true;
            is_known &= !found.groups.is_empty();
            children.extend(found.groups.into_iter().flatten().map(|child| child.under(when)));
        }
    }
    let groups = if children.is_empty() && !is_known { Vec::new() } else { vec![children] };
    if is_met { vec![Match { groups, ..Match::default() }] } else { Vec::new() }
}

/// Elements unlike the shape are skipped, but an array that holds nothing else is no match.
fn unify_elements(shape: &Shape, items: &[Value]) -> Vec<Match> {
    let children: Vec<Match> = items.iter().flat_map(|item| unify(shape, item)).collect();
    if children.is_empty() && items.iter().any(is_concrete) {
        return Vec::new();
    }
    // A group without children says that the list is known to be empty.
    if children.is_empty() && !items.is_empty() {
        return vec![Match::default()];
    }
    vec![Match { groups: vec![children], ..Match::default() }]
}

fn is_concrete(value: &Value) -> bool {
    !matches!(value, Value::Undefined | Value::Null | Value::Bool(false) | Value::Unknown(_))
}

/// Every pair that agrees.
fn both(left: Vec<Match>, right: &[Match]) -> Vec<Match> {
    if let ([one], true) = (right, left.len() == 1)
        && one.captures.is_empty()
        && one.groups.is_empty()
        && one.when.is_none()
    {
        return left;
    }
    left.iter().flat_map(|a| right.iter().filter_map(|b| a.and(b))).take(ALTERNATIVES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Alternative;

    fn text(value: &str) -> Value {
        Value::string(value)
    }

    fn array(items: &[Value]) -> Value {
        Value::Array(items.into())
    }

    fn object(entries: &[(&str, Value)]) -> Value {
        let entries = entries.iter().map(|(key, value)| ((*key).into(), value.clone())).collect();
        Value::Object(Arc::new(Object { entries, ..Object::default() }))
    }

    fn any(all: &[(&str, Value)]) -> Value {
        Value::Any(
            all.iter().map(|(when, value)| Alternative { when: Some((*when).into()), value: value.clone() }).collect(),
        )
    }

    fn call(pattern: &str, callee: &str, arguments: &[Value]) -> Vec<Match> {
        let event = EventKind::Call { callee: callee.into(), arguments: arguments.to_vec(), is_new: false };
        Pattern::parse(pattern).unwrap().unify(&event)
    }

    const UNITS: &str = "$PBJS.addAdUnits([...{ code: $CODE, mediaTypes: $MEDIA ?? null, bids: [...{ bidder: $BIDDER, params: $PARAMS ?? null }] }])";

    #[test]
    fn ad_units_give_a_tree_of_units_and_bids() {
        let bid = |name| object(&[("bidder", text(name)), ("params", object(&[]))]);
        let unit =
            |code, bids: &[Value]| object(&[("code", text(code)), ("bids", array(bids)), ("extra", Value::Null)]);
        let found = call(UNITS, "ads.pb.addAdUnits", &[array(&[unit("a", &[bid("x"), bid("y")]), unit("b", &[])])]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].capture("PBJS"), Some(&text("ads.pb")));
        let units = &found[0].groups[0];
        assert_eq!(units.len(), 2);
        assert_eq!(units[0].groups[0].len(), 2);
        assert_eq!(units[1].groups[0].len(), 0, "an empty array is an empty group");
        assert_eq!(found[0].flatten().len(), 3);
    }

    #[test]
    fn alternatives_of_arrays_and_elements_become_children_with_conditions() {
        let bid = |name| object(&[("bidder", text(name))]);
        let bids = any(&[
            ("wide", array(&[bid("x")])),
            ("!(wide)", array(&[bid("x"), any(&[("p", bid("y")), ("q", bid("z"))])])),
        ]);
        let unit = object(&[("code", text("a")), ("bids", bids)]);
        let found = call(UNITS, "pbjs.addAdUnits", &[array(&[unit])]);
        let children = &found[0].groups[0][0].groups[0];
        let conditions: Vec<&str> = children.iter().map(|child| child.when.as_deref().unwrap()).collect();
        assert_eq!(conditions, ["wide", "!(wide)", "!(wide) && p", "!(wide) && q"]);
    }

    #[test]
    fn unknown_meets_holes_only() {
        let unknown = Value::Unknown("x".into());
        assert_eq!(call("f($X)", "f", std::slice::from_ref(&unknown)).len(), 1);
        assert_eq!(call("f($_)", "f", std::slice::from_ref(&unknown)).len(), 1);
        for pattern in ["f('a')", "f({ a: $X })", "f([...{ a: $X }])", "f(`a${$X}`)"] {
            assert!(call(pattern, "f", std::slice::from_ref(&unknown)).is_empty(), "{pattern}");
        }
    }

    #[test]
    fn absent_is_not_captured_unless_it_may_be_absent() {
        assert!(call("f($X)", "f", &[]).is_empty());
        assert_eq!(call("f($X ?? null)", "f", &[]).len(), 1);
        assert!(call("f({ a: 'x' } ?? null)", "f", &[Value::Bool(true)]).is_empty());
        assert!(call("f({ a: $X })", "f", &[object(&[])]).is_empty());
    }

    #[test]
    fn either_takes_the_first_that_matches_for_each_alternative() {
        let value = any(&[("c", array(&[object(&[("id", text("1"))])])), ("d", object(&[("id", text("2"))]))]);
        let found = call("f([...{ id: $ID }] || { id: $ID })", "f", &[value]);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].groups[0][0].capture("ID"), Some(&text("1")));
        assert_eq!(found[1].capture("ID"), Some(&text("2")));
        assert_eq!(found[1].when.as_deref(), Some("d"));
    }

    #[test]
    fn a_hole_that_stands_twice_wants_equal_values() {
        assert_eq!(call("f($X, $X)", "f", &[text("a"), text("a")]).len(), 1);
        assert!(call("f($X, $X)", "f", &[text("a"), text("b")]).is_empty());
        let found = call(
            "f($X, [...{ a: $X }])",
            "f",
            &[text("1"), array(&[object(&[("a", text("1"))]), object(&[("a", text("2"))])])],
        );
        assert_eq!(found[0].groups[0].len(), 1, "also across a group's border");
    }

    #[test]
    fn tuples_are_exact_and_rest_arguments_are_each() {
        assert!(call("f([$A, $B])", "f", &[array(&[text("1")])]).is_empty());
        assert_eq!(call("f([$A, $B])", "f", &[array(&[text("1"), text("2")])]).len(), 1);
        let found = call(
            "f($A, ...{ id: $ID })",
            "f",
            &[text("1"), object(&[("id", text("2"))]), object(&[("id", text("3"))])],
        );
        assert_eq!(found[0].groups[0].len(), 2);
    }

    #[test]
    fn a_hostile_number_of_alternatives_is_cut() {
        let choices: Vec<(String, Value)> = (0..40).map(|n| (format!("c{n}"), object(&[("k", text("v"))]))).collect();
        let choices: Vec<(&str, Value)> = choices.iter().map(|(when, value)| (when.as_str(), value.clone())).collect();
        let value = any(&choices);
        let found = call(
            "f({ k: $A }, { k: $A }, { k: $A }, { k: $A })",
            "f",
            &[value.clone(), value.clone(), value.clone(), value],
        );
        assert!(found.len() <= ALTERNATIVES);
    }

    #[test]
    fn assignments_and_objects_meet_their_events() {
        let pattern = Pattern::parse("$P.adUnits = [...{ code: $CODE }]").unwrap();
        let value = array(&[object(&[("code", text("a"))])]);
        assert_eq!(pattern.unify(&EventKind::Assign { target: "pbjs.adUnits".into(), value: value.clone() }).len(), 1);
        assert!(pattern.unify(&EventKind::Assign { target: "adUnits".into(), value }).is_empty());
        let pattern = Pattern::parse("({ code: $CODE })").unwrap();
        assert_eq!(pattern.unify(&EventKind::AdUnit { value: object(&[("code", text("a"))]) }).len(), 1);
    }

    #[test]
    fn new_is_part_of_the_pattern() {
        let event = EventKind::Call { callee: "A.B".into(), arguments: vec![text("1")], is_new: true };
        assert_eq!(Pattern::parse("new A.B($X)").unwrap().unify(&event).len(), 1);
        assert!(Pattern::parse("A.B($X)").unwrap().unify(&event).is_empty());
    }
}

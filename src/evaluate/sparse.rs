//! Lists of which some elements are there under a condition only, as a filter leaves them that nobody can decide.
//!
//! Loops over such a list go by its places, and meet each element under its condition. Who asks for its first element, or its
//! last, asks for the first that is there: that is one of several.

use super::abstract_value::{Abstract, ObjectId};
use super::machine::Machine;

/// Elements of a list that are looked at.
const LOOKED_AT: usize = 24;
/// The farthest element, from either end, that is asked for.
const FARTHEST: usize = 8;

impl Machine<'_> {
    /// Element number `at` of those that are there, counted from the end with `from_end`. `None` where the list's own
    /// places tell it.
    pub(super) fn element_there(&mut self, list: ObjectId, at: usize, from_end: bool) -> Option<Abstract> {
        let object = self.objects.share(list.0);
        let elements = &object.elements;
        if !object.is_array() || elements.len() > LOOKED_AT || at > FARTHEST {
            return None;
        }
        if !elements.iter().any(|element| matches!(element, Abstract::Any(_))) {
            return None;
        }
        let parts: Vec<_> = elements.iter().map(|element| self.split_absent(element)).collect();
        if parts.iter().all(Option::is_none) {
            return None;
        }
        // What the elements behind a place give, by how many are still to be passed over.
        let mut behind = vec![Abstract::Undefined; at + 1];
        let mut places: Vec<_> = elements.iter().zip(parts).collect();
        if from_end {
            places.reverse();
        }
        for (element, part) in places.into_iter().rev() {
            for left in (0..=at).rev() {
                let (when, present) = match &part {
                    Some((when, present)) => (Some(*when), present),
                    None => (None, element),
                };
                let here = if left == 0 { present.clone() } else { behind[left - 1].clone() };
                behind[left] = match when {
                    Some(when) => {
                        let absent = behind[left].clone();
                        self.join(when, &here, &absent)
                    }
                    None => here,
                };
            }
        }
        behind.pop()
    }
}

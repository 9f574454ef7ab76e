//! Methods of arrays. Callbacks really run; what they decide about an element may be a condition.

use crate::evaluate::abstract_value::{Abstract, ObjectId};
use crate::evaluate::condition::ConditionId;
use crate::evaluate::heap::{Kind, Object};
use crate::evaluate::machine::Machine;
use crate::evaluate::operator::{is_truthy, number_text};
use crate::evaluate::property::ARRAY_LENGTH;
use swc_common::Span;

pub(super) const METHODS: &[&str] = &[
    "@@iterator",
    "at",
    "concat",
    "entries",
    "every",
    "fill",
    "filter",
    "find",
    "findIndex",
    "findLast",
    "findLastIndex",
    "flat",
    "flatMap",
    "forEach",
    "includes",
    "indexOf",
    "join",
    "keys",
    "lastIndexOf",
    "map",
    "pop",
    "push",
    "reduce",
    "reduceRight",
    "reverse",
    "shift",
    "slice",
    "some",
    "sort",
    "splice",
    "toReversed",
    "toSorted",
    "toSpliced",
    "toString",
    "unshift",
    "values",
    "with",
];

/// Elements of which one may be the first that fits.
const MATCHES: usize = 12;

/// Does the method change the list that it is a method of?
pub(super) fn changes(method: &str) -> bool {
    matches!(method, "push" | "unshift" | "pop" | "shift" | "splice" | "reverse" | "sort" | "fill")
}

impl<'a> Machine<'a> {
    pub(super) fn array_method(
        &mut self,
        id: ObjectId,
        key: &str,
        arguments: &[Abstract],
        span: Span,
    ) -> Option<Abstract> {
        if self.objects.get(id.0).elements.len() + arguments.len() > ARRAY_LENGTH {
            return None;
        }
        match key {
            _ if changes(key) => self.changing_method(id, key, arguments, span),
            "forEach" | "map" | "filter" | "find" | "findIndex" | "findLast" | "findLastIndex" | "some" | "every"
            | "flatMap" => self.callback_method(id, key, arguments, span),
            "toReversed" | "toSorted" | "toSpliced" => {
                let copy = self.object(id).elements.clone();
                let copy = self.new_array(copy, span);
                let change = match key {
                    "toReversed" => "reverse",
                    "toSorted" => "sort",
                    _ => "splice",
                };
                self.changing_method(copy.as_object()?, change, arguments, span)?;
                Some(copy)
            }
            "reduce" | "reduceRight" => self.reduce(id, key == "reduceRight", arguments, span),
            _ => self.plain_method(id, key, arguments, span),
        }
    }

    fn changing_method(&mut self, id: ObjectId, key: &str, arguments: &[Abstract], span: Span) -> Option<Abstract> {
        self.memory += arguments.len() * 24;
        match key {
            "push" => {
                self.object_mut(id).elements.extend(arguments.iter().cloned());
                Some(self.length(id))
            }
            "unshift" => {
                self.object_mut(id).elements.splice(0..0, arguments.iter().cloned());
                Some(self.length(id))
            }
            "pop" => {
                let last = self.element_there(id, 0, true);
                let popped = self.object_mut(id).elements.pop().unwrap_or(Abstract::Undefined);
                Some(last.unwrap_or(popped))
            }
            "shift" => {
                let elements = &mut self.object_mut(id).elements;
                Some(if elements.is_empty() { Abstract::Undefined } else { elements.remove(0) })
            }
            "reverse" => {
                self.object_mut(id).elements.reverse();
                Some(Abstract::Object(id))
            }
            "fill" => {
                let value = arguments.first().cloned().unwrap_or(Abstract::Undefined);
                let length = self.object(id).elements.len();
                let start = self.index(arguments.get(1), 0, length)?;
                let end = self.index(arguments.get(2), length, length)?.max(start);
                self.object_mut(id).elements[start..end].fill(value);
                Some(Abstract::Object(id))
            }
            "splice" => self.splice(id, arguments),
            _ => {
                self.sort(id, arguments.first(), span);
                Some(Abstract::Object(id))
            }
        }
    }

    fn length(&self, id: ObjectId) -> Abstract {
        Abstract::Number(self.object(id).elements.len() as f64)
    }

    fn splice(&mut self, id: ObjectId, arguments: &[Abstract]) -> Option<Abstract> {
        let length = self.object(id).elements.len();
        let start = self.index(arguments.first(), 0, length)?;
        let count = match arguments.get(1) {
            Some(count) => whole(self.to_number(count)?).min(length - start),
            None => length - start,
        };
        let added = arguments.get(2..).unwrap_or_default().iter().cloned();
        let removed = self.object_mut(id).elements.splice(start..start + count, added).collect();
        Some(self.add_array(removed))
    }

    /// A relative index, as `slice` takes it.
    fn index(&self, value: Option<&Abstract>, missing: usize, length: usize) -> Option<usize> {
        let Some(value) = value.filter(|value| !matches!(value, Abstract::Undefined)) else { return Some(missing) };
        let number = self.to_number(value)?;
        Some(relative(number, length))
    }

    /// Sorts by comparing texts, or with the page's own function where that always knows.
    fn sort(&mut self, id: ObjectId, compare: Option<&Abstract>, span: Span) {
        let elements = self.object(id).elements.clone();
        let sorted = match compare {
            Some(compare) if !compare.is_nullish() => self.sorted_by(elements, compare, span),
            _ => {
                let keys: Option<Vec<_>> = elements.iter().map(|element| self.to_text_shallow(element)).collect();
                keys.map(|keys| {
                    let mut pairs: Vec<_> = keys.into_iter().zip(elements).collect();
                    pairs.sort_by(|(a, _), (b, _)| a.as_str().cmp(b.as_str()));
                    pairs.into_iter().map(|(_, element)| element).collect()
                })
            }
        };
        if let Some(sorted) = sorted {
            self.object_mut(id).elements = sorted;
        }
    }

    /// Insertion by binary search: a comparison that contradicts itself still ends.
    fn sorted_by(&mut self, elements: Vec<Abstract>, compare: &Abstract, span: Span) -> Option<Vec<Abstract>> {
        let mut sorted: Vec<Abstract> = Vec::with_capacity(elements.len());
        for element in elements {
            let (mut low, mut high) = (0, sorted.len());
            while low < high {
                let middle = usize::midpoint(low, high);
                let order =
                    self.call_value(compare, &Abstract::Undefined, vec![sorted[middle].clone(), element.clone()], span);
                if self.to_number(&order)? <= 0.0 { low = middle + 1 } else { high = middle }
            }
            sorted.insert(low, element);
        }
        Some(sorted)
    }

    fn callback_method(&mut self, id: ObjectId, key: &str, arguments: &[Abstract], span: Span) -> Option<Abstract> {
        let callback = arguments.first().cloned().unwrap_or(Abstract::Undefined);
        let this = arguments.get(1).cloned().unwrap_or(Abstract::Undefined);
        let object = self.objects.share(id.0);
        let elements = &object.elements[..];
        if elements.is_empty()
            && object.is_open
            && let Some(path) = object.path.as_ref().filter(|path| !path.starts_with('$'))
        {
            // `(window.slots || []).forEach(…)`: whoever made the list filled it.
            let list = self.unknown_path(path.clone(), span);
            return Some(self.call_of_unknown(&list, key, arguments, span));
        }
        let mut kept = Vec::new();
        let mut matches: Vec<(ConditionId, Abstract)> = Vec::new();
        let count = elements.len();
        for at in 0..count {
            let at = if key.starts_with("findLast") { count - 1 - at } else { at };
            if self.cut {
                break;
            }
            let element = elements[at].clone();
            if matches!(element, Abstract::Absent) {
                continue;
            }
            let (presence, present) = match self.split_absent(&element) {
                Some((when, present)) => (Some(when), present),
                None => (None, element.clone()),
            };
            let arguments = vec![present.clone(), Abstract::Number(at as f64), Abstract::Object(id)];
            let result = match presence {
                Some(when) => {
                    self.either(when, |m| m.call_value(&callback, &this, arguments, span), |_| Abstract::Absent)
                }
                None => self.call_value(&callback, &this, arguments, span),
            };
            match key {
                "map" => kept.push(result),
                "flatMap" => self.flatten_into(&mut kept, result, 1),
                "filter" => self.keep_if(&mut kept, element, &result, at),
                "find" | "findLast" | "findIndex" | "findLastIndex" | "some" | "every" => {
                    let wanted = key != "every";
                    let found = match key {
                        "find" | "findLast" => present,
                        "findIndex" | "findLastIndex" => Abstract::Number(at as f64),
                        _ => Abstract::Bool(wanted),
                    };
                    match is_truthy(&result) {
                        Some(truth) if truth == wanted => {
                            matches.reverse();
                            return Some(self.first_case(found, matches));
                        }
                        Some(_) => {}
                        None if matches.len() < MATCHES => {
                            matches.push((self.result_condition(&result, at), found));
                        }
                        None => return None,
                    }
                }
                _ => {}
            }
        }
        let nothing = match key {
            "map" | "flatMap" | "filter" => return Some(self.new_array(kept, span)),
            "findIndex" | "findLastIndex" => Abstract::Number(-1.0),
            "some" => Abstract::Bool(false),
            "every" => Abstract::Bool(true),
            _ => Abstract::Undefined,
        };
        matches.reverse();
        Some(self.first_case(nothing, matches))
    }

    pub(in crate::evaluate) fn new_array(&mut self, elements: Vec<Abstract>, span: Span) -> Abstract {
        let at = Some((self.source, span));
        Abstract::Object(self.add_object(Object { elements, at, ..Object::new(Kind::Array) }))
    }

    /// Keeps an element of which a filter says yes, no, or "it depends".
    fn keep_if(&mut self, kept: &mut Vec<Abstract>, element: Abstract, result: &Abstract, at: usize) {
        match is_truthy(result) {
            Some(true) => kept.push(element),
            Some(false) => {}
            None => {
                let when = self.result_condition(result, at);
                let element = self.join(when, &element, &Abstract::Absent);
                kept.push(element);
            }
        }
    }

    /// The condition under which what a function said of element number `at` is true.
    fn result_condition(&mut self, result: &Abstract, at: usize) -> ConditionId {
        match result {
            Abstract::Any(choices) => {
                self.condition_of_choices(&choices.clone(), |_, one| is_truthy(one)).unwrap_or(ConditionId::MAYBE)
            }
            Abstract::Unknown(origin) => {
                let text = self.origin_text(origin);
                if text.is_empty() {
                    ConditionId::MAYBE
                } else if origin.path.is_some() {
                    self.conditions.source(text.as_ref().into(), self.call)
                } else {
                    // The same text asks of each element something else.
                    self.conditions.source(format!("{text} /* [{at}] */").into(), self.call)
                }
            }
            _ => ConditionId::MAYBE,
        }
    }

    fn reduce(&mut self, id: ObjectId, is_right: bool, arguments: &[Abstract], span: Span) -> Option<Abstract> {
        let callback = arguments.first()?.clone();
        let object = self.objects.share(id.0);
        let mut rest: Vec<(usize, &Abstract)> = object.elements.iter().enumerate().collect();
        if is_right {
            rest.reverse();
        }
        let mut rest = rest.into_iter();
        let mut total = match arguments.get(1) {
            Some(first) => first.clone(),
            None => rest.next()?.1.clone(),
        };
        for (at, element) in rest {
            if self.cut {
                break;
            }
            let arguments = vec![total.clone(), element.clone(), Abstract::Number(at as f64), Abstract::Object(id)];
            total = self.call_value(&callback, &Abstract::Undefined, arguments, span);
        }
        Some(total)
    }

    fn plain_method(&mut self, id: ObjectId, key: &str, arguments: &[Abstract], span: Span) -> Option<Abstract> {
        let object = self.objects.share(id.0);
        let elements = &object.elements[..];
        match key {
            "concat" => {
                let mut all = elements.to_vec();
                self.concat_all(&mut all, arguments);
                Some(self.new_array(all, span))
            }
            "slice" => {
                let start = self.index(arguments.first(), 0, elements.len())?;
                let end = self.index(arguments.get(1), elements.len(), elements.len())?;
                Some(self.new_array(elements.get(start..end).unwrap_or_default().to_vec(), span))
            }
            "join" | "toString" => self.join_text(elements, arguments.first(), span),
            "indexOf" | "lastIndexOf" | "includes" => self.find_element(elements, key, arguments.first()?),
            "at" => {
                let at = self.to_number(arguments.first()?)?;
                if let Some(there) = self.element_there(id, whole(if at < 0.0 { -1.0 - at } else { at }), at < 0.0) {
                    return Some(there);
                }
                let at = if at < 0.0 { at + elements.len() as f64 } else { at };
                Some(elements.get(whole(at)).cloned().unwrap_or(Abstract::Undefined))
            }
            "with" => {
                let mut all = elements.to_vec();
                let at = relative(self.to_number(arguments.first()?)?, all.len());
                *all.get_mut(at)? = arguments.get(1).cloned().unwrap_or(Abstract::Undefined);
                Some(self.new_array(all, span))
            }
            "flat" => {
                let depth = arguments.first().and_then(|depth| self.to_number(depth)).unwrap_or(1.0);
                let mut all = Vec::new();
                for element in elements {
                    self.flatten_into(&mut all, element.clone(), whole(depth).min(8));
                }
                Some(self.new_array(all, span))
            }
            "keys" => {
                let keys = (0..elements.len()).map(|at| Abstract::Number(at as f64)).collect();
                Some(self.new_iterator(keys, Abstract::Undefined))
            }
            "values" | "@@iterator" => Some(self.new_iterator(elements.to_vec(), Abstract::Undefined)),
            "entries" => {
                let pairs = elements.iter().cloned().enumerate();
                let pairs: Vec<_> =
                    pairs.map(|(at, element)| self.add_array(vec![Abstract::Number(at as f64), element])).collect();
                Some(self.new_iterator(pairs, Abstract::Undefined))
            }
            _ => None,
        }
    }

    /// Adds values; of lists, their elements. A list that is one of several adds each under its condition.
    pub(in crate::evaluate) fn concat_all(&mut self, all: &mut Vec<Abstract>, values: &[Abstract]) {
        for value in values {
            match value {
                Abstract::Any(choices) => {
                    for choice in choices.clone().iter() {
                        let added = match self.array(&choice.value) {
                            Some(elements) => elements.to_vec(),
                            None if choice.value.is_nullish() => Vec::new(),
                            None => vec![choice.value.clone()],
                        };
                        for element in added {
                            let element = self.join(choice.when, &element, &Abstract::Absent);
                            all.push(element);
                        }
                    }
                }
                value => match self.array(value) {
                    Some(elements) => all.extend(elements.to_vec()),
                    None => all.push(value.clone()),
                },
            }
        }
        all.truncate(ARRAY_LENGTH);
    }

    pub(super) fn flatten_into(&mut self, all: &mut Vec<Abstract>, value: Abstract, depth: usize) {
        match self.array(&value).map(<[Abstract]>::to_vec) {
            Some(elements) if depth > 0 => {
                for element in elements {
                    self.flatten_into(all, element, depth - 1);
                }
            }
            _ => all.push(value),
        }
    }

    fn join_text(&mut self, elements: &[Abstract], separator: Option<&Abstract>, span: Span) -> Option<Abstract> {
        let separator = match separator {
            Some(value) if !matches!(value, Abstract::Undefined) => self.text_of(value)?,
            _ => swc_atoms::atom!(","),
        };
        let mut text = Abstract::text("");
        // What is known is put together first: a part at a time, a long list would be copied for each of its elements.
        let mut known = String::new();
        for (at, element) in elements.iter().enumerate() {
            if at > 0 {
                known.push_str(&separator);
            }
            match element {
                element if element.is_nullish() => {}
                Abstract::String(part) => known.push_str(part),
                Abstract::Number(number) => known.push_str(&number_text(*number)),
                element => {
                    text = self.concat(&text, &Abstract::text(&std::mem::take(&mut known)), span);
                    text = self.concat(&text, element, span);
                }
            }
            if known.len() > self.limits.string_bytes {
                return None;
            }
        }
        Some(self.concat(&text, &Abstract::text(&known), span))
    }

    fn find_element(&mut self, elements: &[Abstract], key: &str, wanted: &Abstract) -> Option<Abstract> {
        let mut is_sure = wanted.is_known();
        let mut found = None;
        for (at, element) in elements.iter().enumerate() {
            match self.is_strictly_equal(element, wanted) {
                Some(true) => {
                    found = Some(at);
                    if key != "lastIndexOf" {
                        break;
                    }
                }
                Some(false) => {}
                None => is_sure = false,
            }
        }
        if !(is_sure || found.is_some() && key == "includes") {
            // Of several values, each is looked for on its own.
            let Abstract::Any(_) = wanted else { return None };
            let elements = elements.to_vec();
            return Some(self.map(wanted, |m, one| {
                let found = if one.is_known() { m.find_element(&elements, key, one) } else { None };
                found.unwrap_or_else(|| m.unknown(swc_common::DUMMY_SP))
            }));
        }
        Some(match key {
            "includes" => Abstract::Bool(found.is_some()),
            _ => Abstract::Number(found.map_or(-1.0, |at| at as f64)),
        })
    }

    pub(super) fn array_function(&mut self, name: &str, arguments: &[Abstract], span: Span) -> Option<Abstract> {
        match name {
            "Array.isArray" => match arguments.first()? {
                Abstract::Object(id) => Some(Abstract::Bool(self.object(*id).is_array())),
                Abstract::Unknown(_) | Abstract::Any(_) => None,
                _ => Some(Abstract::Bool(false)),
            },
            "Array.of" => Some(self.new_array(arguments.to_vec(), span)),
            "Array.from" => {
                let list = self.list_of(arguments.first()?)?;
                let Abstract::Object(id) = self.new_array(list, span) else { return None };
                match arguments.get(1) {
                    Some(change) => self.array_method(id, "map", std::slice::from_ref(change), span),
                    None => Some(Abstract::Object(id)),
                }
            }
            "Array" => match arguments {
                [Abstract::Number(length)] if *length >= 0.0 && *length <= ARRAY_LENGTH as f64 => {
                    Some(self.new_array(vec![Abstract::Absent; whole(*length)], span))
                }
                _ => Some(self.new_array(arguments.to_vec(), span)),
            },
            _ => None,
        }
    }
}

/// A number as a count.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturating is what is wanted")]
pub(in crate::evaluate) fn whole(number: f64) -> usize {
    if number.is_nan() { 0 } else { number.trunc() as usize }
}

/// A position that may count from the end.
pub(super) fn relative(number: f64, length: usize) -> usize {
    if number < 0.0 { length.saturating_sub(whole(-number)) } else { whole(number).min(length) }
}

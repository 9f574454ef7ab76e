//! Values as they leave the evaluation: a tree without references.

use super::abstract_value::{Abstract, Choice, ObjectId, Origin, Piece};
use super::builtin::SYMBOL;
use super::condition::ConditionId;
use super::heap::{Kind, Property};
use super::machine::Machine;
use super::value::{Alternative, Object, QUOTED_CHARACTERS, Value};
use std::sync::Arc;

/// Levels of objects that are exported; ad config is shallow.
const DEPTH: u32 = 24;

/// Nodes of one exported value, and of an early view of one; more become unknown.
const NODES: usize = 20_000;
const EARLY_NODES: usize = 3_000;

/// Bytes of a string that count as a node, and nodes that cost a step: large values told at every turn are work.
const NODE_BYTES: usize = 256;
const NODES_A_STEP: usize = 16;

/// Nodes of all early views of a page: these only serve to tell what changes later.
const ALL_EARLY_NODES: usize = 60_000;

/// Lists whose elements depend on up to this many conditions are told as whole alternatives.
const LIST_CONDITIONS: usize = 3;

/// The first `limit` characters, white space folded.
pub(super) fn cut(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit * 2));
    let mut characters = 0;
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
            characters += 1;
        }
        for character in word.chars() {
            if characters >= limit {
                return out;
            }
            out.push(character);
            characters += 1;
        }
    }
    out
}

/// Where an export stands.
struct Export {
    nodes: usize,
    /// Objects around, to end cycles.
    around: Vec<ObjectId>,
    /// Was something left out for its depth or number?
    is_cut: bool,
}

impl Machine<'_> {
    /// The value as a tree.
    pub(super) fn export(&mut self, value: &Abstract) -> Value {
        let mut export = Export { nodes: NODES, around: Vec::new(), is_cut: false };
        let exported = self.export_value(value, &mut export);
        self.charge((NODES - export.nodes) / NODES_A_STEP);
        exported
    }

    /// The values as they are now, if they are small enough to be told twice.
    pub(super) fn export_early(&mut self, values: &[Abstract]) -> Option<Vec<Value>> {
        let may_change = values.iter().any(|value| matches!(value, Abstract::Object(_) | Abstract::Any(_)));
        if !may_change || self.early_nodes >= ALL_EARLY_NODES {
            return None;
        }
        let mut export = Export { nodes: EARLY_NODES, around: Vec::new(), is_cut: false };
        let exported = values.iter().map(|value| self.export_value(value, &mut export)).collect();
        self.early_nodes += EARLY_NODES - export.nodes;
        (export.nodes > 0).then_some(exported)
    }

    fn export_value(&mut self, value: &Abstract, export: &mut Export) -> Value {
        if export.nodes == 0 {
            export.is_cut = true;
            return Value::Unknown("…".into());
        }
        export.nodes -= 1;
        match value {
            Abstract::Absent | Abstract::Undefined => Value::Undefined,
            Abstract::Null => Value::Null,
            Abstract::Bool(value) => Value::Bool(*value),
            Abstract::Number(value) => Value::Number(*value),
            Abstract::String(text) => {
                export.nodes = export.nodes.saturating_sub(text.len() / NODE_BYTES);
                self.memory += text.len();
                Value::string(text)
            }
            Abstract::Text(pieces) => Value::Text(pieces.iter().map(|piece| self.export_piece(piece)).collect()),
            Abstract::Unknown(origin) => Value::Unknown(self.origin_text(origin)),
            Abstract::Any(choices) => self.export_choices(choices, export),
            Abstract::Object(id) => self.export_object(*id, export),
        }
    }

    fn export_piece(&mut self, piece: &Piece) -> Value {
        match piece {
            Piece::Known(text) => Value::string(text),
            Piece::Unknown(origin) => Value::Unknown(self.origin_text(origin)),
        }
    }

    /// The source text of an unknown value, or its path where it was not written down.
    pub(super) fn origin_text(&mut self, origin: &Origin) -> Arc<str> {
        let key = (origin.source, origin.span);
        if let Some(known) = self.origin_texts.get(&key) {
            return Arc::clone(known);
        }
        match (&origin.path, self.source_text(origin.source, origin.span)) {
            (Some(path), "") => path.as_str().into(),
            (_, text) => {
                let text: Arc<str> = cut(text, QUOTED_CHARACTERS).into();
                self.origin_texts.insert(key, Arc::clone(&text));
                text
            }
        }
    }

    fn export_choices(&mut self, choices: &[Choice], export: &mut Export) -> Value {
        let mut all: Vec<Alternative> = Vec::with_capacity(choices.len());
        for choice in choices {
            if matches!(choice.value, Abstract::Absent) {
                continue;
            }
            let value = self.export_value(&choice.value, export);
            let when = self.conditions.render(choice.when, QUOTED_CHARACTERS);
            match value {
                // A list that is itself one of several.
                Value::Any(inner) => all.extend(inner.iter().cloned()),
                value if all.iter().any(|other| other.value == value) => {}
                value => all.push(Alternative { when, value }),
            }
        }
        match all.len() {
            0 => Value::Undefined,
            1 if choices.len() == 1 => all.remove(0).value,
            1 if !choices.iter().any(|choice| matches!(choice.value, Abstract::Absent)) => all.remove(0).value,
            _ => Value::Any(all.into()),
        }
    }

    fn export_object(&mut self, id: ObjectId, export: &mut Export) -> Value {
        if let Some(known) = self.exported.as_ref().and_then(|exported| exported.get(&id)) {
            return known.clone();
        }
        if export.around.contains(&id) || export.around.len() as u32 >= DEPTH {
            export.is_cut = true;
            return Value::Unknown("…".into());
        }
        self.make_ready(id);
        let object = self.objects.share(id.0);
        let is_cut = std::mem::take(&mut export.is_cut);
        export.around.push(id);
        let value = match &object.kind {
            Kind::Array => self.export_list(&object.elements, export),
            Kind::Function(_) | Kind::Native(_) | Kind::Bound { .. } | Kind::Settle(_) => Value::Function,
            Kind::Regex { pattern, flags } => Value::Regex(format!("/{pattern}/{flags}").into()),
            Kind::Promise(Some(value)) => self.export_value(value, export),
            Kind::Promise(None) | Kind::Date | Kind::Later => Value::Unknown(self.place_text(object.at)),
            Kind::Plain | Kind::Element(_) | Kind::Collection { .. } | Kind::Iterator { .. } => {
                self.export_members(id, export)
            }
        };
        export.around.pop();
        // Nothing changes any more: a view that is whole serves wherever the object is held.
        if !export.is_cut
            && let Some(exported) = &mut self.exported
        {
            exported.insert(id, value.clone());
        }
        export.is_cut |= is_cut;
        value
    }

    fn place_text(&self, at: Option<(u32, swc_common::Span)>) -> Arc<str> {
        at.map_or("", |(source, span)| self.source_text(source, span))
            .chars()
            .take(QUOTED_CHARACTERS)
            .collect::<String>()
            .into()
    }

    fn export_members(&mut self, id: ObjectId, export: &mut Export) -> Value {
        let object = self.objects.share(id.0);
        let mut entries = Vec::with_capacity(object.properties.len());
        for (name, property) in object.properties.iter().filter(|(name, _)| !name.starts_with(SYMBOL)) {
            let value = match property {
                Property::Value(value) => self.export_value(value, export),
                Property::Accessor { get: Some(get), .. } => {
                    let value = self.call_getter(*get, &Abstract::Object(id));
                    self.export_value(&value, export)
                }
                Property::Accessor { get: None, .. } => Value::Undefined,
            };
            entries.push((name.as_str().into(), value));
        }
        let at = object.at.map(|(source, span)| self.place_in(source, span));
        Value::Object(Arc::new(Object { entries, at, identity: id.0 }))
    }

    /// A list; where some elements are there under a condition only, the lists that are possible.
    fn export_list(&mut self, elements: &[Abstract], export: &mut Export) -> Value {
        let mut conditions: Vec<ConditionId> = Vec::new();
        for element in elements {
            let when = self.presence(element);
            if let Some(when) = when
                && !conditions.contains(&when)
                && !conditions.iter().any(|&other| self.conditions.not(other) == when)
            {
                conditions.push(when);
            }
        }
        if conditions.is_empty() || conditions.len() > LIST_CONDITIONS {
            let present = elements.iter().map(|element| self.export_value(element, export));
            return Value::Array(present.collect());
        }
        let mut all: Vec<Alternative> = Vec::new();
        for case in 0..1_u32 << conditions.len() {
            let Some((when, facts)) = self.case(&conditions, case) else { continue };
            let here: Vec<Abstract> = elements.iter().filter_map(|element| self.present(element, &facts)).collect();
            let value = Value::Array(here.iter().map(|element| self.export_value(element, export)).collect());
            if !all.iter().any(|other| other.value == value) {
                let when = self.conditions.render(when, QUOTED_CHARACTERS);
                all.push(Alternative { when, value });
            }
        }
        if all.len() == 1 { all.remove(0).value } else { Value::Any(all.into()) }
    }

    /// The condition under which an element is there; `None` if it always is.
    fn presence(&mut self, element: &Abstract) -> Option<ConditionId> {
        let Abstract::Any(choices) = element else { return None };
        let absent = choices.iter().find(|choice| matches!(choice.value, Abstract::Absent))?;
        Some(self.conditions.not(absent.when))
    }

    /// One of the combinations of conditions: bit 0 set means that the first does not hold.
    fn case(&mut self, conditions: &[ConditionId], bits: u32) -> Option<(ConditionId, Vec<ConditionId>)> {
        let (mut when, mut facts) = (ConditionId::ALWAYS, Vec::new());
        for (at, &condition) in conditions.iter().enumerate() {
            let literal = if bits >> at & 1 == 0 { condition } else { self.conditions.not(condition) };
            when = self.conditions.and(when, literal)?;
            facts.push(literal);
        }
        Some((when, facts))
    }

    fn present(&mut self, element: &Abstract, facts: &[ConditionId]) -> Option<Abstract> {
        let Abstract::Any(choices) = element else { return Some(element.clone()) };
        let left: Vec<Choice> =
            choices.iter().filter(|choice| !self.conditions.is_excluded(choice.when, facts)).cloned().collect();
        let is_absent = !left.is_empty() && left.iter().all(|choice| matches!(choice.value, Abstract::Absent));
        let there = || left.iter().filter(|choice| !matches!(choice.value, Abstract::Absent)).cloned().collect();
        (!is_absent).then(|| self.any(there()))
    }
}

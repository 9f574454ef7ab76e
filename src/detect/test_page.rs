//! A stand-in for the stages before detection, enough for literal code: calls and assignments with literal
//! arguments, queues run at once, single start tags.

use super::{Detected, Detector, Observed};
use crate::base::{Evidence, Limits, Place, Span};
use crate::evaluate::{Event, EventKind, Object, Value};
use crate::page::{Attribute, Element, Request, RequestKind, Style};
use crate::rule::{ExampleKind, Found, Runner};
use crate::script::{Goal, parse};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use swc_common::Spanned;
use swc_ecma_ast::{
    AssignExpr, AssignTarget, CallExpr, Callee, Expr, Lit, MemberExpr, MemberProp, NewExpr, ObjectLit, Prop, PropName,
    PropOrSpread, SimpleAssignTarget, UnaryOp, VarDeclarator,
};
use swc_ecma_visit::{Visit, VisitWith};

/// The events of a literal script.
pub(crate) fn events(script: &str) -> Vec<Event> {
    let mut reader = Reader { events: Vec::new(), variables: HashMap::new(), objects: 0 };
    parse(script, Goal::Script, &Limits::default()).statements.visit_with(&mut reader);
    reader.events
}

/// Runs literal code through a detector.
pub(crate) fn detect(detector: &Detector, kind: ExampleKind, text: &str) -> Detected {
    let events = if kind == ExampleKind::Script { events(text) } else { Vec::new() };
    let elements = if kind == ExampleKind::Html { elements(text) } else { Vec::new() };
    let style = Style { text, span: Span::new(0, text.len()) };
    let styles = if kind == ExampleKind::Style { std::slice::from_ref(&style) } else { &[] };
    let request = Request { url: text.to_owned(), kind: RequestKind::Script, span: Span::new(0, text.len()) };
    let requests = if kind == ExampleKind::Url { std::slice::from_ref(&request) } else { &[] };
    detector.detect(&Observed {
        events: &events,
        elements: &elements,
        styles,
        requests,
        url: Some("https://page.example/"),
    })
}

/// Start tags with quoted attributes.
fn elements(html: &str) -> Vec<Element<'_>> {
    let tags = html.split('<').skip(1).filter(|tag| !tag.starts_with('/'));
    tags.map(|tag| {
        let inside = tag.split('>').next().unwrap();
        let (name, mut rest) = inside.split_once(' ').unwrap_or((inside, ""));
        let mut attributes = Vec::new();
        while let Some((key, after)) = rest.trim_start().split_once("=\"") {
            let (value, after) = after.split_once('"').unwrap();
            attributes.push(Attribute { name: key.trim().into(), value: Cow::Borrowed(value), span: Span::default() });
            rest = after;
        }
        Element { name: name.into(), attributes, span: Span::new(0, html.len()) }
    })
    .collect()
}

struct Reader {
    events: Vec<Event>,
    variables: HashMap<String, Value>,
    objects: u32,
}

fn place(node: &impl Spanned) -> Place {
    let span = node.span();
    Place { script: Some(0), span: Span::new(span.lo.0 as usize - 1, span.hi.0 as usize - 1) }
}

impl Reader {
    fn push(&mut self, kind: EventKind, at: Place, evidence: Evidence) {
        self.events.push(Event { kind, at, evidence, when: None });
    }

    fn value(&mut self, expression: &Expr) -> Value {
        match expression {
            Expr::Lit(Lit::Str(text)) => Value::string(&text.value.to_atom_lossy()),
            Expr::Lit(Lit::Num(number)) => Value::Number(number.value),
            Expr::Lit(Lit::Bool(value)) => Value::Bool(value.value),
            Expr::Lit(Lit::Null(_)) => Value::Null,
            Expr::Unary(unary) if unary.op == UnaryOp::Bang => Value::Bool(true),
            Expr::Paren(inner) => self.value(&inner.expr),
            Expr::Array(array) => {
                Value::Array(array.elems.iter().flatten().map(|element| self.value(&element.expr)).collect())
            }
            Expr::Object(object) => self.object(object),
            Expr::Fn(_) | Expr::Arrow(_) => Value::Function,
            Expr::Ident(ident) => {
                self.variables.get(&*ident.sym).cloned().unwrap_or(Value::Unknown(ident.sym.as_str().into()))
            }
            _ => Value::Unknown("…".into()),
        }
    }

    fn object(&mut self, object: &ObjectLit) -> Value {
        self.objects += 1;
        let identity = self.objects;
        let mut entries = Vec::new();
        for property in &object.props {
            let PropOrSpread::Prop(property) = property else { continue };
            let Prop::KeyValue(member) = &**property else { continue };
            let name: Arc<str> = match &member.key {
                PropName::Ident(ident) => ident.sym.as_str().into(),
                PropName::Str(text) => text.value.to_atom_lossy().as_str().into(),
                _ => continue,
            };
            entries.push((name, self.value(&member.value)));
        }
        let value = Value::Object(Arc::new(Object { entries, at: Some(place(object)), identity }));
        if has_bids(&value) {
            self.push(EventKind::AdUnit { value: value.clone() }, place(object), Evidence::Declared);
        }
        value
    }
}

fn has_bids(value: &Value) -> bool {
    let Value::Object(object) = value else { return false };
    let Some(Value::Array(bids)) = object.get("bids") else { return false };
    bids.iter().any(|bid| matches!(bid, Value::Object(bid) if bid.get("bidder").is_some()))
}

fn path(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Ident(ident) => Some(ident.sym.to_string()),
        Expr::Paren(inner) => path(&inner.expr),
        Expr::Assign(assign) => target(&assign.left),
        Expr::Member(member) => member_path(member),
        Expr::Call(CallExpr { callee: Callee::Expr(callee), .. }) => Some(format!("{}()", path(callee)?)),
        _ => None,
    }
}

fn member_path(member: &MemberExpr) -> Option<String> {
    let MemberProp::Ident(name) = &member.prop else { return None };
    match path(&member.obj)? {
        global if global == "window" => Some(name.sym.to_string()),
        object => Some(format!("{object}.{}", name.sym)),
    }
}

fn target(target: &AssignTarget) -> Option<String> {
    match target {
        AssignTarget::Simple(SimpleAssignTarget::Ident(ident)) => Some(ident.id.sym.to_string()),
        AssignTarget::Simple(SimpleAssignTarget::Member(member)) => member_path(member),
        _ => None,
    }
}

impl Visit for Reader {
    fn visit_call_expr(&mut self, call: &CallExpr) {
        call.visit_children_with(self);
        let Callee::Expr(callee) = &call.callee else { return };
        let Some(callee) = path(callee) else { return };
        let arguments = call.args.iter().map(|argument| self.value(&argument.expr)).collect();
        self.push(
            EventKind::Call { callee: callee.into(), arguments, is_new: false },
            place(call),
            Evidence::Evaluated,
        );
    }

    fn visit_new_expr(&mut self, call: &NewExpr) {
        call.visit_children_with(self);
        let Some(callee) = path(&call.callee) else { return };
        let arguments = call.args.iter().flatten().map(|argument| self.value(&argument.expr)).collect();
        self.push(EventKind::Call { callee: callee.into(), arguments, is_new: true }, place(call), Evidence::Evaluated);
    }

    fn visit_assign_expr(&mut self, assign: &AssignExpr) {
        assign.visit_children_with(self);
        let Some(target) = target(&assign.left) else { return };
        let value = self.value(&assign.right);
        self.push(EventKind::Assign { target: target.into(), value }, place(assign), Evidence::Evaluated);
    }

    fn visit_var_declarator(&mut self, declarator: &VarDeclarator) {
        declarator.visit_children_with(self);
        if let (Some(name), Some(init)) = (declarator.name.as_ident(), &declarator.init) {
            let value = self.value(init);
            self.variables.insert(name.sym.to_string(), value);
        }
    }
}

/// Runs examples.
pub(crate) struct LiteralRunner(pub Detector);

impl Runner for LiteralRunner {
    fn run(&self, kind: ExampleKind, text: &str) -> Vec<Found> {
        let findings = detect(&self.0, kind, text).findings;
        findings.into_iter().map(|finding| Found { rule: finding.rule, captures: finding.captures }).collect()
    }
}

//! Operators on values, as far as these are known.

use super::abstract_value::Abstract;
use super::builtin::{SYMBOL, host_type};
use super::heap::{Kind, ScopeId};
use super::machine::Machine;
use swc_atoms::Atom;
use swc_common::{Span, Spanned};
use swc_ecma_ast as ast;
use swc_ecma_ast::BinaryOp;

/// Is it true? `None` where that is not known.
pub(super) fn is_truthy(value: &Abstract) -> Option<bool> {
    match value {
        Abstract::Absent | Abstract::Undefined | Abstract::Null => Some(false),
        Abstract::Bool(value) => Some(*value),
        Abstract::Number(value) => Some(*value != 0.0 && !value.is_nan()),
        Abstract::String(text) => Some(!text.is_empty()),
        Abstract::Object(_) => Some(true),
        Abstract::Text(pieces) => {
            let has_text = pieces
                .iter()
                .any(|piece| matches!(piece, super::abstract_value::Piece::Known(text) if !text.is_empty()));
            has_text.then_some(true)
        }
        // What every browser has is there.
        Abstract::Unknown(origin) => origin.truth.or_else(|| origin.path.as_deref().and_then(host_type).map(|_| true)),
        Abstract::Any(choices) => {
            let mut all = choices.iter().map(|choice| is_truthy(&choice.value));
            let first = all.next()??;
            all.all(|one| one == Some(first)).then_some(first)
        }
    }
}

/// A number as JavaScript prints it.
pub(super) fn number_text(value: f64) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.into();
    }
    if value == 0.0 {
        return "0".into();
    }
    let magnitude = value.abs();
    if (1e-6..1e21).contains(&magnitude) {
        return format!("{value}");
    }
    let text = format!("{value:e}");
    match text.split_once('e') {
        Some((digits, power)) if !power.starts_with('-') => format!("{digits}e+{power}"),
        _ => text,
    }
}

/// A string as a number, as `Number(text)` reads it.
pub(super) fn text_number(text: &str) -> f64 {
    let text = text.trim();
    let radix = |digits: &str, radix| u64::from_str_radix(digits, radix).map_or(f64::NAN, |value| value as f64);
    match text {
        "" => 0.0,
        "Infinity" | "+Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        _ if text.starts_with("0x") || text.starts_with("0X") => radix(&text[2..], 16),
        _ if text.starts_with("0b") => radix(&text[2..], 2),
        _ if text.starts_with("0o") => radix(&text[2..], 8),
        // Rust also reads words such as "inf" and "nan".
        _ if text.bytes().any(|byte| byte.is_ascii_alphabetic() && !matches!(byte, b'e' | b'E')) => f64::NAN,
        _ => text.parse().unwrap_or(f64::NAN),
    }
}

/// A number as 32-bit integer, as bit operators read it.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "this is what ToInt32 does")]
pub(super) fn to_int32(value: f64) -> i32 {
    if !value.is_finite() {
        return 0;
    }
    let modulo = value.trunc().rem_euclid(4_294_967_296.0);
    modulo as u64 as u32 as i32
}

impl<'a> Machine<'a> {
    /// A binary operator that evaluates both sides.
    pub(super) fn operate(&mut self, op: BinaryOp, left: &Abstract, right: &Abstract, span: Span) -> Abstract {
        if matches!((left, right), (Abstract::Any(_), _) | (_, Abstract::Any(_))) {
            return self.map(left, |machine, left| {
                machine.map(right, |machine, right| machine.operate_two(op, left, right, span))
            });
        }
        self.operate_two(op, left, right, span)
    }

    fn operate_two(&mut self, op: BinaryOp, left: &Abstract, right: &Abstract, span: Span) -> Abstract {
        let known = match op {
            BinaryOp::Add => return self.add(left, right, span),
            BinaryOp::EqEqEq => self.is_strictly_equal(left, right).map(Abstract::Bool),
            BinaryOp::NotEqEq => self.is_strictly_equal(left, right).map(|same| Abstract::Bool(!same)),
            BinaryOp::EqEq => self.is_loosely_equal(left, right).map(Abstract::Bool),
            BinaryOp::NotEq => self.is_loosely_equal(left, right).map(|same| Abstract::Bool(!same)),
            BinaryOp::Lt | BinaryOp::LtEq | BinaryOp::Gt | BinaryOp::GtEq => {
                self.compare(op, left, right).map(Abstract::Bool)
            }
            BinaryOp::In => self.is_member(left, right).map(Abstract::Bool),
            BinaryOp::InstanceOf => self.is_instance(left, right).map(Abstract::Bool),
            _ => self.arithmetic(op, left, right).map(Abstract::Number),
        };
        known.unwrap_or_else(|| self.unknown(span))
    }

    fn add(&mut self, left: &Abstract, right: &Abstract, span: Span) -> Abstract {
        let is_number = |value: &Abstract| {
            matches!(value, Abstract::Number(_) | Abstract::Bool(_) | Abstract::Undefined | Abstract::Null)
        };
        let is_text = |value: &Abstract| matches!(value, Abstract::String(_) | Abstract::Text(_) | Abstract::Object(_));
        if is_number(left) && is_number(right) {
            return Abstract::Number(
                self.to_number(left).unwrap_or(f64::NAN) + self.to_number(right).unwrap_or(f64::NAN),
            );
        }
        if is_text(left) || is_text(right) { self.concat(left, right, span) } else { self.unknown(span) }
    }

    fn arithmetic(&self, op: BinaryOp, left: &Abstract, right: &Abstract) -> Option<f64> {
        let (a, b) = (self.to_number(left)?, self.to_number(right)?);
        let bits = |combine: fn(i32, i32) -> i32| f64::from(combine(to_int32(a), to_int32(b)));
        #[expect(clippy::cast_sign_loss, reason = "bit operators take 32 bits as they are")]
        Some(match op {
            BinaryOp::Sub => a - b,
            BinaryOp::Mul => a * b,
            BinaryOp::Div => a / b,
            BinaryOp::Mod => a % b,
            BinaryOp::Exp => a.powf(b),
            BinaryOp::BitAnd => bits(|a, b| a & b),
            BinaryOp::BitOr => bits(|a, b| a | b),
            BinaryOp::BitXor => bits(|a, b| a ^ b),
            BinaryOp::LShift => bits(|a, b| a.wrapping_shl(b as u32)),
            BinaryOp::RShift => bits(|a, b| a.wrapping_shr(b as u32)),
            BinaryOp::ZeroFillRShift => f64::from((to_int32(a) as u32).wrapping_shr(to_int32(b) as u32)),
            _ => return None,
        })
    }

    pub(super) fn is_strictly_equal(&self, left: &Abstract, right: &Abstract) -> Option<bool> {
        if !left.is_known() || !right.is_known() {
            return None;
        }
        Some(match (left, right) {
            (Abstract::Number(a), Abstract::Number(b)) => a == b,
            (a, b) => a.is_same(b),
        })
    }

    fn is_loosely_equal(&self, left: &Abstract, right: &Abstract) -> Option<bool> {
        if !left.is_known() || !right.is_known() {
            return None;
        }
        match (left, right) {
            (a, b) if a.is_nullish() || b.is_nullish() => Some(a.is_nullish() && b.is_nullish()),
            (Abstract::Object(a), Abstract::Object(b)) => Some(a == b),
            (Abstract::String(a), Abstract::String(b)) => Some(a == b),
            (Abstract::Object(_), other) | (other, Abstract::Object(_)) => {
                let object = if matches!(left, Abstract::Object(_)) { left } else { right };
                let text = self.to_text_shallow(object)?;
                self.is_loosely_equal(&Abstract::String(text), other)
            }
            (a, b) => Some(self.to_number(a)? == self.to_number(b)?),
        }
    }

    fn compare(&self, op: BinaryOp, left: &Abstract, right: &Abstract) -> Option<bool> {
        let order = match (left, right) {
            (Abstract::String(a), Abstract::String(b)) => Some(a.as_str().cmp(b.as_str())),
            (a, b) => self.to_number(a)?.partial_cmp(&self.to_number(b)?),
        };
        Some(order.is_some_and(|order| match op {
            BinaryOp::Lt => order.is_lt(),
            BinaryOp::LtEq => order.is_le(),
            BinaryOp::Gt => order.is_gt(),
            _ => order.is_ge(),
        }))
    }

    /// `key in object`.
    pub(super) fn is_member(&self, key: &Abstract, object: &Abstract) -> Option<bool> {
        let id = object.as_object()?;
        let key = self.property_key(key)?;
        let here = self.object(id);
        if key == "@@iterator" && matches!(here.kind, Kind::Array | Kind::Collection { .. } | Kind::Iterator { .. }) {
            return Some(true);
        }
        if here.properties.contains_key(&key)
            || here.is_array() && key.parse::<usize>().is_ok_and(|at| at < here.elements.len())
        {
            return Some(true);
        }
        self.is_closed(id).then_some(false)
    }

    /// The number that a known value is read as.
    pub(super) fn to_number(&self, value: &Abstract) -> Option<f64> {
        match value {
            Abstract::Number(value) => Some(*value),
            Abstract::Bool(value) => Some(f64::from(u8::from(*value))),
            Abstract::Null => Some(0.0),
            Abstract::Undefined | Abstract::Absent => Some(f64::NAN),
            Abstract::String(text) => Some(text_number(text)),
            Abstract::Object(_) => self.to_text_shallow(value).map(|text| text_number(&text)),
            _ => None,
        }
    }

    /// The text of a value that needs no call to tell: primitives, arrays of them, plain objects.
    pub(super) fn to_text_shallow(&self, value: &Abstract) -> Option<Atom> {
        self.text_at(value, 0)
    }

    fn text_at(&self, value: &Abstract, depth: u32) -> Option<Atom> {
        Some(match value {
            Abstract::String(text) => text.clone(),
            Abstract::Number(number) => Atom::new(number_text(*number)),
            Abstract::Bool(true) => swc_atoms::atom!("true"),
            Abstract::Bool(false) => swc_atoms::atom!("false"),
            Abstract::Null => swc_atoms::atom!("null"),
            Abstract::Undefined | Abstract::Absent => swc_atoms::atom!("undefined"),
            Abstract::Object(id) if depth < 8 => {
                let object = self.object(*id);
                match &object.kind {
                    Kind::Array => {
                        let text = |one: &Abstract| {
                            if one.is_nullish() { Some(Atom::default()) } else { self.text_at(one, depth + 1) }
                        };
                        let parts: Option<Vec<Atom>> = object.elements.iter().map(text).collect();
                        let parts = parts?;
                        Atom::new(parts.iter().map(Atom::as_str).collect::<Vec<_>>().join(","))
                    }
                    Kind::Regex { pattern, flags } => Atom::new(format!("/{pattern}/{flags}")),
                    Kind::Plain if !object.is_open => swc_atoms::atom!("[object Object]"),
                    Kind::Function(closure) => Atom::new(self.source_text(closure.source, closure.span)),
                    _ => return None,
                }
            }
            _ => return None,
        })
    }

    pub(super) fn unary(&mut self, unary: &'a ast::UnaryExpr, scope: ScopeId) -> Abstract {
        if unary.op == ast::UnaryOp::Delete {
            return self.delete(&unary.arg, scope);
        }
        let value = self.expression(&unary.arg, scope);
        let (op, span) = (unary.op, unary.span);
        self.map(&value, |machine, value| machine.unary_of(op, value, span))
    }

    fn unary_of(&mut self, op: ast::UnaryOp, value: &Abstract, span: Span) -> Abstract {
        let known = match op {
            ast::UnaryOp::Void => Some(Abstract::Undefined),
            ast::UnaryOp::Bang => is_truthy(value).map(|truth| Abstract::Bool(!truth)),
            ast::UnaryOp::Minus => self.to_number(value).map(|number| Abstract::Number(-number)),
            ast::UnaryOp::Plus => self.to_number(value).map(Abstract::Number),
            ast::UnaryOp::Tilde => self.to_number(value).map(|number| Abstract::Number(f64::from(!to_int32(number)))),
            ast::UnaryOp::TypeOf => self.type_name(value).map(Abstract::text),
            ast::UnaryOp::Delete => None,
        };
        known.unwrap_or_else(|| self.unknown(span))
    }

    fn type_name(&self, value: &Abstract) -> Option<&'static str> {
        Some(match value {
            Abstract::Undefined | Abstract::Absent => "undefined",
            Abstract::Null => "object",
            Abstract::Bool(_) => "boolean",
            Abstract::Number(_) => "number",
            Abstract::String(text) if text.starts_with(SYMBOL) => "symbol",
            Abstract::String(_) | Abstract::Text(_) => "string",
            Abstract::Object(id) if self.object(*id).is_callable() || self.is_jquery(*id) => "function",
            Abstract::Object(_) => "object",
            Abstract::Unknown(origin) => return origin.path.as_deref().and_then(host_type),
            Abstract::Any(_) => return None,
        })
    }

    fn delete(&mut self, target: &'a ast::Expr, scope: ScopeId) -> Abstract {
        let member = match super::expression::unwrap(target) {
            ast::Expr::Member(member) => member,
            ast::Expr::OptChain(chain) => match &*chain.base {
                ast::OptChainBase::Member(member) => member,
                ast::OptChainBase::Call(_) => return self.unknown(target.span()),
            },
            other => return self.expression(other, scope),
        };
        let object = self.expression(&member.obj, scope);
        let key = self.member_key(&member.prop, scope);
        if let (Some(id), Some(key)) = (object.as_object(), self.property_key(&key))
            && !self.is_built_in(id, &key)
        {
            let object = self.object_mut(id);
            object.properties.remove(&key);
            if object.is_array()
                && let Some(element) = key.parse::<usize>().ok().and_then(|at| object.elements.get_mut(at))
            {
                *element = Abstract::Undefined;
            }
        }
        Abstract::Bool(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_print_and_read_as_in_javascript() {
        assert_eq!(number_text(12_091_917_342_698.0), "12091917342698");
        assert_eq!(number_text(0.5), "0.5");
        assert_eq!(number_text(1e21), "1e+21");
        assert_eq!(number_text(-1e-7), "-1e-7");
        assert_eq!(text_number(" 0x10 "), 16.0);
        assert!(text_number("12px").is_nan() && text_number("inf").is_nan());
        assert_eq!(to_int32(4_294_967_297.0), 1);
        assert_eq!(to_int32(-1.5), -1);
    }
}

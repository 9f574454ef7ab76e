//! Numbers: methods, `Math`, and functions from text to number.

use super::array::whole;
use crate::evaluate::abstract_value::Abstract;
use crate::evaluate::machine::Machine;
use crate::evaluate::operator::number_text;
use swc_common::Span;

pub(super) const METHODS: &[&str] = &["toFixed", "toLocaleString", "toPrecision", "toString", "valueOf"];

/// `Number.MAX_SAFE_INTEGER` and its kin.
pub(in crate::evaluate) fn number_constant(name: &str) -> Option<f64> {
    Some(match name {
        "EPSILON" => f64::EPSILON,
        "MAX_SAFE_INTEGER" => 9_007_199_254_740_991.0,
        "MAX_VALUE" => f64::MAX,
        "MIN_SAFE_INTEGER" => -9_007_199_254_740_991.0,
        // The smallest there is, not the smallest that is normal.
        "MIN_VALUE" => f64::from_bits(1),
        "NEGATIVE_INFINITY" => f64::NEG_INFINITY,
        "NaN" => f64::NAN,
        "POSITIVE_INFINITY" => f64::INFINITY,
        _ => return None,
    })
}

impl<'a> Machine<'a> {
    pub(super) fn number_method(
        &mut self,
        number: f64,
        key: &str,
        arguments: &[Abstract],
        _span: Span,
    ) -> Option<Abstract> {
        let argument = arguments.first().map(|argument| self.to_number(argument).map(whole));
        match (key, argument) {
            ("valueOf", _) => Some(Abstract::Number(number)),
            ("toString", None | Some(Some(10))) => Some(Abstract::text(&number_text(number))),
            ("toString", Some(Some(radix))) => in_radix(number, radix).map(|text| Abstract::text(&text)),
            ("toFixed", None) => Some(Abstract::text(&format!("{number:.0}"))),
            ("toFixed", Some(Some(digits))) => Some(Abstract::text(&format!("{number:.*}", digits.min(100)))),
            ("toPrecision", Some(Some(digits @ 1..=100))) if number.is_finite() => {
                Some(Abstract::text(&precise(number, digits)))
            }
            _ => None,
        }
    }

    pub(super) fn number_function(&mut self, name: &str, arguments: &[Abstract]) -> Option<Abstract> {
        let first = arguments.first();
        let number = |m: &Self| first.map_or(Some(f64::NAN), |value| m.to_number(value));
        let value = match name {
            "Number" if first.is_none() => 0.0,
            "Number" => number(self)?,
            "parseInt" | "Number.parseInt" => {
                let text = self.text_of(first?)?;
                let radix = arguments.get(1).and_then(|radix| self.to_number(radix)).map_or(0, whole);
                parse_int(&text, radix)
            }
            "parseFloat" | "Number.parseFloat" => parse_float(&self.text_of(first?)?),
            "isNaN" | "Number.isNaN" => return Some(Abstract::Bool(number(self)?.is_nan())),
            "isFinite" | "Number.isFinite" => return Some(Abstract::Bool(number(self)?.is_finite())),
            "Number.isInteger" => {
                let is_whole = matches!(first, Some(Abstract::Number(value)) if value.fract() == 0.0);
                return first.is_some_and(Abstract::is_known).then_some(Abstract::Bool(is_whole));
            }
            "Math.max" | "Math.min" => return self.extreme(name == "Math.max", arguments),
            "Math.pow" => number(self)?.powf(self.to_number(arguments.get(1)?)?),
            "Math.abs" => number(self)?.abs(),
            "Math.ceil" => number(self)?.ceil(),
            "Math.floor" => number(self)?.floor(),
            "Math.round" => (number(self)? + 0.5).floor(),
            "Math.trunc" => number(self)?.trunc(),
            "Math.sqrt" => number(self)?.sqrt(),
            "Math.acos" => number(self)?.acos(),
            "Math.acosh" => number(self)?.acosh(),
            "Math.asin" => number(self)?.asin(),
            "Math.asinh" => number(self)?.asinh(),
            "Math.atan" => number(self)?.atan(),
            "Math.atan2" => number(self)?.atan2(self.to_number(arguments.get(1)?)?),
            "Math.atanh" => number(self)?.atanh(),
            "Math.cbrt" => number(self)?.cbrt(),
            "Math.cos" => number(self)?.cos(),
            "Math.cosh" => number(self)?.cosh(),
            "Math.exp" => number(self)?.exp(),
            "Math.expm1" => number(self)?.exp_m1(),
            "Math.hypot" => {
                let all: Option<Vec<f64>> = arguments.iter().map(|argument| self.to_number(argument)).collect();
                all?.into_iter().fold(0.0, f64::hypot)
            }
            "Math.log" => number(self)?.ln(),
            "Math.log10" => number(self)?.log10(),
            "Math.log1p" => number(self)?.ln_1p(),
            "Math.log2" => number(self)?.log2(),
            "Math.sin" => number(self)?.sin(),
            "Math.sinh" => number(self)?.sinh(),
            "Math.tan" => number(self)?.tan(),
            "Math.tanh" => number(self)?.tanh(),
            "Math.sign" => {
                let number = number(self)?;
                if number == 0.0 { 0.0 } else { number.signum() }
            }
            _ => return None,
        };
        Some(Abstract::Number(value))
    }

    fn extreme(&self, is_max: bool, arguments: &[Abstract]) -> Option<Abstract> {
        let numbers: Option<Vec<f64>> = arguments.iter().map(|argument| self.to_number(argument)).collect();
        let start = if is_max { f64::NEG_INFINITY } else { f64::INFINITY };
        let pick = |a: f64, b: f64| {
            if a.is_nan() || b.is_nan() {
                f64::NAN
            } else if is_max {
                a.max(b)
            } else {
                a.min(b)
            }
        };
        Some(Abstract::Number(numbers?.into_iter().fold(start, pick)))
    }
}

/// The number with so many digits that count; very large and very small ones with an exponent.
fn precise(number: f64, digits: usize) -> String {
    let scientific = format!("{number:.*e}", digits - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if exponent < -6 || exponent >= i32::try_from(digits).unwrap_or(i32::MAX) {
        let sign = if exponent < 0 { "" } else { "+" };
        return format!("{mantissa}e{sign}{exponent}");
    }
    let behind = usize::try_from(i32::try_from(digits).unwrap_or(i32::MAX) - 1 - exponent).unwrap_or(0);
    format!("{number:.behind$}")
}

fn in_radix(number: f64, radix: usize) -> Option<String> {
    if number.fract() != 0.0 || number.abs() >= 9e15 || !(2..=36).contains(&radix) {
        return None;
    }
    let (mut left, mut digits) = (number.abs() as u64, Vec::new());
    loop {
        digits.push(char::from_digit((left % radix as u64) as u32, radix as u32)?);
        left /= radix as u64;
        if left == 0 {
            break;
        }
    }
    let sign = if number < 0.0 { "-" } else { "" };
    Some(sign.chars().chain(digits.into_iter().rev()).collect())
}

fn parse_int(text: &str, radix: usize) -> f64 {
    let text = text.trim_start();
    let (sign, text) = match text.strip_prefix(['-', '+']) {
        Some(rest) if text.starts_with('-') => (-1.0, rest),
        Some(rest) => (1.0, rest),
        None => (1.0, text),
    };
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let (radix, text) = match (radix, hex) {
        (0 | 16, Some(rest)) => (16, rest),
        (0, None) => (10, text),
        (radix, _) => (radix, text),
    };
    if !(2..=36).contains(&radix) {
        return f64::NAN;
    }
    let mut digits = text.chars().map_while(|one| one.to_digit(radix as u32)).peekable();
    if digits.peek().is_none() {
        return f64::NAN;
    }
    sign * digits.fold(0.0, |value, digit| value * radix as f64 + f64::from(digit))
}

fn parse_float(text: &str) -> f64 {
    let text = text.trim_start();
    let mut end = 0;
    let (mut has_dot, mut has_digit) = (false, false);
    for (at, one) in text.char_indices() {
        match one {
            '0'..='9' => has_digit = true,
            '-' | '+' if at == 0 => {}
            '.' if !has_dot => has_dot = true,
            _ => break,
        }
        end = at + 1;
    }
    if has_digit { text[..end].trim_end_matches('.').parse().unwrap_or(f64::NAN) } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_from_the_start_of_a_text() {
        assert_eq!(parse_int("300px", 10), 300.0);
        assert_eq!(parse_int("-0x1f", 0), -31.0);
        assert!(parse_int("px", 10).is_nan());
        assert_eq!(parse_float("1.5em"), 1.5);
        assert_eq!(in_radix(255.0, 16).as_deref(), Some("ff"));
    }

    #[test]
    fn numbers_have_as_many_digits_as_were_asked_for() {
        for (number, digits, text) in
            [(0.30000000000000004, 3, "0.300"), (123.456, 4, "123.5"), (1234.0, 2, "1.2e+3"), (1e-7, 1, "1e-7")]
        {
            assert_eq!(precise(number, digits), text);
        }
    }
}

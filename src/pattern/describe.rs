//! How a pattern was understood, in words.

use super::shape::{Form, Pattern, Shape, outline};
use std::fmt::Write as _;

/// An outline of the pattern, one line for each part, for `rules show`.
#[must_use]
pub fn describe(pattern: &Pattern) -> String {
    let mut out = String::new();
    match &pattern.form {
        Form::Call { callee, arguments, rest, is_new } => {
            line(&mut out, 0, &format!("{} `{callee}`", if *is_new { "new" } else { "call of" }));
            for (index, shape) in arguments.iter().enumerate() {
                describe_shape(&mut out, 1, &format!("argument {}: ", index + 1), shape);
            }
            if let Some(shape) = rest {
                describe_shape(&mut out, 1, "each further argument: ", shape);
            }
        }
        Form::Assign { target, value } => {
            line(&mut out, 0, &format!("assignment to `{target}`"));
            describe_shape(&mut out, 1, "value: ", value);
        }
        Form::Object(shape) => describe_shape(&mut out, 0, "ad unit: ", shape),
    }
    out
}

fn line(out: &mut String, depth: usize, text: &str) {
    let _ = writeln!(out, "{}{text}", "  ".repeat(depth));
}

fn describe_shape(out: &mut String, depth: usize, label: &str, shape: &Shape) {
    let mut put = |text: &str| line(out, depth, &format!("{label}{text}"));
    match shape {
        Shape::Ignore => put("anything"),
        Shape::Capture(name) => put(&format!("anything, kept as {name}")),
        Shape::Literal(value) => put(&value.json_text()),
        Shape::Template(pieces) => put(&format!("string {}", outline(pieces))),
        Shape::Object(members) => {
            put("object with");
            members.iter().for_each(|(name, shape)| describe_shape(out, depth + 1, &format!("{name}: "), shape));
        }
        Shape::Tuple(shapes) => {
            put(&format!("array of exactly {}", shapes.len()));
            shapes.iter().for_each(|shape| describe_shape(out, depth + 1, "", shape));
        }
        Shape::Each(inner) => {
            put("array, each element like");
            describe_shape(out, depth + 1, "", inner);
        }
        Shape::Either(shapes) => {
            put("either");
            shapes.iter().for_each(|shape| describe_shape(out, depth + 1, "", shape));
        }
        Shape::Optional(inner) => describe_shape(out, depth, &format!("{label}(may be absent) "), inner),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_told_part_by_part() {
        let pattern = Pattern::parse("$P.add([...{ code: $CODE, t: `a${$X}` ?? null }] || 'x')").unwrap();
        let told = "call of `$P.add`\n  argument 1: either\n    array, each element like\n      object with\n        code: anything, kept as CODE\n        t: (may be absent) string `a` <X>\n    \"x\"\n";
        assert_eq!(describe(&pattern), told);
    }
}
